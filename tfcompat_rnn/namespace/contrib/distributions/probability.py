"""Distributions and bijectors that come from TensorFlow Probability.

Their draws are not those of TensorFlow 1.15: TensorFlow Probability draws
with stateless generators. What they compute of a given value is the same.
"""

import functools
import warnings

from tfcompat_rnn import _errors
from tfcompat_rnn import _tf
from tfcompat_rnn.namespace import suppliers
from tfcompat_rnn.namespace.releases import notice

INSTALL = suppliers.PROBABILITY


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


# 1.15's name -> where it is now.
_PLACES = {
    "auto_correlation": "stats.auto_correlation",
    "percentile": "stats.percentile",
    **{name: f"distributions.{name}" for name in (
        "Kumaraswamy", "MultivariateNormalDiagPlusLowRank",
        "PoissonLogNormalQuadratureCompound", "SinhArcsinh")},
    **{f"bijectors_{name}": f"bijectors.{name}" for name in (
        "AbsoluteValue", "CholeskyOuterProduct", "FillTriangular",
        "MatrixInverseTriL", "Reshape", "SinhArcsinh", "SoftmaxCentered",
        "Square", "TransformDiagonal")},
}


@functools.lru_cache(maxsize=None)
def warn_once():
  """Says that draws differ from 1.15's."""
  warnings.warn(
      "draws of TensorFlow Probability are not those of TensorFlow 1.15, even "
      "with a seed; what its distributions compute of a given value is",
      stacklevel=notice.callers_level())


def __getattr__(name):
  if name not in _PLACES:
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
  found = library()
  if not name.startswith("bijectors_"):
    warn_once()
  for part in _PLACES[name].split("."):
    found = getattr(found, part)
  return found
