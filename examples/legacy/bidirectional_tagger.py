"""Tags each symbol of a sequence from its left and its right neighbours."""
from __future__ import print_function

import numpy as np
import tensorflow as tf

flags = tf.app.flags
flags.DEFINE_integer("steps", 300, "training iterations")
FLAGS = flags.FLAGS

n_symbols = 6
n_tags = 3
n_embedding = 12
n_hidden = 32
max_length = 14
batch_size = 64


def next_batch():
  """Tag 0, 1, 2: the symbol before is less than, equal to, above the next."""
  lengths = np.random.randint(4, max_length + 1, size=batch_size)
  words = np.random.randint(1, n_symbols, size=(batch_size, max_length))
  words *= np.arange(max_length) < lengths[:, None]
  padded = np.pad(words, ((0, 0), (1, 1)), "constant")
  tags = 1 + np.sign(padded[:, :-2] - padded[:, 2:])
  return words, tags, lengths


class Tagger(object):

  def __init__(self):
    self.word_ids = tf.placeholder(tf.int32, [None, None], name="word_ids")
    self.labels = tf.placeholder(tf.int32, [None, None], name="labels")
    self.lengths = tf.placeholder(tf.int32, [None], name="lengths")
    self.keep_prob = tf.placeholder_with_default(1.0, [], name="keep_prob")

    with tf.variable_scope("words"):
      embeddings = tf.get_variable("embeddings", [n_symbols, n_embedding])
      words = tf.nn.embedding_lookup(embeddings, self.word_ids)
      words = tf.nn.dropout(words, self.keep_prob, seed=3)

    with tf.variable_scope("bi-lstm"):
      cell_fw = tf.contrib.rnn.LSTMCell(n_hidden)
      cell_bw = tf.contrib.rnn.LSTMCell(n_hidden)
      (output_fw, output_bw), _ = tf.nn.bidirectional_dynamic_rnn(
          cell_fw, cell_bw, words, sequence_length=self.lengths,
          dtype=tf.float32)
      output = tf.concat([output_fw, output_bw], axis=-1)

    with tf.variable_scope("proj"):
      W = tf.get_variable("W", [2 * n_hidden, n_tags], dtype=tf.float32,
                          initializer=tf.contrib.layers.xavier_initializer())
      b = tf.get_variable("b", [n_tags], initializer=tf.zeros_initializer())
      n_times = tf.shape(output)[1]
      flat = tf.reshape(output, [-1, 2 * n_hidden])
      logits = tf.reshape(tf.matmul(flat, W) + b, [-1, n_times, n_tags])

    self.predictions = tf.cast(tf.argmax(logits, axis=-1), tf.int32)
    losses = tf.nn.sparse_softmax_cross_entropy_with_logits(
        logits=logits, labels=self.labels)
    mask = tf.sequence_mask(self.lengths, maxlen=n_times)
    self.loss = tf.reduce_mean(tf.boolean_mask(losses, mask))
    right = tf.boolean_mask(tf.equal(self.predictions, self.labels), mask)
    self.accuracy = tf.reduce_mean(tf.cast(right, tf.float32))

    self.global_step = tf.Variable(0, trainable=False, name="global_step")
    self.lr = tf.train.exponential_decay(0.01, self.global_step, 100, 0.9,
                                         staircase=True)
    optimizer = tf.train.AdamOptimizer(self.lr)
    grads, variables = zip(*optimizer.compute_gradients(self.loss))
    grads, _ = tf.clip_by_global_norm(grads, 5.0)
    self.train_op = optimizer.apply_gradients(zip(grads, variables),
                                              global_step=self.global_step)


def main(_):
  tf.set_random_seed(42)
  np.random.seed(42)
  model = Tagger()
  with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    for step in range(FLAGS.steps):
      words, labels, lengths = next_batch()
      _, loss = sess.run([model.train_op, model.loss], {
          model.word_ids: words, model.labels: labels,
          model.lengths: lengths, model.keep_prob: 0.95})
      if step % 100 == 0 or step == FLAGS.steps - 1:
        print("step %d loss %.5f" % (step, loss))
    words, labels, lengths = next_batch()
    predictions, accuracy = sess.run([model.predictions, model.accuracy], {
        model.word_ids: words, model.labels: labels, model.lengths: lengths})
  print("accuracy: %.4f" % accuracy)
  n = lengths[0]
  print("symbols ", words[0, :n])
  print("tags    ", labels[0, :n])
  print("got     ", predictions[0, :n])


if __name__ == "__main__":
  tf.app.run()
