"""`distutils`, which setuptools keeps a copy of.

setuptools, which TensorFlow requires, makes its copy importable as `distutils`
by a .pth file. Python reads that file only in a site directory, not in a
folder that `pip install --target` made, and the file does nothing where
SETUPTOOLS_USE_DISTUTILS=stdlib.
"""

import importlib.util
import os
import sys

from tfcompat_rnn.repairs import _kinds


def _build(module):
  found = importlib.util.find_spec("setuptools")
  if found is None:
    raise ModuleNotFoundError(
        "No module named 'distutils': Python 3.12 dropped it; "
        "pip install setuptools, which has a copy", name="distutils")
  module.__path__ = [os.path.join(os.path.dirname(found.origin),
                                  "_distutils")]
  # The copy needs libraries whose path `import setuptools` adds. setuptools
  # itself imports `distutils`, hence the path above.
  importlib.import_module("setuptools")
  return {"__version__": sys.version.partition(" ")[0]}


ROWS = (
    _kinds.supply("distutils", _build, "setuptools' copy of it",
                  "removed in Python 3.12"),
)
