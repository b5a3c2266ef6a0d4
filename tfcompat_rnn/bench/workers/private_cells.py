"""TensorFlow's own `dynamic_rnn` with the 1.x cells that it still has."""

import graph_mode


class Contestant(graph_mode.Network):
  """`way` is not used."""

  def __init__(self, way, threads):
    from tfcompat_rnn import _tf
    from tfcompat_rnn.namespace import behavior
    behavior.disable_v2_behavior()
    tf = _tf.tf
    self.versions = {"TensorFlow": tf.version.VERSION}
    tf.logging.set_verbosity(tf.logging.ERROR)
    super().__init__(
        tf, _tf.private("rnn_cell_impl"), tf.nn.dynamic_rnn, threads)
