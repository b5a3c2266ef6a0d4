"""A translation model of 0.6: no embedding_size, an LSTM, feed_previous."""
import numpy as np
import tensorflow as tf
from tensorflow.models.rnn import rnn_cell
from tensorflow.models.rnn import seq2seq

rng = np.random.RandomState(14)
encoder = [tf.placeholder(tf.int32, [2]) for _ in range(3)]
decoder = [tf.placeholder(tf.int32, [2]) for _ in range(4)]
weights = [tf.ones([2]) for _ in range(3)]
cell = rnn_cell.MultiRNNCell([rnn_cell.BasicLSTMCell(5)] * 2)
buckets = [(2, 2), (3, 3)]
for name, decode in (("train", False), ("decode", True)):
  with tf.variable_scope("model", reuse=True if decode else None):
    outputs, losses = seq2seq.model_with_buckets(
        encoder, decoder, decoder[1:], weights, buckets, 7,
        lambda x, y: seq2seq.embedding_rnn_seq2seq(
            x, y, cell, 6, 7, feed_previous=decode))
  if decode:
    decoded = outputs
  else:
    train = losses
update = tf.train.GradientDescentOptimizer(1.0).minimize(train[1])
with tf.Session() as sess:
  sess.run(tf.initialize_all_variables())
  for v in tf.trainable_variables():
    sess.run(v.assign(rng.uniform(-.7, .7, v.get_shape().as_list())))
  feed = dict(zip(encoder + decoder, rng.randint(0, 6, [7, 2])))
  for _ in range(3):
    sess.run(update, feed)
    print("%.4f %.4f" % tuple(sess.run(train, feed)))
  print("%.5f" % sess.run(decoded[1][-1], feed).sum())
print(len(tf.trainable_variables()))
