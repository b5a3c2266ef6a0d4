"""Attention mechanisms: what `AttentionWrapper` asks at each step.

A mechanism keeps a memory (the outputs of an encoder) as values and keys.
Called with a query and its last state, it returns alignments, one weight for
each position of the memory, and its next state.
"""

import math
import operator

import numpy as np

from tfcompat_rnn import _errors
from tfcompat_rnn._tf import private
from tfcompat_rnn._tf import tf
from tfcompat_rnn.cells import base
from tfcompat_rnn.cells import layer as layer_lib
from tfcompat_rnn.seq2seq import _words
from tfcompat_rnn.seq2seq import scores


class AttentionMechanism:
  """The base class of all attention mechanisms.

  `AttentionWrapper` accepts its subclasses. One that does not derive from
  `_BaseAttentionMechanism` must define `alignments_size`, `state_size`,
  `batch_size`, `values`, `initial_alignments`, `initial_state` and
  `__call__(query, state)`.

  TF 1.15: `tf.contrib.seq2seq.AttentionMechanism`.
  """

  @property
  def alignments_size(self):
    raise NotImplementedError

  @property
  def state_size(self):
    raise NotImplementedError


def _check_layer(name, layer):
  kinds = (private("legacy_layer_base").Layer, layer_lib.ScopedLayer)
  if layer is not None and not isinstance(layer, kinds):
    found = type(layer).__name__
    raise _errors.ArgumentTypeError(_errors.problem(
        name, "be a tf.layers.Layer or None", f"{found}, which is not a Layer",
        "pass tf.layers.Dense(num_units, use_bias=False)"))


def check_callable(name, function, signature):
  """Raises `ArgumentTypeError` unless `function` is callable."""
  if not callable(function):
    found = type(function).__name__
    raise _errors.ArgumentTypeError(_errors.problem(
        name, "be callable", found, f"pass a function {signature}"))


def dense(num_units, name, dtype):
  """A layer without bias, for the queries or the memory of a mechanism."""
  return private("v1_layers_core").Dense(
      num_units, name=name, use_bias=False,
      dtype=tf.float32 if dtype is None else dtype)


def _check_dtype(values, layer):
  """Raises `ArgumentTypeError` if a dense layer would change the dtype.

  Today's layers cast their inputs; the keys would not match the values.
  """
  if (not isinstance(layer, private("v1_layers_core").Dense)
      or layer.dtype is None):
    return
  wanted = tf.as_dtype(layer.dtype).name
  for part in tf.nest.flatten(values):
    found = part.dtype.base_dtype.name
    if part.shape.rank != 2 and found != wanted:
      raise _errors.ArgumentTypeError(_words.problem(
          "memory", f"have the dtype of the mechanism, {wanted}", found,
          f"create the mechanism with dtype=tf.{found}"
          if part.dtype.is_floating else f"tf.cast it to tf.{wanted}",
          f"has type {wanted} that does not match type {found}"))


