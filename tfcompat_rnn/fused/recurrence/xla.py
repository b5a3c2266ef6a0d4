"""Which operations XLA compiles.

TensorFlow asks XLA only when a compiled function first runs, and then stops
with an error. So a step is checked before, against this list: operations that
are not in it may have a form in XLA or not.
"""

from __future__ import annotations

from tfcompat_rnn.fused.recurrence import plan as plans
from tfcompat_rnn.fused.recurrence import step as steps
from tfcompat_rnn.fused.recurrence import streams

_SOURCES = frozenset({
    steps.INPUT, steps.STATE, steps.KEPT, steps.OUTER, steps.SHAPE,
    plans.AFFINE})
COMPILED = streams.RULES | frozenset({
    "Acos", "Acosh", "ArgMax", "ArgMin", "Asin", "Asinh", "Atan", "Atanh",
    "BatchMatMul", "BatchMatMulV2", "BroadcastTo", "ClipByValue", "Concat",
    "Const", "Conv2D", "Cosh", "Cumprod", "Cumsum", "DepthwiseConv2dNative",
    "Einsum", "Fill", "GatherV2", "L2Loss", "LRN", "MatMul", "MatrixBandPart",
    "MirrorPad", "OneHot", "Pad", "PadV2", "Range", "Rank", "Reshape",
    "ReverseV2", "Select", "Shape", "Sinh", "Size", "SplitV", "Squeeze",
    "StridedSlice", "Tan", "Tile", "Transpose", "Unpack"})


def refusal(step):
  """Why XLA cannot compile `step`; None if it can."""
  seen = set()
  pending = [*step.outputs, *step.new_states]
  while pending:
    node = pending.pop().node
    if node in seen:
      continue
    seen.add(node)
    if node.type in steps.RANDOM:
      continue  # drawn before, outside of what is compiled
    if node.type not in _SOURCES and node.type not in COMPILED:
      return f"its step has the operation {node.type}"
    pending.extend(node.inputs)
  return None
