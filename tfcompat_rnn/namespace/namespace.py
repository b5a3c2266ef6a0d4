"""The module type of the 1.15 namespace, and how a name is resolved.

Every module of `tfcompat_rnn.tf1` is a `NamespaceModule`. It has no
attributes of its own at first: a name is looked up in the tables, then in the
module's source in the installed TensorFlow, and otherwise raises an error that
says what to do. Values are the real objects, never wrapped copies, so
`isinstance` and subclassing work (see `behavior` for the one exception).
"""

import importlib
import types

from tfcompat_rnn import _errors
from tfcompat_rnn import _tf
from tfcompat_rnn.namespace import behavior
from tfcompat_rnn.namespace import missing
from tfcompat_rnn.namespace import names
from tfcompat_rnn.namespace import tables
from tfcompat_rnn.namespace.releases import notice
from tfcompat_rnn.namespace.releases import rows

ROOT = "tfcompat_rnn.tf1"
# Rows of cells, and what lets these accept the arguments of older releases.
_CELLS = ("tfcompat_rnn.cells:", "tfcompat_rnn.cells.grid_rnn:")
_OLD_CELLS = "tfcompat_rnn.namespace.releases.cells"
# The prefix of a TensorFlow module's own name -> the old name.
_REAL_PREFIXES = (
    (_tf.module_name("public_v1"), ""),
    ("tensorflow.compat.v1", ""),
    (_tf.module_name("python"), "python"),
    ("tf_keras.api._v1.keras", "keras"),
)
# Looked up by the interpreter and by tools; never names of TensorFlow.
_NOT_OURS = frozenset((
    "__wrapped__", "__warningregistry__", "__getattr__", "__annotations__",
    "__signature__", "__bases__", "__class_getitem__", "__text_signature__",
    "__set_name__", "__cached__", "__test__"))


def join(old_module, name):
  """`("nn", "relu")` -> `"nn.relu"`; the root module is `""`."""
  return f"{old_module}.{name}" if old_module else name


def import_old(old):
  """The module of the namespace for the 1.15 module `old`."""
  return importlib.import_module(join(ROOT, old) if old else ROOT)


def target(new):
  """The object that `new` of a row stands for."""
  where, call, _ = new.partition("()")
  value = _tf.find(where)
  return value() if call else value


def own_module(value):
  """The namespace's module for a real module, or the real module itself."""
  name = getattr(value, "__name__", "")
  for prefix, old in _REAL_PREFIXES:
    if name == prefix or name.startswith(prefix + "."):
      rest = name[len(prefix) + 1:]
      return import_old(join(old, rest) if rest else old)
  return value


def submodule(source, name):
  """The module `name` of the package `source`, or None."""
  value = getattr(source, name, None)
  if isinstance(value, types.ModuleType):
    return value
  if value is None and hasattr(source, "__path__"):
    full = f"{source.__name__}.{name}"
    try:
      return _tf.real_module(full)
    except ModuleNotFoundError as error:
      if error.name != full and not isinstance(error, _errors.TfcompatError):
        raise
  return None


def find_source(old):
  """(whether `old` is a module, its source in TensorFlow or None)."""
  if not old:
    return True, _tf.tf
  listed, row = tables.module(old)
  if listed and row is not None:
    return True, (_tf.real_module(row.source) if row.source else None)
  if not listed and tables.gap(old):
    return False, None
  parent, _, name = old.rpartition(".")
  found, source = find_source(parent)
  if found and source is not None:
    value = submodule(source, name)
    if value is not None:
      return True, value
  return listed, None


def resolve(module, name):
  """The object that 1.15 called `tensorflow.<module>.<name>`.

  Raises `MissingSymbolError` with the next step if it is not supported.
  """
  own = _real_dict(module)
  old = join(own["__tfcompat_old__"], name)
  row = tables.row(old)
  if row is not None:
    if (isinstance(row, rows.Old) and names.home(old) is None
        and notice.only_asks(name)):
      raise missing.symbol_error(old)
    if isinstance(row, rows.Old) and row.arguments is None:
      notice.used(join("tf", old), row.last)
    if row.new.startswith(_CELLS):
      importlib.import_module(_OLD_CELLS).install()
    try:
      return target(row.new)
    except _errors.PrivateSymbolError as error:
      raise missing.gone_error(old, error) from error
  if tables.module(old)[0] or tables.canonical(old) != old:
    try:
      return import_old(old)
    except _errors.MissingModuleError as error:
      # Who reads an attribute expects an AttributeError.
      raise _errors.MissingSymbolError(str(error)) from error
  if tables.gap(old) is None:
    source = own["__tfcompat_source__"]
    if source is not None:
      value = getattr(source, name, None)
      if value is None and hasattr(source, "__path__"):
        value = submodule(source, name)
      if isinstance(value, types.ModuleType):
        return own_module(value)
      if value is not None or name in getattr(source, "__dict__", ()):
        return value
  imported = _imported(own["__tfcompat_old__"], name)
  if imported is not None:
    return imported
  raise missing.symbol_error(old)


