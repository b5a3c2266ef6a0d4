"""The three kinds of repair: an attribute, a wrapped function, a module."""

import importlib.machinery
import sys
import types
import warnings

from tfcompat_rnn import _importers
from tfcompat_rnn.repairs import Repair

# The repair's own modules, whose frames lie between it and its caller.
_BETWEEN = ("tfcompat_rnn.repairs.", "tfcompat_rnn._patching")


def caller_is_old():
  """Was the repaired function called by the old program or its libraries?"""
  frame = sys._getframe(1)
  while frame.f_globals.get("__name__", "").startswith(_BETWEEN):
    frame = frame.f_back
  namespace = frame.f_globals
  return not _importers.belongs_to_today(
      namespace.get("__name__") or "", namespace.get("__file__"))


def is_old(module_name):
  """Is the module part of the old program? A script's name is its path."""
  return module_name.endswith(".py") or not _importers.belongs_to_today(
      module_name)


def restore(name, where, attribute, value, why, what=None, today=""):
  """A repair that sets `where.attribute` to `value(module)` if it is missing.

  `attribute` may be dotted: a class in `where` and its attribute. `today` is
  the full name that this value has in every allowed version.
  """
  *owners, last = attribute.split(".")

  def apply(patches, module, notify):
    owner = module
    for part in owners:
      owner = getattr(owner, part, None)
    if owner is None or _has(owner, last):
      return
    patches.replace(owner, last, value(module))

  return Repair(name, where, what or f"{name} is back", why, apply,
                attribute=attribute, today=today)


def _has(owner, attribute):
  with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    return hasattr(owner, attribute)


def wrap(name, where, attribute, make, what, why, needed=None):
  """A repair that replaces `where.attribute` by `make(original, notify)`.

  It does nothing if there is no such attribute, or if `needed(module)` is
  false because this version of the module still works as it used to.
  """
  *owners, last = attribute.split(".")

  def apply(patches, module, notify):
    owner = module
    for part in owners:
      owner = getattr(owner, part, None)
    original = getattr(owner, last, None)
    if original is None or (needed is not None and not needed(module)):
      return
    patches.wrap(owner, last, lambda original: make(original, notify))

  return Repair(name, where, what, why, apply)


def once(notify):
  """`notify`, but each text only once."""
  told = set()

  def notify_once(text):
    if text not in told:
      told.add(text)
      notify(text)
  return notify_once


_modules = {}


class _Finder:
  """Finds replacement modules. Last in `sys.meta_path`: real ones win."""

  def find_spec(self, name, path=None, target=None):
    row = _modules.get(name)
    if row is None:
      return None
    build, patches, wanted = row
    if wanted is not None and not wanted():
      return None
    if name.rpartition(".")[0] in _modules:
      patches = None  # the undo of its package unloads it as well
    return importlib.machinery.ModuleSpec(
        name, _Loader(build, patches), origin=__name__,
        is_package=any(other.startswith(name + ".")
                       for other in list(_modules)))


class _Loader:

  def __init__(self, build, patches):
    # Another thread may take the repair back before the module is built.
    self._build = build
    self._patches = patches

  def create_module(self, spec):
    module = types.ModuleType(spec.name)
    module.__doc__ = "Put back by tfcompat_rnn for old programs."
    return module

  def exec_module(self, module):
    if self._patches is not None:
      self._patches.on_close(_unload, module.__name__)
    value = self._build(module)
    if value is not None:
      vars(module).update(value)


_finder = _Finder()


def _unload(name):
  loaded = sys.modules.get(name)
  if isinstance(getattr(getattr(loaded, "__spec__", None), "loader", None),
                _Loader):
    for one in list(sys.modules):
      if one == name or one.startswith(name + "."):
        sys.modules.pop(one, None)
    parent, _, last = name.rpartition(".")
    if vars(sys.modules.get(parent, object)).get(last) is loaded:
      delattr(sys.modules[parent], last)


def supply(module_name, build, what, why, wanted=None):
  """A repair that makes `module_name` importable if no real one is found.

  `build(module)` returns its names and values. An import for which `wanted()`
  is false fails.
  """
  def apply(patches, _, notify):
    if _finder not in sys.meta_path:
      patches.insert(sys.meta_path, len(sys.meta_path), _finder)
    patches.replace(_modules, module_name, (build, patches, wanted), item=True)

  return Repair(module_name, "builtins", what, why, apply, supplies=True)
