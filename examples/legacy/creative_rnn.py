"""Lets a trained predictor go on by itself: each output is its next input."""
from __future__ import print_function

import os
import tempfile

import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf

flags = tf.app.flags
flags.DEFINE_integer("steps", 2000, "training iterations")
flags.DEFINE_integer("length", 300, "length of the sequences to make")
flags.DEFINE_string("out", None, "folder for the picture")
FLAGS = flags.FLAGS

t_min, t_max = 0., 30.
resolution = 0.1
n_steps = 20
n_inputs = 1
n_neurons = 60
n_outputs = 1
learning_rate = 0.0005
batch_size = 50


def time_series(t):
  return t * np.sin(t) / 3 + 2 * np.sin(5 * t)


def next_batch(batch_size, n_steps):
  t0 = np.random.rand(batch_size, 1) * (t_max - t_min - n_steps * resolution)
  ts = t0 + np.arange(0., n_steps + 1) * resolution
  ys = time_series(ts)
  return (ys[:, :-1].reshape(-1, n_steps, 1),
          ys[:, 1:].reshape(-1, n_steps, 1))


def go_on(sess, outputs, X, sequence, length):
  """Appends predictions to `sequence` until it has `length` values."""
  sequence = list(sequence)
  while len(sequence) < length:
    X_batch = np.array(sequence[-n_steps:]).reshape(1, n_steps, 1)
    y_pred = sess.run(outputs, feed_dict={X: X_batch})
    sequence.append(y_pred[0, -1, 0])
  return sequence


def main(_):
  tf.set_random_seed(42)
  np.random.seed(42)
  out = FLAGS.out or tempfile.mkdtemp()

  X = tf.placeholder(tf.float32, [None, n_steps, n_inputs])
  y = tf.placeholder(tf.float32, [None, n_steps, n_outputs])
  cell = tf.contrib.rnn.BasicRNNCell(num_units=n_neurons,
                                     activation=tf.nn.relu)
  rnn_outputs, states = tf.nn.dynamic_rnn(cell, X, dtype=tf.float32)
  stacked_rnn_outputs = tf.reshape(rnn_outputs, [-1, n_neurons])
  stacked_outputs = tf.layers.dense(stacked_rnn_outputs, n_outputs)
  outputs = tf.reshape(stacked_outputs, [-1, n_steps, n_outputs])
  loss = tf.reduce_mean(tf.square(outputs - y))
  optimizer = tf.train.AdamOptimizer(learning_rate=learning_rate)
  training_op = optimizer.minimize(loss)
  init = tf.global_variables_initializer()

  t = np.arange(FLAGS.length) * resolution
  with tf.Session() as sess:
    init.run()
    for iteration in range(FLAGS.steps):
      X_batch, y_batch = next_batch(batch_size, n_steps)
      _, mse = sess.run([training_op, loss],
                        feed_dict={X: X_batch, y: y_batch})
      if iteration % 100 == 0 or iteration == FLAGS.steps - 1:
        print(iteration, "\tMSE:", mse)

    sequence1 = go_on(sess, outputs, X, np.zeros(n_steps), FLAGS.length)
    start = t_max - n_steps * resolution
    seed = time_series(start + np.arange(n_steps) * resolution)
    sequence2 = go_on(sess, outputs, X, seed, FLAGS.length)

  print("from silence:      min %.3f max %.3f" % (min(sequence1),
                                                  max(sequence1)))
  print("from the series:   min %.3f max %.3f" % (min(sequence2),
                                                  max(sequence2)))

  plt.figure(figsize=(11, 4))
  plt.subplot(121)
  plt.title("Grown from zeros")
  plt.plot(t, sequence1, "b-")
  plt.plot(t[:n_steps], sequence1[:n_steps], "b-", linewidth=3)
  plt.xlabel("Time")
  plt.ylabel("Value")
  plt.subplot(122)
  plt.title("Grown from a piece of the series")
  plt.plot(t, sequence2, "b-")
  plt.plot(t[:n_steps], sequence2[:n_steps], "b-", linewidth=3)
  plt.xlabel("Time")
  plt.savefig(os.path.join(out, "creative_rnn.png"))
  print("picture in", out)
  plt.show()


if __name__ == "__main__":
  tf.app.run()
