"""`functional_rnn`: the interface of dynamic_rnn with masking afterwards.

Unlike in `dynamic_rnn`, the steps after the end of a row are computed and then
masked, and a row of length 0 ends with zeros instead of its initial state.
"""

from __future__ import annotations

import contextlib
import typing

from tfcompat_rnn import _errors
from tfcompat_rnn import _nest
from tfcompat_rnn import _opcount
from tfcompat_rnn import _snapshot
from tfcompat_rnn import _typing as types
from tfcompat_rnn._errors import problem
from tfcompat_rnn._tf import tf
from tfcompat_rnn.loops import recurrent

# The ops that 1.15 created between the step's variables and the loop: for a row
# of the inputs, a call of the step, and the number of steps if it is not given.
_OPS_OF_FIRST_CALL, _OPS_OF_LENGTH, _OPS_OF_LOOP = 4, 7, 1
# tf.zeros of a known shape is one constant up to this size, or else three ops.
_SMALL = 1000


class _Step:
  """A cell in the form needed by the loop, with the output kept separately."""

  def __init__(self, cell, state0):
    self._cell = cell
    self._state0 = state0
    self.output_shape = None
    self.shares_output = False  # whether the output is part of the state

  def output_spec(self):
    """What the loop must know about the output before the first step."""
    size = getattr(self._cell, "output_size", None)
    shape = (tf.TensorShape([None]).concatenate(size)
             if isinstance(size, (int, tf.TensorShape)) else None)
    return tf.TensorSpec(shape, _nest.flatten_state(self._state0)[0].dtype)

  def __call__(self, state, inputs):
    output, new_state = self._cell(inputs, state)
    self.output_shape = output.shape
    self.shares_output = any(
        leaf is output for leaf in _nest.flatten_state(new_state))
    return new_state, [output]

  def count_ops_of_output(self):
    """How many operations 1.15 created for a separate output."""
    if self.shares_output:
      return 0
    if not self.output_shape.is_fully_defined():
      raise _errors.ArgumentError(problem(
          "inputs", "have a known batch size for a cell whose output is not "
          "part of its state", f"output shape {self.output_shape}",
          "set it: inputs.set_shape([batch, None, depth]), or use "
          "tf.nn.dynamic_rnn"))
    return 1 if self.output_shape.num_elements() < _SMALL else 3


  def count_ops_of_single(self):
    """How many operations 1.15 created for a sequence of one step.

    It squeezed the inputs, called the step, and restored the time axis of each
    tensor of the state (and of the output, if that is kept separately).
    """
    accumulated = len(_nest.flatten_state(self._state0)) + (
        not self.shares_output)
    return 2 + 2 * accumulated + self.count_ops_of_output()


@contextlib.contextmanager
def _counted_as_functions(start, count_after):
  """A context in which only variables count, one after the other.

  1.15 created them at the count `start`, while it traced the step into a
  function. They were followed by `count_after()` operations.
  """
  count = [start]

  def counted(getter, *args, **kwargs):
    _opcount.compensate(count[0] - _opcount.count())
    variable = getter(*args, **kwargs)
    count[0] = _opcount.count()
    return variable

  with tf.variable_scope(tf.get_variable_scope(), custom_getter=counted,
                         auxiliary_name_scope=False):
    yield
  _opcount.compensate(count[0] + count_after() - _opcount.count())


def _mask(lengths, output):
  """`output` `[batch, time, depth]` with zeros after the end of each row."""
  shape = tf.shape(output)
  rows, steps, depth = shape[0], shape[1], shape[2]
  places = _places(steps, rows)
  lengths = tf.tile(tf.reshape(lengths, [-1, 1]), [1, steps])
  inside = tf.cast(tf.less(places, lengths), dtype=output.dtype)
  return tf.tile(tf.expand_dims(inside, -1), [1, 1, depth]) * output


def _places(steps, rows):
  places = tf.tile(tf.range(0, steps), [rows])
  return tf.reshape(places, [rows, steps])


def _pick_last(accumulated, lengths):
  """`x[lengths - 1]` of each row, for each `x` `[time, batch, depth]`."""
  def pick(x):
    shape = tf.shape(x)
    steps, rows = shape[0], shape[1]
    places = _places(steps, rows)
    ends = tf.tile(tf.reshape(lengths, [-1, 1]), [1, steps])
    is_last = tf.transpose(
        tf.cast(tf.equal(places, ends - 1), dtype=x.dtype))
    return tf.reduce_sum(tf.multiply(tf.expand_dims(is_last, -1), x), 0)
  return _nest.map_state(pick, accumulated)


