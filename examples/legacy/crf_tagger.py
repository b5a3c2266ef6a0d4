"""Finds names in made-up news sentences: a BiLSTM-CRF with characters.

The held-out sentences contain names that no training sentence has. Their
letters tell what they are: Ivanova and Peterson are people, Oakville and
Hamburg are places.
"""
from __future__ import print_function

import argparse
import os

import numpy as np
import tensorflow as tf

TAGS = ["O", "B-PER", "I-PER", "B-LOC", "I-LOC", "B-ORG", "I-ORG"]
UNKNOWN = "<unk>"

STARTS = ("al ber cor dan el far gor han is jon kal lin mar nor ol pet quin "
          "ros stan tor ul ver wil yor zan").split()
ENDINGS = {
    "PER": "son ova sky man ette elli".split(),
    "LOC": "ville burg ton land ford stan".split(),
    "ORG": "soft tech bank corp media air".split(),
}
FIRST = {"PER": ["Mr", "Dr", "Anna", "John"], "LOC": ["New", "Port", "East"],
         "ORG": []}
LAST = {"PER": [], "LOC": [], "ORG": ["Inc", "Group", "Ltd"]}
PATTERNS = """
PER of ORG arrived in LOC on monday .
ORG opens an office in LOC .
the mayor of LOC met PER and PER yesterday .
PER leaves ORG for ORG .
shares of ORG fell , said PER .
heavy rain in LOC and LOC .
PER was born near LOC .
in LOC , ORG hired PER as a manager .
the match between LOC and LOC ended early .
a spokesman for ORG in LOC did not know PER .
nothing happened on monday .
PER , who lives in LOC , wrote to ORG .
""".strip().splitlines()


def make_name(rng, kind, held_out):
  """One name as a list of words; the two sets have different words."""
  while True:
    start, middle = rng.randint(len(STARTS)), rng.randint(len(STARTS))
    if ((start + middle) % 4 == 0) == held_out:
      break
  ending = ENDINGS[kind][rng.randint(len(ENDINGS[kind]))]
  word = STARTS[start]
  if rng.rand() < 0.5:
    word += STARTS[middle]
  else:
    word += "aeiou"[(start + middle) % 5]
  name = [(word + ending).capitalize()]
  if FIRST[kind] and rng.rand() < 0.5:
    name.insert(0, FIRST[kind][rng.randint(len(FIRST[kind]))])
  if LAST[kind] and rng.rand() < 0.5:
    name.append(LAST[kind][rng.randint(len(LAST[kind]))])
  return name


def make_sentences(rng, count, held_out):
  """A list of (words, tags)."""
  sentences = []
  for _ in range(count):
    words, tags = [], []
    for word in PATTERNS[rng.randint(len(PATTERNS))].split():
      if word in ENDINGS:
        name = make_name(rng, word, held_out)
        words += name
        tags += ["B-" + word] + ["I-" + word] * (len(name) - 1)
      else:
        words.append(word)
        tags.append("O")
    sentences.append((words, tags))
  return sentences


def make_vocabulary(sentences):
  """Words that occur at least 4 times, and all characters."""
  counts, chars = {}, set()
  for words, _ in sentences:
    for word in words:
      counts[word] = counts.get(word, 0) + 1
      chars.update(word)
  words = [UNKNOWN] + sorted(w for w in counts if counts[w] >= 4)
  word_ids = dict((w, i) for i, w in enumerate(words))
  char_ids = dict((c, i + 2) for i, c in enumerate(sorted(chars)))
  return word_ids, char_ids


def pad(rows, length, fill):
  return [list(row) + [fill] * (length - len(row)) for row in rows]


class Batch(object):
  """Some sentences as arrays; 0 is padding, character 1 is unknown."""

  def __init__(self, sentences, word_ids, char_ids):
    self.lengths = [len(words) for words, _ in sentences]
    longest = max(self.lengths)
    self.words = pad([[word_ids.get(w, 0) for w in words]
                      for words, _ in sentences], longest, 0)
    self.tags = pad([[TAGS.index(t) for t in tags] for _, tags in sentences],
                    longest, 0)
    widest = max(len(w) for words, _ in sentences for w in words)
    self.chars = pad([pad([[char_ids.get(c, 1) for c in w] for w in words],
                          widest, 0) for words, _ in sentences],
                     longest, [0] * widest)
    self.word_lengths = pad([[len(w) for w in words]
                             for words, _ in sentences], longest, 0)


