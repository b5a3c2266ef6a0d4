"""Gives each side its own folder, so that neither finds the other's files.

A program that writes checkpoints restores from them when it runs again: the
second side would start where the first one ended. So each side works in a
copy of the current folder, and what it writes stays there.
"""

import os
import pathlib
import shutil
import tempfile

from tfcompat_rnn import _errors

LARGEST_COPY = 1 << 24       # larger files are linked
LARGEST_TOTAL = 1 << 30
MOST_FILES = 20000
_ROOTS = (".git", ".hg", "setup.py", "setup.cfg", "pyproject.toml")
_LINKED = {".git", ".hg", ".svn", ".tox", "node_modules"}


class _Budget:

  def __init__(self):
    self.files = 0
    self.size = 0


def mirror(source, target):
  """Copies the folder `source` to `target`; returns the new working folder.

  Files of up to 16 MiB are copied and larger ones linked; virtual
  environments and version control are linked as a whole. The neighbors of
  `source` and of the folders above it, up to the root of the project, are
  linked next to the copy, so that `../data` and `../../data` are found too.

  Raises:
    LauncherError: if there are too many files.
  """
  source = pathlib.Path(source).resolve()
  if source.parent == source:
    raise _too_many(source)
  above = _folders_above(source)
  inner = pathlib.Path(target).resolve() / (above[-1].name or "root")
  for folder in reversed(above[:-1]):
    inner = inner / folder.name
  inner = inner / source.name
  inner.parent.mkdir(parents=True)
  _copy(source, inner, _Budget(), pathlib.Path(target).resolve())
  place = inner
  for folder in above:
    place = place.parent
    for entry in _neighbors(folder):
      if not (place / entry.name).exists():
        os.symlink(entry.path, place / entry.name)
  return inner


def _folders_above(source):
  """The parents of `source` that the copy imitates, the nearest first.

  They end with the root of the project, which version control or a setup
  file marks; without one, three of them must do.
  """
  parents = [folder for folder in source.parents
             if folder.parent != folder] or [source.parent]
  for count, folder in enumerate([source] + parents):
    if any((folder / name).exists() for name in _ROOTS):
      # What stands beside the project is found as well.
      return parents[:count + 1]
  return parents[:3]


def _neighbors(folder):
  try:
    return sorted(os.scandir(folder), key=lambda entry: entry.name)[:1000]
  except OSError:
    return []


class Outside:
  """Notices what a side writes above its copy, in the user's own folders."""

  def __init__(self, copy, source):
    source = pathlib.Path(source).resolve()
    self.copy = pathlib.Path(copy)
    self.source = source
    self.before = self._state()

  def _state(self):
    """{path: (size, time)} of the nearest neighbors' files."""
    if self.copy == self.source:
      return {}
    found = {}
    # The root of the project is the highest that a program should write in.
    for folder in _folders_above(self.source)[:3]:
      if folder in (pathlib.Path.home(),
                    pathlib.Path(tempfile.gettempdir()).resolve()):
        break                # what changes there need not be the program's
      part = state(folder, skip=(self.source, self.copy))
      if part is None:
        break
      found.update((os.path.join(folder, name), value)
                   for name, value in part.items())
    return found

  def changed(self):
    """The sorted paths of new and changed files."""
    after = self._state()
    return sorted(name for name, value in after.items()
                  if self.before.get(name) != value)


def _copy(source, target, budget, work):
  target.mkdir()
  for entry in os.scandir(source):
    budget.files += 1
    if budget.files > MOST_FILES:
      raise _too_many(source)
    place = target / entry.name
    path = pathlib.Path(entry.path)
    if entry.is_symlink():
      os.symlink(os.path.realpath(path), place)
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


def state(folder, skip=()):
  """{path: (size, time)} of the files in `folder`, or None if too many."""
  found = {}
  skip = set(map(str, skip))
  for base, folders, files in os.walk(folder):
    folders[:] = [name for name in folders if name not in _LINKED
                  and name != "__pycache__"
                  and os.path.join(base, name) not in skip]
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
