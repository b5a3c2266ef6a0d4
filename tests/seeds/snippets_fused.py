"""Fused cells, and cells that compute as cuDNN does."""

from seeds.registry import snippet


def _x(tf):
  return tf.placeholder(tf.float32, [3, None, 4])


@snippet("tf.contrib.rnn.LSTMBlockFusedCell")
def fused_lstm(tf):
  tf.contrib.rnn.LSTMBlockFusedCell(5)(_x(tf), dtype=tf.float32)


@snippet("LSTMBlockFusedCell(use_peephole=True), sequence_length")
def fused_lstm_lengths(tf):
  lengths = tf.placeholder(tf.int32, [None])
  x = tf.placeholder(tf.float32, [None, None, 4])
  tf.contrib.rnn.LSTMBlockFusedCell(5, use_peephole=True, cell_clip=1.0)(
      x, dtype=tf.float32, sequence_length=lengths)


@snippet("LSTMBlockFusedCell, initial_state")
def fused_lstm_state(tf):
  x = tf.placeholder(tf.float32, [3, 2, 4])
  state = (tf.zeros([2, 5]), tf.ones([2, 5]))
  tf.contrib.rnn.LSTMBlockFusedCell(5)(x, initial_state=state)


@snippet("LSTMBlockFusedCell, trained")
def fused_lstm_trained(tf):
  outputs, _ = tf.contrib.rnn.LSTMBlockFusedCell(5)(_x(tf), dtype=tf.float32)
  loss = tf.reduce_mean(tf.square(outputs))
  tf.train.AdamOptimizer().minimize(loss)


@snippet("tf.contrib.rnn.TimeReversedFusedRNN")
def fused_both_ways(tf):
  x, rnn = _x(tf), tf.contrib.rnn
  lengths = tf.placeholder(tf.int32, [None])
  with tf.variable_scope("fw"):
    rnn.LSTMBlockFusedCell(5)(x, dtype=tf.float32, sequence_length=lengths)
  with tf.variable_scope("bw"):
    rnn.TimeReversedFusedRNN(rnn.LSTMBlockFusedCell(5))(
        x, dtype=tf.float32, sequence_length=lengths)


@snippet("tf.contrib.rnn.FusedRNNCellAdaptor")
def fused_adaptor(tf):
  tf.contrib.rnn.FusedRNNCellAdaptor(tf.nn.rnn_cell.LSTMCell(5))(
      _x(tf), dtype=tf.float32)


@snippet("FusedRNNCellAdaptor(use_dynamic_rnn=True), list")
def fused_adaptor_dynamic(tf):
  x = [tf.placeholder(tf.float32, [None, 4]) for _ in range(3)]
  tf.contrib.rnn.FusedRNNCellAdaptor(
      tf.nn.rnn_cell.GRUCell(5), use_dynamic_rnn=True)(x, dtype=tf.float32)


@snippet("tf.contrib.cudnn_rnn.CudnnCompatibleLSTMCell")
def cudnn_lstm_cells(tf):
  cells = [tf.contrib.cudnn_rnn.CudnnCompatibleLSTMCell(5) for _ in range(2)]
  tf.nn.dynamic_rnn(tf.nn.rnn_cell.MultiRNNCell(cells), _x(tf),
                    dtype=tf.float32, time_major=True)


@snippet("tf.contrib.cudnn_rnn.CudnnCompatibleGRUCell")
def cudnn_gru_cells(tf):
  cells = [[tf.contrib.cudnn_rnn.CudnnCompatibleGRUCell(5) for _ in range(2)]
           for _ in range(2)]
  tf.contrib.rnn.stack_bidirectional_dynamic_rnn(
      cells[0], cells[1], _x(tf), dtype=tf.float32, time_major=True)
