"""What `tensorflow.python.eager` had in TensorFlow 1.4 to 1.7."""

from tfcompat_rnn._tf import tf


def in_graph_mode():
  """Whether operations are added to a graph, and not executed at once.

  TF 1.4: `tensorflow.python.eager.context.in_graph_mode`.
  """
  return not tf.executing_eagerly()
