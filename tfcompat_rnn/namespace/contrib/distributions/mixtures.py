"""Mixtures of distributions, and `Independent`."""

import numpy as np

from tfcompat_rnn import _tf
from tfcompat_rnn._tf import tf
from tfcompat_rnn.namespace.contrib.distributions import shaping

util = shaping.util
Distribution = tf.distributions.Distribution


def graph_parents(distribution):
  """The tensors that `distribution` was made of."""
  return _tf.attribute(distribution, "Distribution._graph_parents")


def mixture_stddev(weights, means, stddevs):
  """The standard deviation `[batch]` of mixtures; all `[batch, k]`.

  Raises ValueError if the shapes differ.
  """
  weights.shape.assert_has_rank(2)
  if not means.shape.is_compatible_with(weights.shape):
    raise ValueError("Expecting means to have same shape as mixture weights.")
  if not stddevs.shape.is_compatible_with(weights.shape):
    raise ValueError(
        "Expecting stddevs to have same shape as mixture weights.")
  weights = tf.expand_dims(weights, axis=1)
  means = tf.expand_dims(means, axis=2)
  stddevs = tf.expand_dims(stddevs, axis=2)
  mean = tf.reshape(tf.matmul(weights, means), (-1,))
  variance = tf.reshape(tf.matmul(weights, tf.square(stddevs)), (-1,))
  squared = tf.reshape(tf.matmul(weights, tf.square(means)), (-1,))
  return tf.sqrt(variance + squared - tf.square(mean))


