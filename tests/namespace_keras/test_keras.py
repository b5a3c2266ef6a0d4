"""Keras against TensorFlow 1.15.5: seeds, values, programs, saved weights."""

import json
import os
import subprocess
import sys

import numpy as np
import pytest

from namespace_keras import differences
from namespace_keras import generate
from namespace_keras import programs
from namespace_keras import saving
from namespace_keras import snippets
from oracle import reference

HERE = os.path.dirname(os.path.abspath(__file__))


def _check(what, folder):
  done = subprocess.run(
      [sys.executable, os.path.join(HERE, "check_all.py"), what, str(folder)],
      capture_output=True, text=True, check=False)
  assert done.returncode == 0, done.stderr
  with open(os.path.join(str(folder), "found.json")) as stream:
    return json.load(stream)


def _same(name, one, two):
  """Whether both sides drew the same seeds and initial values.

  Only the last digits of a non-square orthogonal matrix may differ.
  """
  if "error" in one or "error" in two:
    return False
  # Operations may have other names, and the file is sorted by name.
  if sorted(one["seeds"].values()) != sorted(two["seeds"].values()):
    return False
  if set(one["values"]) != set(two["values"]):
    return False
  for variable, (dtype, shape, _, first) in one["values"].items():
    got = two["values"][variable]
    if got[:2] != [dtype, shape] or not np.allclose(
        got[3], first, rtol=0, atol=1e-6 if "recurrent_kernel" in variable
        else 0):
      return False
  return True


@pytest.mark.slow
def test_seeds_and_initial_values(tmp_path):
  want = generate.read(generate.SNIPPETS)
  got = _check("snippets", tmp_path)["snippets"]
  assert set(want) == set(got) == set(snippets.SNIPPETS)
  wrong = {name for name in want if not _same(name, want[name], got[name])}
  assert wrong == set(differences.LEFT), [
      got[name].get("error") for name in wrong]


@pytest.mark.slow
def test_programs_and_saved_weights(tmp_path):
  want = generate.read(generate.PROGRAMS)
  assert set(want) == set(programs.names()) >= set(programs.QUICK)
  every = "all " if reference.VARIABLE in os.environ else ""
  found = _check(every + "programs saving", tmp_path)
  for name, got in found["programs"].items():
    lines = want[name]
    assert programs.words(got) == programs.words(lines), name
    np.testing.assert_allclose(
        programs.numbers(got), programs.numbers(lines), rtol=0, atol=2e-4,
        err_msg=name)
  # What 1.15.5 wrote, and what is written here, give the same model.
  np.testing.assert_allclose(found["restored"], [found["saved"]] * 3,
                             rtol=1e-5)
  np.testing.assert_allclose(found["again"], [found["saved"]] * 3, rtol=1e-5)
  assert found["names"][:4] == [
      "lstm/kernel:0", "lstm/recurrent_kernel:0", "lstm/bias:0",
      "gg/kernel:0"]
  _check_replicas(**found["replicas"])
  if reference.VARIABLE in os.environ:
    assert _restored_by_1_15(tmp_path) == pytest.approx(
        [found["saved"]] * 3, rel=1e-5)


def _check_replicas(errors, gap, moved, names):
  assert errors[:2] == [
      f"`gpus` must name at least two GPUs, got {given}; train the model as "
      "it is on a single one" for given in ("1", "[0]")]
  assert errors[2].startswith("`gpus` must name devices of this machine, ")
  assert errors[2].endswith(
      ", got 2, for which it needs ['/cpu:0', '/gpu:0', '/gpu:1']; pass fewer "
      "GPUs")
  assert gap < 1e-6 and moved and names == ["a", "b"]


def _restored_by_1_15(folder):
  program = (
      "import sys; sys.path.insert(0, %r)\n"
      "import tensorflow as tf, json\n"
      "from namespace_keras import saving\n"
      "print(json.dumps(saving.restore(tf, %r)))" % (
          os.path.dirname(HERE), str(folder)))
  output = subprocess.run(
      [os.environ[reference.VARIABLE], "-c", program], check=True,
      capture_output=True, text=True, env=reference.environment()).stdout
  return json.loads(output.splitlines()[-1])


def test_the_golden_files_are_there():
  for name in (saving.WEIGHTS, saving.MODEL, saving.CHECKPOINT + ".index",
               generate.SNIPPETS, generate.PROGRAMS):
    assert os.path.getsize(os.path.join(generate.DATA, name)) > 100
