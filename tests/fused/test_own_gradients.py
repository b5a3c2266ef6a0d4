"""Steps with gradients of their own: the same in each execution.

`tf.custom_gradient` and `gradient_override_map` (reversed gradients, guided
backpropagation) change gradients, and leave the results as they are.
"""

import contextlib
import logging

import numpy as np
import pytest

import tfcompat_rnn
from tfcompat_rnn import cells
from tfcompat_rnn._tf import tf
from tfcompat_rnn.fused.recurrence import rnn
from tfcompat_rnn.fused.recurrence import static

DOUBLED = "TestOwnGradientDoubled"
LOG = "tfcompat_rnn.fused"


@tf.RegisterGradient(DOUBLED)
def _doubled(op, gradient):
  del op
  return 2 * gradient


def overridden():
  return tf.get_default_graph().gradient_override_map(
      {"Tanh": DOUBLED, "Identity": DOUBLED})


@tf.custom_gradient
def doubled(x):
  return tf.identity(x), lambda gradient: 2 * gradient


class Cell(cells.RNNCell):
  """tanh([x, state] w), with a gradient of this kind."""

  state_size = output_size = 3

  def __init__(self, kind):
    super().__init__()
    self._kind = kind

  def call(self, inputs, state):
    w = tf.get_variable("w", [5, 3], initializer=(
        tf.random_normal_initializer(stddev=.5, seed=1)))
    joined = tf.concat([inputs, state], 1)
    if self._kind == "custom":
      joined = doubled(joined)
    with contextlib.ExitStack() as stack:
      if self._kind == "operation":
        stack.enter_context(overridden())
      if self._kind == "identity":
        with overridden():
          joined = tf.identity(joined)
      new = tf.tanh(tf.matmul(joined, w))
    return new, new


def build(loop, kind, x, **more):
  cell = Cell(kind)
  if loop == "dynamic_rnn":
    return rnn.dynamic_rnn(cell, x, dtype=tf.float32, **more)[0]
  if loop == "model_rnn":
    return tfcompat_rnn.model_rnn(cell, x, tf.zeros([2, 3]), **more)[0]
  return tf.stack(static.static_rnn(
      cell, tf.unstack(x, axis=1), dtype=tf.float32, **more)[0], 1)


def gradients(loop, kind, **more):
  """Of the matrix and the inputs."""
  with tf.Graph().as_default(), tf.Session() as session:
    x = tf.constant(np.random.RandomState(0).randn(2, 4, 2), tf.float32)
    with overridden() if kind == "around" else contextlib.nullcontext():
      outputs = build(loop, kind, x, **more)
    found = tf.gradients(tf.reduce_sum(outputs * outputs),
                         [tf.trainable_variables()[0], x])
    session.run(tf.global_variables_initializer())
    return session.run(found)


@pytest.mark.parametrize("kind", ["custom", "operation", "identity", "around"])
@pytest.mark.parametrize("loop, more", [
    ("dynamic_rnn", {"execution": "graph"}),
    ("static_rnn", {"execution": "graph"}),
    ("model_rnn", {"execution": "graph"}),
    ("model_rnn", {"recompute": True})], ids=str)
def test_gradients_are_those_of_the_plain_loop(v1, caplog, loop, more, kind):
  right = gradients(loop, kind)
  with caplog.at_level(logging.INFO, logger=LOG):
    found = gradients(loop, kind, **more)
  for got, wanted in zip(found, right, strict=True):
    np.testing.assert_allclose(got, wanted, rtol=1e-5)
  plain = gradients(loop, "none")
  assert all(np.abs(a - b).max() > .1 for a, b in zip(right, plain))
  said = [record.getMessage() for record in caplog.records]
  assert bool(said) == ("execution" in more)
  assert all("has a gradient of its own" in line for line in said)
