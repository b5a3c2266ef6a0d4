"""Private paths of TensorFlow 1.0 to 1.14 that 1.15 no longer had."""

from tfcompat_rnn.namespace.releases.rows import Old

_RELEASES = "tfcompat_rnn.namespace.releases"
_TF = "tensorflow.compat.v1"

ROWS = [
    Old("python.eager.context.in_graph_mode",
        f"{_RELEASES}.eager:in_graph_mode", "1.4", "1.6"),
    Old("python.eager.custom_gradient.custom_gradient",
        f"{_TF}:custom_gradient", "1.4", "1.6"),
    Old("python.layers.maxout.maxout", "tf_slim.layers:maxout", "1.4", "1.6"),
    Old("python.ops.data_flow_ops.initialize_all_tables",
        f"{_TF}:tables_initializer", "1.0", "1.1", "name"),
    Old("python.ops.data_flow_ops.tables_initializer",
        f"{_TF}:tables_initializer", "1.0", "1.1"),
    Old("python.training.checkpointable.util.Checkpoint",
        f"{_TF}:train.Checkpoint", "1.10", "1.12"),
    Old("python.training.checkpointable_utils.Checkpoint",
        f"{_TF}:train.Checkpoint", "1.8", "1.8"),
]
