"""Sequence-to-sequence functions, grouped as in 1.15's contrib.

`decoders`, `basic_decoder`, `helpers` and `loss` correspond to
`tf.contrib.seq2seq`, and `legacy` to `tf.contrib.legacy_seq2seq`. Their two
`sequence_loss` functions differ.
"""
