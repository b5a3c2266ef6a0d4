"""Runs a notebook's code cells in order; makes old imports work in a live one.

`tfcompat-rnn run NOTEBOOK.ipynb` reads the file itself (formats 2 to 4, no
Jupyter needed). All cells share one `__main__`; the value of a cell's last
expression is printed; figures are saved at the end of each cell. Where IPython
is installed, it translates the cells and runs the magics; otherwise magics are
skipped, each reported once, but the code after `%time` and its like runs.

In a live notebook: `%load_ext tfcompat_rnn`.
"""

from __future__ import annotations
import __future__

import ast
import asyncio
import builtins
import inspect
import json
import linecache
import os
import re
import sys
import traceback
import typing

from tfcompat_rnn import _errors
from tfcompat_rnn.launcher import failure
from tfcompat_rnn.launcher import interactive
from tfcompat_rnn.launcher import preparation
from tfcompat_rnn.launcher import watch
from tfcompat_rnn.launcher.python2 import conversion

# Magics whose text is Python that must run.
_TIMING = {"time", "timeit", "prun", "capture", "memit", "mprun", "lprun"}
_PYLAB = "from pylab import *; import numpy as np; " \
         "import matplotlib.pyplot as plt"
# The first line shows which prompts were copied along; then they all go.
_PROMPTS = (
    (re.compile(r"^>>>( |$)"), re.compile(r"^(>>>|\.\.\.)( |$)")),
    (re.compile(r"^In \[\d+\]: "),
     re.compile(r"^(In \[\d+\]: |\s*\.{3,}: ?)")))
_FUTURE = {getattr(__future__, name).compiler_flag
           for name in __future__.all_feature_names}
_MAGIC_LINE = re.compile(
    r"^\s*([%!?]|[\w\s,.\[\]'\"]+=\s*[%!])|^\s*[\w.]+\?+\s*$")


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
    with open(path, encoding="utf-8") as file:
      data = json.load(file)
    cells = data.get("cells")
    if cells is None:
      cells = [cell for sheet in data["worksheets"]
               for cell in sheet["cells"]]
    about = _dict(data.get("metadata"))
    language = _dict(about.get("kernelspec")).get("language") or _dict(
        about.get("language_info")).get("name") or "python"
    code = [cell for cell in cells if cell.get("cell_type") == "code"]
    found = tuple(
        Cell(number, _text(cell.get("source", cell.get("input", ""))),
             "raises-exception" in _tags(cell))
        for number, cell in enumerate(code, 1))
  except (ValueError, KeyError, AttributeError, TypeError,
          RecursionError) as error:
    raise _no_notebook(path, f"{type(error).__name__}: {error}") from error
  if not str(language).lower().startswith(("python", "ipython")):
    raise _no_notebook(path, f"its language is {language}")
  kernel = str(_dict(about.get("kernelspec")).get("name", "")).lower()
  version = str(_dict(about.get("language_info")).get("version", "3"))
  return Book(path, found, kernel == "python2" or version.startswith("2"))


def texts(book, python2=False):
  """Yields (cell, its source without magics) for each code cell of `book`.

  Raises SyntaxError as `compile` does.
  """
  magics = _Magics(lambda text: None)
  parse = conversion.convert if python2 else None
  for cell in book.cells:
    yield cell, to_python(cell.source, magics, f"cell {cell.number}", parse)


def as_script(book, python2=False):
  """The code cells of `book` as one script, without magics."""
  return "\n".join(text for _, text in texts(book, python2)) + "\n"


def find_python2(book):
  """(cell number, line, Sign) of the first cell that is Python 2, or None."""
  from tfcompat_rnn.launcher.python2 import recognition
  for cell in book.cells:
    lines = ["pass" if re.match(r"\s*[%!?]", line) else line
             for line in _without_prompts(cell.source).split("\n")]
    if _without_prompts(cell.source).lstrip().startswith("%%"):
      lines[0] = ""
    source = "\n".join(lines)
    found = recognition.sign_in(source)
    if found is not None:
      return (cell.number,) + found
  return None


