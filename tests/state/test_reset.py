"""Resetting rows: from outside, at step 0, and inside a loop."""

import pathlib
import sys

import numpy as np
import pytest

import tfcompat_rnn
from tfcompat_rnn import cells
from tfcompat_rnn import loops
from tfcompat_rnn.state import ResettingCell

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import own_cells  # noqa: E402


def numbers(*shape):
  return np.arange(1, 1 + np.prod(shape), dtype=np.float32).reshape(shape)


def test_rows_of_leaves_of_any_rank(either):
  tf = either
  state = {"flat": tf.constant([1, 2, 3]),
           "deep": [tf.constant(numbers(3, 2)), tf.constant(
               numbers(3, 2, 2, 2))],
           "flags": tf.constant([[True], [True], [True]])}
  got = tfcompat_rnn.reset_rows(state, [True, False, True])
  with tf.Session() as session:
    got = session.run(got)
  np.testing.assert_array_equal(got["flat"], [0, 2, 0])
  np.testing.assert_array_equal(got["deep"][0], [[0, 0], [3, 4], [0, 0]])
  np.testing.assert_array_equal(
      got["deep"][1][1], numbers(3, 2, 2, 2)[1])
  assert got["deep"][1][[0, 2]].sum() == 0
  np.testing.assert_array_equal(got["flags"], [[False], [True], [False]])


def test_rows_set_to_a_value(either):
  tf = either
  state = (tf.constant(numbers(2, 2)), tf.constant([5, 6]))
  value = (np.float32([[9, 9], [8, 8]]), tf.constant([0, -1]))
  mask = tf.placeholder(tf.bool)  # its shape is not known
  got = tfcompat_rnn.reset_rows(state, mask, value)
  with tf.Session() as session:
    got = session.run(got, {mask: [False, True]})
  np.testing.assert_array_equal(got[0], [[1, 2], [8, 8]])
  np.testing.assert_array_equal(got[1], [5, -1])


def test_a_variable_is_a_mask(either):
  mask = either.get_variable("mask", [2], either.bool, trainable=False,
                             initializer=either.ones_initializer())
  state = tfcompat_rnn.reset_rows(either.ones([2, 3]), mask)
  with either.Session() as session:
    session.run(either.global_variables_initializer())
    assert not session.run(state).any()
    session.run(mask.assign([False, True]))
    assert session.run(state).tolist() == [[1] * 3, [0] * 3]


def test_a_scalar_leaf_has_no_rows(either):
  """As in TensorFlow's loops, a step counter is not affected by rows."""
  tf = either
  state = (tf.constant(numbers(2, 2)), tf.constant(4))
  got = tfcompat_rnn.reset_rows(state, [True, True])
  with tf.Session() as session:
    got = session.run(got)
  assert got[0].sum() == 0 and got[1] == 4


def test_nothing_of_a_reset_row_comes_through(either):
  """Neither NaN nor a gradient."""
  tf = either
  state = tf.constant([[np.nan, 1.], [2., 3.]])
  got = tfcompat_rnn.reset_rows(state, [True, False])
  slope, = tf.gradients(tf.reduce_sum(got * [[5., 5.], [7., 7.]]), state)
  with tf.Session() as session:
    got, slope = session.run([got, slope])
  np.testing.assert_array_equal(got, [[0, 0], [2, 3]])
  np.testing.assert_array_equal(slope, [[0, 0], [7, 7]])


@pytest.mark.parametrize("mask, error, said", [
    ([1, 0], TypeError, "be bool"),
    ([[True], [False]], ValueError, r"be bool \[batch\]"),
    ([True, False, True], ValueError, "one value per row of the state, 2"),
])
def test_masks_that_are_none(v1, mask, error, said):
  with pytest.raises(error, match=said):
    tfcompat_rnn.reset_rows(v1.zeros([2, 3]), mask)


def test_values_that_do_not_fit(v1):
  with pytest.raises(ValueError, match=r'"1": float32 \[2, 4\] instead of'):
    tfcompat_rnn.reset_rows(
        (v1.zeros([2, 3]), v1.zeros([2, 3])), [True, False],
        (v1.zeros([2, 3]), v1.zeros([2, 4])))


