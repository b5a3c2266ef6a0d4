"""Gradients in the same run as the op that keeps the state.

The documented idiom gives wrong gradients, this package does not.
`race_runs.py` defines what a run is and when it counts as wrong.
"""

import contextlib
import pathlib
import sys
import threading

import numpy as np
import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parent))

import race_runs  # noqa: E402
from race_runs import Case  # noqa: E402

# -- the fault ---------------------------------------------------------------

FAULTS = [
    Case("documented", "gru", steps=1),
    Case("documented_packed", steps=5),
    Case("documented_step_zero", "gru", steps=5),
]
MORE_FAULTS = [
    Case("documented", "lstm_stack", steps=5),
    Case("documented", "lstm", steps=50, threads=1),
    Case("documented", "lstm_stack", steps=5, place="before"),
    Case("documented_step_zero", "gru_stack", steps=5),
]


def later(cases):
  """The same cases, marked slow."""
  return [pytest.param(case, marks=pytest.mark.slow, id=str(case))
          for case in cases]


@pytest.mark.spread(fast=3)
@pytest.mark.parametrize("case", FAULTS + later(MORE_FAULTS), ids=str)
def test_documented_idiom_is_wrong_in_most_runs(v1, case):
  case = case._replace(runs=30)
  wrong = race_runs.run_case(v1, case, enabled=False)
  # At step 0, which is one run in five, the reset state is zeros that no
  # assignment overwrites.
  assert wrong >= 8


@pytest.mark.slow
def test_resource_variables_do_not_have_the_fault(v1):
  case = Case("documented", runs=20, resource=True)
  assert race_runs.run_case(v1, case, enabled=False) == 0


# -- ours --------------------------------------------------------------------

def ours():
  """Every way of building it for which no run may be wrong."""
  kinds = ("lstm", "lstm_stack", "gru", "gru_stack", "peephole_stack")
  for resource in (False, True):
    for cell in kinds:
      for steps, runs in ((1, 100), (5, 80), (50, 20)):
        for threads in (1, 16):
          yield Case("stateful", cell, steps, resource=resource,
                     threads=threads, runs=runs)
    for form in ("variables", "tensorflows_loop"):
      for place in ("before", "beside", "after"):
        for steps, runs in ((1, 100), (5, 100), (50, 30)):
          yield Case(form, "lstm_stack", steps, resource=resource,
                     place=place, runs=runs)
    for form in ("packed", "step_zero", "reset_mask", "row_reset", "lengths",
                 "saver"):
      for loop in ("dynamic", "static"):
        yield Case(form, "lstm_stack", 5, loop, resource, runs=120)
      yield Case(form, "lstm_stack", 50, "dynamic", resource, "before",
                 runs=30)
    for cell in ("lstm_stack", "gru"):
      yield Case("self_feeding", cell, 5, resource=resource, runs=100)
      for steps in (1, 5):
        yield Case("stateful", cell, steps, "static", resource, runs=120)
  for form in race_runs.DOCUMENTED:
    yield Case(form, "lstm_stack", 5, runs=100)


OURS = list(ours())
FAST = [
    Case("stateful", "lstm_stack", 5, runs=100),
    Case("stateful", "gru_stack", 1, resource=True, runs=50),
    Case("tensorflows_loop", "lstm_stack", 5, place="before", runs=50),
    Case("step_zero", "gru", 5, runs=50),
]


@pytest.mark.spread(fast=3)
@pytest.mark.parametrize("case", FAST, ids=str)
def test_ours_is_never_wrong(v1, case):
  assert race_runs.run_case(v1, case) == 0


@pytest.mark.parametrize("every, at_least", [
    pytest.param(7, 1_200, marks=pytest.mark.slow),
    pytest.param(1, 10_000, marks=pytest.mark.exhaustive)])
