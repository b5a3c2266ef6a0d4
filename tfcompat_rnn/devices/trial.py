"""Trains a small LSTM for a few steps on one device.

  train("/cpu:0")     # in this process
  attempt("/gpu:0")   # in another process, which may die

Data and initial weights are drawn with NumPy, so that every device gets the
same.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
import time

BATCH, TIME, DEPTH, UNITS = 16, 20, 8, 32
_TIMEOUT = 300


def train(device, steps=5, dtype="float32", seed=0):
  """Trains on `device`; returns (a dict of numbers, {name: gradient}).

  The dict has `seconds_first` (time of the first step, in which kernels are
  loaded), `seconds_step` (median of the others), `losses`, `ran_on` (where the
  matrix products ran) and `dtype`. The gradients are those of the first step,
  before any weight has changed. Products are computed in full float32:
  TensorFloat-32, the default on recent GPUs, would differ in the third digit.
  """
  import numpy as np

  from tfcompat_rnn import cells
  from tfcompat_rnn import loops
  from tfcompat_rnn._tf import tf
  from tfcompat_rnn.devices import session as session_lib

  random = np.random.RandomState(seed)
  data = random.standard_normal([BATCH, TIME, DEPTH])
  target = random.standard_normal([BATCH, UNITS])
  exact = tf.config.experimental.tensor_float_32_execution_enabled()
  tf.config.experimental.enable_tensor_float_32_execution(False)
  try:
    with tf.Graph().as_default() as graph, tf.device(device):
      x = tf.placeholder(dtype, data.shape, "x")

      def draw(shape, dtype=None, partition_info=None):
        del partition_info
        return tf.constant(0.2 * random.standard_normal(shape), dtype)

      with tf.variable_scope("trial", initializer=draw, dtype=dtype):
        outputs, _ = loops.dynamic_rnn(cells.LSTMCell(UNITS), x, dtype=dtype)
      loss = tf.reduce_mean(tf.square(outputs[:, -1] - target.astype(dtype)))
      pairs = tf.train.GradientDescentOptimizer(0.5).compute_gradients(loss)
      step = tf.train.GradientDescentOptimizer(0.5).apply_gradients(pairs)
      names = [variable.op.name for _, variable in pairs]
      init = tf.global_variables_initializer()
    with session_lib.new_session(graph, memory_growth=True) as session:
      session.run(init)
      metadata = tf.RunMetadata()
      started = time.perf_counter()
      gradients = session.run(
          [gradient for gradient, _ in pairs], {x: data},
          options=tf.RunOptions(output_partition_graphs=True),
          run_metadata=metadata)
      losses, seconds = [], [time.perf_counter() - started]
      for _ in range(steps):
        started = time.perf_counter()
        _, value = session.run([step, loss], {x: data})
        seconds.append(time.perf_counter() - started)
        losses.append(float(value))
  finally:
    tf.config.experimental.enable_tensor_float_32_execution(exact)
  ran_on = sorted({node.device.rpartition("/")[2]
                   for part in metadata.partition_graphs
                   for node in part.node if "MatMul" in node.op})
  return ({"seconds_first": seconds[0], "losses": losses,
           "seconds_step": float(np.median(seconds[2:] or seconds[1:])),
           "ran_on": ran_on, "dtype": dtype}, dict(zip(names, gradients)))


def attempt(device, steps=5, dtype="float32", timeout=_TIMEOUT):
  """Like `train`, in a separate process: (dict, gradients), or (dict, None).

  On failure the dict has `error`.
  """
  import numpy as np
  environment = dict(os.environ, TF_CPP_MIN_LOG_LEVEL="3",
                     PYTHONPATH=os.pathsep.join(filter(None, sys.path)))
  with tempfile.TemporaryDirectory(prefix="tfcompat-rnn-") as folder:
    path = os.path.join(folder, "trial.npz")
    try:
      done = subprocess.run(
          [sys.executable, "-m", __name__, device, str(steps), dtype, path],
          env=environment, capture_output=True, text=True, errors="replace",
          stdin=subprocess.DEVNULL, timeout=timeout)
    except subprocess.TimeoutExpired:
      return {"error": f"not finished after {timeout} seconds"}, None
    if done.returncode or not os.path.exists(path):
      how = (f"died of signal {-done.returncode}" if done.returncode < 0
             else f"exit code {done.returncode}")
      return {"error": f"{how}: {_last_words(done.stderr)}"}, None
    with np.load(path, allow_pickle=False) as file:
      values = {name: file[name] for name in file.files}
  return json.loads(str(values.pop("numbers"))), values


def _last_words(text):
  """The most informative line: the exception's, else the last one."""
  lines = [line.strip() for line in text.splitlines() if line.strip()]
  named = [line for line in lines
           if re.match(r"[\w.]*(Error|Exception)\b", line)]
  return (named or lines or ["it printed nothing"])[-1][:500]


def _main(device, steps, dtype, path):
  import numpy as np
  numbers, gradients = train(device, int(steps), dtype)
  np.savez(path, numbers=np.array(json.dumps(numbers)), **gradients)


if __name__ == "__main__":
  _main(*sys.argv[1:])
