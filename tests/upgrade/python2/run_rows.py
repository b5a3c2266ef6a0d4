# -*- coding: utf-8 -*-
"""Executes rows and writes what each prints, and the values it leaves.

  python2.7 run_rows.py > expected.json     # the rows as they are
  python run_rows.py ROWS.json              # translated ones

For Python 2 and 3. Each of `FILES` has rows between lines `----`; what
follows a line `====` in a row is its translation.
"""
import io
import json
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
FILES = ("changed.txt", "unchanged.txt", "programs.txt")
TEXT = type(u"")


def rows(name):
  """[row or (row, translation)] of a file, as text."""
  with io.open(os.path.join(HERE, name), encoding="utf-8") as file:
    return [tuple(row.split("====\n")) for row in file.read().split("----\n")]


class Output(object):
  """A standard output that keeps what is written."""

  def __init__(self):
    self.parts = []

  def write(self, text):
    """Keeps `text`."""
    self.parts.append(text if isinstance(text, TEXT)
                      else text.decode("utf-8"))

  def flush(self):
    """Does nothing."""


def told(value):
  """`value` as it is told in JSON, alike in Python 2 and 3."""
  if isinstance(value, (list, tuple)):
    return [type(value).__name__] + [told(item) for item in value]
  if isinstance(value, dict):
    return ["dict"] + sorted([told(key), told(item)]
                             for key, item in value.items())
  if isinstance(value, (set, frozenset)):
    return ["set"] + sorted(told(item) for item in value)
  if isinstance(value, bytes):
    return value.decode("latin-1")
  if value is None or isinstance(value, (bool, float, TEXT)):
    return value
  is_whole = isinstance(value, int) or type(2 ** 70) is type(value)
  return repr(value).rstrip("L") if is_whole else "?"


def run(source):
  """[what the row prints, {name: value} of its variables]."""
  names = {"__name__": "__main__", "__file__": "row.py"}
  before, sys.stdout = sys.stdout, Output()
  try:
    exec(compile(source, "row.py", "exec", 0, True), names)
    printed = u"".join(sys.stdout.parts)
  finally:
    sys.stdout = before
  left = {name: told(value) for name, value in names.items()
          if not name.startswith("_")}
  return [printed, {name: value for name, value in left.items()
                    if value != "?"}]


def main():
  """Runs all rows of a file or of the two files; prints the results."""
  if len(sys.argv) > 1:
    with io.open(sys.argv[1], encoding="utf-8") as file:
      sources = json.load(file)
  else:
    sources = [row[0] for name in FILES
               for row in rows(name)]
    head = u"# -*- coding: utf-8 -*-\n"
    sources = [(head + source).encode("utf-8") for source in sources]
  found = [run(source) for source in sources]
  text = json.dumps(found, indent=0, sort_keys=True, separators=(",", ": "))
  sys.stdout.write(text + "\n")


if __name__ == "__main__":
  main()
