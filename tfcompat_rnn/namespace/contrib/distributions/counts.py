"""Distributions of counts, and of one value."""

import numpy as np

from tfcompat_rnn._tf import tf
from tfcompat_rnn.namespace.contrib.distributions import scalar
from tfcompat_rnn.namespace.contrib.distributions import shaping

util = shaping.util
_NOT_REPARAMETERIZED = tf.distributions.NOT_REPARAMETERIZED


class _Count(scalar._Scalar):
  """A distribution of natural numbers."""

  def _valid(self, x):
    if self.validate_args:
      return util.embed_check_nonnegative_integer_form(x)
    return x


class _FromProbabilities(_Count):
  """A distribution with `logits` and `probs`."""

  @property
  def logits(self):
    """The logarithm of the odds of a success."""
    return self._logits

  @property
  def probs(self):
    """The probability of a success."""
    return self._probs

  @property
  def total_count(self):
    """The number of trials, or of failures."""
    return self._total_count


class Poisson(_Count):
  """The Poisson distribution with `rate` or its logarithm `log_rate`.

  Raises ValueError unless exactly one is given, and TypeError unless it has a
  floating-point dtype.

  TF 1.15: `tf.contrib.distributions.Poisson`.
  """

  _PARAMETERS = ("rate",)

  def __init__(self, rate=None, log_rate=None, validate_args=False,
               allow_nan_stats=True, name="Poisson"):
    parameters = dict(locals())
    with tf.name_scope(name) as name:
      if (rate is None) == (log_rate is None):
        raise ValueError(
            "Must specify exactly one of `rate` and `log_rate`.")
      given, label = ((rate, "rate") if log_rate is None
                      else (log_rate, "log_rate"))
      given = tf.convert_to_tensor(given, name=label)
      if not given.dtype.is_floating:
        raise TypeError(f"{label}.dtype ({given.dtype.name}) is a not a "
                        "float-type.")
      if log_rate is None:
        with tf.control_dependencies([tf.assert_positive(given)]
                                     if validate_args else []):
          self._rate = tf.identity(given, name="rate")
          self._log_rate = tf.log(given, name="log_rate")
      else:
        self._rate = tf.exp(given, name="rate")
        self._log_rate = tf.convert_to_tensor(given, name="log_rate")
    super().__init__(
        dtype=self._rate.dtype,
        reparameterization_type=_NOT_REPARAMETERIZED,
        validate_args=validate_args, allow_nan_stats=allow_nan_stats,
        parameters=parameters, graph_parents=[self._rate], name=name)

  @property
  def rate(self):
    """The rate."""
    return self._rate

  @property
  def log_rate(self):
    """The logarithm of the rate."""
    return self._log_rate

  def _log_prob(self, x):
    x = self._valid(x)
    return x * self.log_rate - tf.lgamma(1. + x) - self.rate

  def _log_cdf(self, x):
    return tf.log(self.cdf(x))

  def _cdf(self, x):
    return tf.igammac(1. + self._valid(x), self.rate)

  def _mean(self):
    return tf.identity(self.rate)

  def _variance(self):
    return tf.identity(self.rate)

  def _mode(self):
    return tf.floor(self.rate)

  def _sample_n(self, n, seed=None):
    return tf.random_poisson(self.rate, [n], dtype=self.dtype, seed=seed)


class Geometric(_FromProbabilities):
  """The number of failures before the first success.

  TF 1.15: `tf.contrib.distributions.Geometric`.
  """

  _PARAMETERS = ("probs",)

  def __init__(self, logits=None, probs=None, validate_args=False,
               allow_nan_stats=True, name="Geometric"):
    parameters = dict(locals())
    with tf.name_scope(name) as name:
      self._logits, self._probs = util.get_logits_and_probs(
          logits, probs, validate_args=validate_args, name=name)
      with tf.control_dependencies([tf.assert_positive(self._probs)]
                                   if validate_args else []):
        self._probs = tf.identity(self._probs, name="probs")
    super().__init__(
        dtype=self._probs.dtype,
        reparameterization_type=_NOT_REPARAMETERIZED,
        validate_args=validate_args, allow_nan_stats=allow_nan_stats,
        parameters=parameters, graph_parents=[self._probs, self._logits],
        name=name)

  def _sample_n(self, n, seed=None):
    uniform = tf.random_uniform(
        tf.concat([[n], tf.shape(self._probs)], 0),
        minval=np.finfo(self.dtype.as_numpy_dtype).tiny, maxval=1.,
        seed=seed, dtype=self.dtype)
    return tf.floor(tf.log(uniform) / tf.log1p(-self.probs))

  def _whole(self, x):
    x = self._valid(x) if self.validate_args else tf.floor(x)
    return x * tf.ones_like(self.probs)

  def _cdf(self, x):
    x = self._whole(x)
    return tf.where(x < 0., tf.zeros_like(x), -tf.math.expm1(
        (1. + x) * tf.log1p(-self.probs)))

  def _log_prob(self, x):
    x = self._whole(x)
    probs = self.probs * tf.ones_like(x)
    # log1p(-1) times zero failures would not be a number.
    safe = tf.where(tf.equal(x, 0.), tf.zeros_like(probs), probs)
    return x * tf.log1p(-safe) + tf.log(probs)

  def _entropy(self):
    probs = self._probs
    if self.validate_args:
      with tf.control_dependencies([tf.assert_less(
          probs, tf.constant(1., probs.dtype), message=(
              "Entropy is undefined when logits = inf or probs = 1."))]):
        probs = tf.identity(probs)
    return tf.nn.softplus(self.logits) / probs - self.logits

  def _mean(self):
    return tf.exp(-self.logits)

  def _variance(self):
    return self._mean() / self.probs

  def _mode(self):
    return tf.zeros(self.batch_shape_tensor(), dtype=self.dtype)


