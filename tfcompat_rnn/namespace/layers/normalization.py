"""Batch normalization as TensorFlow 1.15's `tf.layers` had it.

The one v1 layer that TensorFlow no longer has (the others are in
`tfcompat_rnn.namespace.layers`). Its variables are
`batch_normalization/gamma`, `beta`, `moving_mean`, `moving_variance`, and with
`renorm` `moving_stddev`, `renorm_mean`, `renorm_stddev`, created in this order.
"""

from tfcompat_rnn import _errors
from tfcompat_rnn import _tf
from tfcompat_rnn._tf import private
from tfcompat_rnn._tf import tf
from tfcompat_rnn.namespace.layers import moments
from tfcompat_rnn.namespace.layers.unconverted import leave_unconverted

_Layer = private("legacy_layers").Layer
_AXES_FUSED = (-3, -1, 1, 3)
# kind of an argument -> the row of the module that finds what it names
_FINDERS = {
    "constraint": "legacy_constraints", "initializer": "legacy_initializers",
    "regularizer": "legacy_regularizers"}
_CLIPPING_KEYS = ("rmax", "rmin", "dmax")
_LOW_PRECISION = (tf.float16, tf.bfloat16)


class BatchNormalization(_Layer):
  """Normalizes `axis` by the batch (training) or by the moving statistics.

  >>> norm = tf.layers.BatchNormalization(momentum=0.9)
  >>> y = norm(x, training=True)
  >>> updates = tf.get_collection(tf.GraphKeys.UPDATE_OPS)

  `x` has any rank and a known size along `axis`; the result has its shape and
  dtype (the parameters of float16 and bfloat16 inputs are float32). In
  training, `y = (x - mean) / sqrt(var + epsilon) * gamma + beta` with the
  moments of the batch, and each call adds two update ops that move the moving
  statistics by `1 - momentum`. `renorm` turns on batch renormalization,
  `virtual_batch_size` ghost batches.

  Raises ArgumentTypeError for an `axis` that is neither an int nor a list, and
  ArgumentError for unknown `renorm_clipping` keys, an axis out of range or
  of unknown size, or `adjustment` together with `virtual_batch_size`.

  TF 1.15: `tf.layers.BatchNormalization`. Papers: Ioffe and Szegedy 2015
  (arXiv:1502.03167), Ioffe 2017 (arXiv:1702.03275).
  """

  def __init__(self, axis=-1, momentum=0.99, epsilon=1e-3, center=True,
               scale=True, beta_initializer=tf.zeros_initializer(),
               gamma_initializer=tf.ones_initializer(),
               moving_mean_initializer=tf.zeros_initializer(),
               moving_variance_initializer=tf.ones_initializer(),
               beta_regularizer=None, gamma_regularizer=None,
               beta_constraint=None, gamma_constraint=None, renorm=False,
               renorm_clipping=None, renorm_momentum=0.99, fused=None,
               trainable=True, virtual_batch_size=None, adjustment=None,
               name=None, **kwargs):
    super().__init__(name=name, **kwargs)
    if not isinstance(axis, (int, list)):
      raise _errors.ArgumentTypeError(_errors.problem(
          "axis", "be an int or a list of ints", type(axis).__name__,
          "pass for example axis=-1 or axis=[1, 2]"))
    self.axis = list(axis) if isinstance(axis, list) else axis
    self.momentum, self.epsilon = momentum, epsilon
    self.center, self.scale = center, scale
    for name, value in {
        "beta_initializer": beta_initializer,
        "gamma_initializer": gamma_initializer,
        "moving_mean_initializer": moving_mean_initializer,
        "moving_variance_initializer": moving_variance_initializer,
        "beta_regularizer": beta_regularizer,
        "gamma_regularizer": gamma_regularizer,
        "beta_constraint": beta_constraint,
        "gamma_constraint": gamma_constraint}.items():
      setattr(self, name, private(_FINDERS[name.rpartition("_")[2]]).get(value))
    self.renorm = renorm
    self.virtual_batch_size = virtual_batch_size
    self.adjustment = adjustment
    self.fused = True if fused is None else fused
    self.supports_masking = True
    self._bessels_correction_test_only = True
    self.trainable = trainable
    if renorm:
      self.renorm_clipping = renorm_clipping or {}
      self.renorm_momentum = renorm_momentum
      unknown = sorted(set(self.renorm_clipping) - set(_CLIPPING_KEYS))
      if unknown:
        raise _errors.ArgumentError(_errors.problem(
            "renorm_clipping", "have keys among rmax, rmin, dmax", unknown,
            "remove the others"))

  @property
  def _param_dtype(self):
    if self.dtype in _LOW_PRECISION:
      return tf.float32
    return self.dtype or tf.float32

  def _can_fuse(self):
    axes = [self.axis] if isinstance(self.axis, int) else self.axis
    return (not self.renorm and self.virtual_batch_size is None and
            self.adjustment is None and len(axes) == 1 and
            axes[0] in _AXES_FUSED)

  def _resolve_axes(self, shape):
    """Makes `self.axis` a list of non-negative axes; returns axis -> size."""
    rank = shape.rank
    if not rank:
      raise _errors.ArgumentError(_errors.problem(
          "inputs", "have a known rank of at least 1", shape,
          "set_shape() on the tensor before normalizing it"))
    axes = [self.axis] if isinstance(self.axis, int) else self.axis
    axes = [axis + rank if axis < 0 else axis for axis in axes]
    if any(not 0 <= axis < rank for axis in axes) or (
        len(set(axes)) != len(axes)):
      raise _errors.ArgumentError(_errors.problem(
          "axis", f"name distinct axes of a rank {rank} input", self.axis,
          f"use values from {-rank} to {rank - 1}, each once"))
    sizes = {axis: shape[axis] for axis in axes}
    sizes = {axis: getattr(size, "value", size)
             for axis, size in sizes.items()}
    if None in sizes.values():
      raise _errors.ArgumentError(_errors.problem(
          "inputs", f"have a known size along axis {axes}", shape,
          "set_shape() on the tensor before normalizing it"))
    self.axis = axes
    return sizes

  def _check_virtual_batches(self):
    if self.virtual_batch_size <= 0:
      raise _errors.ArgumentError(_errors.problem(
          "virtual_batch_size", "be positive and divide the batch size",
          self.virtual_batch_size, "pass None for whole batches"))
    if 0 in self.axis:
      raise _errors.ArgumentError(_errors.problem(
          "axis", "leave axis 0 to the batch with virtual_batch_size",
          self.axis, "normalize another axis"))
    if self.adjustment is not None:
      raise _errors.ArgumentError(_errors.problem(
          "adjustment", "be None with virtual_batch_size", self.adjustment,
          "leave out one of the two"))

  def build(self, input_shape):
    shape = tf.TensorShape(input_shape)
    sizes = self._resolve_axes(shape)
    rank = shape.rank
    if self.virtual_batch_size is not None:
      self._check_virtual_batches()
    self.fused = bool(self.fused) and rank == 4 and self._can_fuse()
    if self.fused:
      self._data_format = "NCHW" if self.axis == [1] else "NHWC"
    self.input_spec = private("legacy_input_spec")(ndim=rank, axes=sizes)
    if len(sizes) == 1 and self.virtual_batch_size is None:
      param_shape = (sizes[self.axis[0]],)
    else:
      param_shape = [sizes.get(axis, 1) for axis in range(rank)]
      if self.virtual_batch_size is not None:
        # Inputs become [virtual, batch / virtual, ...], with one more axis.
        param_shape.insert(1, 1)
        self.axis = [axis + 1 for axis in self.axis]
    self._add_parameters(param_shape)
    self._add_statistics(param_shape)
    self.built = True

  def _add_parameters(self, shape):
    dtype = self._param_dtype
    self.gamma = self.beta = None
    if self.scale:
      self.gamma = self.add_weight(
          name="gamma", shape=shape, dtype=dtype,
          initializer=self.gamma_initializer,
          regularizer=self.gamma_regularizer,
          constraint=self.gamma_constraint, trainable=True,
          experimental_autocast=False)
    elif self.fused:
      self._gamma_const = tf.constant(1.0, dtype=dtype, shape=shape)
    if self.center:
      self.beta = self.add_weight(
          name="beta", shape=shape, dtype=dtype,
          initializer=self.beta_initializer,
          regularizer=self.beta_regularizer,
          constraint=self.beta_constraint, trainable=True,
          experimental_autocast=False)
    elif self.fused:
      self._beta_const = tf.constant(0.0, dtype=dtype, shape=shape)

  def _add_statistic(self, name, shape, initializer):
    return self.add_weight(
        name=name, shape=shape, dtype=self._param_dtype,
        initializer=initializer, trainable=False,
        synchronization=tf.VariableSynchronization.ON_READ,
        aggregation=tf.VariableAggregation.MEAN, experimental_autocast=False)

  def _add_statistics(self, shape):
    scope = _tf.attribute(self, "Layer._scope")
    # Moving statistics are never partitioned, whatever the scope's partitioner.
    partitioner = scope.partitioner if scope else None
    if scope:
      scope.set_partitioner(None)
    try:
      self.moving_mean = self._add_statistic(
          "moving_mean", shape, self.moving_mean_initializer)
      self.moving_variance = self._add_statistic(
          "moving_variance", shape, self.moving_variance_initializer)
      if self.renorm:
        self._add_renorm_statistics(shape)
    finally:
      if partitioner:
        scope.set_partitioner(partitioner)

  def _add_renorm_statistics(self, shape):
    def stddev_initializer(shape, *args, **kwargs):
      # As if there had been a variance.
      variance = self.moving_variance_initializer(shape, *args, **kwargs)
      return tf.sqrt(variance)

    together = tf.distribute.get_strategy().extended.colocate_vars_with
    with together(self.moving_variance):
      self.moving_stddev = self._add_statistic(
          "moving_stddev", shape, stddev_initializer)
    with together(self.moving_mean):
      self.renorm_mean = self._add_statistic(
          "renorm_mean", shape, self.moving_mean_initializer)
    with together(self.moving_stddev):
      self.renorm_stddev = self._add_statistic(
          "renorm_stddev", shape, stddev_initializer)

  @leave_unconverted
  def call(self, inputs, training=False):
    if training is None:
      training = private("legacy_backend").learning_phase()
    if self.fused:
      return moments.normalize_fused(self, inputs, training)
    if self.virtual_batch_size is None:
      return moments.normalize(self, inputs, training)
    # Ghost batches: [batch, ...] -> [virtual, batch / virtual, ...] and back.
    rest = inputs.shape.as_list()[1:]
    ghosts = tf.reshape(inputs, [self.virtual_batch_size, -1] + rest)
    return tf.reshape(moments.normalize(self, ghosts, training), [-1] + rest)

  def compute_output_shape(self, input_shape):
    return input_shape


