"""What is measured and reported, with workers that are no processes."""

import contextlib
import io
import json
import sys
import types

import numpy as np
import pytest

from tfcompat_rnn import _errors
from tfcompat_rnn import cli
from tfcompat_rnn.bench import checking
from tfcompat_rnn.bench import contestants
from tfcompat_rnn.bench import measuring
from tfcompat_rnn.bench import options as options_lib
from tfcompat_rnn.bench import process
from tfcompat_rnn.bench import progress
from tfcompat_rnn.bench import report as report_lib
from tfcompat_rnn.bench import tasks

SIZE = tasks.Size(2, 3, 4)


class FakeWorker:
  """Answers as a worker; `faults` says who fails where, or what it returns."""

  faults = {}
  seconds = {"loop": .2, "graph": .1, "torch": .05, "products": .01}
  log = []

  def __init__(self, contestant, python, threads):
    self._name = contestant.name
    self.log.append((self._name, "start"))

  def __enter__(self):
    return self

  def __exit__(self, *_):
    self.close()

  def hear(self, limit):
    self._maybe_fail("hear")
    return {"versions": {self._name: "1.0"}, "seconds": 1.}

  def ask(self, limit, question, *arguments):
    self.log.append((self._name, question, *arguments))
    self._maybe_fail(question)
    if question == "build":
      return {"seconds": .5, "notes": self.faults.get(
          (self._name, "notes"), [])}
    step = self.seconds.get(self._name, .3)
    if question == "start":
      return {"first": 9., "seconds": step, "memory": 2**20,
              "first_memory": 2**21}
    if question == "results":
      np.savez(arguments[0], *self.faults.get(
          (self._name, "numbers"), [np.ones(3), np.zeros(2)]))
      return {"path": arguments[0]}
    count = sum(entry[:2] == (self._name, "run") for entry in self.log)
    return {"seconds": [step * count] * arguments[0]}

  def _maybe_fail(self, where):
    if (self._name, where) in self.faults:
      raise process.WorkerError(self.faults[self._name, where])

  def close(self):
    self.log.append((self._name, "close"))


@pytest.fixture
def run(monkeypatch):
  """Runs with fake workers: `run(only, faults, **options)`."""
  monkeypatch.setattr(process, "Worker", FakeWorker)
  monkeypatch.setattr(measuring, "_PAUSE", 0)
  # What is installed here must not decide what the test sees.
  monkeypatch.setattr(contestants, "_is_installed", lambda _: True)
  monkeypatch.setattr(FakeWorker, "log", [])

  def run(only, faults=(), cells=("LSTM",), progress=None, **settings):
    monkeypatch.setattr(FakeWorker, "faults", dict(faults))
    options = options_lib.Options(
        cells=cells, sizes=(SIZE,), only=only, rounds=3, threads=2, **settings)
    return measuring.run(options, progress)

  return run


def test_turns_ratios_and_table(run):
  report = run(("loop", "graph", "products"))
  task = tasks.Task("LSTM", SIZE, True)
  loop, graph = (report.row(task, name) for name in ("loop", "graph"))
  # The fourth to sixth turn of each: .8, 1 and 1.2 seconds of the loop.
  assert loop.seconds == pytest.approx(1.)
  assert report.ratio(graph, "loop") == pytest.approx((.5, .5, .5))
  assert (loop.memory, loop.first_memory) == (2**20, 2**21)
  assert report.exit_code == 0
  turns = [entry[0] for entry in FakeWorker.log if entry[1] == "run"][:9]
  assert turns[:3] == turns[6:] == turns[5:2:-1]
  lines = str(report).splitlines()
  assert len({len(line) for line in lines if line.startswith("|")}) == 1
  header = [word.strip() for word in lines[2].split("|")[1:-1]]
  assert header == ["cell", "batch, steps, units", "computed", "contestant",
                    "ms", "of the loop", "of the products", "MiB",
                    "MiB, first", "build s", "first s", "difference"]
  assert "2 threads" in lines[0] and "graph 1.0" in lines[0]


