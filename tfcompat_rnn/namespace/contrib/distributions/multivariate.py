"""Multivariate normal distributions."""

import operator

from tfcompat_rnn import _errors
from tfcompat_rnn._tf import tf
from tfcompat_rnn.namespace.contrib.distributions import bijectors
from tfcompat_rnn.namespace.contrib.distributions import parameters
from tfcompat_rnn.namespace.contrib.distributions import shaping
from tfcompat_rnn.namespace.contrib.distributions import transformed

util = shaping.util
recorded = parameters.recorded
linalg = tf.linalg


def _tensors(**values):
  """The values as tensors with their names; None stays None."""
  return [None if value is None else tf.convert_to_tensor(value, name=name)
          for name, value in values.items()]


def is_diagonal(scale):
  """Whether the operator `scale` has nothing but a diagonal."""
  return isinstance(scale, (linalg.LinearOperatorDiag,
                            linalg.LinearOperatorIdentity,
                            linalg.LinearOperatorScaledIdentity))


def diagonal_scale(loc=None, scale_diag=None, scale_identity_multiplier=None):
  """The operator with `scale_diag + multiplier` on its diagonal."""
  # The numbers on the diagonal may be negative.
  flags = dict(is_non_singular=True, is_self_adjoint=True,
               is_positive_definite=False)
  with tf.name_scope("make_diag_scale"):
    loc, diagonal, multiplier = _tensors(
        loc=loc, scale_diag=scale_diag,
        scale_identity_multiplier=scale_identity_multiplier)
    if diagonal is not None:
      if multiplier is not None:
        diagonal = diagonal + multiplier[..., tf.newaxis]
      return linalg.LinearOperatorDiag(diagonal, **flags)
    if loc is None:
      raise ValueError(_errors.problem(
          "scale_diag", "be given if `loc` is not", None,
          "pass one of them, from which the event shape follows"))
    rows = loc.shape[-1]
    if multiplier is not None:
      return linalg.LinearOperatorScaledIdentity(rows, multiplier, **flags)
    return linalg.LinearOperatorIdentity(
        rows, dtype=loc.dtype.base_dtype, is_self_adjoint=True,
        is_positive_definite=True)


class MultivariateNormalLinearOperator(transformed.TransformedDistribution):
  """The normal distribution of `scale @ z + loc`.

  `loc` `[..., k]`, or None for zero; `scale` is a `tf.linalg.LinearOperator`
  of `k` rows. Raises ValueError without a `scale`, and TypeError unless its
  dtype is a floating-point type.

  TF 1.15: `tensorflow.contrib.distributions.python.ops.mvn_linear_operator`.
  """

  loc = property(operator.attrgetter("bijector.shift"),
                 doc="The mean, or None.")
  scale = property(operator.attrgetter("bijector.scale"), doc=(
      "The linear operator that a standard normal vector is sent through."))

  @recorded
  def __init__(self, loc=None, scale=None, validate_args=False,
               allow_nan_stats=True,
               name="MultivariateNormalLinearOperator"):
    if scale is None:
      raise ValueError(_errors.problem(
          "scale", "be a tf.linalg.LinearOperator", None, "pass one"))
    if not scale.dtype.is_floating:
      raise TypeError(_errors.problem(
          "scale", "have a floating-point dtype", scale.dtype.name,
          "make it of floats"))
    with tf.name_scope(name) as scope:
      [loc] = _tensors(loc=loc)
      batch_shape, event_shape = shaping.of_loc_and_scale(loc, scale)
    zero, one = (make([], dtype=scale.dtype) for make in (tf.zeros, tf.ones))
    super().__init__(
        tf.distributions.Normal(zero, one),
        bijectors.AffineLinearOperator(loc, scale, validate_args),
        batch_shape, event_shape, validate_args, scope)

  def _mean(self):
    dims = self.batch_shape.concatenate(self.event_shape)
    known = dims.is_fully_defined()
    if not known:
      dims = tf.concat(
          [self.batch_shape_tensor(), self.event_shape_tensor()], 0)
    if self.loc is None:
      return tf.zeros(dims, self.dtype)
    mean = tf.identity(self.loc)
    if known and self.loc.shape == dims:
      return mean
    return mean + tf.zeros(dims, self.dtype)

  def _mode(self):
    return self._mean()

  def _covariance(self):
    if is_diagonal(self.scale):
      return tf.matrix_diag(self._squared_stddev())
    return self._squared_scale(adjoint=True)

  def _variance(self):
    return self._squared_stddev()

  def _squared_stddev(self):
    if is_diagonal(self.scale):
      return tf.square(self.scale.diag_part())
    symmetric = (isinstance(self.scale, linalg.LinearOperatorLowRankUpdate)
                 and self.scale.is_self_adjoint)
    return tf.matrix_diag_part(self._squared_scale(adjoint=not symmetric))

  def _stddev(self):
    if is_diagonal(self.scale):
      return tf.abs(self.scale.diag_part())
    return tf.sqrt(self._squared_stddev())

  def _squared_scale(self, adjoint):
    """`scale @ scale^T`, or `scale @ scale`."""
    return self.scale.matmul(self.scale.to_dense(), adjoint_arg=adjoint)


