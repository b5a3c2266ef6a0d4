"""The builtins of Python 2."""

import builtins
import collections.abc
import functools
import importlib
import itertools
import sys

from . import errors
from . import files
from . import numbers2
from . import ordering
from . import strings

_VIEWS = (collections.abc.KeysView, collections.abc.ValuesView,
          collections.abc.ItemsView)


# --- what statements became -------------------------------------------------


def print_values(*values, **options):
  """The print statement: `to` is its file, `comma` its last character."""
  file = options.get("to")
  if file is None:
    file = sys.stdout
  comma = options.get("comma", False)
  show = strings.text
  if not isinstance(file, (files.File, files.StringIO)):
    show = _readable_text
  space = files.spaces.get(file)
  for value in values:
    # As in Python 2: a space after what a comma ended, but none after a
    # newline or tab; each part is written by itself.
    text = show(value)
    if space:
      file.write(" ")
    file.write(text)
    space = text[-1:] == " " or not text[-1:].isspace()
  files.spaces.put(file, comma and bool(values) and space)
  if not comma:
    file.write("\n")


def _readable_text(value):
  return strings.readable(strings.text(value))


def make_exception(kind, value=None, trace=None):
  """`raise kind, value, trace`."""
  if isinstance(kind, tuple):
    kind = kind[0]
  if isinstance(kind, type):
    if isinstance(value, kind):
      error = value
    elif value is None:
      error = kind()
    elif isinstance(value, tuple):
      error = kind(*value)
    else:
      error = kind(value)
  else:
    error = kind
  return error.with_traceback(trace) if trace is not None else error


def make_execute(compile_text):
  """The exec statement; `compile_text(text, filename)` makes code."""
  def execute(code, names=None, local=None):
    if isinstance(code, tuple):
      code, names, local = (code + (None, None))[:3]
    if names is None:
      frame = sys._getframe(1)
      names, local = frame.f_globals, frame.f_locals
    if isinstance(code, files.File):
      code = code._file.read().decode("latin-1")
    if isinstance(code, str):
      code = compile_text(code, "<string>")
    names.setdefault("__builtins__", sys._getframe(1).f_globals[
        "__builtins__"])
    if local is None:
      exec(code, names)
    else:
      exec(code, names, local)
  return execute


def make_evaluate(compile_expression):
  """`eval`."""
  def evaluate(code, names=None, local=None):
    if names is None:
      frame = sys._getframe(1)
      names, local = frame.f_globals, frame.f_locals
    if isinstance(code, str):
      code = compile_expression(code.lstrip(" \t"))
    if isinstance(names, dict):
      names.setdefault("__builtins__", sys._getframe(1).f_globals[
          "__builtins__"])
    if local is None:
      return eval(code, names)
    return eval(code, names, local)
  return evaluate


# --- methods ----------------------------------------------------------------


def _list_of(name):
  def call(holder, *args, **kwargs):
    found = getattr(holder, name)(*args, **kwargs)
    return list(found) if isinstance(found, _VIEWS) else found
  call.__name__ = name
  call.__doc__ = "`holder.%s()`: a list, where Python 3 has a view." % name
  return call


def _iterator_of(name):
  def call(holder, *args, **kwargs):
    if hasattr(holder, "iter" + name):
      return getattr(holder, "iter" + name)(*args, **kwargs)
    return iter(getattr(holder, name)(*args, **kwargs))
  call.__name__ = "iter" + name
  call.__doc__ = "`holder.iter%s()`." % name
  return call


def _view_of(name):
  def call(holder, *args, **kwargs):
    if hasattr(holder, "view" + name):
      return getattr(holder, "view" + name)(*args, **kwargs)
    return getattr(holder, name)(*args, **kwargs)
  call.__name__ = "view" + name
  call.__doc__ = "`holder.view%s()`." % name
  return call


def has_key(holder, *args, **kwargs):
  """`holder.has_key(key)`."""
  if hasattr(holder, "has_key") or not hasattr(holder, "__contains__"):
    return holder.has_key(*args, **kwargs)
  if isinstance(holder, type) and len(args) == 2:  # dict.has_key(d, k)
    return args[1] in args[0]
  return args[0] in holder


def next_method(holder, *args):
  """`holder.next()`."""
  if hasattr(holder, "next") or not hasattr(holder, "__next__"):
    return holder.next(*args)
  return next(holder, *args)


def _of_strings(name, call):
  """`holder.name(...)`: `call` if the holder is a string."""
  own = [getattr(kind, name, None) for kind in (str, bytes)]

  def method(holder, *args, **kwargs):
    if isinstance(holder, (str, bytes)) and (
        getattr(type(holder), name, None) in own):
      return call(holder, *args, **kwargs)
    if holder is str and args and isinstance(args[0], (str, bytes)):
      return call(*args, **kwargs)  # str.lower(text)
    return getattr(holder, name)(*args, **kwargs)
  method.__name__ = name
  method.__doc__ = "`holder.%s(...)`; of a string, as of bytes." % name
  return method


