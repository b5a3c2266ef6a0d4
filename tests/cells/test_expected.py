"""Every case of this folder, compared with the results of TensorFlow 1.15.5."""

import pytest

from cells import cases
from cells import measure
from oracle import graphs

# (family, case) -> (what differs, why). All else must agree, and so must
# this once it does.
DIFFERENT = {
    ("contrib", "gradients_of_block_lstm_open_batch"): (
        "ops", "a batch that may have no rows gets one, which the kernel "
        "needs by now"),
    ("custom", "add_weight_identity"): (
        "ops", "tf.eye of 2.x makes a MatrixDiagV3"),
    ("errors", "state_is_none"): (
        "error", "1.15 fell over None.dtype; a TypeError that says what to "
        "pass"),
}

EXPECTED = {
    registry.family: measure.read(registry.family) for registry in cases.ALL}
ALL = [(registry.family, name)
       for registry in cases.ALL for name in registry.cases]
ERRORS = [one for one in ALL if one[0] == "errors"]


@pytest.fixture
def bench(v1):
  from tfcompat_rnn import cells as rnn
  from tfcompat_rnn.namespace import layers
  return measure.Bench(v1, rnn, layers)


def test_expectations_are_complete():
  assert ALL == [(family, name) for family in EXPECTED
                 for name in EXPECTED[family]]


@pytest.mark.spread(fast=4, slow=2)
@pytest.mark.filterwarnings("ignore:.*layer:UserWarning")
@pytest.mark.parametrize(
    "family,name", [pytest.param(*one, id="/".join(one)) for one in ALL])
def test_as_in_1_15(bench, family, name):
  expected = dict(EXPECTED[family][name])
  registry = {r.family: r for r in cases.ALL}[family]
  got = measure.measure(bench, registry.cases[name], registry.digest)
  message = got.pop("message", None)
  if (family, name) in DIFFERENT:
    facet, _ = DIFFERENT[family, name]
    assert got.pop(facet) != expected.pop(facet), "agrees: drop the row"
  assert got.get("error") == expected.get("error"), message
  for facet in ("says", "variables"):
    assert got.get(facet) == expected.get(facet)
  assert spell_out(got) == spell_out(expected)


def spell_out(facts):
  """Full names instead of the file's short form, for a readable diff."""
  ops = facts.get("ops", [])
  return ops if ops and isinstance(ops[0], int) else (
      graphs.lengthen(ops))
