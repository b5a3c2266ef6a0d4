"""Unrolled loops in other executions: the same program, the same numbers."""

import logging

import numpy as np
import pytest

import tfcompat_rnn
from tfcompat_rnn import _errors
from tfcompat_rnn import _opcount
from tfcompat_rnn import cells
from tfcompat_rnn import fused
from tfcompat_rnn import loops

TIME, BATCH, DEPTH, UNITS, RUNS = 4, 3, 2, 5, 2
LENGTHS = [2, 0, 3]
LOG = "tfcompat_rnn.fused.recurrence.rnn"


class Saver:
  """A state saver of two variables; counts what it was asked to save."""

  def __init__(self, tf, dtype):
    self.asked = 0
    self.kept = {name: tf.get_variable(
        name, [BATCH, UNITS], dtype, tf.ones_initializer(), trainable=False)
                 for name in "ch"}

  def state(self, name):
    return self.kept[name].read_value()

  def save_state(self, name, value):
    self.asked += 1
    return self.kept[name].assign(value)


def layer(drop=True):
  cell = cells.LSTMCell(UNITS)
  return cells.DropoutWrapper(
      cell, .7, .6, state_keep_prob=.8, seed=3) if drop else cell


def one(tf, steps, execution, dtype, initial, **options):
  """Two layers, with masks of a seed of their own and of the graph's."""
  cell = cells.MultiRNNCell([
      layer(), cells.DropoutWrapper(cells.GRUCell(UNITS), .5)])
  state = None
  if initial:
    state = tf.nest.map_structure(
        lambda zeros: zeros + .3, cell.zero_state(BATCH, dtype))
  return fused.static_rnn(
      cell, steps, state, dtype, execution=execution, **options)


def both(tf, steps, execution, dtype, initial, **options):
  del initial
  return fused.static_bidirectional_rnn(
      layer(), cells.GRUCell(3), steps, dtype=dtype, execution=execution,
      **options)


def stacked(tf, steps, execution, dtype, initial, **options):
  del initial
  return fused.stack_bidirectional_rnn(
      [layer(), cells.GRUCell(3)], [cells.GRUCell(3), cells.GRUCell(4)], steps,
      dtype=dtype, execution=execution, **options)


def saving(tf, steps, execution, dtype, initial, **options):
  del initial
  return fused.static_state_saving_rnn(
      layer(), steps, Saver(tf, dtype), ("c", "h"), execution=execution,
      **options)


def stateful(tf, steps, execution, dtype, initial, reset_mask=None, **options):
  del initial
  rnn = tfcompat_rnn.stateful_rnn(
      layer(drop=False), steps, batch_size=BATCH, static=True, keep="always",
      dtype=dtype, execution=execution, reset_mask=reset_mask, **options)
  return rnn.outputs, rnn.final_state


def numbers(tf, build, execution, dtype="float64", known=True, initial=False,
            **options):
  """Results and gradients of two runs, and what the graph is like."""
  dtype, draw = tf.as_dtype(dtype), np.random.RandomState(0)
  with tf.Graph().as_default() as graph:
    tf.set_random_seed(3)
    x = tf.constant(
        draw.randn(BATCH, TIME, DEPTH).astype(dtype.as_numpy_dtype))
    given = x
    if not known:
      given = tf.placeholder_with_default(x, [None, TIME, DEPTH])
    init = tf.random_uniform_initializer(-.5, .5, seed=1)
    with tf.variable_scope("model", initializer=init):
      found = build(tf, tf.unstack(given, axis=1), execution, dtype, initial,
                    **options)
    count, names = _opcount.count(), [
        operation.name for operation in graph.get_operations()
        if not operation.name.startswith("fast_rnn/")]
    later, leaves = tf.random_uniform([2]), tf.nest.flatten(found)
    grads = tf.gradients(
        [tf.reduce_sum(tf.sin(leaf + place))
         for place, leaf in enumerate(leaves)],
        [x, *tf.trainable_variables()])
    with tf.Session() as session:
      session.run(tf.global_variables_initializer())
      values = [session.run([*leaves, *grads, later]) for _ in range(RUNS)]
    return values, {
        "count": count, "names": names,
        "variables": [variable.name for variable in tf.global_variables()],
        "shapes": [leaf.shape.as_list() for leaf in leaves],
        "structure": tf.nest.map_structure(lambda _: 0, found),
        "compiled": any(operation.name.startswith("fast_rnn/")
                        for operation in graph.get_operations())}


