"""contrib's cells with other gates: results by hand and against NumPy.

`golden` and `test_expected` compare them with 1.15, operation by operation.
"""

import re

import numpy as np
import pytest

from cells import cases_gates
from cells import measure
from tfcompat_rnn import _errors
from tfcompat_rnn import cells
from tfcompat_rnn.cells import LSTMStateTuple

BATCH, DEPTH, UNITS = 3, 4, 6


def sigmoid(x):
  return 1.0 / (1.0 + np.exp(-x))


def drawn(*shapes):
  draw = np.random.RandomState(7)
  return [draw.uniform(-1, 1, shape) for shape in shapes]


def run(tf, cell, inputs, state):
  """`(weights by name, output, new state)` with random weights."""
  output, new_state = cell(
      tf.nest.map_structure(tf.constant, inputs),
      tf.nest.map_structure(tf.constant, state))
  draw = np.random.RandomState(2)
  weights = {}
  with tf.Session() as session:
    for variable in tf.global_variables():
      value = draw.uniform(-1, 1, variable.shape.as_list())
      variable.load(value, session)
      weights[variable.op.name.split("/", 1)[1]] = value
    return (weights,) + tuple(session.run([output, new_state]))


def norm(a, w, scope):
  spread = np.sqrt(np.var(a, axis=1, keepdims=True) + 1e-12)
  a = (a - np.mean(a, axis=1, keepdims=True)) / spread
  return a * w[scope + "/gamma"] + w[scope + "/beta"]


def close(got, want):
  np.testing.assert_allclose(got, want, rtol=0, atol=1e-11)


@pytest.mark.parametrize("options", [
    {}, dict(use_peepholes=True), dict(layer_norm=True),
    dict(use_peepholes=True, layer_norm=True, num_proj=2, proj_clip=.3,
         num_unit_shards=3, num_proj_shards=2)])
def test_coupled(v1, options):
  cell = cells.CoupledInputForgetGateLSTMCell(
      UNITS, forget_bias=.5, **options)
  proj = options.get("num_proj")
  x, c, h = drawn((BATCH, DEPTH), (BATCH, UNITS), (BATCH, proj or UNITS))
  with v1.variable_scope("s", dtype=v1.float64):
    w, output, state = run(v1, cell, x, LSTMStateTuple(c, h))
  w = {name.split("/", 1)[1]: value for name, value in w.items()}
  assert {name for name in w if name.startswith("W_") and name[-1].isdigit()
          } == {"W_%d" % n for n in range(options.get("num_unit_shards", 1))
                } | {"W_P_%d" % n
                     for n in range(options.get("num_proj_shards", 0))}
  kernel = np.vstack([w["W_%d" % n]
                      for n in range(options.get("num_unit_shards", 1))])
  mixed = np.hstack([x, h]) @ kernel
  if not cell._layer_norm:
    mixed += w["B"]
  j, f, o = np.split(mixed, 3, axis=1)
  if cell._layer_norm:
    j, f, o = (norm(a, w, scope) for a, scope in (
        (j, "transform"), (f, "forget"), (o, "output")))
  f = sigmoid(f + .5 + w.get("W_F_diag", 0) * c)
  new_c = f * c + (1 - f) * np.tanh(j)
  if cell._layer_norm:
    new_c = norm(new_c, w, "state")
  new_h = sigmoid(o + w.get("W_O_diag", 0) * new_c) * np.tanh(new_c)
  if proj:
    new_h = np.clip(new_h @ np.vstack([w["W_P_0"], w["W_P_1"]]), -.3, .3)
    assert np.any(np.abs(new_h) == .3) and np.any(np.abs(new_h) < .3)
  close(state.c, new_c)
  close(state.h, new_h)
  np.testing.assert_array_equal(output, state.h)


@pytest.mark.parametrize("rows,shards,sizes", [
    (7, 3, [3, 2, 2]), (6, 3, [2, 2, 2]), (3, 3, [1, 1, 1]), (5, 1, [5])])
def test_rows_of_shards(v1, rows, shards, sizes):
  """The first shards get the remaining rows."""
  cell = cells.CoupledInputForgetGateLSTMCell(1, num_unit_shards=shards)
  cell(v1.zeros([1, rows - 1]), cell.zero_state(1, v1.float32))
  assert [variable.shape.as_list() for variable in v1.global_variables()
          if "/W_" in variable.name] == [[size, 3] for size in sizes]


def test_ugrnn(v1):
  x, h = drawn((BATCH, DEPTH), (BATCH, UNITS))
  w, output, state = run(
      v1, cells.UGRNNCell(UNITS, forget_bias=.5), x, h)
  g, c = np.split(np.hstack([x, h]) @ w["kernel"] + w["bias"], 2, axis=1)
  g = sigmoid(g + .5)
  close(state, g * h + (1 - g) * np.tanh(c))
  np.testing.assert_array_equal(output, state)


