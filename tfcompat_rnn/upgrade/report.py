"""What an upgrade changes, and what it leaves: as a difference, into files."""

from __future__ import annotations

import difflib
import typing

from tfcompat_rnn import _errors
from tfcompat_rnn.upgrade import documents


class Change(typing.NamedTuple):
  """One file that changes.

  `before` and `after`: its text (of a notebook, the text of its code cells);
  `data`: the bytes that it will have.
  """
  path: str
  before: str
  after: str
  data: bytes

  def difference(self):
    """The change as a unified diff."""
    lines = difflib.unified_diff(
        self.before.splitlines(), self.after.splitlines(), self.path,
        self.path, lineterm="")
    return "\n".join(lines)


class Left(typing.NamedTuple):
  """One file that stays as it is: each reason ends with a next step.

  `is_faulty`: it should have been upgraded, if it could; a link to a folder
  above, or a file too large to be a source, should not.
  """
  path: str
  reasons: tuple
  is_faulty: bool = True


class Report:
  """All `changes`, and what is `left`."""

  def __init__(self, results):
    self.changes = [one for one in results if isinstance(one, Change)]
    self.left = [one for one in results if isinstance(one, Left)]

  @property
  def exit_code(self):
    """1 if a file that should be upgraded is left as it is, else 0."""
    return int(any(file.is_faulty for file in self.left))

  def __str__(self):
    return "\n".join(change.difference() for change in self.changes)

  def complaints(self):
    """One line for each reason why a file is left."""
    return [f"{file.path} {reason}" if not reason.startswith(("line", "cell"))
            else f"{file.path}, {reason}"
            for file in self.left for reason in file.reasons]

  def summary(self, written=False):
    """One line: how many files change and how many are left."""
    verb = "upgraded" if written else "to upgrade"
    text = f"{_files(len(self.changes))} {verb}"
    if self.left:
      text += f", {_files(len(self.left))} left as before"
    if not written and self.changes:
      text += "; --write writes the changes"
    return text

  def write(self):
    """Writes each changed file in one step; returns the paths.

    A file that cannot be written is moved from `changes` to `left`.
    """
    for change in list(self.changes):
      try:
        documents.write(change.path, change.data)
      except OSError as error:
        self.changes.remove(change)
        self.left.append(Left(change.path, (_errors.problem(
            "it", "be writable", error.strerror or error,
            "check its permissions and those of its folder"),)))
    return [change.path for change in self.changes]


def _files(number):
  return f"{number} file" + "s" * (number != 1)
