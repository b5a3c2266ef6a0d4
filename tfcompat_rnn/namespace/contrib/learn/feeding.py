"""Arrays, data frames and iterators as feeds."""

import itertools

import numpy as np

from tfcompat_rnn._errors import require as _require
from tfcompat_rnn._tf import tf

_NUMERIC = ("int8", "int16", "int32", "int64", "uint8", "uint16", "uint32",
            "uint64", "float16", "float32", "float64", "bool")


def _frame_type(name):
  try:
    import pandas
  except ImportError:
    return ()
  return getattr(pandas, name)


def _check_numeric(data, what):
  bad = {column: data[column].dtype.name for column in data
         if data[column].dtype.name not in _NUMERIC}
  _require(not bad, what, "have columns of integers, floats or bools", bad,
           "convert these columns, or leave them out")


def extract_pandas_data(data):
  """A numeric data frame as an array of floats; anything else as it is.

  Raises ValueError if a column is not numeric.

  TF 1.15: `tf.contrib.learn.extract_pandas_data`.
  """
  if not isinstance(data, _frame_type("DataFrame")):
    return data
  _check_numeric(data, "data")
  return data.values.astype("float")


def extract_pandas_matrix(data):
  """A data frame as an array; anything else as it is.

  TF 1.15: `tf.contrib.learn.extract_pandas_matrix`.
  """
  if not isinstance(data, _frame_type("DataFrame")):
    return data
  return data.values


def extract_pandas_labels(labels):
  """A data frame with one numeric column as an array.

  Raises ValueError if there are several columns or it is not numeric.

  TF 1.15: `tf.contrib.learn.extract_pandas_labels`.
  """
  if not isinstance(labels, _frame_type("DataFrame")):
    return labels
  _require(len(labels.columns) < 2, "labels", "be a single column",
           list(labels.columns), "choose one of them")
  _check_numeric(labels, "labels")
  return labels.values


def is_iterator(x):
  """Whether `x` gives one element after the other."""
  return hasattr(x, "next") or hasattr(x, "__next__")


def _each(x, function):
  """`function` of an array, or of each one of a dict."""
  if isinstance(x, dict):
    return {key: function(value) for key, value in x.items()}
  return None if x is None else function(x)


def _rows(data, indices):
  frames = (_frame_type("Series"), _frame_type("DataFrame"))
  return data.iloc[indices] if isinstance(data, frames) else data[indices]


def _first(x):
  return next(iter(x.values())) if isinstance(x, dict) else x


