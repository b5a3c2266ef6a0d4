"""NASCell and LayerNormBasicLSTMCell against NumPy, in float64.

`golden` and `test_expected` compare them with 1.15, operation by operation.
"""

import numpy as np
import pytest

from tfcompat_rnn import cells
from tfcompat_rnn.cells import LSTMStateTuple

BATCH, DEPTH, UNITS = 3, 4, 5


def sigmoid(x):
  return 1.0 / (1.0 + np.exp(-x))


def step(tf, cell, c_size=UNITS, h_size=UNITS):
  """`(x, c, h, weights by name, new state)` of one step on random numbers."""
  draw = np.random.RandomState(2)
  x, c, h = (draw.uniform(-1, 1, (BATCH, size))
             for size in (DEPTH, c_size, h_size))
  output, state = cell(
      tf.constant(x), LSTMStateTuple(tf.constant(c), tf.constant(h)))
  weights = {}
  with tf.Session() as session:
    for variable in tf.trainable_variables():
      value = draw.uniform(-1, 1, variable.shape.as_list())
      variable.load(value, session)
      weights[variable.op.name.split("/", 1)[1]] = value
    output, state = session.run([output, state])
  np.testing.assert_array_equal(output, state.h)
  return x, c, h, weights, state


@pytest.mark.parametrize("use_bias", [False, True])
@pytest.mark.parametrize("num_proj", [None, 2])
def test_nas(v1, use_bias, num_proj):
  cell = cells.NASCell(UNITS, num_proj=num_proj, use_bias=use_bias)
  x, c, h, w, state = step(v1, cell, h_size=num_proj or UNITS)
  assert sorted(w) == sorted(
      ["kernel", "recurrent_kernel"] + ["bias"] * use_bias
      + ["projection_weights"] * bool(num_proj))
  a = np.split(x @ w["kernel"], 8, axis=1)
  b = np.split(h @ w["recurrent_kernel"] + w.get("bias", 0), 8, axis=1)
  p = np.tanh(sigmoid(a[0] + b[0]) * np.maximum(a[1] + b[1], 0))
  q = np.tanh(sigmoid(a[2] + b[2]) + np.maximum(a[3] * b[3], 0))
  r = np.tanh(np.tanh(a[4] + b[4]) * sigmoid(a[5] + b[5]))
  s = sigmoid(np.tanh(a[6] + b[6]) + sigmoid(a[7] + b[7]))
  new_c = np.tanh(p + c) * q
  new_h = np.tanh(new_c * np.tanh(r + s))
  if num_proj:
    new_h = new_h @ w["projection_weights"]
  np.testing.assert_allclose(state.c, new_c, rtol=0, atol=1e-12)
  np.testing.assert_allclose(state.h, new_h, rtol=0, atol=1e-12)


@pytest.mark.parametrize("layer_norm", [True, False])
def test_layer_norm_lstm(v1, layer_norm):
  cell = cells.LayerNormBasicLSTMCell(
      UNITS, forget_bias=0.5, layer_norm=layer_norm)
  x, c, h, w, state = step(v1, cell)

  def norm(a, scope):
    if not layer_norm:
      return a
    spread = np.sqrt(np.var(a, axis=1, keepdims=True) + 1e-12)
    a = (a - np.mean(a, axis=1, keepdims=True)) / spread
    return a * w[scope + "/gamma"] + w[scope + "/beta"]

  i, j, f, o = np.split(
      np.hstack([x, h]) @ w["kernel"] + w.get("bias", 0), 4, axis=1)
  i, j = norm(i, "input"), norm(j, "transform")
  f, o = norm(f, "forget"), norm(o, "output")
  new_c = norm(c * sigmoid(f + 0.5) + sigmoid(i) * np.tanh(j), "state")
  np.testing.assert_allclose(state.c, new_c, rtol=0, atol=1e-11)
  np.testing.assert_allclose(
      state.h, np.tanh(new_c) * sigmoid(o), rtol=0, atol=1e-11)


def test_layer_norm_dropout_forgets_nothing_that_is_in_memory(v1):
  """With all weights zero: only new values are dropped, not c."""
  cell = cells.LayerNormBasicLSTMCell(
      100, forget_bias=0.0, layer_norm=False, dropout_keep_prob=0.25,
      dropout_prob_seed=1, activation=lambda a: a + 2.0)
  state = cell.zero_state(4, v1.float32)
  with v1.variable_scope("a", initializer=v1.zeros_initializer()):
    _, state = cell(v1.zeros([4, 1]), LSTMStateTuple(state.c + 3.0, state.h))
  with v1.Session() as session:
    session.run(v1.global_variables_initializer())
    c = session.run(state.c)
  # Keeps sigmoid(0) * 3; adds sigmoid(0) * 2 / 0.25 or nothing.
  assert sorted(np.unique(c).tolist()) == [1.5, 5.5]
  assert 0.15 < np.mean(c == 5.5) < 0.35


@pytest.mark.parametrize("make", [
    lambda: cells.NASCell(3, num_proj=2, use_bias=True, name="mine"),
    lambda: cells.LayerNormBasicLSTMCell(
        3, forget_bias=0.5, layer_norm=False, norm_gain=2.0, norm_shift=1.0,
        dropout_keep_prob=0.5, dropout_prob_seed=3, activation="relu")])
def test_config_makes_the_same_cell(v1, make):
  config = make().get_config()
  assert type(make()).from_config(config).get_config() == config
