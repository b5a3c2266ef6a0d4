"""The table's verdicts: what must agree, what must not, and planted faults."""

import json

import numpy as np
import pytest

from tests.state import state_cells
from tfcompat_rnn import _errors
from tfcompat_rnn import verify
from tfcompat_rnn.gradients import report as gradient_report
from tfcompat_rnn.verify import cases
from tfcompat_rnn.verify import comparison
from tfcompat_rnn.verify import kinds
from tfcompat_rnn.verify import report as report_lib
from tfcompat_rnn.verify import rows as rows_lib

DOCUMENT = ["0", "1", "2", "2-1", "3", "4", "5"]


def run(case, cell="BasicRNNCell", **more):
  """The only row of one case with one cell."""
  report = verify.run_cases([case], [cell], **more)
  (row,) = report.rows
  return report, row


@pytest.fixture(scope="module")
def document():
  return verify.run_cases(DOCUMENT, ["GRU"])


def test_the_documents_cases(document):
  assert document.passed and document.exit_code == 0, document
  assert [(row.case, row.found) for row in document.rows] == [
      ("0", "equal"), ("1", "different"), ("2", "different"),
      ("2-1", "equal"), ("3", "equal"), ("4", "equal"), ("5", "equal")]
  for row in document.rows:
    assert row.outputs <= 1e-15 and row.states <= 1e-15 and row.loss <= 1e-15
    if row.expected == "equal":
      assert row.gradients_rel <= 1e-12
    else:
      assert row.gradients_rel > .1


def test_what_is_compared(document):
  """Every weight, the inputs, the initial state; no gradient is nothing."""
  rows = {row.case: row.report.rows for row in document.rows}
  weights = ["gates/kernel", "gates/bias", "candidate/kernel",
             "candidate/bias"]
  expected = {("loss", "loss"), ("output", "outputs"), ("state", "state"),
              ("input", "inputs"), ("state", "initial state")}
  expected |= {("variable", f"model/rnn/gru_cell/{name}") for name in weights}
  assert {(row.kind, row.name) for row in rows["3"]} == expected
  assert all(row.norm_a > 1e-3 and row.norm_b > 1e-3 for row in rows["3"])
  names = {row.name for row in rows["5"]}
  assert {f"model/{layer}/gru_cell/{name}" for layer in ("rnn", "upper")
          for name in weights} <= names
  assert {"initial state", "initial upper state", "state 0", "state 1"
          } <= names
  # In one pass the first steps learn from the last ones, in two they do not.
  (steps,) = [steps for row in document.rows if row.case == "1"
              for steps in row.report.steps if steps.kind == "input"]
  apart = np.abs(np.subtract(steps.a, steps.b))
  assert (apart[:3] > 1e-3).all() and (apart[3:] < 1e-15).all()


def test_the_table_and_its_summary(document):
  lines = str(document).splitlines()
  assert lines[0].split() == [
      "case", "cell", "dtype", "expected", "found", "outputs", "states",
      "gradients", "relative", "verdict", "note"]
  assert len(lines) == 1 + len(DOCUMENT) + 2 and lines[-2] == ""
  assert lines[2].startswith("1 ") and "different  different" in lines[2]
  assert lines[-1].startswith("all 7 rows as expected: 5 equal, 2 different")
  assert "TensorFlow 2." in lines[-1]


def test_json(document, tmp_path):
  path = tmp_path / "r.json"
  assert json.loads(document.to_json(path)) == json.loads(path.read_text())
  data = json.loads(path.read_text())
  assert set(data) == {"format", "passed", "exit_code", "summary", "dtype",
                       "versions", "rows"}
  assert (data["format"], data["passed"], data["exit_code"]) == (1, True, 0)
  assert len(data["rows"]) == len(DOCUMENT)
  for row in data["rows"]:
    assert set(row) == {
        "case", "title", "cell", "dtype", "expected", "found", "passed",
        "loss", "outputs", "outputs_rel", "states", "states_rel", "gradients",
        "gradients_rel", "rtol", "note", "verdict", "tensors"}
    assert row["verdict"] == "ok" and row["rtol"] == 1e-12
    assert {"kind", "name", "max_abs", "norm_a"} <= set(row["tensors"][0])
  assert not list(tmp_path.glob("*.partial"))


