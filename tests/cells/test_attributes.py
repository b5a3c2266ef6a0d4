"""Every cell has 1.15's private attributes and checkpoint dependencies."""

import os

import pytest

from cells import attributes
from cells import measure
from oracle import files

# (cell, attribute) -> why it differs from 1.15.
DIFFERENT = {
    ("DropoutWrapper", "_dropout_state_filter"):
        "a function of another name",
    ("SRUCell", "_built"): "set by 1.15's build by mistake, for `built`",
}

# The other cells wait for the slow tier.
FAST = ("DropoutWrapper", "GRUCell", "LSTMBlockCell", "LSTMCell_full",
        "MultiRNNCell", "NASCell", "UGRNNCell")

EXPECTED = files.read_json(
    os.path.join(measure.DATA, "attributes.json.gz"))


@pytest.fixture
def find(v1):
  from tfcompat_rnn import cells
  from tfcompat_rnn.cells import grid_rnn

  return lambda name: getattr(
      cells if name in cells.CELLS else grid_rnn, name)


@pytest.mark.parametrize("case", [
    pytest.param(case, marks=[] if case in FAST else pytest.mark.slow)
    for case in sorted(EXPECTED)])
def test_cell_has_1_15s_attributes_and_dependencies(v1, find, case):
  row = EXPECTED[case]
  with v1.Graph().as_default():
    cell = attributes.cells(find)[case]()
    found = {"before": _told(cell, row["before"]),
             "dependencies_before": attributes.dependencies(cell)}
    attributes.step(v1, cell, case)
    found["after"] = _told(cell, row["after"])
    found["dependencies"] = attributes.dependencies(cell)
  for when in ("before", "after"):
    for name in list(row[when]):
      if (case, name) in DIFFERENT:
        assert found[when].pop(name) != row[when].pop(name)
  row.pop("keys")
  assert found == row


def _told(cell, names):
  # Of the cell itself, not of its class: programs list `vars(cell)`.
  return {name: attributes.told(vars(cell).get(name, "missing"))
          for name in names}
