"""The smallest change after which an old program runs without the launcher.

  report = upgrade(["project/"])
  print(report)                 # a diff
  report.write()

`rewriting` changes the names in one source, `translation` makes Python 3 of
Python 2 in the programs that `python2_programs` finds, `programs` tells which
files are started by `python FILE`, `documents` reads scripts and notebooks and
writes them, and `project` puts it together. What is carried and what is
refused, `tfcompat_rnn.inspection` says. Nothing is run, and TensorFlow is not
loaded.
"""

from tfcompat_rnn import _errors

INSTALL = "pip install 'tfcompat_rnn[upgrade]'"


def upgrade(paths, python2=False):
  """Finds the changes for all sources in `paths`; returns a `report.Report`.

    print(upgrade(["project/"]))

  Nothing is written. What cannot be upgraded is part of the report. With
  `python2`, all files are for Python 2, whatever they show.

  Raises:
    LauncherError: the package libcst is not installed.
  """
  try:
    import libcst  # noqa: F401
  except ImportError:
    error = _errors.LauncherError(
        f"`upgrade` needs the package libcst; run `{INSTALL}`")
    error.exit_code = 2
    raise error from None
  from tfcompat_rnn.upgrade import project
  return project.upgrade(paths, python2)
