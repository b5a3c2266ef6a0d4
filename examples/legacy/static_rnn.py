"""static_rnn: one cell's worth of graph for every time step."""
from __future__ import print_function

import numpy as np
import tensorflow as tf

n_steps = 2
n_inputs = 3
n_neurons = 5

X_batch = np.array([
    [[0.1, 0.2, 0.3], [0.9, 0.8, 0.7]],
    [[0.4, 0.5, 0.6], [0.0, 0.0, 0.0]],
    [[0.7, 0.8, 0.9], [0.6, 0.5, 0.4]],
    [[0.9, 0.0, 0.1], [0.3, 0.2, 0.1]],
])

# first with one placeholder for each step ...
tf.set_random_seed(42)
X0 = tf.placeholder(tf.float32, [None, n_inputs])
X1 = tf.placeholder(tf.float32, [None, n_inputs])
basic_cell = tf.contrib.rnn.BasicRNNCell(num_units=n_neurons)
output_seqs, states = tf.contrib.rnn.static_rnn(basic_cell, [X0, X1],
                                                dtype=tf.float32)
Y0, Y1 = output_seqs
with tf.Session() as sess:
  tf.global_variables_initializer().run()
  Y0_val, Y1_val = sess.run([Y0, Y1], feed_dict={X0: X_batch[:, 0],
                                                 X1: X_batch[:, 1]})
print("output at t = 0:\n", Y0_val)
print("output at t = 1:\n", Y1_val)

# ... then with a single one, cut into steps and put together again
tf.reset_default_graph()
tf.set_random_seed(42)
X = tf.placeholder(tf.float32, [None, n_steps, n_inputs])
X_seqs = tf.unstack(tf.transpose(X, perm=[1, 0, 2]))
basic_cell = tf.contrib.rnn.BasicRNNCell(num_units=n_neurons)
output_seqs, states = tf.contrib.rnn.static_rnn(basic_cell, X_seqs,
                                                dtype=tf.float32)
outputs = tf.transpose(tf.stack(output_seqs), perm=[1, 0, 2])
with tf.Session() as sess:
  tf.global_variables_initializer().run()
  outputs_val, states_val = sess.run([outputs, states], {X: X_batch})
print("outputs", outputs_val.shape)
print(outputs_val)
print("the final state is the last output:",
      np.allclose(states_val, outputs_val[:, -1]))
