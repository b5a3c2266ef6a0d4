"""`tf.contrib.distributions.bijectors`: transformations of variables."""

import numpy as np

from tfcompat_rnn import _tf
from tfcompat_rnn._tf import tf
from tfcompat_rnn.namespace.contrib.distributions import shaping

Bijector = _tf.private("bijector_impl").Bijector
Identity = _tf.private("identity_bijector").Identity
util = shaping.util


def _checked(x, checks):
  with tf.control_dependencies(checks):
    return tf.identity(x)


class _Scoped(Bijector):
  """A bijector whose parameters are created in its own name scope."""

  def _open(self, name, validate_args):
    # _name_scope needs these before the base class sets them.
    self._graph_parents = []
    self._name = name
    self._validate_args = validate_args
    return _tf.attribute(self, "Bijector._name_scope")("init", values=[])


class AffineLinearOperator(_Scoped):
  """`scale @ x + shift`, with `scale` a `tf.linalg.LinearOperator`.

  Raises TypeError if `scale` is none or if the dtypes differ.

  TF 1.15: `tf.contrib.distributions.bijectors.AffineLinearOperator`.
  """

  def __init__(self, shift=None, scale=None, validate_args=False,
               name="affine_linear_operator"):
    with self._open(name, validate_args):
      dtype = tf.float32
      if shift is not None:
        shift = tf.convert_to_tensor(shift, name="shift")
        dtype = shift.dtype.base_dtype
      batch_rank = 0
      if scale is not None:
        if shift is not None and dtype != scale.dtype.base_dtype:
          raise TypeError(
              f"shift.dtype({shift.dtype}) is incompatible with "
              f"scale.dtype({scale.dtype}).")
        if not isinstance(scale, tf.linalg.LinearOperator):
          raise TypeError("scale is not an instance of tf.LinearOperator")
        if validate_args and not scale.is_non_singular:
          raise ValueError("Scale matrix must be non-singular.")
        rank = scale.tensor_rank
        batch_rank = (scale.tensor_rank_tensor() if rank is None
                      else rank) - 2
        if scale.dtype is not None:
          dtype = scale.dtype.base_dtype
      self._shift = shift
      self._scale = scale
      self._shaper = shaping.Shaper(batch_rank, 1, validate_args)
      super().__init__(
          forward_min_event_ndims=1,
          graph_parents=[] if shift is None else [shift],
          is_constant_jacobian=True, dtype=dtype,
          validate_args=validate_args, name=name)

  @property
  def shift(self):
    """The vector that is added, or None."""
    return self._shift

  @property
  def scale(self):
    """The linear operator, or None."""
    return self._scale

  def _checks(self):
    if not self.validate_args:
      return []
    try:
      return [self.scale.assert_non_singular()]
    except NotImplementedError:
      return []

  def _forward(self, x):
    y = x
    if self.scale is not None:
      y, sample = self._shaper.to_matrices(y)
      with tf.control_dependencies(self._checks()):
        y = self.scale.matmul(y)
      y = self._shaper.from_matrices(y, sample)
    if self.shift is not None:
      y += self.shift
    return y

  def _inverse(self, y):
    x = y
    if self.shift is not None:
      x -= self.shift
    if self.scale is not None:
      x, sample = self._shaper.to_matrices(x)
      x = shaping.solve(self.scale, x)
      x = self._shaper.from_matrices(x, sample)
    return x

  def _forward_log_det_jacobian(self, x):
    if self.scale is None:
      return tf.constant(0., dtype=x.dtype.base_dtype)
    with tf.control_dependencies(self._checks()):
      return self.scale.log_abs_determinant()


