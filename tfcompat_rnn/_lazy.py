"""Names of a package resolved on first use (PEP 562)."""

import importlib
import sys


def attach(package, table):
  """`__getattr__` and `__dir__` of `package`, from name -> module in it.

    __getattr__, __dir__ = _lazy.attach(__name__, {"LSTMCell": "core"})

  A module that begins with a dot lies beside the package. What is found stays
  in the package, so that it is looked up once.
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
