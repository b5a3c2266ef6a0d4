"""Operators, methods and attributes that mean something else in Python 3."""

from __future__ import annotations

import ast
import re
import string

from tfcompat_rnn.launcher.python2 import runtime
from tfcompat_rnn.upgrade.translation import kinds
from tfcompat_rnn.upgrade.translation import names
from tfcompat_rnn.upgrade.translation.refusals import Refused

_VIEWS = {"keys", "values", "items"}
_ITERATORS = {"iterkeys": "keys", "itervalues": "values",
              "iteritems": "items"}
# Modules whose functions have names of such methods.
_MODULES = {"os.path", "string", "six", "tensorflow.strings", "re"}


def translate(work):
  """Changes the operators, methods and attributes of one file."""
  for node in work.parsed.nodes:
    change = _CHANGES.get(type(node))
    if change is not None:
      change(work, node)


def _replace_operator(work, left, right, pattern, text):
  work.edits.replace_between(work.edits.span(left)[1],
                             work.edits.span(right)[0], pattern, text)


def _binary(work, node):
  left, right = work.kinds.of(node.left), work.kinds.of(node.right)
  if isinstance(node.op, ast.Div) and not work.parsed.division:
    if left == right == kinds.INT:
      _replace_operator(work, node.left, node.right, "/", "//")
    elif not (kinds.FLOAT in (left, right)
              and {left, right} <= kinds.NUMBERS):
      _comma(work, node.left, node.right, "/")
      work.helper(node, "divide")
  elif isinstance(node.op, ast.Mod) and left not in kinds.OTHERS and not (
      _is_plain_format(work, node, left)):
    _comma(work, node.left, node.right, "%")
    work.helper(node, "modulo")


def _comma(work, left, right, pattern):
  """Puts a comma in place of an operator, without a space before it."""
  _replace_operator(work, left, right, r"[ \t]*" + pattern, ",")


def _is_plain_format(work, node, left):
  """Whether a format shows its values as Python 3 does."""
  if left not in kinds.TEXTS or not isinstance(node.left, ast.Constant):
    return False
  found = work.kinds.conversions(node)
  return found is not None and all(
      letter in "diufFeEgG" or value is not None and (
          letter == "s" and work.kinds.of(value) in (
              kinds.INT, kinds.ASCII, kinds.STRING)
          or letter == "r" and work.kinds.of(value) == kinds.INT)
      for letter, value in found)


def _in_place(work, node):
  target = (work.kinds.of_target(node.target)
            if isinstance(node.target, ast.Name) else None)
  value = work.kinds.of(node.value)
  if isinstance(node.op, ast.Div) and not work.parsed.division:
    if target == value == kinds.INT:
      _replace_operator(work, node.target, node.value, "/=", "//=")
    elif not (kinds.FLOAT in (target, value)
              and {target, value} <= kinds.NUMBERS):
      _assign(work, node, "divide_in_place", "/=")
  elif isinstance(node.op, ast.Mod) and target not in kinds.OTHERS:
    _assign(work, node, "modulo", "%=")


def _assign(work, node, helper, operator):
  """`a /= b` -> `a = python2.divide_in_place(a, b)`."""
  if not _is_plain(node.target):
    raise Refused(node.lineno, f"has `{operator}` whose left side would be "
                  "evaluated twice; assign to a variable first")
  start, end = work.edits.span(node.target)
  _replace_operator(work, node.target, node.value, operator,
                    f"= python2.{helper}({work.edits.text[start:end]},")
  work.edits.insert_after(node, ")")


def _is_plain(node):
  """Whether evaluating an expression twice is the same as once."""
  if isinstance(node, ast.Attribute):
    return _is_plain(node.value)
  if isinstance(node, ast.Subscript):
    return _is_plain(node.value) and _is_plain(node.slice)
  return isinstance(node, (ast.Name, ast.Constant)) or (
      isinstance(node, ast.UnaryOp) and _is_plain(node.operand))


_NAMES = {ast.Lt: ("less", "<"), ast.Gt: ("greater", ">"),
          ast.LtE: ("at_most", "<="), ast.GtE: ("at_least", ">="),
          ast.Eq: ("equal", "=="), ast.NotEq: ("unequal", "!=")}


