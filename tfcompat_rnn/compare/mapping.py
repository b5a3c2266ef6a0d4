"""Which variable and feed of one program is which of the other.

  names = find(reference, ours)
  compare(reference, Renamed(ours, names))

Names that both have stand for the same. The others are matched by value, then
as slots of matched variables, then by shape and the order of their names.
"""

import dataclasses
import json
import os
import pathlib
import re

import numpy as np

from tfcompat_rnn import _writing
from tfcompat_rnn.compare import recorder

RecordingError = recorder.RecordingError
MOST_LINES = 20
_SLOT = "its variable"


@dataclasses.dataclass
class Names:
  """{name in the reference: our name, or None for none} where they differ.

  `how` says why a pair was made, by kind and the name in the reference.
  """
  variables: dict = dataclasses.field(default_factory=dict)
  feeds: dict = dataclasses.field(default_factory=dict)
  how: dict = dataclasses.field(default_factory=dict)

  def notes(self):
    """Lines for the report; slots of a variable go without saying."""
    found = []
    for kind, pairs in (("variable", self.variables), ("feed", self.feeds)):
      found += [f"our {kind} {new!r} is {old!r} in the reference (by "
                f"{self.how.get((kind, old), 'the map')})"
                for old, new in sorted(pairs.items()) if new is not None
                and self.how.get((kind, old)) != _SLOT]
    return found[:MOST_LINES] + (
        [f"{len(found) - MOST_LINES} more names differ; --variables FILE "
         "writes all of them"] if found[MOST_LINES:] else [])


def find(reference, ours, given=None):
  """The Names of two recordings; those of `given` stand.

  Raises:
    RecordingError: if `given` has a name that the recordings do not have, or
      gives two names of the reference the same one of ours.
  """
  given = given or Names()
  names = Names()
  for kind, theirs, mine in (
      ("variable", _variables(reference), _variables(ours)),
      ("feed", _feeds(reference), _feeds(ours))):
    fixed = given.variables if kind == "variable" else given.feeds
    _check(kind, fixed, theirs, mine)
    pairs, how = _match(theirs, mine, fixed, kind == "variable")
    (names.variables if kind == "variable" else names.feeds).update(pairs)
    names.how.update({(kind, old): text for old, text in how.items()})
  return names


def _check(kind, fixed, theirs, mine):
  for old, new in fixed.items():
    for name, known, side in ((old, theirs, "the reference"),
                              (new, mine, "our side")):
      if name is not None and name not in known:
        raise RecordingError(
            f"`--variables` must name {kind}s of both sides, got {name!r}, "
            f"which {side} does not have; correct the file")
  used = [new for new in fixed.values() if new is not None]
  twice = sorted({new for new in used if used.count(new) > 1})
  if twice:
    raise RecordingError(
        f"`--variables` must name each {kind} of our side once, got "
        f"{twice[0]!r} twice; correct the file")


def _variables(recording):
  """{name: the first Value} of the variables of a recording."""
  found = {}
  for (_, name, _), one in recording.initial.items():
    found.setdefault(name, one.value)
  for (_, name), one in recording.final.items():
    found.setdefault(name, one.value)
  return found


def _feeds(recording):
  found = {}
  for call in recording.calls():
    for item in call.fed:
      found.setdefault(item.name, item.value)
  return found


def natural(name):
  """A key that sorts cell_2 before cell_10."""
  return [(0, int(part), "") if part.isdigit() else (1, 0, part)
          for part in re.split(r"(\d+)", name)]


def _match(theirs, mine, fixed, with_values):
  """({name of theirs: name of mine}, {name of theirs: why})."""
  pairs, how = {}, {}
  for old, new in fixed.items():
    pairs[old] = new
  taken = set(pairs.values()) - {None}
  same = {name for name in theirs if name in mine and name not in fixed
          and name not in taken and _kind(theirs[name]) == _kind(mine[name])}
  olds = sorted((name for name in theirs if name not in same
                 and name not in fixed), key=natural)
  news = sorted((name for name in mine if name not in same
                 and name not in taken), key=natural)

  def add(old, new, text):
    pairs[old], how[old] = new, text
    olds.remove(old)
    news.remove(new)

  # A slot's name begins with that of its variable, which comes first.
  slots = {name for name in olds + news
           if any(name.startswith(other + "/") for other in (
               theirs if name in theirs else mine))}
  for part in (set(olds + news) - slots, slots):
    if part is slots:
      known = dict({name: name for name in same}, **pairs)
      for old in [name for name in olds if name in slots]:
        owner = max((name for name in known if old.startswith(name + "/")),
                    key=len, default=None)
        new = None if owner is None or known[owner] is None else (
            known[owner] + old[len(owner):])
        if new in news and _kind(theirs[old]) == _kind(mine[new]):
          add(old, new, _SLOT)
    if with_values:
      _by_value(theirs, mine, olds, news, part, add)
    for group in (lambda name, value: (_kind(value), name.rpartition("/")[2]),
                  lambda name, value: _kind(value)):
      _by_order(theirs, mine, olds, news, part, group, add)
  return pairs, how


