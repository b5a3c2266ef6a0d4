"""Compiles converted text and runs it with Python 2's builtins."""

import ast
import builtins
import importlib.util
import sys
import types

from . import files
from . import functions
from . import meaning
from . import modules

# The builtins of converted modules. `convert(text, path)` makes Python 3's
# syntax; without it (in the reference's interpreter), text that a program
# executes must already be that.
_state = {"names": None, "convert": None, "replace": setattr,
          "changed": set()}


def set_converter(convert):
  """Sets what converts the text of `exec` and `execfile`."""
  _state["convert"] = convert


def compile_source(text, path, mode="exec", changes=None):
  """Code of the converted `text` with Python 2's meaning."""
  tree = compile(text, path, mode, ast.PyCF_ONLY_AST, dont_inherit=True)
  found = meaning.change(tree)
  if changes is not None:
    changes.update(found)
  return compile(tree, path, mode, dont_inherit=True)


def _compile_text(text, path):
  convert = _state["convert"]
  text = text.replace("\r\n", "\n")
  return compile_source(convert(text, path) if convert else text, path)


def _compile_expression(text):
  convert = _state["convert"]
  text = text.strip()
  return compile_source(convert(text + "\n", "<string>").strip("\n")
                        if convert else text, "<string>", "eval")


def _execute_file(path, names=None, local=None):
  frame = sys._getframe(1)
  if names is None:
    names, local = frame.f_globals, frame.f_locals
  names.setdefault("__builtins__", frame.f_globals["__builtins__"])
  with files.File(path) as file:
    code = _compile_text(file._file.read().decode("latin-1"), path)
  exec(code, names, names if local is None else local)


def _evaluate_input(prompt=""):
  frame = sys._getframe(1)
  return eval(_compile_expression(functions.raw_input(prompt)),
              frame.f_globals, frame.f_locals)


def namespace_builtins():
  """What `__builtins__` is in a converted module."""
  if _state["names"] is None:
    module = types.ModuleType("__builtin__")
    names = vars(module)
    names.update(vars(builtins))
    names["__name__"] = "__builtin__"
    names.update(functions.TABLE)
    execute_text = functions.make_execute(_compile_text)
    names.update({
        "__import__": _import, "execfile": _execute_file,
        "input": _evaluate_input, "exec": execute_text,
        "_py2_exec": execute_text,
        "eval": functions.make_evaluate(_compile_expression)})
    for name in ("ascii", "breakpoint", "ModuleNotFoundError"):
      names.pop(name, None)
    _state["module"], _state["names"] = module, names
  return _state["names"]


def table():
  """{name: value} of the builtins, and of what operators become."""
  return {name: value for name, value in functions.TABLE.items()
          if name not in (files.MARK, "__build_class__")}


def execute(code, names):
  """Executes `code` in the namespace `names` of a module."""
  names["__builtins__"] = namespace_builtins()
  exec(code, names)


def add_names(replace):
  """Adds what Python 3's modules lack: `replace(module, name, value)`."""
  added = {}
  for holder, name, value in modules.additions():
    replace(holder, name, value)
    added.setdefault(holder, []).append(name)
  for holder, names in added.items():
    if hasattr(holder, "__all__"):  # for `from types import *`
      replace(holder, "__all__", list(holder.__all__) + names)
  _state["replace"] = replace
  _state["changed"].clear()


# --- imports -----------------------------------------------------------------


def _import(name, globals=None, locals=None, fromlist=(), level=-1):
  if globals is None:
    globals = sys._getframe(1).f_globals
  if level <= 0:
    found = _beside(name, globals, locals, fromlist)
    if found is not None:
      return found
    found = _old_module(name, fromlist)
    if found is not None:
      return found
  found = builtins.__import__(name, globals, locals, fromlist,
                              max(level, 0))
  library = name.partition(".")[0]
  if library in modules.LIBRARIES and library in sys.modules:
    change_library(library, sys.modules[library])
  return found


def change_library(name, module):
  """Makes NumPy or TensorFlow take strings from the program, once."""
  if name not in _state["changed"]:
    _state["changed"].add(name)
    for holder, key, value in modules.LIBRARIES[name](module):
      _state["replace"](holder, key, value)


def _beside(name, globals, locals, fromlist):
  """The module of the importing module's own package, if there is one."""
  package = globals.get("__package__")
  if not package or "absolute_import" in globals:
    return None
  top = name.partition(".")[0]
  full = package + "." + top
  if full not in sys.modules:
    try:
      if importlib.util.find_spec(full) is None:
        return None
    except (ImportError, AttributeError, ValueError):
      return None
  found = builtins.__import__(name, globals, locals, fromlist or ("*none*",),
                              1)
  return found if fromlist else sys.modules[full]


def _exists(name):
  if name in sys.modules:
    return True
  try:
    return importlib.util.find_spec(name) is not None
  except (ImportError, ValueError):
    return False


def _old_module(name, fromlist):
  if name == "__builtin__":
    namespace_builtins()
    return _state["module"]
  top = name.partition(".")[0]
  if modules.is_old(top) and _exists(top):
    return None  # a module of the program
  found = modules.find(name if fromlist or "." not in name else top)
  if found is None and top != name:
    return None
  return found


class Loader(object):
  """Runs modules of a program; `text_of(path)` is None for all others."""

  def __init__(self, text_of):
    self._text_of = text_of

  def wrap(self, original):
    """`exec_module` of a loader of source files."""
    def exec_module(loader, module):
      text = self._text_of(getattr(loader, "path", None))
      if text is None:
        original(loader, module)
      else:
        execute(compile_source(text, loader.path), vars(module))
    return exec_module