@pytest.mark.parametrize("depth", [DEPTH, UNITS])
def test_intersection(v1, depth):
  x, h = drawn((BATCH, depth), (BATCH, UNITS))
  w, output, state = run(v1, cells.IntersectionRNNCell(
      UNITS, num_in_proj=UNITS, forget_bias=-.5), x, h)
  assert ("in_projection/kernel" in w) is (depth != UNITS)
  if depth != UNITS:
    x = x @ w["in_projection/kernel"] + w["in_projection/bias"]
  mixed = np.hstack([x, h]) @ w["kernel"] + w["bias"]
  gh, new, gy, y = np.split(mixed, 4, axis=1)
  gh, gy = sigmoid(gh - .5), sigmoid(gy - .5)
  close(state, gh * h + (1 - gh) * np.tanh(new))
  close(output, gy * x + (1 - gy) * np.maximum(y, 0))


@pytest.mark.parametrize("groups,proj", [(1, None), (2, None), (2, 4)])
def test_glstm(v1, groups, proj):
  cell = cells.GLSTMCell(UNITS, number_of_groups=groups, num_proj=proj,
                         forget_bias=.5, activation=v1.nn.relu)
  x, c, h = drawn((BATCH, DEPTH), (BATCH, UNITS), (BATCH, proj or UNITS))
  w, output, state = run(v1, cell, x, LSTMStateTuple(c, h))
  parts = [
      np.split(np.hstack([x_g, h_g]) @ w["group%d/kernel" % group], 4, axis=1)
      for group, (x_g, h_g) in enumerate(zip(
          np.split(x, groups, axis=1), np.split(h, groups, axis=1)))]
  i, j, f, o = (np.hstack(gate) + w["bias_" + name]
                for gate, name in zip(zip(*parts), "ijfo"))
  new_c = sigmoid(f + .5) * c + sigmoid(i) * np.tanh(j)
  new_h = sigmoid(o) * np.maximum(new_c, 0)
  if proj:
    new_h = new_h @ w["projection/kernel"]
  close(state.c, new_c)
  close(state.h, new_h)
  np.testing.assert_array_equal(output, state.h)


