"""Writes data/ with TensorFlow 1.15, or checks it: tf.contrib.training's input.

    python tests/training_input/generate.py [--check]

Start it with any Python (see `tests/oracle/command.py`). Python 3.7 syntax.
"""

import collections
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
DATA = os.path.join(HERE, "data")
sys.path.insert(0, os.path.dirname(HERE))

from oracle import command  # noqa: E402  (needs the path above)
from oracle import files  # noqa: E402


def write(folder):
  import tensorflow as tf

  from training_input import cases
  from training_input import errors
  from training_input import measure
  files.write_json(
      os.path.join(folder, "cases.json.gz"), collections.OrderedDict(
          (name, measure.measure(tf, name)) for name in cases.CASES))
  files.write_json(
      os.path.join(folder, "errors.json.gz"), collections.OrderedDict(
          (name, first_line(*measure.error_of(tf, build)))
          for name, build in errors.CASES.items()))


def first_line(_, kind, message):
  return [kind, message.split("\n")[0]]


if __name__ == "__main__":
  sys.exit(command.main(__file__, write, DATA))