class Mixture(Distribution):
  """A mixture of a list of distributions.

  >>> tfd = tf.contrib.distributions
  >>> d = tfd.Mixture(tfd.Categorical(probs=[.3, .7]),
  ...                 [tfd.Normal(-1., .1), tfd.Normal(1., .5)])

  `cat` is a `Categorical` over as many classes as there are `components`.
  Raises TypeError or ValueError if they do not fit together.

  TF 1.15: `tf.contrib.distributions.Mixture`.
  """

  def __init__(self, cat, components, validate_args=False,
               allow_nan_stats=True, use_static_graph=False, name="Mixture"):
    parameters = dict(locals())
    if not isinstance(cat, tf.distributions.Categorical):
      raise TypeError(
          f"cat must be a Categorical distribution, but saw: {cat}")
    if not components:
      raise ValueError("components must be a non-empty list or tuple")
    if not isinstance(components, (list, tuple)):
      raise TypeError(
          f"components must be a list or tuple, but saw: {components}")
    if not all(isinstance(part, Distribution) for part in components):
      raise TypeError("all entries in components must be Distribution "
                      f"instances but saw: {components}")
    dtype = components[0].dtype
    if not all(part.dtype == dtype for part in components):
      raise TypeError("All components must have the same dtype, but saw "
                      f"dtypes: {[(p.name, p.dtype) for p in components]}")
    event_shape = components[0].event_shape
    batch_shape = cat.batch_shape
    for part in components:
      event_shape = event_shape.merge_with(part.event_shape)
      batch_shape = batch_shape.merge_with(part.batch_shape)
    if event_shape.rank is None:
      raise ValueError(
          "Expected to know rank(event_shape) from components, but none of "
          "the components provide a static number of ndims")
    with tf.name_scope(name) as name:
      number = tf.get_static_value(cat.event_size)
      if number is None:
        raise ValueError(
            "Could not infer number of classes from cat and unable to "
            "compare this value to the number of components passed in.")
      number = int(number)
      if number != len(components):
        raise ValueError("cat.num_classes != len(components): "
                         f"{number} vs. {len(components)}")
      cat_shape = cat.batch_shape_tensor()
      cat_rank = tf.size(cat_shape)
      self._assertions = []
      if validate_args:
        shapes = [part.batch_shape_tensor() for part in components]
        ranks = [tf.size(shape) for shape in shapes]
        for ours, theirs in ((cat_rank, ranks), (cat_shape, shapes)):
          self._assertions += [
              tf.assert_equal(ours, one, message=(
                  f"components[{place}] batch shape must match cat batch "
                  "shape")) for place, one in enumerate(theirs)]
      self._cat = cat
      self._components = list(components)
      self._num_components = number
      self._known_event_shape = event_shape
      self._known_batch_shape = batch_shape
      self._use_static_graph = use_static_graph
    super().__init__(
        dtype=dtype,
        reparameterization_type=tf.distributions.NOT_REPARAMETERIZED,
        validate_args=validate_args, allow_nan_stats=allow_nan_stats,
        parameters=parameters,
        graph_parents=[parent for one in [cat, *components]
                       for parent in graph_parents(one)],
        name=name)

  @property
  def cat(self):
    """The distribution of the components."""
    return self._cat

  @property
  def components(self):
    """The list of components."""
    return self._components

  @property
  def num_components(self):
    """The number of components."""
    return self._num_components

  def _batch_shape_tensor(self):
    return self._cat.batch_shape_tensor()

  def _batch_shape(self):
    return self._known_batch_shape

  def _event_shape_tensor(self):
    return self._components[0].event_shape_tensor()

  def _event_shape(self):
    return self._known_event_shape

  def _weights(self, log_probs=False, to_event=False):
    softmax = tf.nn.log_softmax if log_probs else tf.nn.softmax
    weights = tf.unstack(softmax(self.cat.logits), num=self.num_components,
                         axis=-1)
    if to_event:
      for _ in range(self.event_shape.rank):
        weights = [tf.expand_dims(one, -1) for one in weights]
    return weights

  def _mean(self):
    with tf.control_dependencies(self._assertions):
      means = [part.mean() for part in self.components]
      weights = self._weights(to_event=True)
      return tf.add_n([weight * mean
                       for weight, mean in zip(weights, means)])

  def _stddev(self):
    with tf.control_dependencies(self._assertions):
      means = [part.mean() for part in self.components]
      stddevs = [part.stddev() for part in self.components]
      number = len(self.components)
      weights = self._weights()
      means = tf.stack(means, axis=-1)
      stddevs = tf.stack(stddevs, axis=-1)
      for _ in range(self.event_shape.rank):
        weights = [tf.expand_dims(one, -1) for one in weights]
      weights = tf.stack(weights, axis=-1) * tf.ones_like(means)
      result = mixture_stddev(tf.reshape(weights, [-1, number]),
                              tf.reshape(means, [-1, number]),
                              tf.reshape(stddevs, [-1, number]))
      return tf.reshape(result, tf.shape(weights)[:-1])

  def _log_of(self, method, x):
    with tf.control_dependencies(self._assertions):
      x = tf.convert_to_tensor(x, name="x")
      logs = [getattr(part, method)(x) for part in self.components]
      weights = self._weights(log_probs=True)
      together = tf.stack([weight + log
                           for weight, log in zip(weights, logs)], 0)
      return tf.reduce_logsumexp(together, [0])

  def _log_prob(self, x):
    return self._log_of("log_prob", x)

  def _log_cdf(self, x):
    return self._log_of("log_cdf", x)

  def _sample_n(self, n, seed=None):
    if self._use_static_graph:
      return self._sample_all(n, seed)
    with tf.control_dependencies(self._assertions):
      n = tf.convert_to_tensor(n, name="n")
      known = tf.get_static_value(n)
      n = n if known is None else int(known)
      chosen = self.cat.sample(n, seed=seed)
      known_shape = chosen.get_shape()
      if known_shape.is_fully_defined():
        shape = known_shape.as_list()
        size = known_shape.num_elements()
      else:
        shape = tf.shape(chosen)
        size = tf.size(chosen)
      if self.batch_shape.is_fully_defined():
        batch_size = self.batch_shape.num_elements()
      else:
        batch_size = tf.reduce_prod(self.batch_shape_tensor())
      if self.event_shape.is_fully_defined():
        event_shape = np.array(self.event_shape.as_list(), dtype=np.int32)
      else:
        event_shape = self.event_shape_tensor()
      # Each component is drawn as often as it was chosen, for the whole
      # batch; then the row of the batch that chose it is taken.
      places = tf.dynamic_partition(
          tf.reshape(tf.range(0, size), shape), chosen, self.num_components)
      rows = tf.dynamic_partition(
          tf.reshape(tf.tile(tf.range(0, batch_size), [n]), shape), chosen,
          self.num_components)
      drawn = []
      for place, component in enumerate(self.components):
        times = tf.size(places[place])
        seed = util.gen_new_seed(seed, "mixture")
        draws = component.sample(times, seed=seed)
        wanted = batch_size * tf.range(times) + rows[place]
        draws = tf.reshape(
            draws, tf.concat([[times * batch_size], event_shape], 0))
        drawn.append(tf.gather(draws, wanted,
                               name="samples_class_c_gather"))
      result = tf.reshape(
          tf.dynamic_stitch(places, drawn),
          tf.concat([shape, self.event_shape_tensor()], 0))
      result.set_shape(
          tf.TensorShape(known_shape).concatenate(self.event_shape))
      return result

  def _sample_all(self, n, seed):
    rank = self._known_event_shape.rank
    chosen = self.cat.sample(n, seed=seed)
    draws = []
    for component in self.components:
      seed = util.gen_new_seed(seed, "mixture")
      draws.append(component.sample(n, seed=seed))
    x = tf.stack(draws, -rank - 1)
    mask = _mask(chosen, self._num_components, x)
    mask = shaping.pad_mixture(mask, self, self._cat, rank)
    return tf.reduce_sum(x * mask, axis=-1 - rank)

  def entropy_lower_bound(self, name="entropy_lower_bound"):
    """The mean of the entropies of the components.

    The entropy of a mixture is at least this.
    """
    with _tf.attribute(self, "Distribution._name_scope")(
        name, values=[self.cat.logits]):
      with tf.control_dependencies(self._assertions):
        entropies = [part.entropy() for part in self.components]
        weights = self._weights()
        return tf.add_n([weight * entropy
                         for weight, entropy in zip(weights, entropies)])


