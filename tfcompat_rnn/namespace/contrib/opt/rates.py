"""Optimizers with a rate for each layer, and Adagrad for regularizers."""

import contextlib

from tfcompat_rnn import _tf
from tfcompat_rnn._tf import tf
from tfcompat_rnn.namespace.contrib.opt import base


class LARSOptimizer(base.Access, tf.train.Optimizer):
  """Momentum with a learning rate for each variable.

  The rate is `eeta * |w| / (|g| + weight_decay * |w| + epsilon)` times
  `learning_rate`, unless a name of `skip_list` is part of the variable's.
  Raises ValueError if `momentum` or `weight_decay` is negative.

  TF 1.15: `tf.contrib.opt.LARSOptimizer`.
  Paper: https://arxiv.org/abs/1708.03888.
  """

  def __init__(self, learning_rate, momentum=0.9, weight_decay=0.0001,
               eeta=0.001, epsilon=0.0, name="LARSOptimizer", skip_list=None,
               use_nesterov=False):
    if momentum < 0.:
      raise ValueError(f"momentum should be positive: {momentum}")
    if weight_decay < 0.:
      raise ValueError(f"weight_decay should be positive: {weight_decay}")
    super().__init__(use_locking=False, name=name)
    self._learning_rate = learning_rate
    self._momentum = momentum
    self._weight_decay = weight_decay
    self._eeta = eeta
    self._epsilon = epsilon
    self._skip_list = skip_list
    self._use_nesterov = use_nesterov

  def _create_slots(self, var_list):
    for var in var_list:
      self.make_zeros(var, "momentum")

  def _prepare(self):
    rate, momentum = [value() if callable(value) else value for value in (
        self._learning_rate, self._momentum)]
    self._rate_t = tf.convert_to_tensor(rate, name="learning_rate")
    self._momentum_t = tf.convert_to_tensor(momentum, name="momentum")

  def compute_lr(self, grad, var):
    """(the rate for `var`, its gradient with the decay)"""
    if self._skip_list is not None and any(
        part in var.name for part in self._skip_list):
      return self._learning_rate, grad
    weight_norm = tf.norm(var, ord=2)
    grad_norm = tf.norm(grad, ord=2)
    trust = tf.where(
        tf.greater(weight_norm, 0),
        tf.where(tf.greater(grad_norm, 0),
                 self._eeta * weight_norm / (
                     grad_norm + self._weight_decay * weight_norm
                     + self._epsilon), 1.0), 1.0)
    rate = self._learning_rate * trust
    return rate, grad + self._weight_decay * var

  def _apply_dense(self, grad, var):
    rate, grad = self.compute_lr(grad, var)
    momentum = self.get_slot(var, "momentum")
    return tf.raw_ops.ApplyMomentum(
        var=var, accum=momentum, lr=tf.cast(1.0, var.dtype.base_dtype),
        grad=grad * rate, momentum=self._momentum, use_locking=False,
        use_nesterov=self._use_nesterov)

  def _resource_apply_dense(self, grad, var):
    rate, grad = self.compute_lr(grad, var)
    momentum = self.get_slot(var, "momentum")
    return tf.raw_ops.ResourceApplyMomentum(
        var=var.handle, accum=momentum.handle,
        lr=tf.cast(1.0, var.dtype.base_dtype), grad=grad * rate,
        momentum=self._momentum, use_locking=False,
        use_nesterov=self._use_nesterov)

  def _apply_sparse(self, grad, var):
    momentum = self.get_slot(var, "momentum")
    dtype = var.dtype.base_dtype
    return tf.raw_ops.SparseApplyMomentum(
        var=var, accum=momentum, lr=tf.cast(self._rate_t, dtype),
        grad=grad.values, indices=grad.indices,
        momentum=tf.cast(self._momentum_t, dtype), use_locking=self.locks,
        use_nesterov=self._use_nesterov).op

  def _resource_apply_sparse(self, grad, var, indices):
    momentum = self.get_slot(var, "momentum")
    return tf.raw_ops.ResourceSparseApplyMomentum(
        var=var.handle, accum=momentum.handle,
        lr=tf.cast(self._rate_t, grad.dtype), grad=grad, indices=indices,
        momentum=tf.cast(self._momentum_t, grad.dtype),
        use_locking=self.locks, use_nesterov=self._use_nesterov)


class RegAdagradOptimizer(base.Access, tf.train.AdagradOptimizer):
  """Adagrad that can leave its sums alone, for regularizers.

  >>> with opt.avoid_updating_slots():
  ...   train_op = opt.apply_gradients(gradients_of_the_regularizer)

  TF 1.15: `tf.contrib.opt.RegAdagradOptimizer`.
  """

  def __init__(self, learning_rate, initial_accumulator_value=0.1,
               use_locking=False, name="RegAdagrad"):
    super().__init__(
        learning_rate, initial_accumulator_value=initial_accumulator_value,
        use_locking=use_locking, name=name)
    self._updates_slots = True

  @contextlib.contextmanager
  def avoid_updating_slots(self):
    """Inside the block, updates do not change the sums of squares."""
    before = self._updates_slots
    self._updates_slots = False
    try:
      yield
    finally:
      self._updates_slots = before

  def _arguments(self, dtype):
    rate = _tf.attribute(self, "AdagradOptimizer._learning_rate_tensor")
    return {"lr": tf.cast(rate, dtype), "use_locking": self.locks,
            "update_slots": self._updates_slots}

  def _apply_dense(self, grad, var):
    return tf.raw_ops.ApplyAdagrad(
        var=var, accum=self.get_slot(var, "accumulator"), grad=grad,
        **self._arguments(var.dtype.base_dtype))

  def _resource_apply_dense(self, grad, var):
    return tf.raw_ops.ResourceApplyAdagrad(
        var=var.handle, accum=self.get_slot(var, "accumulator").handle,
        grad=grad, **self._arguments(grad.dtype.base_dtype))

  def _apply_sparse(self, grad, var):
    return tf.raw_ops.SparseApplyAdagrad(
        var=var, accum=self.get_slot(var, "accumulator"), grad=grad.values,
        indices=grad.indices, **self._arguments(var.dtype.base_dtype))

  def _resource_apply_sparse(self, grad, var, indices):
    return tf.raw_ops.ResourceSparseApplyAdagrad(
        var=var.handle, accum=self.get_slot(var, "accumulator").handle,
        grad=grad, indices=indices, **self._arguments(grad.dtype))
