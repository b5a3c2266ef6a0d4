"""`tf.contrib.distributions.bijectors`: transformations of variables."""

import functools
import operator

from tfcompat_rnn import _errors
from tfcompat_rnn import _tf
from tfcompat_rnn._tf import tf
from tfcompat_rnn.namespace.contrib.distributions import parameters
from tfcompat_rnn.namespace.contrib.distributions import shaping

Bijector = _tf.private("bijector_impl").Bijector
Identity = _tf.private("identity_bijector").Identity
util = shaping.util
checked = parameters.checked
kept = parameters.kept


def _steps(x, *steps):
  """`x` after each `(operation, operand)` whose operand is not None."""
  for operation, operand in steps:
    if operand is not None:
      x = operation(x, operand)
  return x


class _Elementwise(Bijector):
  """A bijector of scalars."""

  def __init__(self, validate_args, name, **kwargs):
    super().__init__(forward_min_event_ndims=0, validate_args=validate_args,
                     name=name, **kwargs)


class _Scoped:
  """A bijector whose parameters are created in its own name scope."""

  def _open(self, name, validate_args):
    # _name_scope needs these before the base class sets them.
    self._name = name
    self._validate_args = validate_args
    self._graph_parents = []
    return _tf.attribute(self, "Bijector._name_scope")("init", values=[])


class AffineLinearOperator(_Scoped, Bijector):
  """`scale @ x + shift`, with `scale` a `tf.linalg.LinearOperator`.

  Raises TypeError if `scale` is none or if the dtypes differ.

  TF 1.15: `tf.contrib.distributions.bijectors.AffineLinearOperator`.
  """

  shift = kept("shift", "The vector that is added, or None.")
  scale = kept("scale", "The linear operator, or None.")

  def __init__(self, shift=None, scale=None, validate_args=False,
               name="affine_linear_operator"):
    with self._open(name, validate_args):
      if shift is not None:
        shift = tf.convert_to_tensor(shift, name="shift")
      if not (scale is None or isinstance(scale, tf.linalg.LinearOperator)):
        raise TypeError(_errors.problem(
            "scale", "be a tf.linalg.LinearOperator", type(scale).__name__,
            "wrap the matrix in tf.linalg.LinearOperatorFullMatrix"))
      self._shift = shift
      self._scale = scale
      parts = [part for part in (scale, shift) if part is not None]
      dtypes = [part.dtype.base_dtype for part in parts if part.dtype]
      super().__init__(
          forward_min_event_ndims=1, is_constant_jacobian=True,
          graph_parents=[] if shift is None else [shift],
          dtype=(dtypes or [tf.float32])[0], validate_args=validate_args,
          name=name)
      self._shaper = shaping.Shaper(self._batch_rank(), 1, validate_args)

  def _batch_rank(self):
    scale = self.scale
    if scale is None:
      return 0
    if (self.shift is not None
        and self.shift.dtype.base_dtype != scale.dtype.base_dtype):
      raise TypeError(_errors.problem(
          "scale", f"have the dtype of `shift`, {self.shift.dtype.name}",
          scale.dtype.name, "cast one of them"))
    if self.validate_args and not scale.is_non_singular:
      raise ValueError(_errors.problem(
          "scale", "be non-singular", "an operator not known to be",
          "make it with is_non_singular=True"))
    rank = scale.tensor_rank
    return (scale.tensor_rank_tensor() if rank is None else rank) - 2

  def _regular(self):
    """The assertions that `scale` has an inverse."""
    if self.validate_args:
      try:
        return [self.scale.assert_non_singular()]
      except NotImplementedError:
        pass
    return []

  def _multiply(self, x):
    with tf.control_dependencies(self._regular()):
      return self.scale.matmul(x)

  def _on_matrices(self, x, function):
    """`function` of vectors, which it takes as the columns of matrices."""
    matrices, sample = self._shaper.to_matrices(x)
    return self._shaper.from_matrices(function(matrices), sample)

  def _forward(self, x):
    multiply = None if self.scale is None else self._multiply
    return _steps(x, (self._on_matrices, multiply),
                  (operator.add, self.shift))

  def _inverse(self, y):
    divide = (None if self.scale is None
              else functools.partial(shaping.solve, self.scale))
    return _steps(y, (operator.sub, self.shift),
                  (self._on_matrices, divide))

  def _forward_log_det_jacobian(self, x):
    if self.scale is None:
      return tf.constant(0., dtype=x.dtype.base_dtype)
    with tf.control_dependencies(self._regular()):
      return self.scale.log_abs_determinant()


