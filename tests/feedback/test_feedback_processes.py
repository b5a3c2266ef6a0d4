"""In separate processes: TensorFlow 2 behavior, and an old script."""

import pathlib

import pytest

ROOT = pathlib.Path(__file__).parents[2]

# TensorFlow 2 behavior: eager execution outside, resource variables and control
# flow v2 in the graph.
TF2 = """
import numpy as np
import tensorflow as tf2
import tfcompat_rnn
from tfcompat_rnn import cells
from tfcompat_rnn.feedback import choice
assert tf2.executing_eagerly()
tf = tf2.compat.v1
with tf.Graph().as_default() as graph:
  tf.set_random_seed(2)
  ids = tf.placeholder(tf.int32, [None, None])
  table = tf.get_variable("table", [7, 3])
  embed = lambda symbols: tf.nn.embedding_lookup(table, symbols)
  cell = cells.MultiRNNCell([cells.LSTMCell(5), cells.GRUCell(4)])
  project = lambda y: tf.matmul(y, tf.get_variable("project", [4, 7])) * 4
  state = tfcompat_rnn.feedable_state(cell, inputs=ids)
  model = tfcompat_rnn.teacher_forcing_rnn(
      cell, embed(ids), state, processing=project)
  names = [v.name for v in tf.global_variables()]
  choose = choice.top_k(5, 1.3, seed=4)
  _, primed = tfcompat_rnn.dynamic_rnn(
      cell, embed(ids[:, :-1]), initial_state=state)
  settings = dict(processing=project, choice=choose, next_input=embed)
  result = tfcompat_rnn.self_feeding_rnn(
      cell, embed(ids[:, -1]), primed, steps=9, reuse=True, **settings)
  scheduled = tfcompat_rnn.scheduled_sampling_rnn(
      cell, embed(ids), 0.5, state, reuse=True, **settings)
  slopes = tf.gradients(
      tf.reduce_sum(result.outputs ** 2)
      + tf.reduce_sum(scheduled.outputs ** 2), tf.trainable_variables())
  assert None not in slopes
  assert [v.name for v in tf.global_variables()] == names
  assert any(op.type in ("While", "StatelessWhile")
             for op in graph.get_operations())
  with tf.Session() as session:
    session.run(tf.global_variables_initializer())
    graph.finalize()
    prime = [[1, 2, 3], [4, 5, 6]]
    there = session.run(result.choices, {ids: prime})
    ours = tfcompat_rnn.generate(
        session, ids, model.outputs, prime, 9, choice=choose,
        initial_state=state, final_state=model.final_state)
    np.testing.assert_array_equal(ours.choices, there)
    session.run(slopes, {ids: prime})
    print("same", there.shape, len(set(there.ravel())) > 2)
try:
  tfcompat_rnn.self_feeding_rnn(cell, tf2.zeros([1, 3]), steps=1)
except tfcompat_rnn._errors.RefusedError as error:
  print(error)
"""

OLD_SCRIPT = """
from __future__ import print_function
import numpy as np
import tensorflow as tf
import tfcompat_rnn

tf.set_random_seed(1)
X = tf.placeholder(tf.float32, [None, None, 1])
cell = tf.contrib.rnn.BasicLSTMCell(6)
state = cell.zero_state(tf.shape(X)[0], tf.float32)
dense = tf.layers.Dense(1)
outputs, last = tf.nn.dynamic_rnn(cell, X, initial_state=state)
pred = dense(outputs)
Yo, Ho = tfcompat_rnn.self_feeding_rnn(
    cell, X[:, 0], state, processing=dense, steps=8)
print([v.name for v in tf.global_variables()])
with tf.Session() as sess:
  sess.run(tf.global_variables_initializer())
  first = np.array([[[0.5]], [[-1.0]]])
  there = sess.run(Yo, {X: first})
  here, _ = tfcompat_rnn.generate(
      sess, X, pred, first, 8, initial_state=state, final_state=last)
  print("equal:", np.array_equal(here, there), here.shape)
"""


@pytest.fixture
def python(forked):
  """Runs Python with arguments; returns what it prints."""
  def run(*arguments):
    done = forked.run(arguments, ROOT)
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout
  return run


@pytest.mark.slow
def test_under_the_behaviour_of_tensorflow_2(python):
  said = python("-c", TF2)
  assert said.splitlines()[0] == "same (2, 9) True"
  assert said.splitlines()[1].startswith(
      "`self_feeding_rnn` must be called while a graph is built, got eager")


@pytest.mark.slow
def test_in_an_old_script_under_the_launcher(python, tmp_path):
  script = tmp_path / "old.py"
  script.write_text(OLD_SCRIPT)
  said = python("-m", "tfcompat_rnn", "run", str(script)).splitlines()
  assert said == [
      "['rnn/basic_lstm_cell/kernel:0', 'rnn/basic_lstm_cell/bias:0', "
      "'dense/kernel:0', 'dense/bias:0']",
      "equal: True (2, 8, 1)"]
