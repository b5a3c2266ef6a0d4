"""Private paths of TensorFlow 1.0 to 1.14 that 1.15 no longer had."""

from tfcompat_rnn.namespace.releases.rows import Old

_RELEASES = "tfcompat_rnn.namespace.releases"

ROWS = [
    Old("python.eager.context.in_graph_mode",
        f"{_RELEASES}.eager:in_graph_mode", "1.4", "1.6"),
]
