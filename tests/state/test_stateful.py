"""`stateful_rnn`: every way to carry a state into the next run."""

import pathlib
import sys

import numpy as np
import pytest

import tfcompat_rnn
from tfcompat_rnn import _errors
from tfcompat_rnn import cells

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import own_cells  # noqa: E402


def numbers(*shape):
  return np.arange(1, 1 + np.prod(shape), dtype=np.float32).reshape(shape)


def started(tf):
  """A session on a graph that nothing can be added to."""
  initialize = tf.global_variables_initializer()
  tf.get_default_graph().finalize()
  session = tf.Session()
  session.run(initialize)
  return session


@pytest.mark.parametrize("static", [False, True])
def test_kept_only_by_the_op(either, static):
  tf = either
  rnn = tfcompat_rnn.stateful_rnn(
      own_cells.Sum(), tf.constant(numbers(2, 2, 1)), static=static)
  with started(tf) as session:
    for right in ([[1, 3], [3, 7]], [[1, 3], [3, 7]]):
      out = session.run(rnn.outputs)
      np.testing.assert_array_equal(out[:, :, 0], right)
    for right in ([[1, 3], [3, 7]], [[4, 6], [10, 14]]):
      out, _ = session.run([rnn.outputs, rnn.keep_state_op])
      np.testing.assert_array_equal(out[:, :, 0], right)
    session.run(rnn.zero_state_op)
    np.testing.assert_array_equal(
        session.run(rnn.final_state), [[3], [7]])


@pytest.mark.spread(fast=2)
@pytest.mark.parametrize("static", [False, True])
def test_kept_always(either, static):
  tf = either
  rnn = tfcompat_rnn.stateful_rnn(
      own_cells.Pair(), tf.constant(numbers(1, 2, 1)), keep="always",
      static=static)
  loss = tf.reduce_sum(rnn.outputs)
  with started(tf) as session:
    # x = 1 2: a = 1 3, b = 1 4; then a = 4 6, b = 8 14; then a = 9 ...
    assert session.run(loss) == 5
    assert session.run(rnn.final_state)[1] == 14
    assert session.run(rnn.state.variables)[0] == 6
    np.testing.assert_array_equal(
        session.run(rnn.outputs)[:, :, 0], [[21, 30]])
    session.run(rnn.zero_state_op)
    assert session.run(loss) == 5


def test_fed_and_fetched(either):
  tf = either
  x = tf.placeholder(tf.float32, [None, None, 1])
  rnn = tfcompat_rnn.stateful_rnn(own_cells.Remember(), x, state="feed")
  assert rnn.state is None
  with started(tf) as session:
    value = None
    for number in range(1, 4):
      feed = {x: np.full([2, 1, 1], number)}
      if value is not None:
        feed[rnn.initial_state] = value
      value = session.run(rnn.final_state, feed)
    np.testing.assert_array_equal(value.total, [[6], [6]])
    np.testing.assert_array_equal(value.seen, [[3], [3]])
    np.testing.assert_array_equal(value.last, [[3], [3]])
  for name in ("keep_state_op", "zero_state_op"):
    with pytest.raises(ValueError, match=f"`{name}` must be used with state"):
      getattr(rnn, name)
  with pytest.raises(
      ValueError, match="`reset_rows_op` must be used with state"):
    rnn.reset_rows_op([True])


def test_states_in_variables_can_be_fed_too(either):
  tf = either
  rnn = tfcompat_rnn.stateful_rnn(
      cells.LSTMCell(3), tf.constant(numbers(2, 2, 1)))
  value = cells.LSTMStateTuple(numbers(2, 3), numbers(2, 3))
  with started(tf) as session:
    session.run(rnn.keep_state_op, {rnn.initial_state: value})
    fed = session.run(rnn.final_state, {rnn.initial_state: value})
    np.testing.assert_array_equal(session.run(rnn.initial_state), fed)
    with pytest.raises(_errors.ArgumentError) as caught:
      session.run(rnn.outputs, {rnn.initial_state: (value.c, value.h[:1])})
    assert '"h": float32 [1, 3] instead of float32 [2, 3]' in str(
        caught.value)


@pytest.mark.parametrize("listed", [False, True])
@pytest.mark.parametrize("time_major", [False, True])
def test_static_over_a_list_or_a_tensor(either, listed, time_major):
  tf = either
  x = numbers(2, 3, 1)
  if time_major:
    x = x.swapaxes(0, 1)
  inputs = tf.constant(x)
  if listed:
    inputs = tf.unstack(inputs, axis=0 if time_major else 1)
  rnn = tfcompat_rnn.stateful_rnn(
      own_cells.Sum(), inputs, static=True, time_major=time_major)
  assert isinstance(rnn.outputs, list) == listed
  with started(tf) as session:
    out = np.array(session.run(rnn.outputs))
  out = out[:, :, 0].T if listed or time_major else out[:, :, 0]
  np.testing.assert_array_equal(out, [[1, 3, 6], [4, 9, 15]])


