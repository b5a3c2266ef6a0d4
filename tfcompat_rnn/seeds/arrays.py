"""Arrays: zeros and ones, split, transpose, diagonals, ranges."""

import functools
import numbers
import operator

from tfcompat_rnn._tf import tf
from tfcompat_rnn.seeds import Restored


def _leave_product(shape):
  """Creates what 1.15 did to see whether the constant would be small.

  Where a size was a tensor it could not tell, and the products and the
  comparison stayed in the graph.
  """
  if (isinstance(shape, (list, tuple)) and shape
      and any(tf.is_tensor(size) for size in shape)):
    try:
      product = functools.reduce(operator.mul, shape)
      tf.less(product, 1000)
    except (TypeError, ValueError):
      pass  # e.g. sizes of different dtypes: it ended there


def _filled(default_name):
  def make(original):
    def fill(shape, dtype=tf.float32, name=None, **others):
      if not isinstance(shape, (list, tuple)):
        return original(shape, dtype=dtype, name=name, **others)
      with tf.name_scope(name, default_name, [shape]) as scope:
        _leave_product(shape)
        return original(shape, dtype=dtype, name=scope, **others)
    return fill
  return make


def _ones_like(original):
  del original

  def ones_like(tensor, dtype=None, name=None, optimize=True, **others):
    del optimize, others
    with tf.name_scope(name, "ones_like", [tensor]) as scope:
      tensor = tf.convert_to_tensor(tensor, name="tensor")
      # TensorFlow 2 passes tf.ones the static shape if it is known.
      shape = tf.shape(tensor)
      ones = tf.ones(shape, tensor.dtype if dtype is None else dtype,
                     name=scope)
      ones.set_shape(tensor.shape)
      return ones
  return ones_like


def _split(original):
  def split(value, num_or_size_splits, axis=0, num=None, name="split"):
    if isinstance(num_or_size_splits, (numbers.Integral, tf.Dimension)):
      # 1.15 converted the count to a tensor before it looked at it.
      tf.convert_to_tensor(num_or_size_splits)
    return original(value, num_or_size_splits, axis=axis, num=num, name=name)
  return split


def _transpose(original):
  def transpose(a, perm=None, name="transpose", conjugate=False):
    with tf.name_scope(name, "transpose", [a]) as scope:
      a = tf.convert_to_tensor(a, name="a")
      if perm is not None or a.shape.rank is not None:
        return original(a, perm=perm, name=scope, conjugate=conjugate)
      # If the rank is unknown: (rank - 1) - [0, 1, ...].
      rank = tf.rank(a)
      last = rank - 1
      perm = last - tf.raw_ops.Range(start=0, limit=rank, delta=1)
      return original(a, perm=perm, name=scope, conjugate=conjugate)
  return transpose


def _is_plain(values, defaults):
  return all(value is default or (isinstance(value, (int, str))
                                  and value == default)
             for value, default in zip(values, defaults))


def _matrix_diag(original):
  def matrix_diag(diagonal, name="diag", k=0, num_rows=-1, num_cols=-1,
                  padding_value=0, align="RIGHT_LEFT"):
    rest = (k, num_rows, num_cols, padding_value)
    if _is_plain(rest, (0, -1, -1, 0)):
      return tf.raw_ops.MatrixDiag(
          diagonal=tf.convert_to_tensor(diagonal), name=name)
    return original(diagonal, name, *rest, align)
  return matrix_diag


def _matrix_diag_part(original):
  def matrix_diag_part(input, name="diag_part", k=0, padding_value=0,
                       align="RIGHT_LEFT"):
    if _is_plain((k, padding_value), (0, 0)):
      return tf.raw_ops.MatrixDiagPart(
          input=tf.convert_to_tensor(input), name=name)
    return original(input, name, k, padding_value, align)
  return matrix_diag_part


def _matrix_set_diag(original):
  def matrix_set_diag(input, diagonal, name="set_diag", k=0,
                      align="RIGHT_LEFT"):
    if _is_plain((k,), (0,)):
      return tf.raw_ops.MatrixSetDiag(
          input=tf.convert_to_tensor(input),
          diagonal=tf.convert_to_tensor(diagonal), name=name)
    return original(input, diagonal, name, k, align)
  return matrix_set_diag


def _linspace(original):
  del original

  def linspace(start, stop, num, name=None, axis=0):
    del axis  # 1.15 knew none: start and stop were scalars
    return tf.raw_ops.LinSpace(start=start, stop=stop, num=num,
                               name=name or "LinSpace")
  return linspace


ROWS = [
    Restored("array_ops:zeros", _filled("zeros"),
             "1.15 left products and a comparison of tensor sizes behind"),
    Restored("array_ops:ones", _filled("ones"),
             "1.15 left products and a comparison of tensor sizes behind"),
    Restored("array_ops:ones_like_impl", _ones_like,
             "1.15 made the shape an operation called Shape"),
    Restored("array_ops:split", _split, "1.15 made a constant of the count"),
    Restored("array_ops:transpose", _transpose,
             "of an unknown rank 1.15 computed the permutation otherwise"),
    Restored("array_ops:matrix_diag", _matrix_diag,
             "the operation of 1.15 had no k, sizes and padding"),
    Restored("array_ops:matrix_diag_part", _matrix_diag_part,
             "the operation of 1.15 had no k and padding"),
    Restored("array_ops:matrix_set_diag", _matrix_set_diag,
             "the operation of 1.15 had no k"),
    Restored("math_ops:linspace_nd", _linspace,
             "one operation in 1.15, many today"),
]
