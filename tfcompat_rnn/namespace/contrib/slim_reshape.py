"""`tf.reshape` as tf-slim's copy sees it.

tf-slim's `batch_norm` gives matrices their shape back from the shape that is
known, 1.15's from `tf.shape`: the operations have other names.
"""

import sys

from tfcompat_rnn._tf import tf


def reshape(tensor, shape, name=None):
  """`tf.reshape`, with `tf.shape` at the end of `batch_norm`."""
  caller = sys._getframe(1).f_locals
  if shape is not None and caller.get("target_shape") is shape:
    shape = tf.shape(caller["original_inputs"])
  return tf.reshape(tensor, shape, name)
