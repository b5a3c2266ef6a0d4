"""Decoders with attention over the outputs of an encoder.

Additive attention as in "Grammar as a Foreign Language"
(https://arxiv.org/abs/1412.7449), with the state of the cell as the query.
"""

from tfcompat_rnn import _errors
from tfcompat_rnn import _nest
from tfcompat_rnn import _snapshot
from tfcompat_rnn._errors import problem
from tfcompat_rnn._tf import tf
from tfcompat_rnn.cells import linear
from tfcompat_rnn.seq2seq.legacy import decoders


class _Heads:
  """Reads from the attention states, once per head.

  The constructor makes the variables `AttnW_<n>` `[1, 1, size, size]` and
  `AttnV_<n>` `[size]`; the first query makes those of `Attention_<n>`.
  """

  def __init__(self, states, count, dtype):
    self._dtype = dtype
    self._length = states.shape.as_list()[1]
    if self._length is None:
      self._length = tf.shape(states)[1]
    self.size = states.shape.as_list()[2]
    # The states are multiplied by a matrix as a convolution of width 1.
    self._states = tf.reshape(states, [-1, self._length, 1, self.size])
    self._keys = []
    for head in range(count):
      kernel = tf.get_variable(
          f"AttnW_{head}", [1, 1, self.size, self.size], dtype=dtype)
      features = tf.nn.conv2d(
          self._states, kernel, [1, 1, 1, 1], "SAME")
      vector = tf.get_variable(f"AttnV_{head}", [self.size], dtype=dtype)
      self._keys.append((features, vector))

  def zeros(self, rows):
    """What each head has read before the first step."""
    shape = tf.stack([rows, self.size])
    zeros = [tf.zeros(shape, dtype=self._dtype) for _ in self._keys]
    for tensor in zeros:
      tensor.set_shape([None, self.size])
    return zeros

  def read(self, query):
    """A list with one `[batch, size]` per head, for a cell's state."""
    if _nest.is_nested(query):
      query = _joined(query)
    return [self._read_head(head, query) for head in range(len(self._keys))]

  def _read_head(self, head, query):
    features, vector = self._keys[head]
    with tf.variable_scope(f"Attention_{head}"):
      projected = linear.Linear(query, self.size, True)(query)
      projected = tf.reshape(projected, [-1, 1, 1, self.size])
      projected = tf.cast(projected, self._dtype)
      scores = tf.reduce_sum(
          vector * tf.tanh(features + projected), [2, 3])
      # Always in float32: so were 1.15's.
      mask = tf.nn.softmax(tf.cast(scores, dtype=tf.float32))
      mask = tf.cast(mask, self._dtype)
      read = tf.reduce_sum(
          tf.reshape(mask, [-1, self._length, 1, 1]) * self._states, [1, 2])
      return tf.reshape(read, [-1, self.size])


class StateRankError(_errors.ArgumentError, AssertionError):
  """A leaf of the state is not a matrix; 1.15 asserted that it is."""


def _joined(state):
  leaves = _nest.flatten_state(state)
  for leaf in leaves:
    if leaf.shape.ndims and leaf.shape.ndims != 2:
      raise StateRankError(problem(
          "initial_state", "have leaves [batch, size] for attention",
          f"shape {leaf.shape}", "use a cell whose state is a matrix"))
  return tf.concat(leaves, 1)


