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
  with tf.name_scope("AssignMovingAvg") as scope:
    with tf.get_default_graph().colocate_with(variable.op):
      decay = tf.convert_to_tensor(1.0 - momentum, name="decay")
      if decay.dtype != variable.dtype.base_dtype:
        decay = tf.cast(decay, variable.dtype.base_dtype)
      step = (variable - tf.cast(value, variable.dtype.base_dtype)) * decay
      return tf.assign_sub(variable, step, name=scope)


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
    scale, offset = scale * then_scale, offset * then_scale
  if then_offset is not None:
    offset = offset + then_offset
  return scale, offset


def _adjust(layer, inputs, training, scale, offset):
  adjust_scale, adjust_offset = layer.adjustment(tf.shape(inputs))
  adjust_scale = _branch(
      training, lambda: adjust_scale, lambda: tf.ones_like(adjust_scale))
  adjust_offset = _branch(
      training, lambda: adjust_offset, lambda: tf.zeros_like(adjust_offset))
  return _compose(adjust_scale, adjust_offset, scale, offset)


def _renorm(layer, mean, variance, training):
  """Renorm's `(r, d)`, and the moments that move the inference averages."""
  stddev = tf.sqrt(variance + layer.epsilon)
  base = tf.maximum(layer.renorm_stddev, tf.sqrt(layer.epsilon))
  r = stddev / base
  d = (mean - layer.renorm_mean) / base
  # r and d must read the averages before they are moved.
  with tf.control_dependencies([r, d]):
    mean = tf.identity(mean)
    stddev = tf.identity(stddev)
  clips = layer.renorm_clipping
  if clips.get("rmin") is not None:
    r = tf.maximum(r, clips["rmin"])
  if clips.get("rmax") is not None:
    r = tf.minimum(r, clips["rmax"])
  if clips.get("dmax") is not None:
    d = tf.maximum(d, -clips["dmax"])
    d = tf.minimum(d, clips["dmax"])
  correction = r, d
  r = _branch(training, lambda: correction[0],
              lambda: tf.ones_like(correction[0]))
  d = _branch(training, lambda: correction[1],
              lambda: tf.zeros_like(correction[1]))

  def follow(variable, value):
    value = tf.identity(value)
    return _branch(training,
                   lambda: _move(variable, value, layer.renorm_momentum),
                   lambda: tf.identity(variable))

  moved = [follow(layer.renorm_mean, mean),
           follow(layer.renorm_stddev, stddev)]
  with tf.control_dependencies(moved):
    return r, d, tf.identity(mean), tf.identity(variance)


def normalize(layer, inputs, training):
  """Any rank and any axes, with single ops; adds the layer's updates."""
  shape = inputs.shape
  rank = shape.rank
  reduced = [axis for axis in range(rank) if axis not in layer.axis]
  if layer.virtual_batch_size is not None:
    # Axis 1 counts the ghost batches, which are normalized one by one.
    del reduced[1]
  wide = [1] * rank
  size = shape[layer.axis[0]]
  wide[layer.axis[0]] = getattr(size, "value", size)

  def broadcast(value):
    if (value is not None and len(value.shape) != rank and
        reduced != list(range(rank - 1))):
      return tf.reshape(value, wide)
    return value

  scale, offset = broadcast(layer.gamma), broadcast(layer.beta)
  if _utils.constant_value(training) is False:
    mean, variance = layer.moving_mean, layer.moving_variance
  else:
    if layer.adjustment:
      scale, offset = _adjust(layer, inputs, training, scale, offset)
    keepdims = layer.virtual_batch_size is not None or len(layer.axis) > 1
    batch = tf.nn.moments(tf.cast(inputs, layer._param_dtype), reduced,
                          keep_dims=keepdims)
    mean = _branch(training, lambda: batch[0],
                   lambda: tf.convert_to_tensor(layer.moving_mean))
    variance = _branch(training, lambda: batch[1],
                       lambda: tf.convert_to_tensor(layer.moving_variance))
    new_mean, new_variance = mean, variance
    if layer.virtual_batch_size is not None:
      new_mean = tf.reduce_mean(mean, axis=1, keepdims=True)
      new_variance = tf.reduce_mean(variance, axis=1, keepdims=True)
    if layer.renorm:
      r, d, new_mean, new_variance = _renorm(
          layer, new_mean, new_variance, training)
      r = broadcast(tf.stop_gradient(r, name="renorm_r"))
      d = broadcast(tf.stop_gradient(d, name="renorm_d"))
      scale, offset = _compose(r, d, scale, offset)
    layer.add_update(lambda: _branch(
        training,
        lambda: _move(layer.moving_mean, new_mean, layer.momentum),
        lambda: layer.moving_mean))
    layer.add_update(lambda: _branch(
        training,
        lambda: _move_variance(layer, new_variance, layer.momentum),
        lambda: layer.moving_variance))
  mean, variance, offset, scale = (
      None if part is None else tf.cast(part, inputs.dtype)
      for part in (mean, variance, offset, scale))
  outputs = tf.nn.batch_normalization(
      inputs, broadcast(mean), broadcast(variance), offset, scale,
      layer.epsilon)
  outputs.set_shape(shape)
  return outputs
