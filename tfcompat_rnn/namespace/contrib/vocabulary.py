"""Words to ids: `tf.contrib.learn.preprocessing`.

`VocabularyProcessor.save` writes JSON. Files that TensorFlow 1.15 pickled can
be read too, with an unpickler that creates only these classes and the
program's own tokenizer.
"""

import collections
import importlib
import io
import itertools
import json
import pickle
import re
import sys

import numpy as np

from tfcompat_rnn import _errors
from tfcompat_rnn._tf import tf

TOKENIZER_RE = re.compile("|".join((
    r"[A-Z][A-Z]+(?![a-z])",  # ABC, unless a lower-case letter follows
    r"[A-Z][a-z]+(?=[A-Z])",  # Camel, before another capital
    r"[\w'-]+")))  # word characters, apostrophes and hyphens
_FORMAT = "tfcompat_rnn.VocabularyProcessor/1"
_OLD_HOME = "tensorflow.contrib.learn.python.learn.preprocessing."


def tokenizer(iterator):
  """Yields the list of words of each string.

  >>> list(tokenizer(["Don't stop", "HTML5"]))
  [["Don't", 'stop'], ['HTML', '5']]

  TF 1.15: `tf.contrib.learn.preprocessing.tokenizer`.
  """
  for value in iterator:
    yield TOKENIZER_RE.findall(value)


class CategoricalVocabulary(object):
  """Gives each new category the next id; 0 is the unknown category.

  >>> vocabulary = CategoricalVocabulary()
  >>> vocabulary.add("cat"), vocabulary.get("cat"), vocabulary.reverse(1)
  (None, 1, 'cat')

  TF 1.15: `tf.contrib.learn.preprocessing.CategoricalVocabulary`.
  """

  def __init__(self, unknown_token="<UNK>", support_reverse=True):
    # The attribute names in 1.15's pickle files.
    self._support_reverse, self._freeze = support_reverse, False
    self._unknown_token, self._freq = unknown_token, collections.Counter()
    self._number([])

  def _number(self, categories):
    """Starts again: the unknown token is 0, `categories` follow in order."""
    names = [self._unknown_token, *categories]
    self._mapping = dict(zip(names, range(len(names))))
    if self._support_reverse:
      self._reverse_mapping = names

  def __len__(self):
    """The number of ids, including the unknown one."""
    return len(self._mapping)

  def freeze(self, freeze=True):
    """From now on new categories get id 0 (with `False`: a new id)."""
    self._freeze = freeze

  def get(self, category):
    """The id of `category`, a new one if needed and not frozen."""
    number = self._mapping.get(category)
    if number is not None or self._freeze:
      return number or 0
    if self._support_reverse:
      self._reverse_mapping.append(category)
    return self._mapping.setdefault(category, len(self._mapping))

  def add(self, category, count=1):
    """Counts `category`, for `trim`."""
    if self.get(category) > 0:
      self._freq[category] += count

  def trim(self, min_frequency, max_frequency=-1):
    """Keeps categories seen more than `min_frequency` times; renumbers them.

    The most frequent gets id 1, ties are ordered by name. With a positive
    `max_frequency`, categories seen at least that often are dropped.
    """
    order = sorted(self._freq.items(),
                   key=lambda item: (isinstance(item[0], str), item[0]))
    # Counts descend; reverse=True keeps the order of ties.
    order.sort(key=lambda item: item[1], reverse=True)
    kept = [category for category, count in order if count > min_frequency
            and not 0 < max_frequency <= count]
    self._number(kept)
    # As in 1.15: the counts of as many of the most frequent categories as ids
    # remain, including categories that were dropped.
    self._freq = dict(order[:len(kept)])

  def reverse(self, class_id):
    """The category of an id. Raises ArgumentError without support_reverse."""
    if not self._support_reverse:
      raise _errors.ArgumentError(_errors.problem(
          "support_reverse", "be True to map ids back", False,
          "create the vocabulary with support_reverse=True"))
    return self._reverse_mapping[class_id]