class DataFeeder:
  """Batches of arrays for the placeholders `input` and `output`.

  `x` and `y` are arrays, or dicts of arrays, whose first dimension counts
  samples. Without a `batch_size` all are one batch. With `shuffle` the order
  is that of NumPy's generator with seed 42, so it is the same in each run.

  TF 1.15: `tensorflow.contrib.learn.python.learn.learn_io.data_feeder`.
  """

  def __init__(self, x, y, n_classes, batch_size=None, shuffle=True,
               random_state=None, epochs=None):
    self._x = _each(x, np.asarray)
    self._y = _each(y, np.asarray)
    if n_classes is not None and self._y is not None and not isinstance(
        y, dict):
      self._y = self._y.astype(np.int64 if n_classes > 1 else np.float32)
    self.n_classes = n_classes
    self.max_epochs = epochs
    count = _first(self._x).shape[0]
    self._batch_size = count if batch_size is None else batch_size
    _require(batch_size is None or batch_size > 0, "batch_size",
             "be positive", batch_size, "pass the number of samples in a batch")
    self.input_dtype = _each(self._x, lambda one: one.dtype)
    self.output_dtype = _each(self._y, lambda one: (
        np.dtype(np.float32) if n_classes is not None else one.dtype))
    self._shuffle = shuffle
    self.random_state = random_state or np.random.RandomState(42)
    self._count = count
    self.indices = self._order()
    self.offset = 0
    self.epoch = 0
    self._inputs = self._outputs = None

  @property
  def batch_size(self):
    """The number of samples in a batch."""
    return self._batch_size

  def _order(self):
    return (self.random_state.permutation(self._count) if self._shuffle
            else np.arange(self._count))

  @staticmethod
  def _label_shape(shape, n_classes):
    """The shape of one label."""
    rest = list(shape[1:])
    if rest and rest[0] == 1:
      rest = rest[1:]
    return rest + ([n_classes] if n_classes is not None and n_classes > 1
                   else [])

  def input_builder(self):
    """(placeholder of the features, placeholder of the labels or None)"""
    def make(name, data, dtypes, shape_of):
      def one(suffix, array, dtype):
        return tf.placeholder(tf.as_dtype(dtype), [None] + shape_of(array),
                              name=name + suffix)

      if isinstance(data, dict):
        return {key: one("_" + key, array, dtypes[key])
                for key, array in data.items()}
      return None if data is None else one("", data, dtypes)

    self._inputs = make("input", self._x, self.input_dtype,
                        lambda one: list(one.shape[1:]) or [1])
    self._outputs = make("output", self._y, self.output_dtype,
                         lambda one: self._label_shape(
                             one.shape, self.n_classes))
    return self._inputs, self._outputs

  def _features(self, data, indices):
    rows = _rows(data, indices)
    return rows.reshape((len(indices), 1)) if data.ndim == 1 else rows

  def _labels(self, data, dtype, indices):
    shape = [len(indices)] + self._label_shape(data.shape, self.n_classes)
    rows = _rows(data, indices)
    if self.n_classes is None or self.n_classes <= 1:
      return rows.reshape(shape).astype(dtype)
    out = np.zeros(shape, dtype=dtype)
    if len(shape) == 2:
      out[np.arange(len(indices)), rows.reshape(-1).astype(int)] = 1.
      return out
    for place, row in enumerate(rows):
      for index, value in enumerate(row):
        out[(place, index, value)] = 1.
    return out

  def get_feed_dict_fn(self):
    """A function that returns the next feed, and raises StopIteration."""
    def feed():
      indices = self._next_indices()
      found = self._feed_of(self._inputs, self._x, None, indices)
      if self._outputs is not None:
        found.update(self._feed_of(self._outputs, self._y, self.output_dtype,
                                   indices))
      return found
    return feed

  def _next_indices(self):
    """Those of the next batch; the last one of an epoch may be smaller."""
    if self.max_epochs is not None and self.max_epochs <= self.epoch:
      raise StopIteration
    start, self.offset = self.offset, self.offset + self._batch_size
    found = self.indices[start:self.offset]
    if self.offset >= self._count:
      self.epoch += 1
      self.offset, self.indices = 0, self._order()
    return found

  def _feed_of(self, placeholders, data, dtypes, indices):
    def rows(one, dtype):
      return (self._features(one, indices) if dtypes is None
              else self._labels(one, dtype, indices))
    if isinstance(data, dict):
      return {placeholders[key].name: rows(
          value, None if dtypes is None else dtypes[key])
              for key, value in data.items()}
    return {placeholders.name: rows(data, dtypes)}


class StreamingDataFeeder(DataFeeder):
  """Batches of what iterators of samples give.

  TF 1.15: `tensorflow.contrib.learn.python.learn.learn_io.data_feeder`.
  """

  def __init__(self, x, y, n_classes, batch_size):
    first_x = next(x)
    first_y = None if y is None else next(y)
    self._streams = (itertools.chain([first_x], x),
                     None if y is None else itertools.chain([first_y], y))
    super().__init__(
        _each(first_x, lambda one: np.asarray(one)[None]),
        None if y is None else _each(first_y,
                                     lambda one: np.asarray(one)[None]),
        n_classes, batch_size or 1, shuffle=False)
    self.stopped = False

  def get_feed_dict_fn(self):
    """A function that returns the next feed, and raises StopIteration."""
    def gather(samples):
      if isinstance(samples[0], dict):
        return {key: np.stack([one[key] for one in samples])
                for key in samples[0]}
      return np.stack([np.asarray(one) for one in samples])

    def feed():
      stream_x, stream_y = self._streams
      some_x = list(itertools.islice(stream_x, self._batch_size))
      if not some_x:
        self.stopped = True
        raise StopIteration
      indices = np.arange(len(some_x))
      found = self._feed_of(self._inputs, gather(some_x), None, indices)
      if stream_y is not None:
        some_y = gather(list(itertools.islice(stream_y, len(some_x))))
        found.update(self._feed_of(self._outputs, some_y, self.output_dtype,
                                   indices))
      return found
    return feed


def setup_train_data_feeder(x, y, n_classes, batch_size=None, shuffle=True,
                            epochs=None):
  """The feeder for `x` and `y`: arrays, data frames or iterators.

  TF 1.15: `tensorflow.contrib.learn.python.learn.learn_io.data_feeder`.
  """
  x = extract_pandas_data(x)
  y = extract_pandas_labels(y)
  if is_iterator(x):
    _require(y is None or is_iterator(y), "y", "be an iterator as `x` is",
             type(y).__name__, "pass iter(y)")
    return StreamingDataFeeder(x, y, n_classes, batch_size)
  return DataFeeder(x, y, n_classes, batch_size, shuffle=shuffle,
                    epochs=epochs)