def attention_decoder(decoder_inputs, initial_state, attention_states, cell,
                      output_size=None, num_heads=1, loop_function=None,
                      dtype=None, scope=None, initial_state_attention=False):
  """Runs `cell` over a list, reading from `attention_states` at each step.

    outputs, state = attention_decoder(inputs, state, encoded, GRUCell(32))

  With input x, state s, attention states h and what was read before, d:

    o, s' = cell([x, d] W_x + b_x, s)
    d'    = sum over t of softmax(v . tanh(h W_h + s' U + b_u))[t] h[t]
    y     = [o, d'] W_y + b_y

  for one head; the reads of several are joined. Variables, in the scope
  "attention_decoder": `AttnW_<n>`, `AttnV_<n>`, `kernel`, `bias` (W_x, b_x),
  the cell's, `Attention_<n>/kernel`, `Attention_<n>/bias` (U, b_u),
  `AttnOutputProjection/kernel`, `AttnOutputProjection/bias`. The softmax is
  computed in float32, whatever the dtype.

  Args:
    decoder_inputs: a list with one `[batch, depth]` per step.
    initial_state: a structure like `cell.state_size`, with leaves `[batch,
      size]`. A leaf read from a reference variable is copied first (see
      `_snapshot`).
    attention_states: `[batch, length, size]`; only `size` must be known.
    cell: an RNNCell; it gets inputs of the depth of `decoder_inputs`.
    output_size: depth of the outputs, `cell.output_size` by default.
    num_heads: number of reads per step.
    loop_function: `(previous_output, step) -> next_input`, called from the
      second step on.
    dtype: dtype of the variables and outputs; that of the variable scope by
      default.
    scope: a name or variable scope, "attention_decoder" by default.
    initial_state_attention: True to read once before the first step, with
      `initial_state`; by default, d starts as zeros.

  Returns:
    `(outputs, state)`: a list with one `[batch, output_size]` per step, and
    the final state of the cell.

  Raises:
    ArgumentError: (ValueError) if there are no inputs, if `num_heads` is below
      1, or if the last dimension of `attention_states` or the depth of an
      input is unknown.
    StateRankError: (AssertionError) if a leaf of a nested state is not a
      matrix.

  TF 1.15: `tf.contrib.legacy_seq2seq.attention_decoder`.
  """
  if not decoder_inputs:
    raise _errors.ArgumentError(problem(
        "decoder_inputs", "have at least one step", repr(decoder_inputs),
        "pass a list of tensors"))
  if num_heads < 1:
    raise _errors.ArgumentError(problem(
        "num_heads", "be at least 1", num_heads,
        "call rnn_decoder, which has no attention, for none"))
  # As in 1.15, an unknown rank raises ValueError here.
  if attention_states.shape.as_list()[2] is None:
    raise _errors.ArgumentError(problem(
        "attention_states", "have a known last dimension",
        f"shape {attention_states.shape}",
        "call its set_shape([None, None, size])"))
  if output_size is None:
    output_size = cell.output_size
  state = _snapshot.snapshot_state(initial_state)
  with tf.variable_scope(scope or "attention_decoder", dtype=dtype) as opened:
    dtype = opened.dtype
    rows = tf.shape(decoder_inputs[0])[0]
    heads = _Heads(attention_states, num_heads, dtype)
    reads = heads.zeros(rows)
    if initial_state_attention:
      reads = heads.read(state)
    outputs = []
    for step, step_input in enumerate(decoder_inputs):
      if step > 0:
        tf.get_variable_scope().reuse_variables()
        if loop_function is not None:
          with tf.variable_scope("loop_function", reuse=True):
            step_input = loop_function(outputs[-1], step)
      parts = [tf.cast(part, dtype) for part in [step_input] + reads]
      mixed = linear.Linear(parts, _depth(step_input), True)(parts)
      cell_output, state = cell(mixed, state)
      if step == 0 and initial_state_attention:
        # The variables exist since the read before the loop.
        with tf.variable_scope(tf.get_variable_scope(), reuse=True):
          reads = heads.read(state)
      else:
        reads = heads.read(state)
      with tf.variable_scope("AttnOutputProjection"):
        parts = [tf.cast(cell_output, dtype)] + reads
        outputs.append(linear.Linear(parts, output_size, True)(parts))
  return outputs, state


def _depth(step_input):
  depth = step_input.shape.with_rank(2).as_list()[1]
  if depth is None:
    raise _errors.ArgumentError(problem(
        "decoder_inputs", "each have a known depth",
        f"shape {step_input.shape} of {step_input.name}",
        "call its set_shape([None, depth])"))
  return depth


def embedding_attention_decoder(decoder_inputs, initial_state,
                                attention_states, cell, num_symbols,
                                embedding_size, num_heads=1, output_size=None,
                                output_projection=None, feed_previous=False,
                                update_embedding_for_previous=True, dtype=None,
                                scope=None, initial_state_attention=False):
  """`attention_decoder` for symbols, which can feed back the likeliest one.

    outputs, state = embedding_attention_decoder(
        symbols, state, encoded, cell, num_symbols=1000, embedding_size=64,
        output_size=1000)

  Makes the variable `embedding` `[num_symbols, embedding_size]`.

  Args:
    decoder_inputs: a list with one int32 or int64 `[batch]` per step.
    initial_state, attention_states, cell, num_heads, output_size, dtype,
      initial_state_attention: as for `attention_decoder`.
    num_symbols, embedding_size, output_projection, feed_previous,
      update_embedding_for_previous: as for `embedding_rnn_decoder`.
    scope: a name or variable scope, "embedding_attention_decoder" by default.

  Returns:
    `(outputs, state)`, as `attention_decoder`.

  Raises:
    ArgumentError: (ValueError) as `attention_decoder`, and if the second part
      of `output_projection` is not `[num_symbols]`.

  TF 1.15: `tf.contrib.legacy_seq2seq.embedding_attention_decoder`.
  """
  if output_size is None:
    output_size = cell.output_size
  if output_projection is not None:
    # 1.15 left the first part unchecked here.
    decoders.check_projection(1, output_projection[1], [num_symbols], dtype)
  with tf.variable_scope(
      scope or "embedding_attention_decoder", dtype=dtype):
    embedding = tf.get_variable("embedding", [num_symbols, embedding_size])
    loop_function = None
    if feed_previous:
      loop_function = decoders.extract_argmax_and_embed(
          embedding, output_projection, update_embedding_for_previous)
    embedded = [tf.nn.embedding_lookup(embedding, symbols)
                for symbols in decoder_inputs]
    return attention_decoder(
        embedded, initial_state, attention_states, cell,
        output_size=output_size, num_heads=num_heads,
        loop_function=loop_function,
        initial_state_attention=initial_state_attention)
