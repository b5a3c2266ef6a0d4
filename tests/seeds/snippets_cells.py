"""Every cell and wrapper, in `tf.nn.dynamic_rnn` over `[None, 3, 4]`."""

import importlib

from seeds.registry import snippet


def _run(tf, cell, **options):
  x = tf.placeholder(tf.float32, [None, 3, 4])
  return tf.nn.dynamic_rnn(cell, x, dtype=tf.float32, **options)


@snippet("tf.nn.rnn_cell.BasicRNNCell")
def basic_rnn_cell(tf):
  _run(tf, tf.nn.rnn_cell.BasicRNNCell(5))


@snippet("tf.nn.rnn_cell.BasicLSTMCell")
def basic_lstm_cell(tf):
  _run(tf, tf.nn.rnn_cell.BasicLSTMCell(5))


@snippet("BasicLSTMCell(state_is_tuple=False)")
def basic_lstm_one_state(tf):
  _run(tf, tf.nn.rnn_cell.BasicLSTMCell(5, state_is_tuple=False))


@snippet("tf.nn.rnn_cell.GRUCell")
def gru_cell(tf):
  _run(tf, tf.nn.rnn_cell.GRUCell(5))


@snippet("GRUCell(kernel_initializer, bias_initializer)", exact=False)
def gru_cell_initializers(tf):
  _run(tf, tf.nn.rnn_cell.GRUCell(
      5, kernel_initializer=tf.orthogonal_initializer(),
      bias_initializer=tf.random_normal_initializer()))


@snippet("tf.nn.rnn_cell.LSTMCell")
def lstm_cell(tf):
  _run(tf, tf.nn.rnn_cell.LSTMCell(5))


@snippet("LSTMCell(use_peepholes=True)")
def lstm_peepholes(tf):
  _run(tf, tf.nn.rnn_cell.LSTMCell(5, use_peepholes=True))


@snippet("LSTMCell(num_proj, proj_clip, cell_clip)")
def lstm_projection(tf):
  _run(tf, tf.nn.rnn_cell.LSTMCell(5, num_proj=3, proj_clip=2.,
                                   cell_clip=1., use_peepholes=True))


@snippet("LSTMCell(initializer=...)")
def lstm_initializer(tf):
  _run(tf, tf.nn.rnn_cell.LSTMCell(
      5, initializer=tf.random_uniform_initializer(-0.1, 0.1)))


@snippet("LSTMCell(num_unit_shards)")
def lstm_shards(tf):
  _run(tf, tf.nn.rnn_cell.LSTMCell(6, num_unit_shards=2, num_proj=4,
                                   num_proj_shards=2))


@snippet("tf.contrib.rnn.LayerNormBasicLSTMCell")
def layer_norm_lstm(tf):
  _run(tf, tf.contrib.rnn.LayerNormBasicLSTMCell(5))


@snippet("LayerNormBasicLSTMCell(dropout_keep_prob)")
def layer_norm_lstm_dropout(tf):
  _run(tf, tf.contrib.rnn.LayerNormBasicLSTMCell(5, dropout_keep_prob=0.5))


@snippet("tf.contrib.rnn.LSTMBlockCell")
def lstm_block_cell(tf):
  _run(tf, tf.contrib.rnn.LSTMBlockCell(5, use_peephole=True))


@snippet("tf.contrib.rnn.GRUBlockCell")
def gru_block_cell(tf):
  _run(tf, tf.contrib.rnn.GRUBlockCell(5))


@snippet("tf.contrib.rnn.GRUBlockCellV2")
def gru_block_cell_v2(tf):
  _run(tf, tf.contrib.rnn.GRUBlockCellV2(5))


@snippet("tf.contrib.rnn.NASCell")
def nas_cell(tf):
  _run(tf, tf.contrib.rnn.NASCell(5, use_bias=True, num_proj=3))


@snippet("tf.contrib.rnn.HighwayWrapper")
def highway_wrapper(tf):
  _run(tf, tf.contrib.rnn.HighwayWrapper(tf.nn.rnn_cell.GRUCell(4)))


@snippet("tf.contrib.rnn.AttentionCellWrapper")
def attention_cell_wrapper(tf):
  _run(tf, tf.contrib.rnn.AttentionCellWrapper(
      tf.nn.rnn_cell.BasicLSTMCell(5), 3, state_is_tuple=True))


@snippet("tf.nn.rnn_cell.EmbeddingWrapper")
def embedding_wrapper(tf):
  cell = tf.contrib.rnn.EmbeddingWrapper(
      tf.nn.rnn_cell.GRUCell(5), embedding_classes=7, embedding_size=4)
  tf.nn.dynamic_rnn(cell, tf.placeholder(tf.int32, [None, 3, 1]),
                    dtype=tf.float32)


@snippet("tf.contrib.rnn.OutputProjectionWrapper")
def output_projection_wrapper(tf):
  _run(tf, tf.contrib.rnn.OutputProjectionWrapper(
      tf.nn.rnn_cell.BasicRNNCell(5, activation=tf.nn.relu), 1))


@snippet("tf.contrib.rnn.InputProjectionWrapper")
def input_projection_wrapper(tf):
  _run(tf, tf.contrib.rnn.InputProjectionWrapper(
      tf.nn.rnn_cell.GRUCell(5), 6))


@snippet("tf.nn.rnn_cell.ResidualWrapper")
def residual_wrapper(tf):
  _run(tf, tf.nn.rnn_cell.ResidualWrapper(tf.nn.rnn_cell.GRUCell(4)))


