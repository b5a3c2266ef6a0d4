"""`tf.contrib.grid_rnn`: grids of recurrent cells (this package's own)."""

from tfcompat_rnn.namespace.tables import Module
from tfcompat_rnn.namespace.tables import Row

_CELLS = (
    "Grid1BasicLSTMCell", "Grid1BasicRNNCell", "Grid1LSTMCell",
    "Grid2BasicLSTMCell", "Grid2BasicRNNCell", "Grid2GRUCell",
    "Grid2LSTMCell", "Grid3LSTMCell", "GridRNNCell")

MODULES = [
    Module("contrib.grid_rnn"),
    Module("contrib.grid_rnn.python"),
    Module("contrib.grid_rnn.python.ops"),
    Module("contrib.grid_rnn.python.ops.grid_rnn_cell"),
]

ROWS = [
    Row(f"{module}.{name}", f"tfcompat_rnn.cells.grid_rnn:{name}")
    for module in ("contrib.grid_rnn",
                   "contrib.grid_rnn.python.ops.grid_rnn_cell")
    for name in _CELLS
]
