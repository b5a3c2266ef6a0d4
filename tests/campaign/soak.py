"""Long runs in one process, whose memory must stay flat.

    python -m tests.campaign.soak --steps 20000

prints the memory of the process as the run goes on.
"""

import argparse
import collections
import contextlib
import os
import sys
import tempfile
import time

import numpy as np

import tfcompat_rnn
from tfcompat_rnn import cells
from tfcompat_rnn._tf import tf

tried = collections.Counter()
# The last four tenths of a run may add so many MB; allocators keep some.
_ALLOWED = 8.


def memory():
  """The resident memory of this process in MB."""
  with open("/proc/self/statm") as file:
    return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2 ** 20


@contextlib.contextmanager
def _training():
  """Kept state in variables: reset, fed, kept and saved in turn."""
  with tf.Graph().as_default(), tempfile.TemporaryDirectory() as folder:
    x = tf.placeholder(tf.float32, [8, None, 3])
    mask = tf.placeholder(tf.bool, [8, None])
    rnn = tfcompat_rnn.stateful_rnn(
        cells.LSTMCell(16), x, reset_mask=mask, execution="graph")
    train = tf.train.AdamOptimizer(.001).minimize(
        tf.reduce_mean(tf.square(rnn.outputs)))
    rows = rnn.reset_rows_op(tf.placeholder_with_default([True] * 8, [8]))
    zero, saver = rnn.zero_state_op, tf.train.Saver(max_to_keep=2)
    draw = np.random.RandomState(0)
    with tf.Session() as session:
      session.run(tf.global_variables_initializer())
      session.graph.finalize()

      def step(number):
        steps = number % 5 + 1
        session.run([train, rnn.keep_state_op], {
            x: draw.randn(8, steps, 3), mask: draw.rand(8, steps) < .1})
        if number % 50 == 0:
          session.run(zero if number % 100 else rows)
          rnn.state.load(session, session.run(rnn.initial_state))
        if number % 500 == 0:
          saver.save(session, folder + "/model", number,
                     write_meta_graph=False)
      yield step


@contextlib.contextmanager
def _streams():
  """Streams that are opened, stepped, evicted, closed and snapshotted."""
  streams = tfcompat_rnn.StreamingSession(
      cells.GRUCell(16), tf.TensorSpec([None, 3], tf.float32), 50)
  draw = np.random.RandomState(0)
  with streams, tempfile.TemporaryDirectory() as folder:
    def step(number):
      name = int(draw.randint(200))
      if name not in streams:
        streams.open(name)
      elif not number % 7:
        streams.close(name)
      chosen = streams.streams[:draw.randint(1, 30)]
      streams.step_rows(chosen, draw.randn(len(chosen), 3))
      if number % 200 == 0:
        streams.snapshot(folder + "/streams")
        streams.restore(folder + "/streams")
    yield step


@contextlib.contextmanager
def _errors():
  """Calls that are refused: an error must not keep anything alive."""
  with _streams() as step:
    streams = tfcompat_rnn.StreamingSession(
        cells.GRUCell(4), tf.TensorSpec([None, 3], tf.float32), 2)
    with streams:
      streams.open("a")

      def refused(number):
        for call in (lambda: streams.step([("b", [1, 2, 3])]),
                     lambda: streams.step([("a", [1, 2])]),
                     lambda: streams.restore("/nowhere")):
          try:
            call()
          except (KeyError, ValueError, OSError):
            continue
          raise AssertionError("not refused")
        step(number)
      yield refused


RUNS = {"training": _training, "streams": _streams, "errors": _errors}


def curve(name, steps=10 ** 9, seconds=1e9, points=10):
  """The memory in MB after each part of the run, and the number of steps."""
  found, number, begun = [], 0, time.monotonic()
  with RUNS[name]() as step:
    for part in range(points):
      while number < steps * (part + 1) // points and (
          time.monotonic() - begun < seconds * (part + 1) / points):
        step(number)
        number += 1
      found.append(memory())
  return found, number


def check(name, seconds):
  """Raises AssertionError unless the memory is flat in the end."""
  found, steps = curve(name, seconds=seconds)
  tried[f"steps {name}"] += steps
  grown = found[-1] - found[5]
  assert grown < _ALLOWED, (
      f"{grown:.1f} MB more after {steps} steps: "
      + ", ".join(f"{point:.0f}" for point in found))


def runs(seed):
  """Arguments of `check`: one run in a round."""
  yield list(RUNS)[seed % len(RUNS)], 15.


def forget():
  """There is nothing to forget."""


def main():
  parser = argparse.ArgumentParser(prog="python -m tests.campaign.soak")
  parser.add_argument("--steps", type=int, default=20000)
  steps = parser.parse_args().steps
  tf.disable_v2_behavior()
  for name in RUNS:
    found, _ = curve(name, steps)
    print(f"{name}: {steps} steps, MB after each tenth: "
          + ", ".join(f"{point:.1f}" for point in found))


if __name__ == "__main__":
  sys.exit(main())
