"""`open`, `file` and `StringIO` of Python 2.

A program reads and writes strings of bytes, whatever the mode. A library that
is given such a file reads what it would read from Python 3's `open`: bytes in
a binary mode, text in a text mode.
"""

import atexit
import io
import os
import sys

from . import strings

MARK = "__py2__"   # a converted module has it among its builtins
# These read files of numbers, also where the program opened them as text.
_BINARY_READERS = {"numpy", "scipy", "PIL", "pickle", "gzip", "zipfile",
                   "h5py", "tarfile", "imageio", "joblib", "cv2", "wave"}


# Modules of Python 3 that read lines of text from any file they are given.
_TEXT_READERS = frozenset(("configparser", "shlex", "netrc", "fileinput"))


def called_by_program(depth=2):
  """Whether the caller's caller is of the program, or one of these."""
  return _is_program(sys._getframe(depth).f_globals)


def _is_program(names):
  found = names.get("__builtins__")
  return isinstance(found, dict) and MARK in found or (
      getattr(names.get("python2"), MARK, False) is True  # an upgraded module
      or names.get("__package__") == __package__
      or names.get("__name__") in _TEXT_READERS)


class _Spaces(object):
  """Which files the last print statement left without its space."""

  def __init__(self):
    self._left = {}
    self._ends_line = False

  def _end_line(self):
    if self.get(sys.stdout):
      sys.stdout.write("\n")

  def get(self, file):
    return self._left.get(id(file)) is file

  def put(self, file, value):
    if value:
      if not self._ends_line:
        self._ends_line = True
        atexit.register(self._end_line)
      self._left[id(file)] = file
    else:
      self._left.pop(id(file), None)


spaces = _Spaces()


def write(file, *args, **kwargs):
  """`file.write(text)`."""
  if len(args) == 1 and isinstance(args[0], str) and any(
      file is one for one in (sys.stdout, sys.stderr)):
    args = (strings.readable(args[0]),)
  if isinstance(file, io.TextIOBase):
    # A file forgets what `print text,` left; objects of the program do not.
    spaces.put(file, False)
  return file.write(*args, **kwargs)


class File(object):
  """Python 2's file object."""

  softspace = 0
  newlines = None
  encoding = None
  errors = None

  def __init__(self, name, mode="r", buffering=-1):
    if not mode or mode[0] not in "rwaU":
      raise ValueError("mode string must begin with one of 'r', 'w', 'a' or "
                       "'U', not '%s'" % mode)
    plain = "r" if mode[0] == "U" else mode[0]
    if isinstance(name, str) and not os.path.exists(name):
      # The name may hold the bytes of a name in UTF-8.
      name = strings.readable(name)
    if buffering == 1:
      buffering = -1
    self._universal = "U" in mode
    self._file = io.open(name, plain + ("+" if "+" in mode else "") + "b",
                         buffering)
    self.name, self.mode = name, mode
    if self._universal:
      self._file = io.BytesIO(self._file.read().replace(
          b"\r\n", b"\n").replace(b"\r", b"\n"))

  def _given(self, data, depth=3):
    """`data` as the caller expects it."""
    frame = sys._getframe(depth - 1)
    if _is_program(frame.f_globals):
      return data.decode("latin-1")
    top = (frame.f_globals.get("__name__") or "").partition(".")[0]
    if "b" in self.mode or top in _BINARY_READERS:
      return data
    return data.decode("utf-8")

  def read(self, size=-1):
    return self._given(self._file.read(-1 if size is None else size))

  def readline(self, size=-1):
    return self._given(self._file.readline(size))

  def readlines(self, hint=-1):
    lines = self._file.readlines(hint)
    for at, line in enumerate(lines):
      lines[at] = self._given(line)
    return lines

  def xreadlines(self):
    return self

  def __iter__(self):
    return self

  def __next__(self):
    line = self._file.readline()
    if not line:
      raise StopIteration
    return self._given(line)

  def next(self):
    line = self._file.readline()
    if not line:
      raise StopIteration
    return self._given(line)

  def readinto(self, buffer):
    return self._file.readinto(buffer)

  def write(self, data):
    if isinstance(data, str):
      if called_by_program():
        data = strings.to_bytes(data)
      else:
        data = data.encode("utf-8")
    spaces.put(self, False)
    self._file.write(data)

  def writelines(self, lines):
    own = called_by_program()
    for line in lines:
      if isinstance(line, str):
        line = strings.to_bytes(line) if own else line.encode("utf-8")
      self._file.write(line)

  def __enter__(self):
    return self

  def __exit__(self, *error):
    self.close()

  def close(self):
    self._file.close()

  @property
  def closed(self):
    return self._file.closed

  def readable(self):
    return self._file.readable()

  def writable(self):
    return self._file.writable()

  def seekable(self):
    return self._file.seekable()

  def __getattr__(self, name):
    if name in ("buffer", "detach", "peek", "read1"):
      raise AttributeError("'file' object has no attribute %r" % name)
    return getattr(self.__dict__["_file"], name)

  def __repr__(self):
    return "<%s file %r, mode %r at %#x>" % (
        "closed" if self.closed else "open", self.name, self.mode, id(self))


