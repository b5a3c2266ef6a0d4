"""Statements: `raise`, `except`, `exec`, classes, tuples as parameters."""

from __future__ import annotations

import ast
import re

from tfcompat_rnn.launcher.python2 import runtime
from tfcompat_rnn.upgrade.translation import kinds
from tfcompat_rnn.upgrade.translation.refusals import BUILTINS
from tfcompat_rnn.upgrade.translation.refusals import Refused

_OURS = re.compile(r"_py2_(tuple|error)(\d+)$")
_FUNCTIONS = (ast.FunctionDef, ast.Lambda)


def translate(work):
  """Changes the statements of one file."""
  for node in work.parsed.nodes:
    change = _CHANGES.get(type(node))
    if change is not None:
      change(work, node)


def _expression(work, node):
  """Names that the conversion of the syntax has made."""
  if node.id == "_py2_exec":
    raise Refused(node.lineno, BUILTINS["exec"])
  if node.id == "_py2_raise":
    _raise(work, work.parsed.parents[node])
  elif _OURS.match(node.id):
    work.edits.replace(*work.edits.span(node), _own_name(node.id))


def _own_name(name):
  return _OURS.sub(r"_\1\2", name)


def _raise(work, call):
  """`raise _py2_raise(E, text)` -> `raise E(text)`."""
  if len(call.args) == 2 and work.kinds.of(call.args[1]) in (
      kinds.TEXTS | kinds.NUMBERS):
    kind, value = call.args
    start, _ = work.edits.span(call)
    work.edits.replace(start, work.edits.span(kind)[0], "")
    work.edits.replace_between(work.edits.span(kind)[1],
                               work.edits.span(value)[0], r",\s*", "(")
  else:
    work.edits.replace(*work.edits.span(call.func), "python2.exception")


# -- exceptions


def _handler(work, node):
  if not node.name:
    return
  start, end = work.edits.span(node.type)[1], work.edits.span(node.body[0])[0]
  name = node.name
  if _OURS.match(name):
    work.edits.replace_between(start, end, r"\b" + name + r"\b",
                               _own_name(name))
    return
  for part in ast.walk(node):
    if (isinstance(part, ast.Subscript) and isinstance(part.ctx, ast.Load)
        and isinstance(part.value, ast.Name) and part.value.id == name
        and not isinstance(part.slice, ast.Slice)):
      work.edits.replace_between(work.edits.span(part.value)[1],
                                 work.edits.span(part.slice)[0], r"\s*\[",
                                 ", ")
      last = work.edits.span(part)[1]
      work.edits.replace(last - 1, last, "")
      work.helper(part, "item")
  if _is_kept(work, name):
    work.edits.replace_between(start, end, r"\b" + name + r"\b",
                               _unused(work, name + "_"))
    _insert(work, node.body[0], f"{name} = {_unused(work, name + '_')}")


def _is_kept(work, name):
  """Whether something outside of the clauses may read an exception."""
  for node in work.parsed.nodes:
    if isinstance(node, ast.Name) and node.id == name and not (
        _is_in_clause(work, node, name)):
      return True
  return False


def _is_in_clause(work, node, name):
  while node in work.parsed.parents:
    before, node = node, work.parsed.parents[node]
    if isinstance(node, ast.ExceptHandler) and node.name == name:
      return before is not node.type
    if isinstance(node, (*_FUNCTIONS, ast.GeneratorExp)):
      return False
  return False


def _unused(work, name):
  while name in work.parsed.uses.bound:
    name += "_"
  return name


def _insert(work, statement, text):
  """Puts a statement before another one."""
  first = min([statement, *getattr(statement, "decorator_list", ())],
              key=lambda node: node.lineno)
  line = work.edits.line_of(first)
  place = work.edits.offset(first.lineno, 0)
  space = re.match(r"[ \t]*", line).group()
  start = work.edits.span(first)[0]
  if first is statement and work.edits.text[place:start].strip():
    work.edits.insert(start, text + "; ")
  else:
    work.edits.insert(place + len(space), f"{text}\n{space}")


# -- functions


