"""The release that the user names: `--api`, `TFCOMPAT_API`, `set_api`."""

import os
import re

from tfcompat_rnn import _errors

VARIABLE = "TFCOMPAT_API"
LAST = (1, 15)
_state = {"forced": None}


def parse(text):
  """`"0.8"` or `"0.8.0"` -> `(0, 8)`.

  Raises `ArgumentError` if it is not a release from 0.5 to 1.15.
  """
  found = re.fullmatch(r"v?(\d+)\.(\d+)(\.\d+)?", str(text).strip())
  release = (int(found.group(1)), int(found.group(2))) if found else None
  if release is None or not (
      (0, 5) <= release <= (0, 12) or (1, 0) <= release <= LAST):
    raise _errors.ArgumentError(_errors.problem(
        "api", "be a release of TensorFlow from 0.5 to 0.12 or from 1.0 to "
        "1.15", repr(text), 'name the release that the program was written '
        'for, such as "0.8"'))
  return release


def set_api(release):
  """Says for which release of TensorFlow the program was written.

    set_api("0.8")     # None: found out from what the program uses

  Returns the release that was set before, as text, or None. Call it before
  the graph is built.

  Raises `ArgumentError` (a ValueError) if there was no such release.
  """
  before = _state["forced"]
  _state["forced"] = None if release is None else parse(release)
  return None if before is None else "{}.{}".format(*before)


def api():
  """The release that is set, as `(major, minor)`, or None.

  `set_api` and `--api` come before the environment variable `TFCOMPAT_API`.
  """
  if _state["forced"] is None and os.environ.get(VARIABLE):
    return parse(os.environ[VARIABLE])
  return _state["forced"]


def is_before(release):
  """Whether the set release is older than `release`; None if none is set.

  >>> set_api("0.8")
  >>> is_before("1.0")
  True
  """
  forced = api()
  return None if forced is None else forced < parse(release)