def test_nested_inputs(either):
  tf = either

  class Two(own_cells.Sum):

    def __call__(self, inputs, state, scope=None):
      plus, minus = tf.nest.flatten(inputs)
      state = state + plus - minus
      return state, state

  x = tf.constant(numbers(2, 3, 1))
  mask = [[False, True, False], [False, False, False]]
  # As in 1.x, an unrolled loop does not accept dicts.
  loops = [tfcompat_rnn.stateful_rnn(
      Two(), inputs, static=static, reset_mask=mask) for inputs, static in (
          ({"a": x, "b": tf.ones_like(x)}, False),
          ((x, tf.ones_like(x)), False), ((x, tf.ones_like(x)), True))]
  with started(tf) as session:
    for out in session.run([rnn.outputs for rnn in loops]):
      np.testing.assert_array_equal(
          out[:, :, 0], [[0, 1, 3], [3, 7, 12]])


def test_ids_as_inputs(either):
  """The state is float32 even though the inputs are not."""
  tf = either
  ids = tf.placeholder(tf.int32, [2, None, 1])
  cell = cells.EmbeddingWrapper(cells.GRUCell(3), 5, 4)
  rnn = tfcompat_rnn.stateful_rnn(cell, ids)
  assert rnn.outputs.dtype == tf.float32
  with started(tf) as session:
    session.run(rnn.keep_state_op, {ids: [[[1], [2]], [[3], [4]]]})
    assert np.abs(session.run(rnn.initial_state)).min() > 0


@pytest.mark.parametrize("dtype", ["float16", "float64"])
def test_dtypes(either, dtype):
  tf = either
  x = tf.constant(numbers(2, 3, 1).astype(dtype))
  rnn = tfcompat_rnn.stateful_rnn(cells.GRUCell(4), x)
  assert rnn.initial_state.dtype == rnn.outputs.dtype == dtype
  with started(tf) as session:
    _, right = session.run([rnn.keep_state_op, rnn.final_state])
    np.testing.assert_array_equal(session.run(rnn.initial_state), right)


def test_batch_size_of_the_variables(v1):
  x = v1.placeholder(v1.float32, [None, None, 1])
  with pytest.raises(ValueError, match="`batch_size` must be a positive int"):
    tfcompat_rnn.stateful_rnn(own_cells.Sum(), x)
  rnn = tfcompat_rnn.stateful_rnn(own_cells.Sum(), x, batch_size=3)
  assert rnn.initial_state.shape.as_list() == [3, 1]
  swapped = v1.placeholder(v1.float32, [None, 4, 1])
  rnn = tfcompat_rnn.stateful_rnn(own_cells.Sum(), swapped, time_major=True)
  assert rnn.initial_state.shape.as_list() == [4, 1]


@pytest.mark.parametrize("arguments, said", [
    ({"state": "variable"}, '`state` must be "variables", "feed"'),
    ({"state": 3}, '`state` must be "variables", "feed"'),
    ({"keep": "never"}, '`keep` must be "op" or "always"'),
    ({"state": "feed", "keep": "always"}, '`keep` must be "op" where'),
])
def test_unknown_choices(v1, arguments, said):
  with pytest.raises(ValueError, match=said):
    tfcompat_rnn.stateful_rnn(
        own_cells.Sum(), v1.zeros([2, 3, 1]), **arguments)


def test_no_cell(v1):
  with pytest.raises(TypeError, match="`cell` must be a cell"):
    tfcompat_rnn.stateful_rnn(cells.GRUCell, v1.zeros([2, 3, 1]))


def test_names_of_the_weights_are_the_loops(either):
  tf = either
  with tf.variable_scope("model"):
    tfcompat_rnn.stateful_rnn(
        cells.LSTMCell(3), tf.zeros([2, 3, 1]),
        reset_mask=np.zeros([2, 3], bool))
  assert [v.op.name for v in tf.global_variables()] == [
      "model/state/c", "model/state/h",
      "model/rnn/lstm_cell/kernel", "model/rnn/lstm_cell/bias"]


