"""Decoders without attention, and how an output becomes the next input."""

from tfcompat_rnn import _errors
from tfcompat_rnn import _snapshot
from tfcompat_rnn._errors import problem
from tfcompat_rnn._tf import tf


def extract_argmax_and_embed(embedding, output_projection=None,
                             update_embedding=True):
  """A `loop_function` that feeds back the embedding of the likeliest symbol.

    loop_function = extract_argmax_and_embed(table)
    outputs, state = rnn_decoder(inputs, state, cell, loop_function)

  Args:
    embedding: `[num_symbols, embedding_size]`.
    output_projection: a pair `(w [output_size, num_symbols], b [num_symbols])`
      that turns an output into logits; None if outputs are logits.
    update_embedding: False to stop gradients at the embeddings that are fed
      back.

  Returns:
    `(previous_output, step) -> [batch, embedding_size]`.

  TF 1.15: `tensorflow.contrib.legacy_seq2seq.python.ops.seq2seq.
  _extract_argmax_and_embed`.
  """
  def next_input(output, unused_step):
    logits = output
    if output_projection is not None:
      weights, biases = output_projection
      logits = tf.nn.xw_plus_b(output, weights, biases)
    embedded = tf.nn.embedding_lookup(embedding, tf.argmax(logits, 1))
    return embedded if update_embedding else tf.stop_gradient(embedded)

  return next_input


# Private in 1.15, but programs import it.
_extract_argmax_and_embed = extract_argmax_and_embed


def check_projection(part, value, shape, dtype):
  """Raises unless `value`, a tensor or array of `dtype`, can have `shape`."""
  # An array becomes a constant, an operation that counts for 1.15's seeds.
  got = tf.convert_to_tensor(value, dtype=dtype).shape
  if not got.is_compatible_with(shape):
    raise _errors.ArgumentError(problem(
        f"output_projection[{part}]",
        f"have the shape {shape}, with one column per symbol",
        f"Shapes {got} and {tf.TensorShape(shape)} are incompatible",
        "pass (w [output_size, num_symbols], b [num_symbols])"))


def rnn_decoder(decoder_inputs, initial_state, cell, loop_function=None,
                scope=None):
  """Runs `cell` over a list, optionally feeding outputs back as inputs.

    outputs, state = rnn_decoder(inputs, cell.zero_state(b, tf.float32), cell)

  Args:
    decoder_inputs: a list with one `[batch, depth]` per step. With
      `loop_function`, only the first one is read, and the others just give the
      number of steps.
    initial_state: a structure like `cell.state_size`. A leaf read from a
      reference variable is copied first (see `_snapshot`).
    cell: an RNNCell.
    loop_function: `(previous_output, step) -> next_input`, called from the
      second step on, in the scope "loop_function" with its variables reused.
    scope: a name or variable scope, "rnn_decoder" by default.

  Returns:
    `(outputs, state)`: a list with one `[batch, output_size]` per step, and
    the final state.

  TF 1.15: `tf.contrib.legacy_seq2seq.rnn_decoder`.
  """
  state = _snapshot.snapshot_state(initial_state)
  outputs = []
  with tf.variable_scope(scope or "rnn_decoder"):
    for step, step_input in enumerate(decoder_inputs):
      if step > 0:
        if loop_function is not None:
          with tf.variable_scope("loop_function", reuse=True):
            step_input = loop_function(outputs[-1], step)
        tf.get_variable_scope().reuse_variables()
      output, state = cell(step_input, state)
      outputs.append(output)
  return outputs, state


def embedding_rnn_decoder(decoder_inputs, initial_state, cell, num_symbols,
                          embedding_size, output_projection=None,
                          feed_previous=False,
                          update_embedding_for_previous=True, scope=None):
  """`rnn_decoder` for symbols, which can feed back the likeliest one.

    outputs, state = embedding_rnn_decoder(
        symbols, state, cell, num_symbols=1000, embedding_size=64,
        feed_previous=True)

  Makes the variable `embedding` `[num_symbols, embedding_size]`.

  Args:
    decoder_inputs: a list with one int32 or int64 `[batch]` per step.
    initial_state, cell: as for `rnn_decoder`.
    num_symbols: number of symbols.
    embedding_size: depth of their vectors.
    output_projection: a pair `(w [output_size, num_symbols], b [num_symbols])`
      for `feed_previous`; None if the outputs of `cell` are logits.
    feed_previous: a bool. True makes the likeliest symbol of each step the
      input of the next one; `decoder_inputs` is then read at the first step.
    update_embedding_for_previous: False to stop gradients at the symbols that
      are fed back.
    scope: a name or variable scope, "embedding_rnn_decoder" by default.

  Returns:
    `(outputs, state)`: a list with one `[batch, cell.output_size]` per step,
    and the final state.

  Raises:
    ArgumentError: (ValueError) if `output_projection` has another shape.

  TF 1.15: `tf.contrib.legacy_seq2seq.embedding_rnn_decoder`.
  """
  with tf.variable_scope(scope or "embedding_rnn_decoder") as opened:
    if output_projection is not None:
      check_projection(
          0, output_projection[0], [None, num_symbols], opened.dtype)
      check_projection(1, output_projection[1], [num_symbols], opened.dtype)
    embedding = tf.get_variable("embedding", [num_symbols, embedding_size])
    loop_function = None
    if feed_previous:
      loop_function = extract_argmax_and_embed(
          embedding, output_projection, update_embedding_for_previous)
    # A generator: as in 1.15, each look-up is made just before its step, in
    # the scope of the inner decoder.
    embedded = (tf.nn.embedding_lookup(embedding, symbols)
                for symbols in decoder_inputs)
    return rnn_decoder(
        embedded, initial_state, cell, loop_function=loop_function)
