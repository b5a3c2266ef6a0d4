"""Tells calls in the form of an old release from those in that of 1.15.

Each function gets the positional and the named arguments of a call. It
returns True for the old form, False for 1.15's, and None if the call could be
either.
"""

import numbers

from tfcompat_rnn.namespace.releases import notice
from tfcompat_rnn.namespace.releases import order


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


def is_old_reverse(args, kwargs):
  """`reverse(tensor, dims)` with a bool for each axis, not axis numbers."""
  if "dims" in kwargs:
    return True
  axes = argument(args, kwargs, 1, "axis")
  if isinstance(axes, (list, tuple)):
    return bool(axes) and all(isinstance(axis, bool) for axis in axes)
  return str(getattr(axes, "dtype", "")).replace("<dtype: '", "").startswith(
      "bool")


def is_old_sparse_split(args, kwargs):
  """`sparse_split(split_dim, num_split, sp_input)` by position."""
  return bool(args)


def is_old_logits_first(args, kwargs):
  """Cross entropies `(logits, labels)`; 1.x takes named arguments only."""
  if "targets" in kwargs:
    return True
  if not args:
    return False
  if len(args) == 1 and "labels" not in kwargs:
    return None
  # Releases from 1.0 on refuse such a call.
  if len(args) == 1 or notice.is_old("1.0"):
    return True
  if order.is_float(args[0]) and order.is_float(args[1]) is False:
    return True
  return True if order.first_is_prediction(args[0], args[1]) else None


def is_old_weighted(args, kwargs):
  """`(logits, targets, pos_weight)`; 1.x takes targets (labels) first."""
  if len(args) < 2:
    return False
  first = order.first_is_prediction(args[0], args[1])
  if first and notice.is_old("1.0"):
    return True
  return False if first is False else None


def is_old_log_poisson(args, kwargs):
  """`log_poisson_loss(log_input, targets)`; 1.x takes targets first."""
  return is_old_weighted(args, kwargs)


def is_old_sampled(args, kwargs):
  """`(weights, biases, inputs, labels)`; 1.x takes labels first."""
  if len(args) < 4:
    return False
  third, fourth = order.is_float(args[2]), order.is_float(args[3])
  if None not in (third, fourth) and third != fourth:
    return third
  widths = [getattr(getattr(value, "shape", None), "as_list", list)()[-1:]
            for value in (args[0], args[2], args[3])]
  if all(widths) and widths[1] != widths[2]:
    return widths[0] == widths[1]
  return None


def is_old_ctc(args, kwargs):
  """`ctc_loss(inputs, labels, sequence_length)`; 1.x takes labels first."""
  if not args:
    return False
  second = argument(args, kwargs, 1, "labels", "inputs")
  return (not hasattr(args[0], "indices")
          and hasattr(second, "indices") and "inputs" not in kwargs)


def is_old_resize(args, kwargs):
  """`resize_images(images, height, width, ...)`, before 0.12."""
  if "new_height" in kwargs or "new_width" in kwargs:
    return True
  size = argument(args, kwargs, 1, "size")
  return _is_scalar(size)


def is_old_softmax(args, kwargs):
  """`softmax(logits, name)`, before it had an axis."""
  return len(args) > 1 and isinstance(args[1], str)


def is_old_truncation(args, kwargs):
  """`div` and `floordiv` of integers, which cut off the fraction in 0.x."""
  if not notice.is_old("1.0"):
    return False
  return any(order.is_integer(value)
             for value in (*args[:2], kwargs.get("x"), kwargs.get("y")))


def is_old_remainder(args, kwargs):
  """`mod`, whose result had the sign of the dividend in 0.x."""
  return notice.is_old("1.0")


def is_old_weight(args, kwargs):
  """Losses with the argument `weight`, `targets` or `target`."""
  return any(name in kwargs for name in ("weight", "targets", "target"))


def is_old_sparse_concat(args, kwargs):
  """`sparse_concat(concat_dim=..., sp_inputs=...)`; 1.x needs an axis."""
  return "concat_dim" in kwargs and not args


def is_old_one2many(args, kwargs):
  """One `cell` for all, not `enc_cell` and `dec_cells_dict`."""
  if "cell" in kwargs:
    return True
  return _is_number(argument(args, kwargs, 3, "num_encoder_symbols")) and (
      "enc_cell" not in kwargs and "dec_cells_dict" not in kwargs)
