"""Notebooks: read, cleaned of magics, run in order; the extension."""

import json
import os
import subprocess
import sys

import pytest

from tfcompat_rnn import _errors
from tfcompat_rnn.launcher import cell_sources
from tfcompat_rnn.launcher import notebook

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))


class Magics:
  """Remembers what was named."""

  def __init__(self):
    self.said = []
    self._magics = cell_sources.Magics(self.said.append)
    self.skip = self._magics.skip


@pytest.mark.parametrize("source, expected", [
    ("x = 1", "x = 1"),
    ("%matplotlib inline\nx = 1", "pass\nx = 1"),
    ("if a:\n  !ls -l foo's\nx = 1", "if a:\n  pass\nx = 1"),
    ("print('%s'\n  % 3)", "print('%s'\n  % 3)"),
    ("s = '''\n%not a magic\n'''", "s = '''\n%not a magic\n'''"),
    ("s = '''\n%no\n'''\n%cd x", "s = '''\n%no\n'''\npass"),
    ("files = !ls\nx = 1", "files = None\nx = 1"),
    ("%time y = f(3)", "y = f(3)"),
    ("%timeit -n 10 y = f(3)", "y = f(3)"),
    ("%%time\ny = 3", "\ny = 3"),
    ("%%html\n<b>", ""),
    ("%%bash\necho x", ""),
    ("np.zeros?", "pass"),
    ("?np.zeros", "pass"),
    ("a[0]?\n*int*?\n%time?\n%%time?", "pass\npass\npass\npass"),
    ("!pip install a \\\n  b\nx = 1", "pass\n\nx = 1"),
    ("%pylab inline", cell_sources._PYLAB),
    ("    x = 1\n    print(x)", "x = 1\nprint(x)"),
    ("\n  if a:\n    b\n", "\nif a:\n  b\n"),
    ("  !ls\n  x = 1", "pass\nx = 1"),
    (">>> x = 1\n>>> if x:\n...   y = 2\n...", "x = 1\nif x:\n  y = 2\n"),
    ("In [3]: if x:\n   ...:   y = 2\n   ...: ", "if x:\n  y = 2\n"),
    ("s = '''\n>>> no prompt\n'''", "s = '''\n>>> no prompt\n'''"),
    ("await f()\n!ls", "await f()\npass"),
])
def test_magics_are_taken_out_line_for_line(source, expected):
  assert cell_sources.to_python(source, Magics()) == expected


def test_each_magic_is_named_once():
  magics = Magics()
  for source in ("%matplotlib inline", "!ls", "!pwd", "%matplotlib notebook",
                 "%%html\n<b>", "%time f()"):
    cell_sources.to_python(source, magics)
  assert magics.said == [
      "magic %matplotlib skipped: %matplotlib inline",
      "magic ! skipped: !ls", "magic %%html skipped: %%html",
      "magic %time ignored, its code runs: %time f()"]


def test_a_slip_is_still_a_syntax_error():
  with pytest.raises(SyntaxError) as raised:
    cell_sources.to_python("x = 1\ny = (", Magics(), "nb, cell 3")
  assert raised.value.filename == "nb, cell 3" and raised.value.lineno == 2


def _code(source, **metadata):
  return {"cell_type": "code", "source": source.splitlines(True),
          "metadata": metadata, "outputs": []}


def _write(path, cells, **metadata):
  path.write_text(json.dumps({
      "cells": cells, "nbformat": 4, "nbformat_minor": 2,
      "metadata": metadata}))


def test_formats_3_and_4_are_read(tmp_path):
  new, old = tmp_path / "new.ipynb", tmp_path / "old.ipynb"
  _write(new, [{"cell_type": "markdown", "source": ["# x"]},
               _code("a = 1\na"), _code("1 / 0", tags=["raises-exception"])])
  old.write_text(json.dumps({"nbformat": 3, "metadata": {}, "worksheets": [
      {"cells": [{"cell_type": "code", "input": "a = 1"},
                 {"cell_type": "heading", "source": "x"}]}]}))
  assert notebook.read(str(new)).cells == (
      (1, "a = 1\na", False), (2, "1 / 0", True))
  assert notebook.read(str(old)).cells == ((1, "a = 1", False),)


