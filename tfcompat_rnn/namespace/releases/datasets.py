"""`tf.contrib.data.Dataset` and its classes, as in TensorFlow 1.2 to 1.6.

They are datasets of `tf.data`, whose methods also accept the arguments of that
time and return datasets of the same kind.
"""

import functools

from tfcompat_rnn import _errors
from tfcompat_rnn import _tf
from tfcompat_rnn._tf import tf
from tfcompat_rnn._tf import tf2
from tfcompat_rnn.namespace.contrib import data
from tfcompat_rnn.namespace.releases import version

_Adapter = _tf.private("dataset_ops").DatasetV1Adapter

# Methods whose result is a dataset, as it was before.
_METHODS = (
    "apply", "batch", "cache", "concatenate", "enumerate", "filter",
    "ignore_errors", "padded_batch", "prefetch", "repeat", "shard",
    "skip", "take", "unbatch")
_SOURCES = (
    "from_generator", "from_sparse_tensor_slices", "from_tensor_slices",
    "from_tensors", "list_files", "range")


def _same_kind(name):
  method = getattr(tf.data.Dataset, name)

  @functools.wraps(method)
  def call(self, *args, **kwargs):
    return Dataset(method(self, *args, **kwargs))

  return call


def _source(name):
  function = getattr(tf.data.Dataset, name)

  @functools.wraps(function)
  def make(*args, **kwargs):
    return Dataset(function(*args, **kwargs))

  return staticmethod(make)


class Dataset(_Adapter):
  """A dataset with the methods of TensorFlow 1.2 to 1.6.

  >>> dataset = tf.contrib.data.TextLineDataset("corpus.txt")
  >>> dataset = dataset.map(split, num_threads=4, output_buffer_size=100)

  `Dataset(dataset)` gives any dataset these methods. Methods return datasets
  of this class, and functions that get a dataset, as `reduce_func` of
  `group_by_window`, get one of this class.

  Raises ArgumentTypeError for a `dataset` of another type.

  TF 1.2 to 1.6: `tf.contrib.data.Dataset`.
  """

  def __init__(self, dataset):
    if not isinstance(dataset, tf2.data.Dataset):
      raise _errors.ArgumentTypeError(_errors.problem(
          "dataset", "be a tf.data.Dataset", type(dataset).__name__,
          "use tf.contrib.data.Dataset.from_tensor_slices or another of its "
          "functions to make one"))
    super().__init__(dataset)

  def map(self, map_func, num_threads=None, output_buffer_size=None,
          num_parallel_calls=None):
    """Applies `map_func` to each element.

    `num_threads` is the older name of `num_parallel_calls`. With
    `output_buffer_size`, that many results (or `num_threads`, if that is
    more) are computed in advance.
    """
    calls = num_parallel_calls
    if num_threads is not None:
      if calls is not None:
        raise _errors.ArgumentError(_errors.problem(
            "num_threads and num_parallel_calls", "not both be given",
            f"{num_threads} and {calls}", "leave out num_threads"))
      calls = num_threads
    mapped = tf.data.Dataset.map(self, map_func, calls)
    if output_buffer_size is not None:
      mapped = mapped.prefetch(output_buffer_size)
    return Dataset(mapped)

  def shuffle(self, buffer_size, seed=None, reshuffle_each_iteration=None):
    """Shuffles; in TensorFlow 1.2 and 1.3, each time in the same order.

    That is, with a seed, and in a program of these releases as `--api` says.
    """
    if reshuffle_each_iteration is None and version.is_before("1.4"):
      seeds = _tf.private("random_seed").get_seed(seed)
      reshuffle_each_iteration = seeds == (None, None)
    return Dataset(tf.data.Dataset.shuffle(
        self, buffer_size, seed, reshuffle_each_iteration))

  def flat_map(self, map_func):
    """Joins the datasets that `map_func` makes of the elements."""
    return Dataset(tf.data.Dataset.flat_map(self, map_func))

  def interleave(self, map_func, cycle_length, block_length=1):
    """Takes `block_length` elements of each of `cycle_length` datasets."""
    return Dataset(tf.data.Dataset.interleave(
        self, map_func, cycle_length, block_length))

  def group_by_window(self, key_func, reduce_func, window_size):
    """Makes one dataset of each `window_size` elements with the same key."""
    return Dataset(tf.data.Dataset.group_by_window(
        self, key_func, lambda key, window: reduce_func(key, Dataset(window)),
        window_size))

  def dense_to_sparse_batch(self, batch_size, row_shape):
    """Batches elements of different shapes as `tf.SparseTensor`s."""
    return Dataset(tf.data.Dataset.apply(
        self, tf.data.experimental.dense_to_sparse_batch(
            batch_size, row_shape)))

  @staticmethod
  def zip(datasets):
    """Joins the elements of a nest of datasets."""
    return Dataset(tf.data.Dataset.zip(datasets))

  @staticmethod
  def read_batch_features(file_pattern, batch_size, features, reader,
                          reader_args=None, randomize_input=True,
                          num_epochs=None, capacity=10000):
    """The dataset whose next batch the function of this name returns."""
    return Dataset(data.batches_of_features(
        file_pattern, batch_size, features, reader, reader_args,
        randomize_input, num_epochs, capacity))


for _name in _METHODS:
  setattr(Dataset, _name, _same_kind(_name))
for _name in _SOURCES:
  setattr(Dataset, _name, _source(_name))


class TextLineDataset(Dataset):
  """The lines of text files.

  TF 1.2 to 1.6: `tf.contrib.data.TextLineDataset`.
  """

  def __init__(self, filenames, compression_type=None, buffer_size=None):
    super().__init__(tf.data.TextLineDataset(
        filenames, compression_type, buffer_size))


class TFRecordDataset(Dataset):
  """The records of TFRecord files.

  TF 1.2 to 1.6: `tf.contrib.data.TFRecordDataset`.
  """

  def __init__(self, filenames, compression_type=None, buffer_size=None):
    super().__init__(tf.data.TFRecordDataset(
        filenames, compression_type, buffer_size))


class FixedLengthRecordDataset(Dataset):
  """The records of `record_bytes` bytes of binary files.

  TF 1.2 to 1.6: `tf.contrib.data.FixedLengthRecordDataset`.
  """

  def __init__(self, filenames, record_bytes, header_bytes=None,
               footer_bytes=None, buffer_size=None):
    super().__init__(tf.data.FixedLengthRecordDataset(
        filenames, record_bytes, header_bytes, footer_bytes, buffer_size))


class Iterator(tf.data.Iterator):
  """An iterator, with `from_dataset` of TensorFlow 1.2 and 1.3.

  Without `output_classes`, as up to 1.4, the elements are tensors.

  TF 1.2 to 1.6: `tf.contrib.data.Iterator`.
  """

  def __init__(self, iterator_resource, initializer, output_types,
               output_shapes, output_classes=None):
    if output_classes is None:
      output_classes = tf.nest.map_structure(lambda _: tf.Tensor, output_types)
    super().__init__(iterator_resource, initializer, output_types,
                     output_shapes, output_classes)

  @staticmethod
  def from_dataset(dataset, shared_name=None):
    """`dataset.make_initializable_iterator(shared_name)`."""
    return tf.data.make_initializable_iterator(dataset, shared_name)
