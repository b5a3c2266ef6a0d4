"""What a row is that makes a part of tf_keras behave as in 1.15."""

import functools
import inspect
import typing

from tfcompat_rnn import _tf
from tfcompat_rnn._tf import tf

_SOURCE = "tf_keras.src."


class Change(typing.NamedTuple):
  """One function or method of tf_keras that is replaced in 1.x graphs.

  `where` is "module:path", a module below `tf_keras.src` and what to replace
  in it. `make(original)` returns the replacement.
  """
  where: str
  make: typing.Callable
  reason: str


class Addition(typing.NamedTuple):
  """One attribute that 1.15's class had and that of tf_keras has no longer."""
  where: str
  value: object
  reason: str


@functools.lru_cache(maxsize=None)
def module(name):
  """The module `name` below `tf_keras.src`."""
  return _tf.real_module(_SOURCE + name)


def in_1x_graph():
  """Whether operations are created in a graph of 1.x now."""
  return not tf.executing_eagerly_outside_functions()


def in_1_15s_order(*names):
  """Makes a replacement that knows positional arguments by 1.15's order.

  Today's version has another argument between two of them.
  """
  def make(original):
    new = list(inspect.signature(original).parameters)

    def call(*args, **kwargs):
      start = 1 if new[0] == "self" else 0
      given = dict(zip(names, args[start:]))
      if len(args) - start > len(names) or set(given) & set(kwargs):
        return original(*args, **kwargs)  # raises the usual TypeError
      return original(*args[:start], **given, **kwargs)
    return call
  return make


def with_old_names(**old_names):
  """Makes a replacement that takes keyword arguments by their old names."""
  def make(original):
    def call(*args, **kwargs):
      for old, new in old_names.items():
        if old in kwargs:
          kwargs[new] = kwargs.pop(old)
      return original(*args, **kwargs)
    return call
  return make
