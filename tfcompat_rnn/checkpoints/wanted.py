"""Finds the keys that a graph restores, from its operations.

Starting at a saver's restore operation, the inputs lead back to the keys that
it reads and to the variables that it assigns. This works in the same way for a
saver object, for one that came with a meta graph, and for one in a file. If
there is no saver, each variable is restored under its own name, as
`tf.train.Saver()` would do.
"""

import os
import re

import numpy as np

from tfcompat_rnn import _errors
from tfcompat_rnn import _tf
from tfcompat_rnn._tf import tf
from tfcompat_rnn.checkpoints import matching

_RESTORING = ("RestoreV2", "Restore", "RestoreSlice")
_VARIABLES = ("VariableV2", "Variable", "VarHandleOp", "AutoReloadVariable")
_RESOURCE = "VarHandleOp"
_PASSED = ("Identity", "Cast")


def of_saver(saver_def, graph):
  """The `Wanted` keys of a saver in `graph` (a tf.Graph).

  `saver_def` is `saver.saver_def`.
  """
  return _of_nodes(saver_def.restore_op_name, lambda name: (
      graph.get_operation_by_name(name).node_def))


def of_variables(variables):
  """The `Wanted` keys of `tf.train.Saver(variables)`."""
  found = {}
  for variable in variables:
    key, shape = variable.op.name, variable.shape
    info = _tf.attribute(variable, "Variable._save_slice_info")
    if info is not None:
      key, shape = info.full_name, tf.TensorShape(info.full_shape)
    found.setdefault(key, matching.Wanted(
        key, None if shape.rank is None else tuple(shape.as_list()),
        matching.numpy_dtype(variable.dtype), variable.op.name,
        variable.op.type == _RESOURCE))
  return list(found.values())


def of_file(path):
  """The `Wanted` keys of a graph in a file.

  `path` is a meta graph (`.meta`), a graph (`.pb`) or either of them as text
  (`.pbtxt`). The graph is not imported, so operations that TensorFlow no
  longer has do no harm.

  Raises `MissingFileError` if there is no such file, and `CheckpointError` if
  it contains no graph or no variables.
  """
  meta = read_proto(path)
  nodes = {node.name: node for node in meta.graph_def.node}
  if meta.saver_def.restore_op_name:
    return _of_nodes(meta.saver_def.restore_op_name, nodes.__getitem__)
  wanted = _of_collections(meta, nodes) or _of_variable_nodes(nodes)
  if not wanted:
    raise _errors.CheckpointError(_errors.problem(
        "graph", "contain variables", f"{path} without any",
        "a frozen graph has constants instead; name the .meta file or the "
        "program"))
  return wanted


def read_proto(path):
  if not os.path.isfile(path):
    raise _errors.MissingFileError(_errors.problem(
        "graph", "be a file: a .meta, a .pb, a .pbtxt or a program", path,
        "check the name"))
  with open(path, "rb") as file:
    data = file.read()
  for kind in (tf.MetaGraphDef, tf.GraphDef):
    for read in (_from_binary, _from_text):
      proto = read(kind, data)
      graph = getattr(proto, "graph_def", proto)
      if proto is not None and graph.node:
        if kind is tf.MetaGraphDef:
          return proto
        return tf.MetaGraphDef(graph_def=proto)
  raise _errors.CheckpointError(_errors.problem(
      "graph", "be a MetaGraphDef or a GraphDef, binary or text",
      f"{path}, which is neither", "name the .meta file next to the "
      "checkpoint"))


def _from_binary(kind, data):
  try:
    proto = kind.FromString(data)
  except Exception:  # the class depends on the version of protobuf
    return None
  # the bytes of another message may parse too, but make no sense
  nodes = getattr(proto, "graph_def", proto).node
  return proto if all(node.op for node in nodes) else None


def _from_text(kind, data):
  from google.protobuf import text_format
  try:
    return text_format.Parse(data.decode("utf-8"), kind())
  except (UnicodeDecodeError, text_format.ParseError):
    return None


