"""`tensorflow.python.ops.distributions`: what TensorFlow has removed."""

from tfcompat_rnn.namespace.tables import Row

ROWS = [
    Row("python.ops.distributions.transformed_distribution."
        "TransformedDistribution",
        "tfcompat_rnn.namespace.contrib.distributions.transformed:"
        "TransformedDistribution"),
]
