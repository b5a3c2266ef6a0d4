"""Sentences in five languages."""

import pytest

from tfcompat_rnn import _errors
from tfcompat_rnn.datasets import languages


def test_every_language_says_the_same_number_of_things():
  assert sorted(languages.SENTENCES) == ["de", "en", "es", "fr", "it"]
  found = [line for name in languages.SENTENCES
           for line in languages.sentences(name)]
  assert len(found) == 100 == len(set(found))
  assert all(20 < len(line) < 80 and line[-1] in ".?" for line in found)


def test_documents_are_in_one_language_and_test_ones_are_unseen():
  train, test = languages.documents(count=100, sentences_each=(2, 3), seed=4)
  assert len(train) == 100 and len(test) == 25
  for name in languages.SENTENCES:
    lines = languages.sentences(name)
    sides = []
    for part in (train, test):
      texts = [text for language, text in part if language == name]
      assert len(texts) == len(part) // 5
      used = {i for i, line in enumerate(lines) for text in texts
              if line in text}
      for text in texts:
        parts = [line for line in lines if line in text]
        assert 2 <= len(parts) <= 3
        assert len(text) == sum(map(len, parts)) + len(parts) - 1
      sides.append(used)
    assert not sides[0] & sides[1]
    assert len(sides[1]) == 5
  assert languages.documents(count=100, sentences_each=(2, 3), seed=4) == (
      train, test)
  assert languages.documents(count=100, sentences_each=(2, 3), seed=5) != (
      train, test)


def test_errors():
  with pytest.raises(_errors.ArgumentError, match="one of de, en"):
    languages.sentences("la")
  with pytest.raises(_errors.ArgumentError, match="held_out"):
    languages.documents(held_out=20)
  with pytest.raises(_errors.ArgumentError, match="sentences_each"):
    languages.documents(sentences_each=(3, 2))