class ByteProcessor(object):
  """Turns documents into rows of UTF-8 bytes, all of one length.

  >>> [row.tolist() for row in ByteProcessor(4).transform(["abc"])]
  [[97, 98, 99, 0]]

  TF 1.15: `tf.contrib.learn.preprocessing.ByteProcessor`.
  """

  def __init__(self, max_document_length):
    self.max_document_length = max_document_length

  def fit(self, x):
    """Does nothing: bytes need no vocabulary."""

  def fit_transform(self, x):
    """`transform(x)`."""
    return self.transform(x)

  def transform(self, x):
    """Yields one uint8 row `[max_document_length]` for each document."""
    for document in x:
      if isinstance(document, str):
        document = document.encode("utf-8")
      row = np.frombuffer(bytes(document)[:self.max_document_length],
                          dtype=np.uint8)
      yield np.pad(row, (0, self.max_document_length - len(row)), "constant")

  def reverse(self, x):
    """Yields the text of each row, or "" if it is not UTF-8."""
    for row in x:
      data = np.trim_zeros(np.asarray(row).astype(np.uint8), trim="b")
      try:
        yield data.tobytes().decode("utf-8")
      except UnicodeDecodeError:
        yield ""


class VocabularyProcessor(object):
  """Turns documents into rows of word ids.

  >>> processor = VocabularyProcessor(max_document_length=4)
  >>> [row.tolist() for row in processor.fit_transform(["a cat", "a dog"])]
  [[1, 2, 0, 0], [1, 3, 0, 0]]

  Rows are int64 `[max_document_length]`; longer documents are cut, shorter
  ones are padded with 0, which is also the unknown word. With `min_frequency`
  n, words seen n times or less are unknown. `tokenizer_fn` maps an iterable of
  documents to an iterable of word lists.

  TF 1.15: `tf.contrib.learn.preprocessing.VocabularyProcessor`.
  """

  def __init__(self, max_document_length, min_frequency=0, vocabulary=None,
               tokenizer_fn=None):
    self.max_document_length = max_document_length
    self.min_frequency = min_frequency
    # As in 1.15, an empty vocabulary is replaced by a new one.
    self.vocabulary_ = vocabulary or CategoricalVocabulary()
    self._tokenizer = tokenizer_fn or tokenizer

  def fit(self, raw_documents, unused_y=None):
    """Learns the vocabulary and freezes it; returns self."""
    words = itertools.chain.from_iterable(self._tokenizer(raw_documents))
    known = self.vocabulary_
    for word in words:
      known.add(word)
    if self.min_frequency > 0:
      known.trim(self.min_frequency)
    known.freeze()
    return self

  def fit_transform(self, raw_documents, unused_y=None):
    """`fit`, then `transform` of the same documents."""
    self.fit(raw_documents)
    return self.transform(raw_documents)

  def transform(self, raw_documents):
    """Yields one row of ids for each document."""
    length = self.max_document_length
    for words in self._tokenizer(raw_documents):
      row = np.zeros(length, np.int64)
      ids = list(map(self.vocabulary_.get, itertools.islice(words, length)))
      row[:len(ids)] = ids
      yield row

  def reverse(self, documents):
    """Yields the words of each row of ids, joined by spaces."""
    for row in documents:
      yield " ".join(map(self.vocabulary_.reverse, row))

  def save(self, filename):
    """Writes this processor to `filename` as JSON.

    The program's own tokenizer is stored by its name. Raises ArgumentTypeError
    for words or a tokenizer that cannot be stored.
    """
    vocabulary = self.vocabulary_
    data = {
        "format": _FORMAT,
        "max_document_length": int(self.max_document_length),
        "min_frequency": self.min_frequency,
        "tokenizer": _name_of(self._tokenizer),
        "unknown_token": vocabulary._unknown_token,
        "support_reverse": vocabulary._support_reverse,
        "freeze": vocabulary._freeze,
        "mapping": list(vocabulary._mapping.items()),
        "freq": list(vocabulary._freq.items()),
    }
    try:
      text = json.dumps(data)
    except TypeError as error:
      raise _errors.ArgumentTypeError(_errors.problem(
          "vocabulary", "contain strings or numbers to be saved", error,
          "decode bytes to str before fit()")) from error
    with tf.gfile.GFile(filename, "wb") as file:
      file.write(text.encode("utf-8"))

  @classmethod
  def restore(cls, filename):
    """Reads a file that `save` wrote, here or under TensorFlow 1.15."""
    with tf.gfile.GFile(filename, "rb") as file:
      content = file.read()
    if content[:1] == b"{":
      return _from_json(cls, json.loads(content.decode("utf-8")), filename)
    return _Unpickler(io.BytesIO(content)).load()


