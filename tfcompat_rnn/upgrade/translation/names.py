"""The builtins of Python 2: left, renamed, or imported from `python2`."""

from __future__ import annotations

import ast
import symtable

from tfcompat_rnn.launcher.python2 import runtime
from tfcompat_rnn.upgrade.translation import kinds
from tfcompat_rnn.upgrade.translation import refusals

# These take all items of their first argument at once, `max` and `min` if it
# is the only one.
_TAKING = {"list", "tuple", "set", "frozenset", "dict", "sorted", "sum",
           "max", "min"}
# These go over an argument, which must not change meanwhile: from which one
# to which one.
_GOING_OVER = {"enumerate": (0, 1), "reversed": (0, 1), "len": (0, 1),
               "zip": (0, None), "map": (1, None), "filter": (1, 2),
               "reduce": (1, 2)}
_FUNCTIONS = {"int", "float", "len", "ord", "abs", "bool"}


def translate(work):
  """Changes the uses of builtins; returns the names to import.

  Raises Refused for those that take Python 2 as text.
  """
  parsed = work.parsed
  builtins = {name for name in runtime.table() if not name.startswith("_")}
  concerned = _read_globals(parsed.text)
  uses = {}
  for node in parsed.nodes:
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
      uses.setdefault(node.id, []).append(node)
  for name in sorted(concerned & set(refusals.BUILTINS)):
    if parsed.is_builtin(name):
      raise refusals.Refused(uses[name][0].lineno, refusals.BUILTINS[name])
  needed = set()
  for name in sorted(concerned & builtins - {"str"}):
    if not parsed.is_builtin(name):
      if not _is_bound_first(parsed, name, uses[name]):
        needed.add(name)
      continue
    rule = _RULES.get(name)
    wraps = []
    if rule is None or not all(rule(work, node, wraps)
                               for node in uses[name]):
      needed.add(name)
      continue
    for node in wraps:
      work.edits.wrap(node, "list(", ")")
  if "xrange" in needed and "range" not in needed and (
      parsed.is_builtin("xrange")
      and "range" not in parsed.uses.bound
      and all(_is_gone_over(work, node) for node in uses["xrange"])):
    needed.remove("xrange")
    for node in uses["xrange"]:
      work.edits.replace(*work.edits.span(node), "range")
  return needed


def _read_globals(text):
  """The names that are read as globals or builtins."""
  found = set()
  waiting = [symtable.symtable(text, "<source>", "exec")]
  while waiting:
    table = waiting.pop()
    waiting += table.get_children()
    found |= {symbol.get_name() for symbol in table.get_symbols()
              if symbol.is_referenced() and (
                  symbol.is_global() or table.get_type() in (
                      "module", "class"))}
  return found


def _is_bound_first(parsed, name, nodes):
  """Whether the module binds `name` before all that reads it."""
  for node in parsed.tree.body:
    bound = set()
    if isinstance(node, (ast.Import, ast.ImportFrom)):
      bound = {(alias.asname or alias.name).partition(".")[0]
               for alias in node.names}
    elif isinstance(node, (ast.FunctionDef, ast.ClassDef)):
      bound = {node.name}
    if name in bound:
      return all(one.lineno > node.lineno for one in nodes)
  return False


# -- what is the same in Python 3. A rule adds calls to `wraps` that are the
# -- same inside of `list(...)`.


def _call_of(work, node):
  """The call that a name is called in, without keywords or stars; or None."""
  parent = work.parsed.parents[node]
  if isinstance(parent, ast.Call) and parent.func is node and (
      not parent.keywords
      and not any(isinstance(one, ast.Starred) for one in parent.args)):
    return parent
  return None


def _is_gone_over(work, node):
  call = _call_of(work, node)
  if call is None or not call.args:
    return False
  parent = work.parsed.parents[call]
  if isinstance(parent, (ast.For, ast.comprehension)):
    return True
  if isinstance(parent, ast.Compare) and parent.left is not call:
    return all(isinstance(one, (ast.In, ast.NotIn)) for one in parent.ops)
  name = work.parsed.called(parent)
  return is_taken(work, call) or name in _GOING_OVER and call in parent.args[
      slice(*_GOING_OVER[name])]


def is_taken(work, call):
  """Whether all items of a call's result are taken at once."""
  parent = work.parsed.parents[call]
  if isinstance(parent, ast.Starred):
    return isinstance(work.parsed.parents[parent], ast.Call)
  if isinstance(parent, ast.Assign):
    return all(isinstance(target, (ast.Tuple, ast.List))
               for target in parent.targets)
  name = work.parsed.called(parent)
  if name in ("max", "min") and len(parent.args) > 1:
    return False
  return name in _TAKING and parent.args[:1] == [call]


def _range(work, node, wraps):
  call = _call_of(work, node)
  if call is not None and not _is_gone_over(work, node):
    wraps.append(call)
  return call is not None


def _zip(work, node, wraps):
  parent = work.parsed.parents[node]
  if not (isinstance(parent, ast.Call) and parent.func is node
          and not parent.keywords):
    return False
  loop = work.iterating(parent)
  if not is_taken(work, parent) and (
      loop is None or not work.is_quiet(loop)
      or _may_end_early(work, loop) and not all(
          work.kinds.of(one) in kinds.CONTAINERS for one in parent.args)):
    wraps.append(parent)
  return True


def _may_end_early(work, loop):
  """Whether a loop may leave items, which an iterator would keep."""
  if isinstance(loop, ast.For):
    return any(isinstance(node, (ast.Break, ast.Return, ast.Raise))
               for part in loop.body for node in ast.walk(part))
  made = work.parsed.parents[loop]
  return isinstance(made, ast.GeneratorExp) and not is_taken(work, made)


def _map(work, node, wraps):
  call = _call_of(work, node)
  if call is None or len(call.args) != 2:
    return False
  function = call.args[0]
  if not (isinstance(function, ast.Lambda) or isinstance(function, ast.Name)
          and function.id in _FUNCTIONS
          and work.parsed.is_builtin(function.id)):
    return False
  if not is_taken(work, call):
    wraps.append(call)
  return True


def _numbers(work, node, wraps):
  call = _call_of(work, node)
  return call is not None and len(call.args) > 1 and all(
      work.kinds.of(one) in kinds.NUMBERS for one in call.args)


def _sorted(work, node, wraps):
  call = _call_of(work, node)
  return (call is not None and len(call.args) == 1 and isinstance(
      call.args[0], ast.Call)
          and work.kinds.of(call.args[0]) == kinds.STRINGS)


def _repr(work, node, wraps):
  call = _call_of(work, node)
  return call is not None and len(call.args) == 1 and (
      work.kinds.of(call.args[0]) in (kinds.INT, kinds.ASCII))


def _print(work, node, wraps):
  call = _call_of(work, node)
  return call is not None and all(
      work.kinds.of(one) in (kinds.INT, kinds.ASCII) for one in call.args)


_RULES = {"range": _range, "zip": _zip, "map": _map, "max": _numbers,
          "min": _numbers, "sorted": _sorted, "repr": _repr, "print": _print}
