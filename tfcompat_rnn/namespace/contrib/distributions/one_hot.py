"""Categories as one-hot vectors, exact and relaxed."""

from tfcompat_rnn._tf import tf
from tfcompat_rnn.namespace.contrib.distributions import bijectors
from tfcompat_rnn.namespace.contrib.distributions import parameters
from tfcompat_rnn.namespace.contrib.distributions import scalar
from tfcompat_rnn.namespace.contrib.distributions import shaping
from tfcompat_rnn.namespace.contrib.distributions import transformed

util = shaping.util
kept = parameters.kept
recorded = parameters.recorded
Distribution = tf.distributions.Distribution


class _OverCategories(shaping.OfVectors, Distribution):
  """What the distributions over vectors of `event_size` elements share."""

  _VECTORS = "logits"

  event_size = kept(
      "event_size", "The number of categories, a scalar int32 tensor.")
  logits = kept("logits", "Unnormalized logarithms of the probabilities, "
                "`[..., categories]`.")
  probs = kept("probs", "Probabilities, `[..., categories]`.")

  def _read(self, logits, probs, validate_args, name):
    self._logits, self._probs = util.get_logits_and_probs(
        logits, probs, multidimensional=True, validate_args=validate_args,
        name=name)

  def _measure(self):
    rank = self.logits.shape.with_rank_at_least(1).rank
    if rank is None:
      with tf.name_scope("batch_rank"):
        self._batch_rank = tf.rank(self.logits) - 1
    else:
      self._batch_rank = tf.constant(rank - 1, tf.int32, name="batch_rank")
    with tf.name_scope("event_size"):
      self._event_size = tf.shape(self.logits)[-1]

  def _rows(self, x):
    """`x` as a matrix with a row for each vector."""
    return tf.reshape(x, [-1, self.event_size])

  def _shape_of(self, n):
    return tf.concat([[n], tf.shape(self.logits)], 0)

  def _checked_sample(self, x):
    if not self.validate_args:
      return x
    return parameters.checked(
        x, tf.assert_non_positive(x), tf.debugging.assert_near(
            tf.zeros([], self.dtype), tf.reduce_logsumexp(x, axis=[-1])))

  def _broadcast(self, x):
    """(x, logits), both of their common shape."""
    logits = self.logits
    if x.shape.is_fully_defined() and x.shape == logits.shape:
      return x, logits
    logits = tf.ones_like(x, logits.dtype) * logits
    return tf.ones_like(logits, x.dtype) * x, logits


class OneHotCategorical(_OverCategories):
  """One category, as a one-hot vector.

  >>> d = tf.contrib.distributions.OneHotCategorical(logits=[0., 1., 2.])
  >>> d.sample(2)   # int32 [2, 3]

  `logits` or `probs` `[..., categories]`. Raises ValueError unless exactly
  one is given.

  TF 1.15: `tf.contrib.distributions.OneHotCategorical`.
  """

  @recorded
  def __init__(self, logits=None, probs=None, dtype=tf.int32,
               validate_args=False, allow_nan_stats=True,
               name="OneHotCategorical"):
    with tf.name_scope(name) as scope:
      self._read(logits, probs, validate_args, scope)
      self._measure()
    Distribution.__init__(
        self, dtype, tf.distributions.NOT_REPARAMETERIZED, validate_args,
        allow_nan_stats, graph_parents=[self._logits, self._probs],
        name=scope)

  def _one_hot(self, places):
    return tf.one_hot(places, self.event_size, dtype=self.dtype)

  def _sample_n(self, n, seed=None):
    shape = self._shape_of(n)
    logits = (self.logits if self.logits.shape.rank == 2
              else self._rows(self.logits))
    places = tf.transpose(tf.multinomial(logits, n, seed=seed))
    return tf.reshape(self._one_hot(places), shape)

  def _log_prob(self, x):
    x, logits = self._broadcast(self._checked_sample(x))
    shape = tf.shape(tf.reduce_sum(logits, -1))
    logits = self._rows(logits)
    return tf.reshape(-tf.nn.softmax_cross_entropy_with_logits(
        labels=self._rows(x), logits=logits), shape)

  def _entropy(self):
    return -tf.reduce_sum(tf.nn.log_softmax(self.logits) * self.probs,
                          axis=-1)

  def _mode(self):
    mode = self._one_hot(tf.argmax(self.logits, axis=self._batch_rank))
    mode.set_shape(self.logits.shape)
    return mode

  def _variance(self):
    return self.probs * (1. - self.probs)

  def _covariance(self):
    column = self.probs[..., None]
    row = self.probs[..., None, :]
    return tf.matrix_set_diag(-tf.matmul(column, row), self._variance())


