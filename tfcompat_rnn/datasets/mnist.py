"""Reads MNIST like `tensorflow.examples.tutorials.mnist.input_data`.

    from tfcompat_rnn.datasets import mnist
    data = mnist.read_data_sets("MNIST_data", one_hot=True)
    images, labels = data.train.next_batch(150)

It reads the four idx files, gzipped or not, and downloads nothing. If you do
not have the files, `python -m tfcompat_rnn.datasets.mnist DIR` writes a small
set of drawn digit-like images in their place.
"""

import argparse
import collections
import gzip
import operator
import os
import sys

import numpy as np

from tfcompat_rnn import _errors

# Where 1.15 downloaded the files from. It is only mentioned in messages.
DEFAULT_SOURCE_URL = "https://storage.googleapis.com/cvdf-datasets/mnist/"

FILES = {
    "train_images": "train-images-idx3-ubyte.gz",
    "train_labels": "train-labels-idx1-ubyte.gz",
    "test_images": "t10k-images-idx3-ubyte.gz",
    "test_labels": "t10k-labels-idx1-ubyte.gz",
}
IMAGES_MAGIC, LABELS_MAGIC = 2051, 2049
_SEED_LIMIT = 2 ** 31 - 1
_DEFAULT_GRAPH_SEED = 87654321

Datasets = collections.namedtuple("Datasets", ["train", "validation", "test"])


def _graph_seed():
  """The seed of `tf.set_random_seed`, if TensorFlow is loaded and has one."""
  tensorflow = sys.modules.get("tensorflow")
  v1 = getattr(getattr(tensorflow, "compat", None), "v1", None)
  if v1 is None:
    return None
  if v1.executing_eagerly():
    return v1.get_seed(None)[0]
  # Do not call get_seed(): TensorFlow 2 counts each call, which would change
  # the seeds of the random ops built later.
  return v1.get_default_graph().seed


def _numpy_seed(seed):
  """The value that 1.15 passed to `numpy.random.seed` for `DataSet(seed=)`."""
  graph_seed = _graph_seed()
  if seed is None:
    return None if graph_seed is None else graph_seed % _SEED_LIMIT
  pair = ((_DEFAULT_GRAPH_SEED if graph_seed is None
           else graph_seed % _SEED_LIMIT), seed % _SEED_LIMIT)
  return _SEED_LIMIT if pair == (0, 0) else pair[1]


def _image_dtype(dtype):
  """"float32" or "uint8" from a tf.DType, NumPy dtype, type or string."""
  if hasattr(dtype, "as_numpy_dtype"):  # a tf.DType, without importing tf
    dtype = dtype.as_numpy_dtype
  try:
    name = np.dtype(dtype).name if dtype is not None else None
  except TypeError:
    name = None
  if name not in ("float32", "uint8"):
    raise _errors.ArgumentTypeError(_errors.problem(
        "dtype", "be float32 (pixels 0 to 1) or uint8 (0 to 255)", dtype,
        "pass tf.float32 or tf.uint8"))
  return name


def _unpacked(f):
  """The bytes of an open file, decompressed if they are gzipped."""
  data = f.read()
  if data[:2] != b"\x1f\x8b":
    return data
  try:
    return gzip.decompress(data)
  except (EOFError, OSError) as error:
    raise _errors.ArgumentError(
        f"{f.name} is a damaged gzip file ({error}); download it again"
    ) from error


def _idx_payload(f, magic, kind, dimensions):
  """Checks the header of an idx file; returns its sizes and its bytes."""
  data = _unpacked(f)
  head = np.frombuffer(data[:4 * (1 + dimensions)], dtype=">u4")
  got = int(head[0]) if head.size else None
  if got != magic:
    raise _errors.ArgumentError(_errors.problem(
        f.name, f"begin with {magic}, as MNIST's {kind} files do",
        f"the invalid magic number {got}",
        f"check that the file is complete and contains {kind}s"))
  sizes = [int(size) for size in head[1:]]
  wanted = int(np.prod(sizes, dtype=np.int64)) if sizes else 0
  payload = data[4 * (1 + dimensions):][:wanted]
  if len(sizes) != dimensions or len(payload) < wanted:
    raise _errors.ArgumentError(
        f"{f.name} is truncated: its header says {wanted} bytes, got "
        f"{len(payload)}; download it again")
  return sizes, np.frombuffer(payload, dtype=np.uint8)


def extract_images(f):
  """Reads an open idx image file: uint8 `[images, rows, columns, 1]`.

  Raises ArgumentError (a ValueError) if it is not such a file.
  """
  print("Extracting", f.name)
  sizes, pixels = _idx_payload(f, IMAGES_MAGIC, "image", 3)
  return pixels.reshape(sizes + [1])


