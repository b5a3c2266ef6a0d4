"""Contestants that take turns."""

from __future__ import annotations

import contextlib
import os
import sys
import tempfile
import time

from tfcompat_rnn.bench import checking
from tfcompat_rnn.bench import contestants as contestants_lib
from tfcompat_rnn.bench import process
from tfcompat_rnn.bench import report as report_lib
from tfcompat_rnn.bench import tasks as tasks_lib

# Between two turns, so that the threads of one contestant have gone to sleep
# before the next one begins.
_PAUSE = .01


class _Quiet:
  """Shows no progress."""

  def add(self, count, text):
    pass


def run(options, progress=None):
  """Measures all tasks of `options`; returns a `report.Report`.

    report = run(Options(cells=("LSTM",), rounds=5))

  `progress.add(count, text)` is called after each part of the work;
  `parts(options)` says how many there are. KeyboardInterrupt ends all workers.
  """
  report = report_lib.Report([], {}, options)
  fill(report, progress)
  return report


def fill(report, progress=None):
  """Measures what `report.options` say, and adds the rows of each task.

  The rows of the tasks before a KeyboardInterrupt are in the report.
  """
  for task in _tasks(report.options):
    report.rows += _Measurement(
        task, report.options, progress or _Quiet(), report.versions).rows()


def _tasks(options):
  return tasks_lib.all_of(options.cells, options.sizes, options.forward_only)


def _entrants(task, options):
  return [one for one in options.contestants
          if task.training or not one.training_only]


def parts(options):
  """How many parts of work `run(options)` consists of."""
  return sum(len(_entrants(task, options)) * (2 + options.rounds)
             for task in _tasks(options))


class _Measurement:
  """One task: its workers, and what is known of each."""

  def __init__(self, task, options, progress, versions):
    self._task, self._options = task, options
    self._progress, self._versions = progress, versions
    self._left = {}
    self._rows = {}
    self._workers = {}
    self._wanted = {}

  def rows(self):
    """The rows of all contestants, in order."""
    entrants = _entrants(self._task, self._options)
    self._rows = {one.name: report_lib.Row(self._task, one.name)
                  for one in entrants}
    self._left = {one.name: 2 + self._options.rounds for one in entrants}
    with contextlib.ExitStack() as stack:
      self._folder = stack.enter_context(tempfile.TemporaryDirectory())
      for one in entrants:  # all at once: importing is not measured
        self._workers[one.name] = stack.enter_context(self._start(one))
      for one in entrants:
        with self._failing(one.name):
          self._prepare(one)
      for one in entrants:
        if one.name in self._workers and one.checked:
          with self._failing(one.name):
            self._check(one)
        self._done(one.name)
      self._take_turns()
    return list(self._rows.values())

  def _start(self, one):
    python = (self._options.reference if one.name == "reference"
              else sys.executable)
    return process.Worker(one, python, self._options.threads)

  def _done(self, name, count=1):
    count = min(count, self._left[name])
    self._left[name] -= count
    self._progress.add(count, f"{self._task}: {name}")

  @contextlib.contextmanager
  def _failing(self, name):
    """A contestant that fails gets a row that says why."""
    try:
      yield
    except process.WorkerError as error:
      self._drop(name, str(error))

  def _drop(self, name, reason):
    self._rows[name].failed = reason
    self._workers.pop(name).close()
    self._done(name, self._left[name])

  def _prepare(self, one):
    row, worker = self._rows[one.name], self._workers[one.name]
    limit = self._options.limit
    self._versions.update(worker.hear(limit)["versions"])
    built = worker.ask(limit, "build", self._task.spec(one.kind(self._task)))
    row.build, row.notes = built["seconds"], built["notes"]
    started = worker.ask(limit, "start", self._options.warm_up)
    row.first = started["first"]
    row.memory = started["memory"]
    row.first_memory = started["first_memory"]
    row.warm = started["seconds"]
    self._done(one.name)

  def _results(self, name, worker):
    path = os.path.join(self._folder, f"{name}.npz")
    worker.ask(self._options.limit, "results", path)
    try:
      return checking.read(path)
    finally:
      os.remove(path)

  def _check(self, one):
    kind = one.kind(self._task)
    if kind not in self._wanted:
      self._wanted[kind] = self._of_the_loop(kind)
    wanted = self._wanted[kind]
    if isinstance(wanted, str):
      self._drop(one.name, wanted)
      return
    row = self._rows[one.name]
    row.difference = checking.difference(
        self._results(one.name, self._workers[one.name]), wanted)
    if not row.difference <= checking.TOLERANCE:
      self._drop(one.name, "computes something else than the plain loop")

  def _of_the_loop(self, kind):
    """What the plain loop computes, or why that is not known."""
    loop = contestants_lib.everyone()["loop"]
    try:
      if kind == self._task.kind and "loop" in self._workers:
        return self._results("loop", self._workers["loop"])
      with self._start(loop) as worker:
        worker.hear(self._options.limit)
        worker.ask(self._options.limit, "build", self._task.spec(kind))
        return self._results("loop", worker)
    except process.WorkerError as error:
      return f"not checked, because the plain loop failed: {error}"

  def _take_turns(self):
    if not self._workers:
      return
    slowest = max(self._rows[name].warm for name in self._workers)
    times = max(1, min(50, int(self._options.seconds / slowest)))
    for number in range(self._options.rounds):
      names = list(self._workers)
      for name in names if number % 2 else names[::-1]:
        time.sleep(_PAUSE)
        with self._failing(name):
          found = self._workers[name].ask(self._options.limit, "run", times)
          self._rows[name].rounds.append(report_lib.median(found["seconds"]))
          self._done(name)
