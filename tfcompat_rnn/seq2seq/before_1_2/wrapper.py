"""`DynamicAttentionWrapper`: TensorFlow 1.1's cell with attention."""

import collections

from tfcompat_rnn import _errors
from tfcompat_rnn._tf import tf
from tfcompat_rnn.cells import base
from tfcompat_rnn.seq2seq.before_1_2 import mechanisms


class DynamicAttentionWrapperState(collections.namedtuple(
    "DynamicAttentionWrapperState", ("cell_state", "attention"))):
  """The state of a `DynamicAttentionWrapper`.

  `cell_state` is that of the wrapped cell; `attention` is
  `[batch, attention_size]`.

  TF 1.1: `tf.contrib.seq2seq.DynamicAttentionWrapperState`.
  """


class DynamicAttentionWrapper(base.RNNCell):
  """A cell that attends to a memory.

  >>> attention = tf.contrib.seq2seq.LuongAttention(64, encoder_outputs)
  >>> cell = DynamicAttentionWrapper(LSTMCell(64), attention, 32)

  Variables: the wrapped cell's and the mechanism's, `dense/kernel`
  [output + context, attention_size] and `dense/bias`, in the scope of the
  caller; there is no scope of the wrapper.

  Args:
    cell: a cell.
    attention_mechanism: a mechanism of TensorFlow 1.1 (see `mechanisms`).
    attention_size: depth of the attention.
    cell_input_fn: `(inputs, attention) -> inputs` of the wrapped cell;
      concatenates them by default.
    probability_fn: `score -> alignments`, `tf.nn.softmax` by default.
    output_attention: whether the output is the attention, or else the wrapped
      cell's output.
    name: not used, as in 1.1.

  Raises ArgumentTypeError if the cell is no cell, the mechanism is none of
  1.1, or a function is not callable; RefusedError if it is called with
  a scope, as in 1.1.

  TF 1.1: `tf.contrib.seq2seq.DynamicAttentionWrapper`, from 1.2 on
  `AttentionWrapper`.
  """

  def __init__(self, cell, attention_mechanism, attention_size,
               cell_input_fn=None, probability_fn=None, output_attention=True,
               name=None):
    super().__init__()
    del name
    base.assert_like_rnncell("cell", cell)
    if not isinstance(attention_mechanism, mechanisms.AttentionMechanism):
      raise _errors.ArgumentTypeError(_errors.problem(
          "attention_mechanism", "be a mechanism of TensorFlow 1.1",
          type(attention_mechanism).__name__, "run the program with "
          + _errors.option("--api 1.1", "api='1.1'") + ", so that "
          "BahdanauAttention and LuongAttention are those of 1.1"))
    for argument, function in (("cell_input_fn", cell_input_fn),
                               ("probability_fn", probability_fn)):
      if function is not None and not callable(function):
        raise _errors.ArgumentTypeError(_errors.problem(
            argument, "be callable", repr(function), "pass a function"))
    self._cell = cell
    self._attention_mechanism = attention_mechanism
    self._attention_size = attention_size
    self._attention_layer = mechanisms.Dense(
        "dense", attention_size, bias_initializer=None)
    self._cell_input_fn = cell_input_fn or (
        lambda inputs, attention: tf.concat([inputs, attention], -1))
    self._probability_fn = probability_fn or tf.nn.softmax
    self._output_attention = output_attention

  @property
  def output_size(self):
    # 1.1 had this also with output_attention=False.
    return self._attention_size

  @property
  def state_size(self):
    return DynamicAttentionWrapperState(
        cell_state=self._cell.state_size, attention=self._attention_size)

  def zero_state(self, batch_size, dtype):
    """A `DynamicAttentionWrapperState` of zeros."""
    with base.zero_state_scope(self, batch_size):
      return DynamicAttentionWrapperState(
          cell_state=self._cell.zero_state(batch_size, dtype),
          attention=base.zero_state_tensors(
              self._attention_size, batch_size, dtype))

  def __call__(self, inputs, state, scope=None):
    """One step: `(attention or cell output, DynamicAttentionWrapperState)`."""
    if scope is not None:
      raise _errors.RefusedError(_errors.problem(
          "scope", "be None", repr(scope), "leave it out (TensorFlow 1.1: "
          "scope not None is not supported)"))
    cell_output, cell_state = self._cell(
        self._cell_input_fn(inputs, state.attention), state.cell_state)
    alignments = self._probability_fn(self._attention_mechanism(cell_output))
    # [batch, 1, time] times [batch, time, depth]
    context = tf.squeeze(
        tf.matmul(tf.expand_dims(alignments, 1),
                  self._attention_mechanism.values), [1])
    attention = self._attention_layer(tf.concat([cell_output, context], 1))
    state = DynamicAttentionWrapperState(
        cell_state=cell_state, attention=attention)
    return attention if self._output_attention else cell_output, state
