"""Loops whose number of steps is determined at run time."""

from __future__ import annotations

from tfcompat_rnn import _snapshot
from tfcompat_rnn import _typing as types
from tfcompat_rnn._tf import tf
from tfcompat_rnn.loops import _checks
from tfcompat_rnn.loops import _explain
from tfcompat_rnn.loops import _inner


def dynamic_rnn(
    cell: types.Cell, inputs: types.Nested,
    sequence_length: types.TensorLike | None = None,
    initial_state: types.State | None = None, dtype: types.DType | None = None,
    parallel_iterations: int | None = None, swap_memory: bool = False,
    time_major: bool = False,
    scope: types.Scope | None = None) -> tuple[types.Nested, types.State]:
  """Runs `cell` over time, for as many steps as the inputs have.

    outputs, state = dynamic_rnn(cell, inputs, dtype=tf.float32)

  Args:
    cell: an RNNCell, or any object with `output_size`, `state_size`,
      `zero_state` (or `get_initial_state`) and `__call__(inputs, state)`.
    inputs: `[batch, time, depth...]`, or a nested structure of such tensors;
      `[time, batch, depth...]` with `time_major`.
    sequence_length: `[batch]` integers. Once a row ends, its outputs are zero
      and its state stays the same.
    initial_state: a structure like `cell.state_size` with leaves `[batch,
      size]`. A leaf read from a reference variable is copied first (see
      `_snapshot`).
    dtype: the dtype of the state; required if there is no `initial_state`.
    parallel_iterations: how many steps may run at the same time (default 32).
    swap_memory: whether to keep what the backward pass needs in host memory.
    time_major: whether inputs and outputs are `[time, batch, ...]`.
    scope: a name or variable scope, "rnn" by default.

  Returns:
    `(outputs, state)`: the outputs `[batch, time, output_size]` (or
    time-major), and the final state, a structure like `cell.state_size`.

  Raises:
    ArgumentTypeError: if `cell` is not a cell (but a class or a list), or if
      the structure of the state differs from the cell's.
    ArgumentError: if neither `dtype` nor `initial_state` is given, if the rank
      of the inputs is too low, if `sequence_length` is not a vector, or if the
      state does not match the cell.

  TensorFlow 1.15: `tf.nn.dynamic_rnn`.
  """
  _checks.require_cell("cell", cell)
  _checks.require_dtype(dtype, initial_state)
  _checks.require_shapes(inputs, time_major)
  batch = _inner.batch_of(inputs, 1 if time_major else 0)
  _checks.require_lengths(sequence_length, batch)
  state = _snapshot.snapshot_state(initial_state)
  with _inner.running(cell, inputs, initial_state, dtype, batch):
    return tf.nn.dynamic_rnn(
        _inner.SafeCell(cell), inputs, sequence_length=sequence_length,
        initial_state=state, dtype=dtype,
        parallel_iterations=parallel_iterations, swap_memory=swap_memory,
        time_major=time_major, scope=scope)


def bidirectional_dynamic_rnn(
    cell_fw: types.Cell, cell_bw: types.Cell, inputs: types.Nested,
    sequence_length: types.TensorLike | None = None,
    initial_state_fw: types.State | None = None,
    initial_state_bw: types.State | None = None,
    dtype: types.DType | None = None, parallel_iterations: int | None = None,
    swap_memory: bool = False, time_major: bool = False,
    scope: types.Scope | None = None
) -> tuple[tuple[types.Nested, types.Nested], tuple[types.State, types.State]]:
  """Runs one cell forward and another one backward over the same inputs.

    (fw, bw), (state_fw, state_bw) = bidirectional_dynamic_rnn(
        cell_fw, cell_bw, inputs, dtype=tf.float32)

  The arguments are those of `dynamic_rnn`, with `cell` and `initial_state`
  once for each direction. `sequence_length` must be int32 or int64. `scope` is
  "bidirectional_rnn" by default, and contains the scopes "fw" and "bw".

  Returns:
    `((outputs_fw, outputs_bw), (state_fw, state_bw))`. The backward outputs
    are in the order of the inputs.

  Raises: as `dynamic_rnn`.

  TensorFlow 1.15: `tf.nn.bidirectional_dynamic_rnn`. Schuster and Paliwal,
  "Bidirectional recurrent neural networks", 1997.
  """
  _checks.require_cell("cell_fw", cell_fw)
  _checks.require_cell("cell_bw", cell_bw)
  _checks.require_dtype(dtype, initial_state_fw, "initial_state_fw")
  _checks.require_dtype(dtype, initial_state_bw, "initial_state_bw")
  _checks.require_shapes(inputs, time_major)
  batch = _inner.batch_of(inputs, 1 if time_major else 0)
  _checks.require_lengths(sequence_length, batch, reversing=True)
  state_fw = _snapshot.snapshot_state(initial_state_fw)
  state_bw = _snapshot.snapshot_state(initial_state_bw)
  with _explain.explained(cell_bw, inputs, initial_state_bw, dtype,
                          "initial_state_bw", batch):
    with _inner.running(cell_fw, inputs, initial_state_fw, dtype, batch,
                        "initial_state_fw"):
      return tf.nn.bidirectional_dynamic_rnn(
          _inner.SafeCell(cell_fw), _inner.SafeCell(cell_bw), inputs,
          sequence_length=sequence_length, initial_state_fw=state_fw,
          initial_state_bw=state_bw, dtype=dtype,
          parallel_iterations=parallel_iterations, swap_memory=swap_memory,
          time_major=time_major, scope=scope)
