"""What a model function is told, and what it returns."""

import collections

from tfcompat_rnn import _errors
from tfcompat_rnn._tf import tf


class ModeKeys:
  """The modes of a model function.

  TF 1.15: `tf.contrib.learn.ModeKeys`.
  """

  TRAIN = "train"
  EVAL = "eval"
  INFER = "infer"

  @classmethod
  def validate(cls, key):
    """Raises ArgumentError unless `key` is one of the three."""
    if key not in (cls.TRAIN, cls.EVAL, cls.INFER):
      raise _errors.ArgumentError(_errors.problem(
          "key", "be one of ModeKeys.TRAIN, EVAL, INFER", repr(key),
          "pass one of them"))


class MetricKey:
  """Names of metrics. TF 1.15: `tf.contrib.learn.MetricKey`."""
  LOSS = "loss"
  AUC = "auc"
  AUC_PR = "auc_precision_recall"
  CLASS_AUC = "auc/class%d"
  CLASS_AUC_PR = "auc_precision_recall/class%d"
  PREDICTION_MEAN = "labels/prediction_mean"
  CLASS_PREDICTION_MEAN = "labels/prediction_mean/class%d"
  CLASS_LOGITS_MEAN = "labels/logits_mean/class%d"
  CLASS_PROBABILITY_MEAN = "labels/probability_mean/class%d"
  LABEL_MEAN = "labels/actual_label_mean"
  CLASS_LABEL_MEAN = "labels/actual_label_mean/class%d"
  ACCURACY = "accuracy"
  ACCURACY_BASELINE = "accuracy/baseline_label_mean"
  ACCURACY_MEAN = "accuracy/threshold_%f_mean"
  PRECISION_MEAN = "precision/positive_threshold_%f_mean"
  RECALL_MEAN = "recall/positive_threshold_%f_mean"


class PredictionKey:
  """Names of predictions. TF 1.15: `tf.contrib.learn.PredictionKey`."""
  CLASSES = "classes"
  PROBABILITIES = "probabilities"
  LOGITS = "logits"
  LOGISTIC = "logistic"
  SCORES = "scores"
  TOP_K = "top_k"
  GENERIC = "output"


class ProblemType:
  """Kinds of problems. TF 1.15: `tf.contrib.learn.ProblemType`."""
  UNSPECIFIED = 0
  CLASSIFICATION = 1
  LINEAR_REGRESSION = 2
  LOGISTIC_REGRESSION = 3


_FIELDS = ("predictions", "loss", "train_op", "eval_metric_ops",
           "output_alternatives", "training_chief_hooks", "training_hooks",
           "scaffold", "mode")


def _tensor(value):
  return (value if isinstance(value, tf.SparseTensor)
          else tf.convert_to_tensor(value))


class ModelFnOps(collections.namedtuple("ModelFnOps", _FIELDS)):
  """What a model function returns.

  >>> tf.contrib.learn.ModelFnOps(mode, predictions, loss, train_op)

  Raises ValueError if what `mode` needs is missing or `loss` is no scalar,
  and TypeError if a hook is not a `tf.train.SessionRunHook`.

  TF 1.15: `tf.contrib.learn.ModelFnOps`.
  """

  def __new__(cls, mode, predictions=None, loss=None, train_op=None,
              eval_metric_ops=None, output_alternatives=None,
              training_chief_hooks=None, training_hooks=None, scaffold=None):
    ModeKeys.validate(mode)
    if train_op is None:
      if mode == ModeKeys.TRAIN:
        raise ValueError("Missing train_op.")
    elif not isinstance(train_op, tf.Operation):
      train_op = tf.convert_to_tensor(train_op).op
    if loss is None:
      if mode in (ModeKeys.TRAIN, ModeKeys.EVAL):
        raise ValueError("Missing loss.")
    else:
      loss = tf.convert_to_tensor(loss)
      shape = loss.get_shape()
      if shape.num_elements() not in (None, 1):
        raise ValueError(f"Loss must be scalar: {loss}.")
      if not shape.is_compatible_with(tf.TensorShape([])):
        loss = tf.reshape(loss, [])
    if predictions is None:
      if mode in (ModeKeys.INFER, ModeKeys.EVAL):
        raise ValueError("Missing predictions.")
    elif isinstance(predictions, dict):
      predictions = {key: _tensor(value)
                     for key, value in predictions.items()}
    else:
      predictions = _tensor(predictions)
    if eval_metric_ops is None:
      eval_metric_ops = {}
    elif not isinstance(eval_metric_ops, dict):
      raise ValueError("eval_metric_ops must be a dict.")
    chief_hooks = training_chief_hooks or []
    hooks = training_hooks or []
    for hook in list(hooks) + list(chief_hooks):
      if not isinstance(hook, tf.train.SessionRunHook):
        raise TypeError("All hooks returned from model_fn must be "
                        "SessionRunHook instances, got instance of "
                        f"{type(hook)}: {hook}")
    return super().__new__(
        cls, predictions=predictions, loss=loss, train_op=train_op,
        eval_metric_ops=eval_metric_ops,
        output_alternatives=output_alternatives,
        training_chief_hooks=chief_hooks, training_hooks=hooks,
        scaffold=scaffold, mode=mode)
