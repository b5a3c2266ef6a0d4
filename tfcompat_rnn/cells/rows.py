"""A row for a batch that has none, for operations that need one."""

import contextlib
import functools

import numpy as np

from tfcompat_rnn import _opcount
from tfcompat_rnn._tf import tf

_ADDED, _REMOVED = "TfcompatRnnRowAdded", "TfcompatRnnRowRemoved"


class Some:
  """At least one row, for an operation that refuses a batch without rows.

    some = Some(x, state)
    output = some.removed(operation(some.added(x), some.added(state)))

  Rows are the last axis but one. Nothing is added to the graph if one of the
  tensors is known to have rows; what is added is not counted as operations of
  1.15.
  """

  def __init__(self, *tensors):
    self._one = tensors[-1]
    self._needed = not any(map(_rows_if_known, tensors))
    self._missing = functools.cache(lambda rank: _missing(self._rows(), rank))
    self._rows = functools.cache(lambda: _rows_of(self._one))

  def added(self, tensor):
    """`tensor`, with a row of zeros if it has none."""
    if not self._needed:
      return tensor
    with _opcount.uncounted(), tf.name_scope("some_rows"):
      tensor = tf.convert_to_tensor(tensor)
      with _differentiated("Pad", _ADDED):
        some = tf.raw_ops.Pad(
            input=tensor, paddings=self._missing(tensor.shape.rank))
      return _other_sizes(tensor, some)

  def removed(self, tensor):
    """`tensor`, computed from some rows, without a row that was added."""
    if not self._needed:
      return tensor
    with _opcount.uncounted(), tf.name_scope("given_rows"):
      axis = tensor.shape.rank - 2
      with _differentiated("Slice", _REMOVED):
        given = tf.raw_ops.Slice(
            input=tensor, begin=[0] * (axis + 2),
            size=tf.stack([-1] * axis + [self._rows(), -1]))
      return _other_sizes(tensor, given)


def _rows_if_known(tensor):
  shape = tensor.shape if tf.is_tensor(tensor) else np.shape(tensor)
  shape = tf.TensorShape(shape)
  return shape.as_list()[-2] if (shape.rank or 0) > 1 else None


def _rows_of(tensor):
  return tf.shape(tensor)[-2]


def _missing(rows, rank):
  """`[rank, 2]` paddings: a row at the end if there are none."""
  place = np.zeros([rank, 2], np.int32)
  place[-2, 1] = 1
  return tf.cast(rows < place, tf.int32)


def _other_sizes(of, tensor):
  """`tensor`, known to have the sizes of `of`, except for its rows."""
  sizes = of.shape.as_list()
  tensor.set_shape(sizes[:-2] + [None] + sizes[-1:])
  return tensor


# TensorFlow's own gradients would keep the shapes and paddings of each step of
# a loop.

def _differentiated(kind, name):
  """Context in which operations of this kind get the gradient of this name."""
  if tf.executing_eagerly():
    return contextlib.nullcontext()
  return tf.get_default_graph().gradient_override_map({kind: name})


@tf.RegisterGradient(_ADDED)
def _row_added(op, by_some):
  tensor, paddings = op.inputs
  with _opcount.uncounted():
    size = tf.shape(by_some) - paddings[:, 1]
    gradient = tf.slice(by_some, [0] * len(tensor.shape), size)
    gradient.set_shape(tensor.shape)
  return gradient, None


@tf.RegisterGradient(_REMOVED)
def _row_removed(op, by_given):
  with _opcount.uncounted():
    missing = _missing(_rows_of(by_given), len(by_given.shape))
    gradient = _other_sizes(op.inputs[0], tf.pad(by_given, missing))
  return gradient, None, None
