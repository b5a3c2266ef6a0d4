"""Writes tests/namespace/golden/*.npz with what TensorFlow 1.15 computed.

  python3.7 tests/namespace/make_contrib_golden.py

Run it under TensorFlow 1.15 only. Each file holds, for each case of a cases
module, the outputs, gradients, moved variables and regularization losses as
arrays, and the names and shapes as one JSON string.
"""

import importlib
import json
import os
import sys

import numpy as np

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "golden")
MODULES = ("cases_layers", "cases_contrib_layers", "cases_contrib_slim")


def plain(record):
  """(names as JSON-able lists, {key: array}) of one `oracle.run_case`."""
  arrays = {}
  for kind in ("outputs", "loss_values"):
    for place, value in enumerate(record[kind]):
      value = np.asarray(value)
      if value.dtype == object:  # strings: npz without pickles
        value = value.astype("S")
      arrays["%s/%d" % (kind, place)] = value
  for kind in ("gradients", "moved"):
    for name, value in record[kind].items():
      arrays["%s/%s" % (kind, name)] = np.asarray(value)
  names = {kind: json.loads(json.dumps(record[kind]))
           for kind in ("names", "variables", "updates", "losses")}
  return names, arrays


def main():
  sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
  import oracle
  import tensorflow as tf
  if not tf.__version__.startswith("1.15"):
    sys.exit("make_contrib_golden.py needs TensorFlow 1.15, this is %s; run "
             "it with an interpreter that has 1.15" % tf.__version__)
  if not os.path.isdir(FOLDER):
    os.makedirs(FOLDER)
  for module in MODULES:
    store, names = {}, {}
    for name, case in importlib.import_module(module).CASES.items():
      names[name], arrays = plain(oracle.run_case(tf, case))
      store.update({"%s/%s" % (name, key): value
                    for key, value in arrays.items()})
    store["names"] = np.frombuffer(
        json.dumps(names, sort_keys=True).encode("utf-8"), dtype=np.uint8)
    np.savez_compressed(os.path.join(FOLDER, module + ".npz"), **store)


if __name__ == "__main__":
  main()
