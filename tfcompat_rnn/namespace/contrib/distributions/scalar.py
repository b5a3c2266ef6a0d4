"""Continuous scalar distributions."""

import math

import numpy as np

from tfcompat_rnn._tf import tf
from tfcompat_rnn.namespace.contrib.distributions import bijectors
from tfcompat_rnn.namespace.contrib.distributions import shaping
from tfcompat_rnn.namespace.contrib.distributions import transformed

util = shaping.util
Distribution = tf.distributions.Distribution
_REPARAMETERIZED = tf.distributions.FULLY_REPARAMETERIZED
_NOT_REPARAMETERIZED = tf.distributions.NOT_REPARAMETERIZED


def same_float_dtype(*tensors):
  """Raises ValueError unless all have one floating-point dtype."""
  dtypes = {tensor.dtype.base_dtype for tensor in tensors}
  if len(dtypes) > 1:
    raise ValueError("Tensors must have one dtype, got "
                     f"{sorted(dtype.name for dtype in dtypes)}.")
  if not next(iter(dtypes)).is_floating:
    raise ValueError(
        f"Expected floating point type, got {next(iter(dtypes)).name}.")


class _Scalar(Distribution):
  """A distribution of scalars; its parameters broadcast together."""

  _PARAMETERS = ()

  def _parts(self):
    return [getattr(self, name) for name in self._PARAMETERS]

  def _batch_shape_tensor(self):
    shapes = [tf.shape(part) for part in self._parts()]
    return (shapes[0] if len(shapes) == 1
            else tf.broadcast_dynamic_shape(*shapes))

  def _batch_shape(self):
    shapes = [part.get_shape() for part in self._parts()]
    return (shapes[0] if len(shapes) == 1
            else tf.broadcast_static_shape(*shapes))

  def _event_shape_tensor(self):
    return tf.constant([], dtype=tf.int32)

  def _event_shape(self):
    return tf.TensorShape([])

  def _shape_of(self, n):
    return tf.concat([[n], self.batch_shape_tensor()], 0)

  def _uniform(self, n, seed):
    """Uniform draws that are never 0."""
    return tf.random_uniform(
        shape=self._shape_of(n),
        minval=np.finfo(self.dtype.as_numpy_dtype).tiny, maxval=1.,
        dtype=self.dtype, seed=seed)


class _LocationScale(_Scalar):
  """Draws are `loc + scale * z`."""

  _PARAMETERS = ("loc", "scale")

  def _set_up(self, loc, scale, validate_args, allow_nan_stats, name,
              parameters):
    with tf.name_scope(name) as name:
      with tf.control_dependencies([tf.assert_positive(scale)]
                                   if validate_args else []):
        self._loc = tf.identity(loc, name="loc")
        self._scale = tf.identity(scale, name="scale")
        same_float_dtype(self._loc, self._scale)
    Distribution.__init__(
        self, dtype=self._scale.dtype,
        reparameterization_type=_REPARAMETERIZED,
        validate_args=validate_args, allow_nan_stats=allow_nan_stats,
        parameters=parameters, graph_parents=[self._loc, self._scale],
        name=name)

  @staticmethod
  def _param_shapes(sample_shape):
    shape = tf.convert_to_tensor(sample_shape, dtype=tf.int32)
    return {"loc": shape, "scale": shape}

  @property
  def loc(self):
    """The location."""
    return self._loc

  @property
  def scale(self):
    """The scale."""
    return self._scale

  def _z(self, x):
    with tf.name_scope("standardize"):
      return (x - self.loc) / self.scale

  def _log_prob(self, x):
    return self._log_unnormalized_prob(x) - self._log_normalization()


