"""One step of beam search: scores, and the best continuations of all beams.

The operations are those of 1.15 in its order, with its names.
"""

import collections

import numpy as np

from tfcompat_rnn import _errors
from tfcompat_rnn import _nest
from tfcompat_rnn import _opcount
from tfcompat_rnn._tf import tf
from tfcompat_rnn.seq2seq import attention

# From this many symbols on, the best ones are searched in parts of this length,
# of which there are more than beams.
_MANY, _PART = 512, 128


class BeamSearchDecoderState(collections.namedtuple(
    "BeamSearchDecoderState", "cell_state log_probs finished lengths "
    "accumulated_attention_probs")):
  """The state of a beam search.

  cell_state: the cell's state, each leaf `[batch, beam, ...]`.
  log_probs: `[batch, beam]`, the log probability of each beam.
  finished: bool `[batch, beam]`.
  lengths: int64 `[batch, beam]`, the steps of each beam, including the one
    that ended it.
  accumulated_attention_probs: `[batch, beam, memory_time]` with a coverage
    penalty, otherwise `()`.

  TensorFlow 1.15: `tf.contrib.seq2seq.BeamSearchDecoderState`.
  """


class BeamSearchDecoderOutput(collections.namedtuple(
    "BeamSearchDecoderOutput", "scores predicted_ids parent_ids")):
  """What one step of beam search chose, or all of them stacked.

  scores: `[batch, beam]`, the log probabilities with the penalties applied.
  predicted_ids: int32 `[batch, beam]`, the symbols.
  parent_ids: int32 `[batch, beam]`, the beam that each symbol continues.

  TensorFlow 1.15: `tf.contrib.seq2seq.BeamSearchDecoderOutput`.
  """


def beam_search_step(time, logits, next_cell_state, beam_state, batch_size,
                     beam_width, end_token, length_penalty_weight,
                     coverage_penalty_weight):
  """The best `beam_width` continuations of each batch entry.

    output, state = beam_search_step(
        time, logits, cell_state, state, batch_size, 5, end_token, 0.0, 0.0)

  A finished beam has one continuation, `end_token`, which costs nothing. Among
  equal scores, the lower beam comes first, then the lower symbol.

  Args:
    time: int32 scalar, the step, from 0.
    logits: `[batch, beam, symbols]`.
    next_cell_state: the cell's state after this step, `[batch, beam, ...]`.
    beam_state: a `BeamSearchDecoderState`.
    batch_size: a scalar tensor.
    beam_width: an int.
    end_token: an int32 scalar.
    length_penalty_weight, coverage_penalty_weight: as in `BeamSearchDecoder`.

  Returns:
    `(BeamSearchDecoderOutput, BeamSearchDecoderState)`.

  Raises:
    ArgumentError: with a coverage penalty, if the cell state has no
      alignments.

  TensorFlow 1.15: `_beam_search_step` in
  `tensorflow.contrib.seq2seq.python.ops.beam_search_decoder`.
  """
  done = beam_state.finished
  going_on = tf.logical_not(done)
  costs = mask_probs(tf.nn.log_softmax(logits), end_token, done)
  log_probs = tf.expand_dims(beam_state.log_probs, 2) + costs

  classes = logits.shape.as_list()[-1] or tf.shape(logits)[-1]
  lengths = _continued_lengths(
      beam_state.lengths, going_on, [batch_size, beam_width], end_token,
      classes)
  coverage = get_attention_probs(next_cell_state, coverage_penalty_weight)
  if coverage is not None:
    coverage *= tf.expand_dims(tf.cast(going_on, tf.float32), 2)
    coverage = beam_state.accumulated_attention_probs + coverage
  scores = get_scores(
      log_probs, lengths, length_penalty_weight, coverage_penalty_weight,
      done, coverage)

  tf.convert_to_tensor(time, name="time")  # counted, though not used
  scores = tf.reshape(scores, [batch_size, -1])
  best, places = _top_k(
      scores, beam_width, classes,
      tf.convert_to_tensor(beam_width, tf.int32, name="beam_width"))
  known_batch = tf.get_static_value(batch_size)
  best.set_shape([known_batch, beam_width])
  places.set_shape([known_batch, beam_width])

  log_probs = tensor_gather_helper(
      places, log_probs, batch_size, beam_width * classes, [-1],
      name="next_beam_probs")
  symbols = tf.cast(
      tf.mod(places, classes, name="next_beam_word_ids"), tf.int32)
  parents = tf.cast(
      places / classes, tf.int32, name="next_beam_parent_ids")

  def of_parents(values, shape, name=None):
    return tensor_gather_helper(
        parents, values, batch_size, beam_width, shape, name=name)

  done = of_parents(done, [-1])
  next_done = tf.logical_or(
      done, tf.equal(symbols, end_token), name="next_beam_finished")
  # The symbol that ends a beam still counts.
  grows = tf.cast(tf.logical_not(done), tf.int64)
  lengths = of_parents(beam_state.lengths, [-1])
  lengths += grows
  if coverage is None:
    coverage = ()
  else:
    coverage = of_parents(
        coverage, [batch_size * beam_width, -1],
        name="next_accumulated_attention_probs")

  cell_state = _nest.map_state(
      lambda leaf: maybe_tensor_gather_helper(
          parents, leaf, batch_size, beam_width,
          [batch_size * beam_width, -1]), next_cell_state)
  return (
      BeamSearchDecoderOutput(
          scores=best, predicted_ids=symbols, parent_ids=parents),
      BeamSearchDecoderState(
          cell_state=cell_state, log_probs=log_probs, lengths=lengths,
          finished=next_done, accumulated_attention_probs=coverage))


