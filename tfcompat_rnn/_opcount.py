"""How many operations TensorFlow 1.15 would have counted in a graph.

In 1.15 the number of operations made so far is the seed of the next random
one. Where we make more than 1.15 did, or fewer, the difference is kept here,
for each graph.

  with uncounted():
    copy = ...            # 1.15 made none of these
  compensate(2)           # 1.15 made two more
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
  """As if `n` more operations had been made (fewer, if it is negative)."""
  if n:
    graph = _graph_of(graph)
    _differences[graph] = _differences.get(graph, 0) + n


@contextlib.contextmanager
def as_if(n, graph=None):
  """As if exactly `n` operations were made within, whatever happens there."""
  graph = _graph_of(graph)
  before = count(graph)
  try:
    yield
  finally:
    _differences[graph] = before + n - graph.num_operations()


def uncounted(graph=None):
  """Operations made within do not count, nor does `compensate` there."""
  return as_if(0, graph)
