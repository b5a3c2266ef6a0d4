"""Distributions of counts, and of one value."""

from tfcompat_rnn import _errors
from tfcompat_rnn._tf import tf
from tfcompat_rnn.namespace.contrib.distributions import parameters
from tfcompat_rnn.namespace.contrib.distributions import scalar
from tfcompat_rnn.namespace.contrib.distributions import shaping

util = shaping.util
kept = parameters.kept
recorded = parameters.recorded


class _Count(scalar.Scalar):
  """A distribution of natural numbers."""

  def _valid(self, x):
    if self.validate_args:
      return util.embed_check_nonnegative_integer_form(x)
    return x


class _FromProbabilities(_Count):
  """A distribution with `logits` and `probs`."""

  logits = kept("logits", "The logarithm of the odds of a success.")
  probs = kept("probs", "The probability of a success.")
  total_count = kept("total_count", "The number of trials, or of failures.")


class Poisson(_Count):
  """The Poisson distribution with `rate` or its logarithm `log_rate`.

  Raises ValueError unless exactly one is given, and TypeError unless it has a
  floating-point dtype.

  TF 1.15: `tf.contrib.distributions.Poisson`.
  """

  _PARAMETERS = ("rate",)

  rate = kept("rate", "The rate.")
  log_rate = kept("log_rate", "The logarithm of the rate.")

  @recorded
  def __init__(self, rate=None, log_rate=None, validate_args=False,
               allow_nan_stats=True, name="Poisson"):
    with tf.name_scope(name) as scope:
      given = {label: value for label, value in (("rate", rate),
                                                 ("log_rate", log_rate))
               if value is not None}
      if len(given) != 1:
        raise ValueError(_errors.problem(
            "rate", "be given, or else `log_rate`",
            "both" if given else "neither", "pass exactly one of the two"))
      [(label, value)] = given.items()
      value = tf.convert_to_tensor(value, name=label)
      if not value.dtype.is_floating:
        raise TypeError(_errors.problem(
            label, "have a floating-point dtype", value.dtype.name,
            "pass floats, or cast it with tf.cast"))
      if label == "log_rate":
        rate = tf.exp(value, name="rate")
        self._log_rate = value
      else:
        checks = [tf.assert_positive(value)] if validate_args else []
        with tf.control_dependencies(checks):
          rate = tf.identity(value, name="rate")
          self._log_rate = tf.log(value, name="log_rate")
    self._start({"rate": rate}, scope, validate_args, allow_nan_stats)

  def _sample_n(self, n, seed=None):
    return tf.random_poisson(self.rate, [n], self.dtype, seed)

  def _log_prob(self, x):
    x = self._valid(x)
    return x * self.log_rate - tf.lgamma(1. + x) - self.rate

  def _cdf(self, x):
    return tf.igammac(1. + self._valid(x), self.rate)

  def _log_cdf(self, x):
    return tf.log(self.cdf(x))

  def _mode(self):
    return tf.floor(self.rate)

  def _mean(self):
    return tf.identity(self.rate)

  _variance = _mean


