"""Sparse tensors on their way through a sequence queue.

A barrier stores dense tensors only. So a sparse sequence is put into
TensorFlow's map of sparse tensors, and its handles, one per time step, go
through the barrier in its place. A sparse context becomes a sequence first.
"""

from tfcompat_rnn._tf import private
from tfcompat_rnn._tf import tf

_SPARSE_CONTEXT_PREFIX_KEY = "_context_in_seq_"


def is_sparse(value):
  return isinstance(value, (tf.SparseTensor, tf.SparseTensorValue))


def _sparse_keys(values):
  return [key for key in sorted(values) if is_sparse(values[key])]


def _store_sparse(sp_input, container=None, shared_name=None, name=None):
  """The handles of the rows of `sp_input`, which is put into the map."""
  return private("add_many_sparse_to_tensors_map")(
      sp_input, container=container, shared_name=shared_name, name=name)


def _restore_sparse(sparse_map_op, sparse_handles, rank=None, name=None):
  """The sparse tensor of the rows with these handles."""
  return private("take_many_sparse_from_tensors_map")(
      sparse_map_op, sparse_handles, rank=rank, name=name)


def _first_dimension(sequences):
  """The number of time steps, int64; 1 without sequences."""
  steps = tf.constant(1)
  if sequences:
    first = next(iter(sequences.values()))
    if isinstance(first, tf.Tensor):
      with tf.control_dependencies([first]):
        steps = tf.shape(first)[0]
    else:
      steps = first.dense_shape[0]
  return tf.cast(steps, tf.int64)


def _once_per_segment(value, steps, num_unroll):
  """A sparse sequence of `steps` with `value` at the start of each segment."""
  segments = tf.cast(steps // num_unroll, tf.int32)
  values = tf.tile(value.values, tf.expand_dims(segments, 0))
  dense_shape = tf.concat(
      [tf.expand_dims(steps, 0), value.dense_shape], 0)
  # [segments, entries, rank]
  places = tf.tile(tf.expand_dims(value.indices, 0),
                   tf.stack([segments, 1, 1]))
  entries = tf.shape(value.indices)[0]
  rank = tf.shape(value.indices)[1]
  starts = tf.range(start=0, limit=steps, delta=num_unroll)
  starts = tf.expand_dims(tf.expand_dims(starts, 1), 2)
  starts = tf.tile(starts, [1, entries, 1])
  indices = tf.reshape(tf.concat([starts, places], 2),
                       [entries * segments, rank + 1])
  return tf.SparseTensor(indices, values, dense_shape)


def _move_sparse_tensor_out_context(input_context, input_sequences,
                                    num_unroll):
  """Moves sparse tensors from the context into the sequences, in place.

  A value moves to a key with a prefix, by which
  `_move_sparse_tensor_in_context` finds it again. It stands at the first step
  of each segment of `num_unroll` steps; all other steps are empty.
  """
  steps = _first_dimension(input_sequences)
  for key in _sparse_keys(input_context):
    input_sequences[_SPARSE_CONTEXT_PREFIX_KEY + key] = _once_per_segment(
        input_context[key], steps, num_unroll)
    del input_context[key]


def _move_sparse_tensor_in_context(context, sequences):
  """Undoes `_move_sparse_tensor_out_context` in a batch, in place."""
  moved = [key for key in sorted(sequences)
           if key.startswith(_SPARSE_CONTEXT_PREFIX_KEY)]
  for key in moved:
    value = sequences[key]
    # Every entry stands at time 0 of its segment.
    one_step = tf.SparseTensor(value.indices, value.values, tf.concat(
        [[value.dense_shape[0]], [1], value.dense_shape[2:]], 0))
    without_time = tf.concat(
        [[value.dense_shape[0]], value.dense_shape[2:]], 0)
    context[key[len(_SPARSE_CONTEXT_PREFIX_KEY):]] = tf.sparse_reshape(
        one_step, without_time)
    del sequences[key]


def _deconstruct_sparse_tensor_seq(input_sequence, shared_name=None):
  """Puts the sparse values of `input_sequence` into the map.

  Returns `(sequence, keys, ops)`: the dictionary with handles in place of the
  sparse values, the keys of those, and the operations that store them.
  Without sparse values, returns `(input_sequence, None, [])`.
  """
  keys = _sparse_keys(input_sequence)
  if not keys:
    return input_sequence, None, []
  handles = [_store_sparse(input_sequence[key], shared_name=shared_name)
             for key in keys]
  sequence = dict(input_sequence)
  sequence.update(zip(keys, handles))
  return sequence, keys, [tensor.op for tensor in handles]


def _split_rows(value, batch_size, num_unroll):
  """`[batch * time, ...]` -> `[batch, time, ...]`, of a sparse tensor."""
  # 1.15's operations: a true division that is rounded down.
  row = tf.cast(tf.floor(value.indices[:, 0] / num_unroll), tf.int64)
  step = tf.mod(value.indices[:, 0], num_unroll)
  indices = tf.concat(
      [tf.expand_dims(row, 1), tf.expand_dims(step, 1), value.indices[:, 1:]],
      axis=1)
  dense_shape = tf.concat(
      [[tf.cast(batch_size, tf.int64)], [tf.cast(num_unroll, tf.int64)],
       value.dense_shape[1:]], axis=0)
  return tf.SparseTensor(indices, value.values, dense_shape)


def _reconstruct_sparse_tensor_seq(sequence, sparse_tensor_keys,
                                   tensor_op_list, batch_size, num_unroll):
  """Replaces handles in `sequence` by the sparse tensors, in place.

  Undoes `_deconstruct_sparse_tensor_seq` for handles of shape
  `[batch_size, num_unroll]`: a sparse sequence of shape `[time, ...]` becomes
  one of `[batch_size, num_unroll, ...]`.
  """
  if not sparse_tensor_keys:
    return
  handles = [sequence[key] for key in sparse_tensor_keys]
  rows = [
      # The map takes a vector of handles.
      _restore_sparse(op, tf.reshape(tensor, [-1]), rank=None)
      for op, tensor in zip(tensor_op_list, handles)]
  num_unroll = tf.convert_to_tensor(
      num_unroll, dtype=tf.int64, name="num_unroll_int64")
  restored = [_split_rows(value, batch_size, num_unroll) for value in rows]
  for key, value in zip(sparse_tensor_keys, restored):
    sequence[key] = value
