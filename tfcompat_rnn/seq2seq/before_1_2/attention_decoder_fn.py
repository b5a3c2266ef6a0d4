"""TensorFlow 1.0's decoder functions with attention."""

from tfcompat_rnn import _errors
from tfcompat_rnn._tf import tf
from tfcompat_rnn.cells import base
from tfcompat_rnn.seq2seq.before_1_2 import decoder_fn as decoder_fn_lib


def prepare_attention(attention_states, attention_option, num_units,
                      reuse=False):
  """The parts of attention over `attention_states`.

    keys, values, score_fn, construct_fn = prepare_attention(
        encoder_outputs, "bahdanau", num_units)

  Variables: `attention_keys/weights` [depth, num_units] and
  `attention_construct/weights` [2 * num_units, num_units]; with "bahdanau"
  also `attention_score/attnW` [num_units, num_units] and
  `attention_score/attnV` [num_units]. The memory's padding is not masked.

  Args:
    attention_states: `[batch, time, depth]`; its depth and that of the
      decoder's outputs must be `num_units`.
    attention_option: "bahdanau" (additive) or "luong" (multiplicative).
    num_units: int, depth of the keys and of the attention.
    reuse: whether the variables exist already.

  Returns:
    `(keys, values, score_fn, construct_fn)` for
    `attention_decoder_fn_train` and `attention_decoder_fn_inference`.

  Raises ArgumentError if `attention_option` is none of the two.

  Bahdanau et al., https://arxiv.org/abs/1409.0473; Luong et al.,
  https://arxiv.org/abs/1508.04025.

  TF 1.0: `tf.contrib.seq2seq.prepare_attention`, gone in 1.1.
  """
  with tf.variable_scope("attention_keys", reuse=reuse) as scope:
    keys = _linear(attention_states, num_units, scope)
  score_fn = _create_attention_score_fn(
      "attention_score", num_units, attention_option, reuse)
  construct_fn = _create_attention_construct_fn(
      "attention_construct", num_units, score_fn, reuse)
  return keys, attention_states, score_fn, construct_fn


def _linear(inputs, units, scope):
  """A linear layer without biases: `weights`, named as in contrib.layers."""
  inputs = tf.convert_to_tensor(inputs)
  depth = tf.dimension_value(inputs.shape[-1])
  if depth is None:
    raise _errors.ArgumentError(_errors.problem(
        "attention_states", "have a known depth", f"shape {inputs.shape}",
        "call set_shape([None, None, depth]) on them"))
  # In 1.0, a scope entered again also reused the variables if the scope around
  # it did.
  reuse = True if tf.get_variable_scope().reuse else None
  with tf.variable_scope(scope, reuse=reuse):
    weights = tf.get_variable(
        "weights", [depth, units], inputs.dtype,
        initializer=tf.glorot_uniform_initializer())
    if inputs.shape.rank == 2:
      return tf.matmul(inputs, weights)
    flat = tf.matmul(tf.reshape(inputs, [-1, depth]), weights)
    result = tf.reshape(
        flat, tf.concat([tf.shape(inputs)[:-1], [units]], 0))
    result.set_shape(inputs.shape[:-1].concatenate(units))
    return result


def _create_attention_construct_fn(name, num_units, attention_score_fn,
                                   reuse):
  """`(query, keys, values) -> attention`, `[batch, num_units]`."""
  with tf.variable_scope(name, reuse=reuse) as scope:

    def construct_fn(attention_query, attention_keys, attention_values):
      context = attention_score_fn(
          attention_query, attention_keys, attention_values)
      return _linear(
          tf.concat([attention_query, context], 1), num_units, scope)

    return construct_fn


def _create_attention_score_fn(name, num_units, attention_option, reuse,
                               dtype=tf.float32):
  """`(query, keys, values) -> context`, `[batch, num_units]`."""
  if attention_option not in ("bahdanau", "luong"):
    raise _errors.ArgumentError(_errors.problem(
        "attention_option", 'be "bahdanau" or "luong"',
        repr(attention_option), "choose one of the two (TensorFlow 1.0: "
        f"Unknown attention option {attention_option}!)"))
  with tf.variable_scope(name, reuse=reuse):
    if attention_option == "bahdanau":
      query_w = tf.get_variable("attnW", [num_units, num_units], dtype=dtype)
      score_v = tf.get_variable("attnV", [num_units], dtype=dtype)

  def attention_score_fn(query, keys, values):
    if attention_option == "bahdanau":
      query = tf.matmul(query, query_w)
    query = tf.reshape(query, [-1, 1, num_units])
    if attention_option == "bahdanau":
      scores = tf.reduce_sum(score_v * tf.tanh(keys + query), [2])
    else:
      scores = tf.reduce_sum(keys * query, [2])
    alignments = tf.expand_dims(tf.nn.softmax(scores), 2)
    context = tf.reduce_sum(alignments * values, [1])
    context.set_shape([None, num_units])
    return context

  return attention_score_fn