@snippet("tf.nn.rnn_cell.DeviceWrapper")
def device_wrapper(tf):
  _run(tf, tf.nn.rnn_cell.DeviceWrapper(tf.nn.rnn_cell.GRUCell(5),
                                        "/cpu:0"))


@snippet("DropoutWrapper(output_keep_prob)")
def dropout_wrapper_output(tf):
  _run(tf, tf.nn.rnn_cell.DropoutWrapper(
      tf.nn.rnn_cell.BasicLSTMCell(5), output_keep_prob=0.5))


@snippet("DropoutWrapper(input_keep_prob, state_keep_prob)")
def dropout_wrapper_all(tf):
  _run(tf, tf.nn.rnn_cell.DropoutWrapper(
      tf.nn.rnn_cell.LSTMCell(5), input_keep_prob=0.8,
      output_keep_prob=0.7, state_keep_prob=0.6))


@snippet("DropoutWrapper with a fed keep_prob")
def dropout_wrapper_fed(tf):
  keep = tf.placeholder(tf.float32, [])
  _run(tf, tf.nn.rnn_cell.DropoutWrapper(
      tf.nn.rnn_cell.GRUCell(5), output_keep_prob=keep,
      input_keep_prob=keep))


@snippet("DropoutWrapper(variational_recurrent=True)")
def dropout_wrapper_variational(tf):
  _run(tf, tf.nn.rnn_cell.DropoutWrapper(
      tf.nn.rnn_cell.LSTMCell(5), input_keep_prob=0.8,
      output_keep_prob=0.7, state_keep_prob=0.6,
      variational_recurrent=True, input_size=4, dtype=tf.float32))


@snippet("DropoutWrapper(seed=...)")
def dropout_wrapper_seed(tf):
  _run(tf, tf.nn.rnn_cell.DropoutWrapper(
      tf.nn.rnn_cell.GRUCell(5), output_keep_prob=0.5, seed=3))


@snippet("tf.nn.rnn_cell.MultiRNNCell")
def multi_rnn_cell(tf):
  _run(tf, tf.nn.rnn_cell.MultiRNNCell(
      [tf.nn.rnn_cell.BasicLSTMCell(5), tf.nn.rnn_cell.GRUCell(6)]))


@snippet("MultiRNNCell(state_is_tuple=False)")
def multi_rnn_one_state(tf):
  _run(tf, tf.nn.rnn_cell.MultiRNNCell(
      [tf.nn.rnn_cell.GRUCell(5), tf.nn.rnn_cell.GRUCell(6)],
      state_is_tuple=False))


@snippet("MultiRNNCell of DropoutWrappers")
def multi_rnn_dropout(tf):
  _run(tf, tf.nn.rnn_cell.MultiRNNCell([
      tf.nn.rnn_cell.DropoutWrapper(
          tf.nn.rnn_cell.LSTMCell(5), output_keep_prob=0.5)
      for _ in range(2)]))


@snippet("a subclass of RNNCell", exact=False)
def custom_cell(tf):
  class Plain(tf.nn.rnn_cell.RNNCell):
    state_size = output_size = 5

    def __call__(self, inputs, state, scope=None):
      with tf.variable_scope(scope or "plain"):
        w = tf.get_variable("w", [4, 5])
        u = tf.get_variable("u", [5, 5],
                            initializer=tf.orthogonal_initializer())
        state = tf.tanh(tf.matmul(inputs, w) + tf.matmul(state, u))
      return state, state
  _run(tf, Plain())


@snippet("a subclass of RNNCell with call()")
def custom_cell_layer(tf):
  class Plain(tf.nn.rnn_cell.RNNCell):
    state_size = output_size = 5

    def call(self, inputs, state):
      state = tf.tanh(tf.layers.dense(tf.concat([inputs, state], 1), 5))
      return state, state
  _run(tf, Plain())


@snippet("_linear, the private function")
def linear_function(tf):
  linear = importlib.import_module(
      tf.__name__ + ".contrib.rnn.python.ops.core_rnn_cell")._linear
  x = tf.placeholder(tf.float32, [None, 4])
  with tf.variable_scope("linear"):
    linear([x, x], 5, True)


@snippet("cell.zero_state(int), cell.zero_state(tensor)")
def zero_states(tf):
  x = tf.placeholder(tf.float32, [None, 4])
  for cell in (tf.nn.rnn_cell.BasicLSTMCell(5), tf.nn.rnn_cell.GRUCell(5)):
    cell.zero_state(2, tf.float32)
    cell.zero_state(tf.shape(x)[0], tf.float32)


@snippet("cell(x, state), steps by hand")
def cell_by_hand(tf):
  cell = tf.nn.rnn_cell.MultiRNNCell(
      [tf.nn.rnn_cell.BasicLSTMCell(5) for _ in range(2)])
  state = cell.zero_state(2, tf.float32)
  x = tf.placeholder(tf.float32, [2, 3, 4])
  with tf.variable_scope("RNN"):
    for step in range(3):
      if step:
        tf.get_variable_scope().reuse_variables()
      _, state = cell(x[:, step, :], state)


@snippet("cell.zero_state with random model before and after")
def cell_between_models(tf):
  tf.get_variable("embedding", [7, 4])
  _run(tf, tf.nn.rnn_cell.LSTMCell(5))
  tf.Variable(tf.truncated_normal([5, 2], stddev=0.1))
