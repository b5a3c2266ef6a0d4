"""The results: a table, JSON, a picture, a part of a page."""

from __future__ import annotations

import dataclasses
import json
import pathlib
import platform
import re
import statistics

from tfcompat_rnn import _errors
from tfcompat_rnn.bench import contestants
from tfcompat_rnn.bench import machine
from tfcompat_rnn.bench import tasks
from tfcompat_rnn.verify import writing

median = statistics.median
_BEGIN, _END = "<!-- tfcompat-rnn bench -->", "<!-- end of the table -->"
_MARKS = re.compile(
    f"({re.escape(_BEGIN)}\n).*?({re.escape(_END)})", re.DOTALL)


@dataclasses.dataclass
class Row:
  """One contestant at one task; times in seconds, memory in bytes.

  rounds: a step in each round; build: making the graph; first: the first step,
    with what is compiled in it.
  memory: the most that a later step needs, above what the process had after
    its imports; first_memory: the most until the end of the first step.
  difference: from the plain loop; None if there are no results to compare.
  failed: why there are no times.
  """
  task: tasks.Task
  contestant: str
  rounds: list[float] = dataclasses.field(default_factory=list)
  build: float | None = None
  first: float | None = None
  warm: float | None = None
  memory: int | None = None
  first_memory: int | None = None
  difference: float | None = None
  notes: list[str] = dataclasses.field(default_factory=list)
  failed: str | None = None

  @property
  def seconds(self):
    """The median of a step."""
    return median(self.rounds) if self.rounds and not self.failed else None


def quartiles(values):
  """`(median, first quartile, third quartile)`; one value is all three."""
  if len(values) == 1:
    return values[0], values[0], values[0]
  low, middle, high = statistics.quantiles(values, n=4, method="inclusive")
  return middle, low, high


