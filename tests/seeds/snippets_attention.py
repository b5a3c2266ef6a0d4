"""Attention of tf.contrib.seq2seq."""

from seeds.registry import snippet


def _encoded(tf):
  """An encoder's outputs, their lengths and the final state."""
  source = tf.placeholder(tf.float32, [None, None, 6])
  lengths = tf.placeholder(tf.int32, [None])
  outputs, state = tf.nn.dynamic_rnn(
      tf.nn.rnn_cell.LSTMCell(4), source, lengths, dtype=tf.float32)
  return outputs, lengths, state


def _minimize(tf, *results):
  loss = tf.add_n([tf.reduce_mean(result) for result in results])
  tf.train.AdamOptimizer().minimize(loss)


@snippet("AttentionWrapper with BahdanauAttention in dynamic_decode, and Adam")
def attention_translation(tf):
  seq2seq = tf.contrib.seq2seq
  memory, lengths, encoder_state = _encoded(tf)
  mechanism = seq2seq.BahdanauAttention(4, memory, lengths, normalize=True)
  cell = seq2seq.AttentionWrapper(
      tf.nn.rnn_cell.LSTMCell(4), mechanism, attention_layer_size=4,
      alignment_history=True)
  start = cell.zero_state(tf.shape(memory)[0], tf.float32).clone(
      cell_state=encoder_state)
  helper = seq2seq.TrainingHelper(
      tf.placeholder(tf.float32, [None, None, 5]),
      tf.placeholder(tf.int32, [None]))
  outputs, state, _ = seq2seq.dynamic_decode(seq2seq.BasicDecoder(
      cell, helper, start, tf.layers.Dense(7)))
  _minimize(tf, outputs.rnn_output, state.alignment_history.stack())


@snippet("two mechanisms of one AttentionWrapper, unrolled, and Adam")
def attention_two_mechanisms(tf):
  seq2seq = tf.contrib.seq2seq
  memory = tf.get_variable("memory", [2, 3, 6])
  cell = seq2seq.AttentionWrapper(
      tf.nn.rnn_cell.GRUCell(4),
      [seq2seq.LuongAttention(4, memory, [3, 1], scale=True),
       seq2seq.BahdanauAttention(5, tf.placeholder(tf.float32, [2, 4, 5]))],
      attention_layer_size=[3, 2], output_attention=False)
  state = cell.zero_state(2, tf.float32)
  for _ in range(2):
    output, state = cell(tf.placeholder(tf.float32, [2, 3]), state)
  _minimize(tf, output, state.attention)


@snippet("BahdanauMonotonicAttention with noise, in dynamic_rnn, and Adam")
def attention_monotonic(tf):
  seq2seq = tf.contrib.seq2seq
  memory, lengths, _ = _encoded(tf)
  mechanism = seq2seq.BahdanauMonotonicAttention(
      4, memory, lengths, sigmoid_noise=0.5, score_bias_init=-1.)
  cell = seq2seq.AttentionWrapper(tf.nn.rnn_cell.GRUCell(4), mechanism)
  outputs, _ = tf.nn.dynamic_rnn(
      cell, tf.placeholder(tf.float32, [None, None, 5]), dtype=tf.float32)
  _minimize(tf, outputs)


@snippet("LuongMonotonicAttention in its recursive mode, and Adam")
def attention_recursive(tf):
  seq2seq = tf.contrib.seq2seq
  memory = tf.placeholder(tf.float32, [2, 3, 6])
  mechanism = seq2seq.LuongMonotonicAttention(
      4, memory, [3, 2], mode="recursive")
  cell = seq2seq.AttentionWrapper(
      tf.nn.rnn_cell.GRUCell(4), mechanism,
      attention_layer=tf.layers.Dense(3, tf.tanh))
  output, _ = cell(
      tf.placeholder(tf.float32, [2, 5]), cell.zero_state(2, tf.float32))
  _minimize(tf, output)
