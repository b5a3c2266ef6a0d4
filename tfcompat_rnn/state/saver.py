"""Keeps the state of many sequences, each under its own ID."""

from __future__ import annotations

import typing

import numpy as np

from tfcompat_rnn import _errors
from tfcompat_rnn import _nest
from tfcompat_rnn import _snapshot
from tfcompat_rnn import _typing as types
from tfcompat_rnn._tf import tf
from tfcompat_rnn.loops import _checks
from tfcompat_rnn.loops import static as static_loops
from tfcompat_rnn.state import _feeding
from tfcompat_rnn.state import _leaves
from tfcompat_rnn.state import _order
from tfcompat_rnn.state import reset
from tfcompat_rnn.state import stateful

# The dtypes that TensorFlow's hash tables support for both kinds of keys, and
# the dtypes that store the others without loss.
_STORED_AS = {
    tf.bfloat16: tf.float32, tf.float16: tf.float32, tf.float32: tf.float32,
    tf.float64: tf.float64, tf.bool: tf.int32, tf.int8: tf.int32,
    tf.int16: tf.int32, tf.int32: tf.int32, tf.int64: tf.int64,
    tf.uint8: tf.int32, tf.uint16: tf.int32, tf.uint32: tf.int64,
}


class SequenceStateSaver:
  """Keeps each sequence's state under its ID, whichever row it arrives in.

    saver = SequenceStateSaver(cell, keys)      # keys: string [batch]
    outputs, state = state_saving_rnn(cell, inputs, saver)

  or with the loop of 1.x:

    outputs, state = static_state_saving_rnn(
        cell, inputs, saver, saver.state_name)

  An ID that has not been seen before starts from the cell's zero state.
  `tf.train.Saver` saves the states with the model. They need no initializer,
  and take up memory until `reset` or `forget` drops them.

  Args:
    cell: a cell, or a pair of cells.
    keys: `[batch]`, string, int64 or int32; IDs must be unique in a batch.
    dtype: dtype of the state; a cell may choose its own.
    name: name of the tables, one per leaf: "state_saver/0/c", ...
    saved: whether `tf.train.Saver` saves the states by default.

  Attributes:
    state_name: the structure of the cell's state with the name of each leaf:
      its path ("0/c"), or "state" if the state is a single tensor.
    initial_state: the structure of the cell's state with the states of the
      batch, `[batch, size]`.

  Raises:
    ArgumentTypeError: `cell` is not a cell, or `keys` has another dtype.
    ArgumentError: `keys` is not a vector, or the state's size is unknown.
    RefusedError: the dtype of the state cannot be stored in a table.
    InvalidArgumentError: at run time, if an ID occurs twice in a batch.

  TensorFlow 1.15: the `state_saver` of `tf.nn.static_state_saving_rnn`, such as
  the one that `tf.contrib.training.batch_sequences_with_states` returned.
  """

  def __init__(self, cell: types.Cells, keys: types.TensorLike,
               dtype: types.DType = tf.float32, name: str = "state_saver",
               saved: bool = True) -> None:
    _leaves.require_graph("SequenceStateSaver")
    keys = _as_keys(keys)
    self._built: dict[typing.Any, typing.Any] = {}  # see _order.once
    with tf.control_dependencies(None), tf.name_scope(
        name or "state_saver") as scope:
      self._scope = scope
      self._zeros = _leaves.zero_state(cell, 1, dtype)
      self._paths = _nest.state_paths(self._zeros)
      self._keys = _each_once(keys)
      self._tables = [
          _Table(keys.dtype, zero, path, scope + (path or "state"), saved)
          for path, zero in zip(
              self._paths, _nest.flatten_state(self._zeros))]
      with tf.name_scope("read"):
        leaves = [table.read(self._keys) for table in self._tables]
      self._guards = leaves
      with tf.name_scope("reset"):
        self._zero = self._removed(self._keys, self._guards)
        self._forgotten = tf.placeholder(keys.dtype, [None], name="ids")
        self._forget = self._removed(self._forgotten)
        self._forget_all = self._removed(self._tables[0].keys())
    self.state_name = _nest.pack_state(
        self._zeros, [path or "state" for path in self._paths])
    self._initial = _leaves.as_key(_nest.pack_state(self._zeros, leaves))
    _feeding.register(self._initial)

  @property
  def initial_state(self) -> types.State:
    return self._initial

  def state(self, name: str) -> types.Tensor:
    """The state of the batch, `[batch, size]`, for the leaf `name`."""
    return _nest.flatten_state(self._initial)[self._number(name)]

  def save_state(self, name: str, value: types.TensorLike) -> types.Operation:
    """The op that stores `value`, `[batch, size]`, for the leaf `name`."""
    number = self._number(name)
    return self._once(("save", number), value, lambda: self._insert(
        number, tf.convert_to_tensor(value)))

  def keep(self, final_state: types.State) -> types.Operation:
    """The op that stores `final_state`, which has the cell state's structure.

    Raises `ArgumentError` listing every leaf that does not fit.
    """
    flat = _nest.flatten_state(final_state)

    def build():
      leaves = _leaves.check_tensors(
          "final_state", self._zeros, _nest.flatten_state(self._initial),
          final_state, "pass the structure of the cell's state")
      return tf.group(*[
          self._insert(number, leaf) for number, leaf in enumerate(leaves)])
    return self._once("keep", flat, build)

  def zero(self) -> types.Operation:
    """The op that resets the sequences of the batch to the zero state."""
    if not _order.waiting_for():
      return self._zero
    return self._once("zero", (), lambda: self._removed(
        self._keys, self._guards))

  def reset_rows(self, mask: types.TensorLike) -> types.Operation:
    """The op that resets the sequences in the rows where `mask` is True."""
    def build():
      return self._removed(tf.boolean_mask(
          self._keys, reset.as_mask(mask, "[batch]", 1)), self._guards)
    return self._once("reset_rows", mask, build)

  def reset(self, ids: types.TensorLike | None = None) -> types.Operation:
    """The op that drops the states of `ids` (a tensor or an array).

    They start from the zero state when they occur again. None drops all
    states. Run the op by itself: in the same run as a loop, the order of the
    two is undefined. The same `ids` return the same op. Arrays become constants
    of the graph, so use `forget` in a training loop.
    """
    if ids is None:
      return self._forget_all
    if not tf.is_tensor(ids):
      ids = np.asarray(ids)
    return self._once("reset", ids, lambda: self._removed(
        _as_keys(ids, "ids", self._keys.dtype)))

  def forget(self, session: types.Session, ids: types.TensorLike) -> None:
    """Drops the states of the array `ids` in `session`."""
    ids = np.asarray(ids)
    session.run(self._forget, {self._forgotten: ids.reshape([-1])})

  def size(self, session: types.Session) -> int:
    """The number of sequences that have a state in `session`."""
    return int(session.run(self._tables[0].size))

  def _number(self, name):
    path = "" if name == "state" and self._paths == [""] else name
    if path not in self._paths:
      known = ", ".join(repr(path or "state") for path in self._paths)
      raise _errors.ArgumentError(_errors.problem(
          "name", f"be one of the state's leaves, {known}", repr(name),
          "pass state_name=saver.state_name"))
    return self._paths.index(path)

  def _once(self, what, made_of, build):
    return _order.once(self._built, self._scope, what, made_of, build)

  def _insert(self, number, value):
    # The new state must not be visible in the run that creates it.
    with tf.control_dependencies(self._guards):
      return self._tables[number].write(self._keys, value)

  def _removed(self, keys, after=()):
    # Wait for the loop's read only if these are the batch's own keys, because
    # that read requires the keys to be fed.
    with tf.control_dependencies(after):
      return tf.group(*[table.remove(keys) for table in self._tables])


