"""Who imports decides which `tensorflow` it gets."""

import builtins
import importlib
import importlib.metadata
import linecache
import pickle
import sys
import threading

import pytest
import tensorflow as real_tensorflow

import tfcompat_rnn.tf1 as tf1
from tfcompat_rnn import _importers
from tfcompat_rnn import _patching
from tfcompat_rnn import cells
from tfcompat_rnn.launcher import hook


@pytest.fixture
def hooked():
  with _patching.Stack() as patches:
    hook.install(patches)
    yield patches


def run(source, name="legacy_script", **names):
  """Executes `source` as the module `name` would; returns its globals."""
  scope = {"__name__": name, "__builtins__": builtins, **names}
  file = f"<{name}>"
  linecache.cache[file] = len(source), None, source.splitlines(True), file
  try:
    exec(compile(source, file, "exec"), scope)
  finally:
    linecache.cache.pop(file, None)  # another thread may have
  return scope


FORMS = [
    ("import tensorflow as tf\nx = tf", lambda: tf1),
    ("import tensorflow\nx = tensorflow", lambda: tf1),
    ("import tensorflow.contrib.rnn as rnn\nx = rnn",
     lambda: tf1.contrib.rnn),
    ("import tensorflow.contrib.rnn\nx = tensorflow.contrib.rnn",
     lambda: tf1.contrib.rnn),
    ("from tensorflow.contrib import rnn\nx = rnn", lambda: tf1.contrib.rnn),
    ("from tensorflow.contrib.rnn import LSTMCell\nx = LSTMCell",
     lambda: cells.LSTMCell),
    ("from tensorflow.python.ops import rnn_cell\nx = rnn_cell.GRUCell",
     lambda: cells.GRUCell),
    ("from tensorflow.python.ops.rnn_cell_impl import LSTMStateTuple as x",
     lambda: cells.LSTMStateTuple),
    ("from tensorflow import flags\nx = flags.FLAGS",
     lambda: real_tensorflow.compat.v1.flags.FLAGS),
    ("from tensorflow.python.framework.ops import reset_default_graph as x",
     lambda: real_tensorflow.compat.v1.reset_default_graph),
    ("from tensorflow.python.framework import ops\nx = ops.Tensor",
     lambda: real_tensorflow.Tensor),
    ("from tensorflow.python.layers.core import Dense as x",
     lambda: tf1.layers.Dense),
    ("import tensorflow.compat.v1 as tf\nx = tf", lambda: tf1),
    ("import tensorflow.compat.v1.nn as nn\nx = nn.dynamic_rnn",
     lambda: tf1.nn.dynamic_rnn),
    ("import tensorflow.compat.v2 as tf2\nx = tf2",
     lambda: real_tensorflow.compat.v2),
    ("from tensorflow.core.framework import graph_pb2\nx = graph_pb2."
     "GraphDef", lambda: real_tensorflow.compat.v1.GraphDef),
    ("from tensorflow import *\nx = placeholder",
     lambda: real_tensorflow.compat.v1.placeholder),
    ("from tensorflow.contrib.rnn import *\nx = BasicLSTMCell",
     lambda: cells.BasicLSTMCell),
    ("import importlib\nx = importlib.import_module('tensorflow')",
     lambda: tf1),
    ("from importlib import import_module\n"
     "x = import_module('tensorflow.contrib.rnn')", lambda: tf1.contrib.rnn),
    ("x = __import__('tensorflow')", lambda: tf1),
    ("x = __import__('tensorflow.nn').nn", lambda: tf1.nn),
    ("def f():\n  import tensorflow as tf\n  return tf\nx = f()",
     lambda: tf1),
    ("class A:\n  from tensorflow import nn\nx = A.nn", lambda: tf1.nn),
    ("try:\n  from tensorflow.models.rnn import rnn_cell\n"
     "except ImportError:\n  from tensorflow.contrib import rnn as rnn_cell\n"
     "x = rnn_cell", lambda: tf1.contrib.rnn),
    ("import tensorflow as tf\nx = getattr(tf, 'scalar_summary', 7)",
     lambda: 7),
    ("import tensorflow as tf\nx = hasattr(tf.nn, 'rnn')",
     lambda: False),
    ("import tensorflow as tf\ntry:\n  x = tf.nn.rnn\n"
     "except AttributeError:\n  x = 7", lambda: 7),
    ("import tensorflow as tf\ntry:\n  from tensorflow import pack\n"
     "except:\n  pack = tf.stack\nx = pack", lambda: tf1.stack),
    ("import tensorflow as tf\nx = tf.models.rnn.rnn.rnn.__name__",
     lambda: "rnn"),
    # What is caught may come from the call: the name is used.
    ("import tensorflow as tf\ntry:\n  x = tf.models.rnn.rnn.rnn.__name__\n"
     "except Exception:\n  x = 7", lambda: "rnn"),
    ("import tensorflow as tf\nx = tf.__version__", lambda: "1.15.5"),
    ("import tensorflow as tf\nx = tf.VERSION", lambda: "1.15.5"),
    ("import tensorflow as tf\nx = tf.version.VERSION", lambda: "1.15.5"),
    ("import tensorflow as tf\nx = int(tf.__version__.split('.')[1]) < 1",
     lambda: False),
]


