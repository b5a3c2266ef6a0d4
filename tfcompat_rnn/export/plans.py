"""What of a graph a signature needs: inputs, outputs, state, weights."""

import typing

import numpy as np

from tfcompat_rnn import _errors
from tfcompat_rnn._tf import tf
from tfcompat_rnn.export import carried as carried_state
from tfcompat_rnn.export import nodes as graph_nodes
from tfcompat_rnn.export import refusals
from tfcompat_rnn.export import signatures


class Plan(typing.NamedTuple):
  """A signature, found in a graph.

  Attributes:
    name: the name of the signature.
    inputs: name of an input -> the tensors of the graph that it stands for.
    state: names of the inputs that are state, which are outputs as well.
    outputs: name of an output -> a tensor of the graph.
    constants: tensor -> value.
    used: names of the nodes that the outputs need.
    weights: names of variables among them that hold weights.
    kept: state variable -> the name of its input.
    random: names of random operations among `used`.
    one_step: name of an input -> the position of the axis that it lacks.
  """
  name: str
  inputs: dict
  state: list
  outputs: dict
  constants: dict
  used: list
  weights: list
  kept: dict
  random: list
  one_step: dict

  @property
  def cut(self):
    """All tensors that something else takes the place of."""
    return [tensor for tensors in self.inputs.values()
            for tensor in tensors] + list(self.constants)


def make(source, name, signature):
  """The `Plan` of the `Signature` `signature`, which is called `name`.

  Raises `ArgumentError` for a tensor that does not exist, a placeholder that
  has no value, or an input that no output needs, and `RefusedError` for what
  cannot be exported.
  """
  nodes = source.nodes
  outputs = {key: nodes.require("outputs", tensor)
             for key, tensor in signature.outputs.items()}
  constants = {}
  for tensor, value in signature.constants.items():
    tensor = nodes.require("constants", tensor)
    constants[tensor] = _as_array(nodes, tensor, value)
  inputs = {key: (nodes.require("inputs", tensor),)
            for key, tensor in (signature.inputs or {}).items()}
  state = {}
  for key, (first, last) in signature.state.items():
    first = nodes.require("initial_state", first)
    inputs[key] = _places(nodes, first, list(nodes.by_name))
    state[key] = nodes.require("final_state", last)
  _require_different(inputs, constants)
  finder = _Finder(source, signature, inputs, constants,
                   list(outputs.values()) + list(state.values()))
  finder.find()
  for one in finder.carried:
    key = _new_name(one.node, inputs, outputs)
    inputs[key], state[key] = one.reads, one.value
  targets = list(outputs.values()) + list(state.values())
  used = nodes.needed(targets, _cut(inputs, constants),
                      finder.writers())
  # a state may have leaves that no step reads, and is still passed as a whole
  _require_needed(nodes, targets, {
      key: inputs[key] for key in inputs if key not in state}, constants, used)
  kept = {one.node: next(key for key in inputs if inputs[key] == one.reads)
          for one in finder.carried}
  kept.update({graph_nodes.node_name(first): key
               for key, (first, _) in signature.state.items()
               if nodes.op(first) in graph_nodes.VARIABLES})
  random = refusals.check_nodes(nodes, used)
  for key in signature.one_step:
    _errors.require(
        key in inputs and key not in state, "one_step",
        "consist of names of inputs", repr(key), "the inputs are "
        + ", ".join(other for other in inputs if other not in state))
  inputs = {key: inputs[key]
            for key in sorted(inputs, key=lambda key: key in state)}
  return Plan(
      name, inputs, list(state), {**outputs, **state}, constants, used,
      [node for node in used if node not in kept
       and nodes.by_name[node].op in graph_nodes.VARIABLES],
      kept, random,
      {key: signature.time_axis for key in signature.one_step})


