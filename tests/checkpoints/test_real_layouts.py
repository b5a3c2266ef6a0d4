"""What `convert` and `export` make of real checkpoints computes the same.

Each starts from a file that TensorFlow 1.15.5 wrote, with the numbers it gave
there, and goes through the command.
"""

import os
import sys

import numpy as np
import pytest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import real_models  # noqa: E402

from golden import test_golden  # noqa: E402
from oracle import graphs  # noqa: E402
from tfcompat_rnn import checkpoints  # noqa: E402
from tfcompat_rnn import cli  # noqa: E402

HERE = os.path.dirname(os.path.abspath(__file__))
DATA = os.path.join(HERE, "data", "1.15.5")
UNITS = real_models.UNITS


def source(name):
  """The path of a checkpoint, and the numbers 1.15.5 gave from it."""
  with np.load(os.path.join(DATA, name + ".npz"),
               allow_pickle=False) as stored:
    return os.path.join(DATA, name + ".v2"), [
        stored[str(place)] for place in range(len(stored.files) - 1)]


def convert(path, target, layout, *options):
  words = ["checkpoint", "convert", path, str(target), "--layout", layout]
  for option in options:
    words += ["--option", option]
  assert cli.main(words) == 0
  return str(target)


def restored(path, build):
  """The leaves of what `build(tf, feeds)` gives, restored from `path`."""
  tf = test_golden.namespace()
  feeds = {}
  with tf.Graph().as_default():
    fetches = graphs.leaves(build(tf, feeds))
    with tf.Session() as session:
      tf.train.Saver().restore(session, path)
      return session.run(fetches, feeds)


def assert_same(got, want):
  assert len(got) == len(want)
  for one, two in zip(got, want):
    assert one.shape == two.shape
    assert np.abs(one - two).max() <= 1e-6


def plain_lstm(tf, feeds):
  """What `LSTMBlockFusedCell` computes, in a loop over LSTMCell."""
  return tf.nn.dynamic_rnn(
      tf.nn.rnn_cell.LSTMCell(UNITS, use_peepholes=True),
      real_models.sequence(tf, feeds, time_major=True), dtype=tf.float32,
      time_major=True, sequence_length=real_models.lengths(tf, feeds))


def test_fused_to_plain_and_back(tmp_path):
  path, want = source("lstm_block_fused")
  plain = convert(path, tmp_path / "plain", "block-to-plain",
                  "target=rnn/lstm_cell")
  assert_same(restored(plain, plain_lstm), want)
  back = convert(plain, tmp_path / "back", "plain-to-block",
                 "target=lstm_fused_cell")
  one, two = map(checkpoints.open_checkpoint, (path, back))
  assert list(one) == list(two)  # Adam's slots, too
  for key in one:
    assert one[key].tobytes() == two[key].tobytes()


def plain_grus(tf, feeds):
  steps = tf.unstack(real_models.sequence(tf, feeds), axis=1)
  states = []
  for scope in ("first", "second"):
    with tf.variable_scope(scope):
      steps, state = tf.nn.static_rnn(
          tf.nn.rnn_cell.GRUCell(UNITS), steps, dtype=tf.float32)
    states.append(state)
  return steps, states


def test_gru_block_to_plain(tmp_path):
  path, want = source("gru_block")
  plain = convert(path, tmp_path / "plain", "block-to-plain")
  assert_same(restored(plain, plain_grus), want)


def lstms_and_grus(lstm):
  """The model `cudnn_compatible` with other cells for its LSTMs."""
  def build(tf, feeds):
    x = real_models.sequence(tf, feeds)
    with tf.variable_scope("cudnn_lstm"):
      hidden, _, _ = tf.contrib.rnn.stack_bidirectional_dynamic_rnn(
          [lstm(tf) for _ in range(2)], [lstm(tf) for _ in range(2)], x,
          dtype=tf.float32)
    with tf.variable_scope("cudnn_gru"):
      return tf.nn.dynamic_rnn(
          tf.nn.rnn_cell.MultiRNNCell(
              [tf.contrib.cudnn_rnn.CudnnCompatibleGRUCell(3)
               for _ in range(2)]), hidden, dtype=tf.float32)
  return build


@pytest.mark.slow
def test_cudnn_lstm_to_plain(tmp_path):
  path, want = source("cudnn_compatible")
  plain = convert(path, tmp_path / "plain", "cudnn-to-plain",
                  "scope=cudnn_lstm")
  assert_same(restored(plain, lstms_and_grus(
      lambda tf: tf.nn.rnn_cell.LSTMCell(UNITS))), want)
  with pytest.raises(AssertionError):  # the forget bias does matter
    assert_same(restored(plain, lstms_and_grus(
        lambda tf: tf.nn.rnn_cell.LSTMCell(UNITS, forget_bias=0.5))), want)


@pytest.mark.slow
@pytest.mark.parametrize("way", [
    ["compatible-to-opaque"], ["compatible-to-canonical",
                               "canonical-to-opaque"]])