@pytest.mark.parametrize("source,expected", FORMS,
                         ids=[source.replace("\n", "; ")
                              for source, _ in FORMS])
def test_every_import_form_of_an_old_program(
    v1, hooked, source, expected, monkeypatch):
  # As in a process that has not imported it yet.
  for name in list(sys.modules):
    if name.startswith("tfcompat_rnn.tf1.models"):
      monkeypatch.delitem(sys.modules, name)
  value = run(source)["x"]
  wanted = expected()
  assert value is wanted or value == wanted


@pytest.mark.parametrize("name", [
    "tensorflow.python.framework.ops", "keras.src.backend", "tf_keras.layers",
    "tf_slim.ops", "tensorboard.compat", "tensorflow_probability.python",
    "tfcompat_rnn.cells.base", "numpy", "pickle", "IPython.core"])
def test_todays_packages_get_the_real_one(hooked, name):
  scope = run("import tensorflow as tf\nfrom tensorflow import nn", name)
  assert scope["tf"] is real_tensorflow
  assert scope["nn"] is real_tensorflow.nn


@pytest.mark.parametrize("name", [
    "__main__", "model", "tensorpack.models", "tflearn.layers",
    "tensorflow_models", "kerasish"])
def test_everybody_else_gets_the_old_one(hooked, name):
  assert run("import tensorflow as tf", name)["tf"] is tf1


def test_sonnet_is_judged_by_its_version(hooked, monkeypatch):
  def version(distribution):
    assert distribution == "dm-sonnet"
    return release
  monkeypatch.setattr(importlib.metadata, "version", version)
  for release, expected in (("1.36", tf1), ("2.0.2", real_tensorflow)):
    _importers._today.clear()
    assert run("import tensorflow as x", "sonnet.python")["x"] is expected
  _importers._today.clear()


def test_real_tensorflow_stays_in_sys_modules(hooked):
  run("import tensorflow as tf\nfrom tensorflow.contrib import rnn")
  assert sys.modules["tensorflow"] is real_tensorflow
  assert "tensorflow.contrib" not in sys.modules


def test_modules_beside_the_script(hooked, tmp_path, monkeypatch):
  package = tmp_path / "oldlib_for_hook"
  package.mkdir()
  (package / "__init__.py").write_text("from .model import *\n")
  (package / "model.py").write_text(
      "import tensorflow as tf\n"
      "from tensorflow.contrib import rnn\n"
      "from . import parts\n"
      "def build():\n"
      "  import tensorflow.contrib.rnn as late\n"
      "  return tf, rnn, late, parts.tf\n")
  (package / "parts.py").write_text("import tensorflow as tf\n")
  monkeypatch.syspath_prepend(str(tmp_path))
  found = run("import oldlib_for_hook\nx = oldlib_for_hook.build()")["x"]
  assert found == (tf1, tf1.contrib.rnn, tf1.contrib.rnn, tf1)
  # A function keeps its module through a pickle.
  module = sys.modules["oldlib_for_hook.model"]
  assert pickle.loads(pickle.dumps(module.build)) is module.build


def test_pickle_reads_real_module_names(hooked):
  data = pickle.dumps(real_tensorflow.float32)
  assert run("import pickle\nx = pickle.loads(data)",
             data=data)["x"] is real_tensorflow.float32
  state = cells.LSTMStateTuple(1, 2)
  assert pickle.loads(pickle.dumps(state)) == (1, 2)


def test_errors_reach_the_user_through_from_import(hooked):
  with pytest.raises(ImportError, match="contrib.specs.*not supported"):
    run("from tensorflow.contrib.specs import create_net")
  with pytest.raises(ModuleNotFoundError,
                     match="not in TensorFlow 1.15; did you mean "
                           "tensorflow.contrib.rnn"):
    run("import tensorflow.contrib.rn")


