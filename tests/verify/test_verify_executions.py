"""The rows of other executions: what they compare, and planted faults."""

import functools

import pytest

from tfcompat_rnn import verify
from tfcompat_rnn.fused.recurrence import rnn
from tfcompat_rnn.verify import kinds

# cell -> the operation of its step that XLA may not know.
UNKNOWN_TO_XLA = {
    "CudnnCompatibleLSTMCell": "LSTMBlockCell",
    "GRUBlockCell": "GRUBlockCell", "GRUBlockCellV2": "GRUBlockCell",
    "LSTMBlockCell": "LSTMBlockCell"}


def said_of(name):
  """The end of the line that the log says of a cell under "xla"."""
  return (' runs with execution="graph": XLA may be unable to compile it, '
          f"because its step has the operation {UNKNOWN_TO_XLA[name]}")


def run(cases, cell):
  return verify.run_cases(cases, [cell])


def test_an_execution_is_compared_with_the_loop(monkeypatch):
  """What is compared with the plain loop is not the plain loop."""
  asked = []

  def compiled(right, *args):
    found = right(*args)
    asked.append((args[5], found is not None))
    return found

  monkeypatch.setattr(
      rnn, "compiled", functools.partial(compiled, rnn.compiled))
  report = run(["graph", "xla"], "BasicRNN")
  assert report.passed, report
  assert [row.note for row in report.rows] == ["", ""]
  assert asked == [("graph", True), ("xla", True)]


def test_a_gradient_that_an_execution_loses(monkeypatch):
  from tfcompat_rnn._tf import tf
  right = rnn.compiled

  def cut(*args):
    (outputs, state), = right(*args)
    return [(.5 * (outputs + tf.stop_gradient(outputs)), state)]

  monkeypatch.setattr(rnn, "compiled", cut)
  (row,) = run(["graph"], "BasicRNN").rows
  assert (row.found, row.verdict) == ("different", "WRONG")
  assert row.outputs < 1e-15 and "apart" in row.note


@pytest.mark.slow
def test_a_cell_that_xla_may_not_know_is_noted():
  (row,) = run(["xla"], "GRUBlockCell").rows
  assert row.passed
  assert row.note == "runs in float32; gru_cell" + said_of("GRUBlockCell")


@pytest.mark.parametrize("name", [
    pytest.param(name, marks=(
        pytest.mark.slow if name in (*kinds.DEFAULT, *UNKNOWN_TO_XLA)
        else pytest.mark.exhaustive)) for name in kinds.KINDS])
def test_every_cell_in_every_execution(name):
  report = run(["graph", "xla"], name)
  assert report.passed, f"{report}\n{report.details()}"
  for row in report.rows:
    said = row.note.replace("runs in float32", "", 1)
    if row.case == "xla" and name in UNKNOWN_TO_XLA:
      assert said.endswith(said_of(name))
    else:
      assert not said


@pytest.mark.slow
def test_every_builder_with_a_cell_of_every_option():
  report = run(["graph-static", "graph-both", "graph-model", "graph-chunked",
                "graph-keep"], "LSTMCell+projection")
  assert report.passed, f"{report}\n{report.details()}"
