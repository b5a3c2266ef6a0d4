"""A shop assistant: questions are answered word by word, with attention.

The model is trained in buckets, with sampled softmax. It is saved, built again
for answering, where it is fed its own words, and restored.
"""
from __future__ import print_function

import copy
import math
import os
import tempfile

import numpy as np
import tensorflow as tf

flags = tf.app.flags
flags.DEFINE_integer("steps", 350, "training steps")
flags.DEFINE_integer("size", 48, "units of a layer, and size of a word vector")
flags.DEFINE_integer("num_layers", 1, "layers of encoder and decoder")
flags.DEFINE_integer("batch_size", 32, "dialogues per step")
flags.DEFINE_integer("num_samples", 24, "classes of the sampled softmax")
flags.DEFINE_float("learning_rate", 0.005, "of Adam")
flags.DEFINE_float("max_gradient_norm", 5.0, "gradients are clipped to it")
flags.DEFINE_boolean("use_lstm", False, "LSTM instead of GRU cells")
flags.DEFINE_string("out", None, "folder for the checkpoint")
FLAGS = flags.FLAGS

_PAD, _GO, _EOS, _UNK = "_PAD", "_GO", "_EOS", "_UNK"
PAD, GO, EOS, UNK = 0, 1, 2, 3

# Places for a question and an answer, of which one stays empty.
BUCKETS = [(4, 6), (7, 9)]

NAMES = "anna ben clara david emma".split()
NUMBERS = "two three four five six seven".split()
GOODS = [("lemon", "yellow", "30"), ("tomato", "red", "20"),
         ("carrot", "orange", "10"), ("plum", "blue", "15"),
         ("leek", "green", "60"), ("onion", "white", "25"),
         ("radish", "pink", "5")]
SMALL_TALK = [
    ("hello", "good morning !"),
    ("how are you ?", "fine , thank you ."),
    ("are you open ?", "yes , all day ."),
    ("thank you", "you are welcome ."),
    ("goodbye", "see you soon !"),
]


def make_dialogues():
  """Pairs of word lists (question, answer), and some of them held out."""
  pairs = list(SMALL_TALK)
  for name in NAMES:
    pairs.append(("%s here" % name, "hello %s !" % name))
    pairs.append(("my name is %s" % name,
                  "welcome to the shop , %s !" % name))
  for thing, colour, price in GOODS:
    pairs.append(("do you have a %s ?" % thing,
                  "yes , the %s is fresh ." % thing))
    pairs.append(("what colour is the %s ?" % thing,
                  "the %s is %s ." % (thing, colour)))
    pairs.append(("how much is a %s ?" % thing,
                  "a %s is %s cents ." % (thing, price)))
    for number in NUMBERS:
      pairs.append(("i would like %s %s" % (number, thing),
                    "%s %s , here you are ." % (number, thing)))
  pairs = [(question.split(), answer.split()) for question, answer in pairs]
  orders = [pair for pair in pairs if pair[0][:2] == ["i", "would"]]
  held_out = orders[3::7]
  return [pair for pair in pairs if pair not in held_out], held_out


def make_vocabulary(pairs):
  words = sorted(set(word for pair in pairs for text in pair for word in text))
  return [_PAD, _GO, _EOS, _UNK] + words


def to_ids(words, vocabulary):
  return [vocabulary.index(word) if word in vocabulary else UNK
          for word in words]


def fill_buckets(pairs, vocabulary):
  """Per bucket, the pairs of ids that fit into it and no smaller one."""
  filled = [[] for _ in BUCKETS]
  for question, answer in pairs:
    source = to_ids(question, vocabulary)
    target = to_ids(answer, vocabulary) + [EOS]
    filled[find_bucket(len(source), len(target))].append((source, target))
  return filled


def find_bucket(source_length, target_length=0):
  return min(number for number, (source, target) in enumerate(BUCKETS)
             if source_length < source and target_length < target)


