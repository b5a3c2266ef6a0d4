"""Programs with tf.contrib.recurrent, measured as golden cases are.

Runs unchanged on Python 3.7 with TensorFlow 1.15 and on ours. They are no
golden cases, because the loops of today have operations that 1.15 kept in
functions; their number is compared.
"""

import collections

from golden.registry import BOTH
from golden.registry import Case

CASES = collections.OrderedDict()


def case(build):
  CASES[build.__name__] = Case(
      build.__name__, "recurrent", build, BOTH, True)
  return build


def recurrent(b):
  return b.tf.contrib.recurrent


@case
def lstm(b):
  return recurrent(b).functional_rnn(
      b.tf.nn.rnn_cell.LSTMCell(b.units), b.sequence(), dtype=b.dtype)


@case
def lstm_fed_with_lengths(b):
  cell = b.tf.nn.rnn_cell.LSTMCell(b.units, use_peepholes=True)
  return recurrent(b).functional_rnn(
      cell, b.sequence(), sequence_length=b.integers("lengths", [2, 1]),
      initial_state=b.state(cell.state_size), scope="mine")


@case
def gru_time_major(b):
  return recurrent(b).functional_rnn(
      b.tf.nn.rnn_cell.GRUCell(b.units), b.sequence(time_major=True),
      dtype=b.dtype, time_major=True)


@case
def gru_lengths_with_zero(b):
  """A row of no length: zeros, not its initial state."""
  return recurrent(b).functional_rnn(
      b.tf.nn.rnn_cell.GRUCell(b.units), b.sequence(),
      sequence_length=[0, 2], initial_state=b.state(b.units))


@case
def projected_output(b):
  """The output is no part of the state."""
  cell = b.tf.contrib.rnn.OutputProjectionWrapper(
      b.tf.nn.rnn_cell.GRUCell(b.units), 3)
  with b.tf.variable_scope("model", dtype=b.dtype):
    return recurrent(b).functional_rnn(
        cell, b.sequence(), dtype=b.dtype,
        sequence_length=b.integers("lengths", [3, 1]))


@case
def stacked(b):
  rnn = b.tf.nn.rnn_cell
  cell = rnn.MultiRNNCell([rnn.LSTMCell(3), rnn.GRUCell(b.units)])
  return recurrent(b).functional_rnn(cell, b.sequence(), dtype=b.dtype)


@case
def reversed_with_lengths(b):
  return recurrent(b).functional_rnn(
      b.tf.nn.rnn_cell.GRUCell(b.units), b.sequence(),
      sequence_length=b.integers("lengths", [2, 2]), dtype=b.dtype,
      reverse=True)


@case
def both_ways(b):
  rnn = b.tf.nn.rnn_cell
  return recurrent(b).bidirectional_functional_rnn(
      rnn.LSTMCell(b.units), rnn.GRUCell(3), b.sequence(), dtype=b.dtype,
      sequence_length=b.integers("lengths", [3, 2]))


@case
def both_ways_fast(b):
  rnn = b.tf.nn.rnn_cell
  first, second = rnn.GRUCell(b.units), rnn.GRUCell(3)
  return recurrent(b).bidirectional_functional_rnn(
      first, second, b.sequence(), dtype=b.dtype, fast_reverse=True,
      scope="mine")


@case
def both_ways_without_lengths(b):
  rnn = b.tf.nn.rnn_cell
  return recurrent(b).bidirectional_functional_rnn(
      rnn.GRUCell(b.units), rnn.GRUCell(3),
      b.sequence(time_major=True), dtype=b.dtype, time_major=True,
      initial_state_bw=b.state(3))