def _init_attention(encoder_state):
  """Zeros, the attention before the first step."""
  top = encoder_state
  # An LSTM's state is a tuple, too.
  if isinstance(top, tuple) and not isinstance(top, base.LSTMStateTuple):
    top = top[-1]
  if isinstance(top, base.LSTMStateTuple):
    return tf.zeros_like(top.h)
  return tf.zeros_like(top)


def attention_decoder_fn_train(encoder_state, attention_keys,
                               attention_values, attention_score_fn,
                               attention_construct_fn, name=None):
  """A decoder function with attention that reads the targets.

    decoder_fn = attention_decoder_fn_train(
        encoder_state, *prepare_attention(encoder_outputs, "luong", units))
    outputs, state, _ = dynamic_rnn_decoder(
        cell, decoder_fn, inputs=embedded, sequence_length=lengths)

  The cell reads each input joined with the last attention, and the attention
  is what is emitted.

  Args:
    encoder_state: the first state of the decoder.
    attention_keys: `[batch, time, num_units]`.
    attention_values: `[batch, time, num_units]`.
    attention_score_fn: part of `attention_construct_fn`; not called here.
    attention_construct_fn: `(cell output, keys, values) -> attention`.
    name: a name scope, "attention_decoder_fn_train" by default.

  TF 1.0: `tf.contrib.seq2seq.attention_decoder_fn_train`, gone in 1.1.
  """
  del attention_score_fn
  default = "attention_decoder_fn_train"
  with tf.name_scope(name, default, tf.nest.flatten(encoder_state)):
    pass

  def decoder_fn(time, cell_state, cell_input, cell_output, context_state):
    del time
    with tf.name_scope(name, default):
      if cell_state is None:
        cell_state = encoder_state
        attention = _init_attention(encoder_state)
      else:
        attention = attention_construct_fn(
            cell_output, attention_keys, attention_values)
        cell_output = attention
      next_input = tf.concat([cell_input, attention], 1)
      return None, cell_state, next_input, cell_output, context_state

  return decoder_fn


def attention_decoder_fn_inference(
    output_fn, encoder_state, attention_keys, attention_values,
    attention_score_fn, attention_construct_fn, embeddings,
    start_of_sequence_id, end_of_sequence_id, maximum_length,
    num_decoder_symbols, dtype=tf.int32, name=None):
  """A decoder function with attention that reads the most likely symbol.

    decoder_fn = attention_decoder_fn_inference(
        output_fn, encoder_state, keys, values, score_fn, construct_fn,
        embeddings, start_of_sequence_id=1, end_of_sequence_id=2,
        maximum_length=20, num_decoder_symbols=100)
    logits, state, _ = dynamic_rnn_decoder(cell, decoder_fn)

  For `output_fn` and the arguments from `embeddings` on, see
  `simple_decoder_fn_inference`; for the others `attention_decoder_fn_train`.
  The function raises ArgumentError if the decoder has `inputs`.

  TF 1.0: `tf.contrib.seq2seq.attention_decoder_fn_inference`, gone in 1.1.
  """
  del attention_score_fn
  greedy = decoder_fn_lib.Greedy(
      "attention_decoder_fn_inference", name, output_fn, encoder_state,
      embeddings, start_of_sequence_id, end_of_sequence_id, maximum_length,
      num_decoder_symbols, dtype)

  def decoder_fn(time, cell_state, cell_input, cell_output, context_state):
    with greedy.scope():
      greedy.check_no_inputs(cell_input)
      if cell_output is None:
        ids, done, cell_state, emitted = greedy.start()
        attention = _init_attention(encoder_state)
      else:
        attention = attention_construct_fn(
            cell_output, attention_keys, attention_values)
        emitted = greedy.output_fn(attention)
        ids, done = greedy.choose(emitted)
      next_input = tf.concat([greedy.embed(ids), attention], 1)
      done = greedy.stop(time, done)
      return done, cell_state, next_input, emitted, context_state

  return decoder_fn
