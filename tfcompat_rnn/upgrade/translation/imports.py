"""Imports: modules of Python 2, and those beside the importing one."""

from __future__ import annotations

import ast
import functools
import os

from tfcompat_rnn.launcher.python2 import runtime
from tfcompat_rnn.upgrade.translation.refusals import Refused

_PACKAGE = "tfcompat_rnn.python2"


@functools.lru_cache(maxsize=None)
def added_names():
  """Names that Python 3's modules get from `python2`, as programs say them."""
  return {f"{'os.path' if holder is os.path else holder.__name__}.{name}"
          for holder, name, _ in runtime.additions()}


def translate(work):
  """Changes the imports of one file."""
  for node in work.parsed.nodes:
    if isinstance(node, ast.Import):
      _change_import(work, node)
    elif isinstance(node, ast.ImportFrom) and not node.level:
      _change_from(work, node)


def _check(name, node):
  if name == "__builtin__":
    raise Refused(node.lineno, "`__builtin__` holds Python 2's builtins for "
                  "all modules; write the names that it is used for")


def _place(work, name):
  """("relative" | "renamed" | "changed" | "", new name) of a module."""
  top = name.partition(".")[0]
  if top in work.facts.beside:
    is_package = work.facts.relative and "absolute_import" not in (
        runtime.features(work.parsed.tree))
    return ("relative" if is_package else ""), name
  if top in work.facts.above:
    return "", name
  if name in runtime.RENAMED:
    return "renamed", runtime.RENAMED[name]
  return ("changed" if runtime.has_module(name) else ""), name


def _change_import(work, node):
  parts = []    # (how, text)
  for alias in node.names:
    _check(alias.name, node)
    how, name = _place(work, alias.name)
    told = f" as {alias.asname}" if alias.asname else ""
    if how == "relative" and "." in name:
      raise Refused(node.lineno, f"`import {name}` finds a module of the "
                    "package; write `from . import ...`")
    if how == "renamed":
      how, told = "", f" as {alias.asname or alias.name}"
    parts.append((how, name + told))
  if parts == [("", _shown(alias)) for alias in node.names]:
    return
  statements, before = [], None
  for how, text in parts:
    if how == before:
      statements[-1] += ", " + text
    else:
      statements.append({"": "import ", "relative": "from . import ",
                         "changed": f"from {_PACKAGE} import "}[how] + text)
    before = how
  work.edits.replace(*work.edits.span(node), "; ".join(statements))


def _shown(alias):
  return alias.name + (f" as {alias.asname}" if alias.asname else "")


def _change_from(work, node):
  _check(node.module, node)
  how, name = _place(work, node.module)
  new = {"relative": "." + name, "renamed": name,
         "changed": f"{_PACKAGE}.{name}", "": node.module}[how]
  if new != node.module:
    start, end = work.edits.span(node)
    pattern = r"\b" + r"\s*\.\s*".join(node.module.split(".")) + r"\b"
    after = start + len("from")
    if not work.edits.replace_between(after, end, pattern, new):
      raise Refused(node.lineno, "has an import on several lines; write it on "
                    "one")
