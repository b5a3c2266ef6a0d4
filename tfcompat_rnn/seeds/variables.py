"""Variables: regularizers."""

import contextlib

from tfcompat_rnn._tf import tf
from tfcompat_rnn.seeds import Restored


class _CalledOnce:
  """A regularizer that is applied at its first call, as in 1.15.

  TensorFlow 2's `get_variable` calls it once to see whether there is a loss,
  and again, in the right scope, to get it.
  """

  def __init__(self, regularizer, scope):
    self._regularizer = regularizer
    self._scope = scope
    self._called = False
    self._loss = None

  def __call__(self, variable):
    if not self._called:
      self._called = True
      graph = tf.get_default_graph()
      with contextlib.ExitStack() as stack:
        stack.enter_context(graph.colocate_with(variable.op))
        stack.enter_context(tf.name_scope(self._scope))
        stack.enter_context(tf.init_scope())
        self._loss = self._regularizer(variable)
    return self._loss


def _get_single_variable(original):
  def get_single_variable(self, name, *args, **kwargs):
    regularizer = kwargs.get("regularizer")
    if regularizer is not None:
      kwargs["regularizer"] = _CalledOnce(regularizer,
                                          name + "/Regularizer/")
    return original(self, name, *args, **kwargs)
  return get_single_variable


ROWS = [
    Restored("variable_scope:_VariableStore._get_single_variable",
             _get_single_variable,
             "today's calls the regularizer twice"),
]
