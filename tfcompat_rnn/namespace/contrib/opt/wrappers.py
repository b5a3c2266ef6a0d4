"""Optimizers around other optimizers."""

import contextlib

from tfcompat_rnn import _errors
from tfcompat_rnn._tf import tf


class _OrderError(_errors.TfcompatError, RuntimeError):
  """Something is asked for too early."""


def _forwarding(wrapped, name):
  """The method `name` of the optimizer in the attribute `wrapped`."""
  def method(self, *args, **kwargs):
    """As the wrapped optimizer."""
    return getattr(getattr(self, wrapped), name)(*args, **kwargs)
  method.__name__ = name
  return method


class MovingAverageOptimizer(tf.train.Optimizer):
  """Keeps moving averages of the variables that `opt` trains.

  >>> opt = tf.contrib.opt.MovingAverageOptimizer(tf.train.AdamOptimizer())
  >>> train_op = opt.minimize(loss)
  >>> saver = opt.swapping_saver()   # saves the averages as the variables

  TF 1.15: `tf.contrib.opt.MovingAverageOptimizer`.
  """

  def __init__(self, opt, average_decay=0.9999, num_updates=None,
               sequential_update=True):
    self._optimizer = opt
    self._sequential_update = sequential_update
    self._averages = tf.train.ExponentialMovingAverage(average_decay,
                                                       num_updates)
    # From the name of a variable to that of its average and back.
    self._swapped = None

  compute_gradients = _forwarding("_optimizer", "compute_gradients")

  def apply_gradients(self, grads_and_vars, global_step=None, name=None):
    """Applies the gradients, then updates the averages."""
    pairs = list(grads_and_vars)
    trained = self._optimizer.apply_gradients(pairs, global_step=global_step,
                                              name=name)
    variables = [var for grad, var in pairs if grad is not None]
    before = [trained] if self._sequential_update else []
    with tf.control_dependencies(before):
      averaged = self._averages.apply(variables)
    names = {var.op.name: self._averages.average(var).op.name
             for var in variables}
    self._swapped = names | {average: var for var, average in names.items()}
    return tf.group(trained, averaged, name="train_with_avg")

  def swapping_saver(self, var_list=None, name="swapping_saver", **kwargs):
    """A saver that exchanges each variable and its average.

    Raises RuntimeError before `apply_gradients` or `minimize`, and ValueError
    if `var_list` has only one of a pair.
    """
    if self._swapped is None:
      raise _OrderError(_errors.problem(
          "swapping_saver", "be called after `minimize` or `apply_gradients`",
          "no averages yet", "build the training first"))
    if var_list is None:
      var_list = tf.global_variables()
    if not isinstance(var_list, dict):
      var_list = _by_name(var_list)
    parts = {key: ({part.op.name: part for part in value}
                   if isinstance(value, list) else {key: value})
             for key, value in var_list.items()}
    known = {part: one for named in parts.values()
             for part, one in named.items()}

    def other(part):
      found = self._swapped.get(part, part)
      if found not in known:
        raise _errors.ArgumentError(_errors.problem(
            "var_list", f"contain {found} if it contains {part}",
            sorted(known), "add it, or leave out both"))
      return known[found]

    swapped = {key: [other(part) for part in named]
               for key, named in parts.items()}
    return tf.train.Saver(
        {key: found if isinstance(var_list[key], list) else found[0]
         for key, found in swapped.items()}, name=name, **kwargs)


def _by_name(variables):
  """{name in a checkpoint: variable, or the parts of a partitioned one}"""
  found = {}
  for var in variables:
    if isinstance(var, tf.Variable):
      found[var.op.name] = var
    else:
      found[var.name] = list(var)
  return found


