"""bidirectional_rnn of 0.6, which returned the outputs alone."""
import numpy as np
import tensorflow as tf
from tensorflow.models.rnn import rnn
from tensorflow.models.rnn import rnn_cell

rng = np.random.RandomState(13)
x = tf.placeholder("float", [2, 4, 3])
lengths = tf.placeholder("int32", [2])
inputs = [tf.squeeze(step, [1]) for step in tf.split(1, 4, x)]
fw = rnn_cell.LSTMCell(4, 3)
bw = rnn_cell.LSTMCell(4, 3)
outputs = rnn.bidirectional_rnn(fw, bw, inputs, dtype=tf.float32,
                                sequence_length=lengths)
pooled = tf.reduce_mean(tf.pack(outputs), 0)
w = tf.Variable(rng.normal(size=[8, 2]).astype("f"))
logits = tf.matmul(pooled, w)
loss = tf.nn.sparse_softmax_cross_entropy_with_logits(
    logits, tf.constant([0, 1]))
train = tf.train.MomentumOptimizer(0.1, 0.9).minimize(tf.reduce_mean(loss))
with tf.Session() as sess:
  sess.run(tf.initialize_all_variables())
  for v in tf.trainable_variables():
    sess.run(v.assign(rng.uniform(-.5, .5, v.get_shape().as_list())))
  feed = {x: rng.normal(size=[2, 4, 3]), lengths: [4, 2]}
  for _ in range(3):
    sess.run(train, feed)
    print("%.5f" % sess.run(loss, feed).sum())
print(len(outputs), outputs[-1].get_shape().as_list())
