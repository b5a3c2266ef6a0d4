"""`compare` and `record` from the command line, with their processes."""

import json
import os
import pathlib
import shutil
import subprocess
import sys

import pytest

from tfcompat_rnn.compare import recording
from tfcompat_rnn.compare import sides

HERE = pathlib.Path(__file__).resolve().parent
PYTHON = os.environ.get("TFCOMPAT_REFERENCE_PYTHON")
oracle = [pytest.mark.oracle, pytest.mark.slow, pytest.mark.skipif(
    not PYTHON, reason="TFCOMPAT_REFERENCE_PYTHON names no interpreter")]


@pytest.fixture
def folder(tmp_path):
  """A working folder with the programs in it."""
  return pathlib.Path(shutil.copytree(HERE / "programs", tmp_path / "here"))


def execute(folder, *words, forked=None, **environment):
  """(exit code, stdout, stderr) of the command line with `words`."""
  clean = {key: value for key, value in os.environ.items()
           if key != "TFCOMPAT_REFERENCE_PYTHON"}
  words = ["-c", sides._OURS, *map(str, words)]
  if forked:
    done = forked.run(words, folder, dict(clean, **environment))
  else:
    done = subprocess.run(
        [sys.executable, *words], cwd=folder, capture_output=True, text=True,
        env=dict(clean, **environment), check=False)
  return done.returncode, done.stdout, done.stderr


def names(folder):
  return sorted(path.name for path in folder.iterdir()
                if path.name != "__pycache__")


@pytest.mark.slow
def test_against_a_recording(folder):
  before = names(folder)
  code, out, err = execute(folder, "compare", "linear.py", "--keep", "kept",
                           "--against", HERE / "data" / "linear_seed_42.npz")
  # --keep comes after the script: it is the program's.
  assert code == 0, out + err
  assert "the program's arguments are ['--keep', 'kept'] here, [] in" in out
  assert "verdict: equal" in out
  assert names(folder) == before, "what it wrote is in its own folder"
  code, out, err = execute(
      folder, "compare", "--json", "r.json", "linear.py", "--initial-values",
      "reference", "--against", HERE / "data" / "linear.npz")
  assert code == 1, "between the two the options are the program's"
  assert ("--initial-values comes after linear.py and is passed to it"
          in err), err
  code, out, err = execute(
      folder, "compare", "--keep", "kept", "linear.py", "--against",
      HERE / "data" / "linear.npz", "--json", "r.json", "--initial-values",
      "reference")
  assert code == 0, out + err
  assert "1 variables started with the reference's values" in out
  assert (folder / "kept" / "ours.stdout.txt").read_text() == "1 False\n"
  assert len(list((folder / "kept" / "ours").rglob("here/left.txt"))) == 1
  assert json.loads((folder / "r.json").read_text())["verdict"] == "equal"


@pytest.mark.slow
def test_initial_values_of_a_program_with_other_names(folder):
  """The first comparison finds the names, and the second one uses them."""
  text = (folder / "linear.py").read_text()
  (folder / "renamed.py").write_text(text.replace("'w', [", "'weights', ["))
  words = ("compare", "--initial-values", "reference", "--variables",
           "names.json", "renamed.py", "--against",
           HERE / "data" / "linear.npz")
  code, out, err = execute(folder, *words)
  assert code == 1, out + err
  assert ("1 variables have other names in the reference, so they started with "
          "their own values; compare again with --variables names.json" in out)
  code, out, err = execute(folder, *words)
  assert code == 0, out + err
  assert "1 variables started with the reference's values" in out
  assert "our variable 'weights' is 'w' in the reference (by the map)" in out
  assert "other names in the reference, so" not in out
  assert "is only in the reference" not in out


@pytest.mark.slow
def test_record_a_module_a_notebook_and_failures(folder, forked):
  code, out, err = execute(folder, "record", "--seed", "42", "-m", "linear",
                           "a", "b", "-o", "m.npz", forked=forked)
  assert (code, out) == (0, "3 False\n"), err
  assert recording.Recording(folder / "m.npz").head["argv"] == [
      "-m", "linear", "a", "b"]
  cells = (folder / "linear.py").read_text().split("\nsess = ")
  (folder / "n.ipynb").write_text(json.dumps({
      "cells": [{"cell_type": "code", "source": "%matplotlib inline\n"
                 + cells[0]},
                {"cell_type": "code", "source": "sess = " + cells[1]}],
      "metadata": {}, "nbformat": 4, "nbformat_minor": 2}))
  code, out, err = execute(folder, "record", "--seed", "42", "n.ipynb", "-o",
                           "n.npz", forked=forked)
  assert code == 0, err
  code, out, err = execute(folder, "compare", "n.npz", "--against", "m.npz")
  assert code == 0, out + err
  code, out, err = execute(folder, "record", "linear.py", "-o", "e.npz",
                           GO_WRONG="error", forked=forked)
  assert code == 1 and "ValueError: the data are gone" in err
  assert "recorder.py" not in err and "here.py" not in err
  assert recording.Recording(folder / "e.npz").outcome["type"] == "ValueError"
  code, out, err = execute(folder, "record", "none.py", "-o", "f.npz")
  assert code == 2 and "there is no such program" in err
  assert not list(folder.glob("f.npz*"))


