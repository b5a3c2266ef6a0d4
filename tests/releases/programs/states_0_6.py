"""Loops of 0.6, which returned the states of all steps."""
import numpy as np
import tensorflow as tf
from tensorflow.models.rnn import linear
from tensorflow.models.rnn import rnn
from tensorflow.models.rnn import rnn_cell
from tensorflow.models.rnn import seq2seq

rng = np.random.RandomState(11)
x = tf.placeholder("float", [None, 4, 3])
istate = tf.placeholder("float", [None, 2 * 5])
lstm_cell = rnn_cell.BasicLSTMCell(5, forget_bias=1.0)
_X = tf.split(0, 4, tf.reshape(tf.transpose(x, [1, 0, 2]), [-1, 3]))
outputs, states = rnn.rnn(lstm_cell, _X, initial_state=istate)
last = states[-1]
with tf.variable_scope("decoder"):
  cell = rnn_cell.GRUCell(5)
  decoded, dstates = seq2seq.rnn_decoder(_X, tf.slice(last, [0, 0], [-1, 5]),
                                         cell)
score = linear.linear([outputs[-1], dstates[-1]], 2, True, 0.5)
score2 = linear.linear(score, 2, False, scope="Second")
with tf.Session() as sess:
  sess.run(tf.initialize_all_variables())
  for v in tf.trainable_variables():
    sess.run(v.assign(rng.uniform(-.5, .5, v.get_shape().as_list())))
  feed = {x: rng.normal(size=[2, 4, 3]), istate: np.zeros((2, 10))}
  for value in [last, dstates[-1], score, score2, decoded[-1]]:
    found = sess.run(value, feed)
    print(found.shape, "%.5f %.5f" % (found.sum(), (found ** 2).sum()))
  print(len(states), len(dstates))
