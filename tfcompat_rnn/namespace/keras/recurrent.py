"""Recurrent layers: 1.15's variable names and steps, and 1.x cells in them."""

import contextlib
import contextvars

from tfcompat_rnn import _opcount
from tfcompat_rnn import _tf
from tfcompat_rnn import cells
from tfcompat_rnn._tf import tf
from tfcompat_rnn.namespace.keras import changes
from tfcompat_rnn.namespace.keras.changes import Change

_in_steps = contextvars.ContextVar("in_steps", default=False)


def _is_layer(cell):
  return isinstance(cell, changes.module("engine.base_layer").Layer)


def _is_old_cell(cell):
  """Whether it is one of our cells, which know no Keras."""
  return isinstance(cell, cells.RNNCell)


def _inner(cell):
  """The cells in a stack of cells, at any depth, and the stack itself."""
  found = [cell]
  if isinstance(
      cell, changes.module("layers.rnn.stacked_rnn_cells").StackedRNNCells):
    for one in cell.cells:
      found.extend(_inner(one))
  return found


def _step_shape(layer, input_shape):
  """The shape of one step of `input_shape`: without the time axis."""
  if isinstance(input_shape, list):
    input_shape = input_shape[0]

  def one(shape):
    shape = tuple(tf.TensorShape(shape).as_list())
    return shape[1:] if layer.time_major else shape[:1] + shape[2:]
  try:
    return one(input_shape)
  except (TypeError, ValueError):
    return tf.nest.map_structure(one, input_shape)


def _build_cell(cell, shape):
  """Builds `cell` in the scope of the layer, without one for the cell."""
  if not (_is_layer(cell) or _is_old_cell(cell)) or cell.built:
    return
  if _is_old_cell(cell):
    shape = tf.TensorShape(shape)
  cell.build(shape)
  cell.built = True


def _rnn_build(original):
  def build(self, input_shape):
    _build_cell(self.cell, _step_shape(self, input_shape))
    original(self, input_shape)
    _adopt(self)
  return build


def _output_size(cell):
  size = getattr(cell, "output_size", None)
  if size is not None:
    return size
  size = cell.state_size
  return size[0] if isinstance(size, (list, tuple)) else size


def _stacked_build(original):
  def build(self, input_shape):
    shape = input_shape
    if isinstance(shape, list):
      shape = shape[0]
    batch = tf.nest.flatten(tf.TensorShape(shape).as_list())[0]
    for cell in self.cells:
      _build_cell(cell, shape)
      size = _output_size(cell)
      if tf.nest.is_nested(size) and not isinstance(size, tf.TensorShape):
        break  # only the original knows what to do
      shape = (batch, *tf.TensorShape(size).as_list())
    original(self, input_shape)
  return build


@contextlib.contextmanager
def _called_directly(cell):
  """1.15 called `cell.call`: no scope of the cell's own, no conversion."""
  changed = []
  for one in _inner(cell):
    own = vars(one)
    if "__call__" not in own and _overrides_call(one):
      own["__call__"] = one.call
      changed.append(own)
  try:
    yield
  finally:
    for own in changed:
      del own["__call__"]


def _overrides_call(cell):
  """Whether `call` is the cell's own; some cells of 1.x have `__call__`."""
  if not _is_old_cell(cell):
    return _is_layer(cell)
  return type(cell).__call__ is cells.RNNCell.__call__ or (
      isinstance(cell, cells.LayerRNNCell)
      and type(cell).__call__ is cells.LayerRNNCell.__call__)


def _directly(original):
  def call(self, *args, **kwargs):
    cell = getattr(self, "cell", self)
    with _called_directly(cell):
      result = original(self, *args, **kwargs)
    if cell is not self:
      _adopt(self)
    return result
  return call


def _adopt(layer):
  """Makes the variables of 1.x cells weights of the layer around them.

  In 1.15 those cells were Keras layers: `fit` trained their variables, and a
  Keras session initialized them.
  """
  for cell in _inner(layer.cell):
    if not _is_old_cell(cell):
      continue
    for variables, kept in (
        (cell.trainable_weights, "Layer._trainable_weights"),
        (cell.non_trainable_weights, "Layer._non_trainable_weights")):
      known = _tf.attribute(layer, kept)
      for variable in variables:
        if not any(variable is one for one in known):
          known.append(variable)
          changes.module("backend").track_variable(variable)


