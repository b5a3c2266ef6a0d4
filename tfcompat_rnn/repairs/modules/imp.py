"""`imp`: load_source, reload, find_module, load_module, new_module."""

import importlib
import importlib.machinery
import importlib.util
import os
import sys
import types

__all__ = (
    "C_BUILTIN", "C_EXTENSION", "PKG_DIRECTORY", "PY_COMPILED", "PY_SOURCE",
    "acquire_lock", "cache_from_source", "find_module", "get_magic",
    "get_suffixes", "load_compiled", "load_dynamic", "load_module",
    "load_package", "load_source", "lock_held", "new_module", "release_lock",
    "reload", "source_from_cache")

PY_SOURCE, PY_COMPILED, C_EXTENSION, PKG_DIRECTORY, C_BUILTIN = 1, 2, 3, 5, 6

cache_from_source = importlib.util.cache_from_source
source_from_cache = importlib.util.source_from_cache
reload = importlib.reload
new_module = types.ModuleType


def load_source(name, pathname, file=None):
  """Executes the file as module `name` and returns it."""
  loader = importlib.machinery.SourceFileLoader(name, pathname)
  return _load(importlib.util.spec_from_file_location(
      name, pathname, loader=loader))


def load_compiled(name, pathname, file=None):
  """Loads a .pyc file as module `name`."""
  loader = importlib.machinery.SourcelessFileLoader(name, pathname)
  return _load(importlib.util.spec_from_file_location(
      name, pathname, loader=loader))


def load_dynamic(name, path, file=None):
  """Loads an extension module."""
  loader = importlib.machinery.ExtensionFileLoader(name, path)
  return _load(importlib.util.spec_from_file_location(
      name, path, loader=loader))


def load_package(name, path):
  """Loads the package in the folder `path`."""
  return _load(importlib.util.spec_from_file_location(
      name, os.path.join(path, "__init__.py"),
      submodule_search_locations=[path]))


def find_module(name, path=None):
  """Returns (open file, path, (suffix, mode, kind)) of a module."""
  if path is None and name in sys.builtin_module_names:
    return None, None, ("", "", C_BUILTIN)
  spec = importlib.machinery.PathFinder.find_spec(name, path)
  if spec is None:
    raise ImportError(f"No module named {name!r}", name=name)
  if spec.submodule_search_locations is not None:
    return None, list(spec.submodule_search_locations)[0], (
        "", "", PKG_DIRECTORY)
  if isinstance(spec.loader, importlib.machinery.SourceFileLoader):
    return open(spec.origin, encoding="utf-8"), spec.origin, (
        ".py", "r", PY_SOURCE)
  kind = C_EXTENSION if isinstance(
      spec.loader, importlib.machinery.ExtensionFileLoader) else PY_COMPILED
  suffix = "." + spec.origin.rpartition(".")[2]
  return open(spec.origin, "rb"), spec.origin, (suffix, "rb", kind)


def load_module(name, file, filename, details):
  """Loads what `find_module` found."""
  kind = details[2]
  if kind == PY_SOURCE:
    return load_source(name, filename)
  if kind == PY_COMPILED:
    return load_compiled(name, filename)
  if kind == C_EXTENSION:
    return load_dynamic(name, filename)
  if kind == PKG_DIRECTORY:
    return load_package(name, filename)
  if kind == C_BUILTIN:
    return importlib.import_module(name)
  raise ImportError(f"unknown kind of module {kind!r}", name=name)


def get_suffixes():
  """Returns [(suffix, mode, kind)]."""
  machinery = importlib.machinery
  return ([(s, "rb", C_EXTENSION) for s in machinery.EXTENSION_SUFFIXES]
          + [(s, "r", PY_SOURCE) for s in machinery.SOURCE_SUFFIXES]
          + [(s, "rb", PY_COMPILED) for s in machinery.BYTECODE_SUFFIXES])


def get_magic():
  """Returns the magic number of .pyc files."""
  return importlib.util.MAGIC_NUMBER


def acquire_lock():
  """Does nothing: Python locks each module by itself."""


def release_lock():
  """Does nothing: Python locks each module by itself."""


def lock_held():
  """Returns False: there is no global import lock."""
  return False


def _load(spec):
  module = importlib.util.module_from_spec(spec)
  before = sys.modules.get(spec.name)
  sys.modules[spec.name] = module
  try:
    spec.loader.exec_module(module)
  except BaseException:
    if before is None:
      sys.modules.pop(spec.name, None)
    else:
      sys.modules[spec.name] = before
    raise
  return sys.modules.get(spec.name, module)
