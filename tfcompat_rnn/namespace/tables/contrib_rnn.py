"""`tf.contrib.rnn`: cells, wrappers and loops (this package's own)."""

from tfcompat_rnn.namespace.releases.rows import Old
from tfcompat_rnn.namespace.tables import Module
from tfcompat_rnn.namespace.tables import Row
from tfcompat_rnn.namespace.tables.before_1_0 import private_linear

_CELLS = (
    "AttentionCellWrapper", "BasicLSTMCell", "BasicRNNCell",
    "BidirectionalGridLSTMCell", "CompiledWrapper", "Conv1DLSTMCell",
    "Conv2DLSTMCell", "Conv3DLSTMCell", "ConvLSTMCell",
    "CoupledInputForgetGateLSTMCell", "DeviceWrapper", "DropoutWrapper",
    "EmbeddingWrapper", "GLSTMCell", "GRUBlockCell", "GRUBlockCellV2",
    "GRUCell", "GridLSTMCell", "HighwayWrapper", "IndRNNCell", "IndyGRUCell",
    "IndyLSTMCell", "InputProjectionWrapper", "IntersectionRNNCell",
    "LSTMBlockCell", "LSTMCell", "LSTMStateTuple", "LayerNormBasicLSTMCell",
    "LayerRNNCell", "MultiRNNCell", "NASCell", "OutputProjectionWrapper",
    "PhasedLSTMCell", "RNNCell", "ResidualWrapper", "SRUCell",
    "TimeFreqLSTMCell", "UGRNNCell")

_LOOPS = (
    "stack_bidirectional_dynamic_rnn", "stack_bidirectional_rnn",
    "static_bidirectional_rnn", "static_rnn", "static_state_saving_rnn")

# In tensorflow.contrib.rnn.python.ops.rnn_cell, and exported from nowhere.
_UNEXPORTED = (
    "CFNCell", "LayerNormLSTMCell", "MinimalRNNCell", "NTMCell",
    "WeightNormLSTMCell")

_FUSED = (
    "FusedRNNCell", "FusedRNNCellAdaptor", "LSTMBlockFusedCell",
    "LSTMBlockWrapper", "TimeReversedFusedRNN")

# Names that contrib/rnn/python/ops/rnn_cell.py itself defined and exported.
_RNN_CELL = (
    "AttentionCellWrapper", "BidirectionalGridLSTMCell", "CompiledWrapper",
    "Conv1DLSTMCell", "Conv2DLSTMCell", "Conv3DLSTMCell", "ConvLSTMCell",
    "CoupledInputForgetGateLSTMCell", "GLSTMCell", "GridLSTMCell",
    "HighwayWrapper", "IndRNNCell", "IndyGRUCell", "IndyLSTMCell",
    "IntersectionRNNCell", "LayerNormBasicLSTMCell", "NASCell",
    "PhasedLSTMCell", "SRUCell", "TimeFreqLSTMCell", "UGRNNCell")

# Modules that contained cells and loops in TensorFlow 1.0 and 1.1; programs
# still import from them. The first one was left in 1.15, with less in it.
_CORE_MODULE = "contrib.rnn.python.ops.core_rnn_cell"
_OLDER_CELLS = (
    "contrib.rnn.core_rnn_cell", "contrib.rnn.python.ops.core_rnn_cell_impl")
_CORE = (
    "BasicLSTMCell", "BasicRNNCell", "DeviceWrapper", "DropoutWrapper",
    "EmbeddingWrapper", "GRUCell", "InputProjectionWrapper", "LSTMCell",
    "LSTMStateTuple", "MultiRNNCell", "OutputProjectionWrapper", "RNNCell",
    "ResidualWrapper")
_CORE_LOOPS = (
    "static_bidirectional_rnn", "static_rnn", "static_state_saving_rnn")

