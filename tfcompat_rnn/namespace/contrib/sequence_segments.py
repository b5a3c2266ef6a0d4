"""What a sequence queue inserts for one example: its segments."""

import collections

from tfcompat_rnn._tf import tf
from tfcompat_rnn.namespace.contrib import sequence_checks


def _keys(key, numbers, count):
  """`(keys, next keys)`, a string for each segment."""
  keys = tf.string_join(
      [tf.as_string(numbers, width=5, fill="0"), "_of_",
       tf.as_string(count, width=5, fill="0"), ":", key],
      name="StringJoinCurrentKeys")
  after = tf.concat(
      [tf.slice(keys, [1], [-1]),
       tf.expand_dims(
           tf.string_join(["STOP:", key], name="StringJoinStop"), 0)],
      0, name="concat_next_keys")
  return keys, after


def _cut(name, value, count, num_unroll):
  """`[time, ...]` -> `[segment, num_unroll, ...]`."""
  inner = value.get_shape().as_list()[1:]
  shape = tf.concat(
      [tf.expand_dims(count, 0), tf.expand_dims(num_unroll, 0), inner], 0,
      name=f"concat_sequences_{name}")
  return sequence_checks._check_dimensions(
      tf.reshape(value, shape, name=f"reshape_sequences_{name}"),
      list(range(len(inner) + 2)), [count, num_unroll] + inner,
      debug_prefix=f"reshaped_sequences_{name}")


def _copied(name, value, count):
  """`[...]` -> `[segment, ...]`."""
  rank = value.get_shape().rank
  row = tf.expand_dims(value, 0)
  times = tf.concat([tf.expand_dims(count, 0), [1] * rank], 0,
                    name=f"concat_context_{name}")
  return sequence_checks._check_dimensions(
      tf.tile(row, times, name=f"tile_context_{name}"),
      list(range(rank + 1)), [count] + value.get_shape().as_list(),
      debug_prefix=f"expanded_context_{name}")


def insert_example(saver, token):
  """The operation that inserts all segments of the example of `saver`.

  `token` goes into the queue that bounds the number of examples.
  """
  num_unroll, barrier = saver._num_unroll, saver._barrier
  places = saver._name_to_index
  count = tf.div(saver._padded_length, num_unroll)
  ones = tf.ones(tf.expand_dims(count, 0), dtype=tf.int32)
  numbers = tf.range(count)
  lengths = tf.maximum(0, saver._length - num_unroll * numbers)
  lengths = tf.minimum(num_unroll, lengths)
  total_lengths = saver._length * ones
  counts = count * ones
  keys, next_keys = _keys(saver._key, numbers, count)
  sequences = collections.OrderedDict(
      (name, _cut(name, value, count, num_unroll))
      for name, value in saver._sorted_sequences.items())
  context = collections.OrderedDict(
      (name, _copied(name, value, count))
      for name, value in saver._sorted_context.items())

  def insert(place, value, name):
    return barrier.insert_many(place, keys, value, name=f"BarrierInsert{name}")

  first = insert(places["__sequence"], numbers, "Sequence")
  rest = [
      insert(places["__sequence_count"], counts, "SequenceCount"),
      insert(places["__next_key"], next_keys, "NextKey"),
      insert(places["__length"], lengths, "Length"),
      insert(places["__total_length"], total_lengths, "TotalLength")]
  of_context = [
      insert(saver._get_barrier_index("context", name), value,
             f"Context_{name}") for name, value in context.items()]
  of_sequences = [
      insert(saver._get_barrier_index("sequence", name), value,
             f"Sequences_{name}") for name, value in sequences.items()]
  enqueue_token = saver._capacity_queue.enqueue((token,))
  # The first insertion gives all segments of the example the same insertion
  # index, so it precedes the state, which makes the first segment complete.
  with tf.control_dependencies([first, enqueue_token]):
    of_states = []
    for name, value in saver._uninitialized_states.items():
      place = saver._get_barrier_index("state", name)
      row = tf.stack([keys[0]])
      of_states.append(barrier.insert_many(
          place, row, tf.stack([value]),
          name=f"BarrierInitialInsertState_{name}"))
  # Not tf.group: today's queues carry a device, 1.15's did not, and tf.group
  # creates an operation for each device.
  with tf.control_dependencies([
      enqueue_token, first, *rest, *of_states, *of_context, *of_sequences]):
    return tf.no_op(name="StateSaverPrefetchGroup")
