"""`python -m tfcompat_rnn run SCRIPT` is `tfcompat-rnn run SCRIPT`."""

import os
import sys

if __name__ == "__main__":
  if not getattr(sys.flags, "safe_path", False):
    # As for the installed command: modules in the current folder that are
    # named like Python's own (`argparse.py`) must not hide them from us.
    sys.path[0] = os.path.dirname(sys.executable)
    _root = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    if _root not in map(os.path.abspath, sys.path):
      sys.path.append(_root)  # a checkout that is not installed
  from tfcompat_rnn import cli
  sys.exit(cli.main())
