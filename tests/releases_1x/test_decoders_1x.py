"""The decoders of TensorFlow 1.0 and 1.1 compute what those computed."""

import json
import os

import decoder_cases
import numpy as np
import pytest

import tfcompat_rnn.tf1 as tf
from tfcompat_rnn.namespace import releases

HERE = os.path.dirname(os.path.abspath(__file__))
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def expected():
  with open(os.path.join(HERE, "data", "decoders.json")) as stream:
    return json.load(stream)


@pytest.fixture
def release(request):
  before = releases.set_api(request.param)
  yield request.param
  releases.set_api(before)


@pytest.mark.filterwarnings(
    "ignore::tfcompat_rnn.namespace.releases.notice.OldReleaseWarning")
@pytest.mark.parametrize(
    "release,case", [(release, case)
                     for release, cases in decoder_cases.CASES.items()
                     for case in cases], indirect=["release"], ids=str)
def test_decoders_of_old_releases(expected, release, case):
  tf.disable_v2_behavior()
  before = expected[decoder_cases.key(release, case)]
  now = decoder_cases.run(tf, release, case)
  # TensorFlow 1.1 named layers where they were made, later releases where
  # they were first called; `renamed` makes them alike.
  assert now["names"] == before["names"]
  for name in ("losses", "logits", "inferred"):
    np.testing.assert_allclose(now[name], before[name], rtol=1e-5, atol=1e-6)


def test_two_values_are_returned_to_two_names():
  from tfcompat_rnn.namespace.releases import decoding
  tf.disable_v2_behavior()

  class Counter(tf.contrib.seq2seq.Decoder):
    batch_size, output_size, output_dtype = 2, tf.TensorShape([]), tf.int32

    def initialize(self, name=None):
      zeros = tf.zeros([2], tf.int32)
      return tf.zeros([2], tf.bool), zeros, zeros

    def step(self, time, inputs, state, name=None):
      return state, state + 1, inputs, state >= 3

  with tf.Graph().as_default():
    with pytest.warns(UserWarning, match="two values of tf.contrib.seq2seq"):
      decoding.notice.forget()
      outputs, state = tf.contrib.seq2seq.dynamic_decode(Counter())
    outputs, state, lengths = tf.contrib.seq2seq.dynamic_decode(Counter())
    assert len(tf.contrib.seq2seq.dynamic_decode(Counter())) == 3
    assert lengths.dtype == tf.int32
