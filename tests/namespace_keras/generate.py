"""Writes data/ with TensorFlow 1.15, or checks it: what Keras came to.

    python tests/namespace_keras/generate.py            # writes data/
    python tests/namespace_keras/generate.py --check    # compares

`snippets` has the facts of each snippet (see `tests/seeds/measure.py`),
`programs` what each program printed, `weights.h5` and `k.ckpt` the weights of
the model in `saving.py`. Start it with any Python. Python 3.7 syntax.
"""

import collections
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
DATA = os.path.join(HERE, "data")
sys.path.insert(0, os.path.dirname(HERE))

from oracle import command  # noqa: E402  (needs the path above)
from oracle import files  # noqa: E402

SNIPPETS, PROGRAMS = "snippets.json.gz", "programs.json.gz"


def measure_all(tf):
  """`{snippet: facts}`, for whichever TensorFlow `tf` is."""
  import numpy as np

  from namespace_keras import snippets
  from seeds import measure
  found = collections.OrderedDict()
  for snippet in snippets.SNIPPETS.values():
    np.random.seed(5)
    try:
      found[snippet.name] = measure.measure(tf, snippet)
      # The order in which Keras initializes variables differs in each run.
      del found[snippet.name]["ops"], found[snippet.name]["digest"]
    except Exception as error:
      # What follows depends on the machine.
      found[snippet.name] = {"error": "%s: %s" % (
          type(error).__name__, str(error).partition(" (defined at")[0])}
    # Snippets set learning phases; graphs are fresh anyway.
    tf.keras.backend.clear_session()
  return found


def run_all(tf, names=None):
  from namespace_keras import programs
  return collections.OrderedDict(
      (name, programs.run(tf, name)) for name in names or programs.names())


def write(folder):
  import tensorflow as tf

  from namespace_keras import saving
  tf.compat.v1.logging.set_verbosity(tf.compat.v1.logging.FATAL)
  files.write_json(os.path.join(folder, PROGRAMS), run_all(tf))
  files.write_json(os.path.join(folder, SNIPPETS), measure_all(tf))
  saving.save(tf, folder)


def read(name, folder=DATA):
  return files.read_json(os.path.join(folder, name))


def compare(committed, fresh):
  """Text and seeds for equality, numbers that were printed to 1e-3."""
  from namespace_keras import programs
  problems = []
  want, got = read(SNIPPETS, committed), read(SNIPPETS, fresh)
  problems += ["snippet %s differs" % name for name in sorted(set(want)
                                                              | set(got))
               if want.get(name) != got.get(name)]
  want, got = read(PROGRAMS, committed), read(PROGRAMS, fresh)
  for name in sorted(set(want) | set(got)):
    one, two = want.get(name, []), got.get(name, [])
    if programs.words(one) != programs.words(two) or any(
        abs(a - b) > 1e-3 for a, b in zip(programs.numbers(one),
                                          programs.numbers(two))):
      problems.append("program %s prints something else" % name)
  return problems


if __name__ == "__main__":
  # Not when a test imports this: its process would have one thread, too.
  os.environ.setdefault("TF_NUM_INTEROP_THREADS", "1")
  os.environ.setdefault("TF_NUM_INTRAOP_THREADS", "1")
  sys.exit(command.main(__file__, write, DATA, compare))
