"""Measures each way to carry a state: the 1.x idiom and this package.

  python benchmarks/state_idioms.py                  # all of them
  python benchmarks/state_idioms.py keep packed      # some
  python benchmarks/state_idioms.py --write docs/state.md

Both versions of a comparison are in one graph and one session. They run in
turns of a few steps each, in alternating order. The ratio is computed within
each turn, so that other load on the machine affects both. The table shows
medians, and the middle half of the ratios. The 1.x idiom runs without this
package's copies of the state, as in TensorFlow 1.15.
"""

import argparse
import collections
import os
import pathlib
import platform
import re
import time

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np
import tensorflow.compat.v1 as tf

import tfcompat_rnn
from tfcompat_rnn import _snapshot
from tfcompat_rnn import cells

Size = collections.namedtuple("Size", "name batch units steps depth")
SIZES = [Size("small", 4, 16, 10, 4), Size("large", 20, 200, 20, 200)]

# One comparison: two functions that take one step (or `per` steps each).
Pair = collections.namedtuple("Pair", "old new per", defaults=(1,))

COMPARISONS = {}


def comparison(function):
  COMPARISONS[function.__name__] = function
  return function


class Bench:
  """The graph of one comparison, with helpers to build both versions."""

  def __init__(self, size):
    self.size = size
    self.x = tf.placeholder(
        tf.float32, [size.batch, size.steps, size.depth], "x")
    draw = np.random.RandomState(0)
    self.values = draw.randn(
        size.batch, size.steps, size.depth).astype(np.float32)
    self.feed = {self.x: self.values}
    self.session = tf.Session()
    self.after = []

  def cell(self, layers=2):
    return cells.MultiRNNCell(
        [cells.LSTMCell(self.size.units) for _ in range(layers)])

  def loop(self, cell, state):
    return tfcompat_rnn.dynamic_rnn(cell, self.x, initial_state=state)

  def train(self, outputs):
    scope = tf.get_variable_scope().name
    weights = tf.trainable_variables(scope)
    return tf.train.GradientDescentOptimizer(.01).minimize(
        tf.reduce_mean(tf.square(outputs)), var_list=weights)

  def zero_variables(self, **more):
    shape = [self.size.batch, self.size.units]
    return tuple(
        cells.LSTMStateTuple(*[
            tf.get_variable(f"state_{layer}_{part}", shape, trainable=False,
                            initializer=tf.zeros_initializer(), **more)
            for part in "ch"]) for layer in range(2))

  def zeros(self):
    shape = [self.size.batch, self.size.units]
    return tuple(cells.LSTMStateTuple(np.zeros(shape, np.float32),
                                      np.zeros(shape, np.float32))
                 for _ in range(2))

  def runs(self, *fetches, feed=None):
    """A step that runs `fetches`."""
    fed = self.feed if feed is None else feed
    fetches = list(fetches)
    return lambda: self.session.run(fetches, fed)


class documented:
  """Builds like 1.15: without copies, in a separate scope."""

  def __enter__(self):
    self.enabled = _snapshot.set_enabled(False)
    self.scope = tf.variable_scope("old")
    return self.scope.__enter__()

  def __exit__(self, *error):
    _snapshot.set_enabled(self.enabled)
    return self.scope.__exit__(*error)


def ours():
  return tf.variable_scope("ours")


def assigns(state, final):
  return tf.tuple([old.assign(new) for old, new in zip(
      tf.nest.flatten(state), tf.nest.flatten(final))])


@comparison
def feed(bench):
  """The state through Python: fed leaf by leaf, or as it was fetched."""
  with documented():
    cell = bench.cell()
    initial = cell.zero_state(bench.size.batch, tf.float32)
    outputs, final = bench.loop(cell, initial)
    train = bench.train(outputs)
  kept = [bench.zeros()]

  def old():
    given = dict(bench.feed)
    for leaf, value in zip(initial, kept[0]):
      given[leaf.c], given[leaf.h] = value.c, value.h
    kept[0], _ = bench.session.run([final, train], given)

  with ours():
    cell = bench.cell()
    mine = tfcompat_rnn.feedable_state(cell, inputs=bench.x)
    outputs, my_final = bench.loop(cell, mine)
    my_train = bench.train(outputs)
  my_kept = [bench.zeros()]

  def new():
    my_kept[0], _ = bench.session.run(
        [my_final, my_train], {**bench.feed, mine: my_kept[0]})

  return Pair(old, new)


def _stateful(bench, **arguments):
  with ours():
    rnn = tfcompat_rnn.stateful_rnn(bench.cell(), bench.x, **arguments)
    return rnn, bench.train(rnn.outputs)


