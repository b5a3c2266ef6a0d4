"""Unrolled loops with a choice of how they are executed.

The unrolled program is built as always. In another execution, its steps are
stacked, and one loop computes what the steps return.
"""

from __future__ import annotations

import typing

from tfcompat_rnn import _nest
from tfcompat_rnn import _snapshot
from tfcompat_rnn import _typing as types
from tfcompat_rnn._tf import tf
from tfcompat_rnn.fused.recurrence import draws
from tfcompat_rnn.fused.recurrence import rnn
from tfcompat_rnn.loops import static


class _WatchedSteps(rnn.Watched):
  """The cell of an unrolled loop: each step has operations of its own."""

  def __init__(self, cell):
    super().__init__(cell)
    self.outputs = None
    self._made_in_steps = []

  def __call__(self, inputs, state, *args, **kwargs):
    results = super().__call__(inputs, state, *args, **kwargs)
    self._made_in_steps.append(self.made)
    self.outputs = results[0]
    return results

  def draw(self, nodes, count, lengths, constant):
    del count  # that of the steps
    return draws.draw_each(nodes, self._made_in_steps, lengths, constant)

  def stacked_outputs(self):
    """The form of the outputs of all steps."""
    count = len(self._made_in_steps)
    return _nest.map_state(
        lambda leaf: tf.TensorSpec(
            tf.TensorShape([count]).concatenate(leaf.shape), leaf.dtype),
        self.outputs)


def static_rnn(
    cell: types.Cell, inputs: typing.Sequence[types.Nested],
    initial_state: types.State | None = None, dtype: types.DType | None = None,
    sequence_length: types.TensorLike | None = None,
    scope: types.Scope | None = None, execution: str | None = None,
    recompute: bool = False) -> tuple[list[types.Nested], types.State]:
  """Runs `cell` once for each tensor in the list `inputs`.

    outputs, state = static_rnn(
        cell, tf.unstack(x, axis=1), dtype=tf.float32, execution="xla")

  The arguments are those of `tfcompat_rnn.loops.static_rnn`, and `execution`
  and `recompute` as for `dynamic_rnn`. Inputs whose shapes differ from step to
  step need the plain loop, which is unrolled.

  Returns:
    `(outputs, state)`: a list with one `[batch, output_size]` per step, and
    the final state.

  Raises:
    ArgumentError: for another `execution`; and the errors of
      `tfcompat_rnn.loops.static_rnn`.

  TensorFlow 1.15: `tf.nn.static_rnn`, `tf.contrib.rnn.static_rnn`.
  """
  execution = rnn.checked(execution)
  rest = dtype, sequence_length, scope
  if execution == "loop" or tf.executing_eagerly():
    return static.static_rnn(cell, inputs, initial_state, *rest)
  watched = _WatchedSteps(cell)
  outputs, state = static.static_rnn(watched, inputs, initial_state, *rest)
  found = _compiled([(watched, initial_state, state)], inputs, sequence_length,
                    dtype, execution, recompute)
  if not found:
    return outputs, state
  (stacked, final), = found
  return _cut(stacked), final


def static_bidirectional_rnn(
    cell_fw: types.Cell, cell_bw: types.Cell,
    inputs: typing.Sequence[types.Nested],
    initial_state_fw: types.State | None = None,
    initial_state_bw: types.State | None = None,
    dtype: types.DType | None = None,
    sequence_length: types.TensorLike | None = None,
    scope: types.Scope | None = None, execution: str | None = None,
    recompute: bool = False
) -> tuple[list[types.Nested], types.State, types.State]:
  """Runs one cell forward and another one backward over a list of inputs.

    outputs, state_fw, state_bw = static_bidirectional_rnn(
        cell_fw, cell_bw, tf.unstack(x, axis=1), dtype=tf.float32,
        execution="xla")

  The arguments are those of `tfcompat_rnn.loops.static_bidirectional_rnn`, and
  `execution` and `recompute` as for `static_rnn`. If one of the cells needs the
  plain loop, both run in it.

  Returns:
    `(outputs, state_fw, state_bw)`: the outputs are a list with one `[batch,
    size_fw + size_bw]` per step.

  Raises: as `static_rnn`.

  TensorFlow 1.15: `tf.nn.static_bidirectional_rnn`,
  `tf.contrib.rnn.static_bidirectional_rnn`.
  """
  execution = rnn.checked(execution)
  rest = initial_state_fw, initial_state_bw, dtype, sequence_length, scope
  if execution == "loop" or tf.executing_eagerly():
    return static.static_bidirectional_rnn(cell_fw, cell_bw, inputs, *rest)
  forward, backward = _WatchedSteps(cell_fw), _WatchedSteps(cell_bw)
  plain = static.static_bidirectional_rnn(forward, backward, inputs, *rest)
  found = _compiled(
      [(forward, initial_state_fw, plain[1]),
       (backward, initial_state_bw, plain[2])],
      inputs, sequence_length, dtype, execution, recompute)
  if not found:
    return plain
  (ahead, state_fw), (back, state_bw) = found
  with rnn.aside():
    both = _nest.pack_state(ahead, [
        tf.concat(pair, 2) for pair in zip(
            _nest.flatten_state(ahead), _nest.flatten_state(back))])
  return _cut(both), state_fw, state_bw


