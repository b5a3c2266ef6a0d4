"""Reads each digit row by row, top to bottom, and names it at the end."""
from __future__ import print_function

import numpy as np
import tensorflow as tf
from tensorflow.contrib.layers import fully_connected
from tensorflow.examples.tutorials.mnist import input_data

from make_digits import make_digits

flags = tf.app.flags
flags.DEFINE_string("data", "MNIST_data", "folder of the four MNIST files")
flags.DEFINE_integer("epochs", 8, "how often to go over the training set")
FLAGS = flags.FLAGS

n_steps = 28
n_inputs = 28
n_neurons = 150
n_outputs = 10
learning_rate = 0.0005
batch_size = 150


def main(_):
  tf.set_random_seed(42)

  X = tf.placeholder(tf.float32, [None, n_steps, n_inputs])
  y = tf.placeholder(tf.int32, [None])

  basic_cell = tf.contrib.rnn.BasicRNNCell(num_units=n_neurons)
  outputs, states = tf.nn.dynamic_rnn(basic_cell, X, dtype=tf.float32)

  logits = fully_connected(states, n_outputs, activation_fn=None)
  xentropy = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=y,
                                                            logits=logits)
  loss = tf.reduce_mean(xentropy)
  optimizer = tf.train.AdamOptimizer(learning_rate=learning_rate)
  training_op = optimizer.minimize(loss)
  correct = tf.nn.in_top_k(logits, y, 1)
  accuracy = tf.reduce_mean(tf.cast(correct, tf.float32))
  init = tf.global_variables_initializer()

  mnist = input_data.read_data_sets(make_digits(FLAGS.data),
                                    validation_size=400)
  X_test = mnist.test.images.reshape((-1, n_steps, n_inputs))
  y_test = mnist.test.labels

  with tf.Session() as sess:
    init.run()
    for epoch in range(FLAGS.epochs):
      losses = []
      for _ in range(mnist.train.num_examples // batch_size):
        X_batch, y_batch = mnist.train.next_batch(batch_size)
        X_batch = X_batch.reshape((-1, n_steps, n_inputs))
        feed = {X: X_batch, y: y_batch}
        loss_val, _ = sess.run([loss, training_op], feed_dict=feed)
        losses.append(loss_val)
      acc_train = accuracy.eval(feed_dict=feed)
      acc_test = accuracy.eval(feed_dict={X: X_test, y: y_test})
      print("epoch", epoch, "loss: %.5f" % np.mean(losses),
            "train accuracy: %.4f" % acc_train,
            "test accuracy: %.4f" % acc_test)


if __name__ == "__main__":
  tf.app.run()
