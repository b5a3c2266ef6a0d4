"""1.x behaviour from the first operation on, for scripts that import `tf1`.

`import tfcompat_rnn.tf1 as tf` changes nothing in the process. But a script
that then calls `x = tf.placeholder(...)` at its top level builds in the
default graph, where TensorFlow 2 would execute eagerly. So while TensorFlow
executes eagerly, names that build graphs are returned as `Deferred` objects;
the first one that is *called* turns on 1.x behaviour for the process and warns
that it did.

In `with tf.Graph().as_default():`, under the launcher, and after the switch,
the real objects are returned. A `Deferred` class can replace the real one in
`isinstance`, `issubclass`, `==` and as a base class.
"""

import functools
import inspect
import sys
import types
import warnings

from tfcompat_rnn import _tf
from tfcompat_rnn._tf import tf

# Modules of 1.15 whose functions build nothing, by the first part of the name.
_PLAIN_MODULES = frozenset((
    "app", "compat", "config", "contrib", "core", "distribute", "errors",
    "estimator", "examples", "experimental", "flags", "gfile", "keras",
    "logging", "mixed_precision", "profiler", "python", "python_io",
    "resource_loader", "sysconfig", "test", "tpu", "user_ops", "version"))

# Exceptions: parts of these modules that do build.
_BUILDING_PARTS = ("python.ops.", "python.framework.constant_op.",
                   "contrib.lookup.", "contrib.framework.create_global_step",
                   "contrib.framework.get_or_create_global_step")

# Functions that only read or set something.
_PLAIN_FUNCTIONS = frozenset((
    "as_dtype", "is_tensor", "contrib", "no_gradient",
    "executing_eagerly", "executing_eagerly_outside_functions",
    "enable_eager_execution", "enable_v2_behavior", "enable_v2_tensorshape",
    "enable_resource_variables", "enable_control_flow_v2",
    "disable_eager_execution", "disable_v2_behavior",
    "disable_v2_tensorshape", "disable_resource_variables",
    "disable_control_flow_v2", "enable_tensor_equality",
    "disable_tensor_equality", "resource_variables_enabled",
    "control_flow_v2_enabled", "load_library", "load_op_library",
    "load_file_system_library", "get_logger", "register_tensor_conversion_"
    "function", "reset_default_graph", "get_seed", "get_default_session",
    "train.latest_checkpoint", "train.get_checkpoint_state",
    "train.checkpoint_exists", "train.list_variables", "train.load_checkpoint",
    "train.load_variable", "train.get_checkpoint_mtimes",
    "train.update_checkpoint_state", "train.remove_checkpoint",
    "train.generate_checkpoint_state_proto", "train.summary_iterator",
    "train.write_graph", "data.get_output_shapes", "data.get_output_types",
    "data.get_output_classes", "io.write_graph", "wrap_function", "function",
    "make_template", "custom_gradient"))

# Classes whose construction builds operations, or that a session needs.
_BUILDING_CLASSES = frozenset((
    "Variable", "VariableScope", "variable_scope", "name_scope", "Session",
    "InteractiveSession", "TensorArray", "SparseTensor", "FIFOQueue",
    "PaddingFIFOQueue", "PriorityQueue", "RandomShuffleQueue", "QueueBase",
    "TextLineReader", "TFRecordReader", "WholeFileReader", "IdentityReader",
    "FixedLengthRecordReader", "LMDBReader", "ConditionalAccumulator",
    "SparseConditionalAccumulator",
    "train.Saver", "train.Supervisor", "train.MonitoredTrainingSession",
    "train.MonitoredSession", "train.SingularMonitoredSession",
    "train.Scaffold", "train.SessionManager",
    "train.ExponentialMovingAverage", "lookup.StaticHashTable",
    "lookup.KeyValueTensorInitializer", "lookup.TextFileInitializer",
    "data.Dataset", "data.TextLineDataset", "data.TFRecordDataset",
    "data.FixedLengthRecordDataset", "data.Iterator",
    "summary.FileWriter"))

_SWITCHED = (
    "tfcompat_rnn.tf1: an operation was built outside any tf.Graph(), so "
    "TensorFlow 1.x behaviour is on from here on for the whole process "
    "(tf.compat.v1.disable_v2_behavior()); build in "
    "`with tf.Graph().as_default():` to leave TensorFlow 2 code alone.")

_state = types.SimpleNamespace(graph_mode=False, wants_eager=False)


