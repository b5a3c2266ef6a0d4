"""Continuous scalar distributions."""

import math

import numpy as np

from tfcompat_rnn import _errors
from tfcompat_rnn._tf import tf
from tfcompat_rnn.namespace.contrib.distributions import bijectors
from tfcompat_rnn.namespace.contrib.distributions import parameters
from tfcompat_rnn.namespace.contrib.distributions import shaping
from tfcompat_rnn.namespace.contrib.distributions import transformed

util = shaping.util
kept = parameters.kept
recorded = parameters.recorded


def same_float_dtype(**tensors):
  """Raises ValueError unless all have one floating-point dtype."""
  (first, known), *others = [(name, tensor.dtype.base_dtype)
                             for name, tensor in tensors.items()]
  for name, dtype in others:
    if dtype != known:
      raise ValueError(_errors.problem(
          name, f"have the dtype of `{first}`, which is {known.name}",
          dtype.name, "cast one of them with tf.cast"))
  if not known.is_floating:
    raise ValueError(_errors.problem(
        first, "have a floating-point dtype", known.name,
        "pass floats, or cast it with tf.cast"))


class Scalar(tf.distributions.Distribution):
  """A distribution of scalars; its parameters broadcast together.

  The parameters that `_PARAMETERS` names determine the batch shape.
  """

  _PARAMETERS = ()

  def _start(self, tensors, name, validate_args, allow_nan_stats,
             reparameterized=False):
    """Keeps `tensors` as attributes; the last has the dtype of the draws."""
    for label, tensor in tensors.items():
      setattr(self, f"_{label}", tensor)
    kinds = tf.distributions
    super().__init__(
        graph_parents=list(tensors.values()), name=name,
        dtype=tensor.dtype, validate_args=validate_args,
        allow_nan_stats=allow_nan_stats,
        reparameterization_type=(kinds.FULLY_REPARAMETERIZED
                                 if reparameterized
                                 else kinds.NOT_REPARAMETERIZED))

  def _broadcast(self, shape_of, together):
    first, *others = [shape_of(getattr(self, name))
                      for name in self._PARAMETERS]
    return together(first, *others) if others else first

  def _batch_shape_tensor(self):
    return self._broadcast(tf.shape, tf.broadcast_dynamic_shape)

  def _batch_shape(self):
    return self._broadcast(lambda tensor: tensor.shape,
                           tf.broadcast_static_shape)

  def _event_shape_tensor(self):
    return tf.constant([], dtype=tf.int32)

  def _event_shape(self):
    return tf.TensorShape([])

  def _draw(self, generator, n, seed, *arguments, batch=None):
    """`n` batches of numbers from the random operation `generator`."""
    batch = self.batch_shape_tensor() if batch is None else batch
    return generator(tf.concat([[n], batch], 0), *arguments,
                     dtype=self.dtype, seed=seed)

  def _fill(self, value, name=None):
    """A batch of `value`."""
    return tf.fill(self.batch_shape_tensor(),
                   np.array(value, self.dtype.as_numpy_dtype), name=name)


def smallest(dtype):
  """The smallest positive normal number, for draws that must not be 0."""
  return np.finfo(dtype.as_numpy_dtype).tiny


class _Normalized(Scalar):
  """A density known up to its mass: `_log_weight`, `_log_mass`."""

  def _log_prob(self, x):
    return self._log_weight(x) - self._log_mass()


class _LocationScale(_Normalized):
  """Draws are `loc + scale * z`."""

  _PARAMETERS = ("loc", "scale")

  loc = kept("loc", "The location.")
  scale = kept("scale", "The scale.")

  def _set_up(self, loc, scale, name, validate_args, allow_nan_stats):
    with tf.name_scope(name) as scope:
      with tf.control_dependencies([tf.assert_positive(scale)]
                                   if validate_args else []):
        tensors = {"loc": tf.identity(loc, name="loc"),
                   "scale": tf.identity(scale, name="scale")}
        same_float_dtype(**tensors)
    self._start(tensors, scope, validate_args, allow_nan_stats,
                reparameterized=True)

  @classmethod
  def _param_shapes(cls, sample_shape):
    return dict.fromkeys(cls._PARAMETERS, tf.convert_to_tensor(
        sample_shape, dtype=tf.int32))

  def _z(self, x):
    with tf.name_scope("standardize"):
      return (x - self.loc) / self.scale

  def _mode(self):
    return self.loc * tf.ones_like(self.scale)


