"""docs/layouts.md: its code runs, and its tables are complete."""

import re

import docs_blocks
from tfcompat_rnn.checkpoints import layouts

PAGE = docs_blocks.Page("layouts.md")


def test_the_code_prints_what_the_page_says():
  blocks = PAGE.codes()
  assert len(blocks) == 6
  names = {}
  for block in blocks:
    assert PAGE.run(block, names=names) == docs_blocks.promised(block)


def test_every_conversion_is_in_the_table():
  text = PAGE.text
  for name in layouts.CONVERSIONS:
    assert re.search(rf"^\| .*`{name}`", text, re.M), name
