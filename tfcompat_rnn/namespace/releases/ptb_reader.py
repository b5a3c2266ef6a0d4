"""`tensorflow.models.rnn.ptb.reader`: the text of the Penn Treebank.

  train, valid, test, vocabulary = ptb_raw_data("data")

The files `ptb.train.txt`, `ptb.valid.txt` and `ptb.test.txt` hold one sentence
a line, its words separated by spaces.
"""

import collections
import os

import numpy as np

from tfcompat_rnn import _errors
from tfcompat_rnn._errors import problem
from tfcompat_rnn._tf import tf


def _read_words(filename):
  with tf.gfile.GFile(filename, "r") as file:
    return file.read().replace("\n", "<eos>").split()


def _build_vocab(filename):
  """{word: number}, the most frequent word first, then by alphabet."""
  counts = collections.Counter(_read_words(filename))
  ordered = sorted(counts, key=lambda word: (-counts[word], word))
  return {word: number for number, word in enumerate(ordered)}


def _file_to_word_ids(filename, word_to_id):
  return [word_to_id[word] for word in _read_words(filename)
          if word in word_to_id]


def ptb_raw_data(data_path=None):
  """`(train, valid, test, size of the vocabulary)`: lists of word numbers.

  Raises TensorFlow's NotFoundError if one of the files is not there.
  """
  paths = [os.path.join(data_path or "", f"ptb.{part}.txt")
           for part in ("train", "valid", "test")]
  numbers = _build_vocab(paths[0])
  return tuple(_file_to_word_ids(path, numbers) for path in paths) + (
      len(numbers),)


def _rows(raw_data, batch_size, num_steps):
  words = np.array(raw_data, dtype=np.int32)
  length = len(words) // batch_size
  rows = words[:batch_size * length].reshape([batch_size, length])
  epoch_size = (length - 1) // num_steps
  if epoch_size <= 0:
    raise _errors.ArgumentError(problem(
        "raw_data", f"hold at least {batch_size * (num_steps + 1)} words",
        f"{len(words)}: epoch_size == 0", "decrease batch_size or num_steps"))
  return rows, epoch_size


def ptb_iterator(raw_data, batch_size, num_steps):
  """Yields pairs `(words, next words)`, each int32 `[batch_size, num_steps]`.

  Raises ValueError if `raw_data` is too short for one pair. TF 0.5 to 0.11.
  """
  rows, epoch_size = _rows(raw_data, batch_size, num_steps)
  for number in range(epoch_size):
    start = number * num_steps
    yield (rows[:, start:start + num_steps],
           rows[:, start + 1:start + num_steps + 1])


def ptb_producer(raw_data, batch_size, num_steps, name=None):
  """Two tensors `[batch_size, num_steps]`, the next pair at each run.

  They read from a queue; start the queue runners. TF 0.12.
  """
  with tf.name_scope(name, "PTBProducer", [raw_data, batch_size, num_steps]):
    rows, epoch_size = _rows(raw_data, batch_size, num_steps)
    data = tf.constant(rows)
    number = tf.train.range_input_producer(
        epoch_size, shuffle=False).dequeue()
    start = number * num_steps
    x = tf.slice(data, [0, start], [batch_size, num_steps])
    y = tf.slice(data, [0, start + 1], [batch_size, num_steps])
    x.set_shape([batch_size, num_steps])
    y.set_shape([batch_size, num_steps])
    return x, y
