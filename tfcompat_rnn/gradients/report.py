"""The result of a gradient comparison, as a table, JSON or a plot."""

from __future__ import annotations

import json
import math
import typing

import numpy as np

from tfcompat_rnn import _errors
from tfcompat_rnn import _typing as types
from tfcompat_rnn import _writing

# dtype -> (rtol, atol). Two correct ways of adding up the same float32 terms
# over some hundred steps differ by a few 1e-6 of the largest element; a fault
# in one gate or at one step changes the result by 1e-3 or more.
TOLERANCES = {
    "bfloat16": (5e-2, 1e-3),
    "float16": (1e-2, 1e-4),
    "float32": (1e-4, 1e-7),
    "float64": (1e-9, 1e-13),
    "complex64": (1e-4, 1e-7),
    "complex128": (1e-9, 1e-13),
}


class GradientsDifferError(_errors.TfcompatError, AssertionError):
  """Two gradients differ that should be equal; the message is the report."""


class Row(typing.NamedTuple):
  """One tensor of a comparison.

  kind: "variable", "input", "state", "output", "loss", or "run" for the result
    of evaluating one side twice.
  max_abs, max_rel: the largest difference, absolute and divided by the largest
    element of either side. NaN if they are undefined.
  norm_a, norm_b: Euclidean norms. cosine: cosine of the angle between the two.
  rtol, atol: the tolerance: `max_abs <= atol + rtol * largest element`.
  note: why it failed, or a remark; "" if there is none.
  """
  kind: str
  name: str
  dtype: str
  shape: tuple
  max_abs: float
  max_rel: float
  norm_a: float
  norm_b: float
  cosine: float
  rtol: float
  atol: float
  passed: bool
  note: str = ""


class StepNorms(typing.NamedTuple):
  """The norms of one tensor over its time steps, one list for each side."""
  kind: str
  name: str
  a: list
  b: list


def tolerance(dtype, rtol=None, atol=None):
  """(rtol, atol), by default those for `dtype`; (0, 0) for integers."""
  own = TOLERANCES.get(str(dtype), TOLERANCES["float64"])
  if str(dtype).startswith(("int", "uint", "bool")):
    own = (0.0, 0.0)
  return (own[0] if rtol is None else rtol, own[1] if atol is None else atol)


def non_finite(value, time_axis=None):
  """Describes the elements of `value` that are not finite; "" if all are.

  >>> non_finite(np.array([[1., np.nan, np.inf]]), time_axis=1)
  '1 NaN (first at time step 1), 1 Inf (first at time step 2)'
  """
  found = []
  for name, mask in (("NaN", np.isnan(value)), ("Inf", np.isinf(value))):
    if mask.any():
      text = f"{int(mask.sum())} {name}"
      if time_axis is not None and -mask.ndim <= time_axis < mask.ndim:
        others = tuple(axis for axis in range(mask.ndim)
                       if axis != time_axis % mask.ndim)
        steps = np.flatnonzero(mask.any(axis=others))
        text += f" (first at time step {steps[0]}"
        text += f", last at {steps[-1]})" if len(steps) > 1 else ")"
      found.append(text)
  return ", ".join(found)


