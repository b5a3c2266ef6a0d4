"""`tf.contrib.rnn`: cells, wrappers and loops (this package's own)."""

from tfcompat_rnn.shim.tables import Gap
from tfcompat_rnn.shim.tables import Module
from tfcompat_rnn.shim.tables import Row

_CELLS = (
    "AttentionCellWrapper", "BasicLSTMCell", "BasicRNNCell", "DeviceWrapper",
    "DropoutWrapper", "EmbeddingWrapper", "GRUCell", "HighwayWrapper",
    "InputProjectionWrapper", "LSTMCell", "LSTMStateTuple", "LayerRNNCell",
    "MultiRNNCell", "OutputProjectionWrapper", "RNNCell", "ResidualWrapper")

_LOOPS = (
    "stack_bidirectional_dynamic_rnn", "stack_bidirectional_rnn",
    "static_bidirectional_rnn", "static_rnn", "static_state_saving_rnn")

_LATER = (
    "BidirectionalGridLSTMCell", "CompiledWrapper", "Conv1DLSTMCell",
    "Conv2DLSTMCell", "Conv3DLSTMCell", "ConvLSTMCell",
    "CoupledInputForgetGateLSTMCell", "FusedRNNCell", "FusedRNNCellAdaptor",
    "GLSTMCell", "GRUBlockCell", "GRUBlockCellV2", "GridLSTMCell",
    "IndRNNCell", "IndyGRUCell", "IndyLSTMCell", "IntersectionRNNCell",
    "LSTMBlockCell", "LSTMBlockFusedCell", "LSTMBlockWrapper",
    "LayerNormBasicLSTMCell", "NASCell", "PhasedLSTMCell", "SRUCell",
    "TimeFreqLSTMCell", "TimeReversedFusedRNN", "UGRNNCell")

_PRIVATE_LATER = (
    "CFNCell", "LayerNormLSTMCell", "MinimalRNNCell", "NTMCell",
    "NTMControllerState", "WeightNormLSTMCell")

_STEP = {
    "LSTMBlockCell": "use tf.contrib.rnn.LSTMCell (or BasicLSTMCell), same "
                     "equations, other variable names in the cell's scope",
    "GRUBlockCell": "use tf.contrib.rnn.GRUCell, same equations",
    "GRUBlockCellV2": "use tf.contrib.rnn.GRUCell, same equations",
}


def _later(prefix, name):
  return Gap(f"{prefix}.{name}",
             "was in TensorFlow 1.15 (in tensorflow.contrib.rnn) and this "
             "version of the package does not carry the cell yet",
             _STEP.get(name, "use one of tf.contrib.rnn." + ", ".join((
                 "LSTMCell", "GRUCell", "BasicRNNCell")) +
                 ", or write the step as a subclass of tf.nn.rnn_cell."
                 "RNNCell"))


MODULES = [
    Module("contrib"),
    Module("contrib.rnn"),
    Module("contrib.rnn.python"),
    Module("contrib.rnn.python.ops"),
    Module("contrib.rnn.python.ops.core_rnn_cell"),
    Module("contrib.rnn.python.ops.rnn"),
    Module("contrib.rnn.python.ops.rnn_cell"),
]

ROWS = [
    *(Row(f"contrib.rnn.{name}", f"tfcompat_rnn.cells:{name}")
      for name in _CELLS),
    *(Row(f"contrib.rnn.{name}", f"tfcompat_rnn.loops:{name}")
      for name in _LOOPS),
    Row("contrib.rnn.best_effort_input_batch_size",
        "tensorflow.python.ops.rnn:_best_effort_input_batch_size"),
    Row("contrib.rnn.transpose_batch_time",
        "tensorflow.python.ops.rnn:_transpose_batch_time"),
    *(Row(f"contrib.rnn.python.ops.core_rnn_cell.{name}",
          f"tfcompat_rnn.cells:{name}")
      for name in ("RNNCell", "EmbeddingWrapper", "InputProjectionWrapper",
                   "OutputProjectionWrapper")),
    Row("contrib.rnn.python.ops.core_rnn_cell._linear",
        "tfcompat_rnn.cells.linear:linear"),
    Row("contrib.rnn.python.ops.core_rnn_cell._Linear",
        "tfcompat_rnn.cells.linear:Linear"),
    Row("contrib.rnn.python.ops.rnn_cell._Linear",
        "tfcompat_rnn.cells.linear:Linear"),
    *(Row(f"contrib.rnn.python.ops.rnn_cell.{name}",
          f"tfcompat_rnn.cells:{name}")
      for name in ("AttentionCellWrapper", "HighwayWrapper")),
    *(Row(f"contrib.rnn.python.ops.rnn.{name}", f"tfcompat_rnn.loops:{name}")
      for name in ("stack_bidirectional_dynamic_rnn",
                   "stack_bidirectional_rnn")),
]

GAPS = [
    *(_later("contrib.rnn", name) for name in _LATER),
    *(_later("contrib.rnn.python.ops.rnn_cell", name)
      for name in _LATER + _PRIVATE_LATER
      if "Block" not in name and "Fused" not in name),
    Gap("contrib.rnn.core_rnn_cell",
        "was gone in TensorFlow 1.15 already",
        "its cells are in tf.contrib.rnn and tf.nn.rnn_cell"),
    Gap("contrib.rnn.python.ops.core_rnn.*",
        "was gone in TensorFlow 1.15 already",
        "its loops are in tf.nn: tf.nn.static_rnn, tf.nn.dynamic_rnn"),
    Gap("contrib.rnn.python.ops.core_rnn_cell_impl.*",
        "was gone in TensorFlow 1.15 already",
        "its cells are in tf.contrib.rnn and tf.nn.rnn_cell"),
    Gap("contrib.rnn.python.ops.lstm_ops.*",
        "was in TensorFlow 1.15 and this version of the package does not "
        "carry the block cells yet", _STEP["LSTMBlockCell"]),
    Gap("contrib.rnn.python.ops.gru_ops.*",
        "was in TensorFlow 1.15 and this version of the package does not "
        "carry the block cells yet", _STEP["GRUBlockCell"]),
    Gap("contrib.rnn.python.ops.fused_rnn_cell.*",
        "was in TensorFlow 1.15 and this version of the package does not "
        "carry the fused cells yet",
        "use tf.nn.dynamic_rnn with tf.contrib.rnn.LSTMCell"),
]

