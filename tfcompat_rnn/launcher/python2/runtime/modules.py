"""Modules that Python 3 renamed, dropped or changed, under their old names.

`find(name)` gives the module that `import NAME` means in a converted program,
or None if it is Python 3's.
"""

import importlib
import itertools
import operator
import os
import string
import subprocess
import sys
import types

from . import archives
from . import configuration
from . import files
from . import numbers2
from . import random2
from . import strings
from .archives import Changed
from .archives import bytes_for

# Only another name.
RENAMED = {
    "Queue": "queue", "Tkinter": "tkinter",
    "tkMessageBox": "tkinter.messagebox", "tkFileDialog":
    "tkinter.filedialog", "tkSimpleDialog": "tkinter.simpledialog",
    "tkFont": "tkinter.font", "ttk": "tkinter.ttk",
    "httplib": "http.client", "SocketServer": "socketserver",
    "copy_reg": "copyreg", "xmlrpclib": "xmlrpc.client", "cookielib":
    "http.cookiejar", "htmlentitydefs": "html.entities", "Cookie":
    "http.cookies", "BaseHTTPServer": "http.server", "SimpleHTTPServer":
    "http.server", "CGIHTTPServer": "http.server", "SimpleXMLRPCServer":
    "xmlrpc.server", "anydbm": "dbm", "dumbdbm": "dbm.dumb", "gdbm":
    "dbm.gnu", "dbm": "dbm.ndbm", "whichdb": "dbm", "robotparser":
    "urllib.robotparser", "repr": "reprlib", "thread": "_thread",
    "dummy_thread": "_thread", "dummy_threading": "threading", "urlparse":
    "urllib.parse", "UserDict": "collections", "UserList": "collections",
    "UserString": "collections", "_winreg": "winreg",
}


def _pickle():
  import pickle

  def load(file):
    return pickle.load(files.binary(file), encoding="latin1")

  def loads(data):
    return pickle.loads(strings.to_bytes(data), encoding="latin1")

  def dump(value, file, protocol=0):
    pickle.dump(value, files.binary(file), min(protocol, 2)
                if protocol >= 0 else 2)

  def dumps(value, protocol=0):
    return strings.to_string(pickle.dumps(
        value, min(protocol, 2) if protocol >= 0 else 2))

  class Unpickler(pickle.Unpickler):
    def __init__(self, file):
      super(Unpickler, self).__init__(files.binary(file), encoding="latin1")

  class Pickler(pickle.Pickler):
    def __init__(self, file, protocol=0):
      super(Pickler, self).__init__(files.binary(file), min(protocol, 2)
                                    if protocol >= 0 else 2)

  return Changed(pickle, load=load, loads=loads, dump=dump, dumps=dumps,
                 Unpickler=Unpickler, Pickler=Pickler, HIGHEST_PROTOCOL=2)


def _math():
  import math

  def floor(x):
    return float(math.floor(x)) if math.isfinite(x) else float(x)

  def ceil(x):
    return float(math.ceil(x)) if math.isfinite(x) else float(x)

  def trunc(x):
    return math.trunc(x)
  return Changed(math, floor=floor, ceil=ceil, trunc=trunc)


def _struct():
  import struct

  def given(values):
    return [strings.to_bytes(value) if isinstance(value, str) else value
            for value in values]

  def pack(form, *values):
    return strings.to_string(struct.pack(form, *given(values)))

  def pack_into(form, buffer, offset, *values):
    struct.pack_into(form, buffer, offset, *given(values))

  def unpack(form, data):
    return tuple([strings.to_string(value) for value in struct.unpack(
        form, strings.to_bytes(data))])

  def unpack_from(form, data, offset=0):
    if isinstance(data, str):
      data = strings.to_bytes(data)
    return tuple([strings.to_string(value) for value in struct.unpack_from(
        form, data, offset)])
  return Changed(struct, pack=pack, pack_into=pack_into, unpack=unpack,
                 unpack_from=unpack_from)


def _taking_bytes(name, names):
  original = importlib.import_module(name)
  return Changed(original, **{one: bytes_for(getattr(original, one))
                              for one in names if hasattr(original, one)})