class Geometric(_FromProbabilities):
  """The number of failures before the first success.

  TF 1.15: `tf.contrib.distributions.Geometric`.
  """

  _PARAMETERS = ("probs",)

  @recorded
  def __init__(self, logits=None, probs=None, validate_args=False,
               allow_nan_stats=True, name="Geometric"):
    with tf.name_scope(name) as scope:
      logits, probs = util.get_logits_and_probs(
          logits, probs, validate_args=validate_args, name=scope)
      probs = parameters.positive(probs, "probs", validate_args)
    self._start({"probs": probs, "logits": logits}, scope, validate_args,
                allow_nan_stats)

  def _log_failure(self, probs):
    return tf.log1p(-probs)

  def _sample_n(self, n, seed=None):
    # log(u) / log(1 - p) is exponential, and its whole part is geometric.
    uniform = self._draw(tf.random_uniform, n, seed,
                         scalar.smallest(self.dtype), 1.,
                         batch=tf.shape(self.probs))
    return tf.floor(tf.log(uniform) / self._log_failure(self.probs))

  def _whole(self, x):
    x = self._valid(x) if self.validate_args else tf.floor(x)
    return x * tf.ones_like(self.probs)

  def _log_prob(self, x):
    failures = self._whole(x)
    probs = self.probs * tf.ones_like(failures)
    # log1p(-1) times zero failures would not be a number.
    safe = tf.where(tf.equal(failures, 0.), tf.zeros_like(probs), probs)
    return failures * self._log_failure(safe) + tf.log(probs)

  def _cdf(self, x):
    failures = self._whole(x)
    return tf.where(
        failures < 0., tf.zeros_like(failures),
        -tf.math.expm1((1. + failures) * self._log_failure(self.probs)))

  def _entropy(self):
    probs = self.probs
    if self.validate_args:
      probs = parameters.checked(probs, tf.assert_less(
          probs, tf.constant(1., probs.dtype), message=(
              "`probs` must be less than 1 for the entropy to exist")))
    return tf.nn.softplus(self.logits) / probs - self.logits

  def _mode(self):
    return tf.zeros(self.batch_shape_tensor(), self.dtype)

  def _variance(self):
    return self._mean() / self.probs

  def _mean(self):
    return tf.exp(-self.logits)


class NegativeBinomial(_FromProbabilities):
  """The number of successes before `total_count` failures.

  TF 1.15: `tf.contrib.distributions.NegativeBinomial`.
  """

  _PARAMETERS = ("total_count", "probs")

  @recorded
  def __init__(self, total_count, logits=None, probs=None,
               validate_args=False, allow_nan_stats=True,
               name="NegativeBinomial"):
    with tf.name_scope(name) as scope:
      logits, probs = util.get_logits_and_probs(
          logits, probs, validate_args=validate_args, name=scope)
      total_count = parameters.positive(total_count, None, validate_args)
    self._start({"total_count": total_count, "probs": probs,
                 "logits": logits}, scope, validate_args, allow_nan_stats)

  def _sample_n(self, n, seed=None):
    # A Poisson variable whose rate is a gamma variable.
    rate = tf.random_gamma([n], self.total_count, tf.exp(-self.logits),
                           dtype=self.dtype, seed=seed)
    return tf.random_poisson(rate, [], self.dtype,
                             util.gen_new_seed(seed, "negative_binom"))

  def _failure(self):
    return tf.sigmoid(-self.logits)

  def _cdf(self, x):
    return tf.betainc(self.total_count, 1. + self._valid(x), self._failure())

  def _log_prob(self, x):
    x = self._valid(x)
    weight = (self.total_count * tf.log_sigmoid(-self.logits)
              + x * tf.log_sigmoid(self.logits))
    return weight - (-tf.lgamma(self.total_count + x) + tf.lgamma(1. + x)
                     + tf.lgamma(self.total_count))

  def _mean(self):
    return self.total_count * tf.exp(self.logits)

  def _variance(self):
    return self._mean() / self._failure()

  def _mode(self):
    others = tf.where_v2(1. < self.total_count, self.total_count - 1.,
                         tf.zeros_like(self.total_count))
    return tf.floor(others * tf.exp(self.logits))


