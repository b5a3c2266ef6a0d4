"""Writes files atomically."""

import os

from tfcompat_rnn import _errors


def write_whole(path, data):
  """Writes bytes so that no partly written file is ever visible."""
  partial = f"{os.fspath(path)}.partial"
  try:
    with open(partial, "wb") as out:
      out.write(data)
    os.replace(partial, path)
  except OSError as error:
    raise _errors.ArgumentError(_errors.problem(
        "path", "be a file that can be written",
        f"{os.fspath(path)} ({error.strerror})",
        "pass a path in an existing folder")) from error
