"""Every case of this folder against what TensorFlow 1.15.5 answered."""

import re

import pytest

from cells import cases
from cells import harness

# (family, case) -> (what differs, why). All else must agree, and so must
# this once it does.
DIFFERENT = {
    ("custom", "add_weight_identity"): (
        "ops", "tf.eye of 2.x makes a MatrixDiagV3"),
    ("errors", "state_is_none"): (
        "error", "1.15 fell over None.dtype; a TypeError that says what to "
        "pass"),
}

EXPECTED = {
    registry.family: harness.read(registry.family) for registry in cases.ALL}
ALL = [(registry.family, name)
       for registry in cases.ALL for name in registry.cases]
ERRORS = [one for one in ALL if one[0] == "errors"]


# 2.x knows a TensorArray's static size and does not ask for it.
SIZE_OF_STACK = "TensorArrayStack/TensorArraySizeV3:TensorArraySizeV3"


def comparable(facts):
  """Facts without what TensorFlow 2 itself changed in the ops.

  `tf.add` makes an AddV2 under the name that Add had.
  """
  facts = dict(facts)
  facts.pop("message", None)
  if "ops" in facts:
    facts["ops"] = [
        re.sub(":AddV2$", ":Add", op)
        for op in harness.store.lengthen(facts["ops"])
        if not op.endswith(SIZE_OF_STACK)]
  return facts


@pytest.fixture
def bench(v1):
  from tfcompat_rnn import cells as rnn
  from tfcompat_rnn.shim import layers
  return harness.Bench(v1, rnn, layers)


def test_expectations_are_complete():
  assert ALL == [(family, name) for family in EXPECTED
                 for name in EXPECTED[family]]


@pytest.mark.filterwarnings("ignore:.*layer:UserWarning")
@pytest.mark.parametrize(
    "family,name", [pytest.param(*one, id="/".join(one)) for one in ALL])
def test_as_in_1_15(bench, family, name):
  expected = comparable(EXPECTED[family][name])
  case = {r.family: r for r in cases.ALL}[family].cases[name]
  measured = harness.measure(bench, case)
  got = comparable(measured)
  if (family, name) in DIFFERENT:
    facet, _ = DIFFERENT[family, name]
    assert got.pop(facet) != expected.pop(facet), "agrees: drop the row"
  assert got.get("error") == expected.get("error"), measured.get("message")
  for facet in ("says", "variables", "ops"):
    assert got.get(facet) == expected.get(facet)
