"""Do something when a module is imported, and not a moment earlier.

  when_imported("numpy", repair)     # repair(module), at once if it is there

A finder at the head of `sys.meta_path` lets the others find the module and
only adds to its loader. Costs one dictionary look-up for any other module.
"""

import contextlib
import sys
import threading

_callbacks = {}
_around = {}
_busy = threading.local()


def when_imported(name, callback):
  """Calls `callback(module)` after `name` has been imported."""
  module = sys.modules.get(name)
  if module is not None:
    callback(module)
    return
  _callbacks.setdefault(name, []).append(callback)
  _install()


def around_import(name, make_context):
  """Imports `name` within `with make_context():`. Nothing if it is there."""
  if name not in sys.modules:
    _around[name] = make_context
    _install()


def forget():
  """Drops everything that was not called yet."""
  _callbacks.clear()
  _around.clear()
  if _finder in sys.meta_path:
    sys.meta_path.remove(_finder)


class _Finder:

  def find_spec(self, name, path=None, target=None):
    if name not in _callbacks and name not in _around:
      return None
    busy = _busy.__dict__.setdefault("names", set())
    if name in busy:
      return None
    busy.add(name)
    try:
      spec = _ask_others(name, path, target)
    finally:
      busy.discard(name)
    if spec is not None and spec.loader is not None:
      spec.loader = _Loader(spec.loader)
    return spec


def _ask_others(name, path, target):
  for finder in sys.meta_path:
    if finder is _finder or not hasattr(finder, "find_spec"):
      continue
    spec = finder.find_spec(name, path, target)
    if spec is not None:
      return spec
  return None


class _Loader:
  """The module's own loader, and our callbacks behind it."""

  def __init__(self, loader):
    self._loader = loader

  def __getattr__(self, name):
    return getattr(self.__dict__["_loader"], name)

  def create_module(self, spec):
    return self._loader.create_module(spec)

  def exec_module(self, module):
    name = module.__name__
    # From here on the module looks as if nobody had watched it.
    module.__spec__.loader = module.__loader__ = self._loader
    make_context = _around.pop(name, contextlib.nullcontext)
    with make_context():
      self._loader.exec_module(module)
    module = sys.modules.get(name, module)
    for callback in _callbacks.pop(name, ()):
      callback(module)


_finder = _Finder()


def _install():
  if _finder not in sys.meta_path:
    sys.meta_path.insert(0, _finder)