def test_glstm_groups_see_only_their_share(v1):
  """Changing the second half of x and h changes only the second half."""
  x, c, h = drawn((BATCH, DEPTH), (BATCH, UNITS), (BATCH, UNITS))
  cell = cells.GLSTMCell(UNITS, number_of_groups=2)
  _, one, _ = run(v1, cell, x, LSTMStateTuple(c, h))
  x[:, DEPTH // 2:] += 1.
  h[:, UNITS // 2:] -= 1.
  _, two, _ = run(v1, cell, x, LSTMStateTuple(c, h))
  half = UNITS // 2
  np.testing.assert_array_equal(one[:, :half], two[:, :half])
  assert np.abs(one[:, half:] - two[:, half:]).min() > 1e-4


def test_sru(v1):
  x, c = drawn((BATCH, DEPTH), (BATCH, UNITS))
  w, output, state = run(v1, cells.SRUCell(UNITS), x, c)
  z, f, r, passed = np.split(x @ w["kernel"], 4, axis=1)
  f, r = np.split(
      sigmoid(np.hstack([f, r]) + w["bias"]), 2, axis=1)
  new_c = f * c + (1 - f) * z
  close(state, new_c)
  close(output, r * np.tanh(new_c) + (1 - r) * passed)


def test_ind_rnn_by_hand(v1):
  """relu([1, 2] [[1, 0], [0, 1]] + [10, 20] * [2, -1] + [0, 3])."""
  cell = cells.IndRNNCell(2, activation="relu")
  output, _ = cell(v1.constant([[1., 2.]]), v1.constant([[10., 20.]]))
  with v1.Session() as session:
    for variable, value in zip(v1.global_variables(), (
        [[1., 0.], [0., 1.]], [[2., -1.]], [0., 3.])):
      variable.load(value, session)
    assert session.run(output).tolist() == [[21., 0.]]


def test_ind_rnn_starts_between_minus_one_and_one(v1):
  cell = cells.IndRNNCell(1000)
  cell(v1.zeros([1, 2]), v1.zeros([1, 1000]))
  with v1.Session() as session:
    session.run(v1.global_variables_initializer())
    u = session.run(cell._kernel_u)
  assert u.shape == (1, 1000)
  assert -1 <= u.min() < -.98 and .98 < u.max() < 1


def test_indy_gru(v1):
  x, h = drawn((BATCH, DEPTH), (BATCH, UNITS))
  w, output, state = run(v1, cells.IndyGRUCell(UNITS), x, h)
  gates = (x @ w["gates/kernel_w"] + np.hstack([h, h]) * w["gates/kernel_u"]
           + w["gates/bias"])
  r, u = np.split(sigmoid(gates), 2, axis=1)
  c = np.tanh(x @ w["candidate/kernel"] + r * h * w["candidate/kernel_u"]
              + w["candidate/bias"])
  close(state, u * h + (1 - u) * c)
  np.testing.assert_array_equal(output, state)


def test_indy_lstm(v1):
  x, c, h = drawn((BATCH, DEPTH), (BATCH, UNITS), (BATCH, UNITS))
  w, output, state = run(v1, cells.IndyLSTMCell(UNITS, forget_bias=.5), x,
                         LSTMStateTuple(c, h))
  mixed = x @ w["kernel_w"] + np.hstack([h] * 4) * w["kernel_u"] + w["bias"]
  i, j, f, o = np.split(mixed, 4, axis=1)
  new_c = c * sigmoid(f + .5) + sigmoid(i) * np.tanh(j)
  close(state.c, new_c)
  close(state.h, np.tanh(new_c) * sigmoid(o))
  np.testing.assert_array_equal(output, state.h)


# Each message says what is required, what was passed and what to do.

FORM = re.compile(r"`[^`]+` .*\bmust .+, got .+; .+", re.DOTALL)
# Raised by TensorFlow or Python, with a message that says enough.
NOT_OURS = {"coupled_takes_no_name", "indy_gru_takes_no_trainable",
            "conv_without_shape", "two_in_one_scope_clash"}
MESSAGES = {
    "coupled_too_many_shards": ["num_unit_shards", "7 rows of W", "got 8"],
    "coupled_too_many_projection_shards": [
        "num_proj_shards", "3 rows of W_P", "got 4"],
    "intersection_of_another_width": ["[batch, 3]", "(2, 4)", "num_in_proj=3"],
    "glstm_units_not_divisible": ["num_units", "got 5", "2"],
    "glstm_projection_not_divisible": ["num_proj", "got 3"],
    "glstm_inputs_not_divisible": ["inputs", "(2, 4)", "3"],
    "phased_inputs_of_one_tensor": ["(time, x)", "[batch, 1]"],
    "phased_inputs_of_three": ["(time, x)", "3 parts"],
    "phased_x_float64": ["inputs", "float32", "float64"],
    "conv_dimensions_and_shape": ["input_shape", "3 ints", "[4, 2]"],
    "conv_inputs_of_rank_3": ["[4, 5, 2]", "(2, 4, 2)", "dynamic_rnn"],
    "conv_skip_second_step": ["3 channels", "got 5", "skip_connection"],
    "sru_int_inputs": ["floating point", "int32", "tf.cast"],
}
EXPECTED = measure.read("gates")


@pytest.mark.parametrize("name", [
    name for name in cases_gates.case.cases if "error" in EXPECTED[name]])
def test_refusals(v1, name):
  bench = measure.Bench(v1, cells, None)
  with pytest.raises(Exception) as caught:
    cases_gates.case.cases[name](bench)
  assert isinstance(caught.value, _errors.TfcompatError) is (
      name not in NOT_OURS)
  message = str(caught.value)
  if name not in NOT_OURS:
    assert FORM.search(message), message
  for part in MESSAGES.get(name, []):
    assert part in message


@pytest.mark.parametrize("make,part", [
    (lambda: cells.GLSTMCell(4, number_of_groups=0), "number_of_groups"),
    (lambda: cells.CoupledInputForgetGateLSTMCell(4, num_unit_shards=0),
     "num_unit_shards"),
    (lambda: cells.CoupledInputForgetGateLSTMCell(4, num_proj_shards=-1),
     "num_proj_shards"),
    (lambda: cells.ConvLSTMCell(4, [1] * 5, 1, [1] * 4), "conv_ndims"),
    (lambda: cells.Conv2DLSTMCell(
        input_shape=[4, 4, 1], output_channels=1, kernel_shape=[3]),
     "kernel_shape"),
    (lambda: cells.IndRNNCell("four"), "num_units"),
    (lambda: cells.UGRNNCell(-1), "num_units")])
def test_constructors_refuse(v1, make, part):
  with pytest.raises(ValueError, match=part) as caught:
    make()
  assert FORM.search(str(caught.value)), caught.value


@pytest.mark.parametrize("make", [
    lambda: cells.CoupledInputForgetGateLSTMCell(
        3, use_peepholes=True, num_proj=2, num_unit_shards=2,
        activation="relu", layer_norm=True, norm_gain=.5),
    lambda: cells.UGRNNCell(3, forget_bias=.5, activation="relu"),
    lambda: cells.IntersectionRNNCell(3, num_in_proj=3, y_activation="tanh"),
    lambda: cells.GLSTMCell(4, num_proj=2, number_of_groups=2),
    lambda: cells.SRUCell(3, name="mine", activation="relu"),
    lambda: cells.IndRNNCell(3, dtype="float64"),
    lambda: cells.IndyGRUCell(3, name="mine"),
    lambda: cells.IndyLSTMCell(3, forget_bias=.5),
    lambda: cells.PhasedLSTMCell(3, leak=.5, period_init_max=9.),
    lambda: cells.ConvLSTMCell(2, [4, 4, 1], 2, (3, 3), use_bias=False),
    lambda: cells.Conv1DLSTMCell(
        input_shape=[4, 1], output_channels=2, kernel_shape=[3])])
def test_config_makes_the_same_cell(v1, make):
  config = make().get_config()
  twin = type(make()).from_config(config)
  assert twin.get_config() == config
  assert twin.output_size == make().output_size
