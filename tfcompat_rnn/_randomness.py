"""Keeps the program's random generators as they are while we import.

TensorFlow 1.15 drew nothing from Python's `random` or from `numpy.random` while
it was imported. What its successors import does: rich, which Keras 3 imports,
draws from `random`.
"""

import contextlib
import random
import sys


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
