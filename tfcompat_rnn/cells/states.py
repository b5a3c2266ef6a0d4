"""What most cells share: their sizes, and a state of one part or of two."""

import operator

from tfcompat_rnn._tf import tf
from tfcompat_rnn.cells import base
from tfcompat_rnn.cells import checks
from tfcompat_rnn.cells import identifiers


class OneState:
  """Mixin: the state is one tensor, as wide as the output, `num_units`."""

  state_size = output_size = property(operator.attrgetter("_num_units"))


class PairState:
  """Mixin: the state is `(c, h)`, where h and the output may be projected."""

  _num_proj = None
  _state_is_tuple = True

  @property
  def state_size(self):
    return pair_sizes(self)[0]

  @property
  def output_size(self):
    return pair_sizes(self)[1]


class KeptSizes:
  """Mixin: the sizes are those that the constructor kept, as in 1.15.

  Programs read them under these names, or change them in a subclass.
  """

  def _keep_sizes(self, state_size, output_size):
    self._state_size = state_size
    self._output_size = output_size

  state_size = property(operator.attrgetter("_state_size"))
  output_size = property(operator.attrgetter("_output_size"))


def pair_sizes(cell):
  """`(state_size, output_size)` of a `PairState` cell.

  Not from its properties, which a subclass may override.
  """
  output_size = cell._num_proj or cell._num_units
  sizes = base.LSTMStateTuple(cell._num_units, output_size)
  return sizes if cell._state_is_tuple else sum(sizes), output_size


def split_state(cell, state, h_size):
  """`(c, h)` of a `PairState` cell's state, checked."""
  if cell._state_is_tuple:
    return checks.split_pair(cell, state)
  checks.check_leaf(cell, state)
  units = cell._num_units
  return (tf.slice(state, [0, 0], [-1, units]),
          tf.slice(state, [0, units], [-1, h_size]))


def join_state(cell, c, h):
  """The inverse of `split_state`: `(c, h)`, or both in one tensor."""
  if cell._state_is_tuple:
    return base.LSTMStateTuple(c, h)
  return tf.concat([c, h], 1)


class UnitsCell(OneState, base.LayerRNNCell):
  """Inputs `[batch, depth]`, `num_units` units, one activation.

  Subclasses define `_check_dtype`, which raises if `self.dtype` is not one
  for a cell. As in 1.15 they differ in what they accept, in the class of the
  error, and in whether the constructor checks already.
  """

  _constructor_checks_dtype = False

  def __init__(self, num_units, activation, reuse, name, dtype, kwargs):
    super().__init__(_reuse=reuse, name=name, dtype=dtype, **kwargs)
    if self._constructor_checks_dtype:
      self._check_dtype()
    self.input_spec = checks.InputSpec(ndim=2)
    self._num_units = checks.check_units("num_units", num_units)
    self._activation = identifiers.find_activation(activation)

  def _check_dtype(self):
    raise NotImplementedError

  def _input_depth(self, inputs_shape):
    self._check_dtype()
    return checks.known_depth(inputs_shape)

  def get_config(self):
    return {**super().get_config(), "num_units": self._num_units,
            "activation": identifiers.activation_name(self._activation),
            "reuse": self._reuse}
