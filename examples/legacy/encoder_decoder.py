"""Encoder and decoder: small English sentences into French, word by word."""
from __future__ import print_function

import numpy as np
import tensorflow as tf

from make_text import make_pairs

flags = tf.app.flags
flags.DEFINE_integer("steps", 600, "training iterations")
FLAGS = flags.FLAGS

PAD, GO, EOS = 0, 1, 2
n_embedding = 32
n_neurons = 64
n_layers = 1
batch_size = 64
max_target = 8
learning_rate = 0.005


def build_vocabulary(sentences):
  words = sorted(set(word for sentence in sentences for word in sentence))
  return ["<pad>", "<go>", "<eos>"] + words


def make_batch(pairs, source_ids, target_ids):
  """Padded arrays; the English goes in backwards, the French one step late."""
  lengths = np.array([len(english) for english, _ in pairs])
  source = np.zeros((len(pairs), lengths.max()), np.int32)
  decoder_in = np.zeros((len(pairs), max_target), np.int32)
  target = np.zeros((len(pairs), max_target), np.int32)
  for i, (english, french) in enumerate(pairs):
    source[i, :len(english)] = [source_ids[w] for w in reversed(english)]
    codes = [target_ids[w] for w in french]
    decoder_in[i, :len(codes) + 1] = [GO] + codes
    target[i, :len(codes) + 1] = codes + [EOS]
  target_lengths = np.array([len(french) + 1 for _, french in pairs])
  return source, lengths, decoder_in, target, target_lengths


class Translator(object):

  def __init__(self, n_source, n_target):
    self.source = tf.placeholder(tf.int32, [None, None], name="source")
    self.source_lengths = tf.placeholder(tf.int32, [None])
    self.decoder_in = tf.placeholder(tf.int32, [None, None])
    self.target = tf.placeholder(tf.int32, [None, None])
    self.target_lengths = tf.placeholder(tf.int32, [None])

    with tf.variable_scope("encoder"):
      embedding = tf.get_variable("embedding", [n_source, n_embedding])
      inputs = tf.nn.embedding_lookup(embedding, self.source)
      _, self.encoder_state = tf.nn.dynamic_rnn(
          tf.contrib.rnn.LSTMCell(n_neurons), inputs,
          sequence_length=self.source_lengths, dtype=tf.float32)

    with tf.variable_scope("decoder"):
      embedding = tf.get_variable("embedding", [n_target, n_embedding])
      inputs = tf.nn.embedding_lookup(embedding, self.decoder_in)
      outputs, self.decoder_state = tf.nn.dynamic_rnn(
          tf.contrib.rnn.LSTMCell(n_neurons), inputs,
          initial_state=self.encoder_state)
      logits = tf.layers.dense(outputs, n_target, name="projection")

    # the scores of every word, and the best
    self.probabilities = tf.nn.softmax(logits)
    self.best = tf.argmax(logits, axis=2)
    mask = tf.sequence_mask(self.target_lengths, max_target, dtype=tf.float32)
    self.loss = tf.contrib.seq2seq.sequence_loss(logits, self.target, mask)
    self.training_op = tf.contrib.layers.optimize_loss(
        self.loss, tf.contrib.framework.get_or_create_global_step(),
        learning_rate=learning_rate, optimizer="Adam", clip_gradients=5.0)

  def translate(self, sess, source, lengths):
    """Feeds each best word back in until all rows have reached the end."""
    state = sess.run(self.encoder_state, {self.source: source,
                                          self.source_lengths: lengths})
    words = np.full((len(source), 1), GO)
    result = []
    for _ in range(max_target):
      words, state = sess.run([self.best, self.decoder_state],
                              {self.decoder_in: words,
                               self.encoder_state: state})
      result.append(words[:, 0])
    return np.array(result).T


def spell(codes, vocabulary):
  codes = list(codes)
  if EOS in codes:
    codes = codes[:codes.index(EOS)]
  return " ".join(vocabulary[code] for code in codes)


def main(_):
  np.random.seed(42)
  tf.set_random_seed(42)
  pairs = make_pairs(4000)
  english_words = build_vocabulary([english for english, _ in pairs])
  french_words = build_vocabulary([french for _, french in pairs])
  source_ids = {word: i for i, word in enumerate(english_words)}
  target_ids = {word: i for i, word in enumerate(french_words)}
  test_pairs, train_pairs = pairs[:200], pairs[200:]
  print("%d English words, %d French ones" % (len(english_words),
                                              len(french_words)))

  model = Translator(len(english_words), len(french_words))
  with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    for step in range(FLAGS.steps):
      chosen = np.random.randint(len(train_pairs), size=batch_size)
      source, lengths, decoder_in, target, target_lengths = make_batch(
          [train_pairs[k] for k in chosen], source_ids, target_ids)
      # optimize_loss hands back the loss
      loss = sess.run(model.training_op, {
          model.source: source, model.source_lengths: lengths,
          model.decoder_in: decoder_in, model.target: target,
          model.target_lengths: target_lengths})
      if step % 100 == 0 or step == FLAGS.steps - 1:
        print("step %d loss %.5f" % (step, loss))

    source, lengths, _, _, _ = make_batch(test_pairs, source_ids, target_ids)
    translated = model.translate(sess, source, lengths)
  right = 0
  for i, (english, french) in enumerate(test_pairs):
    got = spell(translated[i], french_words)
    right += got == " ".join(french)
    if i < 4:
      print(" ".join(english), "=>", got)
  print("right: %d of %d" % (right, len(test_pairs)))


if __name__ == "__main__":
  tf.app.run()
