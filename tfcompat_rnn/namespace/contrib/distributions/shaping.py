"""Shapes of samples, batches and events, static wherever they are known."""

import contextlib
import itertools

import numpy as np

from tfcompat_rnn import _errors
from tfcompat_rnn import _opcount
from tfcompat_rnn import _tf
from tfcompat_rnn._tf import tf
from tfcompat_rnn.namespace.contrib.distributions import parameters

util = _tf.private("distributions_util")


def static(x):
  """The value of `x` if the graph knows it, else None."""
  return tf.get_static_value(tf.convert_to_tensor(x))


def _folded(of_values, of_tensors, *args):
  """A constant if the graph knows all of `args`, else an operation."""
  known = [static(x) for x in args]
  if any(value is None for value in known):
    return of_tensors(*args)
  return tf.constant(of_values(*known))


def logical_not(x):
  """The negation of `x`, a constant if it is known."""
  return _folded(np.logical_not, tf.logical_not, x)


def equal(x, y):
  """Whether `x` and `y` are equal, a constant if it is known."""
  return _folded(np.array_equal, tf.equal, x, y)


def concat(*vectors):
  """The vectors one after the other, a constant if all are known."""
  return _folded(lambda *known: list(itertools.chain.from_iterable(known)),
                 lambda *tensors: tf.concat(tensors, 0), *vectors)


def logical_and(*args):
  """The conjunction of `args`, a constant if it is known."""
  known = {None if value is None else bool(value)
           for value in map(static, args)}
  if False in known or None not in known:
    return tf.constant(False not in known)
  return (tf.logical_and(*args) if len(args) == 2
          else tf.reduce_all(args))


def rank_of(shape):
  """The number of dimensions that the shape vector `shape` has."""
  if shape.shape.rank not in (None, 1):
    raise ValueError(_errors.problem(
        "shape", "be a vector", f"a tensor of shape {shape.shape}",
        "pass a list of sizes"))
  if not shape.dtype.is_integer:
    raise TypeError(_errors.problem(
        "shape", "have an integer dtype", shape.dtype.name,
        "pass a list of sizes"))
  length = dimension(shape.shape, 0) if shape.shape.rank else None
  return tf.shape(shape)[0] if length is None else tf.constant(length)


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
    rows = scale.range_dimension_tensor()
    known_rows = tf.get_static_value(rows)
    event = (rows[tf.newaxis] if known_rows is None
             else np.reshape(known_rows, [1]))
    if loc is not None:
      size = dimension(loc.shape, -1)
      if known_rows is not None and size not in (None, 1, known_rows):
        raise ValueError(_errors.problem(
            "loc", f"have as many elements as `scale` has rows, {known_rows}",
            size, "give both the same event size"))
    batch = scale.batch_shape_tensor()
    if loc is None:
      known = tf.get_static_value(batch)
      return (batch if known is None else known), event
    loc_batch = loc.shape.with_rank_at_least(1)[:-1]
    loc_batch = (
        tf.convert_to_tensor(loc_batch, name="loc_batch_shape")
        if loc_batch.is_fully_defined() else tf.shape(loc)[:-1])
    return util.prefer_static_broadcast_shape(batch, loc_batch), event


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


def _batch_rank(distribution):
  rank = distribution.batch_shape.rank
  return (tf.shape(distribution.batch_shape_tensor())[0] if rank is None
          else rank)


def pad_mixture(x, mixture, categorical, event_rank):
  """`x` `[..., k]` with dimensions of one for the batch and the event."""
  def ones(n):
    return tf.ones([n], tf.int32)
  with tf.name_scope("pad_mix_dims"):
    rank, own = map(_batch_rank, (mixture, categorical))
    missing = tf.where_v2(categorical.is_scalar_batch(), rank, rank - own)
    shape = tf.shape(x)
    return tf.reshape(x, tf.concat(
        [shape[:-1], ones(missing), shape[-1:], ones(event_rank)], 0))


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


