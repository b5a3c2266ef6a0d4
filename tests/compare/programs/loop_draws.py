"""Random operations in loops, in more calls than 1.15's order lasts."""
import numpy as np
import tensorflow as tf

tf.set_random_seed(3)
rnn, seq2seq = tf.nn.rnn_cell, tf.contrib.seq2seq


class Noisy(rnn.BasicRNNCell):
  def call(self, inputs, state):
    output, state = super(Noisy, self).call(inputs, state)
    return output + .1 * tf.random_normal(tf.shape(output)), state


# Masks and noise whose shapes are known when the graph runs.
x = tf.placeholder(tf.float32, [None, 6, 3])
dropped = [rnn.DropoutWrapper(rnn.BasicLSTMCell(4), input_keep_prob=.7,
                              output_keep_prob=.5, state_keep_prob=.6)
           for _ in range(2)]
outputs, _ = tf.nn.dynamic_rnn(
    rnn.MultiRNNCell(dropped + [Noisy(3)]), x, dtype=tf.float32)
loss = tf.reduce_mean(tf.square(outputs), name='loss')
train = tf.train.GradientDescentOptimizer(1e-3).minimize(loss)

# A decoder that samples, with a batch of known size.
embedding = tf.get_variable('embedding', [7, 4])
lengths = [4, 4, 3]
encoded = tf.nn.embedding_lookup(
    embedding, tf.constant([[1, 2, 3, 4], [2, 3, 4, 5], [3, 4, 5, 6]]))
cell = rnn.DropoutWrapper(rnn.GRUCell(6), input_keep_prob=.6)
decoder = seq2seq.BasicDecoder(
    cell, seq2seq.ScheduledEmbeddingTrainingHelper(
        encoded, lengths, embedding, .5),
    cell.zero_state(3, tf.float32), tf.layers.Dense(7))
decoded, _, _ = seq2seq.dynamic_decode(decoder)
score = tf.reduce_sum(tf.square(decoded.rnn_output), name='score')
slopes = tf.gradients(score, embedding)[0]

data = np.linspace(-1, 1, 72).reshape(4, 6, 3)
with tf.Session() as session:
  session.run(tf.global_variables_initializer())
  for _ in range(120):
    session.run([loss, train], {x: data})
    session.run([score, decoded.sample_id, slopes])
  # A loop that is built when the session has run, around another one.
  rows = tf.map_fn(lambda row: row + tf.scan(
      lambda total, e: total + e * tf.random_uniform([]), row),
                   tf.ones([5, 4]))
  for _ in range(20):
    session.run(rows)
