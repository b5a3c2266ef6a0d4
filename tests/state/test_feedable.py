"""A state that is fetched and fed as one value."""

import pathlib
import pickle
import sys

import numpy as np
import pytest

import tfcompat_rnn
from tfcompat_rnn import _errors
from tfcompat_rnn import cells
from tfcompat_rnn import loops
from tfcompat_rnn.state import _feeding

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import own_cells  # noqa: E402


def numbers(*shape):
  return np.arange(1, 1 + np.prod(shape), dtype=np.float32).reshape(shape)


def stack():
  return cells.MultiRNNCell([cells.LSTMCell(3), cells.GRUCell(4)])


def initialized(tf):
  session = tf.Session()
  session.run(tf.global_variables_initializer())
  return session


def refusal(session, fetch, feed):
  with pytest.raises(_errors.ArgumentError) as caught:
    session.run(fetch, feed)
  return str(caught.value)


def test_zero_by_default_and_fed_as_it_came(either):
  tf = either
  x = tf.placeholder(tf.float32, [2, None, 1])
  state = tfcompat_rnn.feedable_state(own_cells.Pair(), 2)
  outputs, final = tfcompat_rnn.dynamic_rnn(
      own_cells.Pair(), x, initial_state=state)
  tf.get_default_graph().finalize()
  with tf.Session() as session:
    # Row 0: a = 1, 3; b = 1, 4. Row 1: a = 3, 7; b = 3, 10.
    value = session.run(final, {x: numbers(2, 2, 1)})
    np.testing.assert_array_equal(value[0], [[3], [7]])
    np.testing.assert_array_equal(value[1], [[4], [10]])
    out, value = session.run([outputs, final], {
        x: numbers(2, 1, 1), state: value})
    np.testing.assert_array_equal(out[:, :, 0], [[8], [19]])
    again = session.run(outputs, {x: numbers(2, 1, 1)})
    np.testing.assert_array_equal(again[:, :, 0], [[1], [2]])


def test_names_shapes_and_structure_are_the_cells(either):
  tf = either
  state = tfcompat_rnn.feedable_state(stack(), 5)
  assert isinstance(state, tuple) and isinstance(state[0],
                                                 cells.LSTMStateTuple)
  assert [leaf.op.name for leaf in tf.nest.flatten(state)] == [
      "state/0/c", "state/0/h", "state/1"]
  assert [leaf.shape.as_list() for leaf in tf.nest.flatten(state)] == [
      [5, 3], [5, 3], [5, 4]]
  assert {leaf.op.type for leaf in tf.nest.flatten(state)} == {
      "PlaceholderWithDefault"}
  one = tfcompat_rnn.feedable_state(cells.GRUCell(4), 5, name="memory")
  assert one.op.name == "memory" and one.shape.as_list() == [5, 4]
  assert tfcompat_rnn.feedable_state(
      cells.GRUCell(4), 5, tf.float64).dtype == tf.float64


def test_batch_size_from_wherever_it_is_known(either):
  tf = either
  cell = cells.GRUCell(4)
  unknown = tf.placeholder(tf.float32, [None, None, 2])
  known = tf.placeholder(tf.float32, [6, None, 2])
  swapped = tf.placeholder(tf.float32, [None, 6, 2])
  rows = tf.placeholder(tf.int32, [])
  make = tfcompat_rnn.feedable_state
  assert make(cell, inputs=known).shape.as_list() == [6, 4]
  assert make(cell, inputs=swapped, time_major=True).shape.as_list() == [6, 4]
  assert make(cell, tf.constant(6)).shape.as_list() == [6, 4]
  from_inputs, from_rows = make(cell, inputs=unknown), make(cell, rows)
  anyone = make(cell)
  for state in (from_inputs, from_rows, anyone):
    assert state.shape.as_list() == [None, 4]
  with tf.Session() as session:
    assert session.run(from_inputs, {
        unknown: np.zeros([3, 1, 2])}).shape == (3, 4)
    assert session.run(from_rows, {rows: 3}).shape == (3, 4)
    assert session.run(anyone).shape == (1, 4)
    assert session.run(anyone, {anyone: np.ones([3, 4])}).sum() == 12


