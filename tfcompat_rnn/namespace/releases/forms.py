"""Tells calls in the form of an old release from those in that of 1.15.

Each function gets the positional and the named arguments of a call. It
returns True for the old form, False for 1.15's, and None if the call could be
either.
"""

import numbers


def _is_number(value):
  return isinstance(value, numbers.Integral) and not isinstance(value, bool)


def _is_scalar(value):
  """Whether `value` can be an axis: a number, or a tensor without axes."""
  if _is_number(value):
    return True
  shape = getattr(value, "shape", None)
  rank = getattr(shape, "ndims", None) if hasattr(shape, "ndims") else (
      len(shape) if isinstance(shape, tuple) else None)
  return rank == 0


def argument(args, kwargs, position, *names):
  """The argument at `position` or of one of the `names`; None if missing."""
  if len(args) > position:
    return args[position]
  for name in names:
    if name in kwargs:
      return kwargs[name]
  return None


def is_old_concat(args, kwargs):
  """`concat(concat_dim, values)`, not `concat(values, axis)`."""
  if "concat_dim" in kwargs:
    return True
  if "axis" in kwargs or not args:
    return False
  return _is_scalar(args[0])


def is_old_split(args, kwargs):
  """`split(split_dim, num_split, value)`, not `split(value, num, axis)`."""
  if "split_dim" in kwargs or "num_split" in kwargs:
    return True
  if "axis" in kwargs or "num_or_size_splits" in kwargs or not args:
    return False
  # A scalar cannot be divided.
  return _is_scalar(args[0])
