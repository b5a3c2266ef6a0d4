"""Parts of 1.15 that are in other packages now (`tf.keras`)."""

from tfcompat_rnn import _errors
from tfcompat_rnn._tf import real_module
from tfcompat_rnn._tf import tf2


def _installed(name):
  """The module `name`, or None if it is not installed."""
  try:
    return real_module(name)
  except ModuleNotFoundError as error:
    if error.name and name.startswith(error.name):
      return None
    raise


def keras():
  """1.15's `tf.keras`: the v1 API of tf_keras (Keras 2).

  It is never Keras 3, which cannot build in 1.x graphs.
  """
  if _installed("tf_keras") is None:
    raise _errors.MissingSymbolError(
        "tensorflow.keras was Keras 2 in TensorFlow 1.15; TensorFlow "
        f"{tf2.__version__} brings Keras 3, which cannot build in a 1.x "
        "graph; pip install tf_keras (the version of your TensorFlow), and "
        "tf.keras here is its v1 API")
  try:
    return real_module("tf_keras.api._v1.keras")
  except ImportError as error:
    raise _errors.MissingSymbolError(
        f"tensorflow.keras: the installed tf_keras does not load ({error}); "
        "install the tf_keras of the version of your TensorFlow") from error
