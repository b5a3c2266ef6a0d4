"""Values that are the same in every step, built once."""

from __future__ import annotations

from tfcompat_rnn import _snapshot
from tfcompat_rnn._tf import tf
from tfcompat_rnn.fused.recurrence import plan as plans
from tfcompat_rnn.fused.recurrence import step as steps
from tfcompat_rnn.fused.recurrence import streams


class Constants:
  """Builds constant values in the current graph, each once.

  `initial` are the leaves of the initial state; `batch` is the batch size;
  `known` are tensors of values that exist already.
  """

  def __init__(self, initial, batch, known=None):
    self._initial, self._batch = initial, batch
    self._known = dict(known or {})

  def __call__(self, value):
    return steps.completed(value, self._known, lambda top: top.node.inputs,
                           self._make)

  def _make(self, value):
    node = value.node
    if value.type == steps.OUTER:
      results = [_safe(node.origin)]
    elif value.type == steps.KEPT:
      results = [self._initial[node.origin]]
    elif value.type == steps.SHAPE:
      results = [self._shape(node.attributes["dims"])]
    else:
      inputs = [self._known[above] for above in node.inputs]
      if node.type == plans.AFFINE:
        operands = [streams.Operand(tensor, False, None) for tensor in inputs]
        results = [streams.affine(operands, node.attributes["transposed"])]
      else:
        results = streams.build(node.type, inputs, node.attributes,
                                [result.dtype for result in node.outputs])
    self._known.update(zip(node.outputs, results))

  def _shape(self, dims):
    if None not in dims:
      return tf.constant(dims, tf.int32)
    return tf.stack([self._batch if size is None else size for size in dims])


def _safe(tensor):
  """`tensor`, in memory that no optimizer writes to.

  A matrix is read again for the gradient of the inputs, while an update of the
  variable needs only the gradient of the matrix, and does not wait.
  """
  if _snapshot.enabled() and _snapshot.reads_reference(tensor):
    return _snapshot.copy_of(tensor)
  return tensor
