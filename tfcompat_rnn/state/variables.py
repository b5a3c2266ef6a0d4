"""State that stays in variables from one `session.run` to the next."""

from __future__ import annotations

import typing

from tfcompat_rnn import _errors
from tfcompat_rnn import _nest
from tfcompat_rnn import _snapshot
from tfcompat_rnn import _typing as types
from tfcompat_rnn._tf import tf
from tfcompat_rnn.state import _feeding
from tfcompat_rnn.state import _leaves
from tfcompat_rnn.state import _order
from tfcompat_rnn.state import reset

# The collection of all state variables.
STATE_VARIABLES = "tfcompat_rnn_state"

# Ops that may close a cycle when the graph is followed backward.
_LOOPING = ("Enter", "Exit", "Merge", "NextIteration", "Switch")


class _KeptState:
  """Base class of `StateVariables` and `PackedStateVariables`.

  A subclass creates the variables and defines how a state is read from and
  written to them; this class ensures the order of reads and writes.
  """

  def __init__(self, cell, batch_size, dtype, name, use_locking, collections,
               saved, use_resource):
    _leaves.require_graph(type(self).__name__)
    self._use_locking = use_locking
    self._built = {}  # see _order.once
    rows = _int_rows(batch_size)
    keys = [STATE_VARIABLES]
    keys.append(tf.GraphKeys.GLOBAL_VARIABLES if saved
                else tf.GraphKeys.LOCAL_VARIABLES)
    keys.extend(collections or ())
    self._keys, self._use_resource = keys, use_resource
    # Ignore the caller's control dependencies, which have nothing to do with
    # the ops built here.
    with tf.control_dependencies(None), tf.name_scope(name or "state") as scope:
      self._scope = scope
      self._zeros = _leaves.zero_state(cell, rows, dtype)
      self._zeros_leaves = _nest.flatten_state(self._zeros)
      self._paths = _nest.state_paths(self._zeros)
      self._check_zeros(rows)
      self._variables = self._make_variables(scope)
      with tf.name_scope("snapshot"):
        self._initial = self._read([_real_copy(v) for v in self._variables])
      self._guards = _nest.flatten_state(self._initial)
      with tf.name_scope("zero"):
        self._zero = self._written(self._zeros_leaves)
      with tf.name_scope("load"):
        loaded = [tf.placeholder(leaf.dtype, leaf.shape)
                  for leaf in self._zeros_leaves]
        self._load = self._written(loaded)
      self._loaded_state = _nest.pack_state(self._zeros, loaded)
    self._initial = _leaves.as_key(self._initial)
    _feeding.register(self._initial)

  def _check_zeros(self, rows):
    for path, leaf in zip(self._paths, _nest.flatten_state(self._zeros)):
      if not leaf.shape.is_fully_defined():
        raise _errors.ArgumentError(_errors.problem(
            "cell", "have a state of known size to be kept in variables",
            f"{_leaves.at(path)}: {_leaves.leaf_text(leaf)} for batch_size "
            f"{rows}", "use feedable_state"))

  def _new_variable(self, initial_value, name):
    return tf.Variable(
        _before_others(initial_value), trainable=False, name=name,
        collections=self._keys, dtype=initial_value.dtype,
        use_resource=self._use_resource)

  @property
  def variables(self) -> list[types.Variable]:
    """The list of variables; none is trainable."""
    return list(self._variables)

  @property
  def initial_state(self) -> types.State:
    """The kept state as tensors, in the structure of the cell's state.

    They are copies, so no assignment in the same run, by this object or
    anything else, changes them.
    """
    return self._initial

  def keep(self, final_state: types.State) -> types.Operation:
    """The op that makes `final_state` the next run's `initial_state`.

    It can run together with the training op, because it writes only after
    `initial_state` has been read. The same tensors return the same op; other
    tensors (such as a second loop on the same state) get an op of their own.

    Raises `ArgumentError` (or `ArgumentTypeError` for another structure)
    listing every leaf that does not fit.
    """
    return self._assigned("keep", "final_state", final_state)

  def zero(self) -> types.Operation:
    """The op that resets the state to the cell's zero state."""
    if not _order.waiting_for():
      return self._zero
    return self._once("zero", (), lambda: self._zeros_leaves)

  def reset_rows(self, mask: types.TensorLike) -> types.Operation:
    """The op that resets the rows where `mask`, bool `[batch]`, is True.

    They are set to the cell's zero state. The same mask returns the same op.
    """
    return self._once("reset_rows", mask, lambda: _nest.flatten_state(
        reset.reset_rows(self._initial, mask, value=self._zeros)))

  def assign(self, values: types.State) -> types.Operation:
    """The op that makes `values`, a structure of tensors or arrays, the state.

    The same values return the same op. Arrays become constants of the graph, so
    use `load` in a training loop.
    """
    return self._assigned("assign", "values", values)

  def load(self, session: types.Session, values: types.State) -> None:
    """Makes `values`, a structure of arrays, the state in `session`.

    This adds nothing to the graph. Raises `ArgumentError` listing every leaf
    that does not fit.
    """
    feed = _feeding.pairs(self._loaded_state, values)
    session.run(self._load, feed)

  def _assigned(self, what, name, values):
    return self._once(
        what, _nest.flatten_state(values), lambda: _leaves.check_tensors(
            name, self._zeros, self._zeros_leaves, values,
            "pass the structure of the cell's state"))

  def _once(self, what, made_of, build):
    return _order.once(self._built, self._scope, what, made_of,
                       lambda: self._written(build()))

  def _written(self, leaves):
    """One op that writes `leaves` once the state has been read."""
    leaves = [
        leaf if leaf.shape.is_fully_defined()
        else tf.ensure_shape(leaf, zero.shape)
        for leaf, zero in zip(leaves, self._zeros_leaves)]
    with tf.control_dependencies(self._guards):
      return tf.group(*[
          _assign(variable, value, self._use_locking)
          for variable, value in self._write(leaves)])


