"""`tf.contrib.seq2seq` and `tf.contrib.legacy_seq2seq`: losses and a decoder.

The decoder is the one that character models use. The rest of both is in
`contrib_gaps`.
"""

from tfcompat_rnn.namespace.tables import Row

ROWS = [
    Row("contrib.seq2seq.sequence_loss",
        "tfcompat_rnn.seq2seq.loss:sequence_loss"),
    Row("contrib.seq2seq.python.ops.loss.sequence_loss",
        "tfcompat_rnn.seq2seq.loss:sequence_loss"),
    *(Row(f"contrib.legacy_seq2seq.{prefix}{name}",
          f"tfcompat_rnn.seq2seq.legacy:{name}")
      for prefix in ("", "python.ops.seq2seq.")
      for name in ("rnn_decoder", "sequence_loss",
                   "sequence_loss_by_example")),
]