def _dict(value):
  """`value`, or an empty dict for None; TypeError if it is something else."""
  if value is not None and not isinstance(value, dict):
    raise TypeError(f"metadata must be an object, got {value!r:.40}")
  return value or {}


def _tags(cell):
  tags = _dict(cell.get("metadata")).get("tags", ())
  return tags if isinstance(tags, (list, tuple)) else ()


def _no_notebook(path, why):
  error = _errors.LauncherError(
      f"{path!r} is no Python notebook ({why}); save it from Jupyter as "
      ".ipynb, or name a SCRIPT.py")
  error.exit_code = 1
  return error


def _text(source):
  text = "".join(source) if isinstance(source, list) else source
  if not isinstance(text, str):
    raise TypeError(f"a source must be text, got {source!r:.40}")
  return text


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


def to_python(source, magics, filename="<cell>", parse=None):
  """`source` without its magics; each line keeps its number.

  As in IPython, a cell that is indented as a whole loses the indentation of
  its first line, and one that was copied with its prompts loses those.
  `parse(text, filename)` stands for `compile`, if the rest is Python 2.

  Raises SyntaxError as `compile` does.
  """
  source = _without_prompts(source.replace("\r\n", "\n"))
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
    text = "\n".join(lines)
    try:
      if parse is not None:
        parse(text, filename)
      else:
        _compile(text, filename, "exec", ast.PyCF_ONLY_AST)
      return text
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


def _compile(source, filename, mode, flags=0):
  """Compiles as a notebook does: `await` may stand outside of functions."""
  return compile(source, filename, mode, dont_inherit=True,
                 flags=flags | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)


def _without_prompts(source):
  lines = source.split("\n")
  start = next((at for at, line in enumerate(lines) if line.strip()), None)
  if start is None:
    return source
  space = re.match(r"[ \t]*", lines[start]).group()
  if space:
    lines = [line[len(space):] if line.startswith(space) else line
             for line in lines]
  for first, each in _PROMPTS:
    if first.match(lines[start]):
      lines = [each.sub("", line, count=1) for line in lines]
  return "\n".join(lines)


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


class _Reader:
  """Translates cells where IPython is not installed."""

  def __init__(self, magics, namespace, patches):
    self._magics = magics
    self._convert = None
    shell = _Shell(magics, namespace)
    patches.replace(builtins, "get_ipython", lambda: shell)

  def to_python(self, source, filename):
    """The cell `source` without its magics."""
    if self._convert is None:
      return to_python(source, self._magics, filename)
    return self._convert(to_python(source, self._magics, filename,
                                   conversion.convert), filename)

  def use_python2(self, cells):
    """From now on, cells are Python 2."""
    self._convert = cells.convert

  def note_cell(self, number):
    """IPython counts the cells; there is nothing to do here."""


def run(patches, book, namespace, notify=preparation.notify, python2=None,
        ipython=None):
  """Executes the cells of `book` in `namespace`, in order.

  `python2` converts them, if they are Python 2. IPython is used if it is
  installed, unless `ipython` is False.
  """
  magics = _Magics(notify)
  if ipython is not False and interactive.is_available():
    reader = interactive.Shell(sys.modules["__main__"], magics, patches)
    _use_plain_bars(patches)
  else:
    reader = _Reader(_Magics(_naming_extra(notify)), namespace, patches)
  if isinstance(namespace.get("__builtins__"), dict):  # those of Python 2
    for name in ("get_ipython", "display"):
      if hasattr(builtins, name):
        patches.replace(namespace["__builtins__"], name,
                        getattr(builtins, name), item=True)
  session = _Session(book, namespace, reader, python2)
  try:
    for cell in book.cells:
      try:
        session.run_cell(cell)
      except Exception as error:
        if not cell.may_fail:
          raise
        failure.strip_chain(error)
        traceback.print_exception(type(error), error, error.__traceback__)
      finally:
        _show_figures()
  finally:
    session.close()


