"""`TrainingHelper`: the inputs of all steps are known."""

import operator

from tfcompat_rnn import _errors
from tfcompat_rnn import _nest
from tfcompat_rnn._tf import tf
from tfcompat_rnn.seq2seq import _words
from tfcompat_rnn.seq2seq import decoders
from tfcompat_rnn.seq2seq.helpers import base


def _unstack_ta(inp):
  """A TensorArray of the steps of `inp`, `[time, batch, ...]`."""
  return tf.TensorArray(
      dtype=inp.dtype, size=tf.shape(inp)[0],
      element_shape=inp.get_shape()[1:]).unstack(inp)


def _require_steps(inputs, time_major):
  """Refuses inputs without a step, from which 1.15 could not read either."""
  for leaf in _nest.flatten_state(inputs):
    shape = leaf.shape
    if shape.rank is not None and shape.rank > 1 and (
        tf.dimension_value(shape[0 if time_major else 1]) == 0):
      raise _errors.ArgumentError(_errors.problem(
          "inputs", "have a step, also if all lengths are 0", f"shape {shape}",
          "pass at least one step, of zeros"))


class TrainingHelper(base.Helper):
  """Reads the inputs of each step from a tensor ("teacher forcing").

    helper = TrainingHelper(embedded_targets, target_lengths)

  A row finishes after as many steps as it has inputs. The samples are the
  int32 argmax of the outputs; they have no influence on the inputs.

  Args:
    inputs: `[batch, time, depth...]`, or `[time, batch, depth...]` with
      `time_major`.
    sequence_length: `[batch]` int32.
    time_major: whether the inputs are time-major.
    name: a name scope, "TrainingHelper" by default.

  Raises:
    ArgumentError: if `sequence_length` is not a vector, or if `inputs` are
      known to have no step.
    ArgumentTypeError: from `initialize`, if `sequence_length` is not int32.

  TF 1.15: `tf.contrib.seq2seq.TrainingHelper`.
  """

  def __init__(self, inputs, sequence_length, time_major=False, name=None):
    with tf.name_scope(name, "TrainingHelper", [inputs, sequence_length]):
      inputs = tf.convert_to_tensor(inputs, name="inputs")
      self._inputs = inputs
      _require_steps(inputs, time_major)
      if not time_major:
        inputs = _nest.map_state(decoders._transpose_batch_time, inputs)
      self._input_tas = _nest.map_state(_unstack_ta, inputs)
      self._sequence_length = tf.convert_to_tensor(
          sequence_length, name="sequence_length")
      shape = self._sequence_length.get_shape()
      if shape.rank != 1:
        raise _errors.ArgumentError(_errors.problem(
            "sequence_length", "be a vector with one length per row",
            f"shape {shape}", "pass an int32 tensor [batch]"))
      self._zero_inputs = _nest.map_state(
          lambda steps: tf.zeros_like(steps[0, :]), inputs)
      self._batch_size = tf.size(sequence_length)

  inputs = property(
      operator.attrgetter("_inputs"), doc="The inputs, as they were passed.")
  sequence_length = property(
      operator.attrgetter("_sequence_length"), doc="The lengths of the rows.")
  batch_size = property(operator.attrgetter("_batch_size"))

  @property
  def sample_ids_shape(self):
    return tf.TensorShape([])

  @property
  def sample_ids_dtype(self):
    return tf.int32

  def initialize(self, name=None):
    if self._sequence_length.dtype != tf.int32:
      # A subclass that compares the lengths itself may have others.
      dtype = self._sequence_length.dtype.name
      raise _errors.ArgumentTypeError(_words.problem(
          "sequence_length", "be int32", dtype,
          "pass tf.cast(sequence_length, tf.int32)",
          f"Input 'y' of 'Equal' Op has type {dtype} that does not match type "
          "int32 of argument 'x'."))
    with tf.name_scope(name, "TrainingHelperInitialize"):
      finished = tf.equal(0, self._sequence_length)
      return finished, self._read_unless(tf.reduce_all(finished), 0)

  def sample(self, time, outputs, name=None, **unused_kwargs):
    with tf.name_scope(name, "TrainingHelperSample", [time, outputs]):
      return tf.cast(tf.argmax(outputs, axis=-1), tf.int32)

  def next_inputs(self, time, outputs, state, name=None, **unused_kwargs):
    with tf.name_scope(name, "TrainingHelperNextInputs",
                       [time, outputs, state]):
      time = time + 1
      finished = time >= self._sequence_length
      inputs = self._read_unless(tf.reduce_all(finished), time)
      return finished, inputs, state

  def _read_unless(self, all_finished, time):
    """The inputs of a step; zeros after the last one."""
    return tf.cond(
        all_finished, lambda: self._zero_inputs,
        lambda: _nest.map_state(lambda array: array.read(time),
                                self._input_tas))
