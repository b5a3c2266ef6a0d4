"""Names of a package resolved on first use (PEP 562)."""

import importlib
import sys


def attach(package, table):
  """`__getattr__` and `__dir__` for `package`, from a table name -> module.

    __getattr__, __dir__ = _lazy.attach(__name__, {"LSTMCell": "core"})

  A module name that starts with a dot is relative to the parent of the package.
  Each name is stored in the package when it is found, so that it is looked up
  only once.
  """
  def get(name):
    if name not in table:
      raise AttributeError(f"module {package!r} has no attribute {name!r}")
    module = importlib.import_module(f".{table[name]}", package)
    value = getattr(module, name)
    setattr(sys.modules[package], name, value)
    return value

  def names():
    return sorted(set(vars(sys.modules[package])) | set(table))

  return get, names