def _rnn_init(original):
  def init(self, cell, *args, **kwargs):
    for one in cell if isinstance(cell, (list, tuple)) else [cell]:
      if _is_old_cell(one):
        _use_resources(one)
    original(self, cell, *args, **kwargs)
  return init


def _use_resources(cell):
  """Keras kept variables as resources, also those of 1.x cells in it."""
  cell._use_resource_variables = True


def _process_inputs(original):
  def process_inputs(self, inputs, initial_state, constants):
    given = initial_state is not None or (
        isinstance(inputs, list)
        and len(inputs) - 1 - (self._num_constants or 0) > 0)
    if not (self.stateful and given):
      return original(self, inputs, initial_state, constants)
    # 1.15 used the given state in each call; today it is used only while the
    # kept one is zero.
    self.stateful = False
    try:
      return original(self, inputs, initial_state, constants)
    finally:
      self.stateful = True
  return process_inputs


def _conv_rnn_call(original):
  def call(self, inputs, *args, **kwargs):
    result = original(self, inputs, *args, **kwargs)
    first = inputs[0] if isinstance(inputs, list) else inputs
    if first.shape[1]:
      # 1.15 gave the loop the number of steps as its maximum.
      _opcount.compensate(13)
    return result
  return call


def _affine(x, kernel, bias):
  backend = changes.module("backend")
  result = backend.dot(x, kernel)
  return result if bias is None else backend.bias_add(result, bias)


def _dropped(x, rate, masks):
  return x * masks[0] if 0. < rate < 1. else x


def _gru_call(original):
  def call(self, inputs, states, training=None):
    if self.implementation == 1:
      return original(self, inputs, states, training=training)
    # 1.15 took slices of what is split today, with other gradients.
    before = states[0] if tf.nest.is_nested(states) else states
    masks = self.get_dropout_mask_for_cell(inputs, training, count=3)
    state_masks = self.get_recurrent_dropout_mask_for_cell(
        before, training, count=3)
    biases = self.bias, None
    if self.use_bias and self.reset_after:
      biases = tf.unstack(self.bias)
    two = 2 * self.units
    update, reset, new = columns = (
        slice(self.units), slice(self.units, two), slice(two, None))

    of_inputs = _affine(_dropped(inputs, self.dropout, masks), self.kernel,
                        biases[0])
    of_inputs = [of_inputs[:, part] for part in columns]
    before = _dropped(before, self.recurrent_dropout, state_masks)
    kernel = self.recurrent_kernel
    of_state = _affine(before, kernel if self.reset_after else kernel[:, :two],
                       biases[1])
    gates = of_state[:, update], of_state[:, reset]
    z, r = (self.recurrent_activation(one + other)
            for one, other in zip(of_inputs, gates))
    recalled = (r * of_state[:, new] if self.reset_after
                else _affine(r * before, kernel[:, new], None))
    candidate = self.activation(of_inputs[2] + recalled)
    after = z * before + (1 - z) * candidate
    return after, [after]
  return call


def _lstm_call(original):
  def call(self, inputs, states, training=None):
    if self.implementation != 1 and 0. < self.recurrent_dropout < 1.:
      # The masks of the inputs come first; they are kept for the original.
      self.get_dropout_mask_for_cell(inputs, training, count=4)
      masks = self.get_recurrent_dropout_mask_for_cell(
          states[0], training, count=4)
      states = [states[0] * masks[0], *states[1:]]
    return original(self, inputs, states, training=training)
  return call


def _cell_init(original):
  def init(self, *args, **kwargs):
    given = kwargs.get("implementation")
    original(self, *args, **kwargs)
    if given:
      # Today it is 1 wherever there is recurrent dropout.
      self.implementation = given
  return init


