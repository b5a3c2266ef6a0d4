"""The code of docs/export.md prints what the page shows."""

import argparse
import re

import pytest

import docs_blocks
from tfcompat_rnn.cli import export_model

PAGE = docs_blocks.Page("export.md")


@pytest.mark.slow
def test_blocks(forked, tmp_path):
  """The first writes a model, the second loads it, each as a program."""
  write, load = PAGE.codes()
  for code in (write, load):
    done = forked.run(["-c", code], cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert [line.strip() for line in done.stdout.splitlines()] == (
        docs_blocks.promised(code))


def test_links_and_options():
  assert PAGE.check_links() >= 2
  parser = argparse.ArgumentParser(prog="tfcompat-rnn export-model")
  export_model.add_arguments(parser)
  known = set(re.findall(r"--[a-z-]+", parser.format_help()))
  assert set(re.findall(r"--[a-z][a-z_-]+", PAGE.text)) <= known | {
      "--num_steps"}
