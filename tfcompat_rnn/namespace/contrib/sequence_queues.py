"""`SequenceQueueingStateSaver`: sequences cut into segments, with their state.

An example is cut into segments of `num_unroll` steps. A barrier holds one
entry for each segment; an entry is complete, and can be taken as a row of a
batch, once the state that the segment starts from has been inserted. The first
segment gets the initial state, each later one the state that `save_state`
stores when the segment before it has been computed.
"""

import collections

from tfcompat_rnn import _errors
from tfcompat_rnn._tf import private
from tfcompat_rnn._tf import tf
from tfcompat_rnn.namespace.contrib import sequence_checks
from tfcompat_rnn.namespace.contrib import sequence_segments

# What a barrier's entry has besides sequences, context and states, with the
# types. The order is that of the barrier's components in 1.15.
_FIELDS = (("length", tf.int32), ("total_length", tf.int32),
           ("next_key", tf.string), ("sequence", tf.int32),
           ("sequence_count", tf.int32))
# The value of the tokens in the queue that counts examples; never read. This
# is 1.15's, which stands in a constant of the graph.
_TOKEN = 21051976


class NextQueuedSequenceBatch(object):
  """The batch of a `SequenceQueueingStateSaver`: see its `next_batch`.

  >>> batch = saver.next_batch
  >>> outputs, _ = tf.nn.static_state_saving_rnn(
  ...     cell, tf.unstack(batch.sequences["x"], axis=1), batch, "lstm")

  TF 1.15: `tf.contrib.training.NextQueuedSequenceBatch`.
  """

  def __init__(self, state_saver):
    self._state_saver = state_saver

  @property
  def total_length(self):
    """The lengths of the whole sequences, int32 `[batch]`."""
    return self._state_saver._received_total_length

  @property
  def length(self):
    """The lengths of the segments without padding, int32 `[batch]`."""
    return self._state_saver._received_length

  @property
  def batch_size(self):
    """The number of rows, an int32 scalar; see `allow_small_batch`."""
    return self._state_saver._received_batch_size

  @property
  def insertion_index(self):
    """The order in which the examples were inserted, int64 `[batch]`.

    It starts at -2**63, increases with each example, and is the same for all
    segments of an example.
    """
    return self._state_saver._received_indices

  @property
  def key(self):
    """The keys of the segments, such as "00000_of_00002:KEY", `[batch]`."""
    return self._state_saver._received_keys

  @property
  def next_key(self):
    """The keys of the segments that follow; "STOP:KEY" after the last."""
    return self._state_saver._received_next_key

  @property
  def sequence(self):
    """The numbers of the segments, from 0, int32 `[batch]`."""
    return self._state_saver._received_sequence

  @property
  def sequence_count(self):
    """The numbers of segments of the examples, int32 `[batch]`."""
    return self._state_saver._received_sequence_count

  @property
  def context(self):
    """`{name: [batch, ...]}`, the same for all segments of an example."""
    return self._state_saver._received_context

  @property
  def sequences(self):
    """`{name: [batch, num_unroll, ...]}`."""
    return self._state_saver._received_sequences

  def state(self, state_name):
    """The state that the segments start from, `[batch, ...]`.

    Raises KeyError if there is no initial state of this name.
    """
    return self._state_saver._received_states[state_name]

  def save_state(self, state_name, value, name=None):
    """The operation that stores `value`, `[batch, ...]`, for later segments.

    Run it for each batch that is taken, for every state: otherwise the
    segments that follow never become complete.

    Raises StateNameError (a KeyError) for an unknown name, ArgumentError if
    the shape of `value` is known and not that of the state.
    """
    saver = self._state_saver
    if state_name not in saver._received_states:
      raise _errors.StateNameError(
          f"state was not declared: {state_name}; pass one of "
          f"{list(saver._received_states)}")
    with tf.name_scope(name, "InputQueueingStateSaver_SaveState", [value]):
      # Only the CPU has barriers and queues, so their bookkeeping stays there.
      with tf.colocate_with(saver._capacity_queue.queue_ref):
        unfinished = tf.reshape(
            tf.where_v2(tf.logical_not(saver._sequence_is_done)), [-1])
        keys = tf.gather(saver._received_next_key, unfinished)
        value = sequence_checks._check_shape(
            tf.identity(value, name=f"convert_{state_name}"),
            tf.shape(saver._received_states[state_name]))
        return saver._barrier.insert_many(
            saver._get_barrier_index("state", state_name), keys,
            tf.gather(value, unfinished),
            name=f"BarrierInsertState_{state_name}")


