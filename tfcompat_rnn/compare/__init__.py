"""Runs a program under TensorFlow 1.x and under the launcher, and compares.

`recorder` is one file for both sides and writes a recording. `recording`
reads it, `differences` compares two of them, `report` and `page` show the
result, and `sides` starts the interpreters. The command line is
`tfcompat-rnn compare`.
"""