@pytest.mark.parametrize("text, said", [
    ("", "JSONDecodeError"), ("{", "JSONDecodeError"),
    ("<html>", "JSONDecodeError"), ("[" * 100000, "RecursionError"),
    (b"\xe9", "UnicodeDecodeError"),
    ("[]", r"the file must be an object, got \[\]"), ("null", "the file must"),
    ("{}", "it has no `cells`"), ('{"cells": 3}', "`cells` must be a list"),
    ('{"cells": {}}', "`cells` must be a list"),
    ('{"cells": [3]}', "a cell must be an object, got 3"),
    ('{"cells": [{}]}', "`cell_type` must be text, got None"),
    ('{"cells": [{"cell_type": "code"}]}', "`source` must be text, got None"),
    ('{"cells": [{"cell_type": "code", "source": 3}]}', "`source` must be"),
    ('{"cells": [{"cell_type": "code", "source": [3]}]}',
     "a line of `source` must be text, got 3"),
    ('{"cells": [{"cell_type": "code", "source": "", "metadata": []}]}',
     "`metadata` must be an object"),
    ('{"cells": [], "metadata": 3}', "`metadata` must be an object"),
    ('{"cells": [], "metadata": {"kernelspec": [1]}}', "`kernelspec` must be"),
    ('{"cells": [], "metadata": {"kernelspec": {"language": "julia"}}}',
     "its language is julia"),
    ('{"cells": [], "metadata": {"kernelspec": {"language": "a\\nb"}}}',
     "its language is a b"),
    ('{"cells": [{"cell_type": "code", "source": "\\ud800"}]}',
     "`source` has half a character"),
    ('{"cells": [], "metadata": {"language_info": {"name": 3}}}',
     "`name` must be text"),
    ('{"worksheets": 3}', "`worksheets` must be a list"),
    ('{"worksheets": [3]}', "a worksheet must be an object"),
    ('{"worksheets": [{}]}', "`cells` must be a list, got None"),
    (None, "Is a directory")])
def test_what_is_no_python_notebook(tmp_path, text, said):
  path = tmp_path / "x.ipynb"
  if text is None:
    path.mkdir()
  else:
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
  with pytest.raises(_errors.LauncherError, match=said) as raised:
    notebook.read(str(path))
  assert raised.value.exit_code == 1 and len(str(raised.value)) < 300
  assert "\n" not in str(raised.value)


def _execute(words, folder):
  clean = {key: value for key, value in os.environ.items()
           if key not in ("MPLBACKEND", "TF_CPP_MIN_LOG_LEVEL")}
  done = subprocess.run([sys.executable, *words], cwd=folder,
                        capture_output=True, text=True, timeout=300,
                        env=dict(clean, PYTHONPATH=ROOT))
  return done.returncode, done.stdout, done.stderr


CELLS = [
    "%matplotlib inline\nimport numpy as np\nimport matplotlib.pyplot as plt",
    "x = np.arange(3)\nx",
    "x + 1;",
    "_, Out[2].tolist(), __name__",
    "def f(a):\n    return a / 0\n\nplt.plot([1, 2])\nnp.float",
    "class C(object): pass\nimport pickle, sys\n"
    "assert type(pickle.loads(pickle.dumps(C()))) is C\nprint(sys.argv)",
    "plt.plot([2, 1])\nplt.show()",
    "get_ipython().magic('timeit 1')",
]


# Stands for an environment without the extra `notebook`.
BLOCKED = ["-c", """
import importlib.machinery, sys
kind = importlib.machinery.PathFinder
find = kind.find_spec
kind.find_spec = classmethod(lambda cls, name, path=None, target=None: (
    None if name.partition(".")[0] == "IPython" else
    find(name, path, target)))
from tfcompat_rnn.cli import main
sys.exit(main())
"""]


# Every value is what IPython 9 shows.
SHARED = [
    ("from __future__ import annotations\nfrom __future__ import division",
     []),
    ("def f(x: Undefined): return x\nf.__annotations__",
     ["{'x': 'Undefined'}"]),
    ("1 + 1", ["2"]),
    ("", []),  # not executed, so it has no number
    ("3", ["3"]),
    ("_, __, _3, Out[4], _i, _i3", ["(3, 2, 2, 3, '3', '1 + 1')"]),
    ("_ = 5\n7", ["7"]),
    ("_, _6, __", ["(5, 7, 3)"]),
    ("del _\n8", ["8"]),
    ("_, __, ___", ["(8, (5, 7, 3), 7)"]),
    ("print(_i, _ii, _ih is In, _oh is Out, In[-1] == _i10)",
     ["_, __, ___ del _", "8 True True True"]),
    ("9 ; # quiet", []),
    ("10 # not;", ["10"]),
    ("11;\n# quiet", []),
    ("x = 1\nfrom __future__ import generator_stop", []),
    ("import asyncio\nasync def running():\n"
     "  return asyncio.get_running_loop()\n"
     "loop = await running()\nawait asyncio.sleep(0, 'slept')", ["'slept'"]),
    ("print(await running() is loop)", ["True"]),
    ("    x = 1\n    print(x)", ["1"]),
    (">>> x = 2\n>>> if x:\n...   print(x)\n...", ["2"]),
    ("In [1]: x = 3\n   ...: print(x)", ["3"]),
    ("y = %time 4 + 5\nprint(y)", ["9"]),
    ("display(x)", ["3"]),
    ("%load_ext tfcompat_rnn", []),
    ("__import__('tfcompat_rnn').unload_ipython_extension(None)", []),
    ("from collections import Mapping\nMapping.__name__", ["'Mapping'"]),
    ("import gettext\ngettext.install('nothing')\nx", ["3"]),
    ("_('told')", ["'told'"]),
    ("class Mute:\n  def __repr__(self): raise ValueError('no text')\nMute()",
     []),
    ("exit()", []),
    ("print('never')", []),
]


