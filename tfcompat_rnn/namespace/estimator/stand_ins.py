"""What the modules of tensorflow-estimator get when they import TensorFlow.

`import_for(module)` is the `__import__` of one of them. It answers

* `tensorflow` with an object whose `compat.v1` is `tfcompat_rnn.tf1` and
  whose `keras` is Keras 2, loaded on first use;
* private modules that TensorFlow no longer has with stand-ins: those for TPUs
  have classes that refuse to be created;
* what marks every public name as deprecated with something that does not.

Everything else is imported as usual.
"""

import builtins
import importlib
import sys
import types

from tfcompat_rnn import _errors
from tfcompat_rnn import _tf

_PYTHON = _tf.module_name("python")
_TPU_STEP = ("run with use_tpu=False, which computes the same on the CPU or "
             "GPU")


class _Forwarding:
  """Looks up in `source` what it does not have itself."""

  def __init__(self, source, **own):
    self._source = source
    vars(self).update(own)

  def __getattr__(self, name):
    return getattr(self.__dict__["_source"], name)


class _Names(_Forwarding):
  """1.15's `tf`; newer names come from TensorFlow's `tf.compat.v1`."""

  def __getattr__(self, name):
    try:
      return super().__getattr__(name)
    except _errors.MissingSymbolError:
      return getattr(_tf.tf, name)


class _NoMetric:
  """Nothing is an instance of a class of Keras that nobody has loaded."""


class _TensorFlow(_Forwarding):
  """`tensorflow` as these modules know it."""

  @property
  def keras(self):
    return importlib.import_module("tf_keras")

  @property
  def compat(self):
    return _compat()


class _WithoutKeras(_TensorFlow):
  """The same for a module that only asks whether objects are Keras'."""

  @property
  def keras(self):
    if "tf_keras" in sys.modules:
      return sys.modules["tf_keras"]
    return types.SimpleNamespace(
        metrics=types.SimpleNamespace(Metric=_NoMetric),
        optimizers=types.SimpleNamespace(Optimizer=_NoMetric))


class _Version2(_Forwarding):
  """`tf.compat.v2`, with Keras 2."""

  @property
  def keras(self):
    return importlib.import_module("tf_keras")


class _Compat(_Forwarding):
  """`tf.compat`."""

  @property
  def v1(self):
    return _Names(importlib.import_module("tfcompat_rnn.tf1"))

  @property
  def v2(self):
    return _Version2(_tf.tf2.compat.v2)


def _compat():
  return _Compat(_tf.tf2.compat)


def _refused(name, what):
  def refuse(self, *args, **kwargs):
    raise _errors.RefusedError(
        f"tensorflow's {name} {what} is not supported; {_TPU_STEP}")
  return refuse


class _TPUOnly(types.ModuleType):
  """A module that only programs on a TPU call."""

  def __getattr__(self, name):
    if name.startswith("__"):
      raise AttributeError(name)
    value = type(name, (), {"__init__": _refused(name, "(TPU)"),
                            "__module__": self.__name__})
    setattr(self, name, value)
    return value


class _Export:
  """Marks a public name; only TensorFlow's own tools read the mark."""

  def __init__(self, *names, **options):
    del names, options

  def __call__(self, function):
    return function

  def export_constant(self, module_name, name):
    """Accepts the name of a constant."""


class _Unwrapped:
  """A module without notices about its names."""

  def __new__(cls, module, *args, **kwargs):
    return module


def _nothing(*args, **kwargs):
  del args, kwargs


def _unchanged(*args, **kwargs):
  del args, kwargs
  return lambda function: function


def _make():
  """Name of a private module -> the value to import instead."""
  util = f"{_PYTHON}.util."
  made = {
      f"{_PYTHON}.distribute.estimator_training": types.SimpleNamespace(
          init_run_config=_nothing,
          should_run_distribute_coordinator=lambda config: False,
          train_and_evaluate=None, estimator_train=None,
          estimator_evaluate=None),
      util + "tf_export": types.SimpleNamespace(
          api_export=_Export, ESTIMATOR_API_NAME="estimator"),
      util + "module_wrapper": types.SimpleNamespace(
          TFModuleWrapper=_Unwrapped),
      util + "deprecation": _Forwarding(
          _tf.private("deprecation"), deprecated=_unchanged,
          deprecated_args=_unchanged, deprecated_arg_values=_unchanged),
  }
  for name in ("session_support", "tpu_embedding", "tpu_embedding_gradient"):
    full = f"{_PYTHON}.tpu.{name}"
    made[full] = _TPUOnly(full)
  return made


_made = {}
# These modules ask `isinstance(x, tf.keras...)` in every run.
_ONLY_ASK = ("python.estimator.model_fn", "python.estimator.estimator",
             "python.estimator.extenders")


def import_for(short):
  """`__import__` for the module `short` of tensorflow-estimator."""
  if not _made:
    _made.update(_make())
  tensorflow = (_WithoutKeras if short in _ONLY_ASK else _TensorFlow)(_tf.tf2)

  def import_(name, globals=None, locals=None, fromlist=(), level=0):
    if level == 0 and name == "tensorflow" and not fromlist:
      return tensorflow
    if level == 0 and name in _made and fromlist:
      return _made[name]
    found = {part: _made[f"{name}.{part}"] for part in fromlist or ()
             if f"{name}.{part}" in _made}
    if level or not found:
      return builtins.__import__(name, globals, locals, fromlist, level)
    rest = [part for part in fromlist if part not in found]
    source = builtins.__import__(name, globals, locals, rest or ["_"], 0)
    return _Forwarding(source, **found)
  return import_


def _top(module):
  """`tensorflow_estimator` itself: its public names on first use."""
  def get(name):
    if name != "estimator":
      raise AttributeError(f"module {module.__name__!r} has no attribute "
                           f"{name!r}")
    return importlib.import_module(f"{module.__name__}._api.v1.estimator")
  module.__getattr__ = get


# Modules that would import the whole package -> what fills them instead.
EMPTY = {"": _top}
