"""The code of docs/gradients.md prints what the page says."""

import contextlib
import io
import pathlib
import re

import pytest

from tfcompat_rnn.gradients import report

PAGE = pathlib.Path(__file__).resolve().parents[2] / "docs" / "gradients.md"
BLOCKS = re.findall(r"^```python\n(.*?)^```$", PAGE.read_text(), re.M | re.S)


@pytest.mark.parametrize("number", range(1, len(BLOCKS)))
def test_block(v1, number):
  printed = io.StringIO()
  names = {}
  with contextlib.redirect_stdout(printed):
    exec(compile(BLOCKS[0], str(PAGE), "exec"), names)
    exec(compile(BLOCKS[number], str(PAGE), "exec"), names)
  promised = re.findall(r"# -> (.*)$", BLOCKS[number], re.M)
  assert promised
  assert printed.getvalue().splitlines() == promised


def test_table_of_tolerances():
  rows = re.findall(r"^\| (\w+) \| ([\d.e-]+) \| ([\d.e-]+) \|$",
                    PAGE.read_text(), re.M)
  assert len(rows) == 4
  for dtype, rtol, atol in rows:
    assert report.TOLERANCES[dtype] == (float(rtol), float(atol))


def test_number_of_variants():
  from tests.gradients import variants
  assert f"Of {len(variants.FAULTS)} planted faults" in PAGE.read_text()
  assert f"of {len(variants.REWRITES)} harmless rewrites" in PAGE.read_text()
