"""1.15's seeds beside TensorFlow 2 code, and under the launcher."""

import os
import pathlib

import pytest

ROOT = pathlib.Path(__file__).parent.parent.parent


@pytest.fixture
def run(forked):
  """Runs Python with arguments; returns what it prints."""
  return lambda *words: _run(forked, words)


def _run(forked, words):
  environment = dict(os.environ, PYTHONPATH=str(ROOT),
                     TF_CPP_MIN_LOG_LEVEL="3")
  done = forked.run(words, env=environment)
  assert done.returncode == 0, done.stderr[-3000:]
  return done.stdout


BESIDE_TENSORFLOW_2 = """
import tensorflow as tf2
import tfcompat_rnn.tf1 as tf
from tensorflow.python.framework import random_seed, ops
from tensorflow.python.ops import array_ops, tensor_array_ops
from tfcompat_rnn._tf import tf as v1

parts = lambda: (random_seed.get_seed, ops._create_c_op, array_ops.zeros,
                 tf2.zeros, v1.zeros, v1.get_seed,
                 tensor_array_ops._GraphTensorArray.size,
                 tf2.Tensor.__getitem__)
before = parts()

@tf2.function
def noise():
  return tf2.random.normal([2])

def build():
  tf.set_random_seed(42)
  w = v1.get_variable("w", [2, 2])
  cell = tf.nn.rnn_cell.LSTMCell(3)
  tf.nn.dynamic_rnn(cell, v1.placeholder(tf.float32, [2, 4, 1]),
                    dtype=tf.float32)
  after = v1.random_normal([2])
  graph = v1.get_default_graph()
  random = [op for op in graph.get_operations()
            if op.type == "RandomStandardNormal"]
  return w, graph, random[-1].get_attr("seed2")

def facts(w, graph):
  types = {op.type for op in graph.get_operations()}
  return [type(w).__name__, "VariableV2" in types, "Exit" in types]

with tf.Graph().as_default():
  w, graph, seed = build()
  assert facts(w, graph) == ["ResourceVariable", False, False]
  assert seed == 2                     # the third random operation

tf2.random.set_seed(1)
eager = tf2.random.normal([2]).numpy().tolist()
traced = noise().numpy().tolist()

with tf.seeds_of_1_15():
  assert parts() != before
  with tf.Graph().as_default():
    w, graph, seed = build()
    assert facts(w, graph) == ["RefVariable", True, True]
    assert seed == 159, seed           # from 1.15.5
  # Eager code and tf.function draw what they draw without us.
  assert tf2.executing_eagerly()
  tf2.random.set_seed(1)
  assert tf2.random.normal([2]).numpy().tolist() == eager
  assert noise().numpy().tolist() == traced
  fresh = tf2.function(lambda: (tf2.random.normal([2]),
                                tf2.Variable(1.0) if False else 0))
  fresh()
  assert tf2.Variable(1.0).__class__.__name__ == "ResourceVariable"

assert parts() == before
with tf.Graph().as_default():
  w, graph, seed = build()
  assert facts(w, graph) == ["ResourceVariable", False, False]
  assert seed == 2
print("whole")
"""


@pytest.mark.slow
def test_beside_tensorflow_2(run):
  assert run("-c", BESIDE_TENSORFLOW_2).strip() == "whole"


PROGRAM = """
import threading
import tensorflow as tf
tf.set_random_seed(42)
tf.get_variable("w", [2, 3])
tf.random_normal([2], name="a")
graph = tf.get_default_graph()

def build():
  with graph.as_default():
    tf.random_normal([2], name="b")

thread = threading.Thread(target=build)
thread.start()
thread.join()
print([op.get_attr("seed2") for op in graph.get_operations()
       if op.type == "RandomStandardNormal"])
"""


@pytest.fixture
def program(tmp_path):
  path = tmp_path / "program.py"
  path.write_text(PROGRAM)
  return str(path)


@pytest.mark.slow
def test_the_launcher_draws_as_1_15(run, program):
  # From 1.15.5: ten operations of w, three constants; in all threads.
  assert run("-m", "tfcompat_rnn", "run", program).strip() == "[13, 19]"


@pytest.mark.slow
def test_native_seeds_are_tensorflow_2s(run, program):
  out = run("-m", "tfcompat_rnn", "run", "--seeds", "native", program)
  assert out.strip() == "[1, 2]"
