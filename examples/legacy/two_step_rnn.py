"""A recurrent layer of five neurons over two time steps, written by hand."""
from __future__ import print_function

import numpy as np
import tensorflow as tf

n_inputs = 3
n_neurons = 5

tf.set_random_seed(42)

X0 = tf.placeholder(tf.float32, [None, n_inputs], name="X0")
X1 = tf.placeholder(tf.float32, [None, n_inputs], name="X1")

Wx = tf.Variable(tf.random_normal([n_inputs, n_neurons]), name="Wx")
Wy = tf.Variable(tf.random_normal([n_neurons, n_neurons]), name="Wy")
b = tf.Variable(tf.zeros([1, n_neurons]), name="b")

# the second step sees its own input and what the first step put out
Y0 = tf.tanh(tf.matmul(X0, Wx) + b)
Y1 = tf.tanh(tf.matmul(Y0, Wy) + tf.matmul(X1, Wx) + b)

init = tf.global_variables_initializer()

# four sequences, each of two vectors
X0_batch = np.array([[0.1, 0.2, 0.3], [0.4, 0.5, 0.6],
                     [0.7, 0.8, 0.9], [0.9, 0.0, 0.1]])
X1_batch = np.array([[0.9, 0.8, 0.7], [0.0, 0.0, 0.0],
                     [0.6, 0.5, 0.4], [0.3, 0.2, 0.1]])

with tf.Session() as sess:
  sess.run(init)
  Y0_val, Y1_val = sess.run([Y0, Y1], feed_dict={X0: X0_batch, X1: X1_batch})

print("output at t = 0:")
print(Y0_val)
print("output at t = 1:")
print(Y1_val)
