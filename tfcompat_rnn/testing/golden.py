"""Golden files: values known to be right, stored next to the test.

A file is `.npz` (NumPy's format) or `.json` (for small values to be read in a
diff). Its entries are named after the path of the leaf in the structure: "0/c".
"""

from __future__ import annotations

import io
import json
import os
import pathlib
import re
import zipfile

import numpy as np

from tfcompat_rnn import _errors
from tfcompat_rnn import _terminal
from tfcompat_rnn import _typing as types
from tfcompat_rnn import _writing
from tfcompat_rnn import gradients
from tfcompat_rnn.gradients import outputs
from tfcompat_rnn.gradients import report as report_lib

FOLDER = "golden"
ENDINGS = (".npz", ".json")
_DTYPES = "__dtypes__"  # a separate entry, for dtypes that NumPy lacks
_ALONE = "value"  # the name of a structure that is a single leaf


class MissingGoldenFileError(_errors.TfcompatError, AssertionError):
  """There is no golden file to compare with."""


class GoldenFiles:
  """Compares with golden files, or writes them.

    files = GoldenFiles()
    files.check("golden/lstm.npz", {"outputs": outputs}, feed_dict={x: data})

  write: whether to write each file that is missing or no longer matches;
    `written` lists their paths. how_to_write: the advice in error messages.
  """

  def __init__(self, write: bool = False,
               how_to_write: str = "pass write=True") -> None:
    self.write = write
    self.how_to_write = how_to_write
    self.written: list[pathlib.Path] = []
    self._settled: set[pathlib.Path] = set()

  def check(self, path: types.Path, values: types.Nested,
            feed_dict: types.Feeds | None = None,
            session: types.Session | None = None, *, rtol: float | None = None,
            atol: float | None = None) -> gradients.GradientReport:
    """Compares a structure of values with the file; returns the report.

    Raises `MissingGoldenFileError` if there is no file, and
    `GradientsDifferError` with the report if names, shapes, dtypes or values
    differ (by more than rtol and atol, whose defaults depend on the dtype as in
    `compare_gradients`). Both are AssertionErrors. The report is a
    `GradientReport`.
    """
    __tracebackhide__ = True
    path = pathlib.Path(path)
    if path.suffix not in ENDINGS:
      raise _errors.ArgumentError(_errors.problem(
          "path", f"end in {' or '.join(ENDINGS)}", repr(str(path)),
          "add one of these extensions, or pass a name without one"))
    found = _checked(outputs.evaluate_nest(values, feed_dict, session))
    report = None
    if path.exists():
      report = compare(read(path), found, rtol, atol, f"golden {path.name}")
      if report.passed:
        self._settled.add(path)
        return report
    if self.write:
      if path in self._settled:
        raise _errors.ArgumentError(_errors.problem(
            "path", "be written by one comparison only",
            f"{path}, which this run has already compared with other values",
            "give each comparison (and each parameter of a test) a name of "
            "its own"))
      write(path, found)
      self.written.append(path)
      self._settled.add(path)
      return compare(read(path), found, rtol, atol, f"golden {path.name}")
    if report is None:
      raise MissingGoldenFileError(
          f"there is no golden file {path}; check the values, then write "
          f"it: {self.how_to_write}")
    raise gradients.GradientsDifferError(
        f"{report}\nIf the new values are correct: "
        f"{self.how_to_write}")


def golden_path(test_file: types.Path, name: types.Path) -> pathlib.Path:
  """The file to which `name` refers in a test of `test_file`.

  >>> golden_path("tests/test_lstm.py", "outputs").as_posix()
  'tests/golden/test_lstm/outputs.npz'
  >>> golden_path("tests/test_lstm.py", "data/outputs.json").as_posix()
  'tests/data/outputs.json'
  """
  test_file = pathlib.Path(test_file)
  text = os.fspath(name)
  if text.endswith(ENDINGS):
    return test_file.parent / text  # an absolute path is not changed
  # The parameters in a test's name may not be valid in a file name.
  safe = re.sub(r"[^\w.=+-]+", "-", text).strip("-.")
  if not safe:
    raise _errors.ArgumentError(_errors.problem(
        "name", "have letters or digits", repr(text), "pass a name"))
  return test_file.parent / FOLDER / test_file.stem / f"{safe}.npz"


def compare(golden: dict[str, np.ndarray], found: dict[str, np.ndarray],
            rtol: float | None = None, atol: float | None = None,
            title: str = "golden") -> gradients.GradientReport:
  """The report on two dicts from names to arrays."""
  rows = []
  for name in [*golden, *(name for name in found if name not in golden)]:
    rows.append(_row(name, golden.get(name), found.get(name), rtol, atol))
  return gradients.GradientReport(rows, labels=("golden", "now"), title=title)