@pytest.mark.parametrize("wrong", [-1, True, 2.5, "two"])
def test_a_batch_size_that_is_none(v1, wrong):
  with pytest.raises(ValueError, match="batch_size.*whole number"):
    tfcompat_rnn.feedable_state(cells.GRUCell(4), wrong)


def test_bidirectional_pair(either):
  tf = either
  x = tf.placeholder(tf.float32, [None, None, 2])
  pair = cells.LSTMCell(3), cells.GRUCell(2)
  state = tfcompat_rnn.feedable_state(pair, inputs=x, name="both")
  assert [leaf.op.name for leaf in tf.nest.flatten(state)] == [
      "both/0/c", "both/0/h", "both/1"]
  outputs, final = loops.bidirectional_dynamic_rnn(
      *pair, x, initial_state_fw=state[0], initial_state_bw=state[1])
  with initialized(tf) as session:
    value = session.run(final, {x: numbers(3, 4, 2)})
    session.run(outputs, {x: numbers(3, 4, 2), state: value})
    said = refusal(session, outputs, {
        x: numbers(3, 4, 2), state: (value[1], value[0])})
    assert '"0": float32 [3, 2] instead of 2 parts, (c: *, h: *)' in said
    assert '"1": (float32 [3, 3], float32 [3, 3]) instead of float32 [?, 2]' \
        in said


def test_lists_and_dicts_can_be_keys(either):
  tf = either
  x = tf.placeholder(tf.float32, [None, None, 1])
  cell = own_cells.Nest()
  state = tfcompat_rnn.feedable_state(cell, inputs=x)
  assert isinstance(state, dict) and isinstance(state["sums"], list)
  assert state["count"].dtype == tf.int32 and state["odd"].dtype == tf.bool
  # As in 1.x, a state with several dtypes does not determine that of outputs.
  outputs, final = tfcompat_rnn.dynamic_rnn(
      cell, x, initial_state=state, dtype=tf.float32)
  with tf.Session() as session:
    value = session.run(final, {x: numbers(2, 3, 1)})
    np.testing.assert_array_equal(value["count"], [[3], [3]])
    value = session.run(final, {x: numbers(2, 3, 1), state: value})
    np.testing.assert_array_equal(value["count"], [[6], [6]])
    np.testing.assert_array_equal(value["odd"], [[[False]], [[False]]])
    # Twice 1 + 2 + 3 and twice 4 + 5 + 6.
    np.testing.assert_array_equal(value["sums"][0], [[12], [30]])
    np.testing.assert_array_equal(value["sums"][1], [[24], [60]])
    said = refusal(session, outputs, {x: numbers(2, 3, 1), state: {
        "count": value["count"] * 1.5, "odd": value["odd"],
        "sums": [value["sums"][0]]}})
    assert '"count": float64 [2, 1] instead of int32 [?, 1]' in said
    assert '"sums": 1 part, [float32 [2, 1]], instead of 2 parts' in said
    said = refusal(session, outputs, {
        x: numbers(2, 3, 1), state: {"count": value["count"]}})
    assert "the keys ['count'] instead of ['count', 'odd', 'sums']" in said


