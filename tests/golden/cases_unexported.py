"""Golden cases of cells that tf.contrib.rnn had but did not export.

Programs import them from tensorflow.contrib.rnn.python.ops.rnn_cell.

This file runs unchanged on Python 3.7 with TensorFlow 1.15, and here.
"""

import importlib

from golden.registry import SINGLE
from golden.registry import case
from golden.registry import each_loop
from golden.registry import nn


def unexported(bench):
  return importlib.import_module(
      bench.tf.__name__ + ".contrib.rnn.python.ops.rnn_cell")


MINIMAL = {
    "minimal": lambda b: unexported(b).MinimalRNNCell(b.units),
    "minimal_all": lambda b: unexported(b).MinimalRNNCell(
        b.units, activation="relu", kernel_initializer="he_normal",
        bias_initializer="zeros", name="mine", dtype=b.dtype),
    "cfn": lambda b: unexported(b).CFNCell(b.units),
    "cfn_all": lambda b: unexported(b).CFNCell(
        b.units, activation=b.tf.nn.softsign,
        kernel_initializer=b.tf.truncated_normal_initializer(stddev=0.3),
        bias_initializer=None, name="mine", dtype=b.dtype),
}
for _name in sorted(MINIMAL):
  each_loop(_name, "minimal", MINIMAL[_name])


@case("minimal")
def minimal_no_activation(b):
  cell = unexported(b).MinimalRNNCell(b.units, activation=None,
                                      kernel_initializer=None)
  return cell(b.input("x", [b.batch, b.depth]), b.state(b.units))


@case("minimal")
def cfn_no_activation(b):
  cell = unexported(b).CFNCell(b.units, activation=None)
  return cell(b.input("x", [b.batch, b.depth]), b.state(b.units))


def _refused(name, kind, shape, dtype=None):
  def build(b):
    x = b.tf.placeholder(dtype and getattr(b.tf, dtype) or b.dtype, shape)
    return getattr(unexported(b), kind)(b.units)(x, b.state(b.units))
  build.__name__ = name
  case("minimal", SINGLE)(build)


_refused("minimal_unknown_depth", "MinimalRNNCell", [2, None])
_refused("minimal_rank_3", "MinimalRNNCell", [2, 3, 4])
_refused("minimal_other_dtype", "MinimalRNNCell", [2, 4], "float64")
_refused("cfn_unknown_depth", "CFNCell", [2, None])
_refused("cfn_other_dtype", "CFNCell", [2, 4], "float64")


LAYER_NORM = {
    "layer_norm_lstm": lambda b: unexported(b).LayerNormLSTMCell(
        b.units, layer_norm=True),
    "layer_norm_lstm_all": lambda b: unexported(b).LayerNormLSTMCell(
        b.units, use_peepholes=True, cell_clip=0.4,
        initializer=b.tf.constant_initializer(0.2), num_proj=3, proj_clip=0.3,
        forget_bias=0.5, activation=b.tf.nn.softsign, layer_norm=True,
        norm_gain=1.5, norm_shift=0.25),
}
for _name in sorted(LAYER_NORM):
  each_loop(_name, "layer_norm_lstm", LAYER_NORM[_name], scoped=True)
each_loop("layer_norm_lstm_off", "layer_norm_lstm",
          lambda b: unexported(b).LayerNormLSTMCell(
              b.units, use_peepholes=True, num_proj=3))


@case("layer_norm_lstm", ("float64",))
def layer_norm_lstm_scope_of_float32(b):
  cell = unexported(b).LayerNormLSTMCell(b.units, layer_norm=True)
  return cell(b.input("x", [b.batch, b.depth]), b.state(cell.state_size))


WEIGHT_NORM = {
    "weight_norm": lambda b: unexported(b).WeightNormLSTMCell(b.units),
    "weight_norm_off": lambda b: unexported(b).WeightNormLSTMCell(
        b.units, norm=False, activation=b.tf.nn.relu),
    "weight_norm_all": lambda b: unexported(b).WeightNormLSTMCell(
        b.units, use_peepholes=True, cell_clip=0.4,
        initializer=b.tf.constant_initializer(0.2), num_proj=3, proj_clip=0.3,
        forget_bias=0.5),
    "weight_norm_multi": lambda b: nn(b).MultiRNNCell([
        unexported(b).WeightNormLSTMCell(3),
        unexported(b).WeightNormLSTMCell(b.units)]),
}
for _name in sorted(WEIGHT_NORM):
  each_loop(_name, "weight_norm", WEIGHT_NORM[_name])


