"""Standard modules that are gone, as far as old programs used them."""

import importlib
import importlib.machinery
import importlib.util
import sys
import types

from tfcompat_rnn.repairs import _kinds


def build_imp(module):
  """`imp`: load_source, reload, find_module, load_module, new_module."""
  PY_SOURCE, PY_COMPILED, C_EXTENSION, PKG_DIRECTORY, C_BUILTIN = 1, 2, 3, 5, 6

  def load_source(name, pathname, file=None):
    """Executes the file as module `name` and returns it."""
    loader = importlib.machinery.SourceFileLoader(name, pathname)
    return _load(importlib.util.spec_from_file_location(
        name, pathname, loader=loader))

  def load_compiled(name, pathname, file=None):
    """Loads a .pyc file as module `name`."""
    loader = importlib.machinery.SourcelessFileLoader(name, pathname)
    return _load(importlib.util.spec_from_file_location(
        name, pathname, loader=loader))

  def load_dynamic(name, path, file=None):
    """Loads an extension module."""
    loader = importlib.machinery.ExtensionFileLoader(name, path)
    return _load(importlib.util.spec_from_file_location(
        name, path, loader=loader))

  def find_module(name, path=None):
    """(open file, path, (suffix, mode, kind)) of a module."""
    if path is None and name in sys.builtin_module_names:
      return None, None, ("", "", C_BUILTIN)
    spec = importlib.machinery.PathFinder.find_spec(name, path)
    if spec is None:
      raise ImportError(f"No module named {name!r}", name=name)
    if spec.submodule_search_locations is not None:
      return None, list(spec.submodule_search_locations)[0], (
          "", "", PKG_DIRECTORY)
    if isinstance(spec.loader, importlib.machinery.SourceFileLoader):
      return open(spec.origin, encoding="utf-8"), spec.origin, (
          ".py", "r", PY_SOURCE)
    kind = C_EXTENSION if isinstance(
        spec.loader, importlib.machinery.ExtensionFileLoader) else PY_COMPILED
    suffix = "." + spec.origin.rpartition(".")[2]
    return open(spec.origin, "rb"), spec.origin, (suffix, "rb", kind)

  def load_module(name, file, filename, details):
    """Loads what `find_module` found."""
    kind = details[2]
    if kind == PY_SOURCE:
      return load_source(name, filename)
    if kind == PY_COMPILED:
      return load_compiled(name, filename)
    if kind == C_EXTENSION:
      return load_dynamic(name, filename)
    if kind == PKG_DIRECTORY:
      return load_package(name, filename)
    if kind == C_BUILTIN:
      return importlib.import_module(name)
    raise ImportError(f"unknown kind of module {kind!r}", name=name)

  def load_package(name, path):
    """Loads the package in folder `path`."""
    import os
    return _load(importlib.util.spec_from_file_location(
        name, os.path.join(path, "__init__.py"),
        submodule_search_locations=[path]))

  def get_suffixes():
    """[(suffix, mode, kind)]."""
    machinery = importlib.machinery
    return ([(s, "rb", C_EXTENSION) for s in machinery.EXTENSION_SUFFIXES]
            + [(s, "r", PY_SOURCE) for s in machinery.SOURCE_SUFFIXES]
            + [(s, "rb", PY_COMPILED) for s in machinery.BYTECODE_SUFFIXES])

  return dict(
      load_source=load_source, load_compiled=load_compiled,
      load_dynamic=load_dynamic, find_module=find_module,
      load_module=load_module, load_package=load_package,
      get_suffixes=get_suffixes, reload=importlib.reload,
      new_module=types.ModuleType, PY_SOURCE=PY_SOURCE,
      PY_COMPILED=PY_COMPILED, C_EXTENSION=C_EXTENSION,
      PKG_DIRECTORY=PKG_DIRECTORY, C_BUILTIN=C_BUILTIN,
      cache_from_source=importlib.util.cache_from_source,
      source_from_cache=importlib.util.source_from_cache,
      get_magic=lambda: importlib.util.MAGIC_NUMBER,
      acquire_lock=lambda: None, release_lock=lambda: None,
      lock_held=lambda: False)


def _load(spec):
  module = importlib.util.module_from_spec(spec)
  before = sys.modules.get(spec.name)
  sys.modules[spec.name] = module
  try:
    spec.loader.exec_module(module)
  except BaseException:
    if before is None:
      sys.modules.pop(spec.name, None)
    else:
      sys.modules[spec.name] = before
    raise
  return sys.modules.get(spec.name, module)


def build_pipes(module):
  """`pipes.quote`."""
  import shlex
  return {"quote": shlex.quote}


def build_cgi(module):
  """`cgi.escape`, `parse_qs`, `parse_qsl`."""
  import html
  import urllib.parse
  return {
      "escape": lambda s, quote=None: html.escape(s, bool(quote)),
      "parse_qs": urllib.parse.parse_qs, "parse_qsl": urllib.parse.parse_qsl}


_IMAGES = (
    ("jpeg", lambda head: head[6:10] in (b"JFIF", b"Exif")
     or head[:3] == b"\xff\xd8\xff"),
    ("png", lambda head: head.startswith(b"\x89PNG\r\n\x1a\n")),
    ("gif", lambda head: head[:6] in (b"GIF87a", b"GIF89a")),
    ("tiff", lambda head: head[:2] in (b"MM", b"II")),
    ("bmp", lambda head: head.startswith(b"BM")),
    ("webp", lambda head: head.startswith(b"RIFF") and head[8:12] == b"WEBP"),
)


