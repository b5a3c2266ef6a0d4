"""Writes what gradients and training code left in the graph in TensorFlow 1.15.

  python3.7 tests/seeds/make_gradients_golden.py [--check]

And what a whole seeded training gave there (`seeded_training.py`).

Start it with any Python: where that one has no TensorFlow 1.15 it goes on in
one that has, as `tests/golden/generate.py` does.
"""

import gzip
import json
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
PATH = os.path.join(HERE, "golden", "gradients_1_15.json.gz")
TRAINING = os.path.join(HERE, "golden", "seeded_training.json")
STEPS = 200


def describe(tf):
  """{"gradient known", "gradient unknown", "training": what `measure` says}.
  """
  from seeds import gradient_cases as gradients
  from seeds import training_cases as training
  found = {"%s %s" % (name, "known" if known else "unknown"):
           gradients.measure(tf, name, known)
           for name in sorted(gradients.CASES) for known in (True, False)}
  found.update((name, training.measure(tf, name)) for name in training.CASES)
  return found


def text(found):
  """One case a line."""
  rows = ["%s: %s" % (json.dumps(key), json.dumps(found[key]))
          for key in sorted(found)]
  return "{\n" + ",\n".join(rows) + "\n}\n"


def read():
  """The text of the committed file."""
  with gzip.open(PATH, "rt") as file:
    return file.read()


def check_training(committed, fresh):
  """Draws to the last bit; losses as near as another processor comes."""
  if committed["values"] != fresh["values"] or any(
      abs(old - new) > 1e-4 * abs(old)
      for old, new in zip(committed["losses"], fresh["losses"])):
    sys.exit("%s is not what this TensorFlow gives" % TRAINING)


def main():
  sys.path.insert(0, os.path.dirname(HERE))
  from golden import generate, reference
  options = generate.parse(sys.argv[1:])
  if not reference.is_reference():
    sys.exit(reference.go_on_there(__file__, options))
  import tensorflow as tf
  tf.compat.v1.logging.set_verbosity(tf.compat.v1.logging.FATAL)
  from seeds import seeded_training
  fresh = text(describe(tf))
  training = seeded_training.run(tf, STEPS)
  if options.check:
    if read() != fresh:
      sys.exit("%s is not what this TensorFlow gives" % PATH)
    with open(TRAINING) as file:
      check_training(json.load(file), training)
    print("gradients and training: as committed")
    return
  with open(TRAINING, "w") as file:
    file.write(json.dumps(training) + "\n")
  # Without a date, so that the same text gives the same file.
  with open(PATH, "wb") as file, gzip.GzipFile(
      fileobj=file, mode="wb", filename="", mtime=0) as packed:
    packed.write(fresh.encode())


if __name__ == "__main__":
  main()
