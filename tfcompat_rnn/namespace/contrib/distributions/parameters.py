"""What the constructors of distributions and bijectors share."""

import functools
import inspect
import operator

from tfcompat_rnn import _tf
from tfcompat_rnn._tf import tf


def kept(name, doc):
  """A property that reads the attribute `_name`."""
  return property(operator.attrgetter(f"_{name}"), doc=doc)


def recorded(init):
  """A constructor that leaves its arguments in the object's `parameters`.

  Where constructors call each other the outermost has the last word, and it
  is the one that `copy` calls.
  """
  signature = inspect.signature(init)

  @functools.wraps(init)
  def construct(self, *args, **kwargs):
    init(self, *args, **kwargs)
    call = signature.bind(self, *args, **kwargs)
    call.apply_defaults()
    self._parameters = dict(list(call.arguments.items())[1:])

  # inspect.getfullargspec does not look behind a wrapper.
  construct.__signature__ = signature
  return construct


def checked(x, *checks, name=None):
  """`x`, once the operations `checks` have run."""
  with tf.control_dependencies(checks):
    return tf.identity(x, name=name)


def positive(x, name, validate_args):
  """`x` as a tensor called `name`, asserted to be positive on request."""
  return checked(x, *([tf.assert_positive(x)] if validate_args else []),
                 name=name)


def graph_parents(distribution):
  """The tensors that `distribution` was made of."""
  return _tf.attribute(distribution, "Distribution._graph_parents")


def asserted(method):
  """`method`, computed after the assertions of its object."""
  @functools.wraps(method)
  def call(self, *args, **kwargs):
    with tf.control_dependencies(self._assertions):
      return method(self, *args, **kwargs)
  return call