def test_threads_import_at_once(hooked):
  for name in [n for n in sys.modules if n.startswith(
      ("tfcompat_rnn.tf1.losses", "tfcompat_rnn.tf1.python.util"))]:
    del sys.modules[name]
  found, errors = [], []
  barrier = threading.Barrier(8)

  def work():
    barrier.wait()
    try:
      scope = run("import tensorflow.losses as x\n"
                  "from tensorflow.python.util import nest")
      found.append((scope["x"], scope["nest"]))
    except Exception as error:
      errors.append(error)

  threads = [threading.Thread(target=work) for _ in range(8)]
  for thread in threads:
    thread.start()
  for thread in threads:
    thread.join()
  assert not errors
  assert len(set(map(id, (x for x, _ in found)))) == 1
  assert len(set(map(id, (nest for _, nest in found)))) == 1


def test_uninstall_restores():
  before = builtins.__import__, importlib.import_module
  with _patching.Stack() as patches:
    hook.install(patches)
    hook.install(patches)
    assert run("import tensorflow as tf")["tf"] is tf1
    assert builtins.__import__ is not before[0]
    assert importlib.import_module is not before[1]
  assert (builtins.__import__, importlib.import_module) == before
  assert run("import tensorflow as tf")["tf"] is real_tensorflow
  patches.close()
  assert (builtins.__import__, importlib.import_module) == before


def test_uninstall_leaves_somebody_elses_hook_working():
  before = builtins.__import__
  first, second, third = (_patching.Stack() for _ in range(3))
  hook.install(first)
  ours = builtins.__import__

  def theirs(*args, **kwargs):
    return ours(*args, **kwargs)

  builtins.__import__ = theirs
  try:
    first.close()
    assert builtins.__import__ is theirs
    assert run("import tensorflow as tf")["tf"] is real_tensorflow
    hook.install(second)
    assert builtins.__import__ is theirs
    assert run("import tensorflow as tf")["tf"] is tf1
    second.close()
  finally:
    builtins.__import__ = before
  hook.install(third)
  assert run("import tensorflow as tf")["tf"] is tf1
  third.close()
  assert builtins.__import__ is before


def test_classes_are_the_real_ones(v1, hooked):
  scope = run(
      "import tensorflow as tf\n"
      "class Halving(tf.train.Optimizer):\n"
      "  pass\n"
      "w = tf.Variable([1.0], name='w')\n"
      "x = w + 1.0\n"
      "checks = (isinstance(w, tf.Variable), isinstance(x, tf.Tensor),\n"
      "          isinstance(tf.float32, tf.DType),\n"
      "          issubclass(tf.train.AdamOptimizer, tf.train.Optimizer))\n")
  assert scope["checks"] == (True,) * 4
  assert issubclass(scope["Halving"], v1.train.Optimizer)
  assert scope["w"].op.type == "VariableV2"


OWN_MODULES = ["datasets.mnist", "official", "code", "queue", "accelerate"]


@pytest.mark.parametrize("name", OWN_MODULES)
def test_a_programs_own_module_under_a_name_of_today_is_old(
    name, hooked, tmp_path):
  file = str(tmp_path / (name.replace(".", "/") + ".py"))
  scope = run("import tensorflow as tf", name, __file__=file)
  assert scope["tf"] is tf1
  installed = f"/usr/lib/python3/site-packages/{name.replace('.', '/')}.py"
  scope = run("import tensorflow as tf", name, __file__=installed)
  assert scope["tf"] is real_tensorflow


@pytest.mark.parametrize("name", ["keras.layers", "tf_slim", "tensorboard"])
def test_a_checkout_of_todays_library_is_todays(name, hooked, tmp_path):
  scope = run("import tensorflow as tf", name,
              __file__=str(tmp_path / "module.py"))
  assert scope["tf"] is real_tensorflow


def test_a_program_s_own_import_function_is_not_the_importer(
    hooked, monkeypatch):
  program = run("""
import builtins
original = builtins.__import__
names = []
def forward(name, *args, **kwargs):
  names.append(name)
  return original(name, *args, **kwargs)
""", name="__main__")
  monkeypatch.setattr(builtins, "__import__", program["forward"])
  # Without globals, as TensorFlow's own modules call it.
  call = "x = __import__('tensorflow', fromlist=['*'])"
  assert run(call, name="tensorflow.lite")["x"] is real_tensorflow
  assert run(call, name="__main__")["x"] is tf1
  assert program["names"].count("tensorflow") == 2