def static_state_saving_rnn(
    cell: types.Cell, inputs: typing.Sequence[types.Nested],
    state_saver: types.StateSaver, state_name: types.Nested,
    sequence_length: types.TensorLike | None = None,
    scope: types.Scope | None = None, execution: str | None = None,
    recompute: bool = False) -> tuple[list[types.Nested], types.State]:
  """A `static_rnn` that gets its state from a state saver and saves it there.

    outputs, state = static_state_saving_rnn(
        cell, inputs, state_saver, ("c", "h"), execution="xla")

  The arguments are those of `tfcompat_rnn.loops.static_state_saving_rnn`, and
  `execution` and `recompute` as for `static_rnn`. `save_state` is called twice
  for each name, but a run that fetches the results saves only their state.

  Returns:
    `(outputs, state)`, as `static_rnn`. The last output and the state wait for
    the ops that save the state.

  Raises: as `tfcompat_rnn.loops.static_state_saving_rnn`.

  TensorFlow 1.15: `tf.nn.static_state_saving_rnn`,
  `tf.contrib.rnn.static_state_saving_rnn`.
  """
  execution = rnn.checked(execution)
  rest = state_name, sequence_length, scope
  if execution == "loop" or tf.executing_eagerly():
    return static.static_state_saving_rnn(cell, inputs, state_saver, *rest)
  watched, saver = _WatchedSteps(cell), _WatchedSaver(state_saver)
  plain = static.static_state_saving_rnn(watched, inputs, saver, *rest)
  names = _nest.flatten_state(state_name)
  initial = _nest.pack_state(
      plain[1], [saver.states[name] for name in names])
  found = _compiled([(watched, initial, plain[1])], inputs, sequence_length,
                    None, execution, recompute)
  if not found:
    return plain
  (stacked, final), = found
  outputs = _cut(stacked)
  with rnn.aside():
    saves = [state_saver.save_state(name, leaf) for name, leaf in zip(
        names, _nest.flatten_state(final))]
    with tf.control_dependencies(saves):
      outputs[-1] = _nest.map_state(tf.identity, outputs[-1])
      return outputs, _nest.map_state(tf.identity, final)


class _WatchedSaver:
  """A state saver; remembers the states that it gave."""

  def __init__(self, saver):
    self._saver = saver
    self.states = {}

  def state(self, name):
    state = self.states[name] = _snapshot.snapshot_state(
        self._saver.state(name))
    return state

  def __getattr__(self, name):
    return getattr(self._saver, name)


def _compiled(directions, inputs, lengths, dtype, execution, recompute):
  """`rnn.compiled` for steps in a list; outputs are `[time, batch, ...]`."""
  forms = [(cell, initial, cell.stacked_outputs(), state)
           for cell, initial, state in directions]
  with rnn.aside():
    stacked = _stacked(inputs)
  if stacked is None:
    rnn.tell_plain(directions[0][0], "its inputs differ in shape")
    return None
  return rnn.compiled(forms, stacked, lengths, dtype, True, execution,
                      recompute)


def _stacked(inputs):
  """The steps as tensors `[time, batch, ...]`; None if they do not fit."""
  columns = []
  for leaves in zip(*map(_nest.flatten_state, inputs)):
    leaves = [tf.convert_to_tensor(leaf) for leaf in leaves]
    forms = {(leaf.dtype.base_dtype, str(leaf.shape)) for leaf in leaves}
    if len(forms) > 1:
      return None
    columns.append(tf.stack(leaves))
  return _nest.pack_state(inputs[0], columns)


def _cut(stacked):
  """The outputs of each step, from those of all steps."""
  with rnn.aside():
    columns = [tf.unstack(leaf) for leaf in _nest.flatten_state(stacked)]
  return [_nest.pack_state(stacked, row) for row in zip(*columns)]
