"""`tf.*` outside contrib: what differs from `tf.compat.v1` of today."""

from tfcompat_rnn.shim.tables import Alias
from tfcompat_rnn.shim.tables import Module
from tfcompat_rnn.shim.tables import Row

_CELLS = (
    "BasicLSTMCell", "BasicRNNCell", "DeviceWrapper", "DropoutWrapper",
    "GRUCell", "LSTMCell", "LSTMStateTuple", "MultiRNNCell", "RNNCell",
    "ResidualWrapper")

_LOOPS = (
    "bidirectional_dynamic_rnn", "dynamic_rnn", "raw_rnn",
    "static_bidirectional_rnn", "static_rnn", "static_state_saving_rnn")

MODULES = [
    Module("nn.rnn_cell"),
    Module("layers", "tfcompat_rnn.shim.layers"),
    Module("examples.tutorials.mnist.input_data",
           "tfcompat_rnn.datasets.mnist"),
]

ALIASES = [
    Alias("compat.v1", ""),
]
ROWS = [
    Row("compat.v2", "tensorflow.compat.v2"),
    Row("core", "tensorflow.core"),
    *(Row(f"nn.rnn_cell.{name}", f"tfcompat_rnn.cells:{name}")
      for name in _CELLS),
    *(Row(f"nn.{name}", f"tfcompat_rnn.loops:{name}") for name in _LOOPS),
    Row("disable_v2_behavior",
        "tfcompat_rnn.shim.behavior:disable_v2_behavior"),
    Row("enable_eager_execution",
        "tfcompat_rnn.shim.behavior:enable_eager_execution"),
    Row("enable_v2_behavior",
        "tfcompat_rnn.shim.behavior:enable_v2_behavior"),
]

GAPS = []
