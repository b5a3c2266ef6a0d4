"""Programs for Python 2: which files belong to one, and their translations.

  programs = Programs(sources, imports, ...)
  programs.of(path)            # the Group of a file, or None
  group.translated[path]       # its text in Python 3

The files of a program are translated together or not at all: the launcher
takes all of them as Python 2 as long as one of them is.
"""

from __future__ import annotations

import os

from tfcompat_rnn import _errors
from tfcompat_rnn.upgrade import documents
from tfcompat_rnn.upgrade import programs
from tfcompat_rnn.upgrade import translation

_KEEP = "or go on with tfcompat-rnn run"


class Group:
  """The files of programs that share some of them.

  `translated`: {file: `translation.Translated`}; `problems`: {file: why it
  cannot be}.
  """

  def __init__(self, members):
    self.members = members
    self.translated = {}
    self.problems = {}

  def reason(self, real):
    """Why a file of the group stays as it is, or ""."""
    if real in self.problems:
      return self.problems[real]
    if self.problems:
      other = min(self.problems)
      return (f"belongs to a program for Python 2 whose file "
              f"{os.path.relpath(other)} is left as it is; see there")
    return ""


class Programs:
  """The groups among the sources `{file: files.Source}`.

  `imports`: {file: files that it imports}; `perhaps`: {file: files that it may
  load besides}; `uses`: {file: `bindings.Uses`};
  `is_program(file)`; `given`: the files that may be changed; `roots`: the
  folders that were named. With `whole`, all given files are for Python 2.
  """

  def __init__(self, sources, imports, perhaps, uses, is_program, given, roots,
               whole):
    self._sources = sources
    self._imports = imports
    self._perhaps = perhaps
    self._uses = uses
    self._is_program = is_program
    self._given = given
    self._roots = roots
    self._whole = whole
    self._groups = {}
    self._find()

  def of(self, real):
    """The Group of a file, or None if it belongs to no Python 2 program."""
    return self._groups.get(real)

  def _find(self):
    old = {real for real in self._imports if self._is_old(real)}
    concerned = {one for members in self._closures(self._imports).values()
                 if members & old for one in members}
    closures = self._closures({
        real: [*others, *(self._perhaps[real] if real in concerned else ())]
        for real, others in self._imports.items()})
    for members in closures.values():
      if members & old:
        for one in list(members):
          if one in self._groups:
            members |= self._groups[one].members
        group = Group(members)
        self._groups.update(dict.fromkeys(members, group))
    for group in {id(one): one for one in self._groups.values()}.values():
      self._translate(group, [
          real for real, members in closures.items()
          if real not in group.members and members & group.members])

  def _closures(self, edges):
    return {real: {one for one in programs.closure(real, edges)
                   if not self._is_translated(one)} for real in edges}

  def _is_translated(self, real):
    """Whether a file has been translated, or is no program of that time."""
    mark = "tfcompat_rnn." if self._whole else translation.HELPERS + "."
    return real in self._uses and any(
        (use.name + ".").startswith(mark) for use in self._uses[real].found)

  def _is_old(self, real):
    """Whether only Python 2 runs a file, or somebody says so."""
    if self._whole and real in self._given:
      return not self._is_translated(real)
    return self._sources[real].python == 2

  # -- translation

  def _translate(self, group, others):
    parsed = {}
    for real in sorted(group.members):
      source = self._sources[real]
      try:
        if others and not self._is_old(real):
          raise ValueError(
              "belongs to a program for Python 2 and to "
              f"{os.path.relpath(others[0])} for Python 3, where it means "
              "something else; give each its own copy")
        parsed[real] = self._parse(source, real)
      except _FAULTS as error:
        group.problems[real] = _reason(error, source)
    facts = translation.Facts.of(parsed.values())
    for real, one in parsed.items():
      try:
        group.translated[real] = translation.translate(
            one, facts._replace(**self._place(real)), self._whole)
      except _FAULTS as error:
        group.problems[real] = _reason(error, self._sources[real])

  def _parse(self, source, real):
    if source.tree is None:
      raise ValueError(source.problem)
    if real not in self._given:
      raise ValueError("belongs to a program for Python 2 and was not named; "
                       "name all its files")
    if real.endswith(".ipynb"):
      raise ValueError("is a notebook for Python 2; save it as a script, "
                       + _KEEP)
    try:
      document = documents.read(source)
    except (UnicodeError, SyntaxError) as error:
      raise ValueError(
          "is not encoded as it says; save it in UTF-8") from error
    return translation.Parsed(document.plain, source.path, document.encoding)

  def _place(self, real):
    """How a file finds modules of the program: fields of `Facts`."""
    folders = programs.folders_of(real, self._roots)
    beside, *above = [_modules_in(folder) for folder in folders]
    folder = os.path.dirname(real)
    relative = (os.path.isfile(os.path.join(folder, "__init__.py"))
                and not self._is_program(real))
    if relative:
      scripts = [one for one in self._imports
                 if os.path.dirname(one) == folder and self._is_program(one)
                 and real in programs.closure(one, self._imports)]
      if scripts:
        self._check_importers(real, folder, scripts[0])
        relative = False
    return {"beside": beside, "above": frozenset().union(*above),
            "relative": relative}

  def _check_importers(self, real, folder, script):
    for one in self._imports:
      if (os.path.dirname(one) != folder or one.endswith("__init__.py")) and (
          real in programs.closure(one, self._imports)):
        raise ValueError(
            "is a module of a package, and one that the script "
            f"{os.path.relpath(script)} finds in its folder; start the script "
            "outside of the package")


_FAULTS = (OSError, ValueError, SyntaxError, LookupError, RecursionError,
           _errors.LauncherError)


def _reason(error, source):
  if isinstance(error, translation.Refused):
    return f"line {error.line}: {error.text}, {_KEEP}"
  if isinstance(error, RecursionError):
    return "is nested too deeply"
  return getattr(error, "strerror", None) or str(error)


def _modules_in(folder):
  try:
    entries = list(os.scandir(folder))
  except OSError:
    return frozenset()
  return frozenset(
      os.path.splitext(entry.name)[0] for entry in entries
      if entry.name.endswith(".py")
      or os.path.isfile(os.path.join(entry.path, "__init__.py")))
