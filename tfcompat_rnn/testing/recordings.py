"""A recording as the oracle of a rewrite; needs NumPy only."""

from __future__ import annotations

import collections.abc
import dataclasses
import difflib
import functools
import os
import typing

import numpy as np

from tfcompat_rnn import _errors
from tfcompat_rnn import _typing as types
from tfcompat_rnn.compare import recording as reading

RecordingError = reading.RecordingError


class Values(collections.abc.Mapping):
  """Recorded arrays by name: of variables, feeds, fetches or gradients.

      call.fetches["Mean:0"]          # the array
      call.fetches["loss"]            # its place in the program's own dict
      call.feeds["inputs"]            # without ":0"

  Iterating yields the full names. Reading raises `UnknownNameError` (a
  KeyError) for any other name, and `ArgumentError` for an array of which the
  recording holds only a sample.
  """

  def __init__(self, items: typing.Iterable[tuple[str, str, typing.Any]],
               where: str) -> None:
    """`items` are (name, path, value) as a recording holds them."""
    self.where = where
    items = list(items)
    names = [name for name, _, _ in items]
    self._values: dict[str, typing.Any] = {}
    self._aliases: dict[str, str] = {}
    for name, path, value in items:
      full = f"{name} [{path}]" if names.count(name) > 1 and path else name
      if full in self._values:
        continue           # fetched twice in one place
      self._values[full] = value
      for alias in (path, name, name.removesuffix(":0")):
        if alias:
          self._aliases.setdefault(alias, full)

  def __getitem__(self, name: str) -> np.ndarray:
    value = self.value(name)
    _errors.require(
        value.is_whole, name,
        f"be recorded in full in {self.where}",
        f"a sample of {list(value.shape)}",
        "record again with --whole "
        f"{int(np.prod(value.shape, dtype=np.int64))}; "
        "assert_matches_recording compares samples too")
    return np.array(value.array)

  def __iter__(self) -> typing.Iterator[str]:
    return iter(self._values)

  def __len__(self) -> int:
    return len(self._values)

  def __contains__(self, name: object) -> bool:
    return name in self._values or name in self._aliases

  def __repr__(self) -> str:
    shapes = ", ".join(f"{name} {list(value.shape)}"
                       for name, value in self._values.items())
    return f"<{self.where}: {shapes}>"

  def full_name(self, name: str) -> str:
    """The name under which iterating yields what `name` means.

    Raises `UnknownNameError` if nothing has that name; says which are close.
    """
    if name in self._values:
      return name
    if name in self._aliases:
      return self._aliases[name]
    known = list(self._values)
    close = difflib.get_close_matches(
        str(name), known + list(self._aliases), 3, .4) or known[:5]
    raise _errors.UnknownNameError(_errors.problem(
        "name", f"be one of {self.where}", repr(name),
        "there is " + (", ".join(close) or "nothing")))

  def value(self, name: str) -> reading.Value:
    """The value as it is stored: an array in full, or a digest and a sample."""
    return self._values[self.full_name(name)]


@dataclasses.dataclass(frozen=True)
class Call:
  """One `Session.run` of the program's main thread.

  `gradients` has what it applied to each variable, if the program was recorded
  with `--gradients`; `raised` is the name of its exception, or None.
  """
  number: int
  session: int
  feeds: Values
  fetches: Values
  gradients: Values
  trains: bool
  raised: str | None


