"""`raw_rnn`: a loop in which a function decides what comes next."""

from __future__ import annotations

from tfcompat_rnn import _errors
from tfcompat_rnn import _snapshot
from tfcompat_rnn import _typing as types
from tfcompat_rnn._tf import tf
from tfcompat_rnn.loops import _checks
from tfcompat_rnn.loops import _explain
from tfcompat_rnn.loops import _inner


def raw_rnn(
    cell: types.Cell, loop_fn: types.Function,
    parallel_iterations: int | None = None, swap_memory: bool = False,
    scope: types.Scope | None = None
) -> tuple[types.Nested, types.State, types.Nested]:
  """Runs `cell` on the inputs that `loop_fn` provides, until it is finished.

    def loop_fn(time, cell_output, cell_state, loop_state):
      if cell_output is None:  # before the first step
        cell_state = cell.zero_state(batch_size, tf.float32)
      finished = time >= lengths                      # bool, [batch]
      next_input = tf.cond(tf.reduce_all(finished),
                           lambda: tf.zeros([batch_size, depth]),
                           lambda: inputs_ta.read(time))
      return finished, next_input, cell_state, cell_output, None

    outputs_ta, state, loop_state = raw_rnn(cell, loop_fn)
    outputs = outputs_ta.stack()                      # [time, batch, units]

  Args:
    cell: an RNNCell, or an object with its four methods (see `dynamic_rnn`).
    loop_fn: `(time, cell_output, cell_state, loop_state) -> (finished,
      next_input, next_state, emit_output, next_loop_state)`. Any state that
      it reads from a reference variable is copied (see `_snapshot`).
    parallel_iterations: how many steps may run at the same time (default 32).
    swap_memory: whether to keep what the backward pass needs in host memory.
    scope: a name or variable scope, "rnn" by default.

  Returns:
    `(emit_ta, final_state, final_loop_state)`; the first contains
    TensorArrays.

  Raises:
    ArgumentTypeError: if `cell` is not a cell, or `loop_fn` not a function.
    ArgumentError: if the first state does not match the cell, or `loop_fn`
      does not return five values.

  TensorFlow 1.15: `tf.nn.raw_rnn`.
  """
  _checks.require_cell("cell", cell)
  if not callable(loop_fn):
    raise _errors.ArgumentTypeError(_errors.problem(
        "loop_fn", "be a callable", repr(loop_fn),
        "pass a function of (time, cell_output, cell_state, loop_state)"))
  first = {"inputs": None, "state": None}

  def safe_loop_fn(time, cell_output, cell_state, loop_state):
    told = loop_fn(time, cell_output, cell_state, loop_state)
    if not isinstance(told, (tuple, list)) or len(told) != 5:
      raise _errors.ArgumentError(_errors.problem(
          "loop_fn", "return five values (finished, next_input, next_state, "
          "emit_output, next_loop_state)", repr(told),
          "return None for values that are not needed"))
    finished, next_input, next_state, emit, next_loop_state = told
    if cell_output is None:
      first.update(inputs=next_input, state=next_state)
    next_state = _snapshot.snapshot_state(next_state)
    next_loop_state = _snapshot.snapshot_state(next_loop_state)
    return finished, next_input, next_state, emit, next_loop_state

  with _inner.quiet(), _snapshot.trusted_arguments():
    try:
      return tf.nn.raw_rnn(
          _inner.SafeCell(cell), safe_loop_fn,
          parallel_iterations=parallel_iterations, swap_memory=swap_memory,
          scope=scope)
    except (ValueError, TypeError):
      # The first state is known only now.
      with _explain.explained(cell, first["inputs"], first["state"],
                              name="next_state of loop_fn's first call",
                              batch=_inner.batch_of(first["inputs"], 0)):
        raise
