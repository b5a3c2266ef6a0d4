"""The input of tf.contrib.training against TensorFlow 1.15.5.

Operations (names, types, order), the draw of a random operation after them,
shapes, queue runners, summaries, and every batch that comes out.
"""

import builtins
import functools
import os

import numpy as np
import pytest

from oracle import files
from oracle import graphs
from seeds import ours
from seeds import verdicts
from training_input import cases
from training_input import errors
from training_input import generate
from training_input import measure
from training_input.words import WORDS

FAST = frozenset("""
    bucket_sparse by_length sequences_padded padding resample rejection_many
    feeding
""".split())
# Where our message has neither 1.15's words nor those of `WORDS`; the reason.
OTHER_WORDS = {
    "stratified_tensor": "1.15 complained about iterating over a tensor",
    "feeds_to_proto": "1.15 named the private class",
}


@functools.lru_cache(maxsize=None)
def golden(name):
  return files.read_json(os.path.join(generate.DATA, name))


@pytest.fixture(scope="module")
def tf():
  with ours.seeded() as namespace:
    yield namespace


def explained(ops):
  """1.15's operations as they are expected today, with `name:Type`."""
  return [verdicts.modern(op) for op in graphs.lengthen(ops)]


@pytest.mark.parametrize("name", [
    pytest.param(name, marks=() if name in FAST else pytest.mark.slow)
    for name in cases.CASES])
def test_case_equals_1_15(tf, name):
  got, want = measure.measure(tf, name), golden("cases.json.gz")[name]
  assert explained(got["ops"]) == explained(want["ops"])
  assert got["drawn"] == want["drawn"]
  for fact in ("names", "shapes", "runners", "summaries", "variables"):
    assert got[fact] == want[fact], fact
  assert len(got["runs"]) == len(want["runs"])
  for ours_, theirs in zip(got["runs"], want["runs"]):
    for key in theirs:
      kind, shape, numbers = theirs[key]
      assert ours_[key][:2] == [kind, shape], key
      if kind.startswith("float"):
        np.testing.assert_allclose(
            ours_[key][2], numbers, rtol=1e-5, atol=1e-7, err_msg=key)
      else:
        assert ours_[key][2] == numbers, key


@pytest.mark.spread(fast=3)
@pytest.mark.parametrize("name", errors.CASES)
def test_error_is_of_the_type_of_1_15(tf, name):
  error, _, message = measure.error_of(tf, errors.CASES[name])
  kind, words = golden("errors.json.gz")[name]
  expected = getattr(tf.errors, kind, None) or getattr(
      builtins, kind, TypeError)
  assert isinstance(error, expected), (kind, error)
  words = WORDS.get(name, words.rstrip("."))
  assert words in message or name in OTHER_WORDS, message


@pytest.mark.slow
def test_shares_are_estimated_in_a_resource_variable(tf):
  estimate = cases.private(tf, "sampling_ops")._estimate_data_distribution
  with tf.Graph().as_default(), tf.variable_scope("", use_resource=True):
    shares = estimate(tf.constant([1, 1]), 2, smoothing_constant=1)
    with tf.Session() as session:
      session.run(tf.global_variables_initializer())
      assert session.run(shares).tolist() == [.25, .75]
