"""`Decoder`, the interface of all decoders, and `dynamic_decode`, their loop.
"""

import abc

from tfcompat_rnn import _errors
from tfcompat_rnn import _nest
from tfcompat_rnn import _scope
from tfcompat_rnn import _snapshot
from tfcompat_rnn import _tf
from tfcompat_rnn._tf import tf
from tfcompat_rnn.cells import base
from tfcompat_rnn.seq2seq import _words


class Decoder(metaclass=abc.ABCMeta):
  """The interface between `dynamic_decode` and what it decodes with.

    class Counter(Decoder):
      batch_size, output_size, output_dtype = 2, tf.TensorShape([]), tf.int32

      def initialize(self, name=None):
        zeros = tf.zeros([2], tf.int32)
        return tf.zeros([2], tf.bool), zeros, zeros

      def step(self, time, inputs, state, name=None):
        return state, state + 1, inputs, state >= 3

  A subclass defines `initialize`, `step`, and as attributes or properties:

  * `batch_size`: an int or an int32 scalar.
  * `output_size`: a structure of ints and `TensorShape`s, without the batch.
  * `output_dtype`: the same structure with the dtypes.

  It may also define `finalize` and `tracks_own_finished`.

  TF 1.15: `tf.contrib.seq2seq.Decoder`.
  """

  @property
  def batch_size(self):
    """The number of rows, an int or an int32 scalar."""
    raise NotImplementedError

  @property
  def output_size(self):
    """A structure of ints and `TensorShape`s: one output, without the batch."""
    raise NotImplementedError

  @property
  def output_dtype(self):
    """The dtypes of one output, in the structure of `output_size`."""
    raise NotImplementedError

  @abc.abstractmethod
  def initialize(self, name=None):
    """Called once before the loop.

    Returns `(finished, inputs, state)`: a bool `[batch]`, the inputs of the
    first step, and the state before it.
    """
    raise NotImplementedError

  @abc.abstractmethod
  def step(self, time, inputs, state, name=None):
    """Builds one step; called once, inside the loop.

    `time` is an int32 scalar that begins at 0. Returns `(outputs, next_state,
    next_inputs, finished)`; `outputs` has the structure of `output_size`.
    """
    raise NotImplementedError

  def finalize(self, outputs, final_state, sequence_lengths):
    """Called after the loop with its results; outputs are time-major.

    Returns `(outputs, state)`, which replace them. A decoder without this
    method raises NotImplementedError, and the results remain as they are.
    """
    raise NotImplementedError

  @property
  def tracks_own_finished(self):
    """Whether `step` returns which rows have finished at any time so far.

    If False, it returns the rows that finish at this step, and
    `dynamic_decode` remembers the earlier ones. A decoder that moves rows
    around, such as a beam search, must remember them itself.
    """
    return False


def _transpose_batch_time(x):
  """Swaps the first two axes; a tensor of lower rank remains as it is."""
  shape = x.get_shape()
  if shape.rank is not None and shape.rank < 2:
    return x
  rank = tf.rank(x)
  swapped = tf.transpose(
      x, tf.concat(([1, 0], tf.range(2, rank)), axis=0))
  if shape.rank is not None:
    swapped.set_shape(
        tf.TensorShape([shape[1], shape[0]]).concatenate(shape[2:]))
  return swapped


def _create_zero_outputs(size, dtype, batch_size):
  """Zeros `[batch_size] + size` for each leaf of `size`."""
  return _nest.map_state(
      lambda one_size, one_dtype: base.zero_state_tensors(
          one_size, batch_size, one_dtype), size, dtype)


def dynamic_decode(decoder, output_time_major=False, impute_finished=False,
                   maximum_iterations=None, parallel_iterations=32,
                   swap_memory=False, scope=None, **kwargs):
  """Calls `decoder.step` until all rows have finished.

    helper = TrainingHelper(inputs, lengths)
    decoder = BasicDecoder(cell, helper, encoder_state, Dense(vocabulary))
    outputs, state, lengths = dynamic_decode(decoder)
    logits = outputs.rnn_output                   # [batch, time, vocabulary]

  Args:
    decoder: a `Decoder`. A leaf of its initial state or inputs that is read
      from a reference variable is copied first (see `_snapshot`).
    output_time_major: whether the outputs are `[time, batch, ...]`, which
      saves a transposition.
    impute_finished: whether the outputs of a row are zero and its state stays
      the same once it has finished. If False, both are whatever the cell
      computes. Scalars and TensorArrays in the state always change.
    maximum_iterations: an int or an int32 scalar, the largest number of steps;
      unlimited by default.
    parallel_iterations: how many steps may run at the same time.
    swap_memory: whether to keep what the backward pass needs in host memory.
    scope: a name or variable scope, "decoder" by default.
    **kwargs: ignored; 1.15 passed them on to decoders that were Keras layers.

  Returns:
    `(outputs, final_state, sequence_lengths)`: the outputs in the structure of
    `decoder.output_size` with leaves `[batch, time, ...]`, the state after the
    last step, and the int32 `[batch]` numbers of steps up to and including the
    one in which a row finished. `decoder.finalize` may replace the first two.

  Raises:
    ArgumentTypeError: if `decoder` is not a `Decoder`.
    ArgumentError: if `maximum_iterations` is not a scalar, or is None inside
      a function that XLA compiles.

  TF 1.15: `tf.contrib.seq2seq.dynamic_decode`.
  """
  del kwargs
  if not isinstance(decoder, Decoder):
    raise _errors.ArgumentTypeError(_errors.problem(
        "decoder", "be a Decoder", type(decoder),
        "subclass Decoder, or pass BasicDecoder(cell, helper, state)"))
  with tf.variable_scope(scope, "decoder") as varscope:
    _prepare_scope(varscope)
    limit = _limit_of(maximum_iterations)
    compiled = _inside_xla()
    finished, inputs, state = decoder.initialize()
    zero_outputs = _create_zero_outputs(
        decoder.output_size, decoder.output_dtype, decoder.batch_size)
    if limit is not None:
      finished = tf.logical_or(finished, 0 >= limit)
    elif compiled:
      raise _errors.ArgumentError(_errors.problem(
          "maximum_iterations", "be given inside a function compiled by XLA",
          None, "pass the largest number of steps"))
    lengths = tf.zeros_like(finished, dtype=tf.int32)
    time = tf.constant(0, dtype=tf.int32)
    arrays = _output_arrays(decoder, limit if compiled else None)
    with _snapshot.trusted_arguments():
      _, arrays, state, _, _, lengths = tf.while_loop(
          lambda time, arrays, state, inputs, finished, lengths:
          tf.logical_not(tf.reduce_all(finished)),
          _Body(decoder, zero_outputs if impute_finished else None),
          loop_vars=(time, arrays, _snapshot.snapshot_state(state),
                     _snapshot.snapshot_state(inputs), finished, lengths),
          parallel_iterations=parallel_iterations,
          maximum_iterations=limit, swap_memory=swap_memory)
    outputs = _nest.map_state(lambda array: array.stack(), arrays)
    try:
      outputs, state = decoder.finalize(outputs, state, lengths)
    except NotImplementedError:
      pass
    if not output_time_major:
      outputs = _nest.map_state(_transpose_batch_time, outputs)
  return outputs, state, lengths