def _function(work, node):
  if runtime.may_stop(node):
    _decorate(work, node, "end_with_stop")
  body = node.body
  first = 1 if ast.get_docstring(node, clean=False) is not None else 0
  for one in node.args.args:
    if _OURS.match(one.arg) and one.annotation is not None:
      told = one.annotation.value
      name = _unused(work, "_".join(re.findall(r"\w+", told)))
      work.edits.replace(*work.edits.span(one), name)
      if first < len(body):
        _insert(work, body[first], f"{told} = {name}")
      else:
        _, end = work.edits.span(body[0])
        work.edits.insert(end, f"; {told} = {name}")


def _lambda(work, node):
  for one in [*node.args.args, node.args.vararg]:
    if one is not None and _OURS.match(one.arg):
      work.edits.replace(*work.edits.span(one), _own_name(one.arg))


def _decorate(work, node, helper):
  space = re.match(r"[ \t]*", work.edits.line_of(node)).group()
  work.edits.insert(work.edits.span(node)[0], f"@python2.{helper}\n{space}")


# -- classes


def _class(work, node):
  for base in node.bases:
    if isinstance(base, ast.Name) and base.id in ("unicode", "file") and (
        work.parsed.is_builtin(base.id)):
      raise Refused(node.lineno, f"has a class derived from `{base.id}`; "
                    "write it without")
  bound, meta = set(), None
  for part in node.body:
    if isinstance(part, (ast.FunctionDef, ast.ClassDef)):
      bound.add(part.name)
    elif isinstance(part, (ast.Import, ast.ImportFrom)):
      bound |= {(alias.asname or alias.name).partition(".")[0]
                for alias in part.names}
    elif isinstance(part, ast.Assign):
      named = {target.id for target in part.targets
               if isinstance(target, ast.Name)}
      bound |= named
      if "__metaclass__" in named:
        meta = part.value
  special = bound & runtime.SPECIAL
  if "__iter__" not in bound:
    special.discard("next")
  if {"__ne__", "__hash__"} <= bound:
    special.discard("__eq__")
  if "__delslice__" in bound or "__coerce__" in bound:
    raise Refused(node.lineno, "has a class with `__delslice__` or "
                  "`__coerce__`; write it without")
  if special:
    _decorate(work, node, "special_methods")
  if meta is not None:
    _metaclass(work, node, meta, bound)


def _metaclass(work, node, meta, bound):
  root = meta
  while isinstance(root, ast.Attribute):
    root = root.value
  if not isinstance(root, ast.Name) or root.id in bound or node.keywords:
    raise Refused(meta.lineno, "has a `__metaclass__` that is made in the "
                  "class; name it outside")
  start, end = work.edits.span(meta)
  told = f"metaclass={work.edits.text[start:end]}"
  if node.bases:
    work.edits.insert_after(node.bases[-1], f", {told}")
    return
  start = work.edits.span(node)[0]
  end = work.edits.span(node.body[0])[0]
  header = re.match(r"class\s+\w+\s*(\(\s*\)\s*)?",
                    work.edits.text[start:end])
  place = re.match(r"class\s+\w+", header.group()).end()
  work.edits.replace(start + place, start + header.end(), f"({told})")


def _module(work, node):
  for part in node.body:
    if isinstance(part, ast.Assign) and any(
        isinstance(target, ast.Name) and target.id == "__metaclass__"
        for target in part.targets) and not (
            isinstance(part.value, ast.Name) and part.value.id == "type"):
      raise Refused(part.lineno, "has a `__metaclass__` for all classes; "
                    "write it in each of them")


# -- lists


def _list(work, node):
  """Keeps the variables of a list that something reads after it."""
  scope = _scope(work, node)
  if isinstance(scope, ast.ClassDef):
    _check_in_class(work, scope, node)
    return
  kept = {name for name in runtime.leaking(scope) & runtime.targets(node)
          if any(isinstance(read, ast.Name) and read.id == name
                 and isinstance(read.ctx, ast.Load)
                 and _may_follow(work, read, node, scope)
                 and not _is_bound_anew(work, read, node, name)
                 for read in ast.walk(scope))}
  kept |= _captured(scope, node) | (
      runtime.globals_of(scope) & runtime.targets(node))
  if kept and _is_gone_over(work, node, scope):
    raise Refused(node.lineno, (
        f"has a list whose variable `{min(kept)}` is read later inside of "
        "what another one goes over; assign it to a name first"))
  for generator in node.generators if kept else ():
    own = []
    for part in ast.walk(generator.target):
      if isinstance(part, ast.Name) and part.id in kept:
        name = _unused(work, part.id + "_")
        work.edits.replace(*work.edits.span(part), name)
        own.append(f"{part.id} := {name}")
    if own:
      end = work.edits.span(generator.iter)[1]
      end += re.match(r"(\s*\))*", work.edits.text[end:]).end()
      told = ", ".join(own) + "," * (len(own) == 1)
      work.edits.insert(end, f" if ({told})")


