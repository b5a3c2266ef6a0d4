"""Loops unrolled in the graph, with one copy of the cell's ops for each step.
"""

from __future__ import annotations

import typing

from tfcompat_rnn import _errors
from tfcompat_rnn import _snapshot
from tfcompat_rnn import _typing as types
from tfcompat_rnn._tf import tf
from tfcompat_rnn.loops import _checks
from tfcompat_rnn.loops import _explain
from tfcompat_rnn.loops import _inner


def static_rnn(
    cell: types.Cell, inputs: typing.Sequence[types.Nested],
    initial_state: types.State | None = None, dtype: types.DType | None = None,
    sequence_length: types.TensorLike | None = None,
    scope: types.Scope | None = None) -> tuple[list[types.Nested], types.State]:
  """Runs `cell` once for each tensor in the list `inputs`.

    outputs, state = static_rnn(cell, tf.unstack(x, axis=1), dtype=tf.float32)

  Args:
    cell: an RNNCell, or an object with its four methods (see `dynamic_rnn`).
    inputs: a list with one `[batch, depth]` (or a nested structure of such
      tensors) per step.
    initial_state: a structure like `cell.state_size` with leaves `[batch,
      size]`. A leaf read from a reference variable is copied first (see
      `_snapshot`).
    dtype: the dtype of the state; required if there is no `initial_state`.
    sequence_length: `[batch]` integers. Once a row ends, its outputs are zero
      and its state stays the same.
    scope: a name or variable scope, "rnn" by default.

  Returns:
    `(outputs, state)`: a list with one `[batch, output_size]` per step, and
    the final state.

  Raises:
    ArgumentTypeError: if `cell` is not a cell, or `inputs` not a sequence.
    ArgumentError: if `inputs` is empty, if neither `dtype` nor
      `initial_state` is given, if `sequence_length` is not a vector, or if the
      state does not match the cell.

  TensorFlow 1.15: `tf.nn.static_rnn`, `tf.contrib.rnn.static_rnn`.
  """
  _checks.require_cell("cell", cell)
  _checks.require_sequence(inputs)
  _checks.require_dtype(dtype, initial_state)
  batch = _inner.batch_of(inputs, 0)
  _checks.require_lengths(sequence_length, batch)
  state = _snapshot.snapshot_state(initial_state)
  with _inner.running(cell, inputs, initial_state, dtype, batch):
    return tf.nn.static_rnn(
        _inner.SafeCell(cell), inputs, initial_state=state, dtype=dtype,
        sequence_length=sequence_length, scope=scope)


def static_bidirectional_rnn(
    cell_fw: types.Cell, cell_bw: types.Cell,
    inputs: typing.Sequence[types.Nested],
    initial_state_fw: types.State | None = None,
    initial_state_bw: types.State | None = None,
    dtype: types.DType | None = None,
    sequence_length: types.TensorLike | None = None,
    scope: types.Scope | None = None
) -> tuple[list[types.Nested], types.State, types.State]:
  """Runs one cell forward and another one backward over a list of inputs.

    outputs, state_fw, state_bw = static_bidirectional_rnn(
        cell_fw, cell_bw, tf.unstack(x, axis=1), dtype=tf.float32)

  The arguments are those of `static_rnn`, with `cell` and `initial_state` once
  for each direction. `scope` is "bidirectional_rnn" by default, and contains
  the scopes "fw" and "bw".

  Returns:
    `(outputs, state_fw, state_bw)`: the outputs are a list with one `[batch,
    size_fw + size_bw]` per step.

  Raises: as `static_rnn`.

  TensorFlow 1.15: `tf.nn.static_bidirectional_rnn`,
  `tf.contrib.rnn.static_bidirectional_rnn`.
  """
  _checks.require_cell("cell_fw", cell_fw)
  _checks.require_cell("cell_bw", cell_bw)
  _checks.require_sequence(inputs)
  _checks.require_dtype(dtype, initial_state_fw, "initial_state_fw")
  _checks.require_dtype(dtype, initial_state_bw, "initial_state_bw")
  batch = _inner.batch_of(inputs, 0)
  _checks.require_lengths(sequence_length, batch, reversing=True)
  state_fw = _snapshot.snapshot_state(initial_state_fw)
  state_bw = _snapshot.snapshot_state(initial_state_bw)
  with _explain.explained(cell_bw, inputs, initial_state_bw, dtype,
                          "initial_state_bw", batch):
    with _inner.running(cell_fw, inputs, initial_state_fw, dtype, batch,
                        "initial_state_fw"):
      return tf.nn.static_bidirectional_rnn(
          _inner.SafeCell(cell_fw), _inner.SafeCell(cell_bw), inputs,
          initial_state_fw=state_fw, initial_state_bw=state_bw, dtype=dtype,
          sequence_length=sequence_length, scope=scope)


def static_state_saving_rnn(
    cell: types.Cell, inputs: typing.Sequence[types.Nested],
    state_saver: types.StateSaver, state_name: types.Nested,
    sequence_length: types.TensorLike | None = None,
    scope: types.Scope | None = None) -> tuple[list[types.Nested], types.State]:
  """A `static_rnn` that gets its state from a state saver and saves it there.

    outputs, state = static_state_saving_rnn(
        cell, inputs, state_saver, ("c", "h"))

  Args:
    cell, inputs, sequence_length, scope: as in `static_rnn`.
    state_saver: an object with `state(name)`, which returns a tensor
      `[batch, size]`, and `save_state(name, value)`, which returns an op. What
      `state` reads from a reference variable is copied (see `_snapshot`).
    state_name: a name, or a structure of names like `cell.state_size`.

  Returns:
    `(outputs, state)`, as `static_rnn`. The last output and the state wait for
    the ops that save the state.

  Raises:
    ArgumentError: if `state_name` is one name and the state is nested, or the
      other way around, or if their numbers differ. Otherwise as `static_rnn`.

  TensorFlow 1.15: `tf.nn.static_state_saving_rnn`,
  `tf.contrib.rnn.static_state_saving_rnn`.
  """
  _checks.require_cell("cell", cell)
  _checks.require_sequence(inputs)
  _checks.require_lengths(sequence_length, _inner.batch_of(inputs, 0))
  require_names(state_name, cell.state_size)
  with _inner.running(cell, inputs, None):
    return tf.nn.static_state_saving_rnn(
        _inner.SafeCell(cell), inputs, _inner.SafeSaver(state_saver),
        state_name, sequence_length=sequence_length, scope=scope)


def require_names(names, size):
  """Raises `ArgumentError` unless `names` has one name per leaf of `size`."""
  one_name, one_size = (not tf.nest.is_nested(nest) for nest in (names, size))
  counts = len(tf.nest.flatten(names)), len(tf.nest.flatten(size))
  if one_name != one_size or counts[0] != counts[1]:
    raise _errors.ArgumentError(_errors.problem(
        "state_name",
        "name the parts of the cell's state: "
        + ("one name" if one_size else f"a tuple of {counts[1]}"),
        repr(names), "pass names in the structure of cell.state_size, "
        + repr(size)))