def test_ours_in_thousands_of_runs(v1, every, at_least):
  """All cases, or one in so many."""
  tf, runs, wrong = v1, 0, {}
  for case in OURS[::every]:
    with tf.Graph().as_default():
      number = race_runs.run_case(tf, case)
    runs += case.runs
    if number:
      wrong[str(case)] = number
  assert not wrong
  assert runs >= at_least


@pytest.mark.slow
@pytest.mark.parametrize(
    "form", ["tensorflows_loop", "variables", "packed", "step_zero"])
def test_ours_needs_no_copies_in_the_loops(v1, form):
  """`--no-snapshot` is only for old programs, so it must not matter here."""
  assert race_runs.run_case(
      v1, Case(form, runs=100), enabled=False) == 0


def test_without_any_copies_the_same_runs_go_wrong(v1, monkeypatch):
  """The runs that must not be wrong above could have been wrong."""
  from tfcompat_rnn import _snapshot
  monkeypatch.setattr(_snapshot, "copy_of", lambda leaf: leaf)
  wrong = race_runs.run_case(v1, Case("stateful", runs=20), enabled=False)
  assert wrong >= 8


@contextlib.contextmanager
def behavior_of_today(tf):
  """Resource variables and functional control flow, as TensorFlow 2 has."""
  tf.enable_resource_variables()
  tf.enable_control_flow_v2()
  try:
    yield
  finally:
    tf.disable_control_flow_v2()
    tf.disable_resource_variables()


@pytest.mark.spread(fast=3)
@pytest.mark.parametrize("case", [
    Case("stateful", "gru", resource=True, runs=30),
    Case("step_zero", "gru", resource=False, runs=30),
] + later([
    Case("stateful", resource=False, runs=100),
    Case("stateful", resource=True, runs=100),
    Case("reset_mask", resource=False, steps=3, runs=100),
]), ids=str)
def test_functional_control_flow(v1, case):
  with behavior_of_today(v1):
    assert race_runs.run_case(v1, case) == 0


# -- two sessions ------------------------------------------------------------

@pytest.mark.slow
@pytest.mark.parametrize("resource", [False] + later([True]))
def test_two_sessions_on_one_graph(v1, resource):
  """Both train at the same time, each with its own weights and state."""
  tf = v1
  model = race_runs.build(tf, Case(resource=resource))
  initialize = tf.global_variables_initializer()
  tf.get_default_graph().finalize()
  wrong, ends = [], []

  def work(session, feed):
    session.run(initialize)
    wrong.append(race_runs.count_wrong(
        session, model._replace(feed=feed), 60))
    ends.append(session.run(model.kept))

  draws = [np.random.RandomState(seed) for seed in (1, 2)]
  inputs, = model.feed()

  def feed_of(draw):
    return lambda: {inputs: draw.randn(*inputs.shape.as_list())}

  with race_runs.new_session(tf, 4) as one, race_runs.new_session(tf, 4) as two:
    threads = [threading.Thread(target=work, args=(session, feed_of(draw)))
               for session, draw in zip((one, two), draws)]
    for thread in threads:
      thread.start()
    for thread in threads:
      thread.join()
  assert wrong == [0, 0]
  assert all(np.abs(mine - theirs).max() > 1e-3
             for mine, theirs in zip(*ends)), "one state for both"


@pytest.mark.slow
def test_two_sessions_take_turns(v1):
  """A run of one session does not change the state of the other."""
  tf = v1
  model = race_runs.build(tf, Case("stateful", "gru"))
  initialize = tf.global_variables_initializer()
  tf.get_default_graph().finalize()
  with race_runs.new_session(tf, 4) as one, race_runs.new_session(tf, 4) as two:
    for session in (one, two):
      session.run(initialize)
    for _ in range(20):
      before = two.run(model.kept)
      assert race_runs.count_wrong(one, model, 1) == 0
      for mine, theirs in zip(before, two.run(model.kept)):
        np.testing.assert_array_equal(mine, theirs)
      assert race_runs.count_wrong(two, model, 1) == 0


# -- loops that keep the state in every run ----------------------------------

