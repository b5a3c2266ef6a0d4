"""State in variables, assigned in the run that takes the gradients."""

import numpy as np
import tensorflow as tf

tf.set_random_seed(3)
x = tf.placeholder(tf.float32, [4, 6, 3], "x")
cell = tf.nn.rnn_cell.BasicLSTMCell(8)
zero = cell.zero_state(4, tf.float32)
state = tf.nn.rnn_cell.LSTMStateTuple(
    tf.Variable(zero.c, trainable=False), tf.Variable(zero.h, trainable=False))
outputs, final = tf.nn.dynamic_rnn(cell, x, initial_state=state)
keep = [old.assign(new) for old, new in zip(state, final)]
slopes = tf.gradients(tf.reduce_sum(tf.square(outputs)),
                      tf.trainable_variables())

random = np.random.RandomState(5)
with tf.Session() as session:
  session.run(tf.global_variables_initializer())
  for _ in range(4):
    session.run([slopes, keep], {x: random.standard_normal([4, 6, 3])})
