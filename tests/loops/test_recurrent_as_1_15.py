"""tf.contrib.recurrent against what TensorFlow 1.15.5 computed."""

import os

import numpy as np
import pytest

from loops import recurrent_cases
from oracle import measure
from oracle import store
from tfcompat_rnn import _opcount

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "data")
COMMITTED = store.read("recurrent", FOLDER)
TOLERANCE = {"float32": 1e-5, "float64": 1e-10}


@pytest.fixture(scope="module")
def tf():
  from tfcompat_rnn._tf import tf as v1
  v1.disable_v2_behavior()
  from tfcompat_rnn import tf1
  return tf1


def _counting(case, seen):
  def build(bench):
    result = case.build(bench)
    seen.append(_opcount.count())
    return result
  return case._replace(build=build)


@pytest.mark.spread(fast=2)
@pytest.mark.parametrize("dtype", [
    pytest.param("float32", marks=pytest.mark.slow), "float64"])
@pytest.mark.parametrize("name", recurrent_cases.CASES)
def test_names_numbers_gradients_and_op_count(tf, name, dtype):
  want, arrays = COMMITTED[store.key(name, dtype)]
  seen = []
  case = _counting(recurrent_cases.CASES[name], seen)
  got, found = measure.measure(tf, case, dtype, raising=True)
  assert got["variables"] == want["variables"]
  for mine, theirs in zip(got["outputs"], want["outputs"]):
    # A function of 1.15's told no shape; a loop does.
    _, dtype_of_1_15, shape = theirs.split(" ", 2)
    assert mine.split(" ", 2)[1] == dtype_of_1_15
    assert shape in (mine.split(" ", 2)[2], "None")
  assert got["no_gradient"] == want["no_gradient"]
  assert sorted(found) == sorted(arrays)
  for label, array in arrays.items():
    np.testing.assert_allclose(
        found[label], array, rtol=0, err_msg=label,
        atol=TOLERANCE[dtype] * max(np.max(np.abs(array)), 1e-30))
  assert seen == [want["count"]]


def test_every_case_is_committed():
  assert set(COMMITTED) == {
      store.key(name, dtype) for name in recurrent_cases.CASES
      for dtype in TOLERANCE}