def _of_z(function):
  """A method that computes `function` of the standardized value."""
  return lambda self, x: function(self._z(x))


class Logistic(_LocationScale):
  """The logistic distribution with `loc` and `scale`.

  TF 1.15: `tf.contrib.distributions.Logistic`.
  """

  @recorded
  def __init__(self, loc, scale, validate_args=False, allow_nan_stats=True,
               name="Logistic"):
    self._set_up(loc, scale, name, validate_args, allow_nan_stats)

  _cdf = _of_z(lambda z: tf.sigmoid(z))
  _survival_function = _of_z(lambda z: tf.sigmoid(-z))
  _log_cdf = _of_z(lambda z: -tf.nn.softplus(-z))
  _log_survival_function = _of_z(lambda z: -tf.nn.softplus(z))
  _log_weight = _of_z(lambda z: -z - 2. * tf.nn.softplus(-z))

  def _sample_n(self, n, seed=None):
    uniform = self._draw(tf.random_uniform, n, seed, smallest(self.dtype), 1.)
    logit = tf.log(uniform) - tf.log1p(-1. * uniform)
    return logit * self.scale + self.loc

  def _log_mass(self):
    return tf.log(self.scale)

  def _mean(self):
    return super()._mode()

  def _mode(self):
    return self._mean()

  def _batch_of_scales(self):
    return self.scale * tf.ones_like(self.loc)

  def _entropy(self):
    return 2 + tf.log(self._batch_of_scales())

  def _stddev(self):
    return self._batch_of_scales() * math.pi / math.sqrt(3)


class Cauchy(_LocationScale):
  """The Cauchy distribution with `loc` and `scale`.

  Its mean and standard deviation are NaN, or raise ValueError if
  `allow_nan_stats` is false.

  TF 1.15: `tf.contrib.distributions.Cauchy`.
  """

  @recorded
  def __init__(self, loc, scale, validate_args=False, allow_nan_stats=True,
               name="Cauchy"):
    self._set_up(loc, scale, name, validate_args, allow_nan_stats)

  _cdf = _of_z(lambda z: tf.atan(z) / math.pi + 0.5)
  _log_cdf = _of_z(lambda z: tf.log1p(2 / math.pi * tf.atan(z)) - math.log(2))
  _log_weight = _of_z(lambda z: -tf.log1p(tf.square(z)))

  def _sample_n(self, n, seed=None):
    # The inverse of the distribution function at uniform draws.
    return self._quantile(self._draw(tf.random_uniform, n, seed, 0., 1.))

  def _quantile(self, p):
    angle = math.pi * (p - 0.5)
    return self.loc + self.scale * tf.tan(angle)

  def _log_mass(self):
    return math.log(math.pi) + tf.log(self.scale)

  def _entropy(self):
    entropy = math.log(4 * math.pi) + tf.log(self.scale)
    return entropy * tf.ones_like(self.loc)

  def _undefined(self, what):
    if not self.allow_nan_stats:
      raise ValueError(_errors.problem(
          "allow_nan_stats", f"be true to ask for the {what} of a Cauchy "
          "distribution, which is undefined", False, "pass True to get NaN"))
    return self._fill(np.nan)

  def _mean(self):
    return self._undefined("mean")

  def _stddev(self):
    return self._undefined("stddev")


class HalfNormal(Scalar):
  """The absolute value of a normal variable with mean 0.

  TF 1.15: `tf.contrib.distributions.HalfNormal`.
  """

  _PARAMETERS = ("scale",)

  scale = kept("scale", "The standard deviation of the normal variable.")

  @recorded
  def __init__(self, scale, validate_args=False, allow_nan_stats=True,
               name="HalfNormal"):
    with tf.name_scope(name) as scope:
      tensors = {"scale": parameters.positive(scale, "scale", validate_args)}
    self._start(tensors, scope, validate_args, allow_nan_stats,
                reparameterized=True)

  def _sample_n(self, n, seed=None):
    normal = self._draw(tf.random_normal, n, seed, 0., 1.)
    return tf.abs(normal * self.scale)

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


