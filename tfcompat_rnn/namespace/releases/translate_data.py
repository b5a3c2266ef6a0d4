"""`tensorflow.models.rnn.translate.data_utils`: words and their numbers.

  create_vocabulary("vocab.en", "train.en", 40000)
  numbers, words = initialize_vocabulary("vocab.en")
  data_to_token_ids("train.en", "train.ids.en", "vocab.en")

Texts are read and written as bytes, one sentence a line.
"""

import collections
import os
import re

from tfcompat_rnn import _errors
from tfcompat_rnn._errors import problem
from tfcompat_rnn._tf import tf

_PAD, _GO, _EOS, _UNK = b"_PAD", b"_GO", b"_EOS", b"_UNK"
_START_VOCAB = [_PAD, _GO, _EOS, _UNK]
PAD_ID, GO_ID, EOS_ID, UNK_ID = range(4)

_WORD_SPLIT = re.compile(rb"([.,!?\"':;)(])")
_DIGIT_RE = re.compile(rb"\d")


def basic_tokenizer(sentence):
  """The words and punctuation marks of `sentence`, as bytes."""
  text = tf.compat.as_bytes(sentence)
  return [word for part in text.strip().split()
          for word in _WORD_SPLIT.split(part) if word]


def _words(line, tokenizer, normalize_digits):
  words = (tokenizer or basic_tokenizer)(tf.compat.as_bytes(line))
  if not normalize_digits:
    return words
  return [_DIGIT_RE.sub(b"0", tf.compat.as_bytes(word)) for word in words]


def create_vocabulary(vocabulary_path, data_path, max_vocabulary_size,
                      tokenizer=None, normalize_digits=True):
  """Writes the most frequent words of `data_path`, one a line.

  The special symbols come first. A file that exists is left as it is.
  """
  if tf.gfile.Exists(vocabulary_path):
    return
  counts = collections.Counter()
  with tf.gfile.GFile(data_path, "rb") as file:
    for line in file:
      counts.update(_words(line, tokenizer, normalize_digits))
  # Words of the same frequency stay in the order of their first use.
  ordered = _START_VOCAB + sorted(counts, key=counts.get, reverse=True)
  with tf.gfile.GFile(vocabulary_path, "wb") as file:
    for word in ordered[:max_vocabulary_size]:
      file.write(word + b"\n")


def initialize_vocabulary(vocabulary_path):
  """`({word: number}, [word])` of a file that `create_vocabulary` wrote.

  Raises ValueError if there is no such file.
  """
  if not tf.gfile.Exists(vocabulary_path):
    raise _errors.ArgumentError(problem(
        "vocabulary_path", "name a file",
        f"Vocabulary file {vocabulary_path} not found.",
        "call create_vocabulary first"))
  with tf.gfile.GFile(vocabulary_path, "rb") as file:
    words = [tf.compat.as_bytes(line).strip() for line in file]
  return {word: number for number, word in enumerate(words)}, words


def sentence_to_token_ids(sentence, vocabulary, tokenizer=None,
                          normalize_digits=True):
  """The numbers of the words of `sentence`; `UNK_ID` for unknown ones."""
  return [vocabulary.get(word, UNK_ID)
          for word in _words(sentence, tokenizer, normalize_digits)]


def data_to_token_ids(data_path, target_path, vocabulary_path,
                      tokenizer=None, normalize_digits=True):
  """Writes the numbers of each line of `data_path`, separated by spaces."""
  if tf.gfile.Exists(target_path):
    return
  vocabulary, _ = initialize_vocabulary(vocabulary_path)
  with tf.gfile.GFile(data_path, "rb") as source, tf.gfile.GFile(
      target_path, "w") as target:
    for line in source:
      numbers = sentence_to_token_ids(
          line, vocabulary, tokenizer, normalize_digits)
      target.write(" ".join(map(str, numbers)) + "\n")


def prepare_wmt_data(data_dir, en_vocabulary_size, fr_vocabulary_size,
                     tokenizer=None):
  """Makes vocabularies and number files of the WMT corpus in `data_dir`.

  Returns the paths of the English and French training numbers, development
  numbers and vocabularies.

  Raises `MissingFileError` if `giga-fren.release2.fixed.en` or another file of
  the corpus is not there: it is 2.5 GB and is not downloaded.
  """
  train = os.path.join(data_dir, "giga-fren.release2.fixed")
  dev = os.path.join(data_dir, "newstest2013")
  for path in (train, dev):
    for language in ("en", "fr"):
      if not tf.gfile.Exists(f"{path}.{language}"):
        raise _errors.MissingFileError(problem(
            "data_dir", f"hold {os.path.basename(path)}.{language} of the "
            "WMT corpus", data_dir, "download the corpus and unpack it there"))
  sizes = {"en": en_vocabulary_size, "fr": fr_vocabulary_size}
  made = {}
  for language, size in sizes.items():
    vocabulary = os.path.join(data_dir, f"vocab{size}.{language}")
    create_vocabulary(vocabulary, f"{train}.{language}", size, tokenizer)
    made[language] = [vocabulary]
    for path in (train, dev):
      numbers = f"{path}.ids{size}.{language}"
      data_to_token_ids(f"{path}.{language}", numbers, vocabulary, tokenizer)
      made[language].append(numbers)
  return tuple(made[language][at] for at in (1, 2, 0)
               for language in ("en", "fr"))