MODULES = [
    Module("contrib"),
    Module("contrib.rnn"),
    Module("contrib.rnn.python"),
    Module("contrib.rnn.python.ops"),
    Module("contrib.rnn.python.ops.core_rnn_cell"),
    Module("contrib.rnn.python.ops.fused_rnn_cell"),
    Module("contrib.rnn.python.ops.gru_ops"),
    Module("contrib.rnn.python.ops.lstm_ops"),
    Module("contrib.rnn.python.ops.rnn"),
    Module("contrib.rnn.python.ops.rnn_cell"),
    Module("contrib.rnn.python.tools"),
    Module("contrib.rnn.python.tools.checkpoint_convert",
           "tfcompat_rnn.namespace.contrib.checkpoint_convert"),
]

ROWS = [
    *(Row(f"contrib.rnn.{name}", f"tfcompat_rnn.cells:{name}")
      for name in _CELLS),
    *(Row(f"contrib.rnn.{name}", f"tfcompat_rnn.loops:{name}")
      for name in _LOOPS),
    Row("contrib.rnn.best_effort_input_batch_size",
        "private.rnn:_best_effort_input_batch_size"),
    Row("contrib.rnn.transpose_batch_time",
        "private.rnn:_transpose_batch_time"),
    *(Row(f"{_CORE_MODULE}.{name}", f"tfcompat_rnn.cells:{name}")
      for name in _CORE),
    *(Old(f"{module}.{name}", f"tfcompat_rnn.cells:{name}", "1.0", "1.1")
      for module in _OLDER_CELLS for name in _CORE),
    Old("contrib.rnn.python.ops.core_rnn_cell_impl._LSTMStateTuple",
        "tfcompat_rnn.cells:LSTMStateTuple", "1.0", "1.1"),
    *(private_linear(module) for module in (
        _CORE_MODULE, *_OLDER_CELLS, "contrib.rnn.python.ops.rnn_cell")),
    *(Row(f"{module}._Linear", "tfcompat_rnn.cells.linear:Linear")
      for module in (_CORE_MODULE, *_OLDER_CELLS,
                     "contrib.rnn.python.ops.rnn_cell")),
    *(Old(f"contrib.rnn.python.ops.core_rnn.{name}",
          f"tfcompat_rnn.loops:{name}", "1.0", "1.1")
      for name in _CORE_LOOPS),
    *(Row(f"contrib.rnn.python.ops.rnn_cell.{name}",
          f"tfcompat_rnn.cells:{name}")
      for name in _RNN_CELL + _UNEXPORTED),
    Row("contrib.rnn.python.ops.rnn_cell.NTMControllerState",
        "tfcompat_rnn.cells.memory:NTMControllerState"),
    *(Row(f"contrib.rnn.python.ops.gru_ops.{name}",
          f"tfcompat_rnn.cells:{name}")
      for name in ("GRUBlockCell", "GRUBlockCellV2", "LayerRNNCell")),
    *(Row(f"contrib.rnn.python.ops.lstm_ops.{name}",
          f"tfcompat_rnn.cells:{name}")
      for name in ("LSTMBlockCell", "LayerRNNCell")),
    *(Row(f"contrib.rnn.{name}", f"tfcompat_rnn.fused:{name}")
      for name in _FUSED),
    *(Row(f"contrib.rnn.python.ops.lstm_ops._{name}",
          f"tfcompat_rnn.fused.block_functions:{name}")
      for name in ("block_lstm", "lstm_block_cell")),
    *(Row(f"contrib.rnn.python.ops.lstm_ops.{name}",
          f"tfcompat_rnn.fused:{name}")
      for name in _FUSED if name.startswith("LSTMBlock")),
    *(Row(f"contrib.rnn.python.ops.fused_rnn_cell.{name}",
          f"tfcompat_rnn.fused:{name}")
      for name in _FUSED if not name.startswith("LSTMBlock")),
    *(Row(f"contrib.rnn.python.ops.rnn.{name}", f"tfcompat_rnn.loops:{name}")
      for name in ("stack_bidirectional_dynamic_rnn",
                   "stack_bidirectional_rnn")),
]
