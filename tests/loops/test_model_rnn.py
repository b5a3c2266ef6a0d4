"""`model_rnn` beside `dynamic_rnn`, for every cell of the package."""

import numpy as np
import pytest

import tfcompat_rnn
from tests.state import state_cells
from tfcompat_rnn import cells
from tfcompat_rnn import gradients

ROWS, STEPS = 3, 6
SHORT = ("GRUCell", "LSTMBlockCell", "a user's")


def seeded_state(tf, cell, rows, dtype):
  """The cell's zero state with a number of its own in each leaf."""
  zeros = cell.zero_state(rows, dtype)
  leaves = [leaf + tf.cast(.1 * number, leaf.dtype)
            if leaf.dtype.is_floating else leaf
            for number, leaf in enumerate(tf.nest.flatten(zeros), 1)]
  return tf.nest.pack_sequence_as(zeros, leaves)


def loss_of(tf, outputs, state):
  """Weights of their own for all that comes out: nothing cancels."""
  leaves = [leaf for leaf in tf.nest.flatten([outputs, state])
            if leaf.dtype.is_floating]
  return tf.add_n([
      (number + 1) * tf.reduce_sum(tf.sin(leaf + number))
      for number, leaf in enumerate(leaves)])


def both(tf, name, dtype, recompute=False, **lengths):
  """The report of `dynamic_rnn` beside `model_rnn` on one cell."""
  kind = state_cells.KINDS[name]
  data = state_cells.draw_inputs(name, ROWS, STEPS, dtype)
  x = tf.placeholder(data.dtype, [None, None, data.shape[-1]], "x")
  kind_of_number = tf.as_dtype(dtype)
  with tf.variable_scope("model", dtype=kind_of_number, initializer=(
      tf.random_uniform_initializer(-.7, .7, seed=3))):
    cell = kind.make(cells, tf, kind_of_number)
    state = seeded_state(tf, cell, tf.shape(x)[0], kind_of_number)
    expected, final = tfcompat_rnn.dynamic_rnn(
        cell, x, initial_state=state, **lengths)
  names = [variable.name for variable in tf.global_variables()]
  with tf.variable_scope("model", dtype=kind_of_number, reuse=True):
    outputs, new_state = tfcompat_rnn.model_rnn(
        cell, x, state, recompute=recompute, **lengths)
  assert [variable.name for variable in tf.global_variables()] == names
  tf.nest.assert_same_structure(final, new_state)
  assert outputs.shape.as_list() == expected.shape.as_list()
  return gradients.compare_gradients(
      loss_of(tf, expected, final), loss_of(tf, outputs, new_state),
      feed_dict={x: data}, inputs=x, states=state,
      outputs=[expected, final], outputs_b=[outputs, new_state],
      labels=("dynamic_rnn", "model_rnn"),
      **dict.fromkeys(("rtol", "atol"), 1e-12 if dtype == "float64" else 1e-5))


def cases(dtype):
  for name, kind in state_cells.KINDS.items():
    if dtype == "float64" and not kind.double:
      continue
    mark = pytest.mark.exhaustive
    if (dtype == "float64") == kind.double:
      mark = ([] if name in SHORT else pytest.mark.slow
              if name in state_cells.DIVERSE else mark)
    yield pytest.param(name, dtype, marks=mark)


@pytest.mark.spread(fast=3, slow=2)
@pytest.mark.parametrize(
    "name, dtype", [*cases("float64"), *cases("float32")])
def test_as_dynamic_rnn(v1, name, dtype):
  report = both(v1, name, dtype, sequence_length=[6, 2, 4])
  assert report.passed, report
  found = {row.kind for row in report.rows}
  assert found == {"loss", "output", "variable", "state"} | (
      set() if state_cells.KINDS[name].ids else {"input"})


@pytest.mark.slow
@pytest.mark.parametrize("name", [
    "LSTMCell", "GRUBlockCell", "MultiRNNCell", "a user's"])
def test_as_dynamic_rnn_with_control_flow_v2(v1, v2_graph, name):
  dtype = "float64" if state_cells.KINDS[name].double else "float32"
  report = both(v1, name, dtype, sequence_length=[6, 2, 4])
  assert report.passed, report


@pytest.mark.parametrize("name", ["LSTMBlockCell"] + [
    pytest.param(name, marks=pytest.mark.slow)
    for name in ("LSTMCell projected", "AttentionCellWrapper")])
def test_recomputed(v1, name):
  dtype = "float64" if state_cells.KINDS[name].double else "float32"
  report = both(v1, name, dtype, recompute=True)
  assert report.passed, report


def test_variables_and_names_are_those_of_dynamic_rnn(v1):
  tf = v1
  x = tf.placeholder(tf.float32, [None, None, 3])
  made, steps = {}, {}
  for loop in ("dynamic_rnn", "model_rnn"):
    with tf.Graph().as_default() as graph:
      x = tf.placeholder(tf.float32, [None, None, 3])
      cell = cells.MultiRNNCell([cells.LSTMCell(4), cells.GRUCell(2)])
      if loop == "dynamic_rnn":
        tfcompat_rnn.dynamic_rnn(cell, x, dtype=tf.float32)
      else:
        tfcompat_rnn.model_rnn(cell, x)
      made[loop] = [(v.name, v.shape.as_list()) for v in tf.global_variables()]
      steps[loop] = [
          op.name for op in graph.get_operations()
          if op.name.startswith("rnn/while/rnn/multi_rnn_cell/")
          and op.type != "Enter"]
  assert made["model_rnn"] == made["dynamic_rnn"]
  assert steps["model_rnn"] == steps["dynamic_rnn"] != []


