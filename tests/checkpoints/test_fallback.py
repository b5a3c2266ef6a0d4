"""`Saver.restore`: by older names where needed, and otherwise as it was."""

import glob
import os
import tempfile

import numpy as np
import pytest

from tfcompat_rnn import _errors
from tfcompat_rnn import _patching
from tfcompat_rnn import checkpoints
from tfcompat_rnn.checkpoints import fallback

OLD = {"RNN/LSTMCell/W_0": np.arange(4, dtype="f4").reshape(2, 2),
       "RNN/LSTMCell/W_1": np.arange(2, dtype="f4").reshape(1, 2),
       "RNN/LSTMCell/B": np.ones(2, "f4"), "step": np.int64(3)}
NEW = {"rnn/lstm_cell/kernel": np.concatenate(
    [OLD["RNN/LSTMCell/W_0"], OLD["RNN/LSTMCell/W_1"]]),
       "rnn/lstm_cell/bias": OLD["RNN/LSTMCell/B"], "step": OLD["step"]}


@pytest.fixture
def path(tmp_path):
  return checkpoints.write_checkpoint(str(tmp_path / "model.ckpt"), OLD)


def build(tf, without=(), shapes=()):
  shapes = {**{key: np.shape(value) for key, value in NEW.items()},
            **dict(shapes)}
  return {key: tf.get_variable(key, shapes[key], NEW[key].dtype,
                               initializer=tf.zeros_initializer())
          for key in NEW if key not in without}


def values(session, variables):
  return {key: session.run(variable) for key, variable in variables.items()}


def assert_new(got):
  assert sorted(got) == sorted(NEW)
  for key, value in got.items():
    np.testing.assert_array_equal(value, NEW[key])


def told(capfd):
  return [line for line in capfd.readouterr().err.splitlines()
          if line.startswith("tfcompat-rnn: ")]


def temporary_folders():
  return glob.glob(os.path.join(tempfile.gettempdir(), ".tfcompat-restore-*"))


def test_older_names_are_found_and_told(either, path, capfd):
  variables = build(either)
  saver = fallback.Saver()
  graph = either.get_default_graph()
  graph.finalize()
  before = temporary_folders()
  with either.Session() as session:
    capfd.readouterr()
    saver.restore(session, path)
    lines = told(capfd)
    assert_new(values(session, variables))
  assert sorted(lines) == [
      f"tfcompat-rnn: {path}: rnn/lstm_cell/bias is restored from "
      "RNN/LSTMCell/B (TensorFlow up to 0.12)",
      f"tfcompat-rnn: {path}: rnn/lstm_cell/kernel is restored from "
      "RNN/LSTMCell/W_0 + RNN/LSTMCell/W_1 (TensorFlow up to 0.12)"]
  assert temporary_folders() == before
  assert sorted(checkpoints.open_checkpoint(path)) == sorted(OLD)


def test_where_all_keys_are_there_nothing_is_done(either, tmp_path, capfd,
                                                  monkeypatch):
  path = checkpoints.write_checkpoint(tmp_path / "new", {**OLD, **NEW})
  monkeypatch.setattr(fallback, "_converted", None)
  variables = build(either)
  with either.Session() as session:
    fallback.Saver().restore(session, path)
    assert_new(values(session, variables))
  assert not told(capfd)


def test_the_graph_of_a_saver_is_tensorflows(either):
  def names(kind):
    with either.Graph().as_default() as graph:
      build(either)
      kind()
      return [op.name for op in graph.get_operations()]
  assert names(fallback.Saver) == names(either.train.Saver)


def test_many_are_told_in_part(v1, tmp_path, capfd):
  path = checkpoints.write_checkpoint(tmp_path / "m", {
      f"s{n}/Linear/Matrix": np.ones([2, 2], "f4") for n in range(25)})
  for n in range(25):
    v1.get_variable(f"s{n}/kernel", [2, 2])
  with v1.Session() as session:
    fallback.Saver().restore(session, path)
  lines = told(capfd)
  assert len(lines) == 11 and "and 15 more" in lines[-1]


def test_what_is_missing_is_still_1_15s_error(either, tmp_path):
  path = checkpoints.write_checkpoint(
      tmp_path / "m", {key: OLD[key] for key in OLD if "B" not in key})
  build(either)
  with either.Session() as session:
    with pytest.raises(either.errors.NotFoundError) as caught:
      fallback.Saver().restore(session, path)
  assert "rnn/lstm_cell/bias: the checkpoint has no key for it" in str(
      caught.value)
  assert "not found in checkpoint" in str(caught.value)


def test_what_is_ambiguous_is_refused(either, tmp_path):
  path = checkpoints.write_checkpoint(tmp_path / "m", {
      **OLD, "rnn/lstm_cell/biases": OLD["RNN/LSTMCell/B"]})
  variables = build(either)
  with either.Session() as session:
    session.run(either.global_variables_initializer())
    with pytest.raises(either.errors.NotFoundError,
                       match="both match"):
      fallback.Saver().restore(session, path)
    assert not values(session, variables)["rnn/lstm_cell/bias"].any()


