"""Rates how close a graph of ours is to the one that 1.15.5 built."""

import json

OPS = "op for op"
EQUAL = "seeds and values"
VALUES = "values differ"
SEEDS = "seeds differ"
RAISES = "raises"

MEANING = {
    OPS: "the same operations with the same names in the same order, the "
         "same op seeds, and initial values identical to the last bit",
    EQUAL: "the same op seeds and initial values; some operations differ in "
           "name or number, and the count is corrected for that",
    VALUES: "the same op seeds, but a different initial value",
    SEEDS: "an operation got a different seed",
    RAISES: "the snippet raises",
}

# Op types that 1.15 created -> types that today's functions create instead,
# with the same inputs, outputs and numbers.
RENAMED = {
    "Add": "AddV2",  # tf.add since TensorFlow 2.0
    "Select": "SelectV2",  # tf.where, which now broadcasts
}

# The tolerance for values that are not compared bit for bit.
TOLERANCE = 1e-6


def modern(op):
  """`name:Type` with today's type."""
  name, _, kind = op.rpartition(":")
  return name + ":" + RENAMED.get(kind, kind)


def _near(one, two):
  return one[:2] == two[:2] and len(one[3]) == len(two[3]) and all(
      abs(a - b) <= TOLERANCE for a, b in zip(one[3], two[3]))


def differing_values(want, got, exact=True):
  """Names of variables that differ in value or are missing on one side."""
  def same(name):
    if name not in want or name not in got:
      return False
    one, two = want[name], got[name]
    # Compared as text, so that NaN equals itself.
    return json.dumps(one) == json.dumps(two) or (
        not exact and _near(one, two))
  return [name for name in sorted(set(want) | set(got)) if not same(name)]


def differing_seeds(want, got):
  """Names of random ops that differ in seed or are missing on one side."""
  return [name for name in sorted(set(want) | set(got))
          if want.get(name) != got.get(name)]


def verdict(want, want_ops, got, exact=True):
  """The verdict, one of the constants above, on 1.15's facts and ours."""
  if "error" in got:
    return RAISES
  if differing_seeds(want["seeds"], got["seeds"]):
    return SEEDS
  if differing_values(want["values"], got["values"], exact):
    return VALUES
  ours = [modern(op) for op in got["ops"]]
  return OPS if [modern(op) for op in want_ops] == ours else EQUAL