class _Table:
  """One leaf's values by ID, stored as vectors, as a hash table requires."""

  def __init__(self, key_dtype, zero, path, name, saved):
    self._dtype = zero.dtype.base_dtype
    self._shape = zero.shape[1:]
    if zero.shape.rank in (0, None) or not self._shape.is_fully_defined():
      raise _errors.ArgumentError(_errors.problem(
          "cell", "have a state of known size, [batch, ...], to be kept by ID",
          f"{_leaves.at(path)}: {_leaves.leaf_text(zero)}",
          "use feedable_state"))
    if self._dtype not in _STORED_AS:
      raise _errors.RefusedError(_errors.problem(
          "cell", "have a state of floats, ints or bools to be kept by ID",
          f"{_leaves.at(path)}: {self._dtype.name}", "use feedable_state"))
    stored = _STORED_AS[self._dtype]
    default = tf.cast(tf.reshape(zero, [self._shape.num_elements()]), stored)
    # The scope is already unique; a name inside it would repeat the scope.
    with tf.name_scope(None):
      self._table = tf.lookup.experimental.MutableHashTable(
          key_dtype, stored, default,
          name=_leaves.legal_name(name), checkpoint=saved)
    self._stored = stored
    self.size = self._table.size()

  def keys(self):
    return self._table.export()[0]

  def read(self, keys):
    rows = tf.reshape(
        self._table.lookup(keys), [-1] + self._shape.as_list())
    rows.set_shape([keys.shape.as_list()[0]] + self._shape.as_list())
    return tf.cast(rows, self._dtype)

  def write(self, keys, value):
    if (value.dtype.base_dtype != self._dtype
        or not value.shape[1:].is_compatible_with(self._shape)):
      raise _errors.ArgumentError(_errors.problem(
          "value", "be like the state, " + self._dtype.name + " "
          + _leaves.shape_text([None] + self._shape.as_list()),
          _leaves.leaf_text(value), "pass the loop's final state"))
    width = self._shape.num_elements()
    return self._table.insert(
        keys, tf.cast(tf.reshape(value, [-1, width]), self._stored))

  def remove(self, keys):
    return self._table.remove(keys)