@pytest.mark.parametrize("kind", ["int32", "int64"])
def test_at_step_zero(either, kind):
  tf = either
  step = tf.placeholder_with_default(tf.constant(-1, kind), [])
  state = {"a": tf.constant(numbers(2, 2)), "b": [tf.constant([3, 4])]}
  got = tfcompat_rnn.reset_at_step_zero(step, state)
  assert got["a"].shape.as_list() == [2, 2]
  slope, = tf.gradients(tf.reduce_sum(got["a"]), state["a"])
  with tf.Session() as session:
    for fed, kept in ((None, 1), (7, 1), (0, 0), (-3, 1)):
      value, sloped = session.run(
          [got, slope], {} if fed is None else {step: fed})
      np.testing.assert_array_equal(value["a"], numbers(2, 2) * kept)
      np.testing.assert_array_equal(value["b"][0], np.array([3, 4]) * kept)
      np.testing.assert_array_equal(sloped, np.full([2, 2], kept))


def test_at_step_zero_with_a_placeholder_of_ours(either):
  tf = either
  state, step = tfcompat_rnn.reset_at_step_zero(
      None, tf.ones([2, 1]), value=tf.constant([[4.], [5.]]))
  assert step.op.name == "step" and step.dtype == tf.int64
  with tf.Session() as session:
    assert session.run(state).sum() == 2
    assert session.run(state, {step: 0}).sum() == 9


def test_at_step_zero_of_state_variables(either):
  tf = either
  kept = tfcompat_rnn.StateVariables(own_cells.Pair(), 2)
  state, step = tfcompat_rnn.reset_at_step_zero(None, kept)
  with tf.Session() as session:
    session.run(tf.global_variables_initializer())
    kept.load(session, (numbers(2, 1), numbers(2, 1)))
    assert session.run(state)[1].sum() == 3
    assert session.run(state, {step: 0})[1].sum() == 0


def test_at_step_zero_of_a_leaf_alone_and_unknown_shape(either):
  tf = either
  state = tf.placeholder(tf.float32)
  got = tfcompat_rnn.reset_at_step_zero(tf.constant(0), state)
  with tf.Session() as session:
    assert session.run(got, {state: numbers(3, 2)}).tolist() == [[0, 0]] * 3


@pytest.mark.parametrize("step, error, said", [
    (0.5, TypeError, "be int32 or int64, got float32"),
    ([0, 1], ValueError, "be a scalar"),
])
def test_steps_that_are_none(v1, step, error, said):
  with pytest.raises(error, match=said):
    tfcompat_rnn.reset_at_step_zero(v1.constant(step), v1.zeros([2, 3]))


@pytest.mark.parametrize("fed", [0, 1])
def test_step_zero_beside_an_assign(v1, fed):
  """The documented `tf.cond` on bare variables, without the race."""
  tf = v1
  rows, units = 16, 16
  kept = cells.LSTMStateTuple(*[
      tf.get_variable(name, [rows, units], trainable=False,
                      initializer=tf.ones_initializer()) for name in "ch"])
  state, step = tfcompat_rnn.reset_at_step_zero(None, kept)
  with tf.control_dependencies(list(state)):
    over = [tf.assign(v, tf.fill([rows, units], 9.)) for v in kept]
  with tf.control_dependencies(over):
    late = [tf.identity(leaf) for leaf in state]
  with tf.Session() as session:
    for _ in range(20):
      session.run(tf.global_variables_initializer())
      for leaf in session.run(late, {step: fed}):
        assert leaf.sum() == fed * rows * units


MASK = np.array([[0, 0, 1, 0, 0], [1, 0, 0, 1, 1]], bool)


