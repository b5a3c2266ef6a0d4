"""Writes data/ with TensorFlow 1.15, or checks it: viterbi_decode.

    python tests/crf/generate.py [--check]

The functions that build graphs are among the golden cases. Start it with any
Python (see `tests/oracle/command.py`). Python 3.7 syntax.
"""

import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
DATA = os.path.join(HERE, "data")
sys.path.insert(0, os.path.dirname(HERE))

from oracle import command  # noqa: E402  (needs the path above)
from oracle import files  # noqa: E402

FILE = "viterbi.json.gz"


def write(folder):
  from tensorflow.contrib import crf

  from crf import viterbi_cases
  files.write_json(os.path.join(folder, FILE), {
      name: viterbi_cases.record(crf.viterbi_decode, name)
      for name in sorted(viterbi_cases.CASES)})


if __name__ == "__main__":
  sys.exit(command.main(__file__, write, DATA))
