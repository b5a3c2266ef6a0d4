"""What has to hold on a GPU, tried on the processor too.

Each check takes the device. On "/gpu:0" it is marked `gpu` and skipped where
there is none; on "/cpu:0" it shows that the check itself works.
"""

import pathlib
import subprocess
import sys

import numpy as np
import pytest

import tfcompat_rnn
from tfcompat_rnn import cells
from tfcompat_rnn import fused
from tfcompat_rnn import verify
from tfcompat_rnn._tf import tf
from tfcompat_rnn._tf import tf2

sys.path.insert(0, str(pathlib.Path(__file__).parents[1]))
from golden import cases as golden_cases  # noqa: E402
from golden.test_golden import committed  # noqa: E402
from golden.test_golden import far_apart  # noqa: E402
from golden.test_golden import namespace  # noqa: E402
from oracle import measure  # noqa: E402
from oracle import store  # noqa: E402

ROWS, STEPS, DEPTH, UNITS = 4, 10, 3, 8

DEVICES = [pytest.param("/cpu:0", id="cpu"),
           pytest.param("/gpu:0", id="gpu", marks=pytest.mark.gpu)]
on_each = pytest.mark.parametrize("device", DEVICES)

@pytest.fixture(autouse=True)
def exact_products():
  """Products of float32 matrices in float32, not rounded to TF32."""
  before = tf2.config.experimental.tensor_float_32_execution_enabled()
  tf2.config.experimental.enable_tensor_float_32_execution(False)
  yield
  tf2.config.experimental.enable_tensor_float_32_execution(before)


def long_name(device):
  return device.replace("/cpu:", "/device:CPU:").replace(
      "/gpu:", "/device:GPU:")


def model(device):
  """A stack with kept state on `device`, an update, and what belongs to it."""
  tf.disable_v2_behavior()
  with tf.device(device):
    x = tf.placeholder(tf.float32, [ROWS, STEPS, DEPTH])
    cell = cells.MultiRNNCell([
        cells.LSTMCell(UNITS, use_peepholes=True), cells.GRUCell(UNITS)])
    with tf.variable_scope("net", initializer=tf.random_uniform_initializer(
        -.5, .5, seed=2)):
      rnn = tfcompat_rnn.stateful_rnn(cell, x)
    loss = tf.reduce_mean(tf.square(rnn.outputs - 0.3))
    train = tf.train.AdamOptimizer(.01).minimize(loss)
  return x, rnn, loss, [train, rnn.keep_state_op]


def data(number):
  return np.random.RandomState(number).randn(
      ROWS, STEPS, DEPTH).astype("float32")


def golden():
  """The cells' cases on the GPU; one of them on the processor, which
  tests/golden takes through all."""
  for case in golden_cases.CASES.values():
    for dtype in case.dtypes:
      key = store.key(case.name, dtype)
      if case.family in ("block", "core", "wrappers") and "dynamic" in key:
        yield pytest.param(case, dtype, id=f"{key}-gpu",
                           marks=pytest.mark.gpu)
      if case.name == "lstm_all-dynamic":
        yield pytest.param(case, dtype, id=f"{key}-cpu")


@pytest.mark.parametrize("case, dtype", list(golden()))
def test_golden(case, dtype):
  """Where there is a GPU, TensorFlow puts on it what has a kernel there."""
  want = committed(case.family)[store.key(case.name, dtype)]
  facts, numbers = measure.measure(
      namespace(), case, dtype, raising="error" not in want[0])
  assert "error" in want[0] or facts["outputs"] == want[0]["outputs"]
  assert far_apart(want[1], numbers, dtype) == []


@pytest.mark.slow
@on_each
def test_the_table_of_verify(device):
  few = dict(cells=["GRUCell"]) if device == "/cpu:0" else {}
  report = verify.run_cases(dtype="float32", **few)
  assert report.passed, str(report)


@pytest.mark.slow
@on_each
def test_checkpoint_there_and_back(device, tmp_path):
  """Trained there, restored here, trained on here, restored there."""
  found = {}

  def run(where, prefix, restore, steps):
    with tf.Graph().as_default():
      x, rnn, loss, train = model(where)
      saver = tf.train.Saver()
      with tfcompat_rnn.new_session(soft_placement=False) as session:
        if restore:
          saver.restore(session, restore)
        else:
          session.run(tf.global_variables_initializer())
        losses = [session.run([loss, train], {x: data(step)})[0]
                  for step in steps]
        found[prefix] = session.run([rnn.outputs, loss], {x: data(99)})
        return losses, saver.save(session, str(tmp_path / prefix))

  _, there = run(device, "there", None, range(3))
  onward, _ = run(device, "onward", there, range(3, 6))
  _, same = run("/cpu:0", "here", there, [])
  np.testing.assert_allclose(found["here"][0], found["there"][0], atol=1e-5)
  losses, here = run("/cpu:0", "trained here", same, range(3, 6))
  np.testing.assert_allclose(losses, onward, rtol=1e-5)
  run(device, "back", here, [])
  np.testing.assert_allclose(
      found["back"][0], found["trained here"][0], atol=1e-5)