class Logistic(_LocationScale):
  """The logistic distribution with `loc` and `scale`.

  TF 1.15: `tf.contrib.distributions.Logistic`.
  """

  def __init__(self, loc, scale, validate_args=False, allow_nan_stats=True,
               name="Logistic"):
    self._set_up(loc, scale, validate_args, allow_nan_stats, name,
                 dict(locals()))

  def _sample_n(self, n, seed=None):
    uniform = self._uniform(n, seed)
    return ((tf.log(uniform) - tf.log1p(-1. * uniform)) * self.scale
            + self.loc)

  def _log_cdf(self, x):
    return -tf.nn.softplus(-self._z(x))

  def _cdf(self, x):
    return tf.sigmoid(self._z(x))

  def _log_survival_function(self, x):
    return -tf.nn.softplus(self._z(x))

  def _survival_function(self, x):
    return tf.sigmoid(-self._z(x))

  def _log_unnormalized_prob(self, x):
    z = self._z(x)
    return -z - 2. * tf.nn.softplus(-z)

  def _log_normalization(self):
    return tf.log(self.scale)

  def _entropy(self):
    return 2 + tf.log(self.scale * tf.ones_like(self.loc))

  def _mean(self):
    return self.loc * tf.ones_like(self.scale)

  def _stddev(self):
    return self.scale * tf.ones_like(self.loc) * math.pi / math.sqrt(3)

  def _mode(self):
    return self._mean()


class Cauchy(_LocationScale):
  """The Cauchy distribution with `loc` and `scale`.

  Its mean and standard deviation are NaN, or raise ValueError if
  `allow_nan_stats` is false.

  TF 1.15: `tf.contrib.distributions.Cauchy`.
  """

  def __init__(self, loc, scale, validate_args=False, allow_nan_stats=True,
               name="Cauchy"):
    self._set_up(loc, scale, validate_args, allow_nan_stats, name,
                 dict(locals()))

  def _sample_n(self, n, seed=None):
    probs = tf.random_uniform(shape=self._shape_of(n), minval=0., maxval=1.,
                              dtype=self.dtype, seed=seed)
    return self._quantile(probs)

  def _cdf(self, x):
    return tf.atan(self._z(x)) / np.pi + 0.5

  def _log_cdf(self, x):
    return tf.log1p(2 / np.pi * tf.atan(self._z(x))) - np.log(2)

  def _log_unnormalized_prob(self, x):
    return -tf.log1p(tf.square(self._z(x)))

  def _log_normalization(self):
    return np.log(np.pi) + tf.log(self.scale)

  def _entropy(self):
    return ((np.log(4 * np.pi) + tf.log(self.scale))
            * tf.ones_like(self.loc))

  def _quantile(self, p):
    return self.loc + self.scale * tf.tan(np.pi * (p - 0.5))

  def _mode(self):
    return self.loc * tf.ones_like(self.scale)

  def _undefined(self, what):
    if not self.allow_nan_stats:
      raise ValueError(f"`{what}` is undefined for Cauchy distribution.")
    return tf.fill(self.batch_shape_tensor(),
                   self.dtype.as_numpy_dtype(np.nan))

  def _mean(self):
    return self._undefined("mean")

  def _stddev(self):
    return self._undefined("stddev")