def _mask(chosen, number, like):
  dtype = like.dtype.as_numpy_dtype
  return tf.one_hot(indices=chosen, depth=number,
                    on_value=np.ones([], dtype=dtype),
                    off_value=np.zeros([], dtype=dtype))


class MixtureSameFamily(Distribution):
  """A mixture of the last batch dimension of one distribution.

  >>> tfd = tf.contrib.distributions
  >>> d = tfd.MixtureSameFamily(tfd.Categorical(probs=[.3, .7]),
  ...                           tfd.Normal([-1., 1.], [.1, .5]))

  Raises ValueError if the batch shapes do not fit together.

  TF 1.15: `tf.contrib.distributions.MixtureSameFamily`.
  """

  def __init__(self, mixture_distribution, components_distribution,
               validate_args=False, allow_nan_stats=True,
               name="MixtureSameFamily"):
    parameters = dict(locals())
    mixture, components = mixture_distribution, components_distribution
    with tf.name_scope(name) as name:
      self._mixture_distribution = mixture
      self._components_distribution = components
      self._assertions = []
      event = components.event_shape_tensor()
      rank = shaping.dimension(event.shape, 0)
      self._event_rank = tf.shape(event)[0] if rank is None else rank
      if not mixture.dtype.is_integer:
        raise ValueError(f"`mixture_distribution.dtype` "
                         f"({mixture.dtype.name}) is not over integers")
      if mixture.event_shape.rank not in (None, 0):
        raise ValueError(
            "`mixture_distribution` must have scalar `event_dim`s")
      ours = mixture.batch_shape
      theirs = components.batch_shape.with_rank_at_least(1)[:-1]
      if ours.is_fully_defined() and theirs.is_fully_defined():
        if ours.rank != 0 and ours != theirs:
          raise ValueError(
              f"`mixture_distribution.batch_shape` (`{ours.as_list()}`) is "
              "not compatible with `components_distribution.batch_shape` "
              f"(`{theirs.as_list()}`)")
      number = shaping.dimension(
          mixture.logits.shape.with_rank_at_least(1), -1)
      other = shaping.dimension(
          components.batch_shape.with_rank_at_least(1), -1)
      if None not in (number, other) and number != other:
        raise ValueError(
            f"`mixture_distribution components` ({number}) does not equal "
            f"`components_distribution.batch_shape[-1]` ({other})")
      if number is None:
        number = tf.shape(mixture.logits)[-1]
      self._num_components = number
      super().__init__(
          dtype=components.dtype,
          reparameterization_type=tf.distributions.NOT_REPARAMETERIZED,
          validate_args=validate_args, allow_nan_stats=allow_nan_stats,
          parameters=parameters,
          graph_parents=graph_parents(mixture) + graph_parents(components),
          name=name)

  @property
  def mixture_distribution(self):
    """The distribution of the components."""
    return self._mixture_distribution

  @property
  def components_distribution(self):
    """The distribution whose last batch dimension is mixed."""
    return self._components_distribution

  def _batch_shape_tensor(self):
    return self.components_distribution.batch_shape_tensor()[:-1]

  def _batch_shape(self):
    return self.components_distribution.batch_shape.with_rank_at_least(
        1)[:-1]

  def _event_shape_tensor(self):
    return self.components_distribution.event_shape_tensor()

  def _event_shape(self):
    return self.components_distribution.event_shape

  def _padded(self, weights):
    return shaping.pad_mixture(weights, self, self.mixture_distribution,
                               self._event_shape().rank)

  def _sample_n(self, n, seed):
    # 1.15 did not use the seed here.
    x = self.components_distribution.sample(n)
    mask = _mask(self.mixture_distribution.sample(n), self._num_components,
                 x)
    return tf.reduce_sum(x * self._padded(mask), axis=-1 - self._event_rank)

  def _log_of(self, method, x):
    x = self._pad(x)
    log = getattr(self.components_distribution, method)(x)
    weights = tf.nn.log_softmax(self.mixture_distribution.logits, axis=-1)
    return tf.reduce_logsumexp(log + weights, axis=-1)

  def _log_prob(self, x):
    return self._log_of("log_prob", x)

  def _log_cdf(self, x):
    return self._log_of("log_cdf", x)

  def _mean(self):
    probs = self._padded(self.mixture_distribution.probs)
    return tf.reduce_sum(probs * self.components_distribution.mean(),
                         axis=-1 - self._event_rank)

  def _variance(self):
    # The law of total variance.
    probs = self._padded(self.mixture_distribution.probs)
    axis = -1 - self._event_rank
    within = tf.reduce_sum(probs * self.components_distribution.variance(),
                           axis=axis)
    between = tf.reduce_sum(
        probs * tf.squared_difference(self.components_distribution.mean(),
                                      self._pad(self._mean())), axis=axis)
    return within + between

  def _covariance(self):
    if self.event_shape.rank != 1:
      raise NotImplementedError("covariance is not implemented")
    probs = self._padded(self._padded(self.mixture_distribution.probs))
    within = tf.reduce_sum(
        probs * self.components_distribution.covariance(), axis=-3)
    away = self.components_distribution.mean() - self._pad(self._mean())
    outer = away[..., tf.newaxis, :] * away[..., tf.newaxis]
    return within + tf.reduce_sum(probs * outer, axis=-3)

  def _pad(self, x):
    with tf.name_scope("pad_sample_dims"):
      rank = tf.rank(x) if x.shape.rank is None else x.shape.rank
      shape = tf.shape(x)
      place = rank - self._event_rank
      return tf.reshape(x, shape=tf.concat(
          [shape[:place], [1], shape[place:]], axis=0))


