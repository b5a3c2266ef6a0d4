"""Under 1.15's seeds a gradient leaves 1.15's operations and comes to the same.

`data/gradients.json.gz` holds what TensorFlow 1.15.5 made of
`gradient_cases.py`.
"""

import numpy as np
import pytest

from seeds import generate
from seeds import gradient_cases as cases
from tfcompat_rnn import seeds

WANT = {key: value
        for key, value in generate.read(generate.GRADIENTS).items()
        if key.endswith("known")}
RTOL, ATOL = 2e-6, 1e-6

# Operations that do not count: they wait for the forward array, which 1.15
# did not; they sum a gradient that 1.15 forgot to sum.
UNCOUNTED = ("/flow_out", "/write_barrier", "Atan2_grad/Shape",
             "Atan2_grad/Broadcast", "Atan2_grad/Sum", "Atan2_grad/Reshape")

# As many operations; one selects by a kernel, and a name, of today.
OTHER_NAMES = frozenset(["segment_max", "unsorted_segment_max"])

# Loops repeat single steps that are here too, and take their time.
LONG = frozenset("""
    array array_parts basic_lstm crf gru loop loop_cond loop_in_loop loop_matmul
    loop_reductions lstm map_fn peepholes scan
""".split())
ALWAYS = frozenset(["loop unknown", "array known", "lstm unknown"])


@pytest.fixture(scope="module")
def tf1():
  from tfcompat_rnn.namespace import behavior
  behavior.disable_v2_behavior()
  from tfcompat_rnn import tf1
  return tf1


@pytest.fixture(scope="module")
def today(tf1):
  """What TensorFlow's own gradients come to."""
  return {name: cases.measure(tf1, name, False)["values"]
          for name in cases.CASES if name not in LONG}


@pytest.fixture(scope="module")
def seeded(tf1, today):
  """The namespace with 1.15's seeds, from here to the end of this file."""
  with seeds.seeds_of_1_15():
    yield tf1


def _parameters():
  found = []
  for key in sorted(WANT):
    slow = key.split()[0] in LONG and key not in ALWAYS
    found.append(pytest.param(
        *key.split(), id=key.replace(" ", "-"),
        marks=[pytest.mark.slow] if slow else []))
  return found


def _counted(ops):
  """Without what does not count; 1.15 still made Add where AddV2 is today."""
  return [op.replace(":AddV2", ":Add") for op in ops
          if not any(part in op for part in UNCOUNTED)]


def _assert_values(got, want):
  assert len(got) == len(want)
  for one, two in zip(got, want):
    assert (one is None) == (two is None)
    if one is not None:
      np.testing.assert_allclose(one, two, rtol=RTOL, atol=ATOL)


@pytest.mark.spread(fast=4)
@pytest.mark.parametrize("name, shape", _parameters())
def test_gradient_is_that_of_1_15_and_of_today(seeded, today, name, shape):
  want = WANT[f"{name} {shape}"]
  got = cases.measure(seeded, name, shape == "known")
  ours, theirs = _counted(got["ops"]), _counted(want["ops"])
  if name in OTHER_NAMES:
    assert len(ours) == len(theirs)
  else:
    assert ours == theirs
  _assert_values(got["values"], want["values"])
  if name in today:
    _assert_values(got["values"], today[name])


def test_every_case_has_both_shapes():
  assert set(WANT) == {f"{name} {shape}" for name in cases.CASES
                       for shape in ("known", "unknown")}