def test_files_are_written_whole_or_not_at_all(document, tmp_path):
  with pytest.raises(_errors.ArgumentError, match="can be written"):
    document.to_json(tmp_path / "none" / "r.json")
  (tmp_path / "r.json").mkdir()
  with pytest.raises(_errors.ArgumentError, match="can be written"):
    document.to_json(tmp_path / "r.json")


@pytest.mark.spread(fast=3)
@pytest.mark.parametrize("ending, begins", [
    ("png", b"\x89PNG\r\n\x1a\n"), ("svg", b"<?xml"), ("pdf", b"%PDF")])
def test_picture(document, tmp_path, ending, begins):
  path = tmp_path / f"p.{ending}"
  document.plot(path)
  data = path.read_bytes()
  assert data.startswith(begins) and len(data) > 5000
  assert [one.name for one in tmp_path.iterdir()] == [path.name]
  if ending == "png":
    from matplotlib import image
    pixels = image.imread(path)
    assert pixels.shape[1] >= 1000 and pixels[..., :3].std() > .05


def test_picture_of_anything_else_is_refused(document, tmp_path):
  with pytest.raises(_errors.ArgumentError, match="end in .png"):
    document.plot(tmp_path / "p.txt")


def test_picture_of_failures(tmp_path):
  rows = [rows_lib.Row("3", "title", "GRUCell", "float64", "equal",
                       "different", False, gradients_rel=float("nan")),
          rows_lib.Row("1", "title", "GRUCell", "float64", "different",
                       "error", False)]
  report = report_lib.VerifyReport(rows, "float64")
  report.plot(tmp_path / "p.png")
  assert (tmp_path / "p.png").stat().st_size > 5000
  assert report.exit_code == 1
  assert json.loads(report.to_json())["rows"][0]["gradients_rel"] == "nan"


def test_float32():
  report, row = run("3", dtype="float32")
  assert report.passed and row.dtype == "float32" and row.rtol == 1e-5


def test_race_is_found_and_ours_has_none():
  documented = run("keep-documented", "GRU")[1]
  assert documented.passed and documented.found == "different", documented
  assert "of 20 runs" in documented.note and "in 0 of" not in documented.note
  ours = run("keep", "GRU")[1]
  assert ours.passed and ours.found == "equal", ours
  assert ours.note == "gradients wrong in 0 of 20 runs"


def test_of_a_cell_without_the_race_none_is_expected():
  row = run("keep-documented", "BasicRNN")[1]
  assert (row.expected, row.found, row.passed) == ("equal", "equal", True)
  assert "copies the state" in row.note


def test_fast_paths_are_single_precision_and_the_table_says_so():
  row = run("fused", "LSTM+peepholes")[1]
  assert row.passed and row.dtype == "float32"
  assert row.note == "runs in float32"
  assert {entry.dtype for entry in row.report.rows} == {"float32"}
  row = run("fused", "LSTM+peepholes", dtype="float32")[1]
  assert row.passed and row.note == ""


def test_a_case_that_is_for_none_of_the_cells():
  report = verify.run_cases(["block"], ["BasicRNN"])
  assert not report.rows and not report.passed and report.exit_code == 2
  assert report.summary().startswith("nothing was run")


# -- planted faults ----------------------------------------------------------

def check_wrong(report, row, found, said):
  assert not report.passed and not row.passed
  assert report.exit_code == 1
  assert (row.found, row.verdict) == (found, "WRONG"), report
  assert said in row.note, row.note
  assert report.summary().startswith(
      f"1 of 1 rows not as expected: {row.case} with {row.cell}")
  assert "DIFF" in report.details() or row.expected == "different"


