"""Measures a step of each loop that feeds a model its own output.

  python benchmarks/feedback.py
  python benchmarks/feedback.py --write docs/feedback.md

All loops are in one graph and one session and run in turns. Each ratio is
computed within a turn, so that other load on the machine affects both loops.
The table shows medians, and the middle half of the ratios.
"""

import collections
import os
import time

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np
import tensorflow.compat.v1 as tf

import tfcompat_rnn
from tfcompat_rnn import cells
from tfcompat_rnn.feedback import choice

Size = collections.namedtuple("Size", "batch units steps symbols")
SIZES = [Size(1, 32, 100, 80), Size(1, 256, 100, 80), Size(16, 256, 100, 80),
         Size(64, 512, 50, 80)]
# Pairs to compare, both names of `loops`.
RATIOS = [
    ("by hand", "generate"), ("generate", "self_feeding_rnn"),
    ("generate, drawn", "self_feeding_rnn, drawn"),
    ("generate, drawn, unprepared", "generate, drawn"),
    ("self_feeding_rnn, drawn", "self_feeding_rnn")]


def loops(size, session):
  """name -> a function that generates `size.steps` outputs."""
  x = tf.placeholder(tf.float32, [None, None, size.symbols])
  cell = cells.MultiRNNCell([cells.LSTMCell(size.units) for _ in range(2)])
  state = tfcompat_rnn.feedable_state(cell, inputs=x)
  weights = tf.get_variable("weights", [size.units, size.symbols])
  processing = lambda output: tf.matmul(output, weights)
  outputs, final = tfcompat_rnn.teacher_forcing_rnn(
      cell, x, state, processing=processing)
  draw = choice.temperature(1.0, seed=1)
  prepared = draw.prepare(outputs)
  one_hot = lambda ids: tf.one_hot(ids, size.symbols)
  in_graph = tfcompat_rnn.self_feeding_rnn(
      cell, x[:, 0], state, processing=processing, steps=size.steps, reuse=True)
  drawn = tfcompat_rnn.self_feeding_rnn(
      cell, x[:, 0], state, processing=processing, steps=size.steps,
      choice=draw, next_input=one_hot, reuse=True)
  session.run(tf.global_variables_initializer())
  session.graph.finalize()
  begin = np.zeros([size.batch, size.symbols], np.float32)
  begin[:, 0] = 1
  feed = {x: begin[:, None]}
  names = np.eye(size.symbols, dtype=np.float32)
  zeros = session.run(state, feed)

  def generate(**more):
    return tfcompat_rnn.generate(
        session, x, outputs, begin[:, None], size.steps, initial_state=state,
        final_state=final, **more)

  def by_hand():
    value, kept, made = begin[:, None], zeros, []
    for _ in range(size.steps):
      value, kept = session.run([outputs, final], {x: value, state: kept})
      made.append(value)
    return np.concatenate(made, 1)

  ids = lambda choice: generate(
      choice=choice, next_input=lambda ids: names[ids]).choices
  return {
      "by hand": by_hand,
      "generate": lambda: generate().outputs,
      "self_feeding_rnn": lambda: session.run(in_graph.outputs, feed),
      "generate, drawn": lambda: ids(prepared),
      "generate, drawn, unprepared": lambda: ids(draw),
      "self_feeding_rnn, drawn": lambda: session.run(
          drawn.choices, feed),
  }


def measure(size, turns):
  """name -> seconds in each turn."""
  with tf.Graph().as_default(), tf.Session() as session:
    tf.set_random_seed(0)
    found = loops(size, session)
    made = {name: loop() for name, loop in found.items()}
    np.testing.assert_array_equal(made["by hand"], made["self_feeding_rnn"])
    np.testing.assert_array_equal(made["generate"], made["by hand"])
    np.testing.assert_array_equal(
        made["generate, drawn"], made["self_feeding_rnn, drawn"])
    times = collections.defaultdict(list)
    names = list(found)
    for turn in range(turns):
      for name in names if turn % 2 else names[::-1]:
        begun = time.perf_counter()
        found[name]()
        times[name].append(time.perf_counter() - begun)
  return times


def rows(turns, sizes):
  yield "| batch | units | from | to | µs/step | µs/step | times | half |"
  yield "|---|---|---|---|---|---|---|---|"
  for size in sizes:
    times = measure(size, turns)
    for one, other in RATIOS:
      a, b = np.array(times[one]), np.array(times[other])
      low, high = np.percentile(a / b, [25, 75])
      per_step = 1e6 / size.steps
      yield (f"| {size.batch} | {size.units} | {one} | {other} "
             f"| {np.median(a) * per_step:.0f} | {np.median(b) * per_step:.0f} "
             f"| {np.median(a / b):.2f} | {low:.2f} to {high:.2f} |")


if __name__ == "__main__":
  import _table
  _table.main(__doc__, rows, SIZES)
