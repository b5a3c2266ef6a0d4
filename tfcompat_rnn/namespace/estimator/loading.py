"""Imports tensorflow-estimator on a TensorFlow that it was not made for.

The package was last released for TensorFlow 2.15. A finder gives its modules
an `__import__` of their own, which answers what they import of TensorFlow:
`tensorflow` itself with 1.15's names as `tf.compat.v1` and Keras 2 as
`tf.keras`, and stand-ins for private modules that are gone. Nothing of this
is seen by other modules, and TensorFlow itself is not changed.
"""

import builtins
import importlib
import importlib.abc
import importlib.machinery
import sys

from tfcompat_rnn import _errors
from tfcompat_rnn import _importers
from tfcompat_rnn import _patching

PACKAGE = "tensorflow_estimator"
_CONTRIB = PACKAGE + ".contrib."
_INSTALL = "pip install 'tensorflow-estimator==2.15.0'"
_patches = _patching.Stack()


def _is_ours(name):
  return name == PACKAGE or name.startswith(PACKAGE + ".")


class _Finder(importlib.abc.MetaPathFinder):
  """Finds the modules of the package as they are, with our loader."""

  def find_spec(self, name, path=None, target=None):
    if not _is_ours(name):
      return None
    if (name + ".").startswith(_CONTRIB):
      return importlib.machinery.ModuleSpec(name, _Contrib(), is_package=True)
    spec = importlib.machinery.PathFinder.find_spec(name, path, target)
    if spec is not None and spec.loader is not None:
      spec.loader = _importers.Loader(spec.loader, _load)
    return spec


class _Contrib(importlib.abc.Loader):
  """Loads what the package had until 1.15: the modules of `tf.contrib`."""

  def create_module(self, spec):
    return None

  def exec_module(self, module):
    source = importlib.import_module(
        "tfcompat_rnn.tf1" + module.__name__[len(PACKAGE):])
    module.__getattr__ = lambda name: getattr(source, name)
    module.__dir__ = lambda: dir(source)


def _load(module, loader):
  """Executes a module, with another `__import__`."""
  from tfcompat_rnn.namespace.estimator import changes
  from tfcompat_rnn.namespace.estimator import stand_ins
  short = module.__name__[len(PACKAGE) + 1:]
  if short in stand_ins.EMPTY:
    stand_ins.EMPTY[short](module)
    return
  module.__dict__["__builtins__"] = dict(
      vars(builtins), __import__=stand_ins.import_for(short))
  loader.exec_module(module)
  changes.apply(short, module)


_finder = _Finder()


def install(patches=_patches):
  """Adds the finder to `sys.meta_path`; imports neither package."""
  if _finder not in sys.meta_path:
    patches.insert(sys.meta_path, 0, _finder)


def module(name=""):
  """The module `name` of tensorflow-estimator: "python.estimator.gc".

  Raises `MissingSymbolError` with the pip command if the package is not
  installed, and `ModuleNotFoundError` if it has no such module.
  """
  install()
  full = f"{PACKAGE}.{name}" if name else PACKAGE
  try:
    return importlib.import_module(full)
  except ModuleNotFoundError as error:
    if error.name == PACKAGE:
      raise _errors.MissingSymbolError(
          "tensorflow.estimator: TensorFlow has had no estimators since 2.16; "
          f"{_INSTALL} installs the package that has them") from None
    raise


def private_name(module_, name):
  """What only a private name of tensorflow-estimator has.

  The package's version is fixed, so these names cannot change.
  """
  return getattr(module_, name)
