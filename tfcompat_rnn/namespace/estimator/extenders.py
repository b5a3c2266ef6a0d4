"""`tf.contrib.estimator`'s functions that wrap optimizers and estimators."""

from tfcompat_rnn import _errors
from tfcompat_rnn._tf import tf
from tfcompat_rnn.namespace.estimator import loading

# The export outputs that get the forwarded features too.
_SERVED = ("predict", "serving_default")


def asked_of_inner(name):
  """A method that calls the method `name` of the optimizer `self._inner`."""
  def method(self, *args, **kwargs):
    return getattr(self._inner, name)(*args, **kwargs)
  method.__name__ = name
  return method


class _Transformed(tf.train.Optimizer):
  """An optimizer that changes the gradients before it applies them."""

  def __init__(self, optimizer, transform, name):
    super().__init__(use_locking=False, name=name)
    self._inner = optimizer
    self._transform = transform

  compute_gradients = asked_of_inner("compute_gradients")
  get_slot = asked_of_inner("get_slot")
  get_slot_names = asked_of_inner("get_slot_names")

  def apply_gradients(self, grads_and_vars, *args, **kwargs):
    return self._inner.apply_gradients(
        self._transform(grads_and_vars), *args, **kwargs)


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
  """A list of keys, or None for all of them."""
  if keys is None or isinstance(keys, (list, tuple)):
    wrong = [key for key in keys or () if not isinstance(key, str)]
    if not wrong:
      return keys
    raise _errors.ArgumentTypeError(_errors.problem(
        "keys", "contain strings only", f"{wrong[0]!r}",
        "name each feature by its key"))
  if isinstance(keys, str):
    return [keys]
  raise _errors.ArgumentTypeError(_errors.problem(
      "keys", "be a string or a list of strings", f"{keys!r}",
      "name the features by their keys"))


def _check_keys(keys, features, predictions):
  if not isinstance(predictions, dict):
    raise _errors.ArgumentError(_errors.problem(
        "predictions", "be a dictionary", f"{type(predictions)}",
        "give the model's prediction a key, so that features fit beside it"))
  for key in keys:
    if key not in features:
      raise _errors.ArgumentError(_errors.problem(
          "keys", "name features", f"{key!r}",
          f"the features are {list(features)}"))
    if key in predictions:
      raise _errors.ArgumentError(_errors.problem(
          "keys", "differ from the keys of the predictions", f"{key!r}",
          "rename the feature, or leave it out of `keys`"))


def _as_prediction(key, feature, defaults):
  sparse = isinstance(feature, tf.SparseTensor)
  filled = key in (defaults or ())
  if filled and not sparse:
    raise _errors.ArgumentError(_errors.problem(
        "sparse_default_values", "name sparse features only",
        f"{key!r}, which is dense", "leave it out"))
  if sparse and not filled:
    raise _errors.ArgumentError(_errors.problem(
        "keys", "name dense features", f"{key!r}, which is a SparseTensor",
        "give it a value in `sparse_default_values`, or leave it out of "
        "`keys`"))
  if filled:
    return tf.sparse_tensor_to_dense(feature, default_value=defaults[key])
  return tf.convert_to_tensor(feature)


def _with_features(spec, features, keys, defaults):
  """The specification with these features among its predictions."""
  _check_keys(keys, features, spec.predictions)
  added = {key: _as_prediction(key, features[key], defaults) for key in keys}
  spec.predictions.update(added)
  served = loading.module("python.estimator.export.export_output")
  for name, output in (spec.export_outputs or {}).items():
    if name in _SERVED and isinstance(output, served.PredictOutput):
      output.outputs.update(added)
  return spec


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
    if spec.predictions is not None:
      wanted = list(features if keys is None else keys)
      spec = _with_features(spec, features, wanted, sparse_default_values)
    return spec

  module = loading.module("python.estimator.estimator")
  return module.Estimator(model_fn=model_fn, model_dir=estimator.model_dir,
                          config=estimator.config)
