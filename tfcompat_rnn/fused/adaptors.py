"""The interface of fused cells, which run a recurrent network in one call.

A fused cell takes all steps at once, `[time, batch, depth]` or a list of
`[batch, depth]`, and returns all outputs in the same form.
"""

import abc

from tfcompat_rnn import loops
from tfcompat_rnn._tf import tf


class FusedRNNCell(abc.ABC):
  """Base class of fused cells; a subclass defines `__call__`.

  Example: `outputs, state = fused(inputs, dtype=tf.float32)`

  Raises TypeError if a subclass without `__call__` is instantiated.

  TF 1.15: `tf.contrib.rnn.FusedRNNCell`.
  """

  @abc.abstractmethod
  def __call__(self, inputs, initial_state=None, dtype=None,
               sequence_length=None, scope=None):
    """Computes all steps; returns `(outputs, final_state)`.

    Args:
      inputs: `[time, batch, depth]`, or a list with one `[batch, depth]` tensor
        per step.
      initial_state: the cell's state, each tensor `[batch, size]`; by default
        zeros of `dtype`.
      dtype: dtype of that zero state.
      sequence_length: integers `[batch]`; by default all steps.
      scope: a name or variable scope.
    """


class FusedRNNCellAdaptor(FusedRNNCell):
  """Wraps a cell as a fused cell, using `static_rnn` or `dynamic_rnn`.

  Example: `FusedRNNCellAdaptor(cell, use_dynamic_rnn=True)(x, dtype="float32")`

  Args:
    cell: an RNNCell.
    use_dynamic_rnn: True for a loop in the graph; False to build each step, in
      which case the number of steps must be known.

  Raises the errors of the loop.

  TF 1.15: `tf.contrib.rnn.FusedRNNCellAdaptor`.
  """

  def __init__(self, cell, use_dynamic_rnn=False):
    self._cell = cell
    self._use_dynamic_rnn = use_dynamic_rnn

  def __call__(self, inputs, initial_state=None, dtype=None,
               sequence_length=None, scope=None):
    listed = isinstance(inputs, list)
    settings = dict(initial_state=initial_state, dtype=dtype,
                    sequence_length=sequence_length, scope=scope)
    if self._use_dynamic_rnn:
      steps = tf.stack(inputs) if listed else inputs
      outputs, state = loops.dynamic_rnn(
          self._cell, steps, time_major=True, **settings)
      return (tf.unstack(outputs) if listed else outputs), state
    steps = inputs if listed else tf.unstack(inputs)
    outputs, state = loops.static_rnn(self._cell, steps, **settings)
    return (outputs if listed else tf.stack(outputs)), state


class TimeReversedFusedRNN(FusedRNNCell):
  """A fused cell that reads its inputs from the last step to the first.

  Example: `TimeReversedFusedRNN(LSTMBlockFusedCell(16))(x, dtype="float32")`

  Each output is at the step it belongs to; the state is that after the first
  step. With `sequence_length`, each row is reversed within its length (a list
  of inputs is reversed as a whole, as in 1.15).

  TF 1.15: `tf.contrib.rnn.TimeReversedFusedRNN`.
  """

  def __init__(self, cell):
    self._cell = cell

  def __call__(self, inputs, initial_state=None, dtype=None,
               sequence_length=None, scope=None):
    outputs, state = self._cell(
        _turned(inputs, sequence_length), initial_state=initial_state,
        dtype=dtype, sequence_length=sequence_length, scope=scope)
    return _turned(outputs, sequence_length), state


def _turned(steps, lengths):
  if isinstance(steps, list):
    return steps[::-1]
  if lengths is None:
    return tf.reverse(steps, [0])
  return tf.reverse_sequence(steps, lengths, seq_axis=0, batch_axis=1)
