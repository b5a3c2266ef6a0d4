"""What a run measures, checked before anything starts."""

from __future__ import annotations

import dataclasses
import os

from tfcompat_rnn import _errors
from tfcompat_rnn._errors import require
from tfcompat_rnn.bench import contestants
from tfcompat_rnn.bench import tasks
from tfcompat_rnn.compare import sides


def processors() -> int:
  """How many processors this process may use."""
  try:
    return len(os.sched_getaffinity(0))
  except AttributeError:  # not on this system
    return os.cpu_count() or 1


@dataclasses.dataclass
class Options:
  """What to measure.

    Options(cells=("LSTM",), sizes=(tasks.Size(1, 100, 64),), rounds=5)

  cells: names of `tasks.CELLS`; sizes: `tasks.Size`s.
  only: names of contestants; all that can run, if empty.
  rounds: how many times each contestant gets its turn.
  seconds: how long a turn takes at most, unless one step takes longer.
  warm_up: steps between the first one and the rounds.
  threads: of each contestant; one for each processor, if 0.
  limit: seconds after which a contestant is given up.
  reference: an interpreter with TensorFlow 1.15.

  Raises ArgumentError for what cannot be measured, and LauncherError for a
  reference that cannot be started.
  """
  cells: tuple = tasks.DEFAULT_CELLS
  sizes: tuple = tasks.SIZES
  only: tuple = ()
  rounds: int = 11
  seconds: float = .2
  warm_up: int = 3
  threads: int = 0
  forward_only: bool = False
  limit: float = 900.
  reference: str | None = None

  def __post_init__(self):
    for name in self.cells:
      require(name in tasks.CELLS, "--cells",
              f"name some of {', '.join(tasks.CELLS)}", repr(name),
              "`tfcompat-rnn bench --list` describes them")
    require(self.rounds >= 1, "--rounds", "be at least 1", self.rounds,
            "leave it out for 11")
    require(self.warm_up >= 0, "--warm-up", "not be negative", self.warm_up,
            "leave it out for 3")
    require(self.threads >= 0, "--threads", "not be negative", self.threads,
            "leave it out for one thread for each processor")
    for name in ("seconds", "limit"):
      value = getattr(self, name)
      require(value > 0, f"--{name}", "be above 0", value, "leave it out")
    self.threads = self.threads or processors()
    if self.reference:
      sides.check_python(self.reference)
    self.contestants, self.left_out = contestants.choose(
        self.only, self.reference)
    if self.forward_only:
      self.contestants = [
          one for one in self.contestants if not one.training_only]
    require(self.contestants, "--only", "leave something to measure",
            f"{', '.join(self.only)} with --forward-only",
            "recomputing concerns the backward pass; leave --forward-only out",
            _errors.ArgumentError)
