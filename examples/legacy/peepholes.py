"""LSTM with and without peepholes: how long was the pause between spikes?"""
from __future__ import print_function

import os
import tempfile

import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf

flags = tf.app.flags
flags.DEFINE_integer("steps", 400, "training iterations of each network")
flags.DEFINE_string("out", None, "folder for the picture")
FLAGS = flags.FLAGS

n_steps = 24
n_neurons = 24
batch_size = 64
learning_rate = 0.005


def next_batch():
  """Zeros with two ones; the target is the distance between them, 0 to 1."""
  first = np.random.randint(0, n_steps // 2, size=batch_size)
  pause = np.random.randint(1, n_steps // 2, size=batch_size)
  X = np.zeros((batch_size, n_steps, 1))
  rows = np.arange(batch_size)
  X[rows, first, 0] = 1
  X[rows, first + pause, 0] = 1
  return X, pause.reshape(-1, 1) / float(n_steps)


def train(use_peepholes):
  tf.reset_default_graph()
  tf.set_random_seed(42)
  np.random.seed(42)
  X = tf.placeholder(tf.float32, [None, n_steps, 1])
  y = tf.placeholder(tf.float32, [None, 1])
  lstm_cell = tf.contrib.rnn.LSTMCell(num_units=n_neurons,
                                      use_peepholes=use_peepholes)
  outputs, states = tf.nn.dynamic_rnn(lstm_cell, X, dtype=tf.float32)
  prediction = tf.layers.dense(states.h, 1, name="prediction")
  loss = tf.losses.mean_squared_error(y, prediction)
  optimizer = tf.train.AdamOptimizer(learning_rate)
  training_op = optimizer.minimize(loss)
  for v in tf.trainable_variables():
    print("  ", v.name, v.get_shape().as_list())
  losses = []
  with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    for iteration in range(FLAGS.steps):
      X_batch, y_batch = next_batch()
      _, loss_val = sess.run([training_op, loss], {X: X_batch, y: y_batch})
      losses.append(loss_val)
      if iteration % 100 == 0 or iteration == FLAGS.steps - 1:
        print(iteration, "\tloss: %.6f" % loss_val)
  return losses


def main(_):
  out = FLAGS.out or tempfile.mkdtemp()
  plt.figure(figsize=(7, 4))
  for use_peepholes, colour in [(False, "b"), (True, "r")]:
    name = "with peepholes" if use_peepholes else "without peepholes"
    print(name)
    losses = train(use_peepholes)
    plt.semilogy(losses, colour, label=name, alpha=0.7)
  plt.xlabel("Iteration")
  plt.ylabel("Mean squared error")
  plt.legend()
  plt.savefig(os.path.join(out, "peepholes.png"))
  print("picture in", out)
  plt.show()


if __name__ == "__main__":
  tf.app.run()