def test_usage_of_record(folder):
  code, out, err = execute(folder, "record", "linear.py")
  assert code == 2 and (
      "name the file for the recording with `-o FILE.npz`" in err)
  code, out, err = execute(folder, "record", "-o", "r.npz")
  assert code == 2 and "name the SCRIPT" in err
  code, out, err = execute(folder, "record", "--print-recorder")
  assert (code, err) == (0, "") and out == sides.recorder_source()


class TestWithTheReference:
  pytestmark = oracle

  def test_equal_different_and_failed(self, folder):
    there = ["--reference-python", PYTHON]
    before = names(folder)
    code, out, err = execute(folder, "compare", "lstm.py", *there)
    assert code == 0, out + err
    assert "14 in both, 14 bit-identical" in out
    for fault, said in (
        ("forget_bias", "call 1 returned a different Mean:0 [1]"),
        ("gate_order", "call 1 returned a different Mean:0 [1]"),
        ("bias", "variable rnn/lstm_cell/bias [32] after initialization: "
         "only in the reference")):
      code, out, err = execute(folder, "compare", *there, "lstm.py",
                               PLANTED_FAULT=fault)
      assert code == 1 and "first difference: " + said in out, out + err
    code, out, err = execute(folder, "compare", "linear.py", *there,
                             GO_WRONG="error here")
    assert code == 2 and "our side failed: ValueError" in err
    assert names(folder) == before

  def test_programs_without_a_seed(self, folder):
    there = ["--reference-python", PYTHON]
    code, out, err = execute(folder, "compare", "linear.py", *there)
    assert code == 1 and "variable w after initialization" in out
    for words in (["--seed", "3"], ["--initial-values", "reference"]):
      code, out, err = execute(folder, "compare", *words, "-m", "linear", "x",
                               *there)
      assert code == 0, out + err

  def test_in_place(self, folder):
    code, out, err = execute(folder, "compare", "--in-place", "--seed", "1",
                             "linear.py", "--reference-python", PYTHON)
    assert code == 0, out + err
    assert "the reference's run left files in this folder" in out
    assert "left.txt" in out and (folder / "left.txt").exists()

  def test_record_there_and_a_notebook(self, folder):
    cells = (folder / "linear.py").read_text().split("\nsess = ")
    (folder / "n.ipynb").write_text(json.dumps({
        "cells": [{"cell_type": "code", "source": "%matplotlib inline\n"
                   + cells[0]},
                  {"cell_type": "code", "source": "sess = " + cells[1]}],
        "metadata": {}, "nbformat": 4, "nbformat_minor": 2}))
    code, out, err = execute(folder, "compare", "--seed", "1", "n.ipynb",
                             "--reference-python", PYTHON)
    assert code == 0, out + err
    code, out, err = execute(folder, "record", "--reference-python", PYTHON,
                             "--seed", "1", "linear.py", "a", "-o", "r.npz")
    assert (code, out) == (0, "2 False\n"), err
    assert recording.Recording(folder / "r.npz").tail["tensorflow"] == (
        "1.15.5")

  def test_an_interpreter_without_tensorflow_1(self, folder):
    code, out, err = execute(folder, "compare", "linear.py",
                             "--reference-python", sys.executable)
    assert code == 2 and "must have TensorFlow 1.4 to 1.15, got 2." in err
    assert "the reference failed" in err

  @pytest.mark.parametrize("name", ["ptb_word_lm", "deep_rnn_dropout"])
  def test_a_legacy_example(self, name, tmp_path):
    from tests.compare import make_seeds_examples
    make_seeds_examples.CALLS[name] = 40
    report = make_seeds_examples.compare(name, tmp_path, PYTHON)
    assert report["verdict"] == "equal", report["first"]
    initial = report["initial"]
    assert initial["identical"] == initial["both"] >= 9


def test_the_table_of_the_legacy_examples_is_whole_and_all_equal():
  from tests.compare import make_seeds_examples
  page = (HERE.parents[1] / "docs" / "seeds_examples.md").read_text()
  rows = [line.split(" | ") for line in page.splitlines()
          if line.startswith("| `") and line.endswith("equal |")]
  assert [row[0].split("`")[1][:-3] for row in rows] == (
      make_seeds_examples.scripts())
  for row in rows:
    identical, both = row[2].split(" of ")
    assert identical == both
    assert all(cell == "-" or float(cell) <= 1e-5 for cell in row[3:5])
