"""Programs for Python 2 become programs for Python 3 that mean the same."""

import ast
import json
import os
import pathlib
import re
import sys

import pytest

from tfcompat_rnn import cli
from tfcompat_rnn import upgrade

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
ROWS = HERE / "python2"
LANGUAGE = ROOT / "tests" / "launcher" / "programs"
CALL = "import tfcompat_rnn\ntfcompat_rnn.behave_as_1_15()\n"

pytest.importorskip("fissix")
sys.path.insert(0, str(ROWS))
import run_rows  # noqa: E402

from tfcompat_rnn.upgrade import rewriting  # noqa: E402
from tfcompat_rnn.upgrade import translation  # noqa: E402

sys.path.remove(str(ROWS))

CHANGED = run_rows.rows("changed.txt")
UNCHANGED = [row for row, in run_rows.rows("unchanged.txt")]
PROGRAMS = [row for row, in run_rows.rows("programs.txt")]


def translated(source):
  parsed = translation.Parsed(source)
  found = translation.translate(parsed, translation.Facts.of([parsed]))
  if not found.header:
    return found.text
  lines = rewriting.lines_of(found.text)
  place = rewriting.place_of_call(ast.parse(found.text)) - 1
  lines[place:place] = [line + "\n" for line in found.header]
  return "".join(lines)


@pytest.mark.parametrize("before, after", CHANGED)
def test_changed(before, after):
  assert translated(before) == after


@pytest.mark.parametrize("source", UNCHANGED)
def test_unchanged(source):
  assert translated(source) == source


def test_as_many_must_stay_as_must_change():
  assert len(UNCHANGED) >= len(CHANGED)


def test_the_example_of_the_page():
  text = (ROOT / "docs" / "upgrade.md").read_text(encoding="utf-8")
  text = text.partition("## Python 2\n")[2].partition("```diff\n")[2]
  lines = text.partition("```")[0].splitlines(True)
  before, after = ("".join(line[1:] for line in lines if line[0] == sign)
                   for sign in "-+")
  assert translated(before) == "from tfcompat_rnn import python2\n" + after


@pytest.fixture
def run(forked, tmp_path):
  def run_program(*words, code=0):
    environment = dict(os.environ, PYTHONPATH=os.pathsep.join(filter(None, [
        str(ROOT), os.environ.get("PYTHONPATH")])))
    done = forked.run(words, tmp_path, environment)
    assert done.returncode == code, done.stderr
    return done.stdout
  return run_program


def test_each_row_prints_what_it_did_under_python_2_7(run, tmp_path):
  """And its variables have the same values."""
  rows = [row[-1] for row in CHANGED] + UNCHANGED + [
      translated(row) for row in PROGRAMS]
  (tmp_path / "rows.json").write_text(json.dumps(rows))
  found = json.loads(run(ROWS / "run_rows.py", "rows.json"))
  wanted = json.loads((ROWS / "expected.json").read_text())
  assert len(found) == len(wanted) == len(rows)
  for row, (printed, left), (print_was, left_was) in zip(rows, found, wanted):
    assert printed == print_was, row
    if "import *" in row:
      continue  # It leaves what a module has today.
    # Lists leave their variables in Python 2 only, if nothing reads them.
    for name in left_was.keys() - left.keys():
      assert f"for {name} in" in row, (name, row)
    assert left == {name: left_was[name] for name in left}, row


def test_the_helpers_are_there_and_say_what_they_do(run):
  page = (ROOT / "docs" / "upgrade.md").read_text(encoding="utf-8")
  named = sorted(set(re.findall(r"\bpython2\.([a-z_]\w*)", page)) - {"random"})
  assert len(named) > 10
  run("-c", f"""
from tfcompat_rnn import python2
for name in {named}:
  getattr(python2, name)
for name, value in vars(python2).items():
  assert name.startswith("_") or not callable(value) or value.__doc__, name
""")


# These lines take text as Python 2, or read a variable of a list in a list.
REFUSED_LINES = ('exec "y = 5"', "print y\n", 'exec "total = 5"',
                 "print eval(", "nested = ", "def nested_in(",
                 "print nested_in(")


def test_all_the_language_in_one_program(run, tmp_path):
  """Every line of it that Python 2.7.18 printed, with NumPy 1.16."""
  source = (LANGUAGE / "language.py").read_text(encoding="utf-8")
  wanted = (LANGUAGE / "language.txt").read_text(encoding="utf-8")
  lines = [line for line in source.splitlines(True)
           if not line.lstrip().startswith(REFUSED_LINES)]
  assert len(lines) == source.count("\n") - len(REFUSED_LINES)
  (tmp_path / "language.py").write_text("".join(lines), encoding="utf-8")
  (tmp_path / "out").mkdir()
  report = upgrade.upgrade([str(tmp_path)])
  assert not report.left, report.complaints()
  report.write()
  printed = run("language.py", "out").splitlines()
  # What `print y`, `print eval(...)` and the nested lists printed.
  wanted = [line for line in wanted.splitlines()
            if line not in ("5", "3 [0, 0, 1]", "[2, 3] 3")
            and not line.startswith("(3, 2, [(1, 2)")]
  assert printed == wanted


