"""Resetting a state: by rows, at step 0, or inside a loop."""

from __future__ import annotations

import numpy as np

from tfcompat_rnn import _errors
from tfcompat_rnn import _nest
from tfcompat_rnn import _snapshot
from tfcompat_rnn import _typing as types
from tfcompat_rnn._tf import tf
from tfcompat_rnn._tf import tf2
from tfcompat_rnn.loops import _checks
from tfcompat_rnn.loops import _inner
from tfcompat_rnn.state import _leaves


def reset_rows(state: types.State, mask: types.TensorLike,
               value: types.State | None = None) -> types.State:
  """`state` with the rows where `mask` is True set to zeros, or to `value`.

    state = reset_rows(state, episode_has_begun)   # bool [batch]

  Args:
    state: a tensor `[batch, ...]`, or a nested structure of them. A leaf read
      from a reference variable is copied first; a scalar leaf, such as a step
      counter, is not reset.
    mask: bool `[batch]`.
    value: None for zeros, or the same structure as `state` with leaves
      `[batch, ...]`.

  Returns:
    The same structure as `state`. No gradient flows into the old state of a
    row that was reset.

  Raises:
    ArgumentTypeError: `mask` is not bool, or `value` has another structure.
    ArgumentError: `mask` is not a vector with one value per row, or a leaf of
      `value` does not fit that of the state.
  """
  state = _nest.map_state(
      tf.convert_to_tensor, _snapshot.snapshot_state(state))
  leaves = _nest.flatten_state(state)
  mask = as_mask(mask, "[batch]", 1)
  for leaf in leaves:
    if leaf.shape.rank and not mask.shape.is_compatible_with(leaf.shape[:1]):
      raise _errors.ArgumentError(_errors.problem(
          "mask", "have one value per row of the state, "
          f"{leaf.shape.as_list()[0]}", _leaves.leaf_text(mask),
          "check which axis is the batch"))
  if value is None:
    others = [tf.zeros_like(leaf) for leaf in leaves]
  else:
    others = _leaves.check_tensors(
        "value", state, leaves, _snapshot.snapshot_state(value),
        "pass the structure of the state, for example cell.zero_state(...)")
  return _nest.pack_state(
      state, [_choose(mask, other, leaf)
              for other, leaf in zip(others, leaves)])


def _choose(mask, other, leaf):
  if leaf.shape.rank == 0:
    return leaf
  # With a vector as its condition, v1's `where` selects whole rows.
  chosen = tf.where(mask, other, leaf)
  chosen.set_shape(leaf.shape)
  return chosen


def as_mask(mask, form, rank, name="mask"):
  """`mask` as a bool tensor of `rank`, or an error that mentions `form`."""
  if not tf.is_tensor(mask) and not isinstance(mask, tf2.Variable):
    mask = np.asarray(mask)
    if mask.size == 0:
      mask = mask.astype(bool)
  dtype = tf.as_dtype(mask.dtype).base_dtype
  if dtype != tf.bool:
    raise _errors.ArgumentTypeError(_errors.problem(
        name, f"be bool {form}", _leaves.leaf_text(mask),
        "compare it: tf.not_equal(mask, 0)"))
  mask = tf.convert_to_tensor(mask)
  if mask.shape.rank is None:
    mask.set_shape([None] * rank)
  if mask.shape.rank != rank:
    raise _errors.ArgumentError(_errors.problem(
        name, f"be bool {form}", _leaves.leaf_text(mask),
        "add or remove an axis"))
  return mask


def reset_at_step_zero(step: types.TensorLike,
                       state: types.State | types.StateStore,
                       value: types.State | None = None) -> types.State:
  """`state`, or zeros where `step` is 0: the first step of an epoch.

    step = tf.placeholder_with_default(tf.constant(-1, tf.int64), [])
    initial_state = reset_at_step_zero(step, variables.initial_state)
    session.run(train, {step: 0})    # from zeros; without the feed, continues

  Args:
    step: an int32 or int64 scalar tensor; None to create a placeholder with
      the default -1, which is then returned as well.
    state: a structure of tensors, or a `StateVariables`, whose `initial_state`
      is used. A leaf read from a reference variable is copied first, so it is
      safe to assign the variable in the same run.
    value: what to start from instead of zeros; same structure as `state`.

  Returns:
    The same structure as `state`; `(state, step)` if `step` was None. At step
    0 no gradient flows into the previous state.

  Raises:
    ArgumentTypeError: `step` is not int32 or int64, or `value` has another
      structure.
    ArgumentError: `step` is not a scalar, or a leaf of `value` does not fit.
  """
  state = getattr(state, "initial_state", state)
  made = step is None
  if made:
    step = tf.placeholder_with_default(
        tf.constant(-1, tf.int64), [], name="step")
  step = tf.convert_to_tensor(_snapshot.snapshot_state(step))
  if step.dtype.base_dtype not in (tf.int32, tf.int64):
    raise _errors.ArgumentTypeError(_errors.problem(
        "step", "be int32 or int64", step.dtype.base_dtype.name,
        "cast it: tf.cast(step, tf.int64)"))
  if step.shape.rank not in (0, None):
    raise _errors.ArgumentError(_errors.problem(
        "step", "be a scalar", _leaves.leaf_text(step),
        "take one element of it"))
  state = _nest.map_state(
      tf.convert_to_tensor, _snapshot.snapshot_state(state))
  leaves = _nest.flatten_state(state)
  if value is not None:
    value = _leaves.check_tensors(
        "value", state, leaves, _snapshot.snapshot_state(value),
        "pass the structure of the state, for example cell.zero_state(...)")

  def fresh():
    return ([tf.zeros_like(leaf) for leaf in leaves] if value is None
            else [tf.identity(leaf) for leaf in value])

  with tf.name_scope("reset_at_step_zero"):
    chosen = tf.cond(tf.equal(step, 0), fresh,
                     lambda: [tf.identity(leaf) for leaf in leaves],
                     strict=True)
  for one, leaf in zip(chosen, leaves):
    one.set_shape(leaf.shape)
  state = _nest.pack_state(state, chosen)
  return (state, step) if made else state


class ResettingCell:
  """A cell for `(inputs, mask)` that resets the state where the mask is True.

    cell = ResettingCell(cell)
    outputs, state = dynamic_rnn(
        cell, (inputs, tf.expand_dims(mask, -1)), dtype=tf.float32)

  At each step, `mask` is bool `[batch, 1]`, or a number, where any value except
  0 means True. (A GPU keeps floats on the device throughout a loop, but fetches
  bools from the host at each step.) In rows where it is True, the state is set
  to zeros (or to `value`) before the step. Variables, sizes and everything else
  are those of the wrapped cell.

  Args:
    cell: an RNNCell, or an object with its four methods.
    value: what a reset row starts from, in the structure of the state; None
      for zeros.
  """

  def __init__(self, cell: types.Cell,
               value: types.State | None = None) -> None:
    _checks.require_cell("cell", cell)
    self._cell = _inner.SafeCell(cell)
    self._value = value

  def __call__(
      self, inputs: types.Nested, state: types.State,
      scope: types.Scope | None = None) -> tuple[types.Nested, types.State]:
    inputs, mask = inputs
    mask = tf.cast(tf.squeeze(mask, [1]), tf.bool)
    state = reset_rows(state, mask, self._value)
    if scope is None:
      return self._cell(inputs, state)
    return self._cell(inputs, state, scope=scope)

  def __getattr__(self, name):
    if name.startswith("__"):
      raise AttributeError(name)
    return getattr(self._cell, name)
