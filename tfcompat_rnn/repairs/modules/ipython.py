"""`IPython` where it is not installed: get_ipython."""

import builtins

__all__ = ("__version__", "get_ipython", "version_info")

__version__ = "0"
version_info = (0, 0)


def get_ipython():
  """Returns what stands for IPython while a notebook runs, or None."""
  own = getattr(builtins, "get_ipython", None)
  return own() if own is not None and own is not get_ipython else None
