"""`tfcompat-rnn upgrade` over projects: what is written, and what is left."""

import json
import os
import pathlib
import stat
import sys

import pytest

from tfcompat_rnn import cli
from tfcompat_rnn import upgrade

CALL = "import tfcompat_rnn\ntfcompat_rnn.behave_as_1_15()\n"
OLD = "import tensorflow as tf\n"
NEW = "import tfcompat_rnn.tf1 as tf\n"
MODEL = OLD + "def build():\n  return tf.zeros([3])\n"


def project(folder, sources):
  """Writes {name: text} into the folder and upgrades it."""
  for name, text in sources.items():
    path = folder / f"{name}.py"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
  report = upgrade.upgrade([str(folder)])
  report.write()
  again = upgrade.upgrade([str(folder)])
  assert not again.changes, "a second time"
  assert again.complaints() == report.complaints()
  return report


def text_of(folder, name):
  return (folder / f"{name}.py").read_text()


# (sources, those that get the call)
PROGRAMS = [
    ({"one": OLD + "tf.zeros([3])\n"}, {"one"}),
    ({"one": OLD + "with tf.Graph().as_default():\n  pass\n"}, {"one"}),
    ({"one": OLD + "def main():\n  pass\nif __name__ == '__main__':\n"
      "  main()\n"}, {"one"}),
    ({"model": MODEL}, set()),
    ({"model": OLD + "slim = tf.contrib.slim\nSIZE = 3\nif SIZE:\n  x = 2\n"
      "try:\n  y = 3\nexcept ValueError:\n  pass\n"}, set()),
    ({"model": MODEL, "train": OLD + "import model\nmodel.build()\n"},
     {"train"}),
    # It finds modules by `sys.path` or their names.
    ({"src/model": MODEL, "train": "import sys\nsys.path.append('src')\n"
      "import model\nmodel.build()\n"}, {"train"}),
    ({"nets/model": MODEL, "train": "import importlib\n"
      "importlib.import_module('nets.model').build()\n"}, {"train"}),
    ({"model": MODEL, "eval": OLD + "tf.zeros([2])\n",
      "train": "import importlib, sys\n"
      "importlib.import_module(sys.argv[1]).build()\n"}, {"train", "eval"}),
    # What Python has is not meant.
    ({"src/random": OLD + "tf.zeros([2])\n",
      "train": "import random\nrandom.random()\n"}, {"src/random"}),
    # It does not use TensorFlow itself.
    ({"model": MODEL, "train": "import model\nmodel.build()\n"}, {"train"}),
    ({"flags": OLD + "tf.flags.DEFINE_integer('n', 3, '')\n",
      "train": OLD + "from flags import *\nprint(tf.flags.FLAGS.n)\n"},
     {"train"}),
    ({"model": MODEL + "if __name__ == '__main__':\n  build()\n",
      "train": "import model\nmodel.build()\n"}, {"model", "train"}),
    ({"pkg/nets/__init__": "", "pkg/__init__": OLD + "tf.zeros([2])\n",
      "pkg/nets/rnn": MODEL,
      "pkg/train": "from pkg.nets import rnn\nrnn.build()\n",
      "pkg/relative": "from .nets.rnn import build\nbuild()\n",
      "pkg/above": "def f():\n  from . import nets\nf()\n",
      "tools/run": "import os\nimport pkg.nets.rnn\nprint(os.name)\n",
      "pkg/__main__": "def f():\n  import pkg.nets.rnn\n"},
     {"pkg/train", "pkg/relative", "pkg/above", "tools/run",
      "pkg/__main__"}),
    # What a run puts back is there after the upgrade as well.
    ({"one": "import time\nprint(time.clock())\n"}, {"one"}),
    ({"one": "from keras.layers import Dense\nDense(3)\n"}, {"one"}),
    ({"one": "import importlib\nimportlib.import_module('tensorflow.nn')\n"},
     {"one"}),
    ({"one": "import os\nprint(os.name)\n"}, set()),
    ({"one": "print('uses tensorflow')\n"}, set()),
    # Somebody has decided to do without the call.
    ({"one": NEW + "tf.zeros([3])\n"}, set()),
    # An upgrade by hand that was not finished, and one that went on.
    ({"one": NEW + "from tensorflow.contrib import rnn\n" + OLD
      + "rnn.GRUCell(3)\n"}, {"one"}),
]


