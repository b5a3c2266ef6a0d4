"""The three kinds of repair: an attribute, a wrapped function, a module."""

import functools
import importlib.machinery
import sys
import types
import warnings

from tfcompat_rnn import _importers
from tfcompat_rnn.repairs import Repair

_MISSING = object()


def caller_is_old(depth=2):
  """Was the function calling us called by code of the program's age?

  `depth` 2 is the caller of the function that asks.
  """
  namespace = sys._getframe(depth).f_globals
  return not _importers.belongs_to_today(
      namespace.get("__name__") or "", namespace.get("__file__"))


def is_old(module_name):
  """Is the module of the program's age? Scripts have a path for a name."""
  return module_name.endswith(".py") or not _importers.belongs_to_today(
      module_name)


def restore(name, where, attribute, value, why, what=None):
  """`where.attribute` is back if it is missing. `value(module)` makes it.

  `attribute` may be dotted: a class in `where` and its attribute.
  """
  *owners, last = attribute.split(".")

  def apply(module, say):
    owner = module
    for part in owners:
      owner = getattr(owner, part, None)
    if owner is None or _has(owner, last):
      return None
    setattr(owner, last, value(module))
    return lambda: _remove(owner, last)

  return Repair(name, where, what or f"{name} is back", why, apply)


def _has(owner, attribute):
  with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    return hasattr(owner, attribute)


def _remove(owner, attribute):
  if attribute in vars(owner):
    delattr(owner, attribute)


def wrap(name, where, attribute, make, what, why, needed=None):
  """`where.attribute` becomes `make(original, say)`, if it is there.

  `needed(module)` may say that this version of the module does without.
  """
  *owners, last = attribute.split(".")

  def apply(module, say):
    owner = module
    for part in owners:
      owner = getattr(owner, part, None)
    original = getattr(owner, last, None)
    if original is None or (needed is not None and not needed(module)):
      return None
    inherited = owners and last not in vars(owner)
    wrapper = make(original, say)
    functools.update_wrapper(wrapper, original)
    wrapper.__tfcompat_original__ = original
    setattr(owner, last, wrapper)

    def undo():
      if getattr(owner, last, None) is wrapper:
        if inherited:
          delattr(owner, last)
        else:
          setattr(owner, last, original)
    return undo

  return Repair(name, where, what, why, apply)


def once(say):
  """`say`, but each text only once."""
  told = set()

  def say_once(text):
    if text not in told:
      told.add(text)
      say(text)
  return say_once


_modules = {}


class _Finder:
  """Supplies modules that nobody else has. Last in `sys.meta_path`."""

  def find_spec(self, name, path=None, target=None):
    row = _modules.get(name)
    if row is None:
      return None
    return importlib.machinery.ModuleSpec(
        name, _Loader(), origin=__name__,
        is_package=any(other.startswith(name + ".") for other in _modules))


class _Loader:

  def create_module(self, spec):
    module = types.ModuleType(spec.name)
    module.__doc__ = "Put back by tfcompat_rnn for old programs."
    return module

  def exec_module(self, module):
    name = module.__name__
    build = _modules[name]
    value = build(module)
    if value is not None:
      vars(module).update(value)


_finder = _Finder()


def supply(module_name, build, what, why):
  """The module `module_name` is there again if nobody else has it.

  `build(module)` returns its names and values.
  """
  def apply(_, say):
    _modules[module_name] = build
    if _finder not in sys.meta_path:
      sys.meta_path.append(_finder)

    def undo():
      _modules.pop(module_name, None)
      loaded = sys.modules.get(module_name)
      if loaded is not None and isinstance(
          getattr(loaded.__spec__, "loader", None), _Loader):
        del sys.modules[module_name]
      if not _modules and _finder in sys.meta_path:
        sys.meta_path.remove(_finder)
    return undo

  return Repair(module_name, "builtins", what, why, apply)