class _Hash(object):
  def __init__(self, wrapped):
    self._wrapped = wrapped

  def update(self, data):
    self._wrapped.update(strings.to_bytes(data))

  def digest(self):
    return strings.to_string(self._wrapped.digest())

  def __getattr__(self, name):
    return getattr(self.__dict__["_wrapped"], name)


def _hashlib():
  import hashlib

  def make(name):
    def new(data=""):
      return _Hash(hashlib.new(name, strings.to_bytes(data)))
    return new

  names = ("md5", "sha1", "sha224", "sha256", "sha384", "sha512")
  return Changed(hashlib, new=lambda name, data="": make(name)(data),
                 **{name: make(name) for name in names})


def _one_hash(name):
  make = getattr(find("hashlib"), name)
  module = types.ModuleType(name)
  module.new = make
  setattr(module, {"sha1": "sha"}.get(name, name), make)
  return module


def _subprocess():
  def check_output(*args, **kwargs):
    return strings.to_string(subprocess.check_output(*args, **kwargs))

  class Popen(subprocess.Popen):
    def communicate(self, input=None, *args):
      if isinstance(input, str):
        input = strings.to_bytes(input)
      found = super(Popen, self).communicate(input, *args)
      return tuple([strings.to_string(one) for one in found])
  return Changed(subprocess, check_output=check_output, Popen=Popen)


def _commands():
  def getstatusoutput(command):
    status, output = subprocess.getstatusoutput(command)
    return status << 8, output
  module = types.ModuleType("commands")
  module.getstatusoutput = getstatusoutput
  module.getoutput = subprocess.getoutput
  return module


def _stringio(name):
  def fill():
    module = types.ModuleType(name)
    module.StringIO = files.StringIO
    if name == "cStringIO":
      module.InputType = module.OutputType = files.StringIO
    return module
  return fill


def _re():
  import re

  def make(name, at):
    original = getattr(re, name)

    def call(pattern, *args, **kwargs):
      # Without UNICODE, `\w` and its kin were ASCII, also in text.
      flags = args[at] if len(args) > at else kwargs.get("flags", 0)
      if isinstance(pattern, (str, bytes)):
        flags &= ~re.LOCALE
        inside = "(?u" if isinstance(pattern, str) else b"(?u"
        if not flags & re.UNICODE and inside not in pattern:
          flags |= re.ASCII
        args, kwargs = args[:at], dict(kwargs, flags=flags)
      return original(pattern, *args, **kwargs)
    call.__name__ = name
    return call

  return Changed(re, **{name: make(name, at) for name, at in (
      ("compile", 0), ("match", 1), ("search", 1), ("findall", 1),
      ("finditer", 1), ("split", 2), ("sub", 3), ("subn", 3))})


def _codecs():
  import codecs

  def open_codec(name, mode="r", encoding=None, errors="strict",
                 buffering=-1):
    if encoding is None:
      return files.File(name, mode)
    return codecs.open(name, mode, encoding, errors, buffering)
  return Changed(codecs, open=open_codec,
                 BOM_UTF8=codecs.BOM_UTF8.decode("latin-1"))


def _sets():
  module = types.ModuleType("sets")
  module.Set, module.ImmutableSet = set, frozenset
  return module


def _exceptions():
  import builtins
  module = types.ModuleType("exceptions")
  for name, value in vars(builtins).items():
    if isinstance(value, type) and issubclass(value, BaseException):
      setattr(module, name, value)
  module.StandardError = Exception
  return module


def _json():
  import json

  def loads(text, *args, **kwargs):
    kwargs.pop("encoding", None)
    if isinstance(text, str) and not strings.is_text(text):
      text = strings.readable(text)
    return json.loads(text, *args, **kwargs)

  def load(file, *args, **kwargs):
    return loads(file.read(), *args, **kwargs)

  def dumps(value, *args, **kwargs):
    encoding = kwargs.pop("encoding", "utf-8")
    if kwargs.get("ensure_ascii", True):
      # Otherwise the bytes of strings were written as they are.
      value = strings.decoded(value, encoding)
    if kwargs.get("indent") is not None and "separators" not in kwargs:
      kwargs["separators"] = (", ", ": ")
    return json.dumps(value, *args, **kwargs)

  def dump(value, file, *args, **kwargs):
    file.write(dumps(value, *args, **kwargs))
  return Changed(json, loads=loads, load=load, dumps=dumps, dump=dump)


