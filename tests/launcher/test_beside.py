"""Programs in archives and folders, and modules beside a program."""

import json
import os
import subprocess
import sys
import types
import zipfile

import pytest

from tfcompat_rnn import _errors
from tfcompat_rnn.launcher import beside
from tfcompat_rnn.launcher import failure
from tfcompat_rnn.launcher import launcher

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))


def _execute(words, folder):
  """(exit code, stdout, stderr) of this Python with `words` in `folder`."""
  done = subprocess.run([sys.executable, *words], cwd=folder, timeout=300,
                        capture_output=True, text=True,
                        env=dict(os.environ, PYTHONPATH=ROOT))
  return done.returncode, done.stdout, done.stderr


def _as_python_does(words, folder):
  """The output, which must be what plain Python prints."""
  got = _execute(["-m", "tfcompat_rnn", "run", *words], folder)
  assert got[:2] == _execute(words, folder)[:2], got[2]
  return got


MAIN = """
import os, sys
print(__annotations__)
print(sys.path[0], sys.argv, __file__, __package__, __spec__.name)
import multiprocessing
import worker
if __name__ == "__main__":
  os.chdir("elsewhere")
  import late
  print(late.text(), late.__file__)
  with multiprocessing.get_context("spawn").Pool(1) as pool:
    print(pool.map(worker.work, [3, 4]))
  1 / 0
"""


@pytest.mark.parametrize("name", ["app.zip", "app"])
def test_a_relative_program_that_changes_directory(tmp_path, name):
  files = {"__main__.py": MAIN,
           "worker.py": "def work(number):\n  return 2 * number\n",
           "late.py": "import pkgutil\ndef text():\n"
                      "  return pkgutil.get_data(__name__, 'text.txt')\n",
           "text.txt": "inside"}
  (tmp_path / "elsewhere").mkdir()
  if name == "app":
    (tmp_path / name).mkdir()
    for key, text in files.items():
      (tmp_path / name / key).write_text(text)
  else:
    with zipfile.ZipFile(tmp_path / name, "w") as archive:
      for key, text in files.items():
        archive.writestr(key, text)
  code, out, err = _as_python_does([name, "x"], tmp_path)
  assert code == 1 and "b'inside'" in out and "[6, 8]" in out
  assert "/launcher/" not in err and "ZeroDivisionError" in err
  assert err.count("Traceback") == 1


# The launcher has imported all of these; Python imports none before a program.
OURS = ("argparse", "dataclasses", "json", "random", "string", "tempfile")


def test_modules_of_the_program_go_before_those_of_the_launcher(tmp_path):
  for name in OURS:
    (tmp_path / f"{name}.py").write_text(f"word = 'my {name}'\n")
  # A folder is no module where Python has one, and `os` is there at the start.
  (tmp_path / "inspect").mkdir()
  (tmp_path / "os.py").write_text("1 / 0\n")
  (tmp_path / "main.py").write_text(
      "import inspect, os\n" + "".join(
          f"import {name}\nprint({name}.word)\n" for name in OURS)
      + "print(len(inspect.__file__) > 0, os.sep)\n")
  code, out, err = _as_python_does(["main.py"], tmp_path)
  assert (code, err) == (0, "")
  assert out.splitlines() == [f"my {name}" for name in OURS] + ["True /"]


def test_a_hidden_module_is_named(tmp_path):
  (tmp_path / "random.py").write_text("")
  (tmp_path / "main.py").write_text("import random\nrandom.seed(1)\n")
  code, _, err = _execute(["-m", "tfcompat_rnn", "run", "main.py"], tmp_path)
  assert code == 1 and "no attribute 'seed'" in err
  if sys.version_info < (3, 13):  # which says it itself
    assert ("tfcompat-rnn: " + str(tmp_path / "random.py")
            + " hides Python's own module `random`") in err


def test_hints_name_what_hides_a_module(tmp_path, monkeypatch):
  path = str(tmp_path / "json.py")
  (tmp_path / "json.py").write_text("")
  monkeypatch.syspath_prepend(str(tmp_path))
  module = types.ModuleType("json")
  module.__file__ = path
  said = [failure.hints(error) for error in (
      ImportError("cannot import name 'loads' from 'json'", name="json",
                  path=path),
      AttributeError("no 'loads'", obj=module, name="loads"),
      AttributeError("no 'loads'", obj=json, name="loads"),
      AttributeError("consider renaming", obj=module, name="loads"),
      ImportError("cannot import name 'x' from 'mine'", name="mine",
                  path=str(tmp_path / "mine.py")))]
  hint = (f"{path} hides Python's own module `json`; if it is the latter that "
          "is meant, rename this file")
  assert said == [[hint], [hint], [], [], []]


def test_a_module_that_hides_tensorflow(tmp_path, monkeypatch):
  beside.check_tensorflow()
  monkeypatch.delitem(sys.modules, "tensorflow", raising=False)
  beside.check_tensorflow()  # the installed one will be found
  (tmp_path / "tensorflow.py").write_text("")
  monkeypatch.syspath_prepend(str(tmp_path))
  with pytest.raises(_errors.MissingModuleError, match=(
      r"`tensorflow` must be the installed package, got .*tensorflow.py, "
      "which hides it; rename this file")):
    beside.check_tensorflow()


@pytest.mark.parametrize("source, found", [
    (b"x = 1\ny = '\xe9'\n", "the byte 0xe9 in line 2"),
    (b"\xff\xfex\0", "the byte 0xff in line 1"),
    (b"x = 1\n\0", "a null byte in line 2"),
    (b"# -*- coding: latin-1 -*-\ny = '\xe9'\n", None),
    (b"#!/usr/bin/python\n# vim: set fileencoding=latin-1 :\ny = '\xe9'\n",
     None),
    (b"\xef\xbb\xbfx = '\xc3\xa9'\n", None)])
def test_a_source_that_is_not_utf_8(tmp_path, source, found):
  path = tmp_path / "main.py"
  path.write_bytes(source)
  if found is None:
    assert launcher._compile_script(str(path)).code is not None
    return
  with pytest.raises(_errors.LauncherError, match=found) as raised:
    launcher._compile_script(str(path))
  assert raised.value.exit_code == 1
  if "null" in found:
    return
  assert "coding: latin-1" in str(raised.value)
  with pytest.raises(SyntaxError) as raised:
    compile(source, str(path), "exec")
  assert "\0" in source.decode("latin-1") or failure.hints(raised.value) == [
      f"{path} is not UTF-8 and does not name its encoding; write "
      "`# -*- coding: latin-1 -*-`, or what it is, into its first line"]
