"""Wrong arguments: which error 1.15 raised.

Python 3.7 syntax; each function gets `tf` and the private module with the
sequence queues.
"""

import collections

import numpy as np

CASES = collections.OrderedDict()


def raises(build):
  CASES[build.__name__] = build
  return build


def saver(tf, **changes):
  arguments = dict(
      batch_size=1, num_unroll=2, input_length=2, input_key="key",
      input_sequences={"x": tf.zeros([2, 3])}, input_context={},
      initial_states={"s": tf.zeros([1])})
  arguments.update(changes)
  return tf.contrib.training.SequenceQueueingStateSaver(**arguments)


@raises
def sizes_of_buckets(tf, sqss):
  tf.contrib.training.bucket([tf.constant(1)], 0, [1, 2, 3], 2)


@raises
def capacities_of_buckets(tf, sqss):
  tf.contrib.training.bucket(
      [tf.constant(1)], 0, 2, 2, bucket_capacities=[3, 4, 5])


@raises
def nothing_to_bucket(tf, sqss):
  tf.contrib.training.bucket([], 0, 2, 2)


@raises
def unknown_rank(tf, sqss):
  tf.contrib.training.bucket([tf.placeholder(tf.int32, name="x")], 0, 2, 2)


@raises
def boundaries_number(tf, sqss):
  tf.contrib.training.bucket_by_sequence_length(1, [tf.constant(1)], 2, 3)


@raises
def boundaries_empty(tf, sqss):
  tf.contrib.training.bucket_by_sequence_length(1, [tf.constant(1)], 2, [])


@raises
def boundaries_float(tf, sqss):
  tf.contrib.training.bucket_by_sequence_length(
      1, [tf.constant(1)], 2, [1, 2.5])


@raises
def boundaries_decreasing(tf, sqss):
  tf.contrib.training.bucket_by_sequence_length(
      1, [tf.constant(1)], 2, [3, 2])


@raises
def capacity_below_batch(tf, sqss):
  saver(tf, batch_size=32, capacity=10)


@raises
def states_list(tf, sqss):
  saver(tf, initial_states=[tf.zeros([1])])


@raises
def states_empty(tf, sqss):
  saver(tf, initial_states={})


@raises
def state_number(tf, sqss):
  saver(tf, initial_states={1: tf.zeros([1])})


@raises
def state_colon(tf, sqss):
  saver(tf, initial_states={"a:b": tf.zeros([1])})


@raises
def sequences_list(tf, sqss):
  sqss._SequenceInputWrapper(3, "key", [1], {})


@raises
def context_list(tf, sqss):
  sqss._SequenceInputWrapper(3, "key", {"x": [1]}, [1])


@raises
def sequences_empty(tf, sqss):
  saver(tf, input_sequences={})


@raises
def sequence_number(tf, sqss):
  saver(tf, input_sequences={1: tf.zeros([2])})


@raises
def sequence_colon(tf, sqss):
  saver(tf, input_sequences={"a:b": tf.zeros([2])})


@raises
def context_number(tf, sqss):
  saver(tf, input_context={1: tf.zeros([2])})


@raises
def context_colon(tf, sqss):
  saver(tf, input_context={"a:b": tf.zeros([2])})


@raises
def state_shape(tf, sqss):
  saver(tf, initial_states={"s": tf.placeholder(tf.float32, [None])})


@raises
def context_shape(tf, sqss):
  saver(tf, input_context={"c": tf.placeholder(tf.float32, [None])})


@raises
def sequence_shape(tf, sqss):
  saver(tf, input_sequences={"x": tf.placeholder(tf.float32, [None, None])})


@raises
def length_dtype(tf, sqss):
  saver(tf, input_length=tf.constant(2, tf.int64))


@raises
def length_rank(tf, sqss):
  saver(tf, input_length=tf.constant([2], name="lengths"))


@raises
def key_dtype(tf, sqss):
  saver(tf, input_key=3)


@raises
def state_unknown(tf, sqss):
  saver(tf).next_batch.save_state("t", tf.zeros([1, 1]))


@raises
def state_rank(tf, sqss):
  saver(tf).next_batch.save_state("s", np.zeros([1], "f"))


@raises
def dimensions_number(tf, sqss):
  sqss._check_dimensions(tf.zeros([2]), 0, [2], "x")


@raises
def dimensions_twice(tf, sqss):
  sqss._check_dimensions(tf.zeros([2]), [0, 0], [2, 2], "x")


@raises
def dimensions_of_list(tf, sqss):
  sqss._check_dimensions([2], [0], [2], "x")


@raises
def dimensions_sizes(tf, sqss):
  sqss._check_dimensions(tf.zeros([2]), [0], [2, 3], "x")


@raises
def dimensions_rank(tf, sqss):
  sqss._check_dimensions(tf.zeros([2]), [0, 1], [2, 3], "x")


@raises
def dimensions_differ(tf, sqss):
  sqss._check_dimensions(tf.zeros([2]), [0], [3], "x")


@raises
def shape_differs(tf, sqss):
  sqss._check_shape(tf.zeros([2], name="z"), [3])


@raises
def padding_unroll(tf, sqss):
  sqss._padding({"x": [1]}, 1.5)


