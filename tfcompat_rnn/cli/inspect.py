"""`tfcompat-rnn inspect`: what would become of a program, without running it.
"""

import json
import sys

from tfcompat_rnn.cli import _paths

HELP = "read programs and tell what is carried, refused or different"

_EPILOG = """\
PATH is a script, a notebook (.ipynb) or a folder, which is searched for both.
Nothing is run or imported, and TensorFlow is not loaded.

exit codes: 0 nothing is refused; 1 a name is refused, or a file cannot be
read; 2 wrong usage.
"""


def add_arguments(parser):
  """Adds the options of `inspect`."""
  parser.epilog = _EPILOG
  _paths.add_argument(parser)
  parser.add_argument("--summary", action="store_true",
                      help="print only the summary for the project")
  parser.add_argument("--json", action="store_true",
                      help="print everything as JSON")


def execute(arguments):
  """Prints the report and returns the exit code."""
  _paths.check(arguments)
  from tfcompat_rnn import inspection
  report = inspection.inspect(arguments.paths)
  if arguments.json:
    json.dump(report.as_dict(), sys.stdout, indent=1)
    print()
  else:
    print(report.summary() if arguments.summary else report)
  return report.exit_code
