"""The attention mechanisms of TensorFlow 1.1: `query -> score`.

They differ from those of 1.2: their layers have biases, the normalized score
has one, too, and the padding of the memory is zero but takes part in the
softmax.
"""

import math
import operator

from tfcompat_rnn import _errors
from tfcompat_rnn._tf import tf


class Dense:
  """A dense layer named as in 1.1: `NAME/kernel` and `NAME/bias`.

  The scope is taken where the layer is made, as `NAME_1` if the name is taken;
  the variables are created by the first call.
  """

  def __init__(self, name, units, bias_initializer="zeros"):
    self._units = units
    with tf.variable_scope(None, default_name=name) as scope:
      self._scope = scope
    self._bias_initializer = (
        tf.zeros_initializer() if bias_initializer == "zeros"
        else bias_initializer)
    self._variables = None

  def __call__(self, inputs):
    inputs = tf.convert_to_tensor(inputs)
    if self._variables is None:
      depth = tf.dimension_value(inputs.shape[-1])
      with tf.variable_scope(self._scope):
        self._variables = (
            tf.get_variable("kernel", [depth, self._units], inputs.dtype),
            tf.get_variable("bias", [self._units], inputs.dtype,
                            initializer=self._bias_initializer))
    kernel, bias = self._variables
    if inputs.shape.rank == 2:
      return tf.nn.bias_add(tf.matmul(inputs, kernel), bias)
    result = tf.nn.bias_add(
        tf.tensordot(inputs, kernel, [[inputs.shape.rank - 1], [0]]), bias)
    result.set_shape(inputs.shape[:-1].concatenate(self._units))
    return result


class AttentionMechanism:
  """What all mechanisms of 1.1 derive from."""


def _masked(memory, lengths):
  """`memory` as a tensor, zero where a row has ended."""
  memory = tf.convert_to_tensor(memory, name="memory")
  if not memory.shape[2:].is_fully_defined():
    raise _errors.ArgumentError(_errors.problem(
        "memory", "have fully defined inner dims", f"shape {memory.shape}",
        "call set_shape([None, None, depth]) on it"))
  if lengths is None:
    return memory
  mask = tf.sequence_mask(
      lengths, maxlen=tf.shape(memory)[1], dtype=memory.dtype)
  return memory * tf.expand_dims(mask, 2)


class _Mechanism(AttentionMechanism):
  """What both mechanisms share: memory, keys, and the normalization's bias."""

  def __init__(self, num_units, memory, memory_sequence_length, normalize,
               attention_r_initializer, name, has_query_layer):
    self._num_units, self._normalize = num_units, normalize
    self._name = name
    self._query_layer = (
        Dense("query_layer", num_units) if has_query_layer else None)
    self._memory_layer = Dense("memory_layer", num_units)
    with tf.name_scope(name, "BaseAttentionMechanismInit"):
      self._values = _masked(memory, memory_sequence_length)
      self._keys = self._memory_layer(self._values)
    # Here, because the variable is created inside a loop.
    self._r_initializer = tf.convert_to_tensor(
        0. if attention_r_initializer is None else attention_r_initializer,
        self._values.dtype) if normalize else None

  query_layer, memory_layer, values, keys = (
      property(operator.attrgetter(attribute)) for attribute in (
          "_query_layer", "_memory_layer", "_values", "_keys"))

  def _scale_variable(self, dtype):
    return tf.get_variable(
        "attention_g", (), dtype,
        initializer=tf.constant_initializer(math.sqrt(1. / self._num_units)))

  def _score_bias(self, dtype):
    return tf.get_variable(
        "attention_r", dtype=dtype, initializer=self._r_initializer)


