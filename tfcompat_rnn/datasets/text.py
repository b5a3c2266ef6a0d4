"""Text as IDs of characters. The default text comes with Python itself.

    from tfcompat_rnn.datasets import text
    words = text.read_text()                  # or read_text("my_file.txt")
    vocabulary = text.Vocabulary(words)
    ids = vocabulary.encode(words)            # int32 [characters]
"""

import os

import numpy as np

from tfcompat_rnn import _errors

REPLACEMENT = "\N{REPLACEMENT CHARACTER}"


def documentation():
  """The topics of Python's own documentation: `[(title, text), ...]`, sorted.

  >>> title, text = documentation()[0]
  >>> text.splitlines()[0]
  'The "assert" statement'

  About 80 documents with 500 thousand characters of English and code examples;
  the exact text depends on the Python version. Raises MissingFileError if the
  interpreter does not include `pydoc_data`.
  """
  try:
    from pydoc_data import topics
  except ImportError as error:
    raise _errors.MissingFileError(
        "This Python has no pydoc_data.topics, the documentation that comes "
        "with its standard library; pass a text file instead") from error
  return sorted(topics.topics.items())


def read_text(path=None, encoding="utf-8"):
  """The text of a file; without `path`, Python's documentation.

  >>> len(read_text()) > 100000
  True

  Line endings become `"\\n"`. Raises MissingFileError (an OSError) if there is
  no such file, and ArgumentError (a ValueError) if it is empty or is not text
  in `encoding`.
  """
  if path is None:
    return "\n\n".join(text.strip() for _, text in documentation()) + "\n"
  path = os.fspath(path)
  try:
    with open(path, encoding=encoding) as f:
      text = f.read()
  except FileNotFoundError as error:
    raise _errors.MissingFileError(
        f"{os.path.abspath(path)}: there is no such file; pass the path of a "
        "text file, or no path for Python's documentation") from error
  except UnicodeDecodeError as error:
    raise _errors.ArgumentError(_errors.problem(
        "path", f"be a text file in {encoding}", f"{path}, with byte "
        f"0x{error.object[error.start]:02x} at {error.start}",
        "pass its encoding, such as encoding=\"latin-1\"")) from error
  except LookupError as error:
    raise _errors.ArgumentError(_errors.problem(
        "encoding", "be an encoding that Python supports", repr(encoding),
        "pass \"utf-8\" or \"latin-1\"")) from error
  if not text:
    raise _errors.ArgumentError(_errors.problem(
        "path", "be a text file that is not empty", f"{path}, which is empty",
        "pass another"))
  return text


def _points(text):
  """The code points of `text`: uint32 `[characters]`."""
  return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)


class Vocabulary:
  """The characters of a text, each with an ID.

  >>> vocabulary = Vocabulary("hello")
  >>> vocabulary.characters, len(vocabulary)
  ('ehlo', 4)
  >>> vocabulary.encode("hole")
  array([1, 3, 2, 0], dtype=int32)
  >>> vocabulary.decode([1, 3, 2, 0])
  'hole'

  text: the text with the characters. IDs are in code point order, so the same
    characters get the same IDs; `Vocabulary(vocabulary.characters)` is equal.
  least: leave out characters that occur less often than this. They, and all
    unknown characters, then become U+FFFD, which is treated like any other
    character.

  Raises ArgumentError if `text` is empty.
  """

  def __init__(self, text, least=1):
    if not isinstance(text, str):
      raise _errors.ArgumentTypeError(_errors.problem(
          "text", "be a str", type(text).__name__,
          "decode bytes, or join the lines of a list"))
    if not text:
      raise _errors.ArgumentError(_errors.problem(
          "text", "have at least one character", "an empty text",
          "pass the training text"))
    points, counts = np.unique(_points(text), return_counts=True)
    kept = points[counts >= least]
    if least > 1:
      kept = np.union1d(kept, _points(REPLACEMENT))
    self._sorted = kept.astype(np.uint32)
    self.characters = kept.astype("<u4").tobytes().decode(
        "utf-32-le", "surrogatepass")

  def __len__(self):
    return len(self._sorted)

  def __eq__(self, other):
    return (isinstance(other, Vocabulary)
            and self.characters == other.characters)

  def __hash__(self):
    return hash(self.characters)

  def encode(self, text):
    """`text` as int32 `[characters]`.

    Raises ArgumentError for characters that are not in the vocabulary, unless
    it contains U+FFFD, which replaces them.
    """
    points = _points(text)
    ids = np.minimum(np.searchsorted(self._sorted, points), len(self) - 1)
    unknown = self._sorted[ids] != points
    if unknown.any():
      if REPLACEMENT not in self.characters:
        where = np.flatnonzero(unknown)
        named = "".join(sorted({text[i] for i in where}))[:20]
        raise _errors.ArgumentError(_errors.problem(
            "text", f"have only characters of the vocabulary ({len(self)})",
            f"{named!r}, first at {where[0]}",
            "make the vocabulary from the whole text, or with least=2, "
            "which replaces rare and unknown characters by U+FFFD"))
      ids[unknown] = self.characters.index(REPLACEMENT)
    return ids.astype(np.int32)

  def decode(self, ids):
    """The text of `ids`, an integer array of any shape, read row by row.

    Raises ArgumentError for IDs outside the vocabulary.
    """
    ids = np.asarray(ids).reshape(-1)
    if ids.size == 0:
      return ""
    if ids.dtype.kind not in "iu":
      raise _errors.ArgumentTypeError(_errors.problem(
          "ids", "be whole numbers", ids.dtype, "take the argmax of "
          "probabilities first"))
    if ids.min() < 0 or ids.max() >= len(self):
      raise _errors.ArgumentError(_errors.problem(
          "ids", f"be 0 to {len(self) - 1}", f"{ids.min()} to {ids.max()}",
          "decode with the vocabulary used to encode"))
    return self._sorted[ids].astype("<u4").tobytes().decode(
        "utf-32-le", "surrogatepass")
