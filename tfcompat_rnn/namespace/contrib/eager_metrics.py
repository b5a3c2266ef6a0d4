"""`tf.contrib.eager.metrics`: metrics as objects that keep their sums.

  accuracy = tfe.metrics.Accuracy()
  for labels, predictions in batches:
    accuracy(labels, predictions)
  print(accuracy.result())

In a graph, a call returns what to run for an update, `result()` the tensor
with the value, and `init_variables()` the operation that resets the sums.
"""

import operator
import re

from tfcompat_rnn import _errors
from tfcompat_rnn._errors import problem
from tfcompat_rnn._tf import attribute
from tfcompat_rnn._tf import private
from tfcompat_rnn._tf import tf


def _to_define(name, doc):
  """A method that each subclass of `Metric` defines."""
  def method(self, *args, **kwargs):
    raise NotImplementedError(problem(
        type(self).__name__, f"define `{name}`", "none", "write that method"))
  method.__name__, method.__doc__ = name, doc
  return method


class Metric(private("trackable_base")):
  """Base class; subclasses define `build`, `call` and `result`.

  TF 1.15: `tf.contrib.eager.metrics.Metric`.
  """

  def __init__(self, name=None, use_global_variables=False):
    name = name or type(self).__name__
    scope_name = re.sub("[^A-Za-z0-9.]", "_", name)
    with tf.variable_scope(
        scope_name, use_resource=True, reuse=False) as self._scope:
      # A scope of this name may have existed: the number is the metric's too.
      self._name = name + self._scope.name.rpartition(scope_name)[2]
    self._use_global_variables = use_global_variables
    self._vars, self._initial_values = [], []
    self._built = False
    if not tf.executing_eagerly():
      self.call = tf.function(self.call, autograph=False)

  def __call__(self, *args, **kwargs):
    """Takes one mini-batch into account."""
    if not self._built:
      with tf.variable_scope(self._scope), tf.init_scope():
        self.build(*args, **kwargs)
      self._built = True
    return self.call(*args, **kwargs)

  name, variables = (
      property(operator.attrgetter(what)) for what in ("_name", "_vars"))

  def init_variables(self):
    """Resets the variables; in a graph, the operation that does."""
    if not tf.executing_eagerly():
      return tf.group([variable.initializer for variable in self._vars])
    for variable, value in zip(self._vars, self._initial_values):
      variable.assign(value)
    return None

  build = _to_define("build", "Makes the variables, with `add_variable`.")
  call = _to_define("call", "Changes the variables.")
  result = _to_define("result", "The value of the metric.")

  def value(self):
    """In a graph the result, under eager execution the function `result`."""
    return self.result if tf.executing_eagerly() else self.result()

  def aggregate(self, metrics):
    """Adds the variables of `metrics`, which must be of this class."""
    for other in metrics:
      if type(other) is not type(self):
        raise _errors.ArgumentTypeError(problem(
            "metrics", f"be of the class {type(self).__name__}",
            type(other).__name__, "aggregate those of one class"))
    for place, variable in enumerate(self._vars):
      variable.assign_add(tf.add_n(
          [other.variables[place] for other in metrics]))

  def add_variable(self, name, shape=None, dtype=None, initializer=None):
    """Makes a variable; only for `build`."""
    if self._built:
      raise RuntimeError(problem(
          "add_variable", "be called in `build`",
          f"the variable {name!r} later", "make it there"))
    eager = tf.executing_eagerly()
    keys = tf.GraphKeys
    variable = attribute(self, "Trackable._add_variable_with_custom_getter")(
        name=name, shape=shape, dtype=dtype, initializer=initializer,
        collections=None if eager else [
            keys.GLOBAL_VARIABLES if self._use_global_variables
            else keys.LOCAL_VARIABLES, keys.METRIC_VARIABLES],
        trainable=False, use_resource=True, getter=tf.get_variable,
        overwrite=True)
    self._vars.append(variable)
    if eager:
      self._initial_values.append(variable.value())
    return variable


class Mean(Metric):
  """The weighted mean of all values so far.

  TF 1.15: `tf.contrib.eager.metrics.Mean`.
  """

  def __init__(self, name=None, dtype=tf.float64, use_global_variables=False):
    super().__init__(name=name, use_global_variables=use_global_variables)
    self.dtype = dtype

  def build(self, *unused_args, **unused_kwargs):
    self.numer, self.denom = (
        self.add_variable(name=name, shape=(), dtype=self.dtype,
                          initializer=tf.zeros_initializer)
        for name in ("numer", "denom"))

  def call(self, values, weights=None):
    """Adds `values`; `weights` are broadcast to them."""
    if weights is None:
      count, total = tf.size(values), tf.reduce_sum(values)
      added = total
    else:
      weights = tf.cast(weights, self.dtype)
      values = tf.cast(values, self.dtype) * weights
      count, total = tf.reduce_sum(weights), tf.reduce_sum(values)
      added = values, weights
    self.denom.assign_add(tf.cast(count, self.dtype))
    self.numer.assign_add(tf.cast(total, self.dtype))
    return added

  def result(self, write_summary=True):
    """The mean; no summary is written for `write_summary`."""
    del write_summary
    return self.numer / self.denom


class _Matches(Mean):
  """The share of examples for which `_compare` is true."""

  def __init__(self, name=None, dtype=tf.float64):
    super().__init__(name=name, dtype=dtype)

  def _compare(self, labels, predictions):
    raise NotImplementedError

  def call(self, labels, predictions, weights=None):
    """Compares a batch; returns the arguments."""
    matches = tf.cast(self._compare(labels, predictions), self.dtype)
    super().call(matches, weights=weights)
    given = labels, predictions
    return given if weights is None else (*given, weights)


def _check_shapes(labels, predictions):
  tf.assert_equal(
      tf.shape(labels), tf.shape(predictions),
      message="`labels` must have the shape of `predictions`; reshape them")


class Accuracy(_Matches):
  """How often `predictions` are equal to `labels`.

  TF 1.15: `tf.contrib.eager.metrics.Accuracy`.
  """

  def _compare(self, labels, predictions):
    _check_shapes(labels, predictions)
    return tf.equal(labels, predictions)


class CategoricalAccuracy(_Matches):
  """How often the largest of `predictions` is that of the one-hot `labels`.

  TF 1.15: `tf.contrib.eager.metrics.CategoricalAccuracy`.
  """

  def _compare(self, labels, predictions):
    _check_shapes(labels, predictions)
    return tf.equal(tf.argmax(labels, axis=-1),
                    tf.argmax(predictions, axis=-1))


class BinaryAccuracy(_Matches):
  """How often `predictions > threshold` is equal to `labels`.

  TF 1.15: `tf.contrib.eager.metrics.BinaryAccuracy`.
  """

  def __init__(self, threshold, name=None, dtype=tf.float64):
    super().__init__(name=name, dtype=dtype)
    self.threshold = threshold

  def _compare(self, labels, predictions):
    _check_shapes(labels, predictions)
    above = tf.convert_to_tensor(predictions) > self.threshold
    return tf.equal(tf.cast(labels, tf.bool), above)


class SparseAccuracy(_Matches):
  """How often the largest of `predictions` is the class in `labels`.

  TF 1.15: `tf.contrib.eager.metrics.SparseAccuracy`.
  """

  def _compare(self, labels, predictions):
    tf.assert_equal(
        tf.shape(labels), tf.shape(predictions)[0],
        message="`labels` must have one class for each row of `predictions`; "
        "pass [batch]")
    return tf.equal(tf.cast(labels, tf.int64),
                    tf.argmax(predictions, axis=-1))
