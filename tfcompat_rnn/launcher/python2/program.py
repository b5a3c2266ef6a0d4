"""The files of a Python 2 program, and what they were converted to.

  program = in_folders_of("train.py")
  program.text_of("/full/path/train.py")   # converted text, or None

All modules of a Python 2 program are Python 2, also those that Python 3 could
read: `/` has another meaning there. Modules of installed libraries are
converted only if Python 3 cannot read them.
"""

import ast
import difflib
import os
import sys
import sysconfig

from tfcompat_rnn.launcher import protos
from tfcompat_rnn.launcher.python2 import conversion
from tfcompat_rnn.launcher.python2 import recognition
from tfcompat_rnn.launcher.python2 import runtime

_LIBRARIES = tuple({os.path.realpath(path) + os.sep for key, path in
                    sysconfig.get_paths().items()
                    if key in ("stdlib", "platstdlib", "purelib", "platlib")})
_PACKAGE = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__)))) + os.sep


class Program:
  """The Python 2 sources of one program.

  `show(text)` is called with the diff of each file that is converted.
  """

  def __init__(self, folders, show=None):
    self.folders = tuple(os.path.realpath(folder) + os.sep
                         for folder in folders)
    self._show = show
    self._texts = {}

  def is_own(self, path):
    """Whether the file belongs to the program, not to a library."""
    real = os.path.realpath(path)
    if real.startswith(_LIBRARIES) or real.startswith(_PACKAGE):
      return False
    return real.startswith(self.folders) and (
        f"{os.sep}site-packages{os.sep}" not in real)

  def text_of(self, path):
    """The converted text of the file, or None if it is not to be converted."""
    if not path or not path.endswith(".py") or protos.is_old(path):
      return None
    if path not in self._texts:
      self._texts[path] = (self.convert_file(path)
                           if self.is_own(path) else None)
    return self._texts[path]

  def convert_file(self, path):
    """Converts the file at `path`."""
    text, encoding = conversion.read(path)
    return self.convert(text, path, encoding)

  def convert(self, text, path, encoding="utf-8", future=()):
    """Converts `text`; shows the difference if that is wanted."""
    found = conversion.convert(text, path, encoding, future)
    if self._show is not None:
      self._show(difference(text, found, path))
    return found

  def compile_file(self, path):
    """Code of the file at `path`, converted."""
    if self._texts.get(path) is None:
      self._texts[path] = self.convert_file(path)
    return runtime.compile_source(self._texts[path], path)

  def compile_source(self, data, path):
    """Code of the bytes `data`, converted."""
    text, encoding = conversion.decode(data)
    return runtime.compile_source(self.convert(text, path, encoding), path)

  def enter(self, names):
    """Makes a namespace that of a Python 2 module."""
    names["__builtins__"] = runtime.namespace_builtins()

  def cells(self):
    """What converts the cells of a notebook."""
    return Cells(self)

  def execute(self, code, names):
    """Executes `code` in the namespace of a module."""
    runtime.execute(code, names)

  def install(self, patches):
    """From now on, the program's modules are converted on import."""
    import importlib.machinery
    runtime.set_converter(conversion.convert)
    runtime.add_names(patches.replace)
    patches.wrap(importlib.machinery.SourceFileLoader, "exec_module",
                 self._make_exec_module)

  def _make_exec_module(self, original):
    own = runtime.Loader(self.text_of).wrap(original)

    def exec_module(loader, module):
      try:
        return own(loader, module)
      except SyntaxError as error:
        path = getattr(loader, "path", None)
        if error.filename != path or self._texts.get(path) is not None or (
            recognition.first_sign(path) is None):
          raise
        code = self.compile_file(path)
      return runtime.execute(code, vars(module))
    return exec_module


def difference(before, after, path):
  """What `--show-conversion` prints for one file."""
  lines = list(difflib.unified_diff(
      before.splitlines(), after.splitlines(), path, path + " (converted)",
      lineterm="", n=1))
  if not lines:
    lines = [f"{path}: no change in syntax"]
  changes = {}
  runtime.compile_source(after, path, changes=changes)
  for kind, numbers in sorted(changes.items()):
    shown = ", ".join(str(number) for number in sorted(set(numbers)))
    lines.append(f"# Python 2's {kind} in line {shown}")
  return "\n".join(lines)


def in_folders_of(path, show=None):
  """The Program whose main file is `path`."""
  folders = [os.path.dirname(os.path.realpath(path))]
  if os.path.realpath(os.getcwd()) in map(os.path.realpath, sys.path):
    folders.append(os.getcwd())
  return Program(folders, show)


RUNTIME = os.path.dirname(os.path.abspath(runtime.__file__))


def convert_folder(folder, limit=2000):
  """{full path: converted text} of the sources in `folder`.

  Those that Python 2 could not read either are left out.
  """
  found = {}
  for base, folders, names in os.walk(folder):
    folders[:] = sorted(name for name in folders if not name.startswith(".")
                        and name not in ("__pycache__", "site-packages"))
    for name in sorted(names):
      path = os.path.realpath(os.path.join(base, name))
      if name.endswith(".py") and len(found) < limit:
        try:
          text, encoding = conversion.read(path)
          found[path] = conversion.convert(text, path, encoding)
        except (OSError, LookupError, UnicodeError, SyntaxError):
          pass
  return found


class Cells:
  """The cells of a notebook; `__future__` holds for all later ones."""

  def __init__(self, program):
    self._program = program
    self._future = set()

  def convert(self, text, filename):
    """`text` in Python 3's syntax."""
    return self._program.convert(text, filename, future=self._future)

  def change(self, tree):
    """Gives a tree of converted text Python 2's meaning; returns it."""
    if isinstance(tree, ast.Module):
      self._future |= runtime.features(tree)
    runtime.change(tree, self._future)
    return tree

  def run(self, line, names):
    """The magic `%run`: executes a script with the notebook's names."""
    path = next(word for word in line.split() if not word.startswith("-"))
    path = os.path.abspath(path if path.endswith(".py") else path + ".py")
    self._program.execute(self._program.compile_file(path), names)


def run_in_child(path, patches):
  """Runs a main file in a process of `multiprocessing`."""
  found = in_folders_of(path)
  found.install(patches)
  names = vars(sys.modules["__mp_main__"])
  names["__file__"] = path
  found.execute(found.compile_file(path), names)
  return names
