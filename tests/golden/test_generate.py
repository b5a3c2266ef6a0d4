"""The check behind `tox -e golden` can fail, and says why it cannot run."""

import json
import shutil
import sys

import numpy as np
import pytest

from golden import generate, reference


@pytest.fixture
def copied(tmp_path):
  for part in ("data", "metagraph"):
    shutil.copytree(f"{generate.HERE}/{part}", tmp_path / part)
  return tmp_path


def test_a_copy_compares_equal(copied):
  assert generate.compare(generate.HERE, str(copied)) == []


@pytest.mark.parametrize("path", ["data/loops.npz", "metagraph/gru.npz"])
def test_compare_sees_a_number(copied, path):
  with np.load(copied / path) as stored:
    arrays = dict(stored)
  name = sorted(key for key in arrays if arrays[key].size)[0]
  arrays[name] = arrays[name].copy()
  arrays[name].flat[0] += 1e-4
  np.savez(copied / path, **arrays)
  (line,) = generate.compare(generate.HERE, str(copied))
  assert name in line and "differs" in line


def test_compare_sees_a_name_and_a_missing_file(copied):
  path = copied / "data" / "custom.json"
  facts = json.loads(path.read_text())
  first = sorted(facts)[0]
  facts[first]["variables"][0]["name"] = "other:0"
  path.write_text(json.dumps(facts))
  (copied / "metagraph" / "lstm.meta").unlink()
  lines = generate.compare(generate.HERE, str(copied))
  assert sorted(lines) == [
      f"data/custom.json: {first} differs",
      "metagraph/lstm.meta: only committed"]


def test_a_named_python_without_tensorflow_1_15_is_refused(capsys):
  assert generate.main(["--reference-python", sys.executable]) == 2
  assert "cannot import TensorFlow 1.15" in capsys.readouterr().err


def test_without_any_python_3_7_the_check_fails_and_says_so(
    capsys, monkeypatch, tmp_path):
  monkeypatch.delenv(reference.VARIABLE, raising=False)
  monkeypatch.setenv("PATH", str(tmp_path))
  assert generate.main(["--check", "--venv", str(tmp_path / "venv")]) == 2
  assert "no Python 3.7 on this machine" in capsys.readouterr().err
  assert generate.main(["--check"]) == 2
  assert "--venv DIR" in capsys.readouterr().err
