"""Mixtures of distributions."""

import functools

import numpy as np

from tfcompat_rnn import _errors
from tfcompat_rnn import _tf
from tfcompat_rnn._tf import tf
from tfcompat_rnn.namespace.contrib.distributions import parameters
from tfcompat_rnn.namespace.contrib.distributions import shaping

util = shaping.util
Distribution = tf.distributions.Distribution
kept = parameters.kept
recorded = parameters.recorded
asserted = parameters.asserted
graph_parents = parameters.graph_parents


def mixture_stddev(weights, means, stddevs):
  """The standard deviation `[batch]` of mixtures; all `[batch, k]`.

  Raises ValueError if the shapes differ.
  """
  weights.shape.assert_has_rank(2)
  for name, values in (("means", means), ("stddevs", stddevs)):
    if not values.shape.is_compatible_with(weights.shape):
      raise ValueError(_errors.problem(
          name, f"have the shape of the weights, {weights.shape}",
          values.shape, "give each component one"))
  row = tf.expand_dims(weights, axis=1)
  means, stddevs = (tf.expand_dims(each, axis=2) for each in (means, stddevs))

  def average(column):
    return tf.reshape(tf.matmul(row, column), (-1,))

  # The variance is the mean of the squares less the square of the mean.
  mean = average(means)
  squares = average(tf.square(stddevs)) + average(tf.square(means))
  return tf.sqrt(squares - tf.square(mean))