@comparison
def feed_or_keep(bench):
  """The state through Python, and in variables."""
  old = feed(bench).old
  with tf.variable_scope("kept"):
    rnn, train = _stateful(bench)
  return Pair(old, bench.runs(train, rnn.keep_state_op))


def _keep(bench, **more):
  with documented():
    state = bench.zero_variables(**more)
    outputs, final = bench.loop(bench.cell(), state)
    old = bench.runs(bench.train(outputs), assigns(state, final))
  rnn, train = _stateful(bench)
  return Pair(old, bench.runs(train, rnn.keep_state_op))


@comparison
def keep(bench):
  """Reference variables and an assign for each."""
  return _keep(bench)


@comparison
def keep_resource(bench):
  """Resource variables and an assign for each."""
  tf.get_variable_scope().set_use_resource(True)
  return _keep(bench)


@comparison
def packed(bench):
  """One variable for the whole stack."""
  size = bench.size
  with documented():
    variable = tf.get_variable(
        "packed", [2, 2, size.batch, size.units], trainable=False,
        initializer=tf.zeros_initializer())
    state = tuple(cells.LSTMStateTuple(layer[0], layer[1])
                  for layer in tf.unstack(variable))
    outputs, final = bench.loop(bench.cell(), state)
    write = variable.assign(tf.stack([tf.stack(list(one)) for one in final]))
    old = bench.runs(bench.train(outputs), write)
  with ours():
    cell = bench.cell()
    mine = tfcompat_rnn.PackedStateVariables(cell, size.batch)
    outputs, final = bench.loop(cell, mine.initial_state)
    return Pair(old, bench.runs(bench.train(outputs), mine.keep(final)))


@comparison
def step_zero(bench):
  """Zeros at step 0, with `tf.cond`."""
  step = tf.placeholder_with_default(tf.constant(-1, tf.int64), [])
  with documented():
    kept = bench.zero_variables()
    zeros = tf.nest.map_structure(
        tf.zeros_like, tf.nest.map_structure(tf.convert_to_tensor, kept))
    state = tf.cond(tf.equal(step, 0), lambda: zeros, lambda: kept)
    outputs, final = bench.loop(bench.cell(), state)
    old = bench.runs(bench.train(outputs), assigns(kept, final))
  with ours():
    cell = bench.cell()
    mine = tfcompat_rnn.StateVariables(cell, bench.size.batch)
    state = tfcompat_rnn.reset_at_step_zero(step, mine.initial_state)
    outputs, final = bench.loop(cell, state)
    return Pair(old, bench.runs(bench.train(outputs), mine.keep(final)))


@comparison
def zero(bench):
  """Zeros for the whole state; only the zeroing is timed."""
  with documented():
    state = bench.zero_variables()
    old = bench.runs(tf.tuple([
        leaf.assign(tf.zeros_like(leaf)) for leaf in tf.nest.flatten(state)]),
                     feed={})
  with ours():
    mine = tfcompat_rnn.StateVariables(bench.cell(), bench.size.batch)
    return Pair(old, bench.runs(mine.zero(), feed={}))


@comparison
def zero_anew(bench):
  """Zeroing ops built each time, or once."""
  with documented():
    state = tf.nest.flatten(bench.zero_variables())

  def old():
    bench.session.run([leaf.assign(tf.zeros_like(leaf)) for leaf in state])

  with ours():
    mine = tfcompat_rnn.StateVariables(bench.cell(), bench.size.batch)
    return Pair(old, lambda: bench.session.run(mine.zero()))


@comparison
def boundaries(bench):
  """Rows reset where a sequence ends: in Python, or inside the loop."""
  size = bench.size
  with documented():
    state = bench.zero_variables()
    outputs, final = bench.loop(bench.cell(), state)
    step = [bench.train(outputs), assigns(state, final)]
    fed = tf.nest.map_structure(
        lambda leaf: tf.placeholder(tf.float32, leaf.shape), state)
    load = assigns(state, fed)
  flat, holders = tf.nest.flatten(state), tf.nest.flatten(fed)

  def old():
    bench.session.run(step, bench.feed)
    values = bench.session.run(flat)
    for value in values:
      value[1] = 0
    bench.session.run(load, dict(zip(holders, values)))

  mask = tf.placeholder(tf.bool, [size.batch, size.steps])
  marks = np.zeros([size.batch, size.steps], bool)
  marks[1, 0] = True
  rnn, train = _stateful(bench, reset_mask=mask)
  return Pair(old, bench.runs(
      train, rnn.keep_state_op, feed={**bench.feed, mask: marks}))