def test_short_steps_are_repeated_within_a_turn(run):
  run(("loop", "products"), seconds=1.)
  assert ("products", "run", 5) in FakeWorker.log  # the slowest takes .2
  assert all(entry[2] == 5 for entry in FakeWorker.log if entry[1] == "run")


def test_every_worker_is_closed(run):
  run(("loop", "graph"), {("graph", "run"): "E: no"})
  started = [entry[0] for entry in FakeWorker.log if entry[1] == "start"]
  assert {entry[0] for entry in FakeWorker.log if entry[1] == "close"} == (
      set(started))


@pytest.mark.parametrize("where", ["hear", "build", "start", "results", "run"])
def test_one_that_fails_does_not_stop_the_rest(run, where):
  report = run(("loop", "graph", "products"),
               {("graph", where): "OpError: out of luck"})
  task = tasks.Task("LSTM", SIZE, False)
  assert report.row(task, "graph").failed == "OpError: out of luck"
  assert report.row(task, "graph").seconds is None
  assert report.row(task, "loop").seconds and report.exit_code == 1
  text = str(report)
  assert "* LSTM 2, 3, 4, forward: graph: OpError: out of luck" in text
  assert "not timed" in text


@pytest.mark.parametrize("numbers, said", [
    ([np.ones(3), np.ones(2)], "inf"), ([np.ones(3)], "inf"),
    ([np.ones(4), np.zeros(2)], "inf"),
    ([np.array([1., np.nan, 1.]), np.zeros(2)], "inf"),
    ([np.array([1., 1., 1.25]), np.zeros(2)], "2e-01")])
def test_one_that_computes_something_else_is_not_timed(run, numbers, said,
                                                       tmp_path):
  report = run(("loop", "graph"), {("graph", "numbers"): numbers})
  assert report.exit_code == 1
  assert not any(entry[:2] == ("graph", "run") for entry in FakeWorker.log)
  assert ("graph: computes something else than the plain loop (difference "
          f"{said})") in str(report)
  report.to_json(tmp_path / "r.json")
  json.loads((tmp_path / "r.json").read_text(), parse_constant=pytest.fail)


def test_without_the_loop_one_is_started_to_compare_with(run):
  report = run(("graph",), forward_only=True)
  assert report.row(tasks.Task("LSTM", SIZE, False), "graph").difference == 0
  assert [entry[1] for entry in FakeWorker.log if entry[0] == "loop"] == [
      "start", "build", "results", "close"]
  assert report.bases() == []


def test_a_gru_of_pytorch_is_compared_with_its_own_kind(run):
  run(("loop", "torch"), cells=("GRU",), forward_only=True)
  kinds = [(entry[0], entry[2]["kind"]) for entry in FakeWorker.log
           if entry[1] == "build"]
  assert kinds == [("loop", "GRU"), ("torch", "GRU-after"),
                   ("loop", "GRU-after")]


def test_nothing_is_timed_that_could_not_be_compared(run):
  report = run(("loop", "graph"), {("loop", "build"): "E: none"})
  rows = report.rows
  assert rows[0].failed == "E: none"
  assert rows[1].failed == (
      "not checked, because the plain loop failed: E: none")


def test_what_the_package_says_is_in_the_report_once(run):
  report = run(("loop", "graph"), {("graph", "notes"): ["lstm_cell runs"]})
  assert str(report).count("* graph: lstm_cell runs") == 1


def test_recomputing_has_no_forward_pass(run):
  report = run(("loop", "graph+recompute"))
  assert [(row.contestant, row.task.training) for row in report.rows] == [
      ("loop", False), ("loop", True), ("graph+recompute", True)]


@pytest.mark.parametrize("faults", [
    {}, {("graph", "hear"): "E"}, {("graph", "results"): "E"},
    {("graph", "run"): "E"}, {("loop", "build"): "E"}])
