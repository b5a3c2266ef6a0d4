"""Golden files: written values are read back, and differences are named."""

import json
import os

import numpy as np
import pytest

from tfcompat_rnn import _errors
from tfcompat_rnn import gradients
from tfcompat_rnn import testing
from tfcompat_rnn._tf import tf
from tfcompat_rnn.testing import golden

VALUES = {
    "float32": np.array([[0.1, 1e-30], [1 / 3, -2e20]], np.float32),
    "float64": np.array([1 / 3, 5e-324, -0.0]),
    "float16": np.array([0.1, 6e4], np.float16),
    "bfloat16": np.array([0.1, 3e38]).astype(tf.bfloat16.as_numpy_dtype),
    "int64": np.array([2**62 + 1, -5]),
    "uint8": np.array([[255, 0]], np.uint8),
    "bool": np.array([True, False]),
    "complex64": np.array([[1 + 2j, 0.1j]], np.complex64),
    "empty": np.zeros([0, 3], np.float32),
    "scalar": np.float32(0.1),
    "odd": np.array([np.nan, np.inf, -np.inf, 1.0], np.float32),
    "a/b.npy": np.array([1.0]),
    "file": np.array([2.0]),
}


@pytest.mark.parametrize("ending", golden.ENDINGS)
def test_what_is_written_is_read(tmp_path, ending):
  path = tmp_path / f"new/values{ending}"
  golden.write(path, VALUES)
  read = golden.read(path)
  if ending == ".npz":
    # NumPy's own reader takes ".npy" off a name's end.
    read["a/b.npy"] = read.pop("a/b.npy", read.get("a/b"))
    read.pop("a/b", None)
  assert read.keys() == VALUES.keys()
  for name, value in VALUES.items():
    assert read[name].dtype == value.dtype, name
    assert read[name].shape == value.shape, name
    assert read[name].tobytes() == value.tobytes(), name
  first = path.read_bytes()
  golden.write(path, VALUES)
  assert path.read_bytes() == first
  assert os.listdir(path.parent) == [path.name]
  assert golden.compare(VALUES, VALUES).passed


def test_json_is_short(tmp_path):
  path = tmp_path / "v.json"
  golden.write(path, {"x": np.array([[0.1, 2.0]], np.float32)})
  assert path.read_text() == (
      '{\n "x": {"dtype": "float32", "shape": [1, 2], "values": '
      "[[0.1, 2.0]]}\n}\n")
  assert json.loads(path.read_text())


def test_a_write_that_fails_leaves_the_old_file(tmp_path, monkeypatch):
  path = tmp_path / "v.npz"
  golden.write(path, {"x": np.ones(2)})
  before = path.read_bytes()
  monkeypatch.setattr(os, "replace", lambda *_: 1 / 0)
  with pytest.raises(ZeroDivisionError):
    golden.write(path, {"x": np.zeros(2)})
  assert path.read_bytes() == before
  assert os.listdir(tmp_path) == ["v.npz"]


@pytest.mark.parametrize("now, note", [
    ({"x": np.ones(2)}, "in the golden file only"),
    ({"x": np.ones(2), "n": np.int32(3), "z": np.ones(1)},
     "not in the golden file"),
    ({"x": np.ones(2), "n": np.int64(3)},
     "dtypes differ: int32 in golden, int64 now"),
    ({"x": np.ones(3), "n": np.int32(3)},
     "shapes differ: (2,) in golden, (3,) in now"),
    ({"x": np.ones(2), "n": np.int32(4)}, "largest at []"),
    ({"x": np.array([1, 1 + 1e-8]), "n": np.int32(3)}, "largest at [1]"),
    ({"x": np.array([1, np.nan]), "n": np.int32(3)}, "1 NaN in now"),
])
def test_differences_are_named(tmp_path, now, note):
  files = testing.GoldenFiles()
  path = tmp_path / "v.npz"
  golden.write(path, {"x": np.ones(2), "n": np.int32(3)})
  with pytest.raises(gradients.GradientsDifferError) as caught:
    files.check(path, now)
  assert note in str(caught.value)
  assert "pass write=True" in str(caught.value)


def test_tolerances(tmp_path):
  path = tmp_path / "v.npz"
  golden.write(path, {"x": np.array([1.0, 2.0], np.float32)})
  files = testing.GoldenFiles()
  near = {"x": np.array([1.0, 2.00001], np.float32)}
  assert files.check(path, near).passed
  with pytest.raises(AssertionError):
    files.check(path, near, rtol=1e-7)
  far = {"x": np.array([1.0, 2.1], np.float32)}
  with pytest.raises(AssertionError):
    files.check(path, far)
  assert files.check(path, far, rtol=0.1).passed


def test_what_is_not_finite_may_stay_so(tmp_path):
  path = tmp_path / "v.json"
  mask = np.array([0.0, -np.inf, np.nan])
  golden.write(path, {"mask": mask})
  report = testing.GoldenFiles().check(path, {"mask": mask})
  assert report.rows[0].note == "2 not finite, as in golden"
  for other in ([0.0, np.inf, np.nan], [0.0, -np.inf, 1.0],
                [1.0, -np.inf, np.nan]):
    with pytest.raises(gradients.GradientsDifferError):
      testing.GoldenFiles().check(path, {"mask": np.array(other)})


def test_one_file_of_two_comparisons(tmp_path):
  files = testing.GoldenFiles(write=True)
  path = tmp_path / "v.npz"
  files.check(path, 1.0)
  files.check(path, 1.0)
  with pytest.raises(_errors.ArgumentError, match="a name of its own"):
    files.check(path, 2.0)
  assert golden.read(path) == {"value": 1.0}
  assert files.written == [path]


def test_missing_and_broken_files(tmp_path):
  files = testing.GoldenFiles(how_to_write="say please")
  with pytest.raises(golden.MissingGoldenFileError, match="say please"):
    files.check(tmp_path / "v.npz", 1.0)
  assert not list(tmp_path.iterdir())
  for ending in golden.ENDINGS:
    path = tmp_path / f"v{ending}"
    path.write_bytes(b"{}}")
    with pytest.raises(_errors.ArgumentError, match="write it again"):
      files.check(path, 1.0)
  with pytest.raises(_errors.ArgumentError, match="end in .npz or .json"):
    files.check(tmp_path / "v.txt", 1.0)


@pytest.mark.parametrize("values", ["words", {"x": None}, [b"bytes"]])
def test_only_numbers(tmp_path, values):
  with pytest.raises(TypeError, match="`values` must hold numbers"):
    testing.GoldenFiles(write=True).check(tmp_path / "v.npz", values)
  with pytest.raises(ValueError, match="nothing"):
    testing.GoldenFiles(write=True).check(tmp_path / "v.npz", {})


def test_names_of_files():
  def of(name):
    return golden.golden_path("tests/test_a.py", name).as_posix()
  assert of("lstm") == "tests/golden/test_a/lstm.npz"
  assert of("test_x[a/b-3]") == "tests/golden/test_a/test_x-a-b-3.npz"
  assert of("../v.json") == "tests/../v.json"
  assert of("/data/v.npz") == "/data/v.npz"
  with pytest.raises(_errors.ArgumentError, match="`name`"):
    of("///")
