"""An encoder and a decoder: plain, with tied weights, with attention."""

from tfcompat_rnn._tf import tf
from tfcompat_rnn.cells import projection
from tfcompat_rnn.loops import static_rnn
from tfcompat_rnn.seq2seq.legacy import _decoding
from tfcompat_rnn.seq2seq.legacy import attention
from tfcompat_rnn.seq2seq.legacy import decoders


def basic_rnn_seq2seq(encoder_inputs, decoder_inputs, cell, dtype=tf.float32,
                      scope=None):
  """An encoder, and a decoder that starts with its final state.

    outputs, state = basic_rnn_seq2seq(inputs, targets, GRUCell(32))

  The encoder uses a copy of `cell`, with variables of its own: in
  "basic_rnn_seq2seq/rnn", and those of the decoder in
  "basic_rnn_seq2seq/rnn_decoder".

  Args:
    encoder_inputs, decoder_inputs: lists with one `[batch, depth]` per step.
    cell: an RNNCell that has not been called.
    dtype: dtype of the zero state.
    scope: a name or variable scope, "basic_rnn_seq2seq" by default.

  Returns:
    `(outputs, state)`: a list with one `[batch, output_size]` per step of the
    decoder, and its final state.

  Raises:
    ArgumentTypeError: (TypeError) if `cell` has been called.

  TF 1.15: `tf.contrib.legacy_seq2seq.basic_rnn_seq2seq`.
  """
  cell = _decoding.model_cell(cell)
  with tf.variable_scope(scope or "basic_rnn_seq2seq"):
    _, state = static_rnn(
        _decoding.encoder_cell(cell), encoder_inputs, dtype=dtype)
    return decoders.rnn_decoder(decoder_inputs, state, cell)


def tied_rnn_seq2seq(encoder_inputs, decoder_inputs, cell, loop_function=None,
                     dtype=tf.float32, scope=None):
  """An encoder and a decoder with the same weights.

    outputs, state = tied_rnn_seq2seq(inputs, targets, GRUCell(32))

  The variables are in "combined_tied_rnn_seq2seq/tied_rnn_seq2seq".

  Args:
    encoder_inputs, decoder_inputs, dtype: as for `basic_rnn_seq2seq`.
    cell: an RNNCell.
    loop_function: as for `rnn_decoder`.
    scope: a name, "tied_rnn_seq2seq" by default.

  Returns:
    `(outputs, state)`, as `basic_rnn_seq2seq`.

  TF 1.15: `tf.contrib.legacy_seq2seq.tied_rnn_seq2seq`.
  """
  with tf.variable_scope("combined_tied_rnn_seq2seq"):
    scope = scope or "tied_rnn_seq2seq"
    _, state = static_rnn(cell, encoder_inputs, dtype=dtype, scope=scope)
    tf.get_variable_scope().reuse_variables()
    return decoders.rnn_decoder(
        decoder_inputs, state, cell, loop_function=loop_function, scope=scope)