class SequenceQueueingStateSaver(object):
  """Cuts sequences into segments, batches them, and keeps their states.

  >>> saver = tf.contrib.training.SequenceQueueingStateSaver(
  ...     batch_size=4, num_unroll=10, input_length=length, input_key=key,
  ...     input_sequences={"x": x}, input_context={}, capacity=400,
  ...     initial_states={"lstm": tf.zeros([cell.state_size])})
  >>> batch = saver.next_batch
  >>> tf.train.add_queue_runner(
  ...     tf.train.QueueRunner(saver, [saver.prefetch_op]))

  `prefetch_op` inserts one example. `batch_sequences_with_states` builds the
  saver and its queue runner, and pads.

  Args:
    batch_size: int or int32 scalar.
    num_unroll: int, the steps of a segment.
    input_length: int32 scalar, the length without padding.
    input_key: string scalar, unique among the examples in the barrier.
    input_sequences: `{name: [time, ...]}`; time is the same for all and a
      multiple of `num_unroll`, the other dimensions are known.
    input_context: `{name: tensor}` of known shapes, copied to all segments.
    initial_states: `{name: tensor}` of known shapes, not empty.
    capacity: how many examples are held at once, at least `batch_size`; None
      for any number.
    allow_small_batch: whether there are smaller batches after `close`.
    name: name scope of the operations.

  Raises:
    ArgumentTypeError: an argument or a name has the wrong type.
    ArgumentError: a shape is unknown, a dictionary is empty, a name contains
      a colon, or `capacity` is too small.
    InvalidArgumentError: at run time, if the time is no multiple of
      `num_unroll` or differs between sequences.

  TF 1.15: `tf.contrib.training.SequenceQueueingStateSaver`.
  """

  def __init__(self, batch_size, num_unroll, input_length, input_key,
               input_sequences, input_context, initial_states, capacity=None,
               allow_small_batch=False, name=None):
    input_key = _with_capacity(input_key, capacity, batch_size)
    # The barrier itself is unbounded, or a long example could block itself.
    # This queue holds a token per example, which bounds their number.
    self._capacity_queue = tf.FIFOQueue(
        capacity=capacity, dtypes=[tf.int32], shapes=[[]])
    # Only the CPU has barriers and queues, so their bookkeeping stays there.
    with tf.colocate_with(self._capacity_queue.queue_ref):
      _require_states(initial_states)
      with tf.name_scope(name, "InputQueueingStateSaver", [
          input_length, input_key, *input_sequences.values(),
          *input_context.values()]) as scope:
        inputs = sequence_checks._SequenceInputWrapper(
            input_length, input_key, input_sequences, input_context)
        self._batch_size = batch_size
        self._num_unroll = num_unroll
        self._name = scope
        self._prepare(inputs, initial_states)
        self._create_barrier()
        self._scope = scope
    self._allow_small_batch = allow_small_batch
    self._prefetch_op = None
    self._next_batch = None

  def _prepare(self, inputs, initial_states):
    """Checks the shapes and the lengths of one example."""
    (self._length, self._key, self._sorted_states, self._sorted_sequences,
     self._sorted_context) = sequence_checks._prepare_sequence_inputs(
         inputs, initial_states)
    first = next(iter(self._sorted_sequences.values()))
    self._padded_length = sequence_checks._check_multiple_of(
        tf.identity(tf.shape(first)[0], name="padded_length"),
        self._num_unroll)
    self._sorted_sequences = collections.OrderedDict(
        (key, sequence_checks._check_dimensions(
            value, [0], [self._padded_length],
            debug_prefix=f"sorted_sequences_{key}"))
        for key, value in self._sorted_sequences.items())
    self._uninitialized_states = self._sorted_states
    self._store_index_maps(
        self._sorted_sequences, self._sorted_context, self._sorted_states)
    with tf.control_dependencies([tf.Assert(
        tf.less_equal(self._length, self._padded_length), [
            "Input length should be <= than length from sequences:",
            self._length, " vs. ", self._padded_length])]):
      self._length = tf.identity(self._length)

  @property
  def name(self):
    return self._name

  @property
  def barrier(self):
    """The barrier that holds the segments."""
    return self._barrier

  @property
  def batch_size(self):
    return self._batch_size

  @property
  def num_unroll(self):
    return self._num_unroll

  @property
  def prefetch_op(self):
    """The operation that inserts one example; blocks while it is full.

    Run it in a `tf.train.QueueRunner`.
    """
    if not self._prefetch_op:
      with self._in_scope():
        self._create_prefetch_op()
    return self._prefetch_op

  @property
  def next_batch(self):
    """The `NextQueuedSequenceBatch`; reading its tensors takes a batch."""
    if not self._prefetch_op:
      with self._in_scope():
        self._create_prefetch_op()
    if not self._next_batch:
      with self._in_scope():
        self._prepare_barrier_reads()
    return self._next_batch

  def close(self, cancel_pending_enqueues=False, name=None):
    """The operation after which no new example can be inserted.

    Segments of examples that are in the barrier can still be taken, unless
    `cancel_pending_enqueues`.
    """
    with tf.name_scope(name, "SQSSClose", [self._prefetch_op]) as scope:
      # Not tf.group: see `insert_example`.
      with tf.control_dependencies([
          self.barrier.close(cancel_pending_enqueues, "BarrierClose"),
          self._capacity_queue.close(cancel_pending_enqueues, "FIFOClose")]):
        return tf.no_op(name=scope)

  def _in_scope(self):
    # A name that ends in "/" is taken as it is, from any scope.
    return tf.name_scope(self._scope, values=[self._barrier.barrier_ref])

  def _store_index_maps(self, sequences, context, states):
    """Numbers the barrier's components by name."""
    assert all(isinstance(part, dict)
               for part in (sequences, context, states))
    self._index_to_name = [
        *(f"__{field}" for field, _ in _FIELDS),
        *(f"__sequence__{key}" for key in sequences),
        *(f"__context__{key}" for key in context),
        *(f"__state__{key}" for key in states)]
    self._name_to_index = {
        name: place for place, name in enumerate(self._index_to_name)}

  def _get_barrier_length_index(self):
    return self._name_to_index["__length"]

  def _get_barrier_total_length_index(self):
    return self._name_to_index["__total_length"]

  def _get_barrier_next_key_index(self):
    return self._name_to_index["__next_key"]

  def _get_barrier_sequence_index(self):
    return self._name_to_index["__sequence"]

  def _get_barrier_sequence_count_index(self):
    return self._name_to_index["__sequence_count"]

  def _get_barrier_index(self, index_type, name):
    assert index_type in ("sequence", "context", "state"), index_type
    key = f"__{index_type}__{name}"
    assert key in self._name_to_index, (
        f"Requested a name not in the value type {index_type}: {name}")
    return self._name_to_index[key]

  def _create_barrier(self):
    """Creates the barrier with the types and shapes of one segment."""
    sequences = list(self._sorted_sequences.values())
    whole = [*self._sorted_context.values(), *self._sorted_states.values()]
    self._barrier = private("data_flow_ops").Barrier(
        types=[dtype for _, dtype in _FIELDS]
        + [value.dtype for value in sequences + whole],
        shapes=[()] * len(_FIELDS)
        + [[self._num_unroll] + value.get_shape().as_list()[1:]
           for value in sequences]
        + [value.get_shape().as_list() for value in whole])

  def _create_prefetch_op(self):
    """Creates the operation that inserts all segments of an example."""
    self._prefetch_op = sequence_segments.insert_example(self, _TOKEN)

  def _prepare_barrier_reads(self):
    """Creates the tensors of a batch, and the batch."""
    indices, keys, values = self._barrier.take_many(
        self._batch_size, self._allow_small_batch, name="BarrierTakeMany")
    self._received_indices = indices
    self._received_keys = keys
    self._received_sequence = values[self._get_barrier_sequence_index()]
    self._received_sequence_count = values[
        self._get_barrier_sequence_count_index()]
    self._received_next_key = values[self._get_barrier_next_key_index()]
    self._received_length = values[self._get_barrier_length_index()]
    self._received_total_length = values[
        self._get_barrier_total_length_index()]

    def received(kind, names, convert=lambda value: value):
      return collections.OrderedDict(
          (name, convert(values[self._get_barrier_index(kind, name)]))
          for name in names)

    self._received_context = received("context", self._sorted_context)
    self._received_sequences = received("sequence", self._sorted_sequences)
    self._received_batch_size = tf.squeeze(tf.shape(self._received_length))
    self._sequence_is_done = (
        self._received_sequence + 1 >= self._received_sequence_count)
    finished = tf.reduce_sum(tf.cast(self._sequence_is_done, tf.int32))
    # Whoever reads a state also frees the places of the examples that end.
    with tf.control_dependencies([self._capacity_queue.dequeue_many(finished)]):
      self._received_states = received(
          "state", self._sorted_states, tf.identity)
    self._next_batch = NextQueuedSequenceBatch(self)


def _with_capacity(input_key, capacity, batch_size):
  """`input_key`, checked that a batch can ever be complete."""
  if capacity is None:
    return input_key
  if isinstance(batch_size, tf.Tensor):
    with tf.control_dependencies([tf.assert_greater_equal(
        tf.cast(capacity, tf.int64), tf.cast(batch_size, tf.int64),
        message="capacity needs to be >= batch_size.")]):
      return tf.identity(input_key)
  if capacity < batch_size:
    raise _errors.ArgumentError(
        f"capacity {capacity} needs to be >= batch_size {batch_size}, or no "
        "batch is ever complete; pass a larger capacity")
  return input_key


def _require_states(initial_states):
  if not isinstance(initial_states, dict):
    raise _errors.ArgumentTypeError(
        "initial_states must be a dictionary, got "
        f"{type(initial_states).__name__}; pass {{name: tensor}}")
  if not initial_states:
    raise _errors.ArgumentError(
        "initial_states may not be empty: the barrier needs at least one "
        "state variable to run the segments of a sequence one after the "
        "other; pass {name: tensor}")
  for name in initial_states:
    sequence_checks.require_label("state name", name, "a string")
