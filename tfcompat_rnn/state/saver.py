"""State of many sequences, each found again by its own id."""

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

# What a hash table of TensorFlow's can hold for both kinds of keys, and what
# holds the others without a loss.
_STORED_AS = {
    tf.bfloat16: tf.float32, tf.float16: tf.float32, tf.float32: tf.float32,
    tf.float64: tf.float64, tf.bool: tf.int32, tf.int8: tf.int32,
    tf.int16: tf.int32, tf.int32: tf.int32, tf.int64: tf.int64,
    tf.uint8: tf.int32, tf.uint16: tf.int32, tf.uint32: tf.int64,
}


class SequenceStateSaver:
  """Keeps the state of each sequence under its id, whatever row it comes in.

    saver = SequenceStateSaver(cell, keys)      # keys: string [batch]
    outputs, state = state_saving_rnn(cell, inputs, saver)

  or with the loop of 1.x:

    outputs, state = static_state_saving_rnn(
        cell, inputs, saver, saver.state_name)

  An id that was never seen starts from the cell's zero state. `tf.train.Saver`
  saves the states with the model. They need no initializer and take memory
  until `reset` or `forget` drops them.

  Args:
    cell: a cell, or a pair of cells.
    keys: `[batch]`, string, int64 or int32; each id once in a batch.
    dtype: of the state; a cell may choose its own.
    name: of the tables, one a leaf: "state_saver/0/c", ...
    saved: whether `tf.train.Saver` saves the states without being told.

  Attributes:
    state_name: a nest like the cell's state with the name of each leaf, its
      path ("0/c"), or "state" where it is one tensor.
    initial_state: a nest like the cell's with the batch's states `[batch,
      size]`.

  Raises:
    ArgumentTypeError: `cell` is no cell, `keys` of another dtype.
    ArgumentError: `keys` is no vector, a state of unknown size.
    RefusedError: a state of a dtype that a table cannot hold.
    When it runs, InvalidArgumentError for an id that is twice in a batch.

  TensorFlow 1.15: the `state_saver` of `tf.nn.static_state_saving_rnn`, as
  `tf.contrib.training.batch_sequences_with_states` made it.
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
    """The batch's state `[batch, size]` of the leaf `name`."""
    return _nest.flatten_state(self._initial)[self._number(name)]

  def save_state(self, name: str, value: types.TensorLike) -> types.Operation:
    """The op that keeps `value` `[batch, size]` for the leaf `name`."""
    number = self._number(name)
    return self._once(("save", number), value, lambda: self._insert(
        number, tf.convert_to_tensor(value)))

  def keep(self, final_state: types.State) -> types.Operation:
    """The op that keeps `final_state`, a nest like the cell's state.

    Raises `ArgumentError` with every leaf that does not fit.
    """
    flat = _nest.flatten_state(final_state)

    def build():
      leaves = _leaves.check_tensors(
          "final_state", self._zeros, _nest.flatten_state(self._initial),
          final_state, "pass a nest like the cell's state")
      return tf.group(*[
          self._insert(number, leaf) for number, leaf in enumerate(leaves)])
    return self._once("keep", flat, build)

  def zero(self) -> types.Operation:
    """The op that sets the sequences of the batch back to the zero state."""
    if not _order.waiting_for():
      return self._zero
    return self._once("zero", (), lambda: self._removed(
        self._keys, self._guards))

  def reset_rows(self, mask: types.TensorLike) -> types.Operation:
    """The op that sets the sequences of the rows where `mask` is True back."""
    def build():
      return self._removed(tf.boolean_mask(
          self._keys, reset.as_mask(mask, "[batch]", 1)), self._guards)
    return self._once("reset_rows", mask, build)

  def reset(self, ids: types.TensorLike | None = None) -> types.Operation:
    """The op that drops the states of `ids` (a tensor or an array).

    They start from the zero state when they come again. None drops all. Run
    it by itself: beside a loop it is open which of the two is first. The same
    ids give the same op; arrays become constants of the graph, so in a
    training loop use `forget`.
    """
    if ids is None:
      return self._forget_all
    if not tf.is_tensor(ids):
      ids = np.asarray(ids)
    return self._once("reset", ids, lambda: self._removed(
        _as_keys(ids, "ids", self._keys.dtype)))

  def forget(self, session: types.Session, ids: types.TensorLike) -> None:
    """Drops the states of `ids`, an array, in `session`."""
    ids = np.asarray(ids)
    session.run(self._forget, {self._forgotten: ids.reshape([-1])})

  def size(self, session: types.Session) -> int:
    """How many sequences have a state in `session`."""
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
    # No one may find the new state in the run that made it.
    with tf.control_dependencies(self._guards):
      return self._tables[number].write(self._keys, value)

  def _removed(self, keys, after=()):
    # Only where the batch's own keys are meant may the loop's reading be
    # waited for: it wants the keys fed.
    with tf.control_dependencies(after):
      return tf.group(*[table.remove(keys) for table in self._tables])


