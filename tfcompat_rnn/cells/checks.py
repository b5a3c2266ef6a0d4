"""Checks of a cell's arguments: 1.15's, with messages that name the remedy."""

import numbers
import operator

from tfcompat_rnn import _errors
from tfcompat_rnn import _nest
from tfcompat_rnn._errors import problem
from tfcompat_rnn._tf import tf

# Callers of 1.15 match on these words.
NOT_A_CELL = "is not an RNNCell"


class InputSpec:
  """Requirements on a layer's inputs; a field left out is not checked.

  Example: `self.input_spec = InputSpec(ndim=2)`.

  TF 1.15: `tf.layers.InputSpec`.
  """

  def __init__(self, dtype=None, shape=None, ndim=None, max_ndim=None,
               min_ndim=None, axes=None):
    self.dtype = None if dtype is None else tf.as_dtype(dtype).name
    self.shape = shape
    self.ndim = ndim if shape is None else len(shape)
    self.max_ndim = max_ndim
    self.min_ndim = min_ndim
    self.axes = {int(axis): size for axis, size in (axes or {}).items()}

  def __repr__(self):
    known = [f"{field}={value}" for field, value in vars(self).items()
             if value not in (None, {})]
    return f"InputSpec({', '.join(known)})"


def check_inputs(spec, inputs, layer_name):
  """Raises `ArgumentError` (ValueError) if `inputs` do not meet `spec`."""
  if not spec:
    return
  tensors, specs = _nest.flatten_state(inputs), _nest.flatten_state(spec)
  if len(tensors) != len(specs):
    raise _errors.ArgumentError(problem(
        "inputs", f"be {len(specs)} tensor(s) for {layer_name}",
        f"{len(tensors)}", "pass them as one tensor: tf.concat(inputs, 1)"))
  for tensor, one in zip(tensors, specs):
    if one is not None:
      _check_one_input(one, tensor, layer_name)


def _check_one_input(spec, tensor, layer_name):
  shape = tensor.shape
  rank = shape.ndims
  ranked = (spec.ndim, spec.min_ndim, spec.max_ndim) != (None, None, None)
  wrong = []
  if ranked and rank is None:
    raise _errors.ArgumentError(problem(
        "inputs", f"have a known rank for {layer_name}", "unknown rank",
        "set it: inputs.set_shape([None, depth])"))
  if spec.ndim is not None and rank != spec.ndim:
    wrong.append(f"rank {spec.ndim}")
  if spec.max_ndim is not None and rank > spec.max_ndim:
    wrong.append(f"rank {spec.max_ndim} at most")
  if spec.min_ndim is not None and rank < spec.min_ndim:
    wrong.append(f"rank {spec.min_ndim} at least")
  if spec.dtype is not None and tensor.dtype.base_dtype.name != spec.dtype:
    wrong.append(f"dtype {spec.dtype}")
  if not wrong and rank is not None:
    sizes = shape.as_list()
    wanted = dict(enumerate(spec.shape)) if spec.shape is not None else {}
    wanted.update(spec.axes or {})
    for axis, size in wanted.items():
      size = getattr(size, "value", size)
      if size is not None and sizes[axis] not in (None, size):
        wrong.append(f"size {size} on axis {axis}")
  if wrong:
    raise _errors.ArgumentError(problem(
        "inputs", f"have {' and '.join(wrong)} for {layer_name}",
        f"shape {shape}, dtype {tensor.dtype.base_dtype.name}",
        "a cell takes one step, [batch, depth]; for [batch, time, depth] "
        "use tf.nn.dynamic_rnn"))


def check_cell(name, cell):
  """Raises `ArgumentTypeError` (TypeError) unless `cell` can be used as a cell.

  Any object is accepted that can be called and has `output_size`, `state_size`
  and `zero_state` or `get_initial_state`. A class instead of an instance is
  not.
  """
  check_instance(name, cell)
  missing = [attribute for attribute in ("output_size", "state_size")
             if not _has(cell, attribute)]
  if not (_has(cell, "zero_state") or _has(cell, "get_initial_state")):
    missing.append("zero_state()")
  if not callable(cell):
    missing.append("__call__()")
  if missing:
    raise _errors.ArgumentTypeError(
        f"`{name}` ({cell!r}) {NOT_A_CELL}: it must have output_size, "
        f"state_size, zero_state() and a call, got none of "
        f"{', '.join(missing)}; pass an instance of a cell class such as "
        "tf.nn.rnn_cell.BasicLSTMCell(num_units)")


def check_instance(name, cell):
  """Raises `ArgumentTypeError` if `cell` is a class or a list of cells."""
  if isinstance(cell, type):
    raise _errors.ArgumentTypeError(
        f"`{name}` {NOT_A_CELL}: " + problem(
            name, "be a cell, an instance", f"the class {cell.__name__}",
            f"instantiate it: {cell.__name__}(num_units)"))
  if isinstance(cell, (list, tuple)):
    raise _errors.ArgumentTypeError(
        f"`{name}` {NOT_A_CELL}: " + problem(
            name, "be one cell", f"a {type(cell).__name__} of {len(cell)}",
            "wrap them: MultiRNNCell(cells)"))


def _has(thing, attribute):
  try:
    getattr(thing, attribute)
  except AttributeError:
    return False
  return True


