"""What an inspection found: by file, and one summary for the project."""

from __future__ import annotations

import collections
import textwrap
import typing

from tfcompat_rnn.inspection import idioms
from tfcompat_rnn.inspection import packages
from tfcompat_rnn.inspection import verdicts
from tfcompat_rnn.namespace import suppliers

_LEFT_OUT = "left out"
_SHOWN = 6  # lines, files
_WIDTH = 79
_NEEDS_OPTION = "--python2"


class Symbol(typing.NamedTuple):
  """One name of TensorFlow in one file.

  `lines`: where it is used; `asked`: where the program only tries it and has
  another branch.
  """
  verdict: verdicts.Verdict
  lines: list
  asked: list

  @property
  def is_refused(self):
    """Whether a run needs the name, and it is refused."""
    return self.verdict.status == verdicts.REFUSED and bool(self.lines)


class Shown(typing.NamedTuple):
  """One finding, with its place as text."""
  kind: str
  line: int
  place: str
  text: str


class File(typing.NamedTuple):
  """What was found in one file; `problem` says why nothing could be.

  `imports`: whether it imports TensorFlow, used or not.
  """
  path: str
  python: int | None
  problem: str = ""
  symbols: typing.Sequence[Symbol] = ()
  findings: typing.Sequence[Shown] = ()
  strange: str = ""
  imports: bool = False

  @property
  def is_faulty(self):
    """Whether the file would stop the program, rather than be left out."""
    return bool(self.problem) and not self.problem.endswith(_LEFT_OUT)


class Obstacle(typing.NamedTuple):
  """One thing that stands in the way, and the files that it concerns."""
  text: str
  files: tuple


class Report:
  """The result for a project: `files`, `obstacles()`, `exit_code`.

  `str()` is the text, `as_dict()` what `--json` prints.
  """

  def __init__(self, files):
    self.files = files

  @property
  def exit_code(self):
    """1 if a name is refused or a file cannot be read, else 0."""
    return int(any(file.is_faulty or any(
        symbol.is_refused for symbol in file.symbols) for file in self.files))

  def obstacles(self):
    """[`Obstacle`]: what stands in the way, the most blocking first."""
    found = [Obstacle(f"{file.path} {file.problem}", (file.path,))
             for file in self.files if file.is_faulty]
    found += self._refused()
    found += self._by_kind(idioms.COMPILED, lambda one: True)
    found += self._by_kind(idioms.PYTHON2,
                           lambda one: _NEEDS_OPTION in one.text)
    found += self._extras()
    return found

  def _refused(self):
    places = collections.defaultdict(list)
    for file in self.files:
      for symbol in file.symbols:
        if symbol.is_refused:
          places[symbol.verdict.about].append(file.path)
    return [Obstacle(text, tuple(paths)) for text, paths in sorted(
        places.items(), key=lambda item: (-len(item[1]), item[0]))]

  def _by_kind(self, kind, wanted):
    places = {}
    for file in self.files:
      for one in file.findings:
        if one.kind == kind and wanted(one):
          places.setdefault(one.text, []).append(file.path)
    return [Obstacle(text, tuple(dict.fromkeys(paths)))
            for text, paths in places.items()]

  def _extras(self):
    places = collections.defaultdict(list)
    for file in self.files:
      for symbol in file.symbols:
        if symbol.verdict.status == verdicts.EXTRA and symbol.lines:
          supplier = suppliers.supplier(symbol.verdict.place)
          if not packages.is_installed(supplier.module):
            places[f"the package {supplier.package} is missing: "
                   f"{supplier.install}"].append(file.path)
    return [Obstacle(text, tuple(dict.fromkeys(paths)))
            for text, paths in places.items()]

  def counts(self):
    """{status: number of different names}, of all files together."""
    found = {status: set() for status in verdicts.STATUSES}
    for file in self.files:
      for symbol in file.symbols:
        if symbol.verdict.status != verdicts.REFUSED or symbol.lines:
          found[symbol.verdict.status].add(symbol.verdict.symbol)
    return {status: len(names) for status, names in found.items()}

  def _verdict(self):
    """One line: does it run as it is?"""
    number = len(self.obstacles())
    if number:
      return f"in the way: {number}, the most blocking first"
    if not any(file.imports for file in self.files):
      return "no file uses TensorFlow"
    return ("nothing stands in the way: it should run as it is, with "
            "tfcompat-rnn run; whether the numbers are 1.15's, tfcompat-rnn "
            "compare tells")

  # -- as text

  def __str__(self):
    parts = [_file_text(file) for file in self.files]
    return "\n\n".join([*filter(None, parts), self.summary()])

  def summary(self):
    """The summary for the project, as text."""
    read = [file for file in self.files if not file.problem]
    using = sum(file.imports for file in read)
    old = sum(file.python == 2 for file in read)
    counts = ", ".join(f"{number} {status}"
                       for status, number in reversed(self.counts().items())
                       if number)
    lines = [f"summary: {_files(len(self.files))}, {using} of them with "
             f"TensorFlow" + (f", {old} in Python 2" if old else "")]
    if counts:
      lines.append(_wrap(f"names: {counts}", "  "))
    kinds = collections.Counter(
        one.kind for file in self.files
        for one in {found.kind: found for found in file.findings}.values())
    for kind in idioms.KINDS:
      if kinds[kind]:
        lines.append(f"  {kind}: in {_files(kinds[kind])}")
    lines.append(_wrap(self._verdict(), "  "))
    for number, one in enumerate(self.obstacles(), 1):
      lines.append(_wrap(one.text, f"  {number:2}. "))
      if one.files and not one.text.startswith(one.files[0]):
        shown = ", ".join(one.files[:_SHOWN])
        more = len(one.files) - _SHOWN
        lines.append(_wrap(f"in {shown}" + (
            f" and {more} more" if more > 0 else ""), "      "))
    return "\n".join(lines)

  # -- as JSON

  def as_dict(self):
    """The report as dictionaries, lists, text and numbers."""
    return {
        "exit_code": self.exit_code,
        "files": [_file_dict(file) for file in self.files],
        "summary": {
            "names": self.counts(),
            "verdict": self._verdict(),
            "in_the_way": [{"text": one.text, "files": list(one.files)}
                           for one in self.obstacles()]}}


