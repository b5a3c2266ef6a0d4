"""Sequences of unequal length: padded, with sequence_length."""
from __future__ import print_function

import numpy as np
import tensorflow as tf

n_steps = 3
n_inputs = 3
n_neurons = 5

tf.set_random_seed(42)

X = tf.placeholder(tf.float32, [None, n_steps, n_inputs])
seq_length = tf.placeholder(tf.int32, [None])
basic_cell = tf.contrib.rnn.BasicRNNCell(num_units=n_neurons)
outputs, states = tf.nn.dynamic_rnn(basic_cell, X, dtype=tf.float32,
                                    sequence_length=seq_length)

# rows of zeros fill up what is short
X_batch = np.array([
    [[0.1, 0.2, 0.3], [0.9, 0.8, 0.7], [0.5, 0.1, 0.5]],
    [[0.4, 0.5, 0.6], [0.0, 0.0, 0.0], [0.0, 0.0, 0.0]],
    [[0.7, 0.8, 0.9], [0.6, 0.5, 0.4], [0.0, 0.0, 0.0]],
    [[0.9, 0.0, 0.1], [0.3, 0.2, 0.1], [0.2, 0.2, 0.8]],
])
seq_length_batch = np.array([3, 1, 2, 3])

with tf.Session() as sess:
  tf.global_variables_initializer().run()
  outputs_val, states_val = sess.run(
      [outputs, states],
      feed_dict={X: X_batch, seq_length: seq_length_batch})

print("outputs (zeros past the end of a sequence):")
print(outputs_val)
print("final states (each sequence's own last step):")
print(states_val)
for i, length in enumerate(seq_length_batch):
  assert np.all(outputs_val[i, length:] == 0)
  assert np.allclose(outputs_val[i, length - 1], states_val[i])
