"""Writes `docs/seeds_table.md` from the snippets and their differences.

  python tests/seeds/make_seeds_page.py

A test compares the page with what this would write; another one measures
that what it says is so.
"""

import collections
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
PAGE = os.path.join(HERE, "..", "..", "docs", "seeds_table.md")
sys.path.insert(0, os.path.dirname(HERE))

from seeds import differences  # noqa: E402
from seeds import snippets  # noqa: E402
from seeds import verdicts  # noqa: E402

VERSION = "2.21"

HEAD = """# The same seed, function by function

Written by `tests/seeds/make_seeds_page.py` from `tests/seeds/snippets_*.py`
and `tests/seeds/differences.py`; change those, not this page.

Each snippet is a small graph in TensorFlow 1.15 code with the graph seed 42
(`tests/seeds/snippets_*.py`). What TensorFlow 1.15.5 made of it is kept in
`tests/seeds/data/`; a test builds it again with 1.15's seeds
(`tfcompat-rnn run`, or `tfcompat_rnn.tf1.seeds_of_1_15()`) and compares.
Behind each snippet comes one more random variable, whose op seed is the
number of operations before it: a count that is off by one anywhere shows
there.

`python tests/seeds/diff.py NAME` prints both lists of operations of a
snippet side by side.
"""


def counts():
  """`{verdict: number of snippets}` under `VERSION`."""
  return collections.Counter(
      differences.expected(name, VERSION)[0] for name in snippets.SNIPPETS)


def _cell(text):
  return text.replace("|", "\\|")


def _verdict(name):
  verdict, reason = differences.expected(name, VERSION)
  text = verdict if not reason else "%s: %s" % (verdict, reason)
  for row in differences.rows_of(name):
    if row.versions and VERSION not in row.versions:
      text += ". On TensorFlow %s %s: %s" % (
          ", ".join(row.versions), row.verdict, row.reason)
  return _cell(text)


def page():
  """The text of the page."""
  out = [HEAD]
  found = counts()
  total = len(snippets.SNIPPETS)
  good = found[verdicts.OPS] + found[verdicts.EQUAL]
  out.append("%d of %d snippets are equal in op seeds and initial values.\n"
             % (good, total))
  out += ["| verdict | meaning | snippets |", "|---|---|---:|"]
  for verdict in verdicts.MEANING:
    if found[verdict]:
      out.append("| %s | %s | %d |" % (
          verdict, verdicts.MEANING[verdict], found[verdict]))
  families = collections.OrderedDict()
  for snippet in snippets.SNIPPETS.values():
    families.setdefault(snippet.family, []).append(snippet)
  for family in families:
    title = sys.modules["seeds.snippets_" + family].__doc__.split("\n")[0]
    out += ["\n## %s\n" % title.rstrip("."),
            "| snippet | function | verdict |", "|---|---|---|"]
    out += ["| `%s` | %s | %s |" % (
        snippet.name, _cell(snippet.function), _verdict(snippet.name))
            for snippet in families[family]]
  return "\n".join(out) + "\n"


def main():
  with open(PAGE, "w", encoding="utf-8") as stream:
    stream.write(page())
  sys.stdout.write("wrote %s\n" % os.path.normpath(PAGE))


if __name__ == "__main__":
  main()
