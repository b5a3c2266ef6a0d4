"""How long streams are, and how many of their places are steps.

XLA compiles once for each length. Where the graph does not know the length, the
streams are made longer, to one of few lengths, by repeating their last place:
zeros might have no finite gradient. The loops still run for the steps only.
"""

from __future__ import annotations

import dataclasses
import math
import typing

from tfcompat_rnn._tf import tf

# No length is more than an eighth, or seven places, longer than needed.
_FINENESS = 8
_LONGEST = 2 ** 24
# How long a segment is where the length of the whole is unknown.
_SEGMENT = 32


@dataclasses.dataclass(frozen=True)
class Span:
  """The number of places, and of steps: None if each place is a step.

  `begin` is the step of the first place.
  """

  size: typing.Any
  count: typing.Any = None
  begin: typing.Any = 0

  def places(self):
    """`[size]`: the step of each place."""
    return tf.range(self.size) + self.begin

  def last(self, initial, news):
    """The state after the last step, from the first one and those after it."""
    if self.count is None:
      return news[-1]
    return tf.concat([tf.expand_dims(initial, 0), news], 0)[self.count]


def lengths():
  """The lengths to which streams are made longer."""
  found = list(range(_FINENESS, _FINENESS ** 2, _FINENESS))
  size = _FINENESS ** 2
  while size < _LONGEST:
    found += range(size, 2 * size, size // _FINENESS)
    size *= 2
  return found


def rounded(count):
  """The length for `count` steps, a scalar tensor."""
  table = tf.constant(lengths(), tf.int32)
  place = tf.searchsorted(table, tf.expand_dims(count, 0))
  return tf.gather(table, place[0])


def segment(count):
  """How long the segments of `count` steps are; None if that is unknown.

  About the root of `count`, which needs the least memory, and rather more if
  the last segment is fuller then.
  """
  if count is None:
    return _SEGMENT
  root = max(1, math.isqrt(count))
  return min(range(root, 2 * root + 1), key=lambda size: -count % size)


def multiple(count, size):
  """`count`, or a little more: a multiple of `size`."""
  return count + -count % size


def extended(tensor, size, axis):
  """`tensor` with its last place along `axis` repeated, up to `size`.

  If it has none, what is added is zero.
  """
  shape = tf.unstack(tf.shape(tensor), tensor.shape.rank)

  def with_size(wanted):
    return [*shape[:axis], wanted, *shape[axis + 1:]]

  one = tf.minimum(shape[axis], 1)
  last = tf.concat([
      tensor[:, -1:] if axis else tensor[-1:],
      tf.zeros(with_size(1 - one), tensor.dtype)], axis)
  longer = tf.concat(
      [tensor, tf.broadcast_to(last, with_size(size - shape[axis]))], axis)
  dims = tensor.shape.as_list()
  dims[axis] = size if isinstance(size, int) else None
  longer.set_shape(dims)
  return longer


def exchanged(tensor):
  """`tensor` with its first two dimensions exchanged."""
  return tf.transpose(tensor, [1, 0, *range(2, tensor.shape.rank)])