@pytest.mark.parametrize("words", [["-m", "tfcompat_rnn"], BLOCKED],
                         ids=["ipython", "without"])
def test_what_cells_share(tmp_path, words):
  _write(tmp_path / "nb.ipynb", [_code(source) for source, _ in SHARED])
  code, out, err = _execute(words + ["run", "nb.ipynb"], tmp_path)
  assert code == 0, err
  lines = [line for line in out.splitlines()
           if "CPU times" not in line and "Wall time" not in line]
  assert lines == [line for _, shown in SHARED for line in shown]
  assert "cannot be unloaded under `tfcompat-rnn run`" in err
  assert err.count("ValueError: no text") == 1 and "/launcher/" not in err


def test_a_notebook_runs_in_order(tmp_path):
  pytest.importorskip("matplotlib")
  cells = [_code(source) for source in CELLS]
  cells.append(_code("f(1)", tags=["raises-exception"]))
  cells.append(_code("print('still here')\n\nf(2)"))
  cells.append(_code("print('never')"))
  _write(tmp_path / "nb.ipynb", cells)
  code, out, err = _execute(BLOCKED + ["run", "nb.ipynb"], tmp_path)
  assert code == 1
  assert out.splitlines() == [
      "array([0, 1, 2])", "(array([0, 1, 2]), [0, 1, 2], '__main__')",
      "<class 'float'>", "['nb.ipynb']", "still here"], err
  assert sorted(os.listdir(tmp_path / "figures")) == [
      "figure_001.png", "figure_002.png"]
  assert "magic %matplotlib skipped" in err and "magic %timeit" in err
  first, second = err.split("Traceback (most recent call last):")[1:]
  assert "nb.ipynb, cell 9\", line 1, in <module>\n    f(1)" in first
  assert "nb.ipynb, cell 10\", line 3, in <module>\n    f(2)" in second
  assert "nb.ipynb, cell 5\", line 2, in f\n    return a / 0" in second
  assert "/launcher/" not in err and "/namespace/" not in err


@pytest.mark.slow
def test_without_ipython_one_line_says_what_is_missing(tmp_path):
  _write(tmp_path / "nb.ipynb", [_code(THROUGH_IPYTHON[0][0])])
  code, out, err = _execute(BLOCKED + ["run", "nb.ipynb"], tmp_path)
  assert code == 0 and out == "ok\n"
  assert [line for line in err.splitlines() if "pip install" in line] == [
      "tfcompat-rnn: magics and commands run only with IPython; pip install "
      "'tfcompat_rnn[notebook]'"]


THROUGH_IPYTHON = [
    ("from IPython import get_ipython\n"
     "get_ipython().run_line_magic('pylab', 'inline')\n"
     "get_ipython().magic('load_ext autoreload')\nprint('ok')", ["ok"]),
    ("!echo hi \\\n  there\nfiles = !echo a b\nfiles[0]",
     ["hi there", "'a b'"]),
    ("    x = 1\n    print(x)", ["1"]),
    ("%%writefile made.py\nprint('made')", ["Writing made.py"]),
    ("%%bash\ncat made.py", ["print('made')"]),
    ("%run made.py", ["made"]),
    ("!python -u made.py", ["made"]),
    ("%%capture kept\nprint('hidden')", []),
    ("kept.stdout", [r"'hidden\n'"]),
    ("%env DATA=there\nimport os\nos.environ['DATA']",
     ["env: DATA=there", "'there'"]),
    ("%cd -q sub\nos.path.basename(os.getcwd())", ["'sub'"]),
    ("?os\nos.path?\n%tensorflow_version 1.x\n%matplotlib inline\n"
     "%load_ext no_such_extension\n%tensorboard --logdir x\n"
     "!pip install no-such-package\n"
     "!sudo apt-get install no-such-package", []),
    ("get_ipython().user_ns is globals(), get_ipython().system('echo s')",
     ["s", "(True, None)"]),
    ("from IPython.display import HTML, clear_output\nclear_output()\n"
     "display(HTML('<b>'))", ["<IPython.core.display.HTML object>"]),
    ("%%javascript\nvar x;", ["<IPython.core.display.Javascript object>"]),
    ("import asyncio\nasync def running():\n"
     "  return asyncio.get_running_loop()\nloop = await running()", []),
    ("_ = %time 5", None),
    ("import atexit\n"
     "atexit.register(lambda: print('closed', loop.is_closed()));",
     ["closed True"]),
]