def check_units(name, value):
  """`value` as a plain int; like TensorFlow 1.15, it accepts whole floats.

  Raises `ArgumentTypeError` if it is not a number; `ArgumentError` for text,
  fractions and negative numbers.
  """
  if isinstance(value, str):
    raise _errors.ArgumentError(problem(
        name, "be an int", repr(value), f"pass int({value!r}) if it is one"))
  size = getattr(value, "value", value)  # tf.Dimension
  step = f"pass the number of units, e.g. {name}=128"
  if isinstance(size, numbers.Real) and not isinstance(size, numbers.Integral):
    if size != int(size):
      raise _errors.ArgumentError(problem(
          name, "be a whole number", repr(value), step))
    size = int(size)
  try:
    size = operator.index(size)
  except TypeError:
    raise _errors.ArgumentTypeError(problem(
        name, "be an int", f"{value!r} ({type(value).__name__})",
        step)) from None
  if size < 0:
    raise _errors.ArgumentError(problem(
        name, "not be negative", repr(value), step))
  return size


def check_optional_units(name, value):
  """None, or `value` as `check_units` returns it."""
  return None if value is None else check_units(name, value)


def check_float(dtype):
  """Raises `ArgumentError` unless `dtype` is floating, complex or None."""
  kind = tf.float32 if dtype is None else tf.as_dtype(dtype)
  if not kind.is_floating and not kind.is_complex:
    raise _errors.ArgumentError(problem(
        "dtype", "be floating point for an RNN cell", kind.name,
        "convert the inputs: tf.cast(inputs, tf.float32)"))


def check_step_dtypes(inputs, state, kernel):
  """Raises unless inputs, state and kernel have the same floating dtype.

  Raises `ArgumentError` (ValueError) for integers, `ArgumentTypeError`
  (TypeError) if two of them differ.
  """
  found = []
  for leaf in _nest.flatten_state([inputs, state]):
    dtype = getattr(leaf, "dtype", None)
    if dtype is not None:
      dtype = tf.as_dtype(dtype).base_dtype
      check_float(dtype)
      if tf.is_tensor(leaf):  # an array is converted where it is used
        found.append(dtype)
  if len(set(found)) > 1:
    raise _errors.ArgumentTypeError(problem(
        "state", f"have the dtype of the inputs, {found[0].name}",
        ", ".join(dtype.name for dtype in found[1:]),
        f"build it with cell.zero_state(batch_size, tf.{found[0].name}) or "
        "tf.cast it"))
  made = tf.as_dtype(kernel.dtype).base_dtype
  if found and found[0] != made:
    raise _errors.ArgumentTypeError(problem(
        "inputs", f"have the dtype of the cell's variables, {made.name}",
        found[0].name, f"build the cell with dtype=tf.{found[0].name} or "
        "tf.cast the inputs"))


def check_floating(cell, dtype):
  """Raises `ArgumentTypeError` (TypeError) unless `dtype` is floating point."""
  dtype = tf.as_dtype(dtype or tf.float32)
  if not dtype.is_floating:
    raise _errors.ArgumentTypeError(problem(
        "inputs", f"be floating point for {cell.name}", dtype.name,
        "tf.cast(inputs, tf.float32)"))


def check_float_step(cell, inputs, state, kernel=None):
  """Like `check_step_dtypes`, but `ArgumentTypeError` for integer inputs, too.

  `kernel` is None for cells whose variables have the dtype of the inputs.
  """
  check_floating(cell, inputs.dtype)
  check_step_dtypes(inputs, state, inputs if kernel is None else kernel)


def known_depth(inputs_shape):
  """The last dimension of `inputs_shape`, or `ArgumentError`."""
  shape = tf.TensorShape(inputs_shape)
  depth = shape.as_list()[-1] if shape.ndims else None
  if depth is None:
    raise _errors.ArgumentError(problem(
        "inputs", "have a known last dimension", f"shape {shape}",
        "set it: inputs.set_shape([None, depth])"))
  return depth


def row_depth(cell, inputs):
  """The depth of `inputs` `[batch, depth]`, or `ArgumentError`."""
  check_inputs(InputSpec(ndim=2), inputs, cell.name)
  return known_depth(inputs.shape)


def split_pair(cell, state):
  """`(c, h)` of an LSTM state, checked.

  Raises `ArgumentTypeError` (TypeError) for a single tensor, `ArgumentError`
  (ValueError) if there are not two parts.
  """
  step = ("pass cell.zero_state(batch_size, dtype) or LSTMStateTuple(c, h); "
          "for one tensor [c, h] build the cell with state_is_tuple=False")
  if not isinstance(state, (list, tuple)):
    raise _errors.ArgumentTypeError(problem(
        "state", f"be a pair (c, h) for {cell.name}", _nest.describe(state),
        step))
  if len(state) != 2:
    raise _errors.ArgumentError(problem(
        "state", f"be a pair (c, h) for {cell.name}", f"{len(state)} parts",
        step))
  return state


def check_leaf(cell, state):
  """Raises `ArgumentError` if `state` is nested where one tensor is needed."""
  if _nest.is_nested(state):
    raise _errors.ArgumentError(problem(
        "state", f"be one tensor [batch, {cell.state_size}] for {cell.name}",
        _nest.describe(state), "pass cell.zero_state(batch_size, dtype)"))