class _BaseAttentionMechanism(AttentionMechanism):
  """Keeps the memory and the layers of a mechanism; subclass it.

  A subclass defines `__call__(query, state)`, which returns alignments
  `[batch, alignments_size]` and the next state:

    class Dot(_BaseAttentionMechanism):
      def __call__(self, query, state):
        score = tf.reduce_sum(self.keys * tf.expand_dims(query, 1), 2)
        alignments = self._probability_fn(score, state)
        return alignments, alignments

  Attributes: `values` (the memory, zero after the end of each sequence),
  `keys` (what `memory_layer` makes of it), `query_layer`, `memory_layer`,
  `dtype`, `batch_size`, `alignments_size` and `state_size` (ints, or scalar
  tensors if they are unknown).

  Args:
    query_layer: a `tf.layers.Layer` for the queries, or None.
    memory: `[batch, time, ...]`.
    probability_fn: `(score, state) -> alignments`; gets the masked score.
    memory_sequence_length: `[batch]` integers above 0, or None.
    memory_layer: a `tf.layers.Layer` that makes the keys; None if the values
      themselves are the keys.
    check_inner_dims_defined: whether to require that all dimensions of the
      memory but the first two are known.
    score_mask_value: the score after the end of a sequence, -inf by default.
    custom_key_value_fn: `(keys, values) -> (keys, values)`, or None.
    name: a name scope, "BaseAttentionMechanismInit" by default.

  Raises ArgumentTypeError for a layer that is no layer, a `probability_fn` that
  is not callable, and a memory whose dtype is not that of a dense
  `memory_layer`; ArgumentError if an inner dimension is unknown.

  TF 1.15: `_BaseAttentionMechanism` in `tf.contrib.seq2seq`'s
  `attention_wrapper`.
  """

  def __init__(self, query_layer, memory, probability_fn,
               memory_sequence_length=None, memory_layer=None,
               check_inner_dims_defined=True, score_mask_value=None,
               custom_key_value_fn=None, name=None):
    _check_layer("query_layer", query_layer)
    _check_layer("memory_layer", memory_layer)
    check_callable("probability_fn", probability_fn, "(score, state)")
    self._query_layer = query_layer
    self._memory_layer = memory_layer
    if memory_layer is None:
      # 1.15 failed here, although its documentation allows None.
      self.dtype = tf.convert_to_tensor(tf.nest.flatten(memory)[0]).dtype.name
    else:
      self.dtype = memory_layer.dtype
    if score_mask_value is None:
      score_mask_value = tf.as_dtype(self.dtype).as_numpy_dtype(-np.inf)

    def masked_probability(score, state):
      return probability_fn(
          scores.maybe_mask_score(
              score, memory_sequence_length=memory_sequence_length,
              score_mask_value=score_mask_value),
          state)

    self._probability_fn = masked_probability
    with tf.name_scope(
        name, "BaseAttentionMechanismInit", tf.nest.flatten(memory)):
      keys = values = scores.prepare_memory(
          memory, memory_sequence_length=memory_sequence_length,
          check_inner_dims_defined=check_inner_dims_defined)
      _check_dtype(values, memory_layer)
      if self.memory_layer:
        keys = self.memory_layer(values)
      if custom_key_value_fn is not None:
        keys, values = custom_key_value_fn(keys, values)
      self._keys, self._values = keys, values
      self._batch_size, self._alignments_size = (
          tf.dimension_value(self._keys.shape[axis])
          or tf.shape(self._keys)[axis] for axis in range(2))

  query_layer, memory_layer, values, keys, batch_size, alignments_size = (
      property(operator.attrgetter(attribute)) for attribute in (
          "_query_layer", "_memory_layer", "_values", "_keys", "_batch_size",
          "_alignments_size"))
  # The state of a mechanism is its last alignments.
  state_size = property(operator.attrgetter("_alignments_size"))

  def initial_alignments(self, batch_size, dtype):
    """Zeros `[batch_size, alignments_size]`, before the first step."""
    return base.zero_state_tensors(self._alignments_size, batch_size, dtype)

  def initial_state(self, batch_size, dtype):
    """The first state: by default the same as `initial_alignments`."""
    return self.initial_alignments(batch_size, dtype)


class ScoringMechanism(_BaseAttentionMechanism):
  """What Bahdanau's and Luong's mechanisms share: `__call__`.

  A subclass names its `_scope_name`, and defines `_score(query)`.
  """

  def __call__(self, query, state):
    """Asks the memory: `(alignments, next_state)`, which are the same.

    Args:
      query: `[batch, depth]`.
      state: `[batch, alignments_size]`, the last alignments.
    """
    with tf.variable_scope(None, self._scope_name, [query]):
      score = self._score(query)
    alignments = self._probability_fn(score, state)
    return alignments, alignments


def additive_score(mechanism, query):
  """Scores like Bahdanau: `(score, dtype of the processed query)`."""
  units = mechanism._num_units
  processed = mechanism.query_layer(query) if mechanism.query_layer else query
  direction = tf.get_variable("attention_v", [units], dtype=query.dtype)
  length = shift = None
  if mechanism._normalize:
    length = tf.get_variable(
        "attention_g", dtype=query.dtype, shape=(),
        initializer=tf.constant_initializer(math.sqrt(1. / units)))
    shift = tf.get_variable(
        "attention_b", [units], dtype=query.dtype,
        initializer=tf.zeros_initializer())
  score = scores.bahdanau_score(
      processed, mechanism._keys, direction, attention_g=length,
      attention_b=shift)
  return score, processed.dtype


def multiplicative_score(mechanism, query):
  """Scores like Luong."""
  scale = None
  if mechanism._scale:
    scale = tf.get_variable(
        "attention_g", dtype=query.dtype, shape=(),
        initializer=tf.ones_initializer)
  return scores.luong_score(query, mechanism._keys, scale)