@pytest.mark.parametrize("tensors", [OLD, NEW], ids=["old", "new"])
def test_another_shape_is_refused_by_name(either, tmp_path, tensors):
  """TensorFlow lets a resource variable take an array of any shape."""
  path = checkpoints.write_checkpoint(tmp_path / "m", tensors)
  variables = build(either, shapes={"rnn/lstm_cell/bias": (5,)})
  with either.Session() as session:
    session.run(either.global_variables_initializer())
    with pytest.raises((either.errors.InvalidArgumentError,
                        either.errors.NotFoundError),
                       match="rnn/lstm_cell/bias|shape"):
      fallback.Saver().restore(session, path)
    assert values(session, variables)["rnn/lstm_cell/bias"].shape == (5,)


def test_the_refusal_of_a_shape_says_all(v1, tmp_path):
  path = checkpoints.write_checkpoint(tmp_path / "m", NEW)
  v1.enable_resource_variables()
  try:
    build(v1, shapes={"rnn/lstm_cell/bias": (5,)})
  finally:
    v1.disable_resource_variables()
  with v1.Session() as session:
    with pytest.raises(fallback.ShapeError) as caught:
      fallback.Saver().restore(session, path)
  assert isinstance(caught.value, v1.errors.InvalidArgumentError)
  assert isinstance(caught.value, (_errors.CheckpointError))
  assert "rnn/lstm_cell/bias [2] for a variable [5]" in str(caught.value)


def test_a_variable_that_takes_any_shape_takes_it(v1, tmp_path):
  path = checkpoints.write_checkpoint(tmp_path / "m", {"w": np.ones(7, "f4")})
  variable = v1.Variable(v1.placeholder_with_default([1.0], [None]),
                         validate_shape=False, name="w", use_resource=True)
  with v1.Session() as session:
    fallback.Saver().restore(session, path)
    assert session.run(variable).shape == (7,)


def test_partitioned_variables(either, path):
  variable = either.get_variable(
      "rnn/lstm_cell/kernel", [3, 2],
      partitioner=either.fixed_size_partitioner(3))
  with either.Session() as session:
    fallback.Saver().restore(session, path)
    np.testing.assert_array_equal(session.run(
        either.convert_to_tensor(variable)), NEW["rnn/lstm_cell/kernel"])


def test_keys_of_ones_own(either, path):
  variable = either.get_variable("mine", [2])
  with either.Session() as session:
    fallback.Saver({"rnn/lstm_cell/bias": variable}).restore(session, path)
    assert session.run(variable).tolist() == [1, 1]


@pytest.mark.parametrize("save_path", ["nothing", "", "folder", None])
def test_no_checkpoint_is_tensorflows_error(v1, tmp_path, save_path):
  (tmp_path / "folder").mkdir()
  build(v1)
  if save_path is not None:
    save_path = str(tmp_path / save_path)
  errors = []
  with v1.Session() as session:
    for kind in (fallback.Saver, v1.train.Saver):
      with pytest.raises(Exception) as caught:
        kind().restore(session, save_path)
      errors.append(caught.value)
  assert type(errors[0]) is type(errors[1])
  assert isinstance(errors[0], (ValueError, v1.errors.OpError))
  assert str(errors[0])[:40] == str(errors[1])[:40]


def test_it_saves_and_restores_as_ever(either, tmp_path):
  variables = build(either)
  saver = fallback.Saver(max_to_keep=1)
  with either.Session() as session:
    session.run(either.global_variables_initializer())
    saved = [saver.save(session, str(tmp_path / "m"), global_step=n)
             for n in (1, 2)]
    saver.restore(session, saved[1])
    assert not values(session, variables)["step"]
  assert either.train.latest_checkpoint(str(tmp_path)) == saved[1]
  assert saver.last_checkpoints == saved[1:]


def test_one_class_of_savers(v1):
  from tfcompat_rnn import tf1
  build(v1)
  theirs = v1.train.Saver()
  assert tf1.train.Saver is fallback.Saver
  assert isinstance(theirs, tf1.train.Saver)
  assert isinstance(tf1.train.Saver(name="b"), v1.train.Saver)
  assert issubclass(v1.train.Saver, tf1.train.Saver)
  assert not isinstance(3, tf1.train.Saver)

  class Mine(tf1.train.Saver):
    pass

  assert not isinstance(theirs, Mine)
  assert isinstance(Mine(name="c"), tf1.train.Saver)


def test_every_saver_while_it_is_installed(v1, path):
  """Those that a Supervisor or a MonitoredSession makes, too."""
  variables = build(v1)
  original = v1.train.Saver.restore
  with _patching.Stack() as patches:
    fallback.install(patches)
    fallback.install(patches)
    with v1.train.MonitoredSession(v1.train.ChiefSessionCreator(
        v1.train.Scaffold(local_init_op=v1.no_op()),
        checkpoint_filename_with_path=path)) as session:
      assert_new(values(session, variables))
  assert v1.train.Saver.restore is original
