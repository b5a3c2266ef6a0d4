"""Gives each side its own folder, so that neither finds the other's files.

A program that writes checkpoints restores from them when it runs again: the
second side would start where the first one ended. So each side works in a
copy of the current folder, and what it writes stays there.
"""

import os
import pathlib
import shutil

from tfcompat_rnn import _errors

LARGEST_COPY = 1 << 24       # larger files are linked
LARGEST_TOTAL = 1 << 30
MOST_FILES = 20000
_LINKED = {".git", ".hg", ".svn", ".tox", "node_modules"}


class _Budget:

  def __init__(self):
    self.files = 0
    self.size = 0


def mirror(source, target):
  """Copies the folder `source` to `target`; returns the new working folder.

  Files of up to 16 MiB are copied and larger ones linked; virtual
  environments and version control are linked as a whole. The neighbors of
  `source` are linked next to the copy, so that `../data` is found too.

  Raises:
    LauncherError: if there are too many files.
  """
  source = pathlib.Path(source).resolve()
  if source.parent == source:
    raise _too_many(source)
  inner = pathlib.Path(target) / (source.parent.name or "root") / source.name
  inner.parent.mkdir(parents=True)
  _copy(source, inner, _Budget(), pathlib.Path(target).resolve())
  try:
    neighbors = sorted(os.scandir(source.parent), key=lambda e: e.name)
  except OSError:
    neighbors = []
  for entry in neighbors[:1000]:
    place = inner.parent / entry.name
    if not place.exists():
      os.symlink(entry.path, place)
  return inner


def _copy(source, target, budget, work):
  target.mkdir()
  for entry in os.scandir(source):
    budget.files += 1
    if budget.files > MOST_FILES:
      raise _too_many(source)
    place = target / entry.name
    path = pathlib.Path(entry.path)
    if entry.is_symlink():
      os.symlink(path.resolve(), place)
    elif entry.is_dir():
      if path == work or entry.name == "__pycache__":
        continue
      if entry.name in _LINKED or (path / "pyvenv.cfg").exists():
        os.symlink(path, place)
      else:
        _copy(path, place, budget, work)
    elif entry.is_file():
      size = entry.stat().st_size
      if size > LARGEST_COPY or budget.size + size > LARGEST_TOTAL:
        os.symlink(path, place)
      else:
        budget.size += size
        shutil.copy2(path, place)


def _too_many(folder):
  error = _errors.LauncherError(
      f"the current folder is too large to copy for each side (the limit of "
      f"{MOST_FILES} files was reached in {folder}); change to the program's "
      "own folder, or use --in-place")
  error.exit_code = 2
  return error


def script_word(name, source):
  """The name of the script `name` for a side in a copy of `source`."""
  path = pathlib.Path(name)
  source = pathlib.Path(source).resolve()
  absolute = pathlib.Path(os.path.abspath(source / path))
  if absolute.is_relative_to(source):
    return str(absolute.relative_to(source))
  return str(absolute)


def state(folder):
  """{path: (size, time)} of the files in `folder`, or None if too many."""
  found = {}
  for base, folders, files in os.walk(folder):
    folders[:] = [name for name in folders if name not in _LINKED
                  and name != "__pycache__"]
    for name in files:
      path = os.path.join(base, name)
      try:
        status = os.stat(path)
      except OSError:
        continue
      found[os.path.relpath(path, folder)] = (status.st_size,
                                              status.st_mtime_ns)
    if len(found) > MOST_FILES:
      return None
  return found


def changed(before, after):
  """The sorted names of files that are new or changed in `after`."""
  if before is None or after is None:
    return []
  return sorted(name for name in after if before.get(name) != after[name])
