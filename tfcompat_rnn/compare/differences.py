"""Compares two recordings, call by call.

  report = compare(Recording("old.npz"), Recording("new.npz"), Tolerance())
  report.equal, report.first
"""

import dataclasses
import itertools
import math

import numpy as np

from tfcompat_rnn.compare import recording

MOST_ROWS = 500          # fetches with a row of their own
MOST_POINTS = 2000       # of a curve
MOST_FINDINGS = 200


@dataclasses.dataclass(frozen=True)
class Tolerance:
  """How far apart two values may be.

  The largest |ours - reference| in a tensor may be at most `atol` + `rtol`
  times the largest |reference| in it. Integers, booleans and strings must be
  equal. `weights` replaces `rtol` for variables after training, also where
  the program fetches them itself.
  """
  rtol: float = 1e-5
  atol: float = 1e-8
  weights: float = 1e-2


@dataclasses.dataclass(frozen=True)
class Gap:
  """The distance between two values."""
  absolute: float = 0.
  relative: float = 0.
  identical: bool = True
  beyond: bool = False
  problem: str = None      # why they cannot be subtracted


def _bits(value):
  return (value.digest, value.array if value.is_text
          else value.array.tobytes())


def measure(wanted, got, rtol, atol):
  """The Gap of two Values."""
  for what in ("dtype", "shape"):
    one, other = getattr(wanted, what), getattr(got, what)
    if one != other:
      shown = [list(x) if what == "shape" else x for x in (other, one)]
      return Gap(math.inf, math.inf, False, True,
                 f"{what} {shown[0]} here, {shown[1]} in the reference")
  if not wanted.is_text and wanted.is_whole != got.is_whole:
    # --whole was another; an array has one size, so it has a sample, too.
    wanted, got = (recording.value_for(one.array, False) if one.is_whole
                   else one for one in (wanted, got))
  same = (wanted.digest == got.digest if wanted.digest and got.digest
          else _bits(wanted) == _bits(got))
  if same:
    return Gap()
  if wanted.is_text:
    pair = next(((a, b) for a, b in zip(wanted.array, got.array) if a != b),
                (None, None))
    return Gap(math.inf, math.inf, False, True, "text differs" + (
        "" if pair == (None, None) else
        f": {pair[1]!r} here, {pair[0]!r} in the reference"))
  return _subtract(wanted, got, rtol, atol)


def _subtract(wanted, got, rtol, atol):
  one, other = (np.asarray(value.array) for value in (wanted, got))
  inexact = one.dtype.kind in "fc"
  wide = (np.complex128 if one.dtype.kind == "c" else
          np.float64 if inexact else object)
  if one.dtype.kind == "b":
    one, other = one.astype(np.int8), other.astype(np.int8)
  with np.errstate(all="ignore"):  # the largest numbers may be infinitely far
    return _subtract_wide(wanted, got, one.astype(wide), other.astype(wide),
                          inexact, rtol, atol)


def _subtract_wide(wanted, got, one, other, inexact, rtol, atol):
  if inexact:
    finite = np.isfinite(one)
    if (np.any(finite != np.isfinite(other)) or not np.array_equal(
        one[~finite], other[~finite], equal_nan=True)
        or wanted.odd != got.odd):
      return Gap(math.inf, math.inf, False, True,
                 f"{_count_odd(got)} infinite or NaN here, "
                 f"{_count_odd(wanted)} in the reference")
    one, other = one[finite], other[finite]
  unit = 1.
  gap, scale = _largest(one - other), _largest(one)
  if math.inf in (gap, scale) and inexact:
    unit = 4.  # the largest numbers are up to 2**1.5 times a float64 apart
    one, other = one / unit, other / unit
    gap, scale = _largest(one - other), _largest(one)
  if not wanted.is_whole:
    gap = max(gap, *(_apart(getattr(wanted, name) / unit,
                            getattr(got, name) / unit)
                     for name in ("low", "high", "mean")))
    scale = max(scale, abs(wanted.low / unit), abs(wanted.high / unit))
  relative = gap / scale if scale else (math.inf if gap else 0.)
  beyond = gap > atol / unit + rtol * scale if inexact else True
  return Gap(gap * unit, relative, False, beyond)


def _largest(array):
  return float(np.max(np.abs(array), initial=0.))


