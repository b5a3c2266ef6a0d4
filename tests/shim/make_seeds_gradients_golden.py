"""Writes what gradients left in the graph in TensorFlow 1.15, and came to.

  python3.7 tests/shim/make_seeds_gradients_golden.py [--check]
"""

import gzip
import json
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
PATH = os.path.join(HERE, "golden", "seeds_gradients_1_15.json.gz")


def describe(tf):
  """{"case known" or "case unknown": what `measure` says}."""
  sys.path.insert(0, os.path.dirname(HERE))
  from shim import cases_seeds_gradients as cases
  return {"%s %s" % (name, "known" if known else "unknown"):
          cases.measure(tf, name, known)
          for name in sorted(cases.CASES) for known in (True, False)}


def text(found):
  """One case a line."""
  rows = ["%s: %s" % (json.dumps(key), json.dumps(found[key]))
          for key in sorted(found)]
  return "{\n" + ",\n".join(rows) + "\n}\n"


def read():
  """The text of the committed file."""
  with gzip.open(PATH, "rt") as file:
    return file.read()


def main():
  import tensorflow as tf
  fresh = text(describe(tf))
  if "--check" in sys.argv[1:]:
    if read() != fresh:
      sys.exit("%s is not what this TensorFlow gives" % PATH)
    return
  # Without a date, so that the same text gives the same file.
  with open(PATH, "wb") as file, gzip.GzipFile(
      fileobj=file, mode="wb", filename="", mtime=0) as packed:
    packed.write(fresh.encode())


if __name__ == "__main__":
  main()
