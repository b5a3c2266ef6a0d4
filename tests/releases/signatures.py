"""Writes the arguments that functions had in TensorFlow 0.12.

    python tests/releases/signatures.py NAME ... > data/signatures_0_12.json

Run it with TensorFlow 0.12 (Python 3). `test_rows` compares the rows of names
of old releases with the file; it names those that the file has.
"""

import importlib
import inspect
import json
import sys


def find(root, name):
  """`root.NAME`, attribute by attribute or imported."""
  value = root
  for part in name.split("."):
    value = (getattr(value, part) if hasattr(value, part)
             else importlib.import_module(value.__name__ + "." + part))
  return value


def arguments(root, names):
  """{name: "its arguments"}"""
  return {name: " ".join(inspect.signature(find(root, name)).parameters)
          for name in names}


if __name__ == "__main__":
  import tensorflow
  json.dump(arguments(tensorflow, sys.argv[1:]), sys.stdout, indent=0,
            sort_keys=True)
  print()
