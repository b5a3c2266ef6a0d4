"""Shapes of samples, batches and events, static wherever they are known."""

import contextlib

import numpy as np

from tfcompat_rnn import _opcount
from tfcompat_rnn import _tf
from tfcompat_rnn._tf import tf

util = _tf.private("distributions_util")


def static(x):
  """The value of `x` if the graph knows it, else None."""
  return tf.get_static_value(tf.convert_to_tensor(x))


def logical_and(*args):
  """The conjunction of `args`, a constant if it is known."""
  known = [static(x) for x in args]
  if any(x is not None and not bool(x) for x in known):
    return tf.constant(False)
  if all(x is not None and bool(x) for x in known):
    return tf.constant(True)
  return (tf.logical_and(*args) if len(args) == 2
          else tf.reduce_all(args))


def logical_not(x):
  """The negation of `x`, a constant if it is known."""
  known = static(x)
  return (tf.logical_not(x) if known is None
          else tf.constant(np.logical_not(known)))


def equal(x, y):
  """Whether `x` and `y` are equal, a constant if it is known."""
  known_x = static(x)
  known_y = static(y)
  if known_x is None or known_y is None:
    return tf.equal(x, y)
  return tf.constant(np.array_equal(known_x, known_y))


def concat(*vectors):
  """The vectors one after the other, a constant if all are known."""
  known = [static(vector) for vector in vectors]
  if any(vector is None for vector in known):
    return tf.concat(vectors, 0)
  return tf.constant([item for vector in known for item in vector])


def rank_of(shape):
  """The number of dimensions that the shape vector `shape` has."""
  if shape.get_shape().rank not in (None, 1):
    raise ValueError("input is not a valid shape: not 1D")
  if not shape.dtype.is_integer:
    raise TypeError("input is not a valid shape: wrong dtype")
  if shape.get_shape().is_fully_defined():
    return tf.constant(shape.get_shape().as_list()[0])
  return tf.shape(shape)[0]


def ones_like(x):
  """Ones of the shape of `x`."""
  if x.get_shape().is_fully_defined():
    return tf.ones(x.get_shape().as_list(), dtype=x.dtype)
  return tf.ones_like(x)


def dimension(shape, axis):
  """The dimension `axis` of a static shape, as a number or None."""
  return tf.dimension_value(shape[axis])


def of_loc_and_scale(loc, scale):
  """(batch shape, event shape) of `loc + scale @ x`."""
  with tf.name_scope("shapes_from_loc_and_scale"):
    size = scale.range_dimension_tensor()
    known_size = tf.get_static_value(size)
    event_shape = (size[tf.newaxis] if known_size is None
                   else known_size.reshape([1]))
    if loc is not None:
      loc_size = dimension(loc.get_shape(), -1)
      if (None not in (loc_size, known_size) and loc_size != 1
          and loc_size != known_size):
        raise ValueError(
            f"Event size of 'scale' ({known_size}) could not be broadcast up "
            f"to that of 'loc' ({loc_size}).")
    batch_shape = scale.batch_shape_tensor()
    if loc is None:
      known = tf.get_static_value(batch_shape)
      return (batch_shape if known is None else known), event_shape
    loc_batch = loc.get_shape().with_rank_at_least(1)[:-1]
    if loc.get_shape().rank is None or not loc_batch.is_fully_defined():
      loc_batch = tf.shape(loc)[:-1]
    else:
      loc_batch = tf.convert_to_tensor(loc_batch, name="loc_batch_shape")
    return (util.prefer_static_broadcast_shape(batch_shape, loc_batch),
            event_shape)


def broadcast(*tensors):
  """The shape of the tensors broadcast together; a list if it is known."""
  known = tensors[0].shape
  for tensor in tensors[1:]:
    known = tf.broadcast_static_shape(known, tensor.shape)
  if known.is_fully_defined():
    return known.as_list()
  shape = tf.shape(tensors[0])
  for tensor in tensors[1:]:
    shape = tf.broadcast_dynamic_shape(shape, tf.shape(tensor))
  return shape


def solve(scale, rhs):
  """`scale.solve(rhs)`, counted as many operations as in 1.15.

  The triangular solver of 1.15 could not broadcast, so batch shapes that the
  graph did not know to be equal were broadcast before it.
  """
  result = scale.solve(rhs)
  if isinstance(scale, tf.linalg.LinearOperatorLowerTriangular):
    batches = [scale.batch_shape, rhs.shape[:-2]]
    known = tf.broadcast_static_shape(*batches)
    if known.is_fully_defined():
      _opcount.compensate(9 * sum(batch != known for batch in batches))
    else:
      _opcount.compensate(27)
  return result


def pad_mixture(x, mixture, categorical, event_rank):
  """`x` `[..., k]` with dimensions of one for the batch and the event."""
  with tf.name_scope("pad_mix_dims"):
    def batch_rank(distribution):
      if distribution.batch_shape.rank is not None:
        return distribution.batch_shape.rank
      return tf.shape(distribution.batch_shape_tensor())[0]
    rank = batch_rank(mixture)
    categorical_rank = batch_rank(categorical)
    missing = tf.where_v2(categorical.is_scalar_batch(), rank,
                          rank - categorical_rank)
    shape = tf.shape(x)
    return tf.reshape(x, shape=tf.concat([
        shape[:-1], tf.ones([missing], dtype=tf.int32), shape[-1:],
        tf.ones([event_rank], dtype=tf.int32)], axis=0))


