"""`tf.nn.seq2seq`, as `tf.contrib.legacy_seq2seq` was called before 1.0.

Two things differ. A `softmax_loss_function` is called with the logits (or
inputs) first and the labels second, by position. A cell may be used again, for
example in each bucket: it was only a recipe, and the variable scope decided
which variables it used.
"""

import functools
import inspect

from tfcompat_rnn import _errors
from tfcompat_rnn._errors import problem
from tfcompat_rnn.cells import multi
from tfcompat_rnn.seq2seq import legacy
from tfcompat_rnn.seq2seq.legacy import _decoding

_extract_argmax_and_embed = legacy._extract_argmax_and_embed


def _logits_first(function):
  return function and (lambda labels, logits: function(logits, labels))


def _check_model(seq2seq):
  if not callable(seq2seq):
    raise _errors.ArgumentTypeError(problem(
        "seq2seq", "be a function of (encoder_inputs, decoder_inputs)",
        repr(seq2seq), "leave out num_decoder_symbols, which came before it "
        "in TensorFlow 0.5"))
  return seq2seq


# parameter -> what its value is replaced with.
_CHANGES = {
    "cell": _decoding.recipe,
    "softmax_loss_function": _logits_first,
    "seq2seq": _check_model,
}


def _as_before(function):
  signature = inspect.signature(function)

  @functools.wraps(function)
  def call(*args, **kwargs):
    given = signature.bind(*args, **kwargs)
    for name in given.arguments:
      if name in _CHANGES:
        given.arguments[name] = _CHANGES[name](given.arguments[name])
    return function(*given.args, **given.kwargs)

  return call


attention_decoder = _as_before(legacy.attention_decoder)
basic_rnn_seq2seq = _as_before(legacy.basic_rnn_seq2seq)
embedding_attention_decoder = _as_before(legacy.embedding_attention_decoder)
embedding_attention_seq2seq = _as_before(legacy.embedding_attention_seq2seq)
embedding_rnn_decoder = _as_before(legacy.embedding_rnn_decoder)
embedding_rnn_seq2seq = _as_before(legacy.embedding_rnn_seq2seq)
embedding_tied_rnn_seq2seq = _as_before(legacy.embedding_tied_rnn_seq2seq)
model_with_buckets = _as_before(legacy.model_with_buckets)
rnn_decoder = _as_before(legacy.rnn_decoder)
sequence_loss = _as_before(legacy.sequence_loss)
sequence_loss_by_example = _as_before(legacy.sequence_loss_by_example)
tied_rnn_seq2seq = _as_before(legacy.tied_rnn_seq2seq)


def one2many_rnn_seq2seq(encoder_inputs, decoder_inputs_dict, cell,
                         num_encoder_symbols, num_decoder_symbols_dict,
                         embedding_size, feed_previous=False, dtype=None,
                         scope=None):
  """One encoder with several decoders, all with cells like `cell`.

  See `tf.contrib.legacy_seq2seq.one2many_rnn_seq2seq`, which has taken a cell
  for each of them since 1.1.
  """
  return legacy.one2many_rnn_seq2seq(
      encoder_inputs, decoder_inputs_dict, multi.unbuilt_copy(cell),
      {name: multi.unbuilt_copy(cell) for name in decoder_inputs_dict},
      num_encoder_symbols, num_decoder_symbols_dict, embedding_size,
      feed_previous=feed_previous, dtype=dtype, scope=scope)
