"""AttentionCellWrapper: a cell that attends to its own last outputs."""

import operator

from tfcompat_rnn import _errors
from tfcompat_rnn._tf import tf
from tfcompat_rnn.cells import base
from tfcompat_rnn.cells import linear


class AttentionCellWrapper(linear.LinearKeeper, base.RNNCell):
  """Attention over a window of the cell's last `attn_length` outputs.

  Cheng et al., "Long Short-Term Memory-Networks for Machine Reading",
  https://arxiv.org/abs/1601.06733. One step:

      x' = [x, attended] W1 + b1
      o, s = cell(x', s)
      score_i = v . tanh(window_i K + s W3 + b3)
      attended = sum_i softmax(score)_i window_i
      output = [o, attended] W2 + b2      (replaces the oldest of the window)

  >>> cell = AttentionCellWrapper(LSTMCell(64), attn_length=10)

  Variables, in the scope `attention_cell_wrapper`: `kernel`, `bias` (W1, b1),
  the wrapped cell's, `attention/attn_w` (K) [1, 1, attn_size, attn_vec_size],
  `attention/attn_v` (v), `attention/kernel`, `attention/bias` (W3, b3),
  `attn_output_projection/kernel`, `.../bias` (W2, b2). State: the cell's,
  attended [batch, attn_size], window [batch, attn_size * attn_length].

  Args:
    cell: a cell.
    attn_length: size of the window.
    attn_size: depth of the outputs; cell.output_size by default.
    attn_vec_size: depth of the hidden layer of the scores; attn_size by
      default.
    input_size: depth of x'; that of x by default.
    state_is_tuple: True for the triple above as state; False for its parts
      concatenated in one tensor (the cell's state must then be one tensor
      too).
    reuse: True to use the variables that the scope already has.

  Raises TypeError if `cell` is not a cell; ValueError if attn_length is below
  1, or if the cell's state is a tuple and state_is_tuple is False.

  TF 1.15: `tf.contrib.rnn.AttentionCellWrapper`.
  """

  def __init__(self, cell, attn_length, attn_size=None, attn_vec_size=None,
               input_size=None, state_is_tuple=True, reuse=None):
    super().__init__(_reuse=reuse)
    base.assert_like_rnncell("cell", cell)
    if tf.nest.is_nested(cell.state_size) and not state_is_tuple:
      raise _errors.ArgumentError(_errors.problem(
          "state_is_tuple", "be True for a cell whose state is a tuple, "
          f"{cell.state_size}", state_is_tuple,
          "set it, or make the cell with state_is_tuple=False"))
    if attn_length <= 0:
      raise _errors.ArgumentError(_errors.problem(
          "attn_length", "be greater than zero", attn_length,
          "pass the number of outputs to attend to"))
    if not state_is_tuple:
      tf.logging.warn("%s: state_is_tuple=False is slower; pass True.", self)
    self._cell, self._input_size = cell, input_size
    self._attn_length = attn_length
    self._attn_size = cell.output_size if attn_size is None else attn_size
    self._attn_vec_size = (
        self._attn_size if attn_vec_size is None else attn_vec_size)
    self._state_is_tuple, self._reuse = state_is_tuple, reuse
    self._linear1 = self._linear2 = self._linear3 = None

  output_size = property(operator.attrgetter("_attn_size"))

  @property
  def state_size(self):
    sizes = self._part_sizes()
    return sizes if self._state_is_tuple else sum(sizes)

  def _part_sizes(self):
    return (self._cell.state_size, self._attn_size,
            self._attn_size * self._attn_length)

  def _split(self, state):
    """The cell's state, the last attended vector, the flat window."""
    if not self._state_is_tuple:
      parts, start = [], 0
      for size in self._part_sizes():
        parts.append(tf.slice(state, [0, start], [-1, size]))
        start += size
      return parts
    if not tf.nest.is_nested(state):
      raise _errors.ArgumentTypeError(_errors.problem(
          "state", "be the triple (cell's state, attended, window)", state,
          "start from zero_state, or pass state_is_tuple=False"))
    if len(state) != 3:
      raise _errors.ArgumentError(_errors.problem(
          "state", "be the triple (cell's state, attended, window)",
          f"{len(state)} parts", "start from this wrapper's own zero_state"))
    return state

  def call(self, inputs, state):
    cell_state, attended, window = self._split(state)
    window = tf.reshape(window, [-1, self._attn_length, self._attn_size])
    depth = self._input_size
    if depth is None:
      depth = inputs.shape.as_list()[1]
    cell_output, new_cell_state = self._cell(
        self._apply_linear("_linear1", [inputs, attended], depth), cell_state)
    query = new_cell_state
    if self._state_is_tuple:
      query = tf.concat(tf.nest.flatten(new_cell_state), 1)
    attended, rest = self._attention(query, window)
    with tf.variable_scope("attn_output_projection"):
      output = self._apply_linear(
          "_linear2", [cell_output, attended], self._attn_size)
    window = tf.concat([rest, tf.expand_dims(output, 1)], 1)
    window = tf.reshape(window, [-1, self._attn_length * self._attn_size])
    new_state = (new_cell_state, attended, window)
    if not self._state_is_tuple:
      new_state = tf.concat(list(new_state), 1)
    return output, new_state

  def _attention(self, query, attn_states):
    """The attended vector, and the window without its oldest entry.

    query: [batch, depth]; attn_states: [batch, attn_length, attn_size].
    """
    with tf.variable_scope("attention"):
      # These two before the linear map of the query, as in 1.15; and a
      # convolution over single entries in place of a product of matrices.
      mix = tf.get_variable(
          "attn_w", [1, 1, self._attn_size, self._attn_vec_size])
      score = tf.get_variable("attn_v", [self._attn_vec_size])
      linear.check_dtype(mix, attn_states)
      window = tf.reshape(
          attn_states, [-1, self._attn_length, 1, self._attn_size])
      features = tf.nn.conv2d(window, mix, [1, 1, 1, 1], "SAME")
      asked = tf.reshape(
          self._apply_linear("_linear3", query, self._attn_vec_size),
          [-1, 1, 1, self._attn_vec_size])
      scores = tf.reduce_sum(score * tf.tanh(features + asked), [2, 3])
      weights = tf.reshape(
          tf.nn.softmax(scores), [-1, self._attn_length, 1, 1])
      attended = tf.reduce_sum(weights * window, [1, 2])
      return (tf.reshape(attended, [-1, self._attn_size]),
              tf.slice(attn_states, [0, 1, 0], [-1, -1, -1]))
