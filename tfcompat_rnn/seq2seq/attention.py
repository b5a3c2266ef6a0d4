"""`AttentionWrapper`: a cell that attends to a memory at each step."""

import collections

from tfcompat_rnn import _errors
from tfcompat_rnn import _shapes
from tfcompat_rnn._tf import tf
from tfcompat_rnn.cells import base
from tfcompat_rnn.seq2seq import _words
from tfcompat_rnn.seq2seq import mechanisms


class AttentionWrapperState(collections.namedtuple(
    "AttentionWrapperState",
    ("cell_state", "attention", "time", "alignments", "alignment_history",
     "attention_state"))):
  """The state of an `AttentionWrapper`.

  >>> state = cell.zero_state(batch_size, tf.float32)
  >>> state = state.clone(cell_state=encoder_state)

  * `cell_state`: that of the wrapped cell.
  * `attention`: `[batch, attention size]`, the last attention.
  * `time`: an int32 scalar, the number of steps so far.
  * `alignments`: `[batch, time of the memory]`; with several mechanisms a
    tuple of these.
  * `alignment_history`: a `TensorArray` of the alignments of all steps,
    `.stack()` gives `[steps, batch, time of the memory]`; `()` if it is not
    kept; with several mechanisms a tuple of these.
  * `attention_state`: what the mechanism keeps, with several mechanisms a
    tuple.

  TF 1.15: `tf.contrib.seq2seq.AttentionWrapperState`.
  """

  def clone(self, **kwargs):
    """This state with other values for the fields in `kwargs`.

    New tensors get the shape of those they replace, checked now or when they
    are computed.

    Raises ArgumentError if a static shape differs, and ValueError or TypeError
    if the structure does; the operation raises InvalidArgumentError if a shape
    differs at run time.
    """
    return tf.nest.map_structure(
        _with_same_shape, self, self._replace(**kwargs))


def _with_same_shape(old, new):
  # Variables are passed on unchecked, as in 1.15.
  if not (isinstance(old, tf.Tensor) and isinstance(new, tf.Tensor)):
    return new
  if not tf.executing_eagerly():
    return _shapes.with_same_shape(old, new)
  if old.shape.as_list() != new.shape.as_list():
    raise _errors.ArgumentError(_errors.problem(
        "clone", f"get a tensor of shape {old.shape}, as the one it replaces",
        new.shape, "pass a state for the same rows and units"))
  return new


def compute_attention(attention_mechanism, cell_output, attention_state,
                      attention_layer):
  """One step of one mechanism: `(attention, alignments, next_state)`.

  The attention is the context (the values, weighted by the alignments) or, if
  there is an `attention_layer`, what that makes of [cell_output, context].

  Args:
    attention_mechanism: a mechanism.
    cell_output: `[batch, depth]`, the query.
    attention_state: the state of the mechanism.
    attention_layer: a layer, or None.

  TF 1.15: `_compute_attention` in `tf.contrib.seq2seq`'s `attention_wrapper`.
  """
  alignments, next_attention_state = attention_mechanism(
      cell_output, state=attention_state)
  # [batch, 1, time] times [batch, time, depth]
  context = tf.matmul(
      tf.expand_dims(alignments, 1), attention_mechanism.values)
  context = tf.squeeze(context, [1])
  if attention_layer is None:
    return context, alignments, next_attention_state
  attention = attention_layer(tf.concat([cell_output, context], 1))
  return attention, alignments, next_attention_state


def _join_inputs(inputs, attention):
  return tf.concat([inputs, attention], -1)


def _check_mechanism(mechanism, several):
  if isinstance(mechanism, mechanisms.AttentionMechanism):
    return
  found = type(mechanism).__name__
  raise _errors.ArgumentTypeError(_errors.problem(
      "attention_mechanism", "be an AttentionMechanism, or a list of them",
      f"a list with an item of type {found}" if several else found,
      "pass for example tf.contrib.seq2seq.LuongAttention(...)"))


def _one_per_mechanism(name, what, given, count):
  """`given` as a tuple of `count` items, or `ArgumentError`."""
  items = tuple(given) if isinstance(given, (list, tuple)) else (given,)
  if len(items) != count:
    raise _errors.ArgumentError(_errors.problem(
        name, f"have one {what} for each mechanism, that is {count}",
        len(items), "pass as many as attention_mechanism has items"))
  return items


def _other_rows(wrapper, name, for_beams):
  """What the assertion says if `name` has not the rows of the memory."""
  return (f"`{name}` must have as many rows as the memory of AttentionWrapper "
          f"{wrapper} (Non-matching batch sizes); for a beam search, "
          f"{for_beams}")


def _context_size(mechanism):
  return tf.dimension_value(mechanism.values.shape[-1])


