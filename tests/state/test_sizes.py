"""Sizes at the edges: no steps, no rows, a batch that only the state knows."""

import numpy as np
import pytest
import state_cells

import tfcompat_rnn
from tfcompat_rnn import _errors
from tfcompat_rnn import cells
from tfcompat_rnn import feedback

ROWS = 2
FAST = ("GRUCell", "LSTMBlockCell", "SRUCell")


def builders(tf, cell, inputs, time_major=False, lengths=None, state=None):
  """`{name: a function that builds it}`; each returns outputs and state."""
  settings = dict(time_major=time_major, sequence_length=lengths)
  axis = 0 if time_major else 1

  def stateful(**more):
    rnn = tfcompat_rnn.stateful_rnn(
        cell, inputs, batch_size=ROWS, **more, **settings)
    return rnn.outputs, rnn.final_state

  return {
      "stateful": stateful,
      "stateful, mask": lambda: stateful(reset_mask=tf.zeros(
          tf.shape(inputs)[:2], tf.bool)),
      "model": lambda: tfcompat_rnn.model_rnn(
          cell, inputs, state, **settings),
      "self-feeding": lambda: feedback.self_feeding_rnn(
          cell, tf.ones([ROWS, 4]), state, steps=tf.shape(inputs)[axis],
          time_major=time_major),
      "teacher forcing": lambda: feedback.teacher_forcing_rnn(
          cell, inputs, state, processing=lambda output: 2 * output,
          **settings),
      "scheduled sampling": lambda: feedback.scheduled_sampling_rnn(
          cell, inputs, 0.5, state, seed=1, **settings),
      "free running": lambda: feedback.free_running_rnn(
          cell, inputs, state, **settings),
  }


NAMES = sorted(builders(None, None, None))


@pytest.mark.parametrize("time", [
    None, pytest.param(0, marks=pytest.mark.slow)])
@pytest.mark.parametrize("time_major", [
    False, pytest.param(True, marks=pytest.mark.slow)])
@pytest.mark.parametrize("with_lengths", [
    False, pytest.param(True, marks=pytest.mark.slow)])
@pytest.mark.parametrize("name", NAMES)
def test_no_steps_give_no_outputs_and_the_first_state(
    v1, name, with_lengths, time_major, time):
  tf = v1
  order = (lambda rows, steps: [steps, rows, 4]) if time_major else (
      lambda rows, steps: [rows, steps, 4])
  inputs = tf.placeholder(tf.float32, order(None, time))
  lengths = tf.placeholder_with_default(
      np.zeros([ROWS], "i"), [None]) if with_lengths else None
  state = None if name.startswith("stateful") else tf.constant(
      [[1., 2., 3., 4.], [5., 6., 7., 8.]])
  outputs, final = builders(
      tf, cells.GRUCell(4), inputs, time_major, lengths, state)[name]()
  with tf.Session() as session:
    session.run(tf.global_variables_initializer())
    got, last = session.run(
        [outputs, final], {inputs: np.zeros(order(ROWS, 0))})
    assert list(got.shape) == order(ROWS, 0)
    np.testing.assert_array_equal(
        last, np.zeros([ROWS, 4]) if state is None else session.run(state))
    if time is None:
      # The same graph takes steps too.
      feeds = {inputs: np.ones(order(ROWS, 3))}
      if with_lengths:
        feeds[lengths] = [3, 3]
      got, last = session.run([outputs, final], feeds)
      assert list(got.shape) == order(ROWS, 3)
      assert np.any(got) and np.any(last)


