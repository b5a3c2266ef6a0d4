"""`tf.zeros_initializer(shape)`, the function that 1.0 made a class."""

import numbers

from tfcompat_rnn._tf import tf
from tfcompat_rnn.namespace.releases import notice


def is_old(args, kwargs):
  """Whether the call has a shape, and not 1.15's `dtype`."""
  if "shape" in kwargs:
    return True
  return bool(args) and (
      isinstance(args[0], (list, tuple, tf.TensorShape, tf.Tensor))
      or isinstance(args[0], numbers.Integral)
      and not isinstance(args[0], tf.DType))


def _filled(fill, name, shape, dtype=tf.float32, partition_info=None):
  del partition_info  # a constant is the same in every part
  notice.used(f"tf.{name}(shape, ...)", "0.12")
  return fill(shape, dtype=dtype)


class zeros_initializer(tf.zeros_initializer):
  """1.15's class; with a shape, a tensor of zeros, as up to 0.12.

    tf.zeros_initializer()              # an initializer
    tf.zeros_initializer([2, 3])        # a tensor

  TF 1.15: `tf.zeros_initializer`.
  """

  def __new__(cls, *args, **kwargs):
    if is_old(args, kwargs):
      return _filled(tf.zeros, "zeros_initializer", *args, **kwargs)
    return super().__new__(cls)


class ones_initializer(tf.ones_initializer):
  """1.15's class; with a shape, a tensor of ones, as up to 0.11.

    tf.ones_initializer()               # an initializer
    tf.ones_initializer([2, 3])         # a tensor

  TF 1.15: `tf.ones_initializer`.
  """

  def __new__(cls, *args, **kwargs):
    if is_old(args, kwargs):
      return _filled(tf.ones, "ones_initializer", *args, **kwargs)
    return super().__new__(cls)


# Serialized configurations name the class.
zeros_initializer.__name__ = zeros_initializer.__qualname__ = "Zeros"
ones_initializer.__name__ = ones_initializer.__qualname__ = "Ones"
