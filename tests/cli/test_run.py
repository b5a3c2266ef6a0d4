"""`tfcompat-rnn run` behaves as `python` does, seen from outside.

Most of it is compared with what this very interpreter does with the same
program, line by line. Only the last group loads TensorFlow.
"""

import os
import signal
import subprocess
import sys

import pytest

import tfcompat_rnn

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))
RUN = ["-m", "tfcompat_rnn", "run"]


def clean():
  """The environment without what the tests set, and without a display."""
  return {key: value for key, value in os.environ.items() if key not in (
      "TF_CPP_MIN_LOG_LEVEL", "MPLBACKEND", "DISPLAY", "WAYLAND_DISPLAY")}


def execute(words, folder, stdin=None, **environment):
  """(exit code, stdout, stderr) of this Python with `words`."""
  done = subprocess.run(
      [sys.executable, *words], cwd=folder, input=stdin, capture_output=True,
      text=True, timeout=300, preexec_fn=_heed_interrupts,
      env=dict(clean(), PYTHONPATH=ROOT, **environment))
  return done.returncode, done.stdout, done.stderr


def _heed_interrupts():
  # A shell starts its background jobs with SIGINT ignored, and children
  # inherit that.
  signal.signal(signal.SIGINT, signal.SIG_DFL)


def write(folder, files=(), **more):
  """Writes {name: text} as name.py, in folders where there is a slash."""
  for name, text in dict(files, **more).items():
    path = folder.joinpath(name + ".py")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def as_python_does(words, folder, stdin=None):
  """Both ways must agree in everything; returns what they gave."""
  expected = execute(words, folder, stdin)
  got = execute(RUN + words, folder, stdin)
  assert got == expected
  return got


STATE = """
import pickle, sys
import beside
class Mine(object):
  pass
main = sys.modules['__main__']
print(__name__, __file__, __spec__, __package__, __doc__)
print(sys.argv, sys.path[0], main.Mine is Mine)
print(type(pickle.loads(pickle.dumps(Mine()))) is Mine, beside.word)
print(sys.stdin.readline())
sys.stdout.write('no newline')
sys.exit(int(sys.argv[1]))
"""


def test_state_of_the_program(tmp_path):
  write(tmp_path, {"s/train": STATE, "s/beside": "word = 'beside'"})
  code, out, _ = as_python_does(["s/train.py", "7", "--verbose"], tmp_path,
                                stdin="a line\n")
  assert code == 7 and "'--verbose'" in out and "beside" in out


def test_script_behind_a_link(tmp_path):
  write(tmp_path, {"s/train": "import sys, beside; print(sys.path[0])",
                   "s/beside": ""})
  os.symlink(tmp_path / "s" / "train.py", tmp_path / "link.py")
  as_python_does(["link.py"], tmp_path)


@pytest.mark.parametrize("text, code", [
    ("import sys; sys.exit('bye')", 1),
    ("import sys; sys.exit()", 0),
    ("raise SystemExit(3)", 3),
    ("def f(x):\n  return 1 / x\ntry:\n  f(0)\nexcept ZeroDivisionError:\n"
     "  f(0.)\n", 1),
    ("import beside\nbeside.g()", 1),
    ("x = 1\ndef f(:\n  pass\n", 1),
    ("import os, signal, time\nos.kill(os.getpid(), signal.SIGINT)\n"
     "time.sleep(9)", -signal.SIGINT),
    ("import os, signal, time\nos.kill(os.getpid(), signal.SIGTERM)\n"
     "time.sleep(9)", -signal.SIGTERM),
    ("import atexit, threading, time\natexit.register(print, 'exit')\n"
     "threading.Thread(target=lambda: (time.sleep(.1), print('late')))"
     ".start()\n1 / 0", 1),
    ("import sys\nsys.excepthook = lambda *a: print('mine', a[1])\n1 / 0", 1),
    ("import os; os._exit(4)", 4),
], ids=range(11))
def test_endings(tmp_path, text, code):
  write(tmp_path, s=text, beside="def g():\n  raise KeyError('inside')\n")
  got = as_python_does(["s.py"], tmp_path)
  assert got[0] == code


def test_modules_folders_and_standard_input(tmp_path):
  write(tmp_path, {
      "pk/__init__": "", "pk/b": "word = 'b'",
      "pk/mod": "import sys\nfrom . import b\nprint(__name__, __package__, "
                "__spec__.name, sys.argv, sys.path[0], b.word)\n",
      "pk/__main__": "print(__name__, __package__)",
      "app/__main__": "import sys, near\nprint(sys.argv, __name__)",
      "app/near": ""})
  as_python_does(["-m", "pk.mod", "a", "--b"], tmp_path)
  as_python_does(["-m", "pk"], tmp_path)
  as_python_does(["app", "x"], tmp_path)
  as_python_does(["-", "x"], tmp_path,
                 stdin="import sys; print(sys.argv, __name__)")


