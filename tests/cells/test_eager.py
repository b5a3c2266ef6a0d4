"""Eager execution of 1.x under the launcher prints what 1.15 printed."""

import os

import pytest

from cells import measure
from oracle import files

PROGRAM = os.path.join(os.path.dirname(__file__), "programs", "eager.py")


@pytest.mark.slow
def test_cells_loops_and_names_of_eager_execution(forked):
  expected = files.read_json(
      os.path.join(measure.DATA, "eager.json.gz"))["lines"]
  done = forked.run(["-m", "tfcompat_rnn", "run", PROGRAM])
  assert done.stdout.splitlines() == expected, done.stderr[-2000:]
