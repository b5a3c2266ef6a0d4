"""Programs for Python 2 are named as such; others are not."""

import pytest

from tfcompat_rnn.launcher import failure
from tfcompat_rnn.launcher.python2 import signs as python2


def explain(source):
  with pytest.raises(SyntaxError) as raised:
    compile(source, "train.py", "exec", dont_inherit=True)
  return python2.explain(raised.value, source, "3.11")


@pytest.mark.parametrize("sign", python2.SIGNS, ids=lambda sign: sign.name)
def test_each_sign_is_told_with_its_line(sign):
  source = "import os\n\n" + sign.example + "\n"
  number = 2 + sign.example.count("\n") + 1
  if sign.name.startswith("`except"):
    number -= 1
  said = explain(source)
  assert said.startswith(f"train.py:{number}: {sign.name}. "), said
  assert "written for Python 2" in said
  assert said.endswith("`pip install 'tfcompat_rnn[python2]'`")


@pytest.mark.parametrize("source", [
    "x = (1\n",
    "def f(:\n  pass\n",
    "print('a'\n",
    "'''\nprint the loss\nexcept IOError, e:\n'''\nx = = 1\n",
    "print = 3\nx = = 1\n",
    "a = [0, 00, 0o7, 1.05, 10_000]\nx = = 1\n",
    "# print 'a'\nx = = 1\n",
    "s = 'a <> b `c`'\nx = = 1\n",
    "print(1, file=f)\nprint\nexec('1')\nx = = 1\n",
    "if x:\ny = 1\n",
    "lambda a, b=(1, 2): a\nx = = 1\n",
    "def f(a=(1, 2), b=g(3)):\n  pass\nx = = 1\n",
], ids=range(12))
def test_a_mere_slip_is_no_python_2(source):
  assert explain(source) is None


def test_async_as_a_name():
  said = explain("import tensorflow\ndef f(async=True):\n  pass\n")
  assert said.startswith("train.py:2: `async` is a keyword since Python 3.7")


def raised(code):
  try:
    exec(code, {})
  except Exception as error:
    return error
  raise AssertionError("nothing was raised")


@pytest.mark.parametrize("code, said", [
    ("xrange(3)", "says `range`"),
    ("raw_input()", "says `input`"),
    ("{}.iteritems()", "says items()"),
    ("{}.has_key(1)", "`key in d`"),
    ("import sys; sys.maxint", "sys.maxsize"),
    ("import cPickle", "says `pickle`"),
    ("import urllib2", "urllib.request"),
    ("from itertools import izip", "says zip"),
    ("{}.keys()[0]", "wrap it in list(...)"),
    ("range(4 / 2)", "`//` is what Python 2 did"),
    ("import sys; print >>sys.stderr, 'x'", "print(..., file=file)"),
    ("b'\\xe9'.decode('utf-8')", "'rb'"),
])
def test_hints_at_run_time(code, said):
  lines = failure.hints(raised(code))
  assert len(lines) == 1 and said in lines[0]


@pytest.mark.parametrize("code", [
    "y", "{}.x", "{}[1]", "1 / 0", "[][0]", "int('x')", "raise KeyError(1)",
    "from itertools import no"])
def test_no_hint_where_none_is_due(code):
  assert failure.hints(raised(code)) == []


def test_messages_lose_the_launchers_lines_only():
  text = ('Detected at node:\n    File "%s", line 3, in launch\n'
          '    File "train.py", line 7, in <module>\nNode: x'
          % failure.__file__.replace("failure", "launcher"))
  assert failure.clean_message(text) == (
      'Detected at node:\n    File "train.py", line 7, in <module>\nNode: x')
