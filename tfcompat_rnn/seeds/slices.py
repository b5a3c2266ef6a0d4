"""`x[...]` with tensors as bounds, and the size of one axis: `tf.shape(x)[1]`.
"""

import sys

import numpy as np

from tfcompat_rnn import _tf
from tfcompat_rnn._tf import tf
from tfcompat_rnn.seeds import Restored


def _is_number(value):
  return (tf.is_tensor(value) and value.shape.rank in (0, None)
          and value.dtype in (tf.int32, tf.int64)) or (
              isinstance(value, (int, np.integer, tf.Dimension))
              and not isinstance(value, bool))


def _is_left_out(bound):
  # Python passes sys.maxsize for an omitted bound.
  return bound is None or (isinstance(bound, int) and bound == sys.maxsize)


def _parts_of(part):
  """The bounds that are given in one slice."""
  if isinstance(part, slice):
    return [bound for bound in (part.start, part.stop, part.step)
            if not _is_left_out(bound)]
  return [] if part is Ellipsis or part is tf.newaxis else [part]


def _needs_restoring(parts):
  """Whether the current helper creates constants that 1.15 did not."""
  bounds = [bound for part in parts for bound in _parts_of(part)]
  return all(_is_number(bound) for bound in bounds) and any(
      tf.is_tensor(bound) for bound in bounds)


def _is_known_size(tensor, parts):
  """Whether this is `tf.shape(x)[i]`, and that axis of x has a known size."""
  if len(parts) != 1 or not isinstance(parts[0], (int, np.integer)) or (
      isinstance(parts[0], bool)) or not isinstance(tensor, tf.Tensor) or (
          not hasattr(tensor, "graph")) or tensor.op.type != "Shape":
    return False
  sizes = tensor.op.inputs[0].shape
  return (sizes.rank is not None and -sizes.rank <= parts[0] < sizes.rank
          and sizes.as_list()[parts[0]] is not None)


def _slice_helper(original):
  def slice_helper(tensor, slice_spec, var=None):
    parts = (slice_spec if isinstance(slice_spec, (list, tuple))
             else [slice_spec])
    hidden = _is_known_size(tensor, parts)
    if not hidden and not _needs_restoring(parts):
      return original(tensor, slice_spec, var)
    masks = dict.fromkeys(("begin_mask", "end_mask", "ellipsis_mask",
                           "new_axis_mask", "shrink_axis_mask"), 0)
    if hidden:
      # The bit of an index that is not there. It changes nothing, but
      # TensorFlow's shape inference does not look through such a slice, as
      # 1.15's looked through none.
      masks["new_axis_mask"] = 2
    begin, end, strides = [], [], []
    for index, part in enumerate(parts):
      bit = 1 << index
      first, last, step = 0, 0, 1
      if part is Ellipsis:
        masks["ellipsis_mask"] |= bit
      elif part is tf.newaxis:
        masks["new_axis_mask"] |= bit
      elif isinstance(part, slice):
        step = 1 if _is_left_out(part.step) else part.step
        if _is_left_out(part.start):
          masks["begin_mask"] |= bit
        else:
          first = part.start
        if _is_left_out(part.stop):
          masks["end_mask"] |= bit
        else:
          last = part.stop
      else:
        masks["shrink_axis_mask"] |= bit
        first, last = part, part + 1
      begin.append(first)
      end.append(last)
      strides.append(step)
    with tf.name_scope(None, "strided_slice",
                       [tensor, *begin, *end, *strides]) as scope:
      bounds = [tf.stack(begin), tf.stack(end), tf.stack(strides)]
      if any(bound.dtype == tf.int64 for bound in bounds):
        bounds = [bound if bound.dtype == tf.int64
                  else tf.raw_ops.Cast(x=bound, DstT=tf.int64)
                  for bound in bounds]
      return _tf.private("array_ops").strided_slice(
          tensor, *bounds, var=var, name=scope, **masks)
  return slice_helper


def _unstack(original):
  def unstack(value, num=None, axis=0, name="unstack"):
    if axis == 0 and isinstance(value, tf.Tensor) and hasattr(
        value, "graph") and value.op.type == "Shape":
      axis = -1  # the same; but shape inference looks through axis 0 only
    return original(value, num, axis, name)
  return unstack


ROWS = [
    Restored("tensor_class:__getitem__", _slice_helper,
             "today's fills the bounds left out with constants, and today's "
             "shape inference knows the value of tf.shape(x)[1] where 1.15's "
             "did not, so that gradients and tf.contrib.crf took other ways"),
    Restored("tensor_getitem:_slice_helper", _slice_helper,
             "the same, as variables call it"),
    Restored("array_ops_stack:unstack", _unstack,
             "today's shape inference knows the values of "
             "tf.unstack(tf.shape(x)) where 1.15's did not"),
]