class _Body:
  """One step of the loop of `dynamic_decode`.

  `zero_outputs` is what a finished row returns, or None if `step` decides.
  """

  def __init__(self, decoder, zero_outputs):
    self._decoder = decoder
    self._zeros = zero_outputs

  def __call__(self, time, arrays, state, inputs, finished, lengths):
    outputs, next_state, next_inputs, now_finished = self._decoder.step(
        time, inputs, state)
    if not self._decoder.tracks_own_finished:
      now_finished = tf.logical_or(now_finished, finished)
    next_lengths = tf.where(
        tf.logical_not(finished), tf.fill(tf.shape(lengths), time + 1),
        lengths)
    _require_structure("state", state, next_state)
    _require_structure("outputs", arrays, outputs)
    _require_structure("inputs", inputs, next_inputs)
    if self._zeros is not None:
      outputs = _nest.map_state(
          lambda output, zero: tf.where(finished, zero, output),
          outputs, self._zeros)
      next_state = _nest.map_state(
          lambda new, old: _kept_if(finished, old, new), next_state, state)
    arrays = _nest.map_state(
        lambda array, output: array.write(time, output), arrays, outputs)
    return (time + 1, arrays, next_state, next_inputs, now_finished,
            next_lengths)


def _require_structure(what, before, after):
  """Raises unless `step` returned what the loop can pass to the next one."""
  try:
    tf.nest.assert_same_structure(before, after)
  except (TypeError, ValueError) as error:
    kind = (_errors.ArgumentTypeError if isinstance(error, TypeError)
            else _errors.ArgumentError)
    given = ("decoder.output_size" if what == "outputs"
             else f"the {what} of the step before")
    raise kind(_words.problem(
        f"decoder.step's {what}", f"have the structure of {given}",
        "another one", "compare the two below", error)) from error


def _kept_if(finished, old, new):
  """`old` for the finished rows, `new` for the others; whole if it has none."""
  if isinstance(old, tf.TensorArray):
    return new
  new.set_shape(old.shape)
  return new if new.shape.rank == 0 else tf.where(finished, old, new)


def _prepare_scope(scope):
  """Reads variables once for all steps, and lifts regularization losses."""
  if _tf.private("should_cache")() and scope.caching_device is None:
    scope.set_caching_device(lambda op: op.device)
  if scope.regularizer is not None:
    scope.set_regularizer(_scope.lifted(scope.regularizer))


def _inside_xla():
  context = _tf.attribute(
      tf.get_default_graph(), "Graph._get_control_flow_context")()
  utilities = _tf.private("control_flow_util")
  return utilities.GetContainingXLAContext(context) is not None


def _limit_of(maximum_iterations):
  """`maximum_iterations` as a tensor, or None."""
  if maximum_iterations is None:
    return None
  limit = tf.convert_to_tensor(
      maximum_iterations, dtype=tf.int32, name="maximum_iterations")
  if limit.shape.rank != 0:
    raise _errors.ArgumentError(_errors.problem(
        "maximum_iterations", "be a scalar, an int or an int32 tensor",
        f"shape {limit.shape}", "pass one number for all rows"))
  return limit


def _output_arrays(decoder, size):
  """One TensorArray for each leaf of the outputs; it grows if `size` is None.
  """
  def element_shape(output_size, batch_size):
    if not isinstance(output_size, tf.TensorShape) or output_size.rank == 0:
      return None
    rows = tf.get_static_value(
        tf.convert_to_tensor(batch_size, name="batch_size"))
    return tf.TensorShape([rows]).concatenate(output_size)

  def array(output_size, dtype):
    # 1.15 read `batch_size` for each leaf, used or not; that of a subclass may
    # create operations, which count for the seeds.
    return tf.TensorArray(
        dtype=dtype, size=0 if size is None else size,
        dynamic_size=size is None,
        element_shape=element_shape(output_size, decoder.batch_size))

  return _nest.map_state(array, decoder.output_size, decoder.output_dtype)
