"""What wrappers of a cell share: they pass on what the wrapped cell has."""

import operator

from tfcompat_rnn.cells import base


class ForwardingCell(base.RNNCell):
  """A wrapper of `self._cell` that has this cell's sizes and zero state.

  Raises TypeError if `cell` is not a cell.
  """

  def __init__(self, cell, *args, **kwargs):
    super().__init__(*args, **kwargs)
    base.assert_like_rnncell("cell", cell)
    self._cell = cell

  state_size, output_size = (
      property(operator.attrgetter(f"_cell.{size}_size"))
      for size in ("state", "output"))

  def zero_state(self, batch_size, dtype):
    with base.zero_state_scope(self, batch_size):
      return self._cell.zero_state(batch_size, dtype)


class WeightForwardingCell(ForwardingCell):
  """A `ForwardingCell` that lists the wrapped cell's weights before its own."""

  @property
  def trainable_weights(self):
    return (list(getattr(self._cell, "trainable_weights", []))
            + super().trainable_weights)

  @property
  def non_trainable_weights(self):
    return (list(getattr(self._cell, "non_trainable_weights", []))
            + super().non_trainable_weights)
