"""The functions that rows of older releases stand for, made when needed.

`made.train__SummaryWriter` belongs to the row of `train.SummaryWriter`.
"""

import functools

from tfcompat_rnn import _errors
from tfcompat_rnn import _tf
from tfcompat_rnn.namespace import tables
from tfcompat_rnn.namespace.releases import notice
from tfcompat_rnn.namespace.releases import rows
from tfcompat_rnn.namespace.releases import version


def __getattr__(name):
  row = None if name.startswith("__") else tables.row(name.replace("__", "."))
  if isinstance(row, rows.Changed):
    value = _changed(row)
  elif isinstance(row, rows.Old):
    value = _renamed(row)
  else:
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
  globals()[name] = value
  return value


def bind(row, args, kwargs):
  """The keyword arguments of today's function for a call in the old form.

  Raises `ArgumentTypeError` (a TypeError) for arguments that the old function
  did not have.
  """
  known = rows.pairs(row.arguments)
  if len(args) > len(known):
    raise _errors.ArgumentTypeError(_errors.problem(
        f"tf.{row.old}", f"get at most {len(known)} arguments in the form of "
        f"TensorFlow {row.last}", len(args),
        "its parameters were " + ", ".join(old for old, _ in known)))
  given = {}
  renamed = dict(known)
  for (old, _), value in zip(known, args):
    given[old] = value
  for name, value in kwargs.items():
    if name not in renamed:
      raise _errors.ArgumentTypeError(_errors.problem(
          f"tf.{row.old}", "get parameters of TensorFlow "
          f"{row.first} to {row.last}", f"{name}=",
          "they were " + ", ".join(old for old, _ in known)))
    if name in given:
      raise _errors.ArgumentTypeError(
          f"tf.{row.old}() got multiple values for argument {name!r}")
    given[name] = value
  return {renamed[name]: value for name, value in given.items()
          if renamed[name]}


def _describe(function, row, text):
  function.__name__ = function.__qualname__ = row.old.rpartition(".")[2]
  function.__doc__ = text
  return function


def _renamed(row):
  def renamed(*args, **kwargs):
    notice.used(f"tf.{row.old}", row.last)
    # Looked up at each call: 1.15's seeds replace functions of TensorFlow.
    return _tf.find(row.where)(**bind(row, args, kwargs))

  return _describe(renamed, row, (
      f"`tf.{row.old}` of TensorFlow {row.first} to {row.last}: "
      f"{row.where.partition(':')[2]} with the parameters "
      + ", ".join(old for old, _ in rows.pairs(row.arguments)) + "."))


def _changed(row):
  @functools.wraps(_tf.find(row.where))
  def either(*args, **kwargs):
    # Looked up at each call: 1.15's seeds replace functions of TensorFlow.
    if calls_old(row, args, kwargs):
      notice.used(f"tf.{row.old}({_first_parameters(row)})", row.last)
      return _tf.find(row.old_where or row.where)(**bind(row, args, kwargs))
    return _tf.find(row.where)(*args, **kwargs)

  return either


def _first_parameters(row):
  return ", ".join(old for old, _ in rows.pairs(row.arguments)[:2]) + ", ..."


def calls_old(row, args, kwargs):
  """Whether this call has the form of `row.last` or before.

  Raises `ArgumentError` if it could be either, the program uses other names
  of that time, and no release is set.
  """
  old = _tf.find(row.is_old)(args, kwargs)
  if old is not None:
    return old
  follower = rows.after(row.last)
  before = version.is_before(follower)
  if before is not None:
    return before
  if not notice.is_old(follower):
    return False
  raise _errors.ArgumentError(_errors.problem(
      f"tf.{row.old}", "tell by its arguments whether they are in the order "
      f"of TensorFlow {row.last} or in that of {follower}",
      "a call that could be either", f"say which one with --api {row.last} or "
      f"--api {follower}, or with api= of behave_as_1_15, or name the "
      "arguments"))