def _files(number):
  return f"{number} file" + "s" * (number != 1)


def _wrap(text, indent):
  return textwrap.fill(text, _WIDTH, initial_indent=indent,
                       subsequent_indent=" " * len(indent),
                       break_long_words=False, break_on_hyphens=False)


def _places(places):
  places = list(dict.fromkeys(places))
  more = ", ..." if len(places) > _SHOWN else ""
  word = "" if places and places[0].startswith("cell") else "line "
  return word + ", ".join(places[:_SHOWN]) + more


def _file_text(file):
  """The text for one file; "" if there is nothing to say."""
  if file.problem:
    return f"{file.path} {file.problem}"
  if not (file.symbols or file.findings):
    return ""
  lines = [f"{file.path} (Python {file.python})"]
  for status in verdicts.STATUSES:
    of_status = [symbol for symbol in file.symbols
                 if symbol.verdict.status == status]
    if status == verdicts.CARRIED:
      names = ", ".join(f"tf.{symbol.verdict.symbol}" + (
          f" (up to {symbol.verdict.last})" if symbol.verdict.last else "")
          for symbol in of_status)
      if names:
        lines.append(_wrap(f"{status}: {names}", "  "))
      continue
    for symbol in of_status:
      lines.append(_wrap(_symbol_text(symbol), "  "))
  for one in sorted(file.findings, key=lambda one: one.line):
    where = f" ({_places([one.place])})" if one.line else ""
    lines.append(_wrap(f"{one.kind}{where}: {one.text}", "  "))
  return "\n".join(lines)


def _symbol_text(symbol):
  verdict = symbol.verdict
  status = verdict.status
  if status == verdicts.REFUSED and not symbol.lines:
    status = "refused, but only tried"
  where = _places(symbol.lines or symbol.asked)
  return f"{status}: tf.{verdict.symbol} ({where}): {verdict.about}"


def _file_dict(file):
  return {
      "path": file.path, "python": file.python, "problem": file.problem,
      "names": [{
          "name": f"tensorflow.{symbol.verdict.symbol}",
          "status": symbol.verdict.status, "about": symbol.verdict.about,
          "last_release": symbol.verdict.last or "1.15",
          "lines": symbol.lines, "only_tried_in": symbol.asked}
                for symbol in file.symbols],
      "findings": [{"kind": one.kind, "line": one.place if one.line else "",
                    "text": one.text} for one in file.findings]}
