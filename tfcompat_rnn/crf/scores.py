"""Scores of given tag sequences, before normalization."""

from tfcompat_rnn._tf import tf
from tfcompat_rnn.cells import arithmetic
from tfcompat_rnn.crf import _arguments
from tfcompat_rnn.crf import normalizer


def crf_sequence_score(inputs, tag_indices, sequence_lengths,
                       transition_params):
  """The score of one tag sequence for each row.

    score = crf_sequence_score(scores, tags, lengths, transitions)  # [batch]

  Args:
    inputs: `[batch, time, tags]`, the unary scores. float32; unlike 1.15, this
      also accepts float16 and float64.
    tag_indices: `[batch, time]`, int32 or int64; the padding must have
      valid tags, too.
    sequence_lengths: `[batch]`, int32 or int64.
    transition_params: `[tags, tags]`, with the dtype of the inputs.

  Returns:
    `[batch]`, with the dtype of the inputs; 0 for a sequence of length 0.

  Raises:
    ArgumentError: if `inputs` does not have 3 dimensions.

  TF 1.15: `tf.contrib.crf.crf_sequence_score`.
  """
  inputs = _arguments.batch_of_scores("inputs", inputs)

  def one_step():
    tags = _arguments.array("tag_indices", tag_indices)
    dtype = _arguments.integer_dtype(tags)
    rows = tf.range(tf.shape(inputs, out_type=dtype)[0], dtype=dtype)
    rows = tf.reshape(rows, [-1, 1])
    scores = tf.gather_nd(tf.squeeze(inputs, [1]),
                          tf.concat([rows, tags], axis=1))
    return _arguments.zero_where_empty(sequence_lengths, scores)

  def more_steps():
    return (crf_unary_score(tag_indices, sequence_lengths, inputs)
            + crf_binary_score(tag_indices, sequence_lengths,
                               transition_params))

  return _arguments.one_step_or_more(inputs, one_step, more_steps)


def crf_multitag_sequence_score(inputs, tag_bitmap, sequence_lengths,
                                transition_params):
  """log sum exp of the scores of all sequences that `tag_bitmap` allows.

    allowed = tf.one_hot(tags, 5, on_value=True, off_value=False)
    score = crf_multitag_sequence_score(scores, allowed, lengths, transitions)

  With one tag allowed at each step, this is `crf_sequence_score`. As in 1.15,
  a sequence of length 0 scores 0 only if `inputs` has more than one step: with
  one step, `sequence_lengths` is not looked at.

  Args:
    inputs: `[batch, time, tags]`, the unary scores. float32; unlike 1.15, this
      also accepts float16 and float64.
    tag_bitmap: `[batch, time, tags]` bool, the tags that are allowed.
    sequence_lengths: `[batch]`, int32 or int64.
    transition_params: `[tags, tags]`, with the dtype of the inputs.

  Returns:
    `[batch]`, with the dtype of the inputs.

  Raises:
    ArgumentError: if `inputs` does not have 3 dimensions.
    TypeError: if `tag_bitmap` does not contain booleans.

  TF 1.15: `tf.contrib.crf.crf_multitag_sequence_score`.
  """
  inputs = _arguments.batch_of_scores("inputs", inputs)
  dtype = _arguments.float_dtype(inputs)

  def allowed_only():
    lowest = dtype.as_numpy_dtype("-inf")
    return tf.where(tag_bitmap, inputs, tf.fill(tf.shape(inputs), lowest))

  def one_step():
    return arithmetic.log_sum_exp(allowed_only(), axis=[1, 2], keepdims=False)

  def more_steps():
    return normalizer.crf_log_norm(
        inputs=allowed_only(), sequence_lengths=sequence_lengths,
        transition_params=transition_params)

  return _arguments.one_step_or_more(inputs, one_step, more_steps)


def crf_unary_score(tag_indices, sequence_lengths, inputs):
  """The sum of the inputs at the given tags.

    unary = crf_unary_score(tags, lengths, scores)             # [batch]

  Args:
    tag_indices: `[batch, time]`, int32 or int64; the padding must have
      valid tags, too.
    sequence_lengths: `[batch]`, int32 or int64.
    inputs: `[batch, time, tags]`, the unary scores. float32; unlike 1.15, this
      also accepts float16 and float64.

  Returns:
    `[batch]`, with the dtype of the inputs; 0 for a sequence of length 0.

  TF 1.15: `tf.contrib.crf.crf_unary_score`.
  """
  tags = _arguments.array("tag_indices", tag_indices)
  batch, steps, count = [tf.shape(inputs)[axis] for axis in range(3)]
  flat = tf.reshape(inputs, [-1])

  # The position of tag 0 of each step in `flat`.
  start = tf.expand_dims(tf.range(batch) * steps * count, 1)
  start += tf.expand_dims(tf.range(steps) * count, 0)
  if _arguments.integer_dtype(tags) == tf.int64:
    start = tf.cast(start, tf.int64)
  places = tf.reshape(start + tags, [-1])

  scores = tf.reshape(tf.gather(flat, places), [batch, steps])
  return _sum_of_each(scores, sequence_lengths, tags,
                      _arguments.float_dtype(inputs))


def crf_binary_score(tag_indices, sequence_lengths, transition_params):
  """The sum of the transition scores between successive tags.

    binary = crf_binary_score(tags, lengths, transitions)      # [batch]

  Args:
    tag_indices: `[batch, time]`, int32 or int64; the padding must have
      valid tags, too.
    sequence_lengths: `[batch]`, int32 or int64.
    transition_params: `[tags, tags]`. float32; unlike 1.15, this also accepts
      float16 and float64.

  Returns:
    `[batch]`, with the dtype of the matrix; 0 for a sequence shorter than 2.

  TF 1.15: `tf.contrib.crf.crf_binary_score`.
  """
  transition_params = _arguments.array("transition_params", transition_params)
  count = _arguments.size(transition_params, 0)
  pairs = tf.shape(tag_indices)[1] - 1
  before = tf.slice(tag_indices, [0, 0], [-1, pairs])
  after = tf.slice(tag_indices, [0, 1], [-1, pairs])

  places = before * count + after
  scores = tf.gather(tf.reshape(transition_params, [-1]), places)
  return _sum_of_each(scores, sequence_lengths, tag_indices,
                      _arguments.float_dtype(transition_params), pairs=True)


def _sum_of_each(scores, lengths, tags, dtype, pairs=False):
  """The sum of each sequence's scores: of its steps, or of its `pairs`."""
  inside = tf.sequence_mask(lengths, maxlen=tf.shape(tags)[1], dtype=dtype)
  if pairs:
    inside = tf.slice(inside, [0, 1], [-1, -1])
  return tf.reduce_sum(scores * inside, 1)
