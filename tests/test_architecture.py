"""Holds the tree to docs/architecture.md: imports point down, one door."""

import ast
import functools
import pathlib
import subprocess
import sys

import pytest

import tfcompat_rnn

PACKAGE = pathlib.Path(tfcompat_rnn.__file__).parent

# package or module -> floor; a module may import its own package and any
# lower floor
FLOORS = {
    "_importers": -1, "_patching": -1, "_writing": -1,
    "_errors": 0, "_lazy": 0, "_private": 0,
    "_randomness": 0, "_first_import": 0, "_typing": 0, "_terminal": 0,
    "datasets": 1, "_figure": 1, "_tf": 1, "repairs": 1,
    "_nest": 2, "_opcount": 2, "_shapes": 2, "pipeline": 2, "growth": 2,
    "_snapshot": 3, "_scope": 3, "gradients": 3, "checkpoints": 3, "cells": 4,
    "loops": 5, "crf": 6, "fused": 6, "seq2seq": 6, "devices": 6, "state": 7,
    "seeds": 7, "namespace": 7, "export": 8, "feedback": 8, "streaming": 8,
    "tf1": 8, "launcher": 9, "compare": 10, "verify": 10, "inspection": 10,
    "python2": 10,
    "bench": 11, "testing": 11, "upgrade": 11, "cli": 12,
    "pytest_plugin": 12, "__main__": 13,
}
# Packages that only these may import.
RESERVED = {"launcher": {"cli", "compare", "inspection", "launcher",
                         "python2", "upgrade"}}
BANNED = ("keras", "tf_keras")
# May import TensorFlow and name what is private in it. The recorder and one
# worker of the benchmark run by themselves where TensorFlow 1.x is and this
# package is not, and the worker of `export` where it must not be loaded.
DOOR = {PACKAGE / "_tf.py", PACKAGE / "_private.py",
        PACKAGE / "compare" / "recorder.py",
        PACKAGE / "bench" / "workers" / "reference.py",
        PACKAGE / "export" / "worker.py"}
PRIVATE_MODULES = ("tensorflow.python", "tensorflow/python",
                   "tensorflow.core", "tensorflow._api")
# (module, string) -> why it may name a private module.
OLD_PATHS_IN_MESSAGES = {
    ("namespace/tables/python.py",
     "use the public tf names, or tensorflow.python.pywrap_tensorflow "
     "for NewCheckpointReader"): "the next step for an old program",
}
# Private attributes that neither this package nor TensorFlow defines.
NOT_TENSORFLOWS = {
    "_always_use_reshape": "tf_keras: TimeDistributed folds time into the rows",
    "_actions": "argparse: the options that a parser has",
    "_asdict": "a public method of named tuples",
    "_exit": "os._exit",
    "_fields": "a public attribute of named tuples",
    "_getframe": "sys._getframe",
    "_get_noise_shape": "tf_keras: dropout layers choose their noise with it",
    "_is_graph_network": "tf_keras: whether a model is functional",
    "_make_train_function": "tf_keras: a model's training, if not made yet",
    "_lower_bound_grad": "tf-slim's GDN",
    "_nodes_by_depth": "tf_keras: the calls a functional model consists of",
    "_num_constants": "tf_keras: how many inputs of an RNN are constants",
    "_option_string_actions": "argparse: the option of a string",
    "_replace": "a public method of named tuples",
    "_seed": "tf_keras: the seed of a layer",
    "_unconditional_loss": "cells/layer_losses.py sets it on a tensor",
    "_unconditional_update": "cells/layer_losses.py sets it on an operation",
}


@functools.lru_cache(maxsize=None)
def modules():
  return sorted(PACKAGE.rglob("*.py"))


@functools.lru_cache(maxsize=None)
def dotted(path):
  parts = ("tfcompat_rnn",) + path.relative_to(PACKAGE).with_suffix("").parts
  return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@functools.lru_cache(maxsize=None)
def parsed(path):
  return ast.parse(path.read_text())


@functools.lru_cache(maxsize=None)
def nodes(path):
  """All nodes of a file: most tests below look at each of them."""
  return list(ast.walk(parsed(path)))


