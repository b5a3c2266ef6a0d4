"""What attention mechanisms compute: scores of a query against a memory.

A mechanism prepares its memory once, `[batch, time, depth]`. At each step it
scores the query against each position of the memory, masks the scores of the
positions after the end of a sequence, and turns them into alignments,
`[batch, time]`.
"""

from tfcompat_rnn import _errors
from tfcompat_rnn import _snapshot
from tfcompat_rnn._tf import tf
from tfcompat_rnn.seq2seq import _words


def bahdanau_score(processed_query, keys, attention_v, attention_g=None,
                   attention_b=None):
  """Scores a query additively: sum_d v_d tanh(keys + query)_d.

    score = bahdanau_score(query_layer(query), keys, attention_v)

  With `attention_g` and `attention_b` this is the normalized form: g v / |v|
  takes the place of v, and b is added inside the tanh.

  Args:
    processed_query: `[batch, units]`.
    keys: `[batch, time, units]`.
    attention_v: `[units]`.
    attention_g: a scalar, or None.
    attention_b: `[units]`, or None.

  Returns `[batch, time]` with the dtype of the keys.

  Bahdanau et al., https://arxiv.org/abs/1409.0473; normalized after Salimans
  and Kingma, https://arxiv.org/abs/1602.07868.

  TF 1.15: `_bahdanau_score` in `tf.contrib.seq2seq`'s `attention_wrapper`.
  """
  query = tf.expand_dims(processed_query, 1)
  if attention_g is None or attention_b is None:
    return tf.reduce_sum(attention_v * tf.tanh(keys + query), [2])
  direction = attention_g * attention_v * tf.rsqrt(
      tf.reduce_sum(tf.square(attention_v)))
  return tf.reduce_sum(direction * tf.tanh(keys + query + attention_b), [2])


def luong_score(query, keys, scale):
  """Scores a query by its inner products with the keys, times `scale`.

    score = luong_score(query, keys, scale=None)

  Args:
    query: `[batch, units]`.
    keys: `[batch, time, units]`.
    scale: a scalar tensor, or None.

  Returns `[batch, time]` with the dtype of the keys.

  Raises ArgumentError if query and keys differ in depth.

  Luong et al., https://arxiv.org/abs/1508.04025.

  TF 1.15: `_luong_score` in `tf.contrib.seq2seq`'s `attention_wrapper`.
  """
  depth = tf.dimension_value(query.get_shape()[-1])
  units = tf.dimension_value(keys.get_shape()[-1])
  if depth is not None and units is not None and depth != units:
    raise _errors.ArgumentError(_errors.problem(
        "query", f"have as many units as the keys, {units}",
        f"{depth} ({query.name}, keys {keys.name})",
        f"set num_units of the mechanism to {depth}"))
  # [batch, 1, units] times [batch, units, time]
  score = tf.matmul(tf.expand_dims(query, 1), keys, transpose_b=True)
  score = tf.squeeze(score, [1])
  return score if scale is None else scale * score


def _check_one_mask(memory_sequence_length, memory_mask):
  if memory_sequence_length is not None and memory_mask is not None:
    raise _errors.ArgumentError(_errors.problem(
        "memory_mask", "be None together with memory_sequence_length",
        "both", "pass one of the two"))


def _check_inner_dims(memory):
  shape = memory.get_shape()
  if not shape[2:].is_fully_defined():
    raise _errors.ArgumentError(_errors.problem(
        "memory", "have fully defined inner dims, [batch, time, depth]",
        f"{shape} ({memory.name})",
        "use memory.set_shape, or check_inner_dims_defined=False"))


def _check_lengths(lengths, memory):
  rank = lengths.get_shape().ndims
  if rank is not None and rank > 1:
    raise _errors.ArgumentError(_errors.problem(
        "memory_sequence_length", "be a vector with one length per row",
        f"shape {lengths.get_shape()}", "pass an int32 tensor [batch]"))
  if rank != 1 or memory.get_shape().ndims is None:
    return
  got, rows = (tf.dimension_value(tensor.get_shape()[0])
               for tensor in (lengths, memory))
  # One row is broadcast to all, as in 1.15.
  if None not in (got, rows) and got != rows and 1 not in (got, rows):
    raise _errors.ArgumentError(_words.problem(
        "memory_sequence_length", f"have a length for each of the {rows} rows "
        "of the memory", got, "for a beam search, pass both through "
        "tf.contrib.seq2seq.tile_batch",
        f"Dimensions must be equal, but are {rows} and {got}"))


