"""The state of a sequence, found again by its ID."""

import pathlib
import sys

import numpy as np
import pytest

import tfcompat_rnn
from tfcompat_rnn import _errors
from tfcompat_rnn import cells
from tfcompat_rnn import loops

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import own_cells  # noqa: E402


def ones(rows, steps=1):
  return np.ones([rows, steps, 1], np.float32)


@pytest.mark.parametrize("kind, names", [
    ("string", ["a", "b", "c"]), ("int64", [7, -1, 2**40]),
    ("int32", [7, -1, 9])])
def test_found_in_whatever_row(either, kind, names):
  tf = either
  keys = tf.placeholder(kind, [None])
  x = tf.placeholder(tf.float32, [None, None, 1])
  saver = tfcompat_rnn.SequenceStateSaver(own_cells.Sum(), keys)
  outputs, final = tfcompat_rnn.state_saving_rnn(own_cells.Sum(), x, saver)
  drop = saver.reset(names[:1])
  a, b, c = names
  tf.get_default_graph().finalize()
  with tf.Session() as session:
    def run(ids, steps):
      out = session.run(outputs, {keys: ids, x: ones(len(ids), steps)})
      return out[:, -1, 0].tolist()

    assert run([a, b], 2) == [2, 2]
    assert run([c, b, a], 3) == [3, 5, 5]
    assert run([b], 1) == [6]
    assert saver.size(session) == 3
    session.run(drop)
    assert saver.size(session) == 2
    assert run([a, b], 1) == [1, 7]
    saver.forget(session, [b, c])
    assert run([c, b, a], 1) == [1, 1, 2]
    assert session.run(final, {keys: [a], x: ones(1)}) == 3
    assert run([a], 1) == [4]
    session.run(saver.reset())
    assert saver.size(session) == 0 and run([a], 1) == [1]


def test_with_the_loop_of_1_x(either):
  tf = either
  keys = tf.placeholder(tf.string, [2])
  cell = cells.MultiRNNCell([cells.LSTMCell(3), cells.GRUCell(2)])
  x = tf.placeholder(tf.float32, [2, 2, 3])
  whole = tf.placeholder(tf.float32, [2, 4, 3])
  saver = tfcompat_rnn.SequenceStateSaver(cell, keys, name="states")
  assert tf.nest.flatten(saver.state_name) == ["0/c", "0/h", "1"]
  outputs, _ = loops.static_state_saving_rnn(
      cell, tf.unstack(x, axis=1), saver, saver.state_name)
  right, _ = loops.static_rnn(
      cell, tf.unstack(whole, axis=1), dtype=tf.float32)
  values = np.random.RandomState(0).randn(2, 4, 3)
  with tf.Session() as session:
    session.run(tf.global_variables_initializer())
    session.run(outputs, {keys: ["a", "b"], x: values[:, :2]})
    # In 1.x's loop the last output waits until the state is saved.
    got = session.run(outputs, {keys: ["b", "a"], x: values[::-1, 2:]})
    right = session.run(right, {whole: values})
  np.testing.assert_allclose(np.array(got)[:, ::-1], right[2:], atol=1e-6)


def test_names_of_the_leaves(either):
  tf = either
  keys = tf.placeholder(tf.string, [2])
  saver = tfcompat_rnn.SequenceStateSaver(cells.LSTMCell(3), keys)
  assert saver.state_name == cells.LSTMStateTuple("c", "h")
  assert saver.state("c").shape.as_list() == [2, 3]
  alone = tfcompat_rnn.SequenceStateSaver(cells.GRUCell(3), keys)
  assert alone.state_name == "state"
  assert alone.state("state").shape.as_list() == [2, 3]
  for method in (lambda: saver.state("k"),
                 lambda: saver.save_state("k", tf.zeros([2, 3]))):
    with pytest.raises(_errors.ArgumentError, match="leaves, 'c', 'h', got"):
      method()