def extract_labels(f, one_hot=False, num_classes=10):
  """Reads an open idx label file: uint8 `[labels]`, or one-hot float64.

  Raises ArgumentError (a ValueError) if it is not such a file.
  """
  print("Extracting", f.name)
  _, labels = _idx_payload(f, LABELS_MAGIC, "label", 1)
  return dense_to_one_hot(labels, num_classes) if one_hot else labels


def dense_to_one_hot(labels_dense, num_classes):
  """`[n]` class numbers -> float64 `[n, num_classes]` of zeros and ones."""
  one_hot = np.zeros((labels_dense.shape[0], num_classes))
  one_hot[np.arange(labels_dense.shape[0]), labels_dense.ravel()] = 1
  return one_hot


class DataSet:
  """Images and labels, returned in shuffled batches.

  >>> rows = DataSet(images, labels, reshape=False)      # [n, 28, 28, 1]
  >>> x, y = rows.next_batch(100)

  As in 1.15, creating it seeds `numpy.random`: with `seed`, else with the
  graph's seed, else with fresh entropy. Raises ArgumentError or
  ArgumentTypeError.
  """

  def __init__(self, images, labels, fake_data=False, one_hot=False,
               dtype="float32", reshape=True, seed=None):
    np.random.seed(_numpy_seed(seed))
    dtype = _image_dtype(dtype)
    if fake_data:
      self._num_examples = 10000
      self.one_hot = one_hot
    else:
      if images.shape[0] != labels.shape[0]:
        raise _errors.ArgumentError(_errors.problem(
            "labels", f"be as many as the {images.shape[0]} images",
            labels.shape[0], "use two files that belong together"))
      self._num_examples = images.shape[0]
      if reshape:
        if images.shape[3] != 1:
          raise _errors.ArgumentError(_errors.problem(
              "images", "have one channel to be flattened", images.shape,
              "pass reshape=False"))
        rows, height, width, _ = images.shape
        images = images.reshape(rows, height * width)
      if dtype == "float32":
        images = np.multiply(images.astype(np.float32), 1.0 / 255.0)
    self._images, self._labels = images, labels
    self._index_in_epoch = self._epochs_completed = 0

  images, labels, num_examples, epochs_completed = (
      property(operator.attrgetter(attribute)) for attribute in (
          "_images", "_labels", "_num_examples", "_epochs_completed"))

  def _shuffle(self):
    order = np.arange(self._num_examples)
    np.random.shuffle(order)
    self._images = self._images[order]
    self._labels = self._labels[order]

  def next_batch(self, batch_size, fake_data=False, shuffle=True):
    """The next `batch_size` images and labels.

    A batch that extends past the end takes the rest of this epoch and then the
    first rows of the next one, which is shuffled again.
    """
    if fake_data:
      label = [1] + [0] * 9 if self.one_hot else 0
      return ([[1] * 784 for _ in range(batch_size)],
              [label for _ in range(batch_size)])
    start = self._index_in_epoch
    if shuffle and start == 0 and self._epochs_completed == 0:
      self._shuffle()
    stop = start + batch_size
    if stop <= self._num_examples:
      self._index_in_epoch = stop
      return self._images[start:stop], self._labels[start:stop]
    images_left, labels_left = self._images[start:], self._labels[start:]
    self._epochs_completed += 1
    if shuffle:
      self._shuffle()
    stop = self._index_in_epoch = batch_size - (self._num_examples - start)
    return (np.concatenate((images_left, self._images[:stop])),
            np.concatenate((labels_left, self._labels[:stop])))


def _find(train_dir, name):
  """The path of `name` in `train_dir`: gzipped, plain or with dots; or None."""
  plain = name[:-len(".gz")]
  dotted = plain.replace("-idx", ".idx")
  for candidate in (name, plain, dotted + ".gz", dotted):
    path = os.path.join(train_dir, candidate)
    if os.path.isfile(path):
      return path
  return None


def _find_all(train_dir, source_url):
  """kind -> path of the four files. Raises MissingFileError if any is missing.
  """
  train_dir = os.fspath(train_dir)
  found = {kind: _find(train_dir, name) for kind, name in FILES.items()}
  missing = [FILES[kind] for kind, path in found.items() if path is None]
  if missing:
    where = os.path.abspath(train_dir)
    raise _errors.MissingFileError(
        f"MNIST: {', '.join(missing)} not in {where} (with or without .gz). "
        f"Nothing is downloaded; put the files there (1.15 downloaded them "
        f"from {source_url}), or write a small set of drawn digit-like images: "
        f"python -m tfcompat_rnn.datasets.mnist {train_dir}")
  return found


