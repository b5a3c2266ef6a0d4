"""`tensorflow.python.*`: private paths that programs of the time imported.

What TensorFlow still has under the same path shows through; the rows are what
moved or went, and what must be this package's own (cells, loops).
"""

from tfcompat_rnn.shim.tables import Gap
from tfcompat_rnn.shim.tables import Module
from tfcompat_rnn.shim.tables import Row

_CELLS = (
    "BasicLSTMCell", "BasicRNNCell", "DeviceWrapper", "DropoutWrapper",
    "GRUCell", "LSTMCell", "LSTMStateTuple", "LayerRNNCell", "MultiRNNCell",
    "RNNCell", "ResidualWrapper")

_LOOPS = (
    "bidirectional_dynamic_rnn", "dynamic_rnn", "raw_rnn",
    "static_bidirectional_rnn", "static_rnn", "static_state_saving_rnn")

MODULES = [
    Module("python", "tensorflow.python"),
    # Rows only: TensorFlow's own leftovers of these must not mix with ours.
    Module("python.ops.rnn_cell"),
    Module("python.ops.rnn_cell_impl"),
    Module("python.ops.rnn"),
]

ROWS = [
    *(Row(f"python.ops.{module}.{name}", f"tfcompat_rnn.cells:{name}")
      for module in ("rnn_cell", "rnn_cell_impl") for name in _CELLS),
    *(Row(f"python.ops.rnn.{name}", f"tfcompat_rnn.loops:{name}")
      for name in _LOOPS),
]

GAPS = [
    Gap("python.ops.rnn.rnn", "was gone in TensorFlow 1.15 already",
        "it is tf.nn.static_rnn since 1.0"),
    Gap("python.ops.rnn.bidirectional_rnn",
        "was gone in TensorFlow 1.15 already",
        "it is tf.nn.static_bidirectional_rnn since 1.0"),
]