class Independent(Distribution):
  """Batch dimensions of a distribution as dimensions of its event.

  >>> tfd = tf.contrib.distributions
  >>> d = tfd.Independent(tfd.Normal(tf.zeros([3, 4]), 1.))  # batch [3]

  `reinterpreted_batch_ndims` of the last batch dimensions (None: all but the
  first). Raises ValueError if there are fewer.

  TF 1.15: `tf.contrib.distributions.Independent`.
  """

  def __init__(self, distribution, reinterpreted_batch_ndims=None,
               validate_args=False, name=None):
    parameters = dict(locals())
    name = name or "Independent" + distribution.name
    self._distribution = distribution
    with tf.name_scope(name) as name:
      ndims = reinterpreted_batch_ndims
      if ndims is None:
        rank = distribution.batch_shape.rank
        ndims = (np.maximum(0, rank - 1) if rank is not None else tf.maximum(
            0, tf.shape(distribution.batch_shape_tensor())[0] - 1))
      ndims = tf.convert_to_tensor(ndims, dtype=tf.int32,
                                   name="reinterpreted_batch_ndims")
      self._known_ndims = tf.get_static_value(ndims)
      self._ndims = ndims if self._known_ndims is None else self._known_ndims
      super().__init__(
          dtype=distribution.dtype,
          reparameterization_type=distribution.reparameterization_type,
          validate_args=validate_args,
          allow_nan_stats=distribution.allow_nan_stats,
          parameters=parameters,
          graph_parents=[ndims] + graph_parents(distribution), name=name)
      self._assertions = self._checks(ndims, validate_args)

  def _checks(self, ndims, validate_args):
    rank = self.distribution.batch_shape.rank
    if None not in (rank, self._known_ndims):
      if self._known_ndims > rank:
        raise ValueError(
            f"reinterpreted_batch_ndims({self._known_ndims}) cannot exceed "
            f"distribution.batch_ndims({rank})")
      return []
    if not validate_args:
      return []
    return [tf.assert_less_equal(
        ndims, self._batch_rank(self.distribution.batch_shape_tensor()),
        message=("reinterpreted_batch_ndims cannot exceed "
                 "distribution.batch_ndims"))]

  @property
  def distribution(self):
    """The distribution whose batch dimensions are reinterpreted."""
    return self._distribution

  @property
  def reinterpreted_batch_ndims(self):
    """How many batch dimensions belong to the event."""
    return self._ndims

  @staticmethod
  def _batch_rank(shape):
    rank = shaping.dimension(shape.shape.with_rank_at_least(1), 0)
    return tf.shape(shape)[0] if rank is None else rank

  def _batch_shape_tensor(self):
    with tf.control_dependencies(self._assertions):
      shape = self.distribution.batch_shape_tensor()
      return shape[:self._batch_rank(shape) - self._ndims]

  def _event_shape_tensor(self):
    with tf.control_dependencies(self._assertions):
      shape = self.distribution.batch_shape_tensor()
      return tf.concat([shape[self._batch_rank(shape) - self._ndims:],
                        self.distribution.event_shape_tensor()], axis=0)

  def _split(self):
    shape = self.distribution.batch_shape
    if self._known_ndims is None or shape.rank is None:
      return tf.TensorShape(None), tf.TensorShape(None)
    place = shape.rank - self._known_ndims
    return shape[:place], shape[place:]

  def _batch_shape(self):
    return self._split()[0]

  def _event_shape(self):
    return self._split()[1].concatenate(self.distribution.event_shape)

  def _sample_n(self, n, seed):
    with tf.control_dependencies(self._assertions):
      return self.distribution.sample(sample_shape=n, seed=seed)

  def _sum(self, x):
    axes = (tf.range(self._ndims) if self._known_ndims is None
            else np.arange(self._known_ndims))
    return tf.reduce_sum(x, axis=-1 - axes)

  def _log_prob(self, x):
    with tf.control_dependencies(self._assertions):
      return self._sum(self.distribution.log_prob(x))

  def _entropy(self):
    with tf.control_dependencies(self._assertions):
      return self._sum(self.distribution.entropy())

  def _mean(self):
    with tf.control_dependencies(self._assertions):
      return self.distribution.mean()

  def _variance(self):
    with tf.control_dependencies(self._assertions):
      return self.distribution.variance()

  def _stddev(self):
    with tf.control_dependencies(self._assertions):
      return self.distribution.stddev()

  def _mode(self):
    with tf.control_dependencies(self._assertions):
      return self.distribution.mode()


@tf.distributions.RegisterKL(Independent, Independent)
def _kl_independent(a, b, name="kl_independent"):
  p, q = a.distribution, b.distribution
  if not (a.event_shape.is_fully_defined()
          and b.event_shape.is_fully_defined()):
    raise NotImplementedError(
        "KL between Independents with event shapes that the graph does not "
        "know is not supported; give the parameters static shapes")
  if a.event_shape != b.event_shape:
    raise ValueError("Event shapes do not match.")
  if p.event_shape != q.event_shape:
    raise NotImplementedError("KL between Independents with different event "
                              "shapes not supported.")
  summed = a.event_shape.rank - p.event_shape.rank
  return tf.reduce_sum(
      tf.distributions.kl_divergence(p, q, name=name),
      axis=[-place - 1 for place in range(summed)])
