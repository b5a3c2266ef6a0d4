"""dynamic_rnn: the same layer as a while loop, for any number of steps."""
from __future__ import print_function

import numpy as np
import tensorflow as tf

n_inputs = 3
n_neurons = 5

tf.set_random_seed(42)
np.random.seed(42)

X = tf.placeholder(tf.float32, [None, None, n_inputs])
basic_cell = tf.contrib.rnn.BasicRNNCell(num_units=n_neurons)
outputs, states = tf.nn.dynamic_rnn(basic_cell, X, dtype=tf.float32)
init = tf.global_variables_initializer()

print(outputs)
for variable in tf.trainable_variables():
  print(variable.name, variable.get_shape().as_list())

with tf.Session() as sess:
  init.run()
  for n_steps in [2, 7]:
    X_batch = np.random.uniform(-1, 1, size=(4, n_steps, n_inputs))
    outputs_val, states_val = sess.run([outputs, states], {X: X_batch})
    print("%d steps:" % n_steps, outputs_val.shape)
    print(outputs_val[0])
    print("the final state is the last output:",
          np.allclose(states_val, outputs_val[:, -1]))
