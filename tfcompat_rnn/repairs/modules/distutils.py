"""`distutils`, as far as programs that train networks used it."""

import functools
import os
import re
import shutil
import subprocess
import sys

from tfcompat_rnn.repairs import _kinds


@functools.total_ordering
class LooseVersion:
  """Compares versions number by number, words as words.

  >>> LooseVersion("1.10") > LooseVersion("1.9")
  True
  """

  def __init__(self, vstring=None):
    self.vstring = ""
    self.version = []
    if vstring:
      self.parse(vstring)

  def parse(self, vstring):
    """Splits `vstring` into numbers and words."""
    self.vstring = str(vstring)
    self.version = [int(part) if part.isdigit() else part
                    for part in re.findall(r"\d+|[a-z]+", self.vstring)]

  def _other(self, other):
    return other if isinstance(other, LooseVersion) else type(self)(other)

  def __eq__(self, other):
    if not isinstance(other, (str, LooseVersion)):
      return NotImplemented
    return self.version == self._other(other).version

  def __lt__(self, other):
    if not isinstance(other, (str, LooseVersion)):
      return NotImplemented
    # A word is older than a number in its place: 1.0rc1 before 1.0.1.
    return _key(self.version) < _key(self._other(other).version)

  def __hash__(self):
    return hash(tuple(self.version))

  def __str__(self):
    return self.vstring

  def __repr__(self):
    return f"{type(self).__name__} ({str(self)!r})"


def _key(version):
  return [(1, part, "") if isinstance(part, int) else (0, 0, part)
          for part in version]


@functools.total_ordering
class StrictVersion:
  """`major.minor[.patch][a|b number]`; anything else is a ValueError.

  >>> StrictVersion("1.2a1") < StrictVersion("1.2")
  True
  """

  _FORM = re.compile(r"(\d+)\.(\d+)(?:\.(\d+))?(?:([ab])(\d+))?$")

  def __init__(self, vstring=None):
    if vstring:
      self.parse(vstring)

  def parse(self, vstring):
    """Splits `vstring`."""
    found = self._FORM.match(vstring)
    if not found:
      raise ValueError(f"invalid version number '{vstring}'")
    major, minor, patch, letter, number = found.groups()
    self.version = (int(major), int(minor), int(patch or 0))
    self.prerelease = (letter, int(number)) if letter else None

  def _key(self):
    return self.version + ((0,) + self.prerelease if self.prerelease
                           else (1, "", 0),)

  def _other(self, other):
    return other if isinstance(other, StrictVersion) else StrictVersion(other)

  def __eq__(self, other):
    if not isinstance(other, (str, StrictVersion)):
      return NotImplemented
    return self._key() == self._other(other)._key()

  def __lt__(self, other):
    if not isinstance(other, (str, StrictVersion)):
      return NotImplemented
    return self._key() < self._other(other)._key()

  def __hash__(self):
    return hash(self._key())

  def __str__(self):
    numbers = self.version if self.version[2] else self.version[:2]
    tail = "%s%d" % self.prerelease if self.prerelease else ""
    return ".".join(map(str, numbers)) + tail

  def __repr__(self):
    return f"StrictVersion ({str(self)!r})"


def strtobool(val):
  """1 for yes/true/on/1, 0 for no/false/off/0, else a ValueError."""
  word = val.lower()
  if word in ("y", "yes", "t", "true", "on", "1"):
    return 1
  if word in ("n", "no", "f", "false", "off", "0"):
    return 0
  raise ValueError(f"invalid truth value {word!r}")


def _build_errors():
  class DistutilsError(Exception):
    """Base of the errors below."""

  names = ("DistutilsExecError", "DistutilsFileError",
           "DistutilsModuleError", "DistutilsOptionError",
           "DistutilsPlatformError", "CompileError")
  return dict({name: type(name, (DistutilsError,), {}) for name in names},
              DistutilsError=DistutilsError)


ERRORS = _build_errors()


def find_executable(executable, path=None):
  """Path of a program, or None."""
  if os.path.isfile(executable):
    return executable
  return shutil.which(executable, path=path)


def spawn(cmd, search_path=1, verbose=0, dry_run=0, env=None):
  """Runs `cmd`; DistutilsExecError if it fails."""
  if dry_run:
    return
  code = subprocess.call(list(cmd), env=env)
  if code:
    raise ERRORS["DistutilsExecError"](
        f"command {cmd[0]!r} failed with exit code {code}")


