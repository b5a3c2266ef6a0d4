"""The program in docs/seq2seq.md, run from top to bottom."""

import os
import re
import subprocess

import pytest

import docs_blocks
from oracle import reference

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


@pytest.mark.oracle
@pytest.mark.slow
def test_it_prints_the_same_with_1_15(tmp_path):
  python = os.environ.get(reference.VARIABLE)
  if not python:
    pytest.skip(f"{reference.VARIABLE} names no Python with TensorFlow 1.15")
  program = "".join(PAGE.codes())
  changed = program.replace("import tfcompat_rnn.tf1 as tf",
                            "import tensorflow as tf")
  assert changed != program and "tfcompat" not in changed
  (tmp_path / "page.py").write_text(changed)
  done = subprocess.run([python, "page.py"], cwd=tmp_path, text=True,
                        env=reference.environment(), capture_output=True)
  assert done.returncode == 0, done.stderr[-3000:]
  assert done.stdout.split("\n")[:-1] == docs_blocks.promised(program)


def test_links_lead_somewhere():
  for target, anchor in re.findall(r"\]\(([\w./]+)#?([\w-]*)\)", PAGE.text):
    path = docs_blocks.DOCS / target
    assert path.exists(), target
    if anchor:
      headings = re.findall(r"^#+ (.*)$", path.read_text(), re.M)
      assert anchor in {re.sub(r"[^\w -]", "", heading.lower()).replace(
          " ", "-") for heading in headings}, anchor


def test_refused_names_are_refused():
  """Every name in the table of what is refused has a gap with a next step."""
  from tfcompat_rnn.namespace.tables import contrib_seq2seq
  gaps = {gap.old.rsplit(".", 1)[-1] for gap in contrib_seq2seq.GAPS}
  table = PAGE.text.split("## What is refused")[1].split("\n## ")[0]
  named = re.findall(r"`(\w+V2|BaseDecoder)`", table)
  assert len(named) == 7
  assert set(named) <= gaps
