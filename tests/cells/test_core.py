"""The four core cells: their results, against NumPy and by hand."""

import math

import numpy as np
import pytest

from tfcompat_rnn import cells
from tfcompat_rnn.cells import LSTMStateTuple

BATCH, DEPTH, UNITS = 3, 4, 5
TOLERANCE = {"float32": 1e-6, "float64": 1e-12}


def sigmoid(x):
  return 1.0 / (1.0 + np.exp(-x))


class Lab:
  """Runs one step of a cell with random weights and inputs."""

  def __init__(self, tf, dtype):
    self.tf = tf
    self.dtype = dtype
    self.draw = np.random.RandomState(3)

  def array(self, *shape):
    return self.draw.uniform(-1.0, 1.0, shape).astype(self.dtype)

  def step(self, cell, x, state):
    """`(output, state, weights by name)` as arrays."""
    tf = self.tf
    fed = tf.nest.map_structure(tf.constant, state)
    output, new_state = cell(tf.constant(x), fed)
    with tf.Session() as session:
      weights = {}
      for variable in cell.weights:
        value = self.array(*variable.shape.as_list())
        variable.load(value, session)
        weights[variable.op.name.split("/", 1)[1]] = value
      output, new_state = session.run([output, new_state])
    return output, new_state, weights

  def close(self, got, expected):
    assert got.dtype == self.dtype
    np.testing.assert_allclose(
        got, expected, rtol=0, atol=TOLERANCE[self.dtype])


@pytest.fixture(params=["float32", "float64"])
def lab(v1, request):
  return Lab(v1, request.param)


def test_basic_rnn(lab):
  x, h = lab.array(BATCH, DEPTH), lab.array(BATCH, UNITS)
  output, state, w = lab.step(cells.BasicRNNCell(UNITS), x, h)
  assert {name: value.shape for name, value in w.items()} == {
      "kernel": (9, 5), "bias": (5,)}
  expected = np.tanh(np.hstack([x, h]) @ w["kernel"] + w["bias"])
  lab.close(output, expected)
  lab.close(state, expected)


def test_gru(lab):
  x, h = lab.array(BATCH, DEPTH), lab.array(BATCH, UNITS)
  output, state, w = lab.step(cells.GRUCell(UNITS), x, h)
  gates = sigmoid(np.hstack([x, h]) @ w["gates/kernel"] + w["gates/bias"])
  r, u = np.split(gates, 2, axis=1)
  c = np.tanh(np.hstack([x, r * h]) @ w["candidate/kernel"]
              + w["candidate/bias"])
  expected = u * h + (1 - u) * c
  lab.close(output, expected)
  lab.close(state, expected)


def lstm(x, c, h, w, forget_bias=1.0, cell_clip=None, proj_clip=None,
         act=np.tanh):
  i, j, f, o = np.split(
      np.hstack([x, h]) @ w["kernel"] + w["bias"], 4, axis=1)
  f = f + forget_bias
  if "w_f_diag" in w:
    f, i = f + w["w_f_diag"] * c, i + w["w_i_diag"] * c
  c = sigmoid(f) * c + sigmoid(i) * act(j)
  if cell_clip is not None:
    c = np.clip(c, -cell_clip, cell_clip)
  if "w_o_diag" in w:
    o = o + w["w_o_diag"] * c
  h = sigmoid(o) * act(c)
  if "projection/kernel" in w:
    h = h @ w["projection/kernel"]
    if proj_clip is not None:
      h = np.clip(h, -proj_clip, proj_clip)
  return c, h


@pytest.mark.parametrize("forget_bias", [1.0, 0.0, -2.5])
def test_basic_lstm(lab, forget_bias):
  x, c, h = (lab.array(BATCH, width) for width in (DEPTH, UNITS, UNITS))
  output, state, w = lab.step(
      cells.BasicLSTMCell(UNITS, forget_bias=forget_bias), x,
      LSTMStateTuple(c, h))
  new_c, new_h = lstm(x, c, h, w, forget_bias)
  lab.close(state.c, new_c)
  lab.close(state.h, new_h)
  lab.close(output, new_h)


