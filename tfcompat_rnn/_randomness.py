"""Keeps the program's random generators as they are while we import.

TensorFlow 1.15 drew nothing from Python's `random` or from `numpy.random` while
it was imported. What its successors import does: rich, which Keras 3 imports,
draws from `random`.
"""

import contextlib
import random
import sys

from tfcompat_rnn import _importers
from tfcompat_rnn import _patching


@contextlib.contextmanager
def kept():
  """Afterwards, the global generators of Python and NumPy are as before."""
  state = random.getstate()
  # A generator that nobody has imported yet has no seed to keep.
  numpy_random = sys.modules.get("numpy.random")
  numpy_state = (numpy_random.get_state()
                 if hasattr(numpy_random, "set_state") else None)
  try:
    yield
  finally:
    random.setstate(state)
    if numpy_state is not None:
      numpy_random.set_state(numpy_state)


def keep_during(name):
  """Keeps the generators while `name` is imported, whoever imports it."""
  if name not in sys.modules:
    patches = _patching.Stack()
    patches.insert(sys.meta_path, 0, _Keeper(name, patches))


class _Keeper:
  """Finds one module as the other finders do, until it has been imported."""

  def __init__(self, name, patches):
    self._name = name
    self._patches = patches

  def find_spec(self, name, path=None, target=None):
    if name != self._name:
      return None
    others = (finder for finder in sys.meta_path if finder is not self)
    spec = next(filter(None, (
        finder.find_spec(name, path, target) for finder in others)), None)
    if spec is not None and spec.loader is not None:
      spec.loader = _importers.Loader(spec.loader, self._load)
    return spec

  def _load(self, module, loader):
    self._patches.close()
    with kept():
      loader.exec_module(module)
