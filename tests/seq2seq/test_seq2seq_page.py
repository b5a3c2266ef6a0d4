"""The program in docs/seq2seq.md, run from top to bottom."""

import re

import pytest

import docs_blocks

PAGE = docs_blocks.Page("seq2seq.md")


@pytest.mark.slow
def test_the_page_is_a_program(v1, tmp_path, monkeypatch):
  monkeypatch.chdir(tmp_path)
  names, shown = {}, 0
  for code in PAGE.codes():
    expected = docs_blocks.promised(code)
    assert PAGE.run(code, names=names) == expected, code
    shown += len(expected)
  assert shown > 10


def test_refused_names_are_refused():
  """Every name in the table of what is refused has a gap with a next step."""
  from tfcompat_rnn.namespace.tables import contrib_seq2seq
  gaps = {gap.old.rsplit(".", 1)[-1] for gap in contrib_seq2seq.GAPS}
  table = PAGE.text.split("## What is refused")[1].split("\n## ")[0]
  named = re.findall(r"`(\w+V2|BaseDecoder)`", table)
  assert len(named) == 7
  assert set(named) <= gaps
