"""`TransformedDistribution`: a distribution sent through a bijector."""

import functools
import operator

from tfcompat_rnn import _errors
from tfcompat_rnn import _tf
from tfcompat_rnn._tf import tf
from tfcompat_rnn.namespace.contrib.distributions import parameters
from tfcompat_rnn.namespace.contrib.distributions import shaping

util = shaping.util
kept = parameters.kept


class _Override:
  """A shape that replaces the one of a scalar distribution, or `[]`."""

  def __init__(self, shape, zero):
    self.shape = shape
    self.is_set = shaping.logical_not(
        shaping.equal(shaping.rank_of(shape), zero))
    known = tf.get_static_value(shape)
    self.may_be_set = known is None or known.size > 0

  def or_tensor(self, base):
    """This shape, or the vector `base` if this is `[]`."""
    return util.pick_vector(self.is_set, self.shape, base)

  def or_static(self, base):
    """What the graph knows of the shape, or `base` if this is `[]`."""
    if not self.may_be_set:
      return base
    known = tf.get_static_value(self.shape)
    if known is not None:
      return tf.TensorShape(known)
    length = (shaping.dimension(self.shape.shape, 0)
              if self.shape.shape.rank else None)
    return tf.TensorShape(None if length is None else [None] * length)


def _override(name, shape, empty, base_is_scalar, validate_args):
  """The argument `shape`, named `name`, as a tensor; `empty` for `[]`."""
  shape = tf.convert_to_tensor([] if shape is None else shape, tf.int32,
                               name=name)
  is_none = shaping.equal(shaping.rank_of(shape), 0)
  if tf.get_static_value(is_none):
    return empty
  checks = []

  def require(holds, what, later, got):
    """`what`, now if the graph knows whether it holds."""
    if holds is None:
      checks.extend([later(message=f"`{name}` must {what}")]
                    if validate_args else [])
    elif not holds:
      raise ValueError(_errors.problem(name, what, got,
                                       "leave it out, or mend it"))

  rank = shape.shape.rank
  require(None if rank is None else rank == 1, "be a vector",
          functools.partial(tf.assert_rank, shape, 1), shape.shape)
  sizes = tf.get_static_value(shape)
  require(None if sizes is None else all(size > 0 for size in sizes),
          "have positive elements",
          functools.partial(tf.assert_positive, shape), sizes)
  conflict = shaping.logical_and(shaping.logical_not(base_is_scalar),
                                 shaping.logical_not(is_none))
  known = tf.get_static_value(conflict)
  require(None if known is None else not known,
          "only be given for a scalar distribution",
          functools.partial(tf.assert_equal, conflict, False), sizes)
  return parameters.checked(shape, *checks) if checks else shape


def _of_inverse(method):
  """A method that calls the base's with the inverse of its argument."""
  def call(self, y):
    self._check_has_inverse(method)
    return getattr(self.distribution, method)(self.bijector.inverse(y))
  return call