class HalfNormal(_Scalar):
  """The absolute value of a normal variable with mean 0.

  TF 1.15: `tf.contrib.distributions.HalfNormal`.
  """

  _PARAMETERS = ("scale",)

  def __init__(self, scale, validate_args=False, allow_nan_stats=True,
               name="HalfNormal"):
    parameters = dict(locals())
    with tf.name_scope(name) as name:
      with tf.control_dependencies([tf.assert_positive(scale)]
                                   if validate_args else []):
        self._scale = tf.identity(scale, name="scale")
    super().__init__(
        dtype=self._scale.dtype, reparameterization_type=_REPARAMETERIZED,
        validate_args=validate_args, allow_nan_stats=allow_nan_stats,
        parameters=parameters, graph_parents=[self._scale], name=name)

  @property
  def scale(self):
    """The standard deviation of the normal variable."""
    return self._scale

  def _sample_n(self, n, seed=None):
    return tf.abs(tf.random_normal(
        shape=self._shape_of(n), mean=0., stddev=1., dtype=self.dtype,
        seed=seed) * self.scale)

  def _prob(self, x):
    factor = np.sqrt(2) / self.scale / np.sqrt(np.pi)
    density = factor * tf.exp(-0.5 * (x / self.scale) ** 2)
    return density * tf.cast(x >= 0, self.dtype)

  def _cdf(self, x):
    return tf.erf(tf.nn.relu(x) / self.scale / np.sqrt(2.))

  def _entropy(self):
    return 0.5 * tf.log(np.pi * self.scale ** 2. / 2.) + 0.5

  def _mean(self):
    return self.scale * np.sqrt(2.) / np.sqrt(np.pi)

  def _quantile(self, p):
    return np.sqrt(2.) * self.scale * tf.math.erfinv(p)

  def _mode(self):
    return tf.zeros(self.batch_shape_tensor())

  def _variance(self):
    return self.scale ** 2. * (1. - 2. / np.pi)


class InverseGamma(_Scalar):
  """The inverse of a gamma variable.

  TF 1.15: `tf.contrib.distributions.InverseGamma`.
  """

  _PARAMETERS = ("concentration", "rate")

  def __init__(self, concentration, rate, validate_args=False,
               allow_nan_stats=True, name="InverseGamma"):
    parameters = dict(locals())
    with tf.name_scope(name) as name:
      with tf.control_dependencies(
          [tf.assert_positive(concentration), tf.assert_positive(rate)]
          if validate_args else []):
        self._concentration = tf.identity(concentration,
                                          name="concentration")
        self._rate = tf.identity(rate, name="rate")
        same_float_dtype(self._concentration, self._rate)
    super().__init__(
        dtype=self._concentration.dtype,
        reparameterization_type=_NOT_REPARAMETERIZED,
        validate_args=validate_args, allow_nan_stats=allow_nan_stats,
        parameters=parameters,
        graph_parents=[self._concentration, self._rate], name=name)

  @property
  def concentration(self):
    """The concentration."""
    return self._concentration

  @property
  def rate(self):
    """The rate."""
    return self._rate

  def _sample_n(self, n, seed=None):
    return 1. / tf.random_gamma(
        shape=[n], alpha=self.concentration, beta=self.rate,
        dtype=self.dtype, seed=seed)

  def _log_prob(self, x):
    return self._log_unnormalized_prob(x) - self._log_normalization()

  def _valid(self, x):
    if not self.validate_args:
      return x
    with tf.control_dependencies([tf.assert_positive(x)]):
      return tf.identity(x)

  def _cdf(self, x):
    return tf.igammac(self.concentration, self.rate / self._valid(x))

  def _log_unnormalized_prob(self, x):
    x = self._valid(x)
    return -(1. + self.concentration) * tf.log(x) - self.rate / x

  def _log_normalization(self):
    return (tf.lgamma(self.concentration)
            - self.concentration * tf.log(self.rate))

  def _entropy(self):
    return (self.concentration + tf.log(self.rate)
            + tf.lgamma(self.concentration)
            - (1. + self.concentration) * tf.digamma(self.concentration))

  def _defined_above(self, least, value, what):
    if self.allow_nan_stats:
      nan = tf.fill(self.batch_shape_tensor(), np.array(
          np.nan, dtype=self.dtype.as_numpy_dtype()), name="nan")
      return tf.where_v2(self.concentration > least, value, nan)
    with tf.control_dependencies([tf.assert_less(
        tf.constant(least, dtype=self.dtype), self.concentration,
        message=f"{what} undefined when any concentration <= {least:g}")]):
      return tf.identity(value)

  def _mean(self):
    return self._defined_above(1., self.rate / (self.concentration - 1.),
                               "mean")

  def _variance(self):
    return self._defined_above(
        2., tf.square(self.rate)
        / tf.squared_difference(self.concentration, 1.)
        / (self.concentration - 2.), "variance")

  def _mode(self):
    return self.rate / (1. + self.concentration)


