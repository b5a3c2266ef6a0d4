"""Neural machine translation with attention, greedily and with a beam.

The language that it learns is made up: everything stands in reverse order,
the adjective and the number after the noun; adjectives agree with their noun
in gender and number, and the verb agrees with its subject.

  python translation.py --out DIR                 train, translate, draw
  python translation.py --restore DIR             translate only
  python translation.py --restore DIR --decode "two red dogs see the moon"
"""
from __future__ import division
from __future__ import print_function

import argparse
import os
import tempfile

import matplotlib
matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
from tensorflow.python.layers import core as layers_core

PAD, GO, EOS = 0, 1, 2
MAX_TARGET = 20          # words of a translation, with its end

# English singular and plural, the other language's stem, and its gender
NOUNS = [("dog", "dogs", "kavin", "o"), ("cat", "cats", "lumer", "a"),
         ("bird", "birds", "tir", "a"), ("horse", "horses", "bardol", "o"),
         ("child", "children", "mip", "o"), ("woman", "women", "sorel", "a"),
         ("man", "men", "gant", "o"), ("star", "stars", "ilv", "a"),
         ("moon", "moons", "nodr", "o"), ("tree", "trees", "hast", "a")]
ADJECTIVES = [("red", "rub"), ("blue", "vazur"), ("green", "smer"),
              ("small", "pik"), ("big", "gor"), ("old", "trev"),
              ("white", "balt")]
NUMBERS = [("two", "du"), ("three", "tel"), ("four", "kor"), ("five", "pem"),
           ("six", "ses"), ("seven", "hep")]
VERBS = [("sees", "see", "vid"), ("likes", "like", "lub"),
         ("follows", "follow", "sek"), ("hears", "hear", "od"),
         ("finds", "find", "nal")]
PLACES = [("garden", "hortum"), ("town", "polum"), ("forest", "silum"),
          ("house", "domum")]


def pick(rnd, items):
  return items[rnd.randint(len(items))]


def noun_phrase(rnd):
  """Words in English, words in the other language, whether it is plural."""
  singular, plural, stem, gender = pick(rnd, NOUNS)
  kind = rnd.randint(4)         # "the dog", "a dog", "the dogs", "two dogs"
  many = kind >= 2
  ending = gender + "s" if many else gender
  english, other = ["the"], []
  if kind == 1:
    english, other = ["a"], ["un" + gender]
  elif kind == 3:
    number, other_number = pick(rnd, NUMBERS)
    english, other = [number], [other_number]
  for i in rnd.permutation(len(ADJECTIVES))[:rnd.randint(3)]:
    adjective, other_adjective = ADJECTIVES[i]
    english.append(adjective)
    other.insert(0, other_adjective + ending)
  return (english + [plural if many else singular], [stem + ending] + other,
          many)


def make_pair(rnd):
  english, other, many = noun_phrase(rnd)
  if rnd.rand() < .25:
    second, other_second, _ = noun_phrase(rnd)
    english, other = english + ["and"] + second, other_second + ["e"] + other
    many = True
  singular, plural, stem = pick(rnd, VERBS)
  thing, other_thing, _ = noun_phrase(rnd)
  english = english + [plural if many else singular] + thing
  other = other_thing + [stem + ("ent" if many else "et")] + other
  if rnd.rand() < .3:
    place, other_place = pick(rnd, PLACES)
    english, other = english + ["in", "the", place], [other_place] + other
  return english, other


def make_pairs(n_pairs, seed):
  """Pairs of which no two have the same English sentence."""
  rnd = np.random.RandomState(seed)
  pairs, seen = [], set()
  while len(pairs) < n_pairs:
    english, other = make_pair(rnd)
    if " ".join(english) not in seen:
      seen.add(" ".join(english))
      pairs.append((english, other))
  return pairs


def build_vocabulary(sentences):
  words = sorted(set(word for sentence in sentences for word in sentence))
  return ["<pad>", "<s>", "</s>"] + words


def pad(sentences):
  lengths = np.array([len(sentence) for sentence in sentences], np.int32)
  padded = np.full((len(sentences), lengths.max()), PAD, np.int32)
  for row, sentence in zip(padded, sentences):
    row[:len(sentence)] = sentence
  return padded, lengths


class Batches(object):
  """Sentences as numbers, in an order of its own."""

  def __init__(self, pairs, source_words, target_words, seed):
    source_ids = dict((w, i) for i, w in enumerate(source_words))
    target_ids = dict((w, i) for i, w in enumerate(target_words))
    self.source = [[source_ids[w] for w in english] for english, _ in pairs]
    self.target = [[target_ids[w] for w in other] for _, other in pairs]
    self.rnd = np.random.RandomState(seed)

  def next(self, batch_size):
    chosen = self.rnd.randint(len(self.source), size=batch_size)
    source, source_lengths = pad([self.source[i] for i in chosen])
    target_in, target_lengths = pad([[GO] + self.target[i] for i in chosen])
    target_out, _ = pad([self.target[i] + [EOS] for i in chosen])
    return source, source_lengths, target_in, target_out, target_lengths