def functional_rnn(cell: types.ZeroStateCell, inputs: types.Nested,
                   sequence_length: types.TensorLike | None = None,
                   initial_state: types.State | None = None,
                   dtype: types.DType | None = None, time_major: bool = False,
                   scope: types.Scope | None = None, use_tpu: bool = False,
                   reverse: bool = False) -> tuple[types.Nested, types.State]:
  """Runs `cell` over time, with the interface of `tf.nn.dynamic_rnn`.

    outputs, state = functional_rnn(GRUCell(16), x, dtype=tf.float32)

  Args:
    cell: a cell whose output is `[batch, depth]`.
    inputs: `[batch, time, ...]` (`[time, batch, ...]` if `time_major`).
    sequence_length: `[batch]`. Outputs after the end of a row are zero, and
      its final state is that of its last step (zeros for length 0).
    initial_state: like `cell.state_size`; zeros of `dtype` by default.
    dtype: the dtype of the initial state, if none is given.
    time_major: whether the time axis of inputs and outputs comes first.
    scope: variable scope, `rnn` by default.
    use_tpu: ignored; there is only one implementation.
    reverse: True to run from the end. The final state is then that of the
      whole reversed sequence, whatever the length of the row.

  Returns:
    `(outputs, final_state)`, as `tf.nn.dynamic_rnn`.

  Raises ArgumentError (a ValueError) if neither `initial_state` nor `dtype` is
  given, or if the output is not part of the state and the batch size is
  unknown.

  TF 1.15: `tf.contrib.recurrent.functional_rnn`.
  """
  del use_tpu
  if initial_state is None and dtype is None:
    raise _errors.ArgumentError(problem(
        "dtype", "be given if there is no `initial_state`", "neither",
        "pass dtype=tf.float32"))
  with tf.variable_scope(scope or "rnn") as opened:
    if not time_major:
      inputs = _nest.map_state(lambda x: tf.transpose(x, [1, 0, 2]), inputs)
    first = _nest.flatten_state(inputs)[0]
    rows = tf.shape(first)[1]
    if initial_state is None:
      initial_state = cell.zero_state(rows, dtype)
    state0 = _nest.map_state(
        tf.convert_to_tensor, _snapshot.snapshot_state(initial_state))
    _nest.map_state(
        lambda x: tf.stop_gradient(tf.gather(x, 0)), inputs)
  start = _opcount.count()
  steps = None
  if sequence_length is not None:
    steps = tf.reduce_max(sequence_length)
  if reverse:
    inputs = _nest.map_state(lambda x: tf.reverse(x, [0]), inputs)
  step = _Step(cell, state0)
  accumulated, outputs, final = _run(
      step, state0, inputs, steps, reverse, opened, start)
  if sequence_length is not None and not reverse:
    final = _pick_last(accumulated, sequence_length)
  if reverse:
    outputs = tf.reverse(outputs, [0])
  outputs = tf.transpose(outputs, [1, 0, 2])
  outputs.set_shape([step.output_shape[0], first.shape[0],
                     step.output_shape[1]])
  if sequence_length is not None:
    outputs = _mask(sequence_length, outputs)
  for leaf, like in zip(_nest.flatten_state(final),
                        _nest.flatten_state(state0)):
    leaf.set_shape(like.shape)
  if time_major:
    outputs = tf.transpose(outputs, [1, 0, 2])
  return outputs, final


def _run(step, state0, inputs, steps, aligned_end, scope, start):
  """`(accumulated states, outputs over time, final state)`.

  `start` is the operation count at which 1.15 created the variables; the
  operations created since then, for the number of steps, came after them.
  """
  single = steps is not None and recurrent.is_single_step(inputs, steps)
  made = _opcount.count() - start

  def count_after():
    if single:
      return made + step.count_ops_of_single()
    return (made + _OPS_OF_FIRST_CALL + _OPS_OF_LOOP
            + step.count_ops_of_output()
            + (_OPS_OF_LENGTH if steps is None else 0))

  with tf.variable_scope(scope, auxiliary_name_scope=False), \
      tf.name_scope("Forward"), _counted_as_functions(start, count_after):
    span = recurrent.Span.of(
        inputs, recurrent.count_steps(inputs, steps), aligned_end)
    rows, final = recurrent.run_forward(
        step, state0, inputs, [step.output_spec()], span)
  return (tf.nest.pack_sequence_as(state0, rows[:-1]), rows[-1],
          tf.nest.pack_sequence_as(state0, final))


def bidirectional_functional_rnn(
    cell_fw: types.ZeroStateCell, cell_bw: types.ZeroStateCell,
    inputs: types.Nested,
    initial_state_fw: types.State | None = None,
    initial_state_bw: types.State | None = None,
    dtype: types.DType | None = None,
    sequence_length: types.TensorLike | None = None, time_major: bool = False,
    use_tpu: bool = False, fast_reverse: bool = False,
    scope: types.Scope | None = None
) -> tuple[tuple[types.Nested, types.Nested], tuple[types.State, types.State]]:
  """Runs `functional_rnn` in both directions.

    (fw, bw), (state_fw, state_bw) = bidirectional_functional_rnn(
        GRUCell(16), GRUCell(16), x, dtype=tf.float32)

  The arguments and errors are those of `functional_rnn`, except:
    cell_fw, cell_bw: the cells of the two directions.
    initial_state_fw, initial_state_bw: their initial states.
    scope: `bidirectional_rnn` by default; it contains `fw` and `bw`.
    fast_reverse: True to reverse whole sequences instead of each row within
      its length, for rows of equal length, or cells that padding does not
      affect.

  TF 1.15: `tf.contrib.recurrent.bidirectional_functional_rnn`.
  """
  def turned(x):
    if fast_reverse:
      return x
    time, batch = (0, 1) if time_major else (1, 0)
    if sequence_length is None:
      return tf.reverse(x, axis=[time])
    return tf.reverse_sequence(
        x, sequence_length, seq_axis=time, batch_axis=batch)

  shared: dict[str, typing.Any] = {
      "sequence_length": sequence_length, "dtype": dtype,
      "time_major": time_major, "use_tpu": use_tpu}
  with tf.variable_scope(scope or "bidirectional_rnn"):
    with tf.variable_scope("fw") as forward:
      output_fw, state_fw = functional_rnn(
          cell_fw, inputs, initial_state=initial_state_fw, scope=forward,
          **shared)
    with tf.variable_scope("bw") as backward:
      output_bw, state_bw = functional_rnn(
          cell_bw, turned(inputs), initial_state=initial_state_bw,
          scope=backward, reverse=fast_reverse, **shared)
  return (output_fw, turned(output_bw)), (state_fw, state_bw)
