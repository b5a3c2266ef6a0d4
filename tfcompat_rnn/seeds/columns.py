"""Feature columns that create 1.15's operations, and check what it checked."""

from tfcompat_rnn._tf import tf
from tfcompat_rnn.seeds import Restored


def _make_checked(original):
  def transform(column, values):
    found = original(column, values)
    if column.default_value is not None:
      return found
    ids = found.values
    count = tf.cast(column.num_buckets, tf.int64, name="num_buckets")
    zero = tf.cast(0, tf.int64, name="zero")
    below = tf.assert_less(
        ids, count, data=(ids, count), name="assert_less_than_num_buckets",
        message=f'an index in column "{column.name}" exceeds number of '
        "buckets; give the column a default_value or more buckets")
    above = tf.assert_greater_equal(
        ids, zero, data=(ids,), name="assert_greater_or_equal_0",
        message=f'Negative bucket index in column "{column.name}"; give the '
        "column a default_value")
    with tf.control_dependencies((below, above)):
      ids = tf.identity(ids)
    return tf.SparseTensor(found.indices, ids, found.dense_shape)
  return transform


_REASON = "an index that is out of range was an error"

ROWS = [
    Restored("feature_column_v1:_IdentityCategoricalColumn._transform_feature",
             _make_checked, _REASON),
    Restored(
        "feature_column_v2:IdentityCategoricalColumn._transform_input_tensor",
        _make_checked, _REASON),
]
