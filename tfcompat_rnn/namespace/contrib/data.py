"""`tf.contrib.data`: the transformations that did not move to core."""

import numpy as np

from tfcompat_rnn import _errors
from tfcompat_rnn._tf import tf


def batch_and_drop_remainder(batch_size):
  """`dataset.batch(batch_size, drop_remainder=True)`, for `apply`.

  TF 1.15: `tf.contrib.data.batch_and_drop_remainder`.
  """
  return lambda dataset: dataset.batch(batch_size, drop_remainder=True)


def padded_batch_and_drop_remainder(batch_size, padded_shapes,
                                    padding_values=None):
  """`dataset.padded_batch(..., drop_remainder=True)`, for `apply`.

  TF 1.15: `tf.contrib.data.padded_batch_and_drop_remainder`.
  """
  return lambda dataset: dataset.padded_batch(
      batch_size, padded_shapes=padded_shapes,
      padding_values=padding_values, drop_remainder=True)


def sloppy_interleave(map_func, cycle_length, block_length=1):
  """Interleaves `cycle_length` datasets: what is ready first comes first.

  TF 1.15: `tf.contrib.data.sloppy_interleave`.
  """
  return tf.data.experimental.parallel_interleave(
      map_func, cycle_length, block_length, sloppy=True)


def reduce_dataset(dataset, reducer):
  """Runs a `Reducer` over all elements and returns the last state.

  As in 1.15, its `finalize_func` is not called.

  TF 1.15: `tf.contrib.data.reduce_dataset`.
  """
  if not isinstance(dataset, tf.data.Dataset):
    raise _errors.ArgumentTypeError(_errors.problem(
        "dataset", "be a tf.data.Dataset", type(dataset).__name__,
        "pass the dataset itself"))
  return dataset.reduce(reducer.init_func(np.int64(0)), reducer.reduce_func)


def sliding_window_batch(window_size, stride=None, window_shift=None,
                         window_stride=1):
  """Batches of `window_size` elements, `window_shift` elements apart.

  >>> dataset.apply(sliding_window_batch(3))   # [0 1 2], [1 2 3], ...

  `window_stride` is the distance between the elements of one window;
  `stride` is the older name of `window_shift` (default 1). Incomplete
  windows are dropped. Raises ArgumentError if both are given.

  TF 1.15: `tf.contrib.data.sliding_window_batch`.
  """
  if stride is not None and window_shift is not None:
    raise _errors.ArgumentError(_errors.problem(
        "stride and window_shift", "not both be given",
        f"stride={stride}, window_shift={window_shift}",
        "pass window_shift only"))
  shift = window_shift or stride or 1

  def join(*windows):
    parts = [window.batch(window_size) for window in windows]
    return parts[0] if len(parts) == 1 else tf.data.Dataset.zip(tuple(parts))

  def apply(dataset):
    if isinstance(tf.data.get_output_types(dataset), dict):
      names = sorted(tf.data.get_output_types(dataset))
      rows = dataset.map(lambda row: tuple(row[name] for name in names))
      return apply(rows).map(
          (lambda value: {names[0]: value}) if len(names) == 1 else
          (lambda *values: dict(zip(names, values))))
    windows = dataset.window(window_size, shift=shift, stride=window_stride,
                             drop_remainder=True)
    return windows.flat_map(join)

  return apply


def read_batch_features(file_pattern, batch_size, features, reader,
                        reader_args=None, randomize_input=True,
                        num_epochs=None, capacity=10000):
  """The next batch of parsed `Example` protos, `{feature: tensor}`.

  >>> batch = read_batch_features(
  ...     "data-*", 32, {"x": tf.FixedLenFeature([], tf.int64)},
  ...     reader=tf.data.TFRecordDataset)

  `reader(filenames, *reader_args)` is a dataset of serialized protos;
  `capacity` is the size of the buffer that is shuffled.

  TF 1.15: `tf.contrib.data.read_batch_features`.
  """
  return tf.data.make_one_shot_iterator(batches_of_features(
      file_pattern, batch_size, features, reader, reader_args, randomize_input,
      num_epochs, capacity)).get_next()


def batches_of_features(file_pattern, batch_size, features, reader,
                        reader_args, randomize_input, num_epochs, capacity):
  """The dataset that `read_batch_features` reads from."""
  return tf.data.experimental.make_batched_features_dataset(
      file_pattern, batch_size, features, reader=reader,
      reader_args=reader_args, num_epochs=num_epochs, shuffle=randomize_input,
      shuffle_buffer_size=capacity)
