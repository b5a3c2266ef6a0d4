"""Multivariate normal distributions."""

from tfcompat_rnn._tf import tf
from tfcompat_rnn.namespace.contrib.distributions import bijectors
from tfcompat_rnn.namespace.contrib.distributions import shaping
from tfcompat_rnn.namespace.contrib.distributions import transformed

util = shaping.util


def _tensor(x, name):
  return None if x is None else tf.convert_to_tensor(x, name=name)


def is_diagonal(scale):
  """Whether the operator `scale` has nothing but a diagonal."""
  return isinstance(scale, (tf.linalg.LinearOperatorIdentity,
                            tf.linalg.LinearOperatorScaledIdentity,
                            tf.linalg.LinearOperatorDiag))


def diagonal_scale(loc=None, scale_diag=None, scale_identity_multiplier=None,
                   shape_hint=None):
  """The operator with `scale_diag + multiplier` on its diagonal."""
  with tf.name_scope("make_diag_scale"):
    loc = _tensor(loc, "loc")
    scale_diag = _tensor(scale_diag, "scale_diag")
    multiplier = _tensor(scale_identity_multiplier,
                         "scale_identity_multiplier")
    if scale_diag is not None:
      if multiplier is not None:
        scale_diag += multiplier[..., tf.newaxis]
      return tf.linalg.LinearOperatorDiag(
          diag=scale_diag, is_non_singular=True, is_self_adjoint=True,
          is_positive_definite=False)
    if loc is None and shape_hint is None:
      raise ValueError("Cannot infer `event_shape` unless `loc` or "
                       "`shape_hint` is specified.")
    rows = loc.shape[-1] if shape_hint is None else shape_hint
    if multiplier is None:
      return tf.linalg.LinearOperatorIdentity(
          num_rows=rows, dtype=loc.dtype.base_dtype, is_self_adjoint=True,
          is_positive_definite=True)
    return tf.linalg.LinearOperatorScaledIdentity(
        num_rows=rows, multiplier=multiplier, is_non_singular=True,
        is_self_adjoint=True, is_positive_definite=False)


class MultivariateNormalLinearOperator(transformed.TransformedDistribution):
  """The normal distribution of `scale @ z + loc`.

  `loc` `[..., k]`, or None for zero; `scale` is a `tf.linalg.LinearOperator`
  of `k` rows. Raises ValueError without a `scale`, and TypeError unless its
  dtype is a floating-point type.

  TF 1.15: `tensorflow.contrib.distributions.python.ops.mvn_linear_operator`.
  """

  def __init__(self, loc=None, scale=None, validate_args=False,
               allow_nan_stats=True,
               name="MultivariateNormalLinearOperator"):
    parameters = dict(locals())
    if scale is None:
      raise ValueError("Missing required `scale` parameter.")
    if not scale.dtype.is_floating:
      raise TypeError("`scale` parameter must have floating-point dtype.")
    with tf.name_scope(name) as name:
      loc = _tensor(loc, "loc")
      batch_shape, event_shape = shaping.of_loc_and_scale(loc, scale)
    super().__init__(
        distribution=tf.distributions.Normal(
            loc=tf.zeros([], dtype=scale.dtype),
            scale=tf.ones([], dtype=scale.dtype)),
        bijector=bijectors.AffineLinearOperator(
            shift=loc, scale=scale, validate_args=validate_args),
        batch_shape=batch_shape, event_shape=event_shape,
        validate_args=validate_args, name=name)
    self._parameters = parameters

  @property
  def loc(self):
    """The mean, or None."""
    return self.bijector.shift

  @property
  def scale(self):
    """The linear operator that a standard normal vector is sent through."""
    return self.bijector.scale

  def _mean(self):
    shape = self.batch_shape.concatenate(self.event_shape)
    is_static = shape.is_fully_defined()
    if not is_static:
      shape = tf.concat([self.batch_shape_tensor(),
                         self.event_shape_tensor()], 0)
    if self.loc is None:
      return tf.zeros(shape, self.dtype)
    if is_static and shape == self.loc.get_shape():
      return tf.identity(self.loc)
    return tf.identity(self.loc) + tf.zeros(shape, self.dtype)

  def _covariance(self):
    if is_diagonal(self.scale):
      return tf.matrix_diag(tf.square(self.scale.diag_part()))
    return self.scale.matmul(self.scale.to_dense(), adjoint_arg=True)

  def _variance(self):
    if is_diagonal(self.scale):
      return tf.square(self.scale.diag_part())
    return tf.matrix_diag_part(self._product())

  def _stddev(self):
    if is_diagonal(self.scale):
      return tf.abs(self.scale.diag_part())
    return tf.sqrt(tf.matrix_diag_part(self._product()))

  def _product(self):
    if (isinstance(self.scale, tf.linalg.LinearOperatorLowRankUpdate)
        and self.scale.is_self_adjoint):
      return self.scale.matmul(self.scale.to_dense())
    return self.scale.matmul(self.scale.to_dense(), adjoint_arg=True)

  def _mode(self):
    return self._mean()