class Mixture(Distribution):
  """A mixture of a list of distributions.

  >>> tfd = tf.contrib.distributions
  >>> d = tfd.Mixture(tfd.Categorical(probs=[.3, .7]),
  ...                 [tfd.Normal(-1., .1), tfd.Normal(1., .5)])

  `cat` is a `Categorical` over as many classes as there are `components`.
  Raises TypeError or ValueError if they do not fit together.

  TF 1.15: `tf.contrib.distributions.Mixture`.
  """

  cat = kept("cat", "The distribution of the components.")
  components = kept("components", "The list of components.")
  num_components = kept("num_components", "The number of components.")

  @recorded
  def __init__(self, cat, components, validate_args=False,
               allow_nan_stats=True, use_static_graph=False, name="Mixture"):
    _check_components(cat, components)
    self._cat, self._components = cat, list(components)
    self._use_static_graph = use_static_graph
    self._known_event_shape = functools.reduce(
        lambda shape, part: shape.merge_with(part.event_shape), components,
        components[0].event_shape)
    self._known_batch_shape = functools.reduce(
        lambda shape, part: shape.merge_with(part.batch_shape), components,
        cat.batch_shape)
    if self._known_event_shape.rank is None:
      raise ValueError(_errors.problem(
          "components", "have event shapes of known rank", "none",
          "give the parameters of one component static shapes"))
    with tf.name_scope(name) as scope:
      self._num_components = _number_of_classes(cat, len(components))
      self._assertions = self._checks(validate_args)
    Distribution.__init__(
        self, components[0].dtype, tf.distributions.NOT_REPARAMETERIZED,
        validate_args, allow_nan_stats, name=scope,
        graph_parents=[parent for one in (cat, *components)
                       for parent in graph_parents(one)])

  def _checks(self, validate_args):
    """Assertions that all batch shapes are that of `cat`."""
    shape = self.cat.batch_shape_tensor()
    rank = tf.size(shape)
    if not validate_args:
      return []
    shapes = [part.batch_shape_tensor() for part in self.components]
    ranks = [tf.size(one) for one in shapes]
    return [
        tf.assert_equal(wanted, one, message=(
            f"`components[{place}]` must have the batch shape of `cat`"))
        for wanted, found in ((rank, ranks), (shape, shapes))
        for place, one in enumerate(found)]

  def _batch_shape_tensor(self):
    return self.cat.batch_shape_tensor()

  def _event_shape_tensor(self):
    return self.components[0].event_shape_tensor()

  def _batch_shape(self):
    return self._known_batch_shape

  def _event_shape(self):
    return self._known_event_shape

  def _of_components(self, method, *args):
    return [getattr(part, method)(*args) for part in self.components]

  def _weights(self, softmax=None):
    """The weights of the components, a list."""
    softmax = softmax or tf.nn.softmax
    return tf.unstack(softmax(self.cat.logits), self.num_components, -1)

  def _to_event(self, weights):
    """`weights` with dimensions of one for the event."""
    for _ in range(self.event_shape.rank):
      weights = [tf.expand_dims(one, -1) for one in weights]
    return weights

  @asserted
  def _mean(self):
    means = self._of_components("mean")
    return _dot(self._to_event(self._weights()), means)

  @asserted
  def _stddev(self):
    moments = [self._of_components(name) for name in ("mean", "stddev")]
    weights = self._weights()
    means, stddevs = (tf.stack(each, axis=-1) for each in moments)
    weights = (tf.stack(self._to_event(weights), axis=-1)
               * tf.ones_like(means))
    stddev = mixture_stddev(*[
        tf.reshape(each, [-1, self.num_components])
        for each in (weights, means, stddevs)])
    return tf.reshape(stddev, tf.shape(weights)[:-1])

  @asserted
  def _log_of(self, method, x):
    logs = self._of_components(method, tf.convert_to_tensor(x, name="x"))
    weights = self._weights(tf.nn.log_softmax)
    return tf.reduce_logsumexp(
        tf.stack([weight + log for weight, log in zip(weights, logs)], 0),
        [0])

  def _log_prob(self, x):
    return self._log_of("log_prob", x)

  def _log_cdf(self, x):
    return self._log_of("log_cdf", x)

  def _sample_n(self, n, seed=None):
    draw = self._sample_all if self._use_static_graph else self._sample_chosen
    return draw(n, seed)

  @asserted
  def _sample_chosen(self, n, seed):
    """Draws each component as often as it is chosen.

    It is drawn for the whole batch; then the row that chose it is taken.
    """
    n = tf.convert_to_tensor(n, name="n")
    known = tf.get_static_value(n)
    n = n if known is None else int(known)
    chosen = self.cat.sample(n, seed=seed)
    shape, size = (
        (chosen.shape.as_list(), chosen.shape.num_elements())
        if chosen.shape.is_fully_defined()
        else (tf.shape(chosen), tf.size(chosen)))
    batch_size = (self.batch_shape.num_elements()
                  if self.batch_shape.is_fully_defined()
                  else tf.reduce_prod(self.batch_shape_tensor()))
    event_shape = (np.array(self.event_shape.as_list(), dtype=np.int32)
                   if self.event_shape.is_fully_defined()
                   else self.event_shape_tensor())

    def by_component(numbers):
      return tf.dynamic_partition(tf.reshape(numbers, shape), chosen,
                                  self.num_components)

    places = by_component(tf.range(0, size))
    rows = by_component(tf.tile(tf.range(0, batch_size), [n]))
    drawn = []
    for component, place, row in zip(self.components, places, rows):
      times = tf.size(place)
      seed = util.gen_new_seed(seed, "mixture")
      draws = component.sample(times, seed=seed)
      wanted = batch_size * tf.range(times) + row
      flat = tf.concat([[times * batch_size], event_shape], 0)
      drawn.append(tf.gather(tf.reshape(draws, flat), wanted,
                             name="samples_class_c_gather"))
    result = tf.reshape(
        tf.dynamic_stitch(places, drawn),
        tf.concat([shape, self.event_shape_tensor()], 0))
    result.set_shape(chosen.shape.concatenate(self.event_shape))
    return result

  def _sample_all(self, n, seed):
    """Draws every component each time, and keeps the one that is chosen."""
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
        entropies = self._of_components("entropy")
        return _dot(self._weights(), entropies)


def _dot(weights, values):
  return tf.add_n([weight * value for weight, value in zip(weights, values)])