METHODS = {
    "keys": _list_of("keys"), "values": _list_of("values"),
    "items": _list_of("items"), "iterkeys": _iterator_of("keys"),
    "itervalues": _iterator_of("values"),
    "iteritems": _iterator_of("items"), "viewkeys": _view_of("keys"),
    "viewvalues": _view_of("values"), "viewitems": _view_of("items"),
    "has_key": has_key, "next": next_method, "sort": ordering.sort_method,
    "write": files.write,
}


def method_of(holder, name):
  """`holder.name`, which is not called at once; `str` is that of bytes."""
  return METHODS[name] if holder is str else getattr(holder, name)


METHODS.update((name, _of_strings(name, strings.byte_method(name)))
               for name in strings.BYTE_METHODS)
METHODS.update((name, _of_strings(name, getattr(strings, function)))
               for name, function in (
                   ("encode", "encode"), ("decode", "decode"),
                   ("translate", "translate"), ("format", "format_text"),
                   ("join", "join")))


# --- functions --------------------------------------------------------------


def map_list(function, first, *more):
  """`map`: a list; pads the shorter sequences with None."""
  if function is None:
    rows = itertools.zip_longest(first, *more)
    return [row if more else row[0] for row in rows]
  if function is str:
    function = strings.text
  if not more:
    return [function(item) for item in first]
  return [function(*row) for row in itertools.zip_longest(first, *more)]


def filter_list(function, items):
  """`filter`: a list, or a string or tuple of one."""
  if isinstance(items, str):
    return "".join(filter(function, items))
  if isinstance(items, tuple):
    return tuple(filter(function, items))
  return list(filter(function, items))


def _whole(value):
  if isinstance(value, float):
    raise TypeError("range() integer argument expected, got float.")
  return value


def range_list(*args):
  """`range`: a list."""
  return list(range(*[_whole(arg) for arg in args]))


def xrange_of(*args):
  """`xrange`."""
  return range(*[int(arg) for arg in args])


def zip_list(*args):
  """`zip`: a list."""
  return list(zip(*args))


def raw_input(prompt=""):
  """`raw_input`: a line as a string of bytes."""
  return input(prompt).encode("utf-8", "surrogateescape").decode("latin-1")


def print_function(*values, **options):
  """`print` after `from __future__ import print_function`."""
  file = options.pop("file", None) or sys.stdout
  texts = [strings.text(value) for value in values]
  if isinstance(file, (files.File, files.StringIO)):
    sep, end = options.get("sep") or " ", options.get("end")
    file.write(sep.join(texts) + ("\n" if end is None else end))
  else:
    print(*[strings.readable(text) for text in texts], file=file, **options)


def octal(number):
  """`oct`: `010` for 8."""
  return oct(number).replace("o", "") if number else "0"


def buffer_of(value, offset=0, size=None):
  """`buffer`."""
  end = None if size is None else offset + size
  return (value if isinstance(value, str) else memoryview(value))[offset:end]


def char(code):
  """`chr` of a byte."""
  if not 0 <= code < 256:
    raise ValueError("chr() arg not in range(256)")
  return chr(code)


def coerce(a, b):
  """`coerce`: both numbers as one type."""
  kind = type(a + b - b)
  return kind(a), kind(b)


def apply(function, args=(), kwargs=None):
  """`apply`: `function(*args, **kwargs)`."""
  return function(*args, **(kwargs or {}))


def end_with_stop(function):
  """A decorator: StopIteration ends the generator that `function` makes."""
  @functools.wraps(function)
  def generate(*args, **kwargs):
    try:
      return (yield from function(*args, **kwargs))
    except RuntimeError as error:
      if not isinstance(error.__cause__, StopIteration):
        raise
  return generate


# --- classes ----------------------------------------------------------------


class _Maker(object):
  """The metaclass of a class statement: `__metaclass__`, or the bases'."""

  def __init__(self):
    self._bases = ()

  @staticmethod
  def _winner(bases):
    winner = type
    for base in bases:
      if issubclass(type(base), winner):
        winner = type(base)
    return winner

  def __prepare__(self, name, bases, **kwargs):
    return self._winner(bases).__prepare__(name, bases, **kwargs)

  def __call__(self, name, bases, body, **kwargs):
    kind = body.get("__metaclass__") or self._winner(bases)
    if isinstance(kind, type):
      own = self._winner(bases)
      if issubclass(own, kind):
        kind = own
    _complete(body)
    return kind(name, bases, body, **kwargs)


