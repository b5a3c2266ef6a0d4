"""`stateful_rnn`: a loop with its state and the ops that keep the state."""

from __future__ import annotations

import typing

from tfcompat_rnn import _errors
from tfcompat_rnn import _nest
from tfcompat_rnn import _snapshot
from tfcompat_rnn import _typing as types
from tfcompat_rnn._tf import tf
from tfcompat_rnn.fused.recurrence import rnn as recurrence
from tfcompat_rnn.fused.recurrence import static as static_loops
from tfcompat_rnn.loops import _checks
from tfcompat_rnn.loops import _inner
from tfcompat_rnn.state import _leaves
from tfcompat_rnn.state import feedable
from tfcompat_rnn.state import reset
from tfcompat_rnn.state import variables


class StatefulRNN:
  """What `stateful_rnn` returns.

  Attributes:
    outputs: outputs of the loop, `[batch, time, output_size]`.
    initial_state: tensors in the structure of the cell's state; can be fed as
      a whole.
    final_state: tensors in the same structure.
    state: the `StateVariables` or `PackedStateVariables`; None with
      `state="feed"`.
    keep_state_op: makes `final_state` the next run's `initial_state`.
    zero_state_op: makes the next run start from the cell's zero state.
  """

  def __init__(self, outputs: types.Nested, initial_state: types.State,
               final_state: types.State, state: types.StateStore | None = None,
               keep_state_op: types.Operation | None = None) -> None:
    self.outputs = outputs
    self.initial_state = initial_state
    self.final_state = final_state
    self.state = state
    self._keep_state_op = keep_state_op

  @property
  def keep_state_op(self) -> types.Operation:
    return self._of_variables("keep_state_op", self._keep_state_op)

  @property
  def zero_state_op(self) -> types.Operation:
    return self._of_variables(
        "zero_state_op", self.state.zero() if self.state else None)

  def reset_rows_op(self, mask: types.TensorLike) -> types.Operation:
    """The op that resets the rows where `mask`, bool `[batch]`, is True."""
    return self._of_variables(
        "reset_rows_op", self.state and self.state.reset_rows(mask))

  def _of_variables(self, name, op):
    if self.state is None:
      raise _errors.ArgumentError(_errors.problem(
          name, "be used with state in variables", 'a loop with state="feed"',
          "fetch final_state and feed it as initial_state, or build the loop "
          'with state="variables"'))
    return op


def stateful_rnn(
    cell: types.Cell, inputs: types.Nested, batch_size: int | None = None,
    sequence_length: types.TensorLike | None = None,
    reset_mask: types.TensorLike | None = None, time_major: bool = False,
    dtype: types.DType | None = None,
    state: types.StateStore | typing.Literal["variables", "feed"] = "variables",
    keep: typing.Literal["op", "always"] = "op", static: bool = False,
    swap_memory: bool = False, parallel_iterations: int | None = None,
    scope: types.Scope | None = None, reset_value: types.State | None = None,
    name: str = "state", execution: str | None = None,
    recompute: bool = False) -> StatefulRNN:
  """A loop whose final state is its initial state in the next `session.run`.

    rnn = stateful_rnn(cell, inputs, batch_size=32)
    train = optimizer.minimize(loss_of(rnn.outputs))
    session.run([train, rnn.keep_state_op])
    session.run(rnn.zero_state_op)            # a new epoch

  Args:
    cell: a cell.
    inputs: `[batch, time, depth]`, or a nested structure of such tensors; with
      `static` also a list with one `[batch, depth]` tensor per step.
    batch_size: an int; taken from `inputs` by default if it is known there.
    sequence_length: integers `[batch]`, as in `dynamic_rnn`.
    reset_mask: bool `[batch, time]` (`[time, batch]` with `time_major`). Where
      it is True at t, the row's state is set to zeros before step t.
    time_major: whether `inputs` and outputs are `[time, batch, depth]`.
    dtype: dtype of the state and outputs; by default that of the inputs if they
      are floating-point, else float32.
    state: "variables"; "feed" for a `feedable_state` (fetch `final_state` and
      feed it as `initial_state`); or an existing `StateVariables` or
      `PackedStateVariables`, which several loops may share.
    keep: "op" to keep the state when `keep_state_op` runs; "always" to keep it
      in each run of `outputs` or `final_state`.
    static: whether to unroll the loop into the graph.
    swap_memory, parallel_iterations, scope: as in `dynamic_rnn`.
    reset_value: what `reset_mask` sets rows to instead of zeros, in the
      structure of the state; "initial" for the state that this run began with.
    name: name of the state's variables or placeholders.
    execution, recompute: as in `tfcompat_rnn.dynamic_rnn`. The state is kept,
      fed and reset in the same way in every execution.

  Returns: a `StatefulRNN`.

  Raises:
    ArgumentError: `state` or `keep` is unknown, the batch size is unknown
      although state is in variables, or the mask has another shape; also the
      errors of `dynamic_rnn`.
    ArgumentTypeError: the mask is not bool; also the errors of `dynamic_rnn`.
  """
  _checks.require_cell("cell", cell)
  _require_choices(state, keep)
  kind = _leaves.output_dtype(inputs, dtype)
  store: typing.Any = None
  if isinstance(state, str) and state == "feed":
    initial_state = _feedable(
        cell, inputs, batch_size, kind, name, time_major, static)
  else:
    store = state
    if isinstance(state, str):
      rows = batch_size
      if rows is None:
        rows = _inner.batch_of(inputs, _batch_axis(inputs, time_major, static))
      store = variables.StateVariables(cell, rows, kind, name=name)
    initial_state = store.initial_state
  outputs, final_state = loop(
      cell, inputs, initial_state, sequence_length, reset_mask, reset_value,
      time_major, dtype, static, swap_memory, parallel_iterations, scope,
      execution, recompute)
  if store is None:
    return StatefulRNN(outputs, initial_state, final_state)
  keep_op = store.keep(final_state)
  if keep == "always":
    with tf.control_dependencies([keep_op]):
      outputs = _nest.map_state(tf.identity, outputs)
      final_state = _nest.map_state(tf.identity, final_state)
  return StatefulRNN(outputs, initial_state, final_state, store, keep_op)


