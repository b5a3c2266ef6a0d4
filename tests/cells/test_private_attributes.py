"""Private attributes of 1.15's cells that programs read, and set.

The values of `EXPECTED` are those of TensorFlow 1.15.5.
"""

import pytest

from tfcompat_rnn import cells as rnn

_WINDOWS = {"feature_size": 2, "frequency_skip": 1}
_BLOCKS = {**_WINDOWS, "num_frequency_blocks": [2]}
EXPECTED = [
    (lambda: rnn.LSTMCell(3), (3, 3), 3),
    (lambda: rnn.LSTMCell(3, num_proj=2, state_is_tuple=False), 5, 2),
    (lambda: rnn.NASCell(3), (3, 3), 3),
    (lambda: rnn.NASCell(3, num_proj=2, use_bias=True), (3, 2), 2),
    (lambda: rnn.WeightNormLSTMCell(3), (3, 3), 3),
    (lambda: rnn.TimeFreqLSTMCell(3, **_WINDOWS), 6, 3),
    (lambda: rnn.GridLSTMCell(3, **_BLOCKS), (3,) * 4, 12),
    (lambda: rnn.BidirectionalGridLSTMCell(3, **_BLOCKS), (3,) * 8, 24),
    (lambda: rnn.CoupledInputForgetGateLSTMCell(3, num_proj=2), (3, 2), 2),
    (lambda: rnn.GLSTMCell(4, number_of_groups=2), (4, 4), 4)]


@pytest.mark.parametrize("make, state_size, output_size", EXPECTED)
def test_sizes_are_stored(v1, make, state_size, output_size):
  cell = make()
  for found in (cell._state_size, cell.state_size):
    assert found == state_size
  for found in (cell._output_size, cell.output_size):
    assert found == output_size
  # As in 1.15, the properties return what is stored.
  cell._output_size = 7
  assert cell.output_size == 7


def test_bidirectional_state_names(v1):
  cell = rnn.BidirectionalGridLSTMCell(3, **_BLOCKS)
  assert cell._state_size._fields == cell.state_tuple_type._fields
  assert cell._state_size._fields[0] == "fwd_state_f00_b00_c"


class OldCell(rnn.RNNCell):
  """A cell of TensorFlow 1.0: no `super().__init__()`, its own `_scope`."""

  def __init__(self, units):
    self.units = units

  @property
  def state_size(self):
    return self.units

  output_size = state_size

  def __call__(self, inputs, state, scope=None):
    from tfcompat_rnn._tf import tf
    with tf.variable_scope(scope or "old") as opened:
      if hasattr(self, "_scope"):
        assert self._scope.name == opened.name
      self._scope = opened
      w = tf.get_variable(
          "w", [inputs.shape[1].value + self.units, self.units])
      h = tf.tanh(tf.matmul(tf.concat([inputs, state], 1), w))
    return h, h


def test_a_cell_without_super_init_starts_empty(v1):
  from tfcompat_rnn import loops
  cell = OldCell(3)
  assert vars(cell) == {"units": 3}
  assert not hasattr(cell, "_scope")
  outputs, _ = loops.dynamic_rnn(cell, v1.ones([2, 4, 5]), dtype=v1.float32)
  assert outputs.shape.as_list() == [2, 4, 3]
  assert [v.name for v in v1.global_variables()] == ["rnn/old/w:0"]
  assert cell.trainable_weights == [] and cell.losses == []


def test_what_a_layer_collects_is_its_own(v1):
  first, second = OldCell(3), OldCell(3)
  first._trainable_weights.append("mine")
  assert second._trainable_weights == []
  assert first._trainable_weights == ["mine"]
  with pytest.raises(AttributeError, match="no attribute 'nothing'"):
    first.nothing
