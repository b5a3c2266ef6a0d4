"""Byte strings as text: one character of `str` for each byte.

Python 2's `str` is a string of bytes. A converted program holds such a string
as a `str` whose characters are the bytes (Latin-1), so that lengths, indices
and sets of characters are those of Python 2. `unicode` is a `str` as well.
Where text leaves the program, bytes that are UTF-8 are written as they are.
"""

import binascii
import codecs
import collections


def is_text(value):
  """Whether `value` can only have been a `unicode` object in Python 2."""
  try:
    value.encode("ascii")
    return False
  except UnicodeEncodeError:
    pass
  try:
    value.encode("latin-1").decode("utf-8")
    return False
  except UnicodeError:
    return True


def is_ascii(value):
  """Whether a string has no characters outside of ASCII."""
  if hasattr(value, "isascii"):
    return value.isascii()
  return all(ord(character) < 128 for character in value)


def readable(value):
  """`value` as a terminal showed it: bytes that are UTF-8 become text."""
  if is_ascii(value):
    return value
  try:
    return value.encode("latin-1").decode("utf-8")
  except UnicodeError:
    return value


def to_bytes(value):
  """The bytes that the string `value` stands for."""
  if not isinstance(value, str):
    return bytes(value)
  try:
    return value.encode("latin-1")
  except UnicodeEncodeError:
    return value.encode("ascii")  # Python 2's error


def to_string(value):
  """Bytes of a library as the program's kind of string."""
  if isinstance(value, (bytes, bytearray)):
    return bytes(value).decode("latin-1")
  return value


def equals_bytes(text, value):
  """Whether `text` equals the string of bytes `value`, mixed with it."""
  try:
    return text == _as_text(value)
  except UnicodeDecodeError:
    return False


_BYTES_TO_BYTES = {
    "hex": (binascii.hexlify, binascii.unhexlify),
    "base64": "base64_codec", "zip": "zlib_codec", "zlib": "zlib_codec",
    "bz2": "bz2_codec", "quopri": "quopri_codec", "uu": "uu_codec",
}


def _plain(encoding):
  name = encoding.lower().replace("-", "_")
  return name[:-6] if name.endswith("_codec") else name


# What `sys.setdefaultencoding` set. Strings of bytes become text with it
# wherever a program mixes them.
_default = {"encoding": "ascii"}


def set_default_encoding(encoding):
  """`sys.setdefaultencoding`."""
  codecs.lookup(encoding)
  _default["encoding"] = encoding


def _as_text(value):
  """`value` as text, if it can be a string of bytes."""
  if is_ascii(value) or is_text(value):
    return value
  return value.encode("latin-1").decode(_default["encoding"])


def encode(value, encoding=None, errors="strict"):
  """`value.encode(...)`."""
  if isinstance(value, bytes):
    value = value.decode("latin-1")
  encoding = encoding or _default["encoding"]
  name = _plain(encoding)
  if name in _BYTES_TO_BYTES:
    codec = _BYTES_TO_BYTES[name]
    found = (codec[0](to_bytes(value)) if isinstance(codec, tuple)
             else codecs.encode(to_bytes(value), codec))
    return found.decode("latin-1")
  if name in ("rot13", "rot_13"):
    return codecs.encode(value, "rot13")
  if name == "string_escape":
    return "".join(
        "\\'" if c == "'" else c if " " <= c <= "~" and c != "\\" else
        repr(c)[1:-1] if ord(c) < 128 else "\\x%02x" % ord(c) for c in value)
  return _as_text(value).encode(encoding, errors).decode("latin-1")


def decode(value, encoding=None, errors="strict"):
  """`value.decode(...)`."""
  encoding = encoding or _default["encoding"]
  if isinstance(value, bytes):
    data = value
  elif any(ord(character) > 255 for character in value):
    return value  # text that a library has decoded
  else:
    data = to_bytes(value)
  name = _plain(encoding)
  if name in _BYTES_TO_BYTES:
    codec = _BYTES_TO_BYTES[name]
    found = (codec[1](data) if isinstance(codec, tuple)
             else codecs.decode(data, codec))
    return found.decode("latin-1")
  if name in ("rot13", "rot_13"):
    return codecs.decode(data.decode("latin-1"), "rot13")
  if name == "string_escape":
    return codecs.escape_decode(data)[0].decode("latin-1")
  try:
    return data.decode(encoding, errors)
  except UnicodeDecodeError:
    if isinstance(value, str) and name in ("utf8", "utf_8") and (
        is_text(value)):
      return value  # text that a library has decoded
    raise


# Methods for which only ASCII has letters, digits and white space, as bytes.
BYTE_METHODS = (
    "split", "rsplit", "strip", "lstrip", "rstrip", "splitlines", "lower",
    "upper", "title", "capitalize", "swapcase", "isalpha", "isalnum",
    "isdigit", "isspace", "islower", "isupper", "istitle")
_AT_SPACE = BYTE_METHODS[:5]
# What Python 3 takes for white space or for an end of a line as well.
_SIGNS = "\x0b\x0c\x1c\x1d\x1e\x1f"


def byte_method(name):
  """`value.name(...)` of a string of bytes; of text, that of text."""
  def call(value, *args, **kwargs):
    if isinstance(value, bytes) or name in _AT_SPACE and (
        args and args[0] is not None) or (
            is_text(value) if not is_ascii(value)
            else not any(sign in value for sign in _SIGNS)):
      return getattr(value, name)(*args, **kwargs)
    found = getattr(value.encode("latin-1"), name)(*args, **kwargs)
    if isinstance(found, list):
      return [item.decode("latin-1") for item in found]
    return to_string(found)
  return call


