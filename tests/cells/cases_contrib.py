"""Cells that only `tf.contrib.rnn` had: scopes, copies, errors, gradients."""

import copy

import numpy as np

from cells.measure import Registry
from cells.measure import names

case = Registry("contrib")


def _cells(b):
  r = b.rnn
  return [
      r.LSTMBlockCell(3), r.LSTMBlockCell(3, use_peephole=True, name="mine"),
      r.GRUBlockCell(3), r.GRUBlockCell(cell_size=3), r.GRUBlockCellV2(3),
      r.NASCell(3), r.NASCell(3, num_proj=2, use_bias=True, name="nas"),
      r.LayerNormBasicLSTMCell(3),
      r.LayerNormBasicLSTMCell(3, layer_norm=False)]


def _pair(b, units=3, dtype=None):
  return b.state(b.rnn.LSTMStateTuple(units, units), dtype=dtype)


@case
def attributes_before_and_after(b):
  said = []
  for number, cell in enumerate(_cells(b)):
    before = [cell.name, cell.built, cell.dtype, names(cell.weights)]
    with b.tf.variable_scope("number_%d" % number):
      output, state = b.step(cell)
    said.append([before, cell.built, cell.dtype, cell.scope_name,
                 names(cell.trainable_variables), names(cell.variables),
                 cell.count_params(), str(cell.output_size), output.name,
                 str(output.shape), hasattr(state, "c")])
  return said


@case
def names_by_default(b):
  return [cell.name for cell in _cells(b) + _cells(b)]


@case
def second_call_reuses(b):
  for number, cell in enumerate(_cells(b)):
    with b.tf.variable_scope("number_%d" % number):
      b.step(cell)
      b.step(cell)


@case
def scope_argument(b):
  for number, cell in enumerate(_cells(b)):
    b.step(cell, scope="scope_%d" % number)


@case
def reuse_by_scope(b):
  for reuse in (None, True):
    with b.tf.variable_scope("model", reuse=reuse):
      b.step(b.rnn.LSTMBlockCell(3))
      b.step(b.rnn.GRUBlockCellV2(3))
      b.step(b.rnn.NASCell(3))


@case
def reuse_by_argument(b):
  b.step(b.rnn.LSTMBlockCell(3))
  b.step(b.rnn.LSTMBlockCell(3, reuse=True))
  b.step(b.rnn.GRUBlockCell(3))
  b.step(b.rnn.GRUBlockCell(3, reuse=True))
  b.step(b.rnn.NASCell(3))
  b.step(b.rnn.NASCell(3, reuse=True))
  b.step(b.rnn.LayerNormBasicLSTMCell(3))
  b.step(b.rnn.LayerNormBasicLSTMCell(3, reuse=True))


@case
def collections_of_layer_norm(b):
  cell = b.rnn.LayerNormBasicLSTMCell(3, dropout_keep_prob=0.5)
  b.step(cell)
  b.step(cell)
  graph = b.tf.get_default_graph()
  return {key: len(graph.get_collection(key))
          for key in sorted(graph.get_all_collection_keys())}


@case
def layer_norm_in_half_precision(b):
  b.step(b.rnn.LayerNormBasicLSTMCell(3), dtype=b.tf.float16)


@case
def layer_norm_own_norm(b):
  """A subclass that normalizes differently."""

  class Mine(b.rnn.LayerNormBasicLSTMCell):

    def _norm(self, inp, scope, dtype=b.tf.float32):
      return inp * b.tf.get_variable(scope + "_gain", [], dtype=dtype)

  b.step(Mine(3))


@case
def layer_norm_scope_of_variables(b):
  with b.tf.variable_scope(
      "a", initializer=b.tf.random_uniform_initializer(-0.1, 0.1),
      regularizer=b.tf.nn.l2_loss):
    b.step(b.rnn.LayerNormBasicLSTMCell(3))
  with b.tf.variable_scope("b", regularizer=b.tf.nn.l2_loss):
    b.step(b.rnn.LayerNormBasicLSTMCell(3, layer_norm=False))
  return names(b.tf.get_collection(b.tf.GraphKeys.REGULARIZATION_LOSSES))