def note_graph_mode():
  """Records that 1.x behaviour is on: real objects are returned from now on."""
  _state.graph_mode = True


def disable_v2_behavior(patches=None):
  """`tf.disable_v2_behavior()`, which is recorded here.

  Closing the stack `patches` undoes it if TensorFlow still allows that.
  """
  if patches is not None and tf.executing_eagerly_outside_functions():
    patches.on_close(restore_v2_behavior, _state.graph_mode)
  # It warns about reference variables, which were 1.15's default.
  with _tf.quiet_logger():
    tf.disable_v2_behavior()
  note_graph_mode()


def restore_v2_behavior(graph_mode=False):
  """Undoes `disable_v2_behavior` if there is no default graph yet.

  Otherwise TensorFlow refuses to execute eagerly again in this process, and
  1.x behaviour stays on as a whole.
  """
  try:
    tf.enable_v2_behavior()
  except ValueError:
    tf.disable_v2_behavior()
  else:
    _state.graph_mode = graph_mode


def disable_eager_execution():
  """`tf.disable_eager_execution()`, which is recorded here."""
  tf.disable_eager_execution()
  note_graph_mode()


def enable_eager_execution(config=None, device_policy=None,
                           execution_mode=None):
  """`tf.enable_eager_execution()`: from now on the script runs eagerly."""
  _state.wants_eager = True
  return tf.enable_eager_execution(config, device_policy, execution_mode)


def enable_v2_behavior():
  """`tf.enable_v2_behavior()`: from now on the script runs as in 2.x."""
  _state.wants_eager = True
  return tf.enable_v2_behavior()


def ensure_graph_mode():
  """Turns on 1.x behaviour if an operation would be executed eagerly."""
  if _state.graph_mode or _state.wants_eager or not tf.executing_eagerly():
    return
  disable_v2_behavior()
  frame = sys._getframe(1)
  level = 2
  # The warning names the user's line, not one of this package.
  while frame and frame.f_globals.get("__name__", "").startswith(
      "tfcompat_rnn."):
    frame, level = frame.f_back, level + 1
  warnings.warn(_SWITCHED, stacklevel=level)


def builds(old_module, name, value):
  """Whether calling `value` builds graph operations."""
  old = f"{old_module}.{name}" if old_module else name
  if not old.startswith(_BUILDING_PARTS) and (
      old.partition(".")[0] in _PLAIN_MODULES or old in _PLAIN_FUNCTIONS):
    return False
  if isinstance(value, type):
    return old in _BUILDING_CLASSES
  return isinstance(value, types.FunctionType) or (
      callable(value) and hasattr(value, "__wrapped__"))


def give(own, old_module, name, value):
  """What attribute access returns for the resolved `value`.

  The real object, except while TensorFlow executes eagerly and the script has
  not chosen a mode yet. `own` is the module's dictionary, which keeps it.
  """
  if (not builds(old_module, name, value) or _state.graph_mode
      or _state.wants_eager):
    own[name] = value
    return value
  return Deferred(value) if tf.executing_eagerly() else value


class Deferred:
  """Replaces a function or class until it is first called."""

  def __init__(self, value):
    functools.update_wrapper(self, value, updated=())
    self._tfcompat_value = value

  def __call__(self, *args, **kwargs):
    ensure_graph_mode()
    return self._tfcompat_value(*args, **kwargs)

  def __getattr__(self, name):
    value = getattr(self.__dict__["_tfcompat_value"], name)
    # tf.data.Dataset.from_tensor_slices(...) builds operations too.
    return Deferred(value) if inspect.ismethod(value) or isinstance(
        value, types.FunctionType) else value

  def __get__(self, instance, owner=None):
    # As an attribute of a user's class it binds as a function does.
    value = self._tfcompat_value
    if instance is None or isinstance(value, type):
      return self
    return types.MethodType(self, instance)

  def __mro_entries__(self, bases):
    return (self._tfcompat_value,)

  def __instancecheck__(self, instance):
    return isinstance(instance, self._tfcompat_value)

  def __subclasscheck__(self, subclass):
    return issubclass(subclass, self._tfcompat_value)

  def __eq__(self, other):
    if isinstance(other, Deferred):
      other = other._tfcompat_value
    return self._tfcompat_value is other

  def __hash__(self):
    return hash(self._tfcompat_value)

  def __repr__(self):
    return repr(self._tfcompat_value)

  def __reduce__(self):
    return _identity, (self._tfcompat_value,)


def _identity(value):
  return value
