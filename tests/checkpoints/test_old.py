"""What TensorFlow 0.12, 1.0 and 1.1 saved loads by older names, and computes.

data/old holds what those releases wrote (make_old.py): weights, Adam's slots,
moving averages, and what the model computed before and after one more step.
"""

import functools
import pathlib

import numpy as np
import old_models
import pytest

from tfcompat_rnn import checkpoints
from tfcompat_rnn.checkpoints import converting
from tfcompat_rnn.checkpoints import explain
from tfcompat_rnn.checkpoints import matching
from tfcompat_rnn.checkpoints import wanted

DATA = pathlib.Path(__file__).parent / "data" / "old"
VERSIONS = ("0.12.1", "1.0.1", "1.1.0")
CASES = [(version, name) for version in VERSIONS
         for name in old_models.names(version)]
# 1.0 and 1.1 have the same names, most of them those of today
MARKED = [pytest.param(*case, marks=[pytest.mark.slow] * (case[0] != "0.12.1"))
          for case in CASES]

# The names lead to the same numbers, but a step of training was another one.
TRAINED_OTHERWISE = {
    # the kernel's gradient left the peepholes out
    **{(version, "lstm_block"): "peepholes" for version in VERSIONS},
    # of several gradients for one row of an embedding, Adam took one
    ("0.12.1", "embedding"): "repeated rows",
}


def prefix_of(version, name):
  return str(DATA / version / f"{name}.ckpt")


class Program:
  """A model in a graph of ours."""

  def __init__(self, name):
    from tfcompat_rnn._tf import tf
    tf.disable_v2_behavior()
    from tfcompat_rnn import tf1
    self.graph = tf1.Graph()
    with self.graph.as_default():
      self.built = old_models.build(tf1, name)
      self.saver = tf1.train.Saver()
      self.keys = wanted.of_saver(self.saver.saver_def, self.graph)
      self.session = tf1.Session()
    self.operations = len(self.graph.get_operations())


@functools.lru_cache(maxsize=None)
def program(name):
  return Program(name)


def assert_computes(made, version, name):
  with np.load(DATA / version / f"{name}.npz") as told:
    got = old_models.compute(made.session, made.built)
    assert sorted(told.files) == sorted(got)
    for key in told.files:
      if key.startswith("after") and (version, name) in TRAINED_OTHERWISE:
        assert np.abs(got[key] - told[key]).max() > 1e-4
        continue
      np.testing.assert_allclose(got[key], told[key], rtol=0, atol=2e-6,
                                 err_msg=key)


@pytest.mark.spread(fast=3)
@pytest.mark.parametrize("version, name", MARKED)
def test_restores_and_computes_what_it_computed_then(version, name, capfd):
  made = program(name)
  made.saver.restore(made.session, prefix_of(version, name))
  told = [line for line in capfd.readouterr().err.splitlines()
          if line.startswith("tfcompat-rnn: ")]
  plan = matching.match_keys(
      made.keys, checkpoints.open_checkpoint(prefix_of(version, name)))
  assert len(told) == min(len(plan.mapped), 11), told
  if name != "coupled" or version == "0.12.1":
    assert told
  assert_computes(made, version, name)
  # the graph has not grown
  assert len(made.graph.get_operations()) == made.operations


@pytest.mark.parametrize("version, name", MARKED)
def test_each_variable_is_explained_and_nothing_is_left(version, name):
  made = program(name)
  checkpoint = checkpoints.open_checkpoint(prefix_of(version, name))
  explanation = explain.explain(made.keys, checkpoint)
  assert explanation.complete, list(explanation.lines())
  assert not explanation.plan.left
  taken = [key for match in explanation.plan.matches for key in match.old]
  assert sorted(taken) == sorted(checkpoint)


@pytest.mark.parametrize("version, name", MARKED)
def test_converted_for_the_graph_it_restores_by_name_alone(
    version, name, tmp_path):
  made = program(name)
  target = str(tmp_path / "new.ckpt")
  converted = converting.convert_checkpoint(
      prefix_of(version, name), target, wanted=made.keys)
  assert sorted(converted.tensors) == sorted(key.key for key in made.keys)
  assert explain.explain(
      made.keys, checkpoints.open_checkpoint(target)).by_name_alone
  plan = matching.match_keys(
      made.keys, checkpoints.open_checkpoint(prefix_of(version, name)))
  old = plan.read(checkpoints.open_checkpoint(prefix_of(version, name)))
  new = checkpoints.open_checkpoint(target)
  for key in old:
    np.testing.assert_array_equal(new[key], old[key])


# the names of what was wrapped, only the graph tells
@pytest.mark.parametrize("version, name", [
    case for case in CASES if case[1] not in ("projections", "embedding")])
def test_converted_by_the_rows_alone_the_names_are_1_15s(version, name):
  made = program(name)
  converted = converting.convert(
      checkpoints.open_checkpoint(prefix_of(version, name)))
  assert sorted(converted.tensors) == sorted(key.key for key in made.keys)


def test_the_formats_are_those_of_the_time():
  formats = {checkpoints.open_checkpoint(prefix_of(version, name)).format
             for version, name in CASES}
  assert formats == {"V1", "V2"}


def test_the_files_are_small():
  for path in DATA.rglob("*"):
    assert path.stat().st_size < 50_000, path
