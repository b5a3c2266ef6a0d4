"""Gradients of reductions, with 1.15's operations."""

import numpy as np

from tfcompat_rnn._tf import tf
from tfcompat_rnn.seeds import Restored
from tfcompat_rnn.seeds.gradients import _pieces as pieces


def _sum(op, grad):
  x, axes = op.inputs
  shape, static_axes = pieces.static_shape(x), tf.get_static_value(axes)
  if shape is not None and static_axes is not None:
    if np.array_equal(static_axes, np.arange(len(shape))):
      grad = tf.reshape(grad, [1] * len(shape))
      whole = (tf.constant(shape, tf.int32) if pieces.is_known(shape)
               else tf.shape(x))
      return tf.tile(grad, whole), None
    if pieces.is_known(shape):
      kept, repeats = _shapes_of_reduction(
          shape, tuple(int(axis) for axis in static_axes.reshape(-1)))
      return tf.tile(tf.reshape(grad, kept), repeats), None
  whole = tf.shape(x)
  with tf.colocate_with(whole):
    kept = pieces.kept_shape(whole, axes)
    repeats = pieces.safe_quotient(whole, kept)
  return tf.tile(tf.reshape(grad, kept), repeats), None


def _shapes_of_reduction(shape, axes):
  """The shape with the reduced axes set to 1, and how to undo that."""
  def leave_operations():
    pieces.kept_shape(shape, axes)
    kept = np.array(shape, np.int32)
    kept[list(axes)] = 1
    pieces.safe_quotient(shape, tuple(kept))
    return tuple(kept), tuple(np.array(shape, np.int32) // np.maximum(kept, 1))
  return pieces.remember(("reduction", shape, axes), leave_operations)


def _extreme(op, grad):
  """d max or d min: shared equally by all elements that attain it."""
  x, axes = op.inputs
  kept = pieces.kept_shape(tf.shape(x), axes)
  extreme = tf.reshape(op.outputs[0], kept)
  grad = tf.reshape(grad, kept)
  attains = tf.cast(tf.equal(extreme, x), grad.dtype)
  number = tf.reshape(tf.reduce_sum(attains, axes), kept)
  return tf.divide(attains, number) * grad, None


def _mean(op, grad):
  x, mean = op.inputs[0], op.outputs[0]
  total = _sum(op, grad)[0]
  shape, mean_shape = pieces.static_shape(x), pieces.static_shape(mean)
  if pieces.is_known(shape) and pieces.is_known(mean_shape):
    number = int(np.prod(shape)) // max(int(np.prod(mean_shape)), 1)
    number = tf.constant(number, dtype=total.dtype)
  else:
    shape, mean_shape = tf.shape(x), tf.shape(mean)
    size = tf.reduce_prod(shape)
    number = pieces.safe_quotient(size, tf.reduce_prod(mean_shape))
  return tf.truediv(total, tf.cast(number, total.dtype)), None


def _product(op, grad):
  """d prod: for each element the product of all others, even with zeros."""
  x = op.inputs[0]
  shape = tf.shape(x)
  axes = tf.reshape(op.inputs[1], [-1])
  kept = pieces.kept_shape(shape, op.inputs[1])
  repeats = pieces.safe_quotient(shape, kept)
  grad = tf.tile(tf.reshape(grad, kept), repeats)
  with tf.device("/cpu:0"):
    rank = tf.rank(x)
    axes = tf.cast((axes + rank) % rank, tf.int32)
    others, _ = tf.setdiff1d(tf.range(0, rank), axes)
    order = tf.concat([axes, others], 0)
    reduced = tf.reduce_prod(tf.gather(shape, axes))
    remaining = tf.reduce_prod(tf.gather(shape, others))
  ordered = tf.transpose(x, order)
  ordered_shape = tf.shape(ordered)
  flat = tf.reshape(ordered, (reduced, remaining))
  before = tf.cumprod(flat, axis=0, exclusive=True)
  after = tf.cumprod(flat, axis=0, exclusive=True, reverse=True)
  partial = tf.reshape(tf.conj(before) * tf.conj(after), ordered_shape)
  partial = grad * tf.transpose(partial, tf.invert_permutation(order))
  return tf.reshape(partial, shape), None


_SHAPES = "1.15 computed the shapes of reductions in the graph"

ROWS = [
    Restored("math_ops:reduced_shape", lambda original: pieces.kept_shape,
             _SHAPES),
] + [pieces.registered(op_type, gradient, _SHAPES)
     for op_type, gradient in (
         ("Sum", _sum), ("Max", _extreme), ("Min", _extreme),
         ("Mean", _mean), ("Prod", _product))]
