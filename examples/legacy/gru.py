"""A GRU learns to add the two marked numbers of a long row."""
from __future__ import print_function

import numpy as np
import tensorflow as tf

flags = tf.app.flags
flags.DEFINE_integer("steps", 1200, "training iterations")
FLAGS = flags.FLAGS

n_steps = 16
n_neurons = 48
batch_size = 64
learning_rate = 0.001


def next_batch():
  numbers = np.random.uniform(0, 1, size=(batch_size, n_steps))
  marks = np.zeros((batch_size, n_steps))
  rows = np.arange(batch_size)
  marks[rows, np.random.randint(0, n_steps // 2, batch_size)] = 1
  marks[rows, np.random.randint(n_steps // 2, n_steps, batch_size)] = 1
  X = np.stack([numbers, marks], axis=2)
  return X, (numbers * marks).sum(axis=1, keepdims=True)


def main(_):
  tf.set_random_seed(42)
  np.random.seed(42)
  X = tf.placeholder(tf.float32, [None, n_steps, 2])
  y = tf.placeholder(tf.float32, [None, 1])
  gru_cell = tf.contrib.rnn.GRUCell(num_units=n_neurons)
  outputs, states = tf.nn.dynamic_rnn(gru_cell, X, dtype=tf.float32)
  # a GRU has one state vector, and it is the last output
  W = tf.get_variable("W", [n_neurons, 1])
  b = tf.get_variable("b", [1], initializer=tf.zeros_initializer())
  total = tf.nn.xw_plus_b(states, W, b)
  loss = tf.reduce_mean(tf.squared_difference(total, y))
  optimizer = tf.train.AdamOptimizer(learning_rate)
  gradients, tvars = zip(*optimizer.compute_gradients(loss))
  gradients, norm = tf.clip_by_global_norm(gradients, 1.0)
  training_op = optimizer.apply_gradients(zip(gradients, tvars))

  with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    average = None
    for iteration in range(FLAGS.steps):
      X_batch, y_batch = next_batch()
      _, loss_val, norm_val = sess.run([training_op, loss, norm],
                                       {X: X_batch, y: y_batch})
      average = loss_val if average is None else (0.95 * average
                                                  + 0.05 * loss_val)
      if iteration % 100 == 0 or iteration == FLAGS.steps - 1:
        print(iteration, "\tloss: %.6f" % average,
              "\tgradient norm: %.4f" % norm_val)
    X_batch, y_batch = next_batch()
    y_pred = sess.run(total, {X: X_batch})
  for wanted, got in list(zip(y_batch[:, 0], y_pred[:, 0]))[:5]:
    print("wanted %.3f got %.3f" % (wanted, got))


if __name__ == "__main__":
  tf.app.run()