def _comparison(work, node):
  found = [work.kinds.of(one) for one in (node.left, *node.comparators)]
  kinds_of = list(zip(node.ops, found, found[1:]))
  if all(_is_same(*one, work.facts.decodes) for one in kinds_of):
    return
  if len(node.ops) > 1:
    _chain(work, node)
    return
  name, sign = _NAMES[type(node.ops[0])]
  _comma(work, node.left, node.comparators[0], re.escape(sign))
  work.helper(node, name)


def _is_same(operator, left, right, decodes):
  """Whether a comparison of these kinds is the same in Python 3."""
  if isinstance(operator, (ast.Eq, ast.NotEq)):
    return bool({left, right} & kinds.OTHERS) or (
        {left, right} <= kinds.TEXTS
        and (not decodes or kinds.ASCII in (left, right)))
  if type(operator) not in _NAMES:
    return True
  return any({left, right} <= those for those in (kinds.NUMBERS, kinds.TEXTS))


def _chain(work, node):
  """`a < b < c` -> `(python2.less(a, b) and python2.less(b, c))`.

  It stays where an operand would be evaluated twice; unlike values then raise
  an error.
  """
  operands = [node.left, *node.comparators]
  if not all(_is_plain(one) for one in operands) or not all(
      type(operator) in _NAMES for operator in node.ops):
    return
  told = [work.edits.text[slice(*work.edits.span(one))] for one in operands]
  calls = [f"python2.{_NAMES[type(operator)][0]}({one}, {other})"
           for operator, one, other in zip(node.ops, told, told[1:])]
  if not any(_changes(work, one) for one in operands):
    work.edits.replace(*work.edits.span(node), f"({' and '.join(calls)})")


def _changes(work, node):
  """Whether something inside of a plain expression is changed as well."""
  return any(isinstance(part, ast.Attribute)
             and part.attr in runtime.ATTRIBUTES
             or isinstance(part, ast.Name) and part.id.startswith("_py2_")
             for part in ast.walk(node))


# -- methods


def _call(work, node):
  function = node.func
  if isinstance(function, ast.Attribute) and (
      function.attr in runtime.METHODS
      and not _is_of_module(work, function)):
    if not _is_certain(work, node):
      _as_function(work, node)
  elif work.parsed.called(node) == "str" and (
      len(node.args) == 1 and not node.keywords):
    if work.kinds.of(node.args[0]) not in (
        kinds.INT, kinds.ASCII, kinds.STRING):
      work.edits.replace(*work.edits.span(function), "python2.text")


def _is_of_module(work, node):
  """Whether the attribute `node` is one of a module, not of an object."""
  module = work.parsed.uses.at.get(node, "").rpartition(".")[0]
  return bool(module) and (module in _MODULES
                           or module in work.parsed.modules)


def _as_function(work, node):
  """`a.name(b)` -> `python2.name(a, b)`."""
  function = node.func
  name = function.attr
  start = work.edits.span(function.value)[1]
  end = work.edits.span(function)[1]
  given = [*node.args, *(keyword.value for keyword in node.keywords)]
  # A generator without parentheses of its own has those of the call.
  alone = (len(given) == 1 and isinstance(given[0], ast.GeneratorExp)
           and work.edits.text[end:].lstrip()[:1] == "("
           and work.edits.span(given[0])[1] == work.edits.span(node)[1])
  pattern = r"[ \t]*\.\s*(\\\s*)?" + name + ("" if alone else r"\s*\(")
  limit = work.edits.span(node)[1]
  if not work.edits.replace_between(
      start, limit, pattern, ", " if given else ""):
    raise Refused(node.lineno, f"has a method {name} that is called in an "
                  "unusual way; write it on one line")
  work.edits.wrap(node, f"python2.{name}(", ")" if alone else "")


def _is_certain(work, node):
  rule = _METHODS.get(node.func.attr)
  return rule is not None and rule(work, node)


