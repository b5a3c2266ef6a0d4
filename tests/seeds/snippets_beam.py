"""Beam search of tf.contrib.seq2seq."""

from seeds.registry import snippet

BEAMS, SYMBOLS = 3, 7


def _search(tf, cell, state, start=(1, 1), symbols=SYMBOLS, **options):
  table = tf.get_variable("embedding", [symbols, 4])
  decoder = tf.contrib.seq2seq.BeamSearchDecoder(
      cell, table, start, 2, state, BEAMS, tf.layers.Dense(symbols), **options)
  return tf.contrib.seq2seq.dynamic_decode(decoder, maximum_iterations=10)


@snippet("BeamSearchDecoder of an LSTM")
def beam_search(tf):
  cell = tf.nn.rnn_cell.LSTMCell(5)
  _search(tf, cell, cell.zero_state(2 * BEAMS, tf.float32))


@snippet("BeamSearchDecoder with a length penalty, unknown batch, two cells")
def beam_search_open(tf):
  cell = tf.nn.rnn_cell.MultiRNNCell(
      [tf.nn.rnn_cell.GRUCell(size) for size in (4, 5)])
  start = tf.placeholder(tf.int32, [None])
  _search(tf, cell, cell.zero_state(tf.size(start) * BEAMS, tf.float32), start,
          length_penalty_weight=0.8)


@snippet("BeamSearchDecoder with 600 symbols")
def beam_search_many_symbols(tf):
  cell = tf.nn.rnn_cell.GRUCell(5)
  _search(tf, cell, cell.zero_state(2 * BEAMS, tf.float32), symbols=600)


@snippet("BeamSearchDecoder with attention, coverage penalty and alignments")
def beam_search_attention(tf):
  memory = tf.contrib.seq2seq.tile_batch(
      tf.placeholder(tf.float32, [None, None, 6]), BEAMS)
  lengths = tf.contrib.seq2seq.tile_batch(
      tf.placeholder(tf.int32, [None]), BEAMS)
  cell = tf.contrib.seq2seq.AttentionWrapper(
      tf.nn.rnn_cell.LSTMCell(5),
      tf.contrib.seq2seq.LuongAttention(5, memory, lengths),
      attention_layer_size=4, alignment_history=True)
  batch = tf.size(lengths)
  _search(tf, cell, cell.zero_state(batch, tf.float32),
          tf.fill([batch // BEAMS], 1), coverage_penalty_weight=0.2)


@snippet("gather_tree and tile_batch")
def gather_tree(tf):
  ids = tf.placeholder(tf.int32, [None, 2, 3])
  tf.contrib.seq2seq.gather_tree(ids, ids, [3, 2], end_token=1)
  tf.contrib.seq2seq.tile_batch([ids, tf.ones([2, 4])], 3)
