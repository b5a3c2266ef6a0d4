"""Optimizers with a rate for each layer, and Adagrad for regularizers."""

import contextlib
import functools

from tfcompat_rnn import _errors
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
    for argument, value in (("momentum", momentum),
                            ("weight_decay", weight_decay)):
      if value < 0.:
        raise _errors.ArgumentError(_errors.problem(
            argument, "be at least 0", value, "pass 0 to do without it"))
    super().__init__(use_locking=False, name=name)
    self._learning_rate, self._momentum = learning_rate, momentum
    self._weight_decay, self._use_nesterov = weight_decay, use_nesterov
    self._eeta, self._epsilon = eeta, epsilon
    self._skip_list = skip_list or ()

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
    if any(part in var.name for part in self._skip_list):
      return self._learning_rate, grad
    weight_norm = tf.norm(var, ord=2)
    grad_norm = tf.norm(grad, ord=2)
    # Only where both norms are positive there is something to relate.
    trust = tf.where(tf.greater(weight_norm, 0), tf.where(
        tf.greater(grad_norm, 0), self._eeta * weight_norm / (
            grad_norm + self._weight_decay * weight_norm + self._epsilon),
        1.0), 1.0)
    rate = self._learning_rate * trust
    return rate, grad + self._weight_decay * var

  def _momentum_kernel(self, name, var):
    return functools.partial(self.kernel(name, var, accum="momentum"),
                             use_nesterov=self._use_nesterov)

  def _apply_dense(self, grad, var):
    rate, grad = self.compute_lr(grad, var)
    one = tf.cast(1.0, var.dtype.base_dtype)
    return self._momentum_kernel("ApplyMomentum", var)(
        lr=one, grad=grad * rate, momentum=self._momentum, use_locking=False)

  _resource_apply_dense = _apply_dense

  def _apply_rows(self, grad, var, indices):
    rate, momentum = [tf.cast(value, grad.dtype.base_dtype)
                      for value in (self._rate_t, self._momentum_t)]
    return self._momentum_kernel("SparseApplyMomentum", var)(
        lr=rate, momentum=momentum, grad=grad, indices=indices,
        use_locking=self.locks)

  # Neither calls the other: a derived class may do more in each.
  def _resource_apply_sparse(self, grad, var, indices):
    return self._apply_rows(grad, var, indices)

  def _apply_sparse(self, grad, var):
    return self._apply_rows(grad.values, var, grad.indices)


class RegAdagradOptimizer(base.Access, tf.train.AdagradOptimizer):
  """Adagrad that can leave its sums alone, for regularizers.

  >>> with opt.avoid_updating_slots():
  ...   train_op = opt.apply_gradients(gradients_of_the_regularizer)

  TF 1.15: `tf.contrib.opt.RegAdagradOptimizer`.
  """

  def __init__(self, learning_rate, initial_accumulator_value=0.1,
               use_locking=False, name="RegAdagrad"):
    super().__init__(learning_rate, initial_accumulator_value, use_locking,
                     name)
    self._updates_slots = True

  @contextlib.contextmanager
  def avoid_updating_slots(self):
    """Inside the block, updates do not change the sums of squares."""
    before, self._updates_slots = self._updates_slots, False
    try:
      yield
    finally:
      self._updates_slots = before

  def _adapt(self, kind, grad, var, **rows):
    rate = tf.cast(_tf.attribute(
        self, "AdagradOptimizer._learning_rate_tensor"), grad.dtype.base_dtype)
    return self.kernel(kind, var, accum="accumulator")(
        lr=rate, grad=grad, update_slots=self._updates_slots,
        use_locking=self.locks, **rows)

  # None calls another: a derived class may do more in each.
  def _apply_dense(self, grad, var):
    return self._adapt("ApplyAdagrad", grad, var)

  _resource_apply_dense = _apply_dense

  def _resource_apply_sparse(self, grad, var, indices):
    return self._adapt("SparseApplyAdagrad", grad, var, indices=indices)

  def _apply_sparse(self, grad, var):
    return self._adapt("SparseApplyAdagrad", grad.values, var,
                       indices=grad.indices)
