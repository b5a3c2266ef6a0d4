"""The same as a `StreamingSession` in plain Python: a dictionary of states."""

import collections
import copy

import numpy as np


class PlainStreams:
  """`step(inputs, states)` of arrays `[n, ...]`, on an ordered dictionary."""

  def __init__(self, step, first, capacity):
    self.step_of, self.first, self.capacity = step, first, capacity
    self.states = collections.OrderedDict()

  def open(self, stream, state=None):
    evicted = None
    if len(self.states) == self.capacity:
      evicted, _ = self.states.popitem(last=False)
    self.states[stream] = self.first if state is None else state
    return evicted

  def close(self, stream):
    del self.states[stream]

  def step_rows(self, streams, inputs):
    old = {key: np.stack([self.states[name][key] for name in streams])
           for key in self.first}
    outputs, new = self.step_of(inputs, old)
    for number, name in enumerate(streams):
      self.states[name] = {key: new[key][number] for key in new}
      self.states.move_to_end(name)
    return outputs

  def snapshot(self):
    return copy.deepcopy(self.states)

  def restore(self, kept):
    self.states = copy.deepcopy(kept)


def random_operations(draw, streams, plain, path, operations, names, depth,
                      check, most=40):
  """Applies the same random operations to both; `check`s after each kind.

  Returns how often each kind was done.
  """
  done, kept = collections.Counter(), None
  for _ in range(operations):
    kind = draw.choice(
        ["open", "step", "step", "close", "state", "snapshot", "restore"],
        p=[.3, .2, .2, .12, .12, .04, .02])
    opened = list(plain.states)
    if kind == "open":
      stream = int(draw.randint(names))
      if stream in plain.states:
        continue
      state = None
      if opened and draw.rand() < .3:  # a copy of another stream
        state = streams.state(opened[draw.randint(len(opened))])
      evicted = plain.open(stream, state)
      assert streams.open(stream, state) == evicted
      done["evicted"] += evicted is not None
    elif kind == "step" and opened:
      count = min(len(opened), draw.randint(1, most))
      chosen = [opened[n] for n in draw.choice(
          len(opened), count, replace=False)]
      inputs = draw.randn(count, depth).astype(np.float32)
      check(streams.step_rows(chosen, inputs),
            plain.step_rows(chosen, inputs))
    elif kind == "close" and opened:
      stream = opened[draw.randint(len(opened))]
      streams.close(stream)
      plain.close(stream)
    elif kind == "state" and opened:
      stream = opened[draw.randint(len(opened))]
      check(streams.state(stream), plain.states[stream])
    elif kind == "snapshot":
      streams.snapshot(path)
      kept = plain.snapshot()
    elif kind == "restore" and kept is not None:
      streams.restore(path)
      plain.restore(kept)
    else:
      continue
    done[kind] += 1
    assert len(streams) == len(plain.states)
  return done


def check_all(streams, plain, check):
  """Every stream, in order, and every state."""
  assert streams.streams == list(plain.states)
  for stream, state in plain.states.items():
    check(streams.state(stream), state)
