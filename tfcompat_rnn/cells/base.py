"""`RNNCell` and `LayerRNNCell`: the base classes of all cells, also of users'.

`RNNCell` records the variables that its `call` gets (from `tf.get_variable`,
`tf.layers.dense`, ...); `LayerRNNCell` makes its variables in `build`.
"""

import collections

from tfcompat_rnn import _errors
from tfcompat_rnn import _nest
from tfcompat_rnn import _scope
from tfcompat_rnn import _snapshot
from tfcompat_rnn._errors import problem
from tfcompat_rnn._tf import tf
from tfcompat_rnn.cells import checks
from tfcompat_rnn.cells import layer as layer_lib
from tfcompat_rnn.cells import variables

# The name that 1.15's `rnn_cell_impl` had for this.
assert_like_rnncell = checks.check_cell


class LSTMStateTuple(collections.namedtuple("LSTMStateTuple", ("c", "h"))):
  """The state `(c, h)` of an LSTM: memory and output, each `[batch, units]`.

  Example: `LSTMStateTuple(c=tf.zeros([8, 16]), h=tf.zeros([8, 16]))`

  `.dtype` raises TypeError if the two differ.

  TF 1.15: `tf.nn.rnn_cell.LSTMStateTuple`.
  """
  __slots__ = ()

  @property
  def dtype(self):
    if self.c.dtype != self.h.dtype:
      raise _errors.ArgumentTypeError(problem(
          "LSTMStateTuple", "have one dtype",
          f"{self.c.dtype} for c and {self.h.dtype} for h",
          "tf.cast one of them"))
    return self.c.dtype


def _as_vector(size, what):
  """`size` (int, `TensorShape` or tensor) as (int32 vector, static shape).

  The vector is None if the size is not fully known.
  """
  if tf.is_tensor(size):
    static = tf.get_static_value(size)
    if size.shape.ndims == 0:
      static = None if static is None else [int(static)]
      size = tf.expand_dims(size, 0)
    elif size.shape.ndims != 1:
      raise _errors.ArgumentError(problem(
          what, "be a scalar or a vector", f"shape {size.shape}",
          "pass an int or tf.shape(inputs)[0]"))
    return size, tf.TensorShape(static)
  if isinstance(size, float):
    size = int(size)
  static = tf.TensorShape(size)
  if not static.is_fully_defined():
    return None, static
  return tf.constant(static.as_list(), dtype=tf.int32), static


def concat_sizes(prefix, suffix, static=False):
  """`[batch_size] + size`, as an int32 tensor or (`static`) a Python list.

  Example: `concat_sizes(tf.shape(x)[0], 16)` -> a tensor `[batch, 16]`

  Both arguments are an int, a `TensorShape`, or a tensor of rank 0 or 1.
  Raises ValueError for any other rank, and (unless `static`) if one is unknown.
  """
  first, first_static = _as_vector(prefix, "batch_size")
  second, second_static = _as_vector(suffix, "state_size")
  if static:
    shape = first_static.concatenate(second_static)
    return shape.as_list() if shape.ndims is not None else None
  if first is None or second is None:
    name, value = (("batch_size", prefix) if first is None
                   else ("state_size", suffix))
    raise _errors.ArgumentError(problem(
        name, "be known to make a zero state", f"{value}",
        "pass a number or a tensor such as tf.shape(inputs)[0]"))
  return tf.concat((first, second), 0)


def zero_state_scope(cell, batch_size):
  """The name scope of `cell`'s zero state: `LSTMCellZeroState`, ..."""
  return tf.name_scope(type(cell).__name__ + "ZeroState", values=[batch_size])


def zero_state_tensors(state_size, batch_size, dtype):
  """Zeros `[batch_size] + size` for each leaf of `state_size`."""
  def zeros(size):
    tensor = tf.zeros(concat_sizes(batch_size, size), dtype=dtype)
    if not tf.executing_eagerly():
      tensor.set_shape(concat_sizes(batch_size, size, static=True))
    return tensor
  return _nest.map_state(zeros, state_size)


_concat = concat_sizes
_zero_state_tensors = zero_state_tensors


