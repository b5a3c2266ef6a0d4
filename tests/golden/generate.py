"""Writes the golden files with TensorFlow 1.15, or checks those committed.

    python tests/golden/generate.py            # writes data/ and metagraph/
    python tests/golden/generate.py --check    # compares; exit code 1 if not

Start it with any Python: where that one has no TensorFlow 1.15 it goes on in
one that has (see `reference.py`). Python 3.7 syntax.
"""

import argparse
import json
import os
import shutil
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(HERE))

from golden import reference  # noqa: E402  (needs the path above)

# Not bit for bit: the order in which Eigen adds up depends on the vector
# instructions of the machine. On one machine two runs are bit-identical.
TOLERANCE = {"float32": 1e-6, "float64": 1e-12}


def parse(argv):
  parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
  parser.add_argument("--check", action="store_true",
                      help="write nothing; compare with what is committed")
  parser.add_argument("--reference-python", metavar="PATH",
                      help="a Python 3.7 that has TensorFlow 1.15")
  parser.add_argument("--venv", metavar="DIR",
                      help="where to make such a Python if there is none")
  return parser.parse_args(argv)


def write_cases(tf, folder):
  from golden import cases, measure, store
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
  """Trains two steps, saves, and notes what the saved model computes."""
  import numpy as np
  from golden import measure, models, store
  if not os.path.isdir(folder):
    os.makedirs(folder)
  for model in models.MODELS.values():
    with tf.Graph().as_default() as graph:
      saver = model.build(tf)
      with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        measure.set_variables(session, tf.trainable_variables())
        models.train(session, model.feeds, 2)
        saver.save(session, os.path.join(folder, model.name),
                   write_state=False)
        numbers = dict(zip(
            model.fetches, session.run(model.fetches, model.feeds)))
        numbers["losses"] = np.array(models.train(session, model.feeds, 5))
      np.savez_compressed(
          os.path.join(folder, model.name + ".npz"),
          **{name.replace("/", "|"): numbers[name] for name in numbers})
      with open(os.path.join(folder, model.name + ".json"), "w") as stream:
        json.dump({
            "variables": [[v.name, v.shape.as_list()]
                          for v in tf.global_variables()],
            "ops": store.shorten(measure.operations(graph))}, stream)
    print("metagraph/%s" % model.name)


def write(folder):
  """Everything, beneath `folder`."""
  import tensorflow as tf
  from golden import keras_document
  tf.compat.v1.logging.set_verbosity(tf.compat.v1.logging.ERROR)
  write_cases(tf, os.path.join(folder, "data"))
  keras_document.write(tf, os.path.join(folder, "data"))
  write_models(tf, os.path.join(folder, "metagraph"))


def compare(committed, fresh):
  """Every difference between two folders, as lines of text."""
  import numpy as np
  problems = []
  names = [set(os.path.join(part, name)
               for part in ("data", "metagraph")
               for name in os.listdir(os.path.join(folder, part)))
           for folder in (committed, fresh)]
  for name in sorted(names[0] ^ names[1]):
    problems.append("%s: only %s" % (
        name, "committed" if name in names[0] else "generated"))
  for name in sorted(names[0] & names[1]):
    one, two = os.path.join(committed, name), os.path.join(fresh, name)
    if name.endswith(".json"):
      with open(one) as first, open(two) as second:
        a, b = json.load(first), json.load(second)
      problems += ["%s: %s differs" % (name, key)
                   for key in sorted(set(a) | set(b))
                   if a.get(key) != b.get(key)]
    elif name.endswith(".npz"):
      with np.load(one, allow_pickle=False) as a:
        with np.load(two, allow_pickle=False) as b:
          problems += _compare_arrays(name, a, b)
    elif name.endswith(".index"):
      problems += _compare_checkpoints(name, one[:-6], two[:-6])
  return problems


def _compare_checkpoints(name, one, two):
  import tensorflow as tf
  readers = [tf.train.load_checkpoint(path) for path in (one, two)]
  a, b = [{key: reader.get_tensor(key)
           for key in reader.get_variable_to_shape_map()}
          for reader in readers]
  return _compare_arrays(name, a, b)


def _compare_arrays(name, a, b):
  import numpy as np
  problems = ["%s: %s is in one only" % (name, key)
              for key in sorted(set(a) ^ set(b))]
  for key in sorted(set(a) & set(b)):
    x, y = np.asarray(a[key]), np.asarray(b[key])
    if x.shape != y.shape or x.dtype != y.dtype:
      problems.append("%s: %s has another shape or dtype" % (name, key))
    elif x.size:
      # To the largest magnitude of the case: a flat array holds all of it.
      gap = np.max(np.abs(x - y)) / max(np.max(np.abs(x)), 1e-30)
      if gap > TOLERANCE.get(x.dtype.name, 0):
        problems.append("%s: %s differs by %.2g" % (name, key, gap))
  return problems


def check():
  fresh = tempfile.mkdtemp(prefix="golden-")
  try:
    write(fresh)
    problems = compare(HERE, fresh)
  finally:
    shutil.rmtree(fresh)
  for line in problems:
    print("DIFFERS " + line)
  print("golden files: %s" % (
      "%d differences" % len(problems) if problems else "as committed"))
  return 1 if problems else 0


def main(argv=None):
  argv = sys.argv[1:] if argv is None else argv
  options = parse(argv)
  if not reference.is_reference():
    return reference.go_on_there(__file__, options)
  if options.check:
    return check()
  write(HERE)
  return 0


if __name__ == "__main__":
  sys.exit(main())
