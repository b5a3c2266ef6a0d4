"""Writes data/ with TensorFlow 1.15, or checks it: what programs print.

    python tests/estimator/generate.py [--check]

Start it with any Python (see `tests/oracle/command.py`). Python 3.7 syntax.
"""

import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
DATA = os.path.join(HERE, "data")
sys.path.insert(0, os.path.dirname(HERE))

from oracle import command  # noqa: E402  (needs the path above)
from oracle import files  # noqa: E402

PRINTED = "printed.json.gz"


def write(folder):
  from estimator import run_programs
  files.write_json(os.path.join(folder, PRINTED), {
      name: text.splitlines()
      for name, text in run_programs.run_all().items()})


def read():
  """{program: the lines that it printed}"""
  return files.read_json(os.path.join(DATA, PRINTED))


if __name__ == "__main__":
  sys.exit(command.main(__file__, write, DATA))
