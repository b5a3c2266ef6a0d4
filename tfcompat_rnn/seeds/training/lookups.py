"""Looking up rows by sparse ids, with 1.15's operations and gradients.

1.15 gathered the rows of the ids that occur, and so its gradient was sparse:
an optimizer left all other rows, and their accumulators, alone.
"""

from tfcompat_rnn import _tf
from tfcompat_rnn._tf import tf
from tfcompat_rnn.seeds import Restored

_SEGMENTS = {"sum": tf.sparse_segment_sum, "mean": tf.sparse_segment_mean,
             "sqrtn": tf.sparse_segment_sqrt_n}


def _tables(params):
  if isinstance(params, _tf.private("partitioned_variable")):
    return list(params)
  return params if isinstance(params, list) else [params]


def _in_shape_of(weights, rows):
  """`weights`, one a row, with as many dimensions as `rows`."""
  ones = tf.fill(tf.expand_dims(tf.rank(rows) - 1, 0), 1)
  shape = tf.concat([tf.shape(weights), ones], 0)
  static = weights.get_shape()
  weights = tf.reshape(weights, shape)
  if rows.shape.rank is not None:
    weights.set_shape(static.concatenate([1] * (rows.shape.rank - 1)))
  return weights


def _combined(rows, weights, segments, combiner, name):
  """The weighted rows of each segment, summed and scaled."""
  if combiner == "sum":
    return tf.segment_sum(rows, segments, name=name)
  total = tf.segment_sum(rows, segments)
  if combiner == "mean":
    return tf.divide(total, tf.segment_sum(weights, segments), name=name)
  squares = tf.segment_sum(tf.pow(weights, 2), segments)
  return tf.divide(total, tf.sqrt(squares), name=name)


def _make_lookup(original):
  def embedding_lookup_sparse(
      params, sp_ids, sp_weights, partition_strategy="mod", name=None,
      combiner=None, max_norm=None, allow_fast_lookup=False):
    combiner = combiner or "mean"
    weighted = sp_weights is not None
    if (combiner not in _SEGMENTS or not isinstance(sp_ids, tf.SparseTensor)
        or (weighted and not isinstance(sp_weights, tf.SparseTensor))):
      # It raises the right error.
      return original(params, sp_ids, sp_weights, partition_strategy, name,
                      combiner, max_norm)
    del allow_fast_lookup
    tables = _tables(params)
    if weighted:
      for ids_part, part in ((sp_ids.values, sp_weights.values),
                             (sp_ids.indices, sp_weights.indices)):
        ids_part.get_shape().assert_is_compatible_with(part.get_shape())
    with tf.name_scope(
        name, "embedding_lookup_sparse", tables + [sp_ids]) as name:
      segments = sp_ids.indices[:, 0]
      if segments.dtype != tf.int32:
        segments = tf.cast(segments, tf.int32)
      ids, places = tf.unique(sp_ids.values)
      rows = tf.nn.embedding_lookup(
          tables, ids, partition_strategy=partition_strategy,
          max_norm=max_norm)
      if rows.dtype in (tf.float16, tf.bfloat16):
        rows = tf.cast(rows, tf.float32)
      if not weighted:
        return _SEGMENTS[combiner](rows, places, segments, name=name)
      weights = sp_weights.values
      if weights.dtype != rows.dtype:
        weights = tf.cast(weights, rows.dtype)
      rows = tf.gather(rows, places)
      weights = _in_shape_of(weights, rows)
      return _combined(rows * weights, weights, segments, combiner, name)
  return embedding_lookup_sparse


ROWS = [
    Restored("embedding_ops:embedding_lookup_sparse", _make_lookup,
             "1.15 gathered the rows that occur, and no others"),
]
