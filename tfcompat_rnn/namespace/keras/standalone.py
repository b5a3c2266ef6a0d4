"""`import keras` in an old program: Keras 2, not the Keras 3 of today.

The package `keras` of 2017 to 2019 and TensorFlow 1.15's `tf.keras` were two
editions of one library. A program under the launcher that imports `keras`
gets the second, under all module names that the first had; libraries of today
get Keras 3. The stand-alone package numbered layers from 1 (`dense_1`), and so
do the programs that import it.
"""

import importlib.machinery

from tfcompat_rnn import _importers

NOTE = ("`import keras` gives this program Keras 2 (tf.keras of TensorFlow "
        "1.15, from tf_keras), as Keras 3 cannot build in its graphs")


class _State:
  """Whether the program imports `keras`, or has a package of that name."""
  in_use = False
  own = None


def in_use():
  """Whether the program has imported the stand-alone package."""
  return _State.in_use


def replaces():
  """Whether `import keras` of a program means our Keras 2.

  A program that brings its own package `keras` keeps that.
  """
  if _State.own is None:
    found = importlib.machinery.PathFinder.find_spec("keras")
    places = [] if found is None else [
        found.origin, *(found.submodule_search_locations or ())]
    _State.own = any(place and not _importers.is_installed(place)
                     for place in places)
  return not _State.own


def begin():
  """Notes that the program imports `keras`; True the first time."""
  first, _State.in_use = not _State.in_use, True
  return first
