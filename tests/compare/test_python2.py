"""Python 2 programs are compared, converted for a Python 3.7."""

import json
import os
import pathlib
import subprocess
import sys

import pytest

from tfcompat_rnn.compare import sides

ROOT = pathlib.Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "examples" / "legacy" / "python2_char_rnn.py"
REFERENCE = os.environ.get("TFCOMPAT_REFERENCE_PYTHON")

pytest.importorskip("fissix")


class Arguments:
  python2 = None
  reference_python = None


def test_what_the_recorder_gets(tmp_path, monkeypatch):
  (tmp_path / "train.py").write_text("import utils\nprint 7 / 2\n")
  (tmp_path / "utils.py").write_text("x = 1L\n")
  (tmp_path / "broken.py").write_text("print 'a'\nx = = 2\n")
  assert sides.is_python2(["train.py"], Arguments, tmp_path)
  monkeypatch.setattr(sides, "version_of", lambda python: (3, 7))
  command = sides.reference_command(
      "python", ["train.py"], tmp_path / "out.npz", [], tmp_path, True)
  found = json.loads(
      pathlib.Path(command[command.index("--python2") + 1]).read_text())
  assert found["sources"] == {
      str(tmp_path / "train.py"): "import utils\n_py2_print(7 / 2)\n",
      str(tmp_path / "utils.py"): "x = 1\n"}
  # A Python 2 runs the files themselves.
  monkeypatch.setattr(sides, "version_of", lambda python: (2, 7))
  assert "--python2" not in sides.reference_command(
      "python", ["train.py"], tmp_path / "out.npz", [], tmp_path, True)


def test_a_notebook_as_script(tmp_path):
  (tmp_path / "nb.ipynb").write_text(json.dumps({
      "cells": [{"cell_type": "code", "metadata": {}, "outputs": [],
                 "source": "%matplotlib inline\nprint 'a', 7/2"}],
      "metadata": {}, "nbformat": 4, "nbformat_minor": 2}))
  assert sides.is_python2(["nb.ipynb"], Arguments, tmp_path)
  path = sides.notebook_as_script("nb.ipynb", tmp_path, python2=True)
  assert path.read_text() == (
      "# -*- coding: utf-8 -*-\npass\nprint 'a', 7/2\n")


@pytest.mark.slow
@pytest.mark.oracle
@pytest.mark.skipif(not REFERENCE, reason="TFCOMPAT_REFERENCE_PYTHON names no "
                    "interpreter")
def test_the_example_equals_1_15(tmp_path):
  done = subprocess.run(
      [sys.executable, "-m", "tfcompat_rnn", "compare", "--reference-python",
       REFERENCE, str(EXAMPLE), "--steps", "60", "--out", "out"],
      cwd=tmp_path, capture_output=True, text=True,
      env=dict(os.environ, PYTHONPATH=str(ROOT)))
  assert done.returncode == 0, done.stdout + done.stderr
  assert "verdict: equal" in done.stdout
