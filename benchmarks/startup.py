"""Measures how long programs take to start.

  python benchmarks/startup.py
  python benchmarks/startup.py --reference-python python3.7 --rounds 11

Each round starts one process of each kind, in alternating order: Python that
imports TensorFlow, `tfcompat-rnn run` of some programs, and the same programs
in TensorFlow 1.15. The table shows medians of the time that passes and of
processor time, and of the difference to `import tensorflow` in the same round.
Processor time is the steadier one on a machine that does other work.
"""

import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

import _programs
import _table

PROGRAMS = {
    "one line, no TensorFlow": "print(1)\n",
    "one line": "import tensorflow as tf; print(tf.__version__)\n",
    "`dynamic_rnn`, a training step": """
import numpy as np
import tensorflow as tf
inputs = tf.placeholder(tf.float32, [None, 5, 3])
outputs, _ = tf.nn.dynamic_rnn(tf.nn.rnn_cell.BasicLSTMCell(4), inputs,
                               dtype=tf.float32)
loss = tf.reduce_mean(outputs)
train = tf.train.GradientDescentOptimizer(0.1).minimize(loss)
with tf.Session() as session:
  session.run(tf.global_variables_initializer())
  session.run([loss, train], {inputs: np.ones([2, 5, 3])})
""",
}
BASE = "`python -c 'import tensorflow'`"


def seconds(command):
  """(seconds that passed, processor seconds) of one process."""
  begun = time.perf_counter()
  process = subprocess.Popen(
      command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
      env=dict(os.environ, TF_CPP_MIN_LOG_LEVEL="3"))
  _, status, used = os.wait4(process.pid, 0)
  process.returncode = os.waitstatus_to_exitcode(status)
  if process.returncode:
    raise SystemExit(f"{command} ended with exit code {process.returncode}")
  return time.perf_counter() - begun, used.ru_utime + used.ru_stime


def commands(folder, reference):
  """name -> command."""
  found = {BASE: [sys.executable, "-c", "import tensorflow"]}
  for number, (name, source) in enumerate(PROGRAMS.items()):
    path = pathlib.Path(folder) / f"program{number}.py"
    path.write_text(source)
    found[f"`run`: {name}"] = [
        sys.executable, "-m", "tfcompat_rnn", "run", str(path)]
    if reference and "tensorflow" in source:
      found[f"1.15: {name}"] = [reference, str(path)]
  return found


def measured(each, rounds):
  """name -> medians, from rounds in alternating order."""
  for command in each.values():  # the first also reads files and compiles them
    seconds(command)
  times = []
  for number in range(rounds):
    order = list(each) if number % 2 else list(each)[::-1]
    times.append({name: seconds(each[name]) for name in order})
  return {name: {
      kind: {"seconds": statistics.median(one[name][at] for one in times),
             "more": statistics.median(
                 one[name][at] - one[BASE][at] for one in times)}
      for at, kind in enumerate(("passed", "processor"))} for name in each}


def rows(found):
  yield ("| | seconds | more than `import tensorflow` | processor seconds "
         "| more than `import tensorflow` |")
  yield "|---|---|---|---|---|"
  for name, row in found.items():
    cells = " | ".join(f"{row[kind]['seconds']:.2f} | {row[kind]['more']:+.2f}"
                       for kind in ("passed", "processor"))
    yield f"| {name} | {cells} |"


def parsed(argv=None):
  parser = _programs.parser(__doc__, rounds=11, needed=False)
  parser.add_argument("--json", metavar="FILE")
  return parser.parse_args(argv)


def main(argv=None):
  options = parsed(argv)
  with tempfile.TemporaryDirectory() as folder:
    found = measured(commands(folder, options.reference_python),
                     options.rounds)
  _table.report(found, rows(found), options.rounds, options.json)
  return found


if __name__ == "__main__":
  main()
