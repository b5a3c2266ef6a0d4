"""Variants of Adam."""

import contextlib
import operator

from tfcompat_rnn import _tf
from tfcompat_rnn._tf import tf
from tfcompat_rnn.namespace.contrib.opt import base


class LazyAdamOptimizer(base.AdamAccess, tf.train.AdamOptimizer):
  """Adam that moves only the rows that a sparse gradient names.

  >>> tf.contrib.opt.LazyAdamOptimizer(1e-3).minimize(loss)

  The averages of all other rows, for example of words that are not in the
  batch, stay as they are.

  TF 1.15: `tf.contrib.opt.LazyAdamOptimizer`.
  """

  def _averages(self, grad, var, indices, *betas):
    """(average, its new rows) of the gradient, then of its square."""
    averaged = {"m": lambda rows: rows, "v": tf.square}
    for (slot, of), beta in zip(averaged.items(), betas, strict=True):
      average = self.get_slot(var, slot)
      yield average, (
          beta * tf.gather(average, indices) + (1 - beta) * of(grad))

  def _apply_sparse(self, grad, var):
    rate, beta1, beta2, epsilon = self.corrected(var.dtype.base_dtype)
    updated = [
        tf.scatter_update(average, grad.indices, rows, use_locking=self.locks)
        for average, rows in self._averages(grad.values, var, grad.indices,
                                            beta1, beta2)]
    m_rows, v_rows = [tf.gather(one, grad.indices) for one in updated]
    below = tf.sqrt(v_rows) + epsilon
    moved = tf.scatter_sub(var, grad.indices, rate * m_rows / below,
                           use_locking=self.locks)
    return tf.group(moved, *updated)

  def _resource_apply_sparse(self, grad, var, indices):
    rate, beta1, beta2, epsilon = self.corrected(var.dtype.base_dtype)
    updates, new = [], []
    for average, rows in self._averages(grad, var, indices, beta1, beta2):
      updates.append(tf.raw_ops.ResourceScatterUpdate(
          resource=average.handle, indices=indices, updates=rows))
      new.append(rows)
    m_rows, v_rows = new
    moved = tf.raw_ops.ResourceScatterSub(
        resource=var.handle, indices=indices,
        updates=rate * m_rows / (tf.sqrt(v_rows) + epsilon))
    return tf.group(moved, *updates)


class NadamOptimizer(base.AdamAccess, tf.train.AdamOptimizer):
  """Adam with Nesterov momentum.

  TF 1.15: `tf.contrib.opt.NadamOptimizer`.
  Paper: https://openreview.net/forum?id=OM0jvwB8jIp57ZJjtNEZ.
  """

  def _apply_dense(self, grad, var):
    dtype = var.dtype.base_dtype
    names = ("beta1_power", "beta2_power", "lr", "beta1", "beta2", "epsilon")
    values = dict(zip(names, self.powers(dtype) + self.tensors(dtype),
                      strict=True))
    return self.kernel("ApplyAdam", var, m="m", v="v")(
        grad=grad, use_locking=self.locks, use_nesterov=True, **values)

  _resource_apply_dense = _apply_dense

  @contextlib.contextmanager
  def _faded(self, var, slot, beta):
    """A slot after it is multiplied by `beta`."""
    average = self.get_slot(var, slot)
    with tf.control_dependencies([
        tf.assign(average, average * beta, use_locking=self.locks)]):
      yield average

  def _apply_sparse_shared(self, grad, var, indices, scatter_add):
    rate, beta1, beta2, epsilon = self.corrected(var.dtype.base_dtype)
    ahead = grad * (1 - beta1)
    with self._faded(var, "m", beta1) as m:
      m = scatter_add(m, indices, ahead)
      # The momentum looks one step ahead.
      ahead += beta1 * tf.gather(m, indices)
    squares = grad * grad * (1 - beta2)
    with self._faded(var, "v", beta2) as v:
      v = scatter_add(v, indices, squares)
    root = tf.sqrt(tf.gather(v, indices))
    moved = scatter_add(var, indices, -rate * ahead / (root + epsilon))
    return tf.group(moved, ahead, v)


class AdaMaxOptimizer(base.AdamAccess, tf.train.AdamOptimizer):
  """AdaMax: Adam with the infinity norm.

  TF 1.15: `tf.contrib.opt.AdaMaxOptimizer`.
  Paper: https://arxiv.org/abs/1412.6980, section 7.
  """

  def __init__(self, learning_rate=0.001, beta1=0.9, beta2=0.999,
               epsilon=1e-8, use_locking=False, name="AdaMax"):
    super().__init__(learning_rate, beta1, beta2, epsilon, use_locking, name)

  @property
  def _power(self):
    """beta1 ** t, a variable"""
    return _tf.attribute(self, "Optimizer._get_non_slot_variable")(
        "beta1_power", graph=tf.get_default_graph())

  def _create_slots(self, var_list):
    first = min(var_list, key=operator.attrgetter("name"))
    _tf.attribute(self, "Optimizer._create_non_slot_variable")(
        initial_value=_tf.attribute(self, "AdamOptimizer._beta1"),
        name="beta1_power", colocate_with=first)
    for var in var_list:
      for slot in ("m", "v"):
        self.make_zeros(var, slot)

  def _apply_dense(self, grad, var):
    dtype = var.dtype.base_dtype
    power = tf.cast(self._power, dtype)
    rate, beta1, beta2, epsilon = self.tensors(dtype)
    return self.kernel("ApplyAdaMax", var, m="m", v="v")(
        grad=grad, lr=rate, beta1_power=power, beta1=beta1, beta2=beta2,
        epsilon=epsilon, use_locking=self.locks)

  _resource_apply_dense = _apply_dense

  def _rows(self, grad, var, indices, add, update):
    dtype = var.dtype.base_dtype
    power = tf.cast(self._power, dtype)
    rate, beta1, beta2, epsilon = self.tensors(dtype)

    def after(values, change, variable):
      with tf.control_dependencies([values]):
        return change(variable, indices, values)

    m = self.get_slot(var, "m")
    mean = tf.gather(m, indices) * beta1 + grad * (1 - beta1)
    m = after(mean, update, m)
    v = self.get_slot(var, "v")
    norm = tf.maximum(tf.gather(v, indices) * beta2, tf.abs(grad))
    v = after(norm, update, v)
    step = -rate / (1 - power) * (mean / (norm + epsilon))
    return tf.group(after(step, add, var), m, v)

  def _apply_sparse(self, grad, var):
    return self._rows(
        grad.values, var, grad.indices,
        lambda x, i, v: tf.scatter_add(x, i, v, use_locking=self.locks),
        lambda x, i, v: tf.scatter_update(x, i, v, use_locking=self.locks))

  def _resource_apply_sparse(self, grad, var, indices):
    return self._rows(
        grad, var, indices,
        lambda x, i, v: base.scatter_resource(
            tf.raw_ops.ResourceScatterAdd, x, i, v),
        lambda x, i, v: base.scatter_resource(
            tf.raw_ops.ResourceScatterUpdate, x, i, v))

  def _finish(self, update_ops, name_scope):
    with tf.control_dependencies(update_ops):
      power = self._power
      with tf.get_default_graph().colocate_with(power.op):
        beta1 = _tf.attribute(self, "AdamOptimizer._beta1_t")
        update = power.assign(power * beta1, use_locking=self.locks)
    return tf.group(*update_ops + [update], name=name_scope)
