"""Imports from `tfcompat_rnn.tf1`: real modules made from the tables.

The finder handles names that begin with `tfcompat_rnn.tf1.` and no others. A
name that is missing raises `MissingModuleError` with the next step instead of
Python's "cannot import name".
"""

import importlib.abc
import importlib.machinery
import sys
import types

from tfcompat_rnn import _errors
from tfcompat_rnn.namespace import missing
from tfcompat_rnn.namespace import names
from tfcompat_rnn.namespace import namespace
from tfcompat_rnn.namespace import tables
from tfcompat_rnn.namespace.releases import notice

_PREFIX = namespace.ROOT + "."


class NamespaceFinder(importlib.abc.MetaPathFinder):
  """Makes a ModuleSpec for each module of 1.15 that is supported."""

  def find_spec(self, fullname, path=None, target=None):
    if not fullname.startswith(_PREFIX):
      return None
    old = fullname[len(_PREFIX):]
    try:
      loader = None if _is_only_asked_for(old) else _loader(old)
    except _errors.MissingSymbolError as error:
      raise missing.as_import_error(error, old) from None
    if loader is None:
      raise missing.module_error(old)
    spec = importlib.machinery.ModuleSpec(
        fullname, loader, origin=f"tensorflow.{old} of TensorFlow 1.15",
        is_package=True)
    return spec


def _is_only_asked_for(old):
  """Whether `old` is a module gone by 1.15 which the program only tries."""
  return not names.is_module(old) and tables.module(old)[0] and (
      notice.only_asks(old.rpartition(".")[2]))


def _loader(old):
  canonical = tables.canonical(old)
  if canonical != old:
    return StandInLoader(lambda: namespace.import_old(canonical))
  above, tail = _row_above(old)
  if above is not None:
    value = namespace.target(above.new)
    for part in tail:
      value = namespace.submodule(value, part)
    if isinstance(value, types.ModuleType):
      return StandInLoader(lambda: namespace.own_module(value))
    # A module may hide behind a function of the same name (`arg_scope`).
    if tail or not tables.module(old)[0]:
      return None
  found, source = namespace.find_source(old)
  return NamespaceLoader(old, source) if found else None


def _row_above(old):
  """The row of `old` or of its nearest parent, and the rest of the name."""
  parts = old.split(".")
  for end in range(len(parts), 0, -1):
    above = ".".join(parts[:end])
    row = tables.row(above)
    if row is not None:
      return row, parts[end:]
    if tables.module(above)[0]:
      break
  return None, []


class NamespaceLoader(importlib.abc.Loader):
  """Makes the empty module; its names are looked up when they are used."""

  def __init__(self, old, source):
    self._old = old
    self._source = source

  def create_module(self, spec):
    return namespace.NamespaceModule(spec.name, self._old)

  def exec_module(self, module):
    module.__tfcompat_source__ = self._source
    doc = getattr(self._source, "__doc__", None)
    module.__doc__ = doc or f"TensorFlow 1.15's tensorflow.{self._old}."


class StandInLoader(importlib.abc.Loader):
  """Makes an existing module the result of an import."""

  def __init__(self, find):
    self._find = find

  def create_module(self, spec):
    return None

  def exec_module(self, module):
    # The import system returns what is in sys.modules after this call.
    sys.modules[module.__spec__.name] = self._find()


_finder = NamespaceFinder()


def install():
  """Adds the finder to `sys.meta_path`, once.

  It comes first: inside an existing module, whose `__path__` is the real one,
  the path finder would load TensorFlow's own files a second time.
  """
  if _finder not in sys.meta_path:
    sys.meta_path.insert(0, _finder)
