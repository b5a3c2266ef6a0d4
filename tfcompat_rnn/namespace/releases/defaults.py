"""Defaults that only a set release (`--api`) can decide, and forms of classes.

Up to 0.12, `tf.get_variable` without an initializer drew from
`tf.uniform_unit_scaling_initializer()`, and up to 0.11 a `tf.train.Saver` wrote
the first format of checkpoints. A `tf.TensorArray` had `pack` and `unpack`,
and a `tf.SparseTensorValue` a `shape`.
"""

import functools

from tfcompat_rnn import _tf
from tfcompat_rnn._tf import tf
from tfcompat_rnn.namespace.releases import notice
from tfcompat_rnn.namespace.releases import version


def _default_initializer(original):
  @functools.wraps(original)
  def get_default_initializer(self, name, shape=None, dtype=tf.float32):
    if version.is_before("1.0") and tf.as_dtype(dtype).is_floating:
      return tf.uniform_unit_scaling_initializer(), False
    return original(self, name, shape=shape, dtype=dtype)
  return get_default_initializer


def _saver(original):
  @functools.wraps(original)
  def __init__(self, *args, **kwargs):
    if version.is_before("0.12") and len(args) < 12:
      kwargs.setdefault("write_version", tf.train.SaverDef.V1)
    original(self, *args, **kwargs)
  return __init__


def _sparse_tensor(original):
  @functools.wraps(original)
  def __init__(self, indices, values, dense_shape=None, shape=None):
    if shape is not None and dense_shape is None:
      notice.used("tf.SparseTensor(indices, values, shape)", "0.12")
      dense_shape = shape
    original(self, indices, values, dense_shape)
  return __init__


def _sparse_value(original):
  @functools.wraps(original)
  def __new__(cls, indices, values, dense_shape=None, shape=None):
    if shape is not None and dense_shape is None:
      notice.used("tf.SparseTensorValue(indices, values, shape)", "0.12")
      dense_shape = shape
    return original(cls, indices, values, dense_shape)
  return __new__


def _sparse_value_shape(self):
  # Libraries ask whether a value has a shape; 1.15's had none.
  if not notice.is_old("1.0"):
    raise AttributeError(
        "'SparseTensorValue' object has no attribute 'shape'")
  notice.used("tf.SparseTensorValue.shape", "0.12")
  return self.dense_shape


def _pack(self, name=None):
  """The values of all steps as one tensor. TF 0.7 to 0.12."""
  notice.used("tf.TensorArray.pack", "0.12")
  return self.stack(name)


def _unpack(self, value, name=None):
  """A TensorArray with the rows of `value`. TF 0.7 to 0.12."""
  notice.used("tf.TensorArray.unpack", "0.12")
  return self.unstack(value, name)


def install(patches):
  """Puts the defaults in place; closing the stack `patches` undoes it."""
  patches.wrap(tf.SparseTensor, "__init__", _sparse_tensor)
  patches.wrap(tf.SparseTensorValue, "__new__", _sparse_value)
  patches.replace(tf.SparseTensorValue, "shape", property(_sparse_value_shape))
  patches.replace(tf.TensorArray, "pack", _pack)
  patches.replace(tf.TensorArray, "unpack", _unpack)
  if version.is_before("1.0"):
    store = _tf.find("private.variable_scope:_VariableStore")
    patches.wrap(store, "_get_default_initializer", _default_initializer)
  if version.is_before("0.12"):
    from tfcompat_rnn.checkpoints import fallback
    patches.wrap(fallback.Saver, "__init__", _saver)
