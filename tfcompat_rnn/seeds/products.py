"""Products: tensordot and einsum."""

import numpy as np

from tfcompat_rnn import _tf
from tfcompat_rnn._tf import tf
from tfcompat_rnn.seeds import Restored


def _fold(tensor, axes, axes_first):
  """`tensor` as a matrix over (free axes, `axes`), or the other way round.

  Returns (matrix, sizes of the free axes as list or tensor, the same as far
  as they are known statically). 1.15 transposed and reshaped in every case.
  """
  shape = tensor.shape
  listed = isinstance(axes, (list, tuple)) and shape.rank is not None
  if listed:
    sizes = shape.as_list()
    axes = [axis if axis >= 0 else axis + len(sizes) for axis in axes]
    free = [axis for axis in range(len(sizes)) if axis not in axes]
    known = [sizes[axis] for axis in free]
  if listed and shape.is_fully_defined():
    product = lambda which: int(np.prod([sizes[axis] for axis in which]))
    order = (axes, free) if axes_first else (free, axes)
    moved = tf.transpose(tensor, [*order[0], *order[1]])
    matrix = tf.reshape(moved, [product(part) for part in order])
    return matrix, known, known
  if listed:
    axes = tf.convert_to_tensor(axes, dtype=tf.int32, name="axes")
    free = tf.convert_to_tensor(free, dtype=tf.int32, name="free")
    sizes = tf.shape(tensor)
  else:
    known = None
    sizes = tf.shape(tensor)
    rank = tf.rank(tensor)
    axes = tf.convert_to_tensor(axes, dtype=tf.int32, name="axes")
    axes = tf.where(axes >= 0, axes, axes + rank)
    free, _ = tf.setdiff1d(tf.range(rank), axes)
  free_sizes = tf.gather(sizes, free)
  axes_sizes = tf.gather(sizes, axes)
  free_product = tf.reduce_prod(free_sizes)
  axes_product = tf.reduce_prod(axes_sizes)
  if axes_first:
    order = tf.concat([axes, free], 0)
    folded = tf.stack([axes_product, free_product])
  else:
    order = tf.concat([free, axes], 0)
    folded = tf.stack([free_product, axes_product])
  return tf.reshape(tf.transpose(tensor, order), folded), free_sizes, known


def _contracted(a, axes):
  """The axes of both operands, from what `tf.tensordot` takes for them."""
  if isinstance(axes, (int, np.integer)):
    rank = a.shape.rank
    if rank is not None:
      return list(range(rank - axes, rank)), list(range(axes))
    rank = tf.rank(a)
    return (tf.range(rank - axes, rank, dtype=tf.int32),
            tf.range(axes, dtype=tf.int32))
  if isinstance(axes, (list, tuple)):
    a_axes, b_axes = axes
    if isinstance(a_axes, (int, np.integer)):
      return [a_axes], [b_axes]
    return a_axes, b_axes
  axes = tf.convert_to_tensor(axes, name="axes", dtype=tf.int32)
  return axes[0], axes[1]


def _are_sound(a, axes):
  """Whether the current function would accept `axes`."""
  if isinstance(axes, (int, np.integer)):
    rank = a.shape.rank
    return axes >= 0 and (rank is None or axes <= rank)
  if isinstance(axes, (list, tuple)):
    if len(axes) != 2:
      return False
    kinds = {isinstance(part, (int, np.integer)) for part in axes}
    return kinds == {True} or (kinds == {False}
                               and len(axes[0]) == len(axes[1]))
  return True


def _tensordot(original):
  def tensordot(a, b, axes, name=None):
    with tf.name_scope(name, "Tensordot", [a, b, axes]) as scope:
      a = tf.convert_to_tensor(a, name="a")
      b = tf.convert_to_tensor(b, name="b")
      if not _are_sound(a, axes):
        return original(a, b, axes, name=scope)
      a_axes, b_axes = _contracted(a, axes)
      a, a_sizes, a_known = _fold(a, a_axes, axes_first=False)
      b, b_sizes, b_known = _fold(b, b_axes, axes_first=True)
      product = tf.matmul(a, b)
      if isinstance(a_sizes, list) and isinstance(b_sizes, list):
        return tf.reshape(product, a_sizes + b_sizes, name=scope)
      a_sizes = tf.convert_to_tensor(a_sizes, dtype=tf.int32)
      b_sizes = tf.convert_to_tensor(b_sizes, dtype=tf.int32)
      product = tf.reshape(
          product, tf.concat([a_sizes, b_sizes], 0), name=scope)
      if a_known is not None and b_known is not None:
        product.set_shape(a_known + b_known)
      return product
  return tensordot


def _einsum(original):
  del original
  # TensorFlow still has 1.15's implementation beside the new one.
  return _tf.private("einsum_v1")


ROWS = [
    Restored("math_ops:tensordot", _tensordot,
             "1.15 transposed and reshaped even where nothing moved"),
    Restored("special_math_ops:einsum", _einsum,
             "1.15 composed it from transpose, reshape and matmul"),
]
