"""Weight decay apart from the gradient."""

from tfcompat_rnn._tf import tf
from tfcompat_rnn.namespace.contrib.opt import base


def _after_decay(name):
  """The method `name` of an optimizer, of a variable that has decayed."""
  def apply(self, grad, var, *indices):
    with tf.control_dependencies(self._gradients):
      decay = self._decay_first(grad, var, *indices)
    with tf.control_dependencies([decay]):
      return getattr(super(DecoupledWeightDecayExtension, self), name)(
          grad, var, *indices)
  apply.__name__ = name
  return apply


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

  # The names of the variables that decay, None if all do; what they wait for.
  _decay_names = None
  _gradients = ()
  _weight_decay_tensor = None

  def __init__(self, weight_decay, **kwargs):
    self._weight_decay = weight_decay
    super().__init__(**kwargs)

  def minimize(self, loss, global_step=None, var_list=None,
               gate_gradients=tf.train.Optimizer.GATE_OP,
               aggregation_method=None, colocate_gradients_with_ops=False,
               name=None, grad_loss=None, decay_var_list=None):
    """As in `tf.train.Optimizer`, with the variables that decay."""
    self._choose(decay_var_list)
    return super().minimize(
        loss, global_step=global_step, var_list=var_list, name=name,
        gate_gradients=gate_gradients, grad_loss=grad_loss,
        aggregation_method=aggregation_method,
        colocate_gradients_with_ops=colocate_gradients_with_ops)

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
    self._weight_decay_tensor = tf.convert_to_tensor(
        decay() if callable(decay) else decay, name="weight_decay")
    super()._prepare()

  _apply_dense = _after_decay("_apply_dense")
  _apply_sparse = _after_decay("_apply_sparse")
  _resource_apply_dense = _after_decay("_resource_apply_dense")
  _resource_apply_sparse = _after_decay("_resource_apply_sparse")

  def _decay_first(self, grad, var, indices=None):
    """Decays a variable, or the rows that a sparse gradient is of."""
    if self._decay_names is not None and var.name not in self._decay_names:
      return tf.no_op()
    if isinstance(grad, tf.IndexedSlices):
      indices = grad.indices
    locks = base.Access.locks.fget(self)
    # 1.15 did not use the tensor here either.
    if indices is None:
      return var.assign_sub(self._weight_decay * var, locks)
    change = -self._weight_decay * tf.gather(var, indices)
    if hasattr(var, "handle"):
      return base.scatter_resource(tf.raw_ops.ResourceScatterAdd, var, indices,
                                   change)
    return tf.scatter_add(var, indices, change, locks)


def extend_with_decoupled_weight_decay(base_optimizer):
  """A class like `base_optimizer` whose first argument is `weight_decay`.

  >>> AdamW = extend_with_decoupled_weight_decay(tf.train.AdamOptimizer)
  >>> AdamW(weight_decay=1e-4, learning_rate=1e-3)

  TF 1.15: `tf.contrib.opt.extend_with_decoupled_weight_decay`.
  """
  class OptimizerWithDecoupledWeightDecay(DecoupledWeightDecayExtension,
                                          base_optimizer):
    __doc__ = f"{base_optimizer.__name__} with weight decay."

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
