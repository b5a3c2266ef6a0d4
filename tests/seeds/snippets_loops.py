"""Every loop."""

from seeds.registry import snippet


def _x(tf, *shape):
  return tf.placeholder(tf.float32, list(shape) or [None, 3, 4])


def _cell(tf, units=5):
  return tf.nn.rnn_cell.BasicLSTMCell(units)


@snippet("dynamic_rnn(sequence_length)")
def dynamic_rnn_lengths(tf):
  tf.nn.dynamic_rnn(_cell(tf), _x(tf), dtype=tf.float32,
                    sequence_length=tf.placeholder(tf.int32, [None]))


@snippet("dynamic_rnn(initial_state)")
def dynamic_rnn_initial_state(tf):
  cell = _cell(tf)
  tf.nn.dynamic_rnn(cell, _x(tf, 2, 3, 4),
                    initial_state=cell.zero_state(2, tf.float32))


@snippet("dynamic_rnn(initial_state) with an unknown batch size")
def dynamic_rnn_open_batch(tf):
  x = _x(tf, None, None, 4)
  cell = tf.nn.rnn_cell.GRUCell(5)
  tf.nn.dynamic_rnn(
      cell, x, initial_state=cell.zero_state(tf.shape(x)[0], tf.float32))


@snippet("dynamic_rnn(time_major=True)")
def dynamic_rnn_time_major(tf):
  tf.nn.dynamic_rnn(_cell(tf), _x(tf, 3, None, 4), dtype=tf.float32,
                    time_major=True)


@snippet("dynamic_rnn(dtype=tf.float64)")
def dynamic_rnn_double(tf):
  tf.nn.dynamic_rnn(_cell(tf), tf.placeholder(tf.float64, [None, 3, 4]),
                    dtype=tf.float64)


@snippet("dynamic_rnn(swap_memory, parallel_iterations, scope)")
def dynamic_rnn_options(tf):
  tf.nn.dynamic_rnn(_cell(tf), _x(tf), dtype=tf.float32, swap_memory=True,
                    parallel_iterations=1, scope="encoder")


@snippet("dynamic_rnn within a scope with an initializer")
def dynamic_rnn_scope_initializer(tf):
  with tf.variable_scope("model", initializer=tf.random_uniform_initializer(
      -0.1, 0.1)):
    tf.nn.dynamic_rnn(_cell(tf), _x(tf), dtype=tf.float32)


@snippet("dynamic_rnn within a partitioned scope")
def dynamic_rnn_partitioned(tf):
  with tf.variable_scope("model",
                         partitioner=tf.fixed_size_partitioner(2)):
    tf.nn.dynamic_rnn(_cell(tf, 6), _x(tf), dtype=tf.float32)


@snippet("dynamic_rnn with resource variables")
def dynamic_rnn_resource(tf):
  with tf.variable_scope("model", use_resource=True):
    tf.nn.dynamic_rnn(_cell(tf), _x(tf), dtype=tf.float32)


@snippet("dynamic_rnn within a regularized scope")
def dynamic_rnn_regularized(tf):
  with tf.variable_scope(
      "model", regularizer=tf.contrib.layers.l2_regularizer(0.1)):
    tf.nn.dynamic_rnn(_cell(tf), _x(tf), dtype=tf.float32)


@snippet("dynamic_rnn twice, with shared variables")
def dynamic_rnn_reused(tf):
  cell = _cell(tf)
  with tf.variable_scope("model"):
    tf.nn.dynamic_rnn(cell, _x(tf), dtype=tf.float32)
  with tf.variable_scope("model", reuse=True):
    tf.nn.dynamic_rnn(cell, _x(tf, 1, 1, 4), dtype=tf.float32)


@snippet("dynamic_rnn of a state in tf.Variables")
def dynamic_rnn_state_variables(tf):
  cell = _cell(tf)
  state = cell.zero_state(2, tf.float32)
  kept = tf.nn.rnn_cell.LSTMStateTuple(
      tf.Variable(state.c, trainable=False),
      tf.Variable(state.h, trainable=False))
  _, final = tf.nn.dynamic_rnn(cell, _x(tf, 2, 3, 4), initial_state=kept)
  with tf.control_dependencies([kept.c.assign(final.c),
                                kept.h.assign(final.h)]):
    tf.identity(final.h)


@snippet("dynamic_rnn of a state in one packed variable")
def dynamic_rnn_packed_state(tf):
  cell = tf.nn.rnn_cell.MultiRNNCell([_cell(tf) for _ in range(2)])
  kept = tf.get_variable("kept", [2, 2, 2, 5], trainable=False,
                         initializer=tf.zeros_initializer())
  state = tuple(
      tf.nn.rnn_cell.LSTMStateTuple(layer[0], layer[1])
      for layer in tf.unstack(kept, axis=0))
  tf.nn.dynamic_rnn(cell, _x(tf, 2, 3, 4), initial_state=state)
  kept.assign(tf.zeros_like(kept))


@snippet("tf.nn.static_rnn")
def static_rnn(tf):
  tf.nn.static_rnn(_cell(tf), [_x(tf, None, 4) for _ in range(3)],
                   dtype=tf.float32)


@snippet("static_rnn of tf.unstack, with lengths")
def static_rnn_lengths(tf):
  steps = tf.unstack(tf.transpose(_x(tf), [1, 0, 2]))
  tf.nn.static_rnn(tf.nn.rnn_cell.GRUCell(5), steps, dtype=tf.float32,
                   sequence_length=tf.placeholder(tf.int32, [None]))


@snippet("static_rnn of tf.split")
def static_rnn_split(tf):
  steps = tf.split(tf.reshape(tf.transpose(_x(tf), [1, 0, 2]), [-1, 4]),
                   3, 0)
  cell = _cell(tf)
  tf.contrib.rnn.static_rnn(cell, steps, dtype=tf.float32)


