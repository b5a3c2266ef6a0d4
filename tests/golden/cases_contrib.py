"""Golden cases of the cells that only `tf.contrib.rnn` had.

This file runs unchanged on Python 3.7 with TensorFlow 1.15, and here.
"""

from golden.registry import SINGLE
from golden.registry import case
from golden.registry import contrib
from golden.registry import each_loop
from golden.registry import nn

# One kernel per step; there is none for float64.
BLOCK = {
    "block_lstm": lambda b: contrib(b).LSTMBlockCell(b.units),
    "block_lstm_no_forget_bias": lambda b: contrib(b).LSTMBlockCell(
        b.units, forget_bias=0),
    "block_lstm_forget_bias": lambda b: contrib(b).LSTMBlockCell(
        b.units, forget_bias=2.5, name="mine"),
    "block_lstm_clip": lambda b: contrib(b).LSTMBlockCell(
        b.units, cell_clip=0.2),
    "block_lstm_clip_of_zero": lambda b: contrib(b).LSTMBlockCell(
        b.units, cell_clip=0),
    "block_lstm_peephole": lambda b: contrib(b).LSTMBlockCell(
        b.units, use_peephole=True),
    "block_lstm_all": lambda b: contrib(b).LSTMBlockCell(
        b.units, forget_bias=0.5, cell_clip=0.3, use_peephole=True,
        dtype=b.dtype),
    "block_lstm_multi": lambda b: nn(b).MultiRNNCell([
        contrib(b).LSTMBlockCell(3), contrib(b).LSTMBlockCell(b.units)]),
    "block_lstm_dropped": lambda b: contrib(b).DropoutWrapper(
        contrib(b).LSTMBlockCell(b.units), output_keep_prob=0.5, seed=31),
    "block_gru": lambda b: contrib(b).GRUBlockCell(b.units),
    "block_gru_cell_size": lambda b: contrib(b).GRUBlockCell(
        cell_size=b.units, name="mine"),
    "block_gru_v2": lambda b: contrib(b).GRUBlockCellV2(b.units),
}
for _name in sorted(BLOCK):
  each_loop(_name, "block", BLOCK[_name], dtypes=SINGLE)


@case("block", SINGLE)
def block_lstm_open_rows(b):
  x = b.input("x", [None, None, b.depth], [b.batch, b.time, b.depth])
  return b.tf.nn.dynamic_rnn(
      contrib(b).LSTMBlockCell(b.units, use_peephole=True), x, dtype=b.dtype,
      parallel_iterations=1)


@case("block", SINGLE)
def block_gru_open_rows(b):
  x = b.input("x", [None, None, b.depth], [b.batch, b.time, b.depth])
  return b.tf.nn.dynamic_rnn(
      contrib(b).GRUBlockCellV2(b.units), x, dtype=b.dtype,
      parallel_iterations=1)


@case("block", SINGLE)
def block_lstm_shares_with_lstm(b):
  """LSTMCell and the block cell can use each other's variables."""
  x = b.input("x", [b.batch, b.depth])
  plain = nn(b).LSTMCell(b.units, use_peepholes=True)
  state = b.state(plain.state_size)
  with b.tf.variable_scope("model"):
    one, one_state = plain(x, state)
  with b.tf.variable_scope("model", reuse=True):
    two, two_state = contrib(b).LSTMBlockCell(
        b.units, use_peephole=True)(x, state)
  return [one, two], [one_state, two_state]


@case("block", ("float64",))
def block_lstm_float64(b):
  cell = contrib(b).LSTMBlockCell(b.units)
  return cell(b.input("x", [b.batch, b.depth]), b.state(cell.state_size))


@case("block", ("float64",))
def block_gru_float64(b):
  cell = contrib(b).GRUBlockCellV2(b.units)
  return cell(b.input("x", [b.batch, b.depth]), b.state(cell.state_size))


GATED = {
    "nas": lambda b: contrib(b).NASCell(b.units),
    "nas_bias": lambda b: contrib(b).NASCell(b.units, use_bias=True),
    "nas_projection": lambda b: contrib(b).NASCell(b.units, num_proj=3),
    "nas_all": lambda b: contrib(b).NASCell(
        b.units, num_proj=3, use_bias=True, name="mine", dtype=b.dtype),
    "nas_multi": lambda b: nn(b).MultiRNNCell([
        contrib(b).NASCell(3), contrib(b).NASCell(b.units)]),
}
for _name in sorted(GATED):
  each_loop(_name, "gated", GATED[_name])


NORMALIZED = {
    "layer_norm": lambda b: contrib(b).LayerNormBasicLSTMCell(b.units),
    "layer_norm_off": lambda b: contrib(b).LayerNormBasicLSTMCell(
        b.units, layer_norm=False),
    "layer_norm_all": lambda b: contrib(b).LayerNormBasicLSTMCell(
        b.units, forget_bias=0.5, activation=b.tf.nn.relu, norm_gain=1.5,
        norm_shift=0.25, dropout_keep_prob=0.6, dropout_prob_seed=41),
    "layer_norm_fed": lambda b: contrib(b).LayerNormBasicLSTMCell(
        b.units, dropout_keep_prob=b.scalar("keep", 0.7),
        dropout_prob_seed=42),
    "layer_norm_keeps_all": lambda b: contrib(b).LayerNormBasicLSTMCell(
        b.units, dropout_keep_prob=1),
    "layer_norm_off_dropped": lambda b: contrib(b).LayerNormBasicLSTMCell(
        b.units, layer_norm=False, dropout_keep_prob=0.5,
        dropout_prob_seed=43),
    "layer_norm_multi": lambda b: nn(b).MultiRNNCell([
        contrib(b).LayerNormBasicLSTMCell(3),
        contrib(b).LayerNormBasicLSTMCell(b.units)]),
}
for _name in sorted(NORMALIZED):
  each_loop(_name, "normalized", NORMALIZED[_name])
