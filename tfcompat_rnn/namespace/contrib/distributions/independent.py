"""`Independent`: dimensions of the batch as dimensions of the event."""

import numpy as np

from tfcompat_rnn import _errors
from tfcompat_rnn._tf import tf
from tfcompat_rnn.namespace.contrib.distributions import parameters
from tfcompat_rnn.namespace.contrib.distributions import shaping

Distribution = tf.distributions.Distribution
asserted = parameters.asserted
kept = parameters.kept


class Independent(Distribution):
  """Batch dimensions of a distribution as dimensions of its event.

  >>> tfd = tf.contrib.distributions
  >>> d = tfd.Independent(tfd.Normal(tf.zeros([3, 4]), 1.))  # batch [3]

  `reinterpreted_batch_ndims` of the last batch dimensions (None: all but the
  first). Raises ValueError if there are fewer.

  TF 1.15: `tf.contrib.distributions.Independent`.
  """

  distribution = kept(
      "distribution", "The distribution whose batch is reinterpreted.")
  reinterpreted_batch_ndims = kept(
      "ndims", "How many batch dimensions belong to the event.")

  @parameters.recorded
  def __init__(self, distribution, reinterpreted_batch_ndims=None,
               validate_args=False, name=None):
    base = self._distribution = distribution
    with tf.name_scope(name or f"Independent{base.name}") as scope:
      ndims = tf.convert_to_tensor(
          self._all_but_one() if reinterpreted_batch_ndims is None
          else reinterpreted_batch_ndims, tf.int32,
          name="reinterpreted_batch_ndims")
      self._known_ndims = tf.get_static_value(ndims)
      self._ndims = ndims if self._known_ndims is None else self._known_ndims
      super().__init__(
          base.dtype, base.reparameterization_type, validate_args,
          base.allow_nan_stats, name=scope,
          graph_parents=[ndims, *parameters.graph_parents(base)])
      self._assertions = self._checks(ndims, validate_args)

  def _all_but_one(self):
    rank = self.distribution.batch_shape.rank
    if rank is not None:
      return max(0, rank - 1)
    return tf.maximum(
        0, tf.shape(self.distribution.batch_shape_tensor())[0] - 1)

  def _checks(self, ndims, validate_args):
    rank = self.distribution.batch_shape.rank
    if None not in (rank, self._known_ndims):
      if self._known_ndims > rank:
        raise ValueError(_errors.problem(
            "reinterpreted_batch_ndims", f"be at most {rank}, the rank of "
            "the batch", self._known_ndims, "pass a smaller number"))
      return []
    if not validate_args:
      return []
    return [tf.assert_less_equal(
        ndims, self._batch_rank(self.distribution.batch_shape_tensor()),
        message=("`reinterpreted_batch_ndims` must be at most the rank of "
                 "the batch"))]

  @staticmethod
  def _batch_rank(shape):
    rank = shaping.dimension(shape.shape.with_rank_at_least(1), 0)
    return tf.shape(shape)[0] if rank is None else rank

  def _split_tensor(self):
    """(the batch shape of the base, where the event begins in it)."""
    shape = self.distribution.batch_shape_tensor()
    return shape, self._batch_rank(shape) - self._ndims

  @asserted
  def _batch_shape_tensor(self):
    shape, place = self._split_tensor()
    return shape[:place]

  @asserted
  def _event_shape_tensor(self):
    shape, place = self._split_tensor()
    return tf.concat([shape[place:], self.distribution.event_shape_tensor()],
                     axis=0)

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

  @asserted
  def _sample_n(self, n, seed):
    return self.distribution.sample(n, seed)

  def _sum(self, x):
    known = self._known_ndims
    axes = tf.range(self._ndims) if known is None else np.arange(known)
    return tf.reduce_sum(x, axis=-1 - axes)

  @asserted
  def _log_prob(self, x):
    return self._sum(self.distribution.log_prob(x))

  @asserted
  def _entropy(self):
    return self._sum(self.distribution.entropy())

  _mean, _mode, _stddev, _variance = [
      asserted(lambda self, name=name: getattr(self.distribution, name)())
      for name in ("mean", "mode", "stddev", "variance")]


@tf.distributions.RegisterKL(Independent, Independent)
def _kl_independent(a, b, name="kl_independent"):
  p, q = a.distribution, b.distribution
  if not (a.event_shape.is_fully_defined()
          and b.event_shape.is_fully_defined()):
    raise NotImplementedError(
        "KL between Independents with event shapes that the graph does not "
        "know is not supported; give the parameters static shapes")
  if a.event_shape != b.event_shape:
    raise ValueError(_errors.problem(
        "b", f"have the event shape of `a`, {a.event_shape}", b.event_shape,
        "compare distributions of the same events"))
  if p.event_shape != q.event_shape:
    raise NotImplementedError(_errors.problem(
        "b", f"be made of events of the shape in `a`, {p.event_shape}",
        q.event_shape, "reinterpret as many dimensions in both"))
  summed = a.event_shape.rank - p.event_shape.rank
  return tf.reduce_sum(
      tf.distributions.kl_divergence(p, q, name=name),
      axis=[-place - 1 for place in range(summed)])
