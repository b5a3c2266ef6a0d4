"""Sequence to sequence, by the modules of 1.15's contrib.

`loss` answers to `tf.contrib.seq2seq`, `legacy` to
`tf.contrib.legacy_seq2seq`: their two `sequence_loss` are not the same.
"""
