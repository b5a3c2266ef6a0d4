"""Frequency cells, grids, NTM, unexported cells, functional loops."""

import importlib

from seeds.registry import snippet


def _x(tf, *shape):
  return tf.placeholder(tf.float32, list(shape) or [2, 3, 4])


def _unexported(tf):
  return importlib.import_module(
      tf.__name__ + ".contrib.rnn.python.ops.rnn_cell")


@snippet("TimeFreqLSTMCell, GridLSTMCell")
def frequency_cells(tf):
  cell = tf.contrib.rnn.TimeFreqLSTMCell(5, feature_size=2)
  cell(_x(tf, 2, 4), _x(tf, 2, 30))
  cell = tf.contrib.rnn.GridLSTMCell(
      5, use_peepholes=True, feature_size=2, frequency_skip=2,
      num_frequency_blocks=[2])
  tf.nn.dynamic_rnn(cell, _x(tf, None, None, 4), dtype=tf.float32)
  tf.get_variable("last", [2])


@snippet("BidirectionalGridLSTMCell")
def frequency_cells_both_ways(tf):
  cell = tf.contrib.rnn.BidirectionalGridLSTMCell(
      5, feature_size=2, frequency_skip=2, num_frequency_blocks=[2])
  tf.nn.dynamic_rnn(cell, _x(tf), dtype=tf.float32)
  tf.get_variable("last", [2])


@snippet("tf.contrib.grid_rnn")
def grids(tf):
  grid = tf.contrib.grid_rnn
  for cell in (grid.Grid1LSTMCell(5), grid.Grid2GRUCell(5, tied=True),
               grid.Grid3LSTMCell(5)):
    cell(_x(tf, 2, 4), cell.zero_state(2, tf.float32))
  tf.get_variable("last", [2])


@snippet("NTMCell")
def neural_turing_machine(tf):
  cell = _unexported(tf).NTMCell(
      tf.nn.rnn_cell.LSTMCell(3), 6, 2, 1, 1, output_dim=5)
  tf.nn.dynamic_rnn(cell, _x(tf), dtype=tf.float32)
  tf.get_variable("last", [2])


@snippet("MinimalRNNCell, CFNCell, LayerNormLSTMCell, WeightNormLSTMCell")
def unexported_cells(tf):
  cells = _unexported(tf)
  for cell in (cells.MinimalRNNCell(5), cells.CFNCell(5),
               cells.LayerNormLSTMCell(5, layer_norm=True),
               cells.WeightNormLSTMCell(5)):
    cell(_x(tf, 2, 4), cell.zero_state(2, tf.float32))
  tf.get_variable("last", [2])


@snippet("functional_rnn, bidirectional_functional_rnn")
def functional_loops(tf):
  rnn, loops = tf.nn.rnn_cell, tf.contrib.recurrent
  loops.functional_rnn(rnn.LSTMCell(5), _x(tf), dtype=tf.float32)
  tf.get_variable("between", [2])
  loops.bidirectional_functional_rnn(
      rnn.GRUCell(5), rnn.GRUCell(5), _x(tf), dtype=tf.float32,
      sequence_length=[3, 2])
  tf.get_variable("last", [2])


@snippet("functional_rnn, reversed; of one step")
def functional_loops_ends(tf):
  rnn, loops = tf.nn.rnn_cell, tf.contrib.recurrent
  loops.functional_rnn(
      rnn.LSTMCell(5, num_proj=3), _x(tf), dtype=tf.float32, scope="back",
      sequence_length=tf.placeholder(tf.int32, [2]), reverse=True)
  tf.get_variable("between", [2])
  loops.functional_rnn(
      rnn.MultiRNNCell([rnn.GRUCell(5), rnn.LSTMCell(3)]), _x(tf, 2, 1, 4),
      dtype=tf.float32, sequence_length=[1, 1], scope="one")
  loops.functional_rnn(
      tf.contrib.rnn.OutputProjectionWrapper(rnn.GRUCell(5), 2),
      _x(tf, 2, 1, 4), dtype=tf.float32, sequence_length=[1, 1],
      scope="kept")
