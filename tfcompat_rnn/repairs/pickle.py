"""Pickles that Python 2 wrote."""

import io

from tfcompat_rnn import _errors
from tfcompat_rnn.repairs import _kinds

_SAID = ("{} was pickled by Python 2: its byte strings are decoded as latin1 "
         "(pass encoding= to choose; "
         + _errors.option("--no-repair pickle", "no_repair='pickle'")
         + " turns this off)")


def _is_python2(error, kwargs):
  return "encoding" not in kwargs and error.encoding == "ascii"


def _make_load(original, notify):
  notify = _kinds.once(notify)

  def load(file, **kwargs):
    start = file.tell() if _can_go_back(file) else None
    try:
      return original(file, **kwargs)
    except UnicodeDecodeError as error:
      if start is None or not _is_python2(error, kwargs):
        raise
    file.seek(start)
    found = original(file, encoding="latin1", **kwargs)
    notify(_SAID.format(getattr(file, "name", "the file")))
    return found
  return load


def _can_go_back(file):
  try:
    return file.seekable()
  except AttributeError:
    return hasattr(file, "seek") and hasattr(file, "tell")


def _make_loads(original, notify):
  notify = _kinds.once(notify)

  def loads(data, /, **kwargs):
    try:
      return original(data, **kwargs)
    except UnicodeDecodeError as error:
      if not _is_python2(error, kwargs) or isinstance(data, io.IOBase):
        raise
    found = original(data, encoding="latin1", **kwargs)
    notify(_SAID.format("the string"))
    return found
  return loads


_WHY = "Python 3 decodes Python 2's byte strings as ASCII"

ROWS = (
    _kinds.wrap("pickle.load", "pickle", "load", _make_load,
                "files written by Python 2 are read", _WHY),
    _kinds.wrap("pickle.loads", "pickle", "loads", _make_loads,
                "strings written by Python 2 are read", _WHY),
)
