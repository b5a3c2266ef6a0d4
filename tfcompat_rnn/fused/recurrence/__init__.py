"""Ordinary cells run faster: the loop that a cell needs, and nothing else.

    outputs, state = dynamic_rnn(cell, x, dtype=tf.float32, execution="xla")

The cell's step is traced once (`step`). What it computes without its old state
is computed for all steps at once (`streams`); the rest runs in one loop for
each group of state leaves that depend on one another (`plan`, `loop`), for all
rows of the batch or for some at a time (`rows`), and over all steps (`scope`)
or segments of them (`segments`). `network` puts these together.
In another kind of network (`kernels`), the loops of the layers that are known
(`layers`) are operations of TensorFlow: `block`, `cudnn`.
"""

# Here, where nothing loads TensorFlow: the command line needs them.
EXECUTIONS = ("loop", "graph", "xla", "block", "cudnn", "auto")
