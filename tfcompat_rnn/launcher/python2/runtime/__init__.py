"""Python 2's meaning for programs whose syntax was converted.

These modules need nothing but Python 3.5 or newer: `tfcompat-rnn compare` also
loads them, by path, into the reference's interpreter.

  code = compile_source(text, path)   # of the converted text
  execute(code, vars(module))
"""

from .errors import ATTRIBUTES
from .files import MARK
from .functions import METHODS
from .functions import SPECIAL
from .functions import special_methods
from .meaning import change
from .meaning import features
from .meaning import globals_of
from .meaning import leaking
from .meaning import may_stop
from .meaning import outside
from .meaning import targets
from .modules import RENAMED
from .modules import additions
from .modules import find as find_module
from .modules import has as has_module
from .numbers2 import divide_in_place
from .reference import start
from .running import Loader
from .running import add_names
from .running import change_library
from .running import compile_source
from .running import execute
from .running import namespace_builtins
from .running import set_converter
from .running import table
from .strings import BYTE_METHODS

__all__ = [
    "ATTRIBUTES", "BYTE_METHODS", "Loader", "MARK", "METHODS", "RENAMED",
    "SPECIAL", "add_names", "additions", "change", "change_library",
    "compile_source", "divide_in_place", "execute", "features", "find_module",
    "globals_of", "has_module", "leaking", "may_stop", "namespace_builtins",
    "outside", "set_converter", "special_methods", "start", "table",
    "targets"]
