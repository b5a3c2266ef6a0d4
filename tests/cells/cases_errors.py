"""What 1.15 refused, and which built-in exception it raised."""

import numpy as np

from cells.measure import Registry

case = Registry("errors")


def _lstm(b, **kwargs):
  return b.rnn.BasicLSTMCell(3, **kwargs)


def _pair(b, units=3):
  return b.state(b.rnn.LSTMStateTuple(units, units))


@case
def input_rank_3(b):
  _lstm(b)(b.tf.placeholder(b.tf.float32, [2, 5, 4]), _pair(b))


@case
def input_rank_1(b):
  b.rnn.GRUCell(3)(b.tf.placeholder(b.tf.float32, [4]), b.x(3))


@case
def input_rank_unknown(b):
  b.rnn.GRUCell(3)(b.tf.placeholder(b.tf.float32), b.x(3))


@case
def input_depth_unknown(b):
  b.rnn.GRUCell(3)(b.x(None), b.x(3))


@case
def input_depth_unknown_lstm(b):
  b.rnn.LSTMCell(3)(b.x(None), _pair(b))


@case
def input_depth_unknown_rnn(b):
  b.rnn.BasicRNNCell(3)(b.x(None), b.x(3))


@case
def input_depth_unknown_basic_lstm(b):
  _lstm(b)(b.x(None), _pair(b))


@case
def input_list_of_two(b):
  b.rnn.GRUCell(3)([b.x(), b.x()], b.x(3))


@case
def input_int_dtype(b):
  b.rnn.GRUCell(3)(b.x(dtype=b.tf.int32), b.x(3))


@case
def input_int_dtype_lstm(b):
  _lstm(b)(b.x(dtype=b.tf.int64), _pair(b))


@case
def state_int_dtype(b):
  b.rnn.GRUCell(3)(b.x(), b.x(3, dtype=b.tf.int32))


@case
def constructor_int_dtype(b):
  b.rnn.LSTMCell(3, dtype=b.tf.int32)


@case
def mixed_dtypes_rnn(b):
  b.rnn.BasicRNNCell(3)(b.x(), b.x(3, dtype=b.tf.float64))


@case
def mixed_dtypes_basic_lstm(b):
  _lstm(b)(b.x(), b.state(_lstm(b).state_size, dtype=b.tf.float64))


@case
def mixed_dtypes_lstm(b):
  cell = b.rnn.LSTMCell(3)
  cell(b.x(dtype=b.tf.float64), b.state(cell.state_size))


@case
def mixed_dtypes_gru(b):
  b.rnn.GRUCell(3)(b.x(dtype=b.tf.float16), b.x(3))


@case
def mixed_dtypes_cell_and_input(b):
  b.rnn.GRUCell(3, dtype=b.tf.float64)(b.x(), b.x(3))


@case
def mixed_dtypes_pair(b):
  _lstm(b)(b.x(), b.rnn.LSTMStateTuple(b.x(3), b.x(3, dtype=b.tf.float64)))


@case
def state_tuple_dtype(b):
  b.rnn.LSTMStateTuple(b.x(3), b.x(3, dtype=b.tf.float64)).dtype


@case
def state_is_a_tensor(b):
  _lstm(b)(b.x(), b.x(3))


@case
def state_is_a_tensor_lstm(b):
  b.rnn.LSTMCell(3)(b.x(), b.x(6))


@case
def state_of_three(b):
  _lstm(b)(b.x(), (b.x(3), b.x(3), b.x(3)))


@case
def state_of_one(b):
  b.rnn.LSTMCell(3)(b.x(), (b.x(3),))


@case
def state_is_none(b):
  _lstm(b)(b.x(), None)


@case
def state_is_a_pair_for_gru(b):
  b.rnn.GRUCell(3)(b.x(), _pair(b))


@case
def state_is_a_pair_without_tuple(b):
  _lstm(b, state_is_tuple=False)(b.x(), _pair(b))


@case
def state_of_other_width(b):
  b.rnn.GRUCell(3)(b.x(), b.x(5))


@case
def state_of_other_width_lstm(b):
  _lstm(b)(b.x(), _pair(b, 5))


@case
def state_of_other_batch(b):
  b.rnn.GRUCell(3)(b.x(), b.x(3, batch=7))


@case
def state_missing(b):
  _lstm(b)(b.x())


@case
def units_missing(b):
  b.rnn.BasicLSTMCell()


@case
def units_none(b):
  b.step(b.rnn.GRUCell(None))


@case
def units_text(b):
  b.step(b.rnn.GRUCell("three"))


@case
def units_fraction(b):
  cell = b.rnn.GRUCell(2.5)
  cell(b.x(), b.x(3))


@case
def units_negative(b):
  cell = b.rnn.GRUCell(-3)
  cell(b.x(), b.x(3))


@case
def units_list(b):
  cell = b.rnn.GRUCell([3])
  cell(b.x(), b.x(3))


@case
def activation_unknown_name(b):
  b.rnn.GRUCell(3, activation="wobble")


@case
def activation_number(b):
  b.rnn.GRUCell(3, activation=7)


@case
def initializer_unknown_name(b):
  b.rnn.LSTMCell(3, initializer="wobble")


@case
def initializer_number(b):
  b.rnn.LSTMCell(3, initializer=0.1)


@case
def constructor_unknown_argument(b):
  b.rnn.LSTMCell(3, colour="red")


@case
def scope_name_before_use(b):
  _lstm(b).scope_name


@case
def count_params_before_use(b):
  _lstm(b).count_params()


@case
def state_size_of_base(b):
  b.rnn.RNNCell().state_size


@case
def output_size_of_base(b):
  b.rnn.RNNCell().output_size


@case
def zero_state_batch_none(b):
  _lstm(b).zero_state(None, b.tf.float32)


@case
def zero_state_batch_unknown_dimension(b):
  _lstm(b).zero_state(b.x(batch=None).shape.dims[0], b.tf.float32)


@case
def zero_state_batch_matrix(b):
  _lstm(b).zero_state(b.tf.constant([[1]]), b.tf.float32)


@case
def initial_state_nothing(b):
  _lstm(b).get_initial_state()


@case
def initial_state_other_batch(b):
  _lstm(b).get_initial_state(inputs=b.x(), batch_size=7)


@case
def initial_state_other_dtype(b):
  _lstm(b).get_initial_state(inputs=b.x(), dtype=b.tf.float64)


@case
def multi_empty(b):
  b.rnn.MultiRNNCell([])


@case
def multi_one_cell(b):
  b.rnn.MultiRNNCell(_lstm(b))


@case
def multi_state_is_tuple(b):
  b.rnn.MultiRNNCell([_lstm(b), _lstm(b)], state_is_tuple=False)


@case
def multi_state_is_a_tensor(b):
  b.rnn.MultiRNNCell([b.rnn.GRUCell(3)])(b.x(), b.x(3))


@case
def multi_scopes_clash(b):
  with b.tf.variable_scope("a"):
    b.step(b.rnn.MultiRNNCell([_lstm(b)]))
  with b.tf.variable_scope("a"):
    b.step(b.rnn.MultiRNNCell([_lstm(b)]))


@case
def call_on_other_graph(b):
  cell = b.rnn.GRUCell(3)
  b.step(cell)
  with b.tf.Graph().as_default():
    b.step(cell)


@case
def numpy_state_int(b):
  b.rnn.GRUCell(3)(b.x(), np.zeros([2, 3], np.int64))
