"""`tfcompat-rnn inspect` over programs of each kind, and over broken files."""

import json
import os
import pathlib
import subprocess
import sys
import textwrap

import pytest

from tfcompat_rnn import cli
from tfcompat_rnn import inspection
from tfcompat_rnn.inspection import idioms
from tfcompat_rnn.inspection import packages
from tfcompat_rnn.inspection import verdicts

EXAMPLES = pathlib.Path(__file__).parents[2] / "examples"
HEAD = "import tensorflow as tf\n"


def inspect(folder, name="program.py", **sources):
  for stem, text in sources.items():
    path = folder / (name if stem == "text" else f"{stem}.py")
    path.write_text(textwrap.dedent(text))
  return inspection.inspect([str(folder)])


def findings(report, kind=None):
  return [(one.kind, one.line) for file in report.files
          for one in file.findings if kind in (None, one.kind)]


def statuses(report):
  return {symbol.verdict.symbol: symbol.verdict.status
          for file in report.files for symbol in file.symbols}


# (what the program does, the kind of finding, its line)
PROGRAMS = [
    (HEAD + "tf.load_op_library('./zero_out.so')\n", idioms.COMPILED, 2),
    (HEAD + "cell = tf.nn.rnn_cell.GRUCell(3)\n"
     "tf.nn.rnn_cell.MultiRNNCell([cell] * 2)\n", idioms.REPEATED, 3),
    (HEAD + "tf.contrib.rnn.MultiRNNCell(cells=3 * [tf.nn.rnn_cell.GRUCell("
     "3)])\n", idioms.REPEATED, 2),
    (HEAD + "with tf.device('/gpu:0'):\n  pass\n", idioms.DEVICES, 2),
    ("import os\nos.environ['CUDA_VISIBLE_DEVICES'] = '0'\n",
     idioms.DEVICES, 2),
    (HEAD + "server = tf.train.Server(tf.train.ClusterSpec({}))\n",
     idioms.DISTRIBUTED, 2),
    (HEAD + "tf.distribute.MirroredStrategy()\n", idioms.DISTRIBUTED, 2),
    (HEAD + "tf.estimator.Estimator(model_fn)\n", idioms.ESTIMATORS, 2),
    (HEAD + "tf.contrib.learn.Experiment(x)\n", idioms.ESTIMATORS, 2),
    (HEAD + "for step in range(9):\n  labels = tf.one_hot(y, 3)\n"
     "  sess.run(train)\n", idioms.GROWTH, 3),
    (HEAD + "while True:\n  self.sess.run(tf.assign(rate, .1))\n",
     idioms.GROWTH, 3),
    ("import numpy as np\nnp.zeros(3, np.float)\n", idioms.REMOVED, 2),
    ("from collections import Mapping\n", idioms.REMOVED, 1),
    ("from sklearn.cross_validation import train_test_split\n",
     idioms.REMOVED, 1),
    ("import scipy.misc\nscipy.misc.imread('a')\n", idioms.REMOVED, 2),
    ("x = 1\nprint 'loss', x\n", idioms.PYTHON2, 2),
    ("for i in xrange(3):\n  pass\n", idioms.PYTHON2, 1),
    ("import cPickle\n", idioms.PYTHON2, 1),
    ("for k in d.iterkeys():\n  pass\n", idioms.PYTHON2, 1),
    (HEAD + "state = tf.Variable(tf.zeros([2, 3]), trainable=False)\n"
     "out, final = tf.nn.dynamic_rnn(cell, x, initial_state=state)\n"
     "keep = state.assign(final)\n", idioms.RACE, 4),
    (HEAD + """
c = tf.get_variable("c", [2, 3])
h = tf.get_variable("h", [2, 3])
start = tf.nn.rnn_cell.LSTMStateTuple(c, h)
out, final = tf.nn.dynamic_rnn(cell, x, initial_state=start)
keep = tf.group(tf.assign(c, final.c), tf.assign(h, final.h))
""", idioms.RACE, 7),
]

