"""Inspects the files of a project, one after the other."""

from __future__ import annotations

import ast
import os
import typing

from tfcompat_rnn import repairs
from tfcompat_rnn.inspection import bindings
from tfcompat_rnn.inspection import files
from tfcompat_rnn.inspection import idioms
from tfcompat_rnn.inspection import report
from tfcompat_rnn.inspection import verdicts
from tfcompat_rnn.launcher.python2 import signs
from tfcompat_rnn.namespace import names

_ROOTS = ("tensorflow", "tfcompat_rnn.tf1")
# Methods that only dictionaries of Python 2 had.
_DICTIONARY = ("has_key", "iteritems", "iterkeys", "itervalues")


def inspect(paths, note=None):
  """Inspects all sources in `paths`; returns a `report.Report`.

    print(inspect(["project/", "train.py"]))

  `note(number)` is called with the number of files read so far. Files that
  cannot be read are part of the report; nothing is raised for them.
  """
  found = []
  for path, problem in files.find(paths):
    source = (files.Source(path, problem=problem) if problem
              else files.read(path))
    found.append(inspect_source(source))
    if note is not None:
      note(len(found))
  return report.Report(_with_python2(found))


def _with_python2(found):
  """Files that only a Python 2 program can have are faults in others."""
  if any(file.python == 2 for file in found):
    return found
  return [file._replace(problem=file.strange) if file.strange else file
          for file in found]


def inspect_source(source):
  """The `report.File` of one `files.Source`."""
  if source.tree is None:
    return report.File(source.path, None, source.problem)
  try:
    return _inspect_tree(source)
  except RecursionError:
    return report.File(source.path, None,
                       "is nested too deeply to be inspected")


class _Names(typing.NamedTuple):
  """The 1.x names of one file."""
  symbols: list
  old: dict


def _inspect_tree(source):
  uses = bindings.Uses(source.tree)
  found = _names(uses, source)
  nodes = list(ast.walk(source.tree))
  program = idioms.Program(nodes, found.old,
                           lambda name: verdicts.judge(name).place)
  findings = [*_python2(source, uses, nodes), *idioms.check(program),
              *_removed(uses)]
  shown = [report.Shown(one.kind, one.line, source.place(one.line), one.text)
           for one in findings]
  return report.File(
      source.path, source.python, "", found.symbols, shown, source.strange,
      any(old_name(use.name) is not None for use in uses.found))


def old_name(name):
  """`"tensorflow.nn.relu"` -> `"nn.relu"`; None if it is not TensorFlow's."""
  for root in _ROOTS:
    if name == root:
      return ""
    if name.startswith(root + "."):
      return name[len(root) + 1:]
  return None


def _names(uses, source):
  found = {}

  def add(old, line, asked):
    verdict = verdicts.judge(old)
    if not verdict.symbol:
      return
    symbol = found.setdefault(verdict.symbol, report.Symbol(verdict, [], []))
    (symbol.asked if asked else symbol.lines).append(source.place(line))

  for use in uses.found:
    old = old_name(use.name)
    if old:
      add(old, use.line, use.asked)
  for module, _ in uses.stars:
    old = old_name(module)
    for name, (line, asked) in uses.plain.items() if old is not None else ():
      if name in names.modules().get(old, ()):
        add(f"{old}.{name}" if old else name, line, asked)
  old_of = {node: old_name(name) for node, name in uses.at.items()
            if old_name(name)}
  return _Names([found[name] for name in sorted(found)], old_of)


def _python2(source, uses, nodes):
  """What shows Python 2, and what of it a run as Python 3 does not have."""
  if source.python == 2:
    if source.sign:
      line, construct = source.sign
      at = line if isinstance(line, int) else 0
      where = "" if at else f" ({line})"
      yield idioms.Finding(idioms.PYTHON2, at, (
          f"{construct}{where}: converted while it runs"))
    else:
      yield idioms.Finding(idioms.PYTHON2, 0, "the notebook's kernel is "
                           "Python 2: converted while it runs")
    return
  if not uses.stars:
    for name, (line, asked) in uses.plain.items():
      if name in signs.NAMES and not asked:
        yield _needs_python2(line, f"the name {name}")
  folder = os.path.dirname(source.path)
  for use in uses.found:
    if (use.imported and not use.asked and use.name in signs.MODULES
        and not _is_beside(folder, use.name)):
      yield _needs_python2(use.line, f"the module {use.name}")
  if any(use.name.partition(".")[0] == "pandas" for use in uses.found):
    return  # it had such methods, too, and has them again under `run`
  for node in nodes:
    if (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
        and node.func.attr in _DICTIONARY and node.func not in uses.at
        and len(node.args) == (node.func.attr == "has_key")):
      yield _needs_python2(node.lineno, f"the method {node.func.attr}")


def _needs_python2(line, what):
  return idioms.Finding(idioms.PYTHON2, line, (
      f"{what} is Python 2's, and the file is not converted by itself: run "
      "with --python2"))


def _is_beside(folder, module):
  """Whether the program has its own module of this name."""
  place = os.path.join(folder, module)
  return os.path.isfile(place + ".py") or os.path.isdir(place)


def _removed(uses):
  """Names that their library has removed and that a run puts back."""
  restored = repairs.restored()
  seen = set()
  for use in uses.found:
    parts = use.name.split(".")
    for end in range(len(parts), 0, -1):
      name = ".".join(parts[:end])
      if name in restored and not use.asked:
        if name not in seen:
          seen.add(name)
          yield idioms.Finding(idioms.REMOVED, use.line, (
              f"{name} ({restored[name].why}): put back while it runs"))
        break
