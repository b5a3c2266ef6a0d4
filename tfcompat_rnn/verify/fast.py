"""Faster ways to run a cell, compared with a loop over the plain cell."""

from tfcompat_rnn import _nest
from tfcompat_rnn import cells
from tfcompat_rnn import fused
from tfcompat_rnn import loops
from tfcompat_rnn._tf import tf
from tfcompat_rnn.verify import setting as setting_lib
from tfcompat_rnn.verify import ways

UNITS = setting_lib.UNITS

# kind -> the cell whose step is one kernel, with the same variables.
BLOCK = {
    "GRUCell": lambda: cells.GRUBlockCellV2(UNITS),
    "LSTMCell": lambda: cells.LSTMBlockCell(UNITS),
    "LSTMCell+peepholes": lambda: cells.LSTMBlockCell(
        UNITS, use_peephole=True),
}
# kind -> all steps in one kernel, with the names of the plain cell.
FUSED = {
    "LSTMCell": lambda: fused.LSTMBlockFusedCell(UNITS, name="lstm_cell"),
    "LSTMCell+peepholes": lambda: fused.LSTMBlockFusedCell(
        UNITS, use_peephole=True, name="lstm_cell"),
}
# kind -> cuDNN's layer, and the plain cell with its equations: an LSTM without
# forget bias, a GRU that applies its reset gate after the product.
CUDNN = {
    "GRUCell": ("CudnnGRU", lambda: cells.CudnnCompatibleGRUCell(UNITS)),
    "LSTMCell": ("CudnnLSTM", lambda: cells.LSTMCell(
        UNITS, forget_bias=0., name="cudnn_compatible_lstm_cell")),
}


def block(s):
  """The block cell in `dynamic_rnn`."""
  return loops.dynamic_rnn(
      BLOCK[s.kind.name](), s.x, initial_state=s.state)


def one_kernel(s):
  """All steps in one operation."""
  with tf.variable_scope("rnn"):
    outputs, final = FUSED[s.kind.name]()(
        tf.transpose(s.x, [1, 0, 2]), initial_state=s.state)
  return tf.transpose(outputs, [1, 0, 2]), final


def cudnn_layer(s):
  """One layer of `tf.contrib.cudnn_rnn`: time-major, h before c."""
  name = CUDNN[s.kind.name][0]
  state = [tf.expand_dims(leaf, 0)
           for leaf in reversed(_nest.flatten_state(s.state))]
  outputs, final = getattr(fused, name)(1, UNITS, name="cudnn")(
      tf.transpose(s.x, [1, 0, 2]), initial_state=tuple(state))
  final = [tf.squeeze(leaf, 0) for leaf in reversed(final)]
  return tf.transpose(outputs, [1, 0, 2]), _nest.pack_state(s.state, final)


def cudnn_written_as_cell(s):
  """The cell with the same equations and variables, in `dynamic_rnn`."""
  cell = cells.MultiRNNCell([CUDNN[s.kind.name][1]()])
  with tf.variable_scope("cudnn"):
    outputs, (final,) = loops.dynamic_rnn(
        cell, s.x, initial_state=(s.state,))
  return outputs, final


def compare_block(s):
  """The plain loop and the block cell."""
  return _compared(s, block, "block cell")


def compare_one_kernel(s):
  """The plain loop and the fused cell."""
  return _compared(s, one_kernel, "fused cell")


def compare_cudnn(s):
  """A plain cell with the same equations, and cuDNN's layer."""
  return _compared(s, cudnn_layer, "cuDNN layer", cudnn_written_as_cell)


def _compared(s, way, name, plain=ways.complete_pass):
  if s.dtype == tf.float32:
    return s.result(plain), s.result(way), ("plain loop", name)
  with setting_lib.Setting(s.kind, tf.float32) as single:
    return single.result(plain), single.result(way), ("plain loop", name)
