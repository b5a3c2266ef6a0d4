"""The reductions of losses and metrics, with 1.15's operations."""

import numpy as np

from tfcompat_rnn import _opcount
from tfcompat_rnn._tf import tf
from tfcompat_rnn.seeds import Restored


def _make_reduction_axes(original):
  del original

  def reduction_axes(x, axis):
    """All axes of `x`: a constant for tensors of known rank only."""
    if axis is not None:
      return axis
    rank = None
    if isinstance(x, tf.Tensor):
      rank = x.shape.rank
    elif (isinstance(x, tf.SparseTensor)
          and x.dense_shape.shape.is_fully_defined()):
      rank = x.dense_shape.shape[0]
    if rank is None:
      return tf.range(0, tf.rank(x))
    return tf.constant(np.arange(int(rank)), dtype=tf.int32)
  return reduction_axes


def _make_confusion_matrix(original):
  def confusion_matrix(labels, predictions, num_classes=None, *args, **kwargs):
    result = original(labels, predictions, num_classes, *args, **kwargs)
    # 1.15 added sparse ones to a matrix of zeros, where TensorFlow 2 scatters,
    # and cast the shape for it unless it was given in int32.
    is_int32 = (num_classes.dtype == tf.int32
                if isinstance(num_classes, tf.Tensor)
                else num_classes is not None)
    _opcount.compensate(2 if is_int32 else 3)
    return result
  return confusion_matrix


ROWS = [
    Restored("math_ops:_ReductionDims", _make_reduction_axes,
             "1.15 knew the rank of scalars, and not that of variables"),
    Restored("confusion_matrix:confusion_matrix", _make_confusion_matrix,
             "1.15 filled the matrix in another way"),
]
