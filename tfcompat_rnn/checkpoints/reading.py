"""Reads TensorFlow 1.x checkpoints, V1 and V2, by key.

Uses TensorFlow's own reader, and turns what it raises for a damaged file into
one clear error. Nothing is unpickled.
"""

import collections.abc
import glob
import math
import os
import re

import numpy as np

from tfcompat_rnn import _errors
from tfcompat_rnn import _terminal
from tfcompat_rnn._tf import tf
from tfcompat_rnn.checkpoints import index_table
from tfcompat_rnn.checkpoints import places


def open_checkpoint(path):
  """Opens the checkpoint that `path` names and returns a `Checkpoint`.

  `path` is a prefix (`model.ckpt-100`), one of the files whose names start
  with it (`.index`, `.meta`, `.data-00000-of-00001`), a file or a shard in V1
  format, or a folder with a `checkpoint` file.

      checkpoint = open_checkpoint("logs/model.ckpt-100")
      checkpoint["rnn/lstm_cell/kernel"]          # float32 [depth, 4 * units]

  Raises `MissingFileError` if there is no checkpoint, and `CheckpointError`
  if it is damaged, incomplete, unreadable or not a checkpoint. Corresponds to
  `tf.train.load_checkpoint` in TF 1.15.
  """
  place = places.find(path)
  for name in place.files:
    check_readable(name)
  if place.format == "V2":
    index_table.check_index(place.files[0])
  try:
    reader = tf.train.NewCheckpointReader(place.prefix)
    shapes = reader.get_variable_to_shape_map()
    dtypes = reader.get_variable_to_dtype_map()
  except Exception as error:  # which class depends on what is damaged
    raise damaged(place.prefix, None, error) from error
  return Checkpoint(place, reader, shapes, dtypes)


class Checkpoint(collections.abc.Mapping):
  """The tensors of a checkpoint: a mapping key -> array, read on access.

      kernel = open_checkpoint("logs")["rnn/lstm_cell/kernel"]

  `shapes` (key -> tuple) and `dtypes` (key -> np.dtype; strings are `object`)
  are available without reading a tensor. `prefix` is what `Saver.restore`
  takes, and `format` is "V1" or "V2". A partitioned variable is one array.

  Reading a key raises KeyError if it does not exist, and `CheckpointError` if
  its data are damaged.
  """

  def __init__(self, place, reader, shapes, dtypes):
    self.prefix = place.prefix
    self.format = place.format
    self.shapes = {key: tuple(shapes[key]) for key in sorted(shapes)}
    self.tf_dtypes = {key: dtypes[key].base_dtype for key in self.shapes}
    self.dtypes = {key: numpy_dtype(dtype)
                   for key, dtype in self.tf_dtypes.items()}
    self._reader = reader
    self._files = place.files

  def __getitem__(self, key):
    if key not in self.shapes:
      raise KeyError(key)
    try:
      return np.asarray(self._read(key))
    except Exception as error:
      # TensorFlow ends the process if a reader is used again after an error.
      self._reader = None
      raise damaged(self.prefix, key, error) from error

  def _read(self, key):
    self._check_size(key)
    if self._reader is None:
      self._reader = tf.train.NewCheckpointReader(self.prefix)
    try:
      return self._reader.get_tensor(key)
    except tf.errors.UnimplementedError:
      # the V1 reader cannot read partitioned variables, but the restore
      # operation joins their parts
      with tf.Graph().as_default():
        value, = tf.raw_ops.RestoreV2(
            prefix=self.prefix, tensor_names=[key], shape_and_slices=[""],
            dtypes=[self.tf_dtypes[key]])
        with tf.Session(config=cpu_alone()) as session:
          return session.run(value)

  def _check_size(self, key):
    """TensorFlow would ask for the memory first, and again for ten seconds."""
    # At least one byte is written for a number or a text in V1, and for a text
    # in V2.
    itemsize = 1 if self.format == "V1" else max(
        1, self.tf_dtypes[key].size or 1)
    needed = math.prod(self.shapes[key]) * itemsize
    if needed <= 1 << 20:
      return
    there = sum(map(os.path.getsize, self._files if self.format == "V1" else (
        glob.glob(glob.escape(self.prefix) + ".data-*"))))
    if needed > there:
      raise ValueError(f"shape {list(self.shapes[key])} needs more than the "
                       f"{there} bytes of its data files")

  def __contains__(self, key):
    return key in self.shapes

  def __iter__(self):
    return iter(self.shapes)

  def __len__(self):
    return len(self.shapes)

  def __repr__(self):
    return (f"Checkpoint({self.prefix!r}, format={self.format!r}, "
            f"{len(self)} tensors)")


def numpy_dtype(dtype):
  """The np.dtype of a tf.DType; `object` if NumPy has no such type."""
  try:
    return np.dtype(dtype.as_numpy_dtype)
  except (KeyError, TypeError):
    return np.dtype(object)


def cpu_alone():
  """Session options that use no GPU."""
  return tf.ConfigProto(device_count={"GPU": 0})


def check_readable(name):
  """Raises `CheckpointError` if `name` is not a readable file."""
  if os.path.isdir(name):
    raise _errors.CheckpointError(_errors.problem(
        "checkpoint", "consist of files", f"the folder {name}",
        "name the prefix of a checkpoint"))
  if os.path.exists(name) and not os.path.isfile(name):
    raise _errors.CheckpointError(_errors.problem(
        "checkpoint", "consist of files", f"{name}, which is none",
        "name the prefix of a checkpoint"))
  try:
    with open(name, "rb") as file:
      file.read(1)
  except OSError as error:
    raise _errors.CheckpointError(_errors.problem(
        "checkpoint", "be readable", f"{name} ({error.strerror})",
        "check the file, its permissions and its disk")) from error


def damaged(prefix, key, error):
  """The `CheckpointError` for an error of TensorFlow's reader."""
  told = shortened(error)
  key = key and _terminal.abridged(key)
  where = f"{prefix}, key {key}" if key else prefix
  if "sufficient slices" in told:
    return _errors.CheckpointError(_errors.problem(
        "checkpoint", "contain whole variables", f"only a slice of {key} in "
        f"{prefix}", "restore it into the graph that saved it; `checkpoint "
        "convert --drop` leaves it out"))
  return _errors.CheckpointError(_errors.problem(
      "checkpoint", "be whole", f"{where}: {told}",
      "copy it again from where it was saved"))


def shortened(error):
  """The message of TensorFlow's `error` in one line of at most 600 characters.

  The list of our own calls is left out, and then the middle: what was done
  stands at the beginning, and the operating system's reason at the end.
  """
  told = " ".join(str(getattr(error, "message", None) or error).split())
  told = re.sub(r"^Graph execution error:.*? Node: '[^']*' ", "", told)
  told = told.partition(" Original stack trace for ")[0]
  told = told.partition(" Detected at node ")[0]
  return _terminal.abridged(told, 600)
