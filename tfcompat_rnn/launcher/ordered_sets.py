"""Makes the sets of a program iterate in a defined order: `--ordered-sets`.

  install(["/home/me/project"])     # before the program is compiled

Many programs number their vocabulary with `list(set(text))`. The order of a
set of strings depends on Python's hash function, which differs between 3.7
and 3.11, so the two sides of a comparison feed different numbers. In modules
below the given folders, `set(...)`, `frozenset(...)`, set literals and set
comprehensions make sets that iterate in sorted order. Sets that libraries
make are not affected.

This file imports nothing of the package and runs under Python 3.5, because
`recorder.py` needs it on the reference's side.
"""

import ast
import builtins
import copy
import importlib.machinery
import os
import sys

_INSTALLED = ("site-packages", "dist-packages")
_PREFIX = "_tfcompat_ordered_"


def in_order(elements):
  """The elements as a sorted list; of mixed types by type, then by text."""
  elements = list(elements)
  try:
    # Numbers of different types compare, and so do tuples of strings.
    return sorted(elements)
  except TypeError:
    return sorted(elements, key=lambda one: (type(one).__name__, repr(one)))


def _make(base):
  """A subclass of `base` (set or frozenset) that iterates in order."""

  class Type(type):
    """Sets of libraries are sets, too."""

    def __instancecheck__(cls, instance):
      if cls.__dict__.get("_stands_for_all"):
        return isinstance(instance, base)
      return type.__instancecheck__(cls, instance)

    def __subclasscheck__(cls, other):
      if cls.__dict__.get("_stands_for_all"):
        return issubclass(other, base)
      return type.__subclasscheck__(cls, other)

  space = {"_stands_for_all": True, "__slots__": ()}

  def __iter__(self):
    return iter(in_order(base.__iter__(self)))

  def __repr__(self):
    inside = ", ".join(map(repr, self))
    if base is set:
      return "{%s}" % inside if inside else "set()"
    return "frozenset({%s})" % inside if inside else "frozenset()"

  def __reduce__(self):
    return base, (list(self),)

  def __deepcopy__(self, memo):
    return type(self)([copy.deepcopy(one, memo) for one in self])

  # A pickle must be readable where there are no ordered sets.
  space.update(__iter__=__iter__, __repr__=__repr__, __reduce__=__reduce__,
               __copy__=lambda self: type(self)(self),
               __deepcopy__=__deepcopy__)
  if base is set:
    def pop(self):
      for one in self:
        base.discard(self, one)
        return one
      raise KeyError("pop from an empty set")
    space["pop"] = pop
  for name in ("__and__", "__or__", "__sub__", "__xor__", "__rand__",
               "__ror__", "__rsub__", "__rxor__", "union", "intersection",
               "difference", "symmetric_difference", "copy"):
    space[name] = _wrapped(getattr(base, name), base)
  return Type(base.__name__, (base,), space)


def _wrapped(method, base):
  def wrapper(self, *others):
    found = method(self, *others)
    if found is NotImplemented:
      return found
    return (ordered_set if base is set else ordered_frozenset)(found)
  wrapper.__name__ = method.__name__
  return wrapper


ordered_set = _make(set)
ordered_frozenset = _make(frozenset)
_NAMES = {"set": ordered_set, "frozenset": ordered_frozenset}


class _Transformer(ast.NodeTransformer):
  """Makes a module use the ordered sets."""

  def __init__(self, names):
    self.names = names

  def _name(self, name, node):
    return ast.copy_location(ast.Name(_PREFIX + name, ast.Load()), node)

  def visit_Name(self, node):
    if node.id in self.names and isinstance(node.ctx, ast.Load):
      return self._name(node.id, node)
    return node

  def _call(self, node, argument):
    self.generic_visit(argument)
    return ast.copy_location(ast.Call(
        self._name("set", node), [ast.copy_location(argument, node)], []),
                             node)

  def visit_Set(self, node):
    return self._call(node, ast.List(node.elts, ast.Load()))

  def visit_SetComp(self, node):
    return self._call(node, ast.ListComp(node.elt, node.generators))


def _bound(tree):
  """Names that the module binds itself, so that they are not the builtins."""
  found = set()
  for node in ast.walk(tree):
    if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
      found.add(node.id)
    elif isinstance(node, ast.arg):
      found.add(node.arg)
    elif isinstance(node, (ast.FunctionDef, ast.ClassDef)):
      # A method or property `set` hides nothing outside its class.
      found.add(node.name)
    elif isinstance(node, ast.alias):
      found.add((node.asname or node.name).partition(".")[0])
  methods = set(
      part.name for node in ast.walk(tree) if isinstance(node, ast.ClassDef)
      for part in node.body if isinstance(part, ast.FunctionDef))
  plain = set(node.name for parent in ast.walk(tree)
              if not isinstance(parent, ast.ClassDef)
              for node in ast.iter_child_nodes(parent)
              if isinstance(node, (ast.FunctionDef, ast.ClassDef)))
  return found - (methods - plain)


def compile_source(source, path, mode="exec", flags=0, dont_inherit=True):
  """`compile`, with ordered sets."""
  tree = compile(source, path, mode, flags | ast.PyCF_ONLY_AST, dont_inherit)
  tree = _Transformer(set(_NAMES) - _bound(tree)).visit(tree)
  return compile(ast.fix_missing_locations(tree), path, mode, flags,
                 dont_inherit)


class _Loader(importlib.machinery.SourceFileLoader):
  """Compiles a module with ordered sets, and leaves no compiled file."""

  def get_code(self, fullname):
    path = self.get_filename(fullname)
    return compile_source(self.get_data(path), path)


class _Finder(object):
  """Finds the modules of the program below `folders`."""

  def __init__(self, folders):
    self.folders = [os.path.join(os.path.realpath(folder), "")
                    for folder in folders]

  def find_spec(self, name, path=None, target=None):
    """The spec of a module of the program, else None."""
    spec = importlib.machinery.PathFinder.find_spec(name, path, target)
    if spec is None or type(spec.loader) is not (
        importlib.machinery.SourceFileLoader):
      return None
    place = os.path.realpath(spec.origin)
    if not place.startswith(tuple(self.folders)) or any(
        part in _INSTALLED for part in place.split(os.sep)):
      return None
    try:
      with open(place, "rb") as file:
        compile(file.read(), place, "exec", ast.PyCF_ONLY_AST, True)
    except (SyntaxError, ValueError):
      return None            # Python 2, for example: others know it
    spec.loader = _Loader(spec.loader.name, spec.loader.path)
    return spec

  def invalidate_caches(self):
    """Nothing is cached."""


def install(folders):
  """Gives the modules below `folders` ordered sets; returns an undo."""
  for name, kind in _NAMES.items():
    setattr(builtins, _PREFIX + name, kind)
  finder = _Finder(folders)
  sys.meta_path.insert(0, finder)

  def undo():
    if finder in sys.meta_path:
      sys.meta_path.remove(finder)
    for name in _NAMES:
      if hasattr(builtins, _PREFIX + name):
        delattr(builtins, _PREFIX + name)
  return undo