class AttentionWrapper(base.RNNCell):
  """A cell that attends to a memory, with one mechanism or several.

  One step:

      o, s = cell(cell_input_fn(x, attention), s)
      context = sum over the memory's time of alignments * values
      attention = attention_layer([o, context])     # or the context itself
      output = attention                            # or o

  >>> attention = LuongAttention(64, encoder_outputs, lengths)
  >>> cell = AttentionWrapper(LSTMCell(64), attention, attention_layer_size=32)
  >>> state = cell.zero_state(batch, tf.float32).clone(cell_state=encoder_state)

  Variables, in the scope `attention_wrapper`: the wrapped cell's, the
  mechanism's, and `attention_layer/kernel` [output + context,
  attention_layer_size]. The state is an `AttentionWrapperState`.

  For beam search, tile the memory, its lengths and the encoder's state with
  `tf.contrib.seq2seq.tile_batch`, and make the zero state for `batch *
  beam_width` rows.

  Args:
    cell: a cell.
    attention_mechanism: a mechanism, or a list of them.
    attention_layer_size: depth of the attention; None: the attention is the
      context. With several mechanisms a list.
    alignment_history: whether the state keeps the alignments of all steps.
    cell_input_fn: `(inputs, attention) -> inputs` of the wrapped cell;
      concatenates them by default.
    output_attention: whether the output is the attention, or else the wrapped
      cell's output.
    initial_cell_state: what `zero_state` puts in place of zeros.
    name: the scope's name.
    attention_layer: a `tf.layers.Layer` instead of `attention_layer_size`,
      with several mechanisms a list.
    attention_fn: `(mechanism, cell_output, attention_state, attention_layer)
      -> (attention, alignments, next_attention_state)`.
    dtype: the cell's dtype; that of the first inputs by default.

  Raises ArgumentTypeError if the cell is no cell, a mechanism no mechanism, or
  `cell_input_fn` is not callable; ArgumentError if there is not one
  `attention_layer_size` or `attention_layer` for each mechanism, or both are
  given. A batch size other than the memory's raises InvalidArgumentError, at
  once or when it is known.

  TF 1.15: `tf.contrib.seq2seq.AttentionWrapper`.
  """

  def __init__(self, cell, attention_mechanism, attention_layer_size=None,
               alignment_history=False, cell_input_fn=None,
               output_attention=True, initial_cell_state=None, name=None,
               attention_layer=None, attention_fn=None, dtype=None):
    super().__init__(name=name, dtype=dtype)
    base.assert_like_rnncell("cell", cell)
    if _words.is_keras_3(cell):
      raise _errors.ArgumentTypeError(_words.problem(
          "cell", "be an RNNCell", f"a {type(cell).__name__} of Keras 3",
          "pass a cell of tf.nn.rnn_cell", "is not an RNNCell"))
    self._is_multi = isinstance(attention_mechanism, (list, tuple))
    mechanisms_ = (attention_mechanism if self._is_multi
                   else (attention_mechanism,))
    for mechanism in mechanisms_:
      _check_mechanism(mechanism, self._is_multi)
    if cell_input_fn is None:
      cell_input_fn = _join_inputs
    mechanisms.check_callable(
        "cell_input_fn", cell_input_fn, "(inputs, attention)")
    self._cell = cell
    self._attention_mechanisms = mechanisms_
    self._cell_input_fn = cell_input_fn
    self._output_attention = output_attention
    self._alignment_history = alignment_history
    self._attention_fn = attention_fn or compute_attention
    self._set_attention_layers(attention_layer_size, attention_layer)
    with tf.name_scope(name, "AttentionWrapperInit"):
      self._initial_cell_state = (
          None if initial_cell_state is None
          else self._checked_initial_state(initial_cell_state))

  def _set_attention_layers(self, sizes, layers):
    """Sets `_attention_layers` and `_attention_layer_size`, their total."""
    all_ = self._attention_mechanisms
    if sizes is not None and layers is not None:
      raise _errors.ArgumentError(_errors.problem(
          "attention_layer_size", "be None where attention_layer is given",
          sizes, "leave one of the two out"))
    if sizes is not None:
      sizes = _one_per_mechanism(
          "attention_layer_size", "integer", sizes, len(all_))
      layers = tuple(
          mechanisms.dense(size, "attention_layer", mechanism.dtype)
          for size, mechanism in zip(sizes, all_))
    elif layers is not None:
      layers = _one_per_mechanism(
          "attention_layer", "layer", layers, len(all_))
      sizes = [
          tf.dimension_value(layer.compute_output_shape(
              [None, self._cell.output_size + _context_size(mechanism)])[-1])
          for layer, mechanism in zip(layers, all_)]
    else:
      sizes = [_context_size(mechanism) for mechanism in all_]
    self._attention_layers = layers
    self._attention_layer_size = sum(sizes)

  def _checked_initial_state(self, initial_cell_state):
    last = tf.nest.flatten(initial_cell_state)[-1]
    batch_size = tf.dimension_value(last.shape[0]) or tf.shape(last)[0]
    checks = self._batch_size_checks(batch_size, _other_rows(
        self._base_name, "initial_cell_state",
        "tile the initial state, as the memory, with "
        "tf.contrib.seq2seq.tile_batch"))
    with tf.control_dependencies(checks):
      return tf.nest.map_structure(
          lambda part: tf.identity(part, name="check_initial_cell_state"),
          initial_cell_state)

  def _batch_size_checks(self, batch_size, error_message):
    """Assertions that the memory of each mechanism has `batch_size` rows."""
    return [tf.assert_equal(batch_size, mechanism.batch_size,
                            message=error_message)
            for mechanism in self._attention_mechanisms]

  def _item_or_tuple(self, seq):
    """`seq` as a tuple, or its only item if there is only one mechanism."""
    items = tuple(seq)
    return items if self._is_multi else items[0]

  @property
  def output_size(self):
    return (self._attention_layer_size if self._output_attention
            else self._cell.output_size)

  @property
  def state_size(self):
    """An `AttentionWrapperState` of sizes."""
    all_ = self._attention_mechanisms
    return AttentionWrapperState(
        cell_state=self._cell.state_size,
        time=tf.TensorShape([]),
        attention=self._attention_layer_size,
        alignments=self._item_or_tuple(a.alignments_size for a in all_),
        attention_state=self._item_or_tuple(a.state_size for a in all_),
        alignment_history=self._item_or_tuple(
            a.alignments_size if self._alignment_history else ()
            for a in all_))

  def zero_state(self, batch_size, dtype):
    """The `AttentionWrapperState` before the first step.

    The cell's state is `initial_cell_state` if that was given, the mechanisms'
    alignments and states are their initial ones, everything else is zero.

    Args:
      batch_size: an int or a scalar tensor.
      dtype: the dtype of the state.

    Raises InvalidArgumentError, at once or at run time, if `batch_size` is not
    that of the memory.
    """
    with base.zero_state_scope(self, batch_size):
      cell_state = self._initial_cell_state
      if cell_state is None:
        cell_state = _initial_state(self._cell, batch_size, dtype)
      checks = self._batch_size_checks(batch_size, _other_rows(
          self._base_name, "batch_size of zero_state",
          "make the mechanism with memory and lengths tiled by "
          "tf.contrib.seq2seq.tile_batch and pass batch_size * beam_width"))
      with tf.control_dependencies(checks):
        cell_state = tf.nest.map_structure(
            lambda part: tf.identity(part, name="checked_cell_state"),
            cell_state)
      alignments = [
          mechanism.initial_alignments(batch_size, dtype)
          for mechanism in self._attention_mechanisms]
      # In this order, which names and numbers the operations as in 1.15.
      return AttentionWrapperState(
          cell_state=cell_state,
          time=tf.zeros([], dtype=tf.int32),
          attention=base.zero_state_tensors(
              self._attention_layer_size, batch_size, dtype),
          alignments=self._item_or_tuple(alignments),
          attention_state=self._item_or_tuple(
              mechanism.initial_state(batch_size, dtype)
              for mechanism in self._attention_mechanisms),
          alignment_history=self._item_or_tuple(
              self._empty_history(first, dtype) for first in alignments))

  def _empty_history(self, alignments, dtype):
    if not self._alignment_history:
      return ()
    return tf.TensorArray(
        dtype, size=0, dynamic_size=True, element_shape=alignments.shape)

  def call(self, inputs, state):
    """Runs one step: `(attention or cell output, AttentionWrapperState)`.

    Raises ArgumentTypeError if `state` is not an `AttentionWrapperState`.
    """
    if not isinstance(state, AttentionWrapperState):
      raise _errors.ArgumentTypeError(_errors.problem(
          "state", f"be an AttentionWrapperState, that of {self.name}",
          type(state).__name__, "pass cell.zero_state(batch_size, dtype)"
          ".clone(cell_state=your_state)"))
    cell_output, next_cell_state = self._cell(
        self._cell_input_fn(inputs, state.attention), state.cell_state)
    batch_size = (tf.dimension_value(cell_output.shape[0])
                  or tf.shape(cell_output)[0])
    checks = self._batch_size_checks(batch_size, _other_rows(
        self.name, "inputs", "make the mechanism with memory and lengths "
        "tiled by tf.contrib.seq2seq.tile_batch"))
    with tf.control_dependencies(checks):
      cell_output = tf.identity(cell_output, name="checked_cell_output")
    attentions, alignments, attention_states, histories = zip(*(
        self._attend(number, cell_output, state)
        for number in range(len(self._attention_mechanisms))))
    attention = tf.concat(list(attentions), 1)
    next_state = AttentionWrapperState(
        next_cell_state, attention, state.time + 1,
        *map(self._item_or_tuple, (alignments, histories, attention_states)))
    return (attention if self._output_attention else cell_output), next_state

  def _attend(self, number, cell_output, state):
    """One mechanism: attention, alignments, its next state, its history."""
    attention_state = state.attention_state
    history = state.alignment_history
    if self._is_multi:
      attention_state, history = attention_state[number], history[number]
    layers = self._attention_layers
    attention, alignments, attention_state = self._attention_fn(
        self._attention_mechanisms[number], cell_output, attention_state,
        layers[number] if layers else None)
    history = (history.write(state.time, alignments)
               if self._alignment_history else ())
    return attention, alignments, attention_state, history


def _initial_state(cell, batch_size, dtype):
  if hasattr(cell, "get_initial_state"):
    return cell.get_initial_state(batch_size=batch_size, dtype=dtype)
  return cell.zero_state(batch_size, dtype)
