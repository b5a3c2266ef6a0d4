"""State that a graph keeps in variables, and what it writes to them.

In an exported model such a variable becomes an input, and what is written to
it an output.
"""

import typing

from tfcompat_rnn import _errors
from tfcompat_rnn.export import nodes as graph_nodes

_PASSED = ("Identity", "RefIdentity")


class Carried(typing.NamedTuple):
  """A state variable: its `node`, and the tensors that read and write it.

  `reads` are the tensors whose place the input takes, and `value` is the
  tensor that the graph assigns to the variable.
  """
  node: str
  reads: tuple
  value: str


def find(nodes, used, variables, inputs, updates, trainable, weights):
  """The `Carried` of those variables among the nodes `used` that are state.

  Arguments:
    nodes: the `Nodes` of the whole graph.
    used: names of the nodes that the outputs need.
    variables: names of variables known to be state.
    inputs: names of the tensors that are the model's inputs.
    updates: names of assigning operations that the user chose.
    trainable: names of variables that are weights.
    weights: names of variables that the user declared to be weights.

  A variable counts as state if it is in `variables`, if one of `updates`
  writes it, or if it is not trainable and the graph assigns it something that
  depends on the inputs.

  Raises `ArgumentError` if it is not clear which operation keeps the state.
  """
  chosen = _chosen(nodes, updates)
  found = []
  for name in used:
    node = nodes.by_name[name]
    if node.op not in graph_nodes.VARIABLES or name in weights:
      continue
    declared = name in variables or name in chosen
    if not declared and name in trainable:
      continue
    keeping = ([chosen[name]] if name in chosen
               else _keeping(nodes, name, inputs))
    if not keeping and not declared:
      continue
    if len(keeping) != 1:
      raise _errors.ArgumentError(_errors.problem(
          "updates", f"name the operation that keeps the state {name}",
          "none, and the graph has " + (", ".join(keeping) or "none that "
          "depends on the inputs"),
          "name one that assigns it, or declare the variable a weight"))
    found.append(Carried(name, reads_of(nodes, name, used),
                         graph_nodes.tensor_name(nodes.by_name[keeping[0]].input[1])))
  missing = sorted(set(chosen) - {one.node for one in found})
  if missing:
    raise _errors.ArgumentError(_errors.problem(
        "updates", "write variables that the outputs need",
        f"{chosen[missing[0]]}, which writes {missing[0]}",
        "leave it out"))
  return found


def _chosen(nodes, updates):
  """Variable -> the operation among `updates` that writes it."""
  found = {}
  for name in updates:
    nodes.require("updates", name)
    node = nodes.by_name[graph_nodes.node_name(name)]
    written = (written_by(nodes, node)
               if node.op in graph_nodes.ASSIGNS else None)
    if written is None:
      raise _errors.ArgumentError(_errors.problem(
          "updates", "name operations that assign a variable",
          f"{name}, a {node.op}", "name the Assign or AssignVariableOp that "
          "writes the new state"))
    if written in found:
      raise _errors.ArgumentError(_errors.problem(
          "updates", "write each variable once",
          f"{found[written]} and {node.name} for {written}",
          "leave one of them out"))
    found[written] = node.name
  return found


def written_by(nodes, node):
  """The variable that the operation `node` writes, or None."""
  if not node.input:
    return None
  name = graph_nodes.node_name(node.input[0])
  while name in nodes.by_name and nodes.by_name[name].op in _PASSED:
    name = graph_nodes.node_name(nodes.by_name[name].input[0])
  if name in nodes.by_name and (
      nodes.by_name[name].op in graph_nodes.VARIABLES):
    return name
  return None


def _keeping(nodes, variable, inputs):
  """The operations that assign something that depends on the inputs."""
  needed = {graph_nodes.node_name(name) for name in inputs}
  found = []
  for node in nodes.readers(variable):
    if (node.op in graph_nodes.ASSIGNS
        and written_by(nodes, node) == variable
        and needed & set(nodes.needed(
            [graph_nodes.tensor_name(node.input[1])], control=False))):
      found.append(node.name)
  return found


def reads_of(nodes, variable, used):
  """The tensors whose values are that of `variable`."""
  if nodes.by_name[variable].op != graph_nodes.RESOURCE:
    return (variable + ":0",)
  kept = set(used)
  reads = []
  for node in nodes.readers(variable):
    if node.name not in kept or node.op in graph_nodes.ASSIGNS:
      continue
    if node.op != "ReadVariableOp":
      raise _errors.RefusedError(_errors.problem(
          "state", "be read outside of loops and functions to become an input",
          f"{variable}, which {node.name} ({node.op}) reads",
          "read it once before the loop: initial_state=variable.read_value()"))
    reads.append(node.name + ":0")
  return tuple(reads)