class AffineScalar(_Scoped):
  """`scale * x + shift`, element by element.

  TF 1.15: `tf.contrib.distributions.bijectors.AffineScalar`.
  """

  def __init__(self, shift=None, scale=None, validate_args=False,
               name="affine_scalar"):
    with self._open(name, validate_args):
      if shift is not None:
        shift = tf.convert_to_tensor(shift, name="shift")
      if scale is not None:
        scale = tf.convert_to_tensor(scale, name="scale")
        if validate_args:
          scale = _checked(scale, [tf.assert_none_equal(
              scale, tf.zeros([], dtype=scale.dtype))])
      self._shift = shift
      self._scale = scale
      super().__init__(forward_min_event_ndims=0, is_constant_jacobian=True,
                       validate_args=validate_args, name=name)

  @property
  def shift(self):
    """What is added, or None."""
    return self._shift

  @property
  def scale(self):
    """The factor, or None."""
    return self._scale

  def _forward(self, x):
    y = tf.identity(x)
    if self.scale is not None:
      y *= self.scale
    if self.shift is not None:
      y += self.shift
    return y

  def _inverse(self, y):
    x = tf.identity(y)
    if self.shift is not None:
      x -= self.shift
    if self.scale is not None:
      x /= self.scale
    return x

  def _forward_log_det_jacobian(self, x):
    if self.scale is None:
      return tf.constant(0., dtype=x.dtype.base_dtype)
    return tf.log(tf.abs(self.scale))


class PowerTransform(_Scoped):
  """`(1 + power * x) ** (1 / power)`, which is `exp(x)` if `power` is 0.

  Raises ValueError if `power` is negative or not constant.

  TF 1.15: `tf.contrib.distributions.bijectors.PowerTransform`.
  """

  def __init__(self, power=0., validate_args=False, name="power_transform"):
    with self._open(name, validate_args):
      power = tf.get_static_value(tf.convert_to_tensor(power, name="power"))
    if power is None or power < 0:
      raise ValueError("`power` must be a non-negative TF constant.")
    self._power = power
    super().__init__(forward_min_event_ndims=0, validate_args=validate_args,
                     name=name)

  @property
  def power(self):
    """The power."""
    return self._power

  def _valid_x(self, x):
    if not self.validate_args or self.power == 0.:
      return x
    return _checked(x, [tf.assert_non_negative(
        1. + self.power * x, message="Forward transformation input must be "
        f"at least {-1. / self.power}.")])

  def _valid_y(self, y):
    if not self.validate_args:
      return y
    return _checked(y, [tf.assert_positive(
        y, message="Inverse transformation input must be greater than 0.")])

  def _forward(self, x):
    x = self._valid_x(x)
    if self.power == 0.:
      return tf.exp(x)
    return tf.exp(tf.log1p(x * self.power) / self.power)

  def _inverse(self, y):
    y = self._valid_y(y)
    if self.power == 0.:
      return tf.log(y)
    return tf.math.expm1(tf.log(y) * self.power) / self.power

  def _inverse_log_det_jacobian(self, y):
    y = self._valid_y(y)
    return (self.power - 1.) * tf.log(y)

  def _forward_log_det_jacobian(self, x):
    x = self._valid_x(x)
    if self.power == 0.:
      return x
    return (1. / self.power - 1.) * tf.log1p(x * self.power)


class Exp(PowerTransform):
  """`exp(x)`.

  TF 1.15: `tf.contrib.distributions.bijectors.Exp`.
  """

  def __init__(self, validate_args=False, name="exp"):
    super().__init__(validate_args=validate_args, name=name)


class Sigmoid(Bijector):
  """`1 / (1 + exp(-x))`.

  TF 1.15: `tf.contrib.distributions.bijectors.Sigmoid`.
  """

  def __init__(self, validate_args=False, name="sigmoid"):
    super().__init__(forward_min_event_ndims=0, validate_args=validate_args,
                     name=name)

  def _forward(self, x):
    return tf.sigmoid(x)

  def _inverse(self, y):
    return tf.log(y) - tf.log1p(-y)

  def _inverse_log_det_jacobian(self, y):
    return -tf.log(y) - tf.log1p(-y)

  def _forward_log_det_jacobian(self, x):
    return -tf.nn.softplus(-x) - tf.nn.softplus(x)