def mkpath(name, mode=0o777, verbose=1, dry_run=0):
  """Makes a folder and those above it; returns those it made."""
  made = []
  at = os.path.abspath(name)
  while not os.path.isdir(at):
    made.insert(0, at)
    at = os.path.dirname(at)
  if not dry_run:
    os.makedirs(name, mode, exist_ok=True)
  return made


def copy_file(src, dst, preserve_mode=1, preserve_times=1, update=0,
              link=None, verbose=1, dry_run=0):
  """(destination, 1 if it was copied else 0)."""
  if os.path.isdir(dst):
    dst = os.path.join(dst, os.path.basename(src))
  if update and os.path.exists(dst) and (
      os.path.getmtime(src) <= os.path.getmtime(dst)):
    return dst, 0
  if not dry_run:
    shutil.copyfile(src, dst)
    if preserve_mode:
      shutil.copymode(src, dst)
    if preserve_times:
      status = os.stat(src)
      os.utime(dst, (status.st_atime, status.st_mtime))
  return dst, 1


def copy_tree(src, dst, preserve_mode=1, preserve_times=1,
              preserve_symlinks=0, update=0, verbose=1, dry_run=0):
  """Copies what is in folder `src` into folder `dst`; list of the files."""
  if not os.path.isdir(src):
    raise ERRORS["DistutilsFileError"](
        f"cannot copy tree '{src}': not a directory")
  if not dry_run:
    os.makedirs(dst, exist_ok=True)
  written = []
  for name in sorted(os.listdir(src)):
    source, target = os.path.join(src, name), os.path.join(dst, name)
    if preserve_symlinks and os.path.islink(source):
      if not dry_run:
        os.symlink(os.readlink(source), target)
      written.append(target)
    elif os.path.isdir(source):
      written += copy_tree(source, target, preserve_mode, preserve_times,
                           preserve_symlinks, update, verbose, dry_run)
    else:
      copy_file(source, target, preserve_mode, preserve_times, update,
                dry_run=dry_run)
      written.append(target)
  return written


def remove_tree(directory, verbose=1, dry_run=0):
  """Removes a folder and what is in it."""
  if not dry_run:
    shutil.rmtree(directory, ignore_errors=True)


def move_file(src, dst, verbose=1, dry_run=0):
  """Moves a file; returns where it is."""
  if os.path.isdir(dst):
    dst = os.path.join(dst, os.path.basename(src))
  if not dry_run:
    shutil.move(src, dst)
  return dst


def _sysconfig(module):
  import sysconfig

  def get_python_lib(plat_specific=0, standard_lib=0, prefix=None):
    """Folder of installed libraries."""
    if standard_lib:
      return sysconfig.get_path("stdlib")
    return sysconfig.get_path("platlib" if plat_specific else "purelib")

  return {"get_python_lib": get_python_lib,
          "get_python_inc": lambda plat_specific=0, prefix=None:
          sysconfig.get_path("platinclude" if plat_specific else "include"),
          "get_config_var": sysconfig.get_config_var,
          "get_config_vars": sysconfig.get_config_vars,
          "PREFIX": sys.prefix, "EXEC_PREFIX": sys.exec_prefix}


def _util(module):
  import sysconfig
  return {"strtobool": strtobool, "get_platform": sysconfig.get_platform}


_PARTS = (
    ("distutils", lambda module: {"__version__": "%d.%d.%d" %
                                  sys.version_info[:3]}, "the package"),
    ("distutils.version", lambda module: {
        "LooseVersion": LooseVersion, "StrictVersion": StrictVersion},
     "LooseVersion, StrictVersion"),
    ("distutils.util", _util, "strtobool, get_platform"),
    ("distutils.errors", lambda module: dict(ERRORS), "its exceptions"),
    ("distutils.spawn", lambda module: {
        "find_executable": find_executable, "spawn": spawn},
     "find_executable, spawn"),
    ("distutils.dir_util", lambda module: {
        "mkpath": mkpath, "copy_tree": copy_tree,
        "remove_tree": remove_tree}, "mkpath, copy_tree, remove_tree"),
    ("distutils.file_util", lambda module: {
        "copy_file": copy_file, "move_file": move_file},
     "copy_file, move_file"),
    ("distutils.sysconfig", _sysconfig, "get_python_lib, get_config_var"),
)

ROWS = tuple(
    _kinds.supply(name, build, what, "removed in Python 3.12")
    for name, build, what in _PARTS)
