"""Measures a step of each loop that feeds a model its own output.

  python benchmarks/feedback.py
  python benchmarks/feedback.py --write docs/feedback.md
  python benchmarks/feedback.py generation --write docs/feedback.md

With `generation`, measures 1,000 steps of the loop that XLA has compiled,
beside the plain one, `generate`, and PyTorch's cells in a Python loop (if
PyTorch is installed).

All loops are in one graph and one session and run in turns. Each ratio is
computed within a turn, so that other load on the machine affects both loops.
The table shows medians, and the middle half of the ratios.
"""

import collections
import os
import sys
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

Long = collections.namedtuple("Long", "cell batch units steps symbols")
LONG = [Long(cell, batch, 128, 1000, 64)
        for cell in ("LSTM", "GRU") for batch in (1, 32)]


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
    return timed(found, turns)


def timed(found, turns):
  """name -> seconds in each turn, of functions by name."""
  times = collections.defaultdict(list)
  names = list(found)
  for turn in range(turns):
    for name in names if turn % 2 else names[::-1]:
      begun = time.perf_counter()
      found[name]()
      times[name].append(time.perf_counter() - begun)
  return times


def long_loops(size, session):
  """name -> a function that draws `size.steps` symbols."""
  cell = {"LSTM": cells.LSTMCell, "GRU": cells.GRUCell}[size.cell](size.units)
  table = tf.get_variable("table", [size.symbols, size.units])
  weights = tf.get_variable("weights", [size.units, size.symbols])
  embed = lambda ids: tf.nn.embedding_lookup(table, ids)
  processing = lambda output: tf.matmul(output, weights)
  ids = tf.placeholder(tf.int32, [None, None])
  state = tfcompat_rnn.feedable_state(cell, inputs=ids)
  draw = choice.temperature(1.0, seed=1)
  logits, final = tfcompat_rnn.teacher_forcing_rnn(
      cell, embed(ids), state, processing=processing)
  prepared = draw.prepare(logits)
  plain, compiled = [tfcompat_rnn.self_feeding_rnn(
      cell, embed(ids[:, 0]), state, processing=processing, steps=size.steps,
      choice=draw, next_input=embed, reuse=True, execution=execution).choices
                     for execution in ("loop", "xla")]
  session.run(tf.global_variables_initializer())
  session.graph.finalize()
  begin = np.zeros([size.batch, 1], np.int32)
  found = {
      "compiled": lambda: session.run(compiled, {ids: begin}),
      "self_feeding_rnn": lambda: session.run(plain, {ids: begin}),
      "generate": lambda: tfcompat_rnn.generate(
          session, ids, logits, begin, size.steps, initial_state=state,
          final_state=final, choice=prepared).choices}
  in_torch = torch_loop(size)
  if in_torch is not None:
    found["PyTorch, 1 thread"] = in_torch
  return found


def torch_loop(size):
  """The same loop in Python, over PyTorch's cells; None without PyTorch."""
  try:
    import torch
  except ImportError:
    return None
  torch.manual_seed(0)
  torch.set_num_threads(1)  # more threads wait for each other in small steps
  kind = {"LSTM": torch.nn.LSTMCell, "GRU": torch.nn.GRUCell}[size.cell]
  cell = kind(size.units, size.units)
  table = torch.nn.Embedding(size.symbols, size.units)
  project = torch.nn.Linear(size.units, size.symbols)

  @torch.inference_mode()
  def generate():
    ids, state = torch.zeros(size.batch, dtype=torch.long), None
    made = torch.empty(size.steps, size.batch, dtype=torch.long)
    for step in range(size.steps):
      state = cell(table(ids), state)
      output = state[0] if size.cell == "LSTM" else state
      odds = torch.softmax(project(output), 1)
      made[step] = ids = torch.multinomial(odds, 1)[:, 0]
    return made

  return generate


def measure_long(size, turns):
  """`(name -> seconds in each turn, seconds of the first compiled run)`."""
  with tf.Graph().as_default(), tf.Session() as session:
    tf.set_random_seed(0)
    found = long_loops(size, session)
    begun = time.perf_counter()
    found["compiled"]()
    first = time.perf_counter() - begun
    made = {name: loop() for name, loop in found.items()}
    np.testing.assert_array_equal(made["generate"], made["self_feeding_rnn"])
    # In float32, a draw may lie between two roundings of a boundary.
    same = np.mean(made["compiled"] == made["self_feeding_rnn"])
    return timed(found, turns), first, same


def long_rows(turns, sizes):
  yield ("| cell | batch | loop | µs/step | compiled, µs/step | times | half "
         "| first run | same symbols |")
  yield "|---|---|---|---|---|---|---|---|---|"
  for size in sizes:
    times, first, same = measure_long(size, turns)
    b = np.array(times.pop("compiled"))
    per_step = 1e6 / size.steps
    for name, found in times.items():
      a = np.array(found)
      low, high = np.percentile(a / b, [25, 75])
      yield (f"| {size.cell} | {size.batch} | {name} "
             f"| {np.median(a) * per_step:.0f} | {np.median(b) * per_step:.0f} "
             f"| {np.median(a / b):.2f} | {low:.2f} to {high:.2f} "
             f"| {first:.1f} s | {same:.1%} |")


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
  if sys.argv[1:2] == ["generation"]:
    _table.main(__doc__, long_rows, LONG, sys.argv[2:], "generation")
  else:
    _table.main(__doc__, rows, SIZES)
