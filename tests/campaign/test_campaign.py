"""A little of the campaign: the same cases in each run."""

import os
import pathlib
import re
import subprocess
import sys

import pytest
from hypothesis import strategies as st

from tests.campaign import damage
from tests.campaign import faults
from tests.campaign import kills
from tests.campaign import kinds
from tests.campaign import loops
from tests.campaign import programs
from tests.campaign import report
from tests.campaign import rounds
from tests.campaign import streams
from tfcompat_rnn._tf import tf

ROOT = pathlib.Path(__file__).parents[2]
Structure, Window = programs.Structure, programs.Window
# Loops that share no code, and cells with each form of state. Drawing them too
# would build a graph for each case.
STRUCTURES = (
    Structure("LSTMCell projected", "dynamic_rnn", lengths=True, initial=True),
    Structure("LSTMCell", "stateful_rnn", rows=3, mask="zeros",
              store="variables", lengths=True),
    Structure("a user's", "model_rnn", mask="zeros", lengths=True,
              time_major=True),
    Structure("GRUCell", "dynamic_rnn", execution="graph", rows=2,
              lengths=True, initial=True),
)


@pytest.fixture(autouse=True)
def fresh():
  tf.disable_v2_behavior()
  yield
  loops.forget()
  streams.forget()
  damage.forget()


def search(structures, most, seed=1):
  """`most` cases, always the same ones."""
  def draw(draw):
    structure = draw(st.sampled_from(structures))
    return structure, draw(programs.windows(structure))
  return rounds.search(seed, 600., draw, loops.check, most, fixed=True)


def test_loops():
  count, found = search(STRUCTURES, 40)
  assert found is None, found
  assert count > 35 and loops.tried["windows"] > 100


@pytest.mark.spread(slow=3)
@pytest.mark.parametrize("cell", [
    pytest.param(cell, marks=() if cell == "CudnnCompatibleLSTMCell"
                 else pytest.mark.slow)
    for cell in programs.CELLS if "Conv" not in cell])
def test_a_batch_of_unknown_size_and_one_without_rows(cell):
  """Cells with kernels have something to do about one without rows."""
  loops.check(
      Structure(cell, "dynamic_rnn", dtype="float32", execution="graph"),
      [Window(rows=rows, steps=2, seed=rows) for rows in (2, 0, 3)])
  # A v2 loop takes no state whose shape is less known after a step.
  loops.check(Structure(cell, "dynamic_rnn", dtype="float32", rows=0,
                        resource=True), [Window(rows=0, steps=2)])


def test_one_step_of_one_row():
  """TensorFlow takes what is added to a product for a bias then."""
  loops.check(
      Structure("GridLSTMCell", "dynamic_rnn", dtype="float32", rows=1,
                steps=1, execution="graph"), [Window(rows=1, steps=1)])


def test_streams():
  count, found = rounds.search(
      1, 600., lambda draw: (("LSTMCell", 2, (1, 3)),
                             draw(streams.operations())),
      streams.check, 60, fixed=True)
  assert found is None, found
  assert count > 50 and all(streams.tried[f"operation {kind}"] for kind in (
      "open", "step", "close", "copy", "snapshot", "restore"))


def test_damage():
  damage.tried.clear()
  count, found = rounds.search(
      1, 600., lambda draw: draw(damage.damages()), damage.check, 150,
      fixed=True)
  assert found is None, found
  refused = [kind for kind in damage.FILES if damage.tried[f"refused {kind}"]]
  assert count > 140 and len(refused) == len(damage.FILES)


def test_a_fault_is_found_reduced_and_printed(tmp_path):
  with faults.FAULTS["length-too-late"].planted():
    _, found = search(STRUCTURES[:1], 40)
    found = kinds.simplified(found)
    text = report.program(found, "loops", "loops", 0)
  loops.forget()
  # The cell and the fed state are not needed to show it; the lengths are.
  assert found.call.startswith(
      "Structure(cell='BasicRNNCell', loop='dynamic_rnn', lengths=True), "
      "[Window("), found.call
  assert found.problem.startswith("AssertionError: window ")
  code = compile(text, "counterexample", "exec")
  exec(code, {})  # without the fault, nothing is wrong


def test_structures_and_windows_print_as_they_are_made():
  for structure in STRUCTURES:
    assert eval(repr(structure)) == structure
  window = Window(rows=2, steps=0, mask=((), ()), before="zero")
  assert eval(repr(window)) == window
  assert "seed" not in repr(window)


def campaign(*words):
  """Runs a part of the campaign in a process that has not run TensorFlow."""
  done = subprocess.run(
      [sys.executable, "-m", *words], cwd=ROOT, capture_output=True, text=True,
      env=dict(os.environ, TF_CPP_MIN_LOG_LEVEL="3"), timeout=580, check=False)
  assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
  return done.stdout


@pytest.mark.slow
def test_kills():
  said = campaign("tests.campaign.kills", "--count", "2")
  assert said.count("2 of 2 kills left the old") == len(kills.WRITERS)


@pytest.mark.slow
def test_a_planted_fault():
  """The whole way: rounds in processes of their own, and what they report."""
  said = campaign("tests.campaign", "--only", "streams", "--minutes", "5",
                  "--plant", "lost-row")
  assert re.search(r"^lost-row: found after \d+ s by streams: ", said, re.M)
  assert "1 of 1 faults found" in said


@pytest.mark.exhaustive
def test_some_minutes():
  said = campaign("tests.campaign", "--minutes", "3", "--seed", "77")
  assert "0 counterexamples" in said


def test_the_page_lists_every_fault_and_kind():
  page = (ROOT / "docs" / "reliability.md").read_text()
  for name in faults.FAULTS:
    assert f"| `{name}` |" in page, name
  for name in [*kinds.KINDS, *kills.WRITERS]:
    assert f"`{name}`" in page, name
