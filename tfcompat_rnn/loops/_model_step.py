"""Takes one step of `model_rnn`: the model's step, checked, reset and masked.

  state = where(reset_mask[t], fresh, state)
  output, new_state = model(inputs[t], state)
  output = where(t < lengths, output, 0)
  state = where(t < lengths, new_state, state)
"""

from tfcompat_rnn import _errors
from tfcompat_rnn import _nest
from tfcompat_rnn._tf import tf


class Step:
  """The model, and everything that is done around it in each step.

  Attributes:
    outputs: the structure of what a step returns, after the first step; its
      leaves are `Emitted`.
    call: `(flat inputs, flat states) -> (flat outputs, flat new states)`.
      A loop may replace it with a traced function.
  """

  def __init__(self, kind, sequence, states, fresh):
    self._kind, self._sequence = kind, sequence
    self.states = states
    self.flat_states = _nest.flatten_state(states)
    self._paths = _nest.state_paths(states)
    self._fresh = fresh
    self.outputs = None
    self.call = self.call_model

  def take(self, t, flat_inputs, reset, flat_states):
    """Takes step `t`; returns flat outputs and flat new states."""
    lengths = self._sequence.lengths
    old = flat_states
    if reset is not None:
      flat_states = [_rows(reset, fresh, leaf)
                     for fresh, leaf in zip(self._fresh, flat_states)]
    outputs, new = self.call(flat_inputs, flat_states)
    if lengths is None:
      return outputs, new
    over = t >= lengths
    paths = _nest.state_paths(self.outputs)
    outputs = [_rows(over, tf.zeros_like(leaf), leaf, "output", path)
               for path, leaf in zip(paths, outputs)]
    new = [_rows(over, before, leaf, "states", path)
           for path, before, leaf in zip(self._paths, old, new)]
    return outputs, new

  def call_model(self, flat_inputs, flat_states):
    """Calls the model, and checks what it returns leaf by leaf."""
    inputs = _nest.pack_state(self._sequence.structure, flat_inputs)
    states = _nest.pack_state(self.states, flat_states)
    output, new_states = self._kind.step(inputs, states)
    return self._emitted(output), self._checked(new_states, flat_states)

  def _emitted(self, output):
    paths, leaves = _nest.state_paths(output), []
    for path, leaf in zip(paths, _nest.flatten_state(output)):
      if leaf is None or isinstance(leaf, tf.TensorArray):
        raise _errors.ArgumentTypeError(_errors.problem(
            _at("output", path), "be a tensor",
            "None" if leaf is None else "a TensorArray",
            "return a tensor in each step, or leave it out"))
      leaves.append(tf.convert_to_tensor(leaf))
    if self.outputs is None:
      self.outputs = _nest.pack_state(
          output, [Emitted(leaf) for leaf in leaves])
      return leaves
    _nest.check_same_structure(
        "output", self.outputs, output,
        "return the same structure in each step")
    for path, first, leaf in zip(
        paths, _nest.flatten_state(self.outputs), leaves):
      if not first.goes_with(leaf):
        raise _errors.ArgumentError(_errors.problem(
            _at("output", path), f"be as in the first step, {first}",
            str(Emitted(leaf)), "return the same dtype and shape in each step"
        ))
    return leaves

  def _checked(self, new_states, flat_states):
    """The leaves of the new state, with the static shapes of the old ones."""
    _nest.check_same_structure(
        "new_states", self.states, new_states,
        "return the state in the structure in which it was passed; if "
        "`states` was left out for a step function, it is ()")
    leaves = []
    for path, old, new in zip(
        self._paths, flat_states, _nest.flatten_state(new_states)):
      name = _at("new_states", path)
      if new is None or isinstance(new, tf.TensorArray):
        raise _errors.ArgumentTypeError(_errors.problem(
            name, "be a tensor", "None" if new is None else "a TensorArray",
            "return the old state if it does not change"))
      if not hasattr(new, "dtype"):
        new = tf.convert_to_tensor(new, old.dtype.base_dtype)
      new = tf.convert_to_tensor(new)
      if new.dtype.base_dtype != old.dtype.base_dtype:
        raise _errors.ArgumentTypeError(_errors.problem(
            name, f"keep the state's dtype, {old.dtype.base_dtype.name}",
            new.dtype.base_dtype.name,
            "cast it, or pass states= of that dtype"))
      if not new.shape.is_compatible_with(old.shape):
        raise _errors.ArgumentError(_errors.problem(
            name, f"keep the state's shape, {old.shape}", str(new.shape),
            "return the state in the shape in which it was passed"))
      if not tf.executing_eagerly():
        new.set_shape(old.shape)
      leaves.append(new)
    return leaves


class Emitted:
  """The dtype and shape of a leaf that a step returns."""

  def __init__(self, leaf):
    self.dtype, self.shape = leaf.dtype.base_dtype, leaf.shape

  def goes_with(self, leaf):
    return (leaf.dtype.base_dtype == self.dtype
            and self.shape.is_compatible_with(leaf.shape))

  def __str__(self):
    return f"{self.dtype.name} {self.shape}"


def fresh_leaves(value, states):
  """The values to which `reset_mask` sets rows, one tensor per state leaf.

  `value` is None (zeros), "initial", or a structure like `states`.
  """
  flat = _nest.flatten_state(states)
  if value is None:
    return [tf.zeros_like(leaf) for leaf in flat]
  if isinstance(value, str):
    if value != "initial":
      raise _errors.ArgumentError(_errors.problem(
          "reset_value", 'be "initial", None or a structure like the state',
          repr(value), "leave it out for zeros"))
    return flat
  _nest.check_same_structure(
      "reset_value", states, value, "pass a structure like the state")
  fresh = []
  for path, leaf, one in zip(
      _nest.state_paths(states), flat, _nest.flatten_state(value)):
    if not hasattr(one, "dtype"):
      one = tf.convert_to_tensor(one, leaf.dtype.base_dtype)
    one = tf.convert_to_tensor(one)
    if one.dtype.base_dtype != leaf.dtype.base_dtype or (
        not one.shape.is_compatible_with(leaf.shape)):
      raise _errors.ArgumentError(_errors.problem(
          _at("reset_value", path), f"be like the state, {Emitted(leaf)}",
          str(Emitted(one)), "pass a structure like the state"))
    fresh.append(one)
  return fresh


def _rows(mask, there, elsewhere, name=None, path=""):
  """`there` in the rows where `mask` is True, and `elsewhere` in the others.

  A scalar, such as a step counter, has no rows and stays `elsewhere`.
  """
  if elsewhere.shape.rank == 0:
    return elsewhere
  if elsewhere.shape.rank and not mask.shape.is_compatible_with(
      elsewhere.shape[:1]):
    raise _errors.ArgumentError(_errors.problem(
        _at(name or "states", path), "have one row per element of the batch, "
        f"{mask.shape[0]}, if rows are reset or end",
        f"shape {elsewhere.shape}", "make the batch its first axis"))
  # v1's `where` accepts a vector that selects rows of tensors of any rank.
  chosen = tf.where(mask, there, elsewhere)
  if not tf.executing_eagerly():
    chosen.set_shape(elsewhere.shape)
  return chosen


def _at(name, path):
  return name + "".join(f"[{step}]" for step in path.split("/") if path)
