"""The code of docs/scaling.md prints what the page shows."""

import pathlib
import re
import runpy

import pytest

import docs_blocks

PAGE = docs_blocks.Page("scaling.md")


def test_blocks(v1):
  """One after the other, as a reader would."""
  names = {}
  for code in PAGE.codes():
    PAGE.check(code, names=names)


def test_links_and_the_table():
  assert PAGE.check_links()
  rows = re.search(r"<!-- streaming -->\n(.*?)<!-- end of streaming -->",
                   PAGE.text, re.S)[1]
  counts = re.findall(r"^\| [\d,]+ \| ([\d,]+) \| [\d.,]+ \| [\d.]+ \|", rows,
                      re.M)
  assert counts[:4] == ["1", "100", "10,000", "100,000"]


def test_the_command_of_the_example_exists():
  (command,) = PAGE.codes("sh")
  words = command.split()
  script = docs_blocks.ROOT / words[1]
  for option in re.findall(r"--[\w-]+", command):
    assert f'"{option}"' in script.read_text()


@pytest.mark.slow
def test_benchmark(v1, monkeypatch):
  folder = pathlib.Path(docs_blocks.ROOT / "benchmarks")
  monkeypatch.syspath_prepend(str(folder))
  bench = runpy.run_path(str(folder / "streaming.py"))
  found = bench["measured"](2, [1, 70])
  assert sorted(found[1]) == [1, 70] and sorted(found[64]) == [70]
  assert all(seconds > 0 for times in found.values()
             for one in times.values() for seconds in one)
  assert bench["_distinct"](bench["np"].array([3, 3, 3]), 3, 4) == [3, 0, 1]
