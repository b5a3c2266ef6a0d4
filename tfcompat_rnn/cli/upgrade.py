"""`tfcompat-rnn upgrade`: the smallest change that needs no launcher."""

from tfcompat_rnn import _terminal
from tfcompat_rnn.cli import _paths

HELP = "change a program such that it runs without tfcompat-rnn run"

_EPILOG = """\
PATH is a script, a notebook (.ipynb) or a folder, which is searched for both.
Without --write, the changes are printed as a diff, and no file is touched.
Nothing is run or imported, and TensorFlow is not loaded. Name all files of a
program at once: which of them is started decides what it begins with.

exit codes: 0 all is upgraded, or needs no change; 1 a file is left as it is,
and stderr says why; 2 wrong usage, or libcst is missing.
"""


def add_arguments(parser):
  """Adds the options of `upgrade`."""
  parser.epilog = _EPILOG
  _paths.add_argument(parser)
  parser.add_argument("--write", action="store_true",
                      help="write the changed files instead of printing them")
  parser.add_argument("--python2", action="store_true",
                      help="take all files as Python 2, also those that "
                      "Python 3 can read")


def execute(arguments):
  """Prints or writes the changes and returns the exit code."""
  _paths.check(arguments)
  from tfcompat_rnn import upgrade
  report = upgrade.upgrade(arguments.paths, arguments.python2)
  if arguments.write:
    for path in report.write():
      print(f"upgraded {path}")
  elif report.changes:
    print(report)
  for text in report.complaints():
    _terminal.complain(text)
  _terminal.complain(report.summary(arguments.write))
  return report.exit_code
