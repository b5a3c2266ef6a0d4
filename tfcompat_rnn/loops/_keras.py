"""Keras cells in the loops of 1.x.

1.15 took `tf.keras.layers.LSTMCell` and its like: its loops wrapped a state
of one tensor in a list for the call and took it out again. Today's loops do
not, and today's Keras makes its first state by another signature.
"""

import inspect

from tfcompat_rnn import _tf
from tfcompat_rnn._tf import tf

_KERAS = ("keras", "tf_keras")


def is_keras_cell(cell):
  """Whether `cell` is a layer of Keras and no RNNCell, by 1.15's question."""
  if hasattr(type(cell), "zero_state"):
    return False
  return any(
      base.__name__ == "Layer" and (
          base.__module__.split(".")[0] in _KERAS
          or base.__module__.startswith(_tf.module_name("legacy_keras") + "."))
      for base in type(cell).__mro__)


def _plain(state):
  """`state` with lists for its lists: Keras takes no class of its own kind."""
  if isinstance(state, list):
    return [_plain(part) for part in state]
  return state


class KerasCell:
  """A Keras cell with the face of an RNNCell."""

  def __init__(self, cell):
    self._cell = cell
    self.state_size = cell.state_size
    self.output_size = cell.output_size

  def __call__(self, inputs, state, scope=None):
    del scope  # Keras names its variables by itself
    alone = not tf.nest.is_nested(state)
    output, state = self._cell(inputs, [state] if alone else _plain(state))
    if alone and len(state) == 1:
      state = state[0]
    return output, state

  def get_initial_state(self, inputs=None, batch_size=None, dtype=None):
    """A tensor for a state of one, else a list, as in 1.15."""
    parameters = inspect.signature(self._cell.get_initial_state).parameters
    if "dtype" in parameters:
      return self._cell.get_initial_state(
          inputs=inputs, batch_size=batch_size, dtype=dtype)
    state = self._cell.get_initial_state(batch_size=batch_size)
    state = tf.nest.map_structure(lambda leaf: tf.cast(leaf, dtype), state)
    if not tf.nest.is_nested(self.state_size) and len(state) == 1:
      state = state[0]
    return state