def _as_keys(keys, name="keys", dtype=None):
  """`keys` as a vector of strings or int64."""
  keys = tf.convert_to_tensor(keys)
  kind = keys.dtype.base_dtype
  if kind not in (tf.string, tf.int64, tf.int32):
    raise _errors.ArgumentTypeError(_errors.problem(
        name, "be string, int64 or int32", kind.name,
        "cast them: tf.cast(keys, tf.int64)"))
  if kind == tf.int32:
    keys = tf.cast(keys, tf.int64)
  if dtype not in (None, keys.dtype.base_dtype):
    raise _errors.ArgumentTypeError(_errors.problem(
        name, f"be {dtype.name} like the keys", kind.name,
        "pass IDs of the same type as the keys"))
  if keys.shape.rank not in (1, None):
    raise _errors.ArgumentError(_errors.problem(
        name, "be a vector with one ID per row", _leaves.leaf_text(keys),
        "pass IDs of shape [batch]"))
  if keys.shape.rank is None:
    keys.set_shape([None])
  return keys


def _each_once(keys):
  """`keys`, with a run-time error if two of them are the same."""
  different = tf.size(tf.unique(keys)[0])
  check = tf.debugging.assert_equal(
      different, tf.size(keys), data=[
          "`keys` must be unique, got two rows with the same ID; put the "
          "steps of one sequence into different batches:", keys])
  with tf.control_dependencies([check]):
    return tf.identity(keys, name="keys")


def state_saving_rnn(
    cell: types.Cell, inputs: types.Nested, state_saver: types.StateSaver,
    state_name: types.Nested | None = None,
    sequence_length: types.TensorLike | None = None,
    reset_mask: types.TensorLike | None = None, time_major: bool = False,
    dtype: types.DType | None = None, static: bool = False,
    swap_memory: bool = False, parallel_iterations: int | None = None,
    scope: types.Scope | None = None,
    reset_value: types.State | None = None, execution: str | None = None,
    recompute: bool = False) -> tuple[types.Nested, types.State]:
  """A loop that reads its initial state from a saver and stores the final one.

    saver = SequenceStateSaver(cell, keys)
    outputs, state = state_saving_rnn(cell, inputs, saver)

  Like `static_state_saving_rnn`, for any kind of loop.

  Args:
    cell, inputs, sequence_length, reset_mask, time_major, dtype, static,
      swap_memory, parallel_iterations, scope, reset_value, execution,
      recompute: as in `stateful_rnn`.
    state_saver: a `SequenceStateSaver`, or any object with `state(name)`
      (returns a tensor `[batch, size]`) and `save_state(name, value)` (returns
      an op).
    state_name: names in the structure of `cell.state_size`;
      `state_saver.state_name` by default.

  Returns:
    `(outputs, state)`; both wait for the ops that store the state.

  Raises: the errors of `static_state_saving_rnn`.

  TensorFlow 1.15: `tf.nn.static_state_saving_rnn`.
  """
  _checks.require_cell("cell", cell)
  if state_name is None:
    state_name = getattr(state_saver, "state_name", None)
    if state_name is None:
      raise _errors.ArgumentError(_errors.problem(
          "state_name", "be given for a saver without `state_name`", None,
          "pass names in the structure of cell.state_size"))
  size = cell.state_size
  static_loops.require_names(state_name, size)
  names = _nest.flatten_state(state_name)
  read = [state_saver.state(name) for name in names]
  initial_state = _snapshot.snapshot_state(
      read[0] if not _nest.is_nested(size) else _nest.pack_state(size, read))
  outputs, final_state = stateful.loop(
      cell, inputs, initial_state, sequence_length, reset_mask, reset_value,
      time_major, dtype, static, swap_memory, parallel_iterations, scope,
      execution, recompute)
  saves = [state_saver.save_state(name, leaf) for name, leaf in zip(
      names, _nest.flatten_state(final_state))]
  with tf.control_dependencies(saves):
    return (_nest.map_state(tf.identity, outputs),
            _nest.map_state(tf.identity, final_state))