# Programs that look like those above and must give no finding.
HARMLESS = [
    HEAD + "tf.nn.rnn_cell.MultiRNNCell([new() for _ in range(2)])\n",
    HEAD + "tf.zeros([3] * 2)\n",
    HEAD + "with tf.device(chosen):\n  pass\n",
    HEAD + "for i in range(3):\n  tf.zeros([3])\n",
    HEAD + "for i in range(3):\n  sess.run(train)\n"
    "  tf.train.Saver().save(sess, 'a')\n",
    HEAD + "for fold in folds:\n  with tf.Graph().as_default():\n"
    "    tf.zeros([3])\n    sess.run(train)\n",
    HEAD + "for i in range(3):\n  def f():\n    tf.zeros([3])\n"
    "  sess.run(train)\n",
    HEAD + "tf.contrib.learn.datasets.mnist\n",
    "import numpy as np\nnp.zeros(3, np.float32)\n",
    "import numpy as np\ntry:\n  np.float\nexcept AttributeError:\n  pass\n",
    "try:\n  xrange\nexcept NameError:\n  xrange = range\nxrange(3)\n",
    "def reduce(x):\n  return x\nreduce(3)\n",
    "from six.moves import xrange\nxrange(3)\n",
    "import six\nsix.iteritems({})\n",
    "from helpers import *\nunicode(3)\n",
    "try:\n  import cPickle as pickle\nexcept ImportError:\n"
    "  import pickle\n",
    HEAD + "state = tf.Variable(tf.zeros([2, 3]), use_resource=True)\n"
    "out, final = tf.nn.dynamic_rnn(cell, x, initial_state=state)\n"
    "keep = state.assign(final)\n",
    HEAD + "rate = tf.Variable(1.)\n"
    "out, final = tf.nn.dynamic_rnn(cell, x, initial_state=zeros)\n"
    "rate.assign(.5)\n",
]


@pytest.mark.parametrize("text, kind, line", PROGRAMS)
def test_each_kind_is_found(tmp_path, text, kind, line):
  assert findings(inspect(tmp_path, text=text)) == [(kind, line)]


@pytest.mark.parametrize("text", HARMLESS)
def test_what_only_looks_like_it_is_left_out(tmp_path, text):
  assert findings(inspect(tmp_path, text=text)) == []


def test_every_kind_has_a_program():
  assert {kind for _, kind, _ in PROGRAMS} == set(idioms.KINDS)


def test_every_legacy_example_runs_as_it_is():
  report = inspection.inspect([str(EXAMPLES / "legacy")])
  assert report.exit_code == 0 and report.obstacles() == []
  assert {pathlib.Path(file.path).name for file in report.files} == {
      path.name for path in (EXAMPLES / "legacy").iterdir()
      if path.suffix in (".py", ".ipynb")}
  found = statuses(report)
  assert len(found) > 200 and set(found.values()) == {verdicts.CARRIED}
  python = {pathlib.Path(file.path).name: file.python
            for file in report.files}
  assert [name for name, version in python.items() if version == 2] == [
      "python2_char_rnn.py"]
  assert "nothing stands in the way" in report.summary()


def test_programs_before_1_0_say_up_to_which_release():
  report = inspection.inspect([str(EXAMPLES / "before_1_0")])
  assert report.exit_code == 0
  assert "tf.pack (up to 0.12)" in " ".join(str(report).split())


def test_what_is_refused_comes_first_and_gives_exit_code_1(tmp_path, capsys):
  report = inspect(
      tmp_path, one=HEAD + "tf.contrib.timeseries.ARRegressor\n",
      two=HEAD + "tf.contrib.timeseries\ntf.load_op_library('a.so')\n",
      three=HEAD + "tf.contrib.factorization\nraw_input()\n")
  texts = [one.text for one in report.obstacles()]
  assert [words in text for words, text in zip(
      ("timeseries", "factorization", "load_op_library", "raw_input"), texts,
      strict=True)] == [True] * 4
  assert len(report.obstacles()[0].files) == 2
  assert cli.main(["inspect", str(tmp_path)]) == 1
  out = " ".join(capsys.readouterr().out.split())
  assert "refused: tf.contrib.timeseries (line 2)" in out
  assert "build the model with tf.nn.dynamic_rnn" in out
  assert "in the way: 4, the most blocking first" in out


def test_a_name_that_is_only_tried_is_not_in_the_way(tmp_path):
  report = inspect(tmp_path, text=HEAD + (
      "try:\n  x = tf.contrib.timeseries\nexcept AttributeError:\n"
      "  x = None\n"))
  assert report.exit_code == 0 and report.obstacles() == []
  assert "refused, but only tried: tf.contrib.timeseries (line 3)" in str(
      report)


def test_a_file_that_only_imports_it_uses_it(tmp_path):
  report = inspect(tmp_path, text="import tensorflow as tf\nbuild(tf)\n")
  assert "1 file, 1 of them with TensorFlow" in report.summary()
  assert "nothing stands in the way" in report.summary()


