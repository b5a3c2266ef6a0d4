"""The linear map that older cells, and users' own cells, were built on."""

import copy

from tfcompat_rnn import _errors
from tfcompat_rnn import _nest
from tfcompat_rnn._errors import problem
from tfcompat_rnn._tf import tf


def _as_list(args):
  if args is None or (_nest.is_nested(args) and not args):
    raise _errors.ArgumentError(problem(
        "args", "be one tensor or several", repr(args), "pass [inputs, state]"))
  return list(args) if _nest.is_nested(args) else [args]


def _total_depth(tensors):
  total = 0
  for tensor in tensors:
    shape = tensor.shape
    if shape.ndims != 2 or shape.as_list()[1] is None:
      raise _errors.ArgumentError(problem(
          "args", "each be [batch, depth] with a known depth",
          ", ".join(str(t.shape) for t in tensors),
          "reshape, or set_shape([None, depth])"))
    total += shape.as_list()[1]
  return total


def join(tensors):
  """`tensors` `[batch, ...]` side by side; a single one as it is."""
  return tensors[0] if len(tensors) == 1 else tf.concat(tensors, 1)


def check_dtype(variable, inputs):
  """Raises `ArgumentTypeError` unless both have the same dtype.

  For cells that get their variables from the scope without naming a dtype.
  """
  wanted, got = variable.dtype.base_dtype, inputs.dtype.base_dtype
  if wanted != got:
    raise _errors.ArgumentTypeError(problem(
        "inputs", f"be {wanted.name} like the variable {variable.name}",
        got.name, "cast them, or call the cell inside "
        f"tf.variable_scope(..., dtype=tf.{got.name})"))


def get_bias(size, dtype, initializer=None):
  """The variable `bias` `[size]` of the current scope, zeros by default."""
  with tf.variable_scope(tf.get_variable_scope()) as scope:
    # Biases are never split, whatever partitioner the scope has.
    scope.set_partitioner(None)
    if initializer is None:
      initializer = tf.constant_initializer(0.0)
    return tf.get_variable(
        "bias", [size], dtype=dtype, initializer=initializer)


class Linear:
  """`concat(args, 1) W + b`; the constructor makes the variables.

  Example: `Linear([x, h], 4 * units, build_bias=True)([x, h])`

  Makes `kernel` `[sum of depths, output_size]` and, if `build_bias`, `bias`
  `[output_size]` in the current variable scope. Raises ValueError unless
  every argument is `[batch, depth]` with a known depth.

  TF 1.15: `tensorflow.contrib.rnn.python.ops.core_rnn_cell._Linear`.
  """

  def __init__(self, args, output_size, build_bias, bias_initializer=None,
               kernel_initializer=None):
    tensors = _as_list(args)
    self._is_sequence = _nest.is_nested(args)
    self._build_bias = build_bias
    dtype = tensors[0].dtype.base_dtype
    with tf.variable_scope(tf.get_variable_scope()):
      self._weights = tf.get_variable(
          "kernel", [_total_depth(tensors), output_size], dtype=dtype,
          initializer=kernel_initializer)
      if build_bias:
        self._biases = get_bias(output_size, dtype, bias_initializer)

  def __deepcopy__(self, memo):
    return copy.copy(self)  # variables belong to their graph: not copied

  def __call__(self, args):
    tensors = list(args) if self._is_sequence else [args]
    if len(tensors) == 1:
      joined = tensors[0]
    else:
      # The axis is an operation of its own, as in 1.15's graph.
      joined = tf.concat(tensors, tf.constant(1, dtype=tf.int32))
    result = tf.matmul(joined, self._weights)
    if self._build_bias:
      result = tf.nn.bias_add(result, self._biases)
    return result


class LinearKeeper:
  """Mixin for cells that make their linear maps at the first step.

  They are kept in the attributes that 1.15 kept them in, which are None before
  that step.
  """

  _linear = _linear1 = _linear2 = _linear3 = None

  def _apply_linear(self, attribute, args, output_size):
    """`concat(args, 1) W + b` by the map kept in `attribute`."""
    if getattr(self, attribute) is None:
      setattr(self, attribute, Linear(args, output_size, True))
    return getattr(self, attribute)(args)

  def forget_variables(self):
    super().forget_variables()
    for key, value in vars(self).items():
      if isinstance(value, Linear):
        vars(self)[key] = None
      elif isinstance(value, list) and any(
          isinstance(part, Linear) for part in value):
        vars(self)[key] = [None] * len(value)


def linear(args, output_size, bias, bias_initializer=None,
           kernel_initializer=None):
  """`concat(args, 1) W + b` in one call.

  Example: `gates = linear([x, h], 4 * units, True)`

  Variables and errors are those of `Linear`.

  TF 1.15: `tensorflow.contrib.rnn.python.ops.core_rnn_cell._linear`.
  """
  tensors = _as_list(args)
  dtype = tensors[0].dtype.base_dtype
  depth = _total_depth(tensors)
  with tf.variable_scope(tf.get_variable_scope()):
    weights = tf.get_variable(
        "kernel", [depth, output_size], dtype=dtype,
        initializer=kernel_initializer)
    result = tf.matmul(join(tensors), weights)
    if not bias:
      return result
    biases = get_bias(output_size, dtype, bias_initializer)
    return tf.nn.bias_add(result, biases)


# Private in 1.15, but programs import them.
_Linear = Linear
_linear = linear
