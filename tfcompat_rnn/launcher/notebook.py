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
import io
import linecache
import os
import re
import sys
import tokenize
import traceback
import typing

from tfcompat_rnn.launcher import cell_sources
from tfcompat_rnn.launcher import failure
from tfcompat_rnn.launcher import interactive
from tfcompat_rnn.launcher import notebook_file
from tfcompat_rnn.launcher import preparation
from tfcompat_rnn.launcher import watch
from tfcompat_rnn.launcher.python2 import conversion

_FUTURE = {getattr(__future__, name).compiler_flag
           for name in __future__.all_feature_names}

read = notebook_file.read


def texts(book, python2=False):
  """Yields (cell, its source without magics) for each code cell of `book`.

  Raises SyntaxError as `compile` does.
  """
  magics = cell_sources.Magics(lambda text: None)
  parse = conversion.convert if python2 else None
  for cell in book.cells:
    yield cell, cell_sources.to_python(
        cell.source, magics, f"cell {cell.number}", parse)


def as_script(book, python2=False):
  """The code cells of `book` as one script, without magics."""
  return "\n".join(text for _, text in texts(book, python2)) + "\n"


def find_python2(book):
  """(cell number, line, Sign) of the first cell that is Python 2, or None."""
  from tfcompat_rnn.launcher.python2 import recognition
  for cell in book.cells:
    lines = ["pass" if re.match(r"\s*[%!?]", line) else line
             for line in cell_sources.without_prompts(cell.source).split("\n")]
    if cell_sources.without_prompts(cell.source).lstrip().startswith("%%"):
      lines[0] = ""
    source = "\n".join(lines)
    found = recognition.sign_in(source)
    if found is not None:
      return (cell.number,) + found
  return None


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


def _display(*values, **options):
  """As IPython's, where only text can be shown."""
  for value in values:
    print(repr(value), flush=True)


class _Reader:
  """Translates cells where IPython is not installed."""

  def __init__(self, magics, namespace, patches):
    self._magics = magics
    self._convert = None
    shell = _Shell(magics, namespace)
    patches.replace(builtins, "get_ipython", lambda: shell)
    patches.replace(builtins, "display", _display)

  def to_python(self, source, filename):
    """The cell `source` without its magics."""
    if self._convert is None:
      return cell_sources.to_python(source, self._magics, filename)
    return self._convert(cell_sources.to_python(
        source, self._magics, filename, conversion.convert), filename)

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
  magics = cell_sources.Magics(notify)
  if ipython is not False and interactive.is_available():
    reader = interactive.Shell(sys.modules["__main__"], magics, patches)
    _use_plain_bars(patches)
  else:
    reader = _Reader(cell_sources.Magics(_naming_extra(notify)), namespace,
                     patches)
  if isinstance(namespace.get("__builtins__"), dict):  # those of Python 2
    for name in ("get_ipython", "display"):
      if hasattr(builtins, name):
        patches.replace(namespace["__builtins__"], name,
                        getattr(builtins, name), item=True)
  session = _Session(book, namespace, reader, python2)
  try:
    for cell in book.cells:
      if not cell.source.strip():
        continue  # Jupyter does not send it, so it has no number
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


_RESULTS = ("_", "__", "___")


class _Session:
  """What cells share besides their variables.

  As in IPython: `In` and `Out`; `_`, `__`, `___` and `_N` for results; `_i`,
  `_ii`, `_iii` and `_iN` for sources; features of `__future__` that an earlier
  statement imported; and one event loop for `await`.
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
    self._sources, self._outputs = [""], {}
    namespace.update(In=self._sources, Out=self._outputs, _ih=self._sources,
                     _oh=self._outputs, _i="", _ii="", _iii="")
    self._results, self._shown = ["", "", ""], dict.fromkeys(_RESULTS, "")
    namespace.update(self._shown)

  def run_cell(self, cell):
    """Executes a cell and prints the value of its last expression."""
    filename = f"{self._path}, cell {cell.number}"
    _remember(filename, cell.source)
    number = len(self._sources)
    last = [""] * 3 + self._sources[1:]
    self._sources.append(cell.source)
    self._namespace.update({"_i": last[-1], "_ii": last[-2], "_iii": last[-3],
                            f"_i{number}": cell.source})
    self._reader.note_cell(number)
    source = self._reader.to_python(cell.source, filename)
    body = self._parse(source, filename).body
    shown = body.pop() if body and isinstance(body[-1], ast.Expr) and (
        not _ends_with_semicolon(source)) else None
    for statement in body:
      self._execute(ast.Module([statement], []), filename, "exec")
    if shown is not None:
      value = self._execute(ast.Expression(shown.value), filename, "eval")
      if value is not None:
        self._keep(number, value)

  def _parse(self, source, filename):
    tree = cell_sources.compile_cell(source, filename, "exec",
                    self._flags | ast.PyCF_ONLY_AST)
    return tree if self._python2 is None else self._python2.change(tree)

  def _execute(self, tree, filename, mode):
    # Statement by statement, as IPython does: then `from __future__` may stand
    # anywhere.
    code = cell_sources.compile_cell(tree, filename, mode, self._flags)
    self._flags |= sum(flag for flag in _FUTURE if code.co_flags & flag)
    return self._evaluate(code)

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
    try:
      shown = repr(value)
    except Exception as error:  # which IPython shows, and the cell goes on
      failure.strip_chain(error)
      traceback.print_exception(type(error), error, error.__traceback__)
    else:
      print(shown, flush=True)
    if value is self._outputs:
      return  # which would then contain itself
    self._results = [value] + self._results[:2]
    self._show_results()
    self._outputs[number] = self._namespace[f"_{number}"] = value

  def _show_results(self):
    # A `_` of the program's own, as in `_, x = pair`, stays, and so does that
    # of gettext.install().
    names, shown = self._namespace, self._shown
    free = all(names.get(name, shown[name]) is shown[name]
               for name in _RESULTS)
    if free and "_" in vars(builtins):
      names.pop("_", None)
    elif free:
      shown.update(zip(_RESULTS, self._results))
      names.update(shown)


def _ends_with_semicolon(source):
  """Whether the last statement ends with `;`, so that no value is shown."""
  try:
    tokens = [token.string for token in tokenize.generate_tokens(
        io.StringIO(source).readline) if token.string.strip()
        and token.type != tokenize.COMMENT]
  except (tokenize.TokenError, SyntaxError):
    return False
  return tokens[-1:] == [";"]


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

  Load it before `import tensorflow as tf`. Under `tfcompat-rnn run`, which has
  prepared everything, it does nothing.
  """
  if preparation.is_by_launcher():
    return
  preparation.prepare(preparation.Options(), figures_to_files=False,
                      by="extension")
  known = getattr(ipython, "user_ns", {})
  real = sys.modules.get("tensorflow")
  if real is not None and any(value is real for value in known.values()):
    preparation.notify("TensorFlow was imported before; run "
                 "`import tensorflow as tf` again to get the old names")


def unload_ipython_extension(ipython: typing.Any) -> None:
  """`%unload_ext tfcompat_rnn`: imports are Python's own again.

  Not under `tfcompat-rnn run`, where one line says so.
  """
  if preparation.is_by_launcher():
    preparation.notify("the extension cannot be unloaded under `tfcompat-rnn "
                       "run`; old imports go on working")
    return
  preparation.restore()
