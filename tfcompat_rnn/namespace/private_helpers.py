"""Small private functions of 1.15 that programs import and that are gone."""

import collections.abc

from tfcompat_rnn import _errors
from tfcompat_rnn._tf import private
from tfcompat_rnn._tf import tf
from tfcompat_rnn.cells import checks

WEIGHTS_VARIABLE_NAME = "kernel"
BIAS_VARIABLE_NAME = "bias"
ASSERT_LIKE_RNNCELL_ERROR_REGEXP = "is not an RNNCell"


def assert_like_rnncell(cell_name, cell):
  """Raises a TypeError unless `cell` has the methods of an RNN cell.

  TF 1.15: `tensorflow.python.ops.rnn_cell_impl.assert_like_rnncell`.
  """
  checks.check_cell(cell_name, cell)


def like_rnncell(cell):
  """Whether `cell` has the methods of an RNN cell.

  TF 1.2 to 1.8: `tensorflow.python.ops.rnn_cell_impl._like_rnncell`.
  """
  try:
    checks.check_cell("cell", cell)
  except TypeError:
    return False
  return True


def hasattr_quietly(thing, name):
  """`hasattr`, also for a property that raises AttributeError."""
  try:
    getattr(thing, name)
  except AttributeError:
    return False
  return True


def check_input_dtypes(inputs):
  """Raises ValueError unless all tensors in `inputs` are float or complex."""
  for tensor in tf.nest.flatten(inputs):
    check_supported_dtype(tensor.dtype)


def check_supported_dtype(dtype):
  """Raises ValueError unless `dtype` is None, float or complex."""
  if dtype is not None:
    checks.check_float(tf.as_dtype(dtype).name)


class RegisterShape:
  """1.15's decorator, which had no effect there any more.

  >>> @ops.RegisterShape("MyOp")
  ... def _my_op_shape(op): ...

  Shape functions have come from the op library since TensorFlow 1.0.
  """

  def __init__(self, op_type):
    if not isinstance(op_type, str):
      raise _errors.ArgumentTypeError(_errors.problem(
          "op_type", "be the name of an operation", repr(op_type),
          "pass it as a string"))

  def __call__(self, shape_function):
    return shape_function


def unknown_shape(op):
  """One unknown shape for each output of `op`."""
  return [tf.TensorShape(None) for _ in op.outputs]


def scalar():
  """`TensorShape([])`."""
  return tf.TensorShape([])


def vector(length):
  """`TensorShape([length])`."""
  return tf.TensorShape([length])


def matrix(rows, cols):
  """`TensorShape([rows, cols])`."""
  return tf.TensorShape([rows, cols])


class _RegisteredOps(collections.abc.Mapping):
  """Op name -> OpDef, looked up one by one."""

  def __getitem__(self, name):
    definition = private("op_def_registry").get(name)
    if definition is None:
      raise KeyError(name)
    return definition

  def __iter__(self):
    return iter(sorted(name for name in dir(tf.raw_ops)
                       if not name.startswith("_")))

  def __len__(self):
    return len(list(iter(self)))


_registered_ops = _RegisteredOps()


def get_registered_ops():
  """A mapping from op name to its OpDef.

  Iterating over it gives the ops of `tf.raw_ops`; a look-up finds any op.
  """
  return _registered_ops