_MAKERS = {
    "random": random2.make, "pickle": _pickle, "cPickle": _pickle,
    "math": _math, "struct": _struct, "hashlib": _hashlib,
    "md5": lambda: _one_hash("md5"), "sha": lambda: _one_hash("sha1"),
    "subprocess": _subprocess, "commands": _commands,
    "urllib": archives.make_urls("urllib"),
    "urllib2": archives.make_urls("urllib2"), "csv": archives.make_csv,
    "StringIO": _stringio("StringIO"), "cStringIO": _stringio("cStringIO"),
    "ConfigParser": configuration.make_config_parser,
    "HTMLParser": configuration.make_html_parser,
    "codecs": _codecs, "re": _re, "sets": _sets, "exceptions": _exceptions,
    "json": _json, "gzip": archives.make_gzip, "bz2": archives.make_bz2,
    "zipfile": archives.make_zipfile, "tarfile": archives.make_tarfile,
    "zlib": lambda: _taking_bytes("zlib", (
        "compress", "decompress", "crc32", "adler32")),
    "base64": lambda: _taking_bytes("base64", (
        "b64encode", "b64decode", "standard_b64encode", "standard_b64decode",
        "urlsafe_b64encode", "urlsafe_b64decode", "encodestring",
        "decodestring", "encodebytes", "decodebytes")),
    "binascii": lambda: _taking_bytes("binascii", (
        "hexlify", "unhexlify", "b2a_hex", "a2b_hex", "b2a_base64",
        "a2b_base64", "crc32")),
}
_made = {}


def find(name):
  """The module that `name` means, or None if it is Python 3's."""
  if name in _made:
    return _made[name]
  if name in _MAKERS:
    _made[name] = _MAKERS[name]()
  elif name in RENAMED:
    _made[name] = importlib.import_module(RENAMED[name])
  else:
    return None
  return _made[name]


def has(name):
  """Whether `find` knows the module `name`."""
  return name in _MAKERS or name in RENAMED


def is_old(name):
  """Whether Python 3 has no module of this name."""
  return name in RENAMED and name != "dbm" or name in (
      "cPickle", "md5", "sha", "commands", "urllib2", "StringIO",
      "cStringIO", "sets", "exceptions", "__builtin__", "ConfigParser",
      "HTMLParser")


def _strip(method):
  of_bytes = (strings.byte_method(method)
              if method in strings.BYTE_METHODS else None)

  def call(value, *args):
    if of_bytes is not None and isinstance(value, str):
      return of_bytes(value, *args)
    return getattr(value, method)(*args)
  call.__name__ = method
  return call


def walk(top, visit, argument):
  """`os.path.walk`: calls `visit(argument, folder, names)` for each folder."""
  try:
    names = os.listdir(top)
  except OSError:
    return
  visit(argument, top, names)
  for name in names:
    path = os.path.join(top, name)
    if os.path.isdir(path) and not os.path.islink(path):
      walk(path, visit, argument)