def _as_array(nodes, tensor, value):
  """A constant's value as an array of the tensor's dtype."""
  node = nodes.by_name[graph_nodes.node_name(tensor)]
  number = node.attr["dtype"].type or node.attr["T"].type
  dtype = tf.as_dtype(number).base_dtype if number else None
  try:
    made = np.asarray(value)
    array = made if dtype is None else made.astype(dtype.as_numpy_dtype)
    fits = bool(np.all(array == made)) or made.dtype.kind == "f"
  except (TypeError, ValueError):
    fits = False
  _errors.require(
      fits, "constants", f"fit {tensor}"
      + (f", {dtype.name}" if dtype is not None else ""), repr(value),
      "pass a value of its dtype")
  return array


def _cut(inputs, constants):
  return [tensor for tensors in inputs.values()
          for tensor in tensors] + list(constants)


def _places(nodes, tensor, used):
  """The tensors that the value of `tensor` is read from."""
  if nodes.op(tensor) == graph_nodes.RESOURCE:
    return carried_state.reads_of(
        nodes, graph_nodes.node_name(tensor), used)
  return (tensor,)


class _Finder:
  """Finds the inputs that were not named, and the state in variables.

  What is written to a state variable may need more placeholders and more
  variables, so both are looked for until there are no more.
  """

  def __init__(self, source, signature, inputs, constants, targets):
    self._source, self._signature = source, signature
    self._inputs, self._constants = inputs, constants
    self._targets = targets
    self._named = {graph_nodes.node_name(first)
                   for first, _ in signature.state.values()}
    self.carried = []

  def writers(self):
    """The operations that write state; what they write is an output."""
    nodes = self._source.nodes
    kept = {one.node for one in self.carried} | self._named
    return [node.name for name in kept for node in nodes.readers(name)
            if node.op in graph_nodes.ASSIGNS]

  def find(self):
    while True:
      before = len(self.carried), len(self._inputs)
      used = self._used()
      self._add_placeholders(used)
      self.carried = carried_state.find(
          self._source.nodes,
          [name for name in used if name not in self._named],
          self._source.kept,
          [tensor for tensors in self._inputs.values() for tensor in tensors],
          self._signature.updates, self._source.trainable,
          self._signature.weights)
      if before == (len(self.carried), len(self._inputs)):
        return

  def _used(self):
    return self._source.nodes.needed(
        self._targets + [one.value for one in self.carried],
        _cut(self._inputs, self._constants), self.writers())

  def _add_placeholders(self, used):
    nodes = self._source.nodes
    missing = [name for name in used
               if nodes.by_name[name].op in graph_nodes.PLACEHOLDERS]
    if self._signature.inputs is None:
      for name in missing:
        key = _new_name(name, self._inputs, self._signature.outputs)
        self._inputs[key] = (name + ":0",)
      missing = []
    _errors.require(
        not missing, "inputs", "contain every placeholder that the outputs "
        "need", f"none for {', '.join(missing)}",
        "add it, or give it a value that it always has in `constants`")


def _new_name(node, inputs, outputs):
  """The name of an input for the node `node`."""
  name = signatures.identifier(node)
  _errors.require(
      name not in inputs and name not in outputs, "inputs",
      f"not use the name that {node} gets", repr(name), "rename it")
  return name


def _require_different(inputs, constants):
  owners = {}
  for key, tensors in list(inputs.items()) + [
      ("a constant", (tensor,)) for tensor in constants]:
    for tensor in tensors:
      _errors.require(
          tensor not in owners, "inputs", "be different tensors",
          f"{tensor} for {owners.get(tensor)} and {key}", "leave one out")
      owners[tensor] = key


def _require_needed(nodes, targets, inputs, constants, used):
  """Raises `ArgumentError` if an input or a constant changes no output."""
  read = {graph_nodes.tensor_name(text) for name in used
          for text in nodes.by_name[name].input} | set(targets)
  for key, tensors in inputs.items():
    _errors.require(
        bool(read.intersection(tensors)), "inputs", "change an output",
        f"{key} ({', '.join(tensors)}), which none needs", "leave it out")
  for tensor in constants:
    _errors.require(tensor in read, "constants", "change an output",
                    f"{tensor}, which none needs", "leave it out")
