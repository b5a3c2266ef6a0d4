"""What a row is that makes a part of tf_keras behave as in 1.15."""

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


def module(name):
  """The module `name` below `tf_keras.src`."""
  return _tf.real_module(_SOURCE + name)


def in_1x_graph():
  """Whether operations are created in a graph of 1.x now."""
  return not tf.executing_eagerly_outside_functions()
