"""Metrics of an evaluation."""

import inspect

from tfcompat_rnn import _errors
from tfcompat_rnn._errors import require as _require
from tfcompat_rnn._tf import tf

# What metric functions called their arguments.
_LABELS = ("labels", "label", "targets", "target")
_PREDICTIONS = ("predictions", "prediction", "logits", "logit")
_WEIGHTS = ("weights", "weight")


def arguments_of(function):
  """The names of the arguments of `function` that are not bound yet."""
  if hasattr(function, "func") and hasattr(function, "keywords"):
    bound = set(function.keywords or ())
    names = arguments_of(function.func)[len(function.args):]
    return tuple(name for name in names if name not in bound)
  try:
    parameters = inspect.signature(function).parameters.values()
  except (TypeError, ValueError):
    return ()
  return tuple(parameter.name for parameter in parameters if parameter.kind in (
      parameter.POSITIONAL_ONLY, parameter.POSITIONAL_OR_KEYWORD,
      parameter.KEYWORD_ONLY))


def _name_of(function):
  for named in (function, getattr(function, "func", None)):
    if hasattr(named, "__name__"):
      return named.__name__
  return str(function)


def _one_of(name, arguments, candidates, required=False):
  found = [one for one in candidates if one in arguments]
  _require(len(found) < 2, "metric_fn",
           f"have one argument for its {candidates[0]}",
           f"{name} with {' and '.join(found)}", "rename one of them")
  _require(found or not required, "metric_fn",
           f"have an argument {candidates[0]}", f"{name}({arguments})",
           "add it, or leave out the key for it")
  if found and found[0] != candidates[0]:
    tf.logging.warning("%s calls its %s %s.", name, candidates[0], found[0])
  return found[0] if found else None


def _adapted(function, name, needs_labels, needs_weights):
  """`function` with arguments that are called labels, predictions, weights."""
  arguments = arguments_of(function)
  labels_name = _one_of(name, arguments, _LABELS, needs_labels)
  predictions_name = _one_of(name, arguments, _PREDICTIONS)
  weights_name = _one_of(name, arguments, _WEIGHTS, needs_weights)

  def call(_sentinel=None, labels=None, predictions=None, weights=None):
    _require(_sentinel is None, "metric_fn", "be called with names",
             "a value without one", "name `labels`, `predictions`, `weights`")
    named = {}
    positional = []
    if predictions_name:
      named[predictions_name] = predictions
    else:
      positional.append(predictions)
    if labels_name:
      if positional and labels_name == arguments[0]:
        positional.insert(0, labels)
      else:
        named[labels_name] = labels
    if weights is not None:
      named[weights_name] = weights
    return function(*positional, **named)
  return call


class MetricSpec:
  """A metric, and which prediction, label and weight it is about.

  >>> tf.contrib.learn.MetricSpec(tf.metrics.accuracy, prediction_key="class")

  Raises ValueError if `metric_fn` lacks an argument that a key is for.

  TF 1.15: `tf.contrib.learn.MetricSpec`.
  """

  def __init__(self, metric_fn, prediction_key=None, label_key=None,
               weight_key=None):
    self._name = _name_of(metric_fn)
    self._function = _adapted(metric_fn, self._name, label_key is not None,
                              weight_key is not None)
    self._keys = prediction_key, label_key, weight_key

  metric_fn = property(
      lambda self: self._function,
      doc="The function, with arguments `labels`, `predictions`, `weights`.")
  prediction_key = property(lambda self: self._keys[0],
                            doc="The prediction, or None.")
  label_key = property(lambda self: self._keys[1], doc="The label, or None.")
  weight_key = property(lambda self: self._keys[2],
                        doc="The feature with the weights, or None.")

  def __str__(self):
    return (f"MetricSpec(metric_fn={self._name}, "
            f"prediction_key={self.prediction_key}, "
            f"label_key={self.label_key}, weight_key={self.weight_key})")

  def create_metric_ops(self, inputs, labels, predictions):
    """(value, update) of the metric.

    Raises ValueError if a dict has several entries and there is no key for
    it, and KeyError if the key is not in it.
    """
    return self.metric_fn(
        labels=_pick("label", labels, self.label_key),
        predictions=_pick("prediction", predictions, self.prediction_key),
        weights=inputs[self.weight_key] if self.weight_key else None)


def _pick(name, values, key):
  """The only value, or that of `key`."""
  is_dict = isinstance(values, dict)
  if key:
    _require(is_dict, f"{name}_key", f"be None where the {name}s are no dict",
             repr(key), "leave it out")
    if key not in values:
      raise KeyError(_errors.problem(f"{name}_key", f"be one of {[*values]}",
                                     repr(key), "correct it"))
    return values[key]
  _require(not is_dict or len(values) == 1, f"{name}_key",
           f"be given where there are several {name}s", values,
           "name one of them")
  return next(iter(values.values())) if is_dict else values


def add_metrics(metrics, features, labels, predictions):
  """{name: (value, update)} of `metrics`, MetricSpecs or bare functions."""
  label = labels
  if isinstance(labels, dict) and len(labels) == 1:
    [label] = labels.values()
  result = {}
  for name, metric in sorted((metrics or {}).items(), key=str):
    if isinstance(metric, MetricSpec):
      result[name] = metric.create_metric_ops(features, labels, predictions)
      continue
    tf.logging.warning("Metric %s is a bare function; a MetricSpec says which "
                       "prediction and which label it is of.", name)
    # A bare function is for the only prediction, or for that of a pair.
    prediction, own = predictions, label
    several = isinstance(predictions, dict)
    if isinstance(name, tuple):
      _require(len(name) == 2, "metrics",
               "have keys that are a name, or a name and a prediction", name,
               "pass a MetricSpec")
      _require(several, "metrics",
               "have plain names if the predictions are no dict", name,
               f"call it {name[0]!r}")
      name, key = name
      prediction = predictions[key]
      if isinstance(labels, dict):
        own = labels.get(key, label)
    else:
      _require(not several, "metrics",
               "name a prediction if they are a dict", name,
               "pass a MetricSpec with a prediction_key")
    result[name] = metric(prediction, own)
  return result