@pytest.mark.slow
def test_through_ipython(tmp_path):
  pytest.importorskip("IPython")
  (tmp_path / "sub").mkdir()
  _write(tmp_path / "nb.ipynb", [_code(cell) for cell, _ in THROUGH_IPYTHON])
  code, out, err = _execute(["-m", "tfcompat_rnn", "run", "nb.ipynb"],
                            tmp_path)
  assert code == 0, err
  lines = [line for line in out.splitlines()
           if "CPU times" not in line and "Wall time" not in line]
  assert lines == [line for _, shown in THROUGH_IPYTHON
                   for line in shown or ()]
  skipped = [line.split()[2] for line in err.splitlines()
             if line.startswith("tfcompat-rnn: magic")]
  assert skipped == ["%pylab", "%pinfo", "%tensorflow_version", "%matplotlib",
                     "%load_ext", "%tensorboard", "!"]


PYTHON2 = [
    "%matplotlib inline\nprint 'hello', 7/2", "x = 7\nx / 2",
    "%%time\nprint 'counted', 5/2", "!echo a b",
    "from __future__ import division, print_function", "print(1/2, 'a')",
    "d = {'a': 1}\nd.keys()[0]",
]


@pytest.mark.slow
@pytest.mark.parametrize("words", [["-m", "tfcompat_rnn"], BLOCKED],
                         ids=["ipython", "without"])
def test_cells_of_python_2(tmp_path, words):
  pytest.importorskip("fissix")
  _write(tmp_path / "nb.ipynb", [_code(source) for source in PYTHON2])
  code, out, err = _execute(words + ["run", "nb.ipynb"], tmp_path)
  assert code == 0, err
  lines = [line for line in out.splitlines()
           if "CPU times" not in line and "Wall time" not in line]
  expected = ["hello 3", "3", "counted 2", "a b", "0.5 a", "'a'"]
  if words is BLOCKED:
    expected.remove("a b")
  assert lines == expected
  assert ("nb.ipynb is written for Python 2 (cell 1, line 2: print "
          "statement)") in err


EXTENSION = """
import sys, types
import tensorflow as real
class Shell:
  user_ns = {'tf': real}
# Stands for the live kernel's IPython.
sys.modules['IPython'] = ipython = types.ModuleType('IPython')
ipython.get_ipython = lambda: Shell
import tfcompat_rnn
tfcompat_rnn.load_ipython_extension(Shell())
import tensorflow as tf
import numpy as np
from tensorflow.contrib import rnn
print(tf.__version__, rnn.__name__, np.float, tf.placeholder('float').shape)
for value in (3, 4):  # the cell runs twice
  tf.app.flags.DEFINE_integer('k', value, 'k')
print(tf.app.flags.FLAGS['k'].value)
tfcompat_rnn.unload_ipython_extension(Shell())
import tensorflow as tf
print(tf is real, hasattr(np, 'float'))
try:
  import tensorflow.contrib
except ImportError:
  print('no contrib')
"""


@pytest.mark.slow
def test_the_extension_and_its_removal(tmp_path):
  code, out, err = _execute(["-c", EXTENSION], tmp_path)
  assert code == 0, err
  assert out.splitlines() == [
      "1.15.5 tfcompat_rnn.tf1.contrib.rnn <class 'float'> <unknown>", "4",
      "True False", "no contrib"]
  assert "run `import tensorflow as tf` again" in err


SPAWNS = f"""
import sys
sys.path.insert(0, {os.path.dirname(os.path.abspath(__file__))!r})
import round_trip
import tfcompat_rnn
class Shell:
  user_ns = {{}}
if __name__ == '__main__':
  for change in ('load', 'unload', 'load', 'unload'):
    getattr(tfcompat_rnn, change + '_ipython_extension')(Shell())
    print(change, round_trip.hooked_child())
"""


def test_children_are_as_the_kernel_is_when_they_start(tmp_path):
  (tmp_path / "spawns.py").write_text(SPAWNS)
  code, out, err = _execute(["spawns.py"], tmp_path)
  assert code == 0, err
  assert out.splitlines() == [
      "load True", "unload False", "load True", "unload False"], err
