"""Shows the progress of a long loop on standard error."""

import sys
import time

_WIDTH = 30
_EVERY = 0.2  # seconds between two updates of the bar


class Progress:
  """A bar on a terminal; elsewhere, a line after each tenth of the steps.

    with Progress("generate", 1000) as progress:
      for step in range(1000):
        progress.step()

  Args:
    name: text at the start of the bar or line.
    total: the maximum number of steps.
    shown: True, False, or None to show it only on a terminal, and only once
      the loop has taken a second.
  """

  def __init__(self, name, total, shown=None, stream=None, clock=time.time):
    self._stream = sys.stderr if stream is None else stream
    self._is_terminal = bool(getattr(self._stream, "isatty", bool)())
    self._shown = self._is_terminal if shown is None else bool(shown)
    self._patience = 1.0 if shown is None else 0.0
    self._name, self._total, self._clock = name, total, clock
    self._done = self._tenths = 0
    self._drawn = None

  def __enter__(self):
    self._begin = self._clock()
    return self

  def __exit__(self, *unused):
    if self._drawn is not None and self._is_terminal:
      self._write("\r" + self._bar() + "\n")

  def step(self):
    """Counts one more step."""
    self._done += 1
    if not self._shown:
      return
    if not self._is_terminal:
      tenths = 10 * self._done // self._total
      if tenths > self._tenths:
        self._tenths = tenths
        self._write(self._numbers() + "\n")
      return
    now = self._clock()
    last = self._begin + self._patience if self._drawn is None else (
        self._drawn + _EVERY)
    if now >= last:
      self._drawn = now
      self._write("\r" + self._bar())

  def _bar(self):
    full = _WIDTH * self._done // max(self._total, 1)
    return f"[{'#' * full}{'.' * (_WIDTH - full)}] {self._numbers()}"

  def _numbers(self):
    seconds = max(self._clock() - self._begin, 1e-9)
    return (f"{self._name} {self._done}/{self._total}, "
            f"{self._done / seconds:.0f} steps/s")

  def _write(self, text):
    self._stream.write(text)
    self._stream.flush()
