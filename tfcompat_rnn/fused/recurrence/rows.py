"""Whether the rows of a batch can be computed apart from one another.

Two halves of a batch are then two loops without a wait for each other in every
step, and run at the same time. A step is read for this when it was traced with
an unknown batch: what has the batch as its first dimension has None there, and
nothing else has.
"""

from __future__ import annotations

import enum
import functools
import os

from tfcompat_rnn.fused.recurrence import step as steps
from tfcompat_rnn.fused.recurrence import streams

# Fewer rows than this take nearly as long as this many.
_SMALLEST = 16
# More parts than this were not measured to gain anything.
_MOST = 4
_FILLED = steps.RANDOM | {"BroadcastTo", "Fill"}


class _Kind(enum.Enum):
  """What a value has to do with the batch."""

  ROWS = "one row for each row of the batch, which depends on no other row"
  SAME = "the same for every batch"
  SIZE = "the size of the batch, or a shape made of it"
  MIXED = "anything else"


def parts(batch):
  """Into how many parts a batch is split; its size is None if unknown."""
  most = min(_cores(), _MOST)
  return most if batch is None else max(1, min(most, batch // _SMALLEST))


def _cores():
  """How many processors this process may use."""
  try:
    return len(os.sched_getaffinity(0))
  except AttributeError:  # not on every system
    return os.cpu_count() or 1


def ranges(batch, count):
  """`count` neighbouring slices of a batch, as equal as can be.

  `batch` is a number or a scalar tensor.
  """
  ends = [batch * place // count for place in range(count + 1)]
  return [slice(*pair) for pair in zip(ends, ends[1:])]


def independent(step):
  """Whether no row of `step`'s results depends on another row."""
  kinds = {}
  for value in [*step.outputs, *step.new_states]:
    steps.completed(value, kinds, lambda top: top.node.inputs,
                    functools.partial(_note, kinds))
  return all(kind is not _Kind.MIXED for kind in kinds.values())


def batch_first(shape):
  """Whether the batch is the first dimension of `shape`, and no other one."""
  sizes = shape.as_list() if shape.rank else [0]
  return sizes[0] is None and None not in sizes[1:]


def _note(kinds, value):
  node = value.node
  kind = _kind(node, [kinds[above] for above in node.inputs])
  kinds.update(dict.fromkeys(node.outputs, kind))


def _kind(node, above):
  shapes = [value.shape for value in node.outputs]
  by_rows = all(map(batch_first, shapes))
  fixed = all(shape.is_fully_defined() for shape in shapes)
  if node.type in (steps.INPUT, steps.STATE, steps.KEPT) and by_rows:
    return _Kind.ROWS
  if node.type == steps.SHAPE and None in node.attributes["dims"]:
    return _Kind.SIZE
  found = set(above)
  if _Kind.ROWS in found:
    good = found <= {_Kind.ROWS, _Kind.SAME} and by_rows and _keeps(node, above)
    return _Kind.ROWS if good else _Kind.MIXED
  if found <= {_Kind.SAME, _Kind.SIZE}:
    if by_rows and node.type in _FILLED:
      return _Kind.ROWS
    if fixed and not any(value.varies for value in node.outputs):
      return _Kind.SIZE if _Kind.SIZE in found else _Kind.SAME
  return _Kind.MIXED


def _keeps(node, above):
  """Whether an operation on rows leaves each of them where it was."""
  kind, rank = node.type, node.outputs[0].shape.rank
  if kind == "MatMul":
    return (above == [_Kind.ROWS, _Kind.SAME]
            and not node.attributes["transpose_a"].b)
  if kind == "Tile":
    times = streams.constant_of(node.inputs[1])
    return times is not None and times[0] == 1
  if kind == "StridedSlice":
    return _slices_other_axes(node)
  if not streams.has_rule(node):
    return False
  if kind in streams.ALONG_THE_LAST:
    return rank > 1
  if kind == "Slice":
    begin, size = (streams.constant_of(value) for value in node.inputs[1:])
    return begin[0] == 0 and size[0] == -1
  axis = _axis(node)
  return axis is None or axis % rank != 0


def _slices_other_axes(node):
  """Whether a `value[:, ...]` takes the whole of its first dimension."""
  masks = {name: node.attributes[name].i for name in (
      "begin_mask", "ellipsis_mask", "end_mask", "new_axis_mask",
      "shrink_axis_mask")}
  strides = streams.constant_of(node.inputs[3])
  return (strides is not None and strides[0] == 1
          and masks["begin_mask"] & masks["end_mask"] & 1 == 1
          and not masks["shrink_axis_mask"] & 1
          and not masks["ellipsis_mask"] and not masks["new_axis_mask"])


def _axis(node):
  """Along which dimension `node` joins or splits, if it does."""
  if node.type == "Pack":
    return node.attributes["axis"].i
  place = {"ConcatV2": -1, "Split": 0}.get(node.type)
  return (None if place is None
          else int(streams.constant_of(node.inputs[place])))
