"""Calls functions as soon as a module is imported, and not before.

  watch = Watch(patches)
  watch.when_imported("numpy", repair)     # repair(module), at once if loaded

Whichever finder of `sys.meta_path` finds the module, its loader is added to:
the import system's own search is wrapped, because other finders may be put
before ours at any time, as pytest does. It costs two look-ups for any other
module.
"""

import contextlib
import sys

from tfcompat_rnn import _importers

# Where `import` and `importlib` look up the function that asks the finders.
_IMPORTLIB = sys.modules["_frozen_importlib"]
_SEARCH = "_find_spec"


class Watch:
  """Calls back when modules are imported, until `patches` is closed."""

  def __init__(self, patches):
    self._callbacks = {}
    self._around = {}
    self._preferred = []
    patches.wrap(_IMPORTLIB, _SEARCH, self._make_search)

  def _make_search(self, original):
    def find_spec(name, path, target=None):
      spec = None
      for prefix, finder in self._preferred:
        if name.startswith(prefix):
          spec = finder.find_spec(name, path, target)
      if spec is None:
        spec = original(name, path, target)
      if (name in self._callbacks or name in self._around) and (
          spec is not None and spec.loader is not None):
        spec.loader = _importers.Loader(spec.loader, self.load)
      return spec
    return find_spec

  def prefer(self, prefix, finder):
    """Asks `finder` before all others for names that begin with `prefix`."""
    self._preferred.append((prefix, finder))

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

  def load(self, module, loader):
    """Executes the module with `loader`, then calls the callbacks."""
    name = module.__name__
    with self._around.pop(name, contextlib.nullcontext)():
      loader.exec_module(module)
    module = sys.modules.get(name, module)
    for callback in self._callbacks.pop(name, ()):
      callback(module)
