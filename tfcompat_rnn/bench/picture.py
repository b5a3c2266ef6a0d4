"""Draws a `Report` as bars, one panel for each cell and size."""

import io

from tfcompat_rnn import _figure
from tfcompat_rnn.verify import picture as verify_picture
from tfcompat_rnn.verify import writing

_COLORS = {True: "tab:blue", False: "lightsteelblue"}


def draw(report, path):
  """Writes the picture to the file `path`."""
  ending = verify_picture.check_ending(path)
  tasks = [row.task for row in report.rows]
  cells = list(dict.fromkeys(task.cell for task in tasks))
  sizes = list(dict.fromkeys(task.size for task in tasks))
  names = list(dict.fromkeys(row.contestant for row in report.rows))
  figure = _figure.new_figure(
      2 + 3 * len(cells), 1 + (.8 + .25 * len(names)) * len(sizes))
  panels = figure.subplots(len(sizes), len(cells), squeeze=False,
                           sharey=True)
  for line, size in zip(panels, sizes):
    for axes, cell in zip(line, cells):
      _draw_bars(axes, [row for row in report.rows if row.task.cell == cell
                        and row.task.size == size], names)
      axes.set_title(f"{cell}  [{size}]", fontsize="medium")
  for axes in panels[-1]:
    axes.set_xlabel("ms")
  for training, label in ((True, "forward + backward"), (False, "forward")):
    if any(task.training == training for task in tasks):
      panels[0][0].barh([0], [0], color=_COLORS[training], label=label)
  handles, labels = panels[0][0].get_legend_handles_labels()
  figure.legend(handles, labels, loc="outside lower center", ncols=2)
  figure.suptitle("A step's time, [batch, steps, units]", fontsize="large")
  data = io.BytesIO()
  figure.savefig(data, format=ending, dpi=100)
  writing.write_whole(path, data.getvalue())


def _draw_bars(axes, rows, names):
  # Forward on top, as it is a part of the whole.
  for row in sorted(rows, key=lambda row: not row.task.training):
    place = names.index(row.contestant)
    if row.seconds is None:
      if row.failed:
        axes.text(0, place, " not timed", va="center", fontsize="x-small",
                  color="tab:red")
      continue
    axes.barh(place, row.seconds * 1e3, height=.7,
              color=_COLORS[row.task.training])
  axes.set_yticks(range(len(names)), names, fontsize="small")
  axes.set_ylim(len(names) - .5, -.5)
  axes.set_xlim(left=0)
  axes.grid(axis="x", alpha=.3)
  axes.set_axisbelow(True)
