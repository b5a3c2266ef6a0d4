"""Recordings as oracles: what is read, and what is said about other values."""

import pathlib
import subprocess
import sys

import numpy as np
import pytest

from tests.compare import test_schema
from tfcompat_rnn import _errors
from tfcompat_rnn import testing

# Of examples/rewrites/language_model.py, made by TensorFlow 1.15.5 with
# --gradients --whole 100000 --variables-at 1,5,10.
LM = (pathlib.Path(__file__).parents[1] / "rewrites" / "data"
      / "language_model.npz")
KERNEL = "rnn/multi_rnn_cell/cell_0/basic_lstm_cell/kernel"
BIAS = "rnn/multi_rnn_cell/cell_0/basic_lstm_cell/bias"


@pytest.fixture(scope="module")
def lm():
  return testing.Recording(LM)


def causes(values, recording, **options):
  """The causes in the report, which must fail."""
  with pytest.raises(testing.RecordingDiffersError) as caught:
    testing.assert_matches_recording(values, recording, **options)
  return [line.removeprefix("likely cause: ")
          for line in str(caught.value).splitlines()
          if line.startswith("likely cause: ")]


def test_no_tensorflow_is_needed():
  code = ("import sys; from tfcompat_rnn import testing; "
          f"r = testing.Recording({str(LM)!r}); "
          f"testing.assert_matches_recording(r.variables, r, "
          "kind='variables'); "
          "print(sorted({'tensorflow', 'keras', 'tfcompat_rnn._tf'} "
          "& set(sys.modules)))")
  assert subprocess.run([sys.executable, "-c", code], check=True, text=True,
                        capture_output=True).stdout.strip() == "[]"


def test_what_is_read(lm):
  assert lm.versions.startswith("TensorFlow 1.15.5, NumPy")
  assert len(lm.calls) == 13 and [call.number for call in lm.calls] == list(
      range(13))
  assert [call.number for call in lm.steps][:3] == [2, 4, 5]
  assert lm.variables[KERNEL].shape == (16, 32)
  assert lm.trainable[0] == "embedding" and len(lm.trainable) == 7
  one = lm.calls[1]
  assert one.feeds["inputs"].shape == (4, 6) and one.raised is None
  np.testing.assert_array_equal(one.fetches["loss"], one.fetches["Mean:0"])
  assert "loss" in one.fetches and "Mean" in one.fetches
  assert set(lm.gradients) == {call.number for call in lm.steps}
  norm = np.sqrt(sum((gradient.astype("f8") ** 2).sum()
                     for gradient in lm.gradients[2].values()))
  np.testing.assert_allclose(norm, .1, rtol=1e-3)     # clipped
  assert sorted(lm.variables_after) == [1, 5, 10]
  np.testing.assert_array_equal(
      lm.variables_after[10][KERNEL], lm.final[KERNEL])
  lm.variables[KERNEL][:] = 0                         # a copy
  assert np.any(lm.variables[KERNEL])


def test_names_that_were_not_recorded(lm):
  with pytest.raises(_errors.UnknownNameError, match=(
      "`name` must be one of the fetches of call 1 in language_model.npz, got "
      "'Maen:0'; there is Mean:0")):
    lm.calls[1].fetches["Maen:0"]
  assert lm.calls[1].fetches.get("other") is None


@pytest.mark.parametrize("options, words", [
    ({"kind": "other"}, "`kind` must be one of fetches"),
    ({}, "`call` must be the number of a call for fetches"),
    ({"call": 13}, "`call` must be below 13"),
    ({"call": 1, "kind": "gradients"}, "calls that have: 2, 4, 5, 6, 7, ..."),
    ({"call": 1, "kind": "final"}, "`call` must be left out"),
    ({"kind": "variables", "step": 3}, "record with --variables-at 3, or use "
     "1, 5, 10"),
    ({"kind": "final", "step": 1}, "`step` must be left out"),
    ({"call": 1, "names": ["Mean:0"]}, "`names` must be a dict"),
    ({"call": 1, "names": {"nothing": "Mean:0"}}, "have keys of `values`")],
    ids=str)
