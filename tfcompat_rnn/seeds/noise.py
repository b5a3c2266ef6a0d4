"""Random operations: how many operations they create, and in which order."""

import numpy as np

from tfcompat_rnn import _tf
from tfcompat_rnn._tf import tf
from tfcompat_rnn.cells import _dropout
from tfcompat_rnn.seeds import Restored


def _random_uniform(original):
  def random_uniform(shape, minval=0, maxval=None, dtype=tf.float32, seed=None,
                     name=None):
    if not tf.as_dtype(dtype).is_integer:
      # TensorFlow 2 skips the constants and the scaling if a limit is the int 0
      # or 1; for a float it creates 1.15's seven operations.
      minval = float(minval) if isinstance(minval, int) else minval
      maxval = 1. if maxval is None else maxval
      maxval = float(maxval) if isinstance(maxval, int) else maxval
    return original(shape, minval, maxval, dtype, seed, name)
  return random_uniform


def _random_gamma(original):
  del original

  def random_gamma(shape, alpha, beta=None, dtype=tf.float32, seed=None,
                   name=None):
    with tf.name_scope(name, "random_gamma", [shape, alpha, beta]):
      shape = tf.convert_to_tensor(shape, name="shape", dtype=tf.int32)
      alpha = tf.convert_to_tensor(alpha, name="alpha", dtype=dtype)
      beta = tf.convert_to_tensor(1 if beta is None else beta, name="beta",
                                  dtype=dtype)
      # Adding zeros gives alpha the shape that the two have in common.
      alpha = alpha + tf.zeros_like(beta)
      seed1, seed2 = _tf.private("random_seed").get_seed(seed)
      drawn = tf.raw_ops.RandomGamma(shape=shape, alpha=alpha,
                                     seed=seed1 or 0, seed2=seed2 or 0)
      drawn = tf.maximum(np.finfo(alpha.dtype.as_numpy_dtype).tiny,
                         drawn / beta)
      outer = tf.get_static_value(shape)
      if outer is not None:
        drawn.set_shape(tf.TensorShape(outer.tolist()).concatenate(
            alpha.shape))
      return drawn
  return random_gamma


def _dropout_v1(original):
  del original
  return _dropout.dropout_1_15


def _dropout_v2(original):
  del original

  def dropout(x, rate, noise_shape=None, seed=None, name=None):
    return _dropout.dropout_1_15(x, noise_shape=noise_shape, seed=seed,
                                 name=name, rate=rate)
  return dropout


ROWS = [
    Restored("random_ops:random_uniform", _random_uniform,
             "the range 0..1 was spelled out, which moved the op seed by two"),
    Restored("random_ops:random_gamma", _random_gamma,
             "alpha was given beta's shape by one addition"),
    Restored("nn_ops:dropout", _dropout_v1,
             "1.15 multiplied by scale and mask"),
    Restored("nn_ops:dropout_v2", _dropout_v2,
             "1.15 multiplied by scale and mask"),
]