@pytest.mark.parametrize("static", [False, True])
@pytest.mark.parametrize("time_major", [False, True])
def test_inside_the_loop(either, static, time_major):
  tf = either
  x, mask = numbers(2, 5, 1), MASK
  if time_major:
    x, mask = x.swapaxes(0, 1), mask.T
  rnn = tfcompat_rnn.stateful_rnn(
      own_cells.Sum(), tf.constant(x), reset_mask=mask, static=static,
      time_major=time_major, state="feed")
  with tf.Session() as session:
    out, final = session.run([rnn.outputs, rnn.final_state], {
        rnn.initial_state: [[100.], [1000.]]})
  out = out[:, :, 0].T if time_major else out[:, :, 0]
  # x is 1 2 3 4 5 and 6 7 8 9 10.
  np.testing.assert_array_equal(
      out, [[101, 103, 3, 7, 12], [6, 13, 21, 9, 10]])
  np.testing.assert_array_equal(final, [[12], [10]])


def test_with_lengths(either):
  """Once a row ends, its state stays the same, whatever the mask says."""
  tf = either
  lengths = tf.placeholder(tf.int32, [2])
  x = tf.placeholder(tf.float32, [2, None, 1])
  mask = tf.placeholder(tf.bool, [None, None])
  rnn = tfcompat_rnn.stateful_rnn(
      own_cells.Sum(), x, sequence_length=lengths, reset_mask=mask)
  with tf.Session() as session:
    session.run(tf.global_variables_initializer())
    out, _ = session.run([rnn.outputs, rnn.keep_state_op], {
        x: numbers(2, 5, 1), mask: MASK, lengths: [2, 4]})
    np.testing.assert_array_equal(
        out[:, :, 0], [[1, 3, 0, 0, 0], [6, 13, 21, 9, 0]])
    np.testing.assert_array_equal(session.run(rnn.initial_state), [[3], [9]])


@pytest.mark.parametrize("value, right", [
    (None, [[11, 13, 3, 7, 12], [6, 13, 21, 9, 10]]),
    ("initial", [[11, 13, 13, 17, 22], [106, 113, 121, 109, 110]]),
    (np.float32([[.5], [.25]]),
     [[11, 13, 3.5, 7.5, 12.5], [6.25, 13.25, 21.25, 9.25, 10.25]])])
def test_what_a_row_is_reset_to(either, value, right):
  tf = either
  rnn = tfcompat_rnn.stateful_rnn(
      own_cells.Sum(), tf.constant(numbers(2, 5, 1)), reset_mask=MASK,
      reset_value=value)
  with tf.Session() as session:
    session.run(tf.global_variables_initializer())
    out = session.run(rnn.outputs, {rnn.initial_state: [[10.], [100.]]})
  np.testing.assert_array_equal(out[:, :, 0], right)


@pytest.mark.parametrize("static", [False, True])
def test_slopes_end_at_a_reset(either, static):
  tf = either
  x = tf.constant(numbers(2, 5, 1))
  rnn = tfcompat_rnn.stateful_rnn(
      own_cells.Sum(), x, reset_mask=MASK, state="feed", static=static)
  # d out[:, 4] / d x[:, t] is 1 since the row's last reset.
  to_inputs, = tf.gradients(rnn.outputs[:, -1], x)
  early = tf.gradients(rnn.outputs[:, 1], rnn.initial_state)[0]
  late = tf.gradients(rnn.outputs[:, 4], rnn.initial_state)[0]
  with tf.Session() as session:
    to_inputs, early, late = session.run([to_inputs, early, late])
  np.testing.assert_array_equal(
      to_inputs[:, :, 0], [[0, 0, 1, 1, 1], [0, 0, 0, 0, 1]])
  np.testing.assert_array_equal(early, [[1], [0]])
  np.testing.assert_array_equal(late, [[0], [0]])