def compare_arrays(kind, name, a, b, rtol=None, atol=None, time_axis=None,
                   labels=("a", "b")):
  """The `Row` for two arrays, each of which may be None (no gradient)."""
  if a is None or b is None:
    return _missing_row(kind, name, a, b, rtol, atol, labels)
  a, b = np.asarray(a), np.asarray(b)
  if {a.dtype.kind, b.dtype.kind} & set("OSU"):
    return _words_row(kind, name, a, b, labels)
  dtype = min((a.dtype, b.dtype), key=lambda dtype: -tolerance(dtype)[0])
  rtol, atol = tolerance(dtype, rtol, atol)
  wide = np.complex128 if dtype.kind == "c" else np.float64
  # The float16 difference of unequal float16 values may be zero.
  wide_a, wide_b = a.astype(wide), b.astype(wide)
  norm_a, norm_b = _norm(wide_a), _norm(wide_b)
  row = Row(kind, name, dtype.name, a.shape, math.nan, math.nan, norm_a,
            norm_b, math.nan, rtol, atol, False)
  if a.shape != b.shape:
    return row._replace(note=_shapes_differ(a, b, labels))
  notes = [f"{words} in {label}" for label, words in (
      (labels[0], non_finite(wide_a, time_axis)),
      (labels[1], non_finite(wide_b, time_axis))) if words]
  if notes:
    return row._replace(note="; ".join(notes))
  if not a.size:
    return row._replace(max_abs=0.0, max_rel=0.0, passed=True, note="empty")
  difference = np.abs(wide_a - wide_b)
  largest = max(np.abs(wide_a).max(), np.abs(wide_b).max())
  max_abs = float(difference.max())
  passed = max_abs <= atol + rtol * largest
  if not rtol and not atol and dtype.kind in "iub":
    # Beyond 2**53, float64 cannot represent every difference.
    passed = np.array_equal(a, b)
  note = "" if passed else _where(difference, time_axis)
  return row._replace(
      max_abs=max_abs, max_rel=float(max_abs / largest) if largest else 0.0,
      cosine=_cosine(wide_a, wide_b, norm_a, norm_b), passed=bool(passed),
      note=note)


def _missing_row(kind, name, a, b, rtol, atol, labels):
  there = b if a is None else a
  if there is None:
    note, dtype, shape = "no gradient (None) in both", "", ()
  else:
    there = np.asarray(there)
    dtype, shape = there.dtype.name, there.shape
    gone = labels[0] if a is None else labels[1]
    note = f"no gradient (None) in {gone}"
  rtol, atol = tolerance(dtype, rtol, atol)
  norms = [math.nan if value is None else _norm(np.asarray(value, np.float64))
           for value in (a, b)]
  # If neither side depends on it, the two agree; the note says so.
  return Row(kind, name, dtype, shape, math.nan, math.nan, *norms, math.nan,
             rtol, atol, a is None and b is None, note)


def unsteady_row(name, note):
  """A row for a side that differs from run to run."""
  return Row("run", name, "", (), *[math.nan] * 5, 0.0, 0.0, False,
             f"differs {note}; look for dropout or other random ops, or "
             "state that a run changes")


def _words_row(kind, name, a, b, labels):
  """Strings and objects: equal or not."""
  row = Row(kind, name, a.dtype.name, a.shape, *[math.nan] * 5, 0.0, 0.0,
            False)
  if a.shape != b.shape:
    return row._replace(note=_shapes_differ(a, b, labels))
  for index in np.ndindex(a.shape):
    if a[index] != b[index]:
      words = [value.item() if isinstance(value, np.generic) else value
               for value in (a[index], b[index])]
      return row._replace(note=f"{words[0]!r} in {labels[0]}, {words[1]!r} in "
                          f"{labels[1]} at {list(index)}")
  return row._replace(passed=True)


def _shapes_differ(a, b, labels):
  return (f"shapes differ: {a.shape} in {labels[0]}, {b.shape} in "
          f"{labels[1]}")


def _norm(value):
  return float(np.linalg.norm(value.ravel()))


def _cosine(a, b, norm_a, norm_b):
  if not norm_a and not norm_b:
    return 1.0
  if not norm_a or not norm_b:
    return 0.0
  # Divide first: the product of two norms may overflow or underflow.
  return float(np.real(np.vdot(a.ravel() / norm_a, b.ravel() / norm_b)))


def _where(difference, time_axis):
  index = np.unravel_index(int(difference.argmax()), difference.shape)
  text = f"largest at {[int(i) for i in index]}"
  if time_axis is not None and -len(index) <= time_axis < len(index):
    text += f" (time step {index[time_axis]})"
  return text


def step_norms(kind, name, a, b, time_axis):
  """`StepNorms` of two arrays with a time axis; [] for a missing array."""
  return StepNorms(kind, name, *(
      [] if value is None else _norms_over(np.asarray(value), time_axis)
      for value in (a, b)))


def _norms_over(value, time_axis):
  wide = np.complex128 if value.dtype.kind == "c" else np.float64
  steps = np.moveaxis(value.astype(wide), time_axis, 0)
  return [float(norm) for norm in
          np.linalg.norm(steps.reshape(len(steps), -1), axis=1)]


