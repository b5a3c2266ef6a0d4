"""Gradients of slicing, gathering and reshaping, with 1.15's operations."""

import warnings

from tfcompat_rnn._tf import tf
from tfcompat_rnn.seeds import Restored
from tfcompat_rnn.seeds.gradients import _pieces as pieces

raw = tf.raw_ops


def _reshaped(grad, shape):
  """`grad` in `shape`; a sparse one becomes dense without a warning."""
  with warnings.catch_warnings():
    warnings.filterwarnings(
        "ignore", message="Converting sparse IndexedSlices")
    return tf.reshape(grad, shape)


def _reshape(op, grad):
  return _reshaped(grad, tf.shape(op.inputs[0])), None


def _strided_slice(op, grad):
  x, begin, end, strides = op.inputs
  masks = {name: op.get_attr(name) for name in (
      "begin_mask", "end_mask", "ellipsis_mask", "new_axis_mask",
      "shrink_axis_mask")}
  grad = raw.StridedSliceGrad(
      shape=tf.shape(x, out_type=begin.dtype), begin=begin, end=end,
      strides=strides, dy=grad, **masks)
  return grad, None, None, None


def _shape_of_table(table):
  """The shape of what is gathered from, on its device."""
  with tf.colocate_with(table):
    # A dimension beyond int32 must not fail; it is not used then.
    return tf.cast(tf.shape(table, out_type=tf.int64), tf.int32)


def _gathered_rows(shape, indices, size, grad):
  """The gradient of a gather along the first axis: some rows."""
  values = _reshaped(grad, tf.concat([size, shape[1:]], 0))
  return tf.IndexedSlices(values, tf.reshape(indices, size), shape)


def _gather(op, grad):
  table, indices = op.inputs
  shape = _shape_of_table(table)
  size = tf.expand_dims(tf.size(indices), 0)
  return _gathered_rows(shape, indices, size, grad), None


def _make_gather_v2(original):
  def gather_v2(op, grad):
    table, indices, axis = op.inputs
    static_axis = tf.get_static_value(axis)
    if op.get_attr("batch_dims") and static_axis != 0:
      # 1.15's was wrong for some shapes.
      return original(op, grad)
    shape = _shape_of_table(table)
    size = tf.expand_dims(tf.size(indices), 0)
    if static_axis == 0:
      return _gathered_rows(shape, indices, size, grad), None, None
    return _gathered_along(shape, indices, axis, grad), None, None
  return gather_v2


def _gathered_along(shape, indices, axis, grad):
  """The gradient of a gather along any axis: a dense tensor.

  The axis goes to the front, equal indices are summed, and it goes back.
  """
  outer = shape[:axis]
  inner = shape[axis:][1:]
  values_shape = tf.concat([outer, [-1], inner], 0)
  rank = tf.size(values_shape)
  outer_rank = tf.size(outer)
  none = tf.range(0)
  before = tf.range(0, outer_rank)
  after = tf.range(outer_rank + 1, rank)
  values = _reshaped(grad, values_shape)
  to_front = tf.concat([none, [outer_rank], before, after], 0)
  values = tf.transpose(values, to_front)
  length = shape[axis]
  size = tf.expand_dims(tf.size(indices), 0)
  summed = tf.unsorted_segment_sum(values, tf.reshape(indices, size), length)
  back = tf.concat([none, before + 1, [0], after], 0)
  return tf.transpose(summed, back)


def _broadcast_to(op, grad):
  x, target = op.inputs
  shape = tf.shape(x)
  _, axes = raw.BroadcastGradientArgs(s0=target, s1=shape)
  return tf.reshape(tf.reduce_sum(grad, axis=axes, keepdims=True), shape), None


def _make_gather_positive(original):
  def gather_positive(table, ids, clipped=None, is_positive=None):
    """Rows of `table`, zeros where the segment id is negative."""
    if clipped is None:
      clipped = tf.maximum(ids, tf.zeros_like(ids))
    rows = tf.gather(table, clipped)
    if is_positive is None:
      is_positive = tf.greater_equal(ids, 0)
      for _ in range(rows.shape.rank - is_positive.shape.rank):
        is_positive = tf.expand_dims(is_positive, -1)
      is_positive = is_positive & tf.ones_like(rows, dtype=tf.bool)
    zeros = tf.zeros_like(rows)
    return tf.where(is_positive, rows, zeros), clipped, is_positive

  def call(params, ids, zero_clipped_indices=None, is_positive=None):
    known = (ids is None
             or (params.shape.rank is not None and ids.shape.rank is not None))
    function = gather_positive if known else original
    return function(params, ids, zero_clipped_indices, is_positive)
  return call


def _sparse_segment_sum(op, grad):
  table, indices, segments = op.inputs[:3]
  rows = tf.shape(table)[0]
  summed = tf.unsorted_segment_sum(tf.gather(grad, segments), indices, rows)
  return (summed,) + (None,) * (len(op.inputs) - 1)


def _make_sparse_matmul(original):
  def sparse_matmul(op, grad):
    indices, values, shape, b = op.inputs
    if values.dtype.is_complex:
      return original(op, grad)
    a_adjoint, b_adjoint = op.get_attr("adjoint_a"), op.get_attr("adjoint_b")
    b_grad = raw.SparseTensorDenseMatMul(
        a_indices=indices, a_values=values, a_shape=shape, b=grad,
        adjoint_a=not a_adjoint)
    if b_adjoint:
      b_grad = tf.transpose(b_grad)
    rows, columns = indices[:, 0], indices[:, 1]
    if a_adjoint:
      rows, columns = columns, rows
    of_result = tf.gather(grad, rows)
    of_b = tf.gather(tf.transpose(b) if b_adjoint else b, columns)
    return None, tf.reduce_sum(of_result * of_b, axis=1), None, b_grad
  return sparse_matmul


def _make(op_type, make, reason):
  return pieces.registered(op_type, None, reason)._replace(make=make)


_ROWS_OF_TABLE = "1.15 took the shape of the table as int64 and cast it"

ROWS = [
    pieces.registered("Reshape", _reshape,
                      "1.15 took the shape in the graph"),
    pieces.registered("BroadcastTo", _broadcast_to,
                      "today's makes a constant of a shape it knows"),
    pieces.registered("StridedSlice", _strided_slice,
                      "today's makes constants of bounds it knows"),
    pieces.registered("Gather", _gather, _ROWS_OF_TABLE),
    _make("GatherV2", _make_gather_v2, _ROWS_OF_TABLE),
    Restored("math_grad:_GatherDropNegatives", _make_gather_positive,
             "1.15 expanded the mask by static ranks"),
    pieces.registered("SparseSegmentSum", _sparse_segment_sum,
                      "1.15 had no kernel for this gradient"),
    pieces.registered("SparseSegmentSumWithNumSegments", _sparse_segment_sum,
                      "1.15 had no kernel for this gradient"),
    _make("SparseTensorDenseMatMul", _make_sparse_matmul,
          "1.15 summed a product where today's multiplies matrices"),
]
