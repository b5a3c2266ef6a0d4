"""The result of `verify`: the table, JSON, the exit code."""

import json
import math

from tfcompat_rnn.verify import picture
from tfcompat_rnn.verify import writing
from tfcompat_rnn.verify.rows import DIFFERENT
from tfcompat_rnn.verify.rows import ERROR
from tfcompat_rnn.verify.rows import SKIPPED

FORMAT = 1


class VerifyReport:
  """The result of `run_cases`.

    report = run_cases(cells=["LSTMCell"])
    assert report.passed, report

  `passed`: whether every row is as expected. `rows`: a list of `Row`s.
  `exit_code`: 0 if everything is as expected, 1 if something is not, 2 if
  something could not run. `str(report)` is the table, with a summary as its
  last line.
  """

  def __init__(self, rows, dtype, versions="", seconds=math.nan):
    self.rows = list(rows)
    self.dtype = dtype
    self.versions = versions
    self.seconds = seconds

  @property
  def passed(self):
    return bool(self.ran) and all(row.passed for row in self.ran)

  @property
  def ran(self):
    """The rows that were not skipped."""
    return [row for row in self.rows if row.found != SKIPPED]

  @property
  def failures(self):
    """The rows that are not as expected or that raised an error."""
    return [row for row in self.ran if not row.passed]

  @property
  def exit_code(self):
    if any(row.found != ERROR for row in self.failures):
      return 1
    return 0 if self.passed else 2

  def __bool__(self):
    return self.passed

  def __str__(self):
    head = ("case", "", "cell", "dtype", "expected", "found", "outputs",
            "states", "gradients", "relative", "verdict", "note")
    table = [head] + [_cells(row) for row in self.rows]
    widths = [max(map(len, column)) for column in zip(*table)]
    lines = ["  ".join(cell.ljust(width) for cell, width in
                       zip(cells, widths)).rstrip() for cells in table]
    return "\n".join(lines + ["", self.summary()])

  def __repr__(self):
    return (f"<VerifyReport: {len(self.rows)} rows, {len(self.failures)} not "
            "as expected>")

  def summary(self):
    """One line."""
    ran = self.ran
    if self.passed:
      different = sum(row.expected == DIFFERENT for row in ran)
      text = (f"all {len(ran)} rows as expected: {len(ran) - different} equal, "
              f"{different} different")
    elif not ran:
      text = "nothing was run"
    else:
      names = ", ".join(f"{row.case} with {row.cell}"
                        for row in self.failures[:5])
      more = len(self.failures) - 5
      text = (f"{len(self.failures)} of {len(ran)} rows not as expected: "
              f"{names}{f' and {more} more' if more > 0 else ''}")
    skipped = len(self.rows) - len(ran)
    text += f"; {skipped} skipped" if skipped else ""
    text += f" ({self.versions})" if self.versions else ""
    return text + (f" in {self.seconds:.0f} s"
                   if math.isfinite(self.seconds) else "")

  def details(self):
    """A table of every tensor in the rows that are not as expected."""
    return "\n\n".join(
        str(row.report) for row in self.failures if row.report is not None)

  def as_dict(self):
    """Plain numbers, lists and strings; NaN and Inf become strings."""
    return {
        "format": FORMAT, "passed": self.passed,
        "exit_code": self.exit_code, "summary": self.summary(),
        "dtype": self.dtype, "versions": self.versions,
        "rows": [_row_data(row) for row in self.rows],
    }

  def to_json(self, path=None):
    """The report as JSON text; also written to the file `path` if given."""
    text = json.dumps(self.as_dict(), indent=1, allow_nan=False)
    if path is not None:
      writing.write_whole(path, (text + "\n").encode("utf-8"))
    return text

  def plot(self, path):
    """Plots the report to `path`; its extension selects the format.

    The upper plots show, for each cell, the norm of the gradient with respect
    to the inputs over the time steps, with one pass and with two. The lower
    plot shows the largest difference of the gradients in every row. Raises
    `MissingModuleError` without matplotlib.
    """
    picture.draw(self, path)


def _cells(row):
  return (row.case, row.title, row.cell, row.dtype, row.expected, row.found,
          _short(row.outputs), _short(row.states), _short(row.gradients),
          _short(row.gradients_rel), row.verdict, row.note)


def _short(number):
  if number is None:
    return "-"
  return "0" if number == 0 else f"{number:.1e}"


def _row_data(row):
  data = {key: _plain(value) for key, value in row._asdict().items()
          if key != "report"}
  data["verdict"] = row.verdict
  data["tensors"] = (None if row.report is None
                     else row.report.as_dict()["rows"])
  return data


def _plain(value):
  if isinstance(value, float) and not math.isfinite(value):
    return str(value)
  return value