def test_progress_reaches_its_end(run, faults):
  done = []

  class Progress:
    def add(self, count, text):
      done.append(count)

  report = run(("loop", "graph", "products"), faults, progress=Progress())
  assert sum(done) == measuring.parts(report.options) == 2 * 3 * 5


def test_ctrl_c_keeps_what_has_been_measured(run, monkeypatch, capsys,
                                             tmp_path):
  path = tmp_path / "r.json"

  class Stopped(FakeWorker):
    def ask(self, limit, question, *arguments):
      if question == "build" and arguments[0]["training"]:
        raise KeyboardInterrupt
      return super().ask(limit, question, *arguments)

  monkeypatch.setattr(process, "Worker", Stopped)
  code = cli.main(["bench", "--cells", "GRU", "--sizes", "2,3,4", "--only",
                   "loop", "graph", "--json", str(path)])
  captured = capsys.readouterr()
  assert (code, captured.err) == (130, "tfcompat-rnn bench: stopped\n")
  assert captured.out.count("| GRU ") == 2 == len(
      json.loads(path.read_text())["rows"])
  started = [entry for entry in FakeWorker.log if entry[1] == "start"
             and len(entry) == 2]
  closed = [entry for entry in FakeWorker.log if entry[1] == "close"]
  assert len(started) == len(closed) == 4


def test_left_out(run, monkeypatch):
  monkeypatch.setattr(contestants, "_is_installed",
                      lambda name: name != "torch")
  options = options_lib.Options(cells=("RNN",), sizes=(SIZE,))
  assert options.left_out == {
      "cudnn": "it runs on a GPU; name it in --only",
      "reference": "--reference-python is not given",
      "torch": "torch is not installed"}
  assert "torch" not in [one.name for one in options.contestants]
  text = str(report_lib.Report([], {}, options))
  assert "Left out: " in text and "torch (torch is not installed)" in text
  with pytest.raises(_errors.ArgumentError, match="torch is not installed"):
    options_lib.Options(only=("torch",))


def test_quartiles():
  assert report_lib.quartiles([3.]) == (3., 3., 3.)
  assert report_lib.quartiles([1., 2., 3., 4., 5.]) == (3., 2., 4.)


def test_difference():
  zeros, ones = np.zeros(2), np.ones(2)
  assert checking.difference([zeros, ones], [zeros, ones]) == 0
  assert checking.difference([ones], [zeros]) == np.inf
  assert checking.difference([np.array([1., 3.])], [np.array([1., 4.])]) == .25
  assert checking.difference([np.zeros([0, 2])], [np.zeros([0, 2])]) == 0


class Terminal(io.StringIO):
  def isatty(self):
    return True


def test_progress_on_a_terminal(monkeypatch):
  monkeypatch.setitem(sys.modules, "tqdm", None)
  stream = Terminal()
  with progress.bar(5, stream) as shown:
    shown.add(2, "LSTM: loop")
    shown.add(3, "LSTM: xla")
  assert stream.getvalue() == (
      "\r\x1b[K2 of 5: LSTM: loop\r\x1b[K5 of 5: LSTM: xla\r\x1b[K")


def test_progress_with_tqdm(monkeypatch):
  said = []

  class Bar(contextlib.nullcontext):
    def __enter__(self):
      return self

    def set_description(self, text, refresh):
      said.append(text)

    def update(self, count):
      said.append(count)

  monkeypatch.setitem(sys.modules, "tqdm", types.SimpleNamespace(
      tqdm=lambda total, **_: said.append(total) or Bar()))
  with progress.bar(5, Terminal()) as shown:
    shown.add(2, "LSTM: loop")
  assert said == [5, "LSTM: loop", 2]


def test_no_progress_into_a_file():
  stream = io.StringIO()
  with progress.bar(5, stream) as shown:
    shown.add(2, "LSTM: loop")
  assert stream.getvalue() == ""