class StateVariables(_KeptState):
  """A cell's state in variables, one for each leaf.

    state = StateVariables(cell, batch_size)
    outputs, final = dynamic_rnn(
        cell, inputs, initial_state=state.initial_state)
    keep = state.keep(final)
    session.run([train, keep])       # the next run continues from here
    session.run(state.zero())        # the next run starts from zeros

  Args:
    cell: a cell, or a pair of cells for a bidirectional loop.
    batch_size: an int; variables have a fixed size.
    dtype: dtype of the state; a cell may choose its own.
    name: name of the variables: "state/0/c", "state/0/h", ...; "state_1/..."
      if the name is taken.
    use_locking: whether to assign under a lock.
    collections: collections to add the variables to, in addition to
      "tfcompat_rnn_state".
    saved: whether `tf.train.Saver` saves them by default. If so, they are
      global variables; if not, they are local variables, which
      `tf.local_variables_initializer` initializes.
    use_resource: whether they are resource variables; None for the default.

  Raises:
    ArgumentTypeError: `cell` is not a cell.
    ArgumentError: `batch_size` is not a positive int, or the size of the state
      is unknown.

  If two of its ops run in the same `session.run`, their order is undefined.
  """

  def __init__(self, cell: types.Cells, batch_size: int,
               dtype: types.DType = tf.float32, name: str = "state",
               use_locking: bool = False,
               collections: typing.Iterable[str] | None = None,
               saved: bool = True, use_resource: bool | None = None) -> None:
    super().__init__(cell, batch_size, dtype, name, use_locking, collections,
                     saved, use_resource)

  def _make_variables(self, scope):
    return [
        self._new_variable(zero, op_name) for op_name, zero in zip(
            _leaves.op_names(scope, self._paths),
            _nest.flatten_state(self._zeros))]

  def _read(self, copies):
    return _nest.pack_state(self._zeros, copies)

  def _write(self, leaves):
    return zip(self._variables, leaves)


class PackedStateVariables(_KeptState):
  """The state of a stack of LSTMs in one `[layers, 2, batch, units]` variable.

    state = PackedStateVariables(MultiRNNCell([LSTMCell(8), LSTMCell(8)]), 32)
    state.variables[0]      # "state", [2, 2, 32, 8]: layer, (c, h), row, unit

  Otherwise like `StateVariables`, with the same arguments and methods.

  Raises `ArgumentError` if the cell's state is not a uniform stack of pairs,
  listing each leaf that does not fit.
  """

  def __init__(self, cell: types.Cells, batch_size: int,
               dtype: types.DType = tf.float32, name: str = "state",
               use_locking: bool = False,
               collections: typing.Iterable[str] | None = None,
               saved: bool = True, use_resource: bool | None = None) -> None:
    super().__init__(cell, batch_size, dtype, name, use_locking, collections,
                     saved, use_resource)

  def _check_zeros(self, rows):
    super()._check_zeros(rows)
    wrong = list(_not_packable(self._zeros))
    if wrong:
      raise _errors.ArgumentError(_errors.problem(
          "cell", "be a stack of LSTMs of one size to be packed, a state of "
          "pairs (c, h) of one shape and dtype", "; ".join(wrong),
          "use StateVariables, with one variable per leaf"))

  def _make_variables(self, scope):
    return [self._new_variable(
        self._packed(_nest.flatten_state(self._zeros)), scope)]

  def _packed(self, leaves):
    return tf.stack([tf.stack(leaves[at:at + 2])
                     for at in range(0, len(leaves), 2)])

  def _read(self, copies):
    leaves = [half for layer in tf.unstack(copies[0])
              for half in tf.unstack(layer)]
    return _nest.pack_state(self._zeros, leaves)

  def _write(self, leaves):
    return [(self._variables[0], self._packed(leaves))]


