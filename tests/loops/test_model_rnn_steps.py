"""`model_rnn` on step functions, beside loops written out by hand."""

import numpy as np
import pytest

import tfcompat_rnn
from tests.loops import model_rnn_steps
from tfcompat_rnn import gradients


def compare(tf, lengths, mask, known, **more):
  data, draw_lengths, draw_mask = model_rnn_steps.draws()
  lengths = draw_lengths if lengths else None
  mask = draw_mask if mask else None
  stack = model_rnn_steps.GatedStack(tf)
  states = stack.first_states()
  constants = {key: tf.constant(data[key]) for key in data}
  inputs = constants
  if not known:
    inputs = {key: tf.placeholder_with_default(
        constants[key], [None, None, *data[key].shape[2:]]) for key in data}
  outputs, new_states = tfcompat_rnn.model_rnn(
      stack, inputs, states, sequence_length=lengths, reset_mask=mask, **more)
  assert stack.traced == 1
  assert [v.op.name for v in tf.trainable_variables()] == [
      "rnn/lstm_cell/kernel", "rnn/lstm_cell/bias", "rnn/gate",
      "rnn/gru_cell/gates/kernel", "rnn/gru_cell/gates/bias",
      "rnn/gru_cell/candidate/kernel", "rnn/gru_cell/candidate/bias"]
  with tf.variable_scope("rnn", reuse=True):
    expected, final = model_rnn_steps.by_hand(
        tf, stack, inputs if known else constants, states, lengths, mask)
  tf.nest.assert_same_structure(outputs, expected)
  found = model_rnn_steps.losses(tf, outputs, new_states)
  wanted = model_rnn_steps.losses(tf, expected, final)
  integers = [[a[key] for key in ("count", "ids")]
              for a in (expected, outputs)]
  for name in found:
    report = gradients.compare_gradients(
        wanted[name], found[name], inputs=constants["x"], states=states,
        outputs=[expected["y"], final], outputs_b=[outputs["y"], new_states],
        rtol=1e-12, atol=1e-12, title=name)
    assert report.passed, report
  for a, b in zip(*run(tf, integers)):
    np.testing.assert_array_equal(a, b)


@pytest.mark.slow
@pytest.mark.parametrize("lengths, mask, known", [
    (True, True, False), (False, False, True)])
def test_a_gate_across_layers(v1, lengths, mask, known):
  compare(v1, lengths, mask, known)


@pytest.mark.slow
@pytest.mark.parametrize("lengths, mask, known", [
    (False, True, False), (True, False, True), (True, False, False)])
def test_a_gate_across_layers_otherwise(v1, lengths, mask, known):
  compare(v1, lengths, mask, known)


@pytest.mark.slow
@pytest.mark.parametrize("mask, known", [(True, False), (False, True)])
def test_a_gate_across_layers_in_v2_graphs(v2_graph, mask, known):
  compare(v2_graph, mask, mask, known)


@pytest.mark.slow
def test_recomputed(v1):
  compare(v1, True, True, False, recompute=True)


@pytest.mark.slow
def test_recomputed_in_v2_graphs(v2_graph):
  compare(v2_graph, True, True, False, recompute=True)


def run(tf, fetches, feed_dict=None):
  with tf.Session() as session:
    session.run(tf.global_variables_initializer())
    return session.run(fetches, feed_dict)


def adding(inputs, states):
  """Mental arithmetic: the sum so far."""
  return states + inputs, states + inputs


def test_the_reset_comes_before_the_step(v1):
  tf = v1
  x = tf.constant([[1., 2., 3., 4.], [10., 20., 30., 40.]])
  mask = [[False, False, True, False], [True, False, False, True]]
  start = tf.constant([100., 200.])
  found = {}
  for name, value in (("zeros", None), ("initial", "initial"),
                      ("value", [-1., -2.])):
    found[name] = tfcompat_rnn.model_rnn(
        adding, x, start, reset_mask=mask,
        reset_value=np.array(value, np.float32) if name == "value" else value)
  found = run(tf, found)
  assert found["zeros"][0].tolist() == [
      [101, 103, 3, 7], [10, 30, 60, 40]]
  assert found["zeros"][1].tolist() == [7, 40]
  assert found["initial"][0].tolist() == [
      [101, 103, 103, 107], [210, 230, 260, 240]]
  assert found["value"][0].tolist() == [
      [101, 103, 2, 6], [8, 28, 58, 38]]


