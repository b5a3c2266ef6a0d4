"""The kinds of models for `model_rnn`: a function, a cell, a Keras model.

The three classes have the same interface: `first_states(states, sequence)`
returns the initial state as a structure of tensors, and `step(inputs, states)`
returns `(output, new_states)` of one step.
"""

from tfcompat_rnn import _errors
from tfcompat_rnn import _nest
from tfcompat_rnn import _snapshot
from tfcompat_rnn import _tf
from tfcompat_rnn._tf import tf
from tfcompat_rnn.loops import _inner
from tfcompat_rnn.loops import _keras

_STATE_MAKERS = ("get_initial_state", "zero_state")


def rewriting():
  """A context manager that tells whether autograph rewrites calls here."""
  return _tf.private("autograph").control_status_ctx()


def kind_of(model, training, rewriting):
  """`model` with the interface of these classes.

  `rewriting` is what `rewriting()` returned where the user called us; the
  model is called inside it. Raises `ArgumentTypeError` if `model` is of no
  supported kind.
  """
  kind = _kind_of(model, training)
  kind.rewriting = rewriting
  return kind


def _kind_of(model, training):
  if isinstance(model, type):
    raise _errors.ArgumentTypeError(_errors.problem(
        "model", "be an instance", f"the class {model.__name__}",
        f"make one: {model.__name__}(...)"))
  if isinstance(model, (list, tuple)):
    raise _errors.ArgumentTypeError(_errors.problem(
        "model", "be one model", f"a {type(model).__name__} of {len(model)}",
        "stack cells with MultiRNNCell(cells), or write a step function that "
        "calls one after the other"))
  if not callable(model):
    raise _errors.ArgumentTypeError(_errors.problem(
        "model", "be a step function (inputs, states) -> (output, "
        "new_states), a cell or a Keras model", repr(model),
        "pass a callable"))
  if _listed(model, "inputs") and _listed(model, "outputs"):
    return KerasModel(model, True if training is None else bool(training))
  if hasattr(model, "cell") and hasattr(model, "return_sequences"):
    raise _errors.ArgumentTypeError(_errors.problem(
        "model", "take one step per call",
        f"{model!r}, a layer with its own loop", "pass its .cell"))
  if hasattr(model, "state_size") and any(
      hasattr(model, maker) for maker in _STATE_MAKERS):
    if training is not None:
      raise _errors.ArgumentError(_errors.problem(
          "training", "be None for a cell", repr(training),
          "configure the cell itself, for example with the arguments of "
          "DropoutWrapper"))
    return Cell(model)
  if _keras.is_keras_cell(model):
    raise _errors.ArgumentTypeError(_errors.problem(
        "model", "have known inputs and outputs, like a functional Keras "
        "model", repr(model), "build it as Model([inputs, *states], [output, "
        "*new_states]), or pass a step function that calls it"))
  return StepFunction(model, training)


def _listed(model, name):
  """Whether `model.name` is a non-empty list."""
  try:
    value = getattr(model, name, None)
  except Exception:  # a property of a layer that is not built yet
    return False
  return isinstance(value, (list, tuple)) and len(value) > 0


def tensors(name, states):
  """`states` as tensors that are never overwritten, in the same structure."""
  states = getattr(states, "initial_state", states)
  states = _snapshot.snapshot_state(states)
  for path, leaf in zip(
      _nest.state_paths(states), _nest.flatten_state(states)):
    if leaf is None or isinstance(leaf, tf.TensorArray):
      raise _errors.ArgumentTypeError(_errors.problem(
          f"{name}[{path}]" if path else name, "be a tensor",
          "None" if leaf is None else "a TensorArray",
          "leave it out, or pass its contents as a tensor"))
  return _nest.map_state(tf.convert_to_tensor, states)


