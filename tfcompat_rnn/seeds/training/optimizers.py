"""Optimizers, savers and learning rates that create 1.15's operations."""

from tfcompat_rnn import _opcount
from tfcompat_rnn import _tf
from tfcompat_rnn._tf import tf
from tfcompat_rnn.seeds import Restored

# Argument -> the attribute with its tensor, in 1.15's order. Updates read the
# adjusted strength; without beta it is the strength as it was given.
_FTRL_TENSORS = {
    "learning_rate": "learning_rate_tensor",
    "l1_regularization_strength": "l1_regularization_strength_tensor",
    "l2_regularization_strength": "adjusted_l2_regularization_strength_tensor",
    "l2_shrinkage_regularization_strength":
        "l2_shrinkage_regularization_strength_tensor",
    "learning_rate_power": "learning_rate_power_tensor",
}


def _make_ftrl_slots(original):
  del original

  def create_slots(optimizer, var_list):
    initial = _tf.attribute(optimizer,
                            "FtrlOptimizer._initial_accumulator_value")
    accumulator = _tf.attribute(optimizer, "FtrlOptimizer._accum_name")
    linear = _tf.attribute(optimizer, "FtrlOptimizer._linear_name")
    name = optimizer.get_name()
    for variable in var_list:
      with tf.colocate_with(variable):
        value = tf.constant(initial, dtype=variable.dtype,
                            shape=variable.get_shape())
        _tf.attribute(optimizer, "Optimizer._get_or_make_slot")(
            variable, value, "accum", accumulator or name)
        _tf.attribute(optimizer, "Optimizer._zeros_slot")(
            variable, "linear", linear or name)
  return create_slots


def _make_ftrl_prepare(original):
  def prepare(optimizer):
    if _tf.attribute(optimizer, "FtrlOptimizer._beta"):
      # An argument that 1.15 did not have.
      return original(optimizer)
    for name, tensor_name in _FTRL_TENSORS.items():
      value = _tf.attribute(optimizer, f"FtrlOptimizer._{name}")
      _tf.set_attribute(optimizer, f"FtrlOptimizer._{tensor_name}",
                        tf.convert_to_tensor(value, name=name))
  return prepare


def _make_descent_on_rows(original):
  del original

  def apply_sparse(optimizer, grad, handle, indices):
    # 1.15 took the rate as it was given, not the tensor made of it.
    return tf.raw_ops.ResourceScatterAdd(
        resource=handle.handle, indices=indices,
        updates=-grad * _tf.attribute(
            optimizer, "GradientDescentOptimizer._learning_rate"))
  return apply_sparse


def _make_accumulate_n(original):
  def accumulate_n(inputs, shape=None, tensor_dtype=None, name=None):
    if not isinstance(inputs, (list, tuple)) or len(inputs) < 2:
      return original(inputs, shape, tensor_dtype, name)
    tensors = [tf.convert_to_tensor(value) for value in inputs]
    if (any(t.dtype != tensors[0].dtype for t in tensors)
        or tensor_dtype not in (None, tensors[0].dtype)):
      return original(inputs, shape, tensor_dtype, name)
    shape = tf.TensorShape(shape)
    for tensor in tensors:
      shape = shape.merge_with(tensor.get_shape())
    return tf.raw_ops.AccumulateNV2(inputs=tensors, shape=shape, name=name)
  return accumulate_n


def _make_synchronous_apply(original):
  def apply_gradients(optimizer, grads_and_vars, global_step=None, name=None):
    try:
      return original(optimizer, grads_and_vars, global_step, name)
    finally:
      # 1.15 gave the chief's queue runner a queue that had no other use.
      _opcount.compensate(1)
  return apply_gradients


def _make_sharded_save(original):
  def add_sharded_save_ops(builder, *args, **kwargs):
    result = original(builder, *args, **kwargs)
    # TensorFlow 2 checks whether the file name is in a bucket.
    _opcount.compensate(-3)
    return result
  return add_sharded_save_ops


def _make_polynomial_decay(original):
  del original

  def polynomial_decay(schedule, step):
    with tf.name_scope(schedule.name or "PolynomialDecay") as name:
      first = tf.convert_to_tensor(schedule.initial_learning_rate,
                                   name="initial_learning_rate")
      last = tf.cast(schedule.end_learning_rate, first.dtype)
      power = tf.cast(schedule.power, first.dtype)
      step = tf.cast(step, first.dtype)
      steps = tf.cast(schedule.decay_steps, first.dtype)
      if schedule.cycle:
        rounds = tf.cond(tf.equal(step, 0), lambda: 1.0,
                         lambda: tf.ceil(step / schedule.decay_steps))
        steps = tf.multiply(steps, rounds)
      else:
        step = tf.minimum(step, schedule.decay_steps)
      part = tf.divide(step, steps)
      span = first - last
      return tf.add(tf.multiply(span, tf.pow(1 - part, power)), last,
                    name=name)
  return polynomial_decay


ROWS = [
    Restored("ftrl:FtrlOptimizer._create_slots", _make_ftrl_slots,
             "1.15 began its accumulators with a constant"),
    Restored("ftrl:FtrlOptimizer._prepare", _make_ftrl_prepare,
             "1.15 had no beta"),
    Restored("gradient_descent:GradientDescentOptimizer."
             "_resource_apply_sparse_duplicate_indices",
             _make_descent_on_rows,
             "1.15 multiplied by the rate as it was given"),
    Restored("math_ops:accumulate_n", _make_accumulate_n,
             "1.15 had a kernel for it"),
    Restored("sync_replicas_optimizer:SyncReplicasOptimizer.apply_gradients",
             _make_synchronous_apply, "1.15 made a queue more"),
    Restored("saver:BaseSaverBuilder._AddShardedSaveOpsForV2",
             _make_sharded_save, "today's looks whether files lie in a bucket"),
    Restored("learning_rate_schedule:PolynomialDecay.__call__",
             _make_polynomial_decay,
             "1.15 took the number of steps as it was given, and tf.cond"),
]
