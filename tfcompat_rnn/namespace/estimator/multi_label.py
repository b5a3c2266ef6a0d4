"""`tf.contrib.estimator.multi_label_head`: any number of classes a row."""

import functools

from tfcompat_rnn import _errors
from tfcompat_rnn._tf import tf
from tfcompat_rnn.namespace.contrib import lookup
from tfcompat_rnn.namespace.estimator import loading

_MEAN = tf.losses.Reduction.SUM_OVER_BATCH_SIZE
_SERVING = tf.saved_model.signature_constants.DEFAULT_SERVING_SIGNATURE_DEF_KEY


def _common(name):
  module = loading.module("python.estimator.canned.head")
  return loading.private_name(module, name)


def _check_thresholds(thresholds):
  for threshold in thresholds:
    if not 0. < threshold < 1.:
      raise ValueError(
          f"thresholds must be in (0, 1) range. Given: {threshold}")


def _check_vocabulary(vocabulary, n_classes):
  if vocabulary is None:
    return
  if not isinstance(vocabulary, (list, tuple)):
    raise _errors.ArgumentError(_errors.problem(
        "label_vocabulary", "be a list or tuple of words", f"{vocabulary!r}",
        "pass one word for each class"))
  if len(vocabulary) != n_classes:
    raise ValueError(
        f"Length of label_vocabulary must be n_classes ({n_classes}). "
        f"Given: {len(vocabulary)}")


def _class_ids(classes, n_classes, vocabulary):
  """Classes as numbers; they may be given as words of the vocabulary."""
  classes = tuple(classes or ())
  if not classes:
    return classes
  if isinstance(classes[0], str):
    if not vocabulary:
      raise ValueError("label_vocabulary must be provided when "
                       "classes_for_class_based_metrics are sting.")
    return tuple(vocabulary.index(word) for word in classes)
  for number in classes:
    if not 0 <= number < n_classes:
      raise ValueError(
          "All classes_for_class_based_metrics must be in range "
          f"[0, {n_classes - 1}]. Given: {number}")
  return classes


def multi_label_head(n_classes, weight_column=None, thresholds=None,
                     label_vocabulary=None, loss_reduction=_MEAN, loss_fn=None,
                     classes_for_class_based_metrics=None, name=None):
  """A head for classes of which several may apply: sigmoid cross entropy.

  >>> head = tf.contrib.estimator.multi_label_head(n_classes=5)
  >>> head.create_estimator_spec(features, mode, logits, labels,
  ...                            optimizer=tf.train.AdamOptimizer())

  Its logits have the shape `[..., n_classes]`. Its labels are zeros and ones
  of that shape, or a `SparseTensor` of class numbers, or of words if there is
  a `label_vocabulary`. Raises `ValueError` for `n_classes` below 2, for
  thresholds outside of 0 to 1, and for classes or a vocabulary that do not
  fit `n_classes`.
  TF 1.15: `tf.contrib.estimator.multi_label_head`.
  """
  thresholds = tuple(thresholds or ())
  if n_classes is None or n_classes < 2:
    raise ValueError("n_classes must be > 1 for multi-class classification. "
                     f"Given: {n_classes}")
  _check_thresholds(thresholds)
  _check_vocabulary(label_vocabulary, n_classes)
  if loss_fn:
    _common("_validate_loss_fn_args")(loss_fn)
  if (loss_reduction not in tf.losses.Reduction.all() or
      loss_reduction == tf.losses.Reduction.NONE):
    raise ValueError(f"Invalid loss_reduction: {loss_reduction}")
  classes = _class_ids(classes_for_class_based_metrics, n_classes,
                       label_vocabulary)
  return _head_class()(n_classes, weight_column, thresholds, label_vocabulary,
                       loss_reduction, loss_fn, classes, name)


