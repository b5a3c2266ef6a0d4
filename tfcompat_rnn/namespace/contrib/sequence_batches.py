"""`batch_sequences_with_states`: batches of the segments of long sequences."""

import numbers

from tfcompat_rnn import _errors
from tfcompat_rnn._tf import private
from tfcompat_rnn._tf import tf
from tfcompat_rnn.namespace.contrib import sequence_checks
from tfcompat_rnn.namespace.contrib import sequence_queues
from tfcompat_rnn.namespace.contrib import sparse_sequences


def batch_sequences_with_states(
    input_key, input_sequences, input_context, input_length, initial_states,
    num_unroll, batch_size, num_threads=3, capacity=1000,
    allow_small_batch=True, pad=True, make_keys_unique=False,
    make_keys_unique_seed=None, name=None):
  """Batches of segments of `num_unroll` steps, each with the state before it.

  >>> batch = tf.contrib.training.batch_sequences_with_states(
  ...     input_key=key, input_sequences={"x": x}, input_context={},
  ...     input_length=None, initial_states={"lstm": tf.zeros([20])},
  ...     num_unroll=10, batch_size=4)
  >>> outputs, _ = tf.nn.static_state_saving_rnn(
  ...     cell, tf.unstack(batch.sequences["x"], axis=1), batch, "lstm",
  ...     sequence_length=batch.length)

  Takes one example at a time and adds a queue runner, which
  `tf.train.start_queue_runners` starts. Returns a `NextQueuedSequenceBatch`.

  Args:
    input_key: string scalar, unique among the examples that are in the queue.
    input_sequences: `{name: [time, ...]}`, dense or sparse, all equally long;
      only the time may be unknown.
    input_context: `{name: tensor}` that is the same for all segments; sparse
      tensors are taken out of the dictionary.
    input_length: int32 scalar, or None for the length of the sequences.
    initial_states: `{name: tensor}`, not empty.
    num_unroll: int, the steps of a segment.
    batch_size: int or int32 scalar.
    num_threads: how many threads insert examples.
    capacity: how many examples are held at once, at least `batch_size`.
    allow_small_batch: whether the last batches may be smaller.
    pad: pads the sequences with zeros to a multiple of `num_unroll`. Without
      it, `input_length` must be given, and another length is an error at run
      time.
    make_keys_unique: appends a random number to the key, drawn with the seed
      `make_keys_unique_seed`.
    name: name scope of the operations.

  Raises: the errors of `SequenceQueueingStateSaver`; ArgumentTypeError if a
    sequence cannot be made a tensor.

  TF 1.15: `tf.contrib.training.batch_sequences_with_states`.
  """
  with tf.name_scope(name, "batch_sequences_with_states", [
      *input_sequences.values(), *input_context.values(),
      *initial_states.values()]):
    if pad:
      length, input_sequences = _padding(input_sequences, num_unroll)
      input_length = length if input_length is None else input_length
    elif input_sequences:
      input_sequences = {
          key: _checked(key, value, num_unroll)
          for key, value in input_sequences.items()}
    sparse_sequences._move_sparse_tensor_out_context(
        input_context, input_sequences, num_unroll)
    stored, keys, storing = sparse_sequences._deconstruct_sparse_tensor_seq(
        input_sequences)
    if make_keys_unique:
      input_key = tf.string_join([input_key, tf.as_string(tf.random_uniform(
          (), minval=0, maxval=100000000, dtype=tf.int32,
          seed=make_keys_unique_seed))])
    saver = sequence_queues.SequenceQueueingStateSaver(
        batch_size, num_unroll, input_length=input_length,
        input_key=input_key, input_sequences=stored,
        input_context=input_context, initial_states=initial_states,
        capacity=capacity, allow_small_batch=allow_small_batch)
    tf.summary.scalar(f"queue/{saver.barrier.name}/ready_segment_batches_",
                      tf.cast(saver.barrier.ready_size(), tf.float32))
    tf.train.add_queue_runner(tf.train.QueueRunner(
        saver, [saver.prefetch_op] * num_threads,
        queue_closed_exception_types=(
            tf.errors.OutOfRangeError, tf.errors.CancelledError)))
    batch = saver.next_batch
    sparse_sequences._reconstruct_sparse_tensor_seq(
        batch.sequences, keys, storing, batch_size, num_unroll)
    sparse_sequences._move_sparse_tensor_in_context(
        batch.context, batch.sequences)
    return batch


