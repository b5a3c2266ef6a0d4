"""Checks and look-ups that training code makes, with 1.15's operations."""

from tfcompat_rnn import _errors
from tfcompat_rnn._tf import tf
from tfcompat_rnn.seeds import Restored


def _differences(x):
  """The difference between each element of `x` and the previous one."""
  x = tf.reshape(x, [-1])
  if not tf.is_numeric_tensor(x):
    raise _errors.ArgumentTypeError(_errors.problem(
        "x", "be numeric", x, "pass numbers"))
  shorter_than_two = tf.less(tf.size(x), 2)
  length = tf.shape(x) - 1
  return tf.cond(
      shorter_than_two, lambda: tf.convert_to_tensor([], dtype=x.dtype),
      lambda: (tf.strided_slice(x, [1], [1] + length)
               - tf.strided_slice(x, [0], length)))


def _comparison(scope, compare):
  """Whether zero compares so with the differences of all neighbours."""
  def make(original):
    del original

    def monotonic(x, name=None):
      with tf.name_scope(name, scope, [x]):
        steps = _differences(x)
        zero = tf.convert_to_tensor(0, dtype=steps.dtype)
        return tf.reduce_all(compare(zero, steps))
    return monotonic
  return make


def _make_sparse_read(original):
  def sparse_read(variable, indices, name=None):
    value = original(variable, indices, name)
    # A variant already comes as a copy.
    return value if value.dtype == tf.variant else tf.identity(value)
  return sparse_read


ROWS = [
    Restored("check_ops:is_non_decreasing",
             _comparison("is_non_decreasing", tf.less_equal),
             "1.15 compared differences with zero"),
    Restored("check_ops:is_strictly_increasing",
             _comparison("is_strictly_increasing", tf.less),
             "1.15 compared differences with zero"),
    Restored("resource_variable_ops:BaseResourceVariable.sparse_read",
             _make_sparse_read, "1.15 copied what was gathered"),
]