class VariableClippingOptimizer(tf.train.Optimizer):
  """Clips variables to a norm after `opt` has moved them.

  `vars_to_clip_dims` is `{variable: dimensions of the norm}`.

  TF 1.15: `tf.contrib.opt.VariableClippingOptimizer`.
  """

  def __init__(self, opt, vars_to_clip_dims, max_norm, use_locking=False,
               colocate_clip_ops_with_vars=False, name="VariableClipping"):
    super().__init__(use_locking, name)
    self._opt, self._max_norm = opt, max_norm
    self._locks, self._scope_name = use_locking, name
    self._colocate = colocate_clip_ops_with_vars
    self._dimensions = {var.name: [*dims]
                        for var, dims in vars_to_clip_dims.items()}

  compute_gradients, get_slot, get_slot_names = [
      _forwarding("_opt", name)
      for name in ("compute_gradients", "get_slot", "get_slot_names")]

  def apply_gradients(self, grads_and_vars, global_step=None, name=None):
    """Applies the gradients, then clips the variables that got one."""
    grads_and_vars = list(grads_and_vars)
    with tf.name_scope(name, self._scope_name) as name:
      moved = self._opt.apply_gradients(grads_and_vars,
                                        global_step=global_step)
      with tf.control_dependencies([moved]):
        clipped = [self._clipped(grad, var) for grad, var in grads_and_vars
                   if grad is not None and var.name in self._dimensions]
      return tf.group(moved, *clipped, name=name)

  def _clipped(self, grad, var):
    with tf.name_scope("clip_" + var.op.name):
      return (self._clip_rows(grad, var)
              if isinstance(grad, tf.IndexedSlices) else self._clip(var))

  def _place(self, var):
    return (tf.get_default_graph().colocate_with(var.op) if self._colocate
            else contextlib.nullcontext())

  def _clip(self, var):
    with self._place(var):
      value = var.read_value()
      excess = value - tf.clip_by_norm(value, self._max_norm,
                                       self._dimensions[var.name])
    with tf.get_default_graph().colocate_with(var.op):
      return var.assign_sub(excess, use_locking=self._locks)

  def _clip_rows(self, grad, var):
    dimensions = self._dimensions[var.name]
    if 0 in dimensions:
      tf.logging.warning(
          "The norm of %s is over the rows too (dimensions %s): all of it is "
          "clipped, though the gradient is of few rows.", var.op.name,
          dimensions)
      return self._clip(var)
    with tf.get_default_graph().colocate_with(var.op):
      rows = tf.gather(var, grad.indices)
    with self._place(var):
      excess = tf.IndexedSlices(
          rows - tf.clip_by_norm(rows, self._max_norm, dimensions),
          grad.indices, grad.dense_shape)
    with tf.get_default_graph().colocate_with(var.op):
      return var.scatter_sub(excess, use_locking=self._locks)


class MultitaskOptimizerWrapper:
  """Leaves variables and slots alone where a gradient is all zeros.

  For several tasks in turn, each with its own part of the variables.

  Raises TypeError unless `opt` is a `tf.train.Optimizer`.

  TF 1.15: `tf.contrib.opt.MultitaskOptimizerWrapper`.
  """

  def __init__(self, opt):
    if not isinstance(opt, tf.train.Optimizer):
      raise _errors.ArgumentTypeError(_errors.problem(
          "opt", "be a tf.train.Optimizer", type(opt).__name__,
          "pass the optimizer to wrap"))
    self._opt = opt
    for name in ("_apply_dense", "_resource_apply_dense", "_apply_sparse",
                 "_resource_apply_sparse"):
      setattr(opt, name, _unless_zeros(getattr(opt, name)))

  def __getattr__(self, name):
    return getattr(self._opt, name)


def _all_zeros(grad):
  return tf.equal(tf.count_nonzero(grad), 0)


def _unless_zeros(apply):
  def apply_unless_zeros(grad, *args, **kwargs):
    def do():
      with tf.control_dependencies([apply(grad, *args, **kwargs)]):
        return tf.no_op()
    return tf.cond(_all_zeros(grad), tf.no_op, do)
  return apply_unless_zeros


def clip_gradients_by_global_norm(gradients_variables, clip_norm=20.):
  """`(clipped gradients and variables, norm)`; all zeros count as missing.

  For `MultitaskOptimizerWrapper`.

  TF 1.15: `tf.contrib.opt.clip_gradients_by_global_norm`.
  """
  gradients, variables = zip(*gradients_variables)

  def one_zero(grad):
    if grad is None:
      return grad
    return tf.cond(_all_zeros(grad),
                   lambda: tf.zeros([], dtype=tf.as_dtype(grad.dtype)),
                   lambda: grad)

  norm = tf.global_norm([one_zero(grad) for grad in gradients])
  clipped, _ = tf.clip_by_global_norm(list(gradients), clip_norm,
                                      use_norm=norm)
  return list(zip(clipped, variables)), norm
