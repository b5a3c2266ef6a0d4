"""`tf.contrib.feature_column`: columns for recurrent networks.

The columns are of 1.15's first kind; `tf.feature_column.embedding_column` and
`indicator_column` accept them.
"""

import collections

from tfcompat_rnn import _errors
from tfcompat_rnn._tf import attribute
from tfcompat_rnn._tf import private
from tfcompat_rnn._tf import tf


def sequence_input_layer(features, feature_columns, weight_collections=None,
                         trainable=True):
  """The values of sequence columns, side by side, and their lengths.

  >>> inputs, lengths = sequence_input_layer(features, [embedded_tokens])

  Returns a float tensor `[batch, time, depth]` and an int64 tensor `[batch]`;
  `depth` is the sum of the columns' sizes, and the columns are sorted by name.
  Raises `ValueError` if a column is not a sequence column.
  TF 1.15: `tf.contrib.feature_column.sequence_input_layer`.
  """
  columns = _checked(feature_columns)
  with tf.variable_scope(None, default_name="sequence_input_layer",
                         values=features.values()):
    builder = private("fc_lazy_builder")(features)
    outputs, lengths = [], []
    for column in sorted(columns, key=lambda column: column.name):
      scope = attribute(column, "SequenceDenseColumn._var_scope_name")
      with tf.variable_scope(None, default_name=scope):
        values, length = attribute(
            column, "SequenceDenseColumn._get_sequence_dense_tensor")(
                builder, weight_collections=weight_collections,
                trainable=trainable)
        size = attribute(
            column, "SequenceDenseColumn._variable_shape").num_elements()
        shape = tf.shape(values)
        outputs.append(tf.reshape(values, [shape[0], shape[1], size]))
        lengths.append(length)
    return _joined(outputs, lengths)


def _checked(columns):
  columns = (list(columns) if isinstance(columns, collections.abc.Iterable)
             and not hasattr(columns, "_fields") else [columns])
  if not columns:
    raise ValueError("`feature_columns` must not be empty.")
  dense = private("fc_sequence_dense_column")
  for column in columns:
    if not isinstance(column, dense):
      raise _errors.ArgumentError(_errors.problem(
          "feature_columns", "consist of dense sequence columns", column,
          "make an embedding_column or indicator_column of a "
          "sequence_categorical_column, and pass that"))
  names = [column.name for column in columns]
  for name in names:
    if names.count(name) > 1:
      raise _errors.ArgumentError(_errors.problem(
          "feature_columns", "have different names", f"{name!r} twice",
          "leave one of the two out"))
  return columns


def _joined(outputs, lengths):
  with tf.name_scope(None, "assert_all_equal", values=lengths):
    length = lengths[0]
    if len(lengths) > 1:
      with tf.control_dependencies(
          [tf.assert_equal(length, other) for other in lengths[1:]]):
        length = tf.identity(length)
  return tf.concat(outputs, -1), length


def concatenate_context_input(context_input, sequence_input):
  """Appends what holds for a whole sequence to each of its steps.

  `context_input` is float32 `[batch, d1]`, `sequence_input` float32
  `[batch, time, d0]`; the result is `[batch, time, d0 + d1]`. Raises
  `ValueError` or `TypeError` for other ranks and dtypes.
  TF 1.15: `tf.contrib.feature_column.concatenate_context_input`.
  """
  checks = []
  for name, tensor, rank in (("sequence_input", sequence_input, 3),
                             ("context_input", context_input, 2)):
    checks += [
        tf.assert_rank(tensor, rank, data=[tf.shape(tensor)],
                       message=f"{name} must have rank {rank}"),
        tf.assert_type(tensor, tf.float32, message=(
            f"{name} must have dtype float32; got {tensor.dtype}."))]
  with tf.control_dependencies(checks):
    time = tf.shape(sequence_input)[1]
    repeated = tf.tile(tf.expand_dims(context_input, 1),
                       tf.concat([[1], [time], [1]], 0))
  return tf.concat([sequence_input, repeated], 2)


def _sequence(column):
  return private("fc_sequence_categorical_column")(column)


