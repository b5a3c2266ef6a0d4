"""The input of tf.contrib.training: queues, and what comes out of them.

Runs unchanged on Python 3.7 with TensorFlow 1.15, and on ours. A case builds a
graph and returns `{name: tensor}`, to be fetched together until the queues are
empty, or `runs` times. If a `saver` is among them, the whole input is inserted
and the saver closed before the first batch is taken: whoever waits for a batch
while a barrier is closed may wait for ever, in 1.15 too. One thread fills each
queue, so that the order is always the same. Private functions of 1.15's
modules are called where TensorFlow's own tests do so.
"""

import collections
import importlib

import numpy as np

Case = collections.namedtuple("Case", "build runs")
CASES = collections.OrderedDict()
# More than any case has batches.
ALL = 40


def case(runs=ALL):
  def decorate(build):
    CASES[build.__name__] = Case(build, runs)
    return build
  return decorate


def private(tf, module):
  """1.15's private module, here as there."""
  path = "contrib.training.python.training." + module
  return importlib.import_module(
      ("tensorflow." if tf.__name__ == "tensorflow" else tf.__name__ + ".")
      + path)


def numbers(tf, count):
  """0 to `count` - 1, one after the other."""
  return tf.train.range_input_producer(
      count, num_epochs=1, shuffle=False).dequeue()


def row(tf, number):
  """`number` times `number`, as float32 `[number]`."""
  return tf.fill(tf.expand_dims(number, 0), tf.cast(number, tf.float32))


def sparse(tf, number):
  """A sparse vector of 4 with `number` at 0 and its square at 2."""
  return tf.SparseTensor(
      [[0], [2]], tf.cast(tf.stack([number, number * number]), tf.float32),
      [4])


def flat(values):
  """`{name: tensor}` of a list or dictionary, sparse tensors in parts."""
  if not isinstance(values, (dict, list, tuple)):
    values = [values]
  pairs = (sorted(values.items()) if isinstance(values, dict)
           else enumerate(values))
  found = {}
  for name, value in pairs:
    if hasattr(value, "indices"):
      for part in ("indices", "values", "dense_shape"):
        found["%s/%s" % (name, part)] = getattr(value, part)
    else:
      found[str(name)] = value
  return found


def with_first(name, first, values):
  found = flat(values)
  found[name] = first
  return found


@case()
def bucket_list(tf):
  n = numbers(tf, 10)
  which, batch = tf.contrib.training.bucket(
      [n, row(tf, n)], n % 2, 2, 2, dynamic_pad=True)
  return with_first("which", which, batch)


