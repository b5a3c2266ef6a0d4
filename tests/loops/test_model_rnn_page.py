"""The code of docs/model_rnn.md prints what the page says."""

import pytest

import docs_blocks

PAGE = docs_blocks.Page("model_rnn.md")
BLOCKS = PAGE.codes()


@pytest.mark.spread(fast=2)
@pytest.mark.parametrize("number", range(1, len(BLOCKS)))
def test_block(v1, number):
  PAGE.check(BLOCKS[0], BLOCKS[number])