QUICK = [(one, "graph", {"sequence_length": LENGTHS, "initial": True})]
MORE = [
    (one, "xla", {"known": False}),
    (one, "graph", {"known": False, "recompute": True}),
    (one, "auto", {"dtype": "float32", "tolerance": 1e-5}),
    (both, "graph", {"sequence_length": LENGTHS}),
    (both, "xla", {"known": False}),
    (stacked, "graph", {"sequence_length": LENGTHS}),
    (saving, "graph", {}),
    (saving, "xla", {"sequence_length": LENGTHS}),
    (stateful, "graph", {"reset_mask": np.eye(3, 4) > 0}),
    (stateful, "xla", {"sequence_length": LENGTHS}),
]


@pytest.mark.spread(slow=2)
@pytest.mark.slow
@pytest.mark.parametrize("build, execution, options", QUICK + MORE)
def test_same_numbers(v1, build, execution, options):
  options = dict(options)
  tolerance = options.pop("tolerance", 1e-10)
  plain, told = numbers(v1, build, "loop", **options)
  fast, facts = numbers(v1, build, execution, **options)
  assert facts.pop("compiled") and not told.pop("compiled")
  assert facts == told
  for one_run, other_run in zip(plain, fast, strict=True):
    for first, second in zip(one_run, other_run, strict=True):
      np.testing.assert_allclose(
          second, first, rtol=0, atol=tolerance * max(1, np.abs(first).max()))


def test_only_the_state_of_what_is_fetched_is_saved(v1):
  saver = Saver(v1, v1.float64)
  outputs, _ = fused.static_state_saving_rnn(
      cells.LSTMCell(UNITS), [v1.ones([BATCH, DEPTH], v1.float64)] * TIME,
      saver, ("c", "h"), execution="graph")
  assert saver.asked == 4
  with v1.Session() as session:
    session.run(v1.global_variables_initializer())
    session.run(outputs[:-1])
    np.testing.assert_array_equal(session.run(saver.kept["h"]), 1)
    last = session.run(outputs[-1])
    np.testing.assert_array_equal(session.run(saver.kept["h"]), last)


def test_steps_of_different_shapes_stay_unrolled(v1, caplog):
  steps = [v1.ones([2, DEPTH]), v1.placeholder_with_default(
      v1.ones([2, DEPTH]), [None, DEPTH])]
  with caplog.at_level(logging.INFO, logger=LOG):
    outputs, _ = fused.static_rnn(
        cells.GRUCell(2), steps, dtype=v1.float32, execution="graph")
  line, = [record.getMessage() for record in caplog.records
           if record.name == LOG]
  assert line.endswith("runs in the plain loop: its inputs differ in shape")
  assert outputs[-1].op.name.startswith("rnn/")


class Told(cells.RNNCell):
  """A cell with an effect in every step."""

  state_size = output_size = DEPTH

  def call(self, inputs, state):
    from tfcompat_rnn._tf import tf
    new = inputs + tf.py_func(np.sin, [state], state.dtype)
    new.set_shape(state.shape)
    return new, new


@pytest.mark.parametrize("build", ["static_rnn", "static_bidirectional_rnn"])
def test_what_cannot_be_compiled_stays_unrolled(v1, caplog, build):
  steps = [v1.ones([2, DEPTH])] * 3
  both_ways = [Told()] * (2 if "bidirectional" in build else 1)
  with caplog.at_level(logging.INFO, logger=LOG):
    outputs = getattr(fused, build)(
        *both_ways, steps, dtype=v1.float32, execution="graph")[0]
  line, = [record.getMessage() for record in caplog.records
           if record.name == LOG]
  assert "runs in the plain loop" in line and "PyFunc" in line
  with v1.Session() as session:
    second = session.run(outputs[1])[:, :DEPTH]
  np.testing.assert_allclose(second, 1 + np.sin(1.), rtol=1e-6)


def test_the_unrolled_program_keeps_its_names(v1):
  def build(unroll, **options):
    steps = [v1.constant(np.ones([2, DEPTH]) * step) for step in range(3)]
    return unroll(cells.GRUCell(2), steps, dtype=v1.float64, **options)[0]

  with v1.Graph().as_default():
    name = build(loops.static_rnn)[1].name
  outputs = build(fused.static_rnn, execution="graph")
  assert outputs[1].name != name
  with v1.Session() as session:
    session.run(v1.global_variables_initializer())
    found, named = session.run([outputs[1], name])
  np.testing.assert_allclose(found, named, rtol=1e-12)


def test_the_default_is_1_15s(v1):
  steps = [v1.ones([2, DEPTH])] * 2
  outputs, _ = fused.static_rnn(cells.GRUCell(2), steps, dtype=v1.float32)
  same, _ = loops.static_rnn(
      cells.GRUCell(2), steps, dtype=v1.float32, scope="two")
  assert outputs[1].name.replace("rnn/", "two/", 1) == same[1].name
  with pytest.raises(_errors.ArgumentError, match="`execution` must be one"):
    fused.static_rnn(cells.GRUCell(2), steps, dtype=v1.float32,
                     execution="fast")
