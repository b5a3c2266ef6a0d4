"""The cells that only tf.contrib.rnn had, over `[None, 3, 4]`."""

from seeds.registry import snippet


def _run(tf, cell, **options):
  x = tf.placeholder(tf.float32, [None, 3, 4])
  return tf.nn.dynamic_rnn(cell, x, dtype=tf.float32, **options)


@snippet("tf.contrib.rnn.CoupledInputForgetGateLSTMCell")
def coupled_cell(tf):
  _run(tf, tf.contrib.rnn.CoupledInputForgetGateLSTMCell(5))


@snippet("CoupledInputForgetGateLSTMCell(use_peepholes, num_proj, proj_clip)")
def coupled_projection(tf):
  _run(tf, tf.contrib.rnn.CoupledInputForgetGateLSTMCell(
      5, use_peepholes=True, num_proj=3, proj_clip=0.5,
      state_is_tuple=False))


@snippet("CoupledInputForgetGateLSTMCell(num_unit_shards, num_proj_shards)")
def coupled_shards(tf):
  _run(tf, tf.contrib.rnn.CoupledInputForgetGateLSTMCell(
      5, num_proj=3, num_unit_shards=3, num_proj_shards=2))


@snippet("CoupledInputForgetGateLSTMCell(layer_norm=True)")
def coupled_layer_norm(tf):
  _run(tf, tf.contrib.rnn.CoupledInputForgetGateLSTMCell(
      5, layer_norm=True, norm_gain=0.5))


@snippet("two CoupledInputForgetGateLSTMCell in static_rnn, trained")
def coupled_trained(tf):
  cells = [tf.contrib.rnn.CoupledInputForgetGateLSTMCell(5, num_unit_shards=2)
           for _ in range(2)]
  outputs, _ = tf.nn.static_rnn(
      tf.nn.rnn_cell.MultiRNNCell(cells),
      tf.unstack(tf.placeholder(tf.float32, [None, 3, 4]), axis=1),
      dtype=tf.float32)
  tf.train.AdamOptimizer().minimize(tf.reduce_mean(outputs[-1]))


@snippet("tf.contrib.rnn.UGRNNCell")
def ugrnn_cell(tf):
  _run(tf, tf.contrib.rnn.UGRNNCell(5))


@snippet("UGRNNCell(initializer, activation)")
def ugrnn_initializer(tf):
  _run(tf, tf.contrib.rnn.UGRNNCell(
      5, initializer=tf.random_uniform_initializer(-0.1, 0.1),
      forget_bias=0.5, activation=tf.nn.relu))


@snippet("tf.contrib.rnn.IntersectionRNNCell")
def intersection_cell(tf):
  _run(tf, tf.contrib.rnn.IntersectionRNNCell(4))


@snippet("IntersectionRNNCell(num_in_proj, initializer)")
def intersection_projection(tf):
  _run(tf, tf.contrib.rnn.IntersectionRNNCell(
      5, num_in_proj=5, initializer=tf.truncated_normal_initializer()))


@snippet("tf.contrib.rnn.PhasedLSTMCell")
def phased_cell(tf):
  tf.nn.dynamic_rnn(
      tf.contrib.rnn.PhasedLSTMCell(5),
      (tf.placeholder(tf.float32, [None, 3, 1]),
       tf.placeholder(tf.float32, [None, 3, 4])), dtype=tf.float32)


@snippet("PhasedLSTMCell(use_peepholes), times in float64")
def phased_peepholes(tf):
  tf.nn.dynamic_rnn(
      tf.contrib.rnn.PhasedLSTMCell(
          5, use_peepholes=True, trainable_ratio_on=False,
          period_init_min=3., period_init_max=30.),
      (tf.placeholder(tf.float64, [None, 3, 1]),
       tf.placeholder(tf.float32, [None, 3, 4])),
      sequence_length=tf.placeholder(tf.int32, [None]), dtype=tf.float32)


@snippet("tf.contrib.rnn.Conv1DLSTMCell")
def conv_1d_cell(tf):
  tf.nn.dynamic_rnn(
      tf.contrib.rnn.Conv1DLSTMCell(
          input_shape=[6, 2], output_channels=3, kernel_shape=[3]),
      tf.placeholder(tf.float32, [None, 3, 6, 2]), dtype=tf.float32)


