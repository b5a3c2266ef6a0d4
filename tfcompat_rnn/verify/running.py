"""`run_cases`: every case with every cell, one row each."""

import contextlib
import sys
import time

import numpy as np

import tfcompat_rnn
from tfcompat_rnn import _errors
from tfcompat_rnn import _tf
from tfcompat_rnn import gradients
from tfcompat_rnn._tf import tf
from tfcompat_rnn.verify import cases as cases_lib
from tfcompat_rnn.verify import comparison
from tfcompat_rnn.verify import kinds
from tfcompat_rnn.verify import report as report_lib
from tfcompat_rnn.verify import rows as rows_lib
from tfcompat_rnn.verify import setting as setting_lib

DTYPES = ("float32", "float64")


def run_cases(cases=None, cells=None, dtype="float64", progress=None):
  """Builds each case with each cell in several ways and compares them.

    report = run_cases(cells=["LSTMCell"])
    assert report.passed, report

  cases: names of cases, see `CASES`; by default all of them.
  cells: names of cells, see `KINDS`, or "all"; by default the basic ones
    (`DEFAULT`).
  dtype: "float64" or "float32". Cells and fast paths whose kernels do not
    support float64 run in float32, and the table says so.
  progress: called with (rows done, total rows, a text) before each row.

  Graphs are built with control flow v1 and reference variables, as in 1.x,
  whatever the process uses; its settings are restored afterwards. Returns a
  `VerifyReport`. If a case raises, its row says so.

  Raises `ArgumentError` for an unknown case, cell or dtype.
  """
  if str(dtype) not in DTYPES:
    raise _errors.ArgumentError(_errors.problem(
        "dtype", "be " + " or ".join(map(repr, DTYPES)), repr(dtype),
        "pass one of them"))
  chosen = cases_lib.find(cases)
  begun, rows, done = time.monotonic(), [], 0
  pairs = [(kind, [case for case in chosen if cases_lib.applies(case, kind)])
           for kind in kinds.find(cells)]
  total = sum(len(own) for _, own in pairs)
  with _behavior_of_1_x():
    for kind, own in pairs:
      with setting_lib.Setting(kind, dtype) as setting:
        for case in own:
          if progress:
            progress(done, total, f"{case.name} {kind.name}")
          rows.append(run_case(case, setting))
          done += 1
  rows.sort(key=lambda row: cases_lib.NAMES.index(row.case))
  return report_lib.VerifyReport(
      rows, str(dtype), versions(), time.monotonic() - begun)


def run_case(case, setting):
  """The `Row` for one case with the cell of `setting`."""
  kind = setting.kind
  case = case._replace(expected=cases_lib.expected(case, kind))
  dtype = setting.dtype.name
  if case.needs in cases_lib.SINGLE:
    dtype = "float32"
  note = "" if dtype == setting.asked.name else "runs in float32"
  try:
    found = _results(case, setting)
    if isinstance(found, gradients.GradientReport):
      return comparison.row_of(
          case, kind.name, dtype, {"variables": found}, note)
    a, b, labels, *more = found
    reports = comparison.compare(
        a, b, dtype, labels, f"{case.name} {case.title}, {kind.name}")
    return comparison.row_of(case, kind.name, dtype, reports,
                             "; ".join([note] * bool(note) + more))
  except Exception as error:  # a failing case must not stop the others
    first = str(error).strip().splitlines() or [""]
    return rows_lib.Row(
        case.name, case.title, kind.name, dtype, case.expected,
        rows_lib.ERROR, False,
        note=f"{type(error).__name__}: {first[0]}"[:200])


def _results(case, setting):
  run = cases_lib.look_up(case.run)
  if not case.against:
    return run(setting)
  other = cases_lib.look_up(case.against)
  return (setting.result(other), setting.result(run),
          (other.__name__, run.__name__))


@contextlib.contextmanager
def _behavior_of_1_x():
  """Switches to control flow v1 for graphs built in the block."""
  before = tf.control_flow_v2_enabled()
  tf.disable_control_flow_v2()
  try:
    yield
  finally:
    if before:
      tf.enable_control_flow_v2()


def versions():
  """The versions with which the numbers were computed."""
  return (f"tfcompat_rnn {tfcompat_rnn.__version__}, TensorFlow "
          f"{_tf.tf2.__version__}, NumPy {np.__version__}, Python "
          f"{sys.version.split()[0]}")
