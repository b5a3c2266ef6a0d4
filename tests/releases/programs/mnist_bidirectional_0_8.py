"""A bidirectional LSTM over the rows of images, as the tutorials had it."""
import numpy as np
import tensorflow as tf
from tensorflow.python.ops import rnn
from tensorflow.python.ops import rnn_cell

n_input = 4
n_steps = 5
n_hidden = 6
n_classes = 3

x = tf.placeholder("float", [None, n_steps, n_input])
istate_fw = tf.placeholder("float", [None, 2*n_hidden])
istate_bw = tf.placeholder("float", [None, 2*n_hidden])
y = tf.placeholder("float", [None, n_classes])

rng = np.random.RandomState(2)
weights = {
    'hidden': tf.Variable(rng.normal(size=[n_input, 2*n_hidden]).astype("f")),
    'out': tf.Variable(rng.normal(size=[2*n_hidden, n_classes]).astype("f"))
}
biases = {
    'hidden': tf.Variable(rng.normal(size=[2*n_hidden]).astype("f")),
    'out': tf.Variable(rng.normal(size=[n_classes]).astype("f"))
}


def BiRNN(_X, _istate_fw, _istate_bw, _weights, _biases):
  _X = tf.transpose(_X, [1, 0, 2])
  _X = tf.reshape(_X, [-1, n_input])
  _X = tf.matmul(_X, _weights['hidden']) + _biases['hidden']
  lstm_fw_cell = rnn_cell.BasicLSTMCell(n_hidden, forget_bias=1.0)
  lstm_bw_cell = rnn_cell.BasicLSTMCell(n_hidden, forget_bias=1.0)
  _X = tf.split(0, n_steps, _X)
  outputs, _, _ = rnn.bidirectional_rnn(
      lstm_fw_cell, lstm_bw_cell, _X,
      initial_state_fw=_istate_fw, initial_state_bw=_istate_bw)
  return tf.matmul(outputs[-1], _weights['out']) + _biases['out']


pred = BiRNN(x, istate_fw, istate_bw, weights, biases)
cost = tf.reduce_mean(tf.nn.softmax_cross_entropy_with_logits(pred, y))
optimizer = tf.train.AdamOptimizer(learning_rate=0.05).minimize(cost)
correct_pred = tf.equal(tf.argmax(pred, 1), tf.argmax(y, 1))
accuracy = tf.reduce_mean(tf.cast(correct_pred, tf.float32))
init = tf.initialize_all_variables()

with tf.Session() as sess:
  sess.run(init)
  for v in tf.trainable_variables()[4:]:
    sess.run(v.assign(rng.uniform(-.3, .3, v.get_shape().as_list())))
  batch_xs = rng.normal(size=[8, n_steps, n_input])
  batch_ys = np.eye(n_classes)[rng.randint(0, n_classes, 8)]
  feed = {x: batch_xs, y: batch_ys, istate_fw: np.zeros((8, 2*n_hidden)),
          istate_bw: np.zeros((8, 2*n_hidden))}
  for step in range(4):
    sess.run(optimizer, feed_dict=feed)
    print("%.5f %.3f" % tuple(sess.run([cost, accuracy], feed_dict=feed)))
