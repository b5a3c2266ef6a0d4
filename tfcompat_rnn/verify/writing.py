"""Files that are written as a whole or not at all."""

import os

from tfcompat_rnn import _errors


def write_whole(path, data):
  """Writes bytes; nobody ever sees half a file."""
  partial = f"{os.fspath(path)}.partial"
  try:
    with open(partial, "wb") as out:
      out.write(data)
    os.replace(partial, path)
  except OSError as error:
    raise _errors.ArgumentError(_errors.problem(
        "path", "be a file that can be written",
        f"{os.fspath(path)} ({error.strerror})",
        "name one in a folder that is there")) from error