class Chatbot(object):

  def __init__(self, vocabulary_size, forward_only):
    self.vocabulary_size = vocabulary_size
    self.global_step = tf.Variable(0, trainable=False, name="global_step")

    proj_w = tf.get_variable("proj_w", [FLAGS.size, vocabulary_size])
    proj_b = tf.get_variable("proj_b", [vocabulary_size])
    output_projection = (proj_w, proj_b)

    def sampled_loss(labels, logits):
      return tf.nn.sampled_softmax_loss(
          weights=tf.transpose(proj_w), biases=proj_b,
          labels=tf.reshape(labels, [-1, 1]), inputs=logits,
          num_sampled=FLAGS.num_samples, num_classes=vocabulary_size)

    def make_cell():
      if FLAGS.use_lstm:
        return tf.contrib.rnn.BasicLSTMCell(FLAGS.size)
      return tf.contrib.rnn.GRUCell(FLAGS.size)

    cell = tf.contrib.rnn.MultiRNNCell(
        [make_cell() for _ in range(FLAGS.num_layers)])

    def seq2seq(encoder_inputs, decoder_inputs):
      # A copy, because a cell that has been used cannot be copied any more.
      return tf.contrib.legacy_seq2seq.embedding_attention_seq2seq(
          encoder_inputs, decoder_inputs, copy.deepcopy(cell),
          num_encoder_symbols=vocabulary_size,
          num_decoder_symbols=vocabulary_size, embedding_size=FLAGS.size,
          output_projection=output_projection, feed_previous=forward_only)

    self.encoder_inputs = [
        tf.placeholder(tf.int32, [None], name="encoder%d" % i)
        for i in range(BUCKETS[-1][0])]
    self.decoder_inputs = [
        tf.placeholder(tf.int32, [None], name="decoder%d" % i)
        for i in range(BUCKETS[-1][1] + 1)]
    self.target_weights = [
        tf.placeholder(tf.float32, [None], name="weight%d" % i)
        for i in range(BUCKETS[-1][1] + 1)]
    # Each target is the next input of the decoder.
    targets = self.decoder_inputs[1:]

    self.outputs, self.losses = tf.contrib.legacy_seq2seq.model_with_buckets(
        self.encoder_inputs, self.decoder_inputs, targets,
        self.target_weights, BUCKETS, seq2seq,
        softmax_loss_function=sampled_loss)

    if forward_only:
      self.logits = [
          [tf.nn.xw_plus_b(output, proj_w, proj_b) for output in outputs]
          for outputs in self.outputs]
    else:
      params = tf.trainable_variables()
      optimizer = tf.train.AdamOptimizer(FLAGS.learning_rate)
      self.updates = []
      self.norms = []
      for loss in self.losses:
        gradients, norm = tf.clip_by_global_norm(
            tf.gradients(loss, params), FLAGS.max_gradient_norm)
        self.norms.append(norm)
        self.updates.append(optimizer.apply_gradients(
            zip(gradients, params), global_step=self.global_step))

    self.saver = tf.train.Saver(tf.global_variables())

  def make_feed(self, pairs, bucket):
    """Questions are reversed and padded in front, answers behind."""
    encoder_size, decoder_size = BUCKETS[bucket]
    questions = np.full([len(pairs), encoder_size], PAD, np.int32)
    answers = np.full([len(pairs), decoder_size + 1], PAD, np.int32)
    for row, (source, target) in enumerate(pairs):
      questions[row, encoder_size - len(source):] = source[::-1]
      answers[row, :len(target) + 1] = [GO] + target
    feed = {}
    for i in range(encoder_size):
      feed[self.encoder_inputs[i]] = questions[:, i]
    for i in range(decoder_size):
      feed[self.decoder_inputs[i]] = answers[:, i]
      feed[self.target_weights[i]] = (answers[:, i + 1] != PAD).astype(
          np.float32)
    # The last target must be fed as well, though it is always padding.
    feed[self.decoder_inputs[decoder_size]] = answers[:, decoder_size]
    return feed

  def train_step(self, session, pairs, bucket):
    _, loss, norm = session.run(
        [self.updates[bucket], self.losses[bucket], self.norms[bucket]],
        self.make_feed(pairs, bucket))
    return loss, norm

  def answer(self, session, sources, bucket):
    """Lists of ids, each cut off before the end-of-sentence symbol."""
    feed = self.make_feed([(source, []) for source in sources], bucket)
    logits = session.run(self.logits[bucket], feed)
    found = np.argmax(np.array(logits), axis=2).T
    return [list(row[:list(row).index(EOS)]) if EOS in row else list(row)
            for row in found]


def train(pairs, vocabulary, checkpoint):
  data = fill_buckets(pairs, vocabulary)
  sizes = [len(bucket) for bucket in data]
  print("%d dialogues, %d words, buckets of %s" % (
      sum(sizes), len(vocabulary), sizes))
  random = np.random.RandomState(1)
  with tf.Graph().as_default(), tf.Session() as session:
    tf.set_random_seed(2)
    model = Chatbot(len(vocabulary), forward_only=False)
    session.run(tf.global_variables_initializer())
    losses = [[] for _ in BUCKETS]
    for step in range(1, FLAGS.steps + 1):
      # Small buckets are chosen less often.
      bucket = int(random.random_sample() > 0.25)
      batch = [data[bucket][random.randint(sizes[bucket])]
               for _ in range(FLAGS.batch_size)]
      loss, norm = model.train_step(session, batch, bucket)
      losses[bucket].append(loss)
      if step % 100 == 0 or step == FLAGS.steps:
        print("step %4d, gradient norm %.3f, perplexities %s" % (
            step, norm, " ".join("%.2f" % math.exp(np.mean(recent))
                                 for recent in losses if recent)))
        losses = [[] for _ in BUCKETS]
    print("saved as", os.path.basename(model.saver.save(
        session, checkpoint, global_step=model.global_step)))


def answer_all(pairs, vocabulary, directory):
  """The answers to all questions, as lists of words."""
  answers = []
  with tf.Graph().as_default(), tf.Session() as session:
    model = Chatbot(len(vocabulary), forward_only=True)
    model.saver.restore(session, tf.train.latest_checkpoint(directory))
    for question, _ in pairs:
      source = to_ids(question, vocabulary)
      found, = model.answer(session, [source], find_bucket(len(source)))
      answers.append([vocabulary[i] for i in found])
  return answers


def count_right(name, pairs, answers):
  right = sum(answer == wanted for (_, wanted), answer in zip(pairs, answers))
  print("%s: %d of %d answers are right" % (name, right, len(pairs)))


def main(_):
  directory = FLAGS.out or tempfile.mkdtemp()
  if not os.path.isdir(directory):
    os.makedirs(directory)
  pairs, held_out = make_dialogues()
  vocabulary = make_vocabulary(pairs)
  train(pairs, vocabulary, os.path.join(directory, "chatbot.ckpt"))

  answers = answer_all(pairs + held_out, vocabulary, directory)
  known, new = answers[:len(pairs)], answers[len(pairs):]
  shown = list(zip(pairs, known))[::7] + list(zip(held_out, new))
  for (question, _), answer in shown:
    print("> " + " ".join(question))
    print("  " + " ".join(answer))
  count_right("known questions", pairs, known)
  count_right("new orders", held_out, new)


if __name__ == "__main__":
  tf.app.run()
