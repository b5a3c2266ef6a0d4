"""AutoGraph in a cell's `call`: Python control flow that depends on tensors.

1.15 converted the `call` of every layer, and whatever it calls, when a graph
was built: `if` and `while` on a tensor became `tf.cond` and `tf.while_loop`.
Errors stay what they were raised as.
"""

import functools
import inspect
import weakref

from tfcompat_rnn import _patching
from tfcompat_rnn import _tf
from tfcompat_rnn._tf import tf

# Modules whose functions AutoGraph has nothing to do in.
_OURS = ("tfcompat_rnn", "tensorflow", "keras", "tf_keras")

_converted: weakref.WeakKeyDictionary = weakref.WeakKeyDictionary()
_installed: list[_patching.Stack] = []  # the stack, once there is one


def convert_call(call):
  """`call`, a bound method, as AutoGraph converts it in this context.

  Returns it unchanged under eager execution, if it is not a user's, inside
  `tf.autograph.experimental.do_not_convert`, and if its source is not
  available or cannot be converted.
  """
  function = getattr(call, "__func__", None)
  if (not inspect.isfunction(function)
      or (function.__module__ or "").partition(".")[0] in _OURS
      or tf.executing_eagerly()
      or _tf.private("autograph").control_status_ctx().status.name
      == "DISABLED"):
    return call
  if function not in _converted:
    _converted[function] = _convert(function)
  converted = _converted[function]
  if converted is None:
    return call
  return functools.partial(converted, call.__self__)


def _convert(function):
  """The converted function, or None if it is to run as it is."""
  if hasattr(function, "autograph_info__"):
    return None  # converted, or marked not to be, by the user
  if "__py2__" in getattr(function, "__builtins__", ()):
    return None  # AutoGraph would read the Python 2 source
  try:
    inspect.getsource(function)
  except (OSError, TypeError):
    return None
  _skip_our_functions()
  try:
    with _tf.quiet_logger():
      return tf.autograph.to_graph(function)
  except Exception:  # whatever its parser or its templates raise
    return None


def _skip_our_functions():
  """Makes AutoGraph call this package's functions as it calls TensorFlow's."""
  if not _installed:
    config = _tf.private("autograph_config")
    patches = _patching.Stack()  # never closed: lasts as long as the process
    patches.replace(config, "CONVERSION_RULES", (
        config.DoNotConvert("tfcompat_rnn"), *config.CONVERSION_RULES))
    _installed.append(patches)
