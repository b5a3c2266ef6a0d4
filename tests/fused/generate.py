"""Writes what TensorFlow 1.15 makes of `cudnn_cases`, or checks the file.

    python tests/fused/generate.py            # writes data/cudnn_1_15.json
    python tests/fused/generate.py --check    # compares; exit code 1 if not

Start it with any Python, as `tests/golden/generate.py`. Python 3.7 syntax.
"""

import json
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(HERE))
PATH = os.path.join(HERE, "data", "cudnn_1_15.json")

from golden import generate as golden_generate  # noqa: E402
from golden import reference  # noqa: E402


def measure():
  import tensorflow as tf
  tf.compat.v1.logging.set_verbosity(tf.compat.v1.logging.ERROR)
  from fused import cudnn_cases
  return {
      name: cudnn_cases.facts(
          tf, case, lambda: len(tf.get_default_graph().get_operations()))
      for name, case in cudnn_cases.CASES.items()}


def main(argv=None):
  options = golden_generate.parse(sys.argv[1:] if argv is None else argv)
  if not reference.is_reference():
    return reference.go_on_there(__file__, options)
  found = measure()
  if options.check:
    with open(PATH) as stream:
      committed = json.load(stream)
    wrong = [name for name in sorted(set(found) | set(committed))
             if found.get(name) != committed.get(name)]
    print("cudnn_rnn: %s" % (
        "%s differ" % ", ".join(wrong) if wrong else "as committed"))
    return 1 if wrong else 0
  if not os.path.isdir(os.path.dirname(PATH)):
    os.makedirs(os.path.dirname(PATH))
  with open(PATH, "w") as stream:
    stream.write("{\n" + ",\n".join("%s: %s" % (
        json.dumps(name), json.dumps(found[name], sort_keys=True))
                                   for name in found) + "\n}\n")
  print("%d cases" % len(found))
  return 0


if __name__ == "__main__":
  sys.exit(main())
