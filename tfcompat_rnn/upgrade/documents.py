"""Scripts and notebooks as lines of text, and back into files.

  document = read(source)
  data, shown = document.replaced(rewritten, place_of_the_call)
  write("train.py", data)
"""

from __future__ import annotations

import io
import json
import os
import tokenize

from tfcompat_rnn import _writing
from tfcompat_rnn.upgrade import rewriting


class Script:
  """A script.

  `text` is its source without a byte order mark, `shown` what a difference
  shows.
  """

  def __init__(self, data):
    self.data = data
    self._encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
    self.text = self.shown = data.decode(self._encoding)

  @property
  def encoding(self):
    """The encoding of its bytes, for those of its strings."""
    return "utf-8" if self._encoding == "utf-8-sig" else self._encoding

  @property
  def plain(self):
    """Its text with plain line ends; ValueError if there are several kinds."""
    plain = self.text.replace("\r\n", "\n")
    if "\r" in plain or self._ends(plain) != self.text:
      raise ValueError("has several kinds of line ends; save it with one")
    return plain

  def _ends(self, plain):
    """`plain` with the line ends of the file."""
    return plain.replace("\n", "\r\n") if "\r\n" in self.text else plain

  def replaced_plain(self, text, place, inserted):
    """`replaced` for a `text` that has plain line ends."""
    return self.replaced(self._ends(text), place, inserted)

  def replaced(self, text, place, inserted=rewriting.CALL_LINES):
    """(the bytes of the file with `text`, what a difference shows).

    `place` is the line before which the lines `inserted` are put, or None.
    """
    if place is not None:
      lines = rewriting.lines_of(text)
      end = _end_of(lines[place - 1])
      lines[place - 1:place - 1] = [line + end for line in inserted]
      text = "".join(lines)
    return text.encode(self._encoding), text


def _end_of(line):
  return line[len(line.rstrip("\r\n")):] or "\n"


def _key(cell):
  return "source" if "source" in cell else "input"


class Notebook:
  """A notebook. `text` has the code of its cells, without magics.

  `starts` are the first lines of the cells in it.
  """

  def __init__(self, data, lines, starts):
    self.data = data
    self._text = data.decode("utf-8")
    self._style = self._find_style()
    self._starts = starts
    self.text = "\n".join(lines)
    self.shown = "".join(
        line for cell in self._cells(json.loads(self._text))
        for line in (*self._lines(cell), "\n"))

  def _find_style(self):
    """How to write the file such that only what is new differs."""
    content = json.loads(self._text)
    for indent in (1, 2, None, 4, "\t"):
      for ascii_only in (False, True):
        for end in ("\n", ""):
          style = dict(indent=indent, ensure_ascii=ascii_only), end
          if self._dump(content, style) == self._text:
            return style
    raise ValueError("is not written as Jupyter writes it; open it and save "
                     "it there")

  def _dump(self, content, style):
    options, end = style
    return json.dumps(content, **options) + end

  def _cells(self, content):
    sheets = [content] if "cells" in content else content["worksheets"]
    return [cell for sheet in sheets for cell in sheet["cells"]
            if cell["cell_type"] == "code"]

  def _lines(self, cell):
    source = cell[_key(cell)]
    return rewriting.lines_of(
        source if isinstance(source, str) else "".join(source))

  def replaced(self, text, place):
    """As for a script; raises ValueError if a line is not found again."""
    before, after = self.text.split("\n"), text.split("\n")
    content = json.loads(self._text)
    shown = []
    ends = [*self._starts[1:], len(before) + 1]
    for cell, start, end in zip(self._cells(content), self._starts, ends):
      lines = self._lines(cell)
      for at, (old, new) in enumerate(zip(before[start - 1:end - 1],
                                          after[start - 1:end - 1])):
        if old == new:
          continue
        if at >= len(lines) or lines[at].rstrip("\r\n") != old:
          raise ValueError("has old names in a cell that is indented or has "
                           "prompts; remove these")
        lines[at] = new + lines[at][len(old):]
      if place is not None and start <= place < end:
        at = place - start
        while at < len(lines) and lines[at].startswith("%%"):
          at += 1  # nothing may stand before the second of two magics
        lines[at:at] = [line + "\n" for line in rewriting.CALL_LINES]
      if lines != self._lines(cell):
        key = _key(cell)
        cell[key] = "".join(lines) if isinstance(cell[key], str) else lines
      shown += [*lines, "\n"]
    return self._dump(content, self._style).encode("utf-8"), "".join(shown)


def read(source):
  """The document of an `inspection.files.Source`.

  Raises ValueError or OSError if it cannot be written again as it is.
  """
  with open(source.path, "rb") as file:
    data = file.read()
  if source.path.endswith(".ipynb"):
    return Notebook(data, source.lines, source.cells)
  return Script(data)


def write(path, data):
  """Replaces the file `path` in one step; links and permissions are kept.

  Raises OSError; then the file is as it was.
  """
  path = os.path.realpath(path)
  if not os.access(path, os.W_OK):
    raise PermissionError(13, "no permission to write it", path)
  _writing.write_whole(path, data, in_place=True, synced=True)