_ALIASES = (("__nonzero__", "__bool__"), ("next", "__next__"),
            ("__div__", "__truediv__"), ("__rdiv__", "__rtruediv__"),
            ("__idiv__", "__itruediv__"))


def _complete(body):
  """Adds to a class body the names under which Python 3 looks for methods."""
  for old, new in _ALIASES:
    if old in body and new not in body and (
        old != "next" or "__iter__" in body):
      body[new] = body[old]
  if "__hash__" not in body and ("__eq__" in body or "__cmp__" in body):
    body["__hash__"] = object.__hash__
  if "__cmp__" in body:
    call = body["__cmp__"]
    for name, test in (("__lt__", lambda n: n < 0), ("__gt__",
                       lambda n: n > 0), ("__le__", lambda n: n <= 0),
                       ("__ge__", lambda n: n >= 0),
                       ("__eq__", lambda n: n == 0),
                       ("__ne__", lambda n: n != 0)):
      body.setdefault(name, _by_cmp(call, test))
  if "__eq__" in body and "__ne__" not in body:
    # Python 2 did not derive one from the other.
    body["__ne__"] = lambda self, other: self is not other
  if "__getslice__" in body:
    _slices(body, "__getitem__", "__getslice__")
  if "__setslice__" in body:
    _slices(body, "__setitem__", "__setslice__")
  if "__unicode__" in body and "__str__" not in body:
    body["__str__"] = body["__unicode__"]


def _by_cmp(call, test):
  def compare(self, other):
    return test(call(self, other))
  return compare


def _inherited(value, name, own):
  """The method `name` that `own` hides."""
  below = False
  for kind in type(value).__mro__:
    found = vars(kind).get(name)
    if below and found is not None:
      return found
    below = below or found is own
  raise TypeError("object does not support indexing")


def _slices(body, name, old):
  by_slice, by_item = body[old], body.get(name)

  def item(self, key, *value):
    if isinstance(key, slice) and key.step is None:
      stop = sys.maxsize if key.stop is None else key.stop
      return by_slice(self, key.start or 0, stop, *value)
    if by_item is None:
      return _inherited(self, name, item)(self, key, *value)
    return by_item(self, key, *value)
  body[name] = item


# What in the body of a class makes `_complete` do something.
SPECIAL = frozenset([old for old, _ in _ALIASES] + [
    "__cmp__", "__eq__", "__getslice__", "__setslice__", "__unicode__"])


def special_methods(kind):
  """A decorator: Python 3 finds the class's special methods of Python 2."""
  body = {name: value for name, value in vars(kind).items()
          if value is not None or name != "__hash__"}
  before = dict(body)
  _complete(body)
  for name, value in body.items():
    if name not in before or before[name] is not value:
      setattr(kind, name, value)
  return kind


def build_class(function, name, *bases, **kwargs):
  if "metaclass" not in kwargs:
    bases = tuple([str if base is strings.unicode else
                   files.File if base is files.file else base
                   for base in bases])
    kwargs["metaclass"] = _Maker()
  return builtins.__build_class__(function, name, *bases, **kwargs)


TABLE = {
    "_py2_print": print_values, "_py2_raise": make_exception,
    "_py2_divide": numbers2.divide, "_py2_over": numbers2.Divisor,
    "_py2_modulo": strings.modulo, "_py2_str": strings.text,
    "_py2_less": ordering.less, "_py2_greater": ordering.greater,
    "_py2_at_most": ordering.at_most, "_py2_at_least": ordering.at_least,
    "_py2_equal": ordering.equal, "_py2_unequal": ordering.unequal,
    "_py2_end_with_stop": end_with_stop, "_py2_method": method_of,
    "_py2_attribute": errors.attribute_of, "_py2_item": errors.item_of,
    "apply": apply, "basestring": strings.basestring, "buffer": buffer_of,
    "bytes": strings.byte_string, "chr": char, "cmp": ordering.compare,
    "coerce": coerce, "file": files.file, "filter": filter_list,
    "hash": ordering.hash_value, "intern": sys.intern, "long": int,
    "map": map_list, "max": ordering.largest, "min": ordering.smallest,
    "oct": octal,
    "open": files.open_file, "print": print_function, "range": range_list,
    "raw_input": raw_input, "repr": strings.represent,
    "reduce": functools.reduce, "reload": importlib.reload,
    "round": ordering.round_number, "sorted": ordering.sorted_list,
    "StandardError": Exception, "unichr": chr, "unicode": strings.unicode,
    "xrange": xrange_of, "zip": zip_list, "__build_class__": build_class,
    files.MARK: True,
}
TABLE.update(("_py2_" + name, method) for name, method in METHODS.items())
