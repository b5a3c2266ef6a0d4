"""Holds the tree to docs/architecture.md: imports point down, one door."""

import ast
import pathlib
import subprocess
import sys

import pytest

PACKAGE = pathlib.Path(__file__).parent.parent / "tfcompat_rnn"

# package or module -> floor; a module may import its own package and any
# lower floor
FLOORS = {
    "_errors": 0, "_lazy": 0, "_importers": 0, "_patching": 0, "datasets": 1,
    "_figure": 1, "_tf": 1, "repairs": 1, "_nest": 2, "_opcount": 2,
    "pipeline": 2, "growth": 2, "_snapshot": 3, "_scope": 3, "gradients": 3,
    "checkpoints": 3,
    "cells": 4, "loops": 5, "fused": 6, "seq2seq": 6, "state": 6, "devices": 6,
    "testing": 7, "feedback": 7, "seeds": 7, "namespace": 7, "tf1": 8,
    "launcher": 9, "compare": 10, "verify": 10, "cli": 11,
    "pytest_plugin": 11, "__main__": 12, "_typing": 0,
}
# Packages that only these may import.
RESERVED = {"launcher": {"cli", "compare", "launcher"}}
BANNED = ("keras", "tf_keras")


def modules():
  return sorted(PACKAGE.rglob("*.py"))


def dotted(path):
  parts = ("tfcompat_rnn",) + path.relative_to(PACKAGE).with_suffix("").parts
  return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def room_of(name):
  parts = name.split(".")
  return parts[1] if len(parts) > 1 else None


def imports(path):
  """Yields (line, absolute dotted name, at module level) of each import."""
  tree = ast.parse(path.read_text())
  module = dotted(path)
  top = set()
  for node in tree.body:
    top.update(id(child) for child in ast.walk(node)
               if not isinstance(node, (ast.FunctionDef, ast.ClassDef)))
  for node in ast.walk(tree):
    if isinstance(node, ast.Import):
      for alias in node.names:
        yield node.lineno, alias.name, id(node) in top
    elif isinstance(node, ast.ImportFrom):
      base = node.module or ""
      if node.level:
        package = module.split(".")
        if path.name != "__init__.py":
          package = package[:-1]
        package = package[:len(package) - node.level + 1]
        base = ".".join(package + ([base] if base else []))
      for alias in node.names:
        yield node.lineno, f"{base}.{alias.name}", id(node) in top


@pytest.mark.parametrize("path", modules(), ids=dotted)
def test_imports_point_down(path):
  room = room_of(dotted(path))
  if room is None:  # the lazy front door knows every room by name only
    return
  assert room in FLOORS, f"{dotted(path)} is in no room of the plan"
  for line, name, _ in imports(path):
    if not name.startswith("tfcompat_rnn."):
      continue
    other = room_of(name)
    if other in RESERVED:
      assert room in RESERVED[other], (
          f"{path}:{line}: {room} imports {name}, which only "
          f"{sorted(RESERVED[other])} may do")
    if other == room or other not in FLOORS:
      continue
    assert FLOORS[other] < FLOORS[room], (
        f"{path}:{line}: {room} imports {name}, which lies above it")


@pytest.mark.parametrize("path", modules(), ids=dotted)
def test_one_door_to_tensorflow(path):
  for line, name, at_top in imports(path):
    root = name.split(".")[0]
    if path.name == "_tf.py" and path.parent == PACKAGE:
      continue
    if path == PACKAGE / "compare" / "recorder.py":
      continue  # runs by itself where TensorFlow 1.x is and we are not
    assert root != "tensorflow", (
        f"{path}:{line}: {name}; only _tf.py imports tensorflow")
    assert not (root in BANNED and at_top), f"{path}:{line}: {name}"


def test_datasets_see_numpy_alone():
  for path in modules():
    if room_of(dotted(path)) != "datasets":
      continue
    for line, name, _ in imports(path):
      root = name.split(".")[0]
      if root == "tfcompat_rnn":
        assert room_of(name) in ("datasets", "_errors"), f"{path}:{line}"
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
      "import tfcompat_rnn.cells, tfcompat_rnn.loops, tfcompat_rnn.tf1")
  assert "tensorflow" in loaded
  assert not loaded & {"tf_keras", "tf_slim"}
