"""Golden cases of tf.contrib.grid_rnn.

This file runs unchanged on Python 3.7 with TensorFlow 1.15, and here.
"""

from golden.registry import SINGLE
from golden.registry import case
from golden.registry import nn


def grid(bench):
  return bench.tf.contrib.grid_rnn


def _scope(b):
  """1.15 gave a grid's non-recurrent layer no usable initializer."""
  return b.tf.variable_scope(
      "model", initializer=b.tf.random_uniform_initializer(-0.1, 0.1))


def state_of(b, cell):
  """A state in which every recurrent dimension is fed."""
  return b.state(cell.state_size)


def one_step(b, cell):
  with _scope(b):
    return cell(b.input("x", [b.batch, b.depth]), state_of(b, cell))


def static(b, cell):
  with _scope(b):
    return b.tf.nn.static_rnn(cell, b.steps(), initial_state=state_of(b, cell))


def dynamic(b, cell):
  with _scope(b):
    return b.tf.nn.dynamic_rnn(
        cell, b.sequence(), initial_state=state_of(b, cell),
        parallel_iterations=1)


CELLS = {
    "grid1_rnn": lambda b: grid(b).Grid1BasicRNNCell(b.units),
    "grid1_basic_lstm": lambda b: grid(b).Grid1BasicLSTMCell(
        b.units, forget_bias=0.5),
    "grid1_lstm": lambda b: grid(b).Grid1LSTMCell(
        b.units, use_peepholes=True, forget_bias=0.5),
    "grid2_rnn": lambda b: grid(b).Grid2BasicRNNCell(b.units),
    "grid2_rnn_tied": lambda b: grid(b).Grid2BasicRNNCell(
        b.units, tied=True),
    "grid2_rnn_half": lambda b: grid(b).Grid2BasicRNNCell(
        b.units, non_recurrent_fn=b.tf.nn.relu),
    "grid2_gru": lambda b: grid(b).Grid2GRUCell(b.units),
    "grid2_gru_half": lambda b: grid(b).Grid2GRUCell(
        b.units, non_recurrent_fn=b.tf.tanh),
    "grid2_basic_lstm": lambda b: grid(b).Grid2BasicLSTMCell(b.units),
    "grid2_basic_lstm_half": lambda b: grid(b).Grid2BasicLSTMCell(
        b.units, forget_bias=0.5, non_recurrent_fn=b.tf.nn.relu),
    "grid2_lstm": lambda b: grid(b).Grid2LSTMCell(
        b.units, use_peepholes=True),
    "grid2_lstm_tied": lambda b: grid(b).Grid2LSTMCell(b.units, tied=True),
    "grid2_lstm_half": lambda b: grid(b).Grid2LSTMCell(
        b.units, non_recurrent_fn=b.tf.sigmoid, forget_bias=2.0),
    "grid3_lstm": lambda b: grid(b).Grid3LSTMCell(b.units),
    "grid3_lstm_tied": lambda b: grid(b).Grid3LSTMCell(
        b.units, tied=True, use_peepholes=True),
    "grid3_lstm_half": lambda b: grid(b).Grid3LSTMCell(
        b.units, non_recurrent_fn=b.tf.nn.relu),
    "grid_own": lambda b: grid(b).GridRNNCell(
        b.units, num_dims=3, input_dims=[0, 1], output_dims=[2, 0],
        priority_dims=[1], non_recurrent_dims=0,
        cell_fn=lambda n: nn(b).LSTMCell(n, num_proj=n)),
    "grid_lstm_default": lambda b: grid(b).GridRNNCell(
        b.units, 2, input_dims=0, output_dims=[0, 1], tied=True),
    "grid_no_input": lambda b: grid(b).GridRNNCell(
        b.units, 2, output_dims=1,
        cell_fn=lambda n: b.tf.nn.rnn_cell.GRUCell(n)),
    "grid_concatenated": lambda b: grid(b).GridRNNCell(
        b.units, 2, input_dims=0, output_dims=[0, 1], priority_dims=0,
        cell_fn=nn(b).BasicLSTMCell, state_is_tuple=False,
        output_is_tuple=False),
    "grid_no_output": lambda b: grid(b).GridRNNCell(
        b.units, 1, input_dims=0, output_is_tuple=False),
    "grid_no_output_tuple": lambda b: grid(b).GridRNNCell(
        b.units, 1, input_dims=0),
}