def _imported(old_module, name):
  """The module that 1.15's private module imported as `name`.

  Programs imported `rnn_cell_impl` from `tensorflow.python.ops.rnn`, for
  example.
  """
  if "python" not in old_module.split("."):
    return None
  target = names.imported(old_module, name)
  if target is None or target == join(old_module, name):
    return None
  try:
    if target.startswith(":"):
      return importlib.import_module(target[1:])
    return import_old(target)
  except ImportError:
    return None


_real_dict = types.ModuleType.__dict__["__dict__"].__get__


class NamespaceModule(types.ModuleType):
  """One module of 1.15, resolved name by name."""

  @property
  def __dict__(self):
    """The module's dictionary; a program that reads it sees all names.

    This holds only for modules that consist of rows, for which
    `tf.contrib.rnn.__dict__.values()` was an idiom. For the others it would
    load all of TensorFlow.
    """
    own = _real_dict(self)
    if own.get("__tfcompat_source__") is None and own.get("__tfcompat_old__"):
      public_names(self)
    return own

  def __init__(self, fullname, old):
    super().__init__(fullname)
    own = _real_dict(self)
    own["__tfcompat_old__"] = old
    own["__tfcompat_source__"] = None

  def __getattr__(self, name):
    if name == "__all__":
      return public_names(self)
    if name in _NOT_OURS or name.startswith("_ipython_"):
      raise AttributeError(
          f"module {self.__name__!r} has no attribute {name!r}")
    own = _real_dict(self)
    old = own["__tfcompat_old__"]
    value = resolve(self, name)
    return behavior.give(own if _stays(tables.row(join(old, name))) else {},
                         old, name, value)

  def __setattr__(self, name, value):
    # An imported submodule becomes an attribute of its parent. 1.15 hid some
    # under a function of the same name (`arg_scope`).
    if isinstance(value, NamespaceModule) and tables.row(
        join(_real_dict(self)["__tfcompat_old__"], name)):
      return
    super().__setattr__(name, value)

  def __dir__(self):
    return sorted(set(_real_dict(self)) | set(public_names(self)))

  def __repr__(self):
    old = _real_dict(self).get("__tfcompat_old__", "")
    name = join("tensorflow", old) if old else "tensorflow"
    return f"<module {name} (TensorFlow 1.15 names, {self.__name__})>"


# Programs print the names of types, and this was a module in 1.15.
NamespaceModule.__name__ = NamespaceModule.__qualname__ = "module"


def _stays(row):
  """Whether the value of `row` is the same at each use.

  Another line may only ask for a name that was gone by 1.15, and what some
  names are depends on the release that is set.
  """
  return not isinstance(row, rows.Old) and not (
      row is not None and row.new.endswith("()")
      and row.new.startswith("tfcompat_rnn.namespace.releases."))


def public_names(module):
  """What `from module import *` imports: 1.15's names that resolve here.

  Resolving them puts them into the module's dictionary.
  """
  old = _real_dict(module)["__tfcompat_old__"]
  source = _real_dict(module)["__tfcompat_source__"]
  found = {name for name in tables.names_in(old)
           if not isinstance(tables.row(join(old, name)), rows.Old)}
  if source is not None:
    found.update(getattr(source, "__all__", None) or dir(source))
  with notice.Silence():
    return sorted(name for name in found
                  if not name.startswith("_") and _resolves(module, old, name))


def _resolves(module, old, name):
  full = join(old, name)
  if tables.gap(full) and not tables.row(full) and not tables.module(full)[0]:
    return False
  return hasattr(module, name)
