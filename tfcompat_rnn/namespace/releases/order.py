"""Which of two tensors is the prediction: its past holds the variables."""

import numbers

from tfcompat_rnn._tf import tf

_VARIABLES = ("Variable", "VariableV2", "VarHandleOp", "ReadVariableOp")
_LIMIT = 20000


def depends_on_variables(value):
  """Whether the tensor `value` is computed from a trainable variable."""
  if isinstance(value, tf.Variable):
    return True
  if not tf.is_tensor(value) or tf.executing_eagerly():
    return False
  trainable = {variable.op.name for variable in tf.trainable_variables()}
  seen, waiting = set(), [value.op]
  while waiting and len(seen) < _LIMIT:
    operation = waiting.pop()
    if operation in seen:
      continue
    seen.add(operation)
    if operation.type in _VARIABLES and (
        operation.name in trainable
        or operation.name.rpartition("/")[0] in trainable):
      return True
    waiting.extend(tensor.op for tensor in operation.inputs)
  return False


def first_is_prediction(first, second):
  """True or False if the graph tells, otherwise None."""
  one, other = depends_on_variables(first), depends_on_variables(second)
  return None if one == other else one


def is_float(value):
  """Whether `value` has a floating dtype; None if it has none."""
  dtype = getattr(value, "dtype", None)
  if dtype is None:
    return None
  return tf.as_dtype(dtype).is_floating


def is_integer(value):
  """Whether `value` is an integer, or a tensor or an array of integers."""
  if isinstance(value, bool) or value is None:
    return False
  dtype = getattr(value, "dtype", None)
  if dtype is None:
    return isinstance(value, numbers.Integral)
  return tf.as_dtype(dtype).is_integer
