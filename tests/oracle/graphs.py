"""Leaves of a structure, and a graph's operations. Python 3.7 syntax."""

import hashlib


def leaves(nest):
  """Leaves from left to right, a mapping by sorted key; same on both sides."""
  if isinstance(nest, dict):
    return [leaf for key in sorted(nest) for leaf in leaves(nest[key])]
  if isinstance(nest, (list, tuple)):
    return [leaf for part in nest for leaf in leaves(part)]
  return [nest]


def map_nest(function, nest, path=""):
  """`function(path, leaf)` over a nest, paths such as `0/c`."""
  if hasattr(nest, "_fields"):
    return type(nest)(*[
        map_nest(function, getattr(nest, field), path + "/" + field)
        for field in nest._fields])
  if isinstance(nest, (list, tuple)):
    return type(nest)([
        map_nest(function, part, path + "/" + str(place))
        for place, part in enumerate(nest)])
  return function(path.lstrip("/"), nest)


def operations(graph):
  """`name:Type` (and `@device`) of each op, in order of creation.

  The device is the part that users set.
  """
  return ["%s:%s%s" % (op.name, op.type, "@" + op.device if op.device else "")
          for op in graph.get_operations()]


def shorten(ops):
  """Each op with the part that its predecessor shares replaced by a count.

  `rnn/while/add:Add` after `rnn/while/Less:Less` is `2 add:Add`: the first
  two path components are those of the line before.
  """
  lines, before = [], []
  for op in ops:
    path = op.split("/")
    shared = 0
    while (shared < min(len(path), len(before)) - 1
           and path[shared] == before[shared]):
      shared += 1
    lines.append("%d %s" % (shared, "/".join(path[shared:])))
    before = path
  return lines


def lengthen(lines):
  """The inverse of `shorten`."""
  ops, before = [], []
  for line in lines:
    shared, _, rest = line.partition(" ")
    before = before[:int(shared)] + rest.split("/")
    ops.append("/".join(before))
  return ops


def edges(graph):
  """`[name, type, names of the inputs]` of each op, in order of creation."""
  return [[op.name, op.type, [tensor.name for tensor in op.inputs]]
          for op in graph.get_operations()]


def shorten_edges(ops):
  """Each op as one line; an input as the number of the op it comes from."""
  numbers = {op[0]: str(number) for number, op in enumerate(ops)}
  lines = []
  for name, kind, inputs in ops:
    sources = [tensor.rsplit(":", 1) for tensor in inputs]
    lines.append(" ".join([name, kind] + [
        numbers[source] + (":" + output if output != "0" else "")
        for source, output in sources]))
  return lines


def lengthen_edges(lines):
  """The inverse of `shorten_edges`."""
  names = [line.split(" ", 1)[0] for line in lines]
  ops = []
  for line in lines:
    name, kind, *sources = line.split(" ")
    pairs = [source.partition(":") for source in sources]
    ops.append([name, kind, [names[int(number)] + ":" + (output or "0")
                             for number, _, output in pairs]])
  return ops


def digest(data):
  """Sixteen hexadecimal digits that stand for `data`, some bytes."""
  return hashlib.sha1(data).hexdigest()[:16]