def package_of(name):
  parts = name.split(".")
  return parts[1] if len(parts) > 1 else None


def by_package(check):
  """Runs `check` on every file, in one test per package and top-level module.

  A test per file would take more time than what it checks.
  """
  names = sorted({package_of(dotted(path)) or "" for path in modules()})

  @pytest.mark.parametrize("package", names)
  def test(package):
    for path in modules():
      if (package_of(dotted(path)) or "") == package:
        check(path)
  test.__name__, test.__doc__ = check.__name__, check.__doc__
  return test


@functools.lru_cache(maxsize=None)
def imports(path):
  """[(line, absolute dotted name, at module level)] of all imports."""
  module = dotted(path)
  found = []
  top = set()
  for node in parsed(path).body:
    if not isinstance(node, (ast.FunctionDef, ast.ClassDef)):
      top.update(map(id, ast.walk(node)))
  for node in nodes(path):
    if isinstance(node, ast.Import):
      for alias in node.names:
        found.append((node.lineno, alias.name, id(node) in top))
    elif isinstance(node, ast.ImportFrom):
      base = node.module or ""
      if node.level:
        package = module.split(".")
        if path.name != "__init__.py":
          package = package[:-1]
        package = package[:len(package) - node.level + 1]
        base = ".".join(package + ([base] if base else []))
      for alias in node.names:
        found.append((node.lineno, f"{base}.{alias.name}", id(node) in top))
  return found


@by_package
def test_imports_point_down(path):
  package = package_of(dotted(path))
  if package is None:  # `tfcompat_rnn` itself knows all by name only
    return
  assert package in FLOORS, f"{dotted(path)} has no floor"
  for line, name, _ in imports(path):
    if not name.startswith("tfcompat_rnn."):
      continue
    other = package_of(name)
    if other in RESERVED:
      assert package in RESERVED[other], (
          f"{path}:{line}: {package} imports {name}, which only "
          f"{sorted(RESERVED[other])} may do")
    if other == package or other not in FLOORS:
      continue
    assert FLOORS[other] < FLOORS[package], (
        f"{path}:{line}: {package} imports {name}, which lies above it")


@by_package
def test_one_door_to_tensorflow(path):
  if path in DOOR and path.name != "_private.py":
    return
  for line, name, at_top in imports(path):
    root = name.split(".")[0]
    assert root != "tensorflow", (
        f"{path}:{line}: {name}; only _tf.py imports tensorflow")
    assert not (root in BANNED and at_top), f"{path}:{line}: {name}"


def strings(path):
  """Yields (line, text) of each string that is not a docstring."""
  docstrings = {id(node.value) for node in nodes(path)
                if isinstance(node, ast.Expr)}
  for node in nodes(path):
    if (isinstance(node, ast.Constant) and isinstance(node.value, str)
        and id(node) not in docstrings):
      yield node.lineno, node.value


@by_package
def test_only_the_door_names_private_modules(path):
  if path in DOOR:
    return
  where = path.relative_to(PACKAGE).as_posix()
  found = [f"{path}:{line}: {text!r}" for line, text in strings(path)
           if any(private in text for private in PRIVATE_MODULES)
           and (where, text) not in OLD_PATHS_IN_MESSAGES]
  assert not found, (
      "name a row of _private.PRIVATE instead:\n" + "\n".join(found))


def attributes(path):
  """Yields (line, name) of each attribute that is read, set or deleted."""
  for node in nodes(path):
    if isinstance(node, ast.Attribute):
      yield node.lineno, node.attr
    elif (isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
          and node.func.id in ("getattr", "hasattr", "setattr", "delattr")):
      name = node.args[1]
      if isinstance(name, ast.JoinedStr):  # f"_{name}": a private one as well
        name = name.values[0]
      if isinstance(name, ast.Constant):
        yield node.lineno, name.value


