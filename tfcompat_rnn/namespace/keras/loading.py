"""Imports tf_keras and makes it behave as 1.15's Keras in 1.x graphs.

The replacements are installed once, with tf_keras, and stay. Each of them
asks at each call whether a 1.x graph is being built; in eager mode and in a
`tf.function` of TensorFlow 2, tf_keras works as ever.
"""

import importlib
import inspect
import sys
import threading
import types

from tfcompat_rnn import _errors
from tfcompat_rnn import _patching
from tfcompat_rnn import _tf
from tfcompat_rnn._tf import tf2
from tfcompat_rnn.namespace.keras import changes

# The modules with rows; those that come first are applied first.
_TABLES = ("naming", "recurrent", "randomness", "functions", "layers",
           "losses", "models", "saving", "arguments", "text")

_lock = threading.RLock()


class _State:
  """The patches, once tf_keras is loaded."""
  patches = None


def _install_line():
  version = ".".join(tf2.__version__.split(".")[:2])
  return f"pip install 'tf_keras~={version}.0'"


def api():
  """The v1 API of tf_keras, `tf.keras` in 1.15.

  Raises `MissingSymbolError` if tf_keras is missing or does not load.
  """
  with _lock:
    found = _load()
    if _State.patches is None:
      _State.patches = _patch()
    return found


def _load():
  try:
    return _tf.real_module("tf_keras.api._v1.keras")
  except ModuleNotFoundError as error:
    if error.name != "tf_keras":
      raise _broken(error) from error
    raise _errors.MissingSymbolError(
        "tensorflow.keras was Keras 2 in TensorFlow 1.15, and the package "
        f"tf_keras, which has it today, is not installed; {_install_line()}"
        ) from error
  except (ImportError, AttributeError) as error:
    raise _broken(error) from error


def _broken(error):
  return _errors.MissingSymbolError(
      f"tensorflow.keras: the installed tf_keras does not load with "
      f"TensorFlow {tf2.__version__} ({error}); {_install_line()}")


def rows():
  """The changes and additions of all tables."""
  found = []
  for name in _TABLES:
    table = importlib.import_module(f"{__package__}.{name}")
    found.extend(table.CHANGES)
    found.extend(getattr(table, "ADDITIONS", ()))
  return found


def _find(where):
  """(holder, key) of what `where` names."""
  name, _, path = where.partition(":")
  *holders, key = path.split(".")
  holder = changes.module(name)
  for part in holders:
    holder = getattr(holder, part)
  return holder, key


def _patch():
  patches = _patching.Stack()
  functions = {}
  try:
    for row in rows():
      holder, key = _find(row.where)
      if isinstance(row, changes.Addition):
        if not hasattr(holder, key):
          patches.replace(holder, key, row.value)
        continue
      if isinstance(vars(holder).get(key), classmethod):
        _wrap_class_method(patches, holder, key, row.make)
        continue
      if isinstance(vars(holder).get(key), property):
        _wrap_property(patches, holder, key, row.make)
        continue
      patch = patches.wrap(holder, key, row.make, when=changes.in_1x_graph)
      if isinstance(holder, types.ModuleType):
        functions[id(patch.original)] = patch
      elif key == "call":
        # Keras passes a mask to a layer whose `call` can take it.
        patch.value.__signature__ = inspect.signature(patch.original)
    _rebind(patches, functions)
    # Advice to use names that 1.15 did not have, or not for this.
    patches.filter_warnings(
        "ignore", r"`[Mm]odel\.\w+` (is deprecated|will be removed)",
        UserWarning)
  except (ImportError, AttributeError) as error:
    patches.close()
    raise _broken(error) from error
  except BaseException:
    patches.close()
    raise
  return patches


def _wrap_class_method(patches, holder, key, make):
  original = vars(holder)[key].__func__
  replacement = make(original)

  def call(cls, *args, **kwargs):
    chosen = replacement if changes.in_1x_graph() else original
    return chosen(cls, *args, **kwargs)
  patches.replace(holder, key, classmethod(call))


def _wrap_property(patches, holder, key, make):
  original = vars(holder)[key]
  replacement = make(original.fget)

  def get(self):
    return (replacement if changes.in_1x_graph() else original.fget)(self)
  get.__doc__ = original.__doc__
  patches.replace(holder, key, original.getter(get))


def _rebind(patches, functions):
  """Replaces functions also where other modules of tf_keras bind them."""
  for name, module in list(sys.modules.items()):
    if name.partition(".")[0] != "tf_keras" or module is None:
      continue
    for key, value in list(vars(module).items()):
      patch = functions.get(id(value))
      if patch is not None:
        patches.replace(module, key, patch.value)
