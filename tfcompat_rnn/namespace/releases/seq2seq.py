"""`tf.nn.seq2seq` of 0.5 to 0.12, whose first releases differed once more.

`tfcompat_rnn.seq2seq.legacy.before_1_0` has what they had in common. Up to
0.8, models had no `embedding_size` and took the cell's input size; in 0.5 and
0.6, decoders returned the states of all steps, and losses and
`model_with_buckets` took the number of symbols.
"""

import functools
import inspect
import numbers

from tfcompat_rnn._tf import tf
from tfcompat_rnn.namespace.releases import functions
from tfcompat_rnn.namespace.releases import notice
from tfcompat_rnn.seq2seq.legacy import before_1_0

_extract_argmax_and_embed = before_1_0._extract_argmax_and_embed


def _is_flag(value):
  return isinstance(value, bool) or tf.is_tensor(value)


def _with_embedding_size(args, kwargs, parameters):
  """The arguments with the size that was left out, the cell's input size."""
  if "embedding_size" not in parameters or "embedding_size" in kwargs:
    return args
  position = parameters.index("embedding_size")
  if len(args) > position and isinstance(args[position], numbers.Integral):
    # `num_heads` was an int as well and came first; it is 1 unless it is given.
    if not (len(args) > position + 1 and _is_flag(args[position + 1])
            and "num_heads" in parameters):
      return args
  at = parameters.index("cell")
  cell = args[at] if len(args) > at else kwargs["cell"]
  size = getattr(cell, "input_size", None) or cell.output_size
  if len(args) <= position:
    kwargs["embedding_size"] = size
    return args
  return args[:position] + (size,) + args[position:]


def _older(function, decoder=False):
  parameters = list(inspect.signature(function).parameters)

  @functools.wraps(function)
  def call(*args, **kwargs):
    notice.used(f"tf.nn.seq2seq.{function.__name__}", "0.12")
    args = _with_embedding_size(args, kwargs, parameters)
    if not functions.lists_states():
      return function(*args, **kwargs)
    if not decoder:
      outputs, state = function(*args, **kwargs)
      return outputs, [state]
    given = inspect.signature(function).bind(*args, **kwargs)
    recorder = functions.Recorder(given.arguments["cell"])
    given.arguments["cell"] = recorder
    outputs, _ = function(*given.args, **given.kwargs)
    return outputs, recorder.states

  return call


attention_decoder = _older(before_1_0.attention_decoder)
basic_rnn_seq2seq = _older(before_1_0.basic_rnn_seq2seq)
embedding_attention_decoder = _older(before_1_0.embedding_attention_decoder)
embedding_attention_seq2seq = _older(before_1_0.embedding_attention_seq2seq)
embedding_rnn_decoder = _older(before_1_0.embedding_rnn_decoder)
embedding_rnn_seq2seq = _older(before_1_0.embedding_rnn_seq2seq)
embedding_tied_rnn_seq2seq = _older(before_1_0.embedding_tied_rnn_seq2seq)
one2many_rnn_seq2seq = _older(before_1_0.one2many_rnn_seq2seq)
rnn_decoder = _older(before_1_0.rnn_decoder, decoder=True)
tied_rnn_seq2seq = _older(before_1_0.tied_rnn_seq2seq)


def model_with_buckets(encoder_inputs, decoder_inputs, targets, weights,
                       buckets, *args, **kwargs):
  """`tf.nn.seq2seq.model_with_buckets`; see `tf.contrib.legacy_seq2seq`.

  In 0.5 and 0.6 the number of decoder symbols came before `seq2seq`; it is not
  needed.
  """
  kwargs.pop("num_decoder_symbols", None)
  if args and isinstance(args[0], numbers.Integral):
    args = args[1:]
  return before_1_0.model_with_buckets(
      encoder_inputs, decoder_inputs, targets, weights, buckets, *args,
      **kwargs)


def _loss(function):
  @functools.wraps(function)
  def call(logits, targets, weights, *args, **kwargs):
    kwargs.pop("num_decoder_symbols", None)
    # A number of symbols, which was not needed even then.
    if args and isinstance(args[0], numbers.Integral) and not isinstance(
        args[0], bool):
      args = args[1:]
    return function(logits, targets, weights, *args, **kwargs)
  return call


sequence_loss = _loss(before_1_0.sequence_loss)
sequence_loss_by_example = _loss(before_1_0.sequence_loss_by_example)