class Report:
  """All rows of a run; printing it prints the table.

  Attributes: `rows`, `options`, `versions` (of each library that took part),
  and `exit_code`: 1 if a contestant failed or computes something else, or
  else 0.
  """

  def __init__(self, rows, versions, options):
    self.rows, self.versions, self.options = rows, versions, options

  @property
  def exit_code(self):
    return int(any(row.failed for row in self.rows))

  def row(self, task, contestant):
    """The row of a contestant at a task, or None."""
    for row in self.rows:
      if row.task == task and row.contestant == contestant:
        return row
    return None

  def ratio(self, row, base):
    """`(median, first, third quartile)` of a row's times by those of `base`.

    Each ratio is of one round. None without times of both.
    """
    other = self.row(row.task, base)
    if row.seconds is None or other is None or other.seconds is None:
      return None
    return quartiles([one / two for one, two in zip(row.rounds, other.rounds)])

  def bases(self):
    """The contestants that ratios are taken against."""
    there = {row.contestant for row in self.rows}
    return [name for name in contestants.BASES if name in there]

  def heading(self):
    """One line: the machine, the libraries, and how it was measured."""
    options = self.options
    libraries = ", ".join(f"{name} {version}" for name, version in sorted(
        self.versions.items()))
    return (f"{machine.processor()}, {options.threads} "
            f"thread{'s' * (options.threads != 1)}; {libraries}; "
            f"{options.rounds} round{'s' * (options.rounds != 1)}.")

  def lines(self):
    """The table in Markdown, with its heading, and what is to be said of it."""
    bases = self.bases()
    table = [["cell", "batch, steps, units", "computed", "contestant", "ms",
              *(contestants.BASES[base] for base in bases), "MiB",
              "MiB, first", "build s", "first s", "difference"]]
    failures, notes = [], {}
    for row in self.rows:
      if row.failed:
        failures.append(f"* {row.task}: {row.contestant}: {row.failed}"
                        + _difference(row.difference, " (difference {})"))
      for note in row.notes:
        notes.setdefault(note, f"* {row.contestant}: {note}")
      table.append(
          [row.task.cell, str(row.task.size), row.task.what, row.contestant,
           _milliseconds(row), *(_ratio(self.ratio(row, base), row, base)
                                 for base in bases),
           _mebibytes(row.memory), _mebibytes(row.first_memory),
           _seconds(row.build), _seconds(row.first),
           _difference(row.difference, "{}")])
    lines = [self.heading(), "", *_aligned(table)]
    if failures:
      lines += ["", "Not timed:", "", *failures]
    if notes:
      lines += ["", "Said by the package:", "", *notes.values()]
    if self.options.left_out:
      lines += ["", "Left out: " + "; ".join(
          f"{name} ({why})" for name, why in self.options.left_out.items())
                + "."]
    return lines

  def __str__(self):
    return "\n".join(self.lines())

  def to_json(self, path):
    """Writes everything, each round too, as JSON."""
    data = {
        "machine": {"processor": machine.processor(),
                    "system": platform.system(),
                    "threads": self.options.threads},
        "versions": self.versions,
        "rounds": self.options.rounds,
        "left_out": self.options.left_out,
        "rows": [self._data(row) for row in self.rows]}
    writing.write_whole(path, (json.dumps(data, indent=1) + "\n").encode())

  def _data(self, row):
    found = {field.name: getattr(row, field.name)
             for field in dataclasses.fields(row)
             if field.name not in ("task", "warm")}
    ratios = {base: self.ratio(row, base) for base in self.bases()}
    if row.difference == float("inf"):  # JSON has no infinity
      found["difference"] = "infinite"
    return {"cell": row.task.cell, **row.task.size._asdict(),
            "training": row.task.training, **found, "seconds": row.seconds,
            "ratios": {base: dict(zip(("median", "low", "high"), ratio))
                       for base, ratio in ratios.items() if ratio}}

  def write(self, path):
    """Puts the table between the two marks of a Markdown page."""
    page = read_page(path)
    text = _MARKS.sub(
        lambda marks: marks[1] + "\n".join(self.lines()) + "\n" + marks[2],
        page)
    writing.write_whole(path, text.encode())

  def plot(self, path):
    """Draws the times as bars; `path` ends in .png, .svg or .pdf."""
    from tfcompat_rnn.bench import picture
    picture.draw(self, path)


def read_page(path):
  """A page that has a place for the table.

  Raises ArgumentError if there is no such page, or no place in it.
  """
  try:
    page = pathlib.Path(path).read_text(encoding="utf-8")
  except (OSError, UnicodeDecodeError) as error:
    raise _errors.ArgumentError(_errors.problem(
        "--write", "name a Markdown page", f"{path} ({error})",
        "name a page that exists")) from None
  if len(_MARKS.findall(page)) != 1:
    raise _errors.ArgumentError(_errors.problem(
        "--write", f"name a page with the lines {_BEGIN} and {_END}, once",
        path, "put the two lines where the table is to be"))
  return page


def _milliseconds(row):
  if row.seconds is None:
    return "not timed"
  value = row.seconds * 1e3
  return f"{value:.2f}" if value < 10 else f"{value:.{int(value < 100)}f}"


def _ratio(found, row, base):
  if found is None:
    return ""
  if row.contestant == base:
    return "1"
  return "{:.2f} ({:.2f} to {:.2f})".format(*found)


def _mebibytes(size):
  return "" if size is None else f"{size / 2**20:.0f}"


def _seconds(value):
  return "" if value is None else f"{value:.2f}"


def _difference(value, form):
  return "" if value is None else form.format(f"{value:.0e}")


def _aligned(table):
  """Rows of Markdown whose columns are also columns in a terminal."""
  widths = [max(map(len, column)) for column in zip(*table)]
  table = [table[0], ["-" * max(width, 3) for width in widths], *table[1:]]
  return ["| " + " | ".join(word.ljust(width) for word, width in zip(
      row, widths)) + " |" for row in table]