@pytest.mark.parametrize("words, code, said", [
    (["nofile.py"], 2, "there is no such program"),
    (["empty"], 1, "folder without a __main__.py"),
    (["-m", "no.such"], 1, "there is no such module"),
    (["-m"], 2, "name the module after -m"),
    ([], 2, "name the SCRIPT"),
    (["--bogus", "s.py"], 2, "--bogus"),
    (["--no-repair", "np.flaot", "s.py"], 2, "no repair 'np.flaot'"),
    (["bad.ipynb"], 1, "is no Python notebook"),
    (["--repeated-cells", "many", "s.py"], 2, "invalid choice: 'many'"),
], ids=range(9))
def test_bad_input(tmp_path, words, code, said):
  (tmp_path / "empty").mkdir()
  (tmp_path / "bad.ipynb").write_text("{")
  write(tmp_path, s="")
  got = execute(RUN + words, tmp_path)
  assert got[0] == code and said in got[2], got
  assert "Traceback" not in got[2]


def test_overview_version_and_unknown_subcommand(tmp_path):
  code, out, _ = execute(["-m", "tfcompat_rnn", "--help"], tmp_path)
  assert code == 0 and "run         run a TensorFlow 1.x script" in out
  code, out, _ = execute(["-m", "tfcompat_rnn", "--version"], tmp_path)
  assert code == 0
  assert out.startswith(f"tfcompat-rnn {tfcompat_rnn.__version__}\n")
  code, _, err = execute(["-m", "tfcompat_rnn", "train.py"], tmp_path)
  assert code == 2 and "tfcompat-rnn run train.py" in err
  code, out, _ = execute(RUN + ["--list-repairs", "--no-repair",
                                "np.int,pandas"], tmp_path)
  assert code == 0 and "np.float is Python's float" in out
  assert [line.split()[0] for line in out.splitlines()
          if line.endswith("[off]")][:2] == ["np.int", "DataFrame.ix"]


NO_TENSORFLOW = """
import sys
from tfcompat_rnn import cli
try:
  cli.main(sys.argv[1:])
except SystemExit:
  pass
print([name for name in (
    'tensorflow', 'keras', 'numpy', 'matplotlib', 'fissix', 'email',
    'importlib.metadata', 'tfcompat_rnn.tf1', 'tfcompat_rnn.cells',
    'tfcompat_rnn.checkpoints', 'tfcompat_rnn.seeds',
    'tfcompat_rnn.namespace.tables', 'tfcompat_rnn.launcher.notebook',
    'tfcompat_rnn.launcher.python2.runtime') if name in sys.modules])
"""


CHILDREN = """
import multiprocessing, time
import beside
start = time.clock()
def work(n):
  return beside.double(n), callable(time.clock)
if __name__ == '__main__':
  with multiprocessing.get_context('spawn').Pool(1) as pool:
    print(pool.map(work, [3, 4]))
"""


def test_spawned_children_are_prepared_too(tmp_path):
  write(tmp_path, train=CHILDREN, beside=(
      "from collections import Mapping\ndef double(n):\n  return 2 * n\n"))
  code, stdout, stderr = execute(RUN + ["train.py"], tmp_path)
  assert (code, stderr) == (0, "")
  assert stdout == "[(6, True), (8, True)]\n"


def test_numpys_notices_of_old_style_are_quiet(tmp_path):
  numpy = pytest.importorskip("numpy")
  if tuple(map(int, numpy.__version__.split(".")[:2])) >= (2, 3):
    pytest.skip("this NumPy has dropped what it gave notice of")
  write(tmp_path, train=(
      "import numpy as np, warnings\n"
      "print(float(np.array([2.0])), '%d' % np.array([3]),\n"
      "      np.array([1], np.uint8).tostring(),\n"
      "      np.fromstring(b'\\x02', np.uint8), np.sum(x for x in [1, 2]))\n"
      "warnings.warn('mine', DeprecationWarning)\n"))
  code, stdout, stderr = execute(RUN + ["train.py"], tmp_path)
  assert (code, stdout) == (0, "2.0 3 b'\\x01' [2] 3\n")
  assert "mine" in stderr and "NumPy" not in stderr
  assert "string" not in stderr and "generator" not in stderr
  stderr = execute(RUN + ["--verbose", "train.py"], tmp_path)[2]
  assert "mine" in stderr and "tostring() is deprecated" in stderr
  assert "fromstring is deprecated" in stderr and "generator" in stderr


@pytest.mark.parametrize("words", [["--help"], ["run", "--help"],
                                   ["run", "--list-repairs"],
                                   ["run", "s.py"]])
