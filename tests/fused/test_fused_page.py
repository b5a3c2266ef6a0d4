"""The code of docs/fused.md does what the page says."""

import contextlib
import io
import pathlib
import re
import runpy

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "fused.md"
BLOCKS = re.findall(r"^```python\n(.*?)^```$", PAGE.read_text(), re.M | re.S)


@pytest.mark.parametrize("number", range(1, len(BLOCKS)))
def test_block(v1, number):
  names = {"__name__": "page"}
  printed = io.StringIO()
  with contextlib.redirect_stdout(printed):
    for code in (BLOCKS[0], BLOCKS[number]):
      exec(compile(code, str(PAGE), "exec"), names)
  promised = re.findall(r"# -> (.*)$", BLOCKS[number], re.M)
  assert promised and printed.getvalue().splitlines() == promised


def test_links_lead_somewhere():
  text = PAGE.read_text()
  anchors = {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-")
             for heading in re.findall(r"^#+ (.*)$", text, re.M)}
  links = re.findall(r"\]\(#([\w-]+)\)", text)
  assert len(links) >= 5 and set(links) <= anchors


def bench():
  return runpy.run_path(str(ROOT / "benchmarks" / "fused.py"))


def test_the_table_holds_every_comparison_at_every_size():
  """And says where it was made."""
  found = bench()
  table = re.search(r"<!-- benchmark -->\n(.*?)<!-- end of benchmark -->",
                    PAGE.read_text(), re.S).group(1)
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
