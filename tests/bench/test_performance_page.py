"""docs/performance.md: its links, its places for tables, what it describes."""

import re

import docs_blocks
from tfcompat_rnn.bench import contestants
from tfcompat_rnn.bench import report
from tfcompat_rnn.bench import tasks

PAGE = docs_blocks.Page("performance.md")


def test_links_lead_somewhere():
  assert PAGE.check_links() >= 1


def test_there_is_a_place_for_each_table():
  assert report.read_page(docs_blocks.DOCS / "performance.md") == PAGE.text
  assert len(re.findall(r"<!-- benchmark -->\n.*?<!-- end of benchmark -->",
                        PAGE.text, re.S)) == 1


def test_every_contestant_is_described():
  table = PAGE.text.partition("| contestant |")[2].partition("\n\n")[0]
  described = [name for line in table.splitlines()
               for name in re.findall(r"`([\w+]+)`", line.split("|")[1:2][0]
                                      if line.startswith("|") else "")]
  assert sorted(described) == sorted(contestants.everyone())
  assert all(str(column) in PAGE.text for column in (
      "difference", "build s", "first s", "MiB, first"))
  assert all(f"`{name}`" in PAGE.text for name, cell in tasks.CELLS.items()
             if cell.keep < 1)
