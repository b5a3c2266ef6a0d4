"""The code of docs/placement.md prints what the page says."""

import pytest

import docs_blocks
from tfcompat_rnn.devices.placement import kernels

PAGE = docs_blocks.Page("placement.md")
BLOCKS = PAGE.codes()


@pytest.mark.spread(fast=2)
@pytest.mark.parametrize("number", range(1, len(BLOCKS)))
def test_block(v1, number):
  if "placement_report" in BLOCKS[number] and not kernels.has_gpu_kernels():
    pytest.skip("this TensorFlow was built without kernels for GPUs")
  PAGE.check(BLOCKS[0], BLOCKS[number])
