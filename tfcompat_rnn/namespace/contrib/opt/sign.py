"""Optimizers that use the sign of the gradient, and how it decays."""

import math

from tfcompat_rnn import _errors
from tfcompat_rnn._tf import tf
from tfcompat_rnn.namespace.contrib.opt import base


class _SignOptimizer(base.Access, tf.train.Optimizer):
  """What both have in common: the average `m` and the decay."""

  # What the operation calls the factor, and its value.
  _FACTOR = ""
  _OP = ""

  def __init__(self, learning_rate, beta, factor, sign_decay_fn, use_locking,
               name):
    super().__init__(use_locking, name)
    self._rate = learning_rate
    self._beta = beta
    self._factor = factor
    self._sign_decay_fn = sign_decay_fn
    self._sign_decay_t = None

  def apply_gradients(self, grads_and_vars, global_step=None, name=None):
    """As in `tf.train.Optimizer`; the decay depends on `global_step`."""
    if self._sign_decay_fn is not None:
      self._sign_decay_t = tf.convert_to_tensor(
          self._sign_decay_fn(global_step), name="sign_decay")
    return super().apply_gradients(grads_and_vars, global_step=global_step,
                                   name=name)

  def _create_slots(self, var_list):
    for var in var_list:
      self.make_zeros(var, "m")

  def _prepare(self):
    self._rate_t = tf.convert_to_tensor(self._rate, name="learning_rate")
    self._beta_t = tf.convert_to_tensor(self._beta, name="beta")
    self._factor_t = tf.convert_to_tensor(self._factor, name=self._FACTOR)
    if self._sign_decay_fn is None:
      self._sign_decay_t = tf.convert_to_tensor(1., name="sign_decay")

  def _arguments(self, dtype):
    return {"lr": tf.cast(self._rate_t, dtype),
            self._FACTOR: tf.cast(self._factor_t, dtype),
            "sign_decay": tf.cast(self._sign_decay_t, dtype),
            "beta": tf.cast(self._beta_t, dtype),
            "use_locking": self.locks}

  def _apply_dense(self, grad, var):
    return self.kernel("Apply" + self._OP, var, m="m")(
        grad=grad, **self._arguments(var.dtype.base_dtype))

  _resource_apply_dense = _apply_dense

  def _apply_sparse(self, grad, var):
    dtype = var.dtype.base_dtype
    rate = tf.cast(self._rate_t, dtype)
    constants, beta = self._cast_for_rows(dtype)
    m = self.get_slot(var, "m")
    m = tf.assign(m, m * beta + grad * (1 - beta), use_locking=self.locks)
    signs = tf.sign(grad.values)
    agreement = tf.gather(tf.sign(m), grad.indices) * signs
    decay = tf.cast(self._sign_decay_t, dtype)
    step = rate * self._multiplier(agreement, decay,
                                   constants) * grad.values
    moved = tf.scatter_sub(var, grad.indices, step, use_locking=self.locks)
    return tf.group(moved, m)


class AddSignOptimizer(_SignOptimizer):
  """Moves by `(alpha + decay * sign(g) * sign(m)) * g`.

  `m` is the average of the gradients `g`.

  TF 1.15: `tf.contrib.opt.AddSignOptimizer`.
  Paper: https://arxiv.org/abs/1709.07417.
  """

  _FACTOR = "alpha"
  _OP = "AddSign"

  def __init__(self, learning_rate=0.1, alpha=1.0, beta=0.9,
               sign_decay_fn=None, use_locking=False,
               name="AddSignOptimizer"):
    super().__init__(learning_rate, beta, alpha, sign_decay_fn, use_locking,
                     name)

  def _cast_for_rows(self, dtype):
    alpha = tf.cast(self._factor_t, dtype)
    return alpha, tf.cast(self._beta_t, dtype)

  def _multiplier(self, agreement, decay, alpha):
    return alpha + decay * agreement


class PowerSignOptimizer(_SignOptimizer):
  """Moves by `base ** (decay * sign(g) * sign(m)) * g`.

  `m` is the average of the gradients `g`.

  TF 1.15: `tf.contrib.opt.PowerSignOptimizer`.
  Paper: https://arxiv.org/abs/1709.07417.
  """

  _FACTOR = "logbase"
  _OP = "PowerSign"

  def __init__(self, learning_rate=0.1, base=math.e, beta=0.9,
               sign_decay_fn=None, use_locking=False,
               name="PowerSignOptimizer"):
    super().__init__(learning_rate, beta, math.log(base), sign_decay_fn,
                     use_locking, name)

  def _cast_for_rows(self, dtype):
    beta = tf.cast(self._beta_t, dtype)
    log_base = tf.cast(self._factor_t, dtype)
    return (tf.cast(math.e, dtype), log_base), beta

  def _multiplier(self, agreement, decay, constants):
    e, log_base = constants
    return tf.pow(e, log_base * decay * agreement)


def _at_most(global_step, decay_steps):
  """The step at which the decay is."""
  if global_step is None:
    raise _errors.ArgumentError(_errors.problem(
        "global_step", "be given where the sign decays", None,
        "pass it to `minimize` or `apply_gradients`"))
  return tf.minimum(global_step, decay_steps)


def _part(steps, decay_steps):
  return tf.cast(steps, tf.float32) / tf.cast(decay_steps, tf.float32)


def _cosine(fraction):
  return 0.5 * (1. + tf.cos(tf.constant(math.pi) * fraction))


def get_linear_decay_fn(decay_steps):
  """A decay from 1 to 0 in `decay_steps` steps.

  TF 1.15: `tensorflow.contrib.opt.python.training.sign_decay`.
  """
  def linear_decay_fn(global_step):
    step = _at_most(global_step, decay_steps)
    last, step = [tf.cast(one, tf.int32) for one in (decay_steps, step)]
    return tf.maximum(0., _part(last - step, decay_steps))
  return linear_decay_fn


def get_cosine_decay_fn(decay_steps, num_periods=0.5, zero_after=None):
  """A decay along a cosine; 0 after the part `zero_after`.

  TF 1.15: `tensorflow.contrib.opt.python.training.sign_decay`.
  """
  def cosine_decay_fn(global_step):
    fraction = 2. * num_periods * _part(_at_most(global_step, decay_steps),
                                        decay_steps)
    value = _cosine(fraction)
    return value if zero_after is None else tf.where(
        tf.greater_equal(fraction, 2 * zero_after), 0., value)
  return cosine_decay_fn


def get_restart_decay_fn(decay_steps, num_periods=1, zero_after=None):
  """A cosine decay that starts again `num_periods` times.

  TF 1.15: `tensorflow.contrib.opt.python.training.sign_decay`.
  """
  def restart_decay_fn(global_step):
    step = _at_most(global_step, decay_steps)
    since_start = tf.mod(num_periods * tf.cast(step, tf.float32), decay_steps)
    value = _cosine(since_start / tf.cast(decay_steps, tf.float32))
    return value if zero_after is None else tf.where(
        tf.greater_equal(_part(num_periods * step, decay_steps), zero_after),
        0., value)
  return restart_decay_fn