class InverseGamma(_Normalized):
  """The inverse of a gamma variable.

  TF 1.15: `tf.contrib.distributions.InverseGamma`.
  """

  _PARAMETERS = ("concentration", "rate")

  concentration = kept("concentration", "The concentration.")
  rate = kept("rate", "The rate.")

  @recorded
  def __init__(self, concentration, rate, validate_args=False,
               allow_nan_stats=True, name="InverseGamma"):
    given = {"concentration": concentration, "rate": rate}
    with tf.name_scope(name) as scope:
      with tf.control_dependencies([tf.assert_positive(value)
                                    for value in given.values()
                                    if validate_args]):
        tensors = {label: tf.identity(value, name=label)
                   for label, value in given.items()}
        same_float_dtype(**tensors)
    self._start(tensors, scope, validate_args, allow_nan_stats)

  def _sample_n(self, n, seed=None):
    gamma = tf.random_gamma([n], self.concentration, self.rate,
                            dtype=self.dtype, seed=seed)
    return 1. / gamma

  def _valid(self, x):
    if self.validate_args:
      return parameters.checked(x, tf.assert_positive(x))
    return x

  def _cdf(self, x):
    return tf.igammac(self.concentration, self.rate / self._valid(x))

  def _log_weight(self, x):
    x = self._valid(x)
    return -(1. + self.concentration) * tf.log(x) - self.rate / x

  def _log_mass(self):
    return (tf.lgamma(self.concentration)
            - self.concentration * tf.log(self.rate))

  def _entropy(self):
    return (self.concentration + tf.log(self.rate)
            + tf.lgamma(self.concentration)
            - (1. + self.concentration) * tf.digamma(self.concentration))

  def _defined_above(self, least, value, what):
    if self.allow_nan_stats:
      nan = self._fill(np.nan, name="nan")
      return tf.where_v2(self.concentration > least, value, nan)
    return parameters.checked(value, tf.assert_less(
        tf.constant(least, dtype=self.dtype), self.concentration,
        message=(f"`concentration` must be greater than {least:g} for the "
                 f"{what} to exist")))

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

  df = kept("df", "The degrees of freedom.")

  @recorded
  def __init__(self, df, validate_args=False, allow_nan_stats=True,
               name="Chi2"):
    with tf.name_scope(name) as scope:
      self._df = df = parameters.positive(df, "df", validate_args)
      super().__init__(0.5 * df, tf.constant(0.5, dtype=df.dtype),
                       validate_args, allow_nan_stats, scope)



class Chi2WithAbsDf(Chi2):
  """`Chi2` with `floor(abs(df))`.

  TF 1.15: `tf.contrib.distributions.Chi2WithAbsDf`.
  """

  @recorded
  def __init__(self, df, validate_args=False, allow_nan_stats=True,
               name="Chi2WithAbsDf"):
    with tf.name_scope(name) as scope:
      whole = tf.floor(tf.abs(df, name="abs_df"), name="floor_abs_df")
      super().__init__(whole, validate_args, allow_nan_stats, scope)


class InverseGammaWithSoftplusConcentrationRate(InverseGamma):
  """`InverseGamma` with the softplus of its parameters.

  TF 1.15:
  `tf.contrib.distributions.InverseGammaWithSoftplusConcentrationRate`.
  """

  @recorded
  def __init__(self, concentration, rate, validate_args=False,
               allow_nan_stats=True,
               name="InverseGammaWithSoftplusConcentrationRate"):
    given = {"concentration": concentration, "rate": rate}
    with tf.name_scope(name) as scope:
      super().__init__(
          *[tf.nn.softplus(value, name=f"softplus_{label}")
            for label, value in given.items()],
          validate_args, allow_nan_stats, scope)


class RelaxedBernoulli(transformed.TransformedDistribution):
  """A continuous relaxation of a Bernoulli variable.

  `temperature` is positive; `logits` or `probs`.

  TF 1.15: `tf.contrib.distributions.RelaxedBernoulli`.
  Paper: https://arxiv.org/abs/1611.00712.
  """

  temperature = kept("temperature", "The temperature.")
  logits = kept("logits", "The logarithm of the odds of 1.")
  probs = kept("probs", "The probability of 1.")

  @recorded
  def __init__(self, temperature, logits=None, probs=None,
               validate_args=False, allow_nan_stats=True,
               name="RelaxedBernoulli"):
    with tf.name_scope(name) as scope:
      self._temperature = parameters.positive(temperature, "temperature",
                                              validate_args)
      self._logits, self._probs = util.get_logits_and_probs(
          logits, probs, validate_args=validate_args)
      unsquashed = Logistic(
          self._logits / self._temperature, 1. / self._temperature,
          validate_args, allow_nan_stats, name=f"{scope}/Logistic")
      super().__init__(unsquashed, bijectors.Sigmoid(validate_args),
                       validate_args=validate_args, name=scope)