class _Rank:
  """A number of dimensions: a tensor, and its value if the graph knows it."""

  def __init__(self, value, name, validate_args):
    tensor = tf.convert_to_tensor(tf.convert_to_tensor(value, name=name),
                                  name="x")
    if tensor.dtype.base_dtype != tf.int32:
      raise TypeError(_errors.problem(
          name, "be an int32", tensor.dtype.name, "pass a whole number"))
    self.known = tf.get_static_value(tensor)
    if self.known is None and validate_args:
      tensor = parameters.checked(tensor, tf.assert_rank(tensor, 0),
                                  tf.assert_non_negative(tensor))
    self.tensor = tensor
    self.is_zero = (tf.equal(tensor, 0) if self.known is None
                    else self.known == 0)


class Shaper:
  """Turns `[sample, batch, event]` into `[batch, event, sample]` and back."""

  def __init__(self, batch_rank, event_rank, validate_args=False,
               name="DistributionShape"):
    self.name = name
    with tf.name_scope(name), tf.name_scope("init"):
      self.batch = _Rank(batch_rank, "batch_ndims", validate_args)
      self.event = _Rank(event_rank, "event_ndims", validate_args)

  @contextlib.contextmanager
  def _scope(self, name):
    with tf.name_scope(self.name), tf.name_scope(name):
      yield

  def _sample_rank(self, x):
    """The number of dimensions of `x` before the batch."""
    with self._scope("get_shape"):
      with self._scope("get_shape"):
        x = tf.convert_to_tensor(x, name="x")
        rank = (tf.rank(x, name="ndims") if x.shape.rank is None
                else tf.constant(x.shape.rank, tf.int32, name="ndims"))
      known = [tf.get_static_value(rank), self.batch.known, self.event.known]
      if None in known:
        with tf.name_scope("sample_ndims"):
          return rank - self.batch.tensor - self.event.tensor
      samples = known[0] - known[1] - known[2]
      if samples < 0:
        raise ValueError(_errors.problem(
            "x", f"have {known[1]} dimensions of the batch and {known[2]} of "
            "the event", f"{known[0]} in all",
            "add the missing dimensions on the left"))
      return tf.convert_to_tensor(samples, name="sample_ndims")

  def parts(self, x):
    """The shape of `x` as (sample, batch, event)."""
    with self._scope("get_shape"):
      x = tf.convert_to_tensor(x, name="x")
      sizes = [self._sample_rank(x), self.batch.tensor, self.event.tensor]
      return tuple(
          _slice_of_shape(x, sizes[:place], size, f"{name}_shape")
          for place, (size, name) in enumerate(
              zip(sizes, ("sample", "batch", "event"))))

  def to_matrices(self, x):
    """(`x` as `[batch, event, sample]`, the sample shape)."""
    with self._scope("make_batch_of_event_sample_matrices"):
      x = tf.convert_to_tensor(x, name="x")
      sample, batch, event = self.parts(x)
      event = util.pick_vector(self.event.is_zero, [1], event)
      x = tf.reshape(x, tf.concat([[-1], batch, event], 0))
      return util.rotate_transpose(x, shift=-1), sample

  def from_matrices(self, x, sample):
    """The reverse of `to_matrices`."""
    with self._scope("undo_make_batch_of_event_sample_matrices"):
      x = tf.convert_to_tensor(x, name="x")
      sample = tf.convert_to_tensor(sample, name="sample_shape")
      x = util.rotate_transpose(x, shift=1)
      if None in (self.batch.known, self.event.known):
        shape = x.shape.as_list() if x.shape.is_fully_defined() else tf.shape(x)
        batch = shape[1:1 + self.batch.tensor]
        start = 1 + self.batch.tensor
        rest = [batch, shape[start:start + self.event.tensor]]
      else:
        if self.event.is_zero:
          x = tf.squeeze(x, axis=[-1])
        rest = self.parts(x)[1:]
      return tf.reshape(x, tf.concat([sample, *rest], 0))


def _slice_of_shape(x, before, size, name):
  """`size` elements of the shape of `x`, after as many as `before` says."""
  before = before or [tf.zeros([], tf.int32, name="zero")]
  known = [tf.get_static_value(part) for part in (size, *before)]
  if x.shape.rank is not None and None not in known:
    start = sum(known[1:])
    part = x.shape[start:start + known[0]]
    if part.is_fully_defined():
      return tf.constant(part.as_list(), tf.int32, name=name)
  return tf.slice(tf.shape(x), [sum(before)], [size])