def _masked(memory, mask):
  rank = memory.get_shape().ndims
  rank = tf.rank(memory) if rank is None else rank
  ones = tf.ones(rank - 2, dtype=tf.int32)
  mask = tf.reshape(mask, tf.concat((tf.shape(mask), ones), 0))
  return memory * mask


def prepare_memory(memory, memory_sequence_length=None, memory_mask=None,
                   check_inner_dims_defined=True):
  """`memory` as a tensor, with zeros after the end of each sequence.

    values = prepare_memory(encoder_outputs, lengths)

  Args:
    memory: `[batch, time, ...]`, or a nested structure of such tensors.
    memory_sequence_length: `[batch]` integers, or None.
    memory_mask: `[batch, time]` of bools, False where the memory is to be
      zero, or None.
    check_inner_dims_defined: whether to require that all dimensions but the
      first two are known.

  Returns the memory, with its dtype and structure.

  Raises ArgumentError if an inner dimension is unknown, if both lengths and a
  mask are given, or if there is not one length for each row.

  TF 1.15: `_prepare_memory` in `tf.contrib.seq2seq`'s `attention_wrapper`.
  """
  memory = tf.nest.map_structure(
      lambda part: tf.convert_to_tensor(part, name="memory"), memory)
  _check_one_mask(memory_sequence_length, memory_mask)
  if memory_sequence_length is not None:
    memory_sequence_length = tf.convert_to_tensor(
        memory_sequence_length, name="memory_sequence_length")
    tf.nest.map_structure(
        lambda part: _check_lengths(memory_sequence_length, part), memory)
  if check_inner_dims_defined:
    tf.nest.map_structure(_check_inner_dims, memory)
  memory = _snapshot.snapshot_state(memory)
  if memory_sequence_length is None and memory_mask is None:
    return memory
  first = tf.nest.flatten(memory)[0]
  if memory_sequence_length is not None:
    mask = tf.sequence_mask(
        memory_sequence_length, maxlen=tf.shape(first)[1], dtype=first.dtype)
  else:
    mask = tf.cast(memory_mask, dtype=first.dtype)
  return tf.nest.map_structure(lambda part: _masked(part, mask), memory)


def maybe_mask_score(score, memory_sequence_length=None, memory_mask=None,
                     score_mask_value=None):
  """`score` with `score_mask_value` after the end of each sequence.

    score = maybe_mask_score(score, lengths, score_mask_value=-np.inf)

  Args:
    score: `[batch, time]`.
    memory_sequence_length: `[batch]` integers, or None.
    memory_mask: `[batch, time]` of bools, False where to mask, or None.
    score_mask_value: a number; needed with lengths or a mask.

  Returns `[batch, time]`, the score itself without lengths and mask.

  Raises ArgumentError if both lengths and a mask are given. The operation
  raises InvalidArgumentError if a length is not positive: there would be
  nothing to attend to.

  TF 1.15: `_maybe_mask_score` in `tf.contrib.seq2seq`'s `attention_wrapper`.
  """
  if memory_sequence_length is None and memory_mask is None:
    return score
  _check_one_mask(memory_sequence_length, memory_mask)
  if memory_sequence_length is not None:
    positive = tf.assert_positive(memory_sequence_length, message=(
        "`memory_sequence_length` must be at least 1 in each row; leave out "
        "the rows that have nothing to attend to"))
    with tf.control_dependencies([positive]):
      memory_mask = tf.sequence_mask(
          memory_sequence_length, maxlen=tf.shape(score)[1])
  return tf.where(memory_mask, score, score_mask_value * tf.ones_like(score))


def hardmax(logits, name=None):
  """One-hot vectors with the 1 at the largest of the logits.

    alignments = hardmax(score)             # an option for `probability_fn`

  Args:
    logits: `[..., depth]`; of equal ones the first wins.
    name: a name scope, "Hardmax" by default.

  Returns a tensor with the shape and dtype of the logits.

  TF 1.15: `tf.contrib.seq2seq.hardmax`.
  """
  with tf.name_scope(name, "Hardmax", [logits]):
    logits = tf.convert_to_tensor(logits, name="logits")
    depth = tf.dimension_value(logits.get_shape()[-1])
    if depth is None:
      depth = tf.shape(logits)[-1]
    return tf.one_hot(tf.argmax(logits, -1), depth, dtype=logits.dtype)
