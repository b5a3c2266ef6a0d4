"""Dropout as TensorFlow 1.15 computed it, operation by operation.

Today's `tf.nn.dropout` selects from `x * scale` and does not scale the noise;
1.15's computed `x * scale * mask` and scaled the noise to its range. The values
agree to within rounding, but the number of operations differs, and in 1.15 the
seed of a random operation is the number of operations made before it.
"""

import itertools
import numbers

import numpy as np

from tfcompat_rnn import _errors
from tfcompat_rnn import _nest
from tfcompat_rnn import _tf
from tfcompat_rnn._tf import tf


def random_uniform_1_15(shape, dtype, seed=None, name=None):
  """Uniform noise in [0, 1) from the seven operations that 1.15 made.

  The kernel and the seeds are those of `tf.random_uniform(shape, dtype=dtype,
  seed=seed)`, and so are the bits.
  """
  with tf.name_scope(name, "random_uniform", [shape]) as scope:
    shape_dtype = None
    if isinstance(shape, (list, tuple)):
      shape = [tf.dimension_value(size) for size in shape]
      shape_dtype = None if shape else tf.int32
    shape = tf.convert_to_tensor(shape, dtype=shape_dtype, name="shape")
    low = tf.convert_to_tensor(0, dtype=dtype, name="min")
    high = tf.convert_to_tensor(1, dtype=dtype, name="max")
    # Not earlier: in 1.15 the two constants count for the seed.
    seed, seed2 = _tf.private("random_seed").get_seed(seed)
    noise = tf.raw_ops.RandomUniform(
        shape=shape, dtype=dtype, seed=seed or 0, seed2=seed2 or 0)
    # 1.15's `Add`, not today's `AddV2`.
    noise = tf.raw_ops.Add(x=noise * (high - low), y=low, name=scope)
  static = tf.get_static_value(shape, partial=True)
  if static is not None:
    noise.set_shape([None if size is None else int(size) for size in static])
  return noise


def _checked_rate(rate, keep_prob):
  """The rate, from `rate` or `keep_prob`, checked."""
  if keep_prob is not None:
    if rate is not None:
      raise _errors.ArgumentError(_errors.problem(
          "rate", "be given without `keep_prob`", "both",
          "pass rate, which is 1 - keep_prob"))
    try:
      rate = 1. - keep_prob
    except TypeError as error:
      raise _errors.ArgumentError(_errors.problem(
          "keep_prob", "be a number or a scalar tensor", repr(keep_prob),
          "pass a float in (0, 1]")) from error
  if rate is None:
    raise _errors.ArgumentError(_errors.problem(
        "rate", "be given", "neither rate nor keep_prob",
        "pass the share of elements to drop"))
  if isinstance(rate, numbers.Real) and not 0 <= rate < 1:
    raise _errors.ArgumentError(_errors.problem(
        "rate", "be in [0, 1)", f"{rate:g}",
        "pass the share to drop; keep_prob is 1 - rate and must not be 0"))
  return rate


def _noise_shape(x, noise_shape):
  """`noise_shape`, its unknown sizes replaced by those known of `x`."""
  if noise_shape is None:
    return tf.shape(x)
  try:
    wanted = tf.TensorShape(noise_shape)
  except (TypeError, ValueError):
    return noise_shape  # a tensor, which the kernel checks
  if x.shape.rank is None or x.shape.rank != wanted.rank:
    return noise_shape
  return tf.TensorShape([
      known if size is None else size
      for size, known in zip(wanted.as_list(), x.shape.as_list())])


