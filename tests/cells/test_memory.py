"""NTMCell: mental arithmetic, its gradient, loops, error messages."""

import numpy as np
import pytest


@pytest.fixture(params=["1.x", "2.x"])
def tf(request):
  from tfcompat_rnn._tf import tf as v1
  was = v1.resource_variables_enabled(), v1.control_flow_v2_enabled()
  if request.param == "2.x":
    v1.enable_resource_variables(), v1.enable_control_flow_v2()
  else:
    v1.disable_resource_variables(), v1.disable_control_flow_v2()
  with v1.Graph().as_default():
    yield v1
  v1.enable_resource_variables() if was[0] else (
      v1.disable_resource_variables())
  v1.enable_control_flow_v2() if was[1] else v1.disable_control_flow_v2()


def ntm(tf, dtype="float32", **options):
  from tfcompat_rnn import cells
  options = dict(dict(memory_size=4, memory_vector_dim=2, read_head_num=1,
                      write_head_num=1, output_dim=3), **options)
  return cells.NTMCell(
      cells.LSTMCell(3), dtype=getattr(tf, dtype), **options)


def test_without_weights_nothing_is_found_and_erased_by_half(tf):
  """With all parameters 0, the content does not matter: a head spreads evenly
  over four locations, erases half of its weight and adds nothing."""
  cell = ntm(tf)
  with tf.variable_scope("x", initializer=tf.zeros_initializer()):
    _, state = cell(tf.ones([1, 4]), cell.zero_state(1, tf.float32))
  zeros = [v.assign(tf.zeros_like(v)) for v in tf.global_variables()
           if "memory" not in v.name]
  with tf.Session() as session:
    session.run(tf.global_variables_initializer())
    session.run(zeros)
    cell._M.load(np.ones([4, 2]), session)
    state = session.run(state._replace(time=tf.constant(state.time)))
  np.testing.assert_allclose(state.w_list, np.full([2, 1, 4], .25), rtol=1e-5)
  np.testing.assert_allclose(state.read_vector_list, [[[1, 1]]], rtol=1e-5)
  np.testing.assert_allclose(state.M, np.full([1, 4, 2], 1 - .25 / 2),
                             rtol=1e-5)
  assert state.time == 1


@pytest.mark.slow
def test_addresses_stay_shares_in_both_loops_alike(tf):
  cell = ntm(tf, shift_range=1, read_head_num=2)
  x = np.random.RandomState(0).randn(2, 5, 4).astype(np.float32)
  outputs, state = tf.nn.dynamic_rnn(
      cell, tf.constant(x), dtype=tf.float32, scope="rnn")
  with tf.variable_scope("rnn", reuse=True):
    again = ntm(tf, shift_range=1, read_head_num=2)
    state_again, steps = again.zero_state(2, tf.float32), []
    for t in range(5):
      output, state_again = again(tf.constant(x[:, t]), state_again)
      steps.append(output)
  with tf.Session() as session:
    session.run(tf.global_variables_initializer())
    outputs, steps, state = session.run([outputs, tf.stack(steps, 1), state])
  np.testing.assert_allclose(outputs, steps, rtol=1e-5, atol=1e-6)
  np.testing.assert_allclose(np.sum(state.w_list, -1), np.ones([3, 2]),
                             rtol=1e-5)
  assert state.time == 5 and state_again.time == 5


@pytest.mark.slow
def test_gradient_is_the_numeric_one(tf):
  from tfcompat_rnn import gradients
  tf.set_random_seed(5)  # the initial addresses are random
  cell = ntm(tf, "float64", read_head_num=2)
  x = tf.constant(np.random.RandomState(1).randn(2, 7, 4))
  with tf.variable_scope(
      "x", initializer=tf.random_uniform_initializer(-.5, .5, seed=3)):
    # The controller's zero state gets the dtype of the loop.
    outputs, _ = tf.nn.dynamic_rnn(cell, x, dtype=tf.float64)
  loss = tf.reduce_sum(tf.square(outputs))
  # A v2 loop must know that it will be differentiated before it runs.
  tf.gradients(loss, tf.trainable_variables() + [x])
  with tf.Session() as session:
    session.run(tf.global_variables_initializer())
    # It starts at 1e-6, too close to the point where its norm has no slope.
    cell._M.load(np.random.RandomState(2).randn(4, 2), session)
    report = gradients.check_gradients(
        loss, tf.trainable_variables(), session=session, inputs=x)
  assert report.passed, str(report)
  assert "input" in [row.kind for row in report.rows]


@pytest.mark.parametrize("options, named", [
    (dict(read_head_num=0), "read_head_num=0"),
    (dict(write_head_num=0), "write_head_num=0"),
    (dict(shift_range=2), "memory_size=4"),
])
def test_impossible_sizes_are_named(tf, options, named):
  cell = ntm(tf, **options)
  with pytest.raises(ValueError, match=named):
    cell(tf.ones([1, 4]), cell.zero_state(1, tf.float32))


def test_an_unknown_batch_and_a_foreign_state_are_refused(tf):
  cell = ntm(tf)
  with pytest.raises(TypeError, match="known batch size"):
    cell(tf.placeholder(tf.float32, [None, 4]),
         cell.zero_state(2, tf.float32))
  with pytest.raises(AttributeError, match="NTMControllerState"):
    ntm(tf)(tf.ones([2, 4]), tf.ones([2, 3]))
