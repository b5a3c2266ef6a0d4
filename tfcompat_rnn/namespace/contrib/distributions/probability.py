"""Distributions and bijectors that come from TensorFlow Probability.

Their draws are not those of TensorFlow 1.15: TensorFlow Probability draws
with stateless generators. What they compute of a given value is the same.
"""

import functools
import warnings

from tfcompat_rnn import _errors
from tfcompat_rnn import _tf

INSTALL = "pip install 'tfcompat_rnn[probability]'"


def library():
  """TensorFlow Probability, loaded on first use.

  Raises MissingSymbolError with the pip command if it is not installed or
  does not fit the installed TensorFlow.
  """
  try:
    return _tf.real_module("tensorflow_probability")
  except ModuleNotFoundError as error:
    raise _errors.MissingSymbolError(
        "this name of tf.contrib.distributions needs TensorFlow Probability; "
        f"{INSTALL}") from error
  except ImportError as error:
    raise _errors.MissingSymbolError(
        "this name of tf.contrib.distributions needs a TensorFlow "
        f"Probability for TensorFlow {_tf.tf2.__version__}, and the installed "
        f"one does not load ({error}); {INSTALL}") from error


# 1.15's name -> the present one, where they differ.
_RENAMED = {
    "auto_correlation": "stats.auto_correlation",
    "percentile": "stats.percentile",
}


@functools.lru_cache(maxsize=None)
def warn_once():
  """Says that draws differ from 1.15's."""
  warnings.warn(
      "draws of TensorFlow Probability are not those of TensorFlow 1.15, even "
      "with a seed; what its distributions compute of a given value is",
      stacklevel=3)


def __getattr__(name):
  if name.startswith("__"):
    raise AttributeError(name)
  found = library()
  if name.startswith("bijectors_"):
    path = "bijectors." + name[len("bijectors_"):]
  else:
    warn_once()
    path = _RENAMED.get(name, f"distributions.{name}")
  for part in path.split("."):
    found = getattr(found, part)
  return found
