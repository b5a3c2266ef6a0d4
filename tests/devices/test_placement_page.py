"""The code of docs/placement.md prints what the page says."""

import contextlib
import io
import pathlib
import re

import pytest

from tfcompat_rnn.devices.placement import kernels

PAGE = pathlib.Path(__file__).resolve().parents[2] / "docs" / "placement.md"
BLOCKS = re.findall(r"^```python\n(.*?)^```$", PAGE.read_text(), re.M | re.S)


@pytest.mark.parametrize("number", range(1, len(BLOCKS)))
def test_block(v1, number):
  if "placement_report" in BLOCKS[number] and not kernels.has_gpu_kernels():
    pytest.skip("this TensorFlow was built without kernels for GPUs")
  printed = io.StringIO()
  names = {}
  with contextlib.redirect_stdout(printed):
    exec(compile(BLOCKS[0], str(PAGE), "exec"), names)
    exec(compile(BLOCKS[number], str(PAGE), "exec"), names)
  promised = re.findall(r"# -> (.*)$", BLOCKS[number], re.M)
  assert promised
  assert printed.getvalue().splitlines() == promised
