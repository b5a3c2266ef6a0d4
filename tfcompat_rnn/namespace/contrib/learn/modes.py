"""What a model function is told, and what it returns."""

import collections

from tfcompat_rnn import _errors
from tfcompat_rnn._errors import require as _require
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
    _require(key in (cls.TRAIN, cls.EVAL, cls.INFER), "key",
             "be one of ModeKeys.TRAIN, EVAL, INFER", repr(key),
             "pass one of them")


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


# What the estimator reads in each mode.
_NEEDED = {ModeKeys.TRAIN: ("train_op", "loss"),
           ModeKeys.EVAL: ("loss", "predictions"),
           ModeKeys.INFER: ("predictions",)}


def _tensor(value):
  return (value if isinstance(value, tf.SparseTensor)
          else tf.convert_to_tensor(value))


def _scalar(loss):
  loss = tf.convert_to_tensor(loss)
  shape = loss.get_shape()
  _require(shape.num_elements() in (None, 1), "loss", "be one number", loss,
           "reduce it, for example with tf.reduce_mean")
  return loss if shape.is_compatible_with([]) else tf.reshape(loss, [])


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
    given = {"train_op": train_op, "loss": loss, "predictions": predictions}
    for name in _NEEDED[mode]:
      _require(given[name] is not None, name, f"be given in mode {mode!r}",
               None, "return it from the model function")
    if train_op is not None and not isinstance(train_op, tf.Operation):
      train_op = tf.convert_to_tensor(train_op).op
    if loss is not None:
      loss = _scalar(loss)
    if isinstance(predictions, dict):
      predictions = dict(zip(predictions, map(_tensor, predictions.values()),
                             strict=True))
    elif predictions is not None:
      predictions = _tensor(predictions)
    if eval_metric_ops is None:
      eval_metric_ops = {}
    _require(isinstance(eval_metric_ops, dict), "eval_metric_ops",
             "be {name: (value, update)}", eval_metric_ops, "return a dict")
    chief_hooks, hooks = training_chief_hooks or [], training_hooks or []
    for hook in (*hooks, *chief_hooks):
      if not isinstance(hook, tf.train.SessionRunHook):
        raise _errors.ArgumentTypeError(_errors.problem(
            "training_hooks", "and training_chief_hooks contain hooks",
            hook, "derive it from tf.train.SessionRunHook"))
    return super().__new__(cls, predictions, loss, train_op, eval_metric_ops,
                           output_alternatives, chief_hooks, hooks, scaffold,
                           mode)
