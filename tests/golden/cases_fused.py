"""Golden cases of the fused cells and of those that compute what cuDNN does.

This file runs unchanged on Python 3.7 with TensorFlow 1.15, and here.
"""

from golden.registry import SINGLE
from golden.registry import case
from golden.registry import contrib
from golden.registry import each_loop
from golden.registry import nn
from golden.registry import register

FUSED = {
    "fused_lstm": {},
    "fused_lstm_forget_bias": {"forget_bias": 2.5, "name": "mine"},
    "fused_lstm_clip": {"cell_clip": 0.2},
    "fused_lstm_clip_of_zero": {"cell_clip": 0},
    "fused_lstm_peephole": {"use_peephole": True},
    "fused_lstm_all": {
        "forget_bias": 0.5, "cell_clip": 0.3, "use_peephole": True,
        "dtype": "float32"},
}


def _forms(options):
  """A fused cell from zeros, from a given state, and with open sizes."""
  def make(b):
    return contrib(b).LSTMBlockFusedCell(b.units, **options)

  def zeros(b):
    return make(b)(b.sequence(time_major=True), dtype=b.dtype)

  def state(b):
    start = b.state((b.units, b.units))
    return make(b)(b.sequence(time_major=True), initial_state=start,
                   sequence_length=b.integers("lengths", [3, 1]))

  def open_sizes(b):
    lengths = b.integers("lengths", [0, 2], shape=[None])
    x = b.sequence(time_major=True, known=False)
    with b.tf.variable_scope("model"):
      return make(b)(x, dtype=b.dtype, sequence_length=lengths)

  return [("from_zeros", zeros), ("from_state", state), ("open", open_sizes)]


for _name in sorted(FUSED):
  for _form, _build in _forms(FUSED[_name]):
    register("%s-%s" % (_name, _form), "fused", _build, SINGLE)


@case("fused", ("float64",))
def fused_lstm_float64(b):
  return contrib(b).LSTMBlockFusedCell(b.units)(
      b.sequence(time_major=True), dtype=b.dtype)


@case("fused", SINGLE)
def fused_lstm_list(b):
  return contrib(b).LSTMBlockFusedCell(b.units)(b.steps(), dtype=b.dtype)


@case("fused", SINGLE)
def fused_lstm_no_dtype(b):
  return contrib(b).LSTMBlockFusedCell(b.units)(b.sequence(time_major=True))


@case("fused", SINGLE)
def fused_lstm_three_states(b):
  state = b.state((b.units, b.units, b.units))
  return contrib(b).LSTMBlockFusedCell(b.units)(
      b.sequence(time_major=True), initial_state=state)


@case("fused", SINGLE)
def fused_lstm_twice(b):
  """One cell on two sequences: the variables are made once."""
  cell = contrib(b).LSTMBlockFusedCell(b.units)
  one, state = cell(b.sequence(time_major=True), dtype=b.dtype)
  two, last = cell(b.sequence(time_major=True, name="y"), initial_state=state)
  return [one, two], last


@case("fused", SINGLE)
def fused_lstm_shares_with_dynamic_rnn(b):
  """It uses, by name, the variables that LSTMCell makes in its loop."""
  x = b.sequence(time_major=True)
  plain, state = b.tf.nn.dynamic_rnn(
      nn(b).LSTMCell(b.units, use_peepholes=True), x, dtype=b.dtype,
      time_major=True, parallel_iterations=1)
  with b.tf.variable_scope("rnn", reuse=True):
    fused, last = contrib(b).LSTMBlockFusedCell(
        b.units, use_peephole=True, name="lstm_cell")(x, dtype=b.dtype)
  return [plain, fused], [state, last]


@case("fused", SINGLE)
def fused_lstm_both_ways(b):
  """A bidirectional layer, as programs wrote it."""
  x = b.sequence(time_major=True)
  lengths = b.integers("lengths", [2, 3])
  rnn = contrib(b)
  with b.tf.variable_scope("fw"):
    fw, fw_state = rnn.LSTMBlockFusedCell(b.units)(
        x, dtype=b.dtype, sequence_length=lengths)
  with b.tf.variable_scope("bw"):
    bw, bw_state = rnn.TimeReversedFusedRNN(rnn.LSTMBlockFusedCell(b.units))(
        x, dtype=b.dtype, sequence_length=lengths)
  return b.tf.concat([fw, bw], 2), [fw_state, bw_state]