def decoded(value, encoding):
  """`value`, as `json` writes it, with text for the strings of bytes in it."""
  if isinstance(value, str):
    if is_ascii(value) or is_text(value):
      return value
    return decode(value, encoding)
  if isinstance(value, dict):
    # Dictionaries of Python 3.5 have no order.
    return collections.OrderedDict([
        (decoded(key, encoding), decoded(item, encoding))
        for key, item in value.items()])
  if isinstance(value, (list, tuple)):
    return [decoded(item, encoding) for item in value]
  return value


def translate(value, table, delete=None):
  """`value.translate(table, deletechars)`."""
  value = to_string(value)
  if delete:
    value = "".join([c for c in value if c not in delete])
  return value if table is None else value.translate(table)


def maketrans(old, new):
  """`string.maketrans`: a string of 256 characters."""
  if len(old) != len(new):
    raise ValueError("maketrans arguments must have same length")
  table = [chr(code) for code in range(256)]
  for one, other in zip(old, new):
    table[ord(one)] = other
  return "".join(table)


def float_text(value):
  """`str` of a float: twelve digits."""
  text = "%.12g" % value
  return text if set(text) & set(".einfa") else text + ".0"


class _Float(float):
  """A float that shows twelve digits as `%s` and `{}`."""

  def __str__(self):
    return float_text(self)

  def __format__(self, spec):
    return float_text(self) if not spec else float(self).__format__(spec)


def shown(value):
  """`value` as `%` and `format` are to show it."""
  if type(value) is float:
    return _Float(value)
  if isinstance(value, bytes):
    return value.decode("latin-1")
  return value


_SETS = (set, frozenset)
_CONTAINERS = (list, tuple, dict) + _SETS


def represent(value):
  """`repr`: strings have escapes for all but ASCII, sets are `set([1])`."""
  kind = type(value)
  if kind is str:
    wide = any(ord(character) > 255 for character in value)
    return ("u" if wide else "") + ascii(value)
  if kind not in _CONTAINERS:
    return repr(value)
  text = ascii(value)
  if kind not in _SETS and not any(
      sign in text for sign in ("{", "set(", "\\u")):
    return text  # also of a list that contains itself
  parts = [represent(item) for item in value]
  if kind is dict:
    parts = ["%s: %s" % (key, represent(item))
             for key, item in zip(parts, value.values())]
    return "{%s}" % ", ".join(parts)
  inside = ", ".join(parts)
  if kind is tuple:
    return "(%s%s)" % (inside, "," * (len(parts) == 1))
  return "[%s]" % inside if kind is list else "%s([%s])" % (
      kind.__name__, inside)


class _Told(object):
  """A value that `%s` and `%r` show as `represent` does."""

  def __init__(self, value):
    self._text = represent(value)

  def __repr__(self):
    return self._text


class _String(str):

  def __repr__(self):
    return represent(str(self))


def _formatted(value):
  """`value` as `%` is to show it."""
  kind = type(value)
  if kind is str:
    return value if is_ascii(value) else _String(value)
  if kind in _CONTAINERS:
    return _Told(value)
  return shown(value)


def text(value=""):
  """`str(value)`."""
  if type(value) is str:
    return value
  if type(value) is float:
    return float_text(value)
  if isinstance(value, bytes):
    return value.decode("latin-1")
  kind = type(value)
  if kind in _CONTAINERS:
    return represent(value)
  if "__str__" not in kind.__dict__ and kind.__str__ is object.__str__ and (
      hasattr(kind, "__unicode__")):
    return kind.__unicode__(value)
  return str(value)


def modulo(a, b):
  """`a % b`."""
  if isinstance(a, str):
    if type(b) is tuple:
      b = tuple([_formatted(item) for item in b])
    elif type(b) is dict and "%(" in a:
      b = {key: _formatted(value) for key, value in b.items()}
    else:
      b = _formatted(b)
  return a % b


def format_text(value, *args, **kwargs):
  """`value.format(...)`."""
  args = [shown(item) for item in args]
  kwargs = {key: shown(item) for key, item in kwargs.items()}
  return to_string(value).format(*args, **kwargs)


def join(separator, items):
  """`separator.join(items)`."""
  return to_string(separator).join([to_string(item) for item in items])


class _UnicodeType(type):

  def __instancecheck__(cls, value):
    return isinstance(value, str) and is_text(value)

  def __call__(cls, value="", *args):
    if args:
      return decode(value, *args)
    kind = type(value)
    if hasattr(kind, "__unicode__"):
      return kind.__unicode__(value)
    return _as_text(text(value))

  def __eq__(cls, other):
    return other is cls

  def __hash__(cls):
    return id(cls)

  def __getattr__(cls, name):
    return getattr(str, name)


unicode = _UnicodeType("unicode", (), {
    "__module__": "__builtin__",
    "__doc__": "Text; `isinstance` holds for what no string of bytes can be."})


class _BytesType(_UnicodeType):

  def __instancecheck__(cls, value):
    return isinstance(value, (str, bytes)) and not isinstance(value, unicode)

  def __call__(cls, value="", *args):
    return encode(value, *args) if args else text(value)


byte_string = _BytesType("bytes", (), {
    "__module__": "__builtin__",
    "__doc__": "A string of bytes."})


class _BaseStringType(type):

  def __instancecheck__(cls, value):
    return isinstance(value, (str, bytes))


basestring = _BaseStringType("basestring", (), {
    "__module__": "__builtin__",
    "__doc__": "A string of either kind."})
