"""`Helper`, the interface of all helpers, and `CustomHelper`."""

import abc
import operator

from tfcompat_rnn import _errors
from tfcompat_rnn._tf import tf


def _to_define(name, doc):
  """A property that a subclass must define."""
  @abc.abstractmethod
  def read(self):
    raise NotImplementedError(
        f"`{name}` must be defined by {type(self).__name__}, got nothing; "
        f"define it as an attribute or property")

  return property(read, doc=doc)


class Helper(metaclass=abc.ABCMeta):
  """What `BasicDecoder` asks for samples and for the next input.

    class FeedBack(Helper):  # each output is the next input, for ten steps
      batch_size, sample_ids_shape, sample_ids_dtype = 2, [], tf.int32

      def initialize(self, name=None):
        return tf.tile([False], [2]), tf.zeros([2, 80])

      def sample(self, time, outputs, state, name=None):
        return tf.zeros([2], tf.int32)

      def next_inputs(self, time, outputs, state, sample_ids, name=None):
        return tf.tile([time >= 9], [2]), outputs, state

  A subclass defines all three methods and all three properties (as attributes
  or properties); otherwise Python raises TypeError when it is instantiated.

  TF 1.15: `tf.contrib.seq2seq.Helper`.
  """

  batch_size = _to_define(
      "batch_size", "The number of rows, an int32 scalar.")
  sample_ids_shape = _to_define(
      "sample_ids_shape",
      "The `TensorShape` of what `sample` returns, without the batch.")
  sample_ids_dtype = _to_define(
      "sample_ids_dtype", "The dtype of what `sample` returns.")

  @abc.abstractmethod
  def initialize(self, name=None):
    """Returns `(finished, inputs)` of the first step."""

  @abc.abstractmethod
  def sample(self, time, outputs, state, name=None):
    """Returns `sample_ids` for the outputs of a step."""

  @abc.abstractmethod
  def next_inputs(self, time, outputs, state, sample_ids, name=None):
    """Returns `(finished, next_inputs, next_state)`."""


class CustomHelper(Helper):
  """A helper made of three functions.

    helper = CustomHelper(
        initialize_fn=lambda: (tf.tile([False], [2]), start),
        sample_fn=lambda time, outputs, state: tf.argmax(
            outputs, -1, output_type=tf.int32),
        next_inputs_fn=lambda time, outputs, state, sample_ids: (
            tf.equal(sample_ids, end), tf.one_hot(sample_ids, depth), state))

  Args:
    initialize_fn: `() -> (finished, inputs)`.
    sample_fn: `(time, outputs, state) -> sample_ids`, by keyword.
    next_inputs_fn: `(time, outputs, state, sample_ids) -> (finished,
      next_inputs, next_state)`, by keyword.
    sample_ids_shape: the shape of `sample_ids` without the batch, by default
      that of a scalar.
    sample_ids_dtype: their dtype, int32 by default.

  `batch_size` raises ArgumentError before `initialize` was called: it is the
  size of `finished`.

  TF 1.15: `tf.contrib.seq2seq.CustomHelper`.
  """

  def __init__(self, initialize_fn, sample_fn, next_inputs_fn,
               sample_ids_shape=None, sample_ids_dtype=None):
    self._initialize_fn = initialize_fn
    self._sample_fn = sample_fn
    self._next_inputs_fn = next_inputs_fn
    self._batch_size = None
    self._sample_ids_shape = tf.TensorShape(sample_ids_shape or [])
    self._sample_ids_dtype = sample_ids_dtype or tf.int32

  @property
  def batch_size(self):
    if self._batch_size is None:
      raise _errors.ArgumentError(_errors.problem(
          "batch_size", "be read after `initialize`, which determines it",
          "a helper that was not initialized", "call helper.initialize()"))
    return self._batch_size

  sample_ids_shape = property(operator.attrgetter("_sample_ids_shape"))
  sample_ids_dtype = property(operator.attrgetter("_sample_ids_dtype"))

  def initialize(self, name=None):
    with _scope_of(self, name, "Initialize"):
      finished, inputs = self._initialize_fn()
      if self._batch_size is None:
        self._batch_size = tf.size(finished)
    # A tuple whatever the function returns: decoders append a state to it.
    return finished, inputs

  def sample(self, time, outputs, state, name=None):
    step = {"time": time, "outputs": outputs, "state": state}
    with _scope_of(self, name, "Sample", step):
      return self._sample_fn(**step)

  def next_inputs(self, time, outputs, state, sample_ids, name=None):
    step = {"time": time, "outputs": outputs, "state": state}
    with _scope_of(self, name, "NextInputs", step):
      return self._next_inputs_fn(sample_ids=sample_ids, **step)


def _scope_of(helper, name, method, step=None):
  return tf.name_scope(name, type(helper).__name__ + method,
                       list(step.values()) if step else None)
