"""Writes data/ with TensorFlow 1.15, or checks it: the cases of this folder.

    python tests/cells/generate.py [--check]

Start it with any Python (see `tests/oracle/command.py`). Python 3.7 syntax.
"""

import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(HERE))

from oracle import command  # noqa: E402  (needs the path above)
from oracle import files  # noqa: E402


def write(folder):
  import tensorflow as tf
  from tensorflow.python.util import deprecation

  from cells import cases
  from cells import measure
  deprecation._PRINT_DEPRECATION_WARNINGS = False
  bench = measure.Bench(tf.compat.v1, tf.contrib.rnn, tf.layers)
  for registry in cases.ALL:
    files.write_json(
        os.path.join(folder, registry.family + ".json.gz"),
        measure.facts_of(registry, bench))


if __name__ == "__main__":
  sys.exit(command.main(__file__, write, os.path.join(HERE, "data")))
