"""Checkpoints that TensorFlow 1.15.5 and 1.4.1 wrote, and ours in 1.15.5.

`tf.train.Saver` restores them by name, slots of the optimizer and all; what
the models then compute, and how they train on, is what they computed there.
"""

import functools
import os
import subprocess
import sys

import numpy as np
import pytest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import real_models  # noqa: E402

from golden import test_golden  # noqa: E402
from oracle import reference  # noqa: E402
from tfcompat_rnn import checkpoints  # noqa: E402

HERE = os.path.dirname(os.path.abspath(__file__))
DATA = os.path.join(HERE, "data")
# Graphs that take long to build.
LONG = ("attention", "bidirectional", "convolutional_lstm",
        "cudnn_compatible", "gates_of_contrib", "grid_lstm", "independent",
        "layer_norm_lstm", "lstm_in_shards", "nas", "wrappers")
CASES = [pytest.param(version, name, form, marks=[pytest.mark.slow] * (
    name in LONG))
         for name in real_models.MODELS
         for version in ("1.15.5", "1.4.1") for form in ("v1", "v2")
         if name in real_models.names(version)]
# Variables that 1.15 calls otherwise; the rows of old names lead to them.
RENAMED = {
    ("1.4.1", "lstm_block_fused"): "lstm_block_wrapper",
    ("1.4.1", "gru_block"): "GRUBlockCell",
}
# 1.4 handed the peepholes of f and o to the gradient of LSTMBlockCell in
# each other's place: what it computes is right, how it trains is not.
TRAINS_OTHERWISE = {("1.4.1", "lstm_block")}
NEWEST = real_models.names("1.15.5")


def path_of(version, name, form):
  return os.path.join(DATA, version, f"{name}.{form}")


@functools.lru_cache(maxsize=None)
def wanted(version, name):
  with np.load(os.path.join(DATA, version, name + ".npz"),
               allow_pickle=False) as stored:
    return {key: stored[key] for key in stored}


def assert_same(got, want, training=True):
  assert sorted(got) == sorted(want)
  if not training:  # the first loss is from before any step
    got, want = ({**numbers, "losses": numbers["losses"][:1]}
                 for numbers in (got, want))
  for key in want:
    one, two = np.asarray(got[key]), np.asarray(want[key])
    assert one.shape == two.shape, key
    # float32: 1e-6 of the largest number, ten times that after Adam's steps
    tolerance = 1e-5 if key == "losses" else 1e-6
    assert np.abs(one - two).max() <= tolerance * max(
        1, np.abs(two).max()), key


class Program:
  """A model in a graph of ours that any checkpoint can be restored into."""

  def __init__(self, name):
    self.tf = test_golden.namespace()
    self.graph = self.tf.Graph()
    with self.graph.as_default():
      self.built = real_models.build(self.tf, name)
      self.saver = self.tf.train.Saver()
      self.session = self.tf.Session()

  def restore(self, path):
    """What the model computes from the checkpoint at `path`."""
    self.saver.restore(self.session, path)
    with self.graph.as_default():
      return real_models.compute(self.session, self.built)


def key_of(variable):
  """What a Saver calls it; the parts of one variable have one key."""
  part = variable._get_save_slice_info()
  return part.full_name if part else variable.op.name


@functools.lru_cache(maxsize=1)
def program(name):
  return Program(name)


@pytest.mark.spread(fast=2)
@pytest.mark.parametrize(
    "version, name, form", CASES, ids=lambda text: text)
def test_restores_by_name_and_computes_the_same(version, name, form):
  path = path_of(version, name, form)
  known = {key_of(variable) for variable in program(name).built.variables}
  keys = set(checkpoints.open_checkpoint(path))
  if (version, name) in RENAMED:
    assert RENAMED[version, name] in str(sorted(keys - known))
  else:
    assert keys == known
  assert_same(program(name).restore(path), wanted(version, name),
              training=(version, name) not in TRAINS_OTHERWISE)


def test_1_4_trained_a_block_cell_with_peepholes_otherwise():
  """What is left out above is a difference, not a comfort."""
  for version, name in TRAINS_OTHERWISE:
    numbers = program(name).restore(path_of(version, name, "v2"))
    assert_same(numbers, wanted(version, name), training=False)
    with pytest.raises(AssertionError, match="losses"):
      assert_same(numbers, wanted(version, name))


def test_the_models_span_the_cells():
  assert len(NEWEST) >= 10
  assert len(real_models.names("1.4.1")) >= 10
  for version in ("1.15.5", "1.4.1"):
    names = {entry.split(".")[0] for entry in os.listdir(
        os.path.join(DATA, version))} - {"converters"}
    assert names == set(real_models.names(version))


def test_the_files_are_small():
  for version in ("1.15.5", "1.4.1"):
    for entry in os.scandir(os.path.join(DATA, version)):
      assert entry.stat().st_size < 60000, entry.path


def test_two_checkpoints_give_different_numbers():
  """That a comparison holds is no accident of the model."""
  one, two = wanted("1.15.5", "basic_rnn"), wanted("1.15.5", "gru")
  with pytest.raises(AssertionError):
    assert_same(one, two)
  tf = program("basic_rnn").tf
  first = program("basic_rnn").restore(path_of("1.15.5", "basic_rnn", "v2"))
  with program("basic_rnn").graph.as_default():
    session = program("basic_rnn").session
    session.run(tf.global_variables_initializer())
    fresh = real_models.compute(session, program("basic_rnn").built)
  with pytest.raises(AssertionError):
    assert_same(fresh, first)


@pytest.mark.parametrize("name", ["lstm_peepholes_projection", "gru_block"])
def test_v1_and_v2_hold_the_same(name):
  one, two = [checkpoints.open_checkpoint(path_of("1.15.5", name, form))
              for form in ("v1", "v2")]
  assert (one.format, two.format) == ("V1", "V2")
  assert list(one) == list(two)
  for key in one:
    assert one[key].tobytes() == two[key].tobytes()


@pytest.fixture(scope="module")
def there(tmp_path_factory):
  """Our checkpoints, and what TensorFlow 1.15 gives from them."""
  python = os.environ.get(reference.VARIABLE)
  if not python:
    pytest.skip(f"{reference.VARIABLE} names no Python with TensorFlow 1.15")
  folder = str(tmp_path_factory.mktemp("ours"))
  ours = {}
  for name in NEWEST:
    mine = Program(name)
    with mine.graph.as_default():
      mine.saver.restore(mine.session, path_of("1.15.5", name, "v2"))
      mine.session.run(mine.built.train, mine.built.feeds)
      mine.saver.save(mine.session, os.path.join(folder, name),
                      write_meta_graph=False)
      ours[name] = real_models.compute(mine.session, mine.built)
      mine.session.close()
  done = subprocess.run(
      [python, os.path.join(HERE, "load_there.py"), folder],
      env=reference.environment(), capture_output=True, text=True)
  assert done.returncode == 0, done.stderr[-3000:]
  assert done.stdout.startswith("1.15.")
  return folder, ours


@pytest.mark.oracle
@pytest.mark.slow
@pytest.mark.parametrize("name", NEWEST)
def test_ours_restores_in_1_15_and_computes_the_same(there, name):
  folder, ours = there
  with np.load(os.path.join(folder, name + ".there.npz")) as stored:
    assert_same({key: stored[key] for key in stored}, ours[name])
