"""A row for a batch that has none, for a kernel that needs one."""

import contextlib

import numpy as np

from tfcompat_rnn import _opcount
from tfcompat_rnn._tf import tf

_ADDED, _REMOVED = "TfcompatRnnRowAdded", "TfcompatRnnRowRemoved"


class Some:
  """At least one row of `[rows, size]`, for a kernel that refuses none.

    some = Some(x, state)
    output = some.removed(kernel(some.added(x), some.added(state)))

  Nothing is added to the graph if one of the tensors is known to have rows;
  what is added is not counted as operations of 1.15.

  In a graph, gradients pass by what is added: that of the kernel must be one of
  `given(op, ...)`, which does with no rows.
  """

  def __init__(self, *tensors):
    self._one = tensors[-1]
    self._needed = not known(*tensors)
    # 0 where that is known, so that a loop's state keeps its shape.
    self._given = 0 if 0 in map(_if_known, tensors) else None
    self._missing = self._size = None

  def added(self, tensor):
    """`tensor`, with a row of zeros if it has none."""
    if not self._needed:
      return tensor
    with _opcount.uncounted(), tf.name_scope("some_rows"):
      tensor = tf.convert_to_tensor(tensor)
      if self._missing is None:
        # Hidden from shape inference, which would refuse gradients of no rows.
        self._rows = tf.raw_ops.PlaceholderWithDefault(
            input=number(self._one), shape=[])
        self._missing = tf.cast(self._rows < [[0, 1], [0, 0]], tf.int32)
      with _differentiated("Pad", _ADDED):
        some = tf.raw_ops.Pad(input=tensor, paddings=self._missing)
      some.set_shape([None, tensor.shape[1]])
    return some

  def removed(self, tensor):
    """`tensor`, computed from some rows, without a row that was added."""
    if not self._needed:
      return tensor
    with _opcount.uncounted(), tf.name_scope("given_rows"):
      if self._size is None:
        self._size = tf.stack([self._rows, -1])
      with _differentiated("Slice", _REMOVED):
        given = tf.raw_ops.Slice(input=tensor, begin=[0, 0], size=self._size)
      given.set_shape([self._given, tensor.shape[1]])
    return given


def known(*tensors):
  """Whether one of the tensors is known to have rows: its last axis but one."""
  return any(map(_if_known, tensors))


def _if_known(tensor):
  shape = tensor.shape if tf.is_tensor(tensor) else np.shape(tensor)
  shape = tf.TensorShape(shape)
  return shape.as_list()[-2] if (shape.rank or 0) > 1 else None


def number(tensor):
  """The number of rows, as an int32 tensor."""
  return tf.shape(tensor)[-2]


def given(op, output_gradients):
  """A kernel's inputs, outputs and their gradients, without an added row."""
  inputs, outputs = op.inputs, op.outputs
  added = () if tf.executing_eagerly() else [
      tensor for tensor in inputs if _is(tensor.op, _ADDED)]
  if not added:
    return inputs, outputs, output_gradients
  with _opcount.uncounted(), tf.name_scope("given_rows"):
    size = tf.stack([number(_before(added[0])), -1])

    def cut(tensor):
      found = tf.slice(tensor, [0, 0], size)
      found.set_shape([None, tensor.shape[1]])
      return found

    # Where nothing reads an output, nothing removes its row, and TensorFlow
    # fills in a gradient of all its rows.
    outputs = [cut(tensor) if _after(tensor) is None else _after(tensor)
               for tensor in outputs]
    output_gradients = [cut(gradient) for gradient in output_gradients]
  return [_before(tensor) for tensor in inputs], outputs, output_gradients


def _before(tensor):
  return tensor.op.inputs[0] if _is(tensor.op, _ADDED) else tensor


def _after(tensor):
  """`tensor` without an added row, None if nothing has removed it."""
  return next((op.outputs[0] for op in tensor.consumers()
               if _is(op, _REMOVED)), None)


def _is(op, name):
  return op.type in ("Pad", "Slice") and (
      op.node_def.attr["_gradient_op_type"].s == name.encode())


def _differentiated(kind, name):
  """Context in which operations of this kind get the gradient of this name."""
  if tf.executing_eagerly():
    return contextlib.nullcontext()
  return tf.get_default_graph().gradient_override_map({kind: name})


@tf.RegisterGradient(_ADDED)
def _row_added(op, by_given):
  del op
  return by_given, None


@tf.RegisterGradient(_REMOVED)
def _row_removed(op, by_given):
  del op
  return by_given, None, None
