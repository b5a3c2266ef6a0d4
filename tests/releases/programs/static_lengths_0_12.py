"""tf.nn.rnn with lengths, names of 0.12, projections and peepholes."""
import numpy as np
import tensorflow as tf

rng = np.random.RandomState(9)
x = tf.placeholder(tf.float32, [4, 5, 3])
lengths = tf.placeholder(tf.int32, [4])
cell = tf.nn.rnn_cell.LSTMCell(6, 3, use_peepholes=True, num_proj=4,
                               initializer=tf.constant_initializer(0.1))
cell = tf.nn.rnn_cell.DropoutWrapper(cell, 1.0, 1.0, 7)
inputs = tf.unpack(x, axis=1)
outputs, state = tf.nn.rnn(cell, inputs, dtype=tf.float32,
                           sequence_length=lengths)
stacked = tf.pack(outputs, axis=1)
tail = tf.select(tf.greater(lengths, 2), state.c, tf.neg(state.c))
table = tf.batch_matmul(stacked, stacked, adj_y=True)
mirrored = tf.reverse(stacked, [False, True, False])
logits = tf.reduce_sum(stacked, 1)
labels = tf.sub(1.0, tf.to_float(tf.greater(x[:, :3, 0], 0)))
logits = logits[:, :3]
loss = tf.nn.sigmoid_cross_entropy_with_logits(logits, labels)
weighted = tf.nn.weighted_cross_entropy_with_logits(logits, labels, 3.0)
sparse = tf.nn.sparse_softmax_cross_entropy_with_logits(
    logits, tf.constant([0, 2, 1, 1]))
halves = tf.split(split_dim=2, num_split=2, value=stacked)
joined = tf.concat(concat_dim=0, values=halves)
images = tf.image.resize_images(tf.reshape(stacked, [4, 5, 4, 1]), [3, 2])
with tf.Session() as sess:
  sess.run(tf.global_variables_initializer())
  for v in tf.trainable_variables():
    sess.run(v.assign(rng.uniform(-.5, .5, v.get_shape().as_list())))
  feed = {x: rng.normal(size=[4, 5, 3]), lengths: [5, 2, 3, 1]}
  for value in [stacked, tail, table, mirrored, loss, weighted, sparse,
                joined, images, state.h]:
    found = sess.run(value, feed)
    print(found.shape, "%.5f %.5f" % (found.sum(), (found ** 2).sum()))
