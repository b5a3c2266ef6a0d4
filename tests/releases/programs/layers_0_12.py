"""contrib.layers, contrib.losses, arg_scope and a queue, as in 0.12."""
import numpy as np
import tensorflow as tf
from tensorflow.contrib import layers
from tensorflow.contrib.framework import arg_scope

rng = np.random.RandomState(15)
x = tf.placeholder(tf.float32, [4, 6, 6, 1])
y = tf.placeholder(tf.int32, [4])
with tf.variable_scope("net"):
  with arg_scope([layers.conv2d, layers.fully_connected],
                 weights_regularizer=layers.l2_regularizer(0.01)):
    net = layers.conv2d(x, 3, [3, 3], stride=2, scope="conv")
    net = layers.max_pool2d(net, [2, 2], scope="pool")
    net = layers.flatten(net)
    rows = tf.concat(1, [net, net])
    cell = tf.nn.rnn_cell.MultiRNNCell(
        [tf.nn.rnn_cell.BasicLSTMCell(4, state_is_tuple=True),
         tf.nn.rnn_cell.BasicLSTMCell(4, state_is_tuple=True)],
        state_is_tuple=True)
    outputs, state = tf.nn.rnn(cell, [rows, rows], dtype=tf.float32)
    logits = layers.fully_connected(
        tf.concat(1, [outputs[-1], state[-1].c]), 3, activation_fn=None,
        scope="logits")
one_hot = layers.one_hot_encoding(y, 3)
loss = tf.contrib.losses.softmax_cross_entropy(logits, one_hot)
total = tf.contrib.losses.get_total_loss()
error = tf.contrib.losses.mean_squared_error(tf.nn.softmax(logits), one_hot)
step = tf.contrib.framework.get_or_create_global_step()
train = layers.optimize_loss(total, step, 0.5, "SGD", summaries=[])
correct = tf.nn.in_top_k(logits, y, 1)
accuracy = tf.reduce_mean(tf.cast(correct, tf.float32))
with tf.Session() as sess:
  sess.run(tf.global_variables_initializer())
  for v in tf.trainable_variables():
    sess.run(v.assign(rng.uniform(-.7, .7, v.get_shape().as_list())))
  feed = {x: rng.normal(size=[4, 6, 6, 1]), y: [0, 1, 2, 1]}
  for _ in range(3):
    sess.run(train, feed)
    print("%.5f %.5f %.5f %.2f" % tuple(
        sess.run([loss, total, error, accuracy], feed)))
  print(sess.run(step), len(tf.trainable_variables()))
