"""Python 2's meaning for the files that `tfcompat-rnn upgrade` translates.

    from tfcompat_rnn import python2
    from tfcompat_rnn.python2 import open, zip
    from tfcompat_rnn.python2.random import shuffle

    python2.divide(7, 2)             # 3, as `7 / 2` was
    python2.items({"a": 1})          # a list
    zip([1, 2], [3, 4])              # a list

The builtins of Python 2 are here under their names (`unicode`, `xrange`,
`raw_input`, `open`, ...), what its operators and methods did under other ones
(docs/upgrade.md has the table), and the modules that Python 3 has changed
(`random`, `cPickle`, `StringIO`, ...) are submodules. All of it is what
`tfcompat-rnn run --python2` gives a program.

Importing this package adds the names of Python 2 that modules of Python 3
lack (`sys.maxint`, `string.letters`), and lets NumPy and TensorFlow take
strings from a module that has the name `python2`.
"""

import importlib.machinery
import sys

from tfcompat_rnn import _patching
from tfcompat_rnn.launcher import watch
from tfcompat_rnn.launcher.python2 import runtime

_TABLE = runtime.table()
# The names of the builtins, and those of operators, statements and methods.
BUILTINS = frozenset(name for name in _TABLE if not name.startswith("_"))
globals().update((name.removeprefix("_py2_"), value)
                 for name, value in _TABLE.items()
                 if name in BUILTINS or name.startswith("_py2_"))

print_values = _TABLE["_py2_print"]
exception = _TABLE["_py2_raise"]
text = _TABLE["_py2_str"]
# The statements, and `str`, which the launcher tells from these names.
print = _TABLE["print"]  # noqa: A001
for _name in ("raise", "over", "str"):
  globals().pop(_name, None)
divide_in_place = runtime.divide_in_place
special_methods = runtime.special_methods

# A module whose global `python2` has this reads and writes files as Python 2
# did.
globals()[runtime.MARK] = True


class _Finder:
  """Finds `tfcompat_rnn.python2.NAME`: the module `NAME` of Python 2."""

  @staticmethod
  def find_spec(name, path=None, target=None):
    parent, _, module = name.rpartition(".")
    if parent != __name__ or not runtime.has_module(module):
      return None
    return importlib.machinery.ModuleSpec(name, _Finder)

  @staticmethod
  def create_module(spec):
    return None

  @staticmethod
  def exec_module(module):
    name = module.__name__
    sys.modules[name] = runtime.find_module(name.rpartition(".")[2])


def _install():
  # It holds as long as the process.
  patches = _patching.Stack()
  runtime.add_names(patches.replace)
  watching = watch.Watch(patches)
  watching.prefer(__name__ + ".", _Finder)
  watching.when_imported("numpy", lambda module: runtime.change_library(
      "numpy", module))
  watching.when_imported("tfcompat_rnn.tf1", lambda _: runtime.change_library(
      "tensorflow", sys.modules["tensorflow"]))


_install()
