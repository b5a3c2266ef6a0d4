"""Modules that read and write bytes: archives, the network and tables.

What they read is a string where the program asks for it, and bytes where a
library does.
"""

import importlib
import types

from . import files
from . import strings


class Changed(types.ModuleType):
  """Python 3's module, but for the names that Python 2 meant otherwise."""

  def __init__(self, original, **changed):
    super(Changed, self).__init__(original.__name__, original.__doc__)
    self.__dict__["_original"] = original
    for name in ("__file__", "__path__", "__package__", "__spec__"):
      if hasattr(original, name):
        self.__dict__[name] = getattr(original, name)
    self.__dict__.update(changed)
    self.__dict__["__all__"] = sorted(set(changed) | set(getattr(
        original, "__all__", [name for name in dir(original)
                              if not name.startswith("_")])))

  def __getattr__(self, name):
    return getattr(self.__dict__["_original"], name)

  def __dir__(self):
    return sorted(set(dir(self.__dict__["_original"])) | set(self.__dict__))


def bytes_for(function):
  """`function`, which takes bytes, for the program's strings."""
  def call(*args, **kwargs):
    args = [strings.to_bytes(arg) if isinstance(arg, str) else arg
            for arg in args]
    return strings.to_string(function(*args, **kwargs))
  call.__name__ = getattr(function, "__name__", "call")
  return call


class _Response(object):
  """What `urlopen` returns; `read` gives a string to the program."""

  def __init__(self, wrapped):
    self._wrapped = wrapped

  def read(self, *args):
    data = self._wrapped.read(*args)
    return strings.to_string(data) if files.called_by_program() else data

  def readline(self, *args):
    data = self._wrapped.readline(*args)
    return strings.to_string(data) if files.called_by_program() else data

  def readlines(self):
    return [strings.to_string(line) for line in self._wrapped.readlines()]

  def __iter__(self):
    return iter([strings.to_string(line) for line in self._wrapped])

  def py2_bytes(self):
    return self._wrapped

  def __enter__(self):
    return self

  def __exit__(self, *error):
    self._wrapped.close()

  def __getattr__(self, name):
    return getattr(self.__dict__["_wrapped"], name)


def make_urls(name):
  def fill():
    import urllib.error
    import urllib.parse
    import urllib.request

    def urlopen(url, data=None, *args, **kwargs):
      if isinstance(data, str):
        data = strings.to_bytes(data)
      return _Response(urllib.request.urlopen(url, data, *args, **kwargs))

    module = types.ModuleType(name)
    for source in (urllib.parse, urllib.error, urllib.request):
      vars(module).update({key: value for key, value in vars(source).items()
                           if not key.startswith("__")})
    module.urlopen = urlopen
    module.quote = lambda text, safe="/": urllib.parse.quote(
        strings.to_bytes(text), safe)
    module.quote_plus = lambda text, safe="": urllib.parse.quote_plus(
        strings.to_bytes(text), safe)
    module.unquote = lambda text: urllib.parse.unquote(text, "latin-1")
    module.unquote_plus = lambda text: urllib.parse.unquote_plus(
        text, "latin-1")
    # A package in Python 3: `import urllib.request` must go on to work.
    package = importlib.import_module("urllib")
    if name == "urllib":
      module.__path__ = package.__path__
      module.__spec__ = package.__spec__
      module.parse, module.request = urllib.parse, urllib.request
      module.error = urllib.error
    return module
  return fill


def make_csv():
  import csv

  class Lines(object):
    """A file whose lines are text for the reader, which is written in C."""

    def __init__(self, source):
      self._source = iter(source)

    def __iter__(self):
      return self

    def __next__(self):
      return strings.to_string(next(self._source))

  class Sink(object):
    def __init__(self, target):
      self._target = target

    def write(self, text):
      target = self._target
      if isinstance(target, files.File):
        target._file.write(strings.to_bytes(text))
      else:
        target.write(text)

  def reader(source, *args, **kwargs):
    return _Reader(csv.reader(Lines(source), *args, **kwargs))

  def writer(target, *args, **kwargs):
    return csv.writer(Sink(target), *args, **kwargs)

  class DictReader(csv.DictReader):
    def __init__(self, source, *args, **kwargs):
      super(DictReader, self).__init__(Lines(source), *args, **kwargs)

    def next(self):
      return self.__next__()

  class DictWriter(csv.DictWriter):
    def __init__(self, target, *args, **kwargs):
      super(DictWriter, self).__init__(Sink(target), *args, **kwargs)

  return Changed(csv, reader=reader, writer=writer, DictReader=DictReader,
                 DictWriter=DictWriter)


class _Reader(object):
  def __init__(self, wrapped):
    self._wrapped = wrapped

  def __iter__(self):
    return self

  def __next__(self):
    return next(self._wrapped)

  next = __next__

  def __getattr__(self, name):
    return getattr(self.__dict__["_wrapped"], name)


def _of_bytes(kind):
  """A subclass of the file class `kind` that gives the program strings."""

  class Strings(kind):

    def read(self, *args):
      data = kind.read(self, *args)
      return strings.to_string(data) if files.called_by_program() else data

    def readline(self, *args):
      data = kind.readline(self, *args)
      return strings.to_string(data) if files.called_by_program() else data

    def readlines(self, *args):
      found = kind.readlines(self, *args)
      if not files.called_by_program():
        return found
      return [strings.to_string(line) for line in found]

    def __next__(self):
      line = kind.readline(self)
      if not line:
        raise StopIteration
      return strings.to_string(line) if files.called_by_program() else line

    def next(self):
      return strings.to_string(kind.__next__(self))

    def write(self, data):
      if isinstance(data, str):
        data = strings.to_bytes(data)
      return kind.write(self, data)

    def py2_bytes(self):
      return files.Bytes(self, kind)

  Strings.__name__ = kind.__name__
  return Strings


def make_gzip():
  import gzip
  parent = _of_bytes(gzip.GzipFile)

  class GzipFile(parent):
    def __init__(self, filename=None, mode=None, compresslevel=9,
                 fileobj=None, mtime=None):
      parent.__init__(
          self, filename, mode, compresslevel,
          files.binary(fileobj) if fileobj is not None else None, mtime)

  def open_gzip(filename, mode="rb", compresslevel=9):
    return GzipFile(filename, mode, compresslevel)
  return Changed(gzip, GzipFile=GzipFile, open=open_gzip)


def make_bz2():
  import bz2
  return Changed(bz2, BZ2File=_of_bytes(bz2.BZ2File), **{
      name: bytes_for(getattr(bz2, name))
      for name in ("compress", "decompress")})


def make_zipfile():
  import zipfile

  class ZipFile(zipfile.ZipFile):
    def read(self, *args, **kwargs):
      data = zipfile.ZipFile.read(self, *args, **kwargs)
      return strings.to_string(data) if files.called_by_program() else data

    def open(self, *args, **kwargs):
      found = zipfile.ZipFile.open(self, *args, **kwargs)
      return _Response(found) if files.called_by_program() else found

    def writestr(self, name, data, *args):
      if isinstance(data, str):
        data = strings.to_bytes(data)
      return zipfile.ZipFile.writestr(self, name, data, *args)
  return Changed(zipfile, ZipFile=ZipFile)


def make_tarfile():
  import tarfile

  class TarFile(tarfile.TarFile):
    def extractfile(self, member):
      found = tarfile.TarFile.extractfile(self, member)
      return (_Response(found) if found is not None
              and files.called_by_program() else found)
  return Changed(tarfile, TarFile=TarFile, open=TarFile.open)