LSTMS = [
    dict(),
    dict(use_peepholes=True),
    dict(cell_clip=0.3),
    dict(num_proj=2),
    dict(num_proj=2, proj_clip=0.1),
    dict(use_peepholes=True, cell_clip=0.3, num_proj=2, proj_clip=0.1,
         forget_bias=0.5),
]


@pytest.mark.parametrize("kwargs", LSTMS, ids=str)
def test_lstm(lab, kwargs):
  width = kwargs.get("num_proj", UNITS)
  x, c, h = (lab.array(BATCH, size) for size in (DEPTH, UNITS, width))
  output, state, w = lab.step(
      cells.LSTMCell(UNITS, **kwargs), x, LSTMStateTuple(c, h))
  assert ("w_f_diag" in w) == ("use_peepholes" in kwargs)
  new_c, new_h = lstm(
      x, c, h, w, kwargs.get("forget_bias", 1.0), kwargs.get("cell_clip"),
      kwargs.get("proj_clip"))
  lab.close(state.c, new_c)
  lab.close(state.h, new_h)
  lab.close(output, new_h)


@pytest.mark.parametrize("make", [
    lambda flag: cells.BasicLSTMCell(UNITS, state_is_tuple=flag),
    lambda flag: cells.LSTMCell(UNITS, num_proj=2, state_is_tuple=flag)])
def test_concatenated_state(lab, make):
  width = make(True).output_size
  x, c, h = (lab.array(BATCH, size) for size in (DEPTH, UNITS, width))
  output, state, w = lab.step(make(False), x, np.hstack([c, h]))
  new_c, new_h = lstm(x, c, h, w)
  lab.close(state, np.hstack([new_c, new_h]))
  lab.close(output, new_h)


def test_activation_replaces_both_tanh(lab):
  x, c, h = (lab.array(BATCH, width) for width in (DEPTH, UNITS, UNITS))
  relu = lambda v: np.maximum(v, 0)
  for activation in ("relu", lab.tf.nn.relu):
    with lab.tf.Graph().as_default():
      _, state, w = lab.step(
          cells.BasicLSTMCell(UNITS, activation=activation), x,
          LSTMStateTuple(c, h))
    new_c, new_h = lstm(x, c, h, w, act=relu)
    lab.close(state.c, new_c)
    lab.close(state.h, new_h)


def _with_zero_kernel(tf, cell, x, state):
  output, new_state = cell(x, state)
  with tf.Session() as session:
    for variable in cell.weights:
      variable.load(np.zeros(variable.shape.as_list()), session)
    return session.run([output, new_state])


def test_lstm_without_weights_by_hand(v1):
  """All gates are sigmoid(0) = 1/2, except the forget gate, sigmoid(1)."""
  cell = cells.BasicLSTMCell(1)
  _, state = _with_zero_kernel(
      v1, cell, v1.constant([[9.0]]),
      LSTMStateTuple(v1.constant([[2.0]]), v1.constant([[7.0]])))
  c = 2.0 / (1.0 + math.exp(-1.0))
  assert state.c[0, 0] == pytest.approx(c, rel=1e-6)
  assert state.h[0, 0] == pytest.approx(0.5 * math.tanh(c), rel=1e-6)


def test_gru_without_weights_halves_its_state(v1):
  output, _ = _with_zero_kernel(
      v1, cells.GRUCell(1), v1.constant([[9.0]]), v1.constant([[3.0]]))
  assert output[0, 0] == 1.5


