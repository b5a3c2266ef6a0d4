"""The arithmetic of batch normalization, and its update ops.

Each function takes the layer (`normalization.BatchNormalization`) with its
variables and options, builds ops in the current scope and adds the layer's
updates. The order and the names of the ops are TensorFlow 1.15's.
"""

from tfcompat_rnn._tf import private
from tfcompat_rnn._tf import tf

_utils = private("legacy_layer_utils")


def _branch(training, true_fn, false_fn):
  return _utils.smart_cond(training, true_fn, false_fn)


def _move(variable, value, momentum):
  """`variable -= (variable - value) * (1 - momentum)`, named as in 1.15."""
  dtype = variable.dtype.base_dtype
  with tf.name_scope("AssignMovingAvg") as scope:
    with tf.get_default_graph().colocate_with(variable.op):
      rate = tf.convert_to_tensor(1.0 - momentum, name="decay")
      # A cast to its own dtype would use up the name of an operation.
      rate = rate if rate.dtype == dtype else tf.cast(rate, dtype)
      return tf.assign_sub(
          variable, (variable - tf.cast(value, dtype)) * rate, name=scope)


def _replace(variable, value):
  with tf.name_scope("AssignNewValue") as scope:
    with tf.get_default_graph().colocate_with(variable.op):
      return tf.assign(variable, value, name=scope)


def _move_variance(layer, variance, momentum):
  """Moves the inference variance; with renorm through its square root."""
  if not layer.renorm:
    return _move(layer.moving_variance, variance, momentum)
  # The square root is moved with epsilon included, as training divides by it;
  # relu prevents a negative variance from rounding.
  stddev = _move(
      layer.moving_stddev, tf.sqrt(variance + layer.epsilon), momentum)
  return _replace(layer.moving_variance,
                  tf.nn.relu(stddev * stddev - layer.epsilon))


def normalize_fused(layer, inputs, training):
  """Rank 4 with TensorFlow's fused kernel; adds the layer's updates."""
  offset = layer.beta if layer.center else layer._beta_const
  scale = layer.gamma if layer.scale else layer._gamma_const
  common = dict(epsilon=layer.epsilon, data_format=layer._data_format)
  output, mean, variance = _branch(
      training,
      lambda: tf.nn.fused_batch_norm(inputs, scale, offset, **common),
      lambda: tf.nn.fused_batch_norm(
          inputs, scale, offset, mean=layer.moving_mean,
          variance=layer.moving_variance, is_training=False, **common))
  if not layer._bessels_correction_test_only:
    # The kernel returns the unbiased variance; this makes it the biased one.
    rows = tf.cast(tf.size(inputs) / tf.size(variance), variance.dtype)
    variance *= (rows - tf.cast(1.0, variance.dtype)) / rows
  known = _utils.constant_value(training)
  if known is None:
    momentum = _branch(training, lambda: layer.momentum, lambda: 1.0)
  else:
    momentum = tf.convert_to_tensor(layer.momentum)
  if known or known is None:
    layer.add_update(lambda: _move(layer.moving_mean, mean, momentum))
    layer.add_update(lambda: _move_variance(layer, variance, momentum))
  return output


def _compose(scale, offset, then_scale, then_offset):
  """`(x * scale + offset) * then_scale + then_offset` as one pair."""
  if then_scale is not None:
    scale, offset = [one * then_scale for one in (scale, offset)]
  return scale, offset if then_offset is None else offset + then_offset


def _in_training(training, value, otherwise):
  """`value`, or `otherwise(value)` when nothing is trained."""
  return _branch(training, lambda: value, lambda: otherwise(value))


def _adjust(layer, inputs, training, scale, offset):
  adjust_scale, adjust_offset = layer.adjustment(tf.shape(inputs))
  return _compose(_in_training(training, adjust_scale, tf.ones_like),
                  _in_training(training, adjust_offset, tf.zeros_like),
                  scale, offset)


def _limited(value, least, most):
  if least is not None:
    value = tf.maximum(value, least)
  return value if most is None else tf.minimum(value, most)


