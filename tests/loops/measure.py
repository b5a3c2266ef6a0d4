"""Runs the cases of `loop_cases` and notes what they built and computed.

Runs unchanged on Python 3.7 with TensorFlow 1.15 and on ours.
"""

import os
import types

from loops import loop_cases
from oracle import files
from oracle import recording

FILE = "loops.json.gz"


def picture(nest):
  """The types of a nest: what the user can unpack."""
  if isinstance(nest, dict):
    return {key: picture(nest[key]) for key in sorted(nest)}
  if isinstance(nest, (list, tuple)):
    return [type(nest).__name__] + [picture(part) for part in nest]
  return nest.name


def measure(tf, bench, case):
  """Builds `case` in the default graph and returns the record."""
  result, by = case(bench)
  record = recording.record(tf, result, by, bench.feed)
  del record["names"]  # they are in the picture
  record["result"] = picture(result)
  return record


def short_numbers(value):
  """float32 needs nine digits, not seventeen."""
  if isinstance(value, list):
    return [short_numbers(part) for part in value]
  return float("%.9g" % value)


def loops_of_1_15(tf):
  """The loops that a case uses, from TensorFlow 1.15."""
  names = ("dynamic_rnn", "bidirectional_dynamic_rnn", "static_rnn",
           "static_bidirectional_rnn", "static_state_saving_rnn", "raw_rnn")
  contrib = ("stack_bidirectional_rnn", "stack_bidirectional_dynamic_rnn")
  return types.SimpleNamespace(
      **{name: getattr(tf.nn, name) for name in names},
      **{name: getattr(tf.contrib.rnn, name) for name in contrib})


def write(tf, folder):
  """Every case, measured by TensorFlow 1.15."""
  records = {}
  for name in sorted(loop_cases.CASES):
    with tf.Graph().as_default():
      record = measure(tf, loop_cases.Bench(tf, loops_of_1_15(tf)),
                       loop_cases.CASES[name])
    if "float64" not in name:
      record["values"] = short_numbers(record["values"])
      record["gradients"] = short_numbers(record["gradients"])
    records[name] = record
  files.write_json(os.path.join(folder, FILE), records)