def test_through_the_buffer_and_out_again(way, tmp_path):
  path, want = source("cudnn_compatible")
  for step, layout in enumerate(way):
    path = convert(path, tmp_path / str(step), layout)
  keys = list(checkpoints.open_checkpoint(path))
  assert [key for key in keys if "opaque" in key] == [
      "cudnn_gru/opaque_kernel", "cudnn_lstm/opaque_kernel"]
  assert not [key for key in keys if "compatible" in key]
  path = convert(path, tmp_path / "lstm", "opaque-to-compatible",
                 "scope=cudnn_lstm", f"num_units={UNITS}", "num_layers=2",
                 "direction=bidirectional")
  path = convert(path, tmp_path / "gru", "opaque-to-compatible",
                 "scope=cudnn_gru", "num_units=3", "num_layers=2")
  assert_same(restored(path, lstms_and_grus(
      lambda tf: tf.contrib.cudnn_rnn.CudnnCompatibleLSTMCell(UNITS))), want)


def cudnn_layers(tf, feeds):
  """The layers themselves, which on no GPU compute the same."""
  x = tf.transpose(real_models.sequence(tf, feeds), [1, 0, 2])
  hidden, _ = tf.contrib.cudnn_rnn.CudnnLSTM(
      2, UNITS, direction="bidirectional")(x)
  outputs, (state,) = tf.contrib.cudnn_rnn.CudnnGRU(2, 3)(hidden)
  return tf.transpose(outputs, [1, 0, 2]), tf.unstack(state)


@pytest.mark.slow
def test_the_buffer_is_what_cudnns_layers_take(tmp_path):
  """Both forms, as 1.15 saves a layer: the buffer and the cells."""
  path, want = source("cudnn_compatible")
  opaque = checkpoints.open_checkpoint(
      convert(path, tmp_path / "opaque", "compatible-to-opaque"))
  cells = checkpoints.open_checkpoint(path)
  both = str(tmp_path / "both")
  checkpoints.write_checkpoint(both, {
      **{key: cells[key] for key in cells},
      **{key: opaque[key] for key in opaque if "opaque" in key}})
  assert_same(restored(both, cudnn_layers), want)


@pytest.mark.parametrize("name, target", [
    ("basic_rnn", "keras"), ("gru", "keras"), ("basic_lstm_stack", "keras"),
    ("basic_rnn", "pytorch"), ("lstm_in_shards", "pytorch"),
    pytest.param("bidirectional", "keras", marks=pytest.mark.slow),
    pytest.param("wrappers", "keras", marks=pytest.mark.slow)])
def test_export_of_real_checkpoints_is_checked(name, target, tmp_path):
  path = os.path.join(DATA, name + ".v1")
  assert cli.main(["checkpoint", "export", path, "--to", target, "-o",
                   str(tmp_path / "out.npz"), "--check"]) == 0
  with np.load(tmp_path / "out.npz", allow_pickle=False) as saved:
    assert len(saved.files) >= 3


def test_export_of_an_older_release(tmp_path, capsys):
  """Names of 0.12 are taken as 1.15 has them."""
  path = str(tmp_path / "old")
  now = checkpoints.open_checkpoint(os.path.join(DATA, "basic_lstm_stack.v2"))
  scope = "encoder/rnn/multi_rnn_cell/cell_{}/basic_lstm_cell/"
  old = {}
  for layer in (0, 1):
    for name, was in (("kernel", "Matrix"), ("bias", "Bias")):
      old[f"encoder/RNN/MultiRNNCell/Cell{layer}/BasicLSTMCell/Linear/{was}"
         ] = now[scope.format(layer) + name]
  checkpoints.write_checkpoint(path, old)
  for place, said in enumerate(([], ["--scope", "encoder/rnn"])):
    assert cli.main(["checkpoint", "export", path, "--to", "keras", "-o",
                     str(tmp_path / f"{place}.npz"), "--check", *said]) == 0
    assert "4 names from an older release" in capsys.readouterr().out
  assert cli.main(["checkpoint", "export", os.path.join(
      DATA, "basic_lstm_stack.v2"), "--to", "keras", "-o",
                   str(tmp_path / "now.npz")]) == 0
  with np.load(tmp_path / "0.npz") as one, np.load(
      tmp_path / "now.npz") as two:
    assert one.files == two.files
    for key in one.files:
      assert one[key].tobytes() == two[key].tobytes()


@pytest.mark.parametrize("words, said", [
    (["convert", "gru.v2", "OUT", "--layout", "bake-forget-bias"],
     "there are rnn/gru_cell (gru)"),
    (["convert", "gru.v2", "OUT", "--layout", "baked"], "bake-forget-bias"),
    (["export", "gru.v2", "--to", "pytorch", "-o", "OUT"], "reset_after"),
    (["export", "nas.v2", "--to", "keras", "-o", "OUT"],
     "no scope has the variables"),
    (["export", "gru.npz", "--to", "checkpoint", "-o", "OUT"],
     "weight_ih_l0"),
])
def test_what_cannot_be_done_is_said_and_leaves_nothing(
    words, said, tmp_path, capsys):
  words = [str(tmp_path / "out") if word == "OUT" else
           os.path.join(DATA, word) if "." in word else word
           for word in words]
  assert cli.main(["checkpoint", *words]) == 2
  assert said in capsys.readouterr().err
  assert os.listdir(tmp_path) == []
