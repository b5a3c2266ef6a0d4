"""Builders create all their ops; methods called in training create none."""

import numpy as np
import pytest

BATCH, STEPS, UNITS, DEPTH = 3, 4, 5, 2


@pytest.fixture
def finalized(either):
  """A function that initializes and closes the graph, for a session."""
  tf, opened = either, []

  def finalize():
    start = [tf.global_variables_initializer(),
             tf.local_variables_initializer()]
    session = tf.Session()
    opened.append(session)
    session.graph.finalize()
    session.run(start)
    return session

  yield finalize
  for session in opened:
    session.close()


def new_cell():
  from tfcompat_rnn import cells
  return cells.MultiRNNCell([cells.LSTMCell(UNITS), cells.LSTMCell(UNITS)])


def new_inputs(tf):
  return tf.placeholder(tf.float32, [BATCH, STEPS, DEPTH])


def values():
  return np.random.RandomState(0).randn(
      BATCH, STEPS, DEPTH).astype(np.float32)


def train_op(tf, outputs):
  return tf.train.AdamOptimizer().minimize(
      tf.reduce_mean(tf.square(outputs)))


def leaves_of(tf, session, state):
  return session.run(tf.nest.flatten(state))


def largest(tf, session, state):
  return max(np.abs(leaf).max() for leaf in leaves_of(tf, session, state))


@pytest.mark.spread(fast=3)
@pytest.mark.parametrize("packed", [False, True])
def test_state_variables(either, finalized, packed):
  import tfcompat_rnn
  tf, cell = either, new_cell()
  kind = (tfcompat_rnn.PackedStateVariables if packed
          else tfcompat_rnn.StateVariables)
  state = kind(cell, BATCH)
  inputs = new_inputs(tf)
  outputs, final = tfcompat_rnn.dynamic_rnn(
      cell, inputs, initial_state=state.initial_state)
  mask = tf.placeholder(tf.bool, [BATCH])
  given = tf.nest.map_structure(tf.ones_like, state.initial_state)
  # Everything once, before the graph is closed.
  state.keep(final), state.reset_rows(mask), state.assign(given)
  train = train_op(tf, outputs)
  session = finalized()
  for _ in range(3):
    # And again in the loop: the same ops come back.
    session.run([train, state.keep(final)], {inputs: values()})
    assert largest(tf, session, state.variables) > 0
    session.run(state.reset_rows(mask), {mask: [True, False, True]})
    session.run(state.zero())
    assert largest(tf, session, state.variables) == 0
    session.run(state.assign(given))
    assert largest(tf, session, state.variables) == 1
    ours = tf.nest.map_structure(
        lambda leaf: np.full(leaf.shape.as_list(), 2.), state.initial_state)
    state.load(session, ours)
    assert largest(tf, session, state.variables) == 2


@pytest.mark.spread(fast=3)
def test_feedable_state(either, finalized):
  import tfcompat_rnn
  tf, cell = either, new_cell()
  inputs = new_inputs(tf)
  initial = tfcompat_rnn.feedable_state(cell, inputs=inputs)
  outputs, final = tfcompat_rnn.dynamic_rnn(
      cell, inputs, initial_state=initial)
  train = train_op(tf, outputs)
  session = finalized()
  value, _ = session.run([final, train], {inputs: values()})
  for _ in range(3):
    feed = {inputs: values(), **tfcompat_rnn.state_feed(initial, value)}
    session.run(train, feed)
    value, _ = session.run(
        [final, train], {inputs: values(), initial: value})


@pytest.mark.spread(fast=3)
@pytest.mark.parametrize("arguments", [{"reset": True}] + [
    pytest.param(more, marks=pytest.mark.slow) for more in (
        {}, {"keep": "always"}, {"static": True}, {"state": "feed"},
        {"reset": True, "static": True})], ids=str)