def test_wrong_arguments(lm, options, words):
  with pytest.raises(_errors.ArgumentError) as caught:
    testing.assert_matches_recording({"loss": 1.}, lm, **options)
  assert words in str(caught.value)


def test_values_of_any_form(lm):
  loss = float(lm.calls[1].fetches["loss"])
  for values, names in (({"loss": loss}, None), ({"l": loss}, {"l": "Mean:0"}),
                        ([loss], ["loss"]), (loss, "Mean:0"),
                        ({"Mean": np.float64(loss)}, None)):
    report = testing.assert_matches_recording(values, lm, call=1, names=names)
    assert report.passed and report.rows[0].name == "Mean:0"
  assert "all 1 values agree" in str(report)
  for values in ([loss], [], {}):
    with pytest.raises(_errors.ArgumentError):
      testing.assert_matches_recording(values, lm, call=1)
  with pytest.raises(_errors.ArgumentTypeError, match="must be arrays"):
    testing.assert_matches_recording([[[1], [1, 2]]], lm, call=1,
                                     names=["loss"])


def test_a_tensor_of_a_graph_has_no_value(lm, v1):
  with pytest.raises(_errors.ArgumentTypeError, match="evaluate it first"):
    testing.assert_matches_recording({"loss": v1.constant(1.)}, lm, call=1)


def test_the_report_has_a_row_for_each_value(lm):
  values = dict(lm.variables)
  values[BIAS] = values[BIAS] + np.float32(.25)
  with pytest.raises(AssertionError) as caught:
    testing.assert_matches_recording(values, lm, kind="variables")
  lines = str(caught.value).splitlines()
  assert lines[0] == (
      "the variables after initialization in language_model.npz: 1 of 23 "
      "values differ (rtol 1e-05, atol 1e-08)")
  assert lines[2].split() == ["DIFF", BIAS, "32", "0.25", "inf"]
  assert sum(line.startswith("ok ") for line in lines) == 22


def test_samples_are_compared_by_their_digest(tmp_path):
  path = test_schema.write(tmp_path / "r.npz", lines=[
      ["init", 0, 0, "w", test_schema.LARGE, 0, True]])
  recording = testing.Recording(path)
  with pytest.raises(_errors.ArgumentError, match=(
      "`w` must be recorded in full in .* a sample of .100.; record again "
      "with --whole 100")):
    recording.variables["w"]
  assert "w" in recording.variables
  found = causes({"w": np.zeros(100)}, recording, kind="variables")
  assert len(found) == 1


def test_variables_are_those_that_training_began_with(tmp_path):
  path = test_schema.write(tmp_path / "r.npz", lines=[
      test_schema.LINES[0],
      ["init", 0, 0, "w", ["float32", [2], 0], 0, True],
      ["init", 0, 1, "w", ["float32", [1], 0], 1, True],   # restored
      ["call", 0, 0, 0, 0, [test_schema.VALUE], [test_schema.TEXT], False],
      ["call", 1, 0, 0, 0, [test_schema.VALUE], [test_schema.TEXT], True],
      ["init", 0, 2, "w", ["float32", [3], 0], 2, True],   # once more
      ["init", 1, 0, "v", ["float32", [4], 0], 2, True]])
  assert testing.Recording(path).variables["w"].shape == (1,)
  assert list(testing.Recording(path, session=1).variables) == ["v"]
  assert testing.Recording(path).trainable == ["w"]


def test_damage_is_refused_as_everywhere(tmp_path):
  path = test_schema.write(tmp_path / "r.npz", lines=[["other"]])
  with pytest.raises(testing.RecordingError, match="is damaged"):
    testing.Recording(path)
  with pytest.raises(testing.RecordingError, match="--max-size"):
    testing.Recording(LM, max_size=100)
  with pytest.raises(_errors.ArgumentError, match="`session` must be one of"):
    testing.Recording(LM, session=3)


# --- causes ----------------------------------------------------------------


def gates(array, order):
  parts = np.split(array, 4, -1)
  return np.concatenate([parts["ijfo".index(gate)] for gate in order], -1)


