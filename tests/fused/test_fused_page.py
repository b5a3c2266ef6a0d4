"""The code of docs/fused.md does what the page says."""

import re
import runpy

import pytest

import docs_blocks

PAGE = docs_blocks.Page("fused.md")
BLOCKS = PAGE.codes()


@pytest.mark.spread(fast=3)
@pytest.mark.parametrize("number", range(1, len(BLOCKS)))
def test_block(v1, number):
  PAGE.check(BLOCKS[0], BLOCKS[number])


def test_links_lead_somewhere():
  assert PAGE.check_links() >= 5


def bench():
  return runpy.run_path(str(docs_blocks.ROOT / "benchmarks" / "fused.py"))


def test_the_table_holds_every_comparison_at_every_size():
  """It also names the machine."""
  found = bench()
  table = re.search(r"<!-- benchmark -->\n(.*?)<!-- end of benchmark -->",
                    PAGE.text, re.S).group(1)
  assert re.match(r"TensorFlow [\d.]+, \d+ cores of .*, \d+ turns\.\n", table)
  rows = re.findall(
      r"^\| (\d+) \| (\d+) \| (\d+) \| (\d+) \| (.*?) \| (.*?) \| [\d.]+ "
      r"\| [\d.]+ \| [\d.]+ \| [\d.]+ to [\d.]+ \|$", table, re.M)
  assert [(*map(int, row[:4]), *row[4:]) for row in rows] == [
      (*size, *ratio) for size in found["SIZES"] for ratio in found["RATIOS"]]


@pytest.mark.slow
def test_benchmark(v1):
  """All can be measured: they compute the same, which `measure` checks."""
  found = bench()
  times = found["measure"](found["Size"](2, 4, 3, 5), 2)
  assert set(times) == {name for ratio in found["RATIOS"] for name in ratio}
  assert all(len(each) == 2 and min(each) > 0 for each in times.values())
