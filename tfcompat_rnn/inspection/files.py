"""The sources of a project: found in its folders, read, parsed; never run.

  for path, problem in find(["project/"]):
    source = read(path)
    source.tree, source.python, source.problem
"""

from __future__ import annotations

import ast
import bisect
import io
import os
import tokenize
import typing
import warnings

from tfcompat_rnn import _errors
from tfcompat_rnn.launcher import notebook
from tfcompat_rnn.launcher.python2 import conversion
from tfcompat_rnn.launcher.python2 import signs

# Larger files are data, or were written by a program.
LARGEST = 4_000_000
_LEFT_OUT = {"__pycache__", "site-packages", "dist-packages", "node_modules"}
_ENDINGS = (".py", ".ipynb")


class Source(typing.NamedTuple):
  """One file: its tree, or why there is none.

  `python` is 2 or 3 (None if it could not be read), `sign` the
  (line, construct) that shows Python 2. `cells` are the first lines of the
  cells of a notebook. `strange`: why only Python 2 decodes it.
  """
  path: str
  tree: ast.Module | None = None
  lines: tuple = ()
  python: int | None = None
  sign: tuple | None = None
  cells: tuple = ()
  problem: str = ""
  strange: str = ""

  def place(self, line):
    """`line` as text: "12", or "cell 3, line 2" in a notebook."""
    if not self.cells:
      return str(line)
    cell = bisect.bisect_right(self.cells, line)
    return f"cell {cell}, line {line - self.cells[cell - 1] + 1}"


def find(paths):
  """Yields (path, why it cannot be read or "") of the sources in `paths`.

  Hidden folders, virtual environments and installed packages are left out. A
  file that is reached in two ways is yielded once.
  """
  seen = set()
  for path in paths:
    if os.path.isdir(path):
      yield from _walk(path, seen, ())
    elif os.path.realpath(path) not in seen:
      seen.add(os.path.realpath(path))
      yield path, "" if os.path.isfile(path) else "is no regular file"


def _walk(folder, seen, above):
  real = os.path.realpath(folder)
  if real in above:
    yield folder, "is a link to a folder that contains it; left out"
    return
  if real in seen:
    return
  seen.add(real)
  try:
    entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
  except OSError as error:
    yield folder, f"cannot be listed ({error.strerror})"
    return
  if any(entry.name == "pyvenv.cfg" for entry in entries):
    return
  for entry in entries:
    if _is_folder(entry):
      if not entry.name.startswith(".") and entry.name not in _LEFT_OUT:
        yield from _walk(entry.path, seen, (*above, real))
    elif entry.name.endswith(_ENDINGS):
      file = os.path.realpath(entry.path)
      if file not in seen:
        seen.add(file)
        yield entry.path, ("" if os.path.isfile(file)
                           else "is no regular file, or a link to none")


def _is_folder(entry):
  try:
    return entry.is_dir()
  except OSError:  # a link to itself
    return False


def read(path):
  """Reads and parses the file `path`; a `Source` also if that fails."""
  try:
    if os.path.getsize(path) > LARGEST:
      return Source(path, problem=f"is larger than {LARGEST // 1_000_000} MB; "
                    "left out")
    if path.endswith(".ipynb"):
      return _read_notebook(path)
    return _read_script(path)
  except OSError as error:
    return Source(path, problem=f"cannot be read ({error.strerror or error})")
  except _errors.LauncherError as error:
    return Source(path, problem=str(error).removeprefix(f"{path!r} "))
  except (LookupError, UnicodeError) as error:
    return Source(path, problem=f"has another encoding than it says ({error})")
  except SyntaxError as error:
    line = f" in line {error.lineno}" if error.lineno else ""
    return Source(path, problem=f"syntax error{line}: {error.msg}")
  except (ValueError, RecursionError, MemoryError) as error:
    return Source(path, problem="cannot be parsed "
                  f"({type(error).__name__}: {error})")


def _parse(text, path):
  with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # "\d" in a string
    return compile(text, path, "exec",
                   ast.PyCF_ONLY_AST | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT,
                   dont_inherit=True)


def _read_script(path):
  with open(path, "rb") as file:
    data = file.read()
  if b"\0" in data:
    return Source(path, problem="has null bytes and is no source")
  # Python 3 refuses what Python 2 took as bytes.
  encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline) if (
      _declares(data)) else ("utf-8", None)
  try:
    text = data.decode(encoding)
    strange = None
  except UnicodeDecodeError as error:
    text, _ = conversion.decode(data)
    strange = error
  text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
  lines = tuple(text.split("\n"))
  try:
    tree = _parse(text, path)
  except SyntaxError as error:
    tree, found = _parse_python2(text, path, error)
    return Source(path, tree, lines, 2, found)
  return Source(path, tree, lines, 3, strange="" if strange is None else (
      "is not encoded in UTF-8 and does not say in which encoding it is "
      f"(byte {strange.start})"))


def _declares(data):
  return any(b"coding" in line for line in data.split(b"\n", 2)[:2])


def _parse_python2(text, path, error):
  """(tree, (line, construct)) of Python 2; raises `error` if it is none."""
  found = signs.diagnose(error, text)
  if found is None:
    raise error
  if not conversion.is_available():
    raise _errors.LauncherError(
        f"is written for Python 2 (line {found[0]}: {found[1].name}), and "
        f"the package fissix, which reads it, is missing; {signs.INSTALL}")
  return _parse(conversion.convert(text, path), path), (
      found[0], found[1].name)


def _read_notebook(path):
  book = notebook.read(path)
  sign = notebook.find_python2(book)
  python2 = book.python2 or sign is not None
  if python2 and not conversion.is_available():
    return Source(path, problem="is written for Python 2, and the package "
                  f"fissix, which reads it, is missing; {signs.INSTALL}")
  parts, starts, line = [], [], 1
  for _, text in notebook.texts(book, python2):
    text = conversion.convert(text, path) if python2 else text
    parts.append(text)
    starts.append(line)
    line += text.count("\n") + 1
  whole = "\n".join(parts) + "\n"
  return Source(path, _parse(whole, path), tuple(whole.split("\n")),
                2 if python2 else 3,
                (f"cell {sign[0]}", sign[2].name) if sign else None,
                tuple(starts))
