"""Executes the cells of a notebook with IPython, as `ipython FILE` does.

  python run_notebook.py NOTEBOOK.ipynb
"""

import sys

from IPython.terminal.interactiveshell import TerminalInteractiveShell

if __name__ == "__main__":
  TerminalInteractiveShell.instance().safe_execfile_ipy(
      sys.argv[1], raise_exceptions=True)
