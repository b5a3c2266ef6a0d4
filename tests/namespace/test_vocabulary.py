"""tf.contrib.learn.preprocessing against TensorFlow 1.15.5."""

import os
import pathlib
import pickle

import numpy as np
import pytest

from namespace import generate
from namespace import vocabularies
from oracle import files
from tfcompat_rnn import _errors
from tfcompat_rnn.namespace.contrib import vocabulary

GOLDEN = files.read_json(os.path.join(generate.DATA, "vocabulary.json.gz"))


def split(documents):
  """A tokenizer of the program's own."""
  for document in documents:
    yield document.split(" ")


def test_rows_equal_1_15(tmp_path):
  found = vocabularies.run(
      vocabulary.VocabularyProcessor, str(tmp_path / "v"))
  assert found == GOLDEN


def test_reads_what_1_15_pickled():
  processor = vocabulary.VocabularyProcessor.restore(
      os.path.join(generate.DATA, "vocabulary.pickle"))
  rows = processor.transform(vocabularies.DOCUMENTS)
  assert [row.tolist() for row in rows] == GOLDEN["trimmed"]


def test_save_and_restore(tmp_path):
  path = str(tmp_path / "v")
  processor = vocabulary.VocabularyProcessor(3, tokenizer_fn=split)
  rows = [row.tolist() for row in processor.fit_transform(["a b", "b c d e"])]
  assert rows == [[1, 2, 0], [2, 3, 4]]
  processor.save(path)
  assert pathlib.Path(path).read_bytes()[:1] == b"{"
  again = vocabulary.VocabularyProcessor.restore(path)
  assert [row.tolist() for row in again.transform(["e-b b"])] == [[0, 2, 0]]
  assert list(again.reverse([[2, 3, 0]])) == ["b c <UNK>"]
  assert again._tokenizer is split
  assert len(again.vocabulary_) == 6


def test_save_refuses_what_it_cannot_write(tmp_path):
  processor = vocabulary.VocabularyProcessor(
      3, tokenizer_fn=lambda documents: [[b"bytes"]])
  processor.fit([""])
  with pytest.raises(_errors.ArgumentTypeError, match="tokenizer_fn"):
    processor.save(str(tmp_path / "v"))


def test_other_pickles_are_refused(tmp_path):
  path = tmp_path / "evil"
  path.write_bytes(pickle.dumps(pathlib.PurePosixPath("x")))
  with pytest.raises(ValueError, match="pickled VocabularyProcessor"):
    vocabulary.VocabularyProcessor.restore(str(path))


def test_trim_by_frequency_then_name():
  words = vocabulary.CategoricalVocabulary()
  for word in "b a c a c b a d".split():
    words.add(word)
  words.trim(1)
  assert [words.reverse(place) for place in range(4)] == [
      "<UNK>", "a", "b", "c"]
  words.trim(1, max_frequency=3)
  assert [words.reverse(place) for place in range(3)] == ["<UNK>", "b", "c"]


def test_no_reverse():
  words = vocabulary.CategoricalVocabulary(support_reverse=False)
  assert words.get("x") == 1
  with pytest.raises(ValueError, match="support_reverse"):
    words.reverse(1)


def test_bytes():
  processor = vocabulary.ByteProcessor(4)
  rows = list(processor.transform(["h\u00e9", b"abcdef"]))
  assert [row.tolist() for row in rows] == [
      [104, 195, 169, 0], [97, 98, 99, 100]]
  assert list(processor.reverse(np.array(rows))) == ["h\u00e9", "abcd"]
  assert list(processor.reverse([np.array([195, 0, 0, 0])])) == [""]
