"""How near a graph of ours comes to the one that 1.15.5 made."""

import json

OPS = "op for op"
EQUAL = "seeds and values"
VALUES = "values differ"
SEEDS = "seeds differ"
RAISES = "raises"

MEANING = {
    OPS: "the same operations by the same names in the same order, the same "
         "op seeds, the same initial values to the last bit",
    EQUAL: "the same op seeds and initial values; some operations differ in "
           "name or number, and the count is corrected for it",
    VALUES: "the same op seeds, but another initial value",
    SEEDS: "an operation got another seed",
    RAISES: "the snippet raises",
}

# Types that 1.15 made -> types that today's functions make in their place,
# with the same inputs, outputs and numbers.
RENAMED = {
    "Add": "AddV2",  # tf.add since TensorFlow 2.0
    "Select": "SelectV2",  # tf.where, which broadcasts now
}

# Allowed between values that are not compared bit for bit.
TOLERANCE = 1e-6


def modern(op):
  """`name:Type` with today's type."""
  name, _, kind = op.rpartition(":")
  return name + ":" + RENAMED.get(kind, kind)


def _near(one, two):
  return one[:2] == two[:2] and len(one[3]) == len(two[3]) and all(
      abs(a - b) <= TOLERANCE for a, b in zip(one[3], two[3]))


def differing_values(want, got, exact=True):
  """Names of variables whose initial values differ, or that one side lacks."""
  def same(name):
    if name not in want or name not in got:
      return False
    one, two = want[name], got[name]
    # As text, so that a nan is equal to itself.
    return json.dumps(one) == json.dumps(two) or (
        not exact and _near(one, two))
  return [name for name in sorted(set(want) | set(got)) if not same(name)]


def differing_seeds(want, got):
  """Names of random ops whose seeds differ, or that one side lacks."""
  return [name for name in sorted(set(want) | set(got))
          if want.get(name) != got.get(name)]


def verdict(want, want_ops, got, exact=True):
  """One of the words above, for 1.15's facts and ours."""
  if "error" in got:
    return RAISES
  if differing_seeds(want["seeds"], got["seeds"]):
    return SEEDS
  if differing_values(want["values"], got["values"], exact):
    return VALUES
  ours = [modern(op) for op in got["ops"]]
  return OPS if [modern(op) for op in want_ops] == ours else EQUAL