def test_loads_nothing_that_the_program_does_not(tmp_path, words):
  write(tmp_path, s="print('ran')")
  code, out, _ = execute(["-c", NO_TENSORFLOW, *words], tmp_path)
  assert code == 0 and out.splitlines()[-1] == "[]"


# Stands for an environment without the extra.
NO_FISSIX = "import sys; sys.modules['fissix'] = None"


def test_python_2_is_named_with_line_and_remedy(tmp_path):
  write(tmp_path, p2="import os\nfor i in range(3):\n  print 'hello', i\n",
        imports="import p2\n", runs="total = 0\nfor i in xrange(3):\n  pass\n",
        late="from __future__ import print_function\n{}.iteritems()\n")
  remedy = "pip install 'tfcompat_rnn[python2]'"
  blocked = ["-c", NO_FISSIX + "; from tfcompat_rnn.cli import main; "
             "sys.exit(main())", "run"]
  for name in ("p2.py", "imports.py"):
    code, _, err = execute(blocked + [name], tmp_path)
    assert code == 1 and "p2.py:3: print statement" in err
    assert remedy in err
    assert "Traceback" not in err or name == "imports.py"
  code, out, err = execute(blocked + ["--python2", "p2.py"], tmp_path)
  assert code == 2 and out == "" and err.count("\n") == 1 and remedy in err
  code, _, err = execute(RUN + ["--no-python2", "runs.py"], tmp_path)
  assert code == 1 and 'runs.py", line 2' in err and "says `range`" in err
  code, _, err = execute(RUN + ["late.py"], tmp_path)
  assert code == 1 and "Python 3 says items()" in err


FIGURES = """
import matplotlib
matplotlib.use('TkAgg')
import matplotlib.pyplot as plt
plt.hold(True)
plt.show(plt.plot([1, 2]))
plt.figure(); plt.plot([2, 1])
plt.figure(); plt.hist([1, 2], normed=True)
plt.show()
print(plt.get_fignums())
plt.ion()
plt.plot([1]); plt.draw(); plt.pause(0.01); plt.plot([3]); plt.pause(0.01)
print(plt.get_fignums())
plt.ioff()
plt.figure()   # never shown
"""


def test_figures_become_files(tmp_path):
  pytest.importorskip("matplotlib")
  write(tmp_path, s=FIGURES)
  code, out, err = execute(RUN + ["--figures", "out", "s.py"], tmp_path)
  assert (code, out.splitlines()) == (0, ["[]", "[1]"]), err
  names = sorted(os.listdir(tmp_path / "out"))
  assert names == [f"figure_00{n}.png" for n in (1, 2, 3, 4)]
  assert all((tmp_path / "out" / name).read_bytes()[:4] == b"\x89PNG"
             for name in names)
  said = [line for line in err.splitlines() if "saved as" in line]
  assert len(said) == 4 and str(tmp_path / "out" / names[0]) in said[0]
  assert "matplotlib.use('TkAgg')" in err


def test_without_display_and_option_figures_are_not_lost(tmp_path):
  pytest.importorskip("matplotlib")
  if sys.platform in ("win32", "darwin"):
    pytest.skip("there is always a display")
  write(tmp_path, s="import matplotlib.pyplot as plt\nplt.plot([1])\n"
        "plt.show()\n")
  code, _, err = execute(RUN + ["s.py"], tmp_path)
  assert code == 0 and (tmp_path / "figures" / "figure_001.png").exists(), err


# --- with TensorFlow -------------------------------------------------------

TRAIN = """
import sys, warnings
import numpy as np
import tensorflow as tf
from helper import double
tf.app.flags.DEFINE_integer('n', 3, 'how many')
FLAGS = tf.app.flags.FLAGS

def main(_):
  tf.logging.set_verbosity(tf.logging.INFO)
  tf.logging.info('mine to see')
  warnings.warn('my warning')
  x = tf.placeholder(tf.float32, [None])
  w = tf.Variable(tf.zeros([], np.float))
  tf.multinomial([[1., 2.]], 1)
  with tf.Session() as session:
    session.run(tf.global_variables_initializer())
    print(tf.__version__, w.op.type, [session.run(double(x), {x: [2.]})[0]])
  return FLAGS.n

if __name__ == '__main__':
  tf.app.run()
"""


def test_a_program_with_tensorflow(tmp_path):
  write(tmp_path, {"s/train": TRAIN, "s/helper": "import tensorflow as tf\n"
                   "def double(x):\n  return tf.add(x, x)\n"})
  code, out, err = execute(RUN + ["s/train.py", "--n=7"], tmp_path)
  assert (code, out) == (7, "1.15.5 VariableV2 [4.0]\n"), err
  lines = err.splitlines()
  # absl repeats what goes through tf.logging under tf.app.run, as in 1.15.
  assert lines[0] == "INFO:tensorflow:mine to see", err
  assert lines[1].endswith("mine to see"), err
  assert "UserWarning: my warning" in lines[2] and len(lines) == 4, err
  code, out, err = execute(
      RUN + ["--verbose", "--resource-variables", "s/train.py"], tmp_path)
  assert (code, out) == (3, "1.15.5 VarHandleOp [4.0]\n"), err
  assert "Instructions for updating" in err and "oneDNN" in err


