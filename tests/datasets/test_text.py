"""Characters as ids, and where the text comes from."""

import builtins

import numpy as np
import pytest

from tfcompat_rnn import _errors
from tfcompat_rnn.datasets import text


def test_vocabulary_by_hand():
  vocabulary = text.Vocabulary("hello")
  assert vocabulary.characters == "ehlo" and len(vocabulary) == 4
  ids = vocabulary.encode("hole")
  assert ids.tolist() == [1, 3, 2, 0] and ids.dtype == np.int32
  assert vocabulary.decode(ids) == "hole"
  assert vocabulary.decode(np.array([[1, 3], [2, 0]])) == "hole"
  assert vocabulary.decode([]) == "" and len(vocabulary.encode("")) == 0
  assert text.Vocabulary(vocabulary.characters) == vocabulary
  assert text.Vocabulary("help") != vocabulary
  assert hash(text.Vocabulary("lohe")) == hash(vocabulary)


def test_any_character_survives_the_round_trip():
  words = "naïve \N{GREEK SMALL LETTER PI} \U0001f600\udc80\n\t\0 ‘x’"
  vocabulary = text.Vocabulary(words)
  assert vocabulary.decode(vocabulary.encode(words)) == words
  assert len(vocabulary) == len(set(words))


def test_rare_characters_share_an_id():
  vocabulary = text.Vocabulary("aaabbbcd", least=2)
  assert vocabulary.characters == "ab\ufffd"
  assert vocabulary.encode("abcz").tolist() == [0, 1, 2, 2]
  assert vocabulary.decode([2, 0]) == "\ufffda"


def test_vocabulary_errors():
  vocabulary = text.Vocabulary("abc")
  with pytest.raises(_errors.ArgumentError, match="'xy', first at 1"):
    vocabulary.encode("axaby")
  with pytest.raises(_errors.ArgumentError, match="be 0 to 2, got 1 to 3"):
    vocabulary.decode([1, 3])
  with pytest.raises(_errors.ArgumentTypeError, match="argmax"):
    vocabulary.decode([.5])
  with pytest.raises(_errors.ArgumentError, match="at least one"):
    text.Vocabulary("")
  with pytest.raises(_errors.ArgumentTypeError, match="be a str"):
    text.Vocabulary(b"abc")


def test_the_documentation_is_english():
  documents = text.documentation()
  titles = [title for title, _ in documents]
  assert titles == sorted(titles) and "assert" in titles and len(titles) > 60
  words = text.read_text()
  assert len(words) > 300000
  letters = sum(words.lower().count(letter) for letter in "etaoin")
  assert letters > .3 * len(words)
  assert "debugging assertions" in " ".join(words.split())


def test_files(tmp_path):
  path = tmp_path / "some.txt"
  path.write_bytes("Grüße\r\nan alle".encode())
  assert text.read_text(path) == "Grüße\nan alle"
  path.write_bytes("Grüße".encode("latin-1"))
  with pytest.raises(_errors.ArgumentError,
                     match=r"some.txt, with byte 0xfc at 2; .*latin-1"):
    text.read_text(str(path))
  assert text.read_text(path, encoding="latin-1") == "Grüße"
  with pytest.raises(_errors.ArgumentError, match="an encoding that Python"):
    text.read_text(path, encoding="utf-9")
  path.write_bytes(b"")
  with pytest.raises(_errors.ArgumentError, match="empty"):
    text.read_text(path)
  with pytest.raises(FileNotFoundError, match="none.txt: there is no such"):
    text.read_text(tmp_path / "none.txt")


def test_a_python_without_its_documentation(monkeypatch):
  real = builtins.__import__

  def without(name, *args, **kwargs):
    if name.startswith("pydoc_data"):
      raise ImportError(name)
    return real(name, *args, **kwargs)

  monkeypatch.setattr(builtins, "__import__", without)
  with pytest.raises(_errors.MissingFileError, match="pass a text file"):
    text.read_text()
