"""What differs between two folders of data. Python 3.7 syntax."""

import json
import os

from oracle import files

# Relative to the largest magnitude of an array. Not zero: the order in which
# Eigen adds up depends on the vector instructions of the machine. On one
# machine two runs are bit-identical.
TOLERANCE = {"float32": 1e-6, "float64": 1e-12}
# What belongs to a checkpoint or is compared only by being there.
_PRESENCE = (".meta.gz", "checkpoint", ".pickle")


def compare(committed, fresh, numbers=0.0):
  """Every difference between two folders, as lines of text.

  Of `committed` only those folders count that `fresh` has too. Numbers in
  JSON may differ by the part `numbers` of the larger one.
  """
  problems = []
  for folder, _, fresh_names in sorted(os.walk(fresh)):
    part = os.path.relpath(folder, fresh)
    here = os.path.join(committed, part)
    names = [set(name for name in os.listdir(here)
                 if os.path.isfile(os.path.join(here, name)))
             if os.path.isdir(here) else set(), set(fresh_names)]
    label = "" if part == "." else part + "/"
    for name in sorted(names[0] ^ names[1]):
      problems.append("%s%s: only %s" % (
          label, name, "committed" if name in names[0] else "generated"))
    for name in sorted(names[0] & names[1]):
      problems += compare_files(
          label + name, os.path.join(here, name), os.path.join(folder, name),
          numbers)
  return problems


def compare_files(name, one, two, numbers=0.0):
  """The differences of two files, told by how their name ends."""
  if name.endswith((".json", ".json.gz")):
    return compare_json(name, *[_load(path) for path in (one, two)],
                        numbers=numbers)
  if name.endswith(".npz"):
    return compare_arrays(name, *[_arrays(path) for path in (one, two)])
  if name.endswith((".index", ".v1")):
    return _compare_checkpoints(name, one, two)
  if ".data-" in name or name.endswith(_PRESENCE):
    return []
  raise ValueError("no rule compares a file like %s" % name)


def _load(path):
  if path.endswith(".gz"):
    return files.read_json(path)
  with open(path) as stream:
    return json.load(stream)


def _arrays(path):
  import numpy as np
  with np.load(path, allow_pickle=False) as stored:
    if "layout" in stored.files:
      return files.read_arrays(path)
    return {name: stored[name] for name in stored.files}


def compare_json(name, a, b, numbers=0.0):
  """One line for each key whose value differs; a nan is equal to itself."""
  problems = []
  for key in sorted(set(a) | set(b)):
    if key not in a or key not in b:
      problems.append("%s: only the %s file has %s" % (
          name, "committed" if key in a else "generated", key))
    elif not alike(a[key], b[key], numbers):
      problems.append("%s: %s differs" % (name, key))
  return problems


def alike(a, b, numbers=0.0):
  """Whether two values of JSON are equal but for rounding."""
  if isinstance(a, dict) and isinstance(b, dict):
    return set(a) == set(b) and all(alike(a[k], b[k], numbers) for k in a)
  if isinstance(a, list) and isinstance(b, list):
    return len(a) == len(b) and all(
        alike(x, y, numbers) for x, y in zip(a, b))
  if isinstance(a, float) and isinstance(b, float) and numbers:
    # Below 1e-3 it is the rounding of larger terms that differs.
    if abs(a - b) <= numbers * max(abs(a), abs(b), 1e-3):
      return True
  return repr(a) == repr(b)


def compare_arrays(name, a, b):
  """Lines about two dicts of arrays."""
  import numpy as np
  problems = ["%s: %s is in one only" % (name, key)
              for key in sorted(set(a) ^ set(b))]
  for key in sorted(set(a) & set(b)):
    x, y = np.asarray(a[key]), np.asarray(b[key])
    if x.shape != y.shape or x.dtype != y.dtype:
      problems.append("%s: %s has another shape or dtype" % (name, key))
    elif x.dtype.name not in TOLERANCE:
      if not np.array_equal(x, y):
        problems.append("%s: %s differs" % (name, key))
    elif x.size:
      # To the largest magnitude of the case: a flat array holds all of it.
      # Equal infinities (the scores of dead beams) and nans do not differ.
      with np.errstate(invalid="ignore"):
        same = (x == y) | (np.isnan(x) & np.isnan(y))
        apart = np.where(same, 0, np.abs(x - y))
      largest = np.max(np.abs(x), where=np.isfinite(x), initial=1e-30)
      gap = np.max(apart) / largest
      if not gap <= TOLERANCE[x.dtype.name]:
        problems.append("%s: %s differs by %.2g" % (name, key, gap))
  return problems


def _compare_checkpoints(name, one, two):
  import tensorflow as tf
  old = hasattr(tf.train, "NewCheckpointReader")  # 1.4 has no tf.compat.v1
  train = tf.train if old else tf.compat.v1.train
  readers = [train.NewCheckpointReader(
      path[:-6] if path.endswith(".index") else path) for path in (one, two)]
  shapes = [reader.get_variable_to_shape_map() for reader in readers]
  if shapes[0] != shapes[1]:
    return ["%s: other variables or shapes" % name]
  if os.path.basename(name).startswith("lstm_in_shards"):
    return []  # V1 reads no slices
  return compare_arrays(name, *[
      {key: reader.get_tensor(key) for key in shapes[0]}
      for reader in readers])
