"""Where a TensorFlow 1.15 layer puts its variables and its ops.

A layer *captures* a variable scope the first time it is used (from `scope=`,
from `name=`, else from its class name made unique in the surrounding scope)
and *reopens* that scope ever after, wherever it is called from. Its ops go
under the name scope that was current when the scope was captured.
"""

import collections
import contextlib
import re
import weakref

from tfcompat_rnn import _tf
from tfcompat_rnn._tf import tf

_counts = weakref.WeakKeyDictionary()

_WORD = re.compile("(.)([A-Z][a-z0-9]+)")
_HUMP = re.compile("([a-z])([A-Z])")


def snake_case(class_name):
  """The default scope name of a class: `BasicLSTMCell` -> `basic_lstm_cell`.

  Scope names must not start with an underscore: `_Cell` -> `private_cell`.
  """
  words = _HUMP.sub(r"\1_\2", _WORD.sub(r"\1_\2", class_name)).lower()
  return "private" + words if words.startswith("_") else words


def unique_name(base):
  """`base_1`, `base_2`, ... counted per graph, as `layer.name` was in 1.15."""
  counter = _counts.setdefault(
      tf.get_default_graph(), collections.Counter())
  counter[base] += 1
  return f"{base}_{counter[base]}"


def names_given(base):
  """How many names `unique_name` has made of `base` in this graph."""
  return _counts.get(tf.get_default_graph(), {}).get(base, 0)


def default_name_counts():
  """How often each default name of a variable scope has been used so far."""
  return dict(_store().variable_scopes_count)


@contextlib.contextmanager
def default_names(counts):
  """Default names are given as they were when `counts` were taken."""
  store = _store()
  now = store.variable_scopes_count
  store.variable_scopes_count = dict(counts)
  try:
    yield
  finally:
    store.variable_scopes_count = now


def _store():
  return _tf.private("variable_scope").get_variable_scope_store()


def capture(scope, base_name, reuse):
  """The `VariableScope` that a layer keeps from its first use.

  `scope` (a string or a `VariableScope`) takes precedence. Without it, a layer
  that reuses variables takes `base_name` unchanged, and any other layer makes
  it unique.
  """
  if scope is None and reuse:
    scope = base_name
  with tf.variable_scope(scope, default_name=base_name) as captured:
    return captured


def reopen(captured, reuse):
  """Context manager: reopens a captured scope without a new name scope.

  `captured` is a plain name if the layer always uses that name.
  """
  around = (captured if hasattr(captured, "regularizer")
            else tf.get_variable_scope())
  return tf.variable_scope(
      captured, reuse=reuse, auxiliary_name_scope=False,
      regularizer=lifted(around.regularizer))


def op_names(scope):
  """Context manager: the name scope in which `scope` was captured."""
  return tf.name_scope(scope.original_name_scope)


def recording_scope(scope, recorder):
  """Context manager: `scope` with `recorder` as a custom getter."""
  around = scope if hasattr(scope, "regularizer") else tf.get_variable_scope()
  return tf.variable_scope(
      scope, custom_getter=recorder, regularizer=lifted(around.regularizer))


class Lifted:
  """A scope's regularizer, applied once and outside any loop.

  1.15 moved the regularization loss of a new variable out of the loop that
  created it. Current TensorFlow creates it inside the loop, where it cannot be
  fetched, and calls the function twice: once to see whether it returns a loss,
  and once for the loss.
  """

  def __init__(self, regularizer):
    self._regularizer = regularizer
    self._losses = {}

  def __call__(self, variable):
    if tf.executing_eagerly():
      return self._regularizer(variable)
    name = variable.op.name
    key = (variable.graph, name)
    if key not in self._losses:
      with variable.graph.colocate_with(variable.op), tf.name_scope(
          name + "/Regularizer/"):
        with tf.init_scope():
          self._losses[key] = self._regularizer(variable)
    return self._losses[key]


def lifted(regularizer):
  """`regularizer` as a `Lifted`; None stays None (none, or inherited)."""
  if regularizer is None or isinstance(regularizer, Lifted):
    return regularizer
  return Lifted(regularizer)


def unlifted(regularizer):
  """The function that was passed to `lifted`."""
  return getattr(regularizer, "_regularizer", regularizer)