@functools.lru_cache(maxsize=None)
def defined(package):
  """The names of attributes that the modules of one package define."""
  found = set()
  for path in modules():
    if package_of(dotted(path)) != package:
      continue
    found.add(path.stem)
    for node in nodes(path):
      if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
        found.add(node.name)
      if isinstance(node, (ast.Module, ast.ClassDef)):
        for part in node.body:
          if not isinstance(part, (ast.FunctionDef, ast.ClassDef)):
            found.update(name.id for name in ast.walk(part)
                         if isinstance(name, ast.Name)
                         and isinstance(name.ctx, ast.Store))
      elif (isinstance(node, ast.Attribute)
            and isinstance(node.ctx, ast.Store)
            and ast.unparse(node.value) in ("self", "cls")):
        found.add(node.attr)
      elif (isinstance(node, ast.Call)
            and ast.unparse(node.func) == "vars(self).update"):
        found.update(keyword.arg for keyword in node.keywords)
  return found


@by_package
def test_only_the_door_touches_private_attributes(path):
  """A private attribute that we do not define must be somebody else's.

  "We" is the package that a module belongs to and those that it imports.
  """
  if path in DOOR:
    return
  packages = {package_of(dotted(path))} | {
      package_of(name) for _, name, _ in imports(path)
      if name.startswith("tfcompat_rnn.")}
  known = set(NOT_TENSORFLOWS).union(*map(defined, packages))
  found = [f"{path}:{line}: {name}"
           for line, name in attributes(path)
           if name.startswith("_") and name not in known
           and not name.startswith("_tfcompat")
           and (not name.startswith("__") or name == "__internal__")]
  assert not found, (
      "make it a row of _private.ATTRIBUTES, or list it in NOT_TENSORFLOWS "
      "with a reason:\n" + "\n".join(found))


def test_the_exceptions_are_needed():
  used = {name for path in modules() for _, name in attributes(path)}
  assert not set(NOT_TENSORFLOWS) - used
  for (where, text), reason in OLD_PATHS_IN_MESSAGES.items():
    assert text in [found for _, found in strings(PACKAGE / where)]
    assert reason


def imported_modules():
  """module -> {module of ours that it imports: line}, at any level."""
  names = {dotted(path) for path in modules()}
  graph = {}
  for path in modules():
    found = graph.setdefault(dotted(path), {})
    for line, name, _ in imports(path):
      target = name if name in names else name.rpartition(".")[0]
      if target in names and target != dotted(path):
        found.setdefault(target, line)
  return graph


def circle_in(graph):
  """The modules of one import circle, in order; [] if there is none."""
  finished = set()

  def visit(name, above):
    if name in above:
      return above[above.index(name):] + [name]
    if name in finished:
      return []
    for other in graph[name]:
      circle = visit(other, above + [name])
      if circle:
        return circle
    finished.add(name)
    return []

  for name in sorted(graph):
    circle = visit(name, [])
    if circle:
      return circle
  return []


def test_imports_have_no_circle():
  """Imports inside functions count too."""
  assert circle_in({"a": {"b": 1}, "b": {"c": 2}, "c": {"b": 3}}) == [
      "b", "c", "b"]
  graph = imported_modules()
  assert len(graph["tfcompat_rnn.verify.running"]) > 1
  circle = circle_in(graph)
  assert not circle, " -> ".join(circle) + "; lines: " + ", ".join(
      str(graph[one][other]) for one, other in zip(circle, circle[1:]))


def test_datasets_see_numpy_alone():
  for path in modules():
    if package_of(dotted(path)) != "datasets":
      continue
    for line, name, _ in imports(path):
      root = name.split(".")[0]
      if root == "tfcompat_rnn":
        assert package_of(name) in ("datasets", "_errors"), f"{path}:{line}"
      else:
        assert root == "numpy" or root in sys.stdlib_module_names, (
            f"{path}:{line}: {name}")


def loaded_after(statement):
  code = (f"import sys; {statement}; "
          "print(','.join(sorted(m for m in sys.modules if '.' not in m)))")
  output = subprocess.run([sys.executable, "-c", code], check=True,
                          capture_output=True, text=True).stdout
  return set(output.strip().split(","))


def test_importing_the_package_loads_no_tensorflow():
  loaded = loaded_after("import tfcompat_rnn, tfcompat_rnn.cli")
  assert "tfcompat_rnn" in loaded
  assert not loaded & {"tensorflow", "numpy", "keras", "tf_keras", "tf_slim"}


