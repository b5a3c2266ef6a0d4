"""Old programs and devices: what is said, what is changed, what is not."""

import os
import subprocess
import sys

import pytest

from tfcompat_rnn import _errors
from tfcompat_rnn import _patching
from tfcompat_rnn._tf import tf
from tfcompat_rnn.launcher import device_options
from tfcompat_rnn.launcher import preparation

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))


@pytest.mark.parametrize("text, parsed", [
    ("/gpu:1", ("gpu", 1)), ("gpu:0", ("gpu", 0)), ("/device:GPU:3",
                                                    ("gpu", 3)),
    ("GPU", ("gpu", 0)), ("/cpu:0", ("cpu", 0)), ("cpu", ("cpu", 0))])
def test_parse_device(text, parsed):
  assert device_options.parse_device(text) == parsed


@pytest.mark.parametrize("text", ["tpu", "/gpu:x", "/cpu:1", "", "1",
                                  "/job:worker/gpu:0"])
def test_parse_no_device(text):
  with pytest.raises(_errors.ArgumentError, match="/gpu:N or /cpu:0"):
    device_options.parse_device(text)


@pytest.mark.parametrize("text, numbers", [
    ("/gpu:0", [0]), ("/job:localhost/replica:0/task:0/device:GPU:12", [12]),
    ("/device:gpu:*", [0]), ("/GPU", [0]), ("/gpu:1/job:worker", [1]),
    ("", []), ("/cpu:0", []), ("/job:gpus/cpu:0", []), ("/device:XLA_CPU:0",
                                                        [])])
def test_gpu_numbers(text, numbers):
  assert device_options.gpu_numbers(text) == numbers


@pytest.fixture
def patches():
  with _patching.Stack() as stack:
    yield stack


@pytest.mark.parametrize("before, device, after", [
    (None, None, None), (None, "/gpu:1", "1"), (None, "/cpu:0", "-1"),
    ("4,6", "/gpu:1", "6"), ("GPU-abc, MIG-d", "/gpu:0", "GPU-abc"),
    ("0", "/cpu:0", "-1"), ("2", None, "2")])
def test_choose_device(patches, before, device, after):
  environment = {} if before is None else {device_options.VISIBLE: before}
  kept = dict(environment)
  device_options.choose_device(patches, device, environment)
  assert environment.get(device_options.VISIBLE) == after
  child = dict(environment)
  # It has been chosen already.
  device_options.choose_device(patches, device, child)
  assert child == environment
  patches.close()
  assert environment == kept


@pytest.mark.parametrize("before, device", [("0", "/gpu:1"), ("", "/gpu:0"),
                                            ("-1", "/gpu:0")])
def test_choose_a_device_that_is_hidden(patches, before, device):
  environment = {device_options.VISIBLE: before}
  with pytest.raises(_errors.LauncherError, match="no such GPU") as caught:
    device_options.choose_device(patches, device, environment)
  assert caught.value.exit_code == 2
  assert environment == {device_options.VISIBLE: before}


class Sessions:
  """Sessions that keep their config and open nothing."""

  def __init__(self, patches, monkeypatch, gpus, **options):
    self.said, self.configs = [], []

    def init(session, target="", graph=None, config=None):
      self.configs.append(config)

    for owner in (tf.Session, tf.InteractiveSession):
      monkeypatch.setattr(owner, "__init__", init)
      monkeypatch.setattr(owner, "__del__", lambda self: None)
    monkeypatch.setattr(
        tf.config, "list_physical_devices",
        lambda kind: ["GPU"] * gpus if kind == "GPU" else ["CPU"])
    device_options.install(patches, tf, preparation.Options(**options),
                           self.said.append)


@pytest.fixture
def sessions(monkeypatch, patches):
  with tf.Graph().as_default():
    yield lambda gpus, **options: Sessions(patches, monkeypatch, gpus,
                                           **options)


NO_GPU = ("the program pins operations to /gpu:0, and TensorFlow sees no "
          "GPU: they run on the CPU (`tfcompat-rnn devices` tells why)")


def test_pinned_without_a_gpu(sessions):
  kept = sessions(0)
  with tf.device("/gpu:0"):
    tf.constant(1.0)
  own = tf.ConfigProto(log_device_placement=False,
                       inter_op_parallelism_threads=2)
  tf.Session(config=own)
  tf.InteractiveSession()
  assert kept.said == [NO_GPU]
  assert kept.configs == [
      tf.ConfigProto(allow_soft_placement=True,
                     inter_op_parallelism_threads=2),
      tf.ConfigProto(allow_soft_placement=True)]
  assert own == tf.ConfigProto(inter_op_parallelism_threads=2)


def test_pinned_after_the_session_began(sessions):
  kept = sessions(0)
  tf.InteractiveSession()
  assert kept.said == []
  with tf.device("/cpu:0"), tf.device(None), tf.device(lambda op: ""):
    tf.constant(1.0)
  assert kept.said == []
  with tf.device("/device:GPU:0"):
    tf.constant(1.0)
  with tf.device(tf.DeviceSpec(device_type="GPU", device_index=1)):
    tf.constant(1.0)
  assert kept.said == [NO_GPU]