@pytest.mark.parametrize("sources, programs", PROGRAMS)
def test_programs_begin_with_the_call(tmp_path, sources, programs):
  report = project(tmp_path, sources)
  assert report.left == []
  for name, before in sources.items():
    wanted = before.replace(OLD, NEW).replace(
        "from tensorflow.", "from tfcompat_rnn.tf1.")
    assert text_of(tmp_path, name) == (
        CALL + wanted if name in programs else wanted), name


def test_a_file_that_is_not_named_belongs_to_the_program(tmp_path):
  (tmp_path / "model.py").write_text(MODEL)
  (tmp_path / "train.py").write_text("import model\nmodel.build()\n")
  report = upgrade.upgrade([str(tmp_path / "train.py")])
  assert [change.after for change in report.changes] == [
      CALL + "import model\nmodel.build()\n"]


# (text of the file, what is said about it)
LEFT = [
    (OLD + "\ntf.contrib.factorization.KMeans(3)\n",
     "one.py, line 3: tf.contrib.factorization: "),
    (OLD + "exec 'tf.zeros([3])'\n",
     "one.py, line 2: `exec` takes its text as Python 2; write what the text "
     "says, or go on with tfcompat-rnn run"),
    (OLD + "for i in xrange(3):\n  tf.zeros([i])\n",
     "one.py, line 2: the name xrange is Python 2's; upgrade with --python2 if "
     "the file is, or write Python 3's"),
    (OLD + "for k in d.iteritems():\n  pass\n",
     "one.py, line 2: the method iteritems is Python 2's; "),
    (OLD + "import cPickle\n", "one.py, line 2: the module cPickle is "),
    (OLD + "def f(:\n", "one.py syntax error in line 2: "),
    ("\\\n" + OLD, "one.py is not given back by libcst as it is; change its "),
]


@pytest.mark.parametrize("text, said", LEFT)
def test_what_cannot_be_upgraded_is_left_and_named(tmp_path, capsys, text,
                                                   said):
  (tmp_path / "one.py").write_text(text)
  (tmp_path / "other.py").write_text(MODEL)
  code = cli.main(["upgrade", "--write", str(tmp_path)])
  out, err = capsys.readouterr()
  assert code == 1
  assert (tmp_path / "one.py").read_text() == text
  assert text_of(tmp_path, "other") == MODEL.replace(OLD, NEW)
  assert out == f"upgraded {tmp_path / 'other.py'}\n"
  complaint, summary = err.splitlines()
  assert complaint.startswith(f"tfcompat-rnn: {tmp_path}{os.sep}{said}")
  assert summary == "tfcompat-rnn: 1 file upgraded, 1 file left as before"


def test_what_is_only_tried_is_no_obstacle(tmp_path):
  text = OLD + ("try:\n  from tensorflow.contrib import factorization\n"
                "except ImportError:\n  factorization = None\n"
                "try:\n  xrange\nexcept NameError:\n  xrange = range\n")
  project(tmp_path, {"one": text})
  assert text_of(tmp_path, "one").endswith(text.replace(
      "tensorflow.", "tfcompat_rnn.tf1.").replace(OLD, NEW))


def test_packages_of_today_are_left_alone(tmp_path):
  report = project(tmp_path, {"tf_slim/__init__": "",
                              "tf_slim/nets": MODEL})
  assert report.changes == report.left == []


@pytest.mark.parametrize("text", [
    "import tensorflow as tf\nimport tfcompat_rnn\ntf.function(f)\n",
    "import tensorflow.compat.v1 as tf\nfrom tfcompat_rnn import generate\n"
    "if __name__ == '__main__':\n  generate(tf)\n",
])
def test_programs_for_todays_tensorflow_are_left_alone(tmp_path, text):
  report = project(tmp_path, {"one": text})
  assert report.changes == report.left == []


def test_imports_that_came_later_are_upgraded(tmp_path):
  project(tmp_path, {"one": CALL + NEW + OLD + "tf.zeros([3])\n"})
  assert text_of(tmp_path, "one") == CALL + NEW + NEW + "tf.zeros([3])\n"