def test_a_missing_extra_is_in_the_way_but_not_refused(tmp_path, monkeypatch):
  text = HEAD + "tf.contrib.distributions.percentile(x, 50.)\n"
  there = packages.is_installed
  monkeypatch.setattr(packages, "is_installed", lambda name: (
      name != "tensorflow_probability" and there(name)))
  report = inspect(tmp_path, text=text)
  assert report.exit_code == 0
  assert ["pip install 'tfcompat_rnn[probability]'" in one.text
          for one in report.obstacles()] == [True]
  monkeypatch.setattr(packages, "is_installed", lambda name: True)
  assert inspect(tmp_path, text=text).obstacles() == []


def test_imports_of_everything_are_followed(tmp_path):
  report = inspect(tmp_path, text=(
      "from tensorflow.contrib.rnn import *\nGRUCell(3)\nunknown(3)\n"))
  assert statuses(report) == {"contrib.rnn": verdicts.CARRIED,
                              "contrib.rnn.GRUCell": verdicts.CARRIED}


def test_the_package_under_its_own_name(tmp_path):
  report = inspect(tmp_path, text=(
      "import tfcompat_rnn.tf1 as tf\ntf.placeholder\ntf.contrib.gan\n"))
  assert statuses(report) == {"placeholder": verdicts.CARRIED,
                              "contrib.gan": verdicts.REFUSED}


def notebook(folder, *cells, **metadata):
  path = folder / "book.ipynb"
  path.write_text(json.dumps({
      "nbformat": 4, "nbformat_minor": 2, "metadata": metadata,
      "cells": [{"cell_type": "code", "source": cell, "metadata": {},
                 "outputs": [], "execution_count": None} for cell in cells]}))


def test_notebooks_name_the_cell(tmp_path):
  notebook(tmp_path, HEAD + "%matplotlib inline\n", "!pip install x\n",
           "%%time\ntf.zeros(3)\ntf.contrib.gan\n")
  report = inspection.inspect([str(tmp_path)])
  assert report.files[0].python == 3
  assert [(symbol.verdict.symbol, symbol.lines)
          for symbol in report.files[0].symbols] == [
              ("contrib.gan", ["cell 3, line 3"]),
              ("zeros", ["cell 3, line 2"])]


def test_notebooks_of_python_2(tmp_path):
  notebook(tmp_path, HEAD, "print 3\n")
  report = inspection.inspect([str(tmp_path)])
  assert report.files[0].python == 2
  assert "print statement (cell 2)" in str(report)


# file -> (its bytes, what the line about it says)
BROKEN = {
    "mistake.py": (b"x = (1,\ndef f(:\n", "syntax error in line"),
    "null.py": (b"x = 1\0", "has null bytes"),
    "latin.py": (b"x = '\xe9'\n", "is not encoded in UTF-8"),
    "coding.py": (b"# coding: no-such\nx = 1\n", "syntax error: unknown enc"),
    "deep.py": (b"x = " + b"-" * 100_000 + b"1\n", "cannot be parsed"),
    "huge.py": (b"x = 1\n" * 700_000, "is larger than 4 MB; left out"),
    "text.ipynb": (b"no json", "is no Python notebook"),
    "r.ipynb": (b'{"cells": [], "metadata": {"language_info": {"name": "R"}}}',
                "its language is R"),
    "cell.ipynb": (b'{"cells": [{"cell_type": "code", "source": "x = ("}]}',
                   "syntax error in line 1"),
}


def test_broken_files_have_one_line_each(tmp_path):
  for name, (data, _) in BROKEN.items():
    (tmp_path / name).write_bytes(data)
  (tmp_path / "good.py").write_text(HEAD + "tf.zeros(3)\n")
  report = inspection.inspect([str(tmp_path)])
  said = {os.path.basename(file.path): file.problem for file in report.files}
  assert said.pop("good.py") == ""
  for name, (_, words) in BROKEN.items():
    assert words in said[name] and "\n" not in said[name], said[name]
  assert report.exit_code == 1
  assert len(report.obstacles()) == len(BROKEN) - 1  # one is left out


def test_bytes_without_a_coding_line_are_fine_in_python_2(tmp_path):
  (tmp_path / "data.py").write_bytes(b"name = '\xe9'\n")
  (tmp_path / "main.py").write_text("print 'x'\n")
  assert inspection.inspect([str(tmp_path)]).exit_code == 0


