"""Writes data/ with TensorFlow 1.15, or checks it: loops, `recurrent`.

    python tests/loops/generate.py [--check]

Start it with any Python (see `tests/oracle/command.py`). Python 3.7 syntax.
"""

import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
DATA = os.path.join(HERE, "data")
sys.path.insert(0, os.path.dirname(HERE))

from oracle import command  # noqa: E402  (needs the path above)
from oracle import comparison  # noqa: E402


def write(folder):
  import tensorflow as tf

  from loops import measure
  write_recurrent(tf, folder)
  measure.write(tf, folder)


def write_recurrent(tf, folder):
  from loops import recurrent_cases
  from oracle import measure
  from oracle import store
  results = {}
  for case in recurrent_cases.CASES.values():
    for dtype in case.dtypes:
      facts, arrays = measure.measure(tf, case, dtype, raising=True)
      # Of the operations only their number: 1.15 kept steps in functions.
      facts["count"], facts["ops"] = len(facts["ops"]), []
      results[store.key(case.name, dtype)] = facts, arrays
  store.write("recurrent", results, folder)


def compare(committed, fresh):
  return comparison.compare(committed, fresh, numbers=1e-6)


if __name__ == "__main__":
  sys.exit(command.main(__file__, write, DATA, compare))