def build_imghdr(module):
  """`imghdr.what`: kind of an image by its first bytes."""
  def what(file, h=None):
    """"jpeg", "png", "gif", "tiff", "bmp", "webp" or None."""
    if h is None:
      if hasattr(file, "read"):
        position = file.tell()
        h = file.read(32)
        file.seek(position)
      else:
        with open(file, "rb") as opened:
          h = opened.read(32)
    return next((name for name, test in _IMAGES if test(h)), None)
  return {"what": what}


def build_pkg_resources(module):
  """What programs ask of `pkg_resources`: files, versions."""
  import importlib.metadata as metadata
  import os

  class DistributionNotFound(Exception):
    """The distribution is not installed."""

  class Distribution:
    """Name and version of an installed distribution."""

    def __init__(self, found):
      self.project_name = self.key = found.metadata["Name"]
      self.version = found.version
      self.location = str(found.locate_file(""))
      self.parsed_version = parse_version(found.version)

    def __str__(self):
      return f"{self.project_name} {self.version}"

  def _folder(package):
    name = getattr(package, "__name__", package)
    found = importlib.import_module(name)
    return os.path.dirname(os.path.abspath(found.__file__))

  def resource_filename(package_or_requirement, resource_name):
    """Path of a file in a package."""
    return os.path.join(_folder(package_or_requirement),
                        *resource_name.split("/"))

  def resource_exists(package_or_requirement, resource_name):
    """Is there such a file?"""
    return os.path.exists(resource_filename(package_or_requirement,
                                            resource_name))

  def resource_string(package_or_requirement, resource_name):
    """The file's bytes."""
    with open(resource_filename(package_or_requirement, resource_name),
              "rb") as file:
      return file.read()

  def resource_stream(package_or_requirement, resource_name):
    """The file, open."""
    return open(resource_filename(package_or_requirement, resource_name),
                "rb")

  def resource_listdir(package_or_requirement, resource_name):
    """Names in a folder of a package."""
    return os.listdir(resource_filename(package_or_requirement,
                                        resource_name))

  def parse_version(text):
    """A version that can be compared."""
    from tfcompat_rnn.repairs.modules import distutils
    return distutils.LooseVersion(text)

  def get_distribution(name):
    """The installed distribution `name`."""
    import re
    plain = re.split(r"[<>=!~;\[ ]", str(name))[0]
    try:
      return Distribution(metadata.distribution(plain))
    except metadata.PackageNotFoundError as error:
      raise DistributionNotFound(
          f"The {plain!r} distribution was not found") from error

  return dict(
      resource_filename=resource_filename, resource_exists=resource_exists,
      resource_string=resource_string, resource_stream=resource_stream,
      resource_listdir=resource_listdir, parse_version=parse_version,
      get_distribution=get_distribution,
      DistributionNotFound=DistributionNotFound,
      ResolutionError=DistributionNotFound,
      require=lambda *names: [get_distribution(name) for name in names])


def build_ipython(module):
  """`IPython` without IPython: `get_ipython`, which finds no kernel."""
  return {"get_ipython": lambda: None, "version_info": (0, 0),
          "__version__": "0"}


def build_ipython_display(module):
  """`IPython.display` for a terminal: what is displayed is printed."""
  def display(*objs, **kwargs):
    """Prints each object; saves figures where figures go."""
    for obj in objs:
      manager = getattr(getattr(obj, "canvas", None), "manager", None)
      if manager is not None:
        manager.show()
      else:
        print(repr(obj), flush=True)

  def clear_output(wait=False):
    """A terminal keeps its lines."""

  class DisplayObject:
    """Something that a browser would show: here its name and source."""

    def __init__(self, data=None, *args, url=None, filename=None, **kwargs):
      self.data, self.url, self.filename = data, url, filename

    def __repr__(self):
      source = self.filename or self.url
      if source is None and isinstance(self.data, str):
        source = self.data if len(self.data) < 200 else (
            f"{len(self.data)} characters")
      elif source is None and isinstance(self.data, bytes):
        source = f"{len(self.data)} bytes"
      return f"<{type(self).__name__}: {source}>"

  names = ("HTML Image Markdown Latex Math SVG Audio Video IFrame JSON "
           "Javascript YouTubeVideo Code FileLink Pretty").split()
  found = {name: type(name, (DisplayObject,), {}) for name in names}
  return dict(found, display=display, clear_output=clear_output,
              DisplayObject=DisplayObject)


ROWS = (
    _kinds.supply("imp", build_imp, "imp.load_source, reload, find_module, "
                  "load_module", "removed in Python 3.12"),
    _kinds.supply("pipes", build_pipes, "pipes.quote",
                  "removed in Python 3.13"),
    _kinds.supply("cgi", build_cgi, "cgi.escape, parse_qs, parse_qsl",
                  "removed in Python 3.13"),
    _kinds.supply("imghdr", build_imghdr, "imghdr.what",
                  "removed in Python 3.13"),
    _kinds.supply("pkg_resources", build_pkg_resources,
                  "resource files and installed versions",
                  "removed in setuptools 82"),
    _kinds.supply("IPython", build_ipython, "get_ipython",
                  "IPython is not always there"),
    _kinds.supply("IPython.display", build_ipython_display,
                  "display prints, figures go where figures go",
                  "IPython is not always there"),
)
