"""Which stream has which row, and which of them was used least recently."""

import collections
import operator

from tfcompat_rnn import _errors


class Table:
  """Streams and their rows, from the least to the most recently used.

  There is one row more than `capacity`, so that a new stream's state can be
  written before the stream that it replaces is given up.

  Attributes:
    rows: stream -> row, the least recently used first.
    fresh: the streams whose row was never written: they are still in the
      state in which a stream begins.
  """

  def __init__(self, capacity):
    self.capacity = capacity
    self.rows = collections.OrderedDict()
    self.fresh = set()
    self._free = list(range(capacity, -1, -1))

  def next_row(self):
    """The row that the next stream gets."""
    return self._free[-1]

  def oldest(self):
    """The stream that was used least recently."""
    return next(iter(self.rows))

  def add(self, stream, fresh):
    """Gives `stream` the next row."""
    self.rows[stream] = self._free.pop()
    if fresh:
      self.fresh.add(stream)

  def remove(self, stream):
    """Gives the row of `stream` back."""
    self._free.append(self.rows.pop(stream))
    self.fresh.discard(stream)

  def used(self, streams):
    """These streams are the most recently used ones, and no longer fresh."""
    for stream in streams:
      self.rows.move_to_end(stream)
    self.fresh.difference_update(streams)

  def require(self, streams):
    """The rows of `streams`; raises unless all are open and each is once."""
    names = [as_name(stream) for stream in streams]
    unknown = [name for name in names if name not in self.rows]
    if unknown:
      raise _errors.StateNameError(_errors.problem(
          "stream", "be open", shown(unknown),
          "open it first; a stream that was evicted begins again"))
    if len(set(names)) != len(names):
      twice = [name for name, count in collections.Counter(names).items()
               if count > 1]
      raise _errors.ArgumentError(_errors.problem(
          "batch", "name each stream once", f"{shown(twice)} more than once",
          "pass the second input of a stream in the next step"))
    return names, [self.rows[name] for name in names]


def as_name(stream):
  """`stream` as a str or an int, which a snapshot can hold."""
  if isinstance(stream, str):
    return str(stream)
  if not isinstance(stream, bool):
    try:
      return operator.index(stream)  # NumPy's integers too
    except TypeError:
      pass
  raise _errors.ArgumentTypeError(_errors.problem(
      "stream", "be a str or an int", repr(stream),
      "number the streams, or name them"))


def shown(streams):
  """Up to three of `streams` as text."""
  text = ", ".join(repr(stream) for stream in streams[:3])
  more = len(streams) - 3
  return f"{text} and {more} more" if more > 0 else text
