"""Private paths of 1.15 that programs used and TensorFlow has removed."""

from tfcompat_rnn.namespace.tables import Row

ROWS = [
    Row("python.ops.distributions.transformed_distribution."
        "TransformedDistribution",
        "tfcompat_rnn.namespace.contrib.distributions.transformed:"
        "TransformedDistribution"),
    Row("python.pywrap_tensorflow.EventsWriter",
        "tfcompat_rnn.namespace.contrib.graph_transforms:EventsWriter"),
]