class _MultiLabel:
  """Labels, loss, predictions and metrics; see `multi_label_head`."""

  def __init__(self, n_classes, weight_column, thresholds, vocabulary,
               loss_reduction, loss_fn, classes, name):
    self._n_classes = n_classes
    self._weight_column = weight_column
    self._thresholds = thresholds
    self._vocabulary = vocabulary
    self._loss_reduction = loss_reduction
    self._loss_fn = loss_fn
    self._classes = classes
    self._name = name

  @property
  def name(self):
    return self._name

  @property
  def logits_dimension(self):
    return self._n_classes

  def _key(self, key):
    return _common("_summary_key")(self._name, key)

  def _indicators(self, labels):
    """Labels as zeros and ones."""
    if labels is None:
      raise _errors.ArgumentError(_errors.problem(
          "labels", "be a tensor", "None",
          "return labels from `input_fn` after the features"))
    if not isinstance(labels, tf.SparseTensor):
      return _common("_assert_range")(
          labels, 2, message="`labels` must consist of integers 0 and 1; use a "
          "SparseTensor for class numbers")
    checks = []
    if labels.dtype == tf.string:
      table = lookup.index_table_from_tensor(
          tuple(self._vocabulary), name="class_id_lookup")
      labels = tf.SparseTensor(labels.indices, table.lookup(labels.values),
                               labels.dense_shape)
    else:
      checks = self._range_checks(labels)
    with tf.control_dependencies(checks):
      return tf.to_int64(tf.sparse_to_indicator(labels, self._n_classes))

  def _range_checks(self, numbers):
    """Operations that fail for numbers that no class has."""
    text = ("`labels` must be integers from 0 to "
            f"{self._n_classes - 1}; raise `n_classes` if there are more")
    checks = (
        tf.debugging.assert_integer(numbers.values, message=text),
        tf.debugging.assert_less(
            numbers.values, message=text,
            y=tf.convert_to_tensor(self._n_classes, dtype=numbers.dtype)),
        tf.debugging.assert_non_negative(numbers.values, message=text))
    return [check for check in checks if check is not None]

  def _losses(self, features, logits, labels):
    """The loss of each row: by `loss_fn`, or the mean over the classes."""
    if self._loss_fn:
      return _common("_call_loss_fn")(
          self._loss_fn, labels, logits, features, 1)
    by_class = tf.losses.sigmoid_cross_entropy(
        labels, logits, reduction=tf.losses.Reduction.NONE)
    return tf.reduce_mean(by_class, axis=-1, keepdims=True)

  def create_loss(self, features, mode, logits, labels):
    """1.15's `LossSpec` of a batch."""
    del mode
    logits = tf.convert_to_tensor(logits)
    labels = _common("_check_dense_labels_match_logits_and_reshape")(
        self._indicators(labels), logits, self._n_classes)
    losses = self._losses(features, logits, labels)
    weights = _common("_get_weights_and_check_match_logits")(
        features, self._weight_column, logits)
    total = tf.losses.compute_weighted_loss(
        losses, weights, reduction=self._loss_reduction)
    return _common("LossSpec")(
        training_loss=total, unreduced_loss=losses, processed_labels=labels,
        weights=weights)

  def _create_tpu_estimator_spec(self, features, mode, logits, labels=None,
                                 optimizer=None, train_op_fn=None,
                                 regularization_losses=None):
    model = loading.module("python.estimator.model_fn")
    with tf.name_scope(self._name, "head"):
      logits = _common("_check_logits_final_dim")(logits, self._n_classes)
      with tf.name_scope(None, "predictions", (logits,)):
        predictions = {
            "logits": logits,
            "probabilities": tf.sigmoid(logits, name="probabilities")}
      made = functools.partial(
          loading.private_name(model, "_TPUEstimatorSpec"), mode=mode,
          predictions=predictions)
      if mode == model.ModeKeys.PREDICT:
        return made(export_outputs=self._exported(predictions))
      spec = self.create_loss(features, mode, logits, labels)
      loss, extra = spec.training_loss, None
      if regularization_losses:
        extra = tf.add_n(regularization_losses)
        loss = tf.add_n([loss, extra])
      if mode == model.ModeKeys.EVAL:
        return made(loss=loss, eval_metrics=_common(
            "_create_eval_metrics_tuple")(self._eval_metric_ops, dict(
                probabilities=predictions["probabilities"],
                labels=spec.processed_labels, weights=spec.weights,
                unreduced_loss=spec.unreduced_loss,
                regularization_loss=extra)))
      train_op = _common("_append_update_ops")(
          minimize(loss, optimizer, train_op_fn))
      shown = {"loss": loss}
      if self._loss_reduction == tf.losses.Reduction.SUM:
        # The other reductions have divided by the weights already.
        shown["average_loss"] = spec.training_loss / tf.reduce_sum(
            spec.weights * tf.ones_like(spec.unreduced_loss))
      if extra is not None:
        shown["regularization_loss"] = extra
    with tf.name_scope(""):
      for key, value in shown.items():
        tf.summary.scalar(self._key(key), value)
    return made(loss=loss, train_op=train_op)

  def _exported(self, predictions):
    outputs = loading.module("python.estimator.export.export_output")
    classes = _common("_classification_output")(
        scores=predictions["probabilities"], n_classes=self._n_classes,
        label_vocabulary=self._vocabulary)
    return {_SERVING: classes, "classification": classes,
            "predict": outputs.PredictOutput(predictions)}

  def _eval_metric_ops(self, labels, probabilities, weights, unreduced_loss,
                       regularization_loss):
    with tf.name_scope(None, "metrics", [
        labels, probabilities, weights, unreduced_loss, regularization_loss]):
      given = {"labels": labels, "predictions": probabilities,
               "weights": weights}
      found = {
          self._key("average_loss"): tf.metrics.mean(
              unreduced_loss, weights=weights, name="average_loss"),
          self._key("auc"): tf.metrics.auc(name="auc", **given),
          self._key("auc_precision_recall"): tf.metrics.auc(
              curve="PR", name="auc_precision_recall", **given)}
      if regularization_loss is not None:
        found[self._key("regularization_loss")] = tf.metrics.mean(
            regularization_loss, name="regularization_loss")
      for threshold in self._thresholds:
        for key, metric in (
            ("accuracy/positive_threshold_%g", "_accuracy_at_threshold"),
            ("precision/positive_threshold_%g", "_precision_at_threshold"),
            ("recall/positive_threshold_%g", "_recall_at_threshold")):
          key = key % threshold
          found[self._key(key)] = _common(metric)(
              threshold=threshold, name=key, **given)
      for number in self._classes:
        found.update(self._metrics_of(number, labels, probabilities, weights))
      return found

  def _metrics_of(self, number, labels, probabilities, weights):
    """The metrics of one class."""
    rank = tf.rank(probabilities) - 1
    begin = tf.concat([tf.zeros([rank], tf.int32), [number]], axis=0)
    size = tf.concat([-1 * tf.ones([rank], tf.int32), [1]], axis=0)
    probabilities = tf.slice(probabilities, begin=begin, size=size)
    labels = tf.slice(labels, begin=begin, size=size)
    what = ("class%d" % number if self._vocabulary is None
            else self._vocabulary[number])
    given = {"predictions": probabilities, "weights": weights}
    found = {}
    for kind, metric, options in (
        ("probability_mean", "_predictions_mean", {}),
        ("auc", "_auc", {"labels": labels}),
        ("auc_precision_recall", "_auc", {"labels": labels, "curve": "PR"})):
      key = f"{kind}/{what}"
      found[self._key(key)] = _common(metric)(name=key, **given, **options)
    return found


def minimize(loss, optimizer, train_op_fn):
  """The training operation of a head; exactly one of the two is given."""
  if (optimizer is None) == (train_op_fn is None):
    raise _errors.ArgumentError(_errors.problem(
        "optimizer", "be given, or `train_op_fn`, and not both",
        "neither" if optimizer is None else "both",
        "pass one of them to `create_estimator_spec`"))
  if train_op_fn is not None:
    return train_op_fn(loss)
  return optimizer.minimize(loss, global_step=tf.train.get_global_step())


_classes = {}


def _head_class():
  """`_MultiLabel` as a head: that class is loaded with the package."""
  if not _classes:
    _classes["_MultiLabelHead"] = type(
        "_MultiLabelHead", (_MultiLabel, _common("_Head")), {})
  return _classes["_MultiLabelHead"]