class NegativeBinomial(_FromProbabilities):
  """The number of successes before `total_count` failures.

  TF 1.15: `tf.contrib.distributions.NegativeBinomial`.
  """

  _PARAMETERS = ("total_count", "probs")

  def __init__(self, total_count, logits=None, probs=None,
               validate_args=False, allow_nan_stats=True,
               name="NegativeBinomial"):
    parameters = dict(locals())
    with tf.name_scope(name) as name:
      self._logits, self._probs = util.get_logits_and_probs(
          logits, probs, validate_args=validate_args, name=name)
      with tf.control_dependencies([tf.assert_positive(total_count)]
                                   if validate_args else []):
        self._total_count = tf.identity(total_count)
    super().__init__(
        dtype=self._probs.dtype,
        reparameterization_type=_NOT_REPARAMETERIZED,
        validate_args=validate_args, allow_nan_stats=allow_nan_stats,
        parameters=parameters,
        graph_parents=[self._total_count, self._probs, self._logits],
        name=name)

  def _sample_n(self, n, seed=None):
    rate = tf.random_gamma(
        shape=[n], alpha=self.total_count, beta=tf.exp(-self.logits),
        dtype=self.dtype, seed=seed)
    return tf.random_poisson(rate, shape=[], dtype=self.dtype,
                             seed=util.gen_new_seed(seed, "negative_binom"))

  def _cdf(self, x):
    return tf.betainc(self.total_count, 1. + self._valid(x),
                      tf.sigmoid(-self.logits))

  def _log_prob(self, x):
    x = self._valid(x)
    return (self.total_count * tf.log_sigmoid(-self.logits)
            + x * tf.log_sigmoid(self.logits)
            - (-tf.lgamma(self.total_count + x) + tf.lgamma(1. + x)
               + tf.lgamma(self.total_count)))

  def _mean(self):
    return self.total_count * tf.exp(self.logits)

  def _mode(self):
    count = tf.where_v2(1. < self.total_count, self.total_count - 1.,
                        tf.zeros_like(self.total_count))
    return tf.floor(count * tf.exp(self.logits))

  def _variance(self):
    return self._mean() / tf.sigmoid(-self.logits)


class Binomial(_FromProbabilities):
  """The number of successes in `total_count` trials. It cannot be sampled.

  TF 1.15: `tf.contrib.distributions.Binomial`.
  """

  _PARAMETERS = ("total_count", "probs")

  def __init__(self, total_count, logits=None, probs=None,
               validate_args=False, allow_nan_stats=True, name="Binomial"):
    parameters = dict(locals())
    with tf.name_scope(name) as name:
      total_count = tf.convert_to_tensor(total_count, name="total_count")
      if validate_args:
        with tf.control_dependencies([
            tf.assert_non_negative(
                total_count, message="total_count must be non-negative."),
            util.assert_integer_form(total_count, message=(
                "total_count cannot contain fractional components."))]):
          total_count = tf.identity(total_count)
      self._total_count = total_count
      self._logits, self._probs = util.get_logits_and_probs(
          logits=logits, probs=probs, validate_args=validate_args, name=name)
    super().__init__(
        dtype=self._probs.dtype,
        reparameterization_type=_NOT_REPARAMETERIZED,
        validate_args=validate_args, allow_nan_stats=allow_nan_stats,
        parameters=parameters,
        graph_parents=[self._total_count, self._logits, self._probs],
        name=name)

  def _possible(self, counts):
    if not self.validate_args:
      return counts
    counts = self._valid(counts)
    with tf.control_dependencies([tf.assert_less_equal(
        counts, self.total_count,
        message="counts are not less than or equal to n.")]):
      return tf.identity(counts)

  def _log_prob(self, counts):
    counts = self._possible(counts)
    return (counts * tf.log(self.probs)
            + (self.total_count - counts) * tf.log1p(-self.probs)
            - (tf.lgamma(1. + self.total_count - counts)
               + tf.lgamma(1. + counts) - tf.lgamma(1. + self.total_count)))

  def _prob(self, counts):
    return tf.exp(self._log_prob(counts))

  def _cdf(self, counts):
    counts = self._possible(counts)
    probs = self.probs + tf.zeros_like(counts)
    counts = counts + tf.zeros_like(self.probs)
    ones = tf.ones_like(self.total_count - counts)
    all_of_them = tf.equal(counts, self.total_count)
    missing = tf.where_v2(all_of_them, ones, self.total_count - counts)
    return tf.where_v2(all_of_them, ones,
                       tf.betainc(missing, counts + 1, 1 - probs))

  def _mean(self):
    return self.total_count * self.probs

  def _variance(self):
    return self._mean() * (1. - self.probs)

  def _mode(self):
    return tf.floor((1. + self.total_count) * self.probs)