class Softplus(Bijector):
  """`c * log(1 + exp(x / c))`, with `c` the `hinge_softness` (1 if None).

  TF 1.15: `tf.contrib.distributions.bijectors.Softplus`.
  """

  def __init__(self, hinge_softness=None, validate_args=False,
               name="softplus"):
    with tf.name_scope(name):
      if hinge_softness is not None:
        hinge_softness = tf.convert_to_tensor(hinge_softness,
                                              name="hinge_softness")
        if validate_args:
          hinge_softness = _checked(hinge_softness, [tf.assert_none_equal(
              tf.convert_to_tensor(0, dtype=hinge_softness.dtype),
              hinge_softness, message="hinge_softness must be non-zero")])
    self._hinge_softness = hinge_softness
    super().__init__(forward_min_event_ndims=0, validate_args=validate_args,
                     name=name)

  @property
  def hinge_softness(self):
    """How soft the bend at zero is, or None."""
    return self._hinge_softness

  def _forward(self, x):
    if self.hinge_softness is None:
      return tf.nn.softplus(x)
    softness = tf.cast(self.hinge_softness, x.dtype)
    return softness * tf.nn.softplus(x / softness)

  def _inverse(self, y):
    if self.hinge_softness is None:
      return util.softplus_inverse(y)
    softness = tf.cast(self.hinge_softness, y.dtype)
    return softness * util.softplus_inverse(y / softness)

  def _inverse_log_det_jacobian(self, y):
    if self.hinge_softness is not None:
      y /= tf.cast(self.hinge_softness, y.dtype)
    return -tf.log(-tf.math.expm1(-y))

  def _forward_log_det_jacobian(self, x):
    if self.hinge_softness is not None:
      x /= tf.cast(self.hinge_softness, x.dtype)
    return -tf.nn.softplus(-x)


class Softsign(Bijector):
  """`x / (1 + |x|)`.

  TF 1.15: `tf.contrib.distributions.bijectors.Softsign`.
  """

  def __init__(self, validate_args=False, name="softsign"):
    super().__init__(forward_min_event_ndims=0, validate_args=validate_args,
                     name=name)

  def _valid_y(self, y):
    if not self.validate_args:
      return y
    return _checked(y, [
        tf.assert_greater(y, tf.cast(-1., y.dtype.base_dtype), message=(
            "Inverse transformation input must be greater than -1.")),
        tf.assert_less(y, tf.cast(1., y.dtype.base_dtype), message=(
            "Inverse transformation input must be less than 1."))])

  def _forward(self, x):
    return x / (1. + tf.abs(x))

  def _inverse(self, y):
    y = self._valid_y(y)
    return y / (1. - tf.abs(y))

  def _forward_log_det_jacobian(self, x):
    return -2. * tf.log1p(tf.abs(x))

  def _inverse_log_det_jacobian(self, y):
    y = self._valid_y(y)
    return -2. * tf.log1p(-tf.abs(y))


class Permute(Bijector):
  """The elements of the last dimension in the order `permutation`.

  Raises ValueError if a constant `permutation` is not one.

  TF 1.15: `tf.contrib.distributions.bijectors.Permute`.
  """

  def __init__(self, permutation, validate_args=False, name=None):
    with tf.name_scope(name, "permute"):
      permutation = tf.convert_to_tensor(permutation, name="permutation")
      if not permutation.dtype.is_integer:
        raise TypeError(f"permutation.dtype ({permutation.dtype.name}) "
                        "should be `int`-like.")
      known = tf.get_static_value(permutation)
      if known is not None:
        if set(known) != set(np.arange(known.size)):
          raise ValueError("Permutation over `d` must contain exactly one of "
                           "each of `{0, 1, ..., d}`.")
      elif validate_args:
        permutation = _checked(permutation, [tf.assert_equal(
            tf.sort(permutation), tf.range(tf.size(permutation)),
            message="Permutation over `d` must contain exactly one of each "
            "of `{0, 1, ..., d}`.")])
      self._permutation = permutation
      super().__init__(forward_min_event_ndims=1, is_constant_jacobian=True,
                       validate_args=validate_args, name=name or "permute")

  @property
  def permutation(self):
    """The permutation."""
    return self._permutation

  def _forward(self, x):
    return tf.gather(x, self.permutation, axis=-1)

  def _inverse(self, y):
    return tf.gather(y, tf.invert_permutation(self.permutation), axis=-1)

  def _inverse_log_det_jacobian(self, y):
    return tf.constant(0., dtype=y.dtype.base_dtype)

  def _forward_log_det_jacobian(self, x):
    return tf.constant(0., dtype=x.dtype.base_dtype)
