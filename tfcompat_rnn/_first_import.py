"""Imports TensorFlow without what a program of 1.x does not use.

As its last step `import tensorflow` imports all of Keras 3, which in turn
imports scikit-learn, matplotlib and pandas wherever they are installed: half of
the time. TensorFlow finds Keras by itself when somebody asks for
`tensorflow.keras`, so it can as well be imported then.

And the garbage collector looks through a million objects several times, none
of which it can free.
"""

import contextlib
import gc
import sys

# What `tensorflow/__init__.py` imports. It goes on without.
_LAST_STEP = "keras.src.optimizers"


@contextlib.contextmanager
def lean():
  """For the block that imports TensorFlow first; else it does nothing."""
  if "tensorflow" in sys.modules:
    yield
    return
  with _without_keras(), _without_collection():
    yield


@contextlib.contextmanager
def _without_keras():
  if "keras" in sys.modules:
    yield
    return
  # That is how the import system notes that a module must not be imported.
  sys.modules[_LAST_STEP] = None
  try:
    yield
  finally:
    del sys.modules[_LAST_STEP]


@contextlib.contextmanager
def _without_collection():
  if not gc.isenabled():
    yield
    return
  gc.disable()
  try:
    yield
  finally:
    # To the oldest generation, unseen. Not if the program has frozen objects:
    # they would be released with the rest.
    if not gc.get_freeze_count():
      gc.freeze()
      gc.unfreeze()
    gc.enable()
