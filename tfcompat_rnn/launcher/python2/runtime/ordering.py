"""Comparison, sorting, hashing and rounding as in Python 2."""

import decimal
import functools
import math
import numbers

from . import strings


def _rank(value):
  # None is less than numbers, numbers are less than everything else, and
  # other types are ordered by name.
  if value is None:
    return ""
  if isinstance(value, numbers.Number):
    return "\x00"
  name = type(value).__name__
  return {"bytes": "str"}.get(name, name)


def compare(a, b):
  """`cmp(a, b)`."""
  kind = type(a)
  if hasattr(kind, "__cmp__"):
    found = kind.__cmp__(a, b)
    if found is not NotImplemented:
      return found
  if hasattr(type(b), "__cmp__"):
    found = type(b).__cmp__(b, a)
    if found is not NotImplemented:
      return -found
  if isinstance(a, bytes) and isinstance(b, str):
    a = a.decode("latin-1")
  elif isinstance(a, str) and isinstance(b, bytes):
    b = b.decode("latin-1")
  try:
    if a == b:
      return 0
    return -1 if a < b else 1
  except TypeError:
    return _compare_unlike(a, b)


def _compare_unlike(a, b):
  if isinstance(a, complex) or isinstance(b, complex):
    raise TypeError("no ordering relation is defined for complex numbers")
  if type(a) is type(b) and isinstance(a, (list, tuple)):
    for one, other in zip(a, b):
      found = compare(one, other)
      if found:
        return found
    return (len(a) > len(b)) - (len(a) < len(b))
  if isinstance(a, dict) and isinstance(b, dict):
    return compare([len(a), sorted_list(a.items())],
                   [len(b), sorted_list(b.items())])
  one, other = _rank(a), _rank(b)
  if one == other:
    one, other = id(type(a)), id(type(b))
  if one == other:
    one, other = id(a), id(b)
  return (one > other) - (one < other)


def less(a, b):
  """`a < b`, also of unlike types."""
  try:
    return a < b
  except TypeError:
    return compare(a, b) < 0


def greater(a, b):
  """`a > b`, also of unlike types."""
  try:
    return a > b
  except TypeError:
    return compare(a, b) > 0


def at_most(a, b):
  """`a <= b`, also of unlike types."""
  try:
    return a <= b
  except TypeError:
    return compare(a, b) <= 0


def at_least(a, b):
  """`a >= b`, also of unlike types."""
  try:
    return a >= b
  except TypeError:
    return compare(a, b) >= 0


def equal(a, b):
  """`a == b`; bytes that a library returned equal the program's strings."""
  if isinstance(a, bytes) and isinstance(b, str):
    return a.decode("latin-1") == b
  if isinstance(b, bytes) and isinstance(a, str):
    return a == b.decode("latin-1")
  if type(a) is str and type(b) is str:
    return a == b or _equal_mixed(a, b)
  return a == b


def _equal_mixed(a, b):
  """Whether one is text and the other one its bytes."""
  if len(a) == len(b) or strings.is_ascii(a) or strings.is_ascii(b):
    return False
  if strings.is_text(a):
    return strings.equals_bytes(a, b)
  return strings.is_text(b) and strings.equals_bytes(b, a)


def unequal(a, b):
  """`a != b`; bytes that a library returned equal the program's strings."""
  if isinstance(a, (bytes, str)) and isinstance(b, (bytes, str)):
    return not equal(a, b)
  return a != b


_key = functools.cmp_to_key(compare)


def sorted_list(items, cmp=None, key=None, reverse=False):
  """`sorted` with `cmp`, and with values of unlike types."""
  found = list(items)
  sort(found, cmp, key, reverse)
  return found


def sort(items, cmp=None, key=None, reverse=False):
  """`items.sort(...)` of a list."""
  if cmp is not None:
    by_cmp = functools.cmp_to_key(cmp)
    call = by_cmp if key is None else lambda value: by_cmp(key(value))
    items.sort(key=call, reverse=reverse)
    return None
  before = list(items)
  try:
    items.sort(key=key, reverse=reverse)
  except TypeError:
    items[:] = before
    items.sort(key=_key if key is None else lambda value: _key(key(value)),
               reverse=reverse)
  return None


def sort_method(items, *args, **kwargs):
  """`items.sort(*args, **kwargs)`."""
  if isinstance(items, list):
    return sort(items, *args, **kwargs)
  return items.sort(*args, **kwargs)


def _extreme(original):
  def choose(*args, **kwargs):
    # An iterator can be read only once.
    if len(args) == 1 and iter(args[0]) is args[0]:
      args = (list(args[0]),)
    try:
      return original(*args, **kwargs)
    except TypeError:
      key = kwargs.get("key")
      kwargs["key"] = (_key if key is None
                       else lambda value: _key(key(value)))
      return original(*args, **kwargs)
  choose.__name__ = original.__name__
  choose.__doc__ = "`%s`, also of unlike types." % original.__name__
  return choose


smallest = _extreme(min)
largest = _extreme(max)


def round_number(number, ndigits=0):
  """`round`: half away from zero; always a float."""
  if isinstance(number, (str, bytes)):
    raise TypeError("a float is required")
  value = float(number)
  if not math.isfinite(value) or ndigits > 300:
    return value
  exact = decimal.Decimal(value)
  with decimal.localcontext() as context:
    context.prec = 1000
    return float(exact.quantize(decimal.Decimal(1).scaleb(-int(ndigits)),
                                rounding=decimal.ROUND_HALF_UP))


_MASK = (1 << 64) - 1


def _signed(value):
  value &= _MASK
  return value - (1 << 64) if value >> 63 else value


def _hash_float(value):
  if value.is_integer():
    return hash_value(int(value))
  fraction, exponent = math.frexp(value)
  fraction *= 2147483648.0
  high = int(fraction)
  found = high + int((fraction - high) * 2147483648.0) + (exponent << 15)
  return -2 if found == -1 else found


def hash_value(value):
  """`hash` of a 64-bit Python 2.7, where strings had no random hash."""
  kind = type(value)
  if kind is str:
    if not value:
      return 0
    found = ord(value[0]) << 7
    for character in value:
      found = (1000003 * found & _MASK) ^ ord(character)
    found = _signed(found ^ len(value))
    return -2 if found == -1 else found
  if kind is int and -(1 << 63) <= value < (1 << 63):
    return -2 if value == -1 else value
  if kind is float and math.isfinite(value):
    return _hash_float(value)
  if kind is tuple:
    found, factor = 0x345678, 1000003
    left = len(value)
    for item in value:
      left -= 1
      found = ((found ^ (hash_value(item) & _MASK)) * factor) & _MASK
      factor = (factor + 82520 + left + left) & _MASK
    found = _signed(found + 97531)
    return -2 if found == -1 else found
  return hash(value)