def _name_of(function):
  if function is tokenizer:
    return None
  name = getattr(function, "__qualname__", "")
  module = getattr(function, "__module__", "")
  if not name.isidentifier() or not module:
    raise _errors.ArgumentTypeError(_errors.problem(
        "tokenizer_fn", "be a function at the top of a module to be saved",
        function, "define it with `def` at the top of a module"))
  return [module, name]


def _from_json(cls, data, filename):
  if data.get("format") != _FORMAT:
    raise _errors.ArgumentError(_errors.problem(
        "filename", "contain a saved VocabularyProcessor", filename,
        "pass the file that save() wrote"))
  vocabulary = CategoricalVocabulary(data["unknown_token"],
                                     data["support_reverse"])
  vocabulary._mapping = {name: place for name, place in data["mapping"]}
  vocabulary._freq.update((name, count) for name, count in data["freq"])
  if vocabulary._support_reverse:
    vocabulary._reverse_mapping = sorted(vocabulary._mapping,
                                         key=vocabulary._mapping.get)
  vocabulary.freeze(data["freeze"])
  processor = cls.__new__(cls)
  processor.max_document_length = data["max_document_length"]
  processor.min_frequency = data["min_frequency"]
  processor.vocabulary_ = vocabulary
  processor._tokenizer = tokenizer
  if data["tokenizer"]:
    module, name = data["tokenizer"]
    processor._tokenizer = getattr(importlib.import_module(module), name)
  return processor


class _Unpickler(pickle.Unpickler):
  """Creates the classes above and the program's own functions, no others."""

  _NAMES = {
      ("copy_reg", "_reconstructor"): ("copyreg", "_reconstructor"),
      ("copyreg", "_reconstructor"): ("copyreg", "_reconstructor"),
      ("__builtin__", "object"): ("builtins", "object"),
      ("builtins", "object"): ("builtins", "object"),
      ("__builtin__", "int"): ("builtins", "int"),
      ("builtins", "int"): ("builtins", "int"),
      ("collections", "defaultdict"): ("collections", "defaultdict"),
      (_OLD_HOME + "text", "VocabularyProcessor"):
          (__name__, "VocabularyProcessor"),
      (_OLD_HOME + "text", "tokenizer"): (__name__, "tokenizer"),
      (_OLD_HOME + "categorical_vocabulary", "CategoricalVocabulary"):
          (__name__, "CategoricalVocabulary"),
  }

  def find_class(self, module, name):
    place = self._NAMES.get((module, name))
    root = module.partition(".")[0]
    if place is None and root not in sys.stdlib_module_names and (
        root not in ("tensorflow", "__builtin__", "copy_reg", "exceptions")):
      place = module, name  # the program's own tokenizer
    if place is None:
      raise _errors.ArgumentError(_errors.problem(
          "filename", "contain a pickled VocabularyProcessor and nothing else",
          f"a reference to {module}.{name}",
          "fit() the processor again and save() it here"))
    return super().find_class(*place)
