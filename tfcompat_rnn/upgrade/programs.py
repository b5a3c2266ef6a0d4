"""Which files are started by `python FILE`, and which they import.

Only such files begin with `tfcompat_rnn.behave_as_1_15()`, because it holds
for the process.
"""

from __future__ import annotations

import ast
import os
import sys

from tfcompat_rnn.inspection import packages

# What a module may do at its top level without being a program.
_DEFINITIONS = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.ClassDef,
                ast.AsyncFunctionDef, ast.Pass)


def has_main_guard(tree):
  """Whether a module asks for `__name__ == "__main__"`."""
  return any(isinstance(node, ast.If) and any(
      isinstance(part, ast.Name) and part.id == "__name__"
      for part in ast.walk(node.test)) for node in tree.body)


def does_something(tree):
  """Whether executing a module does more than define names."""
  return any(_acts(node) for node in tree.body)


def _acts(node):
  if isinstance(node, _DEFINITIONS):
    return False
  if isinstance(node, ast.Expr):
    return not isinstance(node.value, ast.Constant)
  if isinstance(node, (ast.Assign, ast.AnnAssign)):
    return any(isinstance(part, ast.Call) for part in ast.walk(node))
  if isinstance(node, (ast.If, ast.Try)):
    return any(_acts(part) for part in ast.iter_child_nodes(node)
               if isinstance(part, ast.stmt)) or any(
                   _acts(part) for handler in getattr(node, "handlers", ())
                   for part in handler.body)
  return True


def module_name(path):
  """The full name of the module in the file `path`."""
  folder, file = os.path.split(os.path.abspath(path))
  parts = [] if file == "__init__.py" else [os.path.splitext(file)[0]]
  while os.path.isfile(os.path.join(folder, "__init__.py")):
    folder, name = os.path.split(folder)
    parts.insert(0, name)
  return ".".join(parts)


class Imports:
  """Finds the files of a project that a module imports.

  `given`: {real path: `files.Source`} of the project; `roots`: the folders that
  were named.
  """

  def __init__(self, given, roots):
    self._given = dict(given)
    self._roots = roots
    self._folders = {}    # top-level module -> folders in which it is
    for real in sorted(given):
      folder, name = os.path.split(real)
      if name == "__init__.py":
        folder, name = os.path.split(folder)
      self._folders.setdefault(name.removesuffix(".py"), []).append(folder)

  def of(self, path, tree):
    """The real paths of the program's own files that a module imports.

    They are looked for in its folder and in those above it, up to one of the
    folders `roots` or the one with its package; then wherever the project has
    such a module, as a program may add to `sys.path`.
    """
    found = []
    above = folders_of(path, self._roots)
    for node in ast.walk(tree):
      if isinstance(node, ast.Import):
        for alias in node.names:
          found += self._module(alias.name, above)
      elif isinstance(node, ast.ImportFrom):
        found += self._from(node, above)
      elif isinstance(node, ast.Call) and _name_of(node) in _IMPORTERS:
        name = _text_of(node)
        found += self._module(name, above) if name else ()
    return list(dict.fromkeys(found))

  def perhaps(self, path, tree):
    """Those that it may load besides; which ones, only a run tells."""
    if not any(isinstance(node, ast.Call) and (
        _name_of(node) in _IMPORTERS and not _text_of(node)
        or _name_of(node) in _LOADERS) for node in ast.walk(tree)):
      return []
    below = os.path.join(os.path.dirname(os.path.realpath(path)), "")
    # Another program is none of them.
    return [real for real, source in self._given.items()
            if real.startswith(below) and real.endswith(".py")
            and source.tree is not None and not has_main_guard(source.tree)]

  def _module(self, name, above):
    found = list(_files([name], above))
    top = name.partition(".")[0]
    if found or top in sys.stdlib_module_names or packages.is_installed(top):
      return found
    return list(_files([name], self._elsewhere(top, above[0])))

  def _elsewhere(self, top, folder):
    """The folders with a module `top` that are the nearest ones to `folder`."""
    places = self._folders.get(top, ())
    while places:
      below = [place for place in places
               if place.startswith(os.path.join(folder, ""))]
      if below or os.path.dirname(folder) == folder:
        return below
      folder = os.path.dirname(folder)
    return []

  def _from(self, node, above):
    base = node.module or ""
    names = [base] + [f"{base}.{alias.name}".strip(".")
                      for alias in node.names]
    if not node.level:
      found = [file for name in names if name
               for file in self._module(name, above)]
    else:
      folders = [os.path.join(above[0], *[os.pardir] * (node.level - 1))]
      # The package itself is executed first.
      found = [*_files(["__init__"], folders), *_files(names, folders)]
    if any(alias.name == "*" for alias in node.names):
      for file in list(found):
        found += self._all_of(file)
    return found

  def _all_of(self, file):
    """The modules that a package names in `__all__`."""
    source = self._given.get(file)
    if os.path.basename(file) != "__init__.py" or source is None or (
        source.tree is None):
      return
    for node in source.tree.body:
      if isinstance(node, ast.Assign) and any(
          isinstance(target, ast.Name) and target.id == "__all__"
          for target in node.targets):
        yield from _files([part.value for part in ast.walk(node.value)
                           if isinstance(part, ast.Constant)
                           and isinstance(part.value, str)],
                          [os.path.dirname(file)])


_IMPORTERS = {"import_module", "__import__"}
_LOADERS = {"load_source", "load_module", "run_path", "run_module",
            "spec_from_file_location", "iter_modules", "walk_packages",
            "execfile"}


def _name_of(call):
  return getattr(call.func, "attr", getattr(call.func, "id", ""))


def _text_of(call):
  """The absolute module that a call names as a constant, or ""."""
  value = call.args[0] if call.args else None
  text = value.value if isinstance(value, ast.Constant) else ""
  return text if isinstance(text, str) and not text.startswith(".") else ""


def folders_of(path, roots):
  """The folders in which a file may find modules of its program."""
  folder = os.path.dirname(os.path.abspath(path))
  depth = len(module_name(path).split("."))
  found = [folder]
  tops = {os.path.abspath(root) for root in roots}
  while os.path.dirname(folder) != folder and (
      len(found) < depth or any(folder.startswith(os.path.join(top, ""))
                                for top in tops)):
    folder = os.path.dirname(folder)
    found.append(folder)
  return found


def _files(names, folders):
  for name in names:
    for folder in folders if name else ():
      parts = name.split(".")
      # Importing a.b.c executes a and a.b, too.
      places = [os.path.join(folder, *parts[:end])
                for end in range(1, len(parts) + 1)]
      files = [file for place in places for file in (
          place + ".py", os.path.join(place, "__init__.py"))
               if os.path.isfile(file)]
      if files:
        yield from map(os.path.realpath, files)
        break


def closure(start, edges):
  """All that can be reached from `start`, with it, by {one: others}."""
  found, waiting = set(), [start]
  while waiting:
    one = waiting.pop()
    if one not in found:
      found.add(one)
      waiting += edges.get(one, ())
  return found
