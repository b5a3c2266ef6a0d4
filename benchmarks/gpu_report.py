"""Runs the tests marked `gpu`, times the loops, and writes docs/gpu.md.

  python benchmarks/gpu_report.py              # docs/gpu.md, on a GPU
  python benchmarks/gpu_report.py --try-on-cpu # only prints the page

Each network trains on the processor and on the GPU in turns, in one graph and
one session; the ratios are computed within a turn. The table shows medians.
Without a GPU nothing is written, and the exit code is 2.
"""

import argparse
import os
import pathlib
import platform
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np
import tensorflow.compat.v1 as tf

import tfcompat_rnn
from tfcompat_rnn import cells
from tfcompat_rnn import fused

ROOT = pathlib.Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "gpu.md"
SIZES = [(16, 64, 20), (64, 256, 50), (128, 1024, 50)]  # rows, units, steps
HEAD = "# GPU results\n\n"


def networks(units, device):
  """name -> a function from `[time, rows, units]` to outputs."""
  def looped(make, loop=tfcompat_rnn.dynamic_rnn):
    return lambda x: loop(make(), x, dtype=tf.float32, time_major=True)[0]

  def modelled(x):
    cell = cells.LSTMCell(units)
    return tfcompat_rnn.model_rnn(
        cell, x, cell.zero_state(x.shape[1], tf.float32), time_major=True)[0]

  def in_layer(x):
    on_gpu = "gpu" in device
    with fused.cudnn_options(kernels="cudnn" if on_gpu else "portable"):
      return fused.CudnnLSTM(1, units)(x)[0]

  return {
      "LSTMCell, dynamic_rnn": looped(lambda: cells.LSTMCell(units)),
      "LSTMCell, model_rnn": modelled,
      "GRUCell, dynamic_rnn": looped(lambda: cells.GRUCell(units)),
      "LSTMBlockCell, dynamic_rnn": looped(
          lambda: cells.LSTMBlockCell(units)),
      "LSTMBlockFusedCell": lambda x: fused.LSTMBlockFusedCell(units)(
          x, dtype=tf.float32)[0],
      "CudnnLSTM": in_layer,
  }


def measure(devices, size, turns):
  """network -> seconds of a training step `[turn, device]`."""
  rows, units, steps = size
  values = np.random.RandomState(0).randn(steps, rows, units)
  with tf.Graph().as_default():
    trains = {}
    for number, device in enumerate(devices):
      builders = networks(units, device)
      for place, (name, build) in enumerate(builders.items()):
        with tf.device(device), tf.variable_scope(f"net_{place}_{number}"):
          outputs = build(tf.constant(values, tf.float32))
          loss = tf.reduce_mean(tf.square(outputs))
          own = tf.trainable_variables(tf.get_variable_scope().name)
          trains.setdefault(name, []).append(
              tf.train.GradientDescentOptimizer(.01).minimize(
                  loss, var_list=own, colocate_gradients_with_ops=True))
    seconds = {name: [] for name in trains}
    with tfcompat_rnn.new_session() as session:
      session.run(tf.global_variables_initializer())
      for turn in range(turns + 2):
        for name, runs in trains.items():
          taken = []
          for run in runs:
            start = time.perf_counter()
            session.run(run)
            taken.append(time.perf_counter() - start)
          if turn >= 2:  # the first runs include set-up
            seconds[name].append(taken)
  return {name: np.array(taken) for name, taken in seconds.items()}


def run_tests():
  """(passed, failed, skipped, names that failed) of the tests marked gpu."""
  with tempfile.TemporaryDirectory() as folder:
    path = os.path.join(folder, "tests.xml")
    subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-m", "gpu", "tests",
         f"--junitxml={path}", "-o", "junit_family=xunit2"],
        cwd=ROOT, check=False)
    cases = list(xml.etree.ElementTree.parse(path).iter("testcase"))
  def those(kind):
    return [case for case in cases if case.find(kind) is not None]
  failed = those("failure") + those("error")
  skipped = those("skipped")
  return (len(cases) - len(failed) - len(skipped), len(failed), len(skipped),
          [f"{case.get('classname')}.{case.get('name')}" for case in failed])


def page(facts, tests, times):
  """docs/gpu.md, as text."""
  passed, failed, skipped, names = tests
  lines = [HEAD.rstrip(), "", f"Measured by `benchmarks/gpu_report.py` on "
           f"{time.strftime('%Y-%m-%d')}.", ""]
  lines += [f"* {name}: {value}" for name, value in facts]
  lines += ["", "## Tests", "", f"{passed} tests marked `gpu` passed, "
            f"{failed} failed, {skipped} were skipped."]
  lines += [f"* failed: `{name}`" for name in names]
  lines += ["", "## Times", "",
            "A training step, forward and backward; medians in milliseconds. "
            "The ratio is the median of the ratios within a turn.", "",
            "| rows, units, steps | network | processor | GPU | ratio |",
            "| --- | --- | --- | --- | --- |"]
  for size, table in times:
    for name, taken in table.items():
      here, there = 1e3 * np.median(taken, axis=0)
      lines.append(
          f"| {', '.join(map(str, size))} | {name} | {here:.1f} | "
          f"{there:.1f} | {np.median(taken[:, 1] / taken[:, 0]):.3f} |")
  return "\n".join(lines) + "\n"


def facts_of(gpu):
  """The facts about the machine, as pairs."""
  build = tf.sysconfig.get_build_info()
  return [
      ("GPU", gpu), ("TensorFlow", tf.__version__),
      ("CUDA, cuDNN of the build", f"{build.get('cuda_version', 'none')}, "
       f"{build.get('cudnn_version', 'none')}"),
      ("Python", platform.python_version()),
      ("processor", f"{platform.processor() or platform.machine()}, "
       f"{os.cpu_count()} cores")]


def main(argv=None):
  parser = argparse.ArgumentParser(
      description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
  parser.add_argument("--turns", type=int, default=15, metavar="N")
  parser.add_argument("--try-on-cpu", action="store_true",
                      help="small sizes without a GPU; write nothing")
  arguments = parser.parse_args(argv)
  tf.disable_v2_behavior()
  gpus = tf.config.experimental.list_physical_devices("GPU")
  if not gpus and not arguments.try_on_cpu:
    print("TensorFlow sees no GPU; `tfcompat-rnn devices` explains why. "
          "docs/gpu.md is not changed.", file=sys.stderr)
    return 2
  if arguments.try_on_cpu:
    name, devices, sizes = "none: tried on the processor", ["/cpu:0"] * 2, [
        (2, 8, 3)]
    tests = (0, 0, 0, [])
  else:
    details = tf.config.experimental.get_device_details(gpus[0])
    name = details.get("device_name", gpus[0].name)
    devices, sizes = ["/cpu:0", "/gpu:0"], SIZES
    tests = run_tests()
  text = page(facts_of(name), tests, [
      (size, measure(devices, size, arguments.turns)) for size in sizes])
  if arguments.try_on_cpu:
    print(text)
    return 0
  partial = PAGE.with_suffix(".partial")
  partial.write_text(text)
  os.replace(partial, PAGE)
  print(f"wrote {PAGE}")
  return 1 if tests[1] else 0


if __name__ == "__main__":
  sys.exit(main())
