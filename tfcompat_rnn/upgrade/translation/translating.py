"""One source of Python 2, read and translated."""

from __future__ import annotations

import ast
import re
import typing
import warnings

from tfcompat_rnn.inspection import bindings
from tfcompat_rnn.launcher.python2 import conversion
from tfcompat_rnn.launcher.python2 import runtime
from tfcompat_rnn.upgrade.translation import edits
from tfcompat_rnn.upgrade.translation import imports
from tfcompat_rnn.upgrade.translation import kinds
from tfcompat_rnn.upgrade.translation import names
from tfcompat_rnn.upgrade.translation import operators
from tfcompat_rnn.upgrade.translation import printing
from tfcompat_rnn.upgrade.translation import statements
from tfcompat_rnn.upgrade.translation.refusals import Refused

HELPERS = "tfcompat_rnn.python2"
# What reads or writes a file; strings of bytes go there.
_FILE_METHODS = {"read", "readline", "readlines", "xreadlines", "readinto",
                 "write", "writelines", "next", "getvalue"}


class Facts(typing.NamedTuple):
  """What the translation of one file needs to know of its program.

  `defined`: names of functions, methods and classes; `printing`: those that
  may print; `changing`: those that may change an object; `stored`: attributes
  that are assigned; `is_open`: whether any attribute of a module may be;
  `pending`: whether a print statement can leave the space after it to the next
  one; `decodes`: whether strings of bytes and text can be equal; `beside`:
  modules in the file's folder, `above`: in the folders above; `relative`:
  whether it is loaded as a part of a package.
  """
  defined: frozenset = frozenset()
  printing: frozenset = frozenset()
  changing: frozenset = frozenset()
  stored: frozenset = frozenset()
  is_open: bool = False
  pending: bool = False
  decodes: bool = False
  beside: frozenset = frozenset()
  above: frozenset = frozenset()
  relative: bool = False

  @classmethod
  def of(cls, parsed):
    """The facts of a program with these `Parsed` sources."""
    parsed = list(parsed)
    found = cls(
        frozenset().union(*(one.defined for one in parsed)),
        printing.find_printing(parsed), printing.find_changing(parsed),
        frozenset().union(*(one.stored for one in parsed)),
        any(one.opens_modules for one in parsed))
    return found._replace(
        pending=any(printing.leaves_space(one, found) for one in parsed),
        decodes=any(use.name == "sys.setdefaultencoding"
                    for one in parsed for use in one.uses.found))


