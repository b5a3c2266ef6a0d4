"""Two cells of our own: one with __call__, one with build and call."""
from __future__ import print_function

import numpy as np
import tensorflow as tf
from tensorflow.python.ops.rnn_cell import RNNCell

flags = tf.app.flags
flags.DEFINE_integer("steps", 300, "training iterations")
FLAGS = flags.FLAGS

n_steps = 12
batch_size = 64


class MinimalGatedCell(RNNCell):
  """A single gate decides what to forget and what to look back at."""

  def __init__(self, num_units, activation=tf.nn.tanh):
    super(MinimalGatedCell, self).__init__()
    self._num_units = num_units
    self._activation = activation

  @property
  def state_size(self):
    return self._num_units

  @property
  def output_size(self):
    return self._num_units

  def __call__(self, inputs, state, scope=None):
    with tf.variable_scope(scope or type(self).__name__):
      depth = inputs.get_shape()[1].value + self._num_units
      W_f = tf.get_variable("W_f", [depth, self._num_units])
      b_f = tf.get_variable("b_f", [self._num_units],
                            initializer=tf.constant_initializer(1.0))
      W_h = tf.get_variable("W_h", [depth, self._num_units])
      b_h = tf.get_variable("b_h", [self._num_units],
                            initializer=tf.constant_initializer(0.0))
      f = tf.sigmoid(tf.matmul(tf.concat([inputs, state], 1), W_f) + b_f)
      h = self._activation(
          tf.matmul(tf.concat([inputs, f * state], 1), W_h) + b_h)
      new_state = f * state + (1 - f) * h
      return new_state, new_state


class SlowCell(tf.nn.rnn_cell.RNNCell):
  """A leaky layer: each unit has its own learned slowness."""

  def __init__(self, num_units, reuse=None, name=None):
    super(SlowCell, self).__init__(_reuse=reuse, name=name)
    self._num_units = num_units

  @property
  def state_size(self):
    return self._num_units

  @property
  def output_size(self):
    return self._num_units

  def build(self, inputs_shape):
    input_depth = inputs_shape[1].value
    self._kernel = self.add_variable("kernel", [input_depth, self._num_units])
    self._recurrent = self.add_variable(
        "recurrent", [self._num_units, self._num_units],
        initializer=tf.orthogonal_initializer())
    self._slowness = self.add_variable(
        "slowness", [self._num_units],
        initializer=tf.constant_initializer(np.linspace(-2, 2,
                                                        self._num_units)))
    self.built = True

  def call(self, inputs, state):
    rate = tf.sigmoid(self._slowness)
    new = tf.tanh(tf.matmul(inputs, self._kernel) +
                  tf.matmul(state, self._recurrent))
    output = rate * new + (1 - rate) * state
    return output, output


def next_batch():
  """Rows of +1 and -1; the target is their running sum, scaled."""
  X = np.random.choice([-1.0, 1.0], size=(batch_size, n_steps, 1))
  return X, np.cumsum(X, axis=1) / n_steps


def main(_):
  tf.set_random_seed(42)
  np.random.seed(42)
  X = tf.placeholder(tf.float32, [None, n_steps, 1])
  y = tf.placeholder(tf.float32, [None, n_steps, 1])
  cell = tf.nn.rnn_cell.MultiRNNCell([MinimalGatedCell(24), SlowCell(24)])
  initial_state = cell.zero_state(tf.shape(X)[0], tf.float32)
  outputs, states = tf.nn.dynamic_rnn(cell, X, initial_state=initial_state)
  prediction = tf.contrib.layers.fully_connected(outputs, 1,
                                                 activation_fn=None)
  loss = tf.reduce_mean(tf.square(prediction - y))
  training_op = tf.train.RMSPropOptimizer(0.001).minimize(loss)
  for v in tf.trainable_variables():
    print(v.op.name, v.shape)
  with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    for iteration in range(FLAGS.steps):
      X_batch, y_batch = next_batch()
      _, loss_val = sess.run([training_op, loss], {X: X_batch, y: y_batch})
      if iteration % 50 == 0 or iteration == FLAGS.steps - 1:
        print(iteration, "\tloss: %.6f" % loss_val)
    X_batch, y_batch = next_batch()
    y_pred = sess.run(prediction, {X: X_batch})
  print("wanted", np.round(y_batch[0, :, 0], 2))
  print("got   ", np.round(y_pred[0, :, 0], 2))


if __name__ == "__main__":
  tf.app.run()