def test_time_major_and_a_scope(v1):
  tf = v1
  data = np.random.RandomState(1).randn(5, 2, 3)
  x = tf.constant(data)
  cell = cells.BasicRNNCell(4)
  outputs, state = tfcompat_rnn.model_rnn(
      cell, x, time_major=True, scope="steps", sequence_length=[5, 3])
  swapped, same = tfcompat_rnn.model_rnn(
      cell, tf.transpose(x, [1, 0, 2]), scope="steps",
      sequence_length=[5, 3])
  assert [v.name for v in tf.trainable_variables()] == [
      "steps/basic_rnn_cell/kernel:0", "steps/basic_rnn_cell/bias:0"]
  assert outputs.shape.as_list() == [5, 2, 4]
  with tf.Session() as session:
    session.run(tf.global_variables_initializer())
    a, b, c, d = session.run([outputs, swapped, state, same])
  np.testing.assert_array_equal(a, b.swapaxes(0, 1))
  np.testing.assert_array_equal(c, d)
  assert not a[3:, 1].any() and a[3:, 0].all()


def test_one_loop_and_one_array_for_each_output(v1):
  tf = v1
  x = tf.placeholder(tf.float32, [None, None, 3])
  tfcompat_rnn.model_rnn(
      lambda x, state: ((x, {"a": x + 1}), state), x)
  graph = tf.get_default_graph()
  kinds = [op.type for op in graph.get_operations()]
  assert kinds.count("LoopCond") == 1
  assert kinds.count("TensorArrayV3") == 1 + 2  # the input's and the outputs'
  arrays = [op for op in graph.get_operations() if op.type == "TensorArrayV3"]
  assert all(op._get_control_flow_context() is None for op in arrays)


def test_a_duck_typed_cell(v1):
  tf = v1

  class Counting:
    state_size = 1
    output_size = 1

    def get_initial_state(self, inputs=None, batch_size=None, dtype=None):
      return tf.fill([batch_size, 1], tf.constant(10, dtype))

    def __call__(self, inputs, state):
      return state, state + inputs

  outputs, state = tfcompat_rnn.model_rnn(Counting(), tf.ones([2, 3, 1]))
  with tf.Session() as session:
    outputs, state = session.run([outputs, state])
  assert outputs[:, :, 0].tolist() == [[10, 11, 12]] * 2
  assert state.tolist() == [[13]] * 2


@pytest.mark.parametrize("recompute", [False, True])
def test_training_is_training_with_dynamic_rnn(v1, recompute):
  """State kept in reference variables, assigned beside the gradients."""
  tf = v1
  data = np.random.RandomState(5).randn(12, 2, 4, 3)

  def train(loop):
    with tf.Graph().as_default():
      tf.set_random_seed(1)
      x = tf.placeholder(tf.float64, [2, 4, 3])
      with tf.variable_scope("model", dtype=tf.float64, initializer=(
          tf.random_uniform_initializer(-.7, .7, seed=3))):
        cell = cells.LSTMCell(4)
        kept = cell.zero_state(2, tf.float64)
        kept = type(kept)(*[
            tf.Variable(leaf, trainable=False, use_resource=False)
            for leaf in kept])
        outputs, state = loop(cell, x, kept)
      update = tf.train.AdamOptimizer(.05).minimize(
          tf.reduce_mean((outputs - 1) ** 2))
      keep = [tf.assign(v, leaf) for v, leaf in zip(kept, state)]
      with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        for batch in data:
          session.run([update, keep], {x: batch})
        return session.run(tf.trainable_variables() + list(kept))

  expected = train(lambda cell, x, state: tfcompat_rnn.dynamic_rnn(
      cell, x, initial_state=state))
  found = train(lambda cell, x, state: tfcompat_rnn.model_rnn(
      cell, x, state, recompute=recompute))
  for a, b in zip(expected, found):
    np.testing.assert_allclose(b, a, rtol=1e-10, atol=1e-12)


def test_states_of_the_other_builders(v1):
  tf = v1
  data = np.random.RandomState(2).randn(2, 6, 3).astype(np.float32)
  x = tf.placeholder(tf.float32, [2, None, 3])
  cell = cells.LSTMCell(4)
  whole, final = tfcompat_rnn.model_rnn(cell, x)
  variables = tfcompat_rnn.StateVariables(cell, 2, tf.float32)
  kept, after = tfcompat_rnn.model_rnn(cell, x, variables)
  keep = variables.keep(after)
  fed = tfcompat_rnn.feedable_state(cell, inputs=x)
  by_feed, fed_after = tfcompat_rnn.model_rnn(cell, x, fed)
  stateful = tfcompat_rnn.stateful_rnn(cell, x)
  on, _ = tfcompat_rnn.model_rnn(cell, x, stateful.final_state)
  with tf.Session() as session:
    session.run([tf.global_variables_initializer(),
                 tf.local_variables_initializer()])
    expected, last = session.run([whole, final], {x: data})
    parts = [session.run([kept, keep], {x: data[:, i:i + 3]})[0]
             for i in (0, 3)]
    np.testing.assert_allclose(np.concatenate(parts, 1), expected, atol=1e-6)
    first, between = session.run([by_feed, fed_after], {x: data[:, :3]})
    second, end = session.run(
        [by_feed, fed_after], {x: data[:, 3:], fed: between})
    np.testing.assert_allclose(
        np.concatenate([first, second], 1), expected, atol=1e-6)
    np.testing.assert_allclose(end, last, atol=1e-6)
    twice = session.run(on, {x: data[:, :3]})
  assert twice.shape == (2, 3, 4)
