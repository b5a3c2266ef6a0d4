"""`TransformedDistribution`: a distribution sent through a bijector."""

import functools

from tfcompat_rnn import _tf
from tfcompat_rnn._tf import tf
from tfcompat_rnn.namespace.contrib.distributions import shaping

util = shaping.util


class TransformedDistribution(tf.distributions.Distribution):
  """The distribution of `bijector.forward(x)`, with `x` from `distribution`.

  >>> tfd = tf.contrib.distributions
  >>> log_normal = tfd.TransformedDistribution(
  ...     tfd.Normal(0., 1.), tfd.bijectors.Exp())

  `batch_shape` and `event_shape` replace those of a scalar `distribution`.
  Raises ValueError if `distribution` is not scalar where one is given.

  TF 1.15: `tf.contrib.distributions.TransformedDistribution`.
  """

  def __init__(self, distribution, bijector=None, batch_shape=None,
               event_shape=None, validate_args=False, name=None):
    parameters = dict(locals())
    name = name or (
        "" if bijector is None else bijector.name) + distribution.name
    with tf.name_scope(name) as name:
      self._zero = tf.constant(0, dtype=tf.int32, name="zero")
      self._empty = tf.constant([], dtype=tf.int32, name="empty")
      if bijector is None:
        bijector = _tf.private("identity_bijector").Identity(
            validate_args=validate_args)
      (self._override_batch_shape, self._is_batch_override,
       self._is_maybe_batch_override) = self._override(
           batch_shape, distribution.is_scalar_batch(), validate_args,
           "batch_shape")
      (self._override_event_shape, self._is_event_override,
       self._is_maybe_event_override) = self._override(
           event_shape, distribution.is_scalar_event(), validate_args,
           "event_shape")
      self._needs_rotation = shaping.logical_and(
          self._is_event_override,
          shaping.logical_not(self._is_batch_override),
          shaping.logical_not(distribution.is_scalar_batch()))
      event_rank = shaping.rank_of(self._override_event_shape)
      rotates = shaping.static(self._needs_rotation)
      if rotates is None:
        self._rotate_rank = tf.where_v2(self._needs_rotation, event_rank, 0)
      else:
        self._rotate_rank = event_rank if rotates else 0
      self._reduced = tf.range(self._rotate_rank - event_rank,
                               self._rotate_rank)
    self._distribution = distribution
    self._bijector = bijector
    super().__init__(
        dtype=distribution.dtype,
        reparameterization_type=distribution.reparameterization_type,
        validate_args=validate_args,
        allow_nan_stats=distribution.allow_nan_stats,
        parameters=parameters,
        graph_parents=(_tf.attribute(distribution,
                                     "Distribution._graph_parents")
                       + bijector.graph_parents),
        name=name)

  def _override(self, shape, base_is_scalar, validate_args, name):
    """(the shape that replaces the base's, is it one?, might it be one?)."""
    shape = self._checked_override(shape, base_is_scalar, validate_args, name)
    is_override = shaping.logical_not(
        shaping.equal(shaping.rank_of(shape), self._zero))
    known = tf.get_static_value(shape)
    return shape, is_override, known is None or known.size != 0

  def _checked_override(self, shape, base_is_scalar, validate_args, name):
    shape = tf.convert_to_tensor([] if shape is None else shape,
                                 dtype=tf.int32, name=name)
    no_override = shaping.equal(shaping.rank_of(shape), 0)
    if tf.get_static_value(no_override):
      return self._empty
    checks = []
    if shape.get_shape().rank is not None:
      if shape.get_shape().rank != 1:
        raise ValueError("shape override must be a vector")
    elif validate_args:
      checks.append(tf.assert_rank(
          shape, 1, message="shape override must be a vector"))
    known = tf.get_static_value(shape)
    if known is not None:
      if any(size <= 0 for size in known):
        raise ValueError("shape override must have positive elements")
    elif validate_args:
      checks.append(tf.assert_positive(
          shape, message="shape override must have positive elements"))
    both = shaping.logical_and(shaping.logical_not(base_is_scalar),
                               shaping.logical_not(no_override))
    known = tf.get_static_value(both)
    if known:
      raise ValueError("base distribution not scalar")
    if known is None and validate_args:
      checks.append(tf.assert_equal(
          both, False, message="base distribution not scalar"))
    if not checks:
      return shape
    with tf.control_dependencies(checks):
      return tf.identity(shape)

  @property
  def distribution(self):
    """The distribution that is transformed."""
    return self._distribution

  @property
  def bijector(self):
    """The transformation."""
    return self._bijector

  def _event_shape_tensor(self):
    return self.bijector.forward_event_shape_tensor(util.pick_vector(
        self._is_event_override, self._override_event_shape,
        self.distribution.event_shape_tensor()))

  def _event_shape(self):
    override = _static_shape(self._override_event_shape)
    return self.bijector.forward_event_shape(
        override if self._is_maybe_event_override
        else self.distribution.event_shape)

  def _batch_shape_tensor(self):
    return util.pick_vector(
        self._is_batch_override, self._override_batch_shape,
        self.distribution.batch_shape_tensor())

  def _batch_shape(self):
    override = _static_shape(self._override_batch_shape)
    return (override if self._is_maybe_batch_override
            else self.distribution.batch_shape)

  def _sample_n(self, n, seed=None):
    shape = shaping.concat(
        util.pick_vector(self._needs_rotation, self._empty, [n]),
        self._override_batch_shape,
        self._override_event_shape,
        util.pick_vector(self._needs_rotation, [n], self._empty))
    return self._rotated(
        self.distribution.sample(sample_shape=shape, seed=seed))

  def _call_sample_n(self, sample_shape, seed, name, **kwargs):
    # The bijector comes last: what it returns is what its cache knows, and
    # log_prob of a sample then needs no inverse.
    own = functools.partial(_tf.attribute, self)
    with own("Distribution._name_scope")(name, values=[sample_shape]):
      sample_shape = tf.convert_to_tensor(sample_shape, dtype=tf.int32,
                                          name="sample_shape")
      sample_shape, n = own("Distribution._expand_sample_shape_to_vector")(
          sample_shape, "sample_shape")
      x = self._sample_n(n, seed, **kwargs)
      rest = tf.shape(x)[1:]
      x = tf.reshape(x, tf.concat([sample_shape, rest], 0))
      return own("Distribution._set_sample_static_shape")(
          self.bijector.forward(x, **kwargs), sample_shape)

  def _is_injective(self):
    return _tf.attribute(self.bijector, "Bijector._is_injective")

  def _on_fibers(self, y, finish, together):
    x = self.bijector.inverse(y)
    rank = self._event_rank()
    determinant = self.bijector.inverse_log_det_jacobian(y, event_ndims=rank)
    if self._is_injective():
      return finish(y, x, determinant, rank)
    return together([finish(y, one, its_determinant, rank)
                     for one, its_determinant in zip(x, determinant)])

  def _log_prob(self, y):
    return self._on_fibers(
        y, self._log_prob_of_fiber,
        lambda parts: tf.reduce_logsumexp(tf.stack(parts), axis=0))

  def _log_prob_of_fiber(self, y, x, determinant, rank):
    x = self._rotated(x, right=True)
    result = self.distribution.log_prob(x)
    if self._is_maybe_event_override:
      result = tf.reduce_sum(result, self._reduced)
    result += tf.cast(determinant, result.dtype)
    return self._with_shape(result, y, rank)

  def _prob(self, y):
    return self._on_fibers(y, self._prob_of_fiber, sum)

  def _prob_of_fiber(self, y, x, determinant, rank):
    x = self._rotated(x, right=True)
    result = self.distribution.prob(x)
    if self._is_maybe_event_override:
      result = tf.reduce_prod(result, self._reduced)
    result *= tf.exp(tf.cast(determinant, result.dtype))
    return self._with_shape(result, y, rank)

  def _with_shape(self, result, y, rank):
    if self._is_maybe_event_override and isinstance(rank, int):
      result.set_shape(tf.broadcast_static_shape(
          y.get_shape().with_rank_at_least(1)[:-rank], self.batch_shape))
    return result

  def _check_has_inverse(self, what):
    if self._is_maybe_event_override:
      raise NotImplementedError(
          f"{what} is not implemented when overriding event_shape")
    if not self._is_injective():
      raise NotImplementedError(
          f"{what} is not implemented when bijector is not injective.")

  def _log_cdf(self, y):
    self._check_has_inverse("log_cdf")
    return self.distribution.log_cdf(self.bijector.inverse(y))

  def _cdf(self, y):
    self._check_has_inverse("cdf")
    return self.distribution.cdf(self.bijector.inverse(y))

  def _log_survival_function(self, y):
    self._check_has_inverse("log_survival_function")
    return self.distribution.log_survival_function(self.bijector.inverse(y))

  def _survival_function(self, y):
    self._check_has_inverse("survival_function")
    return self.distribution.survival_function(self.bijector.inverse(y))

  def _quantile(self, value):
    self._check_has_inverse("quantile")
    return self.bijector.forward(self.distribution.quantile(value))

  def _entropy(self):
    if not self.bijector.is_constant_jacobian:
      raise NotImplementedError("entropy is not implemented")
    if not self._is_injective():
      raise NotImplementedError(
          "entropy is not implemented when bijector is not injective.")
    entropy = self.distribution.entropy()
    if self._is_maybe_event_override:
      # The elements of the event are independent and equally distributed.
      entropy *= tf.cast(tf.reduce_prod(self._override_event_shape),
                         dtype=entropy.dtype.base_dtype)
    if self._is_maybe_batch_override:
      entropy = tf.reshape(entropy, tf.concat([
          shaping.ones_like(self._override_batch_shape),
          self.distribution.batch_shape_tensor()], 0))
      entropy = tf.tile(entropy, tf.concat([
          self._override_batch_shape,
          shaping.ones_like(self.distribution.batch_shape_tensor())], 0))
    # The Jacobian is constant, so any point serves.
    point = tf.zeros(shape=tf.concat(
        [self.batch_shape_tensor(), self.event_shape_tensor()], 0),
                     dtype=self.dtype)
    rank = (self.event_shape.rank if self.event_shape.rank is not None
            else tf.size(self.event_shape_tensor()))
    determinant = self.bijector.inverse_log_det_jacobian(
        point, event_ndims=rank)
    entropy -= tf.cast(determinant, entropy.dtype)
    entropy.set_shape(self.batch_shape)
    return entropy

  def _rotated(self, x, right=False):
    needed = tf.get_static_value(self._needs_rotation)
    if needed is not None and not needed:
      return x
    rank = tf.rank(x)
    n = rank - self._rotate_rank if right else self._rotate_rank
    return tf.transpose(x, shaping.concat(tf.range(n, rank),
                                          tf.range(0, n)))

  def _event_rank(self):
    if self.event_shape.rank is not None:
      return self.event_shape.rank
    rank = tf.size(self.event_shape_tensor())
    known = tf.get_static_value(rank)
    return rank if known is None else known


def _static_shape(shape):
  known = tf.get_static_value(shape)
  if known is not None:
    return tf.TensorShape(known)
  return tf.TensorShape([None] * shape.shape[0] if shape.shape.rank == 1
                        and shape.shape[0] is not None else None)