class _FileType(type):

  def __instancecheck__(cls, value):
    return isinstance(value, (File, io.IOBase))

  def __call__(cls, *args, **kwargs):
    return File(*args, **kwargs)


file = _FileType("file", (), {
    "__module__": "__builtin__",
    "__doc__": "The type of Python 2's files; called, it opens one."})


def open_file(name, mode="r", buffering=-1, **kwargs):
  """`open`. With arguments that only Python 3 has, Python 3's."""
  if kwargs:
    return io.open(name, mode, buffering, **kwargs)
  return File(name, mode, buffering)


class Bytes(object):
  """A file that gives the program strings, read as bytes."""

  def __init__(self, file, kind):
    self._file, self._kind = file, kind

  def read(self, *args):
    return self._kind.read(self._file, *args)

  def readline(self, *args):
    return self._kind.readline(self._file, *args)

  def write(self, data):
    return self._kind.write(self._file, data)


def binary(value):
  """The file `value` as one that is read and written in bytes."""
  if isinstance(value, File):
    return value._file
  if isinstance(value, StringIO):
    return _InMemory(value)
  if hasattr(value, "py2_bytes"):
    return value.py2_bytes()
  return getattr(value, "buffer", value)


class _InMemory(object):
  """A `StringIO` of the program, read and written in bytes."""

  def __init__(self, file):
    self._of = file

  def read(self, *args):
    return strings.to_bytes(self._of.read(*args))

  def readline(self, *args):
    return strings.to_bytes(self._of.readline(*args))

  def readinto(self, buffer):
    data = self.read(len(buffer))
    buffer[:len(data)] = data
    return len(data)

  def write(self, data):
    self._of.write(bytes(data).decode("latin-1"))
    return len(data)

  def __getattr__(self, name):
    return getattr(self.__dict__["_of"], name)


class StringIO(object):
  """`StringIO.StringIO` and `cStringIO.StringIO`.

  A library may write an image here; the value is then bytes, which is what
  the next library takes.
  """

  softspace = 0
  closed = False
  mode = "rb"

  def __init__(self, value=""):
    self._pure = isinstance(value, bytes) or not value
    self._wide = isinstance(value, str) and any(ord(c) > 255 for c in value)
    self._file = (io.StringIO(value, newline="\n") if self._wide
                  else io.BytesIO(strings.to_bytes(value)))
    self._wrote = False

  def _given(self, data, own):
    if isinstance(data, str):
      return data
    return data.decode("latin-1") if own else data

  def read(self, size=-1):
    return self._given(self._file.read(size), called_by_program())

  def readline(self, size=-1):
    return self._given(self._file.readline(
        -1 if size is None else size), called_by_program())

  def readlines(self, hint=-1):
    own = called_by_program()
    return [self._given(line, own) for line in self._file.readlines(hint)]

  def __iter__(self):
    return self

  def __next__(self):
    line = self._file.readline()
    if not line:
      raise StopIteration
    return self._given(line, called_by_program())

  def next(self):
    line = self._file.readline()
    if not line:
      raise StopIteration
    return self._given(line, called_by_program())

  def write(self, data):
    if isinstance(data, str):
      self._pure = False
      if not self._wide:
        if any(ord(c) > 255 for c in data):
          place = self._file.tell()
          text = self._file.getvalue().decode("latin-1")
          self._file = io.StringIO(text, newline="\n")
          self._file.seek(place)
          self._wide = True
        else:
          data = data.encode("latin-1")
    elif self._wide:
      data = bytes(data).decode("latin-1")
    self._wrote = True
    self._file.write(data)

  def writelines(self, lines):
    for line in lines:
      self.write(line)

  def getvalue(self):
    value = self._file.getvalue()
    if isinstance(value, str) or (self._pure and self._wrote):
      return value
    return value.decode("latin-1")

  def reset(self):
    self._file.seek(0)

  def close(self):
    self._file.close()
    self.closed = True

  def __enter__(self):
    return self

  def __exit__(self, *error):
    self.close()

  def __getattr__(self, name):
    if name in ("buffer", "mode", "name", "encoding"):
      raise AttributeError("StringIO instance has no attribute %r" % name)
    return getattr(self.__dict__["_file"], name)