class Binomial(_FromProbabilities):
  """The number of successes in `total_count` trials. It cannot be sampled.

  TF 1.15: `tf.contrib.distributions.Binomial`.
  """

  _PARAMETERS = ("total_count", "probs")

  @recorded
  def __init__(self, total_count, logits=None, probs=None,
               validate_args=False, allow_nan_stats=True, name="Binomial"):
    with tf.name_scope(name) as scope:
      total_count = tf.convert_to_tensor(total_count, name="total_count")
      if validate_args:
        total_count = parameters.checked(
            total_count,
            tf.assert_non_negative(
                total_count, message="`total_count` must not be negative"),
            util.assert_integer_form(
                total_count, message="`total_count` must be whole"))
      logits, probs = util.get_logits_and_probs(
          logits, probs, validate_args=validate_args, name=scope)
    self._start({"total_count": total_count, "logits": logits,
                 "probs": probs}, scope, validate_args, allow_nan_stats)

  def _valid(self, x):
    if not self.validate_args:
      return x
    counts = super()._valid(x)
    return parameters.checked(counts, tf.assert_less_equal(
        counts, self.total_count,
        message="a count must be at most `total_count`"))

  def _log_prob(self, counts):
    counts = self._valid(counts)
    weight = (counts * tf.log(self.probs)
              + (self.total_count - counts) * tf.log1p(-self.probs))
    return weight - (
        tf.lgamma(1. + self.total_count - counts) + tf.lgamma(1. + counts)
        - tf.lgamma(1. + self.total_count))

  def _prob(self, counts):
    return tf.exp(self._log_prob(counts))

  def _cdf(self, counts):
    counts = self._valid(counts)
    probs = self.probs + tf.zeros_like(counts)
    counts = counts + tf.zeros_like(self.probs)
    one = tf.ones_like(self.total_count - counts)
    # betainc is not defined where no trial may fail.
    certain = tf.equal(counts, self.total_count)
    failures = tf.where_v2(certain, one, self.total_count - counts)
    return tf.where_v2(certain, one,
                       tf.betainc(failures, counts + 1, 1 - probs))

  def _variance(self):
    return self._mean() * (1. - self.probs)

  def _mean(self):
    return self.total_count * self.probs

  def _mode(self):
    return tf.floor((1. + self.total_count) * self.probs)


class Deterministic(scalar.Scalar):
  """Always `loc`; values within `atol + rtol * |loc|` count as equal.

  TF 1.15: `tf.contrib.distributions.Deterministic`.
  """

  _PARAMETERS = ("loc",)

  loc = kept("loc", "The value.")
  atol = kept("atol", "The absolute tolerance.")
  rtol = kept("rtol", "The relative tolerance.")

  @recorded
  def __init__(self, loc, atol=None, rtol=None, validate_args=False,
               allow_nan_stats=True, name="Deterministic"):
    with tf.name_scope(name) as scope:
      self._start({"loc": tf.convert_to_tensor(loc, name="loc")}, scope,
                  validate_args, allow_nan_stats)
      self._atol, self._rtol = map(self._tolerance, (atol, rtol))
      self._slack = self._atol
      if rtol is not None:
        self._slack += self._rtol * tf.abs(self.loc)

  def _tolerance(self, value):
    tensor = tf.convert_to_tensor(0 if value is None else value,
                                  dtype=self.loc.dtype)
    if value is None or not self.validate_args:
      return tensor
    return parameters.checked(tensor, tf.assert_non_negative(
        tensor, message="`atol` and `rtol` must not be negative"))

  def _sample_n(self, n, seed=None):
    known = shaping.static(n)
    rank = self.loc.shape.rank
    if known is None or rank is None:
      times = tf.concat(([n], tf.ones_like(tf.shape(self.loc))), axis=0)
    else:
      times = [known, *[1] * rank]
    return tf.tile(self.loc[tf.newaxis, ...], times)

  def _close(self, x):
    return tf.abs(x - self.loc) <= self._slack

  def _prob(self, x):
    return tf.cast(self._close(x), self.dtype)

  def _cdf(self, x):
    return tf.cast(x >= self.loc - self._slack, self.dtype)

  def _entropy(self):
    return tf.zeros(self.batch_shape_tensor(), self.dtype)

  def _mean(self):
    return tf.identity(self.loc)

  def _mode(self):
    return self.mean()

  def _variance(self):
    return tf.zeros_like(self.loc)


class VectorDeterministic(shaping.OfVectors, Deterministic):
  """Always the vector `loc` `[..., k]`.

  TF 1.15: `tf.contrib.distributions.VectorDeterministic`.
  """

  _VECTORS = "loc"

  @recorded
  def __init__(self, loc, atol=None, rtol=None, validate_args=False,
               allow_nan_stats=True, name="VectorDeterministic"):
    super().__init__(loc, atol, rtol, validate_args, allow_nan_stats, name)

  def _close(self, x):
    return tf.reduce_all(super()._close(x), axis=-1)