def _apart(one, other):
  """The distance of two numbers, of which an infinite or NaN is far from all.

  (The mean of large numbers may be infinite.)
  """
  if one == other or one != one and other != other:
    return 0.
  gap = abs(one - other)
  return math.inf if gap != gap else gap


def _count_odd(value):
  if not value.is_whole:
    return value.odd
  return int(np.size(value.array) - np.isfinite(value.array).sum())


@dataclasses.dataclass
class Curve:
  """A scalar over the calls; a long curve is thinned out evenly."""
  calls: list = dataclasses.field(default_factory=list)
  wanted: list = dataclasses.field(default_factory=list)
  got: list = dataclasses.field(default_factory=list)
  every: int = 1
  seen: int = 0

  def add(self, call, wanted, got):
    """One more point."""
    if self.seen % self.every == 0:
      self.calls.append(call)
      self.wanted.append(float(wanted))
      self.got.append(float(got))
      if len(self.calls) > MOST_POINTS:
        self.every *= 2
        for points in (self.calls, self.wanted, self.got):
          del points[1::2]
    self.seen += 1


@dataclasses.dataclass
class Row:
  """One fetch (or feed) over all calls."""
  name: str
  path: str
  session: int
  thread: str = ""
  calls: int = 0
  largest: Gap = Gap()
  largest_call: int = None
  first_unequal: int = None      # not bit for bit
  first_beyond: int = None
  beyond: int = 0
  curve: Curve = None

  def note(self, call, gap, wanted, got):
    """Adds the result of one call."""
    self.calls += 1
    if not gap.identical and self.first_unequal is None:
      self.first_unequal = call
    if gap.beyond:
      self.beyond += 1
      if self.first_beyond is None:
        self.first_beyond = call
    if gap.relative > self.largest.relative:
      self.largest, self.largest_call = gap, call
    if all(value.is_whole and value.array.size == 1
           and value.array.dtype.kind in "fiub" for value in (wanted, got)):
      self.curve = self.curve or Curve()
      self.curve.add(call, wanted.array.item(), got.array.item())


@dataclasses.dataclass(frozen=True)
class Finding:
  """Something that differs from the reference."""
  call: float              # the call at or before which it shows; inf: the end
  phase: float             # order within a call
  kind: str
  name: str
  text: str
  main: bool = True        # found in the main thread

  @property
  def order(self):
    return (not self.main, self.call, self.phase)


@dataclasses.dataclass
class Variables:
  """The variables of both sides at one moment."""
  both: int = 0
  identical: int = 0
  rows: list = dataclasses.field(default_factory=list)  # (name, Gap)
  only_reference: list = dataclasses.field(default_factory=list)
  only_ours: list = dataclasses.field(default_factory=list)

  @property
  def largest(self):
    return max((gap.relative for _, gap in self.rows), default=0.)


@dataclasses.dataclass
class Report:
  """What the comparison of two recordings has found."""
  tolerance: Tolerance
  initial: Variables = None
  final: Variables = None
  looks: Variables = None
  fetches: list = dataclasses.field(default_factory=list)
  feeds: list = dataclasses.field(default_factory=list)
  gradients: list = dataclasses.field(default_factory=list)
  findings: list = dataclasses.field(default_factory=list)
  notes: list = dataclasses.field(default_factory=list)
  calls: int = 0
  unlisted: int = 0

  @property
  def equal(self):
    return not self.findings

  @property
  def first(self):
    """The earliest Finding, or None."""
    return min(self.findings, key=lambda one: one.order, default=None)

  def find(self, *arguments, **options):
    """Adds a Finding; the earliest are never dropped."""
    self.findings.append(Finding(*arguments, **options))
    if len(self.findings) > 2 * MOST_FINDINGS:
      self.findings.sort(key=lambda one: one.order)
      del self.findings[MOST_FINDINGS:]


def compare(reference, ours, tolerance=Tolerance()):
  """The Report on two Recordings of one program."""
  report = Report(tolerance)
  report.initial = _variables(
      reference.initial, ours.initial, tolerance.rtol, tolerance.atol, report,
      "after initialization", _when_initialized)
  _Calls(report, tolerance).compare(reference, ours)
  report.looks = _variables(
      reference.looks, ours.looks, tolerance.weights, tolerance.atol, report,
      "during training", lambda key, one: (one.call, 4))
  # If --steps ended one run earlier, the ends are not the same moment.
  ends = not _cut_shorter(reference, ours)
  report.final = _variables(
      reference.final if ends else {}, ours.final if ends else {},
      tolerance.weights, tolerance.atol, report, "at the end",
      lambda key, one: (math.inf, 5))
  report.findings.sort(key=lambda one: one.order)
  return report


