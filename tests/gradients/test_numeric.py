"""check_gradients: right gradients pass, wrong ones do not, values stay."""

import numpy as np
import pytest

from tfcompat_rnn import _errors
from tfcompat_rnn import cells
from tfcompat_rnn import gradients
from tfcompat_rnn import loops

BATCH, TIME, DEPTH, UNITS = 2, 7, 3, 4


def rnn(tf, make, dtype="float64", loop="dynamic"):
  """(loss, outputs, inputs, state, feeds) of one cell over seven steps."""
  random = np.random.RandomState(1)
  x = tf.placeholder(dtype, [BATCH, TIME, DEPTH], "x")
  with tf.variable_scope(
      "model", initializer=tf.random_uniform_initializer(-0.7, 0.7, seed=3)):
    cell = make()
    state = tf.nest.map_structure(
        lambda zero: tf.convert_to_tensor(
            random.standard_normal(zero.shape) * 0.3, dtype),
        cell.zero_state(BATCH, tf.as_dtype(dtype)))
    outputs, final = loops.dynamic_rnn(cell, x, initial_state=state)
  weights = tf.constant(random.standard_normal([BATCH, TIME, UNITS]), dtype)
  loss = tf.reduce_sum(outputs * weights) + sum(
      tf.reduce_sum(tf.square(leaf)) for leaf in tf.nest.flatten(final))
  feeds = {x: random.standard_normal([BATCH, TIME, DEPTH])}
  return loss, outputs, x, state, feeds


CELLS = {
    "basic_rnn": lambda: cells.BasicRNNCell(UNITS),
    "basic_lstm": lambda: cells.BasicLSTMCell(UNITS),
    "lstm_peepholes": lambda: cells.LSTMCell(UNITS, use_peepholes=True),
    "gru": lambda: cells.GRUCell(UNITS),
    "stack": lambda: cells.MultiRNNCell(
        [cells.LSTMCell(UNITS), cells.GRUCell(UNITS)]),
}


@pytest.mark.spread(fast=2)
@pytest.mark.parametrize("name", CELLS)
def test_right_gradients_pass(v1, name):
  loss, _, x, state, feeds = rnn(v1, CELLS[name])
  report = gradients.check_gradients(loss, feed_dict=feeds, inputs=x,
                                     states=state)
  assert report.passed, report
  kinds = {row.kind for row in report.rows}
  assert kinds == {"run", "variable", "input", "state"}
  # Not only allowed to differ by little: they do.
  assert max(row.max_rel for row in report.rows[1:]) < 1e-8


@pytest.mark.parametrize("full", [False, True])
def test_wrong_gradients_are_found(v1, full):
  tf = v1

  @tf.custom_gradient
  def square(value):
    return value * value, lambda dy: 1.99 * dy * value

  x = tf.placeholder("float64", [3], "x")
  w = tf.get_variable("w", [3], "float64", tf.constant_initializer(0.7))
  v = tf.get_variable("v", [3], "float64", tf.constant_initializer(0.4))
  loss = tf.reduce_sum(square(w) * x + v * x)
  report = gradients.check_gradients(loss, feed_dict={x: [1., 2., 3.]},
                                     inputs=x, full=full)
  assert [row.name for row in report.failures] == ["w"]
  row = report.failures[0]
  # 1.99 for 2: half a percent.
  assert row.max_rel == pytest.approx(0.005, rel=0.2)


def test_full_jacobian_of_a_vector(v1):
  tf = v1
  x = tf.placeholder("float64", [2], "x")
  w = tf.get_variable("w", [2, 3], "float64",
                      tf.random_normal_initializer(seed=1))
  report = gradients.check_gradients(
      tf.tanh(tf.linalg.matvec(w, x, transpose_a=True)),
      feed_dict={x: [0.3, -0.6]}, inputs=x, full=True)
  assert report.passed, report
  assert [row.shape for row in report.rows[1:]] == [(2, 3), (2,)]


def test_a_vector_loss_is_weighted(v1):
  tf = v1
  w = tf.get_variable("w", [4], "float64", tf.constant_initializer(0.5))
  # Under a plain sum the two parts would cancel.
  report = gradients.check_gradients(tf.concat([tf.exp(w), -tf.exp(w)], 0))
  assert report.passed, report
  assert report.rows[1].norm_a > 1e-3


