"""The programs that `inspect` and `upgrade` are given: the argument `PATH`."""

import os


def add_argument(parser):
  """Adds `paths`."""
  parser.add_argument("paths", nargs="+", metavar="PATH",
                      help="a script, a notebook or a folder")


def check(arguments):
  """Ends the command if one of the paths does not exist."""
  for path in arguments.paths:
    if not os.path.lexists(path):
      arguments.parser.error(f"there is no file or folder {path!r}; name a "
                             "script, a notebook or a folder")