def _adapted(dynamic, reversed_, listed, lengths=None):
  def build(b):
    rnn = contrib(b)
    fused = rnn.FusedRNNCellAdaptor(
        nn(b).GRUCell(b.units), use_dynamic_rnn=dynamic)
    if reversed_:
      fused = rnn.TimeReversedFusedRNN(fused)
    x = b.steps() if listed else b.sequence(time_major=True)
    more = {}
    if lengths:
      more["sequence_length"] = b.integers("lengths", lengths)
    return fused(x, initial_state=b.state(b.units), scope="mine", **more)
  return build


for _dynamic in (False, True):
  for _reversed in (False, True):
    for _listed in (False, True):
      register(
          "adapted_%s%s_%s" % (
              "dynamic" if _dynamic else "static",
              "_reversed" if _reversed else "",
              "list" if _listed else "tensor"),
          "fused", _adapted(_dynamic, _reversed, _listed),
          SINGLE if _listed else ("float32", "float64"))
register("adapted_dynamic_reversed_lengths", "fused",
         _adapted(True, True, False, [1, 3]), SINGLE)
register("adapted_static_reversed_list_lengths", "fused",
         _adapted(False, True, True, [1, 3]), SINGLE)


def _cudnn(b):
  return b.tf.contrib.cudnn_rnn


COMPATIBLE = {
    "cudnn_lstm_cell": (
        lambda b: _cudnn(b).CudnnCompatibleLSTMCell(b.units), SINGLE),
    "cudnn_lstm_cells": (
        lambda b: nn(b).MultiRNNCell([
            _cudnn(b).CudnnCompatibleLSTMCell(b.units) for _ in range(2)]),
        SINGLE),
    "cudnn_gru_cell": (
        lambda b: _cudnn(b).CudnnCompatibleGRUCell(b.units),
        ("float32", "float64")),
    "cudnn_gru_cell_initializer": (
        lambda b: _cudnn(b).CudnnCompatibleGRUCell(
            b.units, kernel_initializer=b.tf.constant_initializer(0.5)),
        SINGLE),
    "cudnn_gru_cells": (
        lambda b: nn(b).MultiRNNCell([
            _cudnn(b).CudnnCompatibleGRUCell(b.units) for _ in range(2)]),
        ("float32", "float64")),
}
for _name in sorted(COMPATIBLE):
  each_loop(_name, "fused", COMPATIBLE[_name][0], dtypes=COMPATIBLE[_name][1])

# What the layers of `tf.contrib.cudnn_rnn` compute, by cells that run anywhere:
# tests/fused compares the layers with these, by the same names.
_LAYER_CELLS = {
    "lstm": lambda b: _cudnn(b).CudnnCompatibleLSTMCell(b.units),
    "gru": lambda b: _cudnn(b).CudnnCompatibleGRUCell(b.units),
    "rnn_tanh": lambda b: nn(b).BasicRNNCell(b.units),
    "rnn_relu": lambda b: nn(b).BasicRNNCell(
        b.units, activation=b.tf.nn.relu),
}


def _one_way(kind, lengths):
  def build(b):
    cell = nn(b).MultiRNNCell([_LAYER_CELLS[kind](b) for _ in range(2)])
    more = {}
    if lengths:
      more["sequence_length"] = b.integers("lengths", lengths)
    with b.tf.variable_scope("cudnn_" + kind):
      return b.tf.nn.dynamic_rnn(
          cell, b.sequence(time_major=True), time_major=True,
          initial_state=b.state(cell.state_size), parallel_iterations=1,
          **more)
  return build


def _two_ways(kind, lengths):
  def build(b):
    forth, back = ([_LAYER_CELLS[kind](b) for _ in range(2)]
                   for _ in range(2))
    more = {}
    if lengths:
      more["sequence_length"] = b.integers("lengths", lengths)
    with b.tf.variable_scope("cudnn_" + kind):
      outputs, forth_state, back_state = (
          contrib(b).stack_bidirectional_dynamic_rnn(
              forth, back, b.sequence(time_major=True), time_major=True,
              initial_states_fw=[
                  b.state(cell.state_size, "fw_%d" % place)
                  for place, cell in enumerate(forth)],
              initial_states_bw=[
                  b.state(cell.state_size, "bw_%d" % place)
                  for place, cell in enumerate(back)],
              parallel_iterations=1, **more))
    return outputs, [forth_state, back_state]
  return build


for _kind in sorted(_LAYER_CELLS):
  for _lengths in (None, [3, 1]):
    _end = "-lengths" if _lengths else ""
    _dtypes = SINGLE if _kind == "lstm" else ("float32", "float64")
    register("cudnn_%s_one_way%s" % (_kind, _end), "fused",
             _one_way(_kind, _lengths), _dtypes)
    register("cudnn_%s_two_ways%s" % (_kind, _end), "fused",
             _two_ways(_kind, _lengths), _dtypes)
