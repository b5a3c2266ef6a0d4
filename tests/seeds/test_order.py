"""Pipelines and loops draw in 1.15's order.

`data/order.json.gz` holds what TensorFlow 1.15.5 made of `order_cases.py`.
"""

import numpy as np
import pytest

from seeds import generate
from seeds import order_cases
from seeds import ours

WANT = generate.read(generate.ORDER)
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def tf():
  with ours.seeded() as namespace:
    yield namespace


def test_every_case_was_measured():
  assert set(WANT) == ({f"shuffle {name}" for name in order_cases.SHUFFLES}
                       | {f"loop {name}" for name in order_cases.LOOPS})


@pytest.mark.parametrize("name", order_cases.SHUFFLES)
def test_shuffles(tf, name):
  want = WANT["shuffle " + name]
  assert order_cases.measure_shuffle(tf, name) == want


# Their order is not the same in every run: the executor takes what has become
# ready by how long each operation took before. docs/seeds.md says so.
UNDETERMINED = {"scheduled sampling"}


@pytest.mark.parametrize(
    "name", [name for name in order_cases.LOOPS if name not in UNDETERMINED])
def test_loops(tf, name):
  got = order_cases.measure_loop(tf, name)
  for call, (mine, theirs) in enumerate(zip(got, WANT["loop " + name])):
    for one, other in zip(mine, theirs):
      np.testing.assert_allclose(one, other, 1e-5, 1e-6,
                                 err_msg=f"call {call}")
