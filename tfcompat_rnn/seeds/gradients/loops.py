"""Gradients of loops and tensor arrays, and `tf.gradients` itself."""

import contextlib

from tfcompat_rnn import _opcount
from tfcompat_rnn import _tf
from tfcompat_rnn._tf import tf
from tfcompat_rnn.seeds import Restored
from tfcompat_rnn.seeds.gradients import _pieces as pieces

_SYNC = "GradLoopState._grad_sync"


@contextlib.contextmanager
def _unnoticed():
  """Operations created inside do not count, nor what they create in a loop.

  The first value that the backward loop takes from the forward loop brings a
  trigger with it. Made here, it would not be made and counted later, where
  1.15 made it. A loop may have more than one.
  """
  context = _tf.attribute(
      tf.get_default_graph(), "Graph._get_control_flow_context")()
  state = context.grad_state if context else None
  without = []
  while state:
    if _tf.attribute(state, _SYNC) is None:
      without.append(state)
    state = state.outer_grad_state
  with _opcount.uncounted():
    yield
  for state in without:
    _tf.set_attribute(state, _SYNC, None)


def _of_array(op, flow):
  """The tensor array of gradients that belongs to this forward operation.

  Today's gradient waits until the forward array is written, which 1.15 did
  not, and which could go wrong. We wait too: the operations do not count.
  """
  source = _tf.private("get_grad_source")(flow)
  with _unnoticed():
    written = tf.identity(op.outputs[0], "flow_out")
    with tf.control_dependencies([written]):
      flow = tf.identity(flow, "write_barrier")
  array = tf.TensorArray(dtype=op.get_attr("T"), handle=op.inputs[0],
                         flow=flow, colocate_with_first_write_call=False)
  return array.grad(source=source, flow=flow), flow


def _write(op, flow):
  array, flow = _of_array(op, flow)
  return None, None, array.read(op.inputs[1]), flow


def _scatter(op, flow):
  array, flow = _of_array(op, flow)
  return None, None, array.gather(op.inputs[1]), flow


def _split(op, flow):
  array, flow = _of_array(op, flow)
  return None, array.concat(), None, flow


def _make_default_grad_ys(original):
  def default_grad_ys(grad_ys, ys, colocate_gradients_with_ops,
                      gradient_uid="__unsupported__"):
    if (len(grad_ys) != len(ys) or any(y.dtype.is_complex for y in ys)
        or any(grad is not None for grad in grad_ys)):
      return original(grad_ys, ys, colocate_gradients_with_ops, gradient_uid)
    colocate = _tf.private("maybe_colocate_with")
    filled = []
    for i, y in enumerate(ys):
      with colocate(y.op, gradient_uid, colocate_gradients_with_ops):
        shape = tf.shape(y)
        one = tf.constant(1, dtype=y.dtype, name=f"grad_ys_{i}")
        filled.append(tf.fill(shape, one))
    return filled
  return default_grad_ys


def _make_aggregated(original):
  def aggregated(grads, op, gradient_uid, loop_state,
                 aggregation_method=None):
    if aggregation_method == tf.AggregationMethod.EXPERIMENTAL_ACCUMULATE_N:
      of_op = grads.get(op, ())
      for i, parts in enumerate(of_op):
        if isinstance(parts, list) and _accumulable(parts):
          of_op[i] = [tf.accumulate_n(parts)]
    return original(grads, op, gradient_uid, loop_state, aggregation_method)
  return aggregated


def _accumulable(parts):
  """1.15's condition for the kernel that needs one buffer only."""
  parts = [part for part in parts if part is not None]
  if len(parts) < 3 or not all(isinstance(p, tf.Tensor) for p in parts):
    return False
  shape = tf.TensorShape(None)
  for part in parts:
    shape = shape.merge_with(part.shape)
  return shape.is_fully_defined()


_WAIT = "today's waits until the forward array is written, uncounted here"

ROWS = [
    Restored("gradients_util:_DefaultGradYs", _make_default_grad_ys,
             "1.15 named the gradient of the result itself otherwise"),
    Restored("gradients_util:_AggregatedGrads", _make_aggregated,
             "1.15 had a kernel for EXPERIMENTAL_ACCUMULATE_N"),
] + [pieces.registered(f"TensorArray{kind}{version}", gradient, _WAIT)
     for kind, gradient in (("Write", _write), ("Scatter", _scatter),
                            ("Split", _split))
     for version in ("", "V2", "V3")]
