"""The golden cases in other executions: what TensorFlow 1.15.5 computed.

The loops of the namespace are those of `fused`, as `run --fast` makes them.
Variables, their initial values, outputs, states, gradients and the operations
of the forward graph are compared; only the names of results are others.
"""

import collections
import logging

import pytest

from golden import cases
from golden import differences
from golden import registry
from golden import test_golden
from oracle import measure
from oracle import store
from tfcompat_rnn.fused.recurrence import rnn

# Families of cells in loops. The others have loops of their own, or are built
# of these.
CELLS = ("attention", "block", "compiled", "convolutional", "core", "coupled",
         "custom", "gated", "grouped", "independent", "minimal", "normalized",
         "phased", "update_gate", "weight_norm", "wrappers")
# Of a cell's options, the most comprehensive run; every other cell runs.
BLOCK = ("block_gru", "block_gru_v2", "block_lstm_all", "block_lstm_peephole")
LEFT_OUT_OF_LOOPS = ("raw_", "stack_bidirectional_dynamic_states",
                     "stack_bidirectional_states",
                     "dynamic_two_cells_one_scope")  # 1.15 refuses it
XLA = ("attention-dynamic", "basic_lstm-static", "cfn_all-dynamic",
       "bidirectional_dynamic_lengths", "dropout_all-static",
       "dynamic_open_shape_dtype", "gru-dynamic", "indy_lstm-static",
       "lstm_all-dynamic", "state_saving_lengths", "ugrnn-dynamic")
FAST = {("graph", "lstm_all-dynamic", "float64")}


def parameters():
  """Each cell in one loop and dtype, in turn, and each loop in one dtype."""
  chosen = [("xla", name, cases.CASES[name].dtypes[place % 2 - 1])
            for place, name in enumerate(XLA)]
  forms = collections.defaultdict(list)
  for name, case in cases.CASES.items():
    cell, _, loop = name.rpartition("-")
    if case.family in CELLS and loop in ("dynamic", "static", "zeros"):
      if cell in registry._PLAIN + registry._FULL + BLOCK:
        forms[cell] += [(name, dtype) for dtype in case.dtypes]
    elif case.family == "loops" and not name.startswith(LEFT_OUT_OF_LOOPS):
      forms[name] += [(name, dtype) for dtype in case.dtypes]
  for place, every in enumerate(forms.values()):
    chosen.append(("graph", *every[place % len(every)]))
  chosen += [one for one in FAST if one not in chosen]
  for one in chosen:
    yield pytest.param(
        *one, id="-".join(one),
        marks=() if one in FAST else pytest.mark.slow)


@pytest.fixture
def namespace(monkeypatch):
  """1.15's names, with the loops of `fused`."""
  from tfcompat_rnn import fused
  from tfcompat_rnn import loops
  tf1 = test_golden.namespace()
  names = set(fused.__all__) & set(loops.__all__)
  assert "dynamic_rnn" in names
  for module in (tf1.nn, tf1.contrib.rnn):
    for name in names:
      if hasattr(module, name):
        monkeypatch.setattr(module, name, getattr(fused, name))
  before = rnn.set_default_execution("loop")
  yield tf1
  rnn.set_default_execution(before)


@pytest.mark.spread(slow=2)
@pytest.mark.parametrize("execution, name, dtype", list(parameters()))
def test_numbers_and_operations_are_1_15s(
    namespace, caplog, execution, name, dtype):
  rnn.set_default_execution(execution)
  case = cases.CASES[name]
  want, numbers = registry.committed(case.family)[store.key(name, dtype)]
  with caplog.at_level(logging.INFO, logger=rnn.__name__):
    got, found = measure.measure(namespace, case, dtype, raising=True)
  assert not [record.getMessage() for record in caplog.records
              if record.name == rnn.__name__]
  assert test_golden.far_apart(numbers, found, dtype) == []
  for part in ("variables", "no_gradient"):
    assert got[part] == want[part]
  for part in ("outputs", "states"):
    assert ([line.split(" ", 1)[1] for line in got[part]]
            == [line.split(" ", 1)[1] for line in want[part]])
  ours = [line for line in got["ops"] if not line.startswith("fast_rnn/")]
  assert len(ours) < len(got["ops"]), "it ran in the plain loop"
  assert differences.counted(ours) == differences.explained(want["ops"])[0]