@case()
def bucket_one(tf):
  n = numbers(tf, 6)
  which, batch = tf.contrib.training.bucket([n], n // 3, 3, 2)
  return {"which": which, "batch": batch}


@case()
def bucket_dictionary(tf):
  n = numbers(tf, 10)
  which, batch = tf.contrib.training.bucket(
      {"n": n, "twice": n * 2}, which_bucket=n % 2, batch_size=2,
      num_buckets=2, keep_input=n > 3, name="named")
  return with_first("which", which, batch)


@case()
def bucket_dictionary_of_one(tf):
  n = numbers(tf, 4)
  which, batch = tf.contrib.training.bucket(
      {"n": n}, n % 2, 2, 2, keep_input=tf.constant(True))
  return with_first("which", which, batch)


@case()
def bucket_sparse(tf):
  n = numbers(tf, 8)
  which, batch = tf.contrib.training.bucket(
      [n, sparse(tf, n)], n % 2, 2, 2)
  return with_first("which", which, batch)


@case()
def bucket_sparse_one(tf):
  n = numbers(tf, 4)
  which, batch = tf.contrib.training.bucket([sparse(tf, n)], 0, 2, 1)
  return with_first("which", which, batch)


@case()
def bucket_sparse_filtered(tf):
  n = numbers(tf, 8)
  which, batch = tf.contrib.training.bucket(
      {"s": sparse(tf, n), "n": n}, n % 2, 2, 2, keep_input=n > 3)
  return with_first("which", which, batch)


@case()
def bucket_sizes(tf):
  n = numbers(tf, 10)
  which, batch = tf.contrib.training.bucket(
      [n], tf.cast(n > 3, tf.int32), [4, 2], 2, bucket_capacities=[8, 4],
      shared_name="shared")
  return {"which": which, "batch": batch}


@case()
def bucket_size_tensor(tf):
  n = numbers(tf, 6)
  which, batch = tf.contrib.training.bucket(
      [n, n], 0, tf.placeholder_with_default(3, []), 1, capacity=7)
  return with_first("which", which, batch)


@case()
def bucket_rest(tf):
  n = numbers(tf, 5)
  which, batch = tf.contrib.training.bucket(
      [n, tf.as_string(n)], 0, 2, 1, shapes=[[], []],
      allow_smaller_final_batch=True)
  return with_first("which", which, batch)


@case(runs=0)
def bucket_dropped(tf):
  n = numbers(tf, 5)
  tf.contrib.training.bucket([n], 0, 2, 1, keep_input=False)
  return {}  # There is nothing to wait for.


@case()
def by_length(tf):
  n = numbers(tf, 8)
  lengths, batch = tf.contrib.training.bucket_by_sequence_length(
      n, [row(tf, n)], 2, [2, 4], dynamic_pad=True)
  return with_first("lengths", lengths, batch)


@case()
def by_length_dictionary(tf):
  n = numbers(tf, 8)
  lengths, batch = tf.contrib.training.bucket_by_sequence_length(
      n, {"x": row(tf, n), "s": sparse(tf, n)}, [2, 1], (4,),
      num_threads=1, capacity=20, bucket_capacities=[6, 8],
      dynamic_pad=True, allow_smaller_final_batch=True, keep_input=n > 0,
      shared_name="lengths", name="named")
  return with_first("lengths", lengths, batch)


@case()
def by_length_shapes(tf):
  n = numbers(tf, 6)
  lengths, batch = tf.contrib.training.bucket_by_sequence_length(
      n, {"only": tf.stack([n, n])}, 2, [3], shapes=[[2]])
  return with_first("lengths", lengths, batch["only"])


def fields(batch):
  """What a batch has, apart from states, context and sequences."""
  return {name: getattr(batch, name) for name in (
      "total_length", "length", "batch_size", "insertion_index", "key",
      "next_key", "sequence", "sequence_count")}


def advanced(tf, batch, names, found=None):
  """The fields, with states that grow by 1 from segment to segment."""
  found = dict(fields(batch), **(found or {}))
  found["saver"] = batch._state_saver
  for kind in ("context", "sequences"):
    for name, value in flat(getattr(batch, kind)).items():
      found["%s/%s" % (kind, name)] = value
  for name in names:
    state = batch.state(name)
    found["state/" + name] = state
    with tf.control_dependencies([batch.save_state(name, state + 1)]):
      found["saved/" + name] = tf.identity(batch.length)
  return found


def example(tf, count):
  """(key, number, sequence `[number + 1, 2]`)."""
  n = numbers(tf, count)
  steps = tf.range(n + 1)
  return (tf.string_join(["key_", tf.as_string(n)]), n,
          tf.cast(tf.stack([steps, steps * n], axis=1), tf.float32))


def batches(tf, key, sequences, context, states, **options):
  """`batch_sequences_with_states` that one thread fills."""
  chosen = dict(input_length=None, num_unroll=2, batch_size=2, num_threads=1,
                capacity=10)
  chosen.update(options)
  return tf.contrib.training.batch_sequences_with_states(
      key, sequences, context, initial_states=states, **chosen)


@case(runs=6)
def sequences_padded(tf):
  key, n, x = example(tf, 5)
  batch = batches(
      tf, key, {"x": x, "label": tf.as_string(tf.range(n + 1))},
      {"c": tf.stack([n, n])},
      {"a": tf.zeros([3]), "b": tf.cast(n, tf.float64)})
  return advanced(tf, batch, ["a", "b"])


@case(runs=4)
def sequences_with_lengths(tf):
  n = numbers(tf, 4)
  x = tf.reshape(tf.range(12) * n, [6, 2])
  batch = batches(
      tf, tf.as_string(n), {"x": x}, {}, {"s": [[1, 2]]}, input_length=n + 2,
      num_unroll=3, pad=False, name="named")
  return advanced(tf, batch, ["s"])


@case(runs=3)
def sequences_batch_size_tensor(tf):
  key, n, x = example(tf, 4)
  batch = batches(tf, key, {"x": x}, {"c": n}, {"s": np.zeros([2], "f")},
                  batch_size=tf.constant(2), capacity=20)
  return advanced(tf, batch, ["s"])


@case(runs=3)
def sequences_sparse(tf):
  key, n, x = example(tf, 4)
  steps = tf.cast(tf.range(n + 1), tf.int64)
  events = tf.SparseTensor(
      tf.stack([steps, steps % 3], axis=1), tf.cast(steps, tf.float32) + 1.,
      tf.stack([tf.cast(n + 1, tf.int64), 3]))
  batch = batches(tf, key, {"x": x, "events": events},
                  {"n": n, "s": sparse(tf, n)}, {"a": tf.zeros([1])})
  return advanced(tf, batch, ["a"])


@case(runs=4)
def sequences_sparse_only(tf):
  n = numbers(tf, 4)
  steps = tf.cast(tf.range(4), tf.int64)
  events = tf.SparseTensor(
      tf.stack([steps, steps % 3], axis=1),
      tf.cast(steps, tf.float32) + tf.cast(n, tf.float32), [4, 3])
  batch = batches(tf, tf.as_string(n), {"events": events}, {},
                  {"a": tf.zeros([1])}, input_length=n, pad=False)
  return advanced(tf, batch, ["a"])


@case(runs=4)
def sequences_sparse_padded(tf):
  n = numbers(tf, 4)
  steps = tf.cast(tf.range(3), tf.int64)
  events = tf.SparseTensor(
      tf.stack([steps, steps], axis=1),
      tf.cast(steps, tf.float32) + tf.cast(n, tf.float32), [3, 3])
  batch = batches(tf, tf.as_string(n), {"events": events}, {},
                  {"a": tf.zeros([1])})
  return advanced(tf, batch, ["a"])


@case(runs=3)
def sequences_unique(tf):
  _, n, x = example(tf, 4)
  batch = batches(tf, tf.constant("key"), {"x": x}, {}, {"a": tf.zeros([1])},
                  make_keys_unique=True)
  return advanced(tf, batch, ["a"])


@case(runs=0)
def sequences_unique_seed(tf):
  _, n, x = example(tf, 4)
  batches(tf, tf.constant("key"), {"x": x}, {}, {"a": tf.zeros([1])},
          make_keys_unique=True, make_keys_unique_seed=5, num_threads=3,
          capacity=3, batch_size=3)
  # Three threads draw in any order: only the graph is compared.
  return {}


@case(runs=6)
def sequences_multi_rnn(tf):
  key, n, x = example(tf, 5)
  cell = tf.nn.rnn_cell.MultiRNNCell([
      tf.nn.rnn_cell.BasicLSTMCell(3), tf.nn.rnn_cell.GRUCell(2)])
  batch = batches(
      tf, key, {"x": x / 10.}, {}, {
          "c": tf.zeros([3]), "h": tf.zeros([3]), "gru": tf.zeros([2])})
  steps = [tf.squeeze(step, [1]) for step in tf.split(
      batch.sequences["x"], 2, axis=1)]
  outputs, state = tf.nn.static_state_saving_rnn(
      cell, steps, batch, (("c", "h"), "gru"),
      sequence_length=batch.length)
  return {"outputs": tf.stack(outputs), "c": state[0].c, "gru": state[1],
          "key": batch.key, "saver": batch._state_saver}


@case(runs=6)
def sequences_lstm_tuple(tf):
  key, n, x = example(tf, 5)
  cell = tf.contrib.rnn.LSTMCell(3, use_peepholes=True, num_proj=2)
  batch = batches(tf, key, {"x": x / 10.}, {}, {
      "c": tf.zeros([3]), "h": tf.zeros([2])})
  outputs, _ = tf.contrib.rnn.static_state_saving_rnn(
      cell, tf.unstack(batch.sequences["x"], 2, axis=1), batch, ("c", "h"))
  gradients = tf.gradients(tf.add_n([tf.reduce_sum(part ** 2)
                                     for part in outputs]),
                           tf.trainable_variables())
  found = {"gradient/%d" % place: value
           for place, value in enumerate(gradients)}
  found["outputs"], found["saver"] = tf.stack(outputs), batch._state_saver
  return found


@case(runs=10)
def saver_by_hand(tf):
  key, n, x = example(tf, 4)
  saver = tf.contrib.training.SequenceQueueingStateSaver(
      tf.constant(1), 1, input_length=n + 1, input_key=key,
      input_sequences={"x": x, "a": x * 2.}, input_context={"n": n},
      initial_states={"s": tf.zeros([2]), "r": 1}, name="queue")
  batch = saver.next_batch
  tf.train.add_queue_runner(tf.train.QueueRunner(
      saver, [saver.prefetch_op], cancel_op=saver.close(True, "cancel")))
  with tf.control_dependencies([
      batch.save_state("s", batch.state("s") + 1., name="saving"),
      batch.save_state("r", batch.state("r") * 2)]):
    found = {"kept": tf.identity(batch.key)}
  found.update(fields(batch))
  found["s"], found["r"] = batch.state("s"), batch.state("r")
  return dict(found, x=batch.sequences["x"], n=batch.context["n"],
              index=tf.constant(saver._get_barrier_index("state", "s")),
              saver=saver)


@case(runs=1)
def padding(tf):
  sqss = private(tf, "sequence_queueing_state_saver")
  length, padded = sqss._padding({
      "ints": tf.constant([1, 2]), "floats": [.5, -1.],
      "strings": tf.constant(["a", "b"]), "rows": [[1, 2, 3], [4, 5, 6]],
      "sparse": tf.SparseTensor([[0, 0], [1, 2]], [1, 2], [2, 3])}, 5)
  return with_first("length", length, padded)


@case(runs=1)
def sparse_sequence_there_and_back(tf):
  sqss = private(tf, "sequence_queueing_state_saver")
  values = {"s": tf.SparseTensor([[0, 0], [1, 2], [3, 1]], [1, 2, 3], [4, 3]),
            "t": tf.SparseTensor([[0, 0], [2, 1]], ["a", "b"], [4, 2]),
            "d": tf.constant([1, 2, 3, 4])}
  moved, keys, ops = sqss._deconstruct_sparse_tensor_seq(
      values, shared_name="maps")
  moved = {key: tf.reshape(value, [2, 2]) for key, value in moved.items()}
  sqss._reconstruct_sparse_tensor_seq(moved, keys, ops, 2, 2)
  return flat(moved)


@case(runs=1)
def sparse_context_there_and_back(tf):
  sqss = private(tf, "sequence_queueing_state_saver")
  context = {"s": tf.SparseTensor([[0], [2]], [1, 2], [3]),
             "d": tf.constant([1])}
  sequences = {"x": tf.zeros([4, 1])}
  sqss._move_sparse_tensor_out_context(context, sequences, 2)
  found = flat({"out_" + key: value for key, value in sequences.items()})
  batch = {key: tf.sparse_reshape(value, [2, 2, 3])
           for key, value in sequences.items() if hasattr(value, "indices")}
  sqss._move_sparse_tensor_in_context(context, batch)
  found.update(flat(context))
  return found


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
