"""Programs written for Python 2: recognized, converted, run.

`signs` recognizes them and explains, `conversion` changes the syntax with
fissix, `runtime` gives it Python 2's meaning, and `program` decides which
files belong to a program.
"""

from tfcompat_rnn.launcher.python2.signs import INSTALL
from tfcompat_rnn.launcher.python2.signs import explain
from tfcompat_rnn.launcher.python2.signs import find_signs
from tfcompat_rnn.launcher.python2.signs import hint

__all__ = ["INSTALL", "explain", "find_signs", "hint"]
