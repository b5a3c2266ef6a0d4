"""A model in the style of 0.8 that restores what 0.12 saved, in both formats.

With SAVE_CHECKPOINT in the environment it writes the checkpoints first.
"""
import os

import numpy as np
import tensorflow as tf
from tensorflow.python.ops import rnn
from tensorflow.python.ops import rnn_cell

folder = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..",
                      "data", "restore_0_8")
rng = np.random.RandomState(17)
x = tf.placeholder("float", [2, 3, 4])
state = tf.placeholder("float", [2, 2 * 10])
inputs = [tf.squeeze(step, [1]) for step in tf.split(1, 3, x)]
with tf.variable_scope("model"):
  cell = rnn_cell.MultiRNNCell([rnn_cell.BasicLSTMCell(5)] * 2)
  outputs, last = rnn.rnn(cell, inputs, initial_state=state)
  with tf.variable_scope("both"):
    outputs, _, _ = rnn.bidirectional_rnn(
        rnn_cell.GRUCell(3), rnn_cell.LSTMCell(3, use_peepholes=True),
        outputs, dtype=tf.float32)
  w = tf.get_variable("w", [6, 2])
prediction = tf.matmul(outputs[-1], w)
saver = tf.train.Saver(tf.trainable_variables())
x_value, state_value = rng.normal(size=[2, 3, 4]), rng.normal(size=[2, 20])
if os.environ.get("SAVE_CHECKPOINT"):
  if not os.path.isdir(folder):
    os.makedirs(folder)
  with tf.Session() as sess:
    sess.run(tf.initialize_all_variables())
    for v in tf.trainable_variables():
      sess.run(v.assign(rng.uniform(-.6, .6, v.get_shape().as_list())))
    for name, form in (("one", tf.train.SaverDef.V1),
                       ("two", tf.train.SaverDef.V2)):
      tf.train.Saver(tf.trainable_variables(), write_version=form).save(
          sess, os.path.join(folder, name), write_meta_graph=False)
    os.remove(os.path.join(folder, "checkpoint"))
for name in ("one", "two"):
  with tf.Session() as sess:
    saver.restore(sess, os.path.join(folder, name))
    found = sess.run([prediction, last], {x: x_value, state: state_value})
    print(["%.5f" % value for value in found[0].ravel()],
          "%.5f" % found[1].sum())
