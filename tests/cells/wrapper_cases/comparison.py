"""Runs the cases here and compares with the results of TensorFlow 1.15.5."""

import functools
import importlib
import json
import os

import numpy as np

from oracle import files

from . import measure

HERE = os.path.dirname(os.path.abspath(__file__))

# Relative to the largest number of an array; for a gradient, of all gradients
# of its case: those that flow through a softmax nearly cancel, and what is
# left of them carries the rounding of the large ones (in float64: 3e-15).
TOLERANCE = {"float64": 1e-12, "float32": 1e-6, "float16": 0.0}

_NONE_STATE = "a TypeError that names the state, not an accident with None"
_HIGHWAY = "1.15's HighwayWrapper lacks what its base class sets; ours has it"

# place -> why ours differs from 1.15. All other facts agree.
DIFFERENT = {
    "wrappers/surface_device/state None[0]": _NONE_STATE,
    "wrappers/surface_dropout/state None[0]": _NONE_STATE,
    "wrappers/surface_highway/state None[0]": _NONE_STATE,
    "wrappers/surface_input_projection/state None[0]": _NONE_STATE,
    "wrappers/surface_output_projection/state None[0]": _NONE_STATE,
    "wrappers/surface_residual/state None[0]": _NONE_STATE,
    "wrappers/surface_highway/config[0]": _HIGHWAY,
    "wrappers/surface_highway/count unbuilt[0]": _HIGHWAY,
    "wrappers/surface_highway/from_config as it is[0]": _HIGHWAY,
    "wrappers/surface_highway/from_config[0]": _HIGHWAY,
}


@functools.lru_cache(maxsize=None)
def measured():
  """`(facts by case, arrays by case and part)` from TensorFlow 1.15.5."""
  path = os.path.join(HERE, "data", "measured")
  return (files.read_json(path + ".json.gz"),
          files.read_arrays(path + ".npz"))


def case_names(module_name):
  return sorted(importlib.import_module("." + module_name, __package__).CASES)


def check(module_name, name):
  """Asserts that a case has the same results here as in 1.15.5."""
  kit = measure.kit_today()
  case = importlib.import_module("." + module_name, __package__).CASES[name]
  key = module_name + "/" + name
  facts, arrays = measure.run_case(case, kit)
  expected_facts, expected_arrays = measured()
  # JSON turns tuples into lists and keys into text.
  found = json.loads(json.dumps(facts))
  expected = expected_facts[key]
  wrong = dict(differences(expected, found, key))
  known = {where for where in DIFFERENT if where.startswith(key + "/")}
  assert not sorted(set(wrong) - known), "\n".join(
      where + ": " + wrong[where] for where in sorted(set(wrong) - known))
  assert not known - set(wrong), "now as in 1.15: drop it from DIFFERENT"
  parts = {full[len(key) + 1:]: value
           for full, value in expected_arrays.items()
           if full.startswith(key + "/")}
  assert sorted(parts) == sorted(arrays)
  scale = largest(value for part, value in parts.items()
                  if part.startswith("gradient/"))
  for part, value in parts.items():
    check_array(part, value, arrays[part],
                scale if part.startswith("gradient/") else largest([value]),
                bits=name.startswith("function_") and part.startswith("y/"))


def largest(arrays):
  return max((float(np.abs(array).max()) for array in arrays if array.size),
             default=0.0)


def check_array(part, expected, got, scale, bits=False):
  got = np.asarray(got)
  assert got.dtype == expected.dtype, part
  assert got.shape == expected.shape, part
  if bits:
    assert got.tobytes() == expected.tobytes(), part
    return
  bound = TOLERANCE[expected.dtype.name] * scale
  np.testing.assert_allclose(got, expected, rtol=0, atol=bound, err_msg=part)


def differences(expected, got, where):
  """`(place, text)` for each place where two measured facts differ."""
  if isinstance(expected, dict) and "raises" in expected:
    # An `except` for the class that 1.15 raised must catch ours.
    raised = expected["raises"][0]
    caught = got.get("raises", ()) if isinstance(got, dict) else ()
    if raised not in caught:
      yield where, "1.15 raised {}, here {}".format(raised, got)
  elif isinstance(expected, dict) and isinstance(got, dict):
    for key in sorted(set(expected) | set(got)):
      place = where + "/" + key
      if key not in expected or key not in got:
        yield place, "only in " + ("1.15" if key in expected else "ours")
      else:
        yield from differences(expected[key], got[key], place)
  elif isinstance(expected, list) and isinstance(got, list):
    if len(expected) != len(got):
      yield where, "{} parts in 1.15, {} here: {}".format(
          len(expected), len(got),
          sorted({str(x) for x in expected} ^ {str(x) for x in got})[:8])
      return
    for position, (left, right) in enumerate(zip(expected, got)):
      yield from differences(left, right, "{}[{}]".format(where, position))
  elif expected != got:
    yield where, "{!r} in 1.15, {!r} here".format(expected, got)
