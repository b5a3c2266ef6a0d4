"""Runs rounds in child processes, several at a time, round after round.

This process imports TensorFlow and never runs it, so that it can be forked. A
round that ends its process, or does not end, is a counterexample as well.
"""

import json
import os
import pathlib
import signal
import sys
import tempfile
import time
import traceback

from tests.campaign import kinds
from tests.campaign import report
from tests.campaign import rounds
from tfcompat_rnn._tf import tf

# Seconds of a round, and how much later a round that has not ended hangs.
ROUND, PATIENCE = 60., 240.
# So many rounds are made at least, with which each kind has its turn.
ROUNDS = 15


class Campaign:
  """Goes round the kinds `names`.

  Attributes:
    totals: `report.Totals`.
    found: `(kind, problem, call)` of each counterexample; all are printed.
    first: when the first one was found.
    seconds: how long it ran.
  """

  def __init__(self, names, seed, jobs, stop_at_first=False, quiet=False):
    self._names, self._seed = kinds.in_turn(names), seed
    self._jobs = max(jobs, 1)
    self._stop_at_first, self._quiet = stop_at_first, quiet
    self.totals, self.found, self.first = report.Totals(), [], None
    self._running = {}

  def run(self, seconds, count=None):
    tf.disable_v2_behavior()
    begun, number = time.monotonic(), 0
    longest = min(ROUND, seconds / ROUNDS)
    last = None if count is None else count * len(self._names)
    with tempfile.TemporaryDirectory() as folder:
      self._folder = pathlib.Path(folder)
      try:
        while True:
          left = begun + seconds - time.monotonic()
          over = left < 0 or number == last or (
              self._stop_at_first and self.found)
          if over and (not self._running or self._stop_at_first):
            break
          if not over and len(self._running) < self._jobs:
            kind = self._names[number % len(self._names)]
            self._start(number, kind, max(min(longest, left), 1.))
            number += 1
          else:
            self._wait()
      finally:
        for child in self._running:
          _end(child)
    self.seconds = time.monotonic() - begun

  def _start(self, number, kind, seconds):
    folder = self._folder / str(number)
    folder.mkdir()
    seed = 1000003 * self._seed + number
    sys.stdout.flush()
    child = os.fork()
    if child == 0:
      _round(kind, seed, seconds, folder)
    self._running[child] = (kind, folder, time.monotonic() + seconds)

  def _wait(self):
    """Waits a moment, and takes in the rounds that have ended."""
    time.sleep(.05)
    for child, (kind, folder, end) in list(self._running.items()):
      done, status = os.waitpid(child, os.WNOHANG)
      if done:
        del self._running[child]
        self._take(kind, folder, status)
      elif time.monotonic() > end + PATIENCE:
        _end(child)
        del self._running[child]
        self._add(kind, _unfinished("it does not end", folder), kind, folder)

  def _take(self, kind, folder, status):
    result = folder / "result.json"
    if not result.exists():
      code = os.waitstatus_to_exitcode(status)
      self._add(kind, _unfinished(
          f"the process ended with {code}: "
          + (folder / "output.txt").read_text(errors="replace")[-1500:],
          folder), kind, folder)
      return
    told = json.loads(result.read_text())
    self.totals.add(kind, told["tried"])
    if told["found"]:
      self._add(kind, rounds.Found(*told["found"]), told["module"], folder)

  def _add(self, kind, found, module, folder):
    self.first = self.first or found.first or time.monotonic()
    known = any(call == found.call for _, _, call in self.found)
    self.found.append((kind, found.problem, found.call))
    if not self._quiet and not known:
      print(report.program(found, module, kind, self._seed), flush=True)


def _unfinished(problem, folder):
  last = folder / "last.txt"
  return rounds.Found(" ".join(problem.split()), last.read_text()
                      if last.exists() else "")


def _end(child):
  """Ends a round and the processes that it started."""
  try:
    os.killpg(child, signal.SIGKILL)
  except ProcessLookupError:
    pass
  os.waitpid(child, 0)


def _round(kind, seed, seconds, folder):
  """In the child: one round; never returns."""
  code = 1
  try:
    os.setpgid(0, 0)
    output = os.open(folder / "output.txt",
                     os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(output, 1)
    os.dup2(output, 2)
    done = kinds.KINDS[kind](seed, seconds, (folder / "last.txt").write_text)
    text = json.dumps({"tried": dict(done.tried), "module": done.module,
                       "found": list(done.found) if done.found else None})
    (folder / "result.tmp").write_text(text)
    os.rename(folder / "result.tmp", folder / "result.json")
    code = 0
  except BaseException:
    traceback.print_exc()
    sys.stderr.flush()
  finally:
    os._exit(code)
