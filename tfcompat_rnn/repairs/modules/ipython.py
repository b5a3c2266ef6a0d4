"""`IPython` where it is not installed: get_ipython."""

import builtins
import sys

from tfcompat_rnn import _importers

__all__ = ("__version__", "get_ipython", "version_info")

__version__ = "0"
version_info = (0, 0)


def get_ipython():
  """Returns what runs a notebook's magics; None outside of a notebook.

  Libraries get None as well: they would go on to the rest of IPython.
  """
  caller = sys._getframe(1).f_globals
  if _importers.belongs_to_today(caller.get("__name__", ""),
                                 caller.get("__file__")):
    return None
  own = getattr(builtins, "get_ipython", None)
  return own() if own is not None and own is not get_ipython else None
