"""Sequence queues, and the maps of sparse tensors. Python 3.7 syntax."""

import numpy as np

from training_input.registry import case
from training_input.registry import flat
from training_input.registry import numbers
from training_input.registry import private
from training_input.registry import sparse
from training_input.registry import with_first


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
