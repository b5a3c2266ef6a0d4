"""Python 2's meaning for programs whose syntax was converted.

These modules need nothing but Python 3.5 or newer: `tfcompat-rnn compare` also
loads them, by path, into the reference's interpreter.

  code = compile_source(text, path)   # of the converted text
  execute(code, vars(module))
"""

from .meaning import change
from .meaning import features
from .reference import start
from .running import Loader
from .running import add_names
from .running import compile_source
from .running import execute
from .running import namespace_builtins
from .running import set_converter

__all__ = ["Loader", "add_names", "change", "compile_source", "execute",
           "features", "namespace_builtins", "set_converter", "start"]
