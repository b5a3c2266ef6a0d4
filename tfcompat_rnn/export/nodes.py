"""The nodes of a GraphDef: looked up, followed backward, cut out.

Tensors are named as in `feed_dict`: "rnn/transpose:0". The graph is not
imported, so operations that are not needed may be ones that TensorFlow no
longer has.
"""

import difflib

from tfcompat_rnn import _errors
from tfcompat_rnn._tf import tf

VARIABLES = ("VariableV2", "Variable", "VarHandleOp", "AutoReloadVariable")
RESOURCE = "VarHandleOp"
PLACEHOLDERS = ("Placeholder", "PlaceholderV2")
ASSIGNS = ("Assign", "AssignVariableOp")


def tensor_name(text):
  """`text` with the number of its output: "x" is "x:0".

  >>> tensor_name("x"), tensor_name("split:1")
  ('x:0', 'split:1')
  """
  return text if ":" in text else text + ":0"


def node_name(text):
  """The node that a tensor or an input of a node comes from.

  >>> node_name("split:1"), node_name("^keep")
  ('split', 'keep')
  """
  return text.lstrip("^").partition(":")[0]


class Nodes:
  """The nodes of `graph_def` by name.

      nodes = Nodes(graph.as_graph_def())
      used = nodes.needed(["logits:0"], cut=["x:0"])
  """

  def __init__(self, graph_def):
    self.graph_def = graph_def
    self.by_name = {node.name: node for node in graph_def.node}
    self.functions = {function.signature.name: function
                      for function in graph_def.library.function}
    self._readers = None

  def require(self, argument, name):
    """The tensor `name`, with its number, if the graph has it.

    Raises `ArgumentError` that names the nearest names otherwise.
    """
    found = tensor_name(name)
    if node_name(found) in self.by_name:
      return found
    near = difflib.get_close_matches(node_name(found), self.by_name, 3, .5)
    raise _errors.ArgumentError(_errors.problem(
        argument, "name a tensor of the graph", repr(name),
        f"the nearest names are {', '.join(near)}" if near
        else "its names are those that the program gave"))

  def op(self, name):
    """The operation that a tensor comes from, such as "MatMul"."""
    return self.by_name[node_name(name)].op

  def readers(self, name):
    """The nodes that read the outputs of the node `name`."""
    if self._readers is None:
      self._readers = {}
      for node in self.graph_def.node:
        for text in node.input:
          if not text.startswith("^"):
            self._readers.setdefault(node_name(text), []).append(node)
    return self._readers.get(name, [])

  def needed(self, targets, cut=(), without=(), control=True):
    """Names of the nodes that the tensors `targets` need, in the graph's order.

    Nothing behind the tensors `cut` is followed. Control inputs are, if
    `control` is True, except those that come from the nodes `without` or from
    where a tensor is cut.
    """
    cut = set(cut)
    ends = {node_name(name) for name in cut}.union(without)
    found, pending = set(), list(targets)
    while pending:
      text = pending.pop()
      name = node_name(text)
      if name in found or name not in self.by_name:
        continue
      if (name in ends or not control if text.startswith("^")
          else tensor_name(text) in cut):
        continue
      found.add(name)
      pending.extend(self.by_name[name].input)
    return [name for name in self.by_name if name in found]

  def subgraph(self, names, rewrite=None):
    """A GraphDef of the nodes `names` and the functions that they call.

    Control inputs from nodes that are not in it are left out. `rewrite` may
    change each copied node.
    """
    kept = set(names)
    result = tf.GraphDef(versions=self.graph_def.versions)
    for node in self.graph_def.node:
      if node.name not in kept:
        continue
      copied = result.node.add()
      copied.CopyFrom(node)
      copied.input[:] = [text for text in node.input
                         if not text.startswith("^")
                         or node_name(text) in kept]
      if rewrite is not None:
        rewrite(copied)
    for name in sorted(self.called(result.node)):
      result.library.function.add().CopyFrom(self.functions[name])
    return result

  def called(self, nodes):
    """The names of all functions that `nodes` call, directly or not."""
    found, pending = set(), list(nodes)
    while pending:
      node = pending.pop()
      names = [node.op] if node.op in self.functions else []
      for value in node.attr.values():
        if value.func.name:
          names.append(value.func.name)
        names.extend(one.name for one in value.list.func)
      for name in names:
        if name in self.functions and name not in found:
          found.add(name)
          pending.extend(self.functions[name].node_def)
    return found

  def inside(self, names):
    """The nodes `names` and those of the functions that they call."""
    nodes = [self.by_name[name] for name in names]
    for function in sorted(self.called(nodes)):
      nodes.extend(self.functions[function].node_def)
    return nodes
