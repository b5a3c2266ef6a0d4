"""Makes this folder's helpers and the cells of tests/state importable."""

import pathlib
import sys

HERE = pathlib.Path(__file__).parent
for folder in (HERE, HERE.parent / "state"):
  if str(folder) not in sys.path:
    sys.path.insert(0, str(folder))
