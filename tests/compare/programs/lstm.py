"""A seeded LSTM with dropout and Adam, 25 steps."""
import numpy as np
import tensorflow as tf
import faults

faults.plant()
tf.set_random_seed(42)
np.random.seed(42)
X = tf.placeholder(tf.float32, [None, 6, 3])
y = tf.placeholder(tf.float32, [None, 1])
cell = tf.nn.rnn_cell.LSTMCell(8)
outputs, state = tf.nn.dynamic_rnn(cell, X, dtype=tf.float32)
hidden = tf.nn.dropout(state.h, .9)
W = tf.Variable(tf.truncated_normal([8, 1], stddev=.3), name='W')
b = tf.Variable(tf.random_uniform([1]), name='b')
loss = tf.reduce_mean(tf.square(tf.matmul(hidden, W) + b - y))
train = tf.train.AdamOptimizer(.01).minimize(loss)

with tf.Session() as sess:
  sess.run(tf.global_variables_initializer())
  for step in range(25):
    x_batch = np.random.uniform(-1, 1, [20, 6, 3])
    y_batch = x_batch.sum(axis=1)[:, :1]
    _, loss_ = sess.run([train, loss], {X: x_batch, y: y_batch})
  print(loss_)
  final = sess.run({'outputs': outputs, 'state': state}, {X: x_batch})
