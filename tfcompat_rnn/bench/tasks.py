"""What is computed: a cell, a size, and forward or forward and backward."""

from __future__ import annotations

import dataclasses
import typing

from tfcompat_rnn import _errors


class Size(typing.NamedTuple):
  """`batch` rows of `steps` steps, with `units` units and as many inputs."""
  batch: int
  steps: int
  units: int

  def __str__(self):
    return f"{self.batch}, {self.steps}, {self.units}"


class Cell(typing.NamedTuple):
  """A network of `layers` cells, each followed by dropout if `keep` is < 1."""
  kind: str
  layers: int = 1
  keep: float = 1.


SIZES = (Size(1, 100, 64), Size(32, 50, 128), Size(64, 100, 512),
         Size(16, 2000, 128))
CELLS = {
    "RNN": Cell("RNN"),
    "GRU": Cell("GRU"),
    "LSTM": Cell("LSTM"),
    "LSTM3": Cell("LSTM", 3),
    "LSTM3+dropout": Cell("LSTM", 3, .8),
}
DEFAULT_CELLS = ("RNN", "GRU", "LSTM", "LSTM3+dropout")


@dataclasses.dataclass(frozen=True)
class Task:
  """One network at one size, `training` or forward only."""
  cell: str
  size: Size
  training: bool

  def __str__(self):
    return f"{self.cell} {self.size}, {self.what}"

  @property
  def what(self):
    """What is computed, in words."""
    return "forward + backward" if self.training else "forward"

  @property
  def kind(self):
    """The kind of cell: "RNN", "GRU" or "LSTM"."""
    return CELLS[self.cell].kind

  def spec(self, kind=None):
    """What a worker has to know; `kind` replaces the kind of cell."""
    cell = CELLS[self.cell]
    return {"kind": kind or cell.kind, "layers": cell.layers,
            "keep": cell.keep, "batch": self.size.batch,
            "steps": self.size.steps, "units": self.size.units,
            "depth": self.size.units, "training": self.training, "seed": 0}


def parse_size(text):
  """`"32,50,128"` -> `Size(32, 50, 128)`.

  Raises ArgumentError for anything but three positive whole numbers.
  """
  words = text.split(",")
  if len(words) == 3 and all(word.strip().isdecimal() for word in words):
    size = Size(*map(int, words))
    if min(size) > 0:
      return size
  raise _errors.ArgumentError(_errors.problem(
      "--sizes", "be BATCH,STEPS,UNITS, three positive whole numbers",
      repr(text), "write 32,50,128"))


def all_of(cells, sizes, forward_only):
  """The tasks in the order of the table."""
  return [Task(cell, size, training)
          for cell in cells for size in sizes
          for training in ((False,) if forward_only else (False, True))]
