"""`model_rnn` in other executions: the plain loop's numbers, or a reason."""

import logging

import numpy as np
import pytest

import tfcompat_rnn
from tests.loops import model_rnn_steps
from tfcompat_rnn import _opcount
from tfcompat_rnn import cells
from tfcompat_rnn import fused
from tfcompat_rnn import loops

ROWS, STEPS, UNITS = 3, 5, model_rnn_steps.UNITS
LOG = "tfcompat_rnn.fused.recurrence.rnn"
DATA, LENGTHS, MASK = model_rnn_steps.draws(ROWS, STEPS)


class Gated:
  """Two cells with a gate of its own variable; dicts in, out and as state."""

  def __init__(self, dtype, draws):
    self.dtype = dtype
    self.lower = cells.LSTMCell(UNITS, dtype=dtype)
    self.upper = cells.DropoutWrapper(
        cells.GRUCell(UNITS, dtype=dtype), .6 if draws else 1., seed=2)

  def __call__(self, inputs, states):
    from tfcompat_rnn._tf import tf
    a, low = self.lower(inputs["x"], states["low"])
    gate = tf.get_variable("gate", [UNITS, UNITS], self.dtype)
    b, high = self.upper(tf.sigmoid(tf.matmul(a, gate)) * a, states["high"])
    ids = tf.cast(inputs["ids"], self.dtype)
    output = {"y": (a + b, b * tf.expand_dims(ids, -1)), "ids": inputs["ids"]}
    return output, {"low": low, "high": high}

  def first(self):
    from tfcompat_rnn._tf import tf
    draw = np.random.RandomState(3)
    leaf = lambda: tf.constant(.5 * draw.randn(ROWS, UNITS), self.dtype)
    return {"low": cells.LSTMStateTuple(leaf(), leaf()), "high": leaf()}


def numbers(tf, execution, dtype="float64", known=False, time_major=False,
            draws=True, **options):
  """Outputs, states and gradients, and what the graph is like afterwards."""
  with tf.Graph().as_default() as graph:
    tf.set_random_seed(3)
    init = tf.random_uniform_initializer(-.5, .5, seed=1)
    dtype = tf.as_dtype(dtype)
    data = {"x": DATA["x"].astype(dtype.as_numpy_dtype), "ids": DATA["ids"]}
    if time_major:
      data = {key: value.swapaxes(0, 1) for key, value in data.items()}
    inputs = {key: tf.constant(value) for key, value in data.items()}
    x = inputs["x"]
    if not known:
      inputs = {key: tf.placeholder_with_default(
          leaf, [None, None, *leaf.shape[2:]]) for key, leaf in inputs.items()}
    with tf.variable_scope("model", initializer=init):
      model = Gated(dtype, draws)
      states = model.first()
      build = loops.model_rnn if execution is None else tfcompat_rnn.model_rnn
      if execution is not None:
        options["execution"] = execution
      found = build(model, inputs, states, time_major=time_major,
                    parallel_iterations=1, **options)
    count, names = _opcount.count(), [
        operation.name for operation in graph.get_operations()
        if not operation.name.startswith("fast_rnn/")]
    later = tf.random_uniform([2])
    floats = [leaf for leaf in tf.nest.flatten(found)
              if leaf.dtype.is_floating]
    grads = tf.gradients(
        [tf.reduce_sum(tf.sin(leaf + place))
         for place, leaf in enumerate(floats)],
        [x, *tf.trainable_variables(), *tf.nest.flatten(states)])
    with tf.Session() as session:
      session.run(tf.global_variables_initializer())
      results = session.run([*tf.nest.flatten(found), *grads, later])
    return results, {
        "count": count, "names": names,
        "shapes": [leaf.shape.as_list() for leaf in tf.nest.flatten(found)],
        "structure": tf.nest.map_structure(lambda _: 0, found),
        "compiled": tf.nest.flatten(found)[-1].op.name.startswith("fast_rnn")}


BOTH = {"sequence_length": LENGTHS, "reset_mask": MASK}


MORE = [
    ("xla", BOTH),
    ("graph", {"known": True, "recompute": True, "draws": False}),
    ("auto", {"known": True, "time_major": True, "reset_mask": MASK.T,
              "reset_value": "initial"}),
    ("graph", {"dtype": "float32", "sequence_length": LENGTHS}),
    ("xla", {"dtype": "float32", "reset_mask": MASK}),
]


