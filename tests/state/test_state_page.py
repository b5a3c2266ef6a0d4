"""The code of docs/state.md does what the page says."""

import re
import runpy

import pytest

import docs_blocks

PAGE = docs_blocks.Page("state.md")
TABLE = re.compile(r"^<table>$.*?^</table>$", re.M | re.S)


def sections():
  """`(heading, text)` of each section after the first heading."""
  parts = re.split(r"^## (.*)$", PAGE.text, flags=re.M)
  return [("", parts[0])] + list(zip(parts[1::2], parts[2::2]))


def blocks():
  """Each block except the first: its code and its column."""
  for heading, text in sections():
    tables = [match.span() for match in TABLE.finditer(text)]
    before = []
    for number, block in enumerate(docs_blocks.blocks_of(text)):
      inside = [begin for begin, end in tables if begin < block.start < end]
      first = inside and not any(start > inside[0] for start in before)
      before.append(block.start)
      column = "documented" if first else "ours"
      if heading:
        yield pytest.param(block.code, column,
                           id=f"{heading}-{number}-{column}")


@pytest.mark.spread(fast=3)
@pytest.mark.parametrize("code, column", list(blocks()))
def test_block(v1, code, column):
  from tfcompat_rnn import _snapshot
  preamble = docs_blocks.blocks_of(sections()[0][1])[0].code
  names = {}
  enabled = _snapshot.set_enabled(column == "ours")
  try:
    printed = PAGE.run(preamble, code, names=names)
  finally:
    _snapshot.set_enabled(enabled)
    if "session" in names:
      names["session"].close()
  assert printed == docs_blocks.promised(code)


def test_page_is_made_of_pairs():
  text = PAGE.text
  tables = TABLE.findall(text)
  assert len(tables) >= 10
  for table in tables:
    assert len(docs_blocks.blocks_of(table)) == 2
    assert "<th>TensorFlow 1.x idiom</th><th>tfcompat_rnn</th>" in table
  assert len(list(blocks())) >= 2 * len(tables)


def test_every_comparison_is_on_the_page():
  bench = runpy.run_path(
      str(docs_blocks.ROOT / "benchmarks" / "state_idioms.py"))
  costs = dict(re.findall(
      r"<!-- cost (\w+) -->\n(.*?)<!-- /cost -->", PAGE.text, re.S))
  assert set(costs) == set(bench["COMPARISONS"]) | {"machine"}
  assert costs.pop("machine").startswith("Measured on ")
  for name, table in costs.items():
    rows = re.findall(r"^\| (\w+) \| [\d.]+ [mµ]s \| [\d.]+ [mµ]s \| "
                      r"[\d.]+ \([\d.]+ to [\d.]+\) \|$", table, re.M)
    assert rows == ["small", "large"], name


def test_links_lead_somewhere():
  assert PAGE.check_links()


@pytest.mark.slow
@pytest.mark.parametrize("name", [
    "always", "boundaries", "feed", "feed_or_keep", "generate", "in_graph",
    "keep", "keep_resource", "packed", "saver", "session_or_graph",
    "step_zero", "whole_again", "zero", "zero_anew"])
def test_benchmark(v1, name):
  """Each comparison can be measured, and both ways take time."""
  bench = runpy.run_path(
      str(docs_blocks.ROOT / "benchmarks" / "state_idioms.py"))
  result = bench["measure"](
      bench["COMPARISONS"][name], bench["SIZES"][0], 2, 1e-4)
  assert 1 < result.old < 1e6 and 1 < result.new < 1e6
  assert 0 < result.low <= result.ratio <= result.high
