"""The code of docs/gradients.md prints what the page says."""

import re

import pytest

import docs_blocks
from tfcompat_rnn.gradients import report

PAGE = docs_blocks.Page("gradients.md")
BLOCKS = PAGE.codes()


@pytest.mark.spread(fast=2)
@pytest.mark.parametrize("number", range(1, len(BLOCKS)))
def test_block(v1, number):
  PAGE.check(BLOCKS[0], BLOCKS[number])


def test_table_of_tolerances():
  rows = re.findall(r"^\| (\w+) \| ([\d.e-]+) \| ([\d.e-]+) \|$",
                    PAGE.text, re.M)
  assert len(rows) == 4
  for dtype, rtol, atol in rows:
    assert report.TOLERANCES[dtype] == (float(rtol), float(atol))


def test_number_of_variants():
  from tests.gradients import variants
  assert f"Of {len(variants.FAULTS)} planted faults" in PAGE.text
  assert f"of {len(variants.REWRITES)} harmless rewrites" in PAGE.text