def test_lengths_end_rows_and_a_reset_behind_the_end_is_none(v1):
  tf = v1
  x = tf.constant([[1., 2., 3.], [10., 20., 30.], [5., 6., 7.]])
  outputs, state = run(tf, tfcompat_rnn.model_rnn(
      adding, x, tf.constant([100., 200., 300.]), sequence_length=[3, 1, 0],
      reset_mask=[[False] * 3, [False, True, True], [True] * 3]))
  assert outputs.tolist() == [[101, 103, 106], [210, 0, 0], [0, 0, 0]]
  assert state.tolist() == [106, 210, 300]


def test_all_lengths_short_of_the_time(v1):
  """The loop ends early; what nobody wrote is zeros."""
  tf = v1
  x = tf.placeholder(tf.float32, [None, None])
  outputs, state = tfcompat_rnn.model_rnn(
      adding, x, tf.zeros_like(x[:, 0]), sequence_length=[2, 1])
  slope, = tf.gradients(tf.reduce_sum(outputs), x)
  outputs, state, slope = run(
      tf, [outputs, state, slope], {x: np.ones([2, 5])})
  assert outputs.tolist() == [[1, 2, 0, 0, 0], [1, 0, 0, 0, 0]]
  assert state.tolist() == [2, 1]
  assert slope.tolist() == [[2, 1, 0, 0, 0], [1, 0, 0, 0, 0]]


@pytest.mark.parametrize("v2", [False, True])
def test_no_steps_at_all(v1, request, v2):
  tf = v1
  if v2:
    request.getfixturevalue("v2_graph")
  x = tf.placeholder(tf.float32, [None, None, 2])
  start = tf.fill([tf.shape(x)[0], 2], 7.)
  outputs, state = tfcompat_rnn.model_rnn(
      adding, x, start, reset_mask=tf.cast(x[:, :, 0], tf.bool))
  known, same = tfcompat_rnn.model_rnn(adding, tf.zeros([3, 0, 2]),
                                       tf.ones([3, 2]))
  slope, again = tf.gradients(tf.reduce_sum(outputs) + tf.reduce_sum(
      3 * state), [x, start])
  assert known.shape.as_list() == [3, 0, 2]
  fetched = run(tf, [outputs, state, slope, again, known, same],
                {x: np.zeros([4, 0, 2])})
  outputs, state, slope, again, known, same = fetched
  assert outputs.shape == slope.shape == (4, 0, 2)
  assert (state == 7).all() and (again == 3).all()
  assert known.shape == (3, 0, 2) and (same == 1).all()


def test_chunks_as_time_steps(v1):
  """An axis of chunks is a time axis too: [chunk, batch, time, x]."""
  tf = v1
  x = tf.constant(np.arange(2 * 2 * 3 * 4, dtype=np.float32),
                  shape=[2, 2, 3, 4])
  outputs, state = run(tf, tfcompat_rnn.model_rnn(
      adding, x, tf.zeros([2, 3, 4]), time_major=True))
  assert outputs.shape == (2, 2, 3, 4)
  np.testing.assert_array_equal(state, outputs[1])
  np.testing.assert_array_equal(outputs[1], outputs[0] * 2 + 24)


def test_a_step_without_states_and_scalar_outputs(v1):
  tf = v1
  x = tf.constant([[1., 2.], [3., 5.]])
  (total, again), states = tfcompat_rnn.model_rnn(
      lambda now, states: ([tf.reduce_sum(now), now], states), x)
  assert states == ()
  total, again = run(tf, [total, again])
  assert total.tolist() == [4, 7]
  assert again.tolist() == [[1, 2], [3, 5]]


@pytest.mark.parametrize("where", ["while", "cond"])
def test_within_a_loop_or_a_branch(v1, where):
  """The arrays belong to what stands around the loop."""
  tf = v1
  x = tf.Variable([[1., 2.], [3., 4.]])

  def total(times):
    outputs, _ = tfcompat_rnn.model_rnn(adding, x * times, tf.zeros([2]))
    return tf.reduce_sum(outputs)  # 2 * 1 + 2 + 2 * 3 + 4, times `times`

  if where == "while":
    _, found = tf.while_loop(
        lambda i, found: i < 4., lambda i, found: (i + 1, found + total(i)),
        (1., 0.))
  else:
    found = tf.cond(tf.reduce_sum(x) > 0, lambda: total(6.), lambda: 0.)
  slope, = tf.gradients(found, x)
  found, slope = run(tf, [found, slope])
  assert found == 6 * 14
  assert slope.tolist() == [[12, 6], [12, 6]]