def _reset_states(original):
  def reset_states(self, states=None):
    spec = None if self.input_spec is None else (
        tf.nest.flatten(self.input_spec[0])[0].shape)
    batch = spec and spec[1 if self.time_major else 0]
    if not (self.stateful and batch) or (
        tf.nest.flatten(self.states)[0] is not None):
      return original(self, states)
    # 1.15 did not ask the cell for its initial state.
    backend = changes.module("backend")
    self.states = tf.nest.map_structure(
        lambda size: backend.zeros(
            [batch, *tf.TensorShape(size).as_list()]), self.cell.state_size)
    if not tf.nest.is_nested(self.states):
      self.states = [self.states]
    return None
  return reset_states


def _bidirectional_init(original):
  def init(self, *args, **kwargs):
    original(self, *args, **kwargs)
    # In 1.15 the layers inside were stateful, but not the wrapper: only
    # training wrote the states, and `model.reset_states` left them.
    self.stateful = False
  return init


def _stateful(original):
  del original

  def stateful(self):
    # A layer with a stateful layer inside was not stateful, only a model was.
    if isinstance(self, changes.module("engine.training").Model):
      return any(getattr(layer, "stateful", False) for layer in self.layers)
    return _tf.attribute(self, "Layer._stateful")
  return stateful


def _bidirectional_reset(original):
  del original

  def reset_states(self):
    self.forward_layer.reset_states()
    self.backward_layer.reset_states()
  return reset_states


def _backend_rnn(original):
  def rnn(*args, **kwargs):
    token = _in_steps.set(True)
    try:
      return original(*args, **kwargs)
    finally:
      _in_steps.reset(token)
  return rnn


def _tiled(mask, x):
  """`mask`, repeated along the axes in which `x` is larger."""
  wanted = x.shape.as_list()
  multiples = [size if has == 1 else 1
               for has, size in zip(mask.shape.as_list(), wanted)]
  if all(size == 1 for size in multiples) or None in multiples:
    return mask
  # The last operation repeated it once.
  _opcount.compensate(-2)
  return tf.tile(mask, multiples)


def _where(original):
  def where(condition, x=None, y=None, name=None):
    if x is None or not _in_steps.get():
      return original(condition, x, y, name=name)
    # Of the same shape as `x`: the gradient does not undo a broadcast.
    return tf.compat.v1.where(_tiled(condition, x), x, y, name=name)
  return where


_BASE = "layers.rnn.base_rnn:RNN."
_BIDIRECTIONAL = "layers.rnn.bidirectional:Bidirectional."
CHANGES = [
    Change("backend:rnn", _backend_rnn,
           "masked steps were chosen by Select, which has fewer gradients"),
    Change("backend:tf.where", _where,
           "masked steps were chosen by Select, which has fewer gradients"),
    Change(_BASE + "__init__", _rnn_init,
           "cells of 1.x had resource variables in Keras layers"),
    Change(_BASE + "build", _rnn_build,
           "the cell's name was not part of the variables' names"),
    Change(_BASE + "call", _directly,
           "the cell's own call was used, without a name scope"),
    Change(_BASE + "_process_inputs", _process_inputs,
           "a given state came first in a stateful layer too"),
    Change(_BASE + "reset_states", _reset_states,
           "the first states were zeros, whatever the cell"),
    Change("engine.base_layer_v1:Layer.stateful", _stateful,
           "layers did not ask the layers inside them"),
    Change(_BIDIRECTIONAL + "__init__", _bidirectional_init,
           "it was never stateful"),
    Change(_BIDIRECTIONAL + "reset_states", _bidirectional_reset,
           "it was never stateful"),
    *(Change(f"layers.rnn.{kind.lower()}:{kind}Cell.__init__", _cell_init,
             "implementation=2 worked with recurrent dropout")
      for kind in ("LSTM", "GRU")),
    Change("layers.rnn.lstm:LSTMCell.call", _lstm_call,
           "implementation=2 worked with recurrent dropout"),
    Change("layers.rnn.gru:GRUCell.call", _gru_call,
           "implementation=2 consisted of other operations"),
    Change("layers.rnn.base_conv_rnn:ConvRNN.call", _conv_rnn_call,
           "its loop had a maximum number of steps"),
    Change("layers.rnn.stacked_rnn_cells:StackedRNNCells.build",
           _stacked_build,
           "the cells' names were not part of the variables' names"),
    Change("layers.rnn.stacked_rnn_cells:StackedRNNCells.call", _directly,
           "the cells' own call was used, without name scopes"),
]