def _view(work, node):
  if node.args or node.keywords:
    return False
  if names.is_taken(work, node):
    return True
  parent = work.parsed.parents[node]
  if isinstance(parent, ast.Compare) and parent.left is not node:
    return all(isinstance(one, (ast.In, ast.NotIn)) for one in parent.ops)
  if work.parsed.called(parent) == "len":
    return True
  loop = work.iterating(node)
  return loop is not None and work.is_quiet(loop)


def _iterator(work, node):
  """`d.iteritems()` in a loop is `d.items()`, if it is a dictionary's."""
  attribute = node.func.attr
  if (node.args or node.keywords or attribute in work.facts.defined
      or _ITERATORS[attribute] in work.facts.defined):
    return False
  if work.iterating(node) is None and not names.is_taken(work, node):
    return False
  end = work.edits.span(node.func)[1]
  work.edits.replace(end - len(attribute), end, _ITERATORS[attribute])
  return True


def _write(work, node):
  return len(node.args) == 1 and (
      work.kinds.of(node.func.value) == kinds.FILE
      or work.kinds.of(node.args[0]) == kinds.ASCII
      and not work.facts.pending)


def _byte_method(work, node):
  """ASCII has the same letters and white space as bytes and as text."""
  name = node.func.attr
  if work.kinds.of(node.func.value) == kinds.ASCII:
    return True
  if _is_str(node.func.value):  # str.split(text)
    return False
  # At a separator that is told, both are the same, too.
  return bool(name.endswith(("split", "strip")) and node.args and not (
      isinstance(node.args[0], ast.Constant) and node.args[0].value is None))


def _is_str(node):
  return isinstance(node, ast.Name) and node.id == "str"


def _join(work, node):
  return (len(node.args) == 1 and work.kinds.of(node.func.value) in kinds.TEXTS
          and isinstance(node.args[0], (ast.Call, ast.List, ast.ListComp,
                                        ast.GeneratorExp))
          and work.kinds.of(node.args[0]) == kinds.STRINGS)


def _format(work, node):
  value = node.func.value
  if not (isinstance(value, ast.Constant) and isinstance(value.value, str)):
    return False
  plain = not node.keywords and all(
      work.kinds.of(one) in (kinds.INT, kinds.ASCII, kinds.STRING)
      for one in node.args)
  try:
    fields = list(string.Formatter().parse(value.value))
  except ValueError:
    return False
  return plain or all(name is None or spec[-1:] in tuple("dfFeEgGn%")
                      for _, name, spec, _ in fields)


_METHODS = {**dict.fromkeys(runtime.BYTE_METHODS, _byte_method),
            "keys": _view, "values": _view, "items": _view,
            "iterkeys": _iterator, "itervalues": _iterator,
            "iteritems": _iterator, "write": _write, "join": _join,
            "format": _format}


# -- attributes

# Methods that Python 3 lacks, so that only a call can be translated.
_CALLED = {*_ITERATORS, "has_key", "next", "viewkeys", "viewvalues",
           "viewitems"}


def _attribute(work, node):
  if (node.attr in runtime.BYTE_METHODS and _is_str(node.value)
      and getattr(work.parsed.parents[node], "func", None) is not node):
    work.edits.replace(*work.edits.span(node), (
        f"python2.{node.attr}" if work.parsed.is_builtin("str")
        else f"python2.method(str, {node.attr!r})"))
    return
  if (node.attr in _CALLED and isinstance(node.ctx, ast.Load)
      and node.attr not in work.facts.defined
      and getattr(work.parsed.parents[node], "func", None) is not node
      and not _is_of_module(work, node)):
    raise Refused(node.lineno, f"has the method `{node.attr}` without a call; "
                  "write a function that calls it")
  if (node.attr in runtime.ATTRIBUTES and isinstance(node.ctx, ast.Load)
      and not _is_of_module(work, node)):
    start = work.edits.span(node.value)[1]
    end = work.edits.span(node)[1]
    work.edits.replace_between(start, end, r"[ \t]*\.\s*(\\\s*)?" + node.attr,
                               f", {node.attr!r}")
    work.helper(node, "attribute")


_CHANGES = {ast.BinOp: _binary, ast.AugAssign: _in_place,
            ast.Compare: _comparison, ast.Call: _call,
            ast.Attribute: _attribute}