@comparison
def always(bench):
  """The outputs wait for the assigns, with `tf.control_dependencies`."""
  with documented():
    state = bench.zero_variables()
    outputs, final = bench.loop(bench.cell(), state)
    with tf.control_dependencies(assigns(state, final)):
      outputs = tf.identity(outputs)
    old = bench.runs(bench.train(outputs))
  _, train = _stateful(bench, keep="always")
  return Pair(old, bench.runs(train))


@comparison
def saver(bench):
  """States by sequence ID: in a Python dict, or in the graph."""
  size, draw = bench.size, np.random.RandomState(1)
  with documented():
    cell = bench.cell()
    initial = tf.nest.flatten(cell.zero_state(size.batch, tf.float32))
    outputs, final = bench.loop(
        cell, tf.nest.pack_sequence_as(cell.state_size, initial))
    final, train = tf.nest.flatten(final), bench.train(outputs)
  known = {}
  blank = [np.zeros(size.units, np.float32)] * 4

  def ids():
    return draw.permutation(3 * size.batch)[:size.batch]

  def old():
    keys = ids()
    given = dict(bench.feed)
    for number, leaf in enumerate(initial):
      given[leaf] = np.stack([known.get(key, blank)[number] for key in keys])
    values, _ = bench.session.run([final, train], given)
    for row, key in enumerate(keys):
      known[key] = [value[row] for value in values]

  with ours():
    cell = bench.cell()
    keys = tf.placeholder(tf.int64, [size.batch])
    states = tfcompat_rnn.SequenceStateSaver(cell, keys)
    outputs, _ = tfcompat_rnn.state_saving_rnn(cell, bench.x, states)
    my_train = bench.train(outputs)
  return Pair(old, lambda: bench.session.run(
      my_train, {**bench.feed, keys: ids()}))


def _generator(bench):
  """A model with equal input and output depth, and its first input."""
  size = bench.size
  cell = bench.cell()
  x = tf.placeholder(tf.float32, [None, None, size.units])
  initial = tfcompat_rnn.feedable_state(cell, inputs=x)
  outputs, final = tfcompat_rnn.dynamic_rnn(cell, x, initial_state=initial)
  prime = np.random.RandomState(2).randn(
      size.batch, 1, size.units).astype(np.float32)
  return cell, x, initial, outputs, final, prime


GENERATED = 50


@comparison
def generate(bench):
  """Feeding back over `session.run`, 50 steps: by hand, or `generate`."""
  with ours():
    _, x, initial, outputs, final, prime = _generator(bench)

  def old():
    value = prime
    out, state = bench.session.run([outputs, final], {x: value})
    for _ in range(GENERATED - 1):
      out, state = bench.session.run(
          [outputs, final], {x: out, initial: state})

  return Pair(old, lambda: tfcompat_rnn.generate(
      bench.session, x, outputs, prime, GENERATED, initial_state=initial,
      final_state=final, progress=False), GENERATED)


@comparison
def whole_again(bench):
  """Running the whole sequence again for each step, or `generate`."""
  with ours():
    _, x, initial, outputs, final, prime = _generator(bench)

  def old():
    sequence = prime
    for _ in range(GENERATED):
      out = bench.session.run(outputs, {x: sequence})
      sequence = np.concatenate([sequence, out[:, -1:]], 1)

  return Pair(old, lambda: tfcompat_rnn.generate(
      bench.session, x, outputs, prime, GENERATED, initial_state=initial,
      final_state=final, progress=False), GENERATED)


@comparison
def in_graph(bench):
  """50 steps in one run: `raw_rnn` as published, and `self_feeding_rnn`."""
  size = bench.size
  first = np.random.RandomState(2).randn(
      size.batch, size.units).astype(np.float32)
  seed = tf.placeholder(tf.float32, [size.batch, size.units])
  with documented():
    cell = bench.cell()

    def loop_fn(number, output, state, unused):
      if output is None:
        state, following = cell.zero_state(size.batch, tf.float32), seed
      else:
        following = output
      finished = tf.fill([size.batch], number >= GENERATED)
      return finished, following, state, output, unused

    emitted, _, _ = tf.nn.raw_rnn(cell, loop_fn)
    stacked = emitted.stack()
    # The published loop mixes the rows here.
    mixed = tf.reshape(stacked, [size.batch, GENERATED, size.units])
  with ours():
    mine = tfcompat_rnn.self_feeding_rnn(
        bench.cell(), seed, steps=GENERATED)
  given = {seed: first}
  return Pair(bench.runs(mixed, feed=given),
              bench.runs(mine.outputs, feed=given), GENERATED)