def additions():
  """[(module, name, value)]: names that Python 3's modules lack."""
  found = [
      (sys, "maxint", sys.maxsize),
      (sys, "setdefaultencoding", strings.set_default_encoding),
      (sys, "exc_clear", lambda: None),
      (os, "getcwdu", os.getcwd),
      (os.path, "walk", walk),
      (os, "errno", importlib.import_module("errno")),
      (itertools, "izip", zip), (itertools, "imap", map),
      (itertools, "ifilter", filter),
      (itertools, "ifilterfalse", itertools.filterfalse),
      (itertools, "izip_longest", itertools.zip_longest),
      (operator, "div", numbers2.divide),
      (operator, "idiv", numbers2.divide_in_place),
      (operator, "isCallable", callable),
      (operator, "sequenceIncludes", operator.contains),
      (operator, "isSequenceType", lambda value: hasattr(
          value, "__getitem__") and not isinstance(value, dict)),
      (operator, "isMappingType", lambda value: isinstance(value, dict)),
      (operator, "isNumberType", lambda value: isinstance(
          value, (int, float, complex))),
      (string, "letters", string.ascii_letters),
      (string, "lowercase", string.ascii_lowercase),
      (string, "uppercase", string.ascii_uppercase),
      (string, "maketrans", strings.maketrans),
      (string, "join", lambda words, sep=" ": strings.join(sep, words)),
      (string, "joinfields", lambda words, sep=" ": strings.join(sep, words)),
      (string, "atoi", lambda text, base=10: int(text, base)),
      (string, "atof", float), (string, "atol", int),
      (string, "translate", strings.translate),
  ]
  for method in ("split", "rsplit", "strip", "lstrip", "rstrip", "lower",
                 "upper", "replace", "find", "rfind", "index", "rindex",
                 "count", "zfill", "ljust", "rjust", "center", "capitalize",
                 "swapcase", "expandtabs"):
    found.append((string, method, _strip(method)))
  names = {
      "StringType": str, "UnicodeType": strings.unicode, "IntType": int,
      "LongType": int, "FloatType": float, "BooleanType": bool,
      "ListType": list, "TupleType": tuple, "DictType": dict,
      "DictionaryType": dict, "NoneType": type(None), "TypeType": type,
      "ClassType": type, "ObjectType": object, "ComplexType": complex,
      "StringTypes": (str, bytes), "FileType": files.file, "SliceType": slice,
      "InstanceType": object, "XRangeType": range,
      "UnboundMethodType": types.FunctionType,
      "EllipsisType": type(Ellipsis),
      "NotImplementedType": type(NotImplemented), "BufferType": memoryview}
  found += [(types, name, value) for name, value in names.items()]
  import time
  found.append((time, "clock", time.process_time))
  return [(holder, name, value) for holder, name, value in found
          if value is not None and not hasattr(holder, name)]


def numpy_changes(numpy):
  """[(module, name, value)]: NumPy's functions for strings of bytes."""
  frombuffer = numpy.frombuffer

  def make(name):
    original = getattr(numpy, name)

    def call(string, *args, **kwargs):
      text = kwargs.get("sep") or args[2:3] not in ((), ("",))
      if isinstance(string, str) and not (name == "fromstring" and text):
        kwargs.pop("sep", None)
        return frombuffer(strings.to_bytes(string), *args[:2],
                          **kwargs).copy()
      return original(string, *args, **kwargs)
    call.__name__ = name
    return call

  return [(numpy, name, make(name)) for name in ("fromstring", "frombuffer")]


def tensorflow_changes(tensorflow):
  """[(class, name, value)]: TensorFlow's files hold strings of bytes, too."""
  gfile = getattr(tensorflow, "gfile", None) or tensorflow.io.gfile
  kind = next(one for one in gfile.GFile.__mro__ if "read" in vars(one))

  def to_program(value):
    if isinstance(value, str):
      value = value.encode("utf-8")
    return strings.to_string(value)

  def reading(name):
    original = getattr(kind, name)

    def call(self, *args, **kwargs):
      found = original(self, *args, **kwargs)
      if not files.called_by_program():
        return found
      if isinstance(found, list):
        return [to_program(line) for line in found]
      return to_program(found)
    call.__name__ = name
    return call

  write_original = kind.write

  def write(self, content, *args, **kwargs):
    if isinstance(content, str) and files.called_by_program():
      content = strings.to_bytes(content)
    return write_original(self, content, *args, **kwargs)

  return [(kind, name, reading(name)) for name in (
      "read", "readline", "readlines", "next", "__next__")
          if hasattr(kind, name)] + [(kind, "write", write)]


LIBRARIES = {"numpy": numpy_changes, "tensorflow": tensorflow_changes}