@pytest.mark.slow
@pytest.mark.parametrize("execution, options", [("graph", BOTH), *MORE])
def test_same_numbers(v1, execution, options):
  plain, told = numbers(v1, "loop", **options)
  fast, facts = numbers(v1, execution, **options)
  assert facts.pop("compiled") and not told.pop("compiled")
  assert facts == told
  tolerance = 1e-5 if options.get("dtype") == "float32" else 1e-10
  for one, two in zip(plain, fast, strict=True):
    np.testing.assert_allclose(
        two, one, rtol=0, atol=tolerance * max(1, np.abs(one).max()))


@pytest.mark.slow
def test_the_loop_is_that_of_loops(v1):
  plain, told = numbers(v1, None, **BOTH)
  same, facts = numbers(v1, "loop", **BOTH)
  assert facts == told
  for one, two in zip(plain, same, strict=True):
    np.testing.assert_array_equal(one, two)


@pytest.mark.parametrize("execution", [
    "graph", pytest.param("xla", marks=pytest.mark.slow)])
def test_a_cell_runs_as_in_dynamic_rnn(v1, execution):
  x = v1.constant(DATA["x"])
  ours, last = tfcompat_rnn.model_rnn(
      cells.LSTMCell(UNITS), x, sequence_length=LENGTHS, execution=execution)
  with v1.variable_scope("", reuse=True):
    theirs, final = tfcompat_rnn.dynamic_rnn(
        cells.LSTMCell(UNITS), x, LENGTHS, dtype=v1.float64)
  assert ours.op.name.startswith("fast_rnn/")
  with v1.Session() as session:
    session.run(v1.global_variables_initializer())
    found = session.run([ours, last, theirs, final])
  np.testing.assert_allclose(found[0], found[2], atol=1e-12)
  np.testing.assert_allclose(found[1], found[3], atol=1e-12)


def counting(inputs, states):
  """Its state has no rows."""
  return inputs + states, states + 1.


def with_a_new_variable(inputs, states):
  from tfcompat_rnn._tf import tf
  return inputs * tf.Variable(1., use_resource=True), states


class Moody:
  """Returns something else when it is called again."""

  calls = 0

  def __call__(self, inputs, states):
    self.calls += 1
    return (inputs, states) if self.calls == 1 else (inputs, [states])


@pytest.mark.parametrize("model, reason", [
    (counting, "a part of its state or output has no batch dimension"),
    (with_a_new_variable, "it creates variables whenever it is called"),
    (Moody(), "called a second time it raises")])
def test_what_cannot_be_compiled_runs_in_the_plain_loop(
    v1, caplog, model, reason):
  x = v1.constant(np.arange(6, dtype=np.float32).reshape(2, 3))
  with caplog.at_level(logging.INFO, logger=LOG):
    outputs, _ = tfcompat_rnn.model_rnn(
        model, x, v1.constant(0.) if model is counting else v1.zeros([2]),
        sequence_length=[3, 3], execution="graph")
  line, = [record.getMessage() for record in caplog.records
           if record.name == LOG]
  name = getattr(model, "__name__", "Moody")
  assert line.startswith(f"{name} runs in the plain loop: {reason}")
  assert outputs.name == "rnn/transpose_1:0"
  assert len(v1.global_variables()) == (model is with_a_new_variable)


def test_a_sequence_without_rows_runs_in_the_plain_loop(v1, caplog):
  x = v1.constant([1., 2., 4.])
  with caplog.at_level(logging.INFO, logger=LOG):
    outputs, last = tfcompat_rnn.model_rnn(
        counting, x, v1.constant(0.), time_major=True, execution="xla")
  assert "an input has no batch dimension" in caplog.text
  with v1.Session() as session:
    assert session.run([*v1.unstack(outputs), last]) == [1., 3., 6., 3.]


def test_the_default_is_what_the_program_has_set(v1):
  x = v1.constant(DATA["x"])
  before = fused.set_default_execution("graph")
  try:
    outputs, _ = tfcompat_rnn.model_rnn(cells.GRUCell(UNITS), x)
  finally:
    fused.set_default_execution(before)
  assert outputs.op.name.startswith("fast_rnn/")