class MultivariateNormalDiag(MultivariateNormalLinearOperator):
  """A normal distribution with independent elements.

  >>> tf.contrib.distributions.MultivariateNormalDiag([0., 1.], [1., 2.])

  `loc` `[..., k]`; `scale_diag` `[..., k]` are the standard deviations, to
  which `scale_identity_multiplier` `[...]` is added. Raises ValueError if
  `k` is not known.

  TF 1.15: `tf.contrib.distributions.MultivariateNormalDiag`.
  """

  def __init__(self, loc=None, scale_diag=None,
               scale_identity_multiplier=None, validate_args=False,
               allow_nan_stats=True, name="MultivariateNormalDiag"):
    parameters = dict(locals())
    with tf.name_scope(name) as name:
      with tf.name_scope("init"):
        scale = diagonal_scale(loc, scale_diag, scale_identity_multiplier)
    super().__init__(loc=loc, scale=scale, validate_args=validate_args,
                     allow_nan_stats=allow_nan_stats, name=name)
    self._parameters = parameters


class MultivariateNormalDiagWithSoftplusScale(MultivariateNormalDiag):
  """`MultivariateNormalDiag` with `softplus(scale_diag)`.

  TF 1.15: `tf.contrib.distributions.MultivariateNormalDiagWithSoftplusScale`.
  """

  def __init__(self, loc, scale_diag, validate_args=False,
               allow_nan_stats=True,
               name="MultivariateNormalDiagWithSoftplusScale"):
    parameters = dict(locals())
    with tf.name_scope(name) as name:
      super().__init__(loc=loc, scale_diag=tf.nn.softplus(scale_diag),
                       validate_args=validate_args,
                       allow_nan_stats=allow_nan_stats, name=name)
    self._parameters = parameters


class MultivariateNormalTriL(MultivariateNormalLinearOperator):
  """A normal distribution with a lower triangular scale.

  `loc` `[..., k]`, `scale_tril` `[..., k, k]`: the Cholesky factor of the
  covariance. Raises ValueError if both are missing.

  TF 1.15: `tf.contrib.distributions.MultivariateNormalTriL`.
  """

  def __init__(self, loc=None, scale_tril=None, validate_args=False,
               allow_nan_stats=True, name="MultivariateNormalTriL"):
    parameters = dict(locals())
    if loc is None and scale_tril is None:
      raise ValueError("Must specify one or both of `loc`, `scale_tril`.")
    with tf.name_scope(name) as name:
      with tf.name_scope("init"):
        loc = _tensor(loc, "loc")
        scale_tril = _tensor(scale_tril, "scale_tril")
        if scale_tril is None:
          scale = tf.linalg.LinearOperatorIdentity(
              num_rows=util.dimension_size(loc, -1), dtype=loc.dtype,
              is_self_adjoint=True, is_positive_definite=True,
              assert_proper_shapes=validate_args)
        else:
          scale = tf.linalg.LinearOperatorLowerTriangular(
              scale_tril, is_non_singular=True, is_self_adjoint=False,
              is_positive_definite=False)
    super().__init__(loc=loc, scale=scale, validate_args=validate_args,
                     allow_nan_stats=allow_nan_stats, name=name)
    self._parameters = parameters


class MultivariateNormalFullCovariance(MultivariateNormalTriL):
  """A normal distribution with a covariance matrix.

  `loc` `[..., k]`, `covariance_matrix` `[..., k, k]`, symmetric and positive
  definite. Raises ValueError if both are missing.

  TF 1.15: `tf.contrib.distributions.MultivariateNormalFullCovariance`.
  """

  def __init__(self, loc=None, covariance_matrix=None, validate_args=False,
               allow_nan_stats=True,
               name="MultivariateNormalFullCovariance"):
    parameters = dict(locals())
    with tf.name_scope(name) as name:
      with tf.name_scope("init"):
        scale_tril = None
        if covariance_matrix is not None:
          matrix = tf.convert_to_tensor(covariance_matrix,
                                        name="covariance_matrix")
          if validate_args:
            with tf.control_dependencies([tf.debugging.assert_near(
                matrix, tf.matrix_transpose(matrix),
                message="Matrix was not symmetric")]):
              matrix = tf.identity(matrix)
          scale_tril = tf.cholesky(matrix)
        super().__init__(loc=loc, scale_tril=scale_tril,
                         validate_args=validate_args,
                         allow_nan_stats=allow_nan_stats, name=name)
    self._parameters = parameters


@tf.distributions.RegisterKL(MultivariateNormalLinearOperator,
                             MultivariateNormalLinearOperator)
def _kl_normals(a, b, name=None):
  def squared_norm(x):
    return tf.reduce_sum(tf.square(x), axis=[-2, -1])
  with tf.name_scope(name, "kl_mvn"):
    if is_diagonal(a.scale) and is_diagonal(b.scale):
      ratio = (a.stddev() / b.stddev())[..., tf.newaxis]
    else:
      ratio = shaping.solve(b.scale, a.scale.to_dense())
    divergence = (
        b.scale.log_abs_determinant() - a.scale.log_abs_determinant()
        + 0.5 * (-tf.cast(a.scale.domain_dimension_tensor(), a.dtype)
                 + squared_norm(ratio)
                 + squared_norm(shaping.solve(
                     b.scale, (b.mean() - a.mean())[..., tf.newaxis]))))
    divergence.set_shape(tf.broadcast_static_shape(a.batch_shape,
                                                   b.batch_shape))
    return divergence
