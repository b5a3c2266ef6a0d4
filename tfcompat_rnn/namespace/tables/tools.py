"""`tensorflow.tools` and `tensorflow.pywrap_tensorflow`."""

from tfcompat_rnn.namespace.tables import Row

ROWS = [
    Row("tools.graph_transforms.TransformGraph",
        "tfcompat_rnn.namespace.contrib.graph_transforms:TransformGraph"),
]
