"""This package's cells, in each of its executions."""

import functools
import logging

import graph_mode


class Contestant(graph_mode.Network):
  """`way`: the arguments `execution` and `recompute` of `dynamic_rnn`."""

  def __init__(self, way, threads):
    from tfcompat_rnn import cells
    from tfcompat_rnn._tf import tf
    from tfcompat_rnn.fused.recurrence import functions
    from tfcompat_rnn.fused.recurrence import rnn
    from tfcompat_rnn.namespace import behavior
    behavior.disable_v2_behavior()
    self.versions = {"TensorFlow": tf.version.VERSION}
    super().__init__(tf, cells, functools.partial(rnn.dynamic_rnn, **way),
                     threads, {"GRU-after": cells.CudnnCompatibleGRUCell})
    if way["execution"] == "auto":
      # The next step is compiled.
      self.settles = functions.RUNS
    self._said = []
    logger = logging.getLogger(rnn.__name__)
    logger.setLevel(logging.INFO)
    logger.propagate = False
    logger.addHandler(_Listener(self._said))

  def build(self, spec):
    super().build(spec)
    return self._said


class _Listener(logging.Handler):
  """Keeps what is said of a cell that cannot run as it should."""

  def __init__(self, said):
    super().__init__()
    self._said = said

  def emit(self, record):
    self._said.append(record.getMessage())
