"""Sequence-to-sequence functions, grouped as in 1.15's contrib.

`loss` corresponds to `tf.contrib.seq2seq`, and `legacy` to
`tf.contrib.legacy_seq2seq`. Their two `sequence_loss` functions differ.
"""
