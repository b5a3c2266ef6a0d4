"""Who imports decides: old programs get the old-shaped `tensorflow`.

`install()` replaces `builtins.__import__` and `importlib.import_module`. When
the importing module belongs to today (TensorFlow itself, Keras 3, tf-slim,
TensorBoard, this package, the standard library, ...) nothing changes. Anyone
else who says `tensorflow` gets `tfcompat_rnn.tf1`: the script, the modules
beside it, libraries of that age. `sys.modules["tensorflow"]` stays the real
one, always. `uninstall()` puts Python's own functions back.
"""

import builtins
import importlib
import sys

from tfcompat_rnn import _importers

ROOT = "tfcompat_rnn.tf1"

# Python's own functions. They stay here after `uninstall()`, for whoever
# still holds ours.
_saved = {"__import__": builtins.__import__,
          "import_module": importlib.import_module}
_state = {"installed": False}
_beneath = set()


def _is_tensorflow(name):
  return name == "tensorflow" or name.startswith("tensorflow.")


def _importer(namespace):
  return namespace.get("__name__") or namespace.get("__package__") or ""


def _gets_the_real_one(namespace):
  return _importers.belongs_to_today(_importer(namespace),
                                     namespace.get("__file__"))


def _written_by_today(namespace):
  """Is this code that TensorFlow generated and is executing just now?

  The wrappers of a custom op's library run in a module whose name is a hash;
  it has no file, and nobody can import it.
  """
  if "__file__" in namespace or namespace.get("__name__") in sys.modules:
    return False
  frame = sys._getframe(2).f_back
  return frame is not None and _gets_the_real_one(frame.f_globals)


def _hooked_import(name, globals=None, locals=None, fromlist=(), level=0):
  """`builtins.__import__` while the hook is installed."""
  original = _saved["__import__"]
  if (level == 0 and name.startswith("tensorflow") and _is_tensorflow(name)
      and _state["installed"]):
    where = globals
    if where is None:
      where = sys._getframe(1).f_globals
    # C code (pickle) asks with this fromlist and reads sys.modules itself.
    if (fromlist != ["__doc__"] and not _gets_the_real_one(where)
        and not _written_by_today(where)):
      module = original(ROOT + name[len("tensorflow"):], globals, locals,
                        fromlist, 0)
      return module if fromlist else sys.modules[ROOT]
  return original(name, globals, locals, fromlist, level)


def _hooked_import_module(name, package=None):
  """`importlib.import_module` while the hook is installed."""
  if _is_tensorflow(name) and _state["installed"]:
    caller = sys._getframe(1).f_globals
    if not _gets_the_real_one(caller):
      name = ROOT + name[len("tensorflow"):]
  return _saved["import_module"](name, package)


def installed():
  """Is the hook in place?"""
  return _state["installed"]


def install():
  """Leads old programs' imports of `tensorflow` to `tfcompat_rnn.tf1`."""
  if not _state["installed"]:
    _state["installed"] = True
    _put(builtins, "__import__", _hooked_import)
    _put(importlib, "import_module", _hooked_import_module)


def _put(holder, name, ours):
  current = getattr(holder, name)
  # Beneath somebody else's function ours is still called: to put it on top
  # as well would make the two call each other for ever.
  beneath = name in _beneath and current is not _saved[name]
  if current is not ours and not beneath:
    _saved[name] = current
    setattr(holder, name, ours)
  _beneath.discard(name)


def _take(holder, name, ours):
  if getattr(holder, name) is ours:
    setattr(holder, name, _saved[name])
  else:
    _beneath.add(name)


def uninstall():
  """Puts Python's own import functions back.

  If somebody put theirs over ours in the meantime, theirs stay, and ours
  beneath pass everything on.
  """
  if _state["installed"]:
    _state["installed"] = False
    _take(builtins, "__import__", _hooked_import)
    _take(importlib, "import_module", _hooked_import_module)