class Parsed:
  """One source in Python 3's syntax: `text`, `tree`, `uses`.

  Raises:
    Refused: it cannot be translated.
    SyntaxError: Python 2 could not read it either.
  """

  def __init__(self, source, path="<source>", encoding="utf-8"):
    self.source = source
    self.text, self.tree = _convert(source, path, encoding)
    self.uses = bindings.Uses(self.tree)
    self.nodes = list(ast.walk(self.tree))
    self.parents = {child: node for node in self.nodes
                    for child in ast.iter_child_nodes(node)}
    self.defined = {node.name for node in self.nodes if isinstance(
        node, (ast.FunctionDef, ast.ClassDef))}
    self.stored = {node.attr for node in self.nodes if isinstance(
        node, ast.Attribute) and not isinstance(node.ctx, ast.Load)}
    self.opens_modules = False
    self._kinds = {}
    # The modules that `import` statements name.
    self.modules = {alias.name for node in self.nodes
                    if isinstance(node, ast.Import) for alias in node.names}
    self.imported = {(alias.asname or alias.name).partition(".")[0]
                     for node in self.nodes
                     if isinstance(node, (ast.Import, ast.ImportFrom))
                     for alias in node.names}
    self.division = "division" in runtime.features(self.tree)
    for node in self.nodes:
      self._find_stored(node)

  def _find_stored(self, node):
    """Finds what `setattr` and `__dict__` assign."""
    holder = None
    if isinstance(node, ast.Attribute) and node.attr == "__dict__":
      holder = node.value
    elif self.called(node) in ("setattr", "vars") and node.args:
      holder = node.args[0]
      name = node.args[1] if len(node.args) > 1 else None
      if isinstance(name, ast.Constant):
        self.stored.add(name.value)
        return
    while isinstance(holder, (ast.Attribute, ast.Subscript)):
      holder = holder.value
    if isinstance(holder, ast.Name) and holder.id in self.imported:
      self.opens_modules = True

  def kinds(self, facts):
    """The `kinds.Kinds` of the tree, in a program with these `Facts`."""
    key = facts.stored, facts.is_open
    if key not in self._kinds:
      self._kinds[key] = kinds.Kinds(self.tree, self.uses, *key)
    return self._kinds[key]

  def is_builtin(self, name):
    """Whether `name` is a builtin wherever it stands."""
    return name in self.uses.plain

  def called(self, node):
    """The builtin that a call calls, or ""."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and (
        self.is_builtin(node.func.id)):
      return node.func.id
    return ""


def _convert(source, path, encoding):
  found = []
  for keep_tabs in (True, False):
    text = conversion.convert(source, path, encoding, as_written=True,
                              keep_tabs=keep_tabs)
    try:
      with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return text, ast.parse(text)
    except SyntaxError as error:  # tabs that only Python 2 understood
      found.append(error)
  raise Refused(found[-1].lineno or 1, (
      f"is not Python 3 after its conversion ({found[-1].msg}); write the "
      "line for Python 3")) from found[-1]


class Translated(typing.NamedTuple):
  """`text`, and the lines that it has to begin with."""
  text: str
  header: tuple


def translate(parsed, facts, marked=False):
  """The `Translated` source of one `Parsed`.

    translate(Parsed("print 7 / n\\n"), Facts())

  With `marked`, whatever changes begins with an import of the package, so that
  nobody takes it for Python 2 again.

  Raises:
    Refused: something cannot be said in Python 3, or not for certain.
  """
  if "python2" in parsed.uses.bound:
    raise Refused(1, "has a variable `python2`, which is to be a module; "
                  "rename it")
  changed = edits.Edits(parsed.text)
  work = Work(parsed, facts, parsed.kinds(facts), changed)
  builtins = names.translate(work)
  for part in (imports, operators, statements, printing):
    part.translate(work)
  text = changed.apply()
  _check(text)
  header = []
  if _needs_package(work, text) or builtins or (
      marked and text != parsed.source):
    header.append("from tfcompat_rnn import python2")
  if builtins:
    header.append(f"from {HELPERS} import {', '.join(sorted(builtins))}")
  return Translated(text, tuple(header))


def _check(text):
  """Python finds some mistakes only when it makes code."""
  try:
    with warnings.catch_warnings():
      warnings.simplefilter("ignore")
      compile(text, "<source>", "exec", dont_inherit=True)
  except SyntaxError as error:
    raise Refused(error.lineno or 1, (
        f"would be no Python 3 ({error.msg}); write the line for Python 3")
                  ) from error


class Work(typing.NamedTuple):
  """What the translation of one file has in hand."""
  parsed: Parsed
  facts: Facts
  kinds: kinds.Kinds
  edits: edits.Edits

  def helper(self, node, name):
    """Wraps a node in a call of a helper."""
    self.edits.wrap(node, f"python2.{name}(", ")")

  def iterating(self, node):
    """The loop or comprehension that takes the items of `node`, or None."""
    parent = self.parsed.parents[node]
    if self.parsed.called(parent) == "enumerate" and (
        parent.args[:1] == [node]):
      return self.iterating(parent)
    if isinstance(parent, (ast.For, ast.comprehension)) and (
        parent.iter is node):
      return parent
    return None

  def is_quiet(self, loop):
    """Whether nothing in a loop can change what it goes over."""
    if isinstance(loop, ast.For):
      parts = [*loop.body]
      if not _binds_names(loop.target):
        return False
    else:
      parts = [self.parsed.parents[loop]]
    return all(self._is_quiet_part(node, loop)
               for part in parts for node in ast.walk(part))

  def _is_quiet_part(self, node, loop):
    if isinstance(node, ast.Call):
      name = node.func.id if isinstance(node.func, ast.Name) else ""
      return (node is loop.iter
              or node in getattr(loop.iter, "args", ())[:1]  # of enumerate
              or self.parsed.called(node) in _QUIET
              or name == "_py2_print")
    if isinstance(node, ast.AugAssign):
      return (isinstance(node.target, ast.Name)
              and self.kinds.of(node.value) in kinds.NUMBERS)
    if isinstance(node, (ast.Attribute, ast.Subscript)):
      return isinstance(node.ctx, ast.Load)
    return not isinstance(node, (ast.Delete, ast.Yield, ast.YieldFrom))


# Builtins that change nothing.
_QUIET = {"len", "int", "float", "str", "abs", "max", "min", "isinstance",
          "ord", "range", "xrange", "repr", "round", "enumerate", "print",
          "type", "hasattr", "bool", "long", "unicode", "chr", "tuple"}


def _binds_names(target):
  return all(isinstance(node, (ast.Name, ast.Tuple, ast.List, ast.Store))
             for node in ast.walk(target))


def _needs_package(work, text):
  """Whether a module needs the name `python2`: files ask for it."""
  if re.search(r"\bpython2\.", text):
    return True
  parsed = work.parsed
  added = imports.added_names()
  if any(use.name in added for use in parsed.uses.found):
    return True
  for node in parsed.nodes:
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and (
        node.func.attr in _FILE_METHODS):
      return True
    if isinstance(node, (ast.For, ast.comprehension)) and (
        _may_be_file(work, node.iter)):
      return True
  return False


def _may_be_file(work, node):
  """Whether the items of an expression may be the lines of a file."""
  if work.parsed.called(node):
    return work.parsed.called(node) in ("open", "file") or any(
        _may_be_file(work, one) for one in node.args)
  if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and (
      node.func.attr in _NO_FILES):
    return False
  return (work.kinds.of(node) in (None, kinds.FILE)
          and not isinstance(node, (ast.Lambda, ast.SetComp)))


# Methods that return no file.
_NO_FILES = {"keys", "values", "items", "iterkeys", "itervalues", "iteritems",
             "split", "splitlines"}
