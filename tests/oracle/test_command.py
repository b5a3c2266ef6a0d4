"""The check that `tox -e golden` makes can fail, and says why it cannot run."""

import pathlib
import shutil
import sys

import numpy as np
import pytest

from golden import generate
from golden import registry
from oracle import command
from oracle import comparison
from oracle import files
from oracle import generate as every
from oracle import reference

TESTS = pathlib.Path(__file__).parents[1]


@pytest.fixture
def copied(tmp_path):
  shutil.copytree(registry.DATA, tmp_path / "data")
  return tmp_path / "data"


def compare(copied):
  return comparison.compare(registry.DATA, str(copied))


def test_a_copy_compares_equal(copied):
  assert compare(copied) == []


def test_compare_sees_a_number(copied):
  with np.load(copied / "loops.npz") as stored:
    arrays = dict(stored)
  name = spoil(arrays)
  np.savez(copied / "loops.npz", **arrays)
  (line,) = compare(copied)
  assert name in line and "differs" in line


@pytest.mark.slow
def test_compare_sees_a_number_among_packed_arrays(copied):
  path = str(copied / "metagraph" / "gru.npz")
  arrays = files.read_arrays(path)
  name = spoil(arrays)
  files.write_arrays(path, arrays)
  (line,) = compare(copied)
  assert name in line and "differs" in line


def test_infinities_and_nans_must_be_the_same():
  committed = {"a": np.array([1., np.inf, -np.inf, np.nan], "f")}
  assert comparison.compare_arrays("f", committed, committed) == []
  for place, value in ((0, 1.1), (0, np.nan), (1, -np.inf), (2, 5.),
                       (3, np.inf)):
    fresh = {"a": committed["a"].copy()}
    fresh["a"][place] = value
    assert comparison.compare_arrays("f", committed, fresh), (place, value)
    assert comparison.compare_arrays("f", fresh, committed), (place, value)


def spoil(arrays):
  """Changes one number a little; the name of its array."""
  name = sorted(key for key in arrays if arrays[key].size)[0]
  arrays[name] = arrays[name].copy()
  arrays[name].flat[0] += 1e-4
  return name


@pytest.mark.slow
def test_compare_sees_a_name_and_a_missing_file(copied):
  path = str(copied / "custom.json.gz")
  facts = files.read_json(path)
  first = sorted(facts)[0]
  facts[first]["variables"][0]["name"] = "other:0"
  files.write_json(path, facts)
  (copied / "metagraph" / "lstm.meta.gz").unlink()
  assert sorted(compare(copied)) == [
      f"custom.json.gz: {first} differs",
      "metagraph/lstm.meta.gz: only committed"]


def test_check_writes_elsewhere_and_compares(tmp_path, capsys):
  committed = tmp_path / "data"

  def write(folder, number=1.0):
    files.write_json(f"{folder}/a.json.gz", {"one": number, "two": [2]})
    files.write_arrays(f"{folder}/a.npz", {"x": np.arange(3.0)})

  write(committed)
  assert command.check(write, str(committed)) == 0
  assert "as committed" in capsys.readouterr().out
  assert command.check(lambda folder: write(folder, 1.5),
                       str(committed)) == 1
  assert "DIFFERS a.json.gz: one differs" in capsys.readouterr().out
  assert files.read_json(committed / "a.json.gz") == {"one": 1, "two": [2]}


@pytest.mark.parametrize("a, b, numbers, same", [
    ({"x": [1.0, "a"]}, {"x": [1.0, "a"]}, 0, True),
    ({"x": float("nan")}, {"x": float("nan")}, 0, True),
    ([1.0], [1.0 + 1e-9], 0, False),
    ([1.0], [1.0 + 1e-9], 1e-6, True),
    ([1.0], [1.0 + 1e-5], 1e-6, False),
    ([1.0], [float("nan")], 1e-6, False),
    ([1], [1.0], 1e-6, False),
    ([1.0], [1.0, 2.0], 1e-6, False),
    ({"x": 1}, {"y": 1}, 1e-6, False),
])
def test_alike(a, b, numbers, same):
  assert comparison.alike(a, b, numbers) is same


def test_arrays_of_every_dtype_are_stored_without_loss(tmp_path):
  arrays = {
      "a/b:0": np.arange(6, dtype="f4").reshape(2, 3), "half": np.float16(.5),
      "empty": np.zeros([0, 3]), "text": np.array([b"a", b"bcd"]),
      "flag": np.array([True, False]), "long": np.array(7), "c": np.eye(2)}
  path = str(tmp_path / "new" / "a.npz")
  files.write_arrays(path, arrays)
  again = files.read_arrays(path)
  assert sorted(again) == sorted(arrays)
  for name, array in arrays.items():
    assert again[name].dtype == array.dtype
    assert again[name].shape == array.shape
    assert again[name].tobytes() == array.tobytes()


def test_the_same_contents_make_the_same_bytes(tmp_path):
  for name in ("one", "two"):
    files.write_json(tmp_path / name / "a.json.gz", {"b": 1, "a": [2.5]})
  assert ((tmp_path / "one" / "a.json.gz").read_bytes()
          == (tmp_path / "two" / "a.json.gz").read_bytes())
  assert list(files.read_json(tmp_path / "one" / "a.json.gz")) == ["b", "a"]


def test_every_generator_is_run_by_the_check():
  found = {str(path.relative_to(TESTS)) for path in TESTS.rglob("*.py")
           if "command.main(" in path.read_text()
           and path != pathlib.Path(__file__)}
  found.add("checkpoints/generate_real.py")  # for an older release as well
  assert set(every.GENERATORS) == found


@pytest.mark.slow
def test_a_named_python_without_tensorflow_1_15_is_refused(capsys):
  assert generate.main(["--reference-python", sys.executable]) == 2
  assert "cannot import TensorFlow 1.15" in capsys.readouterr().err
  assert every.main(["--reference-python", sys.executable]) == 2
  assert "cannot import TensorFlow 1.15" in capsys.readouterr().err


def test_without_any_python_3_7_the_check_fails_and_says_so(
    capsys, monkeypatch, tmp_path):
  monkeypatch.delenv(reference.VARIABLE, raising=False)
  monkeypatch.setenv("PATH", str(tmp_path))
  assert generate.main(["--check", "--venv", str(tmp_path / "venv")]) == 2
  assert "no Python 3.7 on this machine" in capsys.readouterr().err
  assert generate.main(["--check"]) == 2
  assert "--venv DIR" in capsys.readouterr().err
