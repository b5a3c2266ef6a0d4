"""State that is fetched from one `session.run` and fed to the next."""

from __future__ import annotations

import typing

from tfcompat_rnn import _errors
from tfcompat_rnn import _nest
from tfcompat_rnn import _typing as types
from tfcompat_rnn._tf import tf
from tfcompat_rnn.state import _feeding
from tfcompat_rnn.state import _leaves


def feedable_state(cell: types.Cells,
                   batch_size: types.TensorLike | None = None,
                   dtype: types.DType = tf.float32, name: str | None = None,
                   inputs: types.Nested | None = None,
                   time_major: bool = False) -> types.State:
  """The cell's zero state, which a feed_dict can replace as a whole.

    initial_state = feedable_state(cell, batch_size)
    outputs, final_state = dynamic_rnn(
        cell, inputs, initial_state=initial_state)
    value = session.run(final_state)
    value = session.run(final_state, {initial_state: value})

  Args:
    cell: a cell, or a pair of cells for a bidirectional loop.
    batch_size: an int, a scalar tensor, or None to use the batch size of
      `inputs`. With neither, the default state has one row, which fits a batch
      of one; a fed state may have any number of rows.
    dtype: dtype of the state; a cell may choose its own.
    name: name of the state, "state" by default; its leaves are
      "state/0/c", ...
    inputs: `[batch, time, depth]`, or a nested structure of such tensors
      (`[time, batch, depth]` with `time_major`), from which the batch size is
      taken if `batch_size` is not given.
    time_major: see `inputs`.

  Returns:
    The same structure as the cell's state; each leaf is a
    `tf.placeholder_with_default` of shape `[batch, size]`. Feed it what
    `session.run` returned for a state: arrays, or nested lists in place of
    tuples and arrays. A float64 array is rounded to float32 for a float32
    state, as in TF 1.x.

  Raises:
    ArgumentTypeError: `cell` is not a cell.
    ArgumentError: `batch_size` is not an integer. Also, when a value is fed
      that has another structure, shape or dtype; the message gives the path of
      each leaf that does not fit.

  TensorFlow 1.15: `cell.zero_state` with a placeholder as the batch size, as
  in `models/tutorials/rnn/ptb`.
  """
  _leaves.require_graph("feedable_state")
  with tf.name_scope(name or "state") as scope:
    rows = _rows(batch_size, inputs, time_major)
    zeros = _leaves.zero_state(cell, rows, dtype)
    paths = _nest.state_paths(zeros)
    told = batch_size is not None or inputs is not None
    known = rows if told and isinstance(rows, int) else None
    leaves = []
    for path, op_name, zero in zip(
        paths, _leaves.op_names(scope, paths), _nest.flatten_state(zeros)):
      shape = zero.shape
      if shape.rank:  # a scalar, such as a step counter, has no rows
        shape = [known] + shape.as_list()[1:]
      leaves.append(tf.placeholder_with_default(zero, shape, name=op_name))
  state = _leaves.as_key(_nest.pack_state(zeros, leaves))
  _feeding.register(state)
  return state


def state_feed(initial_state: types.State,
               value: types.State) -> dict[types.Tensor, typing.Any]:
  """A feed_dict that feeds `value` for `initial_state`, checked leaf by leaf.

    feed = {inputs: batch}
    feed.update(state_feed(initial_state, value))

  Args:
    initial_state: a `feedable_state`, or any other structure of tensors.
    value: arrays in the same structure; lists are accepted in place of tuples
      and arrays.

  Returns:
    A dict from each leaf of `initial_state` to an array.

  Raises `ArgumentError` with every leaf that does not fit.
  """
  return _feeding.pairs(initial_state, value)


def _rows(batch_size, inputs, time_major):
  """The batch size: an int if it is known, else a scalar tensor."""
  if batch_size is None and inputs is not None:
    axis = 1 if time_major else 0
    first = tf.convert_to_tensor(tf.nest.flatten(inputs)[0])
    if first.shape.rank is not None:
      known = first.shape.as_list()[axis]
      if known is not None:
        return known
    return tf.shape(first)[axis]
  if batch_size is None:
    return 1
  known = tf.get_static_value(batch_size) if tf.is_tensor(
      batch_size) else batch_size
  if known is None:
    return batch_size
  known = getattr(known, "value", known)
  try:
    rows = int(known)
  except (TypeError, ValueError):
    rows = None
  if isinstance(known, (bool, str, float)) or rows is None or rows < 0:
    raise _errors.ArgumentError(_errors.problem(
        "batch_size", "be a whole number, a scalar tensor or None",
        repr(batch_size), "pass for example tf.shape(inputs)[0]"))
  return rows
