"""Compares the cost of `model_rnn` with `dynamic_rnn`, and of `recompute`.

  python benchmarks/model_rnn.py

Both loops are in one graph and one session and run in turns; each ratio is
computed within a turn. Memory is the maximum that TensorFlow had allocated at
once, from a separate traced run.
"""

import argparse
import collections
import os
import statistics
import time

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np
import tensorflow.compat.v1 as tf

import tfcompat_rnn
from tfcompat_rnn import cells

Size = collections.namedtuple("Size", "batch units steps layers")
SIZES = [Size(1, 32, 100, 1), Size(16, 128, 100, 1), Size(64, 256, 50, 3)]


def losses(size):
  """name -> the gradients of a loss, all with the same weights."""
  x = tf.random.stateless_normal(
      [size.batch, size.steps, size.units], [1, 2])
  cell = cells.MultiRNNCell(
      [cells.LSTMCell(size.units) for _ in range(size.layers)])
  built = {"model_rnn": lambda: tfcompat_rnn.model_rnn(cell, x),
           "dynamic_rnn": lambda: tfcompat_rnn.dynamic_rnn(
               cell, x, dtype=tf.float32),
           "recompute": lambda: tfcompat_rnn.model_rnn(
               cell, x, recompute=True)}
  found = {}
  for name, build in built.items():
    outputs, _ = build()
    found[name] = tf.group(
        *tf.gradients(tf.reduce_mean(outputs**2), tf.trainable_variables()))
  return found


def peak(session, op):
  """The largest number of bytes allocated at once, in MB."""
  told = tf.RunMetadata()
  session.run(op, options=tf.RunOptions(
      trace_level=tf.RunOptions.FULL_TRACE), run_metadata=told)
  events = []
  for device in told.step_stats.dev_stats:
    for node in device.node_stats:
      for memory in node.memory:
        for record in memory.allocation_records:
          events.append((record.alloc_micros, record.alloc_bytes))
  now = most = 0
  for _, change in sorted(events):
    now += change
    most = max(most, now)
  return most / 1e6


def measure(size, turns):
  with tf.Graph().as_default(), tf.Session() as session:
    ops = losses(size)
    session.run(tf.global_variables_initializer())
    for op in ops.values():
      session.run(op)
    times = collections.defaultdict(list)
    for _ in range(turns):
      for name, op in ops.items():
        begin = time.perf_counter()
        session.run(op)
        times[name].append(time.perf_counter() - begin)
    ratio = lambda name, other: statistics.median(
        np.divide(times[name], times[other]))
    return {"dynamic_rnn": 1e3 * statistics.median(times["dynamic_rnn"]),
            "model_rnn": ratio("model_rnn", "dynamic_rnn"),
            "recompute": ratio("recompute", "model_rnn"),
            "kept": peak(session, ops["model_rnn"]),
            "again": peak(session, ops["recompute"])}


def main():
  parser = argparse.ArgumentParser(description=__doc__)
  parser.add_argument("--turns", type=int, default=30)
  turns = parser.parse_args().turns
  tf.disable_v2_behavior()
  print("| batch, units, steps, layers | `dynamic_rnn`, forward and back | "
        "`model_rnn` | `recompute` | peak memory | `recompute` |")
  print("| --- | --- | --- | --- | --- | --- |")
  for size in SIZES:
    found = measure(size, turns)
    print(f"| {', '.join(map(str, size))} | {found['dynamic_rnn']:.1f} ms | "
          f"{found['model_rnn']:.2f} x | {found['recompute']:.2f} x | "
          f"{found['kept']:.1f} MB | {found['again']:.1f} MB |", flush=True)


if __name__ == "__main__":
  main()