class RNNCell(layer_lib.ScopedLayer):
  """One step of a recurrent network; subclass it to write your own.

  All three ways of 1.x work: override `__call__(inputs, state, scope)`; or
  `call(inputs, state)`, which gets variables with `tf.get_variable` or from
  layers; or `call` and `build(inputs_shape)`, which uses `self.add_variable`.
  Also define the properties `state_size` and `output_size`.

  Example:

    class Counter(tf.nn.rnn_cell.RNNCell):
      state_size = output_size = 1
      def call(self, inputs, state):
        return state + 1, state + 1

  `inputs` is `[batch, depth]`, each state leaf `[batch, size]` (`[batch] +
  shape` where the size is a `TensorShape`).

  TF 1.15: `tf.nn.rnn_cell.RNNCell`.
  """

  # 1.15 marked its own cells so, and today's TensorFlow loops still check it.
  _is_tf_rnn_cell = True

  def __init__(self, trainable=True, name=None, dtype=None, **kwargs):
    super().__init__(trainable=trainable, name=name, dtype=dtype, **kwargs)
    self._is_tf_rnn_cell = True  # in `vars(cell)`, as in 1.15

  def __call__(self, inputs, state, scope=None):
    """Runs one step: `(output, new_state)`.

    Args:
      inputs: `[batch, depth]`.
      state: a tensor or nested structure like `self.state_size`.
      scope: a string or `VariableScope` for the variables, instead of one named
        after the class or `name=`. Only that of the first call counts.
    """
    state = _snapshot.snapshot_state(state)
    if scope is not None:
      with _scope.recording_scope(scope, self._rnn_get_variable) as opened:
        return super().__call__(inputs, state, scope=opened)
    with self._surroundings():
      return super().__call__(inputs, state)

  def _surroundings(self):
    # 1.15 entered the scope around the *first* call again in each later one, as
    # op names show. The scope of another graph (a function's) cannot be
    # entered again.
    graph = tf.get_default_graph()
    kept = vars(self).get("_rnncell_graph")
    if kept is not graph:
      self._rnncell_graph = graph
      self.rnncell_scope = _scope.recording_scope(
          tf.get_variable_scope(), self._rnn_get_variable)
    return self.rnncell_scope

  def _rnn_get_variable(self, getter, *args, **kwargs):
    variable = getter(*args, **kwargs)
    first = variables.parts(variable)[0]
    kept = (self._trainable_weights if variables.is_trainable(first)
            else self._non_trainable_weights)
    if not variables.contains(kept, variable):
      kept.append(variable)
    return variable

  @property
  def state_size(self):
    """Size(s) of the state: ints or `TensorShape`s, one or nested."""
    raise NotImplementedError(
        f"`{type(self).__name__}.state_size` must be defined, got none; add "
        "the property")

  @property
  def output_size(self):
    """Size of the output: an int or a `TensorShape`."""
    raise NotImplementedError(
        f"`{type(self).__name__}.output_size` must be defined, got none; add "
        "the property")

  def build(self, unused_inputs_shape):
    """Makes nothing: `call` gets its variables itself."""

  def get_initial_state(self, inputs=None, batch_size=None, dtype=None):
    """The zero state, with batch size and dtype from `inputs` if given.

    Raises ValueError if the two are not given either way, or contradict each
    other.
    """
    if inputs is not None:
      inputs = tf.convert_to_tensor(inputs, name="inputs")
      rows = inputs.shape.as_list()[0]
      if batch_size is not None:
        known = (tf.get_static_value(batch_size) if tf.is_tensor(batch_size)
                 else batch_size)
        if rows != known:
          raise _errors.ArgumentError(problem(
              "batch_size", f"be that of the inputs, {rows}",
              f"{batch_size}", "leave it out"))
      if dtype is not None and inputs.dtype != dtype:
        raise _errors.ArgumentError(problem(
            "dtype", f"be that of the inputs, {inputs.dtype.name}",
            f"{dtype}", "leave it out"))
      batch_size = rows or tf.shape(inputs)[0]
      dtype = inputs.dtype
    if batch_size is None or dtype is None:
      raise _errors.ArgumentError(problem(
          "batch_size", "be given, with dtype, for an initial state",
          f"batch_size={batch_size}, dtype={dtype}",
          "pass both, or inputs"))
    return self.zero_state(batch_size, dtype)

  def zero_state(self, batch_size, dtype):
    """Zeros shaped like the state: `[batch_size, size]` for each leaf.

    Example: `state = cell.zero_state(32, tf.float32)`

    `batch_size` is an int or a scalar tensor.
    """
    with zero_state_scope(self, batch_size):
      return zero_state_tensors(self.state_size, batch_size, dtype)


class LayerRNNCell(RNNCell):
  """A cell that makes its variables in `build`, with `self.add_variable`.

  TF 1.15: `tf.contrib.rnn.LayerRNNCell`.
  """

  def __call__(self, inputs, state, scope=None, *args, **kwargs):
    """Runs one step: `(output, new_state)`; `scope` as in `RNNCell`."""
    state = _snapshot.snapshot_state(state)
    return layer_lib.ScopedLayer.__call__(
        self, inputs, state, *args, scope=scope, **kwargs)
