"""Faster ways to run a cell, against the plain loop over the plain cell."""

from tfcompat_rnn import cells
from tfcompat_rnn import fused
from tfcompat_rnn import loops
from tfcompat_rnn._tf import tf
from tfcompat_rnn.verify import setting as setting_lib
from tfcompat_rnn.verify import ways

UNITS = setting_lib.UNITS

# kind -> the cell whose step is one kernel, on the same variables.
BLOCK = {
    "GRUCell": lambda: cells.GRUBlockCellV2(UNITS),
    "LSTMCell": lambda: cells.LSTMBlockCell(UNITS),
    "LSTMCell+peepholes": lambda: cells.LSTMBlockCell(
        UNITS, use_peephole=True),
}
# kind -> all steps in one kernel, under the names of the plain cell.
FUSED = {
    "LSTMCell": lambda: fused.LSTMBlockFusedCell(UNITS, name="lstm_cell"),
    "LSTMCell+peepholes": lambda: fused.LSTMBlockFusedCell(
        UNITS, use_peephole=True, name="lstm_cell"),
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


def compare_block(s):
  """The plain loop and the block cell."""
  return _compared(s, block, "block cell")


def compare_one_kernel(s):
  """The plain loop and the fused cell."""
  return _compared(s, one_kernel, "fused cell")


def _compared(s, way, name):
  if s.dtype == tf.float32:
    return s.result(ways.complete_pass), s.result(way), ("plain loop", name)
  with setting_lib.Setting(s.kind, tf.float32) as single:
    return (single.result(ways.complete_pass), single.result(way),
            ("plain loop", name))
