"""The benchmarks of start-up and graph building can be run."""

import json
import pathlib
import runpy
import sys

import pytest

BENCHMARKS = pathlib.Path(__file__).resolve().parents[1] / "benchmarks"


@pytest.fixture
def benchmark(monkeypatch):
  monkeypatch.syspath_prepend(str(BENCHMARKS))
  return lambda name: runpy.run_path(str(BENCHMARKS / f"{name}.py"))


def test_processes_take_turns(benchmark, tmp_path):
  found = benchmark("startup")
  commands = found["commands"](tmp_path, "python3.7")
  assert [name.partition(":")[0].strip("`") for name in commands] == [
      "python -c 'import tensorflow'", "run", "run", "1.15", "run", "1.15"]
  nothing = [sys.executable, "-S", "-c", "pass"]
  measured = found["measured"]({found["BASE"]: nothing, "ours": nothing}, 2)
  assert list(found["rows"](measured))[2].split("|")[3] == " +0.00 "
  for row in measured.values():
    assert row["passed"]["seconds"] > 0 and row["processor"]["seconds"] > 0
  with pytest.raises(SystemExit, match="exit code 3"):
    found["seconds"]([sys.executable, "-S", "-c", "raise SystemExit(3)"])


def test_the_table_of_graphs(benchmark):
  sides = {name: {"ms": ms, "ratio": ms / 4, "low": 0, "high": 9}
           for name, ms in
           [("ours", 2), ("native seeds", 1), ("reference", 4)]}
  lines = list(benchmark("graph_building")["rows"]({"a graph": {
      "operations": {"ours": 7}, "graph": sides, "gradients": sides}}))
  assert lines[2:] == [
      f"| a graph | {part} | 7 | 2 | 4 | 0.50 | 0.00 to 9.00 | 0.25 |"
      for part in ("graph", "gradients")]


@pytest.mark.slow
def test_graphs_are_built(benchmark, forked):
  asked = [["build", ["static", 2]], ["build", ["static", 3]],
           ["build", ["attention", 1]]]
  ran = forked.run(
      ["-m", "tfcompat_rnn", "run", BENCHMARKS / "_graph_models.py"],
      input="".join(json.dumps(one) + "\n" for one in asked))
  mark = benchmark("graph_building")["MARK"]
  ready, two, three, attention = [
      json.loads(line[len(mark):]) for line in ran.stdout.splitlines()
      if line.startswith(mark)]
  assert ready == "ready", ran.stderr
  assert two["operations"] < three["operations"] < attention["operations"]
  assert min(two["graph"], two["gradients"]) > 0
