"""Monotonic attention: alignments that move through the memory in order.

Raffel et al., "Online and Linear-Time Attention by Enforcing Monotonic
Alignments", https://arxiv.org/abs/1704.00784.
"""

import functools

import numpy as np

from tfcompat_rnn import _errors
from tfcompat_rnn._tf import tf
from tfcompat_rnn.seq2seq import mechanisms


def safe_cumprod(x, *args, **kwargs):
  """The cumulative product of probabilities, by a sum of their logarithms.

    passed = safe_cumprod(1 - p, axis=1, exclusive=True)

  Args:
    x: a floating-point tensor, clipped to [smallest normal number, 1].
    *args, **kwargs: those of `tf.cumsum`.

  Returns a tensor with the shape and dtype of `x`.

  TF 1.15: `tf.contrib.seq2seq.safe_cumprod`.
  """
  with tf.name_scope(None, "SafeCumprod", [x]):
    x = tf.convert_to_tensor(x, name="x")
    smallest = np.finfo(x.dtype.as_numpy_dtype).tiny
    logarithms = tf.log(tf.clip_by_value(x, smallest, 1))
    return tf.exp(tf.cumsum(logarithms, *args, **kwargs))


def monotonic_attention(p_choose_i, previous_attention, mode):
  """Alignments that never move back, from probabilities of stopping.

    alignments = monotonic_attention(tf.sigmoid(score), previous, "parallel")

  With p_i the probability of stopping at position i and a' the previous
  alignments:

      q_i = (1 - p_{i-1}) q_{i-1} + a'_i
      a_i = p_i q_i

  Args:
    p_choose_i: `[batch, time]` of probabilities.
    previous_attention: `[batch, time]`; the first is one-hot at position 0.
    mode: "recursive" (`tf.scan` over the time, exact), "parallel" (cumulative
      sums and products, which lose precision over long memories) or "hard"
      (for probabilities that are all 0 or 1).

  Returns `[batch, time]` with the dtype of `p_choose_i`.

  Raises ArgumentError for any other mode.

  TF 1.15: `tf.contrib.seq2seq.monotonic_attention`; equations 8 to 11 of
  https://arxiv.org/abs/1704.00784.
  """
  p_choose_i = tf.convert_to_tensor(p_choose_i, name="p_choose_i")
  previous_attention = tf.convert_to_tensor(
      previous_attention, name="previous_attention")
  if mode == "recursive":
    return _recursive(p_choose_i, previous_attention)
  if mode == "parallel":
    passed = safe_cumprod(1 - p_choose_i, axis=1, exclusive=True)
    # The divisor is clipped because it may be 0.
    return p_choose_i * passed * tf.cumsum(
        previous_attention / tf.clip_by_value(passed, 1e-10, 1.), axis=1)
  if mode == "hard":
    # No position before the last choice, and only the first one after it.
    p_choose_i *= tf.cumsum(previous_attention, axis=1)
    return p_choose_i * tf.cumprod(1 - p_choose_i, axis=1, exclusive=True)
  raise _errors.ArgumentError(_errors.problem(
      "mode", 'be "recursive", "parallel" or "hard"', repr(mode),
      "choose one of them"))


def _recursive(p_choose_i, previous_attention):
  batch_size = (tf.dimension_value(p_choose_i.shape[0])
                or tf.shape(p_choose_i)[0])
  # 1.15 knew this mode for float32 only; zeros and ones have the dtype of the
  # probabilities here.
  dtype = p_choose_i.dtype.base_dtype
  ones = tf.ones((batch_size, 1), dtype=dtype)
  passed = tf.concat([ones, 1 - p_choose_i[:, :-1]], 1)

  def reach(before, step):
    passed_now, previous_now = step
    # The reshape keeps the static shape of the loop variable.
    return tf.reshape(passed_now * before + previous_now, (batch_size,))

  steps = [tf.transpose(passed), tf.transpose(previous_attention)]
  reached = tf.scan(reach, steps, tf.zeros((batch_size,), dtype=dtype))
  return p_choose_i * tf.transpose(reached)


def monotonic_probability(score, previous_alignments, sigmoid_noise, mode,
                          seed=None):
  """The `probability_fn` of monotonic attention: scores to alignments.

    alignments = monotonic_probability(score, previous, 0.5, "parallel")

  Args:
    score: `[batch, time]`.
    previous_alignments: `[batch, time]`.
    sigmoid_noise: standard deviation of the noise that is added to the score,
      which makes a model learn to choose discretely; 0 for none.
    mode: see `monotonic_attention`; in the mode "hard", a positive score
      chooses its position.
    seed: the seed of the noise.

  Returns `[batch, time]` with the dtype of the score.

  Raises ArgumentError for an unknown mode.

  TF 1.15: `_monotonic_probability_fn` in `tf.contrib.seq2seq`'s
  `attention_wrapper`.
  """
  if sigmoid_noise > 0:
    # The noise does not depend on the score, and the steps of a loop run in
    # parallel. Current TensorFlow would draw that of the last steps first; 1.15
    # went through them in order. A control dependency is no operation.
    with tf.control_dependencies([score]):
      noise = tf.random_normal(tf.shape(score), dtype=score.dtype, seed=seed)
    score += sigmoid_noise * noise
  if mode == "hard":
    p_choose_i = tf.cast(score > 0, score.dtype)
  else:
    p_choose_i = tf.sigmoid(score)
  return monotonic_attention(p_choose_i, previous_alignments, mode)