# (source, line, what is said)
REFUSED = [
    ("x = 1\nexec 'y = 2' in {}\n", 2, "`exec` takes its text as Python 2"),
    ("print eval('1 / 2')\n", 1, "`ast.literal_eval` for data"),
    ("execfile('a.py')\n", 1, "write `import`"),
    ("print input()\n", 1, "`ast.literal_eval(raw_input())`"),
    ("__import__('os')\n", 1, "write `import`"),
    ("import __builtin__\n", 1, "`__builtin__` holds"),
    ("from __builtin__ import open\n", 1, "`__builtin__` holds"),
    ("def f(): pass\nf().n /= 2\n", 2, "evaluated twice"),
    ("x = 1\nclass U(unicode): pass\n", 2, "derived from `unicode`"),
    ("class D(object):\n  def __coerce__(self, o): pass\n", 1, "`__coerce__`"),
    ("class M(type): pass\n__metaclass__ = M\nclass A: pass\n", 2,
     "for all classes"),
    ("class A(object):\n  class M(type): pass\n  __metaclass__ = M\nprint 1\n",
     3, "made in the class"),
    ("g = iter('a')\nf = g.next\n", 2, "`next` without a call"),
    ("class A(object):\n  n = 1\n  l = [n * i for i in (1, 2)]\n", 3,
     "the variable `n` of the class"),
    ("x = 1\ntry: f()\nexcept IOError, e: print 0 < e[0] < x\n", 3,
     "write it as several statements"),
    ("x = 1\nprint [a for a in [b for b in 'ab']], b\n", 2,
     "variable `b` is read later inside of what another one goes over"),
    ("def f(l):\n  n = max(w for w in [v for v in l])\n  return n, v\n", 2,
     "variable `v`"),
    ("python2 = 1\nprint python2\n", 1, "variable `python2`"),
    ("async = 1\nprint async\n", 1, "for Python 3"),
]


@pytest.mark.parametrize("source, line, text", REFUSED)
def test_what_is_refused_names_the_line(tmp_path, source, line, text):
  with pytest.raises(translation.Refused) as raised:
    translated(source)
  assert raised.value.line == line and text in raised.value.text


# -- projects


def project(folder, sources):
  for name, text in sources.items():
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
  report = upgrade.upgrade([str(folder)])
  report.write()
  again = upgrade.upgrade([str(folder)])
  assert again.changes == []
  assert again.complaints() == report.complaints()
  return report


def test_a_program_of_both_kinds_of_files(run, tmp_path):
  """Its packages, relative imports, a module that only Python 2 divides."""
  report = project(tmp_path, {
      "train.py": "import sys\nimport util\nfrom pkg import reader\n"
                  "print util.half(7), reader.value(), sys.argv[1:]\n",
      "util.py": "def half(n):\n  return n / 2\n",
      "pkg/__init__.py": "",
      "pkg/reader.py": "import helper, os\nimport random as r\n"
                       "from helper import N\n\n\ndef value():\n"
                       "  return helper.N / 2, N / 2, os.sep\n",
      "pkg/helper.py": "N = 9\n",
      "other.py": "print(7 / 2)\n",
  })
  assert report.left == []
  text = (tmp_path / "pkg/reader.py").read_text()
  assert text.startswith(
      "from tfcompat_rnn import python2\n"
      "from . import helper; import os\n"
      "from tfcompat_rnn.python2 import random as r\n"
      "from .helper import N\n")
  assert (tmp_path / "pkg/helper.py").read_text() == "N = 9\n"
  assert (tmp_path / "other.py").read_text() == "print(7 / 2)\n"
  assert run("train.py", "a") == "3 (4, 4, '/') ['a']\n"
  assert run("other.py") == "3.5\n"