def test_one_concatenated_tensor(either):
  tf = either
  x = tf.placeholder(tf.float32, [None, None, 2])
  cell = cells.MultiRNNCell(
      [cells.BasicLSTMCell(3, state_is_tuple=False) for _ in range(2)],
      state_is_tuple=False)
  state = tfcompat_rnn.feedable_state(cell, inputs=x)
  assert state.shape.as_list() == [None, 12]
  outputs, final = tfcompat_rnn.dynamic_rnn(cell, x, initial_state=state)
  with initialized(tf) as session:
    whole = session.run(outputs, {x: numbers(2, 4, 2) / 9})
    value = session.run(final, {x: numbers(2, 4, 2)[:, :2] / 9})
    rest = session.run(outputs, {
        x: numbers(2, 4, 2)[:, 2:] / 9, state: value})
    np.testing.assert_allclose(rest, whole[:, 2:], atol=1e-6)
    said = refusal(session, outputs, {
        x: numbers(2, 4, 2), state: value[:, :6]})
    assert "the state: float32 [2, 6] instead of float32 [?, 12]" in said


def test_what_may_stand_for_a_state(either):
  """A list for a tuple, nested lists for an array, a state from a pickle."""
  tf = either
  state = tfcompat_rnn.feedable_state(stack(), 2)
  read = tf.nest.map_structure(tf.identity, state)
  value = (cells.LSTMStateTuple(numbers(2, 3), -numbers(2, 3)), numbers(2, 4))
  others = [
      pickle.loads(pickle.dumps(value)),
      [list(value[0]), value[1]],
      [[part.tolist() for part in value[0]], value[1].tolist()],
      tf.nest.map_structure(lambda leaf: leaf.astype(np.float64), value),
      tf.nest.map_structure(lambda leaf: leaf.astype(np.int64), value)]
  with tf.Session() as session:
    for other in others:
      got = session.run(read, {state: other})
      for one, right in zip(tf.nest.flatten(got), tf.nest.flatten(value)):
        np.testing.assert_array_equal(one, right)


def test_every_leaf_that_does_not_fit_is_named(either):
  tf = either
  state = tfcompat_rnn.feedable_state(stack(), 2)
  read = tf.nest.map_structure(tf.identity, state)
  good = (cells.LSTMStateTuple(numbers(2, 3), numbers(2, 3)), numbers(2, 4))
  with tf.Session() as session:
    def said(value):
      return refusal(session, read, {state: value})

    both = said((cells.LSTMStateTuple(numbers(3, 3), numbers(2, 3) * 1j),
                 numbers(2, 4)))
    assert '"0/c": float32 [3, 3] instead of float32 [2, 3]' in both
    assert '"0/h": complex64 [2, 3] instead of float32 [2, 3]' in both
    assert '"1": float32 [2, 4] instead' not in both
    assert '"0": float32 [2, 3] instead of 2 parts, (c: *, h: *)' in said(
        good[0])
    assert "3 parts" in said(good + (numbers(2, 4),))
    assert "None instead of 2 parts" in said(None)
    assert "float32 [2, 2, 3] instead of 2 parts" in said(numbers(2, 2, 3))
    assert '"1": None instead of float32 [2, 4]' in said((good[0], None))
    assert '"1": str instead of float32 [2, 4]' in said((good[0], "zeros"))
    assert '"0/h": [[float, float], [float]] instead of float32 [2, 3]' in (
        said(((good[0].c, [[1., 2.], [3.]]), good[1])))
    # A part of a state is named by its path in the whole state.
    assert '"0": float32 [2, 2, 3] instead of 2 parts' in refusal(
        session, read, {state[0]: numbers(2, 2, 3)})
    assert '"0/c": float32 [2, 9] instead' in refusal(
        session, read, {state[0]: (numbers(2, 9), numbers(2, 3))})
    assert '"1": float32 [2, 9] instead' in refusal(
        session, read, {state[1]: numbers(2, 9)})
    with pytest.raises(ValueError, match="each leaf of a state once"):
      session.run(read, {state: good, state[1]: good[1]})