def test_gate_bias_starts_at_one_in_gru_alone(v1):
  starts = {}
  for make in (cells.GRUCell, cells.BasicLSTMCell, cells.LSTMCell,
               cells.BasicRNNCell):
    with v1.Graph().as_default(), v1.Session() as session:
      cell = make(2)
      cell(v1.zeros([1, 1]), cell.zero_state(1, v1.float32))
      session.run(v1.global_variables_initializer())
      starts[make.__name__] = {
          v.op.name.split("/", 1)[1]: session.run(v).tolist()
          for v in cell.weights if "bias" in v.name}
  assert starts == {
      "GRUCell": {"gates/bias": [1.0] * 4, "candidate/bias": [0.0] * 2},
      "BasicLSTMCell": {"bias": [0.0] * 8}, "LSTMCell": {"bias": [0.0] * 8},
      "BasicRNNCell": {"bias": [0.0] * 2}}


def test_default_kernel_is_glorot_uniform(v1):
  cell = cells.LSTMCell(100)
  cell(v1.zeros([1, 50]), cell.zero_state(1, v1.float32))
  with v1.Session() as session:
    session.run(v1.global_variables_initializer())
    kernel = session.run(cell.weights[0])
  limit = math.sqrt(6.0 / (150 + 400))
  assert np.abs(kernel).max() <= limit
  assert kernel.std() == pytest.approx(limit / math.sqrt(3.0), rel=0.02)


def test_gate_order_is_that_of_the_kernel(v1):
  """A bias on one block of columns opens only that gate."""
  assert cells.BasicLSTMCell.gate_order == ("i", "j", "f", "o")
  assert cells.LSTMCell.gate_order == ("i", "j", "f", "o")
  assert cells.GRUCell.gate_order == ("r", "u")
  cell = cells.LSTMCell(1, forget_bias=0.0)
  _, state = cell(v1.zeros([1, 1]), LSTMStateTuple(
      v1.constant([[4.0]]), v1.zeros([1, 1])))
  big = 50.0
  with v1.Session() as session:
    cell.weights[0].load(np.zeros([2, 4]), session)
    seen = {}
    for column, gate in enumerate(cell.gate_order):
      bias = np.zeros(4)
      bias[column] = big
      cell.weights[1].load(bias, session)
      seen[gate] = session.run(state)
  assert seen["i"].c[0, 0] == 2.0            # 4 / 2 + 1 * tanh(0)
  assert seen["j"].c[0, 0] == 2.5            # 4 / 2 + 1 / 2
  assert seen["f"].c[0, 0] == 4.0            # kept whole
  assert seen["o"].h[0, 0] == pytest.approx(math.tanh(2.0), rel=1e-6)


def test_weights_in_and_out(v1):
  cell = cells.BasicRNNCell(2)
  cell(v1.zeros([1, 1]), v1.zeros([1, 2]))
  values = [np.arange(6.0).reshape([3, 2]), np.array([7.0, 8.0])]
  with pytest.raises(ValueError, match="default session"):
    cell.get_weights()
  with v1.Session():
    cell.set_weights(values)
    for got, expected in zip(cell.get_weights(), values):
      np.testing.assert_array_equal(got, expected)
    with pytest.raises(ValueError, match="2 arrays"):
      cell.set_weights(values[:1])
    with pytest.raises(ValueError, match=r"fit basic_rnn_cell/kernel:0"):
      cell.set_weights(values[::-1])


@pytest.mark.parametrize("name, arguments, h_size", [
    ("BasicLSTMCell", {}, 3), ("LSTMCell", {}, 3),
    ("LSTMCell", {"num_proj": 2}, 2), ("NASCell", {}, 3),
    ("CoupledInputForgetGateLSTMCell", {}, 3)])
def test_subclass_with_another_output_keeps_its_state(
    v1, name, arguments, h_size):
  """The state sizes that TensorFlow 1.15.5 gives."""
  kind = type("Wide", (getattr(cells, name),), {"output_size": 7})
  cell = kind(3, **arguments)
  assert cell.output_size == 7
  assert cell.state_size == LSTMStateTuple(3, h_size)