class Translator(object):

  def __init__(self, n_source, n_target, args):
    self.args = args
    self.source = tf.placeholder(tf.int32, [None, None], name="source")
    self.source_lengths = tf.placeholder(tf.int32, [None], "source_lengths")
    self.target_in = tf.placeholder(tf.int32, [None, None], name="target_in")
    self.target_out = tf.placeholder(tf.int32, [None, None], "target_out")
    self.target_lengths = tf.placeholder(tf.int32, [None], "target_lengths")
    self.batch_size = tf.shape(self.source)[0]

    with tf.variable_scope("embeddings"):
      source_embedding = tf.get_variable("source", [n_source, args.embedding])
      self.embedding = tf.get_variable("target", [n_target, args.embedding])
    self.projection = layers_core.Dense(n_target, use_bias=False,
                                        name="projection")
    self.encode(tf.nn.embedding_lookup(source_embedding, self.source))
    self.build_training()
    self.build_greedy()
    self.build_beam(args.beam)
    self.saver = tf.train.Saver(max_to_keep=1)

  def encode(self, inputs):
    with tf.variable_scope("encoder"):
      cell = lambda: tf.contrib.rnn.GRUCell(self.args.units // 2)
      outputs, states = tf.nn.bidirectional_dynamic_rnn(
          cell(), cell(), inputs, sequence_length=self.source_lengths,
          dtype=tf.float32)
      self.memory = tf.concat(outputs, 2)
      self.encoder_state = tf.concat(states, 1)

  def build_cell(self, beam=None, alignment_history=False):
    """The decoder's cell and its first state; for a beam, k times each row."""
    memory, state = self.memory, self.encoder_state
    lengths, batch_size = self.source_lengths, self.batch_size
    if beam:
      memory = tf.contrib.seq2seq.tile_batch(memory, multiplier=beam)
      state = tf.contrib.seq2seq.tile_batch(state, multiplier=beam)
      lengths = tf.contrib.seq2seq.tile_batch(lengths, multiplier=beam)
      batch_size = batch_size * beam
    attention = tf.contrib.seq2seq.BahdanauAttention(
        self.args.units, memory, memory_sequence_length=lengths)
    cell = tf.contrib.seq2seq.AttentionWrapper(
        tf.contrib.rnn.GRUCell(self.args.units), attention,
        attention_layer_size=self.args.units,
        alignment_history=alignment_history, name="attention")
    return cell, cell.zero_state(batch_size, tf.float32).clone(
        cell_state=state)

  def build_training(self):
    with tf.variable_scope("decoder"):
      cell, state = self.build_cell()
      helper = tf.contrib.seq2seq.TrainingHelper(
          tf.nn.embedding_lookup(self.embedding, self.target_in),
          self.target_lengths)
      decoder = tf.contrib.seq2seq.BasicDecoder(cell, helper, state,
                                                output_layer=self.projection)
      outputs, _, _ = tf.contrib.seq2seq.dynamic_decode(decoder)
    weights = tf.sequence_mask(self.target_lengths, dtype=tf.float32)
    self.loss = tf.contrib.seq2seq.sequence_loss(
        outputs.rnn_output, self.target_out, weights)
    self.global_step = tf.train.get_or_create_global_step()
    learning_rate = tf.train.exponential_decay(
        self.args.learning_rate, self.global_step, 300, 0.5)
    variables = tf.trainable_variables()
    gradients = tf.gradients(self.loss, variables)
    gradients, _ = tf.clip_by_global_norm(gradients, 5.0)
    optimizer = tf.train.AdamOptimizer(learning_rate, epsilon=1e-6)
    self.train_op = optimizer.apply_gradients(
        zip(gradients, variables), global_step=self.global_step)

  def fill(self, ids):
    """All translations are equally long, however soon the last one ended."""
    rest = MAX_TARGET - tf.shape(ids)[1]
    return tf.pad(ids, [[0, 0], [0, rest]], constant_values=EOS)

  def build_greedy(self):
    with tf.variable_scope("decoder", reuse=True):
      cell, state = self.build_cell(alignment_history=True)
      helper = tf.contrib.seq2seq.GreedyEmbeddingHelper(
          self.embedding, tf.fill([self.batch_size], GO), EOS)
      decoder = tf.contrib.seq2seq.BasicDecoder(cell, helper, state,
                                                output_layer=self.projection)
      outputs, state, _ = tf.contrib.seq2seq.dynamic_decode(
          decoder, maximum_iterations=MAX_TARGET)
    self.greedy = self.fill(outputs.sample_id)
    # [target words, batch, source words]
    self.alignments = state.alignment_history.stack()

  def build_beam(self, beam):
    with tf.variable_scope("decoder", reuse=True):
      cell, state = self.build_cell(beam)
      decoder = tf.contrib.seq2seq.BeamSearchDecoder(
          cell, self.embedding, tf.fill([self.batch_size], GO), EOS, state,
          beam_width=beam, output_layer=self.projection,
          length_penalty_weight=0.6)
      outputs, _, _ = tf.contrib.seq2seq.dynamic_decode(
          decoder, maximum_iterations=MAX_TARGET)
    self.beam = self.fill(outputs.predicted_ids[:, :, 0])

  def train(self, sess, batches):
    losses = []
    for step in range(self.args.steps):
      feeds = zip([self.source, self.source_lengths, self.target_in,
                   self.target_out, self.target_lengths],
                  batches.next(self.args.batch_size))
      _, loss = sess.run([self.train_op, self.loss], dict(feeds))
      losses.append(loss)
      if step % 100 == 0 or step == self.args.steps - 1:
        print("step %4d  loss %.5f" % (step, loss))
    return losses

  def translate(self, sess, sentences, fetches):
    source, lengths = pad(sentences)
    return sess.run(fetches, {self.source: source,
                              self.source_lengths: lengths})


def spell(codes, vocabulary):
  words = []
  for code in codes:
    if code == EOS:
      break
    words.append(vocabulary[code])
  return words


def draw_alignment(alignment, source, target, axes):
  """How much each word on the left looks at each word above."""
  axes.imshow(alignment[:len(target), :len(source)], cmap="Blues",
              vmin=0, vmax=1, aspect="auto")
  axes.set_xticks(range(len(source)))
  axes.set_xticklabels(source, rotation=60, ha="right")
  axes.set_yticks(range(len(target)))
  axes.set_yticklabels(target)
  axes.set_xlabel("English")
  axes.set_ylabel("translation")


def parse_arguments():
  parser = argparse.ArgumentParser()
  parser.add_argument("--steps", type=int, default=700)
  parser.add_argument("--batch_size", type=int, default=64)
  parser.add_argument("--embedding", type=int, default=32)
  parser.add_argument("--units", type=int, default=64)
  parser.add_argument("--beam", type=int, default=4)
  parser.add_argument("--learning_rate", type=float, default=0.003)
  parser.add_argument("--out", help="folder for checkpoint and picture")
  parser.add_argument("--restore", metavar="DIR",
                      help="translate with the checkpoint in this folder")
  parser.add_argument("--decode", metavar="SENTENCE",
                      help="translate this sentence only")
  return parser.parse_args()


def main():
  args = parse_arguments()
  tf.set_random_seed(42)
  pairs = make_pairs(8200, seed=42)
  source_words = build_vocabulary([english for english, _ in pairs])
  target_words = build_vocabulary([other for _, other in pairs])
  held_out = Batches(pairs[:200], source_words, target_words, seed=1)
  print("%d English words, %d of the other language" % (
      len(source_words), len(target_words)))

  model = Translator(len(source_words), len(target_words), args)
  with tf.Session() as sess:
    if args.restore:
      checkpoint = tf.train.latest_checkpoint(args.restore)
      if checkpoint is None:
        raise SystemExit("no checkpoint in " + args.restore)
      model.saver.restore(sess, checkpoint)
      print("restored after %d steps" % sess.run(model.global_step))
    else:
      out = args.out or tempfile.mkdtemp()
      if not os.path.isdir(out):
        os.makedirs(out)
      sess.run(tf.global_variables_initializer())
      losses = model.train(sess, Batches(pairs[200:], source_words,
                                         target_words, seed=2))
      model.saver.save(sess, os.path.join(out, "translation.ckpt"),
                       global_step=model.global_step)

    if args.decode:
      words = args.decode.split()
      unknown = [word for word in words if word not in source_words]
      if unknown:
        raise SystemExit("unknown words: " + " ".join(unknown))
      codes = [source_words.index(word) for word in words]
      greedy, beam = model.translate(sess, [codes],
                                     [model.greedy, model.beam])
      print("greedy: ", " ".join(spell(greedy[0], target_words)))
      print("beam:   ", " ".join(spell(beam[0], target_words)))
      return

    greedy, beam, alignments = model.translate(
        sess, held_out.source, [model.greedy, model.beam, model.alignments])

  right = np.zeros(2, int)
  for i, (english, other) in enumerate(pairs[:200]):
    both = [spell(ids[i], target_words) for ids in (greedy, beam)]
    right += [words == other for words in both]
    if i < 4:
      print(" ".join(english), "=>", " ".join(both[1]))
  print("right, of 200 held-out sentences: greedy %d, beam of %d: %d" % (
      right[0], args.beam, right[1]))

  if not args.restore:
    figure, axes = plt.subplots(1, 3, figsize=(14, 5))
    axes[0].semilogy(losses)
    axes[0].set_xlabel("step")
    axes[0].set_ylabel("loss")
    longest = sorted(range(200), key=lambda i: -len(pairs[i][0]))
    for i, ax in zip(longest[3:5], axes[1:]):
      draw_alignment(alignments[:, i], pairs[i][0],
                     spell(greedy[i], target_words) + ["</s>"], ax)
    figure.tight_layout()
    figure.savefig(os.path.join(out, "translation.png"))
    print("checkpoint and picture in", out)


if __name__ == "__main__":
  main()
