"""Compares two results and makes a `Row`."""

import math

import numpy as np

from tfcompat_rnn import gradients
from tfcompat_rnn.verify import rows as rows_lib
from tfcompat_rnn.verify import setting as setting_lib

# dtype -> (rtol, atol) for six steps of the same arithmetic in another order.
TOLERANCES = {"float32": (1e-5, 1e-7), "float64": (1e-12, 1e-14)}
# A difference counts if it is at least this fraction of the largest element.
# Rounding errors in float32 are smaller by a factor of ten.
DIFFERENT = 1e-4

_KINDS = {"loss": "loss", "outputs": "output", "states": "state",
          "variables": "variable", "inputs": "input", "initial": "state"}
GRADIENTS = ("variables", "inputs", "initial")
VALUES = ("loss", "outputs", "states")


def compare(a, b, dtype, labels, title):
  """A `GradientReport` for each part of two `Result`s, by name of the part."""
  rtol, atol = TOLERANCES[dtype]
  reports = {}
  for part, kind in _KINDS.items():
    ours, theirs = getattr(a, part), getattr(b, part)
    names = sorted(set(ours) | set(theirs))
    if not names:
      continue
    reports[part] = gradients.compare_values(
        {name: ours.get(name) for name in names},
        {name: theirs.get(name) for name in names},
        kind=kind, time_axis=1, rtol=rtol, atol=atol, labels=labels,
        title=title)
  return reports


def row_of(case, cell, dtype, reports, note=""):
  """The `Row` for the reports that `compare` returned."""
  rows = {part: report.rows for part, report in reports.items()}
  slopes = [row for part in GRADIENTS for row in rows.get(part, ())
            if row.kind != "run"]
  values = [row for part in VALUES for row in rows.get(part, ())]
  found = judge(slopes)
  wrong = [row for row in values if not row.passed]
  passed = found == case.expected and not wrong
  if wrong:
    found = rows_lib.DIFFERENT
  notes = [note] if note else []
  if wrong and case.expected == rows_lib.DIFFERENT:
    notes.append("only the gradients may differ")
  if not passed:
    notes += [_told(row) for row in wrong[:2]] or (
        ["the gradients agree"] if found == rows_lib.EQUAL
        else [_told(row) for row in slopes if not row.passed][:2])
  labels = next(iter(reports.values())).labels
  title = f"{case.name} {case.title}, {cell}"
  return rows_lib.Row(
      case.name, case.title, cell, dtype, case.expected, found, passed,
      loss=_largest(rows.get("loss"), "max_abs"),
      outputs=_largest(rows.get("outputs"), "max_abs"),
      outputs_rel=_largest(rows.get("outputs"), "max_rel"),
      states=_largest(rows.get("states"), "max_abs"),
      states_rel=_largest(rows.get("states"), "max_rel"),
      gradients=_largest(slopes, "max_abs"),
      gradients_rel=_largest(slopes, "max_rel"),
      rtol=_largest(slopes, "rtol"), note="; ".join(notes),
      report=gradients.GradientReport(
          [row for part in rows.values() for row in part],
          [step for one in reports.values() for step in one.steps],
          labels, title))


def judge(slopes):
  """Judges rows of gradients: "equal", "different" or "unclear"."""
  if not any(row.norm_a > 0 for row in slopes):
    return rows_lib.UNCLEAR  # nothing was compared
  if all(row.passed for row in slopes):
    return rows_lib.EQUAL
  # NaN: one side has no gradient, or its gradient is not finite.
  if any(not row.passed and not row.max_rel < DIFFERENT for row in slopes):
    return rows_lib.DIFFERENT
  return rows_lib.UNCLEAR


def _told(row):
  size = (f"{row.max_abs:.1e} apart" if math.isfinite(row.max_abs)
          else row.note)
  return f"{row.kind} {row.name}: {size}"


def _largest(rows, field):
  """The largest value of a field; NaN if any is NaN, None without rows."""
  if not rows:
    return None
  return float(np.max([getattr(row, field) for row in rows]))


def merged(values_of, gradients_of):
  """Loss, outputs and states of one `Result` with the gradients of another."""
  return setting_lib.Result(
      values_of.loss, values_of.outputs, values_of.states,
      gradients_of.variables, gradients_of.inputs, gradients_of.initial)
