"""Which steps may be computed for some rows of the batch at a time."""

import numpy as np
import pytest

from tfcompat_rnn import cells
from tfcompat_rnn.fused.recurrence import rnn
from tfcompat_rnn.fused.recurrence import rows
from tfcompat_rnn.fused.recurrence import step as steps

DEPTH = 4


def traced(tf, call, batch=None):
  spec = tf.TensorSpec([batch, DEPTH], tf.float32)
  return steps.trace(call, spec, spec)


def matrix(tf):
  return tf.ones([DEPTH, DEPTH])


# name -> step, given TensorFlow, the input and the state
APART = {
    "a sum": lambda tf, x, s: x + s,
    "a product": lambda tf, x, s: tf.matmul(x, matrix(tf)) + s,
    "gates": lambda tf, x, s: tf.concat(tf.split(x * s, 2, 1)[::-1], 1),
    "a mean over units": lambda tf, x, s: x - tf.reduce_mean(
        s, 1, keepdims=True),
    "a softmax over units": lambda tf, x, s: tf.nn.softmax(s) * x,
    "some units": lambda tf, x, s: tf.slice(s, [0, 0], [-1, DEPTH]) + x,
    "units by index": lambda tf, x, s: tf.concat([s[:, 2:], x[:, :2]], 1),
    "one unit": lambda tf, x, s: s + x[:, 1:2],
    "units repeated": lambda tf, x, s: s + tf.tile(x[:, :1], [1, DEPTH]),
    "zeros like the batch": lambda tf, x, s: s + x + tf.zeros(
        [tf.shape(x)[0], DEPTH]),
    "noise": lambda tf, x, s: s + x * tf.random_normal(
        [tf.shape(x)[0], DEPTH], seed=1),
}
TOGETHER = {
    "a mean over rows": lambda tf, x, s: s - tf.reduce_mean(
        x, 0, keepdims=True),
    "a sum over rows": lambda tf, x, s: s + x + tf.reduce_sum(s, 0),
    "a cumulative sum": lambda tf, x, s: s + tf.cumsum(x),
    "rows in reverse": lambda tf, x, s: s + tf.reverse(x, [0]),
    "the size of the batch": lambda tf, x, s: s + x / tf.cast(
        tf.shape(x)[0], tf.float32),
    "a softmax over rows": lambda tf, x, s: s + x * tf.expand_dims(
        tf.nn.softmax(s[:, 0]), 1),
    "numbers of the rows": lambda tf, x, s: s + x * tf.expand_dims(
        tf.cast(tf.range(tf.shape(x)[0]), tf.float32), 1),
    "products of rows": lambda tf, x, s: s + tf.matmul(
        tf.matmul(x, s, transpose_b=True), s),
    "rows by index": lambda tf, x, s: s + x[:1],
    "rows backward": lambda tf, x, s: s + x[::-1],
    "a row": lambda tf, x, s: s + x[0],
    "rows repeated": lambda tf, x, s: tf.slice(
        tf.tile(s, [2, 1]) + tf.tile(x, [2, 1]), [0, 0], [-1, DEPTH]),
    "an unlike batch": lambda tf, x, s: s + x * tf.ones([3, DEPTH]),
    "rows joined": lambda tf, x, s: s + tf.split(
        tf.concat([x, s], 0), 2, 0)[1],
    "one noise for all rows": lambda tf, x, s: s + x * tf.random_normal(
        [DEPTH], seed=1),
}


@pytest.mark.parametrize("name", APART)
def test_rows_that_need_no_other_row(v1, name):
  def call(x, state):
    result = APART[name](v1, x, state)
    return result, result

  assert rows.independent(traced(v1, call))


@pytest.mark.parametrize("name", TOGETHER)
def test_rows_that_may_need_others(v1, name):
  def call(x, state):
    result = TOGETHER[name](v1, x, state)
    result.set_shape([None, DEPTH])
    return result, result

  assert not rows.independent(traced(v1, call))


@pytest.mark.parametrize("batch, count", [
    (None, 2), (1, 1), (31, 1), (32, 2), (1000, 2)])
def test_how_many_parts_two_cores_take(monkeypatch, batch, count):
  monkeypatch.setattr(rows, "_cores", lambda: 2)
  assert rows.parts(batch) == count


def test_parts_cover_the_batch():
  chosen = rows.ranges(35, 3)
  assert [len(range(35)[part]) for part in chosen] == [11, 12, 12]
  assert [row for part in chosen for row in range(35)[part]] == list(range(35))


class Centered:
  """Takes the mean of the batch away, as batch normalization does."""

  state_size = output_size = DEPTH

  def zero_state(self, batch, dtype):
    from tfcompat_rnn._tf import tf
    return tf.zeros([batch, DEPTH], dtype)

  def __call__(self, inputs, state, scope=None):
    from tfcompat_rnn._tf import tf
    state = state + inputs - tf.reduce_mean(inputs, 0, keepdims=True)
    return state, state


def test_a_cell_that_mixes_rows_gets_the_whole_batch(v1, monkeypatch):
  monkeypatch.setattr(rows, "parts", lambda _: 2)
  x = np.random.RandomState(0).randn(4, 3, DEPTH)
  outputs, _ = rnn.dynamic_rnn(
      Centered(), v1.constant(x), dtype=v1.float64, execution="xla")
  with v1.Session() as session:
    found = session.run(outputs)
  np.testing.assert_allclose(found, np.cumsum(x - x.mean(0), 1), atol=1e-12)


def test_a_bidirectional_network_in_two_parts(v1, monkeypatch):
  x = v1.constant(np.random.RandomState(0).randn(4, 3, DEPTH))
  found = []
  for execution in ("loop", "xla"):
    monkeypatch.setattr(rows, "parts", lambda _: 2)
    init = v1.random_uniform_initializer(-.5, .5, seed=1)
    with v1.variable_scope(execution, initializer=init):
      found.append(rnn.bidirectional_dynamic_rnn(
          cells.BasicRNNCell(3), cells.BasicRNNCell(3), x, [3, 1, 0, 2],
          dtype=v1.float64, execution=execution))
  with v1.Session() as session:
    session.run(v1.global_variables_initializer())
    plain, split = session.run([v1.nest.flatten(one) for one in found])
  for one, two in zip(plain, split, strict=True):
    np.testing.assert_allclose(two, one, atol=1e-12)