@case("weight_norm")
def weight_norm_called_twice(b):
  cell = unexported(b).WeightNormLSTMCell(b.units)
  x, state = b.input("x", [b.batch, b.depth]), b.state(cell.state_size)
  one, state = cell(x, state)
  two, state = cell(x, state)
  return [one, two], state


@case("weight_norm")
def weight_norm_scope_argument(b):
  cell = unexported(b).WeightNormLSTMCell(b.units)
  with b.tf.variable_scope("outer"):
    return cell(b.input("x", [b.batch, b.depth]), b.state(cell.state_size),
                scope="mine")


@case("weight_norm", SINGLE)
def weight_norm_two_cells_in_one_place(b):
  for _ in range(2):
    cell = unexported(b).WeightNormLSTMCell(b.units)
    result = cell(b.input("x", [b.batch, b.depth]), b.state(cell.state_size))
  return result


@case("weight_norm", SINGLE)
def weight_norm_two_cells_share(b):
  first = unexported(b).WeightNormLSTMCell(b.units)
  second = unexported(b).WeightNormLSTMCell(b.units, reuse=True)
  x, state = b.input("x", [b.batch, b.depth]), b.state(first.state_size)
  one, one_state = first(x, state)
  two, two_state = second(x, state)
  return [one, two], [one_state, two_state]


def _ntm(b, **options):
  return unexported(b).NTMCell(
      nn(b).LSTMCell(3), memory_size=6, memory_vector_dim=2,
      **dict({"read_head_num": 1, "write_head_num": 1}, **options))


NTM = {
    "ntm": lambda b: _ntm(b, output_dim=b.units),
    "ntm_all": lambda b: unexported(b).NTMCell(
        nn(b).GRUCell(3), 7, 2, 2, 2, shift_range=2, output_dim=b.units,
        clip_value=0.5, name="mine"),
    "ntm_multi": lambda b: unexported(b).NTMCell(
        nn(b).MultiRNNCell([nn(b).GRUCell(3), nn(b).LSTMCell(2)]), 6, 3, 2, 1,
        output_dim=4),
}


def _register_ntm(name):
  """From the cell's own zero state, in both loops."""
  def dynamic(b):
    outputs, state = b.tf.nn.dynamic_rnn(
        NTM[name](b), b.sequence(), dtype=b.dtype, parallel_iterations=1)
    return outputs, state._replace(time=[])  # the file contains floats

  def static(b):
    outputs, state = b.tf.nn.static_rnn(
        NTM[name](b), b.steps(), dtype=b.dtype)
    return outputs, state._replace(time=[])
  for loop in (dynamic, static):
    loop.__name__ = name + "-" + loop.__name__
    case("memory", SINGLE)(loop)


for _name in sorted(NTM):
  _register_ntm(_name)


@case("memory", SINGLE)
def ntm_goes_on(b):
  """The state of a later step: the initial variables are not used."""
  cell = _ntm(b, read_head_num=2)
  state = type(cell.state_size)(
      controller_state=b.state(cell.controller.state_size, "controller"),
      read_vector_list=[b.state(2, "read_%d" % place) for place in range(2)],
      w_list=[b.tf.nn.softmax(b.state(6, "w_%d" % place))
              for place in range(3)],
      M=b.input("M", [b.batch, 6, 2]), time=4)
  output, state = cell(b.input("x", [b.batch, b.depth]), state)
  return output, state._replace(time=[])


@case("memory", SINGLE)
def ntm_output_like_input(b):
  cell = _ntm(b)
  output, state = cell(
      b.input("x", [b.batch, b.depth]), cell.zero_state(b.batch, b.dtype))
  return output, state._replace(time=[])


@case("memory", SINGLE)
def ntm_one_row(b):
  cell = _ntm(b)
  output, state = cell(
      b.input("x", [1, b.depth]), cell.zero_state(1, b.dtype))
  return output, state._replace(time=[])


def _refused_ntm(name, shape=(2, 4), **options):
  def build(b):
    cell = _ntm(b, **options)
    return cell(b.input("x", list(shape), [2, 4]), cell.zero_state(2, b.dtype))
  build.__name__ = "ntm_" + name
  case("memory", SINGLE)(build)


_refused_ntm("no_write_head", write_head_num=0)
_refused_ntm("no_read_head", read_head_num=0)
_refused_ntm("small_memory", shift_range=3)
_refused_ntm("unknown_depth", shape=(2, None))
_refused_ntm("unknown_batch", shape=(None, 4))


@case("memory", SINGLE)
def ntm_controller_is_no_cell(b):
  return unexported(b).NTMCell(5, 6, 2, 1, 1)


@case("memory", SINGLE)
def ntm_dynamic_without_output_dim(b):
  return b.tf.nn.dynamic_rnn(_ntm(b), b.sequence(), dtype=b.dtype)
