"""Runs the cases here and compares with what TensorFlow 1.15.5 measured."""

import functools
import importlib
import json
import os

import numpy as np

from . import harness

HERE = os.path.dirname(os.path.abspath(__file__))

# Relative to the largest number of an array.
TOLERANCE = {"float64": 1e-12, "float32": 1e-6, "float16": 0.0}


@functools.lru_cache(maxsize=None)
def measured():
  """(facts by case, arrays by case and part) from TensorFlow 1.15.5."""
  with open(os.path.join(HERE, "measured.json")) as source:
    facts = json.load(source)
  with np.load(os.path.join(HERE, "measured.npz")) as stored:
    arrays = {key: stored[key] for key in stored.files}
  return facts, arrays


def case_names(module_name):
  return sorted(importlib.import_module("." + module_name, __package__).CASES)


def check(module_name, name):
  """Asserts that one case computes here what it computed there."""
  kit = harness.kit_today()
  case = importlib.import_module("." + module_name, __package__).CASES[name]
  key = module_name + "/" + name
  facts, arrays = harness.run_case(case, kit)
  expected_facts, expected_arrays = measured()
  # JSON makes lists of tuples and text of keys.
  found = json.loads(json.dumps(facts))
  expected = expected_facts[key]
  wrong = sorted(differences(expected, found))
  assert not wrong, "\n".join(wrong)
  parts = {full[len(key) + 1:]: value
           for full, value in expected_arrays.items()
           if full.startswith(key + "/")}
  assert sorted(parts) == sorted(arrays)
  for part, value in parts.items():
    check_array(part, value, arrays[part],
                bits=name.startswith("function_") and part.startswith("y/"))


def check_array(part, expected, got, bits=False):
  got = np.asarray(got)
  assert got.dtype == expected.dtype, part
  assert got.shape == expected.shape, part
  if bits:
    assert got.tobytes() == expected.tobytes(), part
    return
  if not expected.size:
    return
  bound = TOLERANCE[expected.dtype.name] * np.abs(expected).max()
  np.testing.assert_allclose(got, expected, rtol=0, atol=bound, err_msg=part)


def differences(expected, got, where=""):
  """One line for each place where two measured facts differ."""
  if isinstance(expected, dict) and "raises" in expected:
    # Ours must be caught by an `except` for the class that 1.15 raised.
    caught = isinstance(got, dict) and expected["raises"][0] in got.get(
        "raises", ())
    if not caught:
      yield "{}: 1.15 raised {}, here {}".format(
          where, expected["raises"][0], got)
  elif isinstance(expected, dict) and isinstance(got, dict):
    for key in sorted(set(expected) | set(got)):
      if key not in expected or key not in got:
        yield "{}/{}: only in {}".format(
            where, key, "1.15" if key in expected else "ours")
      else:
        yield from differences(expected[key], got[key], where + "/" + key)
  elif isinstance(expected, list) and isinstance(got, list):
    if len(expected) != len(got):
      yield "{}: {} parts in 1.15, {} here: {}".format(
          where, len(expected), len(got), sorted(
              {str(x) for x in expected} ^ {str(x) for x in got})[:8])
      return
    for position, (left, right) in enumerate(zip(expected, got)):
      yield from differences(left, right, "{}[{}]".format(where, position))
  elif expected != got:
    yield "{}: {!r} in 1.15, {!r} here".format(where, expected, got)
