"""Writes what TensorFlow 1.15 makes of the snippets, or checks the files.

    python tests/seeds/generate.py            # writes data/
    python tests/seeds/generate.py --check    # compares; exit code 1 if not

Start it with any Python: where that one has no TensorFlow 1.15 it goes on in
one that has, as `tests/golden/generate.py` does. Python 3.7 syntax.
"""

import collections
import os
import shutil
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(HERE))

from golden import generate as golden_generate  # noqa: E402
from golden import reference  # noqa: E402


def write(folder):
  """Every snippet, measured and written beneath `folder`."""
  import tensorflow as tf
  # Unused assertions are reported as errors; here nothing is used.
  tf.compat.v1.logging.set_verbosity(tf.compat.v1.logging.FATAL)
  from seeds import harness, snippets, store
  families = collections.OrderedDict()
  for snippet in snippets.SNIPPETS.values():
    facts = harness.measure(tf, snippet)
    families.setdefault(
        snippet.family, collections.OrderedDict())[snippet.name] = facts
  store.write(families, folder)
  print("%d snippets" % len(snippets.SNIPPETS))


def compare(committed, fresh):
  """Every difference between two folders, as lines of text."""
  from seeds import store
  problems = []
  pairs = [(store.read(committed), store.read(fresh)),
           (store.read_ops(committed), store.read_ops(fresh))]
  for kind, (one, two) in zip(("facts", "ops"), pairs):
    for name in sorted(set(one) | set(two)):
      if name not in one or name not in two:
        problems.append("%s of %s: only %s" % (
            kind, name, "committed" if name in one else "generated"))
      # By repr: a nan is equal to itself there.
      elif repr(one[name]) != repr(two[name]):
        problems.append("%s of %s differ" % (kind, name))
  return problems


def check():
  from seeds import store
  fresh = tempfile.mkdtemp(prefix="seeds-")
  try:
    write(fresh)
    problems = compare(store.DATA, fresh)
  finally:
    shutil.rmtree(fresh)
  for line in problems:
    print("DIFFERS " + line)
  print("snippets: %s" % (
      "%d differences" % len(problems) if problems else "as committed"))
  return 1 if problems else 0


def main(argv=None):
  options = golden_generate.parse(sys.argv[1:] if argv is None else argv)
  if not reference.is_reference():
    return reference.go_on_there(__file__, options)
  if options.check:
    return check()
  from seeds import store
  write(store.DATA)
  return 0


if __name__ == "__main__":
  sys.exit(main())