def test_pinned_by_a_function_or_in_a_graph_that_is_imported(sessions):
  kept = sessions(0)
  with tf.device(lambda op: "/gpu:0"):
    tf.constant(1.0)
  definition = tf.get_default_graph().as_graph_def()
  with tf.Graph().as_default() as graph:
    tf.import_graph_def(definition, name="")
  tf.Session(graph=graph)
  assert kept.said == [NO_GPU]


def test_nothing_pinned(sessions):
  kept = sessions(0)
  tf.constant(1.0)
  tf.Session()
  assert kept.said == []


def test_with_a_gpu_nothing_changes(sessions):
  kept = sessions(1)
  with tf.device("/gpu:0"):
    tf.constant(1.0)
  own = tf.ConfigProto(gpu_options=tf.GPUOptions(allow_growth=True))
  tf.Session()
  tf.Session(config=own)
  tf.Session("", None, None)
  assert kept.said == []
  assert kept.configs == [None, own, None]


def test_more_gpus_pinned_than_there_are(sessions):
  kept = sessions(2)
  for number in (0, 1, 3, 2):
    with tf.device(f"/gpu:{number}"):
      tf.constant(1.0)
  tf.Session()
  assert kept.said == [
      "the program pins operations to /gpu:2, /gpu:3, and TensorFlow sees 2 "
      "GPU(s): they run where they can (`tfcompat-rnn devices` tells why)"]
  assert kept.configs == [tf.ConfigProto(allow_soft_placement=True)]


def test_a_server_knows_its_own_devices(sessions):
  kept = sessions(0)
  with tf.device("/job:worker/gpu:0"):
    tf.constant(1.0)
  tf.Session("grpc://localhost:2222")
  assert kept.said == [] and kept.configs == [None]


def test_memory(sessions):
  kept = sessions(1, memory_growth=True, memory_fraction=0.25)
  tf.Session()
  tf.Session(config=tf.ConfigProto(gpu_options=tf.GPUOptions(
      per_process_gpu_memory_fraction=0.5)))
  assert [(c.gpu_options.allow_growth,
           c.gpu_options.per_process_gpu_memory_fraction)
          for c in kept.configs] == [(True, 0.25), (True, 0.5)]


def test_a_chosen_gpu_that_is_not_there(sessions):
  with pytest.raises(_errors.LauncherError, match="no such GPU") as caught:
    sessions(0, device="/gpu:1")
  assert caught.value.exit_code == 2


def test_everything_is_taken_back(sessions, patches):
  before = tf.Session.__init__, tf.Graph.device
  kept = sessions(0)
  patches.close()
  tf.Session()
  assert tf.Graph.device is before[1]
  assert kept.configs == [None]


PIN = """
import tensorflow as tf
with tf.device('/gpu:0'):
  x = tf.placeholder(tf.float32, [2, 3, 4], name='x')
  cell = tf.contrib.rnn.BasicLSTMCell(5)
  out, _ = tf.nn.dynamic_rnn(cell, x, dtype=tf.float32)
  train = tf.train.AdamOptimizer().minimize(tf.reduce_sum(out ** 2))
with tf.Session(config=tf.ConfigProto(log_device_placement={log})) as session:
  session.run(tf.global_variables_initializer())
  session.run(train, {{x: [[[1.] * 4] * 3] * 2}})
print('done', len(tf.get_default_graph().get_operations()))
"""


def launched(tmp_path, run, options, log=False):
  (tmp_path / "pin.py").write_text(PIN.format(log=log))
  environment = {name: value for name, value in os.environ.items()
                 if name != "TF_CPP_MIN_LOG_LEVEL"}
  done = run(["-m", "tfcompat_rnn", "run", *options, "pin.py"],
             cwd=tmp_path, env=dict(environment, PYTHONPATH=ROOT))
  assert done.returncode == 0, done.stderr
  return done.stdout, done.stderr


@pytest.mark.slow
def test_a_pinned_script_runs_and_says_so(tmp_path):
  def run(words, **more):  # a new interpreter: its start is quiet, too
    return subprocess.run([sys.executable, *words], text=True,
                          capture_output=True, **more)

  out, error = launched(tmp_path, run, ["--cpu-only"])
  assert error == ("tfcompat-rnn: the program pins operations to /gpu:0, and "
                   "TensorFlow sees no GPU: they run on the CPU (by "
                   "request)\n")
  assert out.startswith("done ")


@pytest.mark.slow
def test_devices_change_no_operation(tmp_path, forked):
  plain, _ = launched(tmp_path, forked.run, [])
  changed, _ = launched(tmp_path, forked.run, [
      "--cpu-only", "--memory-growth", "--memory-fraction", "0.5"])
  assert plain == changed
  logged, _ = launched(tmp_path, forked.run, ["--cpu-only"], log=True)
  assert logged.startswith("Device mapping: no known devices.\n")
  assert ("rnn/basic_lstm_cell/kernel: (VariableV2): "
          "/job:localhost/replica:0/task:0/device:CPU:0\n") in logged


@pytest.mark.parametrize("options, words", [
    (["--device", "tpu"], "/gpu:N or /cpu:0"),
    (["--device", "/gpu:0", "--cpu-only"], "cannot be used together"),
    (["--memory-fraction", "1.5"], "above 0 and at most 1, got 1.5")])
def test_wrong_usage(capsys, options, words):
  from tfcompat_rnn import cli
  with pytest.raises(SystemExit) as caught:
    cli.main(["run", *options, "script.py"])
  assert caught.value.code == 2
  assert words in capsys.readouterr().err
