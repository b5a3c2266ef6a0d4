"""Wrappers of a cell that project or embed its inputs or outputs.

Unlike those in `wrappers`, they open a variable scope
(`input_projection_wrapper`, ...), and the wrapped cell's variables are in it.
"""

import math

from tfcompat_rnn import _errors
from tfcompat_rnn._tf import tf
from tfcompat_rnn.cells import forwarding
from tfcompat_rnn.cells import linear


class _Projecting(linear.LinearKeeper, forwarding.ForwardingCell):
  """A wrapper with one linear layer, and an activation or none after it."""

  _activation = None

  def _project(self, tensor, size):
    projected = self._apply_linear("_linear", tensor, size)
    return self._activation(projected) if self._activation else projected


class InputProjectionWrapper(_Projecting):
  """A linear layer, then the cell.

  >>> cell = InputProjectionWrapper(GRUCell(64), num_proj=32)

  Variables `kernel` [depth, num_proj] and `bias` [num_proj] in the scope
  `input_projection_wrapper`, then, in the same scope, the wrapped cell's.

  Args:
    cell: a cell.
    num_proj: depth to project the inputs [batch, depth] to.
    activation: function applied to the projection, none by default.
    input_size: not used, as in 1.15.
    reuse: True to use the variables that the scope already has.

  Raises TypeError if `cell` is not a cell.

  TF 1.15: `tf.contrib.rnn.InputProjectionWrapper`.
  """

  def __init__(self, cell, num_proj, activation=None, input_size=None,
               reuse=None):
    super().__init__(cell, _reuse=reuse)
    if input_size is not None:
      tf.logging.warn("%s: input_size is not used.", self)
    self._num_proj = num_proj
    self._activation = activation
    self._linear = None

  def call(self, inputs, state):
    return self._cell(self._project(inputs, self._num_proj), state)


class OutputProjectionWrapper(_Projecting):
  """The cell, then a linear layer.

  >>> cell = OutputProjectionWrapper(LSTMCell(100), output_size=1)

  Variables, in the scope `output_projection_wrapper`: the wrapped cell's, then
  `kernel` [cell.output_size, output_size] and `bias` [output_size].

  Args:
    cell: a cell.
    output_size: depth of the outputs [batch, output_size].
    activation: function applied to the projection, none by default.
    reuse: True to use the variables that the scope already has.

  Raises TypeError if `cell` is not a cell; ValueError if output_size is below
  1.

  TF 1.15: `tf.contrib.rnn.OutputProjectionWrapper`.
  """

  def __init__(self, cell, output_size, activation=None, reuse=None):
    super().__init__(cell, _reuse=reuse)
    if output_size < 1:
      raise _errors.ArgumentError(_errors.problem(
          "output_size", "be > 0", output_size,
          "pass the depth of the projection"))
    self._output_size = output_size
    self._activation = activation
    self._linear = None

  @property
  def output_size(self):
    return self._output_size

  def call(self, inputs, state):
    output, new_state = self._cell(inputs, state)
    return self._project(output, self._output_size), new_state


class EmbeddingWrapper(forwarding.ForwardingCell):
  """An embedding table, then the cell: the inputs are integer symbols.

  >>> cell = EmbeddingWrapper(GRUCell(64), 10000, 128)

  Inputs int32 or int64 [batch, 1] (or any other shape of `batch` elements).
  Variable `embedding` [embedding_classes, embedding_size], of the state's
  dtype, in the scope `embedding_wrapper`, then, in the same scope, the wrapped
  cell's. As in 1.15, the table, the lookup and the wrapped cell are placed on
  the CPU.

  Args:
    cell: a cell.
    embedding_classes: number of symbols.
    embedding_size: depth of the vectors.
    initializer: for the table; by default that of the scope, or else uniform
      with variance 1.
    reuse: True to use the variables that the scope already has.

  Raises TypeError if `cell` is not a cell; ValueError if a size is not
  positive.

  TF 1.15: `tf.contrib.rnn.EmbeddingWrapper`.
  """

  def __init__(self, cell, embedding_classes, embedding_size,
               initializer=None, reuse=None):
    super().__init__(cell, _reuse=reuse)
    if embedding_classes <= 0 or embedding_size <= 0:
      raise _errors.ArgumentError(_errors.problem(
          "embedding_classes and embedding_size", "be > 0",
          f"{embedding_classes}, {embedding_size}",
          "pass the number of symbols and the depth of their vectors"))
    self._embedding_classes = embedding_classes
    self._embedding_size = embedding_size
    self._initializer = initializer

  def _table_initializer(self):
    found = self._initializer or tf.get_variable_scope().initializer
    if found:
      return found
    width = math.sqrt(3)  # uniform in [-width, width) has variance 1
    return tf.random_uniform_initializer(-width, width)

  def call(self, inputs, state):
    with tf.device("/cpu:0"):
      first = state[0] if isinstance(state, tuple) else state
      embedding = tf.get_variable(
          "embedding", [self._embedding_classes, self._embedding_size],
          initializer=self._table_initializer(), dtype=first.dtype)
      embedded = tf.nn.embedding_lookup(embedding, tf.reshape(inputs, [-1]))
      return self._cell(embedded, state)
