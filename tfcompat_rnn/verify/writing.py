"""Writes files in one step, with errors that name the argument."""

import os

from tfcompat_rnn import _errors
from tfcompat_rnn import _writing


def write_whole(path, data):
  """Writes bytes so that no partly written file is ever visible."""
  try:
    _writing.write_whole(path, data)
  except OSError as error:
    raise _errors.ArgumentError(_errors.problem(
        "path", "be a file that can be written",
        f"{os.fspath(path)} ({error.strerror})",
        "pass a path in an existing folder")) from error