class Tagger(object):

  def __init__(self, args, n_words, n_chars):
    self.add_placeholders()
    self.add_embeddings(args, n_words, n_chars)
    self.add_logits(args)
    self.add_loss()
    self.add_train_op(args)

  def add_placeholders(self):
    # [batch, words], [batch], [batch, words, characters], [batch, words]
    self.word_ids = tf.placeholder(tf.int32, [None, None], name="word_ids")
    self.lengths = tf.placeholder(tf.int32, [None], name="lengths")
    self.char_ids = tf.placeholder(tf.int32, [None, None, None],
                                   name="char_ids")
    self.word_lengths = tf.placeholder(tf.int32, [None, None],
                                       name="word_lengths")
    self.labels = tf.placeholder(tf.int32, [None, None], name="labels")
    self.keep_prob = tf.placeholder(tf.float32, [], name="keep_prob")

  def add_embeddings(self, args, n_words, n_chars):
    with tf.variable_scope("words"):
      table = tf.get_variable("embeddings", [n_words, args.word_size])
      words = tf.nn.embedding_lookup(table, self.word_ids)
    with tf.variable_scope("chars"):
      table = tf.get_variable("embeddings", [n_chars, args.char_size])
      chars = tf.nn.embedding_lookup(table, self.char_ids)
      shape = tf.shape(chars)
      # Every word is a sequence of its own.
      chars = tf.reshape(chars, [shape[0] * shape[1], shape[2],
                                 args.char_size])
      cell_fw = tf.contrib.rnn.LSTMCell(args.char_hidden)
      cell_bw = tf.contrib.rnn.LSTMCell(args.char_hidden)
      _, ((_, last_fw), (_, last_bw)) = tf.nn.bidirectional_dynamic_rnn(
          cell_fw, cell_bw, chars, dtype=tf.float32,
          sequence_length=tf.reshape(self.word_lengths, [-1]))
      letters = tf.concat([last_fw, last_bw], axis=-1)
      letters = tf.reshape(letters, [shape[0], shape[1],
                                     2 * args.char_hidden])
    self.embeddings = tf.nn.dropout(tf.concat([words, letters], axis=-1),
                                    self.keep_prob)

  def add_logits(self, args):
    with tf.variable_scope("bi-lstm"):
      cell_fw = tf.contrib.rnn.LSTMCell(args.hidden)
      cell_bw = tf.contrib.rnn.LSTMCell(args.hidden)
      outputs, _ = tf.nn.bidirectional_dynamic_rnn(
          cell_fw, cell_bw, self.embeddings, sequence_length=self.lengths,
          dtype=tf.float32)
      output = tf.nn.dropout(tf.concat(outputs, axis=-1), self.keep_prob)
    with tf.variable_scope("proj"):
      W = tf.get_variable("W", [2 * args.hidden, len(TAGS)])
      b = tf.get_variable("b", [len(TAGS)],
                          initializer=tf.zeros_initializer())
      n_steps = tf.shape(output)[1]
      flat = tf.reshape(output, [-1, 2 * args.hidden])
      self.logits = tf.reshape(tf.matmul(flat, W) + b,
                               [-1, n_steps, len(TAGS)])

  def add_loss(self):
    log_likelihood, self.transitions = tf.contrib.crf.crf_log_likelihood(
        self.logits, self.labels, self.lengths)
    self.loss = tf.reduce_mean(-log_likelihood)
    self.decoded, _ = tf.contrib.crf.crf_decode(
        self.logits, self.transitions, self.lengths)

  def add_train_op(self, args):
    optimizer = tf.train.AdamOptimizer(args.lr)
    grads, variables = zip(*optimizer.compute_gradients(self.loss))
    grads, self.norm = tf.clip_by_global_norm(grads, 5.0)
    self.train_op = optimizer.apply_gradients(zip(grads, variables))

  def feed(self, batch, keep_prob):
    return {self.word_ids: batch.words, self.lengths: batch.lengths,
            self.char_ids: batch.chars, self.labels: batch.tags,
            self.word_lengths: batch.word_lengths,
            self.keep_prob: keep_prob}

  def predict(self, sess, batch):
    """The tags of each sentence, by Viterbi; and those of crf_decode."""
    logits, transitions, decoded = sess.run(
        [self.logits, self.transitions, self.decoded], self.feed(batch, 1.0))
    found = []
    for scores, length in zip(logits, batch.lengths):
      tags, _ = tf.contrib.crf.viterbi_decode(scores[:length], transitions)
      found.append([TAGS[tag] for tag in tags])
    same = all([TAGS[tag] for tag in row[:len(tags)]] == tags
               for row, tags in zip(decoded, found))
    return found, same