def test_a_gradient_lost_in_the_loop(monkeypatch):
  from tfcompat_rnn._tf import tf
  from tfcompat_rnn.loops import model
  right = model.model_rnn

  def broken(cell, inputs, states, **more):
    def step(x, state):
      output, state = cell(x, state)
      return output, tf.nest.map_structure(tf.stop_gradient, state)
    return right(step, inputs, states, **more)

  monkeypatch.setattr(model, "model_rnn", broken)
  report, row = run("3")
  assert row.outputs == row.states == 0
  check_wrong(report, row, "different", "apart")


def test_a_gradient_that_is_not_there(monkeypatch):
  from tfcompat_rnn._tf import tf
  from tfcompat_rnn.verify import ways
  right = ways.static

  def static(s):
    outputs, final = right(s)
    return outputs, final

  def cut(s):
    before, s.state = s.state, tf.nest.map_structure(
        tf.stop_gradient, s.state)
    try:
      return static(s)
    finally:
      s.state = before

  monkeypatch.setattr(ways, "static", cut)
  report, row = run("static")
  check_wrong(report, row, "different", "no gradient (None)")


def test_a_fast_path_with_another_forget_bias(monkeypatch):
  from tfcompat_rnn import cells
  from tfcompat_rnn.verify import fast
  monkeypatch.setitem(fast.BLOCK, "LSTMCell", lambda: cells.LSTMBlockCell(
      fast.UNITS, forget_bias=1.001))
  report, row = run("block", "LSTM")
  check_wrong(report, row, "different", "output outputs")


def test_an_expected_difference_that_is_not_there(monkeypatch):
  from tfcompat_rnn.verify import ways
  monkeypatch.setattr(ways, "_handed_over", lambda kept, state: state)
  report, row = run("1")
  check_wrong(report, row, "equal", "the gradients agree")


def test_a_difference_of_outputs_is_not_the_expected_one(monkeypatch):
  from tfcompat_rnn._tf import tf
  from tfcompat_rnn.verify import ways
  monkeypatch.setattr(
      ways, "_handed_over", lambda kept, state: tf.nest.map_structure(
          tf.zeros_like, state))
  report, row = run("1")
  check_wrong(report, row, "different", "only the gradients may differ")


def test_a_state_that_is_not_kept(monkeypatch):
  from tfcompat_rnn._tf import tf
  from tfcompat_rnn.state import variables
  monkeypatch.setattr(
      variables._KeptState, "keep", lambda self, final: tf.no_op())
  report, row = run("chunked")
  check_wrong(report, row, "different", "output outputs")


def test_rows_that_change_places(monkeypatch):
  from tfcompat_rnn.verify import ways
  right = ways.time_major

  def swapped(s):
    outputs, final = right(s)
    return outputs[::-1], final

  monkeypatch.setattr(ways, "time_major", swapped)
  report, row = run("time-major")
  assert row.states == 0
  check_wrong(report, row, "different", "output outputs")


def test_a_keep_without_copies(monkeypatch):
  from tfcompat_rnn import _snapshot
  monkeypatch.setattr(_snapshot, "copy_of", lambda leaf: leaf)
  report, row = run("keep", "GRU")
  check_wrong(report, row, "different", "of 20 runs")


def test_a_documented_keep_that_is_right(monkeypatch):
  from tfcompat_rnn import _snapshot
  from tfcompat_rnn.verify import keeping
  monkeypatch.setattr(_snapshot, "set_enabled", lambda value: True)
  monkeypatch.setattr(keeping, "MOST_ROUNDS", 25)
  report, row = run("keep-documented", "GRU")
  check_wrong(report, row, "equal", "gradients wrong in 0 of 25 runs")


def test_a_wrong_gradient_is_found_by_finite_differences(monkeypatch):
  from tfcompat_rnn._tf import tf
  from tfcompat_rnn.verify import ways
  right = ways.complete_pass

  @tf.custom_gradient
  def nearly(value):
    return tf.identity(value), lambda slope: 1.001 * slope

  def wrong(s):
    outputs, final = right(s)
    return nearly(outputs), final

  monkeypatch.setattr(ways, "complete_pass", wrong)
  report, row = run("numeric")
  check_wrong(report, row, "different", "apart")


