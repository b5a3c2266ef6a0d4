"""Runs a notebook's code cells in order; makes old imports work in a live one.

`tfcompat-rnn run NOTEBOOK.ipynb` reads the file itself (formats 3 and 4, no
Jupyter needed). All cells share one `__main__`; the value of a cell's last
expression is printed; figures are saved at the end of each cell; magics are
skipped, each reported once, but the code after `%time` and its like runs.

In a live notebook: `%load_ext tfcompat_rnn`.
"""

from __future__ import annotations

import ast
import builtins
import json
import linecache
import os
import re
import sys
import traceback
import typing

from tfcompat_rnn import _errors
from tfcompat_rnn.launcher import failure
from tfcompat_rnn.launcher import preparation

# Magics whose text is Python that must run.
_TIMING = {"time", "timeit", "prun", "capture", "memit", "mprun", "lprun"}
_PYLAB = "from pylab import *; import numpy as np; " \
         "import matplotlib.pyplot as plt"
_MAGIC_LINE = re.compile(
    r"^\s*([%!?]|[\w\s,.\[\]'\"]+=\s*[%!])|^\s*[\w.]+\?+\s*$")


class Cell(typing.NamedTuple):
  """One code cell."""
  number: int        # counts code cells from 1
  source: str
  may_fail: bool     # tagged "raises-exception"


class Book(typing.NamedTuple):
  """A notebook: its path and its code cells."""
  path: str
  cells: tuple


def read(path):
  """Reads the code cells of the notebook at `path`.

  Raises `LauncherError` if it is not a notebook, or not one for Python.
  """
  try:
    with open(path, encoding="utf-8") as file:
      data = json.load(file)
    cells = data.get("cells")
    if cells is None:
      cells = [cell for sheet in data["worksheets"]
               for cell in sheet["cells"]]
  except (ValueError, KeyError, AttributeError, TypeError) as error:
    raise _no_notebook(path, f"{type(error).__name__}: {error}") from error
  about = data.get("metadata") or {}
  language = (about.get("kernelspec") or {}).get("language") or (
      about.get("language_info") or {}).get("name") or "python"
  if not language.lower().startswith(("python", "ipython")):
    raise _no_notebook(path, f"its language is {language}")
  code = [cell for cell in cells if cell.get("cell_type") == "code"]
  return Book(path, tuple(
      Cell(number, _text(cell.get("source", cell.get("input", ""))),
           "raises-exception" in (cell.get("metadata") or {}).get("tags", ()))
      for number, cell in enumerate(code, 1)))


def _no_notebook(path, why):
  error = _errors.LauncherError(
      f"{path!r} is no Python notebook ({why}); save it from Jupyter as "
      ".ipynb, or name a SCRIPT.py")
  error.exit_code = 1
  return error


def _text(source):
  return "".join(source) if isinstance(source, list) else source


class _Magics:
  """Reports each magic once."""

  def __init__(self, notify):
    self._notify = notify
    self._named = set()

  def skip(self, text, note="skipped"):
    """Reports that the magic in `text` is not executed."""
    word = re.match(r"\s*(%%?\w+|!)", text)
    name = word.group(1) if word else (
        "?" if "?" in text else text.split("=")[-1].strip().split(" ")[0])
    if name not in self._named:
      self._named.add(name)
      shown = text.strip().splitlines()[0]
      self._notify(f"magic {name} {note}: {shown}")


def to_python(source, magics, filename="<cell>"):
  """`source` without its magics; each line keeps its number.

  Raises SyntaxError as `compile` does.
  """
  source = source.replace("\r\n", "\n")
  first = source.lstrip()
  if first.startswith("%%"):
    head, _, body = first.partition("\n")
    name = re.match(r"%%(\w*)", head).group(1)
    if name not in _TIMING:
      magics.skip(head)
      return ""
    magics.skip(head, "ignored, its code runs")
    source = "\n" * source[:len(source) - len(first)].count("\n") + "\n" + body
  lines = source.split("\n")
  for _ in range(len(lines) + 1):
    try:
      compile("\n".join(lines), filename, "exec", dont_inherit=True)
      return "\n".join(lines)
    except SyntaxError as error:
      at = (error.lineno or 0) - 1
      if not (0 <= at < len(lines) and _MAGIC_LINE.match(lines[at])):
        # Python names the line where it gave up; the magic may be earlier.
        at = next((at for at, line in enumerate(lines)
                   if re.match(r"\s*[%!]", line)), None)
        if at is None:
          raise
      _replace(lines, at, magics)
  raise SyntaxError(f"{filename}: cannot tell magics from Python")


