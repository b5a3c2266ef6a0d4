"""The importing module decides which `tensorflow` it gets.

`install(patches)` replaces `builtins.__import__` and
`importlib.import_module`. Where the importing module was written for
TensorFlow 2 (TensorFlow itself, Keras 3, tf-slim, TensorBoard, this package)
or for no TensorFlow (the standard library), nothing changes. Everyone else who
imports `tensorflow` gets `tfcompat_rnn.tf1`: the script, the modules beside it,
older libraries. `sys.modules["tensorflow"]` always stays the real one.

The same holds for `keras`: an old program that imports it gets Keras 2 (see
`namespace.keras.standalone`), and for two packages that TensorFlow 1.15
installed, `keras_preprocessing` and `keras_applications`.
"""

import builtins
import importlib
import importlib.machinery
import sys

from tfcompat_rnn import _errors
from tfcompat_rnn import _importers
from tfcompat_rnn.launcher import beside

ROOT = "tfcompat_rnn.tf1"
_KERAS = ROOT + ".keras"

# Dependencies of TensorFlow 1.15 that programs import, and what they get.
_INSTALLED_WITH_1_15 = {"keras_applications": None,
                        "keras_preprocessing": _KERAS + ".preprocessing"}

# Packages other than TensorFlow that an old program gets from us.
REPLACED = ("keras", *_INSTALLED_WITH_1_15)

# Editors inserted imports from TensorFlow 1.15's inner package.
_INNER = "tensorflow_core"


def _is_tensorflow(name):
  return name.partition(".")[0] in ("tensorflow", _INNER)


def _ours(name):
  """`"tensorflow.nn"` -> `"tfcompat_rnn.tf1.nn"`."""
  _, dot, rest = name.partition(".")
  return ROOT + dot + rest


def _is_keras(name):
  return name == "keras" or name.startswith("keras.")


def _replaced(name):
  """Ours for a module of a package that TensorFlow 1.15 installed, or None.

  Where the package itself is installed, it is used.
  """
  package, _, rest = name.partition(".")
  if package not in _INSTALLED_WITH_1_15 or (
      importlib.machinery.PathFinder.find_spec(package) is not None):
    return None
  ours = _INSTALLED_WITH_1_15[package]
  if ours is None:
    raise _errors.MissingModuleError(
        f"{package}, which TensorFlow 1.15 installed, is not part of this "
        "package; take the networks from tf.keras.applications, or pip "
        f"install {package}", name=name)
  return f"{ours}.{rest}" if rest else ours


def _gets_the_real_one(namespace):
  name = namespace.get("__name__") or namespace.get("__package__") or ""
  if name.startswith("tensorflow."):
    return True  # in short, because nearly all who import it are its own
  return _importers.belongs_to_today(name, namespace.get("__file__"))


def _is_generated(namespace, frame):
  """Whether this is code that TensorFlow has generated and is now executing.

  The wrappers of a custom op's library run in a module whose name is a hash;
  it has no file, and nobody can import it. `frame` called it.
  """
  return ("__file__" not in namespace
          and namespace.get("__name__") not in sys.modules
          and frame is not None and _gets_the_real_one(frame.f_globals))


def _without_forwarder(frame):
  """`frame`, or its caller if it is a program's own `__import__`.

  Whoever calls `__import__` without globals leaves us only frames to ask.
  """
  forwarder = getattr(builtins.__import__, "__code__", None)
  while frame.f_code is forwarder and frame.f_back is not None:
    frame = frame.f_back
  return frame


def _note_source(namespace):
  """Has the source of the importing module read for names of old releases."""
  from tfcompat_rnn.namespace.releases import sources
  path = namespace.get("__file__")
  if path and "site-packages" not in path:
    sources.add_file(path)


def _keras_2_for(namespace):
  """Whether `import keras` in the module `namespace` means Keras 2."""
  if _gets_the_real_one(namespace):
    return False
  from tfcompat_rnn.namespace.keras import standalone
  if not standalone.replaces():
    return False
  if standalone.begin():
    print(f"tfcompat-rnn: {standalone.NOTE}", file=sys.stderr, flush=True)
  return True


def _make_import(original):
  def hooked_import(name, globals=None, locals=None, fromlist=(), level=0):
    if level == 0 and name.startswith("tensorflow") and _is_tensorflow(name):
      # Frame 1 is the wrapper's, frame 2 that of the import statement.
      frame = _without_forwarder(sys._getframe(2))
      where = frame.f_globals if globals is None else globals
      # C code such as pickle passes this fromlist and reads sys.modules.
      if (fromlist != ["__doc__"] and not _gets_the_real_one(where)
          and not _is_generated(where, frame.f_back)):
        beside.check_tensorflow()
        module = original(_ours(name), globals, locals, fromlist, 0)
        _note_source(where)
        return module if fromlist else sys.modules[ROOT]
    elif level == 0 and name.startswith("keras") and _is_keras(name):
      where = (_without_forwarder(sys._getframe(2)).f_globals
               if globals is None else globals)
      if fromlist != ["__doc__"] and _keras_2_for(where):
        module = original(_KERAS + name[len("keras"):], globals, locals,
                          fromlist, 0)
        return module if fromlist else sys.modules[_KERAS]
    elif level == 0 and (name == ROOT or name.startswith(ROOT + ".")):
      # An upgraded program. Its source tells the release it was written for.
      where = (_without_forwarder(sys._getframe(2)).f_globals
               if globals is None else globals)
      module = original(name, globals, locals, fromlist, 0)
      if not _gets_the_real_one(where):
        _note_source(where)
      return module
    elif level == 0 and name.startswith("keras_"):
      where = (_without_forwarder(sys._getframe(2)).f_globals
               if globals is None else globals)
      ours = None if _gets_the_real_one(where) else _replaced(name)
      if ours:
        module = original(ours, globals, locals, fromlist, 0)
        return module if fromlist else sys.modules[
            _replaced(name.partition(".")[0])]
    return original(name, globals, locals, fromlist, level)
  return hooked_import


def _make_import_module(original):
  def hooked_import_module(name, package=None):
    if _is_tensorflow(name) and not _gets_the_real_one(
        sys._getframe(2).f_globals):
      beside.check_tensorflow()
      name = _ours(name)
    elif _is_keras(name) and _keras_2_for(sys._getframe(2).f_globals):
      name = _KERAS + name[len("keras"):]
    elif name.startswith("keras_") and not _gets_the_real_one(
        sys._getframe(2).f_globals):
      name = _replaced(name) or name
    return original(name, package)
  return hooked_import_module


def install(patches):
  """Gives old programs `tfcompat_rnn.tf1` when they import `tensorflow`."""
  patches.wrap(builtins, "__import__", _make_import)
  patches.wrap(importlib, "import_module", _make_import_module)
