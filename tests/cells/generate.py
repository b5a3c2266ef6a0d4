"""Writes data/ with TensorFlow 1.15, or checks it: the cases of this folder.

    python tests/cells/generate.py [--check]

Start it with any Python (see `tests/oracle/command.py`). Python 3.7 syntax.
"""

import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(HERE))

from oracle import command  # noqa: E402  (needs the path above)
from oracle import files  # noqa: E402


def write(folder):
  import tensorflow as tf
  from tensorflow.python.util import deprecation

  from cells import attributes
  from cells import cases
  from cells import measure
  from cells import object_checkpoints
  deprecation._PRINT_DEPRECATION_WARNINGS = False
  bench = measure.Bench(tf.compat.v1, tf.contrib.rnn, tf.layers)
  for registry in cases.ALL:
    files.write_json(
        os.path.join(folder, registry.family + ".json.gz"),
        measure.facts_of(registry, bench))
  files.write_json(os.path.join(folder, "attributes.json.gz"),
                   attributes.facts(tf.compat.v1, _find(tf)))
  lines = subprocess.check_output(
      [sys.executable, os.path.join(HERE, "programs", "eager.py")])
  files.write_json(os.path.join(folder, "eager.json.gz"),
                   {"lines": lines.decode("utf-8").splitlines()})
  folder = os.path.join(folder, "object_checkpoint")
  if not os.path.isdir(folder):
    os.makedirs(folder)
  files.write_json(os.path.join(folder, "facts.json.gz"),
                   object_checkpoints.facts(tf, folder))


def _find(tf):
  """A function from a name to the class of 1.15."""
  from tensorflow.contrib import cudnn_rnn
  from tensorflow.contrib import grid_rnn
  from tensorflow.contrib.rnn.python.ops import rnn_cell

  homes = (tf.nn.rnn_cell, tf.contrib.rnn, grid_rnn, cudnn_rnn, rnn_cell)
  return lambda name: next(
      getattr(home, name) for home in homes if hasattr(home, name))


if __name__ == "__main__":
  sys.exit(command.main(__file__, write, os.path.join(HERE, "data")))
