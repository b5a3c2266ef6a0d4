"""Writes data/ with TensorFlow 1.15, or checks it: `tf.contrib.cudnn_rnn`.

    python tests/fused/generate.py [--check]

Start it with any Python (see `tests/oracle/command.py`). Python 3.7 syntax.
"""

import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
DATA = os.path.join(HERE, "data")
sys.path.insert(0, os.path.dirname(HERE))

from oracle import command  # noqa: E402  (needs the path above)
from oracle import files  # noqa: E402


def write(folder):
  import tensorflow as tf

  from fused import cudnn_cases
  files.write_json(os.path.join(folder, "cudnn.json.gz"), {
      name: cudnn_cases.facts(
          tf, case, lambda: len(tf.get_default_graph().get_operations()))
      for name, case in cudnn_cases.CASES.items()})


if __name__ == "__main__":
  sys.exit(command.main(__file__, write, DATA))