def _is_gone_over(work, node, scope):
  """Whether a list is a part of what another one goes over.

  Python 3 allows no assignment expression there.
  """
  while node is not scope:
    before, node = node, work.parsed.parents[node]
    if isinstance(node, ast.comprehension) and node.iter is before:
      return True
  return False


def _captured(scope, node):
  """The variables of a list that functions in it read, and others assign.

  Such a function sees what is assigned later.
  """
  inside = set(ast.walk(node))
  read = {part.id for function in inside
          if isinstance(function, (ast.Lambda, ast.GeneratorExp))
          for part in ast.walk(function) if isinstance(part, ast.Name)}
  return runtime.targets(node) & read & {
      part.id for part in ast.walk(scope)
      if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store)
      and part not in inside}


def _check_in_class(work, scope, node):
  """Python 3's lists do not see the variables of the class they stand in."""
  bound = {part.id for part in ast.walk(scope) if isinstance(part, ast.Name)
           and not isinstance(part.ctx, ast.Load)}
  first = set(ast.walk(node.generators[0].iter))
  for part in ast.walk(node):
    if isinstance(part, ast.Name) and part not in first and (
        isinstance(part.ctx, ast.Load)
        and part.id in bound - runtime.targets(node)):
      raise Refused(node.lineno, (
          f"has a list that reads the variable `{part.id}` of the class; "
          "write a loop"))


def _may_follow(work, read, node, scope):
  """Whether a name may be read after a list was made."""
  if (read.lineno, read.col_offset) > (node.lineno, node.col_offset):
    return True
  above = set(_above(work, node, scope))
  first = next(one for one in _above(work, read, scope) if one in above)
  if isinstance(first, (ast.Assign, ast.IfExp, ast.ListComp, ast.SetComp,
                        ast.DictComp)):
    # What stands before it is evaluated after it.
    return True
  # Only what is executed again, or later, is read after it.
  for one in (read, node):
    while one is not scope:
      one = work.parsed.parents[one]
      if isinstance(one, (ast.For, ast.While, ast.GeneratorExp)) or (
          isinstance(one, _FUNCTIONS) and one is not scope):
        return True
  return False


def _above(work, node, scope):
  """All that a node of `scope` is a part of, with both."""
  yield node
  while node is not scope:
    node = work.parsed.parents[node]
    yield node


def _scope(work, node):
  """The function, class or module whose variables a list makes."""
  while True:
    before, node = node, work.parsed.parents[node]
    if isinstance(node, ast.arguments):
      before, node = node, work.parsed.parents[node]
    elif isinstance(node, _FUNCTIONS) and before not in runtime.outside(node):
      return node
    elif isinstance(node, (ast.ClassDef, ast.Module)):
      return node


def _is_bound_anew(work, read, comprehension, name):
  """Whether something binds `name` between a list and a use of it."""
  above = [read]
  while above[-1] in work.parsed.parents:
    above.append(work.parsed.parents[above[-1]])
  inside = set(ast.walk(comprehension))
  if read in inside:
    return True
  for before, node in zip(above, above[1:]):
    if isinstance(node, (ast.ListComp, ast.SetComp, ast.DictComp,
                         ast.GeneratorExp)) and name in runtime.targets(node):
      return True
    if isinstance(node, _FUNCTIONS) and (
        node is not _scope(work, comprehension)) and any(
            isinstance(part, ast.arg) and part.arg == name
            for part in ast.walk(node.args)):
      return True
    if isinstance(node, ast.For) and before in node.body and (
        name in {part.id for part in ast.walk(node.target)
                 if isinstance(part, ast.Name)}
        and comprehension not in set(ast.walk(node))):
      return True
  return False


_CHANGES = {ast.Name: _expression, ast.ExceptHandler: _handler,
            ast.FunctionDef: _function, ast.Lambda: _lambda,
            ast.ClassDef: _class, ast.Module: _module, ast.ListComp: _list}
