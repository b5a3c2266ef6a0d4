"""The npz files of `export`: written whole or not at all, never unpickled."""

import os
import tempfile
import zipfile

import numpy as np

from tfcompat_rnn import _errors
from tfcompat_rnn._errors import problem


def write_npz(path, arrays, overwrite=False):
  """Writes `arrays` (key -> array) to `path`, in their order.

  Into a temporary file beside it first, which is read again and compared,
  then renamed. Raises `CheckpointError` if `path` is there and `overwrite`
  is not, `CheckpointWriteError` if writing fails; then `path` is as before.
  """
  path = os.fspath(path)
  if os.path.isdir(path):
    raise _errors.CheckpointError(problem(
        "--output", "name a file", f"the folder {path}",
        f"say {os.path.join(path, 'weights.npz')}"))
  if os.path.lexists(path) and not overwrite:
    raise _errors.CheckpointError(problem(
        "--output", "name no existing file", path,
        "name another one, or say --overwrite"))
  folder = os.path.dirname(path) or os.curdir
  partial = None
  try:
    handle, partial = tempfile.mkstemp(
        prefix=f".{os.path.basename(path)}.", suffix=".writing", dir=folder)
    with os.fdopen(handle, "wb") as file:
      np.savez(file, **arrays)
      file.flush()
      os.fsync(file.fileno())
    _compare(partial, arrays)
    os.chmod(partial, 0o666 & ~_umask())
    os.replace(partial, path)
    partial = None
  except OSError as error:
    raise _errors.CheckpointWriteError(problem(
        "--output", "be where a file can be written",
        f"{path} ({error.strerror or error})",
        "look at the folder, its permissions and the room on its disk; "
        "nothing was left there")) from error
  finally:
    if partial and os.path.exists(partial):
      os.unlink(partial)


def _umask():
  """Temporary files are for their owner alone; others are as usual."""
  mask = os.umask(0)
  os.umask(mask)
  return mask


def _compare(path, arrays):
  written = read_npz(path)
  for key, array in arrays.items():
    if key not in written or written[key].tobytes() != array.tobytes():
      raise OSError(f"what was read back of {key} is not what was written")


def read_npz(path):
  """The arrays of an npz file, key -> array, in its order.

  Raises `MissingFileError` if there is none, `CheckpointError` if it is no
  npz file, is damaged, or holds Python objects (which would be unpickled).
  """
  path = os.fspath(path)
  if not os.path.exists(path):
    raise _errors.MissingFileError(problem(
        "file", "be there", path, "name an npz file"))
  try:
    if not zipfile.is_zipfile(path):
      raise ValueError("no zip archive")
    with np.load(path, allow_pickle=False) as stored:
      if not hasattr(stored, "files"):
        raise ValueError("one array, not an archive of them")
      arrays = {key: stored[key] for key in stored.files}
    bad = [key for key, array in arrays.items()
           if not isinstance(array, np.ndarray)]
    if bad:
      raise ValueError(f"{bad[0]} is no array")
    return arrays
  except (OSError, ValueError, EOFError, KeyError,
          zipfile.BadZipFile) as error:
    raise _errors.CheckpointError(problem(
        "file", "be an npz file of plain arrays", f"{path} ({error})",
        "write it with numpy.savez; of PyTorch: np.savez(path, **{key: "
        "value.numpy() for key, value in module.state_dict().items()})"
    )) from error
