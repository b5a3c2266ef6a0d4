"""Recordings made by hand, for tests of what is said about them."""

import numpy as np

from tfcompat_rnn.compare import recorder
from tfcompat_rnn.compare import recording


def value(array, whole=recorder.WHOLE):
  """The Value that a recording of `array` holds."""
  parts = []
  item = recorder.value_of(
      recorder.to_array(array), lambda part: (parts.append(part), 0)[1],
      whole)
  return recording.value_from(item, np.frombuffer(b"".join(parts), np.uint8))


def item(name, array, path=""):
  """One fetch or feed."""
  return recording.Item(path, name, value(array))


class Made:
  """As a Recording, of `calls`: [(fetched, fed)] or [(..., gradients)]."""

  versions = "TensorFlow 1.15.5"

  def __init__(self, calls=(), initial=None, final=None, looks=None,
               outcome=None, threads=None, session=0, numpy="1.18",
               trains=(), gradients=False):
    self._calls = {0: calls, **(threads or {})}
    self.initial = {
        (session, name, 0): recording.Variable(session, name, value(array),
                                               call=0)
        for name, array in (initial or {}).items()}
    self.final = {(session, name): recording.Variable(session, name,
                                                      value(array))
                  for name, array in (final or {}).items()}
    self.looks = {(session, 1, name): recording.Variable(
        session, name, value(array), call=1)
                  for name, array in (looks or {}).items()}
    self.outcome = outcome or {"kind": "ended"}
    self.tail = {"calls": len(calls), "outcome": self.outcome,
                 "real_tensorflow": "1.15.5"}
    self.head = {"numpy": numpy, "python": "3.7", "gradients": gradients}
    self._trains = trains

  def threads(self):
    return sorted(set(self._calls) - {0})

  def calls(self, thread=0):
    for number, one in enumerate(self._calls[thread]):
      raised = one if isinstance(one, str) else None
      fetched, fed, *more = ((), ()) if raised else one
      yield recording.Call(number, 0, tuple(fetched), tuple(fed), raised,
                           number in self._trains, *map(tuple, more))


def scalars(values, name="loss:0", fed=None):
  """Calls that fetch one scalar each, fed with `fed[n]`."""
  return [([item(name, np.float32(number))],
           [item("x:0", fed[at])] if fed else [])
          for at, number in enumerate(values)]
