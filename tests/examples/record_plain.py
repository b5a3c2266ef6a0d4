"""Records a program as plain Python runs it, without the launcher.

  python record_plain.py [options of `record`] -o FILE.npz PROGRAM [ARGS...]
"""

import argparse
import os
import runpy
import sys

from tfcompat_rnn.compare import here
from tfcompat_rnn.compare import recorder


def run(words):
  """As `python PROGRAM ARGS...`; a notebook's cells are run by IPython."""
  sys.argv = list(words)
  sys.path[0] = os.path.dirname(os.path.abspath(words[0]))
  if words[0].endswith(".ipynb"):
    from IPython.terminal.interactiveshell import TerminalInteractiveShell
    shell = TerminalInteractiveShell.instance()
    shell.safe_execfile_ipy(words[0], raise_exceptions=True)
  else:
    runpy.run_path(words[0], run_name="__main__")
  return 0


def main():
  parser = argparse.ArgumentParser()
  recorder.add_arguments(parser)
  parser.add_argument("-o", "--output")
  parser.add_argument("rest", nargs=argparse.REMAINDER)
  arguments = parser.parse_args()
  return here.record(arguments, lambda: run(arguments.rest))


if __name__ == "__main__":
  sys.exit(main())