def test_regularization_is_counted_once(v1):
  tf = v1
  with tf.variable_scope("model", regularizer=lambda v: tf.reduce_sum(v ** 2)):
    tfcompat_rnn.model_rnn(
        lambda x, s: (tf.matmul(x, tf.get_variable(
            "w", [2, 2], initializer=tf.ones_initializer())), s),
        tf.ones([1, 3, 2]))
  losses = tf.get_collection(tf.GraphKeys.REGULARIZATION_LOSSES)
  assert run(tf, losses) == [4]


def test_a_reference_variable_made_before_is_recomputed_too(v1):
  tf = v1
  weight = tf.Variable([[2.]], use_resource=False)
  step = lambda x, state: (tf.matmul(x * state, weight),) * 2
  x, start = tf.constant([[[3.], [5.]]]), tf.constant([[1.]])
  outputs, _ = tfcompat_rnn.model_rnn(step, x, start, recompute=True)
  # 3 * 2, 3 * 2 * 5 * 2: d/dw (6 + 60) = 3 + 2 * 15 * 2
  slopes = tf.gradients(outputs, [weight, start, x])
  outputs, slopes = run(tf, [outputs, slopes])
  assert outputs.ravel().tolist() == [6, 60]
  assert slopes[0].item() == 63 and slopes[1].item() == 66
  assert slopes[2].ravel().tolist() == [22, 12]


def test_recompute_reaches_what_the_step_closes_over(v1):
  """A memory that is no argument of the step gets its gradient too."""
  tf = v1
  memory = tf.constant([[1., 2.]])
  scaled = memory * 3
  outputs, _ = tfcompat_rnn.model_rnn(
      lambda x, s: (x * scaled * s, s + 1), tf.ones([1, 3, 2]),
      tf.ones([1, 2]), recompute=True)
  slope, = tf.gradients(outputs, memory)  # 3 * (1 + 2 + 3)
  assert run(tf, slope).tolist() == [[18, 18]]


@pytest.mark.parametrize("made", ["before", "in the step"])
def test_recompute_reaches_the_rows_of_a_table(v1, made):
  """Its gradient has no static shape, which a v1 loop needs."""
  tf = v1

  def table():
    return tf.get_variable("table", initializer=[[1.], [2.], [3.]],
                           use_resource=True)

  if made == "before":
    rows = table()
    read = lambda: rows
  else:
    read = table

  def step(ids, state):
    new = state + tf.nn.embedding_lookup(read(), ids)
    return new, new

  outputs, _ = tfcompat_rnn.model_rnn(
      step, tf.constant([[0, 2, 2, 1]]), tf.zeros([1, 1]), recompute=True)
  slope, = tf.gradients(outputs, tf.global_variables())
  # Row 0 is in four sums, row 2 in three and in two, row 1 in one.
  assert run(tf, [outputs, slope])[0].ravel().tolist() == [1, 4, 7, 9]
  assert run(tf, slope).ravel().tolist() == [4, 1, 5]


def test_recompute_keeps_less(v1):
  """Ten activations a step are ten stacks; recomputed, they are none."""
  tf = v1

  def step(x, state):
    for _ in range(10):
      x = tf.tanh(x)
    return x, state

  def stacks(recompute):
    with tf.Graph().as_default() as graph:
      x = tf.placeholder(tf.float32, [None, None, 2])
      outputs, _ = tfcompat_rnn.model_rnn(step, x, recompute=recompute)
      tf.gradients(outputs, x)
      return sum(op.type == "StackV2" for op in graph.get_operations())

  assert stacks(False) >= 10
  assert stacks(True) <= 3


def test_second_derivatives(v2_graph):
  """Control flow v2 differentiates twice, v1 does not (and says so)."""
  tf = v2_graph
  x = tf.constant([[1., 2., 3.]])
  outputs, _ = tfcompat_rnn.model_rnn(
      lambda now, state: (now ** 3 * state, state), x, tf.constant([2.]))
  once, = tf.gradients(outputs, x)
  twice, = tf.gradients(once, x)
  assert run(tf, twice).tolist() == [[12, 24, 36]]
  tf.disable_control_flow_v2()
  with tf.Graph().as_default():
    x = tf.constant([[1., 2., 3.]])
    outputs, _ = tfcompat_rnn.model_rnn(
        lambda now, state: (now ** 3 * state, state), x, tf.constant([2.]))
    once, = tf.gradients(outputs, x)
    with pytest.raises(TypeError, match="(?i)second-order gradient"):
      tf.gradients(once, x)
