"""Calls functions as soon as a module is imported, and not before.

  watch = Watch(patches)
  watch.when_imported("numpy", repair)     # repair(module), at once if loaded

A finder at the head of `sys.meta_path` lets the others find the module and
only adds to its loader. It costs one dictionary look-up for any other module.
"""

import contextlib
import sys
import threading


class Watch:
  """Calls back when modules are imported, until `patches` is closed."""

  def __init__(self, patches):
    self._callbacks = {}
    self._around = {}
    self._busy = threading.local()
    patches.insert(sys.meta_path, 0, self)

  def when_imported(self, name, callback):
    """Calls `callback(module)` after `name` has been imported."""
    module = sys.modules.get(name)
    if module is not None:
      callback(module)
    else:
      self._callbacks.setdefault(name, []).append(callback)

  def around_import(self, name, make_context):
    """Imports `name` inside `with make_context():`, unless it is loaded."""
    if name not in sys.modules:
      self._around[name] = make_context

  def find_spec(self, name, path=None, target=None):
    """The spec of a watched module, as others find it, with our loader."""
    if name not in self._callbacks and name not in self._around:
      return None
    busy = self._busy.__dict__.setdefault("names", set())
    if name in busy:
      return None
    busy.add(name)
    try:
      spec = self._ask_others(name, path, target)
    finally:
      busy.discard(name)
    if spec is not None and spec.loader is not None:
      spec.loader = _Loader(spec.loader, self)
    return spec

  def load(self, module, loader):
    """Executes the module with `loader`, then calls the callbacks."""
    name = module.__name__
    with self._around.pop(name, contextlib.nullcontext)():
      loader.exec_module(module)
    module = sys.modules.get(name, module)
    for callback in self._callbacks.pop(name, ()):
      callback(module)

  def _ask_others(self, name, path, target):
    for finder in sys.meta_path:
      if finder is self or not hasattr(finder, "find_spec"):
        continue
      spec = finder.find_spec(name, path, target)
      if spec is not None:
        return spec
    return None


class _Loader:
  """The module's own loader, followed by our callbacks."""

  def __init__(self, loader, watch):
    self._loader = loader
    self._watch = watch

  def __getattr__(self, name):
    return getattr(self.__dict__["_loader"], name)

  def create_module(self, spec):
    return self._loader.create_module(spec)

  def exec_module(self, module):
    # From now on the module looks as if it had not been watched.
    module.__spec__.loader = module.__loader__ = self._loader
    self._watch.load(module, self._loader)
