"""Gradients of operations that broadcast, with 1.15's operations.

TensorFlow 2's gradients omit what static shapes make unnecessary; 1.15 created
shapes, axes, sums and reshapes in the graph.
"""

from tfcompat_rnn import _opcount
from tfcompat_rnn._tf import tf
from tfcompat_rnn.seeds.gradients import _pieces as pieces

raw = tf.raw_ops
back = pieces.summed_back


def _add(op, grad):
  x, y = op.inputs
  if pieces.same_known_shapes(x, y, grad):
    return grad, grad
  of_x, of_y = pieces.inferred(x, y, grad)
  return back(grad, of_x), back(grad, of_y)


def _subtract(op, grad):
  x, y = op.inputs
  if pieces.same_known_shapes(x, y, grad):
    return grad, -grad
  of_x, of_y = pieces.inferred(x, y, grad)
  return back(grad, of_x), back(-grad, of_y)


def _multiply(op, grad):
  x, y = op.inputs
  if (pieces.same_known_shapes(x, y, grad)
      and grad.dtype in (tf.int32, tf.float32)):
    return raw.Mul(x=grad, y=y), raw.Mul(x=grad, y=x)
  of_x, of_y = pieces.inferred(x, y, grad)
  x, y = tf.conj(x), tf.conj(y)
  return (back(raw.Mul(x=grad, y=y), of_x), back(raw.Mul(x=x, y=grad), of_y))


def _multiply_no_nan(op, grad):
  x, y = op.inputs
  if pieces.same_known_shapes(x, y, grad):
    return raw.MulNoNan(x=grad, y=y), raw.MulNoNan(x=x, y=grad)
  of_x, of_y = pieces.measured(x, y)
  return (back(raw.MulNoNan(x=grad, y=y), of_x),
          back(raw.MulNoNan(x=x, y=grad), of_y))


def _quotient(divide):
  """d(x/y): grad / y and grad * (-x / y) / y, for one kind of division."""
  def gradient(op, grad):
    x, y = op.inputs
    of_x, of_y = pieces.measured(x, y)
    x, y = tf.conj(x), tf.conj(y)
    x_grad = back(divide(grad, y), of_x)
    return x_grad, back(grad * divide(divide(-x, y), y), of_y)
  return gradient


def _remainder(op, grad):
  x, y = tf.conj(op.inputs[0]), tf.conj(op.inputs[1])
  of_x, of_y = pieces.measured(x, y)
  whole = raw.FloorDiv(x=x, y=y)
  return back(grad, of_x), back(grad * tf.negative(whole), of_y)


def _power(op, grad):
  x, y = op.inputs
  of_x, of_y = pieces.inferred(x, y, grad)
  x, y = tf.conj(x), tf.conj(y)
  x_grad = back(grad * y * tf.pow(x, y - 1), of_x)
  power = tf.conj(op.outputs[0])
  # log(x) only if it is finite and real.
  usable = tf.not_equal(x, 0) if x.dtype.is_complex else x > 0
  safe = tf.where(usable, x, tf.ones_like(x))
  log = tf.where(usable, tf.log(safe), tf.zeros_like(x))
  return x_grad, back(grad * power * log, of_y)


def _choice(chosen):
  """d max(x, y) or d min(x, y): the gradient goes to the one `chosen`."""
  def gradient(op, grad):
    x, y = op.inputs
    x_shape, y_shape = tf.shape(x), tf.shape(y)
    zeros = tf.zeros(tf.shape(grad), grad.dtype)
    is_x = chosen(x, y)
    x_axes, y_axes = raw.BroadcastGradientArgs(s0=x_shape, s1=y_shape)
    of_x = pieces.Operand(x_shape, x_axes, True)
    of_y = pieces.Operand(y_shape, y_axes, True)
    x_grad = back(tf.where(is_x, grad, zeros), of_x)
    return x_grad, back(tf.where(is_x, zeros, grad), of_y)
  return gradient


def _squared_difference(op, grad):
  x, y = op.inputs
  with tf.control_dependencies([grad]):
    x_grad = tf.scalar_mul(2.0, grad) * (x - y)
  if pieces.same_known_shapes(x, y, grad):
    return x_grad, -x_grad
  of_x, of_y = pieces.inferred(x, y, grad)
  return back(x_grad, of_x), -back(x_grad, of_y)


def _select_v2(op, grad):
  condition, x, y = op.inputs
  zeros = tf.zeros([], dtype=grad.dtype.base_dtype)
  shape = None
  grads = []
  for operand, branches in ((x, (grad, zeros)), (y, (zeros, grad))):
    part = tf.where_v2(condition, *branches)
    own_shape = tf.shape(operand)
    shape = tf.shape(op.outputs[0]) if shape is None else shape
    axes, _ = raw.BroadcastGradientArgs(s0=own_shape, s1=shape)
    part = tf.reduce_sum(part, keepdims=True, axis=axes)
    grads.append(tf.reshape(part, own_shape))
  return (None, *grads)


def _complex(op, grad):
  of_x, of_y = pieces.measured(*op.inputs)
  return back(tf.real(grad), of_x), back(tf.imag(grad), of_y)


def _atan2(op, grad):
  y, x = op.inputs
  with tf.control_dependencies([grad]):
    scaled = grad / (tf.square(x) + tf.square(y))
    grads = x * scaled, -y * scaled
  if pieces.same_known_shapes(x, y):
    return grads
  # 1.15 forgot that they may have been broadcast, and we must not.
  with _opcount.uncounted():
    of_y, of_x = pieces.measured(y, x)
    return back(grads[0], of_y), back(grads[1], of_x)


def _batch_matmul(op, grad):
  x, y = op.inputs
  x_adjoint, y_adjoint = op.get_attr("adj_x"), op.get_attr("adj_y")
  if x_adjoint:
    x_grad = tf.matmul(y, grad, adjoint_a=y_adjoint, adjoint_b=True)
  else:
    x_grad = tf.matmul(grad, y, adjoint_b=not y_adjoint)
  if y_adjoint:
    y_grad = tf.matmul(grad, x, adjoint_a=True, adjoint_b=x_adjoint)
  else:
    y_grad = tf.matmul(x, grad, adjoint_a=not x_adjoint)
  if pieces.same_known_shapes(x, y):
    return x_grad, y_grad
  x_shape, y_shape = tf.shape(x), tf.shape(y)
  x_axes, y_axes = raw.BroadcastGradientArgs(s0=x_shape[:-2], s1=y_shape[:-2])
  return (back(x_grad, pieces.Operand(x_shape, x_axes, True)),
          back(y_grad, pieces.Operand(y_shape, y_axes, True)))


_SHAPES = "1.15 left shapes, axes, sums and reshapes in the graph"

ROWS = [pieces.registered(op_type, gradient, _SHAPES)
        for op_type, gradient in (
            ("Add", _add), ("AddV2", _add), ("Sub", _subtract),
            ("Mul", _multiply), ("MulNoNan", _multiply_no_nan),
            ("Div", _quotient(tf.divide)), ("RealDiv", _quotient(tf.realdiv)),
            ("DivNoNan", _quotient(tf.div_no_nan)), ("FloorMod", _remainder),
            ("Pow", _power), ("Maximum", _choice(tf.greater_equal)),
            ("Minimum", _choice(tf.less_equal)),
            ("SquaredDifference", _squared_difference),
            ("SelectV2", _select_v2), ("Complex", _complex),
            ("Atan2", _atan2), ("BatchMatMulV2", _batch_matmul))]