class TransformedDistribution(tf.distributions.Distribution):
  """The distribution of `bijector.forward(x)`, with `x` from `distribution`.

  >>> tfd = tf.contrib.distributions
  >>> log_normal = tfd.TransformedDistribution(
  ...     tfd.Normal(0., 1.), tfd.bijectors.Exp())

  `batch_shape` and `event_shape` replace those of a scalar `distribution`.
  Raises ValueError if `distribution` is not scalar where one is given.

  TF 1.15: `tf.contrib.distributions.TransformedDistribution`.
  """

  distribution = kept("distribution", "The distribution that is transformed.")
  bijector = kept("bijector", "The transformation.")

  @parameters.recorded
  def __init__(self, distribution, bijector=None, batch_shape=None,
               event_shape=None, validate_args=False, name=None):
    base = distribution
    name = name or ("" if bijector is None else bijector.name) + base.name
    with tf.name_scope(name) as scope:
      zero = tf.constant(0, tf.int32, name="zero")
      self._empty = tf.constant([], tf.int32, name="empty")
      self._distribution = base
      self._bijector = bijector or _tf.private("identity_bijector").Identity(
          validate_args=validate_args)
      self._batch, self._event = [
          _Override(_override(label, shape, self._empty, is_scalar(),
                              validate_args), zero)
          for label, shape, is_scalar in (
              ("batch_shape", batch_shape, base.is_scalar_batch),
              ("event_shape", event_shape, base.is_scalar_event))]
      self._set_rotation()
    inherited = {name: getattr(base, name) for name in (
        "dtype", "reparameterization_type", "allow_nan_stats")}
    super().__init__(
        validate_args=validate_args, name=scope, graph_parents=(
            _tf.attribute(base, "Distribution._graph_parents")
            + self._bijector.graph_parents), **inherited)

  def _set_rotation(self):
    # The dimensions of an event are drawn as dimensions of the sample, on the
    # left. Where the base has a batch of its own they are moved to its right.
    self._rotates = shaping.logical_and(
        self._event.is_set, shaping.logical_not(self._batch.is_set),
        shaping.logical_not(self.distribution.is_scalar_batch()))
    rank = shaping.rank_of(self._event.shape)
    known = shaping.static(self._rotates)
    self._moved = (tf.where_v2(self._rotates, rank, 0) if known is None
                   else rank if known else 0)
    self._reduced = tf.range(self._moved - rank, self._moved)

  def _rotated(self, x, right=False):
    known = tf.get_static_value(self._rotates)
    if known is not None and not known:
      return x
    rank = tf.rank(x)
    n = rank - self._moved if right else self._moved
    return tf.transpose(x, shaping.concat(tf.range(n, rank), tf.range(0, n)))

  def _event_shape_tensor(self):
    return self.bijector.forward_event_shape_tensor(
        self._event.or_tensor(self.distribution.event_shape_tensor()))

  def _event_shape(self):
    return self.bijector.forward_event_shape(
        self._event.or_static(self.distribution.event_shape))

  def _batch_shape_tensor(self):
    return self._batch.or_tensor(self.distribution.batch_shape_tensor())

  def _batch_shape(self):
    return self._batch.or_static(self.distribution.batch_shape)

  def _sample_n(self, n, seed=None):
    left = util.pick_vector(self._rotates, self._empty, [n])
    right = util.pick_vector(self._rotates, [n], self._empty)
    shape = shaping.concat(left, self._batch.shape, self._event.shape, right)
    return self._rotated(self.distribution.sample(shape, seed))

  def _call_sample_n(self, sample_shape, seed, name, **kwargs):
    # The bijector comes last: what it returns is what its cache knows, and
    # log_prob of a sample then needs no inverse.
    own = functools.partial(_tf.attribute, self)
    with own("Distribution._name_scope")(name, values=[sample_shape]):
      sample_shape, n = own("Distribution._expand_sample_shape_to_vector")(
          tf.convert_to_tensor(sample_shape, tf.int32, name="sample_shape"),
          "sample_shape")
      flat = self._sample_n(n, seed, **kwargs)
      x = tf.reshape(flat, tf.concat([sample_shape, tf.shape(flat)[1:]], 0))
      return own("Distribution._set_sample_static_shape")(
          self.bijector.forward(x, **kwargs), sample_shape)

  def _is_injective(self):
    return _tf.attribute(self.bijector, "Bijector._is_injective")

  def _density(self, y, of_base, over_event, with_jacobian, over_fibers):
    """The density at `y`: the base's, corrected for the change of volume."""
    # First of all, so that the bijector may know `y` from its cache.
    inverse = self.bijector.inverse(y)
    rank = self._event_rank()
    log_det = self.bijector.inverse_log_det_jacobian(y, event_ndims=rank)

    def of_fiber(x, log_det):
      value = of_base(self._rotated(x, right=True))
      if self._event.may_be_set:
        value = over_event(value, self._reduced)
      value = with_jacobian(value, tf.cast(log_det, value.dtype))
      if self._event.may_be_set and isinstance(rank, int):
        batch = y.shape.with_rank_at_least(1)[:-rank]
        value.set_shape(tf.broadcast_static_shape(batch, self.batch_shape))
      return value

    if self._is_injective():
      return of_fiber(inverse, log_det)
    return over_fibers(list(map(of_fiber, inverse, log_det)))

  def _log_prob(self, y):
    return self._density(
        y, self.distribution.log_prob, tf.reduce_sum, operator.add,
        lambda parts: tf.reduce_logsumexp(tf.stack(parts), axis=0))

  def _prob(self, y):
    return self._density(
        y, self.distribution.prob, tf.reduce_prod,
        lambda value, log_det: value * tf.exp(log_det), sum)

  def _check_has_inverse(self, what):
    if self._event.may_be_set:
      raise NotImplementedError(_errors.problem(
          "event_shape", f"not be given to a distribution asked for {what}",
          self.event_shape, "use a base distribution with that event shape"))
    self._check_injective(what)

  def _check_injective(self, what):
    if not self._is_injective():
      raise NotImplementedError(_errors.problem(
          "bijector", f"be injective for {what}", self.bijector.name,
          "use one whose inverse is a single value"))

  _cdf = _of_inverse("cdf")
  _log_cdf = _of_inverse("log_cdf")
  _survival_function = _of_inverse("survival_function")
  _log_survival_function = _of_inverse("log_survival_function")

  def _quantile(self, value):
    self._check_has_inverse("quantile")
    return self.bijector.forward(self.distribution.quantile(value))

  def _entropy(self):
    if not self.bijector.is_constant_jacobian:
      raise NotImplementedError(_errors.problem(
          "bijector", "have a constant Jacobian for the entropy",
          self.bijector.name, "estimate it from samples"))
    self._check_injective("entropy")
    entropy = self._entropy_of_base()
    # The Jacobian is constant, so any point serves.
    shape = [self.batch_shape_tensor(), self.event_shape_tensor()]
    point = tf.zeros(tf.concat(shape, 0), self.dtype)
    rank = self.event_shape.rank
    log_det = self.bijector.inverse_log_det_jacobian(
        point, event_ndims=(tf.size(self.event_shape_tensor())
                            if rank is None else rank))
    entropy -= tf.cast(log_det, entropy.dtype)
    entropy.set_shape(self.batch_shape)
    return entropy

  def _entropy_of_base(self):
    """The entropy of the base in the shapes that replace its own."""
    entropy = self.distribution.entropy()
    if self._event.may_be_set:
      # The elements of the event are independent and equally distributed.
      entropy *= tf.cast(tf.reduce_prod(self._event.shape),
                         entropy.dtype.base_dtype)
    if self._batch.may_be_set:
      ones = shaping.ones_like
      new = self._batch.shape
      entropy = tf.reshape(entropy, tf.concat(
          [ones(new), self.distribution.batch_shape_tensor()], 0))
      entropy = tf.tile(entropy, tf.concat(
          [new, ones(self.distribution.batch_shape_tensor())], 0))
    return entropy

  def _event_rank(self):
    if self.event_shape.rank is not None:
      return self.event_shape.rank
    rank = tf.size(self.event_shape_tensor())
    known = tf.get_static_value(rank)
    return rank if known is None else known
