"""Golden cases of the cells that step along frequencies.

This file runs unchanged on Python 3.7 with TensorFlow 1.15, and here.
"""

from golden.registry import SINGLE
from golden.registry import case
from golden.registry import contrib
from golden.registry import each_loop
from golden.registry import nn


def by_hand(b, cell, width=None):
  """`time` calls of the cell; `width` if the state is wider than state_size."""
  outputs, state = [], b.state(width or cell.state_size)
  for x in b.steps():
    output, state = cell(x, state)
    outputs.append(output)
  return outputs, state


# One window: 1.15's sizes are right, and the loops accept the cell.
TIME_FREQ = {
    "time_freq": lambda b: contrib(b).TimeFreqLSTMCell(
        b.units, feature_size=b.depth),
    "time_freq_all": lambda b: contrib(b).TimeFreqLSTMCell(
        b.units, use_peepholes=True, cell_clip=0.3, num_unit_shards=3,
        forget_bias=0.5, feature_size=3, frequency_skip=2),
}
for _name in sorted(TIME_FREQ):
  each_loop(_name, "frequency", TIME_FREQ[_name])


@case("frequency")
def time_freq_windows(b):
  cell = contrib(b).TimeFreqLSTMCell(b.units, feature_size=2)
  return by_hand(b, cell, 3 * 2 * b.units)


@case("frequency")
def time_freq_windows_peepholes(b):
  cell = contrib(b).TimeFreqLSTMCell(
      b.units, True, 0.4, feature_size=2, frequency_skip=2, reuse=None)
  with b.tf.variable_scope(
      "model", initializer=b.tf.constant_initializer(0.25)):
    return by_hand(b, cell, 2 * 2 * b.units)


@case("frequency", SINGLE)
def time_freq_width_left_over(b):
  """4 frequencies, windows of 3, a step of 2: the last frequency is unused."""
  cell = contrib(b).TimeFreqLSTMCell(b.units, feature_size=3,
                                     frequency_skip=2)
  return cell(b.input("x", [b.batch, b.depth]), b.state(2 * b.units))


@case("frequency", SINGLE)
def time_freq_unknown_batch(b):
  cell = contrib(b).TimeFreqLSTMCell(b.units, feature_size=2)
  x = b.input("x", [None, b.depth], [b.batch, b.depth])
  return cell(x, b.state(6 * b.units))


@case("frequency", SINGLE)
def time_freq_no_feature_size(b):
  cell = contrib(b).TimeFreqLSTMCell(b.units)
  return cell(b.input("x", [b.batch, b.depth]), b.state(6 * b.units))


@case("frequency", SINGLE)
def time_freq_too_many_shards(b):
  cell = contrib(b).TimeFreqLSTMCell(
      b.units, feature_size=2, num_unit_shards=13)
  return cell(b.input("x", [b.batch, b.depth]), b.state(6 * b.units))


@case("frequency", SINGLE)
def time_freq_windows_in_a_loop(b):
  """The output is wider than output_size: no loop of 1.15 accepted it."""
  cell = contrib(b).TimeFreqLSTMCell(b.units, feature_size=2)
  return b.tf.nn.dynamic_rnn(
      cell, b.sequence(), initial_state=b.state(6 * b.units))


ONE = {"feature_size": 2, "frequency_skip": 1, "num_frequency_blocks": [3]}
TWO = {"feature_size": 2, "frequency_skip": 1, "num_frequency_blocks": [2, 1],
       "start_freqindex_list": [0, 2], "end_freqindex_list": [3, 4]}


def _grid(kind="GridLSTMCell", blocks=None, **options):
  options = dict(blocks or ONE, **options)
  return lambda b: getattr(contrib(b), kind)(b.units, **options)


