"""Writes `data/decoders.json`: what TensorFlow 1.0 and 1.1 computed.

    python tests/releases_1x/make_decoders.py PYTHON_1_0 PYTHON_1_1

The arguments are interpreters with TensorFlow 1.0.1 and 1.1.0, such as Python
3.6. Python 3.6 syntax.
"""

import json
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
FILE = os.path.join(HERE, "data", "decoders.json")


def measure():
  import decoder_cases
  import tensorflow as tf
  release = ".".join(tf.__version__.split(".")[:2])
  print("\nCASES " + json.dumps({
      decoder_cases.key(release, case): decoder_cases.run(tf, release, case)
      for case in decoder_cases.CASES[release]}))


def main(pythons):
  found = {}
  for python in pythons:
    output = subprocess.check_output(
        [python, os.path.abspath(__file__), "--measure"]).decode()
    found.update(json.loads(output.rpartition("\nCASES ")[2]))
  with open(FILE, "w") as stream:
    json.dump(found, stream, sort_keys=True, indent=0, separators=(",", ":"))
    stream.write("\n")


if __name__ == "__main__":
  if sys.argv[1:] == ["--measure"]:
    measure()
  else:
    main(sys.argv[1:])
