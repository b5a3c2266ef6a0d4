"""TensorFlow 1.15, in its own interpreter."""

import graph_mode


class Contestant(graph_mode.Network):
  """`way` is not used."""

  def __init__(self, way, threads):
    import tensorflow as tf
    version = tf.VERSION if hasattr(tf, "VERSION") else tf.__version__
    if not version.startswith("1."):
      raise ImportError("this is TensorFlow {}, not 1.x".format(version))
    self.versions = {"TensorFlow 1.x": version}
    tf.logging.set_verbosity(tf.logging.ERROR)
    super().__init__(tf, tf.nn.rnn_cell, tf.nn.dynamic_rnn, threads)
