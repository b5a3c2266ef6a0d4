"""Measures a step of a `StreamingSession` at several numbers of open streams.

  python benchmarks/streaming.py
  python benchmarks/streaming.py --write docs/scaling.md

A session for each number is made of the same LSTM cell. They run in turns of a
few steps, each step on other streams, drawn at random. The ratio, to the
session with the fewest streams that fills the batch, is computed within a turn,
so that other load on the machine affects both. The table shows medians, and the
middle half of the ratios.
"""

import collections
import os
import time

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import _table
import numpy as np
import tensorflow.compat.v1 as tf

import tfcompat_rnn
from tfcompat_rnn import cells

UNITS = 128
OPEN = [1, 100, 10_000, 100_000]
BATCHES = [1, 64, 1024]
STEPS = 8  # of a session in a turn


class Contestant:
  """A session with `count` open streams, all of which have been stepped."""

  def __init__(self, count):
    self.count = count
    self.draw = np.random.RandomState(0)
    self.streams = tfcompat_rnn.StreamingSession(
        cells.LSTMCell(UNITS), tf.TensorSpec([None, UNITS], tf.float32), count)
    for stream in range(count):
      self.streams.open(stream)
    for begin in range(0, count, 10_000):
      names = range(begin, min(begin + 10_000, count))
      self.streams.step_rows(names, np.zeros([len(names), UNITS], np.float32))

  def seconds(self, batch):
    """What a step of `batch` streams takes, over some steps."""
    work = [(self.draw.randint(self.count, size=3 * batch) if self.count > batch
             else self.draw.permutation(self.count),
             self.draw.randn(batch, UNITS).astype(np.float32))
            for _ in range(STEPS)]
    # Distinct streams; `choice` without replacement would permute all.
    work = [(_distinct(names, batch, self.count), x) for names, x in work]
    begin = time.perf_counter()
    for names, x in work:
      self.streams.step_rows(names, x)
    return (time.perf_counter() - begin) / STEPS


def _distinct(names, batch, count):
  found = list(dict.fromkeys(names.tolist()))[:batch]
  if len(found) < batch:
    known = set(found)
    found += [name for name in range(count) if name not in known][
        :batch - len(found)]
  return found


def measured(turns, counts):
  """`{batch: {count: [seconds of each turn]}}`."""
  contestants = [Contestant(count) for count in counts]
  found = collections.defaultdict(lambda: collections.defaultdict(list))
  for batch in BATCHES:
    able = [one for one in contestants if one.count >= batch]
    for one in able:
      one.seconds(batch)
    for turn in range(turns):
      for one in able if turn % 2 else able[::-1]:
        found[batch][one.count].append(one.seconds(batch))
  for one in contestants:
    one.streams.shut_down()
  return found


def rows(turns, counts):
  yield ("| streams in a step | open streams | µs for each stepped row | "
         "ratio | middle half |")
  yield "| ---: | ---: | ---: | ---: | ---: |"
  for batch, times in measured(turns, counts).items():
    first = next(iter(sorted(times)))
    for count in sorted(times):
      ratios = np.divide(times[count], times[first])
      low, middle, high = np.percentile(ratios, [25, 50, 75])
      each = 1e6 * np.median(times[count]) / batch
      span = "" if count == first else f"{low:.2f} to {high:.2f}"
      yield (f"| {batch:,} | {count:,} | {each:,.1f} | {middle:.2f} | "
             f"{span} |")


if __name__ == "__main__":
  _table.main(__doc__, rows, OPEN, mark="streaming")
