"""Writes and reads npz files completely or not at all, without pickles."""

import functools
import os
import zipfile

import numpy as np

from tfcompat_rnn import _errors
from tfcompat_rnn import _terminal
from tfcompat_rnn import _writing
from tfcompat_rnn._errors import problem


def write_npz(path, arrays, overwrite=False, name="--output"):
  """Writes `arrays` (key -> array) to `path`, in their order.

  They are first written to a temporary file next to it, which is read back,
  compared and then renamed. Raises `CheckpointError` if `path` exists and
  `overwrite` is False, and `CheckpointWriteError` if writing fails; then
  `path` is as it was before. `name` is what its messages call `path`.
  """
  path = os.fspath(path)
  if os.path.isdir(path):
    raise _errors.CheckpointError(problem(
        name, "name a file", f"the folder {path}",
        f"use {os.path.join(path, 'weights.npz')}"))
  if not overwrite:
    _require_none(path, name)
  try:
    with _writing.replacing(
        path, synced=True, place=os.replace if overwrite
        else functools.partial(_place_new, name)) as file:
      np.savez(file, **arrays)
      file.flush()
      _compare(file.name, arrays)
  except OSError as error:
    raise _errors.CheckpointWriteError(problem(
        name, "be where a file can be written",
        f"{path} ({error.strerror or error})",
        "check the folder, its permissions and the free space on its disk; "
        "nothing was left there")) from error


def _require_none(path, name):
  if os.path.lexists(path):
    raise _errors.CheckpointError(problem(
        name, "name no existing file", path,
        "name another one, or add --overwrite"))


def _place_new(name, partial, path):
  """Gives `partial` the name `path`, if there is no such file.

  Another process may have been faster, so a link, which never replaces, and no
  question beforehand.
  """
  try:
    os.link(partial, path)
  except OSError:  # also a file system without links
    _require_none(path, name)
    os.replace(partial, path)


def _compare(path, arrays):
  written = read_npz(path)
  for key, array in arrays.items():
    if key not in written or written[key].tobytes() != array.tobytes():
      raise OSError(f"{key} was not read back as it was written")


def read_npz(path):
  """The arrays of an npz file, key -> array, in its order.

  Raises `MissingFileError` if the file does not exist, and `CheckpointError`
  if it is not an npz file, is damaged, or contains Python objects (which would
  have to be unpickled).
  """
  path = os.fspath(path)
  if not os.path.exists(path):
    raise _errors.MissingFileError(problem(
        "file", "exist", path, "name an npz file"))
  try:
    if not os.path.isfile(path) or not zipfile.is_zipfile(path):
      raise ValueError("not a zip archive")
    with np.load(path, allow_pickle=False) as stored:
      if not hasattr(stored, "files"):
        raise ValueError("a single array, not an archive of arrays")
      arrays = {key: stored[key] for key in stored.files}
    bad = [key for key, array in arrays.items()
           if not isinstance(array, np.ndarray)]
    if bad:
      raise ValueError(f"{bad[0]} is not an array")
    return arrays
  except Exception as error:  # zipfile and NumPy raise many kinds of errors
    # zipfile shows what is behind a damaged header.
    told = _terminal.abridged(" ".join(str(error).split()), 600)
    raise _errors.CheckpointError(problem(
        "file", "be an npz file of plain arrays", f"{path} ({told})",
        "write it with numpy.savez; for PyTorch: np.savez(path, **{key: "
        "value.numpy() for key, value in module.state_dict().items()})"
    )) from error
