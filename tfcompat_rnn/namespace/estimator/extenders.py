"""`tf.contrib.estimator`'s functions that wrap optimizers and estimators."""

from tfcompat_rnn._tf import tf
from tfcompat_rnn.namespace.estimator import loading


class _Transformed(tf.train.Optimizer):
  """An optimizer that changes the gradients before it applies them."""

  def __init__(self, optimizer, transform, name):
    super().__init__(use_locking=False, name=name)
    self._inner = optimizer
    self._transform = transform

  def compute_gradients(self, *args, **kwargs):
    return self._inner.compute_gradients(*args, **kwargs)

  def apply_gradients(self, grads_and_vars, global_step=None, name=None):
    return self._inner.apply_gradients(
        self._transform(grads_and_vars), global_step, name)

  def get_slot(self, *args, **kwargs):
    return self._inner.get_slot(*args, **kwargs)

  def get_slot_names(self, *args, **kwargs):
    return self._inner.get_slot_names(*args, **kwargs)


def clip_gradients_by_norm(optimizer, clip_norm):
  """An optimizer that clips all gradients together by their global norm.

  >>> optimizer = clip_gradients_by_norm(tf.train.AdamOptimizer(0.01), 5.0)

  TF 1.15: `tf.contrib.estimator.clip_gradients_by_norm`.
  """
  def clip(grads_and_vars):
    gradients, variables = zip(*grads_and_vars)
    clipped, _ = tf.clip_by_global_norm(gradients, clip_norm)
    return list(zip(clipped, variables))
  return _Transformed(optimizer, clip, "ClipByNorm" + optimizer.get_name())


def _as_keys(keys):
  if keys is None:
    return None
  if isinstance(keys, str):
    return [keys]
  if not isinstance(keys, (list, tuple)):
    raise TypeError("keys should be either a string or a list of strings. "
                    f"Given: {type(keys)}")
  for key in keys:
    if not isinstance(key, str):
      raise TypeError(
          "All items in the given keys list should be a string. There exist "
          f"an item with type: {type(key)}")
  return keys


def _check_keys(keys, features, predictions):
  if not isinstance(predictions, dict):
    raise ValueError("Predictions should be a dict to be able to forward "
                     f"features. Given: {type(predictions)}")
  for key in keys:
    if key not in features:
      raise ValueError(
          f'keys should be exist in features. Key "{key}" is not in features '
          f"dict. features dict has following keys: {features.keys()}. Please "
          "check arguments of forward_features.")
    if key in predictions:
      raise ValueError(
          f"Cannot forward feature key ({key}). Since it does exist in "
          f"predictions. Existing prediction keys: {predictions.keys()}. "
          "Please check arguments of forward_features.")


def _as_prediction(key, feature, defaults):
  if defaults and key in defaults:
    if not isinstance(feature, tf.SparseTensor):
      raise ValueError(
          f"Feature ({key}) is expected to be a `SparseTensor`.")
    return tf.sparse_tensor_to_dense(feature, default_value=defaults[key])
  if isinstance(feature, tf.SparseTensor):
    raise ValueError(
        f"Feature ({key}) should be a Tensor. Please use `keys` argument of "
        "forward_features to filter unwanted features, or add key to "
        f"argument `sparse_default_values`. Type of features[{key}] is "
        f"{type(feature)}.")
  return tf.convert_to_tensor(feature)


def forward_features(estimator, keys=None, sparse_default_values=None):
  """An estimator whose predictions contain features of the input.

  >>> estimator = forward_features(estimator, "id")
  >>> next(estimator.predict(input_fn))["id"]

  `keys` is one key or a list of keys, None stands for all;
  `sparse_default_values` tells for sparse features what fills the gaps.
  Raises `TypeError` for keys that are not strings; the estimator raises
  `ValueError` if a feature is missing, sparse, or already a prediction.
  TF 1.15: `tf.contrib.estimator.forward_features`.
  """
  keys = _as_keys(keys)

  def model_fn(features, labels, mode, config):
    spec = estimator.model_fn(features, labels, mode, config)
    predictions = spec.predictions
    if predictions is None:
      return spec
    wanted = list(features if keys is None else keys)
    _check_keys(wanted, features, predictions)
    for key in wanted:
      predictions[key] = _as_prediction(
          key, features[key], sparse_default_values)
    spec = spec._replace(predictions=predictions)
    outputs = loading.module("python.estimator.export.export_output")
    for name in ("predict", "serving_default"):
      output = (spec.export_outputs or {}).get(name)
      if isinstance(output, outputs.PredictOutput):
        output.outputs.update((key, predictions[key]) for key in wanted)
    return spec

  module = loading.module("python.estimator.estimator")
  return module.Estimator(model_fn=model_fn, model_dir=estimator.model_dir,
                          config=estimator.config)
