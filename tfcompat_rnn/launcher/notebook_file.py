"""Notebook files: their code cells, read and checked without Jupyter.

  book = read("train.ipynb")
  [cell.source for cell in book.cells]

Formats 2 to 4. Whatever else is in the file, one message says why it is no
notebook.
"""

import json
import reprlib
import typing

from tfcompat_rnn import _errors
from tfcompat_rnn import _terminal


class Cell(typing.NamedTuple):
  """One code cell."""
  number: int        # counts code cells from 1
  source: str
  may_fail: bool     # tagged "raises-exception"


class Book(typing.NamedTuple):
  """A notebook: its path, its code cells, and whether it names Python 2."""
  path: str
  cells: tuple
  python2: bool = False


def read(path):
  """Reads the code cells of the notebook at `path`.

  Raises `LauncherError` if it is not a notebook, or not one for Python.
  """
  try:
    with open(path, encoding="utf-8-sig") as file:
      data = json.load(file)
  except OSError as error:
    raise _no_notebook(path, error.strerror or error) from error
  except (ValueError, RecursionError) as error:
    raise _no_notebook(path, f"{type(error).__name__}: {error}") from error
  try:
    return _book(path, data)
  except _MalformedError as error:
    raise _no_notebook(path, error) from error


class _MalformedError(Exception):
  """The JSON value is not that of a notebook; the text says why."""


def _book(path, data):
  cells = _all_cells(_checked(data, dict, "the file"))
  code = [cell for cell in cells if _checked(
      cell.get("cell_type"), str, "`cell_type`") == "code"]
  found = tuple(
      Cell(number, _source(cell), "raises-exception" in _tags(cell))
      for number, cell in enumerate(code, 1))
  about = _part(data, "metadata", dict)
  kernel = _part(about, "kernelspec", dict)
  info = _part(about, "language_info", dict)
  language = _part(kernel, "language", str) or _part(
      info, "name", str) or "python"
  if not language.lower().startswith(("python", "ipython")):
    raise _MalformedError(f"its language is {language}")
  return Book(path, found, _part(kernel, "name", str).lower() == "python2"
              or str(info.get("version", "3")).startswith("2"))


def _all_cells(data):
  """The cells of formats 2 to 4, whatever their type."""
  holders, lacking = [data], {}
  if data.get("cells") is None:  # up to format 3
    if "worksheets" not in data:
      raise _MalformedError("it has no `cells`")
    holders = [_checked(sheet, dict, "a worksheet")
               for sheet in _checked(data["worksheets"], list, "`worksheets`")]
    lacking = {"input": ""}
  return [{**lacking, **_checked(cell, dict, "a cell")} for holder in holders
          for cell in _checked(holder.get("cells"), list, "`cells`")]


_JSON_NAMES = {dict: "an object", list: "a list", str: "text"}


def _checked(value, kind, name):
  if not isinstance(value, kind):
    raise _MalformedError(
        f"{name} must be {_JSON_NAMES[kind]}, got {reprlib.repr(value)}")
  return value


def _part(holder, name, kind):
  """What `holder` has as `name`; an empty `kind` for null and for nothing."""
  value = holder.get(name)
  return kind() if value is None else _checked(value, kind, f"`{name}`")


def _source(cell):
  name = "input" if "input" in cell else "source"  # `input` up to format 3
  source = cell.get(name)
  if isinstance(source, list):
    source = "".join(_checked(line, str, f"a line of `{name}`")
                     for line in source)
  _checked(source, str, f"`{name}`")
  try:
    source.encode("utf-8")
  except UnicodeEncodeError:  # JSON can say it, but Python refuses it
    raise _MalformedError(f"`{name}` has half a character") from None
  return source


def _tags(cell):
  tags = _part(cell, "metadata", dict).get("tags")
  return tags if isinstance(tags, list) else ()


def _no_notebook(path, why):
  why = _terminal.abridged(" ".join(str(why).split()))
  error = _errors.LauncherError(
      f"{path!r} is no Python notebook ({why}); save it from Jupyter as "
      ".ipynb, or name a SCRIPT.py")
  error.exit_code = 1
  return error
