"""What modules of installed packages contain, read from their files.

  module = find("tf_slim.layers")
  module.names["conv2d"]     # where it is from: "tf_slim.layers.layers.conv2d"

Nothing is imported: TensorFlow takes seconds to load, and what is inspected
must not depend on how a package behaves when it is.
"""

from __future__ import annotations

import ast
import functools
import importlib.machinery
import importlib.util
import os
import types
import typing

# The place of a name that the module defines itself.
HERE = ""


class Module(typing.NamedTuple):
  """The names at the top of one module.

  `names`: {name: the full name of what it was imported as, or `HERE`}.
  `is_open`: whether it may have more (`__getattr__`, a compiled module, names
  that are set from outside). `exported`: the names in `__all__`, or None.
  `messages`: the serialized description of a module of protocol buffers.
  `given`: {"app.flags": place} of what a package sets in modules of its own.
  `stars`: the packages of which it imports all that they have.
  """
  name: str
  names: dict
  is_open: bool
  is_package: bool
  exported: frozenset | None = None
  messages: bytes = b""
  given: typing.Mapping = types.MappingProxyType({})
  stars: tuple = ()

  def has_message(self, name):
    """Whether a module of protocol buffers describes something so named."""
    # The name is field 1 of each description: its tag, its length, the text.
    text = name.encode()
    return bool(self.messages) and (
        bytes((10, len(text) & 127)) + text in self.messages)

  def may_have(self, name):
    """Whether `name` is there if some module has been imported before.

    `from package import *` gets the modules of it that are loaded by then.
    """
    return any(exists(f"{package}.{name}") for package in self.stars)

  def get(self, name):
    """The place of `name`: a full name, `HERE`, or None if it has none."""
    if name in self.names:
      return self.names[name]
    if self.is_package and exists(f"{self.name}.{name}"):
      return f"{self.name}.{name}"
    parent, _, last = self.name.rpartition(".")
    package = find(parent) if parent else None
    return package.given.get(f"{last}.{name}") if package else None


@functools.lru_cache(maxsize=None)
def _folder(package):
  """The folder of the top-level package `package`, or None."""
  try:
    spec = importlib.util.find_spec(package)  # imports nothing at the top
  except (ImportError, ValueError):
    return None
  if spec is None or not spec.submodule_search_locations:
    return None
  return list(spec.submodule_search_locations)[0]


@functools.lru_cache(maxsize=None)
def _file(name):
  """(file, is it a package) of the module `name`; (None, False) if missing."""
  top, *parts = name.split(".")
  folder = _folder(top)
  if folder is None:
    return None, False
  base = os.path.join(folder, *parts)
  package = os.path.join(base, "__init__.py")
  if os.path.isfile(package):
    return package, True
  if parts and os.path.isfile(base + ".py"):
    return base + ".py", False
  for suffix in importlib.machinery.EXTENSION_SUFFIXES if parts else ():
    if os.path.isfile(base + suffix):
      return base + suffix, False
  return None, False


def is_installed(package):
  """Whether the top-level package can be imported."""
  return _folder(package) is not None


def exists(name):
  """Whether there is a module of this full name."""
  return _file(name)[0] is not None


@functools.lru_cache(maxsize=None)
def find(name):
  """The `Module` of this full name, or None."""
  path, is_package = _file(name)
  if path is None:
    return None
  if not path.endswith(".py"):
    return Module(name, {}, True, False)
  try:
    with open(path, "rb") as file:
      tree = ast.parse(file.read())
  except (OSError, SyntaxError, ValueError):
    return Module(name, {}, True, is_package)
  reader = _Reader(name, is_package)
  reader.read(tree.body)
  messages = b""
  if name.endswith("_pb2"):
    messages = b"".join(
        node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)
        and isinstance(node.value, bytes))
  return Module(name, reader.names, reader.is_open, is_package,
                reader.exported, messages, reader.given, tuple(reader.stars))


class _Reader:
  """Collects the names that statements at the top of a module bind."""

  def __init__(self, name, is_package):
    self._package = name if is_package else name.rpartition(".")[0]
    self._is_package = is_package
    self.names = {}
    self.is_open = False
    self.exported = None
    self.given = {}
    self.stars = []

  def read(self, statements):
    """Reads a block, and the blocks of `if`, `try`, `with` and loops in it."""
    for node in statements:
      if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef,
                           ast.ClassDef)):
        self.names[node.name] = HERE
        self.is_open = self.is_open or node.name == "__getattr__"
        continue
      if isinstance(node, ast.Import):
        for alias in node.names:
          self._note_submodule(alias.name)
          self.names[alias.asname or alias.name.partition(".")[0]] = (
              alias.name if alias.asname else alias.name.partition(".")[0])
      elif isinstance(node, ast.ImportFrom):
        self._import_from(node)
      elif isinstance(node, ast.Delete):
        for target in node.targets:
          if isinstance(target, ast.Name):
            self.names.pop(target.id, None)
      else:
        self._bind(node)
        for block in ("body", "orelse", "finalbody"):
          self.read(getattr(node, block, None) or [])
        for handler in getattr(node, "handlers", None) or []:
          self.read(handler.body)

  def _note_submodule(self, name):
    """A package gets an attribute for each module of it that is imported."""
    if self._is_package and name.startswith(self._package + "."):
      part = name[len(self._package) + 1:].partition(".")[0]
      self.names[part] = f"{self._package}.{part}"

  def _export(self, value):
    """Takes what is assigned or added to `__all__`."""
    try:
      self.exported = (self.exported or frozenset()) | set(
          ast.literal_eval(value))
    except (ValueError, TypeError):
      pass

  def _bind(self, node):
    targets = getattr(node, "targets", None) or [getattr(node, "target", None)]
    for target in targets:
      if isinstance(target, ast.Attribute) and isinstance(
          target.value, ast.Attribute):
        self.given[f"{target.value.attr}.{target.attr}"] = self._same(
            node.value)
      for part in ast.walk(target) if target is not None else ():
        if isinstance(part, ast.Name) and part.id == "__all__":
          self._export(node.value)
        if isinstance(part, ast.Name):
          self.names[part.id] = self._same(getattr(node, "value", None))
          self.is_open = self.is_open or part.id == "__getattr__"
    if any(isinstance(part, ast.Name) and part.id in ("globals", "vars")
           for part in ast.walk(node)):
      self.is_open = True

  def _same(self, value):
    """The place of a name that is a second name for another one."""
    if isinstance(value, ast.Name):
      return self.names.get(value.id, HERE)
    return HERE

  def _import_from(self, node):
    base = node.module or ""
    if node.level:
      parts = self._package.split(".")
      parts = parts[:len(parts) - node.level + 1]
      base = ".".join(parts + ([base] if base else []))
    self._note_submodule(base)
    for alias in node.names:
      if alias.name != "*":
        self.names[alias.asname or alias.name] = f"{base}.{alias.name}"
        continue
      module = find(base)
      if module is None or module.is_open:
        self.is_open = True
      if module and module.is_package and module.exported is None:
        self.stars.append(base)
      for name, place in (module.names if module else {}).items():
        if (name in module.exported if module.exported is not None
            else not name.startswith("_")):
          self.names[name] = place or f"{base}.{name}"