def test_a_layers_state_alone(either):
  tf = either
  state = tfcompat_rnn.feedable_state(stack(), 2)
  read = tf.nest.map_structure(tf.identity, state)
  with tf.Session() as session:
    got = session.run(read, {state[0]: (numbers(2, 3), -numbers(2, 3)),
                             state[1]: np.ones([2, 4])})
    assert got[0].h[1, 2] == -6 and got[1].sum() == 8
    got = session.run(read, {state[0].h: numbers(2, 3)})
    assert got[0].h.sum() == 21 and got[0].c.sum() == 0


def test_state_feed_checks_any_nest(either):
  tf = either
  plain = cells.LSTMStateTuple(
      tf.placeholder(tf.float32, [None, 3]), tf.placeholder(tf.float16, [2]))
  feed = tfcompat_rnn.state_feed(plain, [numbers(4, 3), [1, 2]])
  with tf.Session() as session:
    got = session.run(tf.nest.map_structure(tf.identity, plain), feed)
  np.testing.assert_array_equal(got.c, numbers(4, 3))
  np.testing.assert_array_equal(got.h, [1, 2])
  with pytest.raises(_errors.ArgumentError) as caught:
    tfcompat_rnn.state_feed(plain, (numbers(4, 3), numbers(3)))
  assert '"h": float32 [3] instead of float16 [2]' in str(caught.value)


def test_other_feeds_are_none_of_our_business(either):
  tf = either
  tfcompat_rnn.feedable_state(cells.GRUCell(4), 2)
  a, b = tf.placeholder(tf.float32, []), tf.placeholder(tf.int32, [])
  sparse = tf.sparse_placeholder(tf.float32, [2, 2])
  with tf.Session() as session:
    few = tf.SparseTensorValue([[0, 1]], [3.], [2, 2])
    assert session.run(tf.sparse.to_dense(sparse), {sparse: few}).sum() == 3
    total = tf.cast(b, tf.float32) + a
    assert session.run(total, {a: np.float64(.5), b: 2}) == 2.5
    assert session.run(total, {(a, b): (.5, 2)}) == 2.5
    assert session.run(total, {a.name: .5, b: 2}) == 2.5
    with pytest.raises(ValueError, match="Could not flatten dictionary"):
      session.run(total, {(a, b): (.5,)})
    with pytest.raises(ValueError, match="Cannot feed value of shape"):
      session.run(total, {a: [.5], b: 2})


def test_states_put_together_by_the_caller(either):
  tf = either
  cell = cells.LSTMCell(3)
  both = tuple(tfcompat_rnn.feedable_state(cell, 2) for _ in range(2))
  read = tf.nest.map_structure(tf.identity, both)
  value = cells.LSTMStateTuple(numbers(2, 3), numbers(2, 3))
  with tf.Session() as session:
    got = session.run(read, {both: (value, value)})
    assert got[1].h.sum() == 21
    said = refusal(session, read, {both: (value, (value.c, value.h[:1]))})
    assert '"1/h": float32 [1, 3] instead of float32 [2, 3]' in said


def test_the_look_can_be_taken_away(v1):
  state = tfcompat_rnn.feedable_state(stack(), 2)
  with v1.Session() as session:
    _feeding.uninstall()
    try:
      with pytest.raises(ValueError, match="Could not flatten dictionary"):
        session.run(state[1], {state: numbers(2, 3)})
    finally:
      _feeding.register(state)
    refusal(session, state[1], {state: numbers(2, 3)})


def test_slopes_flow_into_a_fed_state(either):
  tf = either
  state = tfcompat_rnn.feedable_state(own_cells.Pair(), 1)
  x = tf.constant(numbers(1, 3, 1))
  outputs, _ = tfcompat_rnn.dynamic_rnn(
      own_cells.Pair(), x, initial_state=state)
  # b3 = b0 + 3 a0 + ...
  slopes = tf.gradients(outputs[:, -1], list(state))
  with tf.Session() as session:
    got = session.run(slopes, {state: (numbers(1, 1), numbers(1, 1))})
  np.testing.assert_array_equal(got, [[[3]], [[1]]])
