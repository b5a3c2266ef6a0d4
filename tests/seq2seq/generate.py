"""Writes data/ with TensorFlow 1.15, or checks it: losses and decoders.

    python tests/seq2seq/generate.py [--check]

Start it with any Python (see `tests/oracle/command.py`). Python 3.7 syntax.
"""

import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
DATA = os.path.join(HERE, "data")
sys.path.insert(0, os.path.dirname(HERE))

from oracle import command  # noqa: E402  (needs the path above)
from oracle import comparison  # noqa: E402
from oracle import files  # noqa: E402
from oracle import recording  # noqa: E402

FILE = "seq2seq.json.gz"


def measure(tf, loss, legacy, case):
  """Builds `case` in the default graph and returns the record."""
  result, by = case(tf, loss, legacy)
  return recording.record(tf, result, by)


def write(folder):
  import tensorflow as tf
  from tensorflow.contrib import legacy_seq2seq
  from tensorflow.contrib import seq2seq

  from seq2seq import seq2seq_cases
  records = {}
  for name in sorted(seq2seq_cases.CASES):
    with tf.Graph().as_default():
      records[name] = measure(
          tf, seq2seq, legacy_seq2seq, seq2seq_cases.CASES[name])
  files.write_json(os.path.join(folder, FILE), records)


def compare(committed, fresh):
  return comparison.compare(committed, fresh, numbers=1e-6)


if __name__ == "__main__":
  sys.exit(command.main(__file__, write, DATA, compare))