def test_links_end(tmp_path):
  (tmp_path / "a.py").write_text(HEAD)
  (tmp_path / "loop").symlink_to(tmp_path)
  (tmp_path / "itself.py").symlink_to(tmp_path / "itself.py")
  (tmp_path / "nowhere.py").symlink_to(tmp_path / "missing.py")
  (tmp_path / "again.py").symlink_to(tmp_path / "a.py")
  report = inspection.inspect([str(tmp_path), str(tmp_path / "a.py")])
  assert [(os.path.basename(file.path), bool(file.problem))
          for file in report.files] == [
              ("a.py", False), ("itself.py", True), ("loop", True),
              ("nowhere.py", True)]


def test_installed_packages_and_hidden_folders_are_left_out(tmp_path):
  for folder in (".git", "env", "__pycache__", "lib/site-packages", "own"):
    (tmp_path / folder).mkdir(parents=True)
    (tmp_path / folder / "module.py").write_text(HEAD)
  (tmp_path / "env" / "pyvenv.cfg").write_text("")
  report = inspection.inspect([str(tmp_path)])
  assert [file.path for file in report.files] == [
      str(tmp_path / "own" / "module.py")]


def test_nothing_is_executed(tmp_path, capsys):
  trap = tmp_path / "trap"
  inspect(tmp_path, text=f"open({str(trap)!r}, 'w')\nraise SystemExit(3)\n",
          old=f"open({str(trap)!r}, 'w')\nprint 'a'\n")
  notebook(tmp_path, f"!touch {trap}\n", f"open({str(trap)!r}, 'w')\n")
  assert cli.main(["inspect", str(tmp_path)]) == 0
  assert not trap.exists()
  assert "no file uses TensorFlow" in capsys.readouterr().out


def test_a_thousand_files_are_all_there(tmp_path):
  for number in range(1000):
    folder = tmp_path / f"package{number % 25}"
    folder.mkdir(exist_ok=True)
    (folder / f"module{number}.py").write_text(
        HEAD + f"tf.zeros({number})\n" + (
            "tf.contrib.gan\n" if number % 100 == 0 else ""))
  report = inspection.inspect([str(tmp_path)])
  assert len(report.files) == 1000
  assert all(statuses_of(file)["zeros"] == verdicts.CARRIED
             for file in report.files)
  assert len(report.obstacles()[0].files) == 10


def statuses_of(file):
  return {symbol.verdict.symbol: symbol.verdict.status
          for symbol in file.symbols}


def test_json(tmp_path, capsys):
  inspect(tmp_path, text=HEAD + "tf.pack([1])\ntf.contrib.gan\n")
  assert cli.main(["inspect", "--json", str(tmp_path)]) == 1
  found = json.loads(capsys.readouterr().out)
  assert found["exit_code"] == 1
  gan, pack = found["files"][0]["names"]
  assert gan["name"] == "tensorflow.contrib.gan"
  assert gan["status"] == "refused" and gan["lines"] == ["3"]
  assert pack["status"] == "carried" and pack["last_release"] == "0.12"
  assert found["summary"]["names"]["refused"] == 1
  assert "tensorflow-gan" in found["summary"]["in_the_way"][0]["text"]


@pytest.mark.parametrize("words", [[], ["missing.py"], [""], ["--nothing"]])
def test_wrong_usage_gives_exit_code_2(words, capsys):
  with pytest.raises(SystemExit) as caught:
    cli.main(["inspect", *words])
  assert caught.value.code == 2
  assert capsys.readouterr().err


def test_no_tensorflow_is_loaded(tmp_path):
  (tmp_path / "a.py").write_text(
      HEAD + "tf.nn.relu\ntf.nothing\ntf.keras.layers.Dense\n"
      "tf.saved_model.LoadOptions\ntf.contrib.distributions.percentile\n"
      "tf.estimator.Estimator\ntf.contrib.slim.conv2d\ntf.python.ops.rnn.x\n")
  code = ("import sys\nfrom tfcompat_rnn import cli\n"
          f"cli.main(['inspect', {str(tmp_path)!r}])\n"
          "print(sorted({'tensorflow', 'numpy', 'tf_keras', 'tf_slim', 'keras'}"
          " & set(sys.modules)))")
  out = subprocess.run([sys.executable, "-c", code], check=True,
                       capture_output=True, text=True).stdout
  assert out.splitlines()[-1] == "[]"
