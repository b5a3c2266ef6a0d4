"""One encoder with several decoders."""

from tfcompat_rnn import _errors
from tfcompat_rnn._errors import problem
from tfcompat_rnn._tf import tf
from tfcompat_rnn.cells import base
from tfcompat_rnn.cells import projection
from tfcompat_rnn.loops import static_rnn
from tfcompat_rnn.seq2seq.legacy import _decoding
from tfcompat_rnn.seq2seq.legacy import decoders


def one2many_rnn_seq2seq(encoder_inputs, decoder_inputs_dict, enc_cell,
                         dec_cells_dict, num_encoder_symbols,
                         num_decoder_symbols_dict, embedding_size,
                         feed_previous=False, dtype=None, scope=None):
  """One encoder, and several decoders that start with its final state.

    outputs, states = one2many_rnn_seq2seq(
        words, {"fr": french, "de": german}, GRUCell(64),
        {"fr": GRUCell(64), "de": GRUCell(64)}, 500, {"fr": 600, "de": 700},
        embedding_size=32)

  Multi-task sequence to sequence learning (https://arxiv.org/abs/1511.06114).
  The encoder is in "one2many_rnn_seq2seq/rnn/embedding_wrapper", each decoder
  in "one2many_rnn_seq2seq/one2many_decoder_<name>".

  Args:
    encoder_inputs: a list with one int32 or int64 `[batch]` per step.
    decoder_inputs_dict: decoder name -> such a list.
    enc_cell: an RNNCell.
    dec_cells_dict: decoder name -> RNNCell, with states like those of
      `enc_cell`.
    num_encoder_symbols: number of symbols.
    num_decoder_symbols_dict: decoder name -> number of symbols.
    embedding_size: depth of the vectors of all.
    feed_previous: as for `embedding_rnn_seq2seq`, but gradients do not stop.
    dtype: dtype of the variables and the zero state; that of the variable
      scope by default.
    scope: a name or variable scope, "one2many_rnn_seq2seq" by default.

  Returns:
    `(outputs, states)`: decoder name -> a list with one `[batch,
    num_decoder_symbols]` per step, and decoder name -> final state.

  Raises:
    ArgumentTypeError: (TypeError) if a cell is not an RNNCell.
    ArgumentError: (ValueError) if the decoders' inputs and cells have
      different names.

  TF 1.15: `tf.contrib.legacy_seq2seq.one2many_rnn_seq2seq`.
  """
  _check_cell("enc_cell", enc_cell)
  if set(dec_cells_dict) != set(decoder_inputs_dict):
    raise _errors.ArgumentError(problem(
        "dec_cells_dict", "have the keys of `decoder_inputs_dict`",
        f"{list(dec_cells_dict)} and {list(decoder_inputs_dict)}",
        "pass one cell for each decoder"))
  for cell in dec_cells_dict.values():
    _check_cell("dec_cell", cell)
  outputs, states = {}, {}
  with tf.variable_scope(
      scope or "one2many_rnn_seq2seq", dtype=dtype) as opened:
    encoder = projection.EmbeddingWrapper(
        _decoding.model_cell(enc_cell),
        embedding_classes=num_encoder_symbols, embedding_size=embedding_size)
    _, encoded = static_rnn(encoder, encoder_inputs, dtype=opened.dtype)
    for name, inputs in decoder_inputs_dict.items():
      with tf.variable_scope(f"one2many_decoder_{name}"):
        outputs[name], states[name] = _decode(
            inputs, encoded, _decoding.model_cell(dec_cells_dict[name]),
            num_decoder_symbols_dict[name], embedding_size, feed_previous)
  return outputs, states


def _decode(inputs, encoded, cell, num_symbols, embedding_size, feed_previous):
  cell = projection.OutputProjectionWrapper(cell, num_symbols)

  def decode(feed):
    return decoders.embedding_rnn_decoder(
        inputs, encoded, cell, num_symbols, embedding_size, feed_previous=feed)

  if isinstance(feed_previous, bool):
    return decode(feed_previous)
  outputs, leaves = _decoding.decode_either_way(
      feed_previous, len(inputs), decode)
  return outputs, _decoding.packed(encoded, leaves)


def _check_cell(name, cell):
  if not isinstance(cell, base.RNNCell):
    raise _errors.ArgumentTypeError(problem(
        name, "be an RNNCell",
        f"{cell!r}, which is not an RNNCell",
        "pass a cell of tf.nn.rnn_cell or a subclass of RNNCell"))
