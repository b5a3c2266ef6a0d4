"""One step of a cell as a graph of its own: what each result is made from.

The cell is called once, with placeholders, and the operations that it creates
become `Node`s. Nothing here knows a kind of cell: whatever a cell computes,
from whatever class, is read from its operations.
"""

from __future__ import annotations

import dataclasses

from tfcompat_rnn import _nest
from tfcompat_rnn import _tf
from tfcompat_rnn._tf import tf
from tfcompat_rnn._tf import tf2

# Results that vary from step to step although they depend on nothing.
RANDOM = frozenset({
    "RandomStandardNormal", "RandomUniform", "RandomUniformInt",
    "TruncatedNormal"})
# Operations with state that may be run once instead of once a step.
_READ_ONCE = frozenset({"ReadVariableOp", "VarHandleOp"})
_TRANSPARENT = frozenset({"Identity", "Snapshot"})
# An attribute of an operation that stands for a layer: the layer's number.
LAYER = "_tfcompat_rnn_layer"
# One that names a gradient other than that of the operation's type, and how the
# names of those begin that do not depend on the graph.
_GRADIENT = "_gradient_op_type"
_OUR_GRADIENTS = ("TfcompatRnnRow", "TfcompatRnnLSTMBlock",
                  "TfcompatRnnGRUBlock")
# Results through which no gradient flows.
_FLAT = frozenset({
    "Ceil", "Equal", "Floor", "Greater", "GreaterEqual", "Less", "LessEqual",
    "LogicalAnd", "LogicalNot", "LogicalOr", "NotEqual", "OnesLike", "Range",
    "Rint", "Round", "Shape", "Sign", "Size", "StopGradient", "ZerosLike"})


class CannotCompile(Exception):
  """Why a cell has to run in the plain loop."""


class Node:
  """An operation, or one of the step's sources (`INPUT`, `STATE`, `OUTER`)."""

  __slots__ = ("type", "inputs", "attributes", "outputs", "origin")

  def __init__(self, type_, inputs, attributes, kinds, origin=None):
    self.type = type_
    self.inputs = inputs
    self.attributes = attributes
    self.origin = origin  # an outer tensor, or the number of a leaf
    self.outputs = [Value(self, place, dtype, shape)
                    for place, (dtype, shape) in enumerate(kinds)]


class Value:
  """One result of a node, in one step: its dtype, its shape, its ancestry.

  `states` are the numbers of the state's leaves that it depends on, `varies`
  says whether it differs from step to step, and `learns` whether a gradient
  can flow through it.
  """

  __slots__ = ("node", "index", "dtype", "shape", "states", "varies", "learns")

  def __init__(self, node, index, dtype, shape):
    self.node, self.index = node, index
    self.dtype, self.shape = dtype, shape
    kind = node.type
    above = node.inputs
    smooth = dtype.is_floating or dtype.is_complex
    self.states = frozenset().union(*(value.states for value in above))
    self.varies = (kind in (INPUT, STATE) or kind in RANDOM
                   or any(value.varies for value in above))
    if kind in (INPUT, STATE, KEPT, OUTER):
      self.learns = smooth
      if kind == STATE:
        self.states = frozenset([node.origin])
    else:
      self.learns = (smooth and kind not in _FLAT
                     and any(value.learns for value in above))

  @property
  def type(self):
    return self.node.type


# KEPT is a leaf of the state that no step changes; SHAPE a shape whose first
# dimension may be the batch's.
INPUT, STATE, KEPT = "<input>", "<state>", "<kept>"
OUTER, SHAPE = "<outer>", "<shape>"


def source(kind, tensor, origin):
  """The value of a new source node: INPUT, STATE, KEPT or OUTER."""
  node = Node(kind, [], None, [(tensor.dtype, tensor.shape)], origin)
  return node.outputs[0]


def completed(value, known, inputs_of, make):
  """`known[value]`, after `make` has added it and what it is made from."""
  pending = [value]
  while pending:
    top = pending[-1]
    if top in known:
      pending.pop()
      continue
    missing = [above for above in inputs_of(top) if above not in known]
    if missing:
      pending.extend(missing)
      continue
    pending.pop()
    make(top)
  return known[value]


def derived(type_, inputs, shape, dtype=None, **attributes):
  """The value of an operation that the cell did not create itself."""
  return Node(type_, inputs, attributes,
              [(dtype or inputs[0].dtype, tf.TensorShape(shape))]).outputs[0]


@dataclasses.dataclass
class Step:
  """A traced step: its sources and its results, as values.

  All four lists are in flattening order. `random` are the nodes that draw, in
  the order in which the cell created them.
  """

  inputs: list
  states: list
  outputs: list
  new_states: list
  random: list
  output_structure: object


