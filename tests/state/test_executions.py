"""State kept from run to run is the same in every execution of the loop."""

import numpy as np
import pytest

import tfcompat_rnn
from tests.state import race_runs
from tfcompat_rnn import cells
from tfcompat_rnn import fused

BATCH, TIME, DEPTH, UNITS, RUNS = 3, 4, 2, 5, 3
LENGTHS = [4, 0, 2]
MASK = np.array([[0, 1, 0, 0], [1, 0, 0, 1], [0, 0, 1, 0]], bool)


def stack():
  return cells.MultiRNNCell([cells.LSTMCell(UNITS), cells.GRUCell(DEPTH)])


def kept_by(state):
  """A loop with `state=`, and what keeps the state from run to run."""
  def build(tf, x, execution, **options):
    rnn = tfcompat_rnn.stateful_rnn(
        stack(), x, batch_size=BATCH, state=state, execution=execution,
        **options)
    keep = [] if rnn.state is None else [rnn.keep_state_op]
    return rnn.outputs, rnn.initial_state, rnn.final_state, keep

  return build


def packed(tf, x, execution, **options):
  cell = cells.MultiRNNCell([cells.LSTMCell(UNITS) for _ in range(2)])
  rnn = tfcompat_rnn.stateful_rnn(
      cell, x, batch_size=BATCH, execution=execution, keep="always",
      state=tfcompat_rnn.PackedStateVariables(cell, BATCH, x.dtype), **options)
  return rnn.outputs, rnn.initial_state, rnn.final_state, []


def saved(tf, x, execution, **options):
  saver = tfcompat_rnn.SequenceStateSaver(
      stack(), tf.constant([7, 3, 5], tf.int64), dtype=x.dtype)
  outputs, final = tfcompat_rnn.state_saving_rnn(
      stack(), x, saver, execution=execution, **options)
  return outputs, saver.initial_state, final, []


BUILDS = {"variables": kept_by("variables"), "feed": kept_by("feed"),
          "packed": packed, "saver": saved}


def numbers(tf, build, execution, dtype="float64", known=True, **options):
  """Outputs, final states and gradients of each run, and the variables."""
  draw = np.random.RandomState(0)
  with tf.Graph().as_default():
    tf.set_random_seed(3)
    init = tf.random_uniform_initializer(-.5, .5, seed=1)
    with tf.variable_scope("model", initializer=init):
      x = tf.placeholder(
          dtype, [BATCH, TIME, DEPTH] if known else [None, None, DEPTH])
      outputs, initial, final, keep = BUILDS[build](
          tf, x, execution, **options)
    variables = tf.trainable_variables()
    loss = tf.reduce_sum(tf.sin(outputs)) + tf.add_n(
        [tf.reduce_sum(tf.cos(leaf)) for leaf in tf.nest.flatten(final)])
    grads = tf.gradients(loss, [x, *variables])
    found = []
    with tf.Session() as session:
      session.run(tf.global_variables_initializer())
      feed = {}
      for _ in range(RUNS):
        feed[x] = draw.randn(BATCH, TIME, DEPTH)
        run, states, _ = session.run([[outputs, *grads], final, keep], feed)
        if build == "feed":
          feed[initial] = states
        found.append([*run, *tf.nest.flatten(states)])
    return found, [variable.name for variable in tf.global_variables()]


def assert_same(tf, build, execution, tolerance=1e-10, **options):
  plain, names = numbers(
      tf, build, "loop", **{**options, "recompute": False})
  fast, fast_names = numbers(tf, build, execution, **options)
  assert fast_names == names
  for one_run, other_run in zip(plain, fast, strict=True):
    for one, two in zip(one_run, other_run, strict=True):
      np.testing.assert_allclose(
          two, one, rtol=0, atol=tolerance * max(1, np.abs(one).max()))
  assert np.abs(plain[1][-1] - plain[0][-1]).max() > 1e-3


CASES = [
    ("variables", "graph", {"sequence_length": LENGTHS, "reset_mask": MASK}),
]
MORE = [
    ("packed", "graph", {"known": False, "recompute": True}),
    ("variables", "xla", {"sequence_length": LENGTHS, "reset_mask": MASK}),
    ("variables", "auto", {"reset_mask": MASK, "reset_value": "initial"}),
    ("variables", "graph", {"dtype": "float32", "tolerance": 1e-5}),
    ("feed", "graph", {"known": False, "sequence_length": LENGTHS}),
    ("feed", "xla", {"known": False}),
    ("packed", "xla", {"dtype": "float32", "tolerance": 1e-5}),
    ("saver", "graph", {"sequence_length": LENGTHS}),
    ("saver", "xla", {"reset_mask": MASK}),
]


@pytest.mark.parametrize("build, execution, options", CASES + [
    pytest.param(*case, marks=pytest.mark.slow) for case in MORE])
def test_runs_as_in_the_plain_loop(v1, build, execution, options):
  assert_same(v1, build, execution, **options)


@pytest.mark.parametrize("case", [
    race_runs.Case("stateful", runs=50, execution="graph")] + [
        pytest.param(case, marks=pytest.mark.slow) for case in (
            race_runs.Case("documented", runs=100, execution="graph"),
            race_runs.Case("documented_packed", runs=50, execution="xla"),
            race_runs.Case("reset_mask", "gru", runs=100, execution="graph"),
            race_runs.Case("lengths", runs=30, execution="graph"),
            race_runs.Case("stateful", steps=50, resource=True, runs=50,
                           execution="graph"))], ids=str)
def test_the_state_may_be_kept_while_it_is_trained_on(v1, case):
  assert race_runs.run_case(v1, case) == 0


def test_the_default_is_what_the_program_has_set(v1):
  x = v1.zeros([BATCH, TIME, DEPTH])
  before = fused.set_default_execution("graph")
  try:
    rnn = tfcompat_rnn.stateful_rnn(cells.GRUCell(2), x)
    plain = tfcompat_rnn.stateful_rnn(
        cells.GRUCell(2), x, execution="loop", scope="two", name="other")
  finally:
    fused.set_default_execution(before)
  assert rnn.outputs.name.startswith("fast_rnn/")
  assert plain.outputs.name == "two/transpose_1:0"