class AffineScalar(_Scoped, _Elementwise):
  """`scale * x + shift`, element by element.

  TF 1.15: `tf.contrib.distributions.bijectors.AffineScalar`.
  """

  shift = kept("shift", "What is added, or None.")
  scale = kept("scale", "The factor, or None.")

  def __init__(self, shift=None, scale=None, validate_args=False,
               name="affine_scalar"):
    given = {"shift": shift, "scale": scale}
    with self._open(name, validate_args):
      self._shift, self._scale = [
          None if value is None else tf.convert_to_tensor(value, name=label)
          for label, value in given.items()]
      if scale is not None and validate_args:
        self._scale = checked(self._scale, tf.assert_none_equal(
            self._scale, tf.zeros([], self._scale.dtype)))
      super().__init__(validate_args, name, is_constant_jacobian=True)

  def _forward(self, x):
    return _steps(tf.identity(x), (operator.mul, self.scale),
                  (operator.add, self.shift))

  def _inverse(self, y):
    return _steps(tf.identity(y), (operator.sub, self.shift),
                  (operator.truediv, self.scale))

  def _forward_log_det_jacobian(self, x):
    if self.scale is not None:
      return tf.log(tf.abs(self.scale))
    return tf.constant(0., dtype=x.dtype.base_dtype)


class PowerTransform(_Scoped, _Elementwise):
  """`(1 + power * x) ** (1 / power)`, which is `exp(x)` if `power` is 0.

  Raises ValueError if `power` is negative or not constant.

  TF 1.15: `tf.contrib.distributions.bijectors.PowerTransform`.
  """

  power = kept("power", "The power.")

  def __init__(self, power=0., validate_args=False, name="power_transform"):
    with self._open(name, validate_args):
      tensor = tf.convert_to_tensor(power, name="power")
    self._power = tf.get_static_value(tensor)
    if self._power is None or self._power < 0:
      raise ValueError(_errors.problem(
          "power", "be a constant that is not negative",
          tensor if self._power is None else self._power, "pass a number"))
    super().__init__(validate_args, name)

  def _valid_x(self, x):
    if self.power == 0. or not self.validate_args:
      return x
    return checked(x, tf.assert_non_negative(
        1. + self.power * x,
        message=f"`x` must be at least {-1. / self.power}"))

  def _valid_y(self, y):
    if not self.validate_args:
      return y
    return checked(y, tf.assert_positive(y, message="`y` must be positive"))

  def _forward(self, x):
    x = self._valid_x(x)
    if self.power != 0.:
      x = tf.log1p(x * self.power) / self.power
    return tf.exp(x)

  def _inverse(self, y):
    logarithm = tf.log(self._valid_y(y))
    if self.power == 0.:
      return logarithm
    return tf.math.expm1(logarithm * self.power) / self.power

  def _forward_log_det_jacobian(self, x):
    x = self._valid_x(x)
    if self.power != 0.:
      x = (1. / self.power - 1.) * tf.log1p(x * self.power)
    return x

  def _inverse_log_det_jacobian(self, y):
    return (self.power - 1.) * tf.log(self._valid_y(y))


class Exp(PowerTransform):
  """`exp(x)`.

  TF 1.15: `tf.contrib.distributions.bijectors.Exp`.
  """

  def __init__(self, validate_args=False, name="exp"):
    super().__init__(validate_args=validate_args, name=name)


class Sigmoid(_Elementwise):
  """`1 / (1 + exp(-x))`.

  TF 1.15: `tf.contrib.distributions.bijectors.Sigmoid`.
  """

  def __init__(self, validate_args=False, name="sigmoid"):
    super().__init__(validate_args, name)

  def _forward(self, x):
    return tf.sigmoid(x)

  def _forward_log_det_jacobian(self, x):
    return -tf.nn.softplus(-x) - tf.nn.softplus(x)

  def _inverse(self, y):
    return tf.log(y) - tf.log1p(-y)

  def _inverse_log_det_jacobian(self, y):
    return -tf.log(y) - tf.log1p(-y)


