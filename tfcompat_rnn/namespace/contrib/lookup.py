"""`tf.contrib.lookup`: the functions that differ from those in core."""

from tfcompat_rnn import _errors
from tfcompat_rnn._tf import private
from tfcompat_rnn._tf import tf

_core = private("lookup_ops")
FastHashSpec = _core.FastHashSpec


class HashTable(_core.HashTable):
  """A table that `initializer` fills, which sessions can share by name.

    table = tf.contrib.lookup.HashTable(
        tf.contrib.lookup.KeyValueTensorInitializer(keys, values), -1)
    table.init.run()
    ids = table.lookup(words)

  TF 1.15: `tf.contrib.lookup.HashTable`.
  """

  def __init__(self, initializer, default_value, shared_name=None, name=None):
    self._given_name = shared_name
    super().__init__(initializer, default_value, name=name)

  @property
  def _shared_name(self):
    return self._given_name or self._own_name

  @_shared_name.setter
  def _shared_name(self, value):
    self._own_name = value


def _need(mapping):
  if mapping is None:
    raise _errors.ArgumentError(_errors.problem(
        "mapping", "be given", None, "pass a list or a 1-D tensor"))
  return mapping


def index_table_from_tensor(mapping, num_oov_buckets=0, default_value=-1,
                            hasher_spec=FastHashSpec, dtype=tf.string,
                            name=None):
  """A table from each element of `mapping` to its position (int64).

  >>> table = tf.contrib.lookup.index_table_from_tensor(["a", "b"])
  >>> ids = table.lookup(tf.constant(["b", "x"]))          # [1, -1]

  Run `tf.tables_initializer()` first. Unknown elements get `default_value`,
  or with `num_oov_buckets` a hash bucket after the known ones. Raises
  ArgumentError if `mapping` is None.

  TF 1.15: `tf.contrib.lookup.index_table_from_tensor`.
  """
  return _core.index_table_from_tensor(
      vocabulary_list=_need(mapping), num_oov_buckets=num_oov_buckets,
      default_value=default_value, hasher_spec=hasher_spec, dtype=dtype,
      name=name)


def index_to_string_table_from_tensor(mapping, default_value="UNK",
                                      name=None):
  """A table from positions (int64) to the strings of `mapping`.

  TF 1.15: `tf.contrib.lookup.index_to_string_table_from_tensor`.
  """
  return _core.index_to_string_table_from_tensor(
      vocabulary_list=_need(mapping), default_value=default_value, name=name)


def string_to_index(tensor, mapping, default_value=-1, name=None):
  """`index_table_from_tensor(mapping).lookup(tensor)`.

  TF 1.15: `tf.contrib.lookup.string_to_index`.
  """
  return index_table_from_tensor(
      mapping, default_value=default_value, name=name).lookup(tensor)


def index_to_string(tensor, mapping, default_value="UNK", name=None):
  """`index_to_string_table_from_tensor(mapping).lookup(tensor)`.

  TF 1.15: `tf.contrib.lookup.index_to_string`.
  """
  return index_to_string_table_from_tensor(
      mapping, default_value=default_value, name=name).lookup(tensor)


def string_to_index_table_from_file(
    vocabulary_file=None, num_oov_buckets=0, vocab_size=None,
    default_value=-1, hasher_spec=FastHashSpec, name=None):
  """The older name of `index_table_from_file`, for strings.

  TF 1.15: `tf.contrib.lookup.string_to_index_table_from_file`.
  """
  return _core.index_table_from_file(
      vocabulary_file, num_oov_buckets, vocab_size, default_value,
      hasher_spec, key_dtype=tf.string, name=name)


def string_to_index_table_from_tensor(
    mapping, num_oov_buckets=0, default_value=-1, hasher_spec=FastHashSpec,
    name=None):
  """The older name of `index_table_from_tensor`, for strings.

  Raises ArgumentError for a `mapping` of anything but strings.

  TF 1.15: `tf.contrib.lookup.string_to_index_table_from_tensor`.
  """
  with tf.name_scope(name, "string_to_index") as scope:
    mapping = tf.convert_to_tensor(_need(mapping))
  if mapping.dtype.base_dtype != tf.string:
    raise _errors.ArgumentError(_errors.problem(
        "mapping", "contain strings", mapping.dtype,
        "use index_table_from_tensor(..., dtype=...)"))
  return index_table_from_tensor(
      mapping, num_oov_buckets, default_value, hasher_spec, name=scope)