def test_a_case_that_raises(monkeypatch):
  from tfcompat_rnn.verify import ways

  def broken(s):
    raise RuntimeError("what it said\nand more")

  monkeypatch.setattr(ways, "static", broken)
  report = verify.run_cases(["static", "time-major"], ["BasicRNN"])
  row, other = report.rows
  assert (row.found, row.verdict, row.passed) == ("error", "ERROR", False)
  assert row.note == "RuntimeError: what it said"
  assert other.passed and not report.passed
  assert report.exit_code == 2
  assert json.loads(report.to_json())["rows"][0]["tensors"] is None


def slope_row(a, b, dtype="float64"):
  rtol, atol = comparison.TOLERANCES[dtype]
  return gradient_report.compare_arrays(
      "variable", "w", np.array(a, dtype), np.array(b, dtype), rtol, atol)


@pytest.mark.parametrize("a, b, found", [
    ([1., 2.], [1., 2.], "equal"),
    ([1., 2.], [1., 2. + 1e-12], "equal"),
    ([1., 2.], [1., 2. + 1e-11], "unclear"),
    ([1., 2.], [1., 2.001], "different"),
    ([1., 2.], [1., np.nan], "different"),
    ([0., 0.], [0., 0.], "unclear"),
])
def test_judge(a, b, found):
  assert comparison.judge([slope_row(a, b)]) == found
  assert comparison.judge([slope_row([3.], [3.]), slope_row(a, b)]) == (
      found if any(a) else "equal")


# -- names -------------------------------------------------------------------

def test_unknown_names():
  with pytest.raises(_errors.ArgumentError, match="one of 0, 1, 2.*'nine'"):
    verify.run_cases(["0", "nine"])
  with pytest.raises(_errors.ArgumentError, match="GRUCell.*'Perceptron'"):
    verify.run_cases(cells=["GRU", "Perceptron"])
  with pytest.raises(_errors.ArgumentError, match="'float32' or 'float64'"):
    verify.run_cases(dtype="float16")
  with pytest.raises(_errors.ArgumentError, match="got none"):
    verify.run_cases(cells=[])
  with pytest.raises(_errors.ArgumentError, match="got none"):
    verify.run_cases([])


def test_cells_are_found_by_their_short_names():
  assert [kind.name for kind in kinds.find()] == list(kinds.DEFAULT)
  assert [kind.name for kind in kinds.find(["lstm", "LSTMCell", "gru"])] == [
      "GRUCell", "LSTMCell"]
  assert [kind.name for kind in kinds.find("all")] == list(kinds.KINDS)
  plain = [kinds._plain(name) for name in kinds.KINDS]
  assert len(set(plain)) == len(plain)


def test_every_cell_has_a_row_or_a_reason():
  from tfcompat_rnn import cells
  rows = {name.split("+")[0] for name in kinds.KINDS}
  bases = {"LSTMStateTuple", "LayerRNNCell", "RNNCell"}
  assert not rows & set(kinds.LEFT_OUT)
  assert rows | set(kinds.LEFT_OUT) == set(cells.CELLS) - bases


@pytest.mark.spread(slow=2)
@pytest.mark.parametrize("name", [
    pytest.param(name, marks=(
        pytest.mark.slow if "+" in name or name in state_cells.DIVERSE
        else pytest.mark.exhaustive))
    for name in kinds.KINDS if name not in kinds.DEFAULT])
def test_the_documents_cases_with_every_cell(name):
  report = verify.run_cases(["1", "3", "5-one", "chunked"], [name])
  assert report.passed, f"{report}\n{report.details()}"
  assert [row.found for row in report.rows] == [
      "different", "equal", "equal", "equal"]


def test_the_tables_are_whole():
  assert len(set(cases.NAMES)) == len(cases.CASES)
  for case in cases.CASES:
    assert callable(cases.look_up(case.run))
    assert not case.against or callable(cases.look_up(case.against))
    assert any(cases.applies(case, kind) for kind in kinds.find())


def test_todays_behavior_comes_back(v1):
  v1.enable_control_flow_v2()
  try:
    assert verify.run_cases(["3"], ["BasicRNN"]).passed
    assert v1.control_flow_v2_enabled()
  finally:
    v1.disable_control_flow_v2()