def _not_packable(state):
  """Why `state` cannot be packed into `[layers, 2, batch, units]`, as texts."""
  def pair(part):
    return (isinstance(part, tuple) and len(part) == 2
            and not any(_nest.is_nested(leaf) for leaf in part))
  # One LSTM has a named pair; a stack of two GRUs has a plain one.
  layers = [state] if pair(state) and hasattr(state, "_fields") else state
  if not _nest.is_nested(layers) or not isinstance(layers, (list, tuple)):
    yield f"{_leaves.at('')}: {_nest.describe(state)}"
    return
  first = None
  for number, layer in enumerate(layers):
    path = "" if layers is not state else str(number)
    if not pair(layer):
      yield f"{_leaves.at(path)}: {_nest.describe(layer)}"
      continue
    for step, leaf in zip(_nest.state_paths(layer), layer):
      first = leaf if first is None else first
      if (leaf.shape.as_list(), leaf.dtype) != (
          first.shape.as_list(), first.dtype) or leaf.shape.rank != 2:
        where = f"{path}/{step}" if path else step
        yield (f"{_leaves.at(where)}: {_leaves.leaf_text(leaf)} instead of "
               f"{_leaves.leaf_text(first)}")


def _int_rows(batch_size):
  """`batch_size` as an int, or an error that explains why it must be one."""
  known = (tf.get_static_value(batch_size) if tf.is_tensor(batch_size)
           else batch_size)
  known = getattr(known, "value", known)
  if (known is None or isinstance(known, bool)
      or not hasattr(known, "__index__") or int(known) < 1):
    raise _errors.ArgumentError(_errors.problem(
        "batch_size", "be a positive int for state in variables, which have "
        "a fixed size", repr(batch_size),
        "pass the number of rows, or use feedable_state for any number"))
  return int(known)


def _before_others(tensor):
  """`tensor` as an initial value that needs no other variable initialized.

  A cell's zero state may be a trained variable. Until that variable is
  initialized, its own initial value is used instead. TensorFlow does the same
  for reference variables, but not for resource variables.
  """
  graph, copies = tensor.graph, {}
  by_handle = {v.handle.name: v for v in tf.global_variables()
               if hasattr(v, "handle")}

  def copy(old):
    if old.name not in copies:
      copies[old.name] = copied(old)
    return copies[old.name]

  def copied(old):
    op = old.op
    if op.type == "ReadVariableOp" and op.inputs[0].name in by_handle:
      variable = by_handle[op.inputs[0].name]
      return tf.cond(tf.is_variable_initialized(variable),
                     variable.read_value, lambda: variable.initial_value)
    if op.type in _LOOPING:
      return old
    inputs = [copy(one) for one in op.inputs]
    if all(new is one for new, one in zip(inputs, op.inputs)):
      return old
    new = graph.create_op(
        op.type, inputs, [output.dtype for output in op.outputs],
        name=op.name.split("/")[-1], attrs=op.node_def.attr)
    return new.outputs[old.value_index]

  return copy(tensor)


def _real_copy(variable):
  """The variable's value, in memory that no assignment can overwrite."""
  if hasattr(variable, "handle"):
    return variable.read_value()
  return _snapshot.copy_of(variable)


def _assign(variable, value, use_locking):
  if hasattr(variable, "handle"):
    # The variable would take over the tensor's memory, which may be an array
    # that the caller fed, passed through a loop of zero steps.
    return variable.assign(
        _snapshot.copy_of(value), use_locking=use_locking,
        read_value=False)
  return tf.assign(variable, value, use_locking=use_locking).op
