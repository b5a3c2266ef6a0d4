"""A notebook's cells through IPython, where it is installed.

  shell = make(namespace_of_main, magics, patches)
  shell.to_python(source, "nb.ipynb, cell 1")

IPython translates the cells and runs their magics, so that what Jupyter
accepts is accepted. A few magics are left out, each with one line: those that
are unknown here, those that choose how figures are shown, help and debuggers,
and commands that would install packages.
"""

import ast
import builtins
import importlib.util
import re
import sys
import tempfile

from tfcompat_rnn import _randomness

MISSING = "pip install 'tfcompat_rnn[notebook]'"

# Figures are saved by the launcher.
_FIGURES = ("matplotlib", "pylab")
_LEFT_OUT = ("pinfo", "pinfo2", "debug", "pdb", "pip", "conda", "mamba", "uv",
             "tensorboard", "history", "notebook")
_INSTALLS = re.compile(
    r"^\s*(sudo\s+)?(\S*python[\d.]*\s+-m\s+)?"
    r"(pip[\d.]*|conda|mamba|apt|apt-get|aptitude|brew|yum|easy_install)\b")
_PYTHON = re.compile(r"^(\s*)python[\d.]*\s+(?=(-u\s+)?[^-\s]\S*\.py\b)")


def is_available():
  """Whether IPython is installed."""
  try:
    with _randomness.kept():
      import IPython.core.interactiveshell  # noqa: F401
    return True
  except ImportError:
    return False


def _is_extension(name):
  """Whether `%load_ext` finds `name`: in IPython, or as a module."""
  try:
    return any(importlib.util.find_spec(module) is not None
               for module in (f"IPython.extensions.{name}", name))
  except (ImportError, ValueError):
    return False             # without a parent package, or not a name


class Shell:
  """An InteractiveShell of IPython whose `__main__` is the program's."""

  def __init__(self, main, magics, patches):
    with _randomness.kept():
      import IPython.display
      from IPython.core.interactiveshell import InteractiveShell
      from traitlets.config import Config
    config = Config()
    config.HistoryManager.enabled = False
    folder = tempfile.TemporaryDirectory(prefix="tfcompat-rnn-ipython-")
    patches.on_close(folder.cleanup)
    own_open = vars(main).get("open")
    self._shell = shell = InteractiveShell.instance(
        config=config, ipython_dir=folder.name, user_module=main)
    patches.on_close(InteractiveShell.clear_instance)
    if own_open is None:  # IPython puts one there
      vars(main).pop("open", None)
    self._magics = magics
    self._cells = None
    self._patch(shell, patches)
    patches.replace(builtins, "get_ipython", lambda: shell)
    patches.replace(builtins, "display", IPython.display.display)

  def _patch(self, shell, patches):
    line_magic, cell_magic = shell.run_line_magic, shell.run_cell_magic
    system, getoutput = shell.system, shell.getoutput

    def run_line_magic(name, line="", _stack_depth=1):
      if name in _FIGURES:
        self._magics.skip(f"%{name} {line}", "ignored, its imports are made"
                          if name == "pylab" else "skipped")
        if name == "pylab":
          exec(_PYLAB, shell.user_ns)
        return None
      if name == "run" and self._cells is not None:
        self._cells.run(line, shell.user_ns)
        return None
      if (name in _LEFT_OUT or shell.find_line_magic(name) is None
          or (name in ("load_ext", "reload_ext")
              and not _is_extension(line.strip()))):
        self._magics.skip(f"%{name} {line}")
        return None
      return line_magic(name, line, _stack_depth + 1)

    def run_cell_magic(name, line, cell):
      if shell.find_cell_magic(name) is None:
        self._magics.skip(f"%%{name} {line}")
        return None
      if name in ("bash", "sh", "script") and _INSTALLS.match(cell):
        self._magics.skip(f"%%{name} {line}")
        return None
      return cell_magic(name, line, cell)

    def command(call):
      def run(text, *args, **kwargs):
        if _INSTALLS.match(text):
          self._magics.skip("!" + text)
          return None
        program = _PYTHON.match(text)
        if program:
          text = (f"{program.group(1)}{sys.executable} -m tfcompat_rnn run "
                  + text[program.end():].removeprefix("-u "))
        return call(text, *args, **kwargs)
      return run

    # Attributes of the instance; some of them are checked by traitlets.
    for name, value in (("run_line_magic", run_line_magic),
                        ("run_cell_magic", run_cell_magic),
                        ("system", command(system)),
                        ("getoutput", command(getoutput))):
      object.__setattr__(shell, name, value)
    # What `exit` calls; a notebook that says it ends there.
    object.__setattr__(shell, "ask_exit", sys.exit)
    shell.display_pub.clear_output = lambda wait=False: None
    if not hasattr(shell, "magic"):  # IPython 9 dropped it
      def magic(text):
        name, _, rest = text.lstrip("% ").partition(" ")
        return shell.run_line_magic(name, rest)
      object.__setattr__(shell, "magic", magic)

  def to_python(self, source, filename):
    """The cell `source` without IPython's syntax."""
    del filename
    return self._shell.transform_cell(source.replace("\r\n", "\n"))

  def use_python2(self, cells):
    """From now on, cells are Python 2, as is what magics execute."""
    self._cells = cells

    class Transformer(ast.NodeTransformer):
      def visit(self, node):
        return cells.change(node)

    self._shell.input_transformers_post.append(
        lambda lines: cells.convert("".join(lines), "<cell>").splitlines(True))
    self._shell.ast_transformers.append(Transformer())

  def note_cell(self, number):
    """Counts the cells as IPython does."""
    self._shell.execution_count = number


_PYLAB = ("import numpy as np\nimport matplotlib\n"
          "import matplotlib.pyplot as plt\nfrom pylab import *\n")
