"""Measures a training step with plain, block and fused cells on a CPU.

  python benchmarks/fused.py
  python benchmarks/fused.py --write docs/fused.md

All networks of a size are in one graph and one session, compute the same from
the same variables, and run in turns. Each ratio is computed within a turn, so
that other load on the machine affects both networks. The table shows medians,
and the middle half of the ratios.
"""

import collections
import os
import time

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np
import tensorflow.compat.v1 as tf

import tfcompat_rnn
from tfcompat_rnn import cells
from tfcompat_rnn import fused

Size = collections.namedtuple("Size", "batch units steps depth")
SIZES = [Size(4, 32, 20, 16), Size(32, 128, 35, 64), Size(64, 256, 50, 128)]
# Pairs to compare, both names of `networks`.
RATIOS = [
    ("LSTMBlockCell", "LSTMCell"),
    ("LSTMBlockFusedCell", "LSTMCell"),
    ("LSTMBlockFusedCell", "LSTMBlockCell"),
    ("CudnnLSTM", "LSTMCell, no forget bias"),
    ("GRUBlockCellV2", "GRUCell"),
    ("CudnnGRU", "CudnnCompatibleGRUCell"),
]


def networks(size):
  """name -> `(outputs, training op)`; the numbers in a group are the same."""
  x = tf.constant(np.random.RandomState(0).randn(
      size.steps, size.batch, size.depth), tf.float32)
  units = size.units

  def looped(cell):
    return lambda: tfcompat_rnn.dynamic_rnn(
        cell, x, dtype=tf.float32, time_major=True)[0]

  def stacked(cell):
    return looped(cells.MultiRNNCell([cell]))

  def in_layer(layer):
    def build():
      layer.build(x.shape)
      return layer(x)[0]
    return build

  groups = [
      {"LSTMCell": looped(cells.LSTMCell(units)),
       "LSTMBlockCell": looped(cells.LSTMBlockCell(units)),
       "LSTMBlockFusedCell": lambda: fused.LSTMBlockFusedCell(
           units, name="rnn/lstm_cell")(x, dtype=tf.float32)[0]},
      {"LSTMCell, no forget bias": stacked(cells.LSTMCell(
          units, forget_bias=0., name="cudnn_compatible_lstm_cell")),
       "CudnnLSTM": in_layer(fused.CudnnLSTM(1, units))},
      {"GRUCell": looped(cells.GRUCell(units)),
       "GRUBlockCellV2": looped(cells.GRUBlockCellV2(units))},
      {"CudnnCompatibleGRUCell": stacked(
          cells.CudnnCompatibleGRUCell(units)),
       "CudnnGRU": in_layer(fused.CudnnGRU(1, units))},
  ]
  found = {}
  for number, group in enumerate(groups):
    for place, (name, build) in enumerate(group.items()):
      with tf.variable_scope(
          f"group_{number}", reuse=place > 0, use_resource=True,
          initializer=tf.random_uniform_initializer(-.1, .1)):
        outputs = build()
      mine = tf.trainable_variables(f"group_{number}")
      slopes = tf.gradients(tf.reduce_mean(tf.square(outputs - .5)), mine)
      # The weights do not change, so that all keep computing the same.
      train = tf.train.GradientDescentOptimizer(0.).apply_gradients(
          list(zip(slopes, mine)))
      found[name] = outputs, train
  return groups, found


def measure(size, turns, config=None):
  """name -> seconds in each turn."""
  with tf.Graph().as_default(), tf.Session(config=config) as session:
    tf.set_random_seed(0)
    with fused.cudnn_options(kernels="portable", variables="canonical"):
      groups, found = networks(size)
    session.run(tf.global_variables_initializer())
    for group in groups:
      made = session.run([found[name][0] for name in group])
      for one in made[1:]:
        np.testing.assert_allclose(one, made[0], rtol=0, atol=1e-5)
    times = collections.defaultdict(list)
    names = list(found)
    for turn in range(turns + 2):
      for name in names if turn % 2 else names[::-1]:
        begun = time.perf_counter()
        session.run(found[name][1])
        if turn >= 2:  # the first two are slower
          times[name].append(time.perf_counter() - begun)
  return times


def rows(turns, sizes):
  yield ("| batch | units | steps | depth | this | against | ms | ms "
         "| times | half |")
  yield "|---|---|---|---|---|---|---|---|---|---|"
  for size in sizes:
    times = measure(size, turns)
    for one, other in RATIOS:
      a, b = np.array(times[one]), np.array(times[other])
      low, high = np.percentile(a / b, [25, 75])
      yield (f"| {size.batch} | {size.units} | {size.steps} | {size.depth} "
             f"| {one} | {other} | {np.median(a) * 1e3:.1f} "
             f"| {np.median(b) * 1e3:.1f} | {np.median(a / b):.2f} "
             f"| {low:.2f} to {high:.2f} |")


if __name__ == "__main__":
  import _table
  _table.main(__doc__, rows, SIZES)
