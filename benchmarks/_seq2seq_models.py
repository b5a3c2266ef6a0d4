"""The models that seq2seq.py measures: a program for TensorFlow 1.x.

TensorFlow 1.15 and the launcher of this package run the same text. It reads
one command, a JSON object, from each line of its input and answers each with
one line that begins with `MARK`.
"""

import collections
import gc
import json
import sys
import time

import numpy as np
import tensorflow as tf

MARK = "seq2seq-benchmark "
Model = collections.namedtuple("Model", "fetches compare")


def sizes(options):
  return collections.namedtuple("Sizes", sorted(options))(**options)


def array(rows, columns, limit, seed=0):
  return np.random.RandomState(seed).randint(1, limit, [rows, columns])


def encoded(size):
  """The memory of a bidirectional encoder and its final state."""
  source = tf.constant(array(size.batch, size.source, size.vocabulary))
  embedding = tf.get_variable("source", [size.vocabulary, size.units])
  lengths = tf.constant(
      [size.source - row % 3 for row in range(size.batch)], tf.int32)
  cells = [tf.nn.rnn_cell.LSTMCell(size.units // 2) for _ in range(2)]
  outputs, states = tf.nn.bidirectional_dynamic_rnn(
      cells[0], cells[1], tf.nn.embedding_lookup(embedding, source), lengths,
      dtype=tf.float32)
  state = tf.nn.rnn_cell.LSTMStateTuple(
      *[tf.concat(parts, 1) for parts in zip(*states)])
  return tf.concat(outputs, 2), lengths, state


def attending(size, kind, memory, lengths, state, history=False):
  """A decoder's cell and its initial state; `kind` may be None."""
  cell = tf.nn.rnn_cell.LSTMCell(size.units)
  if kind is None:
    return cell, state
  mechanism = getattr(tf.contrib.seq2seq, kind + "Attention")(
      size.units, memory, memory_sequence_length=lengths)
  cell = tf.contrib.seq2seq.AttentionWrapper(
      cell, mechanism, attention_layer_size=size.units,
      alignment_history=history)
  zero = cell.zero_state(tf.shape(memory)[0], tf.float32)
  return cell, zero.clone(cell_state=state)


def ending_never(shape, dtype=None, partition_info=None):
  """A bias with which the end token, number 0, is not chosen."""
  return tf.one_hot(0, shape[0], -40., 0., dtype=tf.float32)


# Logits this far apart leave no near ties that rounding could decide.
SPREAD = tf.random_uniform_initializer(-.5, .5)


def projection(size):
  return tf.layers.Dense(size.vocabulary, kernel_initializer=SPREAD,
                         bias_initializer=ending_never)


def embedded(size):
  return tf.get_variable("target", [size.vocabulary, size.units],
                         initializer=SPREAD)


def starts(size):
  return tf.fill([size.batch], 1)


def decoded(size, decoder):
  outputs, _, lengths = tf.contrib.seq2seq.dynamic_decode(
      decoder, maximum_iterations=size.steps)
  return outputs, lengths


def greedy(size, kind, helper="GreedyEmbeddingHelper", **more):
  cell, state = attending(size, kind, *encoded(size))
  helper = getattr(tf.contrib.seq2seq, helper)(
      embedded(size), starts(size), 0, **more)
  outputs, lengths = decoded(size, tf.contrib.seq2seq.BasicDecoder(
      cell, helper, state, projection(size)))
  return Model([outputs.sample_id, lengths], "ids")


def sampling(size, kind):
  return greedy(size, kind, "SampleEmbeddingHelper", seed=5)


def beam(size, kind, width):
  memory, lengths, state = [
      tf.contrib.seq2seq.tile_batch(part, width) for part in encoded(size)]
  cell, state = attending(size, kind, memory, lengths, state)
  outputs, lengths = decoded(size, tf.contrib.seq2seq.BeamSearchDecoder(
      cell, embedded(size), starts(size), 0, state, width, projection(size),
      length_penalty_weight=.6))
  return Model([outputs.predicted_ids, lengths], "ids")


def stepped(loss, compare="losses"):
  """One training step. The rate is 0, so that every step does the same."""
  variables = tf.trainable_variables()
  slopes, _ = tf.clip_by_global_norm(tf.gradients(loss, variables), 5.)
  train = tf.train.GradientDescentOptimizer(0.).apply_gradients(
      list(zip(slopes, variables)))
  return Model([loss, train], compare)


def training(size, kind):
  cell, state = attending(size, kind, *encoded(size))
  targets = tf.constant(array(size.batch, size.steps, size.vocabulary, 1))
  inputs = tf.nn.embedding_lookup(embedded(size), targets)
  helper = tf.contrib.seq2seq.TrainingHelper(
      inputs, tf.fill([size.batch], size.steps))
  outputs, _ = decoded(size, tf.contrib.seq2seq.BasicDecoder(
      cell, helper, state, projection(size)))
  return stepped(tf.contrib.seq2seq.sequence_loss(
      outputs.rnn_output, targets, tf.ones([size.batch, size.steps])))


def legacy(size):
  """The step of a translator with one bucket, unrolled, as in 2016."""
  draw = array(size.bucket, size.batch, size.vocabulary).astype(np.int32)
  tokens = [tf.constant(row) for row in draw]
  weights = tf.get_variable("weights", [size.vocabulary, size.units])
  bias = tf.get_variable("bias", [size.vocabulary])
  outputs, _ = tf.contrib.legacy_seq2seq.embedding_attention_seq2seq(
      tokens, tokens, tf.nn.rnn_cell.GRUCell(size.units), size.vocabulary,
      size.vocabulary, size.units,
      output_projection=(tf.transpose(weights), bias))

  def sampled(labels, logits):
    return tf.nn.sampled_softmax_loss(
        weights, bias, tf.reshape(labels, [-1, 1]), logits,
        min(512, size.vocabulary // 2), size.vocabulary, seed=3)

  return stepped(tf.contrib.legacy_seq2seq.sequence_loss(
      outputs, tokens, [tf.ones([size.batch])] * size.bucket,
      softmax_loss_function=sampled))


def tagger(size):
  shape = [size.sentences, size.words, size.tags]
  draw = np.random.RandomState(0)
  scores = tf.get_variable("scores", initializer=draw.randn(
      *shape).astype(np.float32))
  lengths = tf.constant(draw.randint(1, size.words + 1, shape[0]), tf.int32)
  tags = tf.constant(draw.randint(0, size.tags, shape[:2]), tf.int32)
  transitions = tf.get_variable(
      "transitions", [size.tags, size.tags], initializer=SPREAD)
  return scores, tags, lengths, transitions


def likelihood(size):
  scores, tags, lengths, transitions = tagger(size)
  found, _ = tf.contrib.crf.crf_log_likelihood(
      scores, tags, lengths, transitions)
  return stepped(-tf.reduce_mean(found))


def best_tags(size):
  scores, _, lengths, transitions = tagger(size)
  tags, score = tf.contrib.crf.crf_decode(scores, transitions, lengths)
  return Model([tags, score], "ids")


class Worker:
  """Builds one model at a time and runs it."""

  def __init__(self):
    self.session = None

  def build(self, function, size, arguments):
    """Seconds to build the graph."""
    if self.session:
      self.session.close()
    self.session = self.model = None
    gc.collect()
    self.graph = tf.Graph()
    with self.graph.as_default():
      tf.set_random_seed(7)
      begun = time.perf_counter()
      with tf.variable_scope("model"):
        self.model = globals()[function](sizes(size), *arguments)
      return time.perf_counter() - begun

  def start(self, threads):
    """Values to compare, and seconds of the second and of the first run."""
    config = tf.ConfigProto(intra_op_parallelism_threads=threads,
                            inter_op_parallelism_threads=threads)
    self.session = tf.Session(graph=self.graph, config=config)
    with self.graph.as_default():
      self.session.run(tf.global_variables_initializer())
    begun = time.perf_counter()
    found = self.session.run(self.model.fetches)[0]
    first = time.perf_counter() - begun
    return {"values": np.asarray(found).tolist(), "first": first,
            "second": self.run(1), "compare": self.model.compare}

  def run(self, times):
    """Seconds of one run, the mean of several."""
    begun = time.perf_counter()
    for _ in range(times):
      self.session.run(self.model.fetches)
    return (time.perf_counter() - begun) / times


def main():
  worker = Worker()
  print(MARK + json.dumps("ready"), flush=True)
  for line in sys.stdin:
    name, arguments = json.loads(line)
    print(MARK + json.dumps(getattr(worker, name)(*arguments)), flush=True)


if __name__ == "__main__":
  main()