class Chi2(tf.distributions.Gamma):
  """The chi-squared distribution with `df` degrees of freedom.

  TF 1.15: `tf.contrib.distributions.Chi2`.
  """

  def __init__(self, df, validate_args=False, allow_nan_stats=True,
               name="Chi2"):
    parameters = dict(locals())
    with tf.name_scope(name) as name:
      with tf.control_dependencies([tf.assert_positive(df)]
                                   if validate_args else []):
        self._df = tf.identity(df, name="df")
      super().__init__(
          concentration=0.5 * self._df,
          rate=tf.constant(0.5, dtype=self._df.dtype),
          validate_args=validate_args, allow_nan_stats=allow_nan_stats,
          name=name)
    self._parameters = parameters

  @property
  def df(self):
    """The degrees of freedom."""
    return self._df


class RelaxedBernoulli(transformed.TransformedDistribution):
  """A continuous relaxation of a Bernoulli variable.

  `temperature` is positive; `logits` or `probs`.

  TF 1.15: `tf.contrib.distributions.RelaxedBernoulli`.
  Paper: https://arxiv.org/abs/1611.00712.
  """

  def __init__(self, temperature, logits=None, probs=None,
               validate_args=False, allow_nan_stats=True,
               name="RelaxedBernoulli"):
    parameters = dict(locals())
    with tf.name_scope(name) as name:
      with tf.control_dependencies([tf.assert_positive(temperature)]
                                   if validate_args else []):
        self._temperature = tf.identity(temperature, name="temperature")
      self._logits, self._probs = util.get_logits_and_probs(
          logits=logits, probs=probs, validate_args=validate_args)
      super().__init__(
          distribution=Logistic(
              self._logits / self._temperature, 1. / self._temperature,
              validate_args=validate_args, allow_nan_stats=allow_nan_stats,
              name=name + "/Logistic"),
          bijector=bijectors.Sigmoid(validate_args=validate_args),
          validate_args=validate_args, name=name)
    self._parameters = parameters

  @property
  def temperature(self):
    """The temperature."""
    return self._temperature

  @property
  def logits(self):
    """The logarithm of the odds of 1."""
    return self._logits

  @property
  def probs(self):
    """The probability of 1."""
    return self._probs


class Chi2WithAbsDf(Chi2):
  """`Chi2` with `floor(abs(df))`.

  TF 1.15: `tf.contrib.distributions.Chi2WithAbsDf`.
  """

  def __init__(self, df, validate_args=False, allow_nan_stats=True,
               name="Chi2WithAbsDf"):
    parameters = dict(locals())
    with tf.name_scope(name) as name:
      super().__init__(
          df=tf.floor(tf.abs(df, name="abs_df"), name="floor_abs_df"),
          validate_args=validate_args, allow_nan_stats=allow_nan_stats,
          name=name)
    self._parameters = parameters


class InverseGammaWithSoftplusConcentrationRate(InverseGamma):
  """`InverseGamma` with the softplus of its parameters.

  TF 1.15:
  `tf.contrib.distributions.InverseGammaWithSoftplusConcentrationRate`.
  """

  def __init__(self, concentration, rate, validate_args=False,
               allow_nan_stats=True,
               name="InverseGammaWithSoftplusConcentrationRate"):
    parameters = dict(locals())
    with tf.name_scope(name) as name:
      super().__init__(
          concentration=tf.nn.softplus(concentration,
                                       name="softplus_concentration"),
          rate=tf.nn.softplus(rate, name="softplus_rate"),
          validate_args=validate_args, allow_nan_stats=allow_nan_stats,
          name=name)
    self._parameters = parameters
