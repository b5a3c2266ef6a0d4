"""compare_gradients finds every planted fault and flags no rewrite."""

import json
import re

import numpy as np
import pytest

from tests.gradients import variants
from tfcompat_rnn import _errors
from tfcompat_rnn import cells
from tfcompat_rnn import gradients
from tfcompat_rnn import loops

# One of each kind: weights, gates, activation, mask, loss, loop.
FAST_REWRITES = ("gates by reshape", "two chunks, state carried")
# Those that only gradients can tell, and of the others one of each kind.
FAST_FAULTS = (*variants.SILENT, "initial state zeroed", "rows swapped",
               "transposed state", "mean for sum", "jifo")


def name_of(change):
  return "-".join(str(value) for value in change.values())


def compared(tf, dtype, change):
  p = variants.placeholders(tf, dtype)
  feeds = {p[key]: value for key, value in
           variants.values(np.random.RandomState(5)).items()}
  plain = variants.build(tf, p)
  other = variants.build(tf, p, **change)
  return gradients.compare_gradients(
      plain.loss, other.loss, feed_dict=feeds, inputs=p["x"],
      states={"c": p["c"], "h": p["h"]}, outputs=plain.outputs,
      outputs_b=other.outputs, labels=("plain", name_of(change)))


@pytest.mark.spread(fast=3, slow=2)
@pytest.mark.parametrize("dtype", [
    "float64", pytest.param("float32", marks=pytest.mark.slow)])
@pytest.mark.parametrize("change", [
    pytest.param(change, marks=(
        () if set(change.values()) & set(FAST_FAULTS) else pytest.mark.slow))
    for change in variants.FAULTS], ids=name_of)
def test_faults_are_found(v1, change, dtype):
  report = compared(v1, dtype, change)
  assert not report.passed, report
  failed = {row.kind for row in report.failures}
  assert failed & {"variable", "input", "state"}, report
  if change.get("fault") in variants.SILENT:
    assert not failed & {"loss", "output"}, report


@pytest.mark.spread(fast=2, slow=3)
@pytest.mark.parametrize("dtype", [
    "float64", pytest.param("float32", marks=pytest.mark.slow)])
@pytest.mark.parametrize("change", [
    pytest.param(change, marks=(
        () if change["rewrite"] in FAST_REWRITES else pytest.mark.slow))
    for change in variants.REWRITES], ids=name_of)
def test_rewrites_pass(v1, change, dtype):
  report = compared(v1, dtype, change)
  assert report.passed, report


def lstm(tf, loop, units=4, scope="rnn"):
  """(loss, x, outputs) of an LSTM in one of the loops."""
  x = tf.placeholder("float64", [2, 6, 3], "x")
  with tf.variable_scope("m", reuse=tf.AUTO_REUSE, initializer=(
      tf.random_uniform_initializer(-0.8, 0.8))):
    cell = cells.LSTMCell(units)
    if loop == "dynamic":
      outputs, _ = loops.dynamic_rnn(cell, x, dtype=tf.float64, scope=scope)
    elif loop == "raw":
      arrays, _, _ = loops.raw_rnn(cell, raw_step(tf, cell, x), scope=scope)
      outputs = tf.transpose(arrays.stack(), [1, 0, 2])
    else:
      outputs, _ = loops.static_rnn(cell, tf.unstack(x, axis=1),
                                    dtype=tf.float64, scope=scope)
      outputs = tf.stack(outputs, axis=1)
  return tf.reduce_sum(tf.square(outputs)), x, outputs


def raw_step(tf, cell, x):
  array = tf.TensorArray(x.dtype, 6).unstack(tf.transpose(x, [1, 0, 2]))

  def step(time, output, state, loop_state):
    finished = tf.fill([2], time >= 6)
    following = tf.cond(time >= 6, lambda: tf.zeros([2, 3], x.dtype),
                        lambda: array.read(time))
    if output is None:
      state = cell.zero_state(2, x.dtype)
    return finished, following, state, output, None
  return step


@pytest.mark.spread(fast=2)
@pytest.mark.parametrize("loop", ["static", "raw"])
def test_other_loops_pass_between_two_graphs(v1, loop):
  tf = v1
  data = np.random.RandomState(2).standard_normal([2, 6, 3])
  loss_a, x, outputs = lstm(tf, "dynamic")
  with tf.Graph().as_default():
    loss_b, x_b, outputs_b = lstm(tf, loop)
  report = gradients.compare_gradients(
      loss_a, loss_b, feed_dict={x: data}, inputs=x, outputs=outputs,
      outputs_b=outputs_b)
  assert report.passed, report
  # The two sessions drew different initial values; b got those of a.
  assert {row.name for row in report.rows if row.kind == "variable"} == {
      "m/rnn/lstm_cell/kernel", "m/rnn/lstm_cell/bias"}
  assert min(row.norm_a for row in report.rows) > 0


def test_sessions_keep_their_values(v1):
  tf = v1
  data = np.ones([2, 6, 3])
  loss_a, x, _ = lstm(tf, "dynamic")
  graph_a = tf.get_default_graph()
  with tf.Graph().as_default() as graph_b:
    loss_b, _, _ = lstm(tf, "static")
  with tf.Session(graph=graph_a) as one, tf.Session(graph=graph_b) as two:
    for session in (one, two):
      variables = session.graph.get_collection("variables")
      session.run([variable.initializer for variable in variables])
    kernel = graph_b.get_tensor_by_name("m/rnn/lstm_cell/kernel:0")
    before = two.run(kernel)
    report = gradients.compare_gradients(
        loss_a, loss_b, feed_dict={x: data}, session=one, session_b=two)
    assert report.passed, report
    np.testing.assert_array_equal(two.run(kernel), before)
    assert not np.array_equal(
        before, one.run(graph_a.get_tensor_by_name(kernel.name)))