GRID = {
    "grid_lstm": _grid(),
    "grid_lstm_peepholes": _grid(use_peepholes=True),
    "grid_lstm_shared": _grid(share_time_frequency_weights=True),
    "grid_lstm_shared_peepholes": _grid(
        share_time_frequency_weights=True, use_peepholes=True),
    "grid_lstm_coupled": _grid(couple_input_forget_gates=True),
    "grid_lstm_coupled_peepholes": _grid(
        couple_input_forget_gates=True, use_peepholes=True),
    "grid_lstm_blocks": _grid(blocks=TWO),
    "grid_lstm_one_tensor": _grid(state_is_tuple=False),
    "grid_lstm_one_tensor_blocks": _grid(blocks=TWO, state_is_tuple=False),
    "grid_lstm_all": _grid(
        blocks=TWO, use_peepholes=True, cell_clip=0.3, num_unit_shards=2,
        forget_bias=0.5, couple_input_forget_gates=False),
    "grid_lstm_multi": lambda b: nn(b).MultiRNNCell([
        nn(b).GRUCell(b.depth), contrib(b).GridLSTMCell(b.units, **ONE)]),
    "grid_both": _grid("BidirectionalGridLSTMCell"),
    "grid_both_higher": _grid(
        "BidirectionalGridLSTMCell", backward_slice_offset=1),
    "grid_both_lower": _grid(
        "BidirectionalGridLSTMCell", backward_slice_offset=-1),
    "grid_both_all": _grid(
        "BidirectionalGridLSTMCell", blocks=TWO, use_peepholes=True,
        share_time_frequency_weights=True, cell_clip=0.3, num_unit_shards=3,
        forget_bias=0.5, couple_input_forget_gates=True,
        backward_slice_offset=1),
}
_BOTH_LOOPS = ("grid_lstm", "grid_lstm_all", "grid_both_all")
for _name in sorted(GRID):
  if _name in _BOTH_LOOPS:
    each_loop(_name, "frequency", GRID[_name])


def _register(name, make):
  def build(b):
    return by_hand(b, make(b))
  build.__name__ = name
  case("frequency")(build)


for _name in sorted(GRID):
  if _name not in _BOTH_LOOPS:
    _register(_name, GRID[_name])


@case("frequency", SINGLE)
def grid_lstm_open_rows(b):
  x = b.input("x", [None, None, b.depth], [b.batch, b.time, b.depth])
  return b.tf.nn.dynamic_rnn(
      GRID["grid_lstm_peepholes"](b), x, dtype=b.dtype, parallel_iterations=1)


def _refused(name, **options):
  def build(b):
    cell = contrib(b).GridLSTMCell(b.units, **options)
    return cell(b.input("x", [b.batch, b.depth]), b.state(cell.state_size))
  build.__name__ = "grid_lstm_" + name
  case("frequency", SINGLE)(build)


_refused("no_blocks", feature_size=2, frequency_skip=1)
_refused("wrong_count", feature_size=2, frequency_skip=2,
         num_frequency_blocks=[3])
_refused("two_counts_one_block", feature_size=2, frequency_skip=2,
         num_frequency_blocks=[2, 2])
_refused("fewer_ends", feature_size=2, frequency_skip=2,
         num_frequency_blocks=[2, 2], start_freqindex_list=[0, 1],
         end_freqindex_list=[3])
_refused("fewer_counts", feature_size=2, frequency_skip=2,
         num_frequency_blocks=[2], start_freqindex_list=[0, 1],
         end_freqindex_list=[3, 4])
_refused("wrong_count_of_a_block", feature_size=2, frequency_skip=2,
         num_frequency_blocks=[2, 2], start_freqindex_list=[0, 1],
         end_freqindex_list=[3, 4])
_refused("no_feature_size", num_frequency_blocks=[2])


@case("frequency", SINGLE)
def grid_lstm_state_of_another_cell(b):
  cell = contrib(b).GridLSTMCell(b.units, **ONE)
  return cell(b.input("x", [b.batch, b.depth]),
              b.state(nn(b).LSTMCell(b.units).state_size))
