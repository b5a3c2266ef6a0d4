"""Optimizers of tf.contrib.opt that a program derives from."""

import numpy as np
import pytest

from seeds import ours


@pytest.fixture(scope="module")
def tf():
  with ours.seeded() as namespace:
    yield namespace


def _moved(tf, optimizer, resource):
  """Where one step takes two of four rows of ones."""
  with tf.Graph().as_default(), tf.Session() as session:
    rows = tf.get_variable("rows", [4, 2], use_resource=resource,
                           initializer=tf.ones_initializer())
    step = optimizer().minimize(
        tf.reduce_sum(tf.nn.embedding_lookup(rows, [1, 2])))
    session.run(tf.global_variables_initializer())
    session.run(step)
    return session.run(rows)


@pytest.mark.parametrize("resource", [False, True])
@pytest.mark.parametrize("name, decay", [
    # As in 1.15, its own default takes the place of the extension's number.
    ("LARSOptimizer", 0.0001),
    ("RegAdagradOptimizer", 0.25)])
def test_rows_decay_once(tf, name, decay, resource):
  kind = getattr(tf.contrib.opt, name)
  extended = tf.contrib.opt.extend_with_decoupled_weight_decay(kind)
  plain = _moved(tf, lambda: kind(0.1), resource)
  decayed = _moved(tf, lambda: extended(0.25, learning_rate=0.1), resource)
  np.testing.assert_allclose(
      plain - decayed, decay * np.array([[0, 0], [1, 1], [1, 1], [0, 0]]),
      atol=1e-7)
