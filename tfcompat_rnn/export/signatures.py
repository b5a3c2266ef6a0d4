"""What is called, with what, and what it returns: names for tensors."""

from __future__ import annotations

import re
import typing

from tfcompat_rnn import _errors
from tfcompat_rnn import _nest
from tfcompat_rnn import _typing as types
from tfcompat_rnn._tf import tf

DEFAULT = "serving_default"
STATE = "state"
_LEGAL = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


class Signature:
  """One function of an exported model.

      Signature({"x": x}, {"logits": logits}, initial_state, final_state)

  Args:
    inputs: name -> tensor of the graph; None for every placeholder that the
      outputs need, under its own name. Any tensor can be an input, such as one
      that a queue yields.
    outputs: name -> tensor of the graph.
    initial_state: the state that the model begins with, tensors in any
      structure. Its leaves become the inputs "state_0_c", "state_0_h", ...
      ("state" for a single one).
    final_state: the state that the model ends with, in the same structure; its
      leaves become outputs with the same names.
    updates: operations of the graph that write the new state to variables,
      where it is not clear which do.
    weights: variables that are no state although the graph assigns them
      something that depends on the inputs.
    constants: tensor, or its name -> a value that it always has, such as
      `{keep_prob: 1.}`.
    one_step: names of inputs that are given without their time axis. The
      signature then takes one step, and its outputs have no time axis either.
    time_axis: the position of the time axis of the inputs in `one_step`.

  State in variables (`StateVariables`, or a program's own that it assigns)
  becomes inputs and outputs too, named after the variables.

  Raises `ArgumentError` (`ArgumentTypeError` for a wrong structure) for names
  that are no identifiers, and for what is no tensor.
  """

  def __init__(self, inputs: typing.Mapping[str, types.Tensor] | None,
               outputs: typing.Mapping[str, types.Tensor],
               initial_state: types.State = None,
               final_state: types.State = None,
               updates: typing.Iterable[types.Operation] = (),
               weights: typing.Iterable[types.Variable] = (),
               constants: typing.Mapping[typing.Any, typing.Any] | None = None,
               one_step: typing.Iterable[str] = (),
               time_axis: int = 1) -> None:
    self.inputs = None if inputs is None else _named("inputs", inputs)
    self.outputs = _named("outputs", outputs)
    _errors.require(
        bool(self.outputs), "outputs", "name at least one tensor", "none",
        'pass for example {"logits": logits}')
    self.state = _states(initial_state, final_state)
    self.updates = [getattr(one, "name", one) for one in updates]
    self.weights = [_variable_name(one) for one in weights]
    self.constants = {_tensor_name("constants", key): value
                      for key, value in (constants or {}).items()}
    self.one_step = ([one_step] if isinstance(one_step, str)
                     else list(one_step))
    self.time_axis = time_axis
    _require_apart(self)


def of_names(inputs, outputs, states, **options):
  """A `Signature` whose `states` map a name to (initial, final) tensors."""
  made = Signature(inputs, outputs, **options)
  made.state = {require_identifier("state", name): tuple(tensors)
                for name, tensors in states.items()}
  _require_apart(made)
  return made


def _require_apart(signature):
  """Raises `ArgumentError` if a state has the name of something else."""
  for argument, tensors in (("inputs", signature.inputs or {}),
                            ("outputs", signature.outputs)):
    both = sorted(set(tensors) & set(signature.state))
    _errors.require(
        not both, argument, "have other names than the state",
        ", ".join(both), "rename it")


def _named(argument, tensors):
  if not hasattr(tensors, "items"):
    raise _errors.ArgumentTypeError(_errors.problem(
        argument, "be a dict of names and tensors", repr(tensors),
        'pass for example {"x": x}'))
  return {require_identifier(argument, name): _tensor_name(argument, tensor)
          for name, tensor in tensors.items()}


def require_identifier(argument, name):
  """`name`, if a caller can pass it as a keyword argument."""
  _errors.require(
      isinstance(name, str) and _LEGAL.fullmatch(name), argument,
      "have names of letters, digits and underscores, so that they can be "
      "keyword arguments", repr(name), f"use {identifier(str(name))!r}")
  return name


def identifier(text):
  """`text` as an identifier.

  >>> identifier("rnn/Placeholder:0"), identifier("0/c")
  ('rnn_Placeholder', '_0_c')
  """
  name = re.sub(r"[^A-Za-z0-9_]", "_", re.sub(r":0$", "", text)) or "_"
  return name if not name[0].isdigit() else "_" + name


def _tensor_name(argument, tensor):
  """The name of a tensor, a variable's value, or a name as it is."""
  if isinstance(tensor, str):
    return tensor
  if isinstance(tensor, tf.SparseTensor):
    raise _errors.RefusedError(_errors.problem(
        argument, "be dense tensors", repr(tensor),
        "name its indices, values and dense_shape as three inputs"))
  if not tf.is_tensor(tensor) or not hasattr(tensor, "graph"):
    raise _errors.ArgumentTypeError(_errors.problem(
        argument, "be tensors of the graph", repr(tensor),
        "pass a tensor, or its name"))
  if hasattr(tensor, "initializer"):  # a variable
    return tensor.op.name + ":0"
  return tensor.name


def _variable_name(variable):
  name = variable if isinstance(variable, str) else variable.op.name
  return name.partition(":")[0]


def _states(initial, final):
  """Name -> (name of the initial tensor, name of the final one)."""
  if (initial is None) != (final is None):
    raise _errors.ArgumentError(_errors.problem(
        "final_state", "be given together with `initial_state`",
        "one of them", "pass both, or neither if variables keep the state"))
  if initial is None:
    return {}
  _nest.check_same_structure("final_state", initial, final,
                             "pass the state that the loop returned")
  found = {}
  for path, first, last in zip(
      _nest.state_paths(initial), _nest.flatten_state(initial),
      _nest.flatten_state(final)):
    name = identifier(f"{STATE}/{path}") if path else STATE
    _errors.require(
        name not in found, "initial_state", "have leaves of different names",
        f"{name!r} twice", "give its keys names of letters and digits")
    found[name] = (_tensor_name("initial_state", first),
                   _tensor_name("final_state", last))
  return found