def _renorm(layer, mean, variance, training):
  """Renorm's `(r, d)`, and the moments that move the inference averages."""
  stddev = tf.sqrt(variance + layer.epsilon)
  base = tf.maximum(layer.renorm_stddev, tf.sqrt(layer.epsilon))
  r = stddev / base
  d = (mean - layer.renorm_mean) / base
  # r and d must read the averages before they are moved.
  with tf.control_dependencies([r, d]):
    mean, stddev = map(tf.identity, (mean, stddev))
  limits = layer.renorm_clipping
  r = _limited(r, limits.get("rmin"), limits.get("rmax"))
  most = limits.get("dmax")
  d = _limited(d, None if most is None else -most, most)
  r = _in_training(training, r, tf.ones_like)
  d = _in_training(training, d, tf.zeros_like)

  def follow(variable, value):
    value = tf.identity(value)
    return _branch(training,
                   lambda: _move(variable, value, layer.renorm_momentum),
                   lambda: tf.identity(variable))

  moved = [follow(layer.renorm_mean, mean),
           follow(layer.renorm_stddev, stddev)]
  with tf.control_dependencies(moved):
    return r, d, tf.identity(mean), tf.identity(variance)


def _axes(layer, shape):
  """(axes that moments are over, a function that shapes parameters for them)

  Moments and parameters of one axis are vectors; unless it is the last one,
  they get dimensions of 1 for the others.
  """
  rank = shape.rank
  reduced = [axis for axis in range(rank) if axis not in layer.axis]
  if layer.virtual_batch_size is not None:
    # Axis 1 counts the ghost batches, which are normalized one by one.
    del reduced[1]
  axis = layer.axis[0]
  wide = [1] * rank
  wide[axis] = getattr(shape[axis], "value", shape[axis])
  fits = reduced == list(range(rank - 1))

  def widen(value):
    if value is None or fits or len(value.shape) == rank:
      return value
    return tf.reshape(value, wide)
  return reduced, widen


def _moments(layer, inputs, reduced, training):
  """The moments of the batch in training, else those that have been learned."""
  learned = layer.moving_mean, layer.moving_variance
  batch = tf.nn.moments(
      tf.cast(inputs, layer._param_dtype), reduced,
      keep_dims=layer.virtual_batch_size is not None or len(layer.axis) > 1)
  return [_branch(training, lambda: new, lambda: tf.convert_to_tensor(old))
          for new, old in zip(batch, learned)]


def _learn(layer, mean, variance, training, widen, scale, offset):
  """Adds the updates; returns scale and offset after renorm's correction."""
  if layer.virtual_batch_size is not None:
    mean, variance = [tf.reduce_mean(one, axis=1, keepdims=True)
                      for one in (mean, variance)]
  if layer.renorm:
    r, d, mean, variance = _renorm(layer, mean, variance, training)
    r, d = [widen(tf.stop_gradient(one, name=name))
            for one, name in ((r, "renorm_r"), (d, "renorm_d"))]
    scale, offset = _compose(r, d, scale, offset)
  def update(variable, move, value):
    layer.add_update(lambda: _branch(
        training, lambda: move(value), lambda: variable))

  update(layer.moving_mean, lambda value: _move(
      layer.moving_mean, value, layer.momentum), mean)
  update(layer.moving_variance, lambda value: _move_variance(
      layer, value, layer.momentum), variance)
  return scale, offset


def normalize(layer, inputs, training):
  """Any rank and any axes, with single ops; adds the layer's updates."""
  reduced, widen = _axes(layer, inputs.shape)
  scale, offset = widen(layer.gamma), widen(layer.beta)
  if _utils.constant_value(training) is False:
    mean, variance = layer.moving_mean, layer.moving_variance
  else:
    if layer.adjustment:
      scale, offset = _adjust(layer, inputs, training, scale, offset)
    mean, variance = _moments(layer, inputs, reduced, training)
    scale, offset = _learn(layer, mean, variance, training, widen, scale,
                           offset)
  mean, variance, offset, scale = [
      None if part is None else tf.cast(part, inputs.dtype)
      for part in (mean, variance, offset, scale)]
  outputs = tf.nn.batch_normalization(
      inputs, widen(mean), widen(variance), offset, scale, layer.epsilon)
  outputs.set_shape(inputs.shape)
  return outputs
