"""Weight decay apart from the gradient."""

from tfcompat_rnn._tf import tf
from tfcompat_rnn.namespace.contrib.opt import base


class DecoupledWeightDecayExtension:
  """Decays the weights of an optimizer apart from its gradients.

  >>> class AdamW(DecoupledWeightDecayExtension, tf.train.AdamOptimizer):
  ...   pass
  >>> AdamW(weight_decay=1e-4).minimize(loss)

  `minimize` and `apply_gradients` take `decay_var_list`: the variables that
  decay (None: all). The decay is not multiplied by the learning rate.

  A variable decays once all gradients are computed. In 1.15 its
  decay could come before or after a gradient read the variable, so that two
  runs of a program gave different numbers; this is one of them.

  TF 1.15: `tf.contrib.opt.DecoupledWeightDecayExtension`.
  Paper: https://arxiv.org/abs/1711.05101.
  """

  def __init__(self, weight_decay, **kwargs):
    self._decay_names = None
    self._weight_decay = weight_decay
    self._weight_decay_tensor = None
    self._gradients = []
    super().__init__(**kwargs)

  def minimize(self, loss, global_step=None, var_list=None,
               gate_gradients=tf.train.Optimizer.GATE_OP,
               aggregation_method=None, colocate_gradients_with_ops=False,
               name=None, grad_loss=None, decay_var_list=None):
    """As in `tf.train.Optimizer`, with the variables that decay."""
    self._choose(decay_var_list)
    return super().minimize(
        loss, global_step=global_step, var_list=var_list,
        gate_gradients=gate_gradients, aggregation_method=aggregation_method,
        colocate_gradients_with_ops=colocate_gradients_with_ops, name=name,
        grad_loss=grad_loss)

  def apply_gradients(self, grads_and_vars, global_step=None, name=None,
                      decay_var_list=None):
    """As in `tf.train.Optimizer`, with the variables that decay."""
    # minimize calls this without a list, so in 1.15 its list had no effect.
    self._choose(decay_var_list)
    grads_and_vars = list(grads_and_vars)
    self._gradients = [grad for grad, _ in grads_and_vars if grad is not None]
    return super().apply_gradients(grads_and_vars, global_step=global_step,
                                   name=name)

  def _choose(self, variables):
    self._decay_names = ([var.name for var in variables] if variables
                         else None)

  def _prepare(self):
    decay = self._weight_decay
    if callable(decay):
      decay = decay()
    self._weight_decay_tensor = tf.convert_to_tensor(decay,
                                                     name="weight_decay")
    super()._prepare()

  def _is_decayed(self, var):
    return self._decay_names is None or var.name in self._decay_names

  def _decay_weights_of(self, var):
    if not self._is_decayed(var):
      return tf.no_op()
    # 1.15 did not use the tensor here either.
    return var.assign_sub(self._weight_decay * var,
                          base.Access.locks.fget(self))

  def _decay_rows_of(self, var, indices, add):
    if not self._is_decayed(var):
      return tf.no_op()
    return add(var, indices, -self._weight_decay * tf.gather(var, indices))

  def _apply_dense(self, grad, var):
    with tf.control_dependencies(self._gradients):
      decay = self._decay_weights_of(var)
    with tf.control_dependencies([decay]):
      return super()._apply_dense(grad, var)

  def _resource_apply_dense(self, grad, var):
    with tf.control_dependencies(self._gradients):
      decay = self._decay_weights_of(var)
    with tf.control_dependencies([decay]):
      return super()._resource_apply_dense(grad, var)

  def _apply_sparse(self, grad, var):
    def add(x, indices, values):
      return tf.scatter_add(x, indices, values, base.Access.locks.fget(self))
    with tf.control_dependencies(self._gradients):
      decay = self._decay_rows_of(var, grad.indices, add)
    with tf.control_dependencies([decay]):
      return super()._apply_sparse(grad, var)

  def _resource_apply_sparse(self, grad, var, indices):
    def add(x, indices, values):
      return base.scatter_resource(tf.raw_ops.ResourceScatterAdd, x, indices,
                                   values)
    with tf.control_dependencies(self._gradients):
      decay = self._decay_rows_of(var, indices, add)
    with tf.control_dependencies([decay]):
      return super()._resource_apply_sparse(grad, var, indices)


def extend_with_decoupled_weight_decay(base_optimizer):
  """A class like `base_optimizer` whose first argument is `weight_decay`.

  >>> AdamW = extend_with_decoupled_weight_decay(tf.train.AdamOptimizer)
  >>> AdamW(weight_decay=1e-4, learning_rate=1e-3)

  TF 1.15: `tf.contrib.opt.extend_with_decoupled_weight_decay`.
  """
  class OptimizerWithDecoupledWeightDecay(DecoupledWeightDecayExtension,
                                          base_optimizer):
    """`base_optimizer` with weight decay."""

    def __init__(self, weight_decay, *args, **kwargs):
      super().__init__(weight_decay, *args, **kwargs)

  return OptimizerWithDecoupledWeightDecay


class MomentumWOptimizer(DecoupledWeightDecayExtension,
                         tf.train.MomentumOptimizer):
  """Momentum with weight decay.

  TF 1.15: `tf.contrib.opt.MomentumWOptimizer`.
  Paper: https://arxiv.org/abs/1711.05101.
  """

  def __init__(self, weight_decay, learning_rate, momentum,
               use_locking=False, name="MomentumW", use_nesterov=False):
    super().__init__(weight_decay, learning_rate=learning_rate,
                     momentum=momentum, use_locking=use_locking, name=name,
                     use_nesterov=use_nesterov)


class AdamWOptimizer(DecoupledWeightDecayExtension, tf.train.AdamOptimizer):
  """Adam with weight decay.

  TF 1.15: `tf.contrib.opt.AdamWOptimizer`.
  Paper: https://arxiv.org/abs/1711.05101.
  """

  def __init__(self, weight_decay, learning_rate=0.001, beta1=0.9,
               beta2=0.999, epsilon=1e-8, use_locking=False, name="AdamW"):
    super().__init__(weight_decay, learning_rate=learning_rate, beta1=beta1,
                     beta2=beta2, epsilon=epsilon, use_locking=use_locking,
                     name=name)