def _check_components(cat, components):
  """Raises TypeError or ValueError unless a mixture can be made of them."""
  if not isinstance(cat, tf.distributions.Categorical):
    raise TypeError(_errors.problem(
        "cat", "be a Categorical distribution", cat,
        "make one of the weights of the components"))
  if not components:
    raise ValueError(_errors.problem(
        "components", "have at least one distribution", components,
        "pass as many as `cat` has classes"))
  if not isinstance(components, (list, tuple)):
    raise TypeError(_errors.problem(
        "components", "be a list or tuple", components,
        "pass the distributions in one"))
  for place, part in enumerate(components):
    if not isinstance(part, Distribution):
      raise TypeError(_errors.problem(
          f"components[{place}]", "be a distribution", part,
          "pass distributions only"))
  dtypes = {part.dtype: part.dtype.name for part in components}
  if len(dtypes) > 1:
    raise TypeError(_errors.problem(
        "components", "have one dtype", ", ".join(sorted(dtypes.values())),
        "make their parameters of one dtype"))


def _number_of_classes(cat, wanted):
  number = tf.get_static_value(cat.event_size)
  if number is None or number != wanted:
    raise ValueError(_errors.problem(
        "cat", f"have a class for each of the {wanted} components",
        "a number that the graph does not know" if number is None
        else int(number), "give its logits that size, statically"))
  return int(number)


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

  mixture_distribution = kept("mixture_distribution",
                              "The distribution of the components.")
  components_distribution = kept(
      "components_distribution",
      "The distribution whose last batch dimension is mixed.")

  @recorded
  def __init__(self, mixture_distribution, components_distribution,
               validate_args=False, allow_nan_stats=True,
               name="MixtureSameFamily"):
    mixture, components = mixture_distribution, components_distribution
    self._mixture_distribution = mixture
    self._components_distribution = components
    with tf.name_scope(name) as scope:
      event = components.event_shape_tensor()
      rank = shaping.dimension(event.shape, 0)
      self._event_rank = tf.shape(event)[0] if rank is None else rank
      self._check_shapes()
      number = shaping.dimension(
          mixture.logits.shape.with_rank_at_least(1), -1)
      self._num_components = (tf.shape(mixture.logits)[-1] if number is None
                              else number)
      Distribution.__init__(
          self, components.dtype, tf.distributions.NOT_REPARAMETERIZED,
          validate_args, allow_nan_stats, name=scope,
          graph_parents=graph_parents(mixture) + graph_parents(components))

  def _check_shapes(self):
    mixture = self.mixture_distribution
    problem = functools.partial(_errors.problem, "mixture_distribution")
    if not mixture.dtype.is_integer:
      raise ValueError(problem("be over integers", mixture.dtype.name,
                               "use a Categorical"))
    if mixture.event_shape.rank not in (None, 0):
      raise ValueError(problem(
          "have scalar events", f"events of shape {mixture.event_shape}",
          "use a Categorical"))
    batch = self.components_distribution.batch_shape.with_rank_at_least(1)
    own, wanted = mixture.batch_shape, batch[:-1]
    if (own.is_fully_defined() and wanted.is_fully_defined() and own.rank
        and own != wanted):
      raise ValueError(problem(
          "be scalar or have the batch shape of the components, "
          f"{wanted.as_list()}", own.as_list(), "give its logits that shape"))
    number = shaping.dimension(mixture.logits.shape.with_rank_at_least(1), -1)
    mixed = shaping.dimension(batch, -1)
    if None not in (number, mixed) and number != mixed:
      raise ValueError(problem(
          f"have a class for each of the {mixed} components", number,
          "give its logits that size"))

  def _batch_shape(self):
    batch = self.components_distribution.batch_shape
    return batch.with_rank_at_least(1)[:-1]

  def _batch_shape_tensor(self):
    batch = self.components_distribution.batch_shape_tensor()
    return batch[:-1]

  def _event_shape(self):
    return self.components_distribution.event_shape

  def _event_shape_tensor(self):
    return self.components_distribution.event_shape_tensor()

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
