"""Writes recurrent.json and recurrent.npz, what TensorFlow 1.15.5 computed.

    python tests/loops/measure_recurrent.py    # a Python with TensorFlow 1.15
"""

import os
import sys

FOLDER = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(FOLDER))
sys.path.insert(0, FOLDER)

import recurrent_cases  # noqa: E402  (needs the path above)
from golden import measure, store  # noqa: E402


def write(tf):
  results = {}
  for case in recurrent_cases.CASES.values():
    for dtype in case.dtypes:
      facts, arrays = measure.measure(tf, case, dtype, raising=True)
      # Of the operations only their number: 1.15 kept steps in functions.
      facts["count"], facts["ops"] = len(facts["ops"]), []
      results[store.key(case.name, dtype)] = facts, arrays
  store.write("recurrent", results, os.path.join(FOLDER, "data"))
  print("%d cases" % len(results))


if __name__ == "__main__":
  import tensorflow
  tensorflow.compat.v1.logging.set_verbosity("ERROR")
  write(tensorflow)
