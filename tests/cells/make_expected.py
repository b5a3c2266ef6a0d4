"""Writes expected_*.json. Run it under TensorFlow 1.15, from `tests/`:

  python -m cells.make_expected [family ...]
"""

import sys

import tensorflow as tf
from tensorflow.python.util import deprecation

from cells import cases
from cells import harness


def main(families):
  assert tf.__version__.startswith("1.15"), tf.__version__
  deprecation._PRINT_DEPRECATION_WARNINGS = False
  tf.compat.v1.logging.set_verbosity("ERROR")
  bench = harness.Bench(tf.compat.v1, tf.contrib.rnn, tf.layers)
  for registry in cases.ALL:
    if not families or registry.family in families:
      harness.write(registry, bench)


if __name__ == "__main__":
  main(sys.argv[1:])
