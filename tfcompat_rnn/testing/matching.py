"""Compares values of a rewrite with a recording; needs NumPy only."""

from __future__ import annotations

import collections.abc
import dataclasses
import typing

import numpy as np

from tfcompat_rnn import _errors
from tfcompat_rnn.compare import differences
from tfcompat_rnn.compare import recording as reading
from tfcompat_rnn.testing import causes
from tfcompat_rnn.testing import recordings

KINDS = ("fetches", "gradients", "variables", "final")


class RecordingDiffersError(_errors.TfcompatError, AssertionError):
  """Values are not those of a recording; the message is the report."""


@dataclasses.dataclass(frozen=True)
class Match:
  """One value and its recorded counterpart.

  `label` is the name that the rewrite gives it, if it is another. `problem`
  says why the two cannot be subtracted.
  """
  name: str
  label: str
  shape: tuple[int, ...]
  absolute: float
  relative: float
  passed: bool
  problem: str | None = None

  @property
  def title(self) -> str:
    return self.name if self.label == self.name else (
        f"{self.name} ({self.label})")


@dataclasses.dataclass(frozen=True)
class MatchReport:
  """What `assert_matches_recording` has found; `str` is the report.

  `causes` are texts on what may have gone wrong, the most likely first.
  """
  title: str
  rows: list[Match]
  causes: list[str]
  rtol: float
  atol: float

  @property
  def passed(self) -> bool:
    return all(row.passed for row in self.rows)

  def __str__(self) -> str:
    beyond = sum(not row.passed for row in self.rows)
    lines = [f"{self.title}: " + (
        f"{beyond} of {len(self.rows)} values differ" if beyond else
        f"all {len(self.rows)} values agree") + (
            f" (rtol {self.rtol:g}, atol {self.atol:g})")]
    table = [("", "name", "shape", "largest difference", "relative", "")]
    table += [("ok" if row.passed else "DIFF", row.title,
               "x".join(map(str, row.shape)) or "scalar",
               "-" if row.problem else f"{row.absolute:.3g}",
               "-" if row.problem else f"{row.relative:.2g}",
               row.problem or "")
              for row in sorted(self.rows, key=lambda row: row.passed)]
    widths = [max(len(row[at]) for row in table) for at in range(5)]
    lines += ["  ".join(cell.ljust(width) for cell, width in zip(
        row, widths + [0])).rstrip() for row in table]
    lines += [f"likely cause: {text}" for text in self.causes]
    return "\n".join(lines)


def assert_matches_recording(
    values: typing.Any, recording: recordings.Recording, *,
    call: int | None = None, kind: str = "fetches", step: int | None = None,
    names: typing.Any = None, rtol: float = 1e-5,
    atol: float = 1e-8) -> MatchReport:
  """Fails with a report unless values are those of a recording.

    recording = Recording("old.npz")
    assert_matches_recording({"loss": loss}, recording, call=3)
    assert_matches_recording([loss], recording, call=3, names=["Mean:0"])
    assert_matches_recording(gradients, recording, call=3, kind="gradients",
                             names={"lstm/kernel": "rnn/lstm_cell/kernel"})
    assert_matches_recording(weights, recording, kind="variables", step=10)

  Args:
    values: a dict of arrays by name; a list of arrays, or one array, with
      `names`. Arrays and tensors of any library will do; floats and integers
      may have another width than the recorded ones.
    recording: a `Recording`.
    call: the number of the call of `Session.run`, for fetches and gradients.
    kind: what is compared: "fetches"; "gradients" (needs a recording made
      with `--gradients`); "variables" as they were when training began, or
      after `step` training steps (needs `--variables-at`); or "final", the
      variables at the end.
    step: see `kind`.
    names: the recorded name of each value: a dict from the names in `values`,
      or a list (or one name). Fetches also have the name of their place in the
      program's own dict.
    rtol, atol: the largest difference in a value may be `atol` + `rtol` times
      the largest recorded magnitude in it, as in `tfcompat-rnn compare`.
      Integers must be equal.

  Returns the `MatchReport`. Raises `RecordingDiffersError` (an AssertionError)
  if a value differs, `UnknownNameError` for a name that was not recorded, and
  `ArgumentError` if the recording does not have what is asked for.
  """
  __tracebackhide__ = True
  report = match(values, recording, call, kind, step, names, rtol, atol)
  if not report.passed:
    raise RecordingDiffersError(str(report))
  return report


