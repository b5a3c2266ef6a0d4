"""`/` as in Python 2: integers floor, everything else divides truly."""

import operator
import sys

_INTEGERS = (int, bool)


def _numpy():
  return sys.modules.get("numpy")


def _is_array(value):
  numpy = _numpy()
  return numpy is not None and isinstance(value,
                                          (numpy.ndarray, numpy.generic))


def _kind(value, numpy):
  """The kind of NumPy type that `value` has as an operand, or None."""
  if isinstance(value, (numpy.ndarray, numpy.generic)):
    return value.dtype.kind
  if isinstance(value, _INTEGERS):
    return "i"
  if isinstance(value, (float, complex)):
    return "f"
  if isinstance(value, (list, tuple)):
    return numpy.asarray(value).dtype.kind
  return None


def divide(a, b):
  """`a / b`.

  Two integers, or NumPy arrays of integers, give the floor. Objects with
  `__div__` or `__rdiv__`, such as tensors, decide for themselves.
  """
  kind, other = type(a), type(b)
  if kind is int and other is int:
    return a // b
  if kind is float and (other is float or other is int):
    return a / b
  if isinstance(a, _INTEGERS) and isinstance(b, _INTEGERS):
    return a // b
  if _is_array(a) or _is_array(b):
    numpy = _numpy()
    if not _is_array(a) or not hasattr(other, "__rdiv__"):
      kinds = _kind(a, numpy), _kind(b, numpy)
      if all(one is not None and one in "iub" for one in kinds):
        return numpy.floor_divide(a, b)
      if None not in kinds:
        return operator.truediv(a, b)
  found = NotImplemented
  if hasattr(kind, "__div__"):
    found = kind.__div__(a, b)
  if found is NotImplemented and hasattr(other, "__rdiv__"):
    found = other.__rdiv__(b, a)
  if found is NotImplemented:
    return operator.truediv(a, b)
  return found


class Divisor(object):
  """The right side of `a /= b`, which is compiled to `a <<= Divisor(b)`.

  So the left side is evaluated once, whatever it is. No type of numbers or
  tensors takes a Divisor for `<<`, which leaves it to `__rlshift__`; NumPy
  asks `__array_ufunc__`.
  """

  __slots__ = ("value",)

  def __init__(self, value):
    self.value = value

  def __array_ufunc__(self, ufunc, method, *inputs, **kwargs):
    return self.__rlshift__(inputs[0])

  def __rlshift__(self, a):
    numpy = _numpy()
    b = self.value
    if numpy is not None and isinstance(a, numpy.ndarray):
      if hasattr(type(b), "__rdiv__"):
        return divide(a, b)
      kinds = _kind(a, numpy), _kind(b, numpy)
      if all(one is not None and one in "iub" for one in kinds):
        return numpy.floor_divide(a, b, out=a)
      if kinds[0] in "iub":
        # NumPy of that time truncated the result to the array's type.
        return numpy.true_divide(a, b, out=a, casting="unsafe")
      return operator.itruediv(a, b)
    for name in ("__idiv__", "__itruediv__"):
      if hasattr(type(a), name):
        found = getattr(type(a), name)(a, b)
        if found is not NotImplemented:
          return found
    return divide(a, b)


def divide_in_place(a, b):
  """`operator.idiv`."""
  return Divisor(b).__rlshift__(a)
