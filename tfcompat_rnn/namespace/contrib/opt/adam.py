"""Variants of Adam."""

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

  def _apply_sparse(self, grad, var):
    dtype = var.dtype.base_dtype
    beta1_power, beta2_power = self.powers(dtype)
    rate, beta1, beta2, epsilon = self.tensors(dtype)
    rate = rate * tf.sqrt(1 - beta2_power) / (1 - beta1_power)
    indices, values = grad.indices, grad.values
    m = self.get_slot(var, "m")
    m = tf.scatter_update(
        m, indices, beta1 * tf.gather(m, indices) + (1 - beta1) * values,
        use_locking=self.locks)
    v = self.get_slot(var, "v")
    v = tf.scatter_update(
        v, indices,
        beta2 * tf.gather(v, indices) + (1 - beta2) * tf.square(values),
        use_locking=self.locks)
    m_rows = tf.gather(m, indices)
    v_rows = tf.gather(v, indices)
    below = tf.sqrt(v_rows) + epsilon
    moved = tf.scatter_sub(var, indices, rate * m_rows / below,
                           use_locking=self.locks)
    return tf.group(moved, m, v)

  def _resource_apply_sparse(self, grad, var, indices):
    dtype = var.dtype.base_dtype
    beta1_power, beta2_power = self.powers(dtype)
    rate, beta1, beta2, epsilon = self.tensors(dtype)
    rate = rate * tf.sqrt(1 - beta2_power) / (1 - beta1_power)
    m = self.get_slot(var, "m")
    m_rows = beta1 * tf.gather(m, indices) + (1 - beta1) * grad
    m_op = tf.raw_ops.ResourceScatterUpdate(
        resource=m.handle, indices=indices, updates=m_rows)
    v = self.get_slot(var, "v")
    v_rows = beta2 * tf.gather(v, indices) + (1 - beta2) * tf.square(grad)
    v_op = tf.raw_ops.ResourceScatterUpdate(
        resource=v.handle, indices=indices, updates=v_rows)
    step = rate * m_rows / (tf.sqrt(v_rows) + epsilon)
    moved = tf.raw_ops.ResourceScatterSub(
        resource=var.handle, indices=indices, updates=step)
    return tf.group(moved, m_op, v_op)


class NadamOptimizer(base.AdamAccess, tf.train.AdamOptimizer):
  """Adam with Nesterov momentum.

  TF 1.15: `tf.contrib.opt.NadamOptimizer`.
  Paper: https://openreview.net/forum?id=OM0jvwB8jIp57ZJjtNEZ.
  """

  def _apply_dense(self, grad, var):
    dtype = var.dtype.base_dtype
    m = self.get_slot(var, "m")
    v = self.get_slot(var, "v")
    beta1_power, beta2_power = self.powers(dtype)
    rate, beta1, beta2, epsilon = self.tensors(dtype)
    return tf.raw_ops.ApplyAdam(
        var=var, m=m, v=v, beta1_power=beta1_power, beta2_power=beta2_power,
        lr=rate, beta1=beta1, beta2=beta2, epsilon=epsilon, grad=grad,
        use_locking=self.locks, use_nesterov=True).op

  def _resource_apply_dense(self, grad, var):
    dtype = grad.dtype.base_dtype
    m = self.get_slot(var, "m")
    v = self.get_slot(var, "v")
    beta1_power, beta2_power = self.powers(dtype)
    rate, beta1, beta2, epsilon = self.tensors(dtype)
    return tf.raw_ops.ResourceApplyAdam(
        var=var.handle, m=m.handle, v=v.handle, beta1_power=beta1_power,
        beta2_power=beta2_power, lr=rate, beta1=beta1, beta2=beta2,
        epsilon=epsilon, grad=grad, use_locking=self.locks,
        use_nesterov=True)

  def _apply_sparse_shared(self, grad, var, indices, scatter_add):
    dtype = var.dtype.base_dtype
    beta1_power, beta2_power = self.powers(dtype)
    rate, beta1, beta2, epsilon = self.tensors(dtype)
    rate = rate * tf.sqrt(1 - beta2_power) / (1 - beta1_power)
    m = self.get_slot(var, "m")
    scaled = grad * (1 - beta1)
    m_t = tf.assign(m, m * beta1, use_locking=self.locks)
    with tf.control_dependencies([m_t]):
      m_t = scatter_add(m, indices, scaled)
      # m_bar looks one step ahead.
      m_bar = scaled + beta1 * tf.gather(m_t, indices)
    v = self.get_slot(var, "v")
    squares = grad * grad * (1 - beta2)
    v_t = tf.assign(v, v * beta2, use_locking=self.locks)
    with tf.control_dependencies([v_t]):
      v_t = scatter_add(v, indices, squares)
    v_rows = tf.gather(v_t, indices)
    root = tf.sqrt(v_rows)
    moved = scatter_add(var, indices, -rate * m_bar / (root + epsilon))
    return tf.group(moved, m_bar, v_t)