def _replace(lines, at, magics):
  """Removes the magic at line `at` and the lines that continue it."""
  line = lines[at]
  space = re.match(r"\s*", line).group()
  word = re.match(r"\s*%(\w+)(.*)", line)
  if word and word.group(1) in _TIMING and word.group(2).strip():
    magics.skip(line, "ignored, its code runs")
    code = re.sub(r"^(\s*-\w+(\s*\d+)?)+", "", word.group(2)).strip()
    lines[at] = space + (code or "pass")
    return
  if word and word.group(1) == "pylab":
    magics.skip(line, "ignored, its imports are made")
    lines[at] = space + _PYLAB
    return
  magics.skip(line)
  target = re.match(r"\s*([\w\s,.\[\]'\"]+)=\s*[%!]", line)
  lines[at] = space + (f"{target.group(1)}= None" if target else "pass")
  while line.endswith("\\") and at + 1 < len(lines):
    at += 1
    line = lines[at]
    lines[at] = ""


class _Shell:
  """What `get_ipython()` returns: just enough to run magics."""

  def __init__(self, magics, namespace):
    self._magics = magics
    self.user_ns = namespace
    self.config = {}

  def run_line_magic(self, name, line="", *args, **kwargs):
    """Skipped, and reported once."""
    self._magics.skip(f"%{name} {line}")

  def magic(self, text):
    """Skipped, and reported once."""
    self._magics.skip("%" + text.lstrip("%"))

  def run_cell_magic(self, name, line, cell):
    """Skipped, and reported once."""
    self._magics.skip(f"%%{name} {line}")

  def system(self, command):
    """Skipped, and reported once."""
    self._magics.skip("!" + command)

  getoutput = system


def run(patches, book, namespace, notify=preparation.notify):
  """Executes the cells of `book` in `namespace`, in order."""
  magics = _Magics(notify)
  shell = _Shell(magics, namespace)
  patches.replace(builtins, "get_ipython", lambda: shell)
  namespace.update(In=[""], Out={}, _="")
  for cell in book.cells:
    try:
      _run_cell(book, cell, namespace, magics)
    except Exception as error:
      if not cell.may_fail:
        raise
      failure.strip_chain(error)
      traceback.print_exception(type(error), error, error.__traceback__)
    finally:
      _show_figures()


def _run_cell(book, cell, namespace, magics):
  filename = f"{os.path.abspath(book.path)}, cell {cell.number}"
  _remember(filename, cell.source)
  namespace["In"].append(cell.source)
  source = to_python(cell.source, magics, filename)
  tree = ast.parse(source, filename)
  last = tree.body[-1] if tree.body else None
  shown = isinstance(last, ast.Expr) and not source.rstrip().endswith(";")
  if shown:
    tree.body.pop()
  exec(compile(tree, filename, "exec", dont_inherit=True), namespace)
  if shown:
    value = eval(compile(ast.Expression(last.value), filename, "eval",
                         dont_inherit=True), namespace)
    if value is not None:
      print(repr(value), flush=True)
      namespace["_"] = namespace["Out"][cell.number] = value


def _remember(filename, source):
  # For tracebacks, inspect.getsource and AutoGraph.
  lines = [line + "\n" for line in source.split("\n")]
  linecache.cache[filename] = (len(source), None, lines, filename)


def _show_figures():
  # Jupyter shows and closes a cell's figures at its end.
  pyplot = sys.modules.get("matplotlib.pyplot")
  if pyplot is not None and pyplot.get_fignums():
    from tfcompat_rnn.launcher import figures
    if figures.is_in_use():
      figures.show(block=True)


def load_ipython_extension(ipython: typing.Any) -> None:
  """`%load_ext tfcompat_rnn`: from now on old imports work in this notebook.

  Load it before `import tensorflow as tf`.
  """
  preparation.prepare(preparation.Options(), figures_to_files=False)
  known = getattr(ipython, "user_ns", {})
  real = sys.modules.get("tensorflow")
  if real is not None and any(value is real for value in known.values()):
    preparation.notify("TensorFlow was imported before; run "
                 "`import tensorflow as tf` again to get the old names")


def unload_ipython_extension(ipython: typing.Any) -> None:
  """`%unload_ext tfcompat_rnn`: imports are Python's own again."""
  preparation.restore()
