"""docs/verify.md says what the command prints and the code does."""

import re

import pytest

import docs_blocks
from tfcompat_rnn.verify import cases
from tfcompat_rnn.verify import comparison
from tfcompat_rnn.verify import kinds
from tfcompat_rnn.verify import report as report_lib

PAGE = docs_blocks.Page("verify.md")
TEXT = PAGE.text


def printed_table():
  """(the cells named, lines of the table) of the command shown."""
  command, _, table = re.search(
      r"^\$ (tfcompat-rnn verify .*?)\n(.*?)^```$", TEXT,
      re.M | re.S).group(0).partition("\n")
  return re.findall(r"--cell (\S+)", command), table.splitlines()[:-1]


def fields(line, head):
  """The words of a line below each word of the head that can be told."""
  starts = {name: head.index(name) for name in (
      "case", "cell", "dtype", "expected", "found", "outputs", "verdict",
      "note")}
  order = sorted(starts.values()) + [None]
  return {name: line[start:order[order.index(start) + 1]].strip()
          for name, start in starts.items() if name != "outputs"}


def test_the_table_is_of_these_cases_and_cells():
  names, (head, *lines) = printed_table()
  wanted = [
      (f"{case.name} {case.title}".split(), kind.name,
       cases.expected(case, kind))
      for case in cases.CASES for kind in kinds.find(names)
      if cases.applies(case, kind)]
  rows = [fields(line, head) for line in lines[:-2]]
  assert [(row["case"].split(), row["cell"], row["expected"])
          for row in rows] == wanted
  assert all(row["verdict"] == "ok" for row in rows)
  assert lines[-1].startswith(f"all {len(rows)} rows as expected")


@pytest.mark.slow
def test_the_command_prints_that_table():
  from tfcompat_rnn import verify
  names, (head, *lines) = printed_table()
  fresh = str(verify.run_cases(cells=names)).splitlines()
  assert len(fresh) == len(lines) + 1
  for line, now in zip(lines[:-2], fresh[1:-2]):
    assert (without_count(fields(line, head))
            == without_count(fields(now, fresh[0])))


def without_count(row):
  """The result of a race varies, except for its verdict."""
  note = row["note"]
  if row["case"].startswith("keep-documented") and (
      "wrong in" in note and not note.startswith("gradients wrong in 0 ")):
    note = re.sub(r"wrong in \d+ of", "wrong in some of", note)
  return {**row, "note": note}


def test_code():
  code, = PAGE.codes()
  PAGE.check(code)


def test_numbers_and_options():
  rows = re.findall(r"^\| (float\d+) \| ([\d.e-]+) \| ([\d.e-]+) \|$", TEXT,
                    re.M)
  assert {dtype: (float(rtol), float(atol))
          for dtype, rtol, atol in rows} == comparison.TOLERANCES
  prose = " ".join(TEXT.split())
  assert "differs by at least 1e-4 of its largest element" in prose
  assert comparison.DIFFERENT == 1e-4
  from tfcompat_rnn.verify import keeping
  assert f"there are {keeping.ROUNDS} runs" in prose
  assert f"up to {keeping.MOST_ROUNDS}." in prose
  import argparse

  from tfcompat_rnn.cli import verify as command
  parser = argparse.ArgumentParser()
  command.add_arguments(parser)
  for action in parser._actions:
    if action.dest != "help":
      assert f"`{action.option_strings[0]}" in TEXT
  assert report_lib.FORMAT == 1


def test_links_lead_somewhere():
  for target in re.findall(r"\]\(([^)#]+)", TEXT):
    assert (docs_blocks.DOCS / target).exists(), target
