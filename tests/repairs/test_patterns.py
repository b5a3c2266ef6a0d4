"""Global flags that do not stand at the start of a regular expression.

Each pattern is compared with one that says the same with its flags at the
start. Up to Python 3.10, which needs no repair, the tests ask Python itself.
"""

import importlib
import pickle
import re
import sys
import warnings

import pytest

from tfcompat_rnn import _patching
from tfcompat_rnn.repairs import _patterns
from tfcompat_rnn.repairs import python as table

TEXT = ("aB abb (?m) A a b#c [(?i)] \u00e9 baB A#C\nab\n(i)b\n])i\nB\n"
        "a.b")
# a pattern -> the same, for this Python; both as text and as bytes
SAME = {
    "a(?i)b": "(?i)ab",
    r"b\Z(?ms)": r"(?ms)b\Z",
    r".*\.b\Z(?ms)|b": r"(?ms).*\.b\Z|b",
    "(a(?i)|b)a": "(?i)(a|b)a",
    "b|(?i)a": "(?i)b|a",
    "(?=(?i)a).": "(?i)(?=a).",
    "a(?i)+b": "(?i)a+b",
    "(?i)a(?s).": "(?is)a.",
    "a(?i)(?m)b$": "(?im)ab$",
    "^a(?ii)(?m)": "(?im)^a",
    "(?#(?i)a(?m)b$": "(?m)ab$",
    "[(?i)]+b(?m)$": "(?m)[(?i)]+b$",
    "[](?i)]+(?m)$": "(?m)[](?i)]+$",
    "[^](?i)]+(?m)$": "(?m)[^](?i)]+$",
    r"[\](?i)]+(?m)$": r"(?m)[\](?i)]+$",
    r"\(?m\)(?i) a": r"(?i)\(?m\) a",
    r"\[(?i)\(\?i": r"(?i)\[\(\?i",
    "a b(?x)": "(?x)ab",
    "a # (?i)\n b(?x)": "(?x)ab",
    "a # (?i)\\\n b\n b(?x)": "(?x)ab",
    r"a \# c (?ix)": r"(?ix)a\#c",
    "a [ ] b [#] c(?xi)": "(?ix)a[ ]b[#]c",
    "(?x) a # (?i)\n b (?m)$": "(?mx)ab$",
    "(?i:a)b(?s).": "(?s)(?i:a)b.",
    r"\w(?a)": r"(?a)\w",
    r"(?P<n>b)(?i)a(?P=n)": r"(?i)(?P<n>b)a(?P=n)",
}
ONE_KIND = {r"\w(?u)\Z": r"(?u)\w\Z", rb"a(?L)b": rb"(?L)ab",
            rb"(?i)\w(?L)b": rb"(?iL)\wb"}
PAIRS = [*SAME.items(), *ONE_KIND.items(),
         *((old.encode(), new.encode()) for old, new in SAME.items())]
NEEDED = sys.version_info >= (3, 11)


@pytest.fixture(autouse=True)
def repaired():
  row = next(row for row in table.ROWS if row.where == "re._parser")
  re.purge()
  with warnings.catch_warnings(), _patching.Stack() as patches:
    # Python 3.6 to 3.10 announce that this becomes an error.
    warnings.simplefilter("ignore", DeprecationWarning)
    if NEEDED:
      row.apply(patches, importlib.import_module(row.where), print)
    yield
  # Python has kept the patterns that it would now refuse.
  re.purge()


def found(pattern):
  text = TEXT if isinstance(pattern.pattern, str) else TEXT.encode()
  return [match.span(group) for match in pattern.finditer(text)
          for group in range(pattern.groups + 1)]


@pytest.mark.parametrize("old, new", PAIRS)
def test_the_flags_hold_for_the_whole_pattern(old, new):
  pattern, same = re.compile(old), re.compile(new)
  assert found(pattern) == found(same) != []
  assert pattern.flags == same.flags
  assert pattern.pattern == old
  again = pickle.loads(pickle.dumps(pattern))
  assert again == pattern and found(again) == found(same)


def test_with_flags_as_an_argument():
  # In a comment they are none.
  one = re.compile("a # (?m)\n (?i)b", re.X | re.S)
  assert one.flags == re.compile("ab", re.X | re.S | re.I).flags
  assert found(one) == found(re.compile("ab", re.I))
  assert re.sub("b(?m)$", "-", "b\nB", flags=re.I) == "-\n-"
  assert re.split("b(?i)", "aBa") == ["a", "a"]


@pytest.mark.parametrize("pattern, message, position", [
    ("a(?i)b)", "unbalanced parenthesis", 6),
    ("a(?im)(b", "missing ), unterminated subpattern", 6),
    ("a(?i)b(?L)", "cannot use 'L' flag", 9),
    (b"a(?i)b(?u)", "cannot use 'u' flag", 9),
    ("a(?i)[b", "unterminated character set", 5),
    ("a(?i", "missing -, : or )", 4),
])
def test_what_python_never_allowed(pattern, message, position):
  with pytest.raises(re.error, match=re.escape(message)) as raised:
    re.compile(pattern)
  assert raised.value.pos == position
  assert raised.value.__context__ is None


def test_verbose_in_what_is_verbose():
  # There only what follows is verbose, which no flags can say.
  pattern = "a(?x: b(?ix) b)"
  if NEEDED:
    with pytest.raises(re.error, match="global flags not at the start"):
      re.compile(pattern)
  else:
    assert found(re.compile(pattern)) == found(re.compile("abb", re.I)) != []


def test_what_python_takes_is_read_as_it_is():
  calls = []

  def original(*arguments):
    calls.append(arguments)
    return len(calls)

  assert _patterns.make_parse(original, print)("(?i)a", re.M) == 1
  assert calls == [("(?i)a", re.M, None)]
