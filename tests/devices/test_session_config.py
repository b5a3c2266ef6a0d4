"""session_config sets what is given; new_session opens such a session."""

import numpy as np
import pytest

import tfcompat_rnn
from tfcompat_rnn import _errors
from tfcompat_rnn import testing
from tfcompat_rnn._tf import tf

config_of = tfcompat_rnn.session_config


@pytest.fixture
def three_gpus(monkeypatch):
  monkeypatch.setattr(tf.config, "list_physical_devices",
                      lambda kind: ["GPU"] * 3 if kind == "GPU" else ["CPU"])


@pytest.fixture
def no_gpu(monkeypatch):
  monkeypatch.setattr(tf.config, "list_physical_devices", lambda kind: [])


def test_nothing_said():
  assert config_of() == tf.ConfigProto(allow_soft_placement=True)
  assert config_of(soft_placement=None) == tf.ConfigProto()


def test_everything_said(three_gpus):
  assert config_of(
      memory_growth=True, memory_fraction=0.25, visible_devices=[2, 0],
      soft_placement=False, intra_threads=1, inter_threads=3,
      log_device_placement=True) == tf.ConfigProto(
          allow_soft_placement=False, log_device_placement=True,
          intra_op_parallelism_threads=1, inter_op_parallelism_threads=3,
          gpu_options=tf.GPUOptions(
              allow_growth=True, per_process_gpu_memory_fraction=0.25,
              visible_device_list="2,0"))


@pytest.mark.parametrize("said, listed", [
    (0, "0"), ("1,2", "1,2"), ("/gpu:1", "1"), (["/device:GPU:2", "gpu:0"],
                                                "2,0"), ((1,), "1")])
def test_visible_devices(three_gpus, said, listed):
  config = config_of(visible_devices=said)
  assert config.gpu_options.visible_device_list == listed
  assert dict(config.device_count) == {}


@pytest.mark.parametrize("none", ["", [], ()])
def test_no_visible_device(no_gpu, none):
  config = config_of(visible_devices=none)
  assert dict(config.device_count) == {"GPU": 0}
  assert config.gpu_options.visible_device_list == ""


def test_base_is_copied():
  base = tf.ConfigProto(inter_op_parallelism_threads=4,
                        gpu_options=tf.GPUOptions(allow_growth=True))
  config = config_of(base=base, intra_threads=2, soft_placement=None)
  assert config == tf.ConfigProto(
      inter_op_parallelism_threads=4, intra_op_parallelism_threads=2,
      gpu_options=tf.GPUOptions(allow_growth=True))
  assert base.intra_op_parallelism_threads == 0
  assert not config_of(base=base,
                       memory_growth=False).gpu_options.allow_growth


@pytest.mark.parametrize("said, error, words", [
    (dict(memory_fraction=0), ValueError, "above 0 and at most 1, got 0;"),
    (dict(memory_fraction=1.5), ValueError, "got 1.5"),
    (dict(memory_fraction=40), ValueError, "got 40;.* memory, 0.4"),
    (dict(memory_fraction="half"), TypeError, "`memory_fraction`"),
    (dict(memory_fraction=True), TypeError, "`memory_fraction`"),
    (dict(memory_growth=1), TypeError, "`memory_growth` must be True"),
    (dict(soft_placement="yes"), TypeError, "`soft_placement`"),
    (dict(log_device_placement=0), TypeError, "`log_device_placement`"),
    (dict(intra_threads=0), ValueError, "`intra_threads`.*at least 1"),
    (dict(inter_threads=2.0), TypeError, "`inter_threads`"),
    (dict(visible_devices=[0, 0]), ValueError, "each GPU only once"),
    (dict(visible_devices="/cpu:0"), ValueError, "numbers of GPUs"),
    (dict(visible_devices=[-1]), ValueError, "numbers of GPUs"),
    (dict(visible_devices=[1, 3, 5]), ValueError,
     r"3, 5 although it sees 3 \(GPU 0, GPU 1, GPU 2\); `tfcompat-rnn dev"),
    (dict(base={}), TypeError, "`base` must be a tf.ConfigProto"),
])
def test_what_cannot_be_meant(three_gpus, said, error, words):
  with pytest.raises(error, match=words) as caught:
    config_of(**said)
  assert isinstance(caught.value, _errors.TfcompatError)


def test_a_gpu_where_there_is_none(no_gpu):
  with pytest.raises(ValueError, match="0 although it sees no GPU"):
    config_of(visible_devices=0)


@pytest.mark.parametrize("behavior", ["1.x", "2.x"])
def test_session(behavior):
  with testing.fresh_graph(behavior=behavior) as graph:
    with tf.device("/gpu:0"):
      y = tf.get_variable("v", initializer=np.float32([1, 2])) * 2
    init = tf.global_variables_initializer()
  with tfcompat_rnn.new_session(graph, intra_threads=1) as session:
    assert session.graph is graph
    session.run(init)  # pinned to a GPU that may not exist
    assert session.run(y).tolist() == [2, 4]
  with graph.as_default(), tfcompat_rnn.new_session() as session:
    assert session.graph is graph
  own = tf.ConfigProto(inter_op_parallelism_threads=1)
  for config in (tfcompat_rnn.new_session(graph, config=own)._config,
                 tfcompat_rnn.new_session(
                     graph, config=own, memory_growth=True)._config):
    assert config.inter_op_parallelism_threads == 1
  assert own == tf.ConfigProto(inter_op_parallelism_threads=1)


def test_no_graph_while_tensorflow_executes_eagerly(monkeypatch):
  monkeypatch.setattr(tf, "executing_eagerly", lambda: True)
  with pytest.raises(_errors.ArgumentError, match="`graph` must be given"):
    tfcompat_rnn.new_session()