def sequence_categorical_column_with_identity(key, num_buckets,
                                              default_value=None):
  """Sequences of integers below `num_buckets`.

  TF 1.15: `tf.contrib.feature_column.sequence_categorical_column_with_`
  `identity`.
  """
  return _sequence(private("fc_categorical_column_with_identity")(
      key=key, num_buckets=num_buckets, default_value=default_value))


def sequence_categorical_column_with_hash_bucket(key, hash_bucket_size,
                                                 dtype=tf.string):
  """Sequences of symbols that are hashed into `hash_bucket_size` numbers.

  TF 1.15: `tf.contrib.feature_column.sequence_categorical_column_with_hash_`
  `bucket`.
  """
  return _sequence(private("fc_categorical_column_with_hash_bucket")(
      key=key, hash_bucket_size=hash_bucket_size, dtype=dtype))


def sequence_categorical_column_with_vocabulary_file(
    key, vocabulary_file, vocabulary_size=None, num_oov_buckets=0,
    default_value=None, dtype=tf.string):
  """Sequences of symbols that a file lists, one a line.

  TF 1.15: `tf.contrib.feature_column.sequence_categorical_column_with_`
  `vocabulary_file`.
  """
  return _sequence(private("fc_categorical_column_with_vocabulary_file")(
      key=key, vocabulary_file=vocabulary_file,
      vocabulary_size=vocabulary_size, num_oov_buckets=num_oov_buckets,
      default_value=default_value, dtype=dtype))


def sequence_categorical_column_with_vocabulary_list(
    key, vocabulary_list, dtype=None, default_value=-1, num_oov_buckets=0):
  """Sequences of symbols of the list `vocabulary_list`.

  TF 1.15: `tf.contrib.feature_column.sequence_categorical_column_with_`
  `vocabulary_list`.
  """
  return _sequence(private("fc_categorical_column_with_vocabulary_list")(
      key=key, vocabulary_list=vocabulary_list, dtype=dtype,
      default_value=default_value, num_oov_buckets=num_oov_buckets))


def sequence_numeric_column(key, shape=(1,), default_value=0.,
                            dtype=tf.float32, normalizer_fn=None):
  """Sequences of numbers: one of `shape` a step, from a sparse tensor.

  Raises `ValueError` for a shape or dtype that does not fit, and `TypeError`
  if `normalizer_fn` cannot be called.
  TF 1.15: `tf.contrib.feature_column.sequence_numeric_column`.
  """
  # The public function checks the arguments with 1.15's messages.
  column = tf.feature_column.sequence_numeric_column(
      key, shape, default_value, dtype, normalizer_fn)
  return _numeric_class()(column.key, column.shape, column.default_value,
                          column.dtype, column.normalizer_fn)


_made = []


def _numeric_class():
  """The class of `sequence_numeric_column`; made on first use."""
  if not _made:
    _made.append(_make_numeric_class())
  return _made[0]


def _make_numeric_class():
  base = private("fc_sequence_dense_column")
  fields = collections.namedtuple(
      "_SequenceNumericColumn",
      ["key", "shape", "default_value", "dtype", "normalizer_fn"])

  class _SequenceNumericColumn(base, fields):
    """Sequences of numbers."""

    @property
    def name(self):
      return self.key

    @property
    def _var_scope_name(self):
      return self.name

    @property
    def _parse_example_spec(self):
      return {self.key: tf.VarLenFeature(self.dtype)}

    def _transform_feature(self, inputs):
      values = inputs.get(self.key)
      return values if self.normalizer_fn is None else self.normalizer_fn(
          values)

    @property
    def _variable_shape(self):
      return tf.TensorShape(self.shape)

    def _get_sequence_dense_tensor(self, inputs, weight_collections=None,
                                   trainable=None):
      sparse = inputs.get(self)
      dense = tf.sparse_tensor_to_dense(
          sparse, default_value=self.default_value)
      shape = tf.concat(
          [tf.shape(dense)[:1], [-1], self._variable_shape], axis=0)
      dense = tf.reshape(dense, shape=shape)
      # In three dimensions the third one holds the numbers of a step.
      count = (self._variable_shape.num_elements()
               if sparse.shape.ndims == 2 else 1)
      return base.TensorSequenceLengthPair(
          dense_tensor=dense, sequence_length=private("fc_sequence_length")(
              sparse, num_elements=count))

  return _SequenceNumericColumn