class MultivariateNormalDiag(MultivariateNormalLinearOperator):
  """A normal distribution with independent elements.

  >>> tf.contrib.distributions.MultivariateNormalDiag([0., 1.], [1., 2.])

  `loc` `[..., k]`; `scale_diag` `[..., k]` are the standard deviations, to
  which `scale_identity_multiplier` `[...]` is added. Raises ValueError if
  `k` is not known.

  TF 1.15: `tf.contrib.distributions.MultivariateNormalDiag`.
  """

  @recorded
  def __init__(self, loc=None, scale_diag=None,
               scale_identity_multiplier=None, validate_args=False,
               allow_nan_stats=True, name="MultivariateNormalDiag"):
    with tf.name_scope(name) as scope, tf.name_scope("init"):
      scale = diagonal_scale(loc, scale_diag, scale_identity_multiplier)
    super().__init__(loc, scale, validate_args, allow_nan_stats, scope)


class MultivariateNormalDiagWithSoftplusScale(MultivariateNormalDiag):
  """`MultivariateNormalDiag` with `softplus(scale_diag)`.

  TF 1.15: `tf.contrib.distributions.MultivariateNormalDiagWithSoftplusScale`.
  """

  @recorded
  def __init__(self, loc, scale_diag, validate_args=False,
               allow_nan_stats=True,
               name="MultivariateNormalDiagWithSoftplusScale"):
    with tf.name_scope(name) as scope:
      super().__init__(loc, tf.nn.softplus(scale_diag), None, validate_args,
                       allow_nan_stats, scope)


class MultivariateNormalTriL(MultivariateNormalLinearOperator):
  """A normal distribution with a lower triangular scale.

  `loc` `[..., k]`, `scale_tril` `[..., k, k]`: the Cholesky factor of the
  covariance. Raises ValueError if both are missing.

  TF 1.15: `tf.contrib.distributions.MultivariateNormalTriL`.
  """

  @recorded
  def __init__(self, loc=None, scale_tril=None, validate_args=False,
               allow_nan_stats=True, name="MultivariateNormalTriL"):
    if loc is scale_tril is None:
      raise ValueError(_errors.problem(
          "scale_tril", "be given if `loc` is not", None,
          "pass one of them, or both"))
    with tf.name_scope(name) as scope, tf.name_scope("init"):
      loc, tril = _tensors(loc=loc, scale_tril=scale_tril)
      if tril is not None:
        scale = linalg.LinearOperatorLowerTriangular(
            tril, is_non_singular=True, is_self_adjoint=False,
            is_positive_definite=False)
      else:
        scale = linalg.LinearOperatorIdentity(
            util.dimension_size(loc, -1), dtype=loc.dtype,
            assert_proper_shapes=validate_args, is_self_adjoint=True,
            is_positive_definite=True)
    super().__init__(loc, scale, validate_args, allow_nan_stats, scope)


class MultivariateNormalFullCovariance(MultivariateNormalTriL):
  """A normal distribution with a covariance matrix.

  `loc` `[..., k]`, `covariance_matrix` `[..., k, k]`, symmetric and positive
  definite. Raises ValueError if both are missing.

  TF 1.15: `tf.contrib.distributions.MultivariateNormalFullCovariance`.
  """

  @recorded
  def __init__(self, loc=None, covariance_matrix=None, validate_args=False,
               allow_nan_stats=True,
               name="MultivariateNormalFullCovariance"):
    with tf.name_scope(name) as scope, tf.name_scope("init"):
      [tril] = _tensors(covariance_matrix=covariance_matrix)
      if tril is not None:
        if validate_args:
          tril = parameters.checked(tril, tf.debugging.assert_near(
              tril, tf.matrix_transpose(tril),
              message="`covariance_matrix` must be symmetric"))
        tril = tf.cholesky(tril)
      super().__init__(loc, tril, validate_args, allow_nan_stats, scope)


@tf.distributions.RegisterKL(MultivariateNormalLinearOperator,
                             MultivariateNormalLinearOperator)
def _kl_normals(a, b, name=None):
  def norm(matrix):
    return tf.reduce_sum(tf.square(matrix), axis=[-2, -1])
  with tf.name_scope(name, "kl_mvn"):
    if is_diagonal(a.scale) and is_diagonal(b.scale):
      ratio = (a.stddev() / b.stddev())[..., tf.newaxis]
    else:
      ratio = shaping.solve(b.scale, a.scale.to_dense())
    volumes = b.scale.log_abs_determinant() - a.scale.log_abs_determinant()
    size = tf.cast(a.scale.domain_dimension_tensor(), a.dtype)
    spread = -size + norm(ratio)
    away = shaping.solve(b.scale, (b.mean() - a.mean())[..., tf.newaxis])
    divergence = volumes + 0.5 * (spread + norm(away))
    divergence.set_shape(tf.broadcast_static_shape(a.batch_shape,
                                                   b.batch_shape))
    return divergence