def embedding_rnn_seq2seq(encoder_inputs, decoder_inputs, cell,
                          num_encoder_symbols, num_decoder_symbols,
                          embedding_size, output_projection=None,
                          feed_previous=False, dtype=None, scope=None):
  """An encoder and a decoder for symbols, with a table of embeddings each.

    outputs, state = embedding_rnn_seq2seq(
        questions, answers, LSTMCell(64), 500, 600, embedding_size=32,
        feed_previous=True)

  The encoder is in "embedding_rnn_seq2seq/rnn/embedding_wrapper", the decoder
  in "embedding_rnn_seq2seq/embedding_rnn_decoder". The encoder uses a copy of
  `cell`, with variables of its own.

  Args:
    encoder_inputs, decoder_inputs: lists with one int32 or int64 `[batch]` per
      step.
    cell: an RNNCell that has not been called.
    num_encoder_symbols, num_decoder_symbols: numbers of symbols.
    embedding_size: depth of the vectors of both.
    output_projection: a pair `(w [cell.output_size, num_decoder_symbols],
      b [num_decoder_symbols])`, with which an output becomes the next input. By
      default, the outputs of `cell` are projected to logits in the model.
    feed_previous: a bool or a bool tensor. True makes the likeliest symbol of
      each step the input of the next one; `decoder_inputs` is then read at the
      first step. With a tensor, gradients stop at the symbols fed back.
    dtype: dtype of the variables and the zero state; that of the variable
      scope by default.
    scope: a name or variable scope, "embedding_rnn_seq2seq" by default.

  Returns:
    `(outputs, state)`: a list with one `[batch, num_decoder_symbols]` per step
    (`[batch, cell.output_size]` with `output_projection`), and the final state
    of the decoder.

  Raises:
    ArgumentTypeError: (TypeError) if `cell` has been called.
    ArgumentError: (ValueError) if `output_projection` has another shape.

  TF 1.15: `tf.contrib.legacy_seq2seq.embedding_rnn_seq2seq`.
  """
  cell = _decoding.model_cell(cell)
  with tf.variable_scope(scope or "embedding_rnn_seq2seq") as opened:
    if dtype is not None:
      opened.set_dtype(dtype)
    else:
      dtype = opened.dtype
    _, encoded = _encode(
        cell, encoder_inputs, num_encoder_symbols, embedding_size, dtype)
    if output_projection is None:
      cell = projection.OutputProjectionWrapper(cell, num_decoder_symbols)

    def decode(feed, **options):
      return decoders.embedding_rnn_decoder(
          decoder_inputs, encoded, cell, num_decoder_symbols, embedding_size,
          output_projection=output_projection, feed_previous=feed, **options)

    if isinstance(feed_previous, bool):
      return decode(feed_previous)
    outputs, leaves = _decoding.decode_either_way(
        feed_previous, len(decoder_inputs),
        lambda feed: decode(feed, update_embedding_for_previous=False))
    return outputs, _decoding.packed(encoded, leaves)


def _encode(cell, inputs, num_symbols, embedding_size, dtype):
  wrapped = projection.EmbeddingWrapper(
      _decoding.encoder_cell(cell), embedding_classes=num_symbols,
      embedding_size=embedding_size)
  return static_rnn(wrapped, inputs, dtype=dtype)


def embedding_tied_rnn_seq2seq(encoder_inputs, decoder_inputs, cell,
                               num_symbols, embedding_size,
                               num_decoder_symbols=None,
                               output_projection=None, feed_previous=False,
                               dtype=None, scope=None):
  """An encoder and a decoder with the same weights and embeddings.

    outputs, state = embedding_tied_rnn_seq2seq(
        words, shifted, GRUCell(64), num_symbols=500, embedding_size=32)

  The variables are in the scope "embedding_tied_rnn_seq2seq": `embedding`
  `[num_symbols, embedding_size]`, and those of `tied_rnn_seq2seq`.

  Args:
    encoder_inputs, decoder_inputs, output_projection, feed_previous: as for
      `embedding_rnn_seq2seq`.
    cell: an RNNCell.
    num_symbols: number of symbols.
    embedding_size: depth of their vectors.
    num_decoder_symbols: number of symbols, the first ones of `num_symbols`,
      that the decoder can choose; all by default.
    dtype: dtype of the variables and the zero state; that of the variable
      scope by default.
    scope: a name or variable scope, "embedding_tied_rnn_seq2seq" by default.

  Returns:
    `(outputs, state)`: a list with one `[batch, num_decoder_symbols]` per step
    (`[batch, cell.output_size]` with `output_projection`), and the final state
    of the decoder.

  Raises:
    ArgumentError: (ValueError) if `output_projection` has another shape.

  TF 1.15: `tf.contrib.legacy_seq2seq.embedding_tied_rnn_seq2seq`.
  """
  cell = _decoding.model_cell(cell)
  with tf.variable_scope(
      scope or "embedding_tied_rnn_seq2seq", dtype=dtype) as opened:
    dtype = opened.dtype
    if output_projection is not None:
      decoders.check_projection(
          0, output_projection[0], [None, num_symbols], dtype)
      decoders.check_projection(1, output_projection[1], [num_symbols], dtype)
    embedding = tf.get_variable(
        "embedding", [num_symbols, embedding_size], dtype=dtype)
    embedded_inputs, embedded_targets = (
        [tf.nn.embedding_lookup(embedding, symbols) for symbols in steps]
        for steps in (encoder_inputs, decoder_inputs))
    if output_projection is None:
      if num_decoder_symbols is None:
        num_decoder_symbols = num_symbols
      cell = projection.OutputProjectionWrapper(cell, num_decoder_symbols)

    def decode(feed, update_embedding):
      loop_function = None
      if feed:
        loop_function = decoders.extract_argmax_and_embed(
            embedding, output_projection, update_embedding)
      return tied_rnn_seq2seq(
          embedded_inputs, embedded_targets, cell,
          loop_function=loop_function, dtype=dtype)

    if isinstance(feed_previous, bool):
      return decode(feed_previous, True)
    outputs, leaves = _decoding.decode_either_way(
        feed_previous, len(decoder_inputs), lambda feed: decode(feed, False))
    # Only its structure is needed, but its operations count for 1.15's seeds.
    zeros = cell.zero_state(_batch_size(encoder_inputs), dtype)
    return outputs, _decoding.packed(zeros, leaves)


