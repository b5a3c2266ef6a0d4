"""Writes a VocabularyProcessor that TensorFlow 1.15 pickled, and its rows.

  python3.7 tests/namespace/make_vocabulary_golden.py
"""

import json
import os

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "golden")
DOCUMENTS = [
    "The cat doesn't like HTMLParser",
    "the dog likes the cat, the ROBOT and NLPTasks-2",
    u"caf\u00e9 cat", ""]


def run(processor_class, path):
  """Rows of two processors; saves the second one to `path`."""
  first = processor_class(5)
  rows = [row.tolist() for row in first.fit_transform(DOCUMENTS)]
  second = processor_class(4, min_frequency=1)
  trimmed = [row.tolist() for row in second.fit_transform(DOCUMENTS)]
  second.save(path)
  return {"rows": rows, "trimmed": trimmed,
          "size": len(first.vocabulary_),
          "reversed": list(first.reverse(rows)),
          "unseen": [row.tolist() for row in first.transform(["the fish"])]}


def main():
  import tensorflow as tf
  processor = tf.contrib.learn.preprocessing.VocabularyProcessor
  found = run(processor, os.path.join(FOLDER, "vocabulary_1_15.pickle"))
  with open(os.path.join(FOLDER, "vocabulary_1_15.json"), "w") as file:
    json.dump(found, file, indent=1, sort_keys=True)


if __name__ == "__main__":
  main()