def _top_k(rows, beam_width, classes, k):
  """`tf.nn.top_k`, in two rounds for long rows.

  The kernel takes time for each number in a row; that of TensorFlow 2.21 takes
  2.7 times as long as 1.15's, half of a step with 30,000 symbols. The largest
  number of each part of a row tells which k parts are worth a look. They stay
  in order, so that among equal numbers the first one still wins.
  """
  if tf.is_tensor(classes) or classes < _MANY:
    return tf.nn.top_k(rows, k=k)
  size = beam_width * classes
  with tf.name_scope("TopKV2") as scope, _opcount.as_if(1):
    parts = -(-size // _PART)
    if size % _PART:
      rows = tf.pad(rows, [[0, 0], [0, parts * _PART - size]],
                    constant_values=-np.inf)
    rows = tf.reshape(rows, [-1, parts, _PART])
    row = tf.expand_dims(tf.range(tf.shape(rows)[0]), 1)
    _, chosen = tf.nn.top_k(tf.reduce_max(rows, 2), k)
    chosen = -tf.nn.top_k(-chosen, k)[0]
    candidates = tf.gather(tf.reshape(rows, [-1, _PART]),
                           tf.reshape(row * parts + chosen, [-1]))
    best, places = tf.nn.top_k(
        tf.reshape(candidates, tf.stack([-1, k * _PART])), k)
    part = tf.gather(tf.reshape(chosen, [-1]), row * k + places // _PART)
    # With NaN among the numbers, what was padded could be chosen.
    places = tf.minimum(part * _PART + places % _PART, size - 1)
    return tf.identity_n([best, places], name=scope)


def _continued_lengths(lengths, going_on, shape, end_token, classes):
  """`[batch, beam, symbols]`: lengths after each symbol, without the last."""
  ends = tf.fill(shape, end_token)
  nothing = tf.cast(0, tf.int64, name="ToInt64")
  one = tf.cast(1, tf.int64, name="ToInt64")
  more = tf.one_hot(ends, classes, on_value=nothing, off_value=one,
                    dtype=tf.int64)
  going_on = tf.cast(going_on, tf.int64)
  more *= tf.expand_dims(going_on, 2)
  return more + tf.expand_dims(lengths, 2)


def mask_probs(probs, eos_token, finished):
  """Log probabilities in which a finished beam can only go on with the end.

  In such a row, `eos_token` has 0 and all others the lowest finite number.

  Args:
    probs: `[batch, beam, symbols]`.
    eos_token: an int32 scalar.
    finished: bool `[batch, beam]`.

  Returns:
    A tensor like `probs`.

  TensorFlow 1.15: `_mask_probs` in
  `tensorflow.contrib.seq2seq.python.ops.beam_search_decoder`.
  """
  classes = tf.shape(probs)[2]
  row = tf.one_hot(
      eos_token, classes, dtype=probs.dtype,
      on_value=tf.convert_to_tensor(0., dtype=probs.dtype),
      off_value=probs.dtype.min)
  row = tf.reshape(row, [1, 1, -1])
  rows = tf.tile(row, tf.concat([tf.shape(finished), [1]], 0))
  mask = tf.tile(tf.expand_dims(finished, 2), [1, 1, classes])
  return tf.where(mask, rows, probs)


def get_scores(log_probs, sequence_lengths, length_penalty_weight,
               coverage_penalty_weight, finished,
               accumulated_attention_probs):
  """Log probabilities with the length and coverage penalties applied.

    log_probs / length_penalty + weight * sum(log(min(attention, 1)))

  with the second term for finished beams only, summed over the places of the
  memory that have any attention (https://arxiv.org/abs/1609.08144).

  Args:
    log_probs: `[batch, beam, symbols]`.
    sequence_lengths: `[batch, beam, symbols]`.
    length_penalty_weight, coverage_penalty_weight: numbers or scalar tensors.
    finished: bool `[batch, beam]`.
    accumulated_attention_probs: `[batch, beam, memory_time]`, or None without
      a coverage penalty.

  Returns:
    A tensor like `log_probs`.

  Raises:
    ArgumentError: if `coverage_penalty_weight` is not a scalar, or if
      `accumulated_attention_probs` is None and it is not 0.

  TensorFlow 1.15: `_get_scores` in
  `tensorflow.contrib.seq2seq.python.ops.beam_search_decoder`.
  """
  penalty = length_penalty(sequence_lengths, length_penalty_weight)
  scores = log_probs / tf.cast(penalty, dtype=log_probs.dtype)

  weight = tf.convert_to_tensor(
      coverage_penalty_weight, name="coverage_penalty_weight")
  if weight.shape.ndims != 0:
    raise _errors.ArgumentError(_errors.problem(
        "coverage_penalty_weight", "be a scalar", f"shape {weight.shape}",
        "pass one number for all beams"))
  if tf.get_static_value(weight) == 0.0:
    return scores
  if accumulated_attention_probs is None:
    raise _errors.ArgumentError(_errors.problem(
        "accumulated_attention_probs",
        "be a tensor where there is a coverage penalty", None,
        "pass the attention of all steps so far, or "
        "coverage_penalty_weight=0.0"))
  # Places beyond the end of a memory never have any attention.
  seen = tf.where(
      tf.equal(accumulated_attention_probs, 0.0),
      tf.ones_like(accumulated_attention_probs), accumulated_attention_probs)
  coverage = tf.reduce_sum(tf.log(tf.minimum(seen, 1.0)), 2)
  coverage *= tf.cast(finished, tf.float32)
  return scores + tf.expand_dims(coverage * weight, 2)


def length_penalty(sequence_lengths, penalty_factor):
  """`((5 + length) / 6) ** penalty_factor`, or 1.0 if the factor is 0.

  Args:
    sequence_lengths: a tensor of integers.
    penalty_factor: a number or a scalar tensor.

  Returns:
    A float32 tensor like `sequence_lengths`, or the number 1.0.

  Raises:
    ValueError: if `penalty_factor` is not a scalar.

  The formula is in https://arxiv.org/abs/1609.08144.

  TensorFlow 1.15: `_length_penalty` in
  `tensorflow.contrib.seq2seq.python.ops.beam_search_decoder`.
  """
  factor = tf.convert_to_tensor(penalty_factor, name="penalty_factor")
  factor.set_shape(())
  known = tf.get_static_value(factor)
  if known is not None and known == 0:
    return 1.0
  grown = (5. + tf.cast(sequence_lengths, tf.float32)) ** factor
  return tf.realdiv(grown, (5. + 1.) ** factor, name="div")


def get_attention_probs(next_cell_state, coverage_penalty_weight):
  """The alignments in a cell state, for the coverage penalty.

  Args:
    next_cell_state: an `AttentionWrapperState`, or a tuple with some in it.
    coverage_penalty_weight: a number.

  Returns:
    `[batch, beam, memory_time]`, the average of all attention layers; None if
    `coverage_penalty_weight` is 0.

  Raises:
    ArgumentError: if there is a penalty and no such state.

  TensorFlow 1.15: `get_attention_probs` in
  `tensorflow.contrib.seq2seq.python.ops.beam_search_decoder`.
  """
  weight = coverage_penalty_weight
  if not tf.is_tensor(weight) and weight == 0.0:
    return None
  kind = attention.AttentionWrapperState
  if isinstance(next_cell_state, kind):
    states = [next_cell_state]
  elif isinstance(next_cell_state, tuple):
    states = [part for part in next_cell_state if isinstance(part, kind)]
  else:
    states = []
  if not states:
    raise _errors.ArgumentError(_errors.problem(
        "coverage_penalty_weight", "be 0.0 for a cell without attention",
        coverage_penalty_weight, "wrap the cell in an AttentionWrapper"))
  layers = [attention_probs_from_attn_state(state) for state in states]
  return layers[0] if len(layers) == 1 else _average(layers)


def attention_probs_from_attn_state(attention_state):
  """The alignments of an `AttentionWrapperState`, averaged if several.

  Returns `[batch, beam, memory_time]`.

  TensorFlow 1.15: `attention_probs_from_attn_state` in
  `tensorflow.contrib.seq2seq.python.ops.beam_search_decoder`.
  """
  alignments = attention_state.alignments
  return _average(alignments) if isinstance(alignments, tuple) else alignments


def _average(tensors):
  stacked = tf.concat([tf.expand_dims(tensor, -1) for tensor in tensors], -1)
  return tf.reduce_mean(stacked, -1)


def check_ndims(t):
  """Raises `ArgumentError` (ValueError) unless the rank of `t` is known.

  TensorFlow 1.15: `_check_ndims`, before that `_check_maybe`, in
  `tensorflow.contrib.seq2seq.python.ops.beam_search_decoder`.
  """
  if t.shape.ndims is None:
    raise _errors.ArgumentError(_errors.problem(
        "initial_state", "consist of tensors of known rank", t,
        "set it: tensor.set_shape([None, depth])"))


def maybe_tensor_gather_helper(gather_indices, gather_from, batch_size,
                               range_size, gather_shape):
  """`tensor_gather_helper`, except for scalars, vectors and TensorArrays.

  They are returned as they are: what has fewer dimensions than `gather_shape`
  has no beams.

  TensorFlow 1.15: `_maybe_tensor_gather_helper` in
  `tensorflow.contrib.seq2seq.python.ops.beam_search_decoder`.
  """
  if isinstance(gather_from, tf.TensorArray):
    return gather_from
  check_ndims(gather_from)
  if gather_from.shape.ndims < len(gather_shape):
    return gather_from
  return tensor_gather_helper(
      gather_indices, gather_from, batch_size, range_size, gather_shape)


def tensor_gather_helper(gather_indices, gather_from, batch_size, range_size,
                         gather_shape, name=None):
  """For each batch entry, the values at its own `gather_indices`.

    best = tensor_gather_helper(parents, log_probs, batch_size, width, [-1])

  Args:
    gather_indices: int32 `[batch, beam]`.
    gather_from: `[batch, range_size, ...]`.
    batch_size: a scalar tensor.
    range_size: the number of values of each batch entry.
    gather_shape: `[-1]` to gather single values, `[batch_size * range_size,
      -1]` to gather rows. `gather_from` takes this shape first.
    name: a name scope, "tensor_gather_helper" by default.

  Returns:
    A tensor with the first `1 + len(gather_shape)` dimensions of
    `gather_from`.

  TensorFlow 1.15: `_tensor_gather_helper` in
  `tensorflow.contrib.seq2seq.python.ops.beam_search_decoder`.
  """
  rank = 1 + len(gather_shape)
  with tf.name_scope(name, "tensor_gather_helper"):
    starts = tf.expand_dims(tf.range(batch_size) * range_size, 1)
    places = tf.reshape(gather_indices + starts, [-1])
    values = tf.gather(tf.reshape(gather_from, gather_shape), places)
    values = tf.reshape(
        values, tf.shape(gather_from)[:rank], name="output")
    known = tf.TensorShape([tf.get_static_value(batch_size)])
    values.set_shape(known.concatenate(gather_from.shape[1:rank]))
    return values