def _without_state(probability_fn):
  probability_fn = tf.nn.softmax if probability_fn is None else probability_fn
  return lambda score, unused_state: probability_fn(score)


class LuongAttention(ScoringMechanism):
  """Multiplicative attention: the query's inner products with the keys.

  >>> attention = LuongAttention(64, encoder_outputs, lengths, scale=True)
  >>> cell = AttentionWrapper(LSTMCell(64), attention)

  Variables: `memory_layer/kernel` [depth, num_units], in the scope where the
  mechanism is made, and with `scale=True` `luong_attention/attention_g`, a
  scalar, in the scope of the wrapper.

  Args:
    num_units: int, depth of the keys; must be that of the queries.
    memory: `[batch, time, depth]`.
    memory_sequence_length: `[batch]` integers above 0, or None.
    scale: whether to multiply the score by a learned scalar.
    probability_fn: `score -> alignments`, `tf.nn.softmax` by default.
    score_mask_value: the score after the end of a sequence, -inf by default.
    dtype: dtype of `memory_layer`, float32 by default.
    custom_key_value_fn: `(keys, values) -> (keys, values)`, or None.
    name: a name scope for the operations made here.

  A call raises ArgumentError if the depth of the query is not `num_units`.

  Luong et al., https://arxiv.org/abs/1508.04025.

  TF 1.15: `tf.contrib.seq2seq.LuongAttention`.
  """

  _scope_name = "luong_attention"

  def __init__(self, num_units, memory, memory_sequence_length=None,
               scale=False, probability_fn=None, score_mask_value=None,
               dtype=None, custom_key_value_fn=None, name="LuongAttention"):
    super().__init__(
        query_layer=None,
        memory_layer=dense(num_units, "memory_layer", dtype),
        memory=memory,
        probability_fn=_without_state(probability_fn),
        memory_sequence_length=memory_sequence_length,
        score_mask_value=score_mask_value,
        custom_key_value_fn=custom_key_value_fn,
        name=name)
    self._num_units = num_units
    self._scale = scale
    self._name = name

  def _score(self, query):
    return multiplicative_score(self, query)


class BahdanauAttention(ScoringMechanism):
  """Additive attention: v . tanh(keys + query), both through a layer.

  >>> attention = BahdanauAttention(64, encoder_outputs, lengths)
  >>> cell = AttentionWrapper(GRUCell(128), attention)

  Variables: `memory_layer/kernel` [depth, num_units], in the scope where the
  mechanism is made; in the scope of the wrapper
  `bahdanau_attention/query_layer/kernel` and `.../attention_v` [num_units],
  and with `normalize=True` `.../attention_g` (a scalar) and `.../attention_b`
  [num_units].

  Args:
    num_units: int, depth of keys and processed queries.
    memory: `[batch, time, depth]`.
    memory_sequence_length: `[batch]` integers above 0, or None.
    normalize: whether to use g v / |v| for v, and to add b.
    probability_fn: `score -> alignments`, `tf.nn.softmax` by default.
    score_mask_value: the score after the end of a sequence, -inf by default.
    dtype: dtype of both layers, float32 by default.
    custom_key_value_fn: `(keys, values) -> (keys, values)`, or None.
    name: a name scope for the operations made here.

  Bahdanau et al., https://arxiv.org/abs/1409.0473; normalized after Salimans
  and Kingma, https://arxiv.org/abs/1602.07868.

  TF 1.15: `tf.contrib.seq2seq.BahdanauAttention`.
  """

  _scope_name = "bahdanau_attention"

  def __init__(self, num_units, memory, memory_sequence_length=None,
               normalize=False, probability_fn=None, score_mask_value=None,
               dtype=None, custom_key_value_fn=None,
               name="BahdanauAttention"):
    super().__init__(
        query_layer=dense(num_units, "query_layer", dtype),
        memory_layer=dense(num_units, "memory_layer", dtype),
        memory=memory,
        probability_fn=_without_state(probability_fn),
        custom_key_value_fn=custom_key_value_fn,
        memory_sequence_length=memory_sequence_length,
        score_mask_value=score_mask_value,
        name=name)
    self._num_units = num_units
    self._normalize = normalize
    self._name = name

  def _score(self, query):
    return additive_score(self, query)[0]
