"""`tf.contrib.estimator.replicate_model_fn` on one device.

Several devices, which split each batch among them, are refused.
"""

import copy

from tfcompat_rnn import _errors
from tfcompat_rnn import _tf
from tfcompat_rnn._tf import tf
from tfcompat_rnn.namespace.contrib.learn import metrics
from tfcompat_rnn.namespace.estimator import extenders

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
      "replicate_model_fn: one tower on %s, its variables on %s.",
      device, variables_on)

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

  @property
  def _inner(self):
    if callable(self._given):
      self._given = self._given()
    return self._given

  get_name = extenders.asked_of_inner("get_name")
  variables = extenders.asked_of_inner("variables")
  get_slot = extenders.asked_of_inner("get_slot")
  get_slot_names = extenders.asked_of_inner("get_slot_names")
  compute_gradients = extenders.asked_of_inner("compute_gradients")
  apply_gradients = extenders.asked_of_inner("apply_gradients")