class LuongAttention(_Mechanism):
  """Multiplicative attention of TensorFlow 1.1.

  >>> attention = LuongAttention(64, encoder_outputs, lengths)

  Variables: `memory_layer/kernel` and `memory_layer/bias` in the scope where
  it is made; with `normalize` also `attention_g` and `attention_r` in the
  scope of the loop.

  Args:
    num_units: int, depth of the keys; must be that of the queries.
    memory: `[batch, time, depth]`.
    memory_sequence_length: `[batch]` integers, or None.
    normalize: whether to compute `attention_g * score + attention_r`.
    attention_r_initializer: first value of `attention_r`, 0 by default.
    name: a name scope.

  A call raises ArgumentError if the depth of the query is not `num_units`.

  Luong et al., https://arxiv.org/abs/1508.04025.

  TF 1.1: `tf.contrib.seq2seq.LuongAttention`.
  """

  def __init__(self, num_units, memory, memory_sequence_length=None,
               normalize=False, attention_r_initializer=None,
               name="LuongAttention"):
    super().__init__(num_units, memory, memory_sequence_length, normalize,
                     attention_r_initializer, name, has_query_layer=False)

  def __call__(self, query):
    """The scores, `[batch, time]`, of `query`, `[batch, depth]`."""
    depths = [tf.dimension_value(tensor.shape[-1])
              for tensor in (query, self._keys)]
    if depths[0] != depths[1]:
      raise _errors.ArgumentError(_errors.problem(
          "query", f"have depth {depths[1]}, that of the keys", depths[0],
          f"pass num_units={depths[0]}"))
    with tf.name_scope(None, "LuongAttentionCall", [query]):
      score = tf.squeeze(
          tf.matmul(tf.expand_dims(query, 1), self._keys, transpose_b=True),
          [1])
      if self._normalize:
        scale = self._scale_variable(query.dtype)
        score = scale * score + self._score_bias(query.dtype)
    return score


class BahdanauAttention(_Mechanism):
  """Additive attention of TensorFlow 1.1.

  >>> attention = BahdanauAttention(64, encoder_outputs, lengths)

  Variables: `memory_layer/kernel` and `memory_layer/bias` in the scope where
  it is made; in the scope of the loop `query_layer/kernel`,
  `query_layer/bias` and `attention_v` [num_units]; with `normalize` also
  `attention_g`, `attention_b` [num_units] and `attention_r`.

  Args:
    num_units: int, depth of keys and processed queries.
    memory: `[batch, time, depth]`.
    memory_sequence_length: `[batch]` integers, or None.
    normalize: whether to use g v / |v| for v, and to add b and r.
    attention_r_initializer: first value of `attention_r`, 0 by default.
    name: a name scope.

  Bahdanau et al., https://arxiv.org/abs/1409.0473; normalized after Salimans
  and Kingma, https://arxiv.org/abs/1602.07868.

  TF 1.1: `tf.contrib.seq2seq.BahdanauAttention`.
  """

  def __init__(self, num_units, memory, memory_sequence_length=None,
               normalize=False, attention_r_initializer=None,
               name="BahdanauAttention"):
    super().__init__(num_units, memory, memory_sequence_length, normalize,
                     attention_r_initializer, name, has_query_layer=True)

  def __call__(self, query):
    """The scores, `[batch, time]`, of `query`, `[batch, depth]`."""
    with tf.name_scope(None, "BahdanauAttentionCall", [query]):
      query = self._query_layer(query)
      dtype = query.dtype
      query = tf.expand_dims(query, 1)
      direction = tf.get_variable("attention_v", [self._num_units], dtype)
      if not self._normalize:
        return tf.reduce_sum(direction * tf.tanh(self._keys + query), [2])
      scale = self._scale_variable(dtype)
      shift = tf.get_variable("attention_b", [self._num_units], dtype,
                              initializer=tf.zeros_initializer())
      bias = self._score_bias(dtype)
      unit = scale * direction * tf.rsqrt(
          tf.reduce_sum(tf.square(direction)))
      return tf.reduce_sum(
          unit * tf.tanh(self._keys + query + shift), [2]) + bias
