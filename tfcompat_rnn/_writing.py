"""Files that are replaced in one step: as they were, or as they are to be."""

import contextlib
import os
import shutil


@contextlib.contextmanager
def replacing(path, in_place=False, synced=False, place=None):
  """A binary file that takes the place of `path` when the block has ended.

    with replacing("report.json") as file:
      file.write(data)

  It is written next to `path`, as `.NAME.*.writing` (`file.name`); if the block
  raises an error, it is deleted, and `path` is as it was. What is no regular
  file, such as a pipe, is written itself.

  Arguments:
    path: its folder must exist.
    in_place: `path` is to be the file that it was: a link is followed, and its
      permissions are kept. Otherwise it gets those of a new file.
    synced: the data is on the disk before it takes the place.
    place: `place(partial, path)` makes it do so, instead of `os.replace`.

  Raises:
    OSError: it cannot be written.
  """
  path = os.path.realpath(path) if in_place else os.fspath(path)
  if os.path.exists(path) and not os.path.isfile(path):
    with open(path, "wb") as file:
      yield file
    return
  folder, name = os.path.split(path)
  partial = os.path.join(folder, f".{name}.{os.urandom(4).hex()}.writing")
  try:
    with open(partial, "xb") as file:
      yield file
      file.flush()
      if synced:
        os.fsync(file.fileno())
    if in_place and os.path.exists(path):
      shutil.copymode(path, partial)
    (place or os.replace)(partial, path)
  finally:
    with contextlib.suppress(FileNotFoundError):
      os.unlink(partial)


def write_whole(path, data, in_place=False, synced=False):
  """Writes the bytes `data` to `path` as `replacing` does."""
  with replacing(path, in_place, synced) as file:
    file.write(data)
