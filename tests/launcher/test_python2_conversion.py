"""Python 2 programs are converted, and compute what Python 2.7 computed."""

import io
import pathlib
import sys
import types

import pytest

from tfcompat_rnn import _errors
from tfcompat_rnn import _patching
from tfcompat_rnn.launcher.python2 import conversion
from tfcompat_rnn.launcher.python2 import program
from tfcompat_rnn.launcher.python2 import recognition
from tfcompat_rnn.launcher.python2 import runtime

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]

pytest.importorskip("fissix")


@pytest.mark.parametrize("source, expected", [
    ("print\n", "_py2_print()\n"),
    ("print 'a', b,\n", "_py2_print('a', b, comma=True)\n"),
    ("print >>f, a\n", "_py2_print(a, to=f)\n"),
    ("print >>f\n", "_py2_print(to=f)\n"),
    ("print ('a')\n", "_py2_print(('a'))\n"),
    ("from __future__ import print_function\nprint('a', file=f)\n",
     "from __future__ import print_function\nprint('a', file=f)\n"),
    ("print('a', file=f)\n", "print('a', file=f)\n"),
    ("exec code in a, b\n", "_py2_exec(code, a, b)\n"),
    ("raise E, 'a', t\n", "raise _py2_raise(E, 'a', t)\n"),
    ("raise E\n", "raise E\n"),
    ("try: pass\nexcept (A, B), e: pass\n",
     "try: pass\nexcept (A, B) as e: pass\n"),
    ("`a`, a <> b\n", "repr((a)), a != b\n"),
    ("0777, 10L, 0xFFl, 0, 00, 0.5, 07j\n",
     "0o777, 10, 0xFF, 0, 0, 0.5, 07j\n"),
    ("def f(a, (b, c)): pass\n", "def f(a, _py2_tuple1: '(b, c)'): pass\n"),
    ("lambda (a, b), c: a\n", "lambda _py2_tuple1, c: (lambda a, b: a)"
     "(*_py2_tuple1)\n"),
    ("if a:\n        b\n\tc\n", "if a:\n        b\n        c\n"),
    ("s = '''\n\tx'''\n", "s = '''\n\tx'''\n"),
    ("'\\u', u'\\u00e9', ur'\\d', b'a'\n", "'\\\\u', u'\\u00e9', u'\\\\d', "
     "'a'\n"),
    ("'\u00e9', u'\u00e9', r'\\\u00e9'\n",
     "'\\xc3\\xa9', u'\u00e9', '\\\\\\xc3\\xa9'\n"),
    ("[x for x in 1, 2]\n", "[x for x in (1, 2)]\n"),
])
def test_syntax(source, expected):
  assert conversion.convert(source, "x.py") == expected


def test_a_mistake_keeps_its_line():
  with pytest.raises(SyntaxError) as raised:
    conversion.convert("print 'a'\nx = = 2\n", "x.py")
  assert raised.value.lineno == 2 and raised.value.filename == "x.py"


def test_sources_are_read_as_python_2_did():
  assert conversion.decode(b"# coding: latin-1\n'\xe9'") == (
      "# coding: latin-1\n'\xe9'", "latin-1")
  assert conversion.decode(b"'\xe9'") == ("'\xe9'", "latin-1")
  assert conversion.decode(b"\xef\xbb\xbf'\xc3\xa9'") == ("'\xe9'", "utf-8")


def test_without_fissix(monkeypatch):
  monkeypatch.setitem(sys.modules, "fissix", None)
  monkeypatch.setitem(sys.modules, "fissix.pygram", None)
  for name in list(sys.modules):
    if name.startswith("fissix"):
      monkeypatch.setitem(sys.modules, name, None)
  with pytest.raises(_errors.LauncherError,
                     match=r"pip install 'tfcompat_rnn\[python2\]'"):
    conversion.convert("print 1\n", "x.py")


def test_the_language_is_python_2s(tmp_path, monkeypatch):
  """Every line that Python 2.7.18 printed, with NumPy 1.16."""
  path = HERE / "programs" / "language.py"
  monkeypatch.setattr(sys, "argv", ["language.py", str(tmp_path)])
  out = io.StringIO()
  monkeypatch.setattr(sys, "stdout", out)
  monkeypatch.setattr(sys, "stderr", io.StringIO())
  module = types.ModuleType("__main__")
  with _patching.Stack() as patches:
    found = program.in_folders_of(str(path))
    found.install(patches)
    found.execute(found.compile_file(str(path)), vars(module))
  runtime.set_converter(None)
  expected = (HERE / "programs" / "language.txt").read_text()
  assert (out.getvalue() + "\n").splitlines() == expected.splitlines()


def test_which_files_are_converted(tmp_path):
  (tmp_path / "train.py").write_text("import utils\nx = 1 / 2\n")
  (tmp_path / "utils.py").write_text("def f():\n  print 'a'\n")
  said = []
  assert recognition.is_python2(str(tmp_path / "train.py"), said.append)
  assert len(said) == 1 and "utils.py is written for Python 2 (line 2: print" \
      " statement)" in said[0]
  found = program.in_folders_of(str(tmp_path / "train.py"))
  assert found.text_of(str(tmp_path / "train.py")) == (
      "import utils\nx = 1 / 2\n")
  assert found.text_of(pytest.__file__) is None
  (tmp_path / "utils.py").write_text("def f():\n  print('a')\n  x = = 1\n")
  assert not recognition.is_python2(str(tmp_path / "train.py"), said.append)


PROGRAM = {
    "main.py": "import sys\nfrom pkg import reader\nimport utils\n"
               "import tensorflow as tf\n"
               "print 'div', (tf.constant(7) / 2).op.name, 7 / 2\n"
               "print reader.value(), sys.argv[1:]\nutils.fail()\n",
    "utils.py": "def fail():\n\td = {}\n\treturn d['no'] / 2, `d`\n",
    "pkg/__init__.py": "",
    "pkg/reader.py": "import helper\n\ndef value():\n  return helper.N / 2\n",
    "pkg/helper.py": "N = 9\n",
}


@pytest.mark.slow
def test_a_program_with_modules(tmp_path, forked):
  for name, text in PROGRAM.items():
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_text(text)
  done = forked.run(
      ["-m", "tfcompat_rnn", "run", "--show-conversion", "main.py", "a"],
      tmp_path, dict(PYTHONPATH=str(ROOT), PATH=""))
  assert done.returncode == 1
  out = done.stdout.splitlines()
  assert "div div 3" in out and "4 ['a']" in out, done
  assert "+_py2_print(reader.value(), sys.argv[1:])" in out
  assert "# Python 2's / in line 4" in out
  assert "/launcher/" not in done.stderr
  lines = [line.strip() for line in done.stderr.splitlines()
           if line.strip("~^ ")]
  at = lines.index("utils.fail()")
  assert lines[at + 1].endswith('utils.py", line 3, in fail')
  assert lines[at + 2] == "return d['no'] / 2, `d`"
  assert lines[-1].startswith("KeyError")
