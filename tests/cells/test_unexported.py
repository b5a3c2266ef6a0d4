"""MinimalRNN, CFN, LayerNormLSTM and WeightNormLSTM: mental arithmetic."""

import numpy as np
import pytest


@pytest.fixture
def tf():
  from tfcompat_rnn._tf import tf as v1
  with v1.Graph().as_default():
    yield v1


def step(tf, cell, x, state, values=None):
  """One step; variables are set by the last part of their name, or zero."""
  result = cell(tf.constant(x), state)
  with tf.Session() as session:
    session.run(tf.global_variables_initializer())
    for variable in tf.global_variables():
      name = variable.op.name.split("/")[-1]
      shape = variable.shape.as_list()
      variable.load(np.full(shape, (values or {}).get(name, 0.0)), session)
    return session.run(result)


def test_minimal_mixes_half_and_half(tf):
  from tfcompat_rnn import cells
  cell = cells.MinimalRNNCell(2, activation=None)
  output, state = step(tf, cell, [[3.0]], tf.constant([[1.0, 2.0]]))
  # Zero kernel: z = 0; zero bias: u = 1/2.
  np.testing.assert_allclose(output, [[.5, 1.0]])
  np.testing.assert_array_equal(output, state)
  assert cell.kernel.shape.as_list() == [1 + 2 * 2, 2]


def test_minimal_starts_out_remembering(tf):
  from tfcompat_rnn import cells
  cell = cells.MinimalRNNCell(2, kernel_initializer="zeros")
  output, _ = cell(tf.constant([[3.0]]), tf.constant([[1.0, 2.0]]))
  with tf.Session() as session:
    session.run(tf.global_variables_initializer())
    got = session.run(output)
  np.testing.assert_allclose(got, np.array([[1, 2]]) / (1 + np.exp(-1)),
                             rtol=1e-6)


def test_cfn_contracts(tf):
  from tfcompat_rnn import cells
  output, _ = step(tf, cells.CFNCell(2), [[3.0]], tf.constant([[1.0, 2.0]]))
  np.testing.assert_allclose(output, np.tanh([[1.0, 2.0]]) / 2, rtol=1e-6)


@pytest.mark.parametrize("name", ["MinimalRNNCell", "CFNCell"])
def test_config_makes_the_same_cell(tf, name):
  from tfcompat_rnn import cells
  kind = getattr(cells, name)
  cell = kind(3, activation="relu", bias_initializer="zeros")
  again = kind.from_config(cell.get_config())
  assert (again.units, again.activation.__name__) == (3, "relu")


@pytest.mark.parametrize("name", ["MinimalRNNCell", "CFNCell"])
def test_bad_inputs_are_named(tf, name):
  from tfcompat_rnn import cells
  kind = getattr(cells, name)
  with pytest.raises(ValueError, match="known last dimension"):
    kind(3)(tf.placeholder(tf.float32, [2, None]), tf.zeros([2, 3]))
  with pytest.raises(ValueError, match="rank 2"):
    kind(3)(tf.zeros([2, 3, 4]), tf.zeros([2, 3]))
  with pytest.raises(TypeError, match="dtype"):
    kind(3)(tf.zeros([2, 4], tf.float64), tf.zeros([2, 3]))
  with pytest.raises(TypeError, match="units"):
    kind(None)


def test_layer_norm_of_equal_gates_is_the_shift(tf):
  """With a zero kernel all logits are equal, so each gate is its beta."""
  from tfcompat_rnn import cells
  cell = cells.LayerNormLSTMCell(2, layer_norm=True, forget_bias=0.0)
  _, state = step(tf, cell, [[3.0]], cells.LSTMStateTuple(
      tf.constant([[1.0, 1.0]]), tf.zeros([1, 2])), {"beta": 7.0})
  np.testing.assert_allclose(state.c, [[7.0, 7.0]], rtol=1e-6)
  np.testing.assert_allclose(
      state.h, [[np.tanh(7) / (1 + np.exp(-7))] * 2], rtol=1e-6)


def test_weight_norm_looks_at_the_direction_only(tf):
  """A kernel of ones has columns of length sqrt(rows); the gains are 2."""
  from tfcompat_rnn import cells
  cell = cells.WeightNormLSTMCell(4, forget_bias=0.0)
  state = cells.LSTMStateTuple(tf.zeros([1, 4]), tf.zeros([1, 4]))
  _, ones = step(tf, cell, [[1.0] * 9], state, {
      "kernel": 1.0, "norm_0": 2.0, "norm_1": 5.0})
  gate = 9 / 3 * 2  # nine inputs, 1/3 each, twice
  c = np.tanh(gate) / (1 + np.exp(-gate))
  np.testing.assert_allclose(ones.c, [[c] * 4], rtol=1e-6)


def test_weight_norm_cells_share_one_scope_unless_told(tf):
  from tfcompat_rnn import cells
  state = cells.LSTMStateTuple(tf.zeros([1, 4]), tf.zeros([1, 4]))
  cells.WeightNormLSTMCell(4)(tf.ones([1, 2]), state)
  names = [v.op.name for v in tf.global_variables()]
  assert names[0] == "wn_lstm_cell/wn_lstm_cell/kernel"
  with pytest.raises(ValueError):
    cells.WeightNormLSTMCell(4)(tf.ones([1, 2]), state)
  cells.WeightNormLSTMCell(4, reuse=True)(tf.ones([1, 2]), state)
  assert [v.op.name for v in tf.global_variables()] == names


@pytest.mark.parametrize("name", ["LayerNormLSTMCell", "WeightNormLSTMCell"])
def test_a_state_of_one_tensor_is_refused(tf, name):
  from tfcompat_rnn import cells
  with pytest.raises(TypeError, match=r"pair \(c, h\)"):
    getattr(cells, name)(3)(tf.zeros([2, 4]), tf.zeros([2, 6]))