def _kind(value):
  return value.dtype, value.shape


def _by_value(theirs, mine, olds, news, part, add):
  def bits(value):
    if value.is_text:
      return None
    array = np.asarray(value.array)
    if array.size < 2 or np.all(array == array.flat[0]):
      return None            # zeros and ones are alike everywhere
    return _kind(value), value.digest or array.tobytes()

  groups = {}
  for side, names, values in ((0, olds, theirs), (1, news, mine)):
    for name in names:
      key = bits(values[name]) if name in part else None
      if key is not None:
        groups.setdefault(key, ([], []))[side].append(name)
  for old, new in groups.values():
    if len(old) == len(new) == 1:
      add(old[0], new[0], "value")


def _by_order(theirs, mine, olds, news, part, group, add):
  groups = {}
  for side, names, values in ((0, olds, theirs), (1, news, mine)):
    for name in names:
      if name in part:
        groups.setdefault(group(name, values[name]), ([], []))[side].append(
            name)
  for old, new in groups.values():
    if len(old) == len(new):
      for one, other in zip(old, new):
        add(one, other, "shape" if len(old) == 1 else "shape and order")


class Renamed:
  """A Recording with the reference's names in place of its own."""

  def __init__(self, recording, names):
    self._recording = recording
    self._variables = _inverse(names.variables)
    self._feeds = _inverse(names.feeds)
    self.initial = {
        (key[0], self._variables.get(key[1], key[1]), key[2]): self._rename(one)
        for key, one in recording.initial.items()}
    self.looks = {
        (key[0], key[1], self._variables.get(key[2], key[2])): self._rename(one)
        for key, one in recording.looks.items()}
    self.final = {
        (key[0], self._variables.get(key[1], key[1])): self._rename(one)
        for key, one in recording.final.items()}

  def __getattr__(self, name):
    return getattr(self._recording, name)

  def _rename(self, one):
    return dataclasses.replace(one, name=self._variables.get(
        one.name, one.name))

  def calls(self, thread=0):
    """Yields the Calls of one thread, renamed."""
    def renamed(items, names):
      return tuple(dataclasses.replace(item, name=names.get(
          item.name, item.name)) for item in items)
    for call in self._recording.calls(thread):
      yield dataclasses.replace(
          call, fed=renamed(call.fed, self._feeds),
          gradients=renamed(call.gradients, self._variables))


def _inverse(pairs):
  """{our name: the reference's}."""
  found = {new: old for old, new in pairs.items() if new is not None}
  for old in pairs:
    # Ours of that name is something else.
    found.setdefault(old, f"{old} (ours)")
  return found


def read(path):
  """The Names in the file that `write` made, perhaps edited.

  Raises:
    RecordingError: if the file is not such a file.
  """
  try:
    if not os.path.isfile(path):
      raise OSError("it is no file")
    data = json.loads(pathlib.Path(path).read_text(encoding="utf-8"))
  except (OSError, ValueError, RecursionError) as error:
    raise RecordingError(
        f"`--variables` must be a JSON file, got {path} ({error}); name a new "
        "file to have one written") from error
  wanted = ("variables", "feeds")
  if not isinstance(data, dict) or set(data) - set(wanted) or not all(
      isinstance(part, dict) and all(
          isinstance(new, (str, type(None))) for new in part.values())
      for part in data.values()):
    raise RecordingError(
        "`--variables` must hold {\"variables\": {OLD: NEW}, \"feeds\": {OLD: "
        f"NEW}}}}, where NEW is a name or null, got something else in {path}; "
        "name a new file to have one written")
  return Names(*(data.get(part, {}) for part in wanted))


def write(path, names):
  """Writes the Names for editing, completely or not at all."""
  text = json.dumps({"variables": names.variables, "feeds": names.feeds},
                    indent=2, sort_keys=True)
  try:
    _writing.write_whole(path, (text + "\n").encode("utf-8"))
  except OSError as error:
    raise RecordingError(
        f"`--variables` must be a file that can be written, got {path} "
        f"({error.strerror}); name another") from error
