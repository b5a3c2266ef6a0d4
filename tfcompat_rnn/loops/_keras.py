"""Supports Keras cells in the loops of 1.x.

1.15 accepted `tf.keras.layers.LSTMCell` and similar cells: its loops wrapped a
state of one tensor in a list for the call and unwrapped it afterwards. Today's
loops do not, and today's Keras creates the first state with a different
signature.
"""

import inspect

from tfcompat_rnn import _tf
from tfcompat_rnn._tf import tf

_KERAS = ("keras", "tf_keras")


def is_keras_cell(cell):
  """Whether `cell` is a Keras layer rather than an RNNCell, as 1.15 asked."""
  if hasattr(type(cell), "zero_state"):
    return False
  return any(
      base.__name__ == "Layer" and (
          base.__module__.split(".")[0] in _KERAS
          or base.__module__.startswith(_tf.module_name("legacy_keras") + "."))
      for base in type(cell).__mro__)


def _plain(state):
  """`state` with plain lists, because Keras accepts no list subclasses."""
  if isinstance(state, list):
    return [_plain(part) for part in state]
  return state


class KerasCell:
  """Gives a Keras cell the interface of an RNNCell."""

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
    """A tensor if the state is one tensor, otherwise a list, as in 1.15."""
    parameters = inspect.signature(self._cell.get_initial_state).parameters
    if "dtype" in parameters:
      return self._cell.get_initial_state(
          inputs=inputs, batch_size=batch_size, dtype=dtype)
    state = self._cell.get_initial_state(batch_size=batch_size)
    state = tf.nest.map_structure(lambda leaf: tf.cast(leaf, dtype), state)
    if not tf.nest.is_nested(self.state_size) and len(state) == 1:
      state = state[0]
    return state