def test_counterparts_in_one_graph(v1):
  tf = v1
  data = np.ones([2, 6, 3])
  with tf.variable_scope("first"):
    loss_a, x, _ = lstm(tf, "dynamic")
  with tf.variable_scope("second"):
    loss_b, x_b, _ = lstm(tf, "static")
  collection = tf.GraphKeys.TRAINABLE_VARIABLES
  arguments = dict(
      variables=tf.get_collection(collection, "first"),
      variables_b=tf.get_collection(collection, "second"),
      feed_dict={x: data}, inputs=x, inputs_b=x_b)
  report = gradients.compare_gradients(loss_a, loss_b, **arguments)
  assert report.passed, report
  arguments["variables_b"] = arguments["variables_b"][:1]
  with pytest.raises(_errors.ArgumentError, match="`variables_b`.*2.*1"):
    gradients.compare_gradients(loss_a, loss_b, **arguments)


def test_missing_gradients_are_named(v1):
  tf = v1
  w = tf.get_variable("w", [3])
  v = tf.get_variable("v", [3])
  loose = tf.get_variable("loose", [3])
  report = gradients.compare_gradients(
      tf.reduce_sum(w * v), tf.reduce_sum(w * tf.stop_gradient(v)),
      [w, v, loose])
  notes = {row.name: (row.passed, row.note) for row in report.rows[1:]}
  assert notes["w"] == (True, "")
  assert notes["v"] == (False, "no gradient (None) in b")
  assert notes["loose"] == (True, "no gradient (None) in both")


def test_nan_is_named_with_its_time_step(v1):
  tf = v1
  x = tf.placeholder(tf.float64, [1, 6, 2], "x")
  value = np.ones([1, 6, 2])
  value[0, 4, 0] = 0.0
  ok, bad = tf.reduce_sum(x * x), tf.reduce_sum(tf.log(x) * x)
  report = gradients.compare_gradients(ok, bad, feed_dict={x: value},
                                       inputs=x)
  notes = [row.note for row in report.failures if row.kind == "input"]
  assert len(notes) == 1
  assert re.search(r"(NaN|Inf) \(first at time step 4\) in b", notes[0])


def test_sparse_gradients_are_compared(v1):
  tf = v1
  table = tf.get_variable("table", [5, 2], tf.float64)
  ids = tf.constant([1, 3, 1])
  loss = tf.reduce_sum(tf.square(tf.nn.embedding_lookup(table, ids)))
  dense = tf.reduce_sum(tf.square(tf.matmul(tf.one_hot(
      ids, 5, dtype=tf.float64), table)))
  report = gradients.compare_gradients(loss, dense)
  assert report.passed, report
  assert report.rows[1].shape == (5, 2)


@pytest.mark.slow
def test_the_report_as_text_json_and_picture(v1, tmp_path):
  tf = v1
  report = compared(tf, "float64", dict(fault="gradient lost across a chunk"))
  text = str(report)
  assert "DIFF" in text and "weights/kernel" in text
  assert text.splitlines()[0].startswith("gradients: ")
  path = tmp_path / "report.json"
  report.to_json(path)
  read = json.loads(path.read_text())
  assert read["passed"] is False
  assert {row["name"] for row in read["rows"]} == {
      row.name for row in report.rows}
  # After the cut, the first steps get gradients only by the other path.
  steps, = [s for s in report.steps if s.kind == "input"]
  assert len(steps.a) == len(steps.b) == variants.TIME
  assert steps.a[-1] == pytest.approx(steps.b[-1])
  assert steps.a[0] != pytest.approx(steps.b[0])
  picture = tmp_path / "report.png"
  report.plot(picture)
  assert picture.read_bytes().startswith(b"\x89PNG")
  with pytest.raises(gradients.GradientsDifferError, match="weights/kernel"):
    report.raise_if_different()


def test_values_that_are_computed_already():
  a = {"kernel": np.ones([2, 2]), "bias": np.zeros([2])}
  b = {"kernel": np.ones([2, 2]), "bias": np.array([0, 1e-3])}
  assert gradients.compare_values(a, a).passed
  report = gradients.compare_values(a, b)
  assert [row.name for row in report.failures] == ["bias"]
  with pytest.raises(_errors.ArgumentError, match="values_b"):
    gradients.compare_values(a, {"kernel": 1.0})


def test_bad_arguments(v1):
  tf = v1
  w = tf.get_variable("w", [3], tf.float64)
  loss = tf.reduce_sum(w)
  compare = gradients.compare_gradients
  with pytest.raises(_errors.ArgumentTypeError, match="`loss_b`"):
    compare(loss, 3.0)
  with pytest.raises(_errors.ArgumentError, match="differentiate"):
    compare(loss, loss, variables=[])
  with tf.Graph().as_default() as other:
    strange = tf.reduce_sum(tf.get_variable("strange", [3], tf.float64))
  with pytest.raises(_errors.ArgumentError,
                     match="`variables_b`.*no w .*strange"):
    compare(loss, strange)
  with pytest.raises(_errors.ArgumentError, match="`session`.*another"):
    compare(loss, loss, session=tf.Session(graph=other))
  tf.get_default_graph().finalize()
  with pytest.raises(_errors.ArgumentError, match="`loss_a`.*finalize"):
    compare(loss, loss)