def test_layouts_of_a_kernel(lm):
  kernel = lm.variables[KERNEL]
  for array, words in (
      (kernel.T, "the same numbers, but transposed"),
      (gates(kernel, "ifjo"), "the same numbers, but its gates are in the "
       "order i, f, j, o (the order of Keras and PyTorch), where 1.x has i, j, "
       "f, o"),
      (gates(kernel, "ifoj").T, "transposed and its gates are in the order i, "
       "f, o, j, where"),
      (np.concatenate([kernel[8:], kernel[:8]]), "the rows of the state come "
       "before those of the input"),
      (gates(kernel[:8], "ifjo"), "it is only the first 8 of 16 rows (those of "
       "the input); 1.x keeps both in one kernel and its gates are"),
      (kernel[8:].T, "the last 8 of 16 rows (those of the state)"),
      (kernel.ravel(), "in the shape [512], where the recording has [16, 32]")):
    found, = causes({KERNEL: array}, lm, kind="variables")
    assert found.startswith(KERNEL + ": ") and words in found


def test_a_forget_bias_in_the_bias(lm):
  bias = lm.variables_after[5][BIAS]
  one = np.array(bias)
  one[16:24] += 1
  assert causes({BIAS: one}, lm, kind="variables", step=5) == [
      f"{BIAS}: the gate f is 1 larger: the forget bias of 1 is in the bias "
      "already, where 1.x adds it when the cell runs (forget_bias)"]
  assert "and its gates are in the order i, f, j, o" in causes(
      {BIAS: gates(one, "ifjo")}, lm, kind="variables", step=5)[0]


def test_layouts_of_outputs(lm):
  fetches = lm.calls[1].fetches
  outputs, logits = fetches["outputs"], fetches["logits"]
  mask = np.random.RandomState(0).rand(*outputs.shape) < .7
  noise = np.random.RandomState(1).uniform(.1, .2, (4, 1, 8)).astype("f4")
  late = np.array(outputs)
  late[:, 2:] += noise
  early = outputs + noise * .5 ** np.arange(6)[:, None].astype("f4")
  normal = np.log(np.exp(logits).sum(-1, keepdims=True))
  for name, array, words in (
      ("outputs", outputs.swapaxes(0, 1), "time-major instead of batch-major"),
      ("outputs", outputs * np.float32(.7), "0.7 times the recorded value: "
       "dropout that scales when it is off (keep_prob 0.7)"),
      ("outputs", np.where(mask, outputs / np.float32(.7), 0), "of its "
       "elements are 0 here, and the others are 1.429 times those of the other "
       "side: dropout is on here only (keep_prob 0.7)"),
      ("outputs", late, "index 0 to 1 of axis 1 agree, and all differ from 2 "
       "on"),
      ("outputs", early, "the initial state is another"),
      ("logits", logits - normal, "log-probabilities where"),
      ("logits", np.exp(logits - normal), "the softmax of the recorded"),
      ("loss", fetches["loss"] * 24, "24 times the recorded value: a sum over "
       "24 elements"),
      ("loss", np.exp(fetches["loss"]), "the exponential of the recorded")):
    found = causes({name: array}, lm, call=1)
    assert any(words in text for text in found), (words, found)


def adam(start, gradients, rate=.01, epsilon=1e-8):
  """Variables after Adam as 1.x has it, in float64."""
  m, v, w = 0., 0., start.astype("f8")
  for step, gradient in enumerate(gradients, 1):
    m, v = .9 * m + .1 * gradient, .999 * v + .001 * gradient ** 2.
    w = w - rate * np.sqrt(1 - .999 ** step) / (1 - .9 ** step) * m / (
        np.sqrt(v) + epsilon)
  return w


