"""What --api decides; run with --api 0.8 and without it by test_api."""
import glob
import json
import os
import tempfile

import numpy as np
import tensorflow as tf

w = tf.get_variable("w", [300, 4])
cell = tf.nn.rnn_cell.BasicLSTMCell(3)
stack = tf.nn.rnn_cell.MultiRNNCell([tf.nn.rnn_cell.LSTMCell(3)] * 2)
outputs, state = tf.nn.dynamic_rnn(stack, tf.zeros([2, 3, 5]),
                                   dtype=tf.float32)
sparse = tf.SparseTensor(indices=[[0, 1]], values=[2.0], shape=[2, 2])
softmax = tf.nn.softmax(tf.zeros([1, 4]), name="p")
saver = tf.train.Saver()
folder = tempfile.mkdtemp()
with tf.Session() as sess:
  sess.run(tf.initialize_all_variables())
  saver.save(sess, os.path.join(folder, "model.ckpt"))
  biggest = float(np.abs(sess.run(w)).max())
  dense = sess.run(tf.sparse_tensor_to_dense(sparse)).tolist()
  saver.restore(sess, os.path.join(folder, "model.ckpt"))
print(json.dumps({
    "biggest": biggest, "dense": dense,
    "sizes": [repr(cell.state_size), repr(stack.state_size)],
    "variables": len(tf.trainable_variables()),
    "files": sorted(os.path.basename(name)
                    for name in glob.glob(folder + "/model*"))}))