def _row(name, golden, now, rtol, atol):
  there = now if golden is None else golden
  row = report_lib.Row("value", name, there.dtype.name, there.shape,
                       *[float("nan")] * 5, *report_lib.tolerance(
                           there.dtype, rtol, atol), False)
  if golden is None:
    return row._replace(note="not in the golden file")
  if now is None:
    return row._replace(note="in the golden file only")
  if golden.dtype != now.dtype:
    return row._replace(note=f"dtypes differ: {golden.dtype.name} in golden, "
                        f"{now.dtype.name} now")
  same = 0
  if golden.shape == now.shape and golden.dtype.kind not in "biu":
    # Equal non-finite values count as equal, because masks contain them.
    odd = ~np.isfinite(golden)
    if odd.any() and np.array_equal(golden[odd], now[odd], equal_nan=True):
      same = int(odd.sum())
      golden, now = (np.where(odd, 0, array).astype(array.dtype)
                     for array in (golden, now))
  row = report_lib.compare_arrays("value", name, golden, now, rtol, atol,
                                  labels=("golden", "now"))
  if same:
    row = row._replace(note=f"{row.note} {same} not finite, as in golden"
                       .strip())
  return row


def _checked(values):
  named = {}
  for name, value in values.items():
    value = np.asarray(value)
    if value.dtype.kind in "OSUmM":
      raise _errors.ArgumentTypeError(_errors.problem(
          "values", "hold numbers", f"{name or _ALONE} of dtype "
          f"{value.dtype}", "leave it out, or compare it separately"))
    named[name or _ALONE] = value
  if not named:
    raise _errors.ArgumentError(_errors.problem(
        "values", "hold something to compare", "nothing", "pass at least one "
        "tensor"))
  return named


def read(path: types.Path) -> dict[str, np.ndarray]:
  """`{name: array}` of a golden file. Raises `ArgumentError` for others."""
  path = pathlib.Path(path)
  try:
    return (_read_json if path.suffix == ".json" else _read_npz)(path)
  except (ValueError, KeyError, zipfile.BadZipFile, TypeError,
          EOFError) as error:
    raise _errors.ArgumentError(_errors.problem(
        "path", "be a golden file",
        f"{path} ({_terminal.abridged(str(error))})",
        "delete it and write it again")) from error


def write(path: types.Path, values: dict[str, np.ndarray]) -> None:
  """Writes `{name: array}` atomically, with the same bytes each time."""
  path = pathlib.Path(path)
  path.parent.mkdir(parents=True, exist_ok=True)
  content = (_json_text if path.suffix == ".json" else _npz_bytes)(values)
  _writing.write_whole(path, content)


def _plain(array):
  """(an array of a dtype that NumPy can write, the name of its own dtype)."""
  # NumPy has no bfloat16 and float8 dtypes; float32 can represent them all.
  own = array.dtype.isbuiltin == 1
  return (array if own else array.astype(np.float32)), array.dtype.name


def _dtype(name):
  try:
    return np.dtype(name)
  except TypeError:
    import ml_dtypes  # installed with TensorFlow
    return np.dtype(getattr(ml_dtypes, name))


def _npz_bytes(values):
  arrays, foreign = {}, {}
  for name, array in values.items():
    arrays[name], dtype = _plain(array)
    if arrays[name] is not array:
      foreign[name] = dtype
  if foreign:
    arrays[_DTYPES] = np.array(json.dumps(foreign, sort_keys=True))
  buffer = io.BytesIO()
  with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
    for name, array in arrays.items():
      entry = zipfile.ZipInfo(f"{name}.npy")  # without a time stamp
      entry.compress_type = zipfile.ZIP_DEFLATED
      with archive.open(entry, "w", force_zip64=True) as file:
        np.lib.format.write_array(file, np.asanyarray(array),
                                  allow_pickle=False)
  return buffer.getvalue()


def _read_npz(path):
  with np.load(path, allow_pickle=False) as file:
    arrays = {name: file[name] for name in file.files}
  foreign = json.loads(str(arrays.pop(_DTYPES, "{}")))
  return {name: array.astype(_dtype(foreign[name])) if name in foreign
          else array for name, array in arrays.items()}


def _json_text(values):
  lines = []
  for name, array in values.items():
    array, dtype = _plain(array)
    entry = {"dtype": dtype, "shape": list(array.shape),
             "values": _json_values(array)}
    lines.append(f" {json.dumps(name)}: {json.dumps(entry)}")
  return ("{\n" + ",\n".join(lines) + "\n}\n").encode()


def _json_values(array):
  if array.dtype.kind == "c":
    array = np.stack([array.real, array.imag], axis=-1)
  if array.dtype.kind != "f":
    return array.tolist()
  # The shortest digits for the float32 value, not for its float64 form.
  texts = np.array([str(value) for value in array.ravel()], object)
  return _finite(texts.reshape(array.shape).tolist())


def _finite(value):
  if isinstance(value, list):
    return [_finite(part) for part in value]
  number = float(value)
  return number if np.isfinite(number) else value  # "nan", "inf", "-inf"


def _read_json(path):
  found = {}
  for name, entry in json.loads(path.read_text(encoding="utf-8")).items():
    dtype, shape = _dtype(entry["dtype"]), tuple(entry["shape"])
    if dtype.kind == "c":
      part = dtype.type().real.dtype
      parts = np.array(entry["values"], part).reshape(*shape, 2)
      found[name] = (parts[..., 0] + 1j * parts[..., 1]).astype(dtype)
    elif dtype.isbuiltin == 1:
      found[name] = np.array(entry["values"], dtype).reshape(shape)
    else:
      found[name] = np.array(entry["values"], np.float32).astype(
          dtype).reshape(shape)
  return found
