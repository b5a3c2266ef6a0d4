"""`record --gradients`: what each training step applied, and to what."""

import numpy as np
import pytest

from tests.compare import in_process
from tests.compare import made
from tfcompat_rnn.compare import differences
from tfcompat_rnn.compare import report as report_text


def gradients(recording):
  """[{variable: gradient} of each call]."""
  return [{item.name: item.value.array.tolist() for item in call.gradients}
          for call in recording.calls()]


def test_they_are_what_the_optimizer_applies(tf, path):
  operations = []

  def run():
    w = tf.get_variable("w", [2], initializer=tf.ones_initializer())
    b = tf.get_variable("b", [], initializer=tf.zeros_initializer())
    tf.get_variable("unused", [])
    loss = tf.reduce_sum(w * [3., 4.]) + b
    optimizer = tf.train.GradientDescentOptimizer(.5)
    pairs = optimizer.compute_gradients(loss)
    clipped, _ = tf.clip_by_global_norm([pairs[0][0]], 1.)
    step = optimizer.apply_gradients(zip(clipped, [w]))
    both = optimizer.minimize(loss, global_step=tf.train.create_global_step())
    operations.append(len(tf.get_default_graph().get_operations()))
    with tf.Session() as session:
      session.run([w.initializer, b.initializer,
                   tf.train.get_global_step().initializer])
      assert session.run([step, {"w": w}], feed_dict=None)[1]["w"].size == 2
      session.run(fetches=both)
      session.run(loss)
    operations.append(len(tf.get_default_graph().get_operations()))
  recording = in_process.record(tf, path, run, "--gradients")
  found = gradients(recording)
  np.testing.assert_allclose(found[1].pop("w"), [.6, .8], rtol=1e-6)
  assert found == [{}, {}, {"b": 1., "w": [3., 4.]}, {}]
  assert recording.head["version"] == 2 and not recording.tail["problems"]
  assert operations[0] == operations[1]
  assert in_process.record(tf, path, run).head["version"] == 1
  assert gradients(in_process.record(tf, path, run)) == [{}] * 4


def test_rows_of_a_table_become_a_whole_gradient(tf, path):
  def run():
    table = tf.get_variable("table", [4, 2], initializer=tf.ones_initializer())
    rows = tf.nn.embedding_lookup(table, [3, 1, 3])
    train = tf.train.AdamOptimizer(.5).minimize(
        tf.reduce_sum(rows * [[1.], [2.], [4.]]))
    with tf.train.MonitoredSession() as session:
      session.run(train)
  recording = in_process.record(tf, path, run, "--gradients")
  assert gradients(recording)[-1] == {
      "table": [[0, 0], [2, 2], [0, 0], [5, 5]]}


def test_what_cannot_be_recorded_is_named(tf, path):
  def run():
    w = tf.get_variable("w", [], initializer=tf.ones_initializer())
    optimizer = tf.train.GradientDescentOptimizer(1.)

    def apply():
      return optimizer.minimize(2. * w)
    inside = tf.cond(tf.less(tf.constant(1.), 2.), apply, tf.no_op)
    outside = apply()
    with tf.Session() as session:
      session.run(w.initializer)
      session.run(inside)
      session.make_callable(outside)()
      with pytest.raises(tf.errors.InvalidArgumentError):
        session.run([outside, tf.placeholder(tf.float32, [])])
      session.run([outside, outside])
  recording = in_process.record(tf, path, run, "--gradients")
  assert gradients(recording) == [{}, {}, {}, {}, {"w": 2.}]
  told = "\n".join(recording.tail["problems"])
  assert "the gradient of variable w is within a `tf.cond`" in told
  assert "call 2 trains, but not with `apply_gradients`" in told


def steps(*values):
  """A recording of training steps that applied these gradients of `w`."""
  calls = [([made.item("loss:0", np.float32(1))], [],
            [] if value is None else [made.item("w", np.float32(value))])
           for value in values]
  return made.Made(calls, trains=range(len(calls)), gradients=True)


def test_compare_names_the_gradient_that_differs():
  report = differences.compare(steps([1, 2], [1, 2]), steps([1, 2], [1, 2]))
  text = report_text.text(report, steps(), steps(), "s.py")
  assert report.equal and (
      "gradients: 1 variables, bit-identical in all calls" in text)
  report = differences.compare(steps([1, 2], [1, 2]), steps([1, 2.1], [1, 2]))
  assert report.first.text == (
      "call 0 applied a different gradient of w: largest difference 0.1, "
      "relative 0.05")
  text = report_text.text(report, steps(), steps(), "s.py")
  assert "its gradients, or what was done to them" in text
  assert report_text.data(report, steps(), steps(), "s.py")["gradients"][0][
      "first_beyond"] == 0


def test_after_the_first_step_gradients_have_the_tolerance_of_weights():
  one, other = steps(1, 1), steps(1, 1.005)
  assert differences.compare(one, other).equal
  assert not differences.compare(steps(1), steps(1.005)).equal


def test_gradients_of_one_side_are_a_note():
  report = differences.compare(
      steps(1), made.Made([([made.item("loss:0", np.float32(1))], [])]))
  assert report.equal and "gradients are only in the reference" in (
      report.notes[0])
