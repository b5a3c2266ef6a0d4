"""A tagger: Keras layers, tf.contrib.crf and a loop over session.run."""

import numpy as np
import tensorflow as tf

tf.set_random_seed(5)
rng = np.random.RandomState(5)
num_words, num_tags, batch, steps = 30, 4, 8, 6

words = tf.placeholder(tf.int32, [None, None], name='words')
tags = tf.placeholder(tf.int32, [None, None], name='tags')
lengths = tf.placeholder(tf.int32, [None], name='lengths')
keep = tf.placeholder_with_default(False, [], name='training')

embedded = tf.keras.layers.Embedding(num_words, 8)(words)
embedded = tf.keras.layers.Dropout(0.25)(embedded, training=keep)
hidden = tf.keras.layers.Bidirectional(
    tf.keras.layers.LSTM(6, return_sequences=True))(embedded)
logits = tf.keras.layers.TimeDistributed(
    tf.keras.layers.Dense(num_tags))(hidden)
likelihood, transitions = tf.contrib.crf.crf_log_likelihood(
    logits, tags, lengths)
loss = tf.reduce_mean(-likelihood)
optimizer = tf.train.AdamOptimizer(0.02)
grads, variables = zip(*optimizer.compute_gradients(loss))
grads, norm = tf.clip_by_global_norm(grads, 5.0)
train_op = optimizer.apply_gradients(zip(grads, variables))

data = rng.randint(0, num_words, (batch, steps))
labels = data % num_tags
size = rng.randint(2, steps + 1, batch)
with tf.Session() as sess:
  tf.keras.backend.set_session(sess)
  sess.run(tf.global_variables_initializer())
  for step in range(6):
    value, length, _ = sess.run(
        [loss, norm, train_op],
        {words: data, tags: labels, lengths: size, keep: True})
    print(step, '%.4f %.4f' % (value, length))
  scores, matrix = sess.run([logits, transitions],
                            {words: data, lengths: size})
  for row, n in zip(scores, size):
    path, score = tf.contrib.crf.viterbi_decode(row[:n], matrix)
    print([int(tag) for tag in path], '%.3f' % score)
print([v.name for v in tf.trainable_variables()])
