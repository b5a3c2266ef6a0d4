"""What a program uses of an older release, and the one notice about it."""

import sys
import warnings

from tfcompat_rnn import _errors
from tfcompat_rnn.namespace.releases import probes
from tfcompat_rnn.namespace.releases import sources
from tfcompat_rnn.namespace.releases import version

_used = {}
_state = {"told": False, "tell": None, "quiet": 0}
_SHOWN = 4


class OldReleaseWarning(UserWarning):
  """The program uses names or arguments of a release before 1.15."""


def set_output(tell):
  """Has the notice passed to `tell`; returns what received it before.

  None: an `OldReleaseWarning`. The notice can be given once more.
  """
  before, _state["tell"] = _state["tell"], tell
  _state["told"] = False
  return before


def used(name, last):
  """Notes that the program uses `name` as up to the release `last`.

    used("tf.pack", "0.12")

  The first call of a run gives the notice.
  """
  if _state["quiet"]:
    return
  _used.setdefault(name, last)
  if not _state["told"]:
    _state["told"] = True
    text = message()
    if _state["tell"] is not None:
      _state["tell"](text)
    else:
      warnings.warn(text, OldReleaseWarning, stacklevel=callers_level())


def callers_level():
  """The `stacklevel` at which a warning names the user's line, not ours."""
  frame, level = sys._getframe(2), 2
  while frame and frame.f_globals.get("__name__", "").startswith(
      "tfcompat_rnn."):
    frame, level = frame.f_back, level + 1
  return level


def names():
  """{name: last release} of what the program has used so far."""
  return dict(_used)


def forget():
  """Forgets what was used, so that the next use gives the notice again."""
  _used.clear()
  _state["told"] = False


def is_old(release):
  """Whether there is evidence that the program is older than `release`.

  The set release decides. Otherwise the names and forms that were used, and
  the names in the text of the program, tell.
  """
  decided = version.is_before(release)
  if decided is not None:
    return decided
  limit = version.parse(release)
  return any(version.parse(last) < limit for last in _used.values()) or (
      any(version.parse(last) < limit
          for last in sources.old_names().values()))


def only_asks(name):
  """Whether the program does not use `name`, but asks whether it is there.

  Tools that look up names (`Silence`) do not.
  """
  return not _state["quiet"] and probes.asks(name)


class Silence:
  """A context in which looking up names does not count as using them."""

  def __enter__(self):
    _state["quiet"] += 1

  def __exit__(self, *exception):
    _state["quiet"] -= 1


def _likely(found):
  """The last release that had all names in `found`, and the program's states.
  """
  last = min(found.values(), key=version.parse)
  one, tuples = sources.states()
  if one and not tuples and (0, 10) < version.parse(last) < (1, 0):
    return "0.10"  # the last one in which a state was one tensor
  return last


def message():
  """The text of the notice."""
  found = dict(_used)
  for name, last in sources.old_names().items():
    found.setdefault(name, last)
  shown = list(found)[:_SHOWN]
  more = ", ..." if len(found) > _SHOWN else ""
  before_1_0 = any(version.parse(last) < (1, 0) for last in found.values())
  which = "TensorFlow 0.x" if before_1_0 else "TensorFlow before 1.15"
  forced = version.api()
  if forced:
    step = "they work as in TensorFlow {}.{}, as was asked for".format(*forced)
  else:
    likely = _likely(found)
    step = ("they work as in their release; where releases differ, name the "
            "one that the program was written for, such as "
            + _errors.option(f"--api {likely}", f"api='{likely}'"))
  return f"this program uses names of {which} ({', '.join(shown)}{more}); " + (
      step)