@case
def same_name_again(b):
  b.step(b.rnn.LSTMBlockCell(3))
  b.step(b.rnn.LSTMBlockCell(3))


@case
def block_after_plain_needs_reuse(b):
  with b.tf.variable_scope("model"):
    b.step(b.rnn.LSTMCell(3))
  with b.tf.variable_scope("model", reuse=b.tf.AUTO_REUSE):
    b.step(b.rnn.LSTMBlockCell(3))


@case
def reuse_without_variables(b):
  b.step(b.rnn.LSTMBlockCell(3, reuse=True))


@case
def scope_initializer_and_regularizer(b):
  with b.tf.variable_scope(
      "a", initializer=b.tf.random_uniform_initializer(-0.1, 0.1),
      regularizer=b.tf.nn.l2_loss):
    for cell in (b.rnn.LSTMBlockCell(3, use_peephole=True),
                 b.rnn.GRUBlockCellV2(3), b.rnn.NASCell(3, use_bias=True)):
      b.step(cell)
  return names(b.tf.get_collection(b.tf.GraphKeys.REGULARIZATION_LOSSES))


@case
def copies_before_use(b):
  twins = [copy.deepcopy(cell) for cell in _cells(b)]
  for number, cell in enumerate(twins):
    with b.tf.variable_scope("number_%d" % number):
      b.step(cell)
  return [twin.name for twin in twins]


@case
def copy_after_use_block(b):
  cell = b.rnn.LSTMBlockCell(3)
  b.step(cell)
  copy.deepcopy(cell)


@case
def copy_after_use_nas(b):
  cell = b.rnn.NASCell(3)
  b.step(cell)
  copy.deepcopy(cell)


@case
def half_precision(b):
  dtype = b.tf.float16
  b.step(b.rnn.LSTMBlockCell(3, dtype=dtype), dtype=dtype)
  b.step(b.rnn.LSTMBlockCell(3, use_peephole=True, name="two"), dtype=dtype)
  b.step(b.rnn.NASCell(3), dtype=dtype)


@case
def nas_trainable_false(b):
  b.step(b.rnn.NASCell(3, trainable=False))


@case
def whole_float_units(b):
  b.step(b.rnn.LSTMBlockCell(3.0))


@case
def numpy_units(b):
  b.step(b.rnn.LSTMBlockCell(np.int64(3), forget_bias=np.float32(0.5)))
  b.step(b.rnn.NASCell(np.int32(3)))


@case
def zero_states(b):
  return [str(cell.zero_state(2, b.tf.float32)) for cell in _cells(b)[:1]]


# Their gradients by tf.gradients.

def _flat(state):
  return list(state) if isinstance(state, tuple) else [state]


def _differentiate(b, cell, targets=None, batch=2):
  x, state = b.x(batch=batch), b.state(cell.state_size, batch=batch)
  output, new_state = cell(x, state)
  targets = targets(new_state) if targets else [output]
  # Passed in, since 2.x gives those that it makes itself other names.
  weights = [b.tf.placeholder(b.tf.float32, [batch, 3]) for _ in targets]
  return names(b.tf.gradients(
      targets, [x] + _flat(state) + cell.trainable_variables, weights))


@case
def gradients_of_block_lstm(b):
  return _differentiate(b, b.rnn.LSTMBlockCell(3))


@case
def gradients_of_block_lstm_peephole(b):
  return _differentiate(b, b.rnn.LSTMBlockCell(3, use_peephole=True))


@case
def gradients_of_block_lstm_memory(b):
  return _differentiate(
      b, b.rnn.LSTMBlockCell(3), lambda state: [state.c, state.h])


@case
def gradients_of_block_lstm_open_batch(b):
  return _differentiate(b, b.rnn.LSTMBlockCell(3), batch=None)


@case
def gradients_of_block_gru(b):
  return _differentiate(b, b.rnn.GRUBlockCell(3))


@case
def gradients_of_block_gru_open_batch(b):
  return _differentiate(b, b.rnn.GRUBlockCellV2(3), batch=None)


# Refusals.

@case
def lstm_float64(b):
  b.step(b.rnn.LSTMBlockCell(3), dtype=b.tf.float64)