def test_second_order(v1):
  tf = v1
  x = tf.placeholder("float64", [3], "x")
  w = tf.get_variable("w", [3], "float64", tf.constant_initializer(0.7))
  loss = tf.reduce_sum(tf.sin(w * x) * tf.reduce_sum(w))
  report = gradients.check_gradients(loss, feed_dict={x: [1., 2., 3.]},
                                     inputs=x, second_order=True)
  assert report.passed, report

  @tf.custom_gradient
  def sine(value):
    # The gradient is right, the gradient's own is cut.
    return tf.sin(value), lambda dy: dy * tf.stop_gradient(tf.cos(value))

  cut = tf.reduce_sum(sine(w) * x)
  arguments = dict(variables=[w], feed_dict={x: [1., 2., 3.]})
  assert gradients.check_gradients(cut, **arguments).passed
  assert not gradients.check_gradients(cut, second_order=True,
                                       **arguments).passed


def test_second_order_in_a_loop_of_control_flow_v1(v1):
  loss, _, x, _, feeds = rnn(v1, CELLS["gru"])
  with pytest.raises(_errors.ArgumentError, match="second_order.*v2"):
    gradients.check_gradients(loss, feed_dict=feeds, second_order=True)


def test_none_and_a_hidden_dependence(v1):
  tf = v1
  w = tf.get_variable("w", [], "float64", tf.constant_initializer(0.7))
  loose = tf.get_variable("loose", [], "float64")
  cut = tf.get_variable("cut", [], "float64", tf.constant_initializer(0.2))
  report = gradients.check_gradients(
      w * w + tf.stop_gradient(cut) * w, variables=[w, loose, cut])
  by_name = {row.name: row for row in report.rows}
  assert by_name["w"].passed
  assert by_name["loose"].passed
  assert "does not depend" in by_name["loose"].note
  assert not by_name["cut"].passed
  assert "yet the loss depends" in by_name["cut"].note


def test_dropout_is_named(v1):
  tf = v1
  w = tf.get_variable("w", [50], "float64", tf.ones_initializer())
  report = gradients.check_gradients(
      tf.reduce_sum(w * tf.random_uniform([50], dtype=tf.float64)))
  assert not report.passed
  assert "dropout" in report.failures[0].note


def test_nan_is_named_with_its_time_step(v1):
  tf = v1
  x = tf.placeholder("float64", [1, 5, 2], "x")
  loss = tf.reduce_sum(tf.sqrt(x))
  value = np.ones([1, 5, 2])
  value[0, 3, 1] = 0.0  # the derivative of the root is infinite
  report = gradients.check_gradients(loss, inputs=x, feed_dict={x: value})
  assert not report.passed
  assert report.failures[0].note == (
      "1 Inf (first at time step 3) in analytic")


def test_variables_get_their_values_back(v1):
  tf = v1
  w = tf.get_variable("w", [3], "float64")
  with tf.Session() as session:
    session.run(w.initializer)
    before = session.run(w)
    gradients.check_gradients(tf.reduce_sum(w * w), session=session)
    np.testing.assert_array_equal(session.run(w), before)

    def fail(value):
      if not np.array_equal(value, before):
        raise RuntimeError("moved")
      return value

    moved = tf.py_func(fail, [w], tf.float64)
    moved.set_shape([3])
    with pytest.raises(tf.errors.OpError, match="moved"):
      gradients.check_gradients(tf.reduce_sum(moved + w), [w],
                                session=session)
    np.testing.assert_array_equal(session.run(w), before)


def test_float32_on_request(v1):
  loss, _, x, state, feeds = rnn(v1, CELLS["gru"], "float32")
  with pytest.raises(_errors.ArgumentTypeError, match="float64"):
    gradients.check_gradients(loss, feed_dict=feeds)
  report = gradients.check_gradients(loss, feed_dict=feeds, inputs=x,
                                     states=state, dtype="float32")
  assert report.passed, report


def test_bad_arguments(v1):
  tf = v1
  w = tf.get_variable("w", [3], "float64")
  check = gradients.check_gradients
  with pytest.raises(_errors.ArgumentTypeError, match="`loss`.*graph"):
    check(1.0)
  with pytest.raises(_errors.ArgumentTypeError, match="floating"):
    check(tf.constant(1))
  with pytest.raises(_errors.ArgumentError, match="differentiate"):
    check(tf.constant(1., "float64"), variables=[])
  with pytest.raises(_errors.ArgumentTypeError, match="`variables`"):
    check(w[0], variables=[w * 2])
  with pytest.raises(_errors.ArgumentTypeError, match="`inputs`"):
    check(w[0], inputs=w)
  with pytest.raises(_errors.ArgumentError, match="directions"):
    check(w[0], directions=0)
  loss = tf.reduce_sum(w)
  tf.get_default_graph().finalize()
  with pytest.raises(_errors.ArgumentError, match="finalize"):
    check(loss)
