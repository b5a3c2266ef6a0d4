"""Training that is killed and resumed ends as if nothing had happened.

`survival_runs.py` trains a character model twice: without interruption, and in
lives that are ended by SIGKILL, at a step or while a checkpoint is being
written. Losses, positions in the text, weights, optimizer slots and kept state
must agree bit for bit.
"""

import collections
import json
import os
import pathlib
import subprocess
import sys

import numpy as np
import pytest

HERE = pathlib.Path(__file__).resolve().parent
SIGKILL = 9


def train(folder, model, steps, kills, seed=1):
  """Runs everything; returns the report on each life that was killed."""
  environment = dict(os.environ, TF_CPP_MIN_LOG_LEVEL="3")
  done = subprocess.run(
      [sys.executable, str(HERE / "survival_runs.py"), str(folder / "runs"),
       model, str(steps), str(kills), str(seed)],
      env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
      text=True, timeout=580, check=False)
  assert done.returncode == 0, done.stdout[-4000:]
  return json.loads((folder / "runs" / "report.json").read_text())


def lines_of(path):
  """step -> what the lives wrote about it; the last line may be truncated."""
  found = collections.defaultdict(set)
  for line in path.read_text().splitlines():
    step, loss, position = line.split(" ", 2)
    found[int(step)].add((loss, position))
  return found


def compare(folder, steps):
  """Compares the killed training with the uninterrupted one."""
  whole, killed = folder / "runs" / "whole", folder / "runs" / "killed"
  right, got = lines_of(whole / "log.txt"), lines_of(killed / "log.txt")
  assert sorted(right) == list(range(steps))
  assert all(len(lines) == 1 for lines in right.values())
  # Steps that were repeated after a kill gave the same results, too.
  assert got == right
  one, other = np.load(whole / "end.npz"), np.load(killed / "end.npz")
  assert sorted(one.files) == sorted(other.files)
  for name in one.files:
    np.testing.assert_array_equal(one[name], other[name], err_msg=name)
  return {name: one[name] for name in one.files}


def check(folder, model, steps, kills):
  report = train(folder, model, steps, kills)
  assert [life["signal"] for life in report] == [SIGKILL] * kills
  values = compare(folder, steps)
  kept = [name for name in values if name.startswith("state")]
  assert kept and all(np.abs(values[name]).max() > .01 for name in kept)
  assert any(name.startswith("input_position") for name in values)
  assert values["global_step"] == steps
  losses = [np.frombuffer(bytes.fromhex(next(iter(lines))[0]), np.float32)[0]
            for _, lines in sorted(lines_of(
                folder / "runs" / "whole" / "log.txt").items())]
  assert len(set(losses)) > .9 * steps and losses[-1] < losses[0]
  return report


@pytest.mark.slow
def test_killed_twice(tmp_path):
  report = check(tmp_path, "gru-reference", 15, 2)
  assert [life["place"] for life in report] == ["step", "writing"]


@pytest.mark.parametrize("model, steps, kills, reached", [
    pytest.param("lstm-packed-reference", 60, 6, 10, marks=pytest.mark.slow),
    pytest.param("gru-sharded-resource", 60, 10, 15, marks=pytest.mark.slow),
    pytest.param("lstm-packed-reference", 100, 20, 51,
                 marks=pytest.mark.exhaustive),
    pytest.param("gru-sharded-resource", 100, 20, 51,
                 marks=pytest.mark.exhaustive)])
def test_killed_many_times(tmp_path, model, steps, kills, reached):
  """`reached`: at least the step at which the last life that is killed begins;
  how far a life gets in its ten steps depends on the machine."""
  report = check(tmp_path, model, steps, kills)
  assert {life["place"] for life in report} >= {
      "step", "anywhen", "writing", "list", "delete"}
  if "sharded" in model:
    # Killed with a half-written checkpoint, deterministically.
    halves = [life for life in report if life["place"] == "merge"]
    assert halves and all(
        any("_temp" in name for name in life["left"]) for life in halves)
  began = [life["began"] for life in report]
  assert began == sorted(began) and began[-1] >= reached
