"""Optimizers around other optimizers."""

import contextlib

from tfcompat_rnn._tf import tf


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
    self._averages = tf.train.ExponentialMovingAverage(
        average_decay, num_updates=num_updates)
    self._swapped = None
    self._sequential_update = sequential_update

  def compute_gradients(self, *args, **kwargs):
    """As the wrapped optimizer."""
    return self._optimizer.compute_gradients(*args, **kwargs)

  def apply_gradients(self, grads_and_vars, global_step=None, name=None):
    """Applies the gradients, then updates the averages."""
    grads_and_vars = list(grads_and_vars)
    train_op = self._optimizer.apply_gradients(
        grads_and_vars, global_step=global_step, name=name)
    variables = [var for grad, var in grads_and_vars if grad is not None]
    self._swapped = {}
    with tf.control_dependencies([train_op] if self._sequential_update
                                 else []):
      average_op = self._averages.apply(variables)
    for var in variables:
      average = self._averages.average(var)
      self._swapped[var.op.name] = average.op.name
      self._swapped[average.op.name] = var.op.name
    return tf.group(train_op, average_op, name="train_with_avg")

  def _swap(self, by_name, name, variable):
    other = self._swapped.get(name)
    if other is None:
      return variable
    if other not in by_name:
      raise ValueError(
          f"Variable to swap {other} is not part of variables to save. This "
          "breaks MovingAverageOptimizer.")
    return by_name[other]

  def swapping_saver(self, var_list=None, name="swapping_saver", **kwargs):
    """A saver that exchanges each variable and its average.

    Raises RuntimeError before `apply_gradients` or `minimize`, and ValueError
    if `var_list` has only one of a pair.
    """
    if self._swapped is None:
      raise RuntimeError("Must call apply_gradients or minimize before "
                         "creating the swapping_saver")
    if var_list is None:
      var_list = tf.global_variables()
    if not isinstance(var_list, dict):
      var_list = _by_name(var_list)
    by_name = {}
    for key, value in var_list.items():
      if isinstance(value, list):
        by_name.update((part.op.name, part) for part in value)
      else:
        by_name[key] = value
    swapped = {}
    for key, value in var_list.items():
      if isinstance(value, list):
        swapped[key] = [self._swap(by_name, part.op.name, part)
                        for part in value]
      else:
        swapped[key] = self._swap(by_name, key, value)
    return tf.train.Saver(swapped, name=name, **kwargs)


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
    self._opt = opt
    self._scope_name = name
    self._locks = use_locking
    self._dimensions = {var.name: list(dims)
                        for var, dims in vars_to_clip_dims.items()}
    self._max_norm = max_norm
    self._colocate = colocate_clip_ops_with_vars

  def compute_gradients(self, *args, **kwargs):
    """As the wrapped optimizer."""
    return self._opt.compute_gradients(*args, **kwargs)

  def get_slot(self, *args, **kwargs):
    """As the wrapped optimizer."""
    return self._opt.get_slot(*args, **kwargs)

  def get_slot_names(self, *args, **kwargs):
    """As the wrapped optimizer."""
    return self._opt.get_slot_names(*args, **kwargs)

  def apply_gradients(self, grads_and_vars, global_step=None, name=None):
    """Applies the gradients, then clips the variables that got one."""
    grads_and_vars = list(grads_and_vars)
    with tf.name_scope(name, self._scope_name) as name:
      update_op = self._opt.apply_gradients(grads_and_vars,
                                            global_step=global_step)
      clipped = []
      with tf.control_dependencies([update_op]):
        for grad, var in grads_and_vars:
          if grad is None or var.name not in self._dimensions:
            continue
          with tf.name_scope("clip_" + var.op.name):
            clipped.append(self._clip_rows(grad, var)
                           if isinstance(grad, tf.IndexedSlices)
                           else self._clip(var))
      return tf.group(*[update_op] + clipped, name=name)

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
          "Clipping norm across dims %s for %s is inefficient when including "
          "sparse dimension 0.", dimensions, var.op.name)
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
      raise TypeError("Supplied optimizer must be an instance of "
                      "tf.train.Optimizer")
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
