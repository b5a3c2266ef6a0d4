"""Another computation in place of a layer's `call`.

A faster execution of a loop finds the layers that it knows in this way,
wherever they are in a cell or in a model.
"""

import contextlib
import threading

from tfcompat_rnn.cells import conversion

_thread = threading.local()


@contextlib.contextmanager
def substituted(find):
  """In this context, layers are computed by `find(layer)`.

  `find` gives a function with the arguments and results of the layer's `call`,
  or None for the layer's own.
  """
  before = getattr(_thread, "find", None)
  _thread.find = find
  try:
    yield
  finally:
    _thread.find = before


def call_of(layer):
  """What computes `layer` in this context."""
  find = getattr(_thread, "find", None)
  other = None if find is None else find(layer)
  return conversion.convert_call(layer.call) if other is None else other
