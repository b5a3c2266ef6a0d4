"""`tf.contrib.eager.metrics`: metrics as objects that keep their sums.

  accuracy = tfe.metrics.Accuracy()
  for labels, predictions in batches:
    accuracy(labels, predictions)
  print(accuracy.result())

In a graph, a call returns what to run for an update, `result()` the tensor
with the value, and `init_variables()` the operation that resets the sums.
"""

import re

from tfcompat_rnn import _errors
from tfcompat_rnn._errors import problem
from tfcompat_rnn._tf import attribute
from tfcompat_rnn._tf import private
from tfcompat_rnn._tf import tf


class Metric(private("trackable_base")):
  """Base class; subclasses define `build`, `call` and `result`.

  TF 1.15: `tf.contrib.eager.metrics.Metric`.
  """

  def __init__(self, name=None, use_global_variables=False):
    self._built = False
    self._vars = []
    self._initial_values = []
    self._use_global_variables = use_global_variables
    name = name or type(self).__name__
    scope_name = re.sub("[^A-Za-z0-9.]", "_", name)
    with tf.variable_scope(
        scope_name, use_resource=True, reuse=False) as self._scope:
      where = self._scope.name.rfind(scope_name)
      self._name = name + self._scope.name[where + len(scope_name):]
    if not tf.executing_eagerly():
      self.call = tf.function(self.call, autograph=False)

  def __call__(self, *args, **kwargs):
    """Takes one mini-batch into account."""
    if not self._built:
      with tf.variable_scope(self._scope), tf.init_scope():
        self.build(*args, **kwargs)
      self._built = True
    return self.call(*args, **kwargs)

  @property
  def name(self):
    return self._name

  @property
  def variables(self):
    return self._vars

  def init_variables(self):
    """Resets the variables; in a graph, the operation that does."""
    if not tf.executing_eagerly():
      return tf.group([variable.initializer for variable in self._vars])
    for variable, value in zip(self._vars, self._initial_values):
      variable.assign(value)
    return None

  def build(self, *args, **kwargs):
    """Makes the variables, with `add_variable`."""
    raise NotImplementedError("Metrics must define a build() member function")

  def call(self, *args, **kwargs):
    """Changes the variables."""
    raise NotImplementedError("Metrics must define a call() member function")

  def result(self):
    """The value of the metric."""
    raise NotImplementedError("Metrics must define a result() member function")

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
      raise RuntimeError("Can't call add_variable() except in build().")
    collections = None
    if not tf.executing_eagerly():
      collections = [
          tf.GraphKeys.GLOBAL_VARIABLES if self._use_global_variables
          else tf.GraphKeys.LOCAL_VARIABLES, tf.GraphKeys.METRIC_VARIABLES]
    add = attribute(self, "Trackable._add_variable_with_custom_getter")
    variable = add(
        name=name, shape=shape, dtype=dtype, initializer=initializer,
        trainable=False, collections=collections, use_resource=True,
        getter=tf.get_variable, overwrite=True)
    self._vars.append(variable)
    if tf.executing_eagerly():
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
      self.denom.assign_add(tf.cast(tf.size(values), self.dtype))
      values = tf.reduce_sum(values)
      self.numer.assign_add(tf.cast(values, self.dtype))
      return values
    weights = tf.cast(weights, self.dtype)
    self.denom.assign_add(tf.reduce_sum(weights))
    values = tf.cast(values, self.dtype) * weights
    self.numer.assign_add(tf.reduce_sum(values))
    return values, weights

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
    if weights is None:
      return labels, predictions
    return labels, predictions, weights


def _check_shapes(labels, predictions):
  tf.assert_equal(
      tf.shape(labels), tf.shape(predictions),
      message="Shapes of labels and predictions are unequal")


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
        message="First axis of labels and predictions is unequal")
    return tf.equal(tf.cast(labels, tf.int64),
                    tf.argmax(predictions, axis=-1))
