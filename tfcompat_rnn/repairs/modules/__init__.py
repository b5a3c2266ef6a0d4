"""Replacements for modules that are gone, one file each.

Each file is the replacement itself: a program that imports `imp` gets the
names in `__all__` of `imp.py`.
"""

import importlib

from tfcompat_rnn.repairs import _kinds
from tfcompat_rnn.repairs.modules import colab
from tfcompat_rnn.repairs.modules import distutils


def _supply(name, what, why, file=None):
  def build(module):
    source = importlib.import_module(f"{__name__}.{file or name}")
    return {key: getattr(source, key) for key in source.__all__}
  return _kinds.supply(name, build, what, why)


ROWS = (
    _supply("imp", "imp.load_source, reload, find_module, load_module",
            "removed in Python 3.12"),
    _supply("pipes", "pipes.quote", "removed in Python 3.13"),
    _supply("cgi", "cgi.escape, parse_qs, parse_qsl",
            "removed in Python 3.13"),
    _supply("imghdr", "imghdr.what", "removed in Python 3.13"),
    _supply("pkg_resources", "resource files and installed versions",
            "removed in setuptools 82"),
    _supply("IPython", "get_ipython, which returns None",
            "IPython may not be installed", "ipython"),
    _supply("IPython.display", "display prints its arguments and saves or "
            "shows figures", "IPython may not be installed",
            "ipython_display"),
) + distutils.ROWS + colab.ROWS
