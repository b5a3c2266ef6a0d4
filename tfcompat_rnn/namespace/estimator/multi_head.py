"""`tf.contrib.estimator.multi_head`: several heads as one."""

import itertools

from tfcompat_rnn import _errors
from tfcompat_rnn._tf import tf
from tfcompat_rnn.namespace.estimator import loading
from tfcompat_rnn.namespace.estimator import multi_label

_SERVING = tf.saved_model.signature_constants.DEFAULT_SERVING_SIGNATURE_DEF_KEY
_PREDICT = "predict"


def _heads():
  return loading.module("python.estimator.canned.head")


def multi_head(heads, head_weights=None):
  """A head for several targets: the sum of the losses of its heads.

  >>> head = tf.contrib.estimator.multi_head([
  ...     tf.contrib.estimator.multi_class_head(5, name="next"),
  ...     tf.contrib.estimator.regression_head(name="delay")])

  Labels are a dictionary by the names of the heads. Logits are one too, or a
  tensor `[..., head.logits_dimension]` that is split among the heads. The
  predictions have keys such as `("next", "logits")`, the metrics keys such as
  `"accuracy/next"`. Raises `ValueError` if there are no heads, if one has no
  name, or if there is another number of `head_weights`.
  TF 1.15: `tf.contrib.estimator.multi_head`.
  """
  if head_weights and len(head_weights) != len(heads):
    raise ValueError(
        "heads and head_weights must have the same size. Given len(heads): "
        f"{len(heads)}. Given len(head_weights): {len(head_weights)}.")
  if not heads:
    raise ValueError(f"Must specify heads. Given: {heads}")
  for head in heads:
    if not head.name:
      raise ValueError(
          f"All given heads must have name specified. Given: {head}")
  return _head_class()(tuple(heads), tuple(head_weights or ()))


def _weighted(losses, weights):
  """The sum of the losses; `weights` is empty if all are alike."""
  with tf.name_scope(None, "merge_losses", values=[*losses, *weights]):
    if weights:
      losses = [tf.multiply(*pair) for pair in zip(losses, weights)]
    return tf.add_n(losses)


def _default_output(head, outputs):
  if len(outputs) == 1:
    return next(iter(outputs.values()))
  if _SERVING not in outputs:
    raise _errors.ArgumentError(_errors.problem(
        "export_outputs", f"have one output or the key {_SERVING!r}",
        f"{list(outputs)} from the head {head.name!r}, which comes first",
        "add that key, or let another head come first"))
  return outputs[_SERVING]


