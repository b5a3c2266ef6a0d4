"""`tf.contrib.estimator.replicate_model_fn` on one device.

Several devices, which split each batch among them, are refused.
"""

import copy

from tfcompat_rnn import _errors
from tfcompat_rnn import _tf
from tfcompat_rnn._tf import tf
from tfcompat_rnn.namespace.contrib.learn import metrics

_VARIABLES = ("Variable", "VariableV2", "VarHandleOp")


def _local_devices():
  """Names as 1.15's: all GPUs, or else the CPU."""
  # Logical devices would start the eager runtime.
  count = len(_tf.tf2.config.list_physical_devices("GPU"))
  return [f"/device:GPU:{number}" for number in range(count)] or [
      "/device:CPU:0"]


def replicate_model_fn(
    model_fn, loss_reduction=tf.losses.Reduction.SUM_OVER_BATCH_SIZE,
    devices=None):
  """The same model function, placed on the one device that there is.

  >>> estimator = tf.estimator.Estimator(
  ...     tf.contrib.estimator.replicate_model_fn(model_fn))

  `devices` is a list of one device; without it, it is the GPU or the CPU.
  Raises `ValueError` if `loss_reduction` is `NONE`, and `RefusedError` for
  several devices.
  TF 1.15: `tf.contrib.estimator.replicate_model_fn`.
  """
  if loss_reduction == tf.losses.Reduction.NONE:
    raise ValueError("Tower losses need to be reduced in some way, yet "
                     f"{loss_reduction} reduction is specified.")
  devices = devices or _local_devices()
  if len(devices) > 1:
    raise _errors.RefusedError(
        "replicate_model_fn: one model on several devices is not supported, "
        f"got {devices}; pass devices={devices[:1]}, which computes the same "
        "on one of them")
  device = devices[0]
  variables_on = device if "GPU" in device.upper() else "/CPU:0"
  tf.logging.info(
      "Replicating the `model_fn` across %s.  Variables are going to be "
      "placed on %s.  Consolidation device is going to be %s.",
      devices, [variables_on], variables_on)

  def place(op):
    spec = tf.DeviceSpec.from_string(
        variables_on if op.type in _VARIABLES else device)
    return spec.make_merged_spec(
        tf.DeviceSpec.from_string(op.device or "")).to_string()

  takes = metrics.arguments_of(model_fn)

  def placed_model_fn(features, labels, mode, params=None, config=None):
    given = {name: copy.deepcopy(value)
             for name, value in (("params", params), ("config", config))
             if name in takes}
    with tf.variable_scope("", reuse=False), tf.name_scope(""):
      with tf.device(place):
        return model_fn(features=features, labels=labels, mode=mode, **given)
  return placed_model_fn


class TowerOptimizer(tf.train.Optimizer):
  """An optimizer for `replicate_model_fn`; on one device it changes nothing.

  >>> optimizer = tf.contrib.estimator.TowerOptimizer(
  ...     tf.train.AdamOptimizer(0.01))

  Instead of an optimizer it takes a function that makes one.
  TF 1.15: `tf.contrib.estimator.TowerOptimizer`.
  """

  def __init__(self, optimizer_or_optimizer_fn):
    # Nothing of the base class is used that needs a name or slots.
    self._given = optimizer_or_optimizer_fn

  def _inner(self):
    if callable(self._given):
      self._given = self._given()
    return self._given

  def get_name(self):
    return self._inner().get_name()

  def get_slot(self, *args, **kwargs):
    return self._inner().get_slot(*args, **kwargs)

  def get_slot_names(self, *args, **kwargs):
    return self._inner().get_slot_names(*args, **kwargs)

  def variables(self):
    return self._inner().variables()

  def compute_gradients(self, loss, *args, **kwargs):
    return self._inner().compute_gradients(loss, *args, **kwargs)

  def apply_gradients(self, grads_and_vars, global_step=None, **kwargs):
    return self._inner().apply_gradients(grads_and_vars, global_step, **kwargs)
