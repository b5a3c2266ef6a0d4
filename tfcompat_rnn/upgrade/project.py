"""Upgrades the files of a project, one after the other."""

from __future__ import annotations

import ast
import os

from tfcompat_rnn import _importers
from tfcompat_rnn import repairs
from tfcompat_rnn.inspection import bindings
from tfcompat_rnn.inspection import files
from tfcompat_rnn.inspection import idioms
from tfcompat_rnn.inspection import project as inspected
from tfcompat_rnn.launcher import hook
from tfcompat_rnn.upgrade import documents
from tfcompat_rnn.upgrade import programs
from tfcompat_rnn.upgrade import python2_programs
from tfcompat_rnn.upgrade import report
from tfcompat_rnn.upgrade import rewriting


def upgrade(paths, python2=False):
  """Finds the changes for all sources in `paths`; returns a `report.Report`.

    print(upgrade(["project/"]))

  Nothing is written. What cannot be upgraded is part of the report. With
  `python2`, all files are for Python 2.
  """
  sources = [files.Source(path, problem=problem) if problem
             else files.read(path) for path, problem in files.find(paths)]
  return report.Report(_Project(sources, paths, python2).results())


class _Project:
  """The sources, and which of them belong to one program."""

  def __init__(self, sources, paths, python2):
    self._sources = sources
    self._all = {os.path.realpath(source.path): source for source in sources}
    self._imports = {}
    self._uses = {}
    roots = [path for path in paths if os.path.isdir(path)]
    imports, perhaps = programs.Imports(self._all, roots), {}
    # Files that are not given can still belong to the program.
    waiting = list(self._all)
    while waiting:
      real = waiting.pop()
      if real not in self._all:
        self._all[real] = files.read(real)
      source = self._all[real]
      if source.tree is not None and real not in self._imports:
        self._uses[real] = bindings.Uses(source.tree)
        self._imports[real] = imports.of(source.path, source.tree)
        perhaps[real] = imports.perhaps(source.path, source.tree)
        waiting += self._imports[real]
    self._imported = {other for real, others in self._imports.items()
                      for other in others if other != real}
    self._needing = {real for real, uses in self._uses.items()
                     if _needs_call(self._all[real].tree, uses)}
    given = {os.path.realpath(source.path) for source in self._sources}
    self._python2 = python2_programs.Programs(
        self._all, self._imports, perhaps, self._uses, self._is_program, given,
        roots, python2)
    self._reached = {real: [*others, *perhaps[real]]
                     for real, others in self._imports.items()}

  def results(self):
    """A `report.Change` or `report.Left` for each file that is concerned."""
    found = [self._result(source) for source in self._sources]
    return [result for result in found if result is not None]

  def _result(self, source):
    if source.tree is None:
      return report.Left(
          source.path, (source.problem,),
          inspected.inspect_source(source).is_faulty)
    try:
      return self._changed(source)
    except (OSError, ValueError) as error:
      return report.Left(source.path, (
          getattr(error, "strerror", None) or str(error),))
    except RecursionError:
      return report.Left(source.path, ("is nested too deeply",))

  def _changed(self, source):
    real = os.path.realpath(source.path)
    uses = self._uses[real]
    if _is_of_today(source, uses):
      return None
    group = self._python2.of(real)
    if group is not None:
      return self._translated(source, real, group)
    document = documents.read(source)
    text = rewriting.rewrite(document.text, source.tree, uses)
    place = (rewriting.place_of_call(source.tree)
             if self._wants_call(real) else None)
    if text == document.text and place is None:
      return None
    reasons = tuple(_reasons(source))
    if reasons:
      return report.Left(source.path, reasons)
    data, shown = document.replaced(text, place)
    return report.Change(source.path, document.shown, shown, data)

  def _translated(self, source, real, group):
    """The result for a file of a Python 2 program."""
    for one in group.members - set(group.problems):
      # Names that are refused keep the whole program as it is.
      reasons = tuple(_reasons(self._all[one], True))
      if reasons:
        group.problems[one] = "; ".join(reasons)
    if group.problems:
      return report.Left(source.path, (group.reason(real),))
    document = documents.read(source)
    made = group.translated[real]
    text = rewriting.rewrite(made.text)
    header = [*(rewriting.CALL_LINES if self._wants_call(real) else ()),
              *made.header]
    place = rewriting.place_of_call(ast.parse(text)) if header else None
    if text == document.plain and place is None:
      return None
    data, shown = document.replaced_plain(text, place, header)
    return report.Change(source.path, document.shown, shown, data)

  def _wants_call(self, real):
    if rewriting.has_call(self._uses[real]) or not self._is_program(real):
      return False
    return bool(programs.closure(real, self._reached) & self._needing)

  def _is_program(self, real):
    tree = self._all[real].tree
    name = os.path.basename(real)
    if name == "__init__.py":
      return False
    return (name == "__main__.py" or name.endswith(".ipynb")
            or programs.has_main_guard(tree)
            or real not in self._imported and programs.does_something(tree))


def _reasons(source, python2=False):
  """Why the file must stay as it is: texts with the place and next step."""
  file = inspected.inspect_source(source)
  if file.strange:
    yield f"{file.strange}; save it in UTF-8"
  for symbol in file.symbols:
    verdict = symbol.verdict
    if symbol.is_refused:
      yield _at(symbol.lines[0], f"tf.{verdict.symbol}: {verdict.about}")
    elif verdict.last and source.path.endswith(".ipynb"):
      yield _at((symbol.lines or symbol.asked)[0], (
          f"tf.{verdict.symbol} is of TensorFlow {verdict.last}, and only a "
          "script tells for which release it was written; save the "
          "notebook as a script"))
  for finding in file.findings:
    if finding.kind == idioms.PYTHON2 and source.python == 3 and not python2:
      yield _at(finding.place, (
          f"{finding.text.partition(',')[0]}; upgrade with --python2 if the "
          "file is, or write Python 3's"))


def _at(place, text):
  return f"{'' if place.startswith('cell') else 'line '}{place}: {text}"


def _is_of_today(source, uses):
  """Whether a file is for today's TensorFlow, or has been upgraded by hand.

  One that imports this package, but nothing that only 1.x had, is.
  """
  if _importers.belongs_to_today(programs.module_name(source.path),
                                 os.path.abspath(source.path)):
    return True
  names = [use.name for use in uses.found if use.imported]
  return (any((name + ".").startswith("tfcompat_rnn.") for name in names)
          and not rewriting.has_call(uses)
          and not any(name.startswith(_ONLY_1_X) for name in names))


def _needs_call(tree, uses):
  """Whether what a module does depends on `behave_as_1_15`."""
  restored = repairs.restored()
  if any(use.name.partition(".")[0] in _CONCERNED
         or (use.name + ".").startswith(rewriting.OURS + ".")
         or use.name in restored for use in uses.found):
    return True
  # importlib.import_module("tensorflow")
  return any(isinstance(node, ast.Constant) and isinstance(node.value, str)
             and node.value.partition(".")[0] in rewriting.ROOTS
             for node in ast.walk(tree))


# Modules that show that `tensorflow` means TensorFlow 1.x.
_ONLY_1_X = ("tensorflow.contrib", "tensorflow.examples")

# Packages that an old program gets from us.
_CONCERNED = {*rewriting.ROOTS, *hook.REPLACED}
