"""Tests of `tfcompat_rnn.fused`."""
