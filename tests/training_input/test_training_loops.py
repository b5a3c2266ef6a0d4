"""The training and evaluation loops of tf.contrib.training.

They are tf-slim's; the numbers are mental arithmetic.
"""

import os

import numpy as np
import pytest


@pytest.fixture
def tf(v1):
  from tfcompat_rnn import tf1
  return tf1


@pytest.fixture
def trained(tf, tmp_path):
  """A folder with checkpoints after 2 and 4 steps, in which w is 2 and 4."""
  with tf.Graph().as_default():
    step = tf.train.get_or_create_global_step()
    weight = tf.get_variable("w", [], initializer=tf.zeros_initializer())
    count = tf.group(weight.assign_add(1.), step.assign_add(1))
    saver = tf.train.Saver()
    with tf.Session() as session:
      session.run(tf.global_variables_initializer())
      for _ in range(2):
        session.run([count])
        session.run([count])
        saver.save(session, str(tmp_path / "model.ckpt"), step)
  return tmp_path


def test_gradients_are_clipped_multiplied_and_summarized(tf):
  training = tf.contrib.training
  one, other = tf.get_variable("one", [2]), tf.get_variable("other", [1])
  gradients = [(tf.constant([3., 4.]), one), (tf.constant([.5]), other)]
  clipped = training.clip_gradient_norms(gradients, 1.)
  same = training.clip_gradient_norms_fn(1.)(gradients)
  multiplied = training.multiply_gradients(gradients, {one: 2., "other": 4.})
  summaries = training.add_gradients_summaries(gradients)
  with tf.Session() as session:
    for pairs, expected in ((clipped, [[.6, .8], [.5]]),
                            (same, [[.6, .8], [.5]]),
                            (multiplied, [[6., 8.], [2.]])):
      assert [variable for _, variable in pairs] == [one, other]
      for (gradient, _), numbers in zip(pairs, expected):
        np.testing.assert_allclose(session.run(gradient), numbers, rtol=1e-6)
    texts = session.run(summaries)
  values = [value for text in texts
            for value in tf.Summary.FromString(text).value]
  norms = {value.tag: value.simple_value for value in values
           if value.HasField("simple_value")}
  assert sorted(norms.values()) == [.5, 5.]


def test_a_train_op_trains_until_a_hook_stops_it(tf, tmp_path):
  with tf.Graph().as_default():
    weight = tf.get_variable("w", [], initializer=tf.zeros_initializer())
    loss = tf.square(weight - 3.)
    train = tf.contrib.training.create_train_op(
        loss, tf.train.GradientDescentOptimizer(.25))
    # Each step halves the distance; the op returns the loss before it.
    last = tf.contrib.training.train(
        train, str(tmp_path), hooks=[tf.train.StopAtStepHook(num_steps=3)],
        save_summaries_steps=None)
    assert last == pytest.approx(.75 ** 2)
  reader = tf.train.load_checkpoint(str(tmp_path))
  assert reader.get_tensor("w") == pytest.approx(3. - .375)
  assert reader.get_tensor("global_step") == 3


def test_checkpoints_are_found_as_they_appear(tf, trained):
  training = tf.contrib.training
  last = tf.train.latest_checkpoint(str(trained))
  assert training.wait_for_new_checkpoint(str(trained), timeout=1) == last
  assert training.wait_for_new_checkpoint(
      str(trained), last, seconds_to_sleep=.1, timeout=.2) is None
  asked = []
  assert list(training.checkpoints_iterator(
      str(trained), timeout=.1, timeout_fn=lambda: asked.append(1) or True
      )) == [last]
  assert asked == [1]


@pytest.mark.parametrize("times", [1, "repeatedly"])
def test_evaluation_restores_each_checkpoint(tf, trained, times):
  training = tf.contrib.training
  with tf.Graph().as_default():
    tf.train.get_or_create_global_step()
    weight = tf.get_variable("w", [])
    evaluations = training.get_or_create_eval_step()
    total = tf.get_variable(
        "total", [], initializer=tf.zeros_initializer(),
        collections=[tf.GraphKeys.LOCAL_VARIABLES])
    tf.summary.scalar("mean", total / 3.)
    hooks = [training.StopAfterNEvalsHook(3),
             training.SummaryAtEndHook(str(trained / "eval"))]
    arguments = dict(eval_ops=total.assign_add(weight),
                     final_ops=[total, evaluations], hooks=hooks)
    if times == 1:
      final = training.evaluate_once(
          tf.train.latest_checkpoint(str(trained)), **arguments)
    else:
      final = training.evaluate_repeatedly(
          str(trained), eval_interval_secs=0, max_number_of_evaluations=1,
          **arguments)
  assert final == [12., 3]
  event_file, = os.listdir(trained / "eval")
  means = [value.simple_value
           for event in tf.train.summary_iterator(
               str(trained / "eval" / event_file))
           for value in event.summary.value]
  assert means == [4.]


def test_the_next_batch_of_a_state_saver(tf):
  saver = tf.contrib.training.SequenceQueueingStateSaver(
      batch_size=2, num_unroll=3, input_length=tf.constant(6),
      input_key=tf.constant("key"), input_sequences={"x": tf.zeros([6, 4])},
      input_context={"c": tf.zeros([5])}, initial_states={"s": tf.zeros([7])})
  batch = saver.next_batch
  assert isinstance(batch, tf.contrib.training.NextQueuedSequenceBatch)
  assert batch.sequences["x"].shape.as_list() == [2, 3, 4]
  assert batch.context["c"].shape.as_list() == [2, 5]
  assert batch.state("s").shape.as_list() == [2, 7]
  with pytest.raises(KeyError):
    batch.state("t")