def test_every_dtype_and_shape_of_leaf(either):
  tf = either
  keys = tf.placeholder(tf.int64, [2])
  saver = tfcompat_rnn.SequenceStateSaver(own_cells.Nest(), keys)
  x = tf.placeholder(tf.float32, [2, None, 1])
  outputs, final = tfcompat_rnn.state_saving_rnn(own_cells.Nest(), x, saver)
  half = tfcompat_rnn.SequenceStateSaver(
      own_cells.FromSeven(), keys, tf.float16, name="half")
  assert half.initial_state.dtype == tf.float16
  with tf.Session() as session:
    feed = {keys: [1, 2], x: ones(2, 3)}
    session.run(outputs, feed)
    feed[keys] = [2, 3]
    got = session.run(final, feed)
    np.testing.assert_array_equal(got["count"], [[6], [3]])
    np.testing.assert_array_equal(got["odd"], [[[False]], [[True]]])
    np.testing.assert_array_equal(got["sums"][1], [[12], [6]])
    # A new ID starts from the cell's own zero state.
    np.testing.assert_array_equal(
        session.run(half.initial_state, feed), [[7], [7]])


def test_what_a_table_cannot_hold(v1):
  keys = v1.placeholder(v1.string, [2])
  with pytest.raises(NotImplementedError, match="complex64"):
    tfcompat_rnn.SequenceStateSaver(
        own_cells.Sum(), keys, v1.complex64)


@pytest.mark.parametrize("keys, error, said", [
    ([0.5], TypeError, "`keys` must be string, int64 or int32"),
    ([["a"]], ValueError, "`keys` must be a vector"),
])
def test_keys_that_are_none(v1, keys, error, said):
  with pytest.raises(error, match=said):
    tfcompat_rnn.SequenceStateSaver(own_cells.Sum(), keys)


def test_ids_of_another_kind(v1):
  saver = tfcompat_rnn.SequenceStateSaver(
      own_cells.Sum(), v1.placeholder(v1.string, [2]))
  with pytest.raises(TypeError, match="`ids` must be string like the keys"):
    saver.reset([1, 2])


def test_one_id_twice_in_a_batch(either):
  tf = either
  keys = tf.placeholder(tf.string, [None])
  saver = tfcompat_rnn.SequenceStateSaver(own_cells.Sum(), keys)
  with tf.Session() as session:
    with pytest.raises(tf.errors.InvalidArgumentError,
                       match="must be unique"):
      session.run(saver.initial_state, {keys: ["a", "b", "a"]})


def test_saved_and_restored_with_the_model(either, tmp_path):
  tf = either
  keys = tf.placeholder(tf.string, [None])
  cell = cells.LSTMCell(3)
  saver = tfcompat_rnn.SequenceStateSaver(cell, keys)
  tfcompat_rnn.SequenceStateSaver(cell, keys, name="not_me", saved=False)
  tfcompat_rnn.SequenceStateSaver(cells.GRUCell(2), keys)
  x = tf.placeholder(tf.float32, [None, None, 1])
  outputs, _ = tfcompat_rnn.state_saving_rnn(cell, x, saver)
  model = tf.train.Saver()
  with tf.Session() as session:
    session.run(tf.global_variables_initializer())
    session.run(outputs, {keys: ["a", "b"], x: ones(2)})
    right = session.run(saver.initial_state, {keys: ["b", "c"]})
    path = model.save(session, str(tmp_path / "model"))
  assert right.c[0].any() and not right.c[1].any()
  with tf.Session() as session:
    model.restore(session, path)
    got = session.run(saver.initial_state, {keys: ["b", "c"]})
    np.testing.assert_array_equal(got, right)
  tables = [name for name, _ in tf.train.list_variables(path)
            if name.endswith("-keys")]
  assert tables == ["state_saver/c-keys", "state_saver/h-keys",
                    "state_saver_1/state-keys"]


def test_two_sessions(either):
  tf = either
  keys = tf.constant(["a"])
  saver = tfcompat_rnn.SequenceStateSaver(own_cells.Sum(), keys)
  outputs, _ = tfcompat_rnn.state_saving_rnn(
      own_cells.Sum(), tf.constant(ones(1)), saver)
  with tf.Session() as one, tf.Session() as other:
    for _ in range(3):
      last = one.run(outputs)
    assert last == 3 and other.run(outputs) == 1