def _of_collections(meta, nodes):
  """The keys from the variable collections of a meta graph without a saver."""
  found = {}
  for name in ("variables", "saveable_objects"):
    if name not in meta.collection_def:
      continue
    for data in meta.collection_def[name].bytes_list.value:
      told = variable_def(data)
      if told is None:
        continue
      node = nodes.get(told.variable_name.rpartition(":")[0])
      if node is None:
        continue
      item = _of_variable(node.name, node)
      info = told.save_slice_info_def
      if info.full_name:
        item = item._replace(key=info.full_name,
                             shape=tuple(info.full_shape))
      found.setdefault(item.key, item)
  return list(found.values())


def variable_def(data):
  try:
    return _tf.private("variable_def").FromString(data)
  except Exception:  # a different kind of saveable
    return None


def _of_variable_nodes(nodes):
  return [_of_variable(node.name, node) for node in nodes.values()
          if node.op in _VARIABLES]


def _of_variable(key, node):
  return matching.Wanted(key, _shape_of(node), _dtype_of(node), node.name,
                         node.op == _RESOURCE)


def _shape_of(node):
  shape = node.attr["shape"].shape
  if shape.unknown_rank:
    return None
  return tuple(None if dim.size < 0 else dim.size for dim in shape.dim)


def _dtype_of(node):
  return matching.numpy_dtype(tf.as_dtype(node.attr["dtype"].type))


def _of_nodes(restore_op, node_of):
  """Follows the inputs of a saver's restore operation to what it reads."""
  restoring, uses = [], {}
  pending, seen = [restore_op], set()
  while pending:
    name = pending.pop()
    if name in seen:
      continue
    seen.add(name)
    node = node_of(name)
    if node.op in _RESTORING:
      restoring.append(node)
      continue
    if node.op in _VARIABLES:
      continue
    for place, text in enumerate(node.input):
      source, output = _split_input(text)
      pending.append(source)
      if output is not None:
        uses.setdefault((source, output), []).append((node, place))
  found = {}
  for node in sorted(restoring, key=lambda node: _numbered(node.name)):
    for item in _of_restoring(node, node_of, uses):
      found.setdefault(item.key, item)
  return list(found.values())


def _numbered(name):
  return [int(text) if text.isdigit() else text
          for text in re.split(r"(\d+)", name)]


def _split_input(text):
  if text.startswith("^"):
    return text[1:], None
  name, _, output = text.partition(":")
  return name, int(output or 0)


def _of_restoring(node, node_of, uses):
  """Yields one `Wanted` for each output of a restoring operation."""
  keys = _strings(node_of(_split_input(node.input[1])[0]))
  if node.op == "RestoreV2":
    specs = _strings(node_of(_split_input(node.input[2])[0]))
    types = node.attr["dtypes"].list.type
  else:
    specs = (_strings(node_of(_split_input(node.input[2])[0]))
             if node.op == "RestoreSlice" else [""])
    types = [node.attr["dt"].type]
  for output, (key, spec, dtype) in enumerate(zip(keys, specs, types)):
    variable, free = _target((node.name, output), uses, node_of)
    shape = None
    if variable is not None and not free:
      shape = _shape_of(variable)
    if spec:
      shape = tuple(int(size) for size in spec.split()[:-1])
    yield matching.Wanted(
        key, shape, matching.numpy_dtype(tf.as_dtype(dtype)),
        variable.name if variable is not None else None,
        variable is not None and variable.op == _RESOURCE)


def _target(source, uses, node_of):
  """(the variable that gets a value, or None; may the shapes differ?)."""
  free = False
  for _ in range(8):
    for node, place in uses.get(source, ()):
      if node.op in ("Assign", "AssignVariableOp") and place == 1:
        variable = node_of(_split_input(node.input[0])[0])
        if variable.op in _VARIABLES:
          return variable, free
        return None, free
    passed = [node for node, place in uses.get(source, ()) if place == 0
              and node.op in _PASSED + ("Reshape",)]
    if not passed:
      return None, free
    free = free or passed[0].op == "Reshape"
    source = (passed[0].name, 0)
  return None, free


def _strings(node):
  """The strings in a constant."""
  values = tf.make_ndarray(node.attr["value"].tensor)
  return [value.decode() if isinstance(value, bytes) else value
          for value in np.ravel(values).tolist()]