@raises
def padding_list(tf, sqss):
  sqss._padding([1], 2)


@raises
def padding_key(tf, sqss):
  sqss._padding({1: [1]}, 2)


@raises
def feeds_differ(tf, sqss):
  queue = tf.FIFOQueue(1, [tf.int32], [[]])
  tf.contrib.training.FeedingQueueRunner(
      queue, [queue.enqueue(1)], feed_fns=[])


@raises
def feeds_to_proto(tf, sqss):
  queue = tf.FIFOQueue(1, [tf.int32], [[]])
  tf.contrib.training.FeedingQueueRunner(queue, [queue.enqueue(1)]).to_proto()


@raises
def stratified_tensor(tf, sqss):
  tf.contrib.training.stratified_sample(
      tf.zeros([2, 3]), tf.constant(1), [.5, .5], 2)


@raises
def stratified_labels(tf, sqss):
  tf.contrib.training.stratified_sample(
      [tf.zeros([1, 3])], tf.zeros([1, 1]), [.5, .5], 2, [.5, .5],
      enqueue_many=True)


@raises
def stratified_rows(tf, sqss):
  tf.contrib.training.stratified_sample(
      [tf.zeros([2, 1])], tf.constant([1]), [.5, .5], 2, [.5, .5],
      enqueue_many=True)


@raises
def stratified_lengths(tf, sqss):
  tf.contrib.training.stratified_sample(
      [tf.zeros([2, 1])], tf.constant(1), [.5, .5], 2, [.2, .2, .6])


@raises
def stratified_shares_unknown(tf, sqss):
  tf.contrib.training.stratified_sample(
      [tf.zeros([2, 1])], tf.constant(1),
      tf.placeholder(tf.float32, [None]), 2)


@raises
def rejection_scalar(tf, sqss):
  tf.contrib.training.rejection_sample(
      [tf.zeros([])], lambda parts: tf.constant(1.), 2, enqueue_many=True)


@raises
def rejection_rows(tf, sqss):
  tf.contrib.training.rejection_sample(
      [tf.zeros([5, 1]), tf.zeros([4, 1])], lambda parts: tf.constant(1.), 2,
      enqueue_many=True)


@raises
def smoothing(tf, sqss):
  from training_input import cases
  cases.private(tf, "sampling_ops")._estimate_data_distribution(
      tf.constant([1]), 2, 0)


# Checks that fail when the graph runs.


def of_3_steps(tf):
  return tf.placeholder_with_default(np.zeros([3], "f"), [None])


@raises
def run_not_a_multiple(tf, sqss):
  run(tf, saver(tf, input_sequences={"x": of_3_steps(tf)}).prefetch_op)


@raises
def run_not_a_multiple_unpadded(tf, sqss):
  batch = tf.contrib.training.batch_sequences_with_states(
      "key", {"x": of_3_steps(tf)}, {}, 3, {"s": tf.zeros([1])}, 2, 1,
      pad=False)
  run(tf, batch._state_saver.prefetch_op)


@raises
def run_not_a_multiple_sparse(tf, sqss):
  batch = tf.contrib.training.batch_sequences_with_states(
      "key", {"x": tf.SparseTensor([[0, 0]], [1], [3, 1])}, {}, 3,
      {"s": tf.zeros([1])}, 2, 1, pad=False)
  run(tf, batch._state_saver.prefetch_op)


@raises
def run_capacity(tf, sqss):
  run(tf, saver(tf, batch_size=tf.constant(3), capacity=2).prefetch_op)


@raises
def run_lengths_differ(tf, sqss):
  other = tf.placeholder_with_default(np.zeros([4], "f"), [None])
  run(tf, saver(tf, input_sequences={
      "x": tf.zeros([2]), "y": other}).prefetch_op)


@raises
def run_length_too_long(tf, sqss):
  run(tf, saver(tf, input_length=3).prefetch_op)


@raises
def run_padding_lengths(tf, sqss):
  _, padded = sqss._padding({"a": [1, 2, 3], "b": [1.5, 2.5]}, 2)
  run(tf, padded["a"])


@raises
def run_state_rank(tf, sqss):
  queue = saver(tf, initial_states={"s": 1.})
  batch = queue.next_batch
  value = tf.placeholder_with_default(np.zeros([1, 1], "f"), None)
  with tf.control_dependencies([queue.prefetch_op]):
    save = batch.save_state("s", value)
  run(tf, save)


@raises
def run_state_shape(tf, sqss):
  queue = saver(tf, initial_states={"s": [1.]})
  batch = queue.next_batch
  value = tf.placeholder_with_default(np.zeros([1, 2], "f"), None)
  with tf.control_dependencies([queue.prefetch_op]):
    save = batch.save_state("s", value)
  run(tf, save)


@raises
def run_share_of_absent_class(tf, sqss):
  tf.contrib.training.stratified_sample(
      [tf.zeros([2])], tf.constant(1), [.4, .6], 2, [1., 0.],
      name="stratified")
  graph = tf.get_default_graph()
  run(tf, [op for op in graph.get_operations()
           if op.name == "stratified/control_dependency_5"][0])


def run(tf, op):
  with tf.Session() as session:
    session.run(op, options=tf.RunOptions(timeout_in_ms=5000))
