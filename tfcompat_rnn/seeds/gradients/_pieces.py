"""The building blocks of 1.15's gradient functions, op for op.

TensorFlow 2's gradients compute more while the graph is built and create fewer
operations. The functions here create those that 1.15 created.
"""

import typing
import weakref

import numpy as np

from tfcompat_rnn._tf import tf
from tfcompat_rnn.seeds import Restored

raw = tf.raw_ops

# graph -> {question: answer}. 1.15 created the operations of such an answer the
# first time and reused it from then on.
_remembered = weakref.WeakKeyDictionary()


class Operand(typing.NamedTuple):
  """How an operand of a broadcasting operation was broadcast.

  `shape` and `axes` are tuples or tensors; `differs` says whether a gradient
  has to be summed at all.
  """
  shape: object
  axes: object
  differs: bool


def registered(op_type, gradient, reason):
  """The row that installs `gradient(op, *grads)` for `op_type`."""
  return Restored(
      f"framework_ops:_gradient_registry._registry[{op_type}][type]",
      lambda original: gradient, reason)


def static_shape(tensor):
  """The static shape as a tuple, None if the rank is not known."""
  if not isinstance(tensor, tf.Tensor) or tensor.shape.rank is None:
    return None
  return tuple(tensor.shape.as_list())


def is_known(shape):
  """Whether a static shape is known in every dimension."""
  return shape is not None and None not in shape


def same_known_shapes(*tensors):
  """Whether the static shapes of all are known and equal."""
  shapes = [static_shape(tensor) for tensor in tensors]
  return is_known(shapes[0]) and all(s == shapes[0] for s in shapes)


def remember(question, answer):
  """The answer to `question` in this graph; `answer()` is called once."""
  answers = _remembered.setdefault(tf.get_default_graph(), {})
  if question not in answers:
    answers[question] = answer()
  return answers[question]


def broadcast_axes(x_shape, y_shape):
  """Along which axes of the result each of two known shapes is repeated.

  >>> broadcast_axes((3,), (2, 3))
  ((0,), ())
  """
  if x_shape == y_shape:
    return (), ()
  rank = max(len(x_shape), len(y_shape))
  x = (1,) * (rank - len(x_shape)) + tuple(x_shape)
  y = (1,) * (rank - len(y_shape)) + tuple(y_shape)
  return (tuple(i for i in range(rank) if x[i] == 1),
          tuple(i for i in range(rank) if y[i] == 1))


def measured(x, y):
  """Both operands' broadcasting, computed when the graph runs."""
  return _at_run_time(tf.shape(x), tf.shape(y))


def _at_run_time(x_shape, y_shape):
  axes = raw.BroadcastGradientArgs(s0=x_shape, s1=y_shape)
  return (Operand(x_shape, axes[0], True), Operand(y_shape, axes[1], True))


def inferred(x, y, grad):
  """Both operands' broadcasting, from static shapes if they are known."""
  if not isinstance(grad, tf.Tensor):
    return measured(x, y)
  x_shape, y_shape = static_shape(x), static_shape(y)
  if not (is_known(x_shape) and is_known(y_shape)):
    # A shape of which nothing is folded, even if it is known.
    return _at_run_time(raw.Shape(input=x), raw.Shape(input=y))

  def leave_operations():
    raw.BroadcastGradientArgs(s0=_integers(x_shape), s1=_integers(y_shape))
    return broadcast_axes(x_shape, y_shape)
  x_axes, y_axes = remember(("broadcast", x_shape, y_shape), leave_operations)
  grad_shape = static_shape(grad)
  return (Operand(x_shape, x_axes, x_shape != grad_shape),
          Operand(y_shape, y_axes, y_shape != grad_shape))


def _integers(values):
  # An empty list would be converted to a float tensor.
  return np.asarray(values, np.int32)


def summed_back(grad, operand):
  """`grad` summed along what was broadcast, in the operand's shape."""
  if not operand.differs:
    return grad
  axes, shape = operand.axes, operand.shape
  if isinstance(axes, tuple):
    axes, shape = _integers(axes), _integers(shape)
  return tf.reshape(tf.reduce_sum(grad, axes), shape)


def kept_shape(shape, axes):
  """The shape after a reduction that keeps its dimensions with size 1."""
  shape = tf.cast(shape, tf.int32)
  axes = tf.cast(axes, tf.int32)
  rank = tf.size(shape)
  axes = (axes + rank) % rank
  ones_shape = tf.shape(axes)
  return raw.DynamicStitch(indices=[tf.range(rank), axes],
                           data=[shape, tf.fill(ones_shape, 1)])


def safe_quotient(x, y):
  """`x // y`, and 0 where both are 0."""
  return x // tf.maximum(y, 1)
