"""1.15's private modules `tensorflow.python.estimator.*`.

They were those of tensorflow-estimator under another name.
"""

from tfcompat_rnn.namespace.estimator import loading

# Modules that the package has renamed since.
_RENAMED = {"keras": "keras_lib"}


def __getattr__(name):
  """The module `name` of `tensorflow_estimator.python.estimator`."""
  if name.startswith("__"):
    raise AttributeError(name)
  try:
    return loading.module("python.estimator." + _RENAMED.get(name, name))
  except ModuleNotFoundError:
    raise AttributeError(name) from None
