"""Three layers with dropout: one graph to train, a second one to predict.

DropoutWrapper drops whenever its graph runs. So the training graph is saved
to a checkpoint, and a graph without dropout is built anew and restored.
"""
from __future__ import print_function

import os
import tempfile

import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
from tensorflow.contrib.layers import fully_connected

flags = tf.app.flags
flags.DEFINE_integer("steps", 600, "training iterations")
flags.DEFINE_string("out", None, "folder for checkpoint and picture")
FLAGS = flags.FLAGS

t_min, t_max = 0., 30.
resolution = 0.1
n_steps = 20
n_inputs = 1
n_neurons = 60
n_layers = 3
n_outputs = 1
keep_prob = 0.8
learning_rate = 0.001
batch_size = 50


def time_series(t):
  return t * np.sin(t) / 3 + 2 * np.sin(5 * t)


def next_batch(batch_size, n_steps):
  t0 = np.random.rand(batch_size, 1) * (t_max - t_min - n_steps * resolution)
  ts = t0 + np.arange(0., n_steps + 1) * resolution
  ys = time_series(ts)
  return (ys[:, :-1].reshape(-1, n_steps, 1),
          ys[:, 1:].reshape(-1, n_steps, 1))


def deep_rnn_with_dropout(is_training):
  X = tf.placeholder(tf.float32, [None, n_steps, n_inputs])
  y = tf.placeholder(tf.float32, [None, n_steps, n_outputs])
  cells = []
  for layer in range(n_layers):
    cell = tf.contrib.rnn.BasicRNNCell(num_units=n_neurons)
    if is_training:
      cell = tf.contrib.rnn.DropoutWrapper(cell, input_keep_prob=keep_prob,
                                           seed=100 + layer)
    cells.append(cell)
  multi_layer_cell = tf.contrib.rnn.MultiRNNCell(cells)
  rnn_outputs, states = tf.nn.dynamic_rnn(multi_layer_cell, X,
                                          dtype=tf.float32)
  stacked_rnn_outputs = tf.reshape(rnn_outputs, [-1, n_neurons])
  stacked_outputs = fully_connected(stacked_rnn_outputs, n_outputs,
                                    activation_fn=None)
  outputs = tf.reshape(stacked_outputs, [-1, n_steps, n_outputs])
  loss = tf.reduce_mean(tf.square(outputs - y))
  optimizer = tf.train.AdamOptimizer(learning_rate=learning_rate)
  training_op = optimizer.minimize(loss)
  return X, y, outputs, loss, training_op


def train(path):
  tf.reset_default_graph()
  tf.set_random_seed(42)
  X, y, outputs, loss, training_op = deep_rnn_with_dropout(is_training=True)
  init = tf.global_variables_initializer()
  saver = tf.train.Saver()
  with tf.Session() as sess:
    init.run()
    for iteration in range(FLAGS.steps):
      X_batch, y_batch = next_batch(batch_size, n_steps)
      _, mse = sess.run([training_op, loss],
                        feed_dict={X: X_batch, y: y_batch})
      if iteration % 100 == 0 or iteration == FLAGS.steps - 1:
        print(iteration, "\tMSE with dropout:", mse)
    return saver.save(sess, path)


def predict(path, t_instance):
  tf.reset_default_graph()
  X, y, outputs, loss, _ = deep_rnn_with_dropout(is_training=False)
  saver = tf.train.Saver()
  with tf.Session() as sess:
    saver.restore(sess, path)
    ys = time_series(t_instance)
    y_pred, mse = sess.run(
        [outputs, loss], feed_dict={X: ys[:-1].reshape(-1, n_steps, n_inputs),
                                    y: ys[1:].reshape(-1, n_steps, n_outputs)})
  print("MSE without dropout:", mse)
  return y_pred[0, :, 0]


def main(_):
  np.random.seed(42)
  out = FLAGS.out or tempfile.mkdtemp()
  save_path = train(os.path.join(out, "my_model.ckpt"))
  print("saved", os.path.basename(save_path))
  t_instance = np.linspace(12.2, 12.2 + resolution * (n_steps + 1),
                           n_steps + 1)
  y_pred = predict(save_path, t_instance)
  print(y_pred)

  plt.title("Testing the model", fontsize=14)
  plt.plot(t_instance[:-1], time_series(t_instance[:-1]), "bo", markersize=10,
           label="instance")
  plt.plot(t_instance[1:], time_series(t_instance[1:]), "y*", markersize=12,
           label="target")
  plt.plot(t_instance[1:], y_pred, "r.", markersize=10, label="prediction")
  plt.legend(loc="upper left")
  plt.xlabel("Time")
  plt.savefig(os.path.join(out, "deep_rnn_dropout.png"))
  print("picture in", out)
  plt.show()


if __name__ == "__main__":
  tf.app.run()
