"""Two small training programs, whose meta graph and checkpoint 1.15 wrote.

This file runs unchanged on Python 3.7 with TensorFlow 1.15, and here. `build`
makes the graph; the generator trains and saves it, and the test restores it.
"""

import collections

from oracle import measure

BATCH, TIME, DEPTH, UNITS, CLASSES = 2, 4, 3, 5, 2

# A model: what is built, what programs fetch by name, what they feed.
Model = collections.namedtuple("Model", "name build feeds fetches")


def _project(tf, flat, name):
  """A projection written by hand, as in old programs."""
  width = flat.shape.as_list()[-1]
  with tf.variable_scope(name):
    weights = tf.get_variable(
        "weights", [width, CLASSES],
        initializer=tf.truncated_normal_initializer(stddev=0.1))
    biases = tf.get_variable(
        "biases", [CLASSES], initializer=tf.zeros_initializer())
  return tf.nn.xw_plus_b(flat, weights, biases, name="logits")


def _lstm(tf):
  """Regression on every step, trained by Adam with clipped gradients."""
  x = tf.placeholder(tf.float32, [None, TIME, DEPTH], name="x")
  y = tf.placeholder(tf.float32, [None, TIME, CLASSES], name="y")
  cell = tf.nn.rnn_cell.BasicLSTMCell(UNITS)
  outputs, state = tf.nn.dynamic_rnn(cell, x, dtype=tf.float32)
  tf.identity(state.h, name="last")
  logits = _project(tf, tf.reshape(outputs, [-1, UNITS]), "output")
  prediction = tf.reshape(logits, [-1, TIME, CLASSES], name="prediction")
  loss = tf.reduce_mean(tf.square(prediction - y), name="loss")
  step = tf.train.get_or_create_global_step()
  variables = tf.trainable_variables()
  gradients, _ = tf.clip_by_global_norm(tf.gradients(loss, variables), 1.0)
  tf.train.AdamOptimizer(0.01).apply_gradients(
      list(zip(gradients, variables)), global_step=step, name="train")
  return tf.train.Saver()


def _gru(tf):
  """Classification from both directions, trained by gradient descent."""
  x = tf.placeholder(tf.float32, [None, None, DEPTH], name="x")
  y = tf.placeholder(tf.int32, [None], name="y")
  lengths = tf.placeholder(tf.int32, [None], name="lengths")
  _, states = tf.nn.bidirectional_dynamic_rnn(
      tf.nn.rnn_cell.GRUCell(UNITS), tf.nn.rnn_cell.GRUCell(UNITS), x,
      sequence_length=lengths, dtype=tf.float32)
  both = tf.concat(states, 1, name="last")
  logits = _project(tf, both, "output")
  tf.nn.softmax(logits, name="prediction")
  loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(
      labels=y, logits=logits), name="loss")
  tf.train.GradientDescentOptimizer(0.5).minimize(loss, name="train")
  return tf.train.Saver()


MODELS = collections.OrderedDict([
    ("lstm", Model(
        "lstm", _lstm, {
            "x:0": measure.numbers_for("lstm/x", [BATCH, TIME, DEPTH]),
            "y:0": measure.numbers_for("lstm/y", [BATCH, TIME, CLASSES])},
        ["prediction:0", "last:0", "loss:0", "rnn/transpose_1:0",
         "rnn/while/Exit_3:0", "rnn/while/Exit_4:0",
         "rnn/basic_lstm_cell/kernel/read:0",
         "rnn/basic_lstm_cell/bias:0"])),
    ("gru", Model(
        "gru", _gru, {
            "x:0": measure.numbers_for("gru/x", [BATCH, TIME, DEPTH]),
            "y:0": [1, 0], "lengths:0": [4, 2]},
        ["prediction:0", "last:0", "loss:0",
         "bidirectional_rnn/fw/fw/transpose_1:0",
         "bidirectional_rnn/bw/bw/while/Exit_3:0", "ReverseSequence:0",
         "bidirectional_rnn/fw/gru_cell/gates/kernel/read:0",
         "bidirectional_rnn/bw/gru_cell/candidate/bias:0"])),
])


def train(session, feeds, steps):
  """Returns the loss before each of `steps` training steps."""
  losses = []
  for _ in range(steps):
    losses.append(session.run("loss:0", feeds))
    session.run("train", feeds)
  return losses