class GradientReport:
  """The result of a comparison.

    report = compare_gradients(loss_a, loss_b)
    assert report.passed, report

  `passed`: whether every row passed. `rows`: a `Row` for each tensor.
  `steps`: a `StepNorms` for each tensor with a time axis. `labels`: the names
  of the two sides. `str(report)` is a table with the failed rows first.
  """

  def __init__(self, rows: typing.Iterable[Row],
               steps: typing.Iterable[StepNorms] = (),
               labels: types.Labels = ("a", "b"),
               title: str = "gradients") -> None:
    self.rows = list(rows)
    self.steps = list(steps)
    self.labels = tuple(labels)
    self.title = title

  @property
  def passed(self) -> bool:
    return all(row.passed for row in self.rows)

  @property
  def failures(self) -> list[Row]:
    """The rows that did not pass."""
    return [row for row in self.rows if not row.passed]

  def __bool__(self) -> bool:
    return self.passed

  def raise_if_different(self) -> GradientReport:
    """Raises `GradientsDifferError` with the table unless all rows passed."""
    if not self.passed:
      raise GradientsDifferError(str(self))
    return self

  def __str__(self) -> str:
    count = len(self.failures)
    verdict = "equal" if not count else (
        f"{count} of {len(self.rows)} rows differ")
    lines = [f"{self.title}: {verdict} "
             f"(a = {self.labels[0]}, b = {self.labels[1]})"]
    head = ("", "kind", "name", "shape", "max abs", "max rel", "norm a",
            "norm b", "1 - cosine", "allowed", "note")
    table = [head] + [_cells(row) for row in
                      sorted(self.rows, key=lambda row: row.passed)]
    widths = [max(map(len, column)) for column in zip(*table)]
    lines += ["  ".join(cell.ljust(width) for cell, width in
                        zip(cells, widths)).rstrip() for cells in table]
    return "\n".join(lines)

  def __repr__(self) -> str:
    return (f"<GradientReport {self.title!r}: {len(self.rows)} rows, "
            f"{len(self.failures)} different>")

  def as_dict(self) -> dict[str, typing.Any]:
    """Plain numbers, lists and strings; NaN and Inf become strings."""
    return {
        "title": self.title, "labels": list(self.labels),
        "passed": self.passed,
        "rows": [_plain(row._asdict()) for row in self.rows],
        "steps": [_plain(steps._asdict()) for steps in self.steps],
    }

  def to_json(self, path: types.Path | None = None) -> str:
    """The report as JSON text; also written to the file `path` if given."""
    text = json.dumps(self.as_dict(), indent=1, allow_nan=False)
    if path is not None:
      _writing.write_whole(path, (text + "\n").encode("utf-8"))
    return text

  def plot(self, path: types.Path) -> None:
    """Plots each gradient's norm over the time steps, both sides, to `path`.

    The file extension selects the format (.png, .svg, .pdf). Raises
    `ArgumentError` if no compared tensor has a time axis; in that case pass
    `inputs` or `outputs` to the comparison.
    """
    if not self.steps:
      raise _errors.ArgumentError(_errors.problem(
          "report", "have a tensor with a time axis to plot",
          "only tensors without one", "pass inputs=... to the comparison"))
    from tfcompat_rnn.gradients import picture
    picture.draw(self, path)


def _cells(row):
  return ("ok" if row.passed else "DIFF", row.kind, row.name,
          "x".join(map(str, row.shape)) or "scalar", _short(row.max_abs),
          _short(row.max_rel), _short(row.norm_a), _short(row.norm_b),
          _short(1 - row.cosine), f"{row.atol:.0e}+{row.rtol:.0e}*max",
          row.note)


def _short(number):
  return "-" if math.isnan(number) else f"{number:.3g}"


def _plain(value):
  if isinstance(value, dict):
    return {key: _plain(part) for key, part in value.items()}
  if isinstance(value, (list, tuple)):
    return [_plain(part) for part in value]
  if isinstance(value, float) and not math.isfinite(value):
    return str(value)
  return value
