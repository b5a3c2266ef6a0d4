"""What importing `tfcompat_rnn.tf1` does to a process: nothing by itself."""

import os
import subprocess
import sys
import textwrap

import pytest

BESIDE_KERAS = """
import builtins, importlib, sys
before = builtins.__import__, importlib.import_module
import numpy as np
import tensorflow as tf2
import keras
import tfcompat_rnn.tf1 as tf
assert (builtins.__import__, importlib.import_module) == before
assert sys.modules["tensorflow"] is tf2 and tf is not tf2
assert tf2.executing_eagerly() and keras.__version__.startswith("3.")

class Mine(tf.nn.rnn_cell.RNNCell):
  state_size = output_size = 2
  def call(self, inputs, state):
    return state, inputs + state

def activation(x, f=tf.tanh):
  return f(x)

tf.logging.set_verbosity(tf.logging.ERROR)
tf.flags.DEFINE_string("a", "b", "c")
tf.gfile.Exists("/nowhere")
config = tf.ConfigProto(allow_soft_placement=True)
graph = tf.Graph()
cell = tf.nn.rnn_cell.LSTMCell(3)
initial = tf.random_uniform_initializer(-1, 1)
optimizer = tf.train.AdamOptimizer(0.1)
tf.train.latest_checkpoint("/nowhere")
class Custom(tf.train.Optimizer): pass
class Holder(tf.Variable): pass
assert issubclass(Custom, tf2.compat.v1.train.Optimizer)
assert Holder.__mro__[1] is tf2.compat.v1.Variable
assert tf.Session == tf2.compat.v1.Session
assert tf.nn.relu.__name__ == "relu"
assert tf2.executing_eagerly()

def kind(x):
  return isinstance(x, tf.Variable), isinstance(x, tf.Tensor)

for value in (tf2.Variable(1.0), tf2.constant(1.0), 1.0):
  assert kind(value) == (isinstance(value, tf2.compat.v1.Variable),
                         isinstance(value, tf2.Tensor))
with tf.Graph().as_default():
  x = tf.placeholder(tf.float32, [None, 4, 2])
  outputs, state = tf.nn.dynamic_rnn(Mine(), x, dtype=tf.float32)
  w = tf.get_variable("w", initializer=1.0)
  loss = tf.reduce_sum(activation(state * w))
  train = tf.train.GradientDescentOptimizer(0.1).minimize(loss)
  with tf.Session() as session:
    session.run(tf.global_variables_initializer())
    total = session.run(state, {x: np.ones([1, 4, 2])})
    session.run(train, {x: np.ones([1, 4, 2])})
  assert total.tolist() == [[4.0, 4.0]], total
assert tf2.executing_eagerly()
model = keras.Sequential([keras.layers.LSTM(3), keras.layers.Dense(1)])
model.compile("adam", "mse", run_eagerly=True)
model.fit(np.ones([4, 5, 2], "float32"), np.ones([4, 1], "float32"),
          verbose=0)
assert float(tf2.constant(2.0).numpy() + 1) == 3.0

@tf2.function
def traced(x):
  return tf.nn.relu(x) + tf.reduce_sum(x)

assert traced(tf2.constant([-1.0, 2.0])).numpy().tolist() == [1.0, 3.0]
assert tf2.executing_eagerly()
print("beside", "warnings" in sys.modules)
"""

ONE_LINE_EDIT = """
import warnings
import tfcompat_rnn.tf1 as tf

flags = tf.app.flags
flags.DEFINE_integer("n", 2, "steps")
x = tf.placeholder(tf.float32, [None, 2], name="x")
w = tf.Variable([[1.0], [2.0]], name="w")
assert w.op.type == "VariableV2", w.op.type
assert x.get_shape()[1].value == 2
y = tf.matmul(x, w)

def main(_):
  with tf.Session() as session:
    session.run(tf.global_variables_initializer())
    print("edited", session.run(y, {x: [[3.0, 4.0]]}).tolist())

if __name__ == "__main__":
  tf.app.run()
"""

WANTS_EAGER = """
import tfcompat_rnn.tf1 as tf
tf.enable_eager_execution()
print("eager", (tf.constant(2.0) * 3).numpy())
"""


def run(source, *options):
  environment = dict(os.environ, TF_CPP_MIN_LOG_LEVEL="3",
                     CUDA_VISIBLE_DEVICES="")
  environment.pop("TF_USE_LEGACY_KERAS", None)
  return subprocess.run(
      [sys.executable, *options, "-c", textwrap.dedent(source)],
      env=environment, capture_output=True, text=True, timeout=300,
      cwd=os.path.join(os.path.dirname(__file__), "..", ".."))


def check(done, expected):
  assert done.returncode == 0, done.stderr[-3000:]
  assert done.stdout.strip().splitlines()[-1] == expected


@pytest.mark.slow
def test_keras_3_and_tensorflow_2_go_on_beside_it():
  done = run(BESIDE_KERAS)
  check(done, "beside True")
  assert "1.x behaviour is on" not in done.stderr


@pytest.mark.slow
def test_a_script_edited_in_one_line():
  done = run(ONE_LINE_EDIT)
  check(done, "edited [[11.0]]")
  assert done.stderr.count("TensorFlow 1.x behaviour is on") == 1
  # It points at the user's first building line.
  assert "<string>:7:" in done.stderr
  assert "non-resource variables" not in done.stderr


@pytest.mark.slow
def test_a_script_that_asks_for_eager_gets_it():
  done = run(WANTS_EAGER)
  check(done, "eager 6.0")
  assert "1.x behaviour is on" not in done.stderr


@pytest.mark.slow
def test_import_of_the_package_loads_no_tensorflow():
  done = run("import sys, tfcompat_rnn, tfcompat_rnn.namespace.tables\n"
             "print(any(m.split('.')[0] == 'tensorflow' "
             "for m in sys.modules))")
  check(done, "False")
