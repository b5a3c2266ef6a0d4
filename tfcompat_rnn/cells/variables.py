"""Predicates and look-ups for variables that TensorFlow does not offer."""

import weakref

from tfcompat_rnn import _tf
from tfcompat_rnn._tf import tf
from tfcompat_rnn._tf import tf2

# A graph's variables refer to the graph, so only weak references keep it free.
_tracked = weakref.WeakKeyDictionary()


def track(variable):
  """Notes that a layer has made `variable`; see `tracked`."""
  for part in parts(variable):
    # An eager variable has none, not even if a tf.function has made it.
    graph = getattr(part, "graph", None)
    if graph is not None:
      _tracked.setdefault(graph, []).append(weakref.ref(part))


def tracked(graph):
  """The variables of `graph` that layers made.

  In 1.15 cells were Keras layers, and a session of Keras initializes what its
  layers made.
  """
  found = [reference() for reference in _tracked.get(graph, ())]
  return [variable for variable in found if variable is not None]


def contains(collection, variable):
  """Membership by identity, since `==` on variables may build an op."""
  return any(variable is other for other in collection)


def global_variables():
  """The global variables of the graph in which variables are made."""
  with tf.init_scope():
    return [] if tf.executing_eagerly() else tf.global_variables()


def is_trainable(variable):
  """Whether `variable` is in the collection of trainable variables."""
  with tf.init_scope():
    if tf.executing_eagerly():
      return bool(variable.trainable)
    return contains(tf.trainable_variables(), variable)


def is_partitioned(variable):
  """Whether a partitioner has split `variable` into parts."""
  return isinstance(variable, _tf.private("partitioned_variable"))


def parts(variable):
  """The parts of a partitioned `variable`, or the variable itself."""
  return list(variable) if is_partitioned(variable) else [variable]


def holds_variables(value):
  """True for a variable and for a list that has only variables."""
  leaves = value if isinstance(value, (list, tuple)) and value else [value]
  return all(isinstance(leaf, tf2.Variable) or is_partitioned(leaf)
             for leaf in leaves)


def is_graph_object(value):
  """True for an object of a graph, which must not be copied with a cell."""
  return isinstance(value, (
      tf.Tensor, tf.SparseTensor, tf2.Variable, tf.Operation, tf.Graph,
      tf.VariableScope, tf.variable_scope)) or is_partitioned(value)


def regularize(name, variable, regularizer):
  """The regularizer's value for `variable`, under 1.15's op names."""
  with tf.name_scope(name + "/Regularizer"):
    return regularizer(variable)