@on_each
def test_state_stays_on_the_device(device):
  """Neither state nor weights travel when a session keeps the state."""
  with tf.Graph().as_default():
    x, rnn, _, train = model(device)
    metadata = tf.RunMetadata()
    with tfcompat_rnn.new_session(soft_placement=False) as session:
      session.run(tf.global_variables_initializer())
      session.run(train, {x: data(0)})
      session.run(train, {x: data(1)}, run_metadata=metadata,
                  options=tf.RunOptions(
                      trace_level=tf.RunOptions.FULL_TRACE,
                      output_partition_graphs=True))
    states = [variable.op.name for variable in rnn.state.variables]
  place = long_name(device)
  placed = {node.name: node.device for graph in metadata.partition_graphs
            for node in graph.node}
  assert states
  for name in states:
    assert placed[name].endswith(place), (name, placed[name])
  # What is sent between devices is smaller than any leaf of the state.
  sent = [node for graph in metadata.partition_graphs for node in graph.node
          if node.op in ("_Send", "_HostSend")]
  for node in sent:
    assert not any(node.attr["tensor_name"].s.decode().startswith(
        f"edge_0_{name}") for name in states), node.name
    assert node.attr["T"].type in (
        tf.bool.as_datatype_enum, tf.int32.as_datatype_enum,
        tf.float32.as_datatype_enum), node.name


@on_each
def test_many_steps_without_growth(device):
  """A long stream in short windows: memory and graph stay as they are."""
  steps = 100_000 if device == "/gpu:0" else 2_000
  with tf.Graph().as_default() as graph:
    x, rnn, loss, train = model(device)
    with tfcompat_rnn.new_session(soft_placement=False) as session:
      session.run(tf.global_variables_initializer())
      graph.finalize()
      used = []
      for number in range(steps // STEPS):
        value = session.run([loss, train], {x: data(number % 7)})[0]
        if number % (steps // STEPS // 10) == 0:
          used.append(memory(device))
      assert np.isfinite(value) and value < .15, "it learns .3"
      states = session.run(rnn.state.variables)
  assert all(np.isfinite(state).all() for state in states)
  # the first samples are of a session that is still setting up
  if device == "/gpu:0":
    assert max(used[2:]) <= used[1] + 1_000_000, used


def memory(device):
  """Bytes in use on a GPU; 0 for the processor, which does not count them."""
  if device == "/cpu:0":
    return 0
  return tf2.config.experimental.get_memory_info("GPU:0")["current"]


OPTIONS = """
import os
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import tensorflow.compat.v1 as tf
import tfcompat_rnn
config = tfcompat_rnn.session_config({options})
with tf.Graph().as_default(), tfcompat_rnn.new_session(config=config) as s:
  with tf.device("/gpu:0"):
    s.run(tf.matmul(tf.ones([64, 64]), tf.ones([64, 64])))
  print([one.memory_limit_bytes for one in s.list_devices()
         if one.device_type == "GPU"][0])
"""


@pytest.mark.gpu
def test_memory_options():
  """A process each: TensorFlow takes them from its first session."""
  def limit(options):
    done = subprocess.run(
        [sys.executable, "-c", OPTIONS.format(options=options)],
        capture_output=True, text=True, check=True)
    return int(done.stdout.split()[-1])

  whole = limit("memory_growth=True")
  assert limit("memory_fraction=0.25") == pytest.approx(whole / 4, rel=.25)


@on_each
@pytest.mark.parametrize("layer, cell", [
    ("CudnnLSTM", "CudnnCompatibleLSTMCell"),
    ("CudnnGRU", "CudnnCompatibleGRUCell")])
def test_cudnn_layers_compute_what_their_cells_do(
    device, layer, cell, tmp_path):
  """Weights go from one to the other by a checkpoint; outputs agree."""
  tf.disable_v2_behavior()
  values = np.random.RandomState(0).randn(STEPS, ROWS, DEPTH)
  with tf.Graph().as_default(), tf.device(device):
    x = tf.constant(values, tf.float32)
    with fused.cudnn_options(
        kernels="cudnn" if "gpu" in device else "portable"):
      outputs, _ = getattr(fused, layer)(2, UNITS, name="layers")(x)
    saver = tf.train.Saver()
    with tfcompat_rnn.new_session() as session:
      session.run(tf.global_variables_initializer())
      wanted = session.run(outputs)
      path = saver.save(session, str(tmp_path / "model"))
  with tf.Graph().as_default(), tf.device("/cpu:0"):
    x = tf.constant(values, tf.float32)
    with tf.variable_scope("layers"):
      outputs, _ = tfcompat_rnn.dynamic_rnn(
          cells.MultiRNNCell([getattr(cells, cell)(UNITS) for _ in range(2)]),
          x, dtype=tf.float32, time_major=True)
    with tfcompat_rnn.new_session() as session:
      tf.train.Saver().restore(session, path)
      np.testing.assert_allclose(session.run(outputs), wanted, atol=1e-5)
  assert np.abs(wanted).max() > .05