def batch_normalization(
    inputs, axis=-1, momentum=0.99, epsilon=1e-3, center=True, scale=True,
    beta_initializer=tf.zeros_initializer(),
    gamma_initializer=tf.ones_initializer(),
    moving_mean_initializer=tf.zeros_initializer(),
    moving_variance_initializer=tf.ones_initializer(),
    beta_regularizer=None, gamma_regularizer=None, beta_constraint=None,
    gamma_constraint=None, training=False, trainable=True, name=None,
    reuse=None, renorm=False, renorm_clipping=None, renorm_momentum=0.99,
    fused=None, virtual_batch_size=None, adjustment=None):
  """`BatchNormalization(...)(inputs, training=training)` in one call.

  >>> y = tf.layers.batch_normalization(x, training=is_training)

  `training` is a bool or a scalar bool tensor. The update ops of the moving
  statistics go to `tf.GraphKeys.UPDATE_OPS`; run them with the train op.
  Shapes, arguments and errors are those of the class.

  TF 1.15: `tf.layers.batch_normalization`.
  """
  layer = BatchNormalization(
      axis=axis, momentum=momentum, epsilon=epsilon, center=center,
      scale=scale, beta_initializer=beta_initializer,
      gamma_initializer=gamma_initializer,
      moving_mean_initializer=moving_mean_initializer,
      moving_variance_initializer=moving_variance_initializer,
      beta_regularizer=beta_regularizer, gamma_regularizer=gamma_regularizer,
      beta_constraint=beta_constraint, gamma_constraint=gamma_constraint,
      renorm=renorm, renorm_clipping=renorm_clipping,
      renorm_momentum=renorm_momentum, fused=fused, trainable=trainable,
      virtual_batch_size=virtual_batch_size, adjustment=adjustment,
      name=name, _reuse=reuse, _scope=name)
  return layer(inputs, training=training)


# Second names in tensorflow.python.layers.normalization.
BatchNorm = BatchNormalization
batch_norm = batch_normalization
