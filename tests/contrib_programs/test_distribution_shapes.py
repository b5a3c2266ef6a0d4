"""Distributions whose shapes the graph does not know."""

import numpy as np
import pytest

from seeds import ours


@pytest.fixture(scope="module")
def tf():
  with ours.seeded() as namespace:
    yield namespace


def test_normal_of_unknown_rank(tf):
  loc = np.float32([[1., 2.], [3., 4.]])
  with tf.Graph().as_default(), tf.Session() as session:
    d = tf.contrib.distributions.MultivariateNormalDiag(
        tf.placeholder_with_default(loc, None),
        tf.placeholder_with_default(np.float32([1., 2.]), None))
    log_prob, mean, batch, event = session.run(
        [d.log_prob(np.float32([[1., 1.], [0., 0.]])), d.mean(),
         d.batch_shape_tensor(), d.event_shape_tensor()])
  assert d.batch_shape.rank is None
  # What TensorFlow 1.15.5 computed.
  np.testing.assert_allclose(log_prob, [-2.6560242, -9.031025], rtol=1e-6)
  np.testing.assert_array_equal(mean, loc)
  assert (batch.tolist(), event.tolist()) == ([2], [2])


def test_event_shape_of_unknown_length(tf):
  ds = tf.contrib.distributions
  with tf.Graph().as_default(), tf.Session() as session:
    d = ds.TransformedDistribution(
        ds.Normal(0., 1.), ds.bijectors.Exp(),
        event_shape=tf.placeholder_with_default([2], [None]))
    log_prob = session.run(d.log_prob(np.float32([1., 2.])))
  assert d.event_shape.rank is None
  np.testing.assert_allclose(log_prob, -2.7712507, rtol=1e-6)