def test_optimizers(lm):
  start = lm.variables[KERNEL]
  gradients = [call.gradients[KERNEL] for call in lm.steps[:5]]
  options = {"kind": "variables", "step": 5}
  testing.assert_matches_recording(
      {KERNEL: adam(start, gradients)}, lm, **options)
  for values, words in (
      (adam(start, gradients, epsilon=1e-7), "the recorded gradients lead to "
       "the rewrite's values with Adam with epsilon 1e-07, and to the recorded "
       "ones with Adam with epsilon 1e-08 (learning rate 0.01)"),
      (adam(start, gradients, .001), "that of Adam with epsilon 1e-08 with a "
       "learning rate of 0.001, where the recording has 0.01"),
      (start - 3. * sum(gradients), "with gradient descent, and to the "
       "recorded ones with Adam with epsilon 1e-08"),
      (start, "it still has its initial value")):
    found, = causes({KERNEL: values}, lm, **options)
    assert found.startswith(KERNEL + ": ") and words in found, found


def test_what_is_not_recognized_says_where_to_look(lm):
  noise = np.random.RandomState(1).standard_normal
  assert "compare the variables first" in causes(
      {"loss": 1.234}, lm, call=1)[0]
  assert "compare the fetches of the same call first" in causes(
      {KERNEL: noise([16, 32])}, lm, call=2, kind="gradients")[0]
  assert "compare the gradients of the first" in causes(
      {KERNEL: noise([16, 32])}, lm, kind="final")[0]
  assert "checkpoint export" in causes(
      {KERNEL: noise([16, 32])}, lm, kind="variables")[0]


def trained(lm, steps, gradients=None, **options):
  """The variables after Adam's steps, with all that 1.x did but `options`."""
  calls = [call.gradients for call in lm.steps[:steps]]
  return {name: adam(lm.variables[name], [
      (gradients or (lambda name, one: one))(name, call[name])
      for call in calls], **options) for name in lm.trainable}


def test_an_optimizer_is_one_for_all_variables(lm):
  """The epsilon that explains most of them is meant, not each one's best."""
  for steps in (5, 10):
    said = causes(trained(lm, steps, epsilon=1e-7), lm, kind="variables",
                  step=steps)
    assert len(said) == 1 and "with Adam with epsilon 1e-07" in said[0], said
  said = causes(trained(lm, 1, lambda name, one: 2.541 * one), lm,
                kind="variables", step=1)
  assert len(said) == 1 and "none was recognized" in said[0], said


def test_rates_that_differ_a_little_are_one(lm):
  """The weights of the steps after the first one are not the recorded ones."""
  values = trained(lm, 5, rate=.001)
  for number, name in enumerate(sorted(values)):
    start = lm.variables[name]
    values[name] = start + (values[name] - start) * (1 + .02 * number)
  said, = causes(values, lm, kind="variables", step=5)
  assert "and 4 more: the rewrite's change is that of Adam with " in said
  assert "learning rate of about 0.0011, where the recording has 0.01" in said


def test_rows_are_those_of_the_table_that_the_symbols_choose_from(lm):
  """softmax/kernel has 8 rows, and the 20 symbols are no rows of it."""
  values = {"softmax/kernel": lm.variables_after[10]["softmax/kernel"] * 1.01}
  said = causes(values, lm, kind="variables", step=10)
  assert not any("looks up" in line for line in said), said


def test_a_rounded_forget_bias_is_no_fault(lm):
  values = lm.variables_after[1]
  bias = np.array(values[BIAS]).reshape(4, -1)
  bias[2] += np.float32(1.8e-7)   # 1 + bias has been rounded three times
  said, = causes({BIAS: bias.reshape(-1)}, lm, kind="variables", step=1)
  assert said.startswith(f"{BIAS}: only the gate f differs, by the rounding ")
  assert "atol=1e-6" in said
  bias[2] += np.float32(1e-5)
  said, = causes({BIAS: bias.reshape(-1)}, lm, kind="variables", step=1)
  assert "rounding" not in said


def test_factors_of_gradients(lm):
  gradients = lm.gradients[2]
  for factor, cause in ((24, "a sum over 24 elements"),
                        (60.97, "clipping by norm, which is missing here"),
                        (.9997, "counts the rows of an embedding that occur "
                         "more than once")):
    said, = causes({name: one * np.float32(factor)
                    for name, one in gradients.items()}, lm,
                   kind="gradients", call=2)
    assert cause in said, said