class _Table:
  """One leaf's values by id, kept as vectors, which is what a table holds."""

  def __init__(self, key_dtype, zero, path, name, saved):
    self._dtype = zero.dtype.base_dtype
    self._shape = zero.shape[1:]
    if zero.shape.rank in (0, None) or not self._shape.is_fully_defined():
      raise _errors.ArgumentError(_errors.problem(
          "cell", "have a state of known size, [batch, ...], to be kept by id",
          f"{_leaves.at(path)}: {_leaves.leaf_text(zero)}",
          "use feedable_state"))
    if self._dtype not in _STORED_AS:
      raise _errors.RefusedError(_errors.problem(
          "cell", "have a state of floats, ints or bools to be kept by id",
          f"{_leaves.at(path)}: {self._dtype.name}", "use feedable_state"))
    stored = _STORED_AS[self._dtype]
    default = tf.cast(tf.reshape(zero, [self._shape.num_elements()]), stored)
    # The scope is unique already; a name in it would be taken twice.
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
        name, f"be {dtype.name} as the keys are", kind.name,
        "pass ids of the keys' kind"))
  if keys.shape.rank not in (1, None):
    raise _errors.ArgumentError(_errors.problem(
        name, "be a vector, one id a row", _leaves.leaf_text(keys),
        "pass [batch] ids"))
  if keys.shape.rank is None:
    keys.set_shape([None])
  return keys


def _each_once(keys):
  """`keys`, or an error when it runs if two of them are the same."""
  different = tf.size(tf.unique(keys)[0])
  check = tf.debugging.assert_equal(
      different, tf.size(keys), data=[
          "`keys` must hold each id once, got two rows with one id; put the "
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
    reset_value: types.State | None = None) -> tuple[types.Nested, types.State]:
  """A loop that takes its state from a saver and gives it back.

    saver = SequenceStateSaver(cell, keys)
    outputs, state = state_saving_rnn(cell, inputs, saver)

  As `static_state_saving_rnn`, for loops of any kind.

  Args:
    cell, inputs, sequence_length, reset_mask, time_major, dtype, static,
      swap_memory, parallel_iterations, scope, reset_value: as
      `stateful_rnn`.
    state_saver: a `SequenceStateSaver`, or any object with `state(name)`
      (a tensor `[batch, size]`) and `save_state(name, value)` (an op).
    state_name: a nest of names like `cell.state_size`;
      `state_saver.state_name` if not given.

  Returns:
    `(outputs, state)`; both wait for the ops that save.

  Raises: as `static_state_saving_rnn`.

  TensorFlow 1.15: `tf.nn.static_state_saving_rnn`.
  """
  _checks.require_cell("cell", cell)
  if state_name is None:
    state_name = getattr(state_saver, "state_name", None)
    if state_name is None:
      raise _errors.ArgumentError(_errors.problem(
          "state_name", "be given for a saver that does not tell it", None,
          "pass a nest of names like cell.state_size"))
  size = cell.state_size
  static_loops.require_names(state_name, size)
  names = _nest.flatten_state(state_name)
  read = [state_saver.state(name) for name in names]
  initial_state = _snapshot.snapshot_state(
      read[0] if not _nest.is_nested(size) else _nest.pack_state(size, read))
  outputs, final_state = stateful.loop(
      cell, inputs, initial_state, sequence_length, reset_mask, reset_value,
      time_major, dtype, static, swap_memory, parallel_iterations, scope)
  saves = [state_saver.save_state(name, leaf) for name, leaf in zip(
      names, _nest.flatten_state(final_state))]
  with tf.control_dependencies(saves):
    return (_nest.map_state(tf.identity, outputs),
            _nest.map_state(tf.identity, final_state))