def _batch_size(steps):
  # As in 1.15, a step without a known rank raises ValueError.
  known = [tf.compat.dimension_value(step.shape[0]) for step in steps]
  return known[0] or tf.shape(steps[0])[0]


def embedding_attention_seq2seq(encoder_inputs, decoder_inputs, cell,
                                num_encoder_symbols, num_decoder_symbols,
                                embedding_size, num_heads=1,
                                output_projection=None, feed_previous=False,
                                dtype=None, scope=None,
                                initial_state_attention=False):
  """`embedding_rnn_seq2seq` with attention over the encoder's outputs.

    outputs, state = embedding_attention_seq2seq(
        questions, answers, GRUCell(64), 500, 600, embedding_size=32,
        feed_previous=True)

  The encoder is in "embedding_attention_seq2seq/rnn/embedding_wrapper", the
  decoder in "embedding_attention_seq2seq/embedding_attention_decoder".

  Args:
    encoder_inputs, decoder_inputs, cell, num_encoder_symbols,
      num_decoder_symbols, embedding_size, output_projection, feed_previous,
      dtype: as for `embedding_rnn_seq2seq`. Without `output_projection`, the
      input of the output layer is twice `num_decoder_symbols` deep or more.
    num_heads, initial_state_attention: as for `attention_decoder`.
    scope: a name or variable scope, "embedding_attention_seq2seq" by default.

  Returns:
    `(outputs, state)`, as `embedding_rnn_seq2seq`.

  Raises:
    ArgumentTypeError: (TypeError) if `cell` has been called.
    ArgumentError: (ValueError) as `attention_decoder`, and if the second part
      of `output_projection` is not `[num_decoder_symbols]`.

  TF 1.15: `tf.contrib.legacy_seq2seq.embedding_attention_seq2seq`.
  """
  cell = _decoding.model_cell(cell)
  with tf.variable_scope(
      scope or "embedding_attention_seq2seq", dtype=dtype) as opened:
    dtype = opened.dtype
    encoder_outputs, encoded = _encode(
        cell, encoder_inputs, num_encoder_symbols, embedding_size, dtype)
    attention_states = tf.concat(
        [tf.reshape(output, [-1, 1, cell.output_size])
         for output in encoder_outputs], 1)
    output_size = None
    if output_projection is None:
      cell = projection.OutputProjectionWrapper(cell, num_decoder_symbols)
      output_size = num_decoder_symbols

    def decode(feed, **options):
      return attention.embedding_attention_decoder(
          decoder_inputs, encoded, attention_states, cell,
          num_decoder_symbols, embedding_size, num_heads=num_heads,
          output_size=output_size, output_projection=output_projection,
          feed_previous=feed, initial_state_attention=initial_state_attention,
          **options)

    if isinstance(feed_previous, bool):
      return decode(feed_previous)
    outputs, leaves = _decoding.decode_either_way(
        feed_previous, len(decoder_inputs),
        lambda feed: decode(feed, update_embedding_for_previous=False))
    return outputs, _decoding.packed(encoded, leaves)
