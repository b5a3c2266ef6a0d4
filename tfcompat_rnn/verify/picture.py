"""Plots a `VerifyReport`."""

import io
import os

from tfcompat_rnn import _errors
from tfcompat_rnn import _figure
from tfcompat_rnn.verify import rows as rows_lib
from tfcompat_rnn.verify import writing

# Where a difference of 0 is drawn, because a logarithmic axis has no zero.
_NOTHING = 1e-18
_COLORS = {"ok": "tab:green", "WRONG": "tab:red", "ERROR": "tab:red"}
# case -> label and style of its line over the time steps.
_LINES = {
    "0": ("one pass (0)", {"color": "tab:blue", "linewidth": 5, "alpha": .35}),
    "1": ("two stateful passes (1)", {"color": "tab:red", "marker": "s"}),
    "2": ("two passes within a loop (2)",
          {"color": "tab:orange", "marker": "x", "linestyle": ":"}),
    "3": ("model_rnn (3)",
          {"color": "tab:blue", "marker": ".", "linestyle": "--"}),
}


def check_ending(path):
  """The format that the extension of `path` selects."""
  ending = os.path.splitext(os.fspath(path))[1][1:].lower()
  if ending not in ("png", "svg", "pdf"):
    raise _errors.ArgumentError(_errors.problem(
        "path", "end in .png, .svg or .pdf", os.fspath(path),
        "pass another file name"))
  return ending


def draw(report, path):
  """Writes the plot of `report` to the file `path`."""
  ending = check_ending(path)
  norms = _norms(report)
  rows = [row for row in report.ran if row.found != rows_lib.ERROR]
  height = max(2.5, .17 * len(rows) + 1.2)
  figure = _figure.new_figure(11, height + (3.2 if norms else 0))
  if norms:
    above, below = figure.subfigures(2, 1, height_ratios=[3.2, height])
    _draw_norms(above, norms)
  else:
    below = figure
  _draw_rows(below.subplots(), rows, report)
  data = io.BytesIO()
  figure.savefig(data, format=ending, dpi=100)
  writing.write_whole(path, data.getvalue())


def _norms(report):
  """cell -> case -> the norm of the inputs' gradient at each step."""
  found = {}
  for row in report.rows:
    if row.case in _LINES and row.report is not None:
      for steps in row.report.steps:
        if steps.kind == "input" and steps.b:
          # b is the way that the case is named after, a its reference.
          found.setdefault(row.cell, {})[row.case] = steps.b
  return found


def _draw_norms(figure, norms):
  cells = list(norms)[:6]
  panels = figure.subplots(1, len(cells), squeeze=False)[0]
  for axes, cell in zip(panels, cells):
    for case in sorted(norms[cell]):
      label, style = _LINES[case]
      values = norms[cell][case]
      axes.plot(range(len(values)), values, label=label, **style)
    axes.set_title(cell, fontsize="medium")
    axes.set_xlabel("time step")
    axes.set_xticks(range(max(map(len, norms[cell].values()))))
    axes.set_ylim(bottom=0)
    axes.grid(alpha=.3)
  panels[0].set_ylabel("norm of the inputs' gradient")
  handles, labels = panels[0].get_legend_handles_labels()
  figure.legend(handles, labels, loc="outside upper center",
                ncols=len(labels), fontsize="small")


def _draw_rows(axes, rows, report):
  for place, row in enumerate(rows):
    size = row.gradients_rel
    finite = size is not None and size == size
    axes.plot(max(size, _NOTHING) if finite else 1., place,
              marker="o" if row.expected == rows_lib.EQUAL else "D",
              markersize=5, color=_COLORS[row.verdict],
              fillstyle="full" if finite else "none")
    if row.rtol:
      axes.plot(row.rtol, place, "|", color="black", markersize=7)
  axes.set_xscale("log")
  axes.set_xlim(_NOTHING / 3, 10)
  axes.set_xticks([_NOTHING] + [10.**power for power in range(-15, 1, 3)])
  axes.set_xticklabels(["0"] + [f"1e{power}" for power in range(-15, 1, 3)])
  axes.minorticks_off()
  axes.set_yticks(range(len(rows)), [
      f"{row.case}  {row.cell}" for row in rows], fontsize="x-small")
  axes.set_ylim(len(rows) - .5, -.5)
  axes.grid(alpha=.3)
  for marker, label in (("o", "expected equal"), ("D", "expected different")):
    axes.plot([], [], marker, color="gray", label=label)
  axes.plot([], [], "o", color="tab:red", label="not as expected")
  axes.plot([], [], "|", color="black", label="tolerance for equal")
  axes.legend(loc="lower right", fontsize="small")
  axes.set_xlabel("largest difference of a gradient, relative to its largest "
                  "element")
  axes.set_title(report.summary().partition(" (")[0], fontsize="medium")
