"""Which files are started by `python FILE`, and which they import.

Only such files begin with `tfcompat_rnn.behave_as_1_15()`, because it holds
for the process.
"""

from __future__ import annotations

import ast
import os

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


def imported_files(path, tree, roots):
  """The real paths of the program's own files that a module imports.

  They are looked for in its folder and in those above it, up to one of the
  folders `roots` or the one with its package.
  """
  found = []
  above = folders_of(path, roots)
  for node in ast.walk(tree):
    if isinstance(node, ast.Import):
      found += _files([alias.name for alias in node.names], above)
    elif isinstance(node, ast.ImportFrom):
      base = node.module or ""
      names = [base] + [f"{base}.{alias.name}".strip(".")
                        for alias in node.names]
      folders = above
      if node.level:
        folders = [os.path.join(above[0], *[os.pardir] * (node.level - 1))]
        # The package itself is executed first.
        found += _files(["__init__"], folders)
      found += _files(names, folders)
  return list(dict.fromkeys(found))


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