def test_teacher_forcing_on_unknown_steps_computes_the_same(v1):
  tf = v1
  known = tf.constant(np.random.RandomState(3).randn(ROWS, 5, 4), tf.float32)
  inputs = tf.placeholder_with_default(known, [None, None, 4])
  cell = cells.LSTMCell(4)
  results = []
  for one in (known, inputs):
    with tf.variable_scope("model", reuse=tf.AUTO_REUSE):
      results.append(feedback.teacher_forcing_rnn(
          cell, one, sequence_length=[5, 2]))
  gradients = [tf.gradients(tf.reduce_sum(tf.square(result.outputs)),
                            tf.trainable_variables()) for result in results]
  with tf.Session() as session:
    session.run(tf.global_variables_initializer())
    told = session.run([[(result.outputs, result.final_state, result.lengths)
                         for result in results], gradients])
  for one, other in told:
    tf.nest.map_structure(np.testing.assert_array_equal, one, other)


@pytest.mark.parametrize(
    "kind", state_cells.some_fast(state_cells.KINDS, FAST))
def test_the_state_tells_the_batch_that_the_inputs_do_not(either, kind):
  tf = either
  row = state_cells.KINDS[kind]
  dtype = "float64" if row.double else "float32"
  values = state_cells.draw_inputs(kind, 1, 3, dtype)
  inputs = tf.placeholder(values.dtype, (None, None) + values.shape[2:])
  cell = row.make(cells, tf, dtype)
  with tf.variable_scope("net", dtype=dtype):
    rnn = tfcompat_rnn.stateful_rnn(cell, inputs, batch_size=1, dtype=dtype)
  with tf.Session() as session:
    session.run(tf.global_variables_initializer())
    outputs = session.run(rnn.outputs, {inputs: values})
    assert all(leaf.shape[:2] == (1, 3) for leaf in tf.nest.flatten(outputs))
    with pytest.raises(tf.errors.InvalidArgumentError):
      session.run(rnn.outputs, {inputs: np.concatenate([values, values])})


@pytest.mark.parametrize("name", [
    name for name in NAMES if not name.startswith("stateful")])
def test_a_known_state_meets_inputs_of_unknown_batch(v1, name):
  tf = v1
  cell = cells.SRUCell(4)
  inputs = tf.placeholder(tf.float32, [None, None, 4])
  state = tfcompat_rnn.StateVariables(cell, ROWS).initial_state
  outputs, _ = builders(tf, cell, inputs, state=state)[name]()
  with tf.Session() as session:
    session.run(tf.global_variables_initializer())
    got = session.run(outputs, {inputs: np.ones([ROWS, 3, 4])})
  assert got.shape == (ROWS, 3, 4)


def test_generate_without_rows(v1):
  tf = v1
  cell = cells.GRUCell(4)
  inputs = tf.placeholder(tf.float32, [None, None, 4])
  initial = tfcompat_rnn.feedable_state(cell, inputs=inputs)
  outputs, final = tfcompat_rnn.dynamic_rnn(
      cell, inputs, initial_state=initial)
  with tf.Session() as session:
    session.run(tf.global_variables_initializer())
    for steps in (np.zeros([0], int), 3):
      result = tfcompat_rnn.generate(
          session, inputs, outputs, np.zeros([0, 1, 4]), steps,
          initial_state=initial, final_state=final)
      assert result.outputs.shape == (0, 0, 4)
      assert result.lengths.shape == (0,)


def test_a_mask_is_not_blamed_for_the_dtype_of_the_inputs(v1):
  tf = v1
  inputs = tf.zeros([2, 3, 4], tf.float64)
  for number, mask in enumerate((None, np.zeros([2, 3], bool))):
    with pytest.raises(_errors.ArgumentTypeError) as error, (
        tf.variable_scope(str(number))):
      tfcompat_rnn.stateful_rnn(
          cells.LSTMBlockCell(2), inputs, reset_mask=mask)
    assert "must be float32 or float16 for lstm_cell" in str(error.value)


def test_a_reset_after_the_end_of_a_row_has_no_effect(v1):
  tf = v1
  _, final = tfcompat_rnn.model_rnn(
      lambda x, state: (state + x, state + x), np.ones([1, 3, 1], "f"),
      np.full([1, 1], 5., "f"), sequence_length=[2],
      reset_mask=[[False, False, True]])
  with tf.Session() as session:
    assert session.run(final).tolist() == [[7.]]
