"""The only module that imports TensorFlow.

Every other module uses `from tfcompat_rnn._tf import tf`. Private names of
TensorFlow are listed in `_private`, each with its reason, and looked up only
here. If the installed TensorFlow no longer has one and there is no fallback,
a `PrivateSymbolError` says what is missing and what needs it.
"""

import contextlib
import importlib
import logging
import re
import warnings

from tfcompat_rnn import _errors
from tfcompat_rnn import _first_import
from tfcompat_rnn import _private
from tfcompat_rnn import _randomness

with _randomness.kept(), _first_import.lean():
  import tensorflow as tf2
  import tensorflow.compat.v1 as tf  # noqa: F401  imported from here
_randomness.keep_during("keras")

# The oldest and the newest TensorFlow that the tests run with.
MINIMUM = (2, 16)
MAXIMUM = (2, 21)
_TESTED = "{}.{} to {}.{}".format(*MINIMUM, *MAXIMUM)
_INSTALL = "pip install 'tensorflow>={}.{},<{}.{}'".format(
    *MINIMUM, MAXIMUM[0], MAXIMUM[1] + 1)


def version_tuple(version):
  """`"2.21.0-rc1"` -> `(2, 21)`."""
  found = re.match(r"(\d+)\.(\d+)", version)
  return (int(found.group(1)), int(found.group(2))) if found else (0, 0)


def check_version(version=None):
  """Refuses a TensorFlow that is too old, and warns about one too new.

  A newer TensorFlow may well work, and anything that it lacks raises an error
  that names it. But only the tested versions were compared with TensorFlow
  1.15, so an `UntestedTensorFlowWarning` (a UserWarning) names these. It is
  issued once, when this module is imported.

  Raises `UnsupportedTensorFlowError` below 2.16.
  """
  version = version or tf2.__version__
  if version_tuple(version) < MINIMUM:
    raise _errors.UnsupportedTensorFlowError(_errors.problem(
        "tensorflow", f"be {_TESTED}", version, _INSTALL))
  if version_tuple(version) > MAXIMUM:
    warnings.warn(
        f"tfcompat_rnn is tested with TensorFlow {_TESTED} and goes on with "
        f"{version}; private parts of TensorFlow that it needs may be "
        "missing, and seeded numbers may differ from TensorFlow 1.15's; "
        f"for a tested version: {_INSTALL}",
        _errors.UntestedTensorFlowWarning, stacklevel=2)
  return version


check_version()

_PREFIX = "private."
_cache = {}


def _missing(name, reason):
  return _errors.PrivateSymbolError(
      f"TensorFlow {tf2.__version__} has no {name} ({reason}); use a "
      f"TensorFlow from {_TESTED}")


def _import(module):
  with _randomness.kept():
    return importlib.import_module(module)


@contextlib.contextmanager
def quiet_logger():
  """Suppresses warnings of TensorFlow's Python logger.

  Its level is restored as it was set, not as it was in effect: one that was
  never set follows the root logger's, which `tf.app.run` raises to INFO.
  """
  logger = logging.getLogger("tensorflow")
  level = logger.level
  logger.setLevel(logging.ERROR)
  try:
    yield
  finally:
    logger.setLevel(level)


def _follow(value, path):
  for part in path.split("."):
    value = getattr(value, part)
  return value


def private(name):
  """The private symbol (or module) of the row `name` in `_private.PRIVATE`.

  Raises `PrivateSymbolError` if this TensorFlow does not have it and the row
  has no fallback.
  """
  if name not in _cache:
    row = _private.PRIVATE[name]
    try:
      value = _import(row.module)
      if row.attribute:
        value = _follow(value, row.attribute)
    except (ImportError, AttributeError) as error:
      if row.fallback is _private.NO_FALLBACK:
        where = row.module + (f".{row.attribute}" if row.attribute else "")
        raise _missing(where, row.reason) from error
      value = row.fallback
      if isinstance(value, str):
        module, _, path = value.partition(":")
        value = _follow(_import(module), path)
    _cache[name] = value
  return _cache[name]


def module_name(name):
  """The real name of the module of the row `name`; imports nothing."""
  return _private.PRIVATE[name].module


def _key(name):
  if name not in _private.ATTRIBUTES:
    raise KeyError(f"{name} is no row of _private.ATTRIBUTES")
  return name.partition(".")[2]


def attribute(thing, name):
  """A private attribute of one of TensorFlow's objects.

  `name` is a row of `_private.ATTRIBUTES`, "class.attribute". Raises
  `PrivateSymbolError` if `thing` does not have it and the row has no
  fallback.

  >>> context = _tf.attribute(graph, "Graph._get_control_flow_context")()
  """
  try:
    return getattr(thing, _key(name))
  except AttributeError as error:
    row = _private.ATTRIBUTES[name]
    if row.fallback is _private.NO_FALLBACK:
      raise _missing(name, row.reason) from error
    return row.fallback


def has_attribute(thing, name):
  """Whether `thing` has the attribute of the row `name`."""
  return hasattr(thing, _key(name))


def set_attribute(thing, name, value):
  """Sets the attribute of the row `name`."""
  setattr(thing, _key(name), value)


def real_module(name):
  """Imports the module `name`; "private.NAME" stands for the row NAME.

  For the namespace, which maps old names to what is left of them, and looks
  for further modules inside the packages that it finds so. Raises ImportError
  as `import` does.
  """
  if name.startswith(_PREFIX):
    return private(name[len(_PREFIX):])
  return _import(name)


def find(where):
  """What "module:attribute" (or "module") names; `real_module` explains it.

  Raises `PrivateSymbolError` if it is private and missing.
  """
  module, _, path = where.partition(":")
  value = real_module(module)
  if not path:
    return value
  try:
    return _follow(value, path)
  except AttributeError as error:
    if not module.startswith(_PREFIX):
      raise
    row = _private.PRIVATE[module[len(_PREFIX):]]
    raise _missing(f"{row.module}.{path}", row.reason) from error
