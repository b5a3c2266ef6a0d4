"""Checkpoints of attention models decode what they decode in TensorFlow 1.15.

1.15.5 trained and saved them. Restored here by name, they decode the same
sequences, beams and scores, and train on alike. With a Python that has 1.15
in TFCOMPAT_REFERENCE_PYTHON, ours are restored there as well.
"""

import os
import subprocess
import sys

import numpy as np
import pytest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import decoding_models  # noqa: E402

from golden import test_golden  # noqa: E402
from oracle import files  # noqa: E402
from oracle import reference  # noqa: E402
from tfcompat_rnn import checkpoints  # noqa: E402

HERE = os.path.dirname(os.path.abspath(__file__))
DATA = os.path.join(HERE, "data", "decoding")
NAMES = list(decoding_models.MODELS)


class Program:
  """A model in a graph of ours."""

  def __init__(self, name):
    self.tf = test_golden.namespace()
    self.graph = self.tf.Graph()
    with self.graph.as_default():
      self.built = decoding_models.build(self.tf, name)
      self.saver = self.tf.train.Saver()
      self.session = self.tf.Session()

  def restore(self, path):
    self.saver.restore(self.session, path)

  def compute(self):
    with self.graph.as_default():
      return decoding_models.compute(self.session, self.built)


@pytest.fixture(scope="module")
def programs():
  """`programs(name)`: the Program, built once."""
  built = {}

  def find(name):
    if name not in built:
      built[name] = Program(name)
    return built[name]

  yield find
  for program in built.values():
    program.session.close()


def assert_same(got, wanted):
  assert sorted(got) == sorted(wanted)
  for key in wanted:
    one, two = np.asarray(got[key]), np.asarray(wanted[key])
    assert (one.shape, one.dtype) == (two.shape, two.dtype), key
    if two.dtype.kind == "i":
      np.testing.assert_array_equal(one, two, err_msg=key)
    else:
      finite = np.isfinite(two)
      np.testing.assert_array_equal(one[~finite], two[~finite])
      assert np.abs(one[finite] - two[finite]).max() <= 1e-5 * max(
          1, np.abs(two[finite]).max()), key


def wanted(name):
  return files.read_arrays(os.path.join(DATA, name + ".npz"))


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_a_checkpoint_of_1_15_decodes_the_same_beams(programs, name):
  program = programs(name)
  path = os.path.join(DATA, name)
  assert set(checkpoints.open_checkpoint(path)) == {
      variable.op.name
      for variable in program.graph.get_collection("variables")}
  program.restore(path)
  assert_same(program.compute(), wanted(name))


@pytest.mark.parametrize("name", NAMES)
def test_the_beams_are_worth_comparing(name):
  """They branch, end at different steps, and their scores lie apart."""
  numbers = wanted(name)
  beams = np.arange(decoding_models.BEAM)
  assert (numbers["beam/parents"][:, 1:] != beams).any()
  assert len(np.unique(numbers["beam/lengths"])) > 1
  assert (numbers["beam/ids"][..., 0] != numbers["beam/ids"][..., 1]).any()
  gaps = -np.diff(numbers["beam/scores"], axis=2)
  assert gaps.min() > 1e-3


@pytest.mark.oracle
@pytest.mark.slow
def test_our_checkpoints_decode_the_same_beams_in_1_15(programs, tmp_path):
  python = os.environ.get(reference.VARIABLE)
  if not python:
    pytest.skip(f"{reference.VARIABLE} names no Python with TensorFlow 1.15")
  ours = {}
  for name in NAMES:
    program = programs(name)
    program.restore(os.path.join(DATA, name))
    # Trained on, so that it is no copy of what 1.15 wrote.
    decoding_models.train(program.session, program.built, 5, seed=500)
    program.saver.save(program.session, str(tmp_path / name),
                       write_meta_graph=False, write_state=False)
    ours[name] = program.compute()
  done = subprocess.run(
      [python, os.path.join(HERE, "generate_decoding.py"), "--load",
       str(tmp_path)], env=reference.environment(), capture_output=True,
      text=True)
  assert done.returncode == 0, done.stderr[-3000:]
  for name in NAMES:
    there = files.read_arrays(str(tmp_path / f"{name}.there.npz"))
    assert_same(ours[name], there)
    with pytest.raises(AssertionError):
      assert_same(there, wanted(name))