def test_keep_beside_the_optimizer(either):
  """Two runs with keep and update together, compared with hand calculation."""
  tf = either
  x = tf.placeholder(tf.float32, [1, None, 1])

  class Scale(own_cells.Sum):

    def __call__(self, inputs, state, scope=None):
      weight = tf.get_variable(
          "weight", [], inputs.dtype, tf.constant_initializer(2.))
      state = weight * state + inputs
      return state, state

  rnn = tfcompat_rnn.stateful_rnn(Scale(), x)
  loss = tf.reduce_sum(rnn.outputs)
  train = tf.train.GradientDescentOptimizer(.5).minimize(loss)
  weight, = tf.trainable_variables()
  with started(tf) as session:
    for _ in range(20):
      session.run(rnn.zero_state_op)
      weight.load(2., session)
      # s1 = 1, s2 = 2 s1 + 1 = 3: d loss / d w = s1 = 1, w becomes 1.5.
      session.run([train, rnn.keep_state_op], {x: [[[1.], [1.]]]})
      assert session.run(rnn.initial_state) == 3
      assert session.run(weight) == 1.5
      # s3 = 1.5 * 3 + 1 = 5.5: d loss / d w = 3, w becomes 0.
      session.run([train, rnn.keep_state_op], {x: [[[1.]]]})
      assert session.run(rnn.initial_state) == 5.5
      assert session.run(weight) == 0


_IN_TENSORFLOW_2 = """
import numpy as np, tensorflow as tf2, tfcompat_rnn
from tfcompat_rnn import cells
from tfcompat_rnn._tf import tf
assert tf2.executing_eagerly()
for build in (
    lambda: tfcompat_rnn.feedable_state(cells.GRUCell(2), 3),
    lambda: tfcompat_rnn.StateVariables(cells.GRUCell(2), 3),
    lambda: tfcompat_rnn.SequenceStateSaver(cells.GRUCell(2), ["a"])):
  try:
    build()
  except NotImplementedError as error:
    assert "be built in a graph, got eager execution" in str(error), error
  else:
    raise AssertionError("not refused")
x = np.random.RandomState(0).randn(3, 6, 2).astype(np.float32)
mask = np.zeros([3, 3], bool)
with tf.Graph().as_default() as graph:
  cell = cells.MultiRNNCell(
      [cells.BasicLSTMCell(4), cells.BasicRNNCell(3)])
  window = tf.placeholder(tf.float32, [3, 3, 2])
  keys = tf.placeholder(tf.string, [3])
  with tf.variable_scope("m", reuse=tf.AUTO_REUSE):
    whole, last = tfcompat_rnn.dynamic_rnn(
        cell, tf.constant(x), dtype=tf.float32)
    ways = [tfcompat_rnn.stateful_rnn(cell, window, state=state, keep=keep,
                                      scope="rnn", **more)
            for state, keep, more in (
                ("variables", "always", {"reset_mask": mask}),
                ("variables", "op", {"static": True}), ("feed", "op", {}),
                (tfcompat_rnn.SequenceStateSaver(cell, keys), "op", {}))]
  slopes = tf.gradients(
      tf.reduce_sum(ways[0].outputs), tf.trainable_variables())
  later, step = tfcompat_rnn.reset_at_step_zero(None, ways[0].initial_state)
  initialize = tf.global_variables_initializer()
graph.finalize()
with tf.Session(graph=graph) as session:
  session.run(initialize)
  whole, last = session.run([whole, last])
  for way in ways:
    assert type(way.final_state) is tuple
    ops = [] if way.state is None else [way.keep_state_op]
    feed = {window: x[:, :3], keys: ["a", "b", "c"]}
    one, carried, _ = session.run([way.outputs, way.final_state, ops], feed)
    feed[window] = x[:, 3:]
    if way.state is None:
      feed[way.initial_state] = carried
    two, final = session.run([way.outputs, way.final_state], feed)
    got = np.concatenate([one, two], 1)
    assert np.abs(got - whole).max() < 1e-6
    for mine, theirs in zip(tf2.nest.flatten(final), tf2.nest.flatten(last)):
      assert np.abs(mine - theirs).max() < 1e-6
  session.run([slopes, ways[0].keep_state_op], feed)
  assert np.abs(session.run(later)[1]).max() > 0
  assert np.abs(session.run(later, {step: 0})[1]).max() == 0
  try:
    session.run(whole, {ways[2].initial_state: carried[0]})
  except ValueError as error:
    assert '"0": float32 [3, 4] instead of 2 parts' in str(error), error
  else:
    raise AssertionError("not refused")
print("all", len(ways))
"""


@pytest.mark.slow
def test_in_a_process_of_tensorflow_2(forked):
  """Eager outside, tensors that compare by value, resource variables."""
  done = forked.run(["-c", _IN_TENSORFLOW_2],
                    pathlib.Path(__file__).parent.parent.parent)
  assert done.stdout.strip() == "all 4", done.stderr[-3000:]