def _cut_shorter(reference, ours):
  """Did `--steps` end one run while the other continued?"""
  shorter, longer = sorted((reference, ours),
                           key=lambda one: one.tail["calls"])
  return (shorter.outcome["kind"] == "stopped"
          and shorter.tail["calls"] < longer.tail["calls"])


def agreement(reference, ours, tolerance=Tolerance()):
  """How far two runs agree of which one failed: (calls, first Finding or None).

  Only calls that both made are compared, and the variables before them.
  """
  report = compare(reference, ours, tolerance)
  common = min(reference.tail["calls"], ours.tail["calls"])
  # The last call of the shorter run may be the one that raised.
  found = [one for one in report.findings
           if one.main and one.call < common
           and one.kind not in ("calls", "exception")]
  return common, min(found, key=lambda one: one.order, default=None)


def _when_initialized(key, one):
  return (one.call, 0)


def _variables(wanted, got, rtol, atol, report, when, order):
  found = Variables()
  sessions = len({key[0] for key in list(wanted) + list(got)})
  known = {key: set() for key in ("reference", "ours")}
  for key in list(wanted) + [key for key in got if key not in wanted]:
    one = wanted.get(key) or got[key]
    call, phase = order(key, one)
    name = one.name + (f" (session {one.session})" if sessions > 1 else "")
    if key not in wanted or key not in got:
      side = "ours" if key not in wanted else "reference"
      rows = found.only_ours if side == "ours" else found.only_reference
      if (name, when) in known[side]:
        continue
      known[side].add((name, when))
      rows.append(name)
      # A different model comes first, because it explains the rest.
      report.find(call, phase - .5, "variable", one.name,
                  f"variable {name} {list(one.value.shape)} {when}: only in "
                  + ("our run" if side == "ours" else "the reference"))
      continue
    gap = measure(one.value, got[key].value, rtol, atol)
    found.both += 1
    found.identical += gap.identical
    found.rows.append((name, gap))
    if gap.beyond:
      report.find(call, phase - .5 * bool(gap.problem), "variable",
                  one.name, f"variable {name} {when}: " + describe(gap))
  return found


def describe(gap):
  """The size of a Gap, in words."""
  return gap.problem or (
      f"largest difference {gap.absolute:.3g}, relative {gap.relative:.2g}")


# The order of what is found in one call.
_PHASES = {"feed": 1, "fetch": 2, "gradient": 3}


