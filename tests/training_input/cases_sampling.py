"""Sampling, resampling and feeding. Python 3.7 syntax."""

import numpy as np

from training_input.registry import case
from training_input.registry import flat
from training_input.registry import numbers
from training_input.registry import private
from training_input.registry import with_first


@case(runs=2)
def resample(tf):
  x = tf.constant(np.arange(8, dtype="f").reshape(4, 2))
  [a, b] = tf.contrib.training.resample_at_rate(
      [x, x[:, 0]], [2., 0., 1., 3.])
  [c] = tf.contrib.training.resample_at_rate(
      [x], tf.constant([1., 2., .5, 0.], tf.float64), seed=3,
      scope="named", back_prop=True)
  return {"a": a, "b": b, "c": c, "slope": tf.gradients(a, x)[0].values}


@case(runs=2)
def resample_none(tf):
  [a] = tf.contrib.training.resample_at_rate(
      [tf.constant([1, 2])], tf.placeholder_with_default([0., 0.], None))
  repeat = private(tf, "resample")._repeat_range
  return {"a": a, "repeated": repeat([2, 0, 3]),
          "empty": repeat(tf.constant([0, 0]), name="r")}


@case(runs=2)
def resample_weighted(tf):
  x = tf.constant(np.arange(6, dtype="f"))
  [a, b], rates = tf.contrib.training.weighted_resample(
      [x, x * 2.], tf.constant([1., 2., 3., 4., 5., 9.]), 1.5)
  [c], more = tf.contrib.training.weighted_resample(
      [x], tf.constant([1., 2., 3., 4., 5., 9.], tf.float64),
      tf.constant(1., tf.float64), mean_decay=.5, seed=4)
  return {"a": a, "b": b, "rates": rates, "c": c, "more": more}


@case()
def rejection(tf):
  n = numbers(tf, 40)
  batch = tf.contrib.training.rejection_sample(
      [n, tf.as_string(n)],
      lambda parts: tf.cast(parts[0] % 4, tf.float32) / 3., 4)
  return flat(batch)


@case()
def rejection_one(tf):
  n = numbers(tf, 30)
  [batch] = tf.contrib.training.rejection_sample(
      [n], lambda parts: tf.constant(.5), 4, runtime_checks=True,
      name="named")
  return {"batch": batch}


@case()
def rejection_many(tf):
  n = numbers(tf, 8)
  batch = tf.contrib.training.rejection_sample(
      [tf.stack([n, n + 1, n + 2]), tf.as_string(tf.stack([n, n, n]))],
      lambda parts: tf.cast(parts[0], tf.float32) / 10., 4,
      enqueue_many=True, prebatch_capacity=4)
  return flat(batch)


@case(runs=3)
def stratified(tf):
  # The label is constant: two threads read it.
  n = tf.constant([5, 6])
  batch, labels = tf.contrib.training.stratified_sample(
      [n, n * 2], tf.constant(1), [.3, .7], 4, init_probs=[.5, .5])
  return with_first("labels", labels, batch)


@case(runs=3)
def stratified_many(tf):
  labels = tf.constant([0, 1, 1, 1])
  batch, labels = tf.contrib.training.stratified_sample(
      [tf.constant([10, 11, 12, 13])], labels, np.array([.5, .5]), 3,
      init_probs=[.25, .75], enqueue_many=True, name="named")
  return with_first("labels", labels, batch)


@case(runs=3)
def stratified_estimated(tf):
  tf.contrib.training.stratified_sample(
      [tf.constant([10, 11])], tf.constant([0, 1]), [.5, .5], 3,
      enqueue_many=True)
  estimate = private(tf, "sampling_ops")._estimate_data_distribution
  return {"shares": estimate(tf.constant([1, 1, 0]), 3)}


@case()
def feeding(tf):
  queue = tf.FIFOQueue(10, [tf.int32, tf.float32], [[], [2]])
  x, y = tf.placeholder(tf.int32, []), tf.placeholder(tf.float32, [2])
  count = iter(range(4))

  def feed():
    number = next(count, None)
    if number is None:
      raise tf.errors.OutOfRangeError(None, None, "end")
    return {x: number, y: [number, -number]}

  tf.train.add_queue_runner(tf.contrib.training.FeedingQueueRunner(
      queue, [queue.enqueue([x, y])], feed_fns=[feed]))
  return flat(queue.dequeue())


@case(runs=1)
def acceptance(tf):
  module = private(tf, "sampling_ops")
  return {"chances": module._calculate_acceptance_probabilities(
      tf.constant([.2, 0., .8]), tf.constant([.5, 0., .5]))}
