"""What two VocabularyProcessors make of four documents. Python 3.7 syntax."""

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
