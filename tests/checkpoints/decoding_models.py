"""Encoders and decoders with attention that translate with a beam.

Runs unchanged on Python 3.7 with TensorFlow 1.15 and here: `tf` is handed in.
`build` makes a model; its training, greedy and beam graphs share variables,
so one checkpoint feeds all three. The task is to reverse a sequence.
"""

import collections

import numpy as np

# Ids: 0 pads, 1 starts, 2 ends, the others are symbols.
GO, END, SYMBOLS = 1, 2, 9
VOCABULARY = 3 + SYMBOLS
BATCH, TIME, UNITS, BEAM = 5, 6, 12, 3
STEPS = 60       # of training before the checkpoint is written

Built = collections.namedtuple("Built", "fetches loss train feeds")


def _bahdanau(tf):
  return dict(
      cell=lambda: tf.contrib.rnn.GRUCell(UNITS),
      mechanism=lambda memory, lengths: (
          tf.contrib.seq2seq.BahdanauAttention(
              UNITS, memory, memory_sequence_length=lengths,
              normalize=True)),
      wrapper=dict(attention_layer_size=UNITS),
      beam=dict(length_penalty_weight=0.6))


def _luong(tf):
  """Two layers of LSTMs, and a search that is told to cover its source."""
  return dict(
      cell=lambda: tf.contrib.rnn.MultiRNNCell([
          tf.contrib.rnn.BasicLSTMCell(UNITS) for _ in range(2)]),
      mechanism=lambda memory, lengths: (
          tf.contrib.seq2seq.LuongAttention(
              UNITS, memory, memory_sequence_length=lengths, scale=True)),
      wrapper=dict(output_attention=False),
      beam=dict(length_penalty_weight=0.2, coverage_penalty_weight=0.3))


MODELS = collections.OrderedDict([("bahdanau", _bahdanau), ("luong", _luong)])


def numbers(seed):
  """`(source, lengths, targets with GO, targets with END)` of one batch."""
  random = np.random.RandomState(seed)
  lengths = random.randint(2, TIME + 1, size=BATCH)
  lengths[0] = TIME
  source = np.zeros([BATCH, TIME], np.int32)
  inputs = np.zeros([BATCH, TIME + 1], np.int32)
  targets = np.zeros([BATCH, TIME + 1], np.int32)
  for row, length in enumerate(lengths):
    symbols = random.randint(3, VOCABULARY, size=length)
    source[row, :length] = symbols
    inputs[row, :length + 1] = [GO] + list(symbols[::-1])
    targets[row, :length + 1] = list(symbols[::-1]) + [END]
  return source, lengths, inputs, targets


class _Decoders(object):
  """The three graphs over one encoder."""

  def __init__(self, tf, options, source, lengths):
    self.tf, self.options, self.lengths = tf, options, lengths
    self.embedding = tf.get_variable("embedding", [VOCABULARY, UNITS])
    self.projection = tf.layers.Dense(VOCABULARY, name="projection")
    outputs, states = tf.nn.bidirectional_dynamic_rnn(
        tf.contrib.rnn.GRUCell(UNITS // 2), tf.contrib.rnn.GRUCell(UNITS // 2),
        tf.nn.embedding_lookup(self.embedding, source),
        sequence_length=lengths, dtype=tf.float32)
    self.memory, self.last = tf.concat(outputs, 2), tf.concat(states, 1)
    self.batch = tf.shape(source)[0]

  def cell_and_state(self, times=1, **more):
    tf, seq2seq = self.tf, self.tf.contrib.seq2seq
    memory, lengths, last = [
        seq2seq.tile_batch(tensor, times) if times > 1 else tensor
        for tensor in (self.memory, self.lengths, self.last)]
    cell = seq2seq.AttentionWrapper(
        self.options["cell"](), self.options["mechanism"](memory, lengths),
        **dict(self.options["wrapper"], **more))
    state = cell.zero_state(self.batch * times, tf.float32)
    if isinstance(state.cell_state, tuple):
      first = tuple(tf.contrib.rnn.LSTMStateTuple(last, last)
                    for _ in state.cell_state)
    else:
      first = last
    return cell, state.clone(cell_state=first)

  def decode(self, helper, **more):
    seq2seq = self.tf.contrib.seq2seq
    cell, state = self.cell_and_state(**more)
    return seq2seq.dynamic_decode(
        seq2seq.BasicDecoder(cell, helper, state, self.projection),
        maximum_iterations=TIME + 3)

  def search(self):
    seq2seq = self.tf.contrib.seq2seq
    # Only a search with a penalty for coverage looks at the history.
    covers = "coverage_penalty_weight" in self.options["beam"]
    cell, state = self.cell_and_state(BEAM, alignment_history=covers)
    return seq2seq.dynamic_decode(
        seq2seq.BeamSearchDecoder(
            cell, self.embedding, self.tf.fill([self.batch], GO), END, state,
            BEAM, self.projection, **self.options["beam"]),
        maximum_iterations=TIME + 3)


def build(tf, name):
  """The model in the current graph, ready to run."""
  seq2seq = tf.contrib.seq2seq
  feeds = [tf.placeholder(tf.int32, shape, name=label) for label, shape in (
      ("source", [None, None]), ("lengths", [None]),
      ("inputs", [None, None]), ("targets", [None, None]))]
  source, lengths, inputs, targets = feeds
  decoders = _Decoders(tf, MODELS[name](tf), source, lengths)
  with tf.variable_scope("decoder"):
    outputs, _, _ = decoders.decode(seq2seq.TrainingHelper(
        tf.nn.embedding_lookup(decoders.embedding, inputs), lengths + 1))
  with tf.variable_scope("decoder", reuse=True):
    spoken, state, spoken_lengths = decoders.decode(
        seq2seq.GreedyEmbeddingHelper(
            decoders.embedding, tf.fill([decoders.batch], GO), END),
        alignment_history=True)
  with tf.variable_scope("decoder", reuse=True):
    found, end, found_lengths = decoders.search()
  steps = tf.shape(outputs.rnn_output)[1]
  loss = seq2seq.sequence_loss(
      outputs.rnn_output, targets[:, :steps],
      tf.sequence_mask(lengths + 1, steps, dtype=tf.float32))
  train = tf.train.AdamOptimizer(0.02).minimize(loss, name="train")
  fetches = collections.OrderedDict([
      ("logits", outputs.rnn_output),
      ("greedy/ids", spoken.sample_id),
      ("greedy/logits", spoken.rnn_output),
      ("greedy/lengths", spoken_lengths),
      ("greedy/alignments", state.alignment_history.stack()),
      ("beam/ids", found.predicted_ids),
      ("beam/words", found.beam_search_decoder_output.predicted_ids),
      ("beam/parents", found.beam_search_decoder_output.parent_ids),
      ("beam/scores", found.beam_search_decoder_output.scores),
      ("beam/lengths", found_lengths),
      ("beam/log_probs", end.log_probs)])
  return Built(fetches, loss, train, feeds)


def train(session, built, steps, seed=0):
  """Takes `steps` steps, each with a batch of its own; the losses."""
  losses = []
  for step in range(steps):
    feeds = dict(zip(built.feeds, numbers(seed + step)))
    losses.append(session.run([built.loss, built.train], feeds)[0])
  return losses


def compute(session, built):
  """What the model decodes, and then the losses of three more steps."""
  feeds = dict(zip(built.feeds, numbers(1000)))
  found = dict(session.run(built.fetches, feeds))
  found["losses"] = np.array(train(session, built, 3, seed=2000))
  return found