class OfVectors:
  """Shapes of a distribution whose events are vectors.

  They are the last dimension of the parameter that `_VECTORS` names.
  """

  _VECTORS = None

  def _vectors(self):
    return getattr(self, self._VECTORS)

  def _batch_shape_tensor(self):
    return tf.shape(self._vectors())[:-1]

  def _batch_shape(self):
    return self._vectors().shape[:-1]

  def _event_shape_tensor(self):
    return tf.shape(self._vectors())[-1:]

  def _event_shape(self):
    return self._vectors().shape[-1:]


class Shaper:
  """Turns `[sample, batch, event]` into `[batch, event, sample]` and back."""

  def __init__(self, batch_rank, event_rank, validate_args=False,
               name="DistributionShape"):
    self.name = name
    self._validate_args = validate_args
    with tf.name_scope(name):
      with tf.name_scope("init"):
        self.batch_rank = self._scalar(
            tf.convert_to_tensor(batch_rank, name="batch_ndims"))
        self._known_batch, self._no_batch = self._known(self.batch_rank)
        self.event_rank = self._scalar(
            tf.convert_to_tensor(event_rank, name="event_ndims"))
        self._known_event, self._no_event = self._known(self.event_rank)

  def _scalar(self, x):
    x = tf.convert_to_tensor(x, name="x")
    if x.dtype.base_dtype != tf.int32:
      raise TypeError(f"{x.name}.dtype={x.dtype} is not {tf.int32}")
    value = tf.get_static_value(x)
    if value is None and self._validate_args:
      with tf.control_dependencies([tf.assert_rank(x, 0),
                                    tf.assert_non_negative(x)]):
        return tf.identity(x)
    return x

  @staticmethod
  def _known(rank):
    value = tf.get_static_value(rank)
    return (None, tf.equal(rank, 0)) if value is None else (value, value == 0)

  @contextlib.contextmanager
  def _scope(self, name):
    with tf.name_scope(self.name):
      with tf.name_scope(name):
        yield

  def _sample_rank(self, x):
    with self._scope("get_shape"):
      with self._scope("get_shape"):
        x = tf.convert_to_tensor(x, name="x")
        rank = x.get_shape().rank
        rank = (tf.rank(x, name="ndims") if rank is None else
                tf.convert_to_tensor(rank, dtype=tf.int32, name="ndims"))
      known = tf.get_static_value(rank)
      if None not in (known, self._known_batch, self._known_event):
        samples = known - self._known_batch - self._known_event
        if samples < 0:
          raise ValueError(
              f"expected batch_ndims({self._known_batch}) + event_ndims("
              f"{self._known_event}) <= ndims({known})")
        return tf.convert_to_tensor(samples, name="sample_ndims")
      with tf.name_scope("sample_ndims"):
        return rank - self.batch_rank - self.event_rank

  def _part(self, x, before, size, name):
    before = before or [tf.zeros([], dtype=tf.int32, name="zero")]
    known = [tf.get_static_value(part) for part in [size, *before]]
    if x.get_shape().rank is not None and None not in known:
      start = sum(known[1:])
      part = x.get_shape()[start:start + known[0]].as_list()
      if None not in part:
        return tf.convert_to_tensor(part, dtype=tf.int32, name=name)
    return tf.slice(tf.shape(x), [sum(before)], [size])

  def parts(self, x):
    """The shape of `x` as (sample, batch, event)."""
    with self._scope("get_shape"):
      x = tf.convert_to_tensor(x, name="x")
      samples = self._sample_rank(x)
      return (self._part(x, [], samples, "sample_shape"),
              self._part(x, [samples], self.batch_rank, "batch_shape"),
              self._part(x, [samples, self.batch_rank], self.event_rank,
                         "event_shape"))

  def to_matrices(self, x):
    """(`x` as `[batch, event, sample]`, the sample shape)."""
    with self._scope("make_batch_of_event_sample_matrices"):
      x = tf.convert_to_tensor(x, name="x")
      sample, batch, event = self.parts(x)
      event = util.pick_vector(self._no_event, [1], event)
      x = tf.reshape(x, shape=tf.concat([[-1], batch, event], 0))
      return util.rotate_transpose(x, shift=-1), sample

  def from_matrices(self, x, sample):
    """The reverse of `to_matrices`."""
    with self._scope("undo_make_batch_of_event_sample_matrices"):
      x = tf.convert_to_tensor(x, name="x")
      sample = tf.convert_to_tensor(sample, name="sample_shape")
      x = util.rotate_transpose(x, shift=1)
      if None not in (self._known_batch, self._known_event):
        if self._no_event:
          x = tf.squeeze(x, axis=[-1])
        _, batch, event = self.parts(x)
      else:
        shape = (x.get_shape().as_list()
                 if x.get_shape().is_fully_defined() else tf.shape(x))
        batch = shape[1:1 + self.batch_rank]
        start = 1 + self.batch_rank
        event = shape[start:start + self.event_rank]
      return tf.reshape(x, shape=tf.concat([sample, batch, event], 0))