def test_modules_that_a_program_finds_in_other_ways(run, tmp_path):
  """By `sys.path`, `import_module` or `__all__`; the launcher converts them."""
  half = "def half(n):\n  return n / 2\n"
  report = project(tmp_path, {
      "train.py": "import sys\nfrom importlib import import_module\n"
                  "sys.path.append('src')\nimport core\n"
                  "from every import *\nnames = ['b']\nprint "
                  "core.half(7), one.half(7), "
                  "import_module('a').half(7), "
                  "[import_module(name).half(7) for name in names]\n",
      "src/core.py": "from deep import half\n", "src/deep.py": half,
      "every/__init__.py": "__all__ = ['one']\n", "every/one.py": half,
      "every/main.py": half + "if __name__ == '__main__':\n  pass\n",
      "a.py": half, "b.py": half})
  assert report.left == []
  text = (tmp_path / "b.py").read_text()
  assert "python2.divide(n, 2)" in text
  assert (tmp_path / "every/main.py").read_text().startswith(half)
  assert run("train.py") == "3 3 3 [3]\n"


def test_programs_for_python_3_may_load_anything(tmp_path):
  """Nothing becomes Python 2 for that reason."""
  sources = {
      "train.py": "import importlib, sys\n"
                  "print(importlib.import_module(sys.argv[1]).N)\n",
      "sizes.py": "N = 7 / 2\n", "old.py": "print 7 / 2\n"}
  assert project(tmp_path, sources).left == []
  for name in ("train.py", "sizes.py"):
    assert (tmp_path / name).read_text() == sources[name]
  assert (tmp_path / "old.py").read_text() == "print(7 // 2)\n"


def test_a_script_in_a_package_finds_modules_beside_it(run, tmp_path):
  report = project(tmp_path, {
      "pkg/__init__.py": "", "pkg/train.py": "import model\nprint model.N / 2",
      "pkg/model.py": "import sizes\nN = sizes.N\n", "pkg/sizes.py": "N = 7\n"})
  assert report.left == []
  assert (tmp_path / "pkg/model.py").read_text() == (
      "import sizes\nN = sizes.N\n")
  assert run("pkg/train.py") == "3\n"


def test_the_default_encoding(run, tmp_path):
  """It holds for the process, so it is no row."""
  assert project(tmp_path, {"train.py": (
      "import sys\nreload(sys)\nsys.setdefaultencoding('utf-8')\n"
      "s = '\\xe4\\xb8\\xad'\nu = u'\\u4e2d'\n"
      "print s == u, s != u, unicode(s) == u, s.encode('utf-8') == s, "
      "u.encode() == s, s.decode() == u, s.encode('gbk') == u.encode('gbk'), "
      "unicode(u) == u, len(unicode(s)), u == s\n")}).left == []
  assert run("train.py") == (
      "True False True True True True True True 1 True\n")


def test_what_other_files_assign_to_a_module(run, tmp_path):
  assert project(tmp_path, {
      "train.py": "import sizes, options\noptions.put(sizes, n=7.)\n"
                  "print sizes.half(), sizes.K\n",
      "sizes.py": "n = 7\nK = n / 2\n\n\ndef half():\n  return n / 2\n",
      "options.py": "def put(module, **values):\n  import sizes\n"
                    "  for name, value in values.items():\n"
                    "    setattr(sizes, name, value)\n",
  }).left == []
  assert run("train.py") == "3.5 3\n"


MODEL = ("import tensorflow as tf\n\n\ndef build(n):\n"
         "  return tf.zeros([n / 2])\n")


def test_with_tensorflow(tmp_path):
  report = project(tmp_path, {
      "train.py": "# Café\nimport tensorflow as tf\nimport model\n"
                  "print 'go'\nmodel.build(3)\n",
      "model.py": MODEL})
  assert report.left == []
  assert (tmp_path / "train.py").read_text() == (
      "# Café\n" + CALL + "import tfcompat_rnn.tf1 as tf\nimport model\n"
      "print('go')\nmodel.build(3)\n")
  assert (tmp_path / "model.py").read_text() == (
      "from tfcompat_rnn import python2\n" + MODEL.replace(
          "tensorflow", "tfcompat_rnn.tf1").replace(
              "n / 2", "python2.divide(n, 2)"))


# (sources, {file: what is said about it})
LEFT = [
    # All files of a program, or none.
    ({"train.py": "import util\nexec 'x = 1'\n", "util.py": "x = 1L\n",
      "other.py": "print 'a'\n"},
     {"train.py": "line 2: `exec`", "util.py": "train.py is left as it is"}),
    ({"train.py": "import util\nprint 1\n", "eval.py": "import util\n",
      "util.py": "def f(x): return x / 2\n"},
     {"util.py": "to eval.py for Python 3, where it means something else; "
      "give each its own copy", "train.py": "util.py is left as it is"}),
    ({"train.py": "import tensorflow as tf\nprint 1\n"
      "tf.contrib.factorization.KMeans(3)\n"},
     {"train.py": "line 3: tf.contrib.factorization: "}),
    ({"pkg/__init__.py": "import model\n", "pkg/model.py": "import sizes\n",
      "pkg/sizes.py": "N = 1L\n", "pkg/train.py": "import model\nprint 1\n"},
     {"pkg/__init__.py": "is left", "pkg/model.py": "start the script outside",
      "pkg/sizes.py": "start the script outside", "pkg/train.py": "is left"}),
]