def _naming_extra(notify):
  """`notify`, which says once that IPython would run the magics."""
  said = []

  def tell(text):
    notify(text)
    if not said:
      said.append(text)
      notify("magics and commands run only with IPython; "
             + interactive.MISSING)
  return tell


def _use_plain_bars(patches):
  """Has tqdm draw its notebook bars as text if it lacks ipywidgets."""
  def replace(module):
    if getattr(module, "IProgress", None) is None:
      import tqdm
      for name, value in (("tqdm", tqdm.tqdm), ("tqdm_notebook", tqdm.tqdm),
                          ("trange", tqdm.trange), ("tnrange", tqdm.trange)):
        if hasattr(module, name):
          patches.replace(module, name, value)
  watch.Watch(patches).when_imported("tqdm.notebook", replace)


class _Session:
  """What cells share besides their variables.

  As in IPython: `In` and `Out`; `_`, `__`, `___` and `_N` for results; `_i`,
  `_ii`, `_iii` and `_iN` for sources; features of `__future__` that an earlier
  cell imported; and one event loop for `await`.
  """

  def __init__(self, book, namespace, reader, python2=None):
    self._path = os.path.abspath(book.path)
    self._namespace = namespace
    self._reader = reader
    self._python2 = python2
    if python2 is not None:
      reader.use_python2(python2)
    self._flags = 0
    self._loop = None
    namespace.update(In=[""], Out={}, _i="", _ii="", _iii="")
    self._results = ["", "", ""]
    self._show_results()

  def run_cell(self, cell):
    """Executes a cell and prints the value of its last expression."""
    filename = f"{self._path}, cell {cell.number}"
    _remember(filename, cell.source)
    names = self._namespace
    names["In"].append(cell.source)
    names.update(_i=cell.source, _ii=names["_i"], _iii=names["_ii"])
    names[f"_i{cell.number}"] = cell.source
    self._reader.note_cell(cell.number)
    source = self._reader.to_python(cell.source, filename)
    tree = self._parse(source, filename)
    last = tree.body[-1] if tree.body else None
    shown = isinstance(last, ast.Expr) and not source.rstrip().endswith(";")
    if shown:
      tree.body.pop()
    code = _compile(tree, filename, "exec", self._flags)
    self._flags |= sum(flag for flag in _FUTURE if code.co_flags & flag)
    self._evaluate(code)
    if shown:
      value = self._evaluate(_compile(
          ast.Expression(last.value), filename, "eval", self._flags))
      if value is not None:
        self._keep(cell.number, value)

  def _parse(self, source, filename):
    tree = _compile(source, filename, "exec",
                    self._flags | ast.PyCF_ONLY_AST)
    return tree if self._python2 is None else self._python2.change(tree)

  def close(self):
    """Closes the event loop, if `await` has made one."""
    if self._loop is not None:
      self._loop.run_until_complete(self._loop.shutdown_asyncgens())
      self._loop.close()
      self._loop = None

  def _evaluate(self, code):
    value = eval(code, self._namespace)
    if not code.co_flags & inspect.CO_COROUTINE:
      return value
    if self._loop is None:
      self._loop = asyncio.new_event_loop()
    return self._loop.run_until_complete(value)

  def _keep(self, number, value):
    print(repr(value), flush=True)
    self._namespace["Out"][number] = self._namespace[f"_{number}"] = value
    # A `_` of the program's own, as in `_, x = pair`, stays.
    free = self._namespace.get("_") is self._results[0]
    self._results = [value] + self._results[:2]
    if free:
      self._show_results()

  def _show_results(self):
    self._namespace.update(zip(("_", "__", "___"), self._results))


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
