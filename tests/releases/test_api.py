"""What `--api` decides where a call alone does not tell."""

import json
import math
import os

import pytest

pytestmark = pytest.mark.slow

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))


@pytest.fixture(scope="module")
def old(tmp_path_factory, forked):
  done = forked.run(
      ["-m", "tfcompat_rnn", "run", "--api", "0.8",
       os.path.join(HERE, "api_program.py")], tmp_path_factory.mktemp("api"),
      dict(os.environ, PYTHONPATH=ROOT))
  assert done.returncode == 0, done.stderr
  return json.loads(done.stdout.splitlines()[-1])


def test_states_are_one_tensor(old):
  assert old["sizes"] == ["6", "12"]


def test_repeated_cells_are_layers(old):
  assert old["variables"] == 5


def test_variables_start_as_in_0_12(old):
  # uniform_unit_scaling: sqrt(3) / sqrt(inputs); 1.15: sqrt(6 / (300 + 4)).
  assert 0.9 * math.sqrt(3 / 300) < old["biggest"] <= math.sqrt(3 / 300)


def test_checkpoints_have_the_first_format(old):
  assert old["files"] == ["model.ckpt", "model.ckpt.meta"]


def test_sparse_tensors_accept_shape(old):
  assert old["dense"] == [[0, 2], [0, 0]]