def dropout_1_15(x, keep_prob=None, noise_shape=None, seed=None, name=None,
                 rate=None):
  """Zeroes a random share `rate` of `x` and scales the rest by 1 / (1 - rate).

  >>> y = dropout_1_15(x, keep_prob=0.8, seed=3)

  The operations and their names are those of 1.15, and the same seed gives the
  same bits.

  Args:
    x: a floating-point tensor of any shape.
    keep_prob: 1 - rate, the older argument; a number or a scalar tensor.
    noise_shape: int32, shape of the keep decisions; sizes of 1 are broadcast.
    seed: an int, the seed of the operation.
    name: name of the scope, "dropout" by default.
    rate: share to drop, in [0, 1); a number or a scalar tensor of x's dtype.

  Returns a tensor of x's shape and dtype; `x` itself for a constant rate 0.

  Raises ValueError if x is not floating point, or if rate is missing, given
  twice, outside [0, 1) or not a scalar.

  TF 1.15: `tf.nn.dropout`.
  """
  rate = _checked_rate(rate, keep_prob)
  with tf.name_scope(name, "dropout", [x]):
    x = tf.convert_to_tensor(x, name="x")
    if not x.dtype.is_floating:
      raise _errors.ArgumentError(_errors.problem(
          "x", "be of a floating-point dtype (it is scaled)", x.dtype.name,
          "cast it, e.g. tf.to_float(x)"))
    if isinstance(rate, numbers.Real) and rate == 0:
      return x
    rate = tf.convert_to_tensor(rate, dtype=x.dtype, name="rate")
    rate.shape.assert_has_rank(0)
    if tf.get_static_value(rate) == 0:
      return x
    noise = random_uniform_1_15(_noise_shape(x, noise_shape), x.dtype, seed)
    keep_prob = 1 - rate
    scale = 1 / keep_prob
    # An element equal to the rate is kept.
    kept = noise >= rate
    dropped = x * scale * tf.cast(kept, x.dtype)
    if not tf.executing_eagerly():
      dropped.set_shape(x.shape)
    return dropped


def map_counted(shallow, function, *nests):
  """Maps `function(index, *parts)` over the leaves of `shallow`, from 0 on."""
  count = itertools.count()
  return _nest.map_up_to(
      shallow, lambda *parts: function(next(count), *parts), *nests)


def select_dropped(visitor, state):
  """Asks `visitor` about each level of `state` what is to be dropped.

  It answers True (all of this level; it is asked about deeper ones), False
  (nothing from here down) or a structure of bools one level deep. The result
  has the structure of `state`, with a bool for each leaf, cut off at each
  False.
  """
  answer = visitor(state)
  nested = _nest.is_nested(state)
  if isinstance(answer, bool):
    if not answer or not nested:
      return answer
    answer = _nest.rebuild(state, [True] * len(state))
  same_kind = isinstance(answer, type(state)) or (
      getattr(answer, "_fields", None) == getattr(state, "_fields", ()))
  if not (nested and same_kind and all(
      isinstance(wanted, bool) for wanted in _nest.flatten_state(answer))):
    raise _errors.ArgumentTypeError(_errors.problem(
        "dropout_state_filter_visitor", "return a bool, or for a nest the "
        "same kind of nest with one bool for each part",
        f"{answer!r} for {_nest.describe(state)}",
        "answer for deeper levels when asked for them"))
  return _nest.map_up_to(
      answer, lambda wanted, part: wanted and select_dropped(visitor, part),
      answer, state)


def known_keep_prob(name, value):
  """A float if the value is constant, else the tensor that computes it."""
  if value is None:
    raise _errors.ArgumentError(_errors.problem(
        name, "be a number or a scalar tensor", None,
        "leave it out to keep everything"))
  tensor = tf.convert_to_tensor(value)
  if tensor.dtype == tf.string:
    raise _errors.ArgumentTypeError(_errors.problem(
        name, "be a number or a scalar tensor", repr(value),
        "pass a float in (0, 1]"))
  constant = tf.get_static_value(tensor)
  if constant is None:
    return tensor
  if np.size(constant) != 1 or not 0 <= constant <= 1:
    raise _errors.ArgumentError(_errors.problem(
        name, "be between 0 and 1", constant, "1 keeps everything"))
  # Not `value` itself: 1.15 rounded the number to float32.
  return float(np.asarray(constant).item())


def drops(keep_prob):
  return not isinstance(keep_prob, float) or keep_prob < 1