def test_bytes_and_the_file_itself_are_kept(tmp_path):
  bom = b"\xef\xbb\xbf"
  real = tmp_path / "real.py"
  real.write_bytes(bom + OLD.replace("\n", "\r\n").encode() + b"x = '\xc3\xa9'"
                   b"\r\ny = 1\n")
  real.chmod(0o754)
  (tmp_path / "there").mkdir()
  link = tmp_path / "there" / "link.py"
  link.symlink_to("../real.py")
  latin = tmp_path / "latin.py"
  latin.write_bytes(b"# coding: latin-1\n" + OLD.encode()
                    + b"tf.zeros('\xe9')")
  report = upgrade.upgrade([str(link), str(latin)])
  report.write()
  assert real.read_bytes() == (
      bom + NEW.replace("\n", "\r\n").encode() + b"x = '\xc3\xa9'\r\ny = 1\n")
  assert link.is_symlink() and stat.S_IMODE(real.stat().st_mode) == 0o754
  assert latin.read_bytes() == (b"# coding: latin-1\n" + CALL.encode()
                                + NEW.encode() + b"tf.zeros('\xe9')")
  assert sorted(path.name for path in tmp_path.iterdir()) == [
      "latin.py", "real.py", "there"]


def test_the_call_has_the_line_ends_of_the_file(tmp_path):
  (tmp_path / "one.py").write_bytes(b"import os\r\nimport tensorflow as tf\r\n"
                                    b"tf.zeros([os])")
  upgrade.upgrade([str(tmp_path)]).write()
  assert (tmp_path / "one.py").read_bytes() == (
      (CALL + "import os\n" + NEW).replace("\n", "\r\n").encode()
      + b"tf.zeros([os])")


def test_a_file_that_cannot_be_written_is_as_it_was(tmp_path, monkeypatch):
  (tmp_path / "one.py").write_text(MODEL)
  (tmp_path / "two.py").write_text(MODEL)
  replace = os.replace

  def fail(old, new):
    if new.endswith("one.py"):
      raise OSError(28, "No space left on device")
    replace(old, new)

  monkeypatch.setattr(os, "replace", fail)
  report = upgrade.upgrade([str(tmp_path)])
  assert report.write() == [str(tmp_path / "two.py")]
  assert report.exit_code == 1
  assert "No space left on device; check its" in report.complaints()[0]
  assert text_of(tmp_path, "one") == MODEL
  assert len(list(tmp_path.iterdir())) == 2


# -- notebooks


def notebook(path, *cells, **options):
  content = {"cells": [{
      "cell_type": "markdown", "metadata": {},
      "source": ["import tensorflow as tf\n", "é"]}, *(
          {"cell_type": "code", "execution_count": None, "metadata": {},
           "outputs": [], "source": cell} for cell in cells)],
             "metadata": {"kernelspec": {"name": "python3"}},
             "nbformat": 4, "nbformat_minor": 2}
  path.write_text(json.dumps(content, **options) + "\n", encoding="utf-8")
  return content


@pytest.mark.parametrize("options", [
    {"indent": 1, "ensure_ascii": False}, {"indent": 2}, {}])
def test_notebooks(tmp_path, options):
  path = tmp_path / "n.ipynb"
  content = notebook(path, ["%matplotlib inline\n", "import numpy as np\n",
                            "import tensorflow as tf"],
                     "%%time\nx = np.float(3)\n!ls\n",
                     ["%%bash\n", "import tensorflow as tf\n"],
                     "import tensorflow.contrib.rnn as rnn", **options)
  before = path.read_text(encoding="utf-8").splitlines()
  report = upgrade.upgrade([str(path)])
  assert report.left == []
  diff = str(report).splitlines()
  assert [line for line in diff if line[0] in "+-"][2:] == [
      "+import tfcompat_rnn", "+tfcompat_rnn.behave_as_1_15()",
      "-import tensorflow as tf", "+import tfcompat_rnn.tf1 as tf",
      "-x = np.float(3)", "+x = float(3)",
      "-import tensorflow.contrib.rnn as rnn",
      "+import tfcompat_rnn.tf1.contrib.rnn as rnn"]
  report.write()
  now = json.loads(path.read_text(encoding="utf-8"))
  assert [cell["source"] for cell in now["cells"]] == [
      ["import tensorflow as tf\n", "é"],
      ["import tfcompat_rnn\n", "tfcompat_rnn.behave_as_1_15()\n",
       "%matplotlib inline\n", "import numpy as np\n",
       "import tfcompat_rnn.tf1 as tf"],
      "%%time\nx = float(3)\n!ls\n",
      ["%%bash\n", "import tensorflow as tf\n"],
      "import tfcompat_rnn.tf1.contrib.rnn as rnn"]
  for cell, old in zip(now["cells"], content["cells"]):
    cell["source"] = old["source"]
  assert now == content
  if options:
    after = path.read_text(encoding="utf-8").splitlines()
    assert len(after) >= len(before) and set(before) - set(after)
  assert upgrade.upgrade([str(path)]).changes == []