@case
def lstm_float64_variables(b):
  b.step(b.rnn.LSTMBlockCell(3, dtype=b.tf.float64))


@case
def gru_float16(b):
  b.step(b.rnn.GRUBlockCellV2(3), dtype=b.tf.float16)


@case
def gru_float64(b):
  b.step(b.rnn.GRUBlockCell(3), dtype=b.tf.float64)


@case
def lstm_int_inputs(b):
  b.rnn.LSTMBlockCell(3)(b.x(dtype=b.tf.int32), _pair(b))


@case
def gru_int_inputs(b):
  b.rnn.GRUBlockCell(3)(b.x(dtype=b.tf.int32), b.x(3))


@case
def nas_int_inputs(b):
  b.rnn.NASCell(3)(b.x(dtype=b.tf.int32), _pair(b))


@case
def lstm_state_of_one_tensor(b):
  b.rnn.LSTMBlockCell(3)(b.x(), b.x(6))


@case
def lstm_state_of_three(b):
  b.rnn.LSTMBlockCell(3)(b.x(), (b.x(3), b.x(3), b.x(3)))


@case
def nas_state_of_one_tensor(b):
  b.rnn.NASCell(3)(b.x(), b.x(6))


@case
def nas_state_of_three(b):
  b.rnn.NASCell(3)(b.x(), (b.x(3), b.x(3), b.x(3)))


@case
def nas_state_of_another_dtype(b):
  b.rnn.NASCell(3)(b.x(), _pair(b, dtype=b.tf.float64))


@case
def lstm_state_of_another_dtype(b):
  b.rnn.LSTMBlockCell(3)(b.x(), _pair(b, dtype=b.tf.float64))


@case
def layer_norm_state_of_one_tensor(b):
  b.rnn.LayerNormBasicLSTMCell(3)(b.x(), b.x(6))


@case
def layer_norm_state_of_three(b):
  b.rnn.LayerNormBasicLSTMCell(3)(b.x(), (b.x(3), b.x(3), b.x(3)))


@case
def layer_norm_state_of_another_dtype(b):
  b.rnn.LayerNormBasicLSTMCell(3)(b.x(), _pair(b, dtype=b.tf.float64))


@case
def layer_norm_depth_unknown(b):
  b.rnn.LayerNormBasicLSTMCell(3)(b.x(None), _pair(b))


@case
def layer_norm_keeps_nothing(b):
  b.step(b.rnn.LayerNormBasicLSTMCell(3, dropout_keep_prob=0.0))


@case
def layer_norm_keeps_too_much(b):
  b.step(b.rnn.LayerNormBasicLSTMCell(3, dropout_keep_prob=2))


@case
def layer_norm_takes_no_name(b):
  b.rnn.LayerNormBasicLSTMCell(3, name="mine")


@case
def gru_state_of_another_width(b):
  b.rnn.GRUBlockCell(3)(b.x(), b.x(4))


@case
def nas_state_of_another_width(b):
  b.rnn.NASCell(3)(b.x(), _pair(b, 4))


@case
def gru_without_units(b):
  b.rnn.GRUBlockCell()


@case
def gru_with_both_units(b):
  b.rnn.GRUBlockCell(3, cell_size=3)


@case
def lstm_depth_unknown(b):
  b.rnn.LSTMBlockCell(3)(b.x(None), _pair(b))


@case
def gru_depth_unknown(b):
  b.rnn.GRUBlockCellV2(3)(b.x(None), b.x(3))


@case
def nas_depth_unknown(b):
  b.rnn.NASCell(3)(b.x(None), _pair(b))


@case
def lstm_rank_3(b):
  b.rnn.LSTMBlockCell(3)(
      b.tf.placeholder(b.tf.float32, [2, 5, 4]), _pair(b))


@case
def nas_rank_3(b):
  b.rnn.NASCell(3)(b.tf.placeholder(b.tf.float32, [2, 5, 4]), _pair(b))


@case
def lstm_takes_no_kwargs(b):
  b.rnn.LSTMBlockCell(3, trainable=False)


@case
def nas_unknown_argument(b):
  b.rnn.NASCell(3, forget_bias=1.0)