def _biased(score, bias_init, dtype):
  if isinstance(bias_init, float):
    # A Python float would make a float32 variable, which 1.15 then refused
    # for any other dtype.
    bias_init = np.asarray(bias_init, tf.as_dtype(dtype).as_numpy_dtype)
  return score + tf.get_variable(
      "attention_score_bias", dtype=dtype, initializer=bias_init)


class _BaseMonotonicAttentionMechanism(mechanisms._BaseAttentionMechanism):
  """A mechanism whose first alignments are one-hot at position 0.

  TF 1.15: `_BaseMonotonicAttentionMechanism` in `tf.contrib.seq2seq`'s
  `attention_wrapper`.
  """

  def initial_alignments(self, batch_size, dtype):
    """`[1, 0, 0, ...]` for each row: `[batch_size, alignments_size]`."""
    return tf.one_hot(
        tf.zeros((batch_size,), dtype=tf.int32), self._alignments_size,
        dtype=dtype)


def _monotonic(sigmoid_noise, mode, seed):
  return functools.partial(
      monotonic_probability, sigmoid_noise=sigmoid_noise, mode=mode,
      seed=seed)


class BahdanauMonotonicAttention(mechanisms.ScoringMechanism,
                                 _BaseMonotonicAttentionMechanism):
  """Additive attention that never moves back in the memory.

  >>> attention = BahdanauMonotonicAttention(
  ...     64, encoder_outputs, lengths, sigmoid_noise=1., score_bias_init=-4.)

  Variables as those of `BahdanauAttention`, in `bahdanau_monotonic_attention`,
  and `.../attention_score_bias`, a scalar.

  Args:
    num_units, memory, memory_sequence_length, normalize, score_mask_value,
      dtype, name: see `BahdanauAttention`.
    sigmoid_noise: standard deviation of the noise added to the score; 0 when
      the model is used.
    sigmoid_noise_seed: seed of the noise.
    score_bias_init: first value of the score's bias; negative for long
      memories.
    mode: "parallel", "recursive" or "hard", see `monotonic_attention`.

  A call raises ArgumentError for an unknown mode.

  Raffel et al., https://arxiv.org/abs/1704.00784.

  TF 1.15: `tf.contrib.seq2seq.BahdanauMonotonicAttention`.
  """

  _scope_name = "bahdanau_monotonic_attention"

  def __init__(self, num_units, memory, memory_sequence_length=None,
               normalize=False, score_mask_value=None, sigmoid_noise=0.,
               sigmoid_noise_seed=None, score_bias_init=0., mode="parallel",
               dtype=None, name="BahdanauMonotonicAttention"):
    super().__init__(
        query_layer=mechanisms.dense(num_units, "query_layer", dtype),
        memory_layer=mechanisms.dense(num_units, "memory_layer", dtype),
        memory=memory,
        probability_fn=_monotonic(sigmoid_noise, mode, sigmoid_noise_seed),
        memory_sequence_length=memory_sequence_length,
        score_mask_value=score_mask_value,
        name=name)
    self._num_units = num_units
    self._normalize = normalize
    self._name = name
    self._score_bias_init = score_bias_init

  def _score(self, query):
    score, dtype = mechanisms.additive_score(self, query)
    return _biased(score, self._score_bias_init, dtype)


class LuongMonotonicAttention(mechanisms.ScoringMechanism,
                              _BaseMonotonicAttentionMechanism):
  """Multiplicative attention that never moves back in the memory.

  >>> attention = LuongMonotonicAttention(64, encoder_outputs, lengths)

  Variables as those of `LuongAttention`, in `luong_monotonic_attention`, and
  `.../attention_score_bias`, a scalar.

  Args:
    num_units, memory, memory_sequence_length, scale, score_mask_value, dtype,
      name: see `LuongAttention`.
    sigmoid_noise, sigmoid_noise_seed, score_bias_init, mode: see
      `BahdanauMonotonicAttention`.

  A call raises ArgumentError for an unknown mode, or if the depth of the query
  is not `num_units`.

  Raffel et al., https://arxiv.org/abs/1704.00784.

  TF 1.15: `tf.contrib.seq2seq.LuongMonotonicAttention`.
  """

  _scope_name = "luong_monotonic_attention"

  def __init__(self, num_units, memory, memory_sequence_length=None,
               scale=False, score_mask_value=None, sigmoid_noise=0.,
               sigmoid_noise_seed=None, score_bias_init=0., mode="parallel",
               dtype=None, name="LuongMonotonicAttention"):
    super().__init__(
        query_layer=None,
        memory_layer=mechanisms.dense(num_units, "memory_layer", dtype),
        memory=memory,
        probability_fn=_monotonic(sigmoid_noise, mode, sigmoid_noise_seed),
        memory_sequence_length=memory_sequence_length,
        score_mask_value=score_mask_value,
        name=name)
    self._num_units = num_units
    self._scale = scale
    self._score_bias_init = score_bias_init
    self._name = name

  def _score(self, query):
    score = mechanisms.multiplicative_score(self, query)
    return _biased(score, self._score_bias_init, query.dtype)