class _Calls:
  """Goes through the calls of both sides in parallel."""

  def __init__(self, report, tolerance):
    self.report = report
    self.tolerance = tolerance
    self.rows = {"fetch": {}, "feed": {}, "gradient": {}}
    self.renamed = set()
    self.cut = False
    self.variables = set()   # names
    self.trained = False     # has a call run an optimizer?
    self.steps = 0           # calls before this one that ran an optimizer

  def compare(self, reference, ours):
    """Compares each thread of one side with its counterpart."""
    report = self.report
    self.variables = {one.name for one in reference.initial.values()}
    self.cut = _cut_shorter(reference, ours)
    if self.cut:
      report.notes.append(
          f"only the first {min(reference.tail['calls'], ours.tail['calls'])}"
          " calls are compared: --steps ended one of the runs")
    self._stream(reference.calls(), ours.calls(), "")
    theirs, mine = reference.threads(), ours.threads()
    if len(theirs) != len(mine):
      report.notes.append(
          f"{len(mine)} threads other than the main one fetched something "
          f"here, {len(theirs)} in the reference")
    for number, (one, other) in enumerate(zip(theirs, mine), 1):
      self._stream(reference.calls(one), ours.calls(other),
                   f"thread {number}")
    report.fetches = list(self.rows["fetch"].values())
    report.feeds = list(self.rows["feed"].values())
    report.gradients = list(self.rows["gradient"].values())
    with_gradients = [side.head.get("gradients", False)
                      for side in (reference, ours)]
    if with_gradients[0] != with_gradients[1]:
      report.notes.append(
          "gradients are only in "
          + ("the reference" if with_gradients[0] else "our run")
          + "; record both sides with --gradients to compare them")
    report.notes += [f"fetch {new!r} was named {old!r} in the reference"
                     for old, new in sorted(self.renamed)[:20]]

  def _stream(self, theirs, mine, thread):
    last = -1
    for one, other in itertools.zip_longest(theirs, mine):
      if one is None or other is None:
        if self.cut:
          return
        side, call = (("our run", other) if one is None
                      else ("the reference", one))
        self.report.find(
            call.number, 1, "calls", _names(call),
            f"call {call.number}{_in(thread)} ({_names(call)}) is only in "
            f"{side}; the other ended after {last + 1} calls",
            main=not thread)
        return
      last = one.number
      if not thread:
        self.report.calls += 1
      if not self._call(one, other, thread):
        return

  def _call(self, one, other, thread):
    """Compares two calls; False if comparing later ones is meaningless."""
    self.trained = self.trained or one.trains
    self._items("feed", one.fed, other.fed, one, thread)
    if one.raised or other.raised:
      if one.raised != other.raised:
        self.report.find(
            one.number, 2, "exception", str(other.raised or one.raised),
            f"call {one.number}{_in(thread)} "
            f"{_ending(other.raised)} here, {_ending(one.raised)} in the "
            "reference", main=not thread)
      return True
    if len(one.fetched) != len(other.fetched) or {
        item.path for item in one.fetched} != {
            item.path for item in other.fetched}:
      self.report.find(
          one.number, 2, "fetch", _names(other),
          f"call {one.number}{_in(thread)} fetches {_names(other)} here, "
          f"{_names(one)} in the reference; the calls after it are not "
          "compared", main=not thread)
      return False
    self._items("fetch", one.fetched, other.fetched, one, thread)
    if one.gradients and other.gradients:
      self._items("gradient", one.gradients, other.gradients, one, thread)
    self.steps += one.trains
    return True

  def _items(self, kind, wanted, got, call, thread):
    key = ((lambda item: item.path) if kind == "fetch"
           else (lambda item: (item.name, item.path)))
    verb = {"fetch": "returned a different", "feed": "was fed a different",
            "gradient": "applied a different gradient of"}[kind]
    got = {key(item): item for item in got}
    for item in wanted:
      other = got.pop(key(item), None)
      if other is None:
        self._only(kind, item, call, thread, "the reference")
        continue
      if other.name != item.name:
        self.renamed.add((item.name, other.name))
      rtol = (self.tolerance.weights if self._has_drifted(kind, item)
              else self.tolerance.rtol)
      gap = measure(item.value, other.value, rtol, self.tolerance.atol)
      row = self._row(kind, item, call, thread)
      if row is not None:
        row.note(call.number, gap, item.value, other.value)
      if gap.beyond and (row is None or row.beyond <= 3):
        self.report.find(
            call.number, _PHASES[kind], kind, item.name,
            f"call {call.number}{_in(thread)} {verb} {_title(item)}: "
            + describe(gap), main=not thread)
    for item in got.values():
      self._only(kind, item, call, thread, "our run")

  def _has_drifted(self, kind, item):
    """Does training amplify the rounding of this value?"""
    if kind == "gradient":
      return self.steps > 0
    return kind == "fetch" and self.trained and self._is_variable(item)

  def _is_variable(self, item):
    name = item.name.partition(":")[0]
    return any(name == variable or name in (f"{variable}/read",
                                            f"{variable}/Read/ReadVariableOp")
               for variable in (name, name.rpartition("/read")[0],
                                name.rpartition("/Read/")[0])
               if variable in self.variables)

  def _only(self, kind, item, call, thread, side):
    verb = "applied a gradient of" if kind == "gradient" else "was fed"
    self.report.find(
        call.number, 1, kind, item.name, f"call {call.number}{_in(thread)} "
        f"{verb} {_title(item)} only in {side}", main=not thread)

  def _row(self, kind, item, call, thread):
    rows = self.rows[kind]
    key = (thread, call.session, item.name, item.path)
    if key not in rows:
      if len(rows) >= MOST_ROWS:
        self.report.unlisted += 1
        return None
      rows[key] = Row(item.name, item.path, call.session, thread)
    return rows[key]


def _in(thread):
  return f" in {thread}" if thread else ""


def _ending(raised):
  return f"raises {raised}" if raised else "returns"


def _title(item):
  return f"{item.name} [{item.path}]" if item.path else item.name


def _names(call):
  names = [item.name for item in call.fetched]
  return ", ".join(names[:6]) + (", ..." if len(names) > 6 else "") or (
      "only operations")