@snippet("static_rnn(initial_state)")
def static_rnn_initial_state(tf):
  cell = tf.nn.rnn_cell.MultiRNNCell([_cell(tf), _cell(tf)])
  tf.nn.static_rnn(cell, [_x(tf, 2, 4) for _ in range(2)],
                   initial_state=cell.zero_state(2, tf.float32))


@snippet("tf.nn.bidirectional_dynamic_rnn")
def bidirectional_dynamic_rnn(tf):
  outputs, _ = tf.nn.bidirectional_dynamic_rnn(
      _cell(tf), _cell(tf), _x(tf), dtype=tf.float32)
  tf.concat(outputs, 2)


@snippet("bidirectional_dynamic_rnn(sequence_length)")
def bidirectional_dynamic_rnn_lengths(tf):
  tf.nn.bidirectional_dynamic_rnn(
      tf.nn.rnn_cell.GRUCell(5), tf.nn.rnn_cell.GRUCell(6), _x(tf),
      sequence_length=tf.placeholder(tf.int32, [None]), dtype=tf.float32,
      scope="both")


@snippet("tf.nn.static_bidirectional_rnn")
def static_bidirectional_rnn(tf):
  tf.nn.static_bidirectional_rnn(
      _cell(tf), _cell(tf), [_x(tf, None, 4) for _ in range(3)],
      dtype=tf.float32)


@snippet("tf.contrib.rnn.stack_bidirectional_dynamic_rnn")
def stack_bidirectional_dynamic_rnn(tf):
  tf.contrib.rnn.stack_bidirectional_dynamic_rnn(
      [_cell(tf) for _ in range(2)], [_cell(tf) for _ in range(2)], _x(tf),
      dtype=tf.float32)


@snippet("tf.contrib.rnn.stack_bidirectional_rnn")
def stack_bidirectional_rnn(tf):
  tf.contrib.rnn.stack_bidirectional_rnn(
      [_cell(tf)], [_cell(tf)], [_x(tf, None, 4) for _ in range(2)],
      dtype=tf.float32)


@snippet("tf.nn.raw_rnn")
def raw_rnn(tf):
  x = _x(tf, 3, None, 4)
  cell = _cell(tf)
  source = tf.TensorArray(tf.float32, 3).unstack(x)

  def loop_fn(time, cell_output, cell_state, loop_state):
    if cell_output is None:
      state = cell.zero_state(tf.shape(x)[1], tf.float32)
    else:
      state = cell_state
    done = time >= tf.fill([tf.shape(x)[1]], 3)
    following = tf.cond(
        tf.reduce_all(done),
        lambda: tf.zeros([tf.shape(x)[1], 4], dtype=tf.float32),
        lambda: source.read(time))
    following.set_shape([None, 4])
    return done, following, state, cell_output, None
  outputs, _, _ = tf.nn.raw_rnn(cell, loop_fn)
  outputs.stack()


@snippet("a generator: output fed to the next input")
def self_feeding(tf):
  cell = tf.nn.rnn_cell.GRUCell(5)
  state = cell.zero_state(2, tf.float32)
  x = _x(tf, 2, 4)
  weights = tf.get_variable("w", [5, 4])
  with tf.variable_scope("loop", reuse=tf.AUTO_REUSE):
    for _ in range(3):
      output, state = cell(x, state)
      x = tf.matmul(output, weights)


@snippet("two dynamic_rnn: encoder and decoder")
def encoder_and_decoder(tf):
  with tf.variable_scope("encoder"):
    _, state = tf.nn.dynamic_rnn(_cell(tf), _x(tf), dtype=tf.float32)
  with tf.variable_scope("decoder"):
    outputs, _ = tf.nn.dynamic_rnn(_cell(tf), _x(tf), initial_state=state)
  tf.layers.dense(outputs, 3)


@snippet("tf.contrib.legacy_seq2seq.rnn_decoder")
def rnn_decoder(tf):
  cell = tf.nn.rnn_cell.GRUCell(4)
  tf.contrib.legacy_seq2seq.rnn_decoder(
      [_x(tf, 2, 4) for _ in range(3)], cell.zero_state(2, tf.float32),
      cell, loop_function=lambda output, _: tf.tanh(output))


@snippet("tf.nn.static_state_saving_rnn")
def static_state_saving_rnn(tf):
  class Keeper(object):
    def __init__(self):
      self.kept = tf.Variable(tf.zeros([2, 5]), trainable=False)

    def state(self, name):
      return self.kept

    def save_state(self, name, value):
      return tf.assign(self.kept, value)
  tf.nn.static_state_saving_rnn(
      tf.nn.rnn_cell.GRUCell(5), [_x(tf, 2, 4) for _ in range(2)],
      Keeper(), "state")


@snippet("the last output by length: tf.gather_nd after dynamic_rnn")
def last_output(tf):
  lengths = tf.placeholder(tf.int32, [None])
  x = _x(tf)
  outputs, _ = tf.nn.dynamic_rnn(_cell(tf), x, lengths, dtype=tf.float32)
  rows = tf.range(tf.shape(x)[0])
  tf.gather_nd(outputs, tf.stack([rows, lengths - 1], axis=1))


@snippet("lengths from the input: sign, reduce_max, reduce_sum")
def lengths_of_input(tf):
  x = _x(tf)
  used = tf.sign(tf.reduce_max(tf.abs(x), reduction_indices=2))
  lengths = tf.cast(tf.reduce_sum(used, reduction_indices=1), tf.int32)
  tf.nn.dynamic_rnn(_cell(tf), x, dtype=tf.float32, sequence_length=lengths)