def entities(tags):
  """The set of (kind, first, last) in one sentence."""
  found, start = set(), None
  for i, tag in enumerate(tags + ["O"]):
    if start is not None and not tag.startswith("I-"):
      found.add((tags[start][2:], start, i - 1))
      start = None
    if tag.startswith("B-"):
      start = i
  return found


def f1_score(wanted, found):
  right = total_wanted = total_found = 0
  for one, other in zip(wanted, found):
    one, other = entities(one), entities(other)
    right += len(one & other)
    total_wanted += len(one)
    total_found += len(other)
  return 2.0 * right / max(total_wanted + total_found, 1)


def parse_args():
  parser = argparse.ArgumentParser()
  parser.add_argument("--steps", type=int, default=200)
  parser.add_argument("--batch_size", type=int, default=20)
  parser.add_argument("--word_size", type=int, default=24)
  parser.add_argument("--char_size", type=int, default=12)
  parser.add_argument("--char_hidden", type=int, default=16)
  parser.add_argument("--hidden", type=int, default=32)
  parser.add_argument("--lr", type=float, default=0.005)
  parser.add_argument("--keep_prob", type=float, default=0.7)
  parser.add_argument("--out", help="directory for the tagged sentences")
  return parser.parse_args()


def main():
  args = parse_args()
  tf.set_random_seed(11)
  rng = np.random.RandomState(7)
  train = make_sentences(rng, 600, held_out=False)
  test = make_sentences(rng, 100, held_out=True)
  word_ids, char_ids = make_vocabulary(train)
  print("%d words, %d characters" % (len(word_ids), len(char_ids)))
  model = Tagger(args, len(word_ids), len(char_ids) + 2)
  test_batch = Batch(test, word_ids, char_ids)

  with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    for step in range(1, args.steps + 1):
      chosen = rng.choice(len(train), args.batch_size, replace=False)
      batch = Batch([train[i] for i in chosen], word_ids, char_ids)
      _, loss = sess.run([model.train_op, model.loss],
                         model.feed(batch, args.keep_prob))
      if step % 50 == 0 or step == args.steps:
        found, _ = model.predict(sess, test_batch)
        print("step %d loss: %.4f F1 on held-out sentences: %.4f" % (
            step, loss, f1_score([tags for _, tags in test], found)))
    found, same = model.predict(sess, test_batch)

  print("crf_decode finds the same tags: %s" % same)
  new = set(w for words, _ in test for w in words if w not in word_ids)
  print("words of the held-out sentences that are unknown: %d" % len(new))
  for (words, _), tags in list(zip(test, found))[:4]:
    print(" ".join(word if tag == "O" else "%s[%s]" % (word, tag)
                   for word, tag in zip(words, tags)))
  if args.out:
    if not os.path.isdir(args.out):
      os.makedirs(args.out)
    with open(os.path.join(args.out, "tagged.txt"), "w") as stream:
      for (words, wanted), tags in zip(test, found):
        for line in zip(words, wanted, tags):
          stream.write(" ".join(line) + "\n")
        stream.write("\n")


if __name__ == "__main__":
  main()
