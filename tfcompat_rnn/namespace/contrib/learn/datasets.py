"""Data sets as arrays, from files."""

import collections
import csv
import os

import numpy as np

from tfcompat_rnn._tf import tf

Dataset = collections.namedtuple("Dataset", "data target")
Datasets = collections.namedtuple("Datasets", "train validation test")


def load_csv_with_header(filename, target_dtype, features_dtype,
                         target_column=-1):
  """A `Dataset` from a file whose first line gives rows and columns.

  TF 1.15: `tf.contrib.learn.datasets.base.load_csv_with_header`.
  """
  with tf.gfile.Open(filename) as stream:
    lines = csv.reader(stream)
    rows, columns = map(int, next(lines)[:2])
    data = np.zeros([rows, columns], features_dtype)
    target = np.zeros([rows], target_dtype)
    for place, row in enumerate(lines):
      target[place], data[place] = row.pop(target_column), row
  return Dataset(data, target)


def load_csv_without_header(filename, target_dtype, features_dtype,
                            target_column=-1):
  """A `Dataset` from a file without a header.

  TF 1.15: `tf.contrib.learn.datasets.base.load_csv_without_header`.
  """
  with tf.gfile.Open(filename) as stream:
    rows = list(csv.reader(stream))
  target = np.array([row.pop(target_column) for row in rows],
                    dtype=target_dtype)
  return Dataset(np.array([np.asarray(row, dtype=features_dtype)
                           for row in rows]), target)


def shrink_csv(filename, ratio):
  """Writes every `ratio`-th line to a file with `_small` in its name.

  TF 1.15: `tf.contrib.learn.datasets.base.shrink_csv`.
  """
  with tf.gfile.Open(filename.replace(".", "_small."), "w") as small:
    writer = csv.writer(small)
    with tf.gfile.Open(filename) as stream:
      for place, row in enumerate(csv.reader(stream)):
        if place % ratio == 0:
          writer.writerow(row)


def maybe_download(filename, work_directory, source_url):
  """The path of `filename` in `work_directory`, which must be there.

  Raises FileNotFoundError with the address if it is not: nothing is
  downloaded.

  TF 1.15: `tf.contrib.learn.datasets.base.maybe_download`.
  """
  path = os.path.join(work_directory, filename)
  if not tf.gfile.Exists(path):
    raise FileNotFoundError(
        f"{path} is missing, and tfcompat_rnn downloads nothing; download it "
        f"from {source_url}")
  return path


def load_iris(data_path=None):
  """Fisher's irises: 150 rows of four numbers, and their species 0, 1, 2.

  Without `data_path`, a file with a header, they come from scikit-learn.
  Raises ImportError if it is not installed.

  TF 1.15: `tf.contrib.learn.datasets.load_iris`.
  """
  if data_path is not None:
    return load_csv_with_header(data_path, target_dtype=int,
                                features_dtype=float)
  try:
    from sklearn import datasets
  except ImportError as error:
    raise ImportError("the irises of tf.contrib.learn come from "
                      "scikit-learn; pip install scikit-learn") from error
  found = datasets.load_iris()
  data = found.data.astype(float)
  # TensorFlow's file had two rows as the first electronic copies had them.
  data[34, 3] = 0.1
  data[37, 1:3] = 3.1, 1.5
  return Dataset(data=data, target=found.target.astype(int))


def load_dataset(name, size="small", test_with_fake_data=False):
  """The data set "iris"; the others were downloads.

  Raises ValueError for any other `name`.

  TF 1.15: `tf.contrib.learn.datasets.load_dataset`.
  """
  if name != "iris":
    raise ValueError(
        f"`name` must be 'iris', got {name!r}; read other data from files of "
        "your own, for example with "
        "tf.contrib.learn.datasets.base.load_csv_with_header")
  return load_iris()
