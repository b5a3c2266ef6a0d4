"""Which names a program uses, and which are left out because they may differ.
"""

import ast
import textwrap

import pytest

from tfcompat_rnn.inspection import bindings


def names_in(source, asked=False):
  uses = bindings.Uses(ast.parse(textwrap.dedent(source)))
  return [use.name for use in uses.found
          if not use.imported and use.asked == asked]


@pytest.mark.parametrize("source, found", [
    ("import tensorflow as tf\ntf.nn.relu(1)", ["tensorflow.nn.relu"]),
    ("import tensorflow\ntensorflow.nn.relu", ["tensorflow.nn.relu"]),
    ("import tensorflow.contrib.rnn as r\nr.LSTMCell(3)",
     ["tensorflow.contrib.rnn.LSTMCell"]),
    ("import tensorflow.contrib.rnn\ntensorflow.nn.relu",
     ["tensorflow.nn.relu"]),
    ("from tensorflow.contrib import rnn\nrnn.GRUCell",
     ["tensorflow.contrib.rnn.GRUCell"]),
    ("from tensorflow.contrib.rnn import GRUCell as Cell\nCell(2)",
     ["tensorflow.contrib.rnn.GRUCell"]),
    ("import tensorflow as tf\nrnn = tf.contrib.rnn\nrnn.GRUCell",
     ["tensorflow.contrib.rnn", "tensorflow.contrib.rnn.GRUCell"]),
    ("import tensorflow as tf\ndef f():\n  return tf.nn.relu\n",
     ["tensorflow.nn.relu"]),
    # Functions see what is bound after them.
    ("def f():\n  return tf.nn.relu\nimport tensorflow as tf",
     ["tensorflow.nn.relu"]),
    ("import tensorflow as tf\nclass A(tf.nn.rnn_cell.RNNCell):\n"
     "  def f(self): return tf.zeros\n",
     ["tensorflow.nn.rnn_cell.RNNCell", "tensorflow.zeros"]),
    ("import tensorflow as tf\ngetattr(tf.nn, 'relu')",
     ["tensorflow.nn.relu"]),
    ("import tensorflow as tf\n[tf.zeros(i) for i in range(3)]",
     ["tensorflow.zeros"]),
    ("import tensorflow as tf\nf = lambda x: tf.abs(x)", ["tensorflow.abs"]),
    ("import tensorflow as tf\nprint(f'{tf.abs(x)}')", ["tensorflow.abs"]),
])
def test_uses(source, found):
  assert names_in(source) == found


@pytest.mark.parametrize("source", [
    "def f(tf):\n  return tf.nn.relu",
    "import tensorflow as tf\ndef f(tf):\n  return tf.nothing",
    "import tensorflow as tf\ntf = other()\ntf.nothing",
    "import tensorflow as tf\nfor tf in x:\n  tf.nothing",
    "import tensorflow as tf\n[tf.nothing for tf in x]",
    "import tensorflow as tf\nwith x as tf:\n  tf.nothing",
    "import tensorflow as tf\nf = lambda tf: tf.nothing",
    "from . import tensorflow\ntensorflow.nothing",
    # It is the one or the other.
    "import tensorflow as tf\nif x:\n  r = tf.a\nelse:\n  r = tf.b\nr.nothing",
    "import tensorflow as tf\ntry:\n  r = tf.a\nexcept E:\n  r = z\nr.nothing",
    "import tensorflow as tf\ndef f():\n  tf = 3\n  tf.nothing",
    "import tensorflow as tf\nclass A:\n  tf = 1\n  tf.nothing",
])
def test_what_may_be_another_thing_is_left_out(source):
  assert not [name for name in names_in(source) + names_in(source, True)
              if name.endswith("nothing")]


@pytest.mark.parametrize("source, found", [
    ("try:\n  tf.a\nexcept AttributeError:\n  tf.b", (["b"], ["a"])),
    ("try:\n  tf.a\nexcept ValueError:\n  tf.b", (["a", "b"], [])),
    ("try:\n  tf.a\nexcept:\n  tf.b", (["b"], ["a"])),
    ("if hasattr(tf, 'a'):\n  tf.a\nelse:\n  tf.b", ([], ["a", "b"])),
    ("x = tf.a if hasattr(tf, 'a') else tf.b", ([], ["a", "b"])),
    ("if tf.__version__ < '1':\n  tf.a", (["__version__"], ["a"])),
    ("x = getattr(tf, 'a', None)", ([], ["a"])),
    ("if flag:\n  tf.a", (["a"], [])),
    ("if False:\n  tf.a\nelse:\n  tf.b", (["b"], ["a"])),
    ("try:\n  x = tf.a\nexcept AttributeError:\n  x = None\n"
     "if x is not None:\n  x.c\nprint(x)\nx.d", (["d"], ["a", "a", "c", "a"])),
    ("try:\n  from tensorflow import x\nexcept ImportError:\n  x = None\n"
     "def f(): return x.c if x else x\n", ([], ["x", "c", "x"])),
])
def test_names_that_are_only_tried(source, found):
  source = "import tensorflow as tf\n" + source
  assert tuple([name.rpartition(".")[2] for name in names_in(source, asked)]
               for asked in (False, True)) == found


def test_two_names_of_one_module_are_one():
  assert names_in("""
      try:
        import tensorflow.compat.v1 as tf
      except ImportError:
        import tensorflow as tf
      tf.zeros(3)
      """) == ["tensorflow.zeros"]
  assert names_in("""
      try:
        import tensorflow as tf
      except ImportError:
        tf = None
      tf.zeros(3)
      """) == ["tensorflow.zeros"]


def test_imports_of_everything():
  uses = bindings.Uses(ast.parse("from tensorflow.contrib.rnn import *\n"
                                 "GRUCell(3)\n"))
  assert uses.stars == [("tensorflow.contrib.rnn", 1)]
  assert uses.plain["GRUCell"] == (2, False)
