"""Runs a program twice, under TensorFlow 1.x and here, and compares.

`recorder.py` is one file for both sides; it writes a recording. `recording`
reads it, `differences` compares two, `report` and `page` show the outcome,
`sides` starts the interpreters. Command line: `tfcompat-rnn compare`.
"""
