"""`tf.contrib.legacy_seq2seq`, all of it."""

from tfcompat_rnn.namespace.releases.rows import Changed
from tfcompat_rnn.namespace.tables import Row

NAMES = (
    "attention_decoder", "basic_rnn_seq2seq", "embedding_attention_decoder",
    "embedding_attention_seq2seq", "embedding_rnn_decoder",
    "embedding_rnn_seq2seq", "embedding_tied_rnn_seq2seq",
    "model_with_buckets", "rnn_decoder",
    "sequence_loss", "sequence_loss_by_example", "tied_rnn_seq2seq")

_MODULE = "contrib.legacy_seq2seq.python.ops.seq2seq"

ROWS = [
    *(Row(f"{module}.{name}", f"tfcompat_rnn.seq2seq.legacy:{name}")
      for module in ("contrib.legacy_seq2seq", _MODULE) for name in NAMES),
    *(Changed(f"{module}.one2many_rnn_seq2seq",
              "tfcompat_rnn.seq2seq.legacy:one2many_rnn_seq2seq", "1.0",
              "encoder_inputs decoder_inputs_dict cell num_encoder_symbols "
              "num_decoder_symbols_dict embedding_size feed_previous dtype "
              "scope", "tfcompat_rnn.namespace.releases.forms:is_old_one2many",
              "tfcompat_rnn.seq2seq.legacy.before_1_0:one2many_rnn_seq2seq",
              first="1.0")
      for module in ("contrib.legacy_seq2seq", _MODULE)),
    Row(f"{_MODULE}._extract_argmax_and_embed",
        "tfcompat_rnn.seq2seq.legacy:_extract_argmax_and_embed"),
    Row(f"{_MODULE}.Linear", "tfcompat_rnn.seq2seq.legacy:Linear"),
    # Its name in TensorFlow 1.0 to 1.2, where it was a function.
    Row(f"{_MODULE}.linear", "tfcompat_rnn.cells.linear:linear"),
]
