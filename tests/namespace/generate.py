"""Writes data/ with TensorFlow 1.15, or checks it: `tf.layers` and contrib.

    python tests/namespace/generate.py [--check]

Start it with any Python (see `tests/oracle/command.py`). Python 3.7 syntax.
"""

import importlib
import json
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
DATA = os.path.join(HERE, "data")
sys.path.insert(0, os.path.dirname(HERE))

from oracle import command  # noqa: E402  (needs the path above)
from oracle import files  # noqa: E402

MODULES = ("cases_layers", "cases_contrib_layers", "cases_contrib_slim")


def plain(record):
  """(names as JSON-able lists, {key: array}) of one `measure.run_case`."""
  import numpy as np
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


def cases(module):
  return importlib.import_module("namespace." + module).CASES


def write_cases(tf, folder):
  from namespace import measure
  for module in MODULES:
    store, names = {}, {}
    for name, case in cases(module).items():
      names[name], arrays = plain(measure.run_case(tf, case))
      store.update({"%s/%s" % (name, key): value
                    for key, value in arrays.items()})
    path = os.path.join(folder, module)
    files.write_json(path + ".json.gz", names)
    files.write_arrays(path + ".npz", store)


def write(folder):
  import tensorflow as tf
  from tensorflow.contrib.slim import nets as slim_nets

  from namespace import nets
  from namespace import vocabularies
  write_cases(tf, folder)
  files.write_json(os.path.join(folder, "nets.json.gz"),
                   nets.describe(tf, slim_nets))
  processor = tf.contrib.learn.preprocessing.VocabularyProcessor
  files.write_json(
      os.path.join(folder, "vocabulary.json.gz"), vocabularies.run(
          processor, os.path.join(folder, "vocabulary.pickle")))


if __name__ == "__main__":
  sys.exit(command.main(__file__, write, DATA))
