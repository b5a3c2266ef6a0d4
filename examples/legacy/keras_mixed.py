"""Keras layers, a tf.nn cell in dynamic_rnn and a tf.Session in one program.

Tells which of three made-up "speakers" a sentence of word numbers is from, as
programs of 2018 mixed the two libraries.
"""

from __future__ import print_function

import argparse

import numpy as np
import tensorflow as tf
from tensorflow.keras import backend as K
from tensorflow.keras.layers import LSTM
from tensorflow.keras.layers import Bidirectional
from tensorflow.keras.layers import Dense
from tensorflow.keras.layers import Dropout
from tensorflow.keras.layers import Embedding

parser = argparse.ArgumentParser()
parser.add_argument('--steps', type=int, default=60)
args = parser.parse_args()

VOCABULARY, SPEAKERS, MAX_WORDS = 40, 3, 9
rng = np.random.RandomState(0)


def make_batch(size):
  speakers = rng.randint(SPEAKERS, size=size)
  lengths = rng.randint(4, MAX_WORDS + 1, size=size)
  words = np.zeros([size, MAX_WORDS], np.int32)
  for row in range(size):
    start = 1 + speakers[row] * 10
    words[row, :lengths[row]] = rng.randint(start, start + 18, lengths[row])
  return np.minimum(words, VOCABULARY - 1), lengths, speakers


tf.set_random_seed(1)
words = tf.placeholder(tf.int32, [None, MAX_WORDS], name='words')
lengths = tf.placeholder(tf.int32, [None], name='lengths')
speakers = tf.placeholder(tf.int32, [None], name='speakers')

embedded = Embedding(VOCABULARY, 12)(words)
encoded = Bidirectional(LSTM(8, return_sequences=True))(embedded)
_, state = tf.nn.dynamic_rnn(tf.nn.rnn_cell.GRUCell(12), encoded,
                             sequence_length=lengths, dtype=tf.float32)
logits = Dense(SPEAKERS)(Dropout(0.2)(state))

loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(
    labels=speakers, logits=logits), name='loss')
accuracy = tf.reduce_mean(tf.to_float(tf.equal(
    tf.argmax(logits, 1, output_type=tf.int32), speakers)), name='accuracy')
train_op = tf.train.AdamOptimizer(0.01).minimize(loss)

sess = tf.Session()
K.set_session(sess)
sess.run(tf.global_variables_initializer())
for step in range(1, args.steps + 1):
  batch = make_batch(32)
  value, _ = sess.run([loss, train_op], {
      words: batch[0], lengths: batch[1], speakers: batch[2],
      K.learning_phase(): 1})
  if step % 20 == 0:
    print('step %d loss %.4f' % (step, value))
batch = make_batch(200)
print('accuracy %.3f' % sess.run(accuracy, {
    words: batch[0], lengths: batch[1], speakers: batch[2],
    K.learning_phase(): 0}))
