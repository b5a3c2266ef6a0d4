"""`call` methods that AutoGraph leaves alone, with their own signature."""

import functools
import inspect

from tfcompat_rnn._tf import tf


def leave_unconverted(call):
  """`call` as AutoGraph is to take it: as it is.

  TensorFlow's own decorator hides the arguments. A layer then passes
  `training` to every `call` when it runs eagerly, once too often or to one
  that does not know it.
  """
  wrapper = functools.wraps(call)(
      tf.autograph.experimental.do_not_convert(call))
  wrapper.__signature__ = inspect.signature(call)
  return wrapper
