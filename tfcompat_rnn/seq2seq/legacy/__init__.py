"""`tf.contrib.legacy_seq2seq`: sequences as lists with one tensor per step.

`decoders` and `attention` run a decoder, `models` an encoder before it,
`buckets` one model at several lengths. `before_1_0` has the same functions as
`tf.nn.seq2seq` had them.
"""

from tfcompat_rnn.cells.linear import Linear
from tfcompat_rnn.seq2seq.legacy.attention import attention_decoder
from tfcompat_rnn.seq2seq.legacy.attention import embedding_attention_decoder
from tfcompat_rnn.seq2seq.legacy.buckets import model_with_buckets
from tfcompat_rnn.seq2seq.legacy.decoders import _extract_argmax_and_embed
from tfcompat_rnn.seq2seq.legacy.decoders import embedding_rnn_decoder
from tfcompat_rnn.seq2seq.legacy.decoders import rnn_decoder
from tfcompat_rnn.seq2seq.legacy.losses import sequence_loss
from tfcompat_rnn.seq2seq.legacy.losses import sequence_loss_by_example
from tfcompat_rnn.seq2seq.legacy.models import basic_rnn_seq2seq
from tfcompat_rnn.seq2seq.legacy.models import embedding_attention_seq2seq
from tfcompat_rnn.seq2seq.legacy.models import embedding_rnn_seq2seq
from tfcompat_rnn.seq2seq.legacy.models import embedding_tied_rnn_seq2seq
from tfcompat_rnn.seq2seq.legacy.models import tied_rnn_seq2seq
from tfcompat_rnn.seq2seq.legacy.multitask import one2many_rnn_seq2seq

__all__ = [
    "Linear", "_extract_argmax_and_embed", "attention_decoder",
    "basic_rnn_seq2seq", "embedding_attention_decoder",
    "embedding_attention_seq2seq", "embedding_rnn_decoder",
    "embedding_rnn_seq2seq", "embedding_tied_rnn_seq2seq",
    "model_with_buckets", "one2many_rnn_seq2seq", "rnn_decoder",
    "sequence_loss", "sequence_loss_by_example", "tied_rnn_seq2seq"]