class Recording:
  """What `tfcompat-rnn record` has recorded, as arrays; loads no TensorFlow.

      recording = Recording("old.npz")
      recording.variables["rnn/lstm_cell/kernel"]    # [depth + units, 4 units]
      recording.calls[3].feeds["inputs:0"]
      recording.calls[3].fetches["loss"]
      recording.gradients[3]["rnn/lstm_cell/kernel"]
      recording.variables_after[10]["rnn/lstm_cell/kernel"]

  `file` is the path of a recording, which is checked as a whole when it is
  opened. `session` is the number of the session whose variables are meant, by
  default the one that trains first, or else the first that has variables.
  `max_size` is the most bytes that it may unpack to (2 GiB by default).

  Raises:
    RecordingError: if the file is no recording, is damaged or unfinished,
      comes from a newer version, or is larger than `max_size`.
    ArgumentError: if there is no such session.
  """

  def __init__(self, file: types.Path, session: int | None = None,
               max_size: int | None = None) -> None:
    self.path = os.fspath(file)
    self._read = reading.Recording(self.path, max_size)
    self.versions: str = self._read.versions
    self.sessions = sorted(
        {key[0] for key in self._read.initial}
        | {call.session for call in self.calls})
    trains = [call for call in self.calls if call.trains]
    with_variables = sorted(key[0] for key in self._read.initial)
    if session is None:
      session = next((call.session for call in trains), None)
    if session is None:
      session = (with_variables or [0])[0]
    _errors.require(
        session in self.sessions or not self.sessions, "session",
        f"be one of {self.sessions}", session,
        "leave it out for the session that trains first")
    self.session = session

  def __repr__(self) -> str:
    return (f"<Recording {self.path}: {self.versions}; {len(self.calls)} "
            f"calls, {len(self.variables)} variables>")

  @functools.cached_property
  def calls(self) -> list[Call]:
    """The calls of `Session.run`, in order; `calls[i].number` is i."""
    name = os.path.basename(self.path)
    return [Call(
        one.number, one.session,
        _values(one.fed, f"the feeds of call {one.number} in {name}"),
        _values(one.fetched, f"the fetches of call {one.number} in {name}"),
        _values(one.gradients, f"the gradients of call {one.number} in {name}"),
        one.trains, one.raised) for one in self._read.calls()]

  @property
  def steps(self) -> list[Call]:
    """The calls that train, in order: step n is `steps[n - 1]`."""
    return [call for call in self.calls if call.trains]

  @property
  def gradients(self) -> dict[int, Values]:
    """The gradients that each call applied, by the number of the call."""
    return {call.number: call.gradients for call in self.calls
            if call.gradients}

  @functools.cached_property
  def variables(self) -> Values:
    """The variables as they were when training began."""
    first = next((call.number for call in self.steps
                  if call.session == self.session), None)
    found: dict[str, typing.Any] = {}
    # In the order in which they got their values, so the last one stays.
    for (session, name, _), one in self._read.initial.items():
      early = first is None or one.call is None or one.call <= first
      if session == self.session and (early or name not in found):
        found[name] = one.value
    return _named(found, "the variables after initialization in "
                  + os.path.basename(self.path))

  @functools.cached_property
  def trainable(self) -> list[str]:
    """The names of the variables that the program's optimizers train."""
    return sorted({one.name for one in self._read.initial.values()
                   if one.trainable and one.session == self.session})

  @functools.cached_property
  def variables_after(self) -> dict[int, Values]:
    """The trainable variables after the training steps of `--variables-at`."""
    found: dict[int, dict[str, typing.Any]] = {}
    for (session, step, name), one in self._read.looks.items():
      if session == self.session:
        found.setdefault(step, {})[name] = one.value
    return {step: _named(values, f"the variables after step {step} in "
                         + os.path.basename(self.path))
            for step, values in found.items()}

  @functools.cached_property
  def final(self) -> Values:
    """The variables when the session was closed or the program ended."""
    return _named({name: one.value for (session, name), one
                   in self._read.final.items() if session == self.session},
                  f"the variables at the end in {os.path.basename(self.path)}")


def _values(items, where):
  return Values([(item.name, item.path, item.value) for item in items], where)


def _named(values, where):
  return Values([(name, "", value) for name, value in values.items()], where)


def array_of(value: typing.Any) -> np.ndarray:
  """A NumPy array of an array, number or tensor of any library.

  Raises `ArgumentTypeError` for a tensor of a graph, which has no value.
  """
  if hasattr(value, "detach"):          # PyTorch
    value = value.detach().cpu()
  if hasattr(value, "graph") and not hasattr(value, "numpy"):
    raise _errors.ArgumentTypeError(_errors.problem(
        "values", "be arrays", repr(value),
        "evaluate it first: session.run(tensor)"))
  try:
    return np.asarray(value)
  except (NotImplementedError, TypeError, ValueError) as error:
    raise _errors.ArgumentTypeError(_errors.problem(
        "values", "be arrays", repr(value)[:80],
        f"convert it first ({error})")) from error


def as_recorded(array: np.ndarray, like: reading.Value) -> reading.Value:
  """`array` as a recording would hold it that holds `like`: whole or sampled.

  Floats and integers get the dtype of `like`, which a rewrite may not share.
  """
  wanted = np.dtype(object if like.is_text else like.dtype)
  if array.dtype != wanted and {array.dtype.kind, wanted.kind} in (
      {"f"}, {"i"}, {"u"}, {"i", "u"}):
    array = array.astype(wanted)
  return reading.value_for(array, like.is_whole or not array.size)