def trace(call, inputs, states):
  """The `Step` of `call(inputs, states) -> (outputs, states)`.

  `inputs` and `states` are nested `tf.TensorSpec`s. Raises `CannotCompile` if
  the step has an effect besides its results.
  """
  structure = []
  overridden = _tf.attribute(
      tf.get_default_graph(), "Graph._gradient_override_map")

  def step(inputs, states):
    with tf.get_default_graph().gradient_override_map(overridden):
      outputs, new_states = call(inputs, states)
    tf.nest.assert_same_structure(states, new_states)
    structure.append(tf.nest.map_structure(lambda _: None, outputs))
    # Identities keep two results apart that are the same tensor.
    return [[tf.identity(leaf) for leaf in _nest.flatten_state(part)]
            for part in (outputs, new_states)]

  traced = tf2.function(step, autograph=False).get_concrete_function(
      inputs, states)
  number = len(_nest.flatten_state(inputs))
  own = traced.graph.inputs[:number + len(_nest.flatten_state(states))]
  results = traced.graph.outputs
  new_states = results[len(results) - (len(own) - number):]
  values = {}
  for place, tensor in enumerate(own):
    leaf = place - number
    if leaf < 0:
      kind, leaf = INPUT, place
    else:
      kind = KEPT if root(new_states[leaf]) is tensor else STATE
    values[tensor.ref()] = source(kind, tensor, leaf)
  for outer, tensor in traced.graph.captures:
    values[tensor.ref()] = source(OUTER, tensor, outer)
  random = []
  for operation in traced.graph.get_operations():
    if operation.type != "Placeholder":
      _note(operation, values, random)
  sources = [values[tensor.ref()] for tensor in own]
  found = [values[tensor.ref()] for tensor in results]
  begin = len(results) - len(new_states)
  return Step(sources[:number], sources[number:], found[:begin],
              found[begin:], random, structure[0])


def root(tensor):
  """The tensor of which `tensor` is an identity (of an identity ...)."""
  while tensor.op.type in _TRANSPARENT:
    tensor = tensor.op.inputs[0]
  return tensor


def _note(operation, values, random):
  """Adds the node of `operation` to `values`."""
  _refuse_effects(operation)
  _refuse_gradients(operation)
  above = [values[tensor.ref()] for tensor in operation.inputs]
  result = operation.outputs[0] if operation.outputs else None
  if operation.type in _TRANSPARENT:
    values[result.ref()] = above[0]
    return
  if operation.type == "ReadVariableOp" and above[0].type == OUTER:
    read = tf.raw_ops.ReadVariableOp(
        resource=above[0].node.origin, dtype=result.dtype)
    values[result.ref()] = source(OUTER, result, read)
    return
  kinds = [(tensor.dtype, tensor.shape) for tensor in operation.outputs]
  if operation.type == "Shape" and above[0].varies:
    dims = _known_but_first(above[0].shape)
    if dims is not None:
      node = Node(SHAPE, [], {"dims": dims}, kinds)
      values[result.ref()] = node.outputs[0]
      return
  node = Node(operation.type, above, _attributes(operation), kinds)
  if operation.type in RANDOM:
    random.append(node)
    if any(value.varies for value in above):
      raise CannotCompile(
          f"the shape of {operation.name} ({operation.type}) is known only "
          "in the step")
  for tensor, value in zip(operation.outputs, node.outputs):
    values[tensor.ref()] = value


def layer_of(node):
  """The number of the layer that `node` stands for, or None."""
  number = node.attributes.get(LAYER)
  return None if number is None else number.i


def _known_but_first(shape):
  if not shape.rank:
    return [] if shape.rank == 0 else None
  dims = shape.as_list()
  return None if None in dims[1:] else dims


def _attributes(operation):
  return {name: value for name, value in operation.node_def.attr.items()
          if not name.startswith("_") or name in (LAYER, _GRADIENT)}


def _refuse_gradients(operation):
  """Raises `CannotCompile` if `operation` has a gradient of its own.

  That may belong to the graph of the step (`tf.custom_gradient`), and where the
  operation is applied to all steps at once, it need not be the same.
  """
  gradient = operation.node_def.attr[_GRADIENT].s.decode()
  if gradient and not gradient.startswith(_OUR_GRADIENTS):
    raise CannotCompile(
        f"the operation {operation.name} ({operation.type}) of its step has a "
        f"gradient of its own, {gradient}")


def _refuse_effects(operation):
  if operation.op_def.is_stateful and (
      operation.type not in RANDOM and operation.type not in _READ_ONCE):
    raise CannotCompile(
        f"the operation {operation.name} ({operation.type}) of its step must "
        "run once a step")