def _checked(key, value, num_unroll):
  """`value`, checked at run time to have whole segments only."""
  sparse = sparse_sequences.is_sparse(value)
  if sparse:
    steps = value.dense_shape[0]
  else:
    try:
      value = tf.convert_to_tensor(value)
    except TypeError as error:
      raise _errors.ArgumentTypeError(_errors.problem(
          "input_sequences", "have tensors as values",
          f"{type(value)} for {key!r}",
          "convert it with tf.convert_to_tensor")) from error
    steps = tf.shape(value)[0]
  kind = "SparseTensor" if sparse else "Tensor"
  with tf.control_dependencies([sequence_checks.multiple_and_positive(
      steps, steps % num_unroll, num_unroll,
      f"{kind} {key} first dimension")]):
    if not sparse:
      return tf.identity(value, name="multiple_of_checked")
    return tf.SparseTensor(*[
        tf.identity(part, name="multiple_of_checked")
        for part in (value.indices, value.values, value.dense_shape)])


def _padding(sequences, num_unroll):
  """Pads all sequences to a multiple of `num_unroll`.

  Returns `(length, {name: sequence})`: their common length before, an int32
  scalar, and the padded sequences, zeros or "" being the padding. The lengths
  of dense sequences are compared at run time.

  Raises ArgumentError unless `num_unroll` is an int, ArgumentTypeError unless
  `sequences` is a dictionary with string keys.
  """
  if not isinstance(num_unroll, numbers.Integral):
    raise _errors.ArgumentError(_errors.problem(
        "num_unroll", "be an integer", num_unroll,
        "pass the number of steps"))
  if not isinstance(sequences, dict):
    raise _errors.ArgumentTypeError(_errors.problem(
        "sequences", "be a dictionary", sequences, "pass {name: tensor}"))
  for key in sequences:
    if not isinstance(key, str):
      raise _errors.ArgumentTypeError(_errors.problem(
          "sequences", "have strings as keys", repr(key), "rename it"))
  if not sequences:
    return 0, {}
  sequences = {
      key: value if sparse_sequences.is_sparse(value)
      else tf.convert_to_tensor(value)
      for key, value in sorted(sequences.items())}
  length = _common_length(sequences)
  unroll = tf.constant(num_unroll)
  padded = length + ((unroll - (length % unroll)) % unroll)
  return length, {
      key: _padded(value, padded) if isinstance(value, tf.Tensor)
      else _padded_sparse(value, padded) for key, value in sequences.items()}


def _common_length(sequences):
  lengths = [tf.shape(value)[0] for value in sequences.values()
             if isinstance(value, tf.Tensor)]
  if not lengths:
    return tf.reduce_max(tf.cast(
        [value.dense_shape[0] for value in sequences.values()
         if isinstance(value, tf.SparseTensor)], tf.int32))
  same = [tf.Assert(tf.equal(length, lengths[0]), [tf.string_join(
      ["`sequences` must all have the same length, got: ",
       tf.as_string(lengths)])]) for length in lengths]
  return private("control_flow_ops").with_dependencies(same, lengths[0])


def _padded(value, steps):
  missing = [steps - tf.shape(value)[0]]
  shape = tf.concat((missing, tf.shape(value)[1:]), 0)
  blank = tf.constant("" if value.dtype == tf.string else 0, value.dtype)
  return tf.concat([value, tf.fill(dims=shape, value=blank)], 0)


def _padded_sparse(value, steps):
  shape = tf.concat([[tf.cast(steps, tf.int64)], value.dense_shape[1:]], 0)
  return tf.SparseTensor(value.indices, value.values, shape)
