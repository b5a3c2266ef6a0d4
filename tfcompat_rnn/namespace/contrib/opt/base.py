"""What the optimizers of `tf.contrib.opt` use of their base classes."""

import functools

from tfcompat_rnn import _tf
from tfcompat_rnn._tf import tf


class Access:
  """Reads of an optimizer what TensorFlow does not publish."""

  @property
  def locks(self):
    """Whether updates take the lock of their variable."""
    return _tf.attribute(self, "Optimizer._use_locking")

  def make_zeros(self, var, slot):
    """Creates the slot `slot` of `var`, of zeros."""
    _tf.attribute(self, "Optimizer._zeros_slot")(
        var, slot, _tf.attribute(self, "Optimizer._name"))


  def kernel(self, name, var, **slots):
    """TensorFlow's operation `name` on `var`: a function of the other inputs.

    `slots` says which input is which slot. If `var` is a resource variable it
    is the operation for those.
    """
    variables = {"var": var, **{
        part: self.get_slot(var, slot) for part, slot in slots.items()}}
    if hasattr(var, "handle"):
      name = "Resource" + name
      variables = {part: one.handle for part, one in variables.items()}
    return functools.partial(getattr(tf.raw_ops, name), **variables)


class AdamAccess(Access):
  """The hyperparameters of an Adam optimizer as tensors."""

  def powers(self, dtype):
    """(beta1 ** t, beta2 ** t)"""
    return [tf.cast(power, dtype) for power in _tf.attribute(
        self, "AdamOptimizer._get_beta_accumulators")()]

  def tensors(self, dtype):
    """(learning rate, beta1, beta2, epsilon)"""
    return [tf.cast(_tf.attribute(self, name), dtype) for name in (
        "AdamOptimizer._lr_t", "AdamOptimizer._beta1_t",
        "AdamOptimizer._beta2_t", "AdamOptimizer._epsilon_t")]

  def corrected(self, dtype):
    """`tensors`, the rate corrected for averages that started at zero."""
    beta1_power, beta2_power = self.powers(dtype)
    rate, *others = self.tensors(dtype)
    return rate * tf.sqrt(1 - beta2_power) / (1 - beta1_power), *others


def scatter_resource(kind, variable, indices, values):
  """Updates rows of a resource variable; returns its value after that."""
  with tf.control_dependencies([
      kind(resource=variable.handle, indices=indices, updates=values)]):
    return variable.value()
