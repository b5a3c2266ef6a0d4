"""The print statement."""

from __future__ import annotations

import ast

from tfcompat_rnn.upgrade.translation import kinds

_STREAMS = {"sys.stdout", "sys.stderr"}
# What makes a generator go on.
_RESUMING = {"next", "send", "throw", "close"}
# Methods and functions that change a list, a dictionary or the like.
_CHANGING = _RESUMING | {
    "add", "append", "appendleft", "clear", "discard", "extend", "extendleft",
    "fill", "heapify", "heappop", "heappush", "insert", "itemset", "pop",
    "popitem", "popleft", "put", "remove", "resize", "reverse", "rotate",
    "setdefault", "shuffle", "sort", "subtract", "update",
    "difference_update", "intersection_update",
    "symmetric_difference_update"}
_SETTERS = {"next", "setattr", "delattr"}


def find_printing(parsed):
  """The names of functions, methods and classes that may print something."""
  return _find_acting(parsed, _prints)


def find_changing(parsed):
  """The names of those that may change an object that was there before."""
  return _find_acting(parsed, _changes)


def _find_acting(parsed, acts):
  mentions, found, generators = {}, set(), set()
  for one in parsed:
    for node in one.nodes:
      if not isinstance(node, (ast.FunctionDef, ast.ClassDef)):
        continue
      inside = list(ast.walk(node))
      if any(acts(one, part) for part in inside):
        found.add(node.name)
      if any(isinstance(part, ast.Yield) for part in inside):
        generators.add(node.name)
      mentions.setdefault(node.name, set()).update(
          _identifier(part) for part in inside)
  before = None
  while before != found:
    before = set(found)
    if found & generators:
      found |= _RESUMING
    found |= {name for name, others in mentions.items() if others & found}
  return frozenset(found)


def _identifier(node):
  return getattr(node, "id", None) or getattr(node, "attr", None)


def _prints(parsed, node):
  """Whether an expression itself may print something."""
  if isinstance(node, ast.Attribute) and node.attr in (
      "stdout", "stderr", "write", "writelines"):
    return True
  if not isinstance(node, ast.Call):
    return False
  if isinstance(node.func, ast.Name) and node.func.id in (
      "_py2_print", "print", "raw_input"):
    return True
  return _calls_unknown(parsed, node)


def _changes(parsed, node):
  """Whether a part of a function may change an object."""
  if isinstance(node, (ast.Attribute, ast.Subscript)):
    return not isinstance(node.ctx, ast.Load)
  if isinstance(node, ast.AugAssign):
    return True
  if not isinstance(node, ast.Call):
    return False
  if isinstance(node.func, ast.Attribute) and node.func.attr in _CHANGING:
    return True
  return parsed.called(node) in _SETTERS or _calls_unknown(parsed, node)


def _calls_unknown(parsed, call):
  """Whether nobody knows what a call calls: a variable or a parameter."""
  if isinstance(call.func, ast.Name):
    return not (
        parsed.is_builtin(call.func.id) or call.func in parsed.uses.at
        or call.func.id in parsed.defined
        or call.func.id in parsed.imported
        or call.func.id.startswith("_py2_"))
  return not isinstance(call.func, ast.Attribute)


def leaves_space(parsed, facts):
  """Whether a print statement leaves its space to the next one."""
  return any(_has_comma(node) or bool(_splits(parsed, node, facts))
             for node in parsed.nodes if _is_print(node))


def translate(work):
  """Makes each statement a call."""
  for node in work.parsed.nodes:
    if _is_print(node):
      _change(work, node)


def _is_print(node):
  return (isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
          and node.func.id == "_py2_print")


def _has_comma(node):
  return any(keyword.arg == "comma" for keyword in node.keywords)


def _change(work, node):
  target = next((keyword for keyword in node.keywords
                 if keyword.arg == "to"), None)
  if len(node.args) == 1 and target is None:
    _without_parentheses(work, node)
  if _is_plain(work, node, target):
    work.edits.replace(*work.edits.span(node.func), "print")
    if target is not None:
      start, _ = work.edits.span(target)
      work.edits.replace(start, start + len("to"), "file")
    return
  work.edits.replace(*work.edits.span(node.func), "python2.print_values")
  for before, after in _splits(work.parsed, node, work.facts):
    # Each value is printed before the next one is computed.
    work.edits.replace_between(
        work.edits.span(before)[1], work.edits.span(after)[0], r",[ \t]*",
        ", comma=True); python2.print_values(")


def _without_parentheses(work, node):
  """`print (x)` needs no second ones."""
  value = node.args[0]
  start, end = work.edits.span(node.func)[1], work.edits.span(node)[1]
  first, last = work.edits.span(value)
  if (not node.keywords and not isinstance(value, (ast.Tuple,
                                                   ast.GeneratorExp))
      and work.edits.text[start:first] == "(("
      and work.edits.text[last:end] == "))"):
    work.edits.replace(start, start + 1, "")
    work.edits.replace(end - 1, end, "")


def _is_plain(work, node, target):
  """Whether Python 3's `print` does the same."""
  if work.facts.pending or _has_comma(node):
    return False
  if target is not None and (
      work.parsed.uses.at.get(target.value) not in _STREAMS):
    return False
  return all(work.kinds.of(one) == kinds.INT
             or work.kinds.of(one) == kinds.ASCII and not _ends_space(one)
             for one in node.args[:-1]) and all(
                 work.kinds.of(one) in (kinds.INT, kinds.ASCII)
                 for one in node.args[-1:])


def _ends_space(node):
  """Whether a text may end with white space, after which comes no space."""
  is_format = isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod)
  text = node.left if is_format else node
  return not (isinstance(text, ast.Constant) and text.value
              and not text.value[-1].isspace()
              and not (is_format and text.value.endswith("s")))


def _splits(parsed, node, facts):
  """[(value, next value)] between which the first one has to be printed.

  The next one may print something itself, or change what was to be printed.
  """
  if any(keyword.arg == "to" for keyword in node.keywords):
    return []
  found, waits = [], False
  for before, after in zip(node.args, node.args[1:]):
    waits = waits or _may_be_changed(parsed, before, facts)
    if _may_act(parsed, after, _prints, facts.printing) or waits and (
        _may_act(parsed, after, _changes, facts.changing)):
      found.append((before, after))
      waits = False
  return found


def _may_act(parsed, value, acts, names):
  """Whether a value may do what `acts` tells of, or what `names` do."""
  parts = list(ast.walk(value))
  # `Model.size` calls nothing that has the name `Model`.
  holders = {part.value for part in parts if isinstance(part, ast.Attribute)}
  return any(acts(parsed, part) or part not in holders
             and _identifier(part) in names for part in parts)


def _may_be_changed(parsed, node, facts):
  """Whether a value is one that something else may change."""
  if parsed.kinds(facts).of(node) in kinds.FIXED:
    return False
  if isinstance(node, ast.Call):
    return _identifier(node.func) in facts.defined
  return not isinstance(node, (ast.BinOp, ast.Compare, ast.UnaryOp,
                               ast.ListComp, ast.Lambda))
