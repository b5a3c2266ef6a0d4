"""The number of operations that TensorFlow 1.15 would have counted in a graph.

In 1.15 the number of operations created so far is the seed of the next random
operation. If this package creates more or fewer operations than 1.15 did, the
difference is recorded here for each graph.

  with uncounted():
    copy = ...            # 1.15 did not create these
  compensate(2)           # 1.15 created two more
"""

import contextlib
import weakref

from tfcompat_rnn._tf import tf

_differences = weakref.WeakKeyDictionary()


def _graph_of(graph):
  return tf.get_default_graph() if graph is None else graph


def count(graph=None):
  """1.15's number of operations in `graph` (None: the default graph)."""
  graph = _graph_of(graph)
  return graph.num_operations() + _differences.get(graph, 0)


def compensate(n, graph=None):
  """Counts as if `n` more operations had been created (fewer if negative)."""
  if n:
    graph = _graph_of(graph)
    _differences[graph] = _differences.get(graph, 0) + n


@contextlib.contextmanager
def as_if(n, graph=None):
  """Counts the block as `n` operations, however many it creates."""
  graph = _graph_of(graph)
  before = count(graph)
  try:
    yield
  finally:
    _differences[graph] = before + n - graph.num_operations()


def uncounted(graph=None):
  """Ignores operations created, and calls of `compensate`, in the block."""
  return as_if(0, graph)
