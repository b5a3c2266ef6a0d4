"""Changes of a source by the positions of its tree, all applied at once.

  edits = Edits(text)
  edits.wrap(node, "list(", ")")
  edits.replace(start, end, "//")
  edits.apply()
"""

from __future__ import annotations

import bisect
import io
import re

from tfcompat_rnn.upgrade.translation.refusals import Refused

_COMMENT = re.compile(r"#[^\n]*")
_FIRST, _SECOND, _THIRD = range(3)


class Edits:
  """Insertions around nodes, and replacements between them."""

  def __init__(self, text):
    self.text = text
    self._lines = io.StringIO(text, newline="").readlines()
    self._starts = [0]
    for line in self._lines:
      self._starts.append(self._starts[-1] + len(line))
    self._bytes = {}
    self._found = []

  def offset(self, line, column):
    """The place in the text of a tree's line and column (of UTF-8)."""
    if line > len(self._lines):
      return len(self.text)
    if line not in self._bytes:
      self._bytes[line] = self._lines[line - 1].encode("utf-8")
    return self._starts[line - 1] + len(
        self._bytes[line][:column].decode("utf-8"))

  def span(self, node):
    """(start, end) of a node in the text."""
    return (self.offset(node.lineno, node.col_offset),
            self.offset(node.end_lineno, node.end_col_offset))

  def line_of(self, node):
    """The text of the line in which a node begins."""
    return self._lines[node.lineno - 1]

  def between(self, start, end):
    """The text from `start` to `end`, its comments blanked."""
    return _COMMENT.sub(lambda found: " " * len(found.group()),
                        self.text[start:end])

  def wrap(self, node, before, after):
    """Puts text around a node; what is in it stays inside."""
    start, end = self.span(node)
    size = end - start
    if after:
      self._found.append((end, _FIRST, size, end, after))
    if before:
      self._found.append((start, _SECOND, -size, start, before))

  def insert(self, place, text):
    """Inserts text at a place, before all that begins there."""
    self._found.append((place, _SECOND, -len(self.text) - 1, place, text))

  def insert_after(self, node, text):
    """Puts text behind a node."""
    self.wrap(node, "", text)

  def replace(self, start, end, text):
    """Replaces the text from `start` to `end`."""
    self._found.append((start, _THIRD, 0, end, text))

  def replace_between(self, start, end, pattern, text):
    """Replaces the first match of `pattern` outside of comments.

    Returns whether there is one.
    """
    found = re.search(pattern, self.between(start, end))
    if found is None:
      return False
    self.replace(start + found.start(), start + found.end(), text)
    return True

  def apply(self):
    """The changed text; raises Refused if two changes are of one place."""
    parts, at = [], 0
    for start, _, _, end, new in sorted(self._found):
      if start < at:
        raise Refused(bisect.bisect_right(self._starts, start), (
            "has a statement in which several changes meet; write it as "
            "several statements"))
      parts += [self.text[at:start], new]
      at = end
    return "".join([*parts, self.text[at:]])