@comparison
def session_or_graph(bench):
  """50 steps: `generate`, and `self_feeding_rnn`."""
  with ours():
    cell, x, initial, outputs, final, prime = _generator(bench)
    seed = tf.placeholder(tf.float32, [bench.size.batch, bench.size.units])
    mine = tfcompat_rnn.self_feeding_rnn(
        cell, seed, steps=GENERATED, reuse=True)
  return Pair(
      lambda: tfcompat_rnn.generate(
          bench.session, x, outputs, prime, GENERATED, initial_state=initial,
          final_state=final, progress=False),
      bench.runs(mine.outputs, feed={seed: prime[:, 0]}), GENERATED)


# -- measuring ---------------------------------------------------------------

Result = collections.namedtuple("Result", "old new ratio low high")


def measure(build, size, turns, seconds):
  """Medians in microseconds per step, and the ratio new / old."""
  with tf.Graph().as_default():
    tf.set_random_seed(0)
    bench = Bench(size)
    pair = build(bench)
    with bench.session:
      bench.session.run(tf.global_variables_initializer())
      for step in (pair.old, pair.new) * 3:
        step()
      count = max(1, int(seconds / max(
          timed(pair.old, 1), timed(pair.new, 1))))
      times = {"old": [], "new": []}
      for turn in range(turns):
        order = ("old", "new") if turn % 2 else ("new", "old")
        for name in order:
          times[name].append(timed(getattr(pair, name), count))
  old, new = (np.array(times[name]) * 1e6 / pair.per
              for name in ("old", "new"))
  low, ratio, high = np.percentile(new / old, [25, 50, 75])
  return Result(np.median(old), np.median(new), ratio, low, high)


def timed(step, count):
  begin = time.perf_counter()
  for _ in range(count):
    step()
  return (time.perf_counter() - begin) / count


def text_of(microseconds):
  if microseconds < 995:
    return f"{microseconds:.0f} µs"
  return f"{microseconds / 1000:.{1 if microseconds < 99500 else 0}f} ms"


def ratio_of(number):
  return f"{number:.2f}" if number >= .095 else f"{number:.3f}"


def table_of(results):
  """The lines of one comparison's table, by size."""
  lines = ["| size | 1.x idiom | tfcompat_rnn | ratio (middle half) |",
           "|---|---|---|---|"]
  for size, result in results:
    lines.append(
        f"| {size} | {text_of(result.old)} | {text_of(result.new)} | "
        f"{ratio_of(result.ratio)} ({ratio_of(result.low)} to "
        f"{ratio_of(result.high)}) |")
  return "\n".join(lines)


def machine():
  """The machine and versions used for the measurement, as text."""
  model = re.search(r"model name\s*:\s*(.*)", cpuinfo())
  name = model.group(1) if model else platform.processor() or "a CPU"
  return (f"{os.cpu_count()} cores of {name}, {platform.system()}, Python "
          f"{platform.python_version()}, TensorFlow {tf.__version__}")


def cpuinfo():
  path = pathlib.Path("/proc/cpuinfo")
  return path.read_text() if path.exists() else ""


def write(path, name, text):
  """Writes `text` between the markers of `name` in a page."""
  page = path.read_text()
  begin, end = f"<!-- cost {name} -->", "<!-- /cost -->"
  at = page.index(begin) + len(begin)
  until = page.index(end, at)
  path.write_text(page[:at] + "\n" + text + "\n" + page[until:])


def main(argv=None):
  parser = argparse.ArgumentParser(
      description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
  parser.add_argument("names", nargs="*", help="which comparisons to run")
  parser.add_argument("--turns", type=int, default=61)
  parser.add_argument("--seconds", type=float, default=.03,
                      help="length of one turn of one version")
  parser.add_argument("--sizes", default="small,large")
  parser.add_argument("--write", type=pathlib.Path, metavar="PAGE",
                      help="write the numbers into this page")
  options = parser.parse_args(argv)
  tf.disable_v2_behavior()
  sizes = [size for size in SIZES if size.name in options.sizes.split(",")]
  print(machine())
  if options.write:
    write(options.write, "machine", f"Measured on {machine()}.")
  for name in options.names or COMPARISONS:
    results = []
    print(f"{name}: {COMPARISONS[name].__doc__}", flush=True)
    for size in sizes:
      result = measure(
          COMPARISONS[name], size, options.turns, options.seconds)
      results.append((size.name, result))
      print(f"  {size.name:6} {text_of(result.old):>9} "
            f"{text_of(result.new):>9}  {ratio_of(result.ratio)} "
            f"({ratio_of(result.low)} to {ratio_of(result.high)})",
            flush=True)
    if options.write:
      write(options.write, name, table_of(results))


if __name__ == "__main__":
  main()
