"""Modules beside the program that are named like modules of Python.

Under `python SCRIPT`, a module beside the script hides the module of the same
name that Python or a library has, unless Python itself needs that one to
start. The launcher has imported more than that, and what is imported is found
first: `give_way` forgets it.

A `tensorflow.py` beside the program would hide TensorFlow from us as well;
`check_tensorflow` says so.
"""

import importlib.machinery
import os
import sys

from tfcompat_rnn import _errors


def give_way(folder):
  """Forgets imported modules that modules in `folder` would have hidden.

  Call it before `folder` is put on `sys.path`. As under plain Python, what is
  imported from then on gets the program's module.
  """
  if not _hidden_by(folder):
    return
  at_start = _loaded_at_start()
  for top in _hidden_by(folder) - at_start:
    for name in list(sys.modules):
      if name == top or name.startswith(top + "."):
        del sys.modules[name]


def _hidden_by(folder):
  """The imported top-level modules that Python would find in `folder`."""
  found = set()
  for top in {name.partition(".")[0] for name in list(sys.modules)}:
    if top in ("__main__", "__mp_main__", "tfcompat_rnn", "tensorflow") or (
        importlib.machinery.BuiltinImporter.find_spec(top)
        or importlib.machinery.FrozenImporter.find_spec(top)):
      continue
    origin = _origin_in(folder, top)
    if origin and not _is_same(origin, getattr(
        sys.modules.get(top), "__file__", None)):
      found.add(top)
  return found


def _origin_in(folder, name):
  """The file of the module `name` in `folder`, or None."""
  spec = importlib.machinery.PathFinder.find_spec(name, [folder])
  return spec.origin if spec is not None and spec.loader else None


def _is_same(path, other):
  return bool(other) and os.path.realpath(path) == os.path.realpath(other)


def _loaded_at_start():
  """The names of the modules that Python imports before any program."""
  # Not known from here, where too much has been imported; and it depends on
  # the version, on what is installed and on the environment.
  import subprocess
  done = subprocess.run(
      [sys.executable, "-c", "import sys; print(*sys.modules)"],
      capture_output=True, text=True, check=False)
  return set(done.stdout.split()) if done.returncode == 0 else set(sys.modules)


def check_tensorflow():
  """Raises if a module beside the program hides TensorFlow.

  Such a module is named tensorflow and is no TensorFlow.
  """
  if "tensorflow" in sys.modules:
    return
  spec = importlib.machinery.PathFinder.find_spec("tensorflow")
  if spec is None or not spec.origin or os.path.exists(os.path.join(
      os.path.dirname(spec.origin), "python")):
    return  # there is none, which the import will say, or it is the real one
  raise _errors.MissingModuleError(_errors.problem(
      "tensorflow", "be the installed package",
      f"{spec.origin}, which hides it", "rename this file"),
      name="tensorflow")


def hint(error):
  """What to say if `error` comes from a module beside the program, or None."""
  if isinstance(error, ImportError):
    name, path = error.name, error.path
  else:
    module = getattr(error, "obj", None)
    if not isinstance(module, type(sys)):
      return None
    name, path = module.__name__, getattr(module, "__file__", None)
  if (not isinstance(path, str) or name not in sys.stdlib_module_names
      or "consider renaming" in str(error)  # Python 3.13 says it itself
      or not _is_same(path, _origin_in(sys.path[0], name))):
    return None
  return (f"{path} hides Python's own module `{name}`; if it is the latter "
          "that is meant, rename this file")