class Softplus(_Elementwise):
  """`c * log(1 + exp(x / c))`, with `c` the `hinge_softness` (1 if None).

  TF 1.15: `tf.contrib.distributions.bijectors.Softplus`.
  """

  hinge_softness = kept("hinge_softness",
                        "How soft the bend at zero is, or None.")

  def __init__(self, hinge_softness=None, validate_args=False,
               name="softplus"):
    softness = hinge_softness
    with tf.name_scope(name):
      if softness is not None:
        softness = tf.convert_to_tensor(softness, name="hinge_softness")
        if validate_args:
          zero = tf.convert_to_tensor(0, dtype=softness.dtype)
          softness = checked(softness, tf.assert_none_equal(
              zero, softness, message="`hinge_softness` must not be 0"))
    self._hinge_softness = softness
    super().__init__(validate_args, name)

  def _softness(self, x):
    """The softness in the dtype of `x`, or None."""
    return (None if self.hinge_softness is None
            else tf.cast(self.hinge_softness, x.dtype))

  def _scaled(self, function, x):
    softness = self._softness(x)
    if softness is None:
      return function(x)
    return softness * function(x / softness)

  def _forward(self, x):
    return self._scaled(tf.nn.softplus, x)

  def _inverse(self, y):
    return self._scaled(util.softplus_inverse, y)

  def _forward_log_det_jacobian(self, x):
    x = _steps(x, (operator.truediv, self._softness(x)))
    return -tf.nn.softplus(-x)

  def _inverse_log_det_jacobian(self, y):
    y = _steps(y, (operator.truediv, self._softness(y)))
    return -tf.log(-tf.math.expm1(-y))


class Softsign(_Elementwise):
  """`x / (1 + |x|)`.

  TF 1.15: `tf.contrib.distributions.bijectors.Softsign`.
  """

  def __init__(self, validate_args=False, name="softsign"):
    super().__init__(validate_args, name)

  def _valid_y(self, y):
    if not self.validate_args:
      return y
    return checked(y, *[
        check(y, tf.cast(bound, y.dtype.base_dtype),
              message=f"`y` must be {relation} {bound:g}")
        for check, relation, bound in (
            (tf.assert_greater, "greater than", -1.),
            (tf.assert_less, "less than", 1.))])

  def _forward(self, x):
    return x / (1. + tf.abs(x))

  def _forward_log_det_jacobian(self, x):
    return -2. * tf.log1p(tf.abs(x))

  def _inverse(self, y):
    y = self._valid_y(y)
    return y / (1. - tf.abs(y))

  def _inverse_log_det_jacobian(self, y):
    return -2. * tf.log1p(-tf.abs(self._valid_y(y)))


class Permute(Bijector):
  """The elements of the last dimension in the order `permutation`.

  Raises ValueError if a constant `permutation` is not one.

  TF 1.15: `tf.contrib.distributions.bijectors.Permute`.
  """

  permutation = kept("permutation", "The permutation.")

  def __init__(self, permutation, validate_args=False, name=None):
    with tf.name_scope(name, "permute"):
      order = tf.convert_to_tensor(permutation, name="permutation")
      if not order.dtype.is_integer:
        raise TypeError(_errors.problem(
            "permutation", "have an integer dtype", order.dtype.name,
            "pass the places of the elements"))
      known = tf.get_static_value(order)
      if known is None and validate_args:
        order = checked(order, tf.assert_equal(
            tf.sort(order), tf.range(tf.size(order)),
            message="`permutation` must have each place once"))
      if known is not None and set(known) != set(range(known.size)):
        raise ValueError(_errors.problem(
            "permutation", f"have each of 0 to {known.size - 1} once",
            known.tolist(), "pass the places of all elements"))
      self._permutation = order
      super().__init__(name=name or "permute", validate_args=validate_args,
                       is_constant_jacobian=True, forward_min_event_ndims=1)

  def _forward(self, x):
    return tf.gather(x, self.permutation, axis=-1)

  def _inverse(self, y):
    back = tf.invert_permutation(self.permutation)
    return tf.gather(y, back, axis=-1)

  def _forward_log_det_jacobian(self, x):
    return tf.constant(0., x.dtype.base_dtype)

  _inverse_log_det_jacobian = _forward_log_det_jacobian