def _register(name, loop):
  def build(b):
    return loop(b, CELLS[name](b))
  build.__name__ = name + "-" + loop.__name__
  case("grid_rnn")(build)


for _name in sorted(CELLS):
  _register(_name, one_step)
for _name in ("grid1_lstm", "grid2_rnn_half", "grid2_lstm_tied",
              "grid3_lstm_half"):
  _register(_name, static)
  _register(_name, dynamic)


@case("grid_rnn", SINGLE)
def grid_from_zeros(b):
  return b.tf.nn.dynamic_rnn(
      grid(b).Grid2LSTMCell(b.units, output_is_tuple=False), b.sequence(),
      dtype=b.dtype, parallel_iterations=1)


@case("grid_rnn", SINGLE)
def grid_stacked(b):
  """Stacked in MultiRNNCell, grids need an output of one tensor."""
  cells = [grid(b).Grid2GRUCell(b.units, output_is_tuple=False)
           for _ in range(2)]
  cell = nn(b).MultiRNNCell(cells)
  return cell(b.input("x", [b.batch, b.depth]), b.state(cell.state_size))


@case("grid_rnn", SINGLE)
def grid_open_rows(b):
  x = b.input("x", [None, None, b.depth], [b.batch, b.time, b.depth])
  return b.tf.nn.dynamic_rnn(
      grid(b).Grid2LSTMCell(b.units), x, dtype=b.dtype,
      parallel_iterations=1)


@case("grid_rnn", SINGLE)
def grid1_open_rows(b):
  x = b.input("x", [None, b.depth], [b.batch, b.depth])
  cell = grid(b).Grid1LSTMCell(b.units)
  return cell(x, cell.zero_state(b.tf.shape(x)[0], b.dtype))


@case("grid_rnn", SINGLE)
def grid_named_scope(b):
  cell = grid(b).Grid1LSTMCell(b.units)
  return cell(b.input("x", [b.batch, b.depth]), state_of(b, cell), "mine")


@case("grid_rnn", SINGLE)
def grid_half_without_initializer(b):
  cell = grid(b).Grid2LSTMCell(b.units, non_recurrent_fn=b.tf.nn.relu)
  return cell(b.input("x", [b.batch, b.depth]), state_of(b, cell))


@case("grid_rnn", SINGLE)
def grid_regularized(b):
  cell = grid(b).Grid2LSTMCell(b.units, non_recurrent_fn=b.tf.nn.relu)
  with b.tf.variable_scope(
      "model", initializer=b.tf.random_uniform_initializer(-0.1, 0.1),
      regularizer=b.tf.nn.l2_loss):
    output, state = cell(
        b.input("x", [b.batch, b.depth]), state_of(b, cell))
  return output, [state, b.tf.losses.get_regularization_losses()]


def _refused(name, make):
  def build(b):
    return one_step(b, make(b))
  build.__name__ = "grid_" + name
  case("grid_rnn", SINGLE)(build)


_refused("concatenated_default", lambda b: grid(b).GridRNNCell(
    b.units, 2, input_dims=0, state_is_tuple=False))
_refused("half_tied", lambda b: grid(b).Grid2GRUCell(
    b.units, tied=True, non_recurrent_fn=b.tf.tanh))
_refused("no_input_nor_state", lambda b: grid(b).GridRNNCell(
    b.units, 2, input_dims=0, non_recurrent_dims=1))
_refused("first_without_a_value", lambda b: grid(b).GridRNNCell(
    b.units, 2, input_dims=1, non_recurrent_dims=0))
_refused("no_dims", lambda b: grid(b).GridRNNCell(b.units, 0))
_refused("dim_out_of_range", lambda b: grid(b).GridRNNCell(
    b.units, 2, input_dims=2))
_refused("negative_dim", lambda b: grid(b).GridRNNCell(
    b.units, 2, output_dims=[-1]))
_refused("no_cell", lambda b: grid(b).GridRNNCell(
    b.units, 1, cell_fn=lambda n: n))
_refused("uneven_split", lambda b: grid(b).GridRNNCell(
    b.units, 3, input_dims=[0, 1, 2]))


@case("grid_rnn", SINGLE)
def grid_other_state(b):
  cell = grid(b).Grid2GRUCell(b.units)
  return cell(b.input("x", [b.batch, b.depth]), b.state((b.units,)))


@case("grid_rnn", SINGLE)
def grid_no_input_tensor(b):
  cell = grid(b).Grid1LSTMCell(b.units)
  return cell(None, state_of(b, cell))