def _require_choices(state, keep):
  is_store = all(hasattr(state, needed) for needed in (
      "initial_state", "keep", "zero", "reset_rows"))
  if not is_store and (
      not isinstance(state, str) or state not in ("variables", "feed")):
    raise _errors.ArgumentError(_errors.problem(
        "state", 'be "variables", "feed" or a StateVariables', repr(state),
        "choose one of them"))
  if keep not in ("op", "always"):
    raise _errors.ArgumentError(_errors.problem(
        "keep", 'be "op" or "always"', repr(keep), "choose one of them"))
  if keep == "always" and isinstance(state, str) and state == "feed":
    raise _errors.ArgumentError(_errors.problem(
        "keep", 'be "op" where the state is fed', repr(keep),
        'pass state="variables"'))


def _batch_axis(inputs, time_major, static):
  if static and isinstance(inputs, list):
    return 0
  return 1 if time_major else 0


def _feedable(cell, inputs, batch_size, dtype, name, time_major, static):
  axis = _batch_axis(inputs, time_major, static)
  return feedable.feedable_state(
      cell, batch_size, dtype, name=name, inputs=inputs,
      time_major=axis == 1)


def loop(cell, inputs, initial_state, sequence_length, reset_mask,
         reset_value, time_major, dtype, static, swap_memory,
         parallel_iterations, scope, execution, recompute):
  """The outputs and the final state of the requested kind of loop."""
  if dtype is None:
    kinds = {leaf.dtype.base_dtype for leaf in tf.nest.flatten(initial_state)}
    first = kinds.pop()
    if kinds or not (first.is_floating or first.is_complex):
      # In this case the state does not determine the dtype of the outputs.
      dtype = _leaves.output_dtype(inputs, None)
  inputs = _inner.with_batch_of(
      initial_state, inputs, _batch_axis(inputs, time_major, static))
  if reset_mask is not None:
    if isinstance(reset_value, str):
      if reset_value != "initial":
        raise _errors.ArgumentError(_errors.problem(
            "reset_value", 'be "initial", None or like the state',
            repr(reset_value), "leave it out for zeros"))
      reset_value = initial_state
    # Once, before the loop, not in every step.
    reset_value = _snapshot.snapshot_state(reset_value)
    reset_mask = _fitting(reset_mask, inputs, time_major, static)
    cell = reset.ResettingCell(cell, reset_value)
  if not static:
    if reset_mask is not None:
      # In the dtype of the inputs, so that an error about dtypes means them.
      kind = _leaves.output_dtype(inputs, None)
      inputs = (inputs, tf.expand_dims(tf.cast(reset_mask, kind), -1))
    return recurrence.dynamic_rnn(
        cell, inputs, sequence_length=sequence_length,
        initial_state=initial_state, dtype=dtype, time_major=time_major,
        swap_memory=swap_memory, parallel_iterations=parallel_iterations,
        scope=scope, execution=execution, recompute=recompute)
  axis = 0 if time_major else 1
  listed = isinstance(inputs, list)
  steps = inputs if listed else _steps_of(inputs, axis)
  if reset_mask is not None:
    masks = tf.unstack(reset_mask, num=len(steps), axis=axis)
    steps = [(one, tf.expand_dims(mask, -1))
             for one, mask in zip(steps, masks)]
  outputs, final_state = static_loops.static_rnn(
      cell, steps, initial_state=initial_state, dtype=dtype,
      sequence_length=sequence_length, scope=scope, execution=execution,
      recompute=recompute)
  if not listed:
    outputs = _nest.map_state(
        lambda *rows: tf.stack(rows, axis=axis), *outputs)
  return outputs, final_state


def _fitting(reset_mask, inputs, time_major, static):
  """`reset_mask` as a tensor with the static batch and time of `inputs`."""
  form = "[time, batch]" if time_major else "[batch, time]"
  reset_mask = reset.as_mask(reset_mask, form, 2, name="reset_mask")
  if static and isinstance(inputs, list):
    sizes = [_inner.batch_of(inputs, 0), len(inputs)]
    sizes = sizes[::-1] if time_major else sizes
  else:
    sizes = [_inner.batch_of(inputs, axis) for axis in (0, 1)]
  if not reset_mask.shape.is_compatible_with(sizes):
    raise _errors.ArgumentError(_errors.problem(
        "reset_mask", f"be {form} like the inputs, "
        f"{_leaves.shape_text(sizes)}", _leaves.leaf_text(reset_mask),
        "check the order of its axes"))
  if not reset_mask.shape.is_fully_defined():
    reset_mask = tf.ensure_shape(
        reset_mask, reset_mask.shape.merge_with(sizes))
  return reset_mask


def _steps_of(inputs, axis):
  """A list of the inputs of each step, cut from `[batch, time, depth]`."""
  cut = [tf.unstack(leaf, axis=axis) for leaf in _nest.flatten_state(inputs)]
  return [_nest.pack_state(inputs, parts) for parts in zip(*cut)]
