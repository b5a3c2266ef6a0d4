"""The same prediction, faster: one dense layer over all steps at once."""
from __future__ import print_function

import os
import tempfile

import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
from tensorflow.contrib.layers import fully_connected

flags = tf.app.flags
flags.DEFINE_integer("steps", 1500, "training iterations")
flags.DEFINE_string("out", None, "folder for the picture")
FLAGS = flags.FLAGS

t_min, t_max = 0., 30.
resolution = 0.1
n_steps = 20
n_inputs = 1
n_neurons = 60
n_outputs = 1
learning_rate = 0.0004
batch_size = 50


def time_series(t):
  return t * np.sin(t) / 3 + 2 * np.sin(5 * t)


def next_batch(batch_size, n_steps):
  t0 = np.random.rand(batch_size, 1) * (t_max - t_min - n_steps * resolution)
  ts = t0 + np.arange(0., n_steps + 1) * resolution
  ys = time_series(ts)
  return (ys[:, :-1].reshape(-1, n_steps, 1),
          ys[:, 1:].reshape(-1, n_steps, 1))


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
  stacked_outputs = fully_connected(stacked_rnn_outputs, n_outputs,
                                    activation_fn=None)
  outputs = tf.reshape(stacked_outputs, [-1, n_steps, n_outputs])
  print(stacked_rnn_outputs)
  print(stacked_outputs)
  print(outputs)

  loss = tf.reduce_sum(tf.square(outputs - y))
  optimizer = tf.train.AdamOptimizer(learning_rate=learning_rate)
  training_op = optimizer.minimize(loss)
  init = tf.global_variables_initializer()

  t_instance = np.linspace(12.2, 12.2 + resolution * (n_steps + 1),
                           n_steps + 1)
  with tf.Session() as sess:
    init.run()
    for iteration in range(FLAGS.steps):
      X_batch, y_batch = next_batch(batch_size, n_steps)
      _, mse = sess.run([training_op, loss],
                        feed_dict={X: X_batch, y: y_batch})
      if iteration % 100 == 0 or iteration == FLAGS.steps - 1:
        print(iteration, "\tsquared error:", mse)
    X_new = time_series(t_instance[:-1].reshape(-1, n_steps, n_inputs))
    y_pred = sess.run(outputs, feed_dict={X: X_new})
  print(y_pred[0, :, 0])

  plt.title("Testing the model", fontsize=14)
  plt.plot(t_instance[:-1], time_series(t_instance[:-1]), "bo", markersize=10,
           label="instance")
  plt.plot(t_instance[1:], time_series(t_instance[1:]), "y*", markersize=12,
           label="target")
  plt.plot(t_instance[1:], y_pred[0, :, 0], "r.", markersize=10,
           label="prediction")
  plt.legend(loc="upper left")
  plt.xlabel("Time")
  plt.savefig(os.path.join(out, "time_series_reshape.png"))
  print("picture in", out)
  plt.show()


if __name__ == "__main__":
  tf.app.run()