@pytest.mark.parametrize("resource", [False] + later([True]))
@pytest.mark.parametrize("form", ["always"] + later(["saver"]))
def test_every_run_keeps(v1, form, resource):
  """`keep="always"` and `state_saving_rnn` compared with a fed loop."""
  import tfcompat_rnn
  from tfcompat_rnn import loops
  tf = v1
  tf.get_variable_scope().set_use_resource(resource)
  shape = [race_runs.BATCH, 5, race_runs.DEPTH]
  inputs = tf.placeholder(tf.float32, shape)
  cell = race_runs.make_cell("lstm_stack")
  with tf.variable_scope("rnn") as scope:
    pass
  if form == "always":
    rnn = tfcompat_rnn.stateful_rnn(cell, inputs, keep="always", scope=scope)
    outputs, final, kept = rnn.outputs, rnn.final_state, rnn.state.variables
  else:
    states = tfcompat_rnn.SequenceStateSaver(
        cell, tf.constant([7, 3, 5, 11], tf.int64))
    outputs, final = tfcompat_rnn.state_saving_rnn(
        cell, inputs, states, scope=scope)
    kept = tf.nest.flatten(states.initial_state)
  weights = tf.trainable_variables()
  fed = tfcompat_rnn.feedable_state(cell, race_runs.BATCH)
  with tf.variable_scope(scope, reuse=True) as again:
    right, right_final = loops.dynamic_rnn(
        cell, inputs, initial_state=fed, scope=again)
  assert tf.trainable_variables() == weights
  slopes = [tf.gradients(tf.reduce_mean(tf.square(out - .5)), weights)
            for out in (outputs, right)]
  initialize = tf.global_variables_initializer()
  tf.get_default_graph().finalize()
  draw = np.random.RandomState(2)
  with race_runs.new_session(tf, 16) as session:
    session.run(initialize)
    for _ in range(60):
      feed = {inputs: draw.randn(*shape)}
      before = session.run(kept)
      got = session.run([slopes[0], tf.nest.flatten(final)], feed)
      feed.update(zip(tf.nest.flatten(fed), before))
      wanted = session.run([slopes[1], tf.nest.flatten(right_final)], feed)
      for mine, theirs in zip(got + [session.run(kept)],
                              wanted + [wanted[1]]):
        assert race_runs.equal(mine, theirs)
    assert all(np.abs(value).max() > 1e-3 for value in before)


# -- a race that is not the state's ------------------------------------------

def count_wrong_updates(tf, wait, runs):
  """A stack without kept state, its weights updated by bare gradients."""
  from tfcompat_rnn import cells
  from tfcompat_rnn import loops
  inputs = tf.placeholder(tf.float32, [4, 6, 3])
  outputs, _ = loops.dynamic_rnn(
      cells.MultiRNNCell([cells.LSTMCell(16) for _ in range(2)]), inputs,
      dtype=tf.float32)
  weights = tf.trainable_variables()
  slopes = wait(tf.gradients(tf.reduce_mean(tf.square(outputs - .5)), weights))
  train = tf.train.GradientDescentOptimizer(.1).apply_gradients(
      list(zip(slopes, weights)))
  initialize = tf.global_variables_initializer()
  draw, wrong = np.random.RandomState(0), 0
  with race_runs.new_session(tf, 16) as session:
    session.run(initialize)
    for _ in range(runs):
      feed = {inputs: draw.randn(4, 6, 3)}
      right = session.run(slopes, feed)
      got, _ = session.run([slopes, train], feed)
      wrong += not race_runs.equal(got, right)
  return wrong


@pytest.mark.slow
def test_bare_gradients_go_wrong_without_a_state(v1):
  """As docs/state.md says; it also says how to avoid this."""
  assert count_wrong_updates(v1, list, 400) > 0


@pytest.mark.slow
def test_tuple_makes_bare_gradients_wait(v1):
  assert count_wrong_updates(v1, v1.tuple, 400) == 0