def test_cells_and_loops_load_no_tf_keras_nor_tf_slim():
  loaded = loaded_after(
      "import tfcompat_rnn.cells, tfcompat_rnn.crf, tfcompat_rnn.loops; "
      "import tfcompat_rnn.seq2seq.attention, tfcompat_rnn.seq2seq.monotonic; "
      "import tfcompat_rnn.tf1")
  assert "tensorflow" in loaded
  assert not loaded & {"tf_keras", "tf_slim"}


# What these files may change by hand, and why.
PATCH_BY_HAND = {
    "namespace/finder.py": "sys.meta_path.insert",  # for our own modules
    "namespace/contrib/clone.py": "sys.meta_path.insert",  # likewise
    "tf1.py": "sys.modules.__class__",  # its own
    "__main__.py": "sys.path",  # what the installed command has
    "launcher/beside.py": "sys.modules",  # as Python would have it
    "launcher/launcher.py": ("sys.argv", "sys.path"),  # what a program gets
    "cli/_probe_graph.py": "sys.argv",
    "launcher/child.py": "os.environ",  # for the child; undone by `install`
    "launcher/notebook.py": "linecache.cache",  # the source of its cells
}
METHODS = {"insert", "append", "extend", "remove", "setdefault", "pop",
           "update", "filterwarnings", "simplefilter"}


def root_and_path(node):
  """("sys", "meta_path.insert") of `sys.meta_path.insert`."""
  path = []
  while isinstance(node, (ast.Attribute, ast.Subscript)):
    if isinstance(node, ast.Attribute):
      path.append(node.attr)
    node = node.value
  return getattr(node, "id", None), ".".join(reversed(path))


def patches_by_hand(path):
  """Yields (line, what) where a file changes a module that it imports."""
  modules = {"tf", "matplotlib", "pyplot", "spawn", "numpy", "np"}
  quiet = set()
  for node in nodes(path):
    if isinstance(node, ast.Import):
      modules.update(alias.asname or alias.name.partition(".")[0]
                     for alias in node.names)
    if isinstance(node, ast.With) and any(
        root_and_path(getattr(item.context_expr, "func", None))
        == ("warnings", "catch_warnings") for item in node.items):
      quiet.update(id(child) for child in ast.walk(node))
  for node in nodes(path):
    targets = (node.targets if isinstance(node, (ast.Assign, ast.Delete))
               else [])
    for target in targets:
      root, where = root_and_path(target)
      if root in modules and where and where != "modules":
        yield node.lineno, f"{root}.{where}"
    if isinstance(node, ast.Call) and id(node) not in quiet:
      if getattr(node.func, "id", None) in ("setattr", "delattr"):
        root, where = root_and_path(node.args[0])
        if root in modules and where != "modules":
          yield node.lineno, f"setattr({root}.{where})"
      root, where = root_and_path(node.func)
      first, _, method = where.rpartition(".")
      if root in ("sys", "os", "warnings") and method in METHODS and (
          first in ("meta_path", "path_hooks", "environ") or
          root == "warnings"):
        yield node.lineno, f"{root}.{where}"


@by_package
def test_only_one_module_patches(path):
  name = path.relative_to(PACKAGE).as_posix()
  if name in ("_patching.py", "compare/recorder.py",
              "launcher/ordered_sets.py",
              "launcher/python2/runtime/reference.py"):
    return  # these run where the package is not
  allowed = PATCH_BY_HAND.get(name)
  assert [(line, what) for line, what in patches_by_hand(path)
          if allowed is None or not what.startswith(allowed)] == []


def test_patches_by_hand_are_seen(tmp_path):
  file = tmp_path / "module.py"
  file.write_text(
      "import os, sys, warnings\nimport builtins\n"
      "builtins.open = 1\nsys.meta_path.insert(0, 1)\n"
      "setattr(sys, 'excepthook', 1)\nos.environ['A'] = 'b'\n"
      "os.environ.pop('A')\nwarnings.filterwarnings('ignore')\n"
      "with warnings.catch_warnings():\n  warnings.simplefilter('ignore')\n"
      "del sys.modules['a']\nself.a = 1\n")
  assert [line for line, _ in patches_by_hand(file)] == [3, 6, 4, 5, 7, 8]