def test_stateful_rnn(either, finalized, arguments):
  import tfcompat_rnn
  tf, arguments = either, dict(arguments)
  inputs, feed = new_inputs(tf), {}
  if arguments.pop("reset", False):
    mask = arguments["reset_mask"] = tf.placeholder(tf.bool, [BATCH, STEPS])
    feed[mask] = np.eye(BATCH, STEPS, dtype=bool)
  rnn = tfcompat_rnn.stateful_rnn(new_cell(), inputs, **arguments)
  train = train_op(tf, rnn.outputs)
  rows = tf.placeholder(tf.bool, [BATCH])
  if rnn.state:
    rnn.reset_rows_op(rows)
  session = finalized()
  feed[inputs] = values()
  if not rnn.state:
    value = session.run(rnn.final_state, feed)
    session.run(train, {**feed, rnn.initial_state: value})
    return
  for _ in range(3):
    session.run([train] if "keep" in arguments
                else [train, rnn.keep_state_op], feed)
    assert largest(tf, session, rnn.state.variables) > 0
    session.run(rnn.reset_rows_op(rows), {rows: [True, True, False]})
    session.run(rnn.zero_state_op)
    assert largest(tf, session, rnn.state.variables) == 0


@pytest.mark.spread(fast=3)
def test_resets(either, finalized):
  import tfcompat_rnn
  tf, cell = either, new_cell()
  state = tfcompat_rnn.StateVariables(cell, BATCH)
  initial, step = tfcompat_rnn.reset_at_step_zero(None, state.initial_state)
  mask = tf.placeholder(tf.bool, [BATCH])
  inputs = new_inputs(tf)
  outputs, final = tfcompat_rnn.dynamic_rnn(
      cell, inputs, initial_state=tfcompat_rnn.reset_rows(initial, mask))
  ops = [train_op(tf, outputs), state.keep(final)]
  session = finalized()
  for number in range(3):
    session.run(ops, {inputs: values(), step: number,
                      mask: np.arange(BATCH) == number})


@pytest.mark.spread(fast=3)
@pytest.mark.parametrize(
    "static", [False, pytest.param(True, marks=pytest.mark.slow)])
def test_sequence_state_saver(either, finalized, static):
  import tfcompat_rnn
  tf, cell = either, new_cell()
  keys = tf.placeholder(tf.int64, [BATCH])
  saver = tfcompat_rnn.SequenceStateSaver(cell, keys)
  inputs = new_inputs(tf)
  outputs, _ = tfcompat_rnn.state_saving_rnn(
      cell, inputs, saver, static=static)
  saver.reset(), saver.zero()
  train = train_op(tf, outputs)
  session = finalized()
  for number in range(3):
    session.run(train, {inputs: values(), keys: [number, 10, 11 + number]})
    saver.forget(session, [number])
    assert saver.size(session) == 2 + number
  session.run(saver.zero(), {keys: [10, 11, 0]})
  session.run(saver.reset())
  assert saver.size(session) == 0


def test_feedback(either, finalized):
  import tfcompat_rnn
  from tfcompat_rnn import cells
  tf = either
  cell = cells.GRUCell(UNITS)
  inputs = tf.placeholder(tf.float32, [None, None, UNITS])
  initial = tfcompat_rnn.feedable_state(cell, inputs=inputs)
  outputs, final = tfcompat_rnn.dynamic_rnn(
      cell, inputs, initial_state=initial)
  first = tf.placeholder(tf.float32, [None, UNITS])
  alone = tfcompat_rnn.self_feeding_rnn(
      cell, first, initial, steps=4, reuse=True)
  session = finalized()
  prime = np.random.RandomState(1).randn(BATCH, 1, UNITS)
  for _ in range(2):
    by_runs, _ = tfcompat_rnn.generate(
        session, inputs, outputs, prime, 4, initial_state=initial,
        final_state=final)
    in_graph = session.run(alone.outputs, {
        first: prime[:, 0],
        **tfcompat_rnn.state_feed(
            initial, np.zeros([BATCH, UNITS], np.float32))})
    np.testing.assert_allclose(by_runs, in_graph, rtol=0, atol=1e-6)


def test_saved_position(either, finalized, tmp_path):
  from tfcompat_rnn import pipeline
  from tfcompat_rnn.datasets import continuing
  tf = either
  batches = continuing.ContinuingBatches(np.arange(100), 4, 3)
  saved = pipeline.SavedPosition(batches)
  saver = tf.train.Saver()
  session = finalized()
  for number in range(2):
    session.run(saved.keep_op, {saved.fed: next(batches).position})
    path = saver.save(session, str(tmp_path / "model"), number,
                      write_meta_graph=False)
  next(batches)
  saver.restore(session, path)
  assert saved.recall(session).tolist() == [0, 2]
  saved.store(session)
