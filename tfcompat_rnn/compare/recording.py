"""Presents a recording as objects: variables, calls and values.

  recording = Recording("old.npz")
  for call in recording.calls():
    print(call.number, [(item.name, item.value.shape) for item in call.fetched])
"""

import dataclasses
import re

import numpy as np

from tfcompat_rnn.compare import recorder

RecordingError = recorder.RecordingError


@dataclasses.dataclass(frozen=True)
class Value:
  """An array of a recording, in full or as a sample of its elements.

  `array` is the array itself, the sampled elements (flat), or for strings a
  list of the first few, shortened. The digest is None for an array stored in
  full.
  """
  dtype: str
  shape: tuple
  array: object
  digest: str = None
  low: float = None
  high: float = None
  mean: float = None
  odd: int = 0

  @property
  def is_whole(self) -> bool:
    return self.digest is None

  @property
  def is_text(self) -> bool:
    return self.dtype == "string"


def value_from(item, data):
  """The Value that an entry of a line describes."""
  if item[0] == "string":
    _, shape, offset, digest, length = item
    shown = recorder.json.loads(
        data[offset:offset + length].tobytes().decode("utf-8"))
    return Value("string", tuple(shape), shown, digest)
  return Value(item[0], tuple(item[1]), recorder.array_of(item, data),
               *item[3:])


def value_for(array, whole=True):
  """The Value of an array, in full or as a recording samples a large one."""
  parts = []

  def write(part):
    parts.append(part)
    return sum(map(len, parts[:-1]))
  array = recorder.to_array(array)
  item = recorder.value_of(array, write, array.size if whole else -1)
  return value_from(item, np.frombuffer(b"".join(parts), np.uint8))


@dataclasses.dataclass(frozen=True)
class Item:
  """One fetch or feed of a call."""
  path: str        # its position in the fetches' nested structure
  name: str        # of the tensor
  value: Value


@dataclasses.dataclass(frozen=True)
class Call:
  """One Session.run."""
  number: int
  session: int
  fetched: tuple   # of Items
  fed: tuple
  raised: str = None
  trains: bool = False   # does it run an optimizer
  gradients: tuple = ()  # Items that it applied, if they were recorded


@dataclasses.dataclass(frozen=True)
class Variable:
  """A variable at one moment."""
  session: int
  name: str
  value: Value
  call: int = None
  trainable: bool = False


class Recording:
  """The contents of the file `path`, which `recorder.py` wrote.

  `initial` is {(session, name, n-th initialization): Variable}, `looks` is
  {(session, training step, name): Variable}, and `final` is {(session, name):
  Variable}. Calls are read from the file on request.

  Raises:
    RecordingError: if the file is not a recording, is damaged, holds what no
      recording holds, comes from a newer version, or unpacks to more than
      `limit` bytes (default 2 GiB).
  """

  def __init__(self, path, limit=None):
    self._reader = recorder.Reader(path, limit)
    self.path = path
    self.head, self.tail = self._reader.head, self._reader.tail
    self.initial, self.looks, self.final = {}, {}, {}
    self._calling = set()    # numbers of the threads that have a call
    for line, data in self._reader.lines():
      if line[0] == "call":
        self._calling.add(line[3])
      if line[0] == "init":
        _, session, nth, name, item, call, trainable = line
        self.initial[session, name, nth] = Variable(
            session, name, value_from(item, data), call, trainable)
      elif line[0] == "look":
        _, session, call, name, item = line
        self.looks[session, call, name] = Variable(
            session, name, value_from(item, data), call)
      elif line[0] == "end":
        _, session, name, item = line
        self.final[session, name] = Variable(session, name,
                                             value_from(item, data))

  @property
  def outcome(self):
    """How the program ended: a dict with "kind"."""
    return self.tail["outcome"]

  @property
  def versions(self):
    """One line that gives the versions, for display."""
    return (f"TensorFlow {self.tail.get('real_tensorflow', 'not loaded')}, "
            f"NumPy {self.head['numpy']}, Python {self.head['python']}")

  def threads(self):
    """Numbers of the threads other than the main one, in starting order.

    Python names threads Thread-1, Thread-2 (target), ... as they are created.
    """
    def order(number):
      name = self.tail["threads"][number]
      found = re.match(r"Thread-(\d+)", name)
      return (1, int(found.group(1)), "") if found else (0, 0, name)
    return sorted(range(1, len(self.tail["threads"])), key=order)

  def calls(self, thread=0):
    """Yields the Calls of one thread (0: the main one) in order."""
    names, number, last = {}, 0, None
    if thread not in self._calling:
      return  # without going through the file
    for line, data in self._reader.lines():
      if line[0] == "names":
        names[line[1]] = line[2:]
      elif line[0] == "grads":
        if last is not None:
          yield dataclasses.replace(last, gradients=_items(
              [("", name) for name in line[1]], line[2], data))
          last = None
      elif last is not None:
        yield last
        last = None
      if line[0] == "call" and line[3] == thread:
        _, call, session, _, key, values, fed, trains = line
        fetch_names, feed_names = names[key]
        raised = values if isinstance(values, str) else None
        last = Call(number if call < 0 else call, session,
                    _items(fetch_names, () if raised else values, data),
                    _items(feed_names, fed, data), raised, trains)
        number += 1
    if last is not None:
      yield last


def _items(names, values, data):
  return tuple(Item(path, name, value_from(value, data))
               for (path, name), value in zip(names, values))
