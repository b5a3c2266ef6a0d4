"""Writes the golden files with TensorFlow 1.15, or checks the committed ones.

    python tests/golden/generate.py            # writes data/
    python tests/golden/generate.py --check    # compares; exit code 1 if not

`data/` has the cases, and `data/metagraph/` what a training program saved.
Start it with any Python (see `tests/oracle/command.py`). Python 3.7 syntax.
"""

import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
DATA = os.path.join(HERE, "data")
sys.path.insert(0, os.path.dirname(HERE))

from oracle import command  # noqa: E402  (needs the path above)
from oracle import files  # noqa: E402
from oracle import graphs  # noqa: E402


def write_cases(tf, folder):
  from golden import cases
  from oracle import measure
  from oracle import store
  for family in cases.FAMILIES:
    results = {}
    for case in cases.CASES.values():
      if case.family == family:
        for dtype in case.dtypes:
          results[store.key(case.name, dtype)] = measure.measure(
              tf, case, dtype)
    store.write(family, results, folder)
    print("%s: %d cases" % (family, len(results)))


def write_models(tf, folder):
  """Trains two steps, saves, and records what the saved model computes."""
  import numpy as np

  from golden import models
  from oracle import measure
  if not os.path.isdir(folder):
    os.makedirs(folder)
  for model in models.MODELS.values():
    path = os.path.join(folder, model.name)
    with tf.Graph().as_default() as graph:
      saver = model.build(tf)
      with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        measure.set_variables(session, tf.trainable_variables())
        models.train(session, model.feeds, 2)
        saver.save(session, path, write_state=False)
        numbers = dict(zip(
            model.fetches, session.run(model.fetches, model.feeds)))
        numbers["losses"] = np.array(models.train(session, model.feeds, 5))
      with open(path + ".meta", "rb") as stream:
        files.write_bytes(path + ".meta.gz", stream.read())
      os.remove(path + ".meta")
      files.write_arrays(path + ".npz", numbers)
      files.write_json(path + ".json.gz", {
          "variables": [[v.name, v.shape.as_list()]
                        for v in tf.global_variables()],
          "ops": graphs.shorten(graphs.operations(graph))})
    print("metagraph/%s" % model.name)


def write(folder):
  """Everything, below `folder`."""
  import tensorflow as tf

  from golden import keras_document
  write_cases(tf, folder)
  keras_document.write(tf, folder)
  write_models(tf, os.path.join(folder, "metagraph"))


def main(argv=None):
  return command.main(__file__, write, DATA, argv=argv)


if __name__ == "__main__":
  sys.exit(main())