class AdaMaxOptimizer(base.AdamAccess, tf.train.AdamOptimizer):
  """AdaMax: Adam with the infinity norm.

  TF 1.15: `tf.contrib.opt.AdaMaxOptimizer`.
  Paper: https://arxiv.org/abs/1412.6980, section 7.
  """

  def __init__(self, learning_rate=0.001, beta1=0.9, beta2=0.999,
               epsilon=1e-8, use_locking=False, name="AdaMax"):
    super().__init__(learning_rate, beta1, beta2, epsilon, use_locking, name)

  def _power(self):
    return _tf.attribute(self, "Optimizer._get_non_slot_variable")(
        "beta1_power", graph=tf.get_default_graph())

  def _create_slots(self, var_list):
    first = min(var_list, key=lambda var: var.name)
    _tf.attribute(self, "Optimizer._create_non_slot_variable")(
        initial_value=_tf.attribute(self, "AdamOptimizer._beta1"),
        name="beta1_power", colocate_with=first)
    for var in var_list:
      self.make_zeros(var, "m")
      self.make_zeros(var, "v")

  def _arguments(self, dtype):
    power = tf.cast(self._power(), dtype)
    rate, beta1, beta2, epsilon = self.tensors(dtype)
    return {"beta1_power": power, "lr": rate, "beta1": beta1, "beta2": beta2,
            "epsilon": epsilon, "use_locking": self.locks}

  def _apply_dense(self, grad, var):
    return tf.raw_ops.ApplyAdaMax(
        var=var, m=self.get_slot(var, "m"), v=self.get_slot(var, "v"),
        grad=grad, **self._arguments(var.dtype.base_dtype)).op

  def _resource_apply_dense(self, grad, var):
    return tf.raw_ops.ResourceApplyAdaMax(
        var=var.handle, m=self.get_slot(var, "m").handle,
        v=self.get_slot(var, "v").handle, grad=grad,
        **self._arguments(grad.dtype.base_dtype))

  def _rows(self, grad, var, indices, add, update):
    dtype = var.dtype.base_dtype
    power = tf.cast(self._power(), dtype)
    rate, beta1, beta2, epsilon = self.tensors(dtype)
    m = self.get_slot(var, "m")
    m_rows = tf.gather(m, indices) * beta1 + grad * (1 - beta1)
    with tf.control_dependencies([m_rows]):
      m_t = update(m, indices, m_rows)
    v = self.get_slot(var, "v")
    v_rows = tf.maximum(tf.gather(v, indices) * beta2, tf.abs(grad))
    with tf.control_dependencies([v_rows]):
      v_t = update(v, indices, v_rows)
    step = -rate / (1 - power) * (m_rows / (v_rows + epsilon))
    with tf.control_dependencies([step]):
      moved = add(var, indices, step)
    return tf.group(moved, m_t, v_t)

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
      power = self._power()
      with tf.get_default_graph().colocate_with(power.op):
        beta1 = _tf.attribute(self, "AdamOptimizer._beta1_t")
        update = power.assign(power * beta1, use_locking=self.locks)
    return tf.group(*update_ops + [update], name=name_scope)
