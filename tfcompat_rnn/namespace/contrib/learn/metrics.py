"""Metrics of an evaluation."""

import inspect

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
  if hasattr(function, "__name__"):
    return function.__name__
  if hasattr(getattr(function, "func", None), "__name__"):
    return function.func.__name__
  return str(function)


def _one_of(name, arguments, candidates, required=False):
  found = [one for one in candidates if one in arguments]
  if len(found) > 1:
    raise ValueError(f"Ambiguous arguments {set(found)}, must provide only "
                     f"one of {set(candidates)}.")
  if not found:
    if required:
      raise ValueError(f"{set(candidates)} missing from {name}({arguments}).")
    return None
  if found[0] != candidates[0]:
    tf.logging.warning("Canonical arg %s missing from %s(%s), using %s.",
                       candidates[0], name, arguments, found[0])
  return found[0]


def _adapted(function, name, needs_labels, needs_weights):
  """`function` with arguments that are called labels, predictions, weights."""
  arguments = arguments_of(function)
  labels_name = _one_of(name, arguments, _LABELS, needs_labels)
  predictions_name = _one_of(name, arguments, _PREDICTIONS)
  weights_name = _one_of(name, arguments, _WEIGHTS, needs_weights)

  def call(_sentinel=None, labels=None, predictions=None, weights=None):
    if _sentinel is not None:
      raise ValueError("`metric_fn` requires named args: `labels`, "
                       "`predictions`, and optionally `weights`.")
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
    self._prediction_key = prediction_key
    self._label_key = label_key
    self._weight_key = weight_key

  @property
  def metric_fn(self):
    """The function, with arguments `labels`, `predictions`, `weights`."""
    return self._function

  @property
  def prediction_key(self):
    """The prediction, or None."""
    return self._prediction_key

  @property
  def label_key(self):
    """The label, or None."""
    return self._label_key

  @property
  def weight_key(self):
    """The feature with the weights, or None."""
    return self._weight_key

  def __str__(self):
    return (f"MetricSpec(metric_fn={self._name}, "
            f"prediction_key={self.prediction_key}, "
            f"label_key={self.label_key}, weight_key={self.weight_key})")

  def create_metric_ops(self, inputs, labels, predictions):
    """(value, update) of the metric.

    Raises ValueError if a dict has several entries and there is no key for
    it, and KeyError if the key is not in it.
    """
    prediction = _pick("prediction", predictions, self.prediction_key)
    label = _pick("label", labels, self.label_key)
    weights = inputs[self.weight_key] if self.weight_key else None
    return self.metric_fn(labels=label, predictions=prediction,
                          weights=weights)


def _pick(name, values, key):
  if key:
    if not isinstance(values, dict):
      raise ValueError(
          f"MetricSpec with {name}_key specified requires {name}s dict, got "
          f"{values}.\nYou must not provide a {name}_key if you only have a "
          f"single Tensor as {name}s.")
    if key not in values:
      raise KeyError(f"Key '{key}' missing from {values.keys()}.")
    return values[key]
  if not isinstance(values, dict):
    return values
  if len(values) != 1:
    raise ValueError(f"MetricSpec without specified {name}_key requires "
                     f"{name}s tensor or single element dict, got {values}")
  return next(iter(values.values()))


def add_metrics(metrics, features, labels, predictions):
  """{name: (value, update)} of `metrics`, MetricSpecs or bare functions."""
  label = labels
  if isinstance(labels, dict) and len(labels) == 1:
    label = next(iter(labels.values()))
  result = {}
  for name, metric in sorted((metrics or {}).items(), key=str):
    if isinstance(metric, MetricSpec):
      result[name] = metric.create_metric_ops(features, labels, predictions)
      continue
    tf.logging.warning(
        "Please specify metrics using MetricSpec. Using bare functions or "
        "(key, fn) tuples is deprecated and support for it will be removed on "
        "Oct 1, 2016.")
    if isinstance(name, tuple):
      if len(name) != 2:
        raise ValueError(f"Invalid metric for {name}. It returned a tuple "
                         f"with len {len(name)}, expected 2.")
      if not isinstance(predictions, dict):
        raise ValueError(
            "Metrics passed provide (name, prediction), but predictions are "
            f"not dict. Metrics: {metrics}, Predictions: {predictions}.")
      own = (labels[name[1]] if isinstance(labels, dict)
             and name[1] in labels else label)
      result[name[0]] = metric(predictions[name[1]], own)
    elif isinstance(predictions, dict):
      raise ValueError(
          "Metrics passed provide only name, no prediction, but predictions "
          f"are dict. Metrics: {metrics}, Labels: {label}.")
    else:
      result[name] = metric(predictions, label)
  return result