@pytest.mark.parametrize("sources, said", LEFT)
def test_what_is_left(tmp_path, monkeypatch, sources, said):
  monkeypatch.chdir(tmp_path)
  report = project(tmp_path, sources)
  assert {os.path.relpath(file.path, tmp_path) for file in report.left} == (
      said.keys())
  for file in report.left:
    name = os.path.relpath(file.path, tmp_path)
    assert said[name] in file.reasons[0]
    assert (tmp_path / name).read_text() == sources[name]


def test_files_that_are_not_named(tmp_path, monkeypatch):
  monkeypatch.chdir(tmp_path)
  (tmp_path / "train.py").write_text("import util\nprint 1\n")
  (tmp_path / "util.py").write_text("x = 1 / 2\n")
  report = upgrade.upgrade(["train.py"])
  assert report.changes == [] and "util.py is left" in report.complaints()[0]


# What Python 3 could read as well.
BY_OPTION = [
    ("for i in xrange(3):\n  pass\n", "for i in range(3):\n  pass\n"),
    ("d = {}\nfor k in d.iteritems():\n  pass\n",
     "d = {}\nfor k in d.items():\n  pass\n"),
    ("print('a', 7 / 2)\n", "python2.print_values(('a', 7 // 2))\n"),
    ("print('a')\n", None),
    ("import tfcompat_rnn.tf1 as tf\nprint(7 / 2)\n", None),
]


@pytest.mark.parametrize("before, after", BY_OPTION)
def test_files_of_which_we_say_that_they_are_python_2(tmp_path, before,
                                                      after):
  path = tmp_path / "one.py"
  path.write_text(before)
  for _ in range(2):
    assert cli.main(["upgrade", "--python2", "--write", str(path)]) == 0
    assert path.read_text() == (
        before if after is None else "from tfcompat_rnn import python2\n"
        + after)


def test_line_ends_and_encodings(tmp_path):
  crlf, latin, mixed, bad, bom = (
      tmp_path / f"{name}.py"
      for name in ("crlf", "latin", "mixed", "bad", "bom"))
  crlf.write_bytes(b"import os\r\nif 1:\r\n\tprint 'a', 7 / 2\r\n")
  latin.write_bytes(b"# coding: latin-1\n# \xe9\nprint '\xe9'")
  mixed.write_bytes(b"print 1\r\nprint 2\n")
  bad.write_bytes(b"print 1 # \xe9\n")
  bom.write_bytes(b"\xef\xbb\xbfprint '\xc3\xa9'\n")
  report = upgrade.upgrade([str(tmp_path)])
  report.write()
  assert crlf.read_bytes() == (
      b"import os\r\nif 1:\r\n\tprint('a', 7 // 2)\r\n")
  helper = b"from tfcompat_rnn import python2\n"
  assert latin.read_bytes() == (b"# coding: latin-1\n# \xe9\n" + helper
                                + b"python2.print_values('\\xe9')")
  assert bom.read_bytes() == (b"\xef\xbb\xbf" + helper
                              + b"python2.print_values('\\xc3\\xa9')\n")
  first, second = report.complaints()
  assert "bad.py is not encoded as it says; save it in UTF-8" in first
  assert "mixed.py has several kinds of line ends; save it with one" in second


def test_a_notebook_is_left(tmp_path):
  path = tmp_path / "n.ipynb"
  path.write_text(json.dumps({
      "cells": [{"cell_type": "code", "metadata": {}, "outputs": [],
                 "execution_count": None, "source": "print 1"}],
      "metadata": {}, "nbformat": 4, "nbformat_minor": 2}))
  report = upgrade.upgrade([str(path)])
  assert "is a notebook for Python 2; save it as a script" in (
      report.complaints()[0])


def test_without_fissix(tmp_path, monkeypatch, capsys):
  for name in [*sys.modules, "fissix", "fissix.pgen2.driver"]:
    if name.startswith("fissix"):
      monkeypatch.setitem(sys.modules, name, None)
  (tmp_path / "one.py").write_text("print 1\n")
  (tmp_path / "two.py").write_text("print(xrange(3))\n")
  assert cli.main(["upgrade", "--python2", str(tmp_path)]) == 1
  err = capsys.readouterr().err
  assert err.count("pip install 'tfcompat_rnn[python2]'") == 2
