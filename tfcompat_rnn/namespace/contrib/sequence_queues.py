"""`SequenceQueueingStateSaver`: sequences cut into segments, with their state.

An example is cut into segments of `num_unroll` steps. A barrier holds one
entry for each segment; an entry is complete, and can be taken as a row of a
batch, once the state that the segment starts from has been inserted. The first
segment gets the initial state, each later one the state that `save_state`
stores when the segment before it has been computed.
"""

import collections
import operator

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


def _received(what, doc):
  """A property of a batch that its saver has."""
  return property(
      operator.attrgetter(f"_state_saver._received_{what}"), doc=doc)


class NextQueuedSequenceBatch(object):
  """The batch of a `SequenceQueueingStateSaver`: see its `next_batch`.

  >>> batch = saver.next_batch
  >>> outputs, _ = tf.nn.static_state_saving_rnn(
  ...     cell, tf.unstack(batch.sequences["x"], axis=1), batch, "lstm")

  TF 1.15: `tf.contrib.training.NextQueuedSequenceBatch`.
  """

  def __init__(self, state_saver):
    self._state_saver = state_saver

  total_length = _received(
      "total_length", "The lengths of the whole sequences, int32 `[batch]`.")
  length = _received(
      "length", "The lengths of the segments without padding, int32 `[batch]`.")
  batch_size = _received(
      "batch_size",
      "The number of rows, an int32 scalar; see `allow_small_batch`.")
  insertion_index = _received(
      "indices",
      """The order in which the examples were inserted, int64 `[batch]`.

      It starts at -2**63, increases with each example, and is the same for
      all segments of an example.
      """)
  key = _received(
      "keys",
      'The keys of the segments, such as "00000_of_00002:KEY", `[batch]`.')
  next_key = _received(
      "next_key",
      'The keys of the segments that follow; "STOP:KEY" after the last.')
  sequence = _received(
      "sequence", "The numbers of the segments, from 0, int32 `[batch]`.")
  sequence_count = _received(
      "sequence_count",
      "The numbers of segments of the examples, int32 `[batch]`.")
  context = _received(
      "context",
      "`{name: [batch, ...]}`, the same for all segments of an example.")
  sequences = _received("sequences", "`{name: [batch, num_unroll, ...]}`.")

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
    `value` is known to have another shape than the state.
    """
    saver = self._state_saver
    if state_name not in saver._received_states:
      raise _errors.StateNameError(_errors.problem(
          "state_name", f"be one of {list(saver._received_states)}",
          f"{state_name!r}, a state that was not declared",
          "give it an initial state"))
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
        self._scope = self._name = scope
        self._batch_size, self._num_unroll = batch_size, num_unroll
        self._prepare(sequence_checks._SequenceInputWrapper(
            input_length, input_key, input_sequences, input_context),
                      initial_states)
        self._create_barrier()
    self._allow_small_batch = allow_small_batch
    self._prefetch_op = self._next_batch = None

  def _prepare(self, inputs, initial_states):
    """Checks the shapes and the lengths of one example."""
    length, self._key, states, sequences, self._sorted_context = (
        sequence_checks._prepare_sequence_inputs(inputs, initial_states))
    self._sorted_states = self._uninitialized_states = states
    first = next(iter(sequences.values()))
    steps = self._padded_length = sequence_checks._check_multiple_of(
        tf.identity(tf.shape(first)[0], name="padded_length"),
        self._num_unroll)
    for key, value in sequences.items():
      sequences[key] = sequence_checks._check_dimensions(
          value, [0], [steps], debug_prefix=f"sorted_sequences_{key}")
    self._sorted_sequences = sequences
    self._store_index_maps(sequences, self._sorted_context, states)
    fits = tf.Assert(tf.less_equal(length, steps), [
        "`input_length` must fit into the sequences, got", length,
        "for sequences of the length", steps])
    with tf.control_dependencies([fits]):
      self._length = tf.identity(length)

  name, batch_size, num_unroll = (
      property(operator.attrgetter(what))
      for what in ("_name", "_batch_size", "_num_unroll"))
  barrier = property(operator.attrgetter("_barrier"),
                     doc="The barrier that holds the segments.")

  def _once(self, attribute, make):
    """What `make` returns in the saver's name scope; called once only."""
    if getattr(self, attribute) is None:
      with self._in_scope():
        setattr(self, attribute, make())
    return getattr(self, attribute)

  @property
  def prefetch_op(self):
    """The operation that inserts one example; blocks while it is full.

    Run it in a `tf.train.QueueRunner`.
    """
    return self._once("_prefetch_op", self._insert_example)

  @property
  def next_batch(self):
    """The `NextQueuedSequenceBatch`; reading its tensors takes a batch."""
    # What inserts is made before what takes, as in 1.15.
    self._once("_prefetch_op", self._insert_example)
    return self._once("_next_batch", self._take_batch)

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
    self._index_to_name = [f"__{field}" for field, _ in _FIELDS]
    for kind, names in (("sequence", sequences), ("context", context),
                        ("state", states)):
      self._index_to_name += [f"__{kind}__{name}" for name in names]
    self._name_to_index = {
        name: place for place, name in enumerate(self._index_to_name)}

  def _get_barrier_index(self, index_type, name):
    place = self._name_to_index.get(f"__{index_type}__{name}")
    assert place is not None, f"there is no {index_type} called {name}"
    return place

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

  def _insert_example(self):
    return sequence_segments.insert_example(self, _TOKEN)

  def _take_batch(self):
    """Creates the tensors of a batch, and the batch."""
    self._received_indices, self._received_keys, values = (
        self._barrier.take_many(self._batch_size, self._allow_small_batch,
                                name="BarrierTakeMany"))
    # In the order of `_FIELDS`, which come first in an entry.
    (self._received_length, self._received_total_length,
     self._received_next_key, self._received_sequence,
     self._received_sequence_count) = values[:len(_FIELDS)]

    def parts(kind, names):
      return collections.OrderedDict(
          (name, values[self._get_barrier_index(kind, name)])
          for name in names)

    self._received_context = parts("context", self._sorted_context)
    self._received_sequences = parts("sequence", self._sorted_sequences)
    self._received_batch_size = tf.squeeze(tf.shape(self._received_length))
    self._sequence_is_done = (
        self._received_sequence + 1 >= self._received_sequence_count)
    finished = tf.reduce_sum(tf.cast(self._sequence_is_done, tf.int32))
    # Whoever reads a state also frees the places of the examples that end.
    with tf.control_dependencies([self._capacity_queue.dequeue_many(finished)]):
      self._received_states = collections.OrderedDict(
          (name, tf.identity(value))
          for name, value in parts("state", self._sorted_states).items())
    return NextQueuedSequenceBatch(self)


def _with_capacity(input_key, capacity, batch_size):
  """`input_key`, checked that a batch can ever be complete."""
  if capacity is None:
    return input_key
  if isinstance(batch_size, tf.Tensor):
    with tf.control_dependencies([tf.assert_greater_equal(
        tf.cast(capacity, tf.int64), tf.cast(batch_size, tf.int64),
        message="`capacity` must be at least `batch_size`; raise it")]):
      return tf.identity(input_key)
  if capacity < batch_size:
    raise _errors.ArgumentError(_errors.problem(
        "capacity", f"be at least the batch size {batch_size}, or no batch is "
        "ever complete", capacity, "pass a larger one"))
  return input_key


def _require_states(initial_states):
  if not isinstance(initial_states, dict):
    raise _errors.ArgumentTypeError(_errors.problem(
        "initial_states", "be a dictionary", type(initial_states).__name__,
        "pass {name: tensor}"))
  if not initial_states:
    raise _errors.ArgumentError(_errors.problem(
        "initial_states", "have at least one state, by which a segment waits "
        "for the one before it", "none", "pass {name: tensor}"))
  for name in initial_states:
    sequence_checks.require_label("initial_states", name)