def read_data_sets(train_dir, fake_data=False, one_hot=False, dtype="float32",
                   reshape=True, validation_size=5000, seed=None,
                   source_url=DEFAULT_SOURCE_URL):
  """Reads MNIST's four files from `train_dir`.

  >>> data = read_data_sets("MNIST_data", one_hot=True)
  >>> data.train.images.shape, data.train.labels.shape
  ((55000, 784), (55000, 10))

  Returns `Datasets(train, validation, test)`: images float32 `[n, 784]` in
  0 to 1 (or `[n, 28, 28, 1]` with `reshape=False`; 0 to 255 with uint8),
  labels uint8 `[n]` or one-hot float64 `[n, 10]`. The first `validation_size`
  training rows become the validation set. `source_url` is only mentioned in the
  error if files are missing.

  Raises MissingFileError (an OSError); ArgumentError (a ValueError) for a
  damaged file or a `validation_size` larger than the training set;
  ArgumentTypeError for another dtype.

  TF 1.15: `tf.examples.tutorials.mnist.input_data.read_data_sets`.
  """
  if fake_data:
    return Datasets(*(DataSet([], [], fake_data=True, one_hot=one_hot,
                              dtype=dtype, seed=seed) for _ in range(3)))
  paths = _find_all(train_dir, source_url or DEFAULT_SOURCE_URL)
  arrays = {}
  for kind, path in paths.items():
    with open(path, "rb") as f:
      arrays[kind] = (extract_images(f) if kind.endswith("images")
                      else extract_labels(f, one_hot=one_hot))
  rows = len(arrays["train_images"])
  if not 0 <= validation_size <= rows:
    raise _errors.ArgumentError(_errors.problem(
        "validation_size", f"be between 0 and {rows}, the training rows in "
        f"{os.fspath(train_dir)}", validation_size,
        "pass a smaller validation_size"))

  def part(images, labels):
    return DataSet(images, labels, dtype=dtype, reshape=reshape, seed=seed)

  held = slice(None, validation_size), slice(validation_size, None)
  train, validation = (
      (arrays["train_images"][rows], arrays["train_labels"][rows])
      for rows in (held[1], held[0]))
  return Datasets(train=part(*train), validation=part(*validation),
                  test=part(arrays["test_images"], arrays["test_labels"]))


def load_mnist(train_dir="MNIST-data"):
  """`read_data_sets(train_dir)`."""
  return read_data_sets(train_dir)


def _write_idx(path, array):
  """Writes uint8 `array` as gzipped idx; equal arrays give equal files."""
  magic = IMAGES_MAGIC if array.ndim == 3 else LABELS_MAGIC
  head = np.array((magic,) + array.shape, dtype=">u4").tobytes()
  with open(path, "wb") as f:
    f.write(gzip.compress(head + array.tobytes(), mtime=0))


def write_digits(train_dir, train=10000, test=2000, seed=0):
  """Writes drawn digit-like images as MNIST's four files; returns their paths.

  They are a substitute, not MNIST. Keep `train` above 5000, or read them with a
  smaller `validation_size`. Raises ArgumentError for sizes below 1, and if one
  of the files already exists: real MNIST files are never overwritten.
  """
  from tfcompat_rnn.datasets import digits
  for name, value in (("train", train), ("test", test)):
    if value < 1:
      raise _errors.ArgumentError(_errors.problem(
          name, "be at least 1", value, "pass the number of images"))
  present = [path for path in (_find(train_dir, name)
                               for name in FILES.values()) if path]
  if present:
    raise _errors.ArgumentError(
        f"{', '.join(present)} already exist; pass an empty folder, so that "
        "no real MNIST files are overwritten")
  os.makedirs(train_dir, exist_ok=True)
  random = np.random.RandomState(seed)
  paths = []
  for part, (kind, count) in enumerate((("train", train), ("test", test))):
    labels = random.randint(0, 10, count).astype(np.uint8)
    images = digits.draw_digits(labels, seed=2 * seed + part)
    for name, array in (("images", images), ("labels", labels)):
      paths.append(os.path.join(train_dir, FILES[f"{kind}_{name}"]))
      _write_idx(paths[-1], array)
  return paths


def main(argv=None):
  """`python -m tfcompat_rnn.datasets.mnist DIR [--train N] [--test N]`."""
  parser = argparse.ArgumentParser(
      prog="python -m tfcompat_rnn.datasets.mnist",
      description="Write a small set of drawn digit-like images in MNIST's "
      "file format. A substitute for trying programs out, not MNIST.")
  parser.add_argument("folder", metavar="DIR")
  parser.add_argument("--train", type=int, default=10000, metavar="N")
  parser.add_argument("--test", type=int, default=2000, metavar="N")
  parser.add_argument("--seed", type=int, default=0, metavar="S")
  options = parser.parse_args(argv)
  try:
    paths = write_digits(options.folder, options.train, options.test,
                         options.seed)
  except _errors.TfcompatError as error:
    print(f"{parser.prog}: {error}", file=sys.stderr)
    return 1
  print("Generated stand-ins, not MNIST: drawn digit-like images, "
        f"{options.train} for training and {options.test} for testing")
  for path in paths:
    print("Wrote", path)
  if options.train < 5000:
    print(f"Read them with validation_size={options.train // 10}: the "
          "default of 5000 exceeds the number of training images")
  return 0


if __name__ == "__main__":
  sys.exit(main())