@case
def two_in_one_graph(b):
  """Their variables and later ones come in 1.15's order."""
  cell = b.tf.nn.rnn_cell.LSTMCell(b.units)
  outputs, state = recurrent(b).functional_rnn(
      cell, b.sequence(), dtype=b.dtype)
  more = b.tf.get_variable("more", [b.units, 2], b.dtype)
  outputs, again = recurrent(b).functional_rnn(
      b.tf.nn.rnn_cell.GRUCell(3), outputs, dtype=b.dtype, scope="second")
  return [outputs, b.tf.matmul(state.h, more)], [state, again]


def _own_step(b):
  tf = b.tf

  def cell_fn(theta, state, x):
    h = tf.tanh(tf.matmul(state["h"], theta["w"]) + x["x"] * theta["b"])
    total = state["total"] + tf.reduce_sum(h, 1)
    return {"h": h, "total": total}, {"h": h}

  theta = {"w": b.input("w", [b.units, b.units]), "b": b.input("b", [b.units]),
           "idle": b.input("idle", [2])}
  state0 = {"h": b.input("h", [b.batch, b.units]),
            "total": b.input("total", [b.batch])}
  x = {"x": b.input("x", [b.time, b.batch, b.units])}
  return theta, state0, x, cell_fn


def _leaves(result, steps=3):
  # 1.15 knew no shapes here; with them the gradient is weighted alike.
  states, final = result
  for nest, first in ((states, [steps]), (final, [])):
    nest["h"].set_shape(first + [2, 5])
    nest["total"].set_shape(first + [2])
  return [states["h"], states["total"]], [final["h"], final["total"]]


@case
def own_step(b):
  return _leaves(recurrent(b).Recurrent(*_own_step(b)))


@case
def own_step_first_two(b):
  return _leaves(recurrent(b).Recurrent(
      *_own_step(b), max_input_length=b.integers("steps", 2)))


@case
def own_step_last_two(b):
  """1.15's gradient takes zeros for the state before the first of them."""
  return _leaves(recurrent(b).Recurrent(
      *_own_step(b), max_input_length=b.integers("steps", 2),
      aligned_end=True))


@case
def own_step_only_one(b):
  return _leaves(recurrent(b).Recurrent(
      *_own_step(b), max_input_length=b.tf.constant(1)))


@case
def own_gradient(b):
  """A cell_grad that reads the extras, and is wrong on purpose."""
  tf = b.tf
  theta, state0, x, cell_fn = _own_step(b)

  def cell_grad(theta, state, inputs, extras, dstate):
    dh = dstate["h"] * (1 - tf.square(extras["h"])) * 2.0
    return ({"w": tf.matmul(state["h"], dh, transpose_a=True),
             "b": tf.reduce_sum(dh * inputs["x"], 0),
             "idle": tf.zeros_like(theta["idle"])},
            {"h": tf.matmul(dh, theta["w"], transpose_b=True),
             "total": dstate["total"]},
            {"x": dh * theta["b"]})
  return _leaves(recurrent(b).Recurrent(
      theta, state0, x, cell_fn, cell_grad=cell_grad))


@case
def own_gradient_of_one_step(b):
  tf = b.tf
  w, h = b.input("w", [b.units, b.units]), b.input("h", [b.batch, b.units])
  x = b.input("x", [1, b.batch, b.units])

  def cell_fn(theta, state, inputs):
    return tf.matmul(state, theta) + inputs, []

  def cell_grad(theta, state, inputs, unused_extras, dstate):
    return (tf.matmul(state, dstate, transpose_a=True),
            tf.matmul(dstate, theta, transpose_b=True), 3.0 * dstate)
  states, final = recurrent(b).Recurrent(
      w, h, x, cell_fn, cell_grad=cell_grad, extras=[],
      max_input_length=tf.constant(1))
  states.set_shape(x.shape)
  final.set_shape(h.shape)
  return [states], [final]


@case
def one_step_without_a_loop(b):
  theta, state0, x, cell_fn = _own_step(b)
  x = {"x": x["x"][:1]}
  return _leaves(recurrent(b).Recurrent(
      theta, state0, x, cell_fn, max_input_length=1), 1)