class Deterministic(scalar._Scalar):
  """Always `loc`; values within `atol + rtol * |loc|` count as equal.

  TF 1.15: `tf.contrib.distributions.Deterministic`.
  """

  _PARAMETERS = ("loc",)

  def __init__(self, loc, atol=None, rtol=None, validate_args=False,
               allow_nan_stats=True, name="Deterministic"):
    parameters = dict(locals())
    with tf.name_scope(name) as name:
      self._loc = tf.convert_to_tensor(loc, name="loc")
      super().__init__(
          dtype=self._loc.dtype,
          reparameterization_type=_NOT_REPARAMETERIZED,
          validate_args=validate_args, allow_nan_stats=allow_nan_stats,
          parameters=parameters, graph_parents=[self._loc], name=name)
      self._atol = self._tolerance(atol)
      self._rtol = self._tolerance(rtol)
      self._slack = (self.atol if rtol is None
                     else self.atol + self.rtol * tf.abs(self.loc))

  def _tolerance(self, value):
    if value is None:
      return tf.convert_to_tensor(0, dtype=self.loc.dtype)
    value = tf.convert_to_tensor(value, dtype=self.loc.dtype)
    if not self.validate_args:
      return value
    with tf.control_dependencies([tf.assert_non_negative(
        value, message="Argument 'tol' must be non-negative")]):
      return tf.identity(value)

  @property
  def loc(self):
    """The value."""
    return self._loc

  @property
  def atol(self):
    """The absolute tolerance."""
    return self._atol

  @property
  def rtol(self):
    """The relative tolerance."""
    return self._rtol

  def _entropy(self):
    return tf.zeros(self.batch_shape_tensor(), dtype=self.dtype)

  def _mean(self):
    return tf.identity(self.loc)

  def _variance(self):
    return tf.zeros_like(self.loc)

  def _mode(self):
    return self.mean()

  def _sample_n(self, n, seed=None):
    known = tf.get_static_value(tf.convert_to_tensor(n))
    rank = self.loc.get_shape().rank
    if None not in (known, rank):
      times = [known] + [1] * rank
    else:
      times = tf.concat(([n], tf.ones_like(tf.shape(self.loc))), axis=0)
    return tf.tile(self.loc[tf.newaxis, ...], multiples=times)

  def _prob(self, x):
    return tf.cast(tf.abs(x - self.loc) <= self._slack, dtype=self.dtype)

  def _cdf(self, x):
    return tf.cast(x >= self.loc - self._slack, dtype=self.dtype)


class VectorDeterministic(Deterministic):
  """Always the vector `loc` `[..., k]`.

  TF 1.15: `tf.contrib.distributions.VectorDeterministic`.
  """

  def __init__(self, loc, atol=None, rtol=None, validate_args=False,
               allow_nan_stats=True, name="VectorDeterministic"):
    super().__init__(loc, atol=atol, rtol=rtol, validate_args=validate_args,
                     allow_nan_stats=allow_nan_stats, name=name)

  def _batch_shape_tensor(self):
    return tf.shape(self.loc)[:-1]

  def _batch_shape(self):
    return self.loc.get_shape()[:-1]

  def _event_shape_tensor(self):
    return tf.shape(self.loc)[-1:]

  def _event_shape(self):
    return self.loc.get_shape()[-1:]

  def _prob(self, x):
    return tf.cast(tf.reduce_all(
        tf.abs(x - self.loc) <= self._slack, axis=-1), dtype=self.dtype)