class StepFunction:
  """Any function `(inputs, states) -> (output, new_states)`."""
  name = "model"
  least_rank = 2

  def __init__(self, function, training):
    self._function = function
    self._more = {} if training is None else {"training": training}

  def first_states(self, states, sequence):
    del sequence  # a function does not describe its states
    return () if states is None else tensors("states", states)

  def step(self, inputs, states):
    function = self._function
    if self.rewriting.status.name == "ENABLED":
      function = _tf.private("autograph").tf_convert(
          function, self.rewriting)
    told = function(inputs, states, **self._more)
    if not isinstance(told, (tuple, list)) or len(told) != 2:
      raise _errors.ArgumentTypeError(_errors.problem(
          "model", "return a pair (output, new_states)", _nest.describe(told),
          "return (output, states) if the states do not change"))
    output, new_states = told
    return output, () if new_states is None else new_states


class Cell:
  """A cell: one of ours, of a user, or of Keras."""
  name = "cell"
  least_rank = 3

  def __init__(self, cell):
    self.cell = _inner.SafeCell(cell)

  def first_states(self, states, sequence):
    if states is None:
      rows, dtype = sequence.rows(), sequence.floating()
      if hasattr(self.cell, "get_initial_state"):
        states = self.cell.get_initial_state(
            inputs=None, batch_size=rows, dtype=dtype)
      else:
        states = self.cell.zero_state(rows, dtype)
    return tensors("states", states)

  def step(self, inputs, states):
    with self.rewriting:
      return self.cell(inputs, states)


class KerasModel:
  """A functional model, called as `model([*inputs, *states])`.

  The model's inputs after those of the sequence are its states, and its last
  outputs are the new states. A model without state inputs (its layers may keep
  their own state) passes `states` through unchanged.
  """
  name = "model"
  least_rank = 2

  def __init__(self, model, training):
    self._model = model
    self._training = training
    self._number = None  # of state inputs

  def first_states(self, states, sequence):
    given = len(sequence.leaves)
    self._number = len(self._model.inputs) - given
    if self._number < 0:
      raise _errors.ArgumentError(_errors.problem(
          "inputs", f"have a tensor for each of the model's inputs, "
          f"at most {len(self._model.inputs)}", f"{given} tensors",
          "leave out what the model does not take"))
    wanted = self._model.inputs[given:]
    if states is None:
      return tuple(_zeros(number, one, sequence)
                   for number, one in enumerate(wanted))
    states = tensors("states", states)
    got = len(_nest.flatten_state(states))
    if self._number and got != self._number:
      raise _errors.ArgumentError(_errors.problem(
          "states", f"have a tensor for each of the model's {self._number} "
          f"state inputs", f"{got}, {_nest.describe(states)}",
          "leave out `states` to start with zeros"))
    return states

  def step(self, inputs, states):
    flat = _nest.flatten_state(inputs)
    if self._number:
      flat = flat + _nest.flatten_state(states)
    with self.rewriting:
      told = self._model(
          flat if len(flat) > 1 else flat[0], training=self._training)
    if not self._number or not isinstance(told, (tuple, list)):
      return told, states
    told = list(told)
    output, new_states = told[:-self._number], told[-self._number:]
    if not output or any(_nest.is_nested(one) for one in new_states):
      output, new_states = _unpacked(told, self._number)
    new_states = _nest.pack_state(states, _nest.flatten_state(new_states))
    return output[0] if len(output) == 1 else tuple(output), new_states


def _unpacked(told, number):
  """The outputs and new states of a model that returns nested values."""
  for cut in range(len(told) - 1, 0, -1):
    if len(_nest.flatten_state(told[cut:])) == number:
      return told[:cut], told[cut:]
  raise _errors.ArgumentError(_errors.problem(
      "model", f"return an output, then {number} new states",
      _nest.describe(told), "return [output, *new_states]"))


def _zeros(number, wanted, sequence):
  """Zeros for the state input `wanted` of a Keras model."""
  dims = list(tf.TensorShape(wanted.shape))
  dims = [getattr(size, "value", size) for size in dims]
  if dims and dims[0] is None:
    dims[0] = sequence.rows()
  if any(size is None for size in dims):
    raise _errors.ArgumentError(_errors.problem(
        "states", "be given if the model does not define their sizes",
        f"state input {number} of shape {list(wanted.shape)}",
        "pass states=, or give Input(shape=...) a size on each axis"))
  return tf.zeros(dims, tf.as_dtype(wanted.dtype))