def match(values, recording, call=None, kind="fetches", step=None, names=None,
          rtol=1e-5, atol=1e-8):
  """The MatchReport; arguments as for `assert_matches_recording`."""
  recorded = _recorded(recording, call, kind, step)
  rows, different = [], []
  for label, name, value in _named(values, names):
    full = recorded.full_name(name)
    array = recordings.array_of(value)
    wanted = recorded.value(full)
    gap = measure(wanted, array, rtol, atol)
    rows.append(Match(full, label, tuple(array.shape), gap.absolute,
                      gap.relative, not gap.beyond, gap.problem))
    if gap.beyond:
      different.append(causes.Difference(full, wanted, array, gap))
  found = causes.explain(different, causes.Context(
      recording, kind, call, step, rtol, atol))
  return MatchReport(f"{recorded.where}", rows, found, rtol, atol)


def measure(wanted: reading.Value, array: np.ndarray, rtol: float,
            atol: float) -> differences.Gap:
  """The gap between a recorded Value and an array."""
  return differences.measure(
      wanted, recordings.as_recorded(array, wanted), rtol, atol)


def _recorded(recording, call, kind, step):
  """The Values that are asked for."""
  _errors.require(kind in KINDS, "kind", f"be one of {', '.join(KINDS)}",
                  repr(kind), "choose one of them")
  by_call = kind in ("fetches", "gradients")
  _errors.require(
      (call is not None) == by_call, "call",
      f"be {'the number of a call' if by_call else 'left out'} for {kind}",
      call, f"the recording has {len(recording.calls)} calls" if by_call
      else "use `step` for variables after training steps")
  _errors.require(
      step is None or kind == "variables", "step",
      f"be left out for {kind}", step, "use it with kind=\"variables\"")
  if by_call:
    _errors.require(
        0 <= call < len(recording.calls), "call",
        f"be below {len(recording.calls)}, the number of calls in "
        f"{recording.path}", call, "number them from 0, with the "
        "initialization")
    one = recording.calls[call]
    _errors.require(
        one.raised is None, "call", "have returned", f"{call}, which raised "
        f"{one.raised}", "compare another call")
    if kind == "fetches":
      return one.fetches
    _errors.require(
        bool(one.gradients), "call", "have recorded gradients", call,
        "record with --gradients" if not recording.gradients else
        f"calls that have: {_some(recording.gradients)}")
    return one.gradients
  if kind == "final":
    return recording.final
  if not step:
    return recording.variables
  _errors.require(
      step in recording.variables_after, "step",
      "be one that was recorded", step, f"record with --variables-at {step}"
      + (f", or use {_some(recording.variables_after)}"
         if recording.variables_after else ""))
  return recording.variables_after[step]


def _some(numbers):
  numbers = sorted(numbers)
  return ", ".join(map(str, numbers[:5])) + (", ..." if numbers[5:] else "")


def _named(values, names):
  """[(name in the rewrite, recorded name, value)]."""
  if isinstance(values, collections.abc.Mapping):
    _errors.require(
        names is None or isinstance(names, collections.abc.Mapping), "names",
        "be a dict if `values` is one", type(names).__name__,
        "map the names in `values` to recorded ones")
    unknown = [name for name in names or {} if name not in values]
    _errors.require(
        not unknown, "names", "have keys of `values`", unknown,
        f"`values` has {list(values)[:10]}")
    found = [(str(name), (names or {}).get(name, name), value)
             for name, value in values.items()]
  else:
    if isinstance(names, str):
      values, names = [values], [names]
    _errors.require(
        isinstance(names, (list, tuple)) and isinstance(values, (list, tuple))
        and len(names) == len(values), "names",
        "name each of `values`", repr(names),
        "pass a dict of values by recorded name, or as many names as values")
    found = [(name, name, value) for name, value in zip(names, values)]
  _errors.require(bool(found), "values", "hold at least one value", "none",
                  "pass what the rewrite has computed")
  return found