class _Several:
  """Asks each head, and merges what they answer; see `multi_head`."""

  def __init__(self, heads, weights):
    self._heads = heads
    self._head_weights = weights

  @property
  def name(self):
    return "_".join(head.name for head in self._heads)

  @property
  def logits_dimension(self):
    return sum(head.logits_dimension for head in self._heads)

  def _by_head(self, logits):
    return logits if isinstance(logits, dict) else self._split(logits)

  def _split(self, logits):
    with tf.name_scope(None, "split_logits", values=[logits]):
      logits = tf.convert_to_tensor(logits)
      sizes = [head.logits_dimension for head in self._heads]
      shape = logits.shape.as_list()
      if shape[-1] is not None and shape[-1] != sum(sizes):
        raise _errors.ArgumentError(_errors.problem(
            "logits", f"have {sum(sizes)} columns, {sizes} for the heads",
            f"the shape {shape}", "make them with `head.logits_dimension`"))
      # 1.15's operations, whose number decides about seeds.
      batch = tf.shape(logits)[:-1]
      zeros, all_rows = tf.zeros_like(batch), -1 * tf.ones_like(batch)
      return {
          head.name: tf.slice(logits,
                              tf.concat([zeros, [end - size]], axis=0),
                              tf.concat([all_rows, [size]], axis=0))
          for head, size, end in zip(
              self._heads, sizes, itertools.accumulate(sizes))}

  def create_loss(self, features, mode, logits, labels):
    """1.15's `LossSpec`, with dictionaries by the names of the heads."""
    logits = self._by_head(logits)
    factors = self._head_weights or (None,) * len(self._heads)

    def spec_of(head, factor):
      spec = head.create_loss(features, mode, logits[head.name],
                              labels[head.name])
      return spec if factor is None else spec._replace(
          unreduced_loss=tf.multiply(spec.unreduced_loss, factor),
          weights=tf.multiply(spec.weights, factor))
    specs = {head.name: spec_of(head, factor)
             for head, factor in zip(self._heads, factors)}
    by_head = {
        field: {name: getattr(spec, field) for name, spec in specs.items()}
        for field in ("unreduced_loss", "weights", "processed_labels")}
    return loading.private_name(_heads(), "LossSpec")(
        training_loss=_weighted(
            [spec.training_loss for spec in specs.values()],
            self._head_weights), **by_head)

  def create_estimator_spec(self, features, mode, logits, labels=None,
                            optimizer=None, train_op_fn=None):
    """The merged `EstimatorSpec` of all heads."""
    logits = self._by_head(logits)
    if labels and not isinstance(labels, dict):
      raise _errors.ArgumentError(_errors.problem(
          "labels", "be a dictionary by the names of the heads",
          f"{labels}", f"the names are {[head.name for head in self._heads]}"))
    # No head trains by itself: `merge` minimizes the sum of their losses.
    specs = [
        head.create_estimator_spec(
            features=features, mode=mode, logits=logits[head.name],
            labels=labels[head.name] if labels else None,
            train_op_fn=lambda loss: tf.no_op())
        for head in self._heads]
    merge = {
        "train": lambda: self._for_training(specs, optimizer, train_op_fn),
        "infer": lambda: self._for_predictions(specs),
        "eval": lambda: self._for_evaluation(specs)}.get(mode)
    if merge is None:
      raise _errors.ArgumentError(_errors.problem(
          "mode", "be one of tf.estimator.ModeKeys", f"{mode!r}",
          "pass the `mode` that the model function was called with"))
    return merge()

  def _spec(self, mode, specs, **options):
    model = loading.module("python.estimator.model_fn")
    predictions = {(head.name, key): value
                   for head, spec in zip(self._heads, specs)
                   for key, value in spec.predictions.items()}
    return model.EstimatorSpec(
        mode=getattr(model.ModeKeys, mode), predictions=predictions,
        **options)

  def _for_training(self, specs, optimizer, train_op_fn):
    loss = _weighted([spec.loss for spec in specs], self._head_weights)
    metrics = {}
    for spec in specs:
      metrics.update(spec.eval_metric_ops or {})
    merged = self._spec(
        "TRAIN", specs, loss=loss, eval_metric_ops=metrics,
        train_op=multi_label.minimize(loss, optimizer, train_op_fn))
    with tf.name_scope(""):
      tf.summary.scalar("loss", loss)
    return merged

  def _for_predictions(self, specs):
    make = loading.module("python.estimator.export.export_output").PredictOutput
    outputs = {_SERVING: _default_output(self._heads[0],
                                         specs[0].export_outputs)}
    merged = {}
    for head, spec in zip(self._heads, specs):
      for key, output in spec.export_outputs.items():
        name = head.name if key == _SERVING else f"{head.name}/{key}"
        outputs[name] = output
        if key == _PREDICT and isinstance(output, make):
          merged.update((f"{head.name}/{inner}", value)
                        for inner, value in output.outputs.items())
    outputs[_PREDICT] = make(merged)
    return self._spec("PREDICT", specs, export_outputs=outputs)

  def _for_evaluation(self, specs):
    key = loading.private_name(_heads(), "_summary_key")
    metrics = {}
    with tf.name_scope("merge_eval"):
      for head, spec in zip(self._heads, specs):
        name = key(head.name, "loss")
        metrics[name] = tf.metrics.mean(spec.loss, name=name)
        metrics.update(spec.eval_metric_ops or {})
      loss = _weighted([spec.loss for spec in specs], self._head_weights)
    return self._spec("EVAL", specs, loss=loss, eval_metric_ops=metrics)


_classes = {}


def _head_class():
  """`_Several` as a head: that class is loaded with the package."""
  if not _classes:
    base = loading.private_name(_heads(), "_Head")
    _classes["_MultiHead"] = type("_MultiHead", (_Several, base), {})
  return _classes["_MultiHead"]
