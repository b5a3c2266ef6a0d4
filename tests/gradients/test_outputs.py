"""compare_outputs, and gradients in graphs of a TensorFlow 2 process."""

import numpy as np
import pytest

from tfcompat_rnn import _errors
from tfcompat_rnn import cells
from tfcompat_rnn import gradients
from tfcompat_rnn import loops
from tfcompat_rnn import testing

compare = gradients.compare_outputs


def test_tensors_arrays_and_numbers(v1):
  tf = v1
  x = tf.placeholder(tf.float64, [2], "x")
  report = compare(
      {"a": x, "b": [x * 2, 3, True, "word"]},
      {"a": np.array([1.0, 2.0]),
       "b": [np.array([2.0, 4.0]), 3, True, "word"]},
      feed_dict={x: [1, 2]})
  assert report.passed, report
  assert [row.name for row in report.rows] == ["a", "b/0", "b/1", "b/2",
                                               "b/3"]
  assert {row.kind for row in report.rows} == {"output"}


@pytest.mark.parametrize("a, b, note", [
    (np.array([2**60]), np.array([2**60 + 1]), "largest at [0]"),
    (np.array([1.0, 2.0]), np.array([1.0, 2.1]), "largest at [1]"),
    (True, False, "largest at []"),
    ("a", "b", "'a' in a, 'b' in b at []"),
    (np.array(["x", "y"]), np.array(["x", "z"]), "at [1]"),
    (np.array(["x"]), np.array(["x", "y"]), "shapes differ"),
    (np.float32(1), np.array([1]), "shapes differ"),
    (np.nan, np.nan, "1 NaN in a; 1 NaN in b"),
    (1.0, np.nan, "1 NaN in b"),
])
def test_differences_are_named(a, b, note):
  report = compare(a, b)
  assert not report.passed
  assert note in report.rows[0].note
  assert note in str(report)


def test_time_step_of_the_largest_difference(v1):
  value = np.zeros([2, 5, 3])
  value[1, 3, 2] = 1e-3
  report = compare(v1.constant(np.zeros([2, 5, 3])), value)
  assert report.rows[0].note == "largest at [1, 3, 2] (time step 3)"


def test_one_run_draws_once(v1):
  drawn = v1.random_uniform([100], dtype="float64")
  assert compare(drawn, drawn + 0.0).passed
  assert not compare(drawn, v1.random_uniform([100], dtype="float64")).passed


def test_two_graphs_with_the_same_weights(v1):
  tf = v1

  def build():
    x = tf.placeholder(tf.float64, [2, 5, 3], "x")
    return x, loops.dynamic_rnn(cells.LSTMCell(4), x, dtype=tf.float64)

  x, one = build()
  with tf.Graph().as_default():
    _, two = build()
  data = np.random.RandomState(0).standard_normal([2, 5, 3])
  report = compare(one, two, feed_dict={x: data})
  assert report.passed, report
  assert [row.name for row in report.rows] == ["0", "1/c", "1/h"]
  assert min(row.norm_a for row in report.rows) > 0
  with pytest.raises(_errors.ArgumentError, match="`outputs_a`.*one graph"):
    compare([one[0], two[0]], [1, 1])


def test_variables_and_what_has_no_initial_value(v1):
  tf = v1
  w = tf.get_variable("w", [2], initializer=tf.constant_initializer(3.0))
  assert compare(w, np.float32([3, 3])).passed
  with tf.Session() as session:
    session.run(w.assign([4, 5]))
    assert compare(w, np.float32([4, 5]), session=session).passed
    assert compare(np.float32([4, 5]), w, session=session).passed


def test_nests_must_be_alike(v1):
  with pytest.raises(_errors.ArgumentError, match="outputs_b"):
    compare({"a": 1}, {"b": 1})
  with pytest.raises(_errors.ArgumentTypeError, match="outputs_b"):
    compare([1], 1)
  sparse = v1.SparseTensor([[0]], [1.0], [2])
  with pytest.raises(_errors.ArgumentTypeError, match="dense"):
    compare({"a": sparse}, {"a": np.ones(2)})


def test_what_differs_from_itself_is_said(v1):
  tf = v1
  w = tf.get_variable("w", [50], tf.float64, tf.ones_initializer())
  steady = tf.reduce_sum(w * 0.5)
  dropped = tf.reduce_sum(w * tf.random_uniform([50], dtype=tf.float64))
  report = gradients.compare_gradients(dropped, steady)
  assert report.rows[-1].name == "a, run twice"
  assert "Sum_1, w; look for dropout" in report.rows[-1].note
  report = gradients.compare_gradients(steady, steady * 2)
  assert [row.kind for row in report.failures] == ["loss", "variable"]


@pytest.mark.parametrize("behavior", [
    "1.x", pytest.param("2.x", marks=pytest.mark.slow)])
def test_gradients_in_either_behavior(behavior):
  from tfcompat_rnn._tf import tf
  data = np.random.RandomState(1).standard_normal([2, 4, 3])

  def build():
    x = tf.placeholder(tf.float64, [2, 4, 3], "x")
    outputs, state = loops.dynamic_rnn(cells.GRUCell(3), x, dtype=tf.float64)
    return x, tf.reduce_sum(outputs**2) + tf.reduce_sum(state)

  with testing.fresh_graph(behavior=behavior):
    x, loss = build()
  with testing.fresh_graph(seed=5, behavior=behavior):
    _, other = build()
  # Out here, variables of a TensorFlow 2 process cannot be keys of a dict.
  report = gradients.compare_gradients(loss, other, feed_dict={x: data},
                                       inputs=x)
  assert report.passed, report
  assert len(report.rows) == 6
  report = gradients.check_gradients(loss, feed_dict={x: data}, inputs=x)
  assert report.passed, report
  if behavior == "2.x":
    report = gradients.check_gradients(other, feed_dict={"x:0": data},
                                       second_order=True)
    assert report.passed, report


def test_a_session_that_has_run_before_the_gradients_of_a_v2_loop():
  with testing.fresh_graph(behavior="2.x"):
    from tfcompat_rnn._tf import tf
    x = tf.ones([2, 4, 3], tf.float64)
    outputs, _ = loops.dynamic_rnn(cells.GRUCell(3), x, dtype=tf.float64)
    with tf.Session() as session:
      session.run(tf.global_variables_initializer())
      with pytest.raises(_errors.ArgumentError,
                         match="`session`.*output_all_intermediates"):
        gradients.compare_gradients(tf.reduce_sum(outputs),
                                    tf.reduce_sum(outputs))