# One TensorFlow, a child for each way to fail.
ERRORS = """
import os, sys
import numpy as np
import tensorflow as tf
for kind in sys.argv[1:]:
  sys.stdout.flush()
  child = os.fork()
  if not child:
    os.dup2(os.open(kind, os.O_CREAT | os.O_WRONLY), 2)
    break
  print(kind, os.WEXITSTATUS(os.waitpid(child, 0)[1]))
else:
  sys.exit()
if kind == 'contrib':
  tf.contrib.rnn.NoSuchCell(3)
x = tf.placeholder(tf.float32, [None, 3, 2])
cell = tf.contrib.rnn.BasicLSTMCell(4)
if kind == 'structure':
  tf.nn.dynamic_rnn(cell, x, initial_state=tf.zeros([2, 4]))
if kind == 'class':
  tf.nn.dynamic_rnn(tf.contrib.rnn.BasicLSTMCell, x, dtype=tf.float32)
if kind == 'dtypes':
  tf.nn.dynamic_rnn(cell, x, initial_state=cell.zero_state(2, tf.float64))
if kind == 'node':
  y = tf.reshape(x, tf.shape(x) * 2)
  with tf.Session() as session:
    session.run(y, {x: np.zeros([1, 3, 2])})
"""
WAYS = (("contrib", "NoSuchCell was not in TensorFlow 1.15"),
        ("structure", "`initial_state` must"), ("class", "BasicLSTMCell"),
        ("dtypes", "float64"),
        ("node", "Input to reshape is a tensor with 6 values"))


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "fork"), reason="forks")
def test_errors_show_the_users_line(tmp_path, forked):
  write(tmp_path, s=ERRORS)
  names = [name for name, _ in WAYS]
  done = forked.run(RUN + ["s.py", *names], tmp_path,
                    dict(clean(), PYTHONPATH=ROOT))
  assert done.returncode == 0, done.stderr
  assert done.stdout.splitlines() == [f"{name} 1" for name in names]
  lines = ERRORS.splitlines()
  for name, said in WAYS:
    err = (tmp_path / name).read_text()
    condition = lines.index(f"if kind == '{name}':") + 1
    line = condition + (3 if name == "node" else 1)
    assert f's.py", line {line}, in <module>' in err, err
    assert said in err
    assert "/launcher/" not in err and "/namespace/" not in err
    assert "/cli/" not in err and "runpy" not in err
    if name != "node":
      # One clear error: the user's line and the message.
      assert err.count("Traceback") == 1 and "/cells/" not in err, err


FAST = """
import numpy as np
import tensorflow as tf
tf.set_random_seed(1)
x = tf.constant(np.linspace(-1, 1, 24).reshape([2, 4, 3]), tf.float32)
outputs, _ = tf.nn.dynamic_rnn(
    tf.nn.rnn_cell.LSTMCell(5), x, dtype=tf.float32)
both, _ = tf.nn.bidirectional_dynamic_rnn(
    tf.nn.rnn_cell.GRUCell(5), tf.nn.rnn_cell.GRUCell(5), x, dtype=tf.float32)
steps, _ = tf.nn.static_rnn(tf.nn.rnn_cell.GRUCell(4), tf.unstack(x, axis=1),
                            dtype=tf.float32, scope="static")
loss = (tf.reduce_sum(outputs ** 2) + tf.reduce_sum(tf.concat(both, 2) ** 3)
        + tf.reduce_sum(steps[-1] ** 2))
train = tf.train.GradientDescentOptimizer(.1).minimize(loss)
with tf.Session() as session:
  session.run(tf.global_variables_initializer())
  for _ in range(3):
    print("%.4f" % session.run([loss, train])[0])
print(outputs.op.name, both[1].op.name, steps[1].op.name,
      file=__import__("sys").stderr)
"""


@pytest.mark.slow
def test_fast_loops(tmp_path, forked):
  """The same numbers, from compiled loops."""
  write(tmp_path, s=FAST)
  plain, fast = (
      forked.run(RUN + words, tmp_path, dict(clean(), PYTHONPATH=ROOT))
      for words in (["s.py"], ["--fast", "s.py"]))
  assert plain.returncode == 0 and "fast_rnn" not in plain.stderr
  assert (fast.returncode, fast.stdout) == (0, plain.stdout)
  assert fast.stderr.count("fast_rnn") == 3