@pytest.mark.spread(fast=2)
def test_a_reset_row_equals_a_new_sequence(either):
  """A stack with variables, including gradients: cut by mask or by hand."""
  tf = either
  cell = cells.MultiRNNCell([cells.LSTMCell(4), cells.GRUCell(3)])
  x = tf.constant(np.random.RandomState(1).randn(2, 6, 2).astype(np.float32))
  mask = np.zeros([2, 6], bool)
  mask[:, 4] = True
  rnn = tfcompat_rnn.stateful_rnn(cell, x, reset_mask=mask, scope="rnn")
  weights = tf.trainable_variables()
  assert [v.op.name for v in weights][0] == (
      "rnn/multi_rnn_cell/cell_0/lstm_cell/kernel")
  with tf.variable_scope("rnn", reuse=True) as scope:
    one, _ = loops.dynamic_rnn(cell, x[:, :4], dtype=tf.float32, scope=scope)
    two, _ = loops.dynamic_rnn(cell, x[:, 4:], dtype=tf.float32, scope=scope)
  assert tf.trainable_variables() == weights
  cut = tf.concat([one, two], 1)
  slopes = [tf.gradients(tf.reduce_sum(tf.square(out)), weights)
            for out in (rnn.outputs, cut)]
  with tf.Session() as session:
    session.run(tf.global_variables_initializer())
    (got, right), (mine, theirs) = session.run([[rnn.outputs, cut], slopes])
  np.testing.assert_allclose(got, right, atol=1e-6)
  for a, b in zip(mine, theirs):
    np.testing.assert_allclose(a, b, rtol=1e-5, atol=1e-6)


def test_the_cell_by_itself_in_any_loop(either):
  """Nested inputs, a plain `dynamic_rnn`, a static one, a raw call."""
  tf = either
  cell = ResettingCell(own_cells.Sum())
  x, mask = tf.constant(numbers(2, 5, 1)), tf.constant(MASK[:, :, None])
  right = [[1, 3, 3, 7, 12], [6, 13, 21, 9, 10]]
  dynamic, _ = tfcompat_rnn.dynamic_rnn(cell, (x, mask), dtype=tf.float32)
  static, _ = loops.static_rnn(
      cell, list(zip(tf.unstack(x, axis=1), tf.unstack(mask, axis=1))),
      dtype=tf.float32)
  once, _ = cell((x[:, 0], mask[:, 0]), tf.constant([[10.], [20.]]))
  with tf.Session() as session:
    dynamic, static, once = session.run([dynamic, tf.stack(static, 1), once])
  np.testing.assert_array_equal(dynamic[:, :, 0], right)
  np.testing.assert_array_equal(static[:, :, 0], right)
  np.testing.assert_array_equal(once, [[11], [6]])


def test_a_bidirectional_loop(either):
  """Backward, step t + 1 comes before step t."""
  tf = either
  x = tf.constant(numbers(2, 5, 1))
  mask = tf.constant(MASK[:, :, None])
  (fw, bw), _ = loops.bidirectional_dynamic_rnn(
      ResettingCell(own_cells.Sum()), ResettingCell(own_cells.Sum()),
      (x, mask), dtype=tf.float32)
  with tf.Session() as session:
    fw, bw = session.run([fw, bw])
  np.testing.assert_array_equal(
      fw[:, :, 0], [[1, 3, 3, 7, 12], [6, 13, 21, 9, 10]])
  np.testing.assert_array_equal(
      bw[:, :, 0], [[6, 5, 3, 9, 5], [6, 24, 17, 9, 10]])


@pytest.mark.parametrize("mask, error, said", [
    (MASK.astype(int), TypeError, r"`reset_mask` must be bool \[batch, time\]"),
    (MASK[0], ValueError, r"`reset_mask` must be bool \[batch, time\]"),
    (MASK[:, :4], ValueError, r"`reset_mask` must be .*\[2, 5\]"),
    (MASK.T, ValueError, r"`reset_mask` must be .*\[2, 5\]"),
])
@pytest.mark.parametrize("static", [False, True])
def test_masks_of_another_shape(v1, mask, error, said, static):
  with pytest.raises(error, match=said):
    tfcompat_rnn.stateful_rnn(
        own_cells.Sum(), v1.constant(numbers(2, 5, 1)), reset_mask=mask,
        static=static)


def test_a_reset_value_that_is_none(v1):
  with pytest.raises(ValueError, match='`reset_value` must be "initial"'):
    tfcompat_rnn.stateful_rnn(
        own_cells.Sum(), v1.constant(numbers(2, 5, 1)), reset_mask=MASK,
        reset_value="zeros")