@snippet("tf.contrib.rnn.Conv2DLSTMCell")
def conv_2d_cell(tf):
  tf.nn.dynamic_rnn(
      tf.contrib.rnn.Conv2DLSTMCell(
          input_shape=[6, 5, 2], output_channels=3, kernel_shape=[3, 3]),
      tf.placeholder(tf.float32, [None, 3, 6, 5, 2]), dtype=tf.float32)


@snippet("tf.contrib.rnn.Conv3DLSTMCell")
def conv_3d_cell(tf):
  tf.nn.dynamic_rnn(
      tf.contrib.rnn.Conv3DLSTMCell(
          input_shape=[4, 6, 5, 2], output_channels=3,
          kernel_shape=[3, 2, 1]),
      tf.placeholder(tf.float32, [None, 3, 4, 6, 5, 2]), dtype=tf.float32)


@snippet("ConvLSTMCell(use_bias=False), two in a stack, trained")
def conv_lstm_stack(tf):
  cells = [tf.contrib.rnn.ConvLSTMCell(
      2, [6, 5, channels], 3, [3, 3], use_bias=False, name="conv_%d" % layer)
           for layer, channels in enumerate((2, 3))]
  outputs, _ = tf.nn.dynamic_rnn(
      tf.nn.rnn_cell.MultiRNNCell(cells),
      tf.placeholder(tf.float32, [None, 3, 6, 5, 2]), dtype=tf.float32)
  tf.train.AdamOptimizer().minimize(tf.reduce_mean(outputs))


@snippet("ConvLSTMCell(skip_connection=True), one step")
def conv_lstm_skip(tf):
  cell = tf.contrib.rnn.Conv2DLSTMCell(
      input_shape=[6, 5, 2], output_channels=3, kernel_shape=[3, 3],
      skip_connection=True)
  cell(tf.placeholder(tf.float32, [None, 6, 5, 2]),
       cell.zero_state(2, tf.float32))


@snippet("tf.contrib.rnn.GLSTMCell")
def glstm_cell(tf):
  _run(tf, tf.contrib.rnn.GLSTMCell(5))


@snippet("GLSTMCell(number_of_groups, num_proj, initializer)")
def glstm_groups(tf):
  _run(tf, tf.contrib.rnn.GLSTMCell(
      6, num_proj=4, number_of_groups=2,
      initializer=tf.random_uniform_initializer(-0.1, 0.1)))


@snippet("tf.contrib.rnn.SRUCell")
def sru_cell(tf):
  _run(tf, tf.contrib.rnn.SRUCell(5))


@snippet("tf.contrib.rnn.IndRNNCell")
def ind_rnn_cell(tf):
  _run(tf, tf.contrib.rnn.IndRNNCell(5))


@snippet("tf.contrib.rnn.IndyGRUCell")
def indy_gru_cell(tf):
  _run(tf, tf.contrib.rnn.IndyGRUCell(5))


@snippet("IndyGRUCell(kernel_initializer, bias_initializer)", exact=False)
def indy_gru_initializers(tf):
  _run(tf, tf.contrib.rnn.IndyGRUCell(
      5, kernel_initializer=tf.orthogonal_initializer(),
      bias_initializer=tf.random_normal_initializer()))


@snippet("tf.contrib.rnn.IndyLSTMCell")
def indy_lstm_cell(tf):
  _run(tf, tf.contrib.rnn.IndyLSTMCell(5))


@snippet("IndyLSTMCell, IndyGRUCell and IndRNNCell in a stack, trained")
def indy_stack(tf):
  outputs, _ = _run(tf, tf.nn.rnn_cell.MultiRNNCell([
      tf.contrib.rnn.IndyLSTMCell(5), tf.contrib.rnn.IndyGRUCell(4),
      tf.contrib.rnn.IndRNNCell(3)]))
  tf.train.AdamOptimizer().minimize(tf.reduce_mean(outputs))


@snippet("tf.contrib.rnn.CompiledWrapper")
def compiled_wrapper(tf):
  _run(tf, tf.contrib.rnn.CompiledWrapper(tf.nn.rnn_cell.GRUCell(5)))


@snippet("tf.contrib.rnn.transpose_batch_time, best_effort_input_batch_size")
def contrib_rnn_tools(tf):
  x = tf.placeholder(tf.float32, [None, 3, 4])
  turned = tf.contrib.rnn.transpose_batch_time(x)
  rows = tf.contrib.rnn.best_effort_input_batch_size([turned])
  tf.nn.dropout(tf.zeros([rows, 4]), 0.5)