def test_as_the_state_of_a_stateful_rnn(either):
  tf = either
  keys = tf.placeholder(tf.string, [2])
  saver = tfcompat_rnn.SequenceStateSaver(own_cells.Sum(), keys)
  rnn = tfcompat_rnn.stateful_rnn(
      own_cells.Sum(), tf.constant(ones(2)), state=saver)
  first_row = rnn.reset_rows_op([True, False])
  with pytest.raises(_errors.ArgumentError, match="float32 .*, 2. instead"):
    saver.keep(tf.zeros([2, 2]))
  tf.get_default_graph().finalize()
  with tf.Session() as session:
    def run(op, ids):
      out, _ = session.run([rnn.outputs, op], {keys: ids})
      return out[:, 0, 0].tolist()

    assert run([], ["a", "b"]) == [1, 1]
    assert run(rnn.keep_state_op, ["a", "b"]) == [1, 1]
    assert run(rnn.keep_state_op, ["b", "c"]) == [2, 1]
    # b 2, a 1, c 1: b is reset, c is not.
    assert run(first_row, ["b", "c"]) == [3, 2]
    assert run([], ["b", "c"]) == [1, 2]
    session.run(rnn.zero_state_op, {keys: ["a", "c"]})
    assert run([], ["a", "c"]) == [1, 1]


@pytest.mark.parametrize("static", [False, True])
def test_a_saver_of_ones_own(either, static):
  """Any object with 1.x's two methods, with state in a bare variable."""
  tf = either
  kept = tf.get_variable("kept", [2, 1], trainable=False,
                         initializer=tf.zeros_initializer())

  class Mine:
    def state(self, name):
      assert name == "total"
      return kept

    def save_state(self, name, value):
      return tf.assign(kept, value)

  x = tf.constant(ones(2, 3))
  outputs, _ = tfcompat_rnn.state_saving_rnn(
      own_cells.Sum(), x, Mine(), "total", static=static)
  with pytest.raises(_errors.ArgumentError, match="`state_name` must be"):
    tfcompat_rnn.state_saving_rnn(own_cells.Sum(), x, Mine())
  with pytest.raises(_errors.ArgumentError, match="`state_name` must name"):
    tfcompat_rnn.state_saving_rnn(own_cells.Sum(), x, Mine(), ("a", "b"))
  with tf.Session() as session:
    session.run(tf.global_variables_initializer())
    for right in (3, 6, 9):
      assert session.run(outputs)[:, -1, 0].tolist() == [right, right]


def test_slopes_beside_the_saving(either):
  """Saving overwrites what the backward pass has read."""
  tf = either
  keys = tf.placeholder(tf.int64, [2])
  cell = cells.LSTMCell(4)
  saver = tfcompat_rnn.SequenceStateSaver(cell, keys)
  x = tf.constant(np.random.RandomState(0).randn(2, 5, 3).astype(np.float32))
  outputs, _ = tfcompat_rnn.state_saving_rnn(cell, x, saver)
  start = tfcompat_rnn.feedable_state(cell, 2)
  with tf.variable_scope(tf.get_variable_scope(), reuse=True):
    plain, _ = tfcompat_rnn.dynamic_rnn(cell, x, initial_state=start)
  assert len(tf.trainable_variables()) == 2
  mine, right = (tf.gradients(
      tf.reduce_sum(tf.square(out)), tf.trainable_variables())
      for out in (outputs, plain))
  with tf.Session() as session:
    session.run(tf.global_variables_initializer())
    for _ in range(10):
      feed = {keys: [0, 1]}
      feed[start] = session.run(saver.initial_state, feed)
      for got, wanted in zip(session.run(mine, feed),
                             session.run(right, feed)):
        np.testing.assert_allclose(got, wanted, rtol=1e-5, atol=1e-6)