@pytest.mark.parametrize("cell, said", [
    ("  import tensorflow as tf\n  tf.zeros([3])",
     "has old names in a cell that is indented"),
    (">>> import tensorflow as tf", "has old names in a cell that is"),
    ("import tensorflow as tf\ntf.pack([1])",
     "cell 1, line 2: tf.pack is of TensorFlow 0.12, and only a script"),
])
def test_notebooks_that_are_left(tmp_path, cell, said):
  path = tmp_path / "n.ipynb"
  notebook(path, cell, indent=1)
  before = path.read_bytes()
  report = upgrade.upgrade([str(path)])
  report.write()
  assert [said in text for text in report.complaints()] == [True]
  assert path.read_bytes() == before


def test_nothing_comes_between_two_magics_of_a_cell(tmp_path):
  path = tmp_path / "n.ipynb"
  notebook(path, "%%capture\n%%time\n" + OLD, indent=1)
  upgrade.upgrade([str(path)]).write()
  assert [cell["source"] for cell in json.loads(path.read_text())["cells"]][
      1:] == ["%%capture\n%%time\n" + CALL + NEW]


def test_a_notebook_that_is_written_otherwise_is_left(tmp_path):
  path = tmp_path / "n.ipynb"
  notebook(path, OLD, indent=3)
  report = upgrade.upgrade([str(path)])
  assert "open it and save it" in report.complaints()[0]


# -- the command


def test_a_diff_is_printed_and_nothing_written(tmp_path, capsys):
  (tmp_path / "one.py").write_text(MODEL)
  assert cli.main(["upgrade", str(tmp_path)]) == 0
  out, err = capsys.readouterr()
  path = tmp_path / "one.py"
  assert out == (f"--- {path}\n+++ {path}\n@@ -1,3 +1,3 @@\n"
                 "-import tensorflow as tf\n+import tfcompat_rnn.tf1 as tf\n"
                 " def build():\n   return tf.zeros([3])\n")
  assert err == ("tfcompat-rnn: 1 file to upgrade; --write writes the "
                 "changes\n")
  assert path.read_text() == MODEL


def test_wrong_usage(tmp_path, capsys, monkeypatch):
  with pytest.raises(SystemExit) as stopped:
    cli.main(["upgrade", str(tmp_path / "none")])
  assert stopped.value.code == 2
  assert "name a script, a notebook or a folder" in capsys.readouterr().err
  monkeypatch.setitem(sys.modules, "libcst", None)
  assert cli.main(["upgrade", str(tmp_path)]) == 2
  assert capsys.readouterr().err == (
      "tfcompat-rnn: `upgrade` needs the package libcst; run `pip install "
      "'tfcompat_rnn[upgrade]'`\n")


def test_many_files_are_found_as_inspect_finds_them(tmp_path):
  for name in ("a", ".hidden", "site-packages"):
    (tmp_path / name).mkdir()
    (tmp_path / name / "one.py").write_text(MODEL)
  report = upgrade.upgrade([str(tmp_path)])
  assert [pathlib.Path(change.path).parent.name
          for change in report.changes] == ["a"]


def test_what_is_no_source_is_named_but_no_failure(tmp_path):
  (tmp_path / "one.py").write_text(MODEL)
  (tmp_path / "above").symlink_to(tmp_path)
  report = upgrade.upgrade([str(tmp_path)])
  assert len(report.changes) == 1 and report.exit_code == 0
  assert report.complaints() == [
      f"{tmp_path / 'above'} is a link to a folder that contains it; left out"]