@tf.distributions.RegisterKL(OneHotCategorical, OneHotCategorical)
def _kl_one_hot(a, b, name=None):
  with tf.name_scope(name, "kl_categorical_categorical"):
    return tf.reduce_sum(
        tf.nn.softmax(a.logits) * (tf.nn.log_softmax(a.logits)
                                   - tf.nn.log_softmax(b.logits)), axis=-1)


class ExpRelaxedOneHotCategorical(_OverCategories):
  """The logarithm of a `RelaxedOneHotCategorical`.

  TF 1.15: `tf.contrib.distributions.ExpRelaxedOneHotCategorical`.
  Paper: https://arxiv.org/abs/1611.00712.
  """

  temperature = kept("temperature", "The temperature, a scalar.")

  @recorded
  def __init__(self, temperature, logits=None, probs=None, dtype=None,
               validate_args=False, allow_nan_stats=True,
               name="ExpRelaxedOneHotCategorical"):
    with tf.name_scope(name) as scope:
      self._read(logits, probs, validate_args, scope)
      if dtype is None:
        dtype = self.logits.dtype
        if not validate_args:
          temperature = tf.cast(temperature, dtype)
      with tf.control_dependencies([tf.assert_positive(temperature)]
                                   if validate_args else []):
        self._temperature = tf.identity(temperature, name="temperature")
        self._divisor = tf.reshape(temperature, [-1, 1],
                                   name="temperature_2d")
      self._measure()
    Distribution.__init__(
        self, dtype, tf.distributions.FULLY_REPARAMETERIZED, validate_args,
        allow_nan_stats, name=scope,
        graph_parents=[self._logits, self._probs, self._temperature])

  def _sample_n(self, n, seed=None):
    shape = self._shape_of(n)
    logits = self._rows(self.logits * tf.ones(shape, self.dtype))
    # Never 0: log(-log(0)) is not finite.
    uniform = tf.random_uniform(tf.shape(logits),
                                scalar.smallest(self.dtype), 1., self.dtype,
                                seed)
    noisy = tf.div(-tf.log(-tf.log(uniform)) + logits, self._divisor)
    return tf.reshape(tf.nn.log_softmax(noisy), shape)

  def _log_prob(self, x):
    x, logits = self._broadcast(self._checked_sample(x))
    shape = tf.shape(tf.reduce_sum(logits, axis=[-1]))
    logits = self._rows(logits)
    x = self._rows(x)
    k = tf.cast(self.event_size, x.dtype)
    constant = tf.lgamma(k) + (k - 1.) * tf.log(self.temperature)
    shares = tf.nn.log_softmax(logits - x * self._divisor)
    return tf.reshape(constant + tf.reduce_sum(shares, [-1]), shape)


class RelaxedOneHotCategorical(transformed.TransformedDistribution):
  """A continuous relaxation of `OneHotCategorical` (Gumbel softmax).

  `temperature` is a scalar; `logits` or `probs` `[..., categories]`.

  TF 1.15: `tf.contrib.distributions.RelaxedOneHotCategorical`.
  Papers: https://arxiv.org/abs/1611.00712, https://arxiv.org/abs/1611.01144.
  """

  def __init__(self, temperature, logits=None, probs=None, dtype=None,
               validate_args=False, allow_nan_stats=True,
               name="RelaxedOneHotCategorical"):
    super().__init__(
        ExpRelaxedOneHotCategorical(
            temperature, logits=logits, probs=probs, dtype=dtype,
            validate_args=validate_args, allow_nan_stats=allow_nan_stats),
        bijectors.Exp(), name=name)

