"""Categories as one-hot vectors, exact and relaxed."""

import numpy as np

from tfcompat_rnn._tf import tf
from tfcompat_rnn.namespace.contrib.distributions import bijectors
from tfcompat_rnn.namespace.contrib.distributions import shaping
from tfcompat_rnn.namespace.contrib.distributions import transformed

util = shaping.util
Distribution = tf.distributions.Distribution


def _batch_rank_and_event_size(logits):
  rank = logits.get_shape().with_rank_at_least(1).rank
  if rank is not None:
    batch_rank = tf.convert_to_tensor(rank - 1, dtype=tf.int32,
                                      name="batch_rank")
  else:
    with tf.name_scope("batch_rank"):
      batch_rank = tf.rank(logits) - 1
  with tf.name_scope("event_size"):
    return batch_rank, tf.shape(logits)[-1]


class _OverCategories(Distribution):
  """What the distributions over vectors of `event_size` elements share."""

  @property
  def event_size(self):
    """The number of categories, a scalar int32 tensor."""
    return self._event_size

  @property
  def logits(self):
    """Unnormalized logarithms of the probabilities, `[..., categories]`."""
    return self._logits

  @property
  def probs(self):
    """Probabilities, `[..., categories]`."""
    return self._probs

  def _batch_shape_tensor(self):
    return tf.shape(self.logits)[:-1]

  def _batch_shape(self):
    return self.logits.get_shape()[:-1]

  def _event_shape_tensor(self):
    return tf.shape(self.logits)[-1:]

  def _event_shape(self):
    return self.logits.get_shape().with_rank_at_least(1)[-1:]

  def _checked_sample(self, x):
    if not self.validate_args:
      return x
    with tf.control_dependencies([
        tf.assert_non_positive(x),
        tf.debugging.assert_near(tf.zeros([], dtype=self.dtype),
                                 tf.reduce_logsumexp(x, axis=[-1]))]):
      return tf.identity(x)

  def _broadcast(self, x):
    """(x, logits), both of their common shape."""
    logits = self.logits
    if (not x.get_shape().is_fully_defined()
        or not logits.get_shape().is_fully_defined()
        or x.get_shape() != logits.get_shape()):
      logits = tf.ones_like(x, dtype=logits.dtype) * logits
      x = tf.ones_like(logits, dtype=x.dtype) * x
    return x, logits


class OneHotCategorical(_OverCategories):
  """One category, as a one-hot vector.

  >>> d = tf.contrib.distributions.OneHotCategorical(logits=[0., 1., 2.])
  >>> d.sample(2)   # int32 [2, 3]

  `logits` or `probs` `[..., categories]`. Raises ValueError unless exactly
  one is given.

  TF 1.15: `tf.contrib.distributions.OneHotCategorical`.
  """

  def __init__(self, logits=None, probs=None, dtype=tf.int32,
               validate_args=False, allow_nan_stats=True,
               name="OneHotCategorical"):
    parameters = dict(locals())
    with tf.name_scope(name) as name:
      self._logits, self._probs = util.get_logits_and_probs(
          name=name, logits=logits, probs=probs,
          validate_args=validate_args, multidimensional=True)
      self._batch_rank, self._event_size = _batch_rank_and_event_size(
          self._logits)
    super().__init__(
        dtype=dtype,
        reparameterization_type=tf.distributions.NOT_REPARAMETERIZED,
        validate_args=validate_args, allow_nan_stats=allow_nan_stats,
        parameters=parameters, graph_parents=[self._logits, self._probs],
        name=name)

  def _sample_n(self, n, seed=None):
    shape = tf.concat([[n], tf.shape(self.logits)], 0)
    logits = self.logits
    if logits.get_shape().rank != 2:
      logits = tf.reshape(logits, [-1, self.event_size])
    chosen = tf.transpose(tf.multinomial(logits, n, seed=seed))
    chosen = tf.one_hot(chosen, self.event_size, dtype=self.dtype)
    return tf.reshape(chosen, shape)

  def _log_prob(self, x):
    x, logits = self._broadcast(self._checked_sample(x))
    shape = tf.shape(tf.reduce_sum(logits, -1))
    logits = tf.reshape(logits, [-1, self.event_size])
    x = tf.reshape(x, [-1, self.event_size])
    result = -tf.nn.softmax_cross_entropy_with_logits(labels=x,
                                                      logits=logits)
    return tf.reshape(result, shape)

  def _entropy(self):
    return -tf.reduce_sum(tf.nn.log_softmax(self.logits) * self.probs,
                          axis=-1)

  def _mode(self):
    result = tf.argmax(self.logits, axis=self._batch_rank)
    result = tf.one_hot(result, self.event_size, dtype=self.dtype)
    result.set_shape(self.logits.get_shape())
    return result

  def _covariance(self):
    p = self.probs
    result = -tf.matmul(p[..., None], p[..., None, :])
    return tf.matrix_set_diag(result, self._variance())

  def _variance(self):
    return self.probs * (1. - self.probs)


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

  def __init__(self, temperature, logits=None, probs=None, dtype=None,
               validate_args=False, allow_nan_stats=True,
               name="ExpRelaxedOneHotCategorical"):
    parameters = dict(locals())
    with tf.name_scope(name) as name:
      self._logits, self._probs = util.get_logits_and_probs(
          name=name, logits=logits, probs=probs,
          validate_args=validate_args, multidimensional=True)
      if dtype is None:
        dtype = self._logits.dtype
        if not validate_args:
          temperature = tf.cast(temperature, dtype)
      with tf.control_dependencies([tf.assert_positive(temperature)]
                                   if validate_args else []):
        self._temperature = tf.identity(temperature, name="temperature")
        self._temperature_2d = tf.reshape(temperature, [-1, 1],
                                          name="temperature_2d")
      self._batch_rank, self._event_size = _batch_rank_and_event_size(
          self._logits)
    super().__init__(
        dtype=dtype,
        reparameterization_type=tf.distributions.FULLY_REPARAMETERIZED,
        validate_args=validate_args, allow_nan_stats=allow_nan_stats,
        parameters=parameters,
        graph_parents=[self._logits, self._probs, self._temperature],
        name=name)

  @property
  def temperature(self):
    """The temperature, a scalar."""
    return self._temperature

  def _sample_n(self, n, seed=None):
    shape = tf.concat([[n], tf.shape(self.logits)], 0)
    logits = self.logits * tf.ones(shape, dtype=self.dtype)
    logits = tf.reshape(logits, [-1, self.event_size])
    # The smallest positive number: log(-log(0)) is not finite.
    uniform = tf.random_uniform(
        shape=tf.shape(logits),
        minval=np.finfo(self.dtype.as_numpy_dtype).tiny, maxval=1.,
        dtype=self.dtype, seed=seed)
    gumbel = -tf.log(-tf.log(uniform))
    noisy = tf.div(gumbel + logits, self._temperature_2d)
    return tf.reshape(tf.nn.log_softmax(noisy), shape)

  def _log_prob(self, x):
    x, logits = self._broadcast(self._checked_sample(x))
    shape = tf.shape(tf.reduce_sum(logits, axis=[-1]))
    logits = tf.reshape(logits, [-1, self.event_size])
    x = tf.reshape(x, [-1, self.event_size])
    k = tf.cast(self.event_size, x.dtype)
    constant = tf.lgamma(k) + (k - 1.) * tf.log(self.temperature)
    log_softmax = tf.nn.log_softmax(logits - x * self._temperature_2d)
    return tf.reshape(
        constant + tf.reduce_sum(log_softmax, [-1], keepdims=False), shape)


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

