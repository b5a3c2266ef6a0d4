"""`Helper`, the interface of all helpers, and `CustomHelper`."""

import abc

from tfcompat_rnn import _errors
from tfcompat_rnn._tf import tf
from tfcompat_rnn.seq2seq import _words


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

  @property
  @abc.abstractmethod
  def batch_size(self):
    """The number of rows, an int32 scalar."""
    raise NotImplementedError("batch_size has not been implemented")

  @property
  @abc.abstractmethod
  def sample_ids_shape(self):
    """The `TensorShape` of what `sample` returns, without the batch."""
    raise NotImplementedError("sample_ids_shape has not been implemented")

  @property
  @abc.abstractmethod
  def sample_ids_dtype(self):
    """The dtype of what `sample` returns."""
    raise NotImplementedError("sample_ids_dtype has not been implemented")

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
      raise _errors.ArgumentError(_words.problem(
          "batch_size", "be read after `initialize`, which determines it",
          "a helper that was not initialized", "call helper.initialize()",
          "batch_size accessed before initialize was called"))
    return self._batch_size

  @property
  def sample_ids_shape(self):
    return self._sample_ids_shape

  @property
  def sample_ids_dtype(self):
    return self._sample_ids_dtype

  def initialize(self, name=None):
    with tf.name_scope(name, f"{type(self).__name__}Initialize"):
      finished, inputs = self._initialize_fn()
      if self._batch_size is None:
        self._batch_size = tf.size(finished)
    return finished, inputs

  def sample(self, time, outputs, state, name=None):
    with tf.name_scope(name, f"{type(self).__name__}Sample",
                       (time, outputs, state)):
      return self._sample_fn(time=time, outputs=outputs, state=state)

  def next_inputs(self, time, outputs, state, sample_ids, name=None):
    with tf.name_scope(name, f"{type(self).__name__}NextInputs",
                       (time, outputs, state)):
      return self._next_inputs_fn(
          time=time, outputs=outputs, state=state, sample_ids=sample_ids)
