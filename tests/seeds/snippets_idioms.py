"""Small whole programs of the time; some are followed by a second model."""

import numpy as np

from seeds.registry import snippet


def _train(tf, loss, rate=0.001):
  tf.train.AdamOptimizer(rate).minimize(loss)


@snippet("two steps unrolled by hand")
def two_steps_by_hand(tf):
  x = [tf.placeholder(tf.float32, [None, 3]) for _ in range(2)]
  w = tf.Variable(tf.random_normal(shape=[3, 5], dtype=tf.float32))
  u = tf.Variable(tf.random_normal(shape=[5, 5], dtype=tf.float32))
  b = tf.Variable(tf.zeros([1, 5], dtype=tf.float32))
  y = tf.tanh(tf.matmul(x[0], w) + b)
  tf.tanh(tf.matmul(y, u) + tf.matmul(x[1], w) + b)
  tf.global_variables_initializer()


@snippet("MNIST by rows, BasicRNNCell and fully_connected")
def mnist_rows(tf):
  x = tf.placeholder(tf.float32, [None, 28, 28])
  y = tf.placeholder(tf.int32, [None])
  _, states = tf.nn.dynamic_rnn(
      tf.contrib.rnn.BasicRNNCell(num_units=15), x, dtype=tf.float32)
  logits = tf.contrib.layers.fully_connected(states, 10, activation_fn=None)
  loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(
      labels=y, logits=logits))
  _train(tf, loss)
  tf.reduce_mean(tf.cast(tf.nn.in_top_k(logits, y, 1), tf.float32))
  tf.global_variables_initializer()


@snippet("MNIST with three LSTM layers")
def mnist_deep_lstm(tf):
  x = tf.placeholder(tf.float32, [None, 28, 28])
  y = tf.placeholder(tf.int32, [None])
  cell = tf.contrib.rnn.MultiRNNCell(
      [tf.contrib.rnn.BasicLSTMCell(num_units=15) for _ in range(3)])
  _, states = tf.nn.dynamic_rnn(cell, x, dtype=tf.float32)
  logits = tf.layers.dense(states[-1][1], 10, name="softmax")
  loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(
      labels=y, logits=logits))
  _train(tf, loss)


@snippet("MNIST with static_rnn and weights in dictionaries")
def mnist_dictionaries(tf):
  x = tf.placeholder("float", [None, 28, 28])
  y = tf.placeholder("float", [None, 10])
  weights = {"out": tf.Variable(tf.random_normal([16, 10]))}
  biases = {"out": tf.Variable(tf.random_normal([10]))}
  steps = tf.unstack(x, 28, 1)[:4]
  outputs, _ = tf.contrib.rnn.static_rnn(
      tf.contrib.rnn.BasicLSTMCell(16, forget_bias=1.0), steps,
      dtype=tf.float32)
  logits = tf.matmul(outputs[-1], weights["out"]) + biases["out"]
  loss = tf.reduce_mean(tf.nn.softmax_cross_entropy_with_logits(
      logits=logits, labels=y))
  tf.train.GradientDescentOptimizer(0.001).minimize(loss)
  right = tf.equal(tf.argmax(tf.nn.softmax(logits), 1), tf.argmax(y, 1))
  tf.reduce_mean(tf.cast(right, tf.float32))
  tf.global_variables_initializer()


@snippet("time series, OutputProjectionWrapper")
def time_series_projection(tf):
  x = tf.placeholder(tf.float32, [None, 20, 1])
  y = tf.placeholder(tf.float32, [None, 20, 1])
  cell = tf.contrib.rnn.OutputProjectionWrapper(
      tf.contrib.rnn.BasicRNNCell(num_units=10, activation=tf.nn.relu),
      output_size=1)
  outputs, _ = tf.nn.dynamic_rnn(cell, x, dtype=tf.float32)
  _train(tf, tf.reduce_mean(tf.square(outputs - y)))
  tf.global_variables_initializer()


@snippet("time series, reshape and fully_connected")
def time_series_reshape(tf):
  x = tf.placeholder(tf.float32, [None, 20, 1])
  y = tf.placeholder(tf.float32, [None, 20, 1])
  outputs, _ = tf.nn.dynamic_rnn(
      tf.contrib.rnn.BasicRNNCell(num_units=10, activation=tf.nn.relu), x,
      dtype=tf.float32)
  stacked = tf.contrib.layers.fully_connected(
      tf.reshape(outputs, [-1, 10]), 1, activation_fn=None)
  outputs = tf.reshape(stacked, [-1, 20, 1])
  _train(tf, tf.reduce_sum(tf.square(outputs - y)))
  tf.train.Saver()


@snippet("deep RNN with dropout on the input")
def deep_dropout(tf):
  x = tf.placeholder(tf.float32, [None, 20, 1])
  y = tf.placeholder(tf.float32, [None, 20, 1])
  cells = [tf.contrib.rnn.DropoutWrapper(
      tf.contrib.rnn.BasicRNNCell(num_units=10), input_keep_prob=0.5)
           for _ in range(3)]
  outputs, _ = tf.nn.dynamic_rnn(
      tf.contrib.rnn.MultiRNNCell(cells), x, dtype=tf.float32)
  stacked = tf.contrib.layers.fully_connected(
      tf.reshape(outputs, [-1, 10]), 1, activation_fn=None)
  _train(tf, tf.reduce_sum(tf.square(tf.reshape(stacked, [-1, 20, 1]) - y)))
  tf.global_variables_initializer()
  tf.train.Saver()


@snippet("a sine, float64, placeholder_with_default")
def sine_double(tf):
  zero = np.zeros(10)[None, :, None]
  x = tf.placeholder_with_default(zero, [None, 10, 1])
  output, _ = tf.nn.dynamic_rnn(
      inputs=x, cell=tf.nn.rnn_cell.BasicLSTMCell(5, forget_bias=1.),
      dtype=tf.float64)
  pred = tf.contrib.layers.fully_connected(output, 1, activation_fn=tf.tanh)
  loss = tf.reduce_sum(tf.pow(pred - np.roll(zero, 1), 2)) / (2 * 10)
  tf.train.AdamOptimizer().minimize(loss)
  tf.global_variables_initializer()


@snippet("several LSTM layers from zero_state, linear, Adam")
def layers_from_zero_state(tf):
  x = tf.placeholder(tf.float32, [2, 5, 3])
  cell = tf.contrib.rnn.MultiRNNCell(
      [tf.contrib.rnn.LSTMCell(6) for _ in range(2)])
  outputs, _ = tf.nn.dynamic_rnn(
      cell, inputs=x, initial_state=cell.zero_state(2, tf.float32))
  logits = tf.contrib.layers.linear(outputs, 4)
  loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(
      labels=tf.placeholder(tf.int32, [2, 5]), logits=logits))
  _train(tf, loss)


@snippet("state in get_variable, unstacked by layer, keep and zero ops")
def hidden_state_variable(tf):
  cell = tf.contrib.rnn.MultiRNNCell(
      [tf.contrib.rnn.LSTMCell(6) for _ in range(2)])
  with tf.variable_scope("Hidden_state"):
    hidden = tf.get_variable(
        "hidden_state", [2, 2, 3, 6], tf.float32,
        initializer=tf.constant_initializer(0.0), trainable=False)
    state = tuple(tf.contrib.rnn.LSTMStateTuple(layer[0], layer[1])
                  for layer in tf.unstack(hidden, axis=0))
  with tf.name_scope("LSTM"):
    _, final = tf.nn.dynamic_rnn(
        cell, tf.placeholder(tf.float32, [3, 5, 4]),
        sequence_length=tf.placeholder(tf.int32, [3]), initial_state=state)
  hidden.assign(tf.stack([tf.stack(layer) for layer in final]))
  hidden.assign(tf.zeros_like(hidden))


@snippet("state in tf.Variables of zero_state, keep and zero ops")
def state_variables_of_zero_state(tf):
  cell = tf.contrib.rnn.MultiRNNCell(
      [tf.contrib.rnn.LSTMCell(6) for _ in range(2)])
  with tf.variable_scope("Hidden_state"):
    state = tuple(
        tf.nn.rnn_cell.LSTMStateTuple(tf.Variable(c, trainable=False),
                                      tf.Variable(h, trainable=False))
        for c, h in cell.zero_state(3, tf.float32))
  with tf.name_scope("LSTM"):
    outputs, final = tf.nn.dynamic_rnn(
        cell, tf.placeholder(tf.float32, [3, 5, 4]), initial_state=state)
  keep, zero = [], []
  for kept, new in zip(state, final):
    keep.extend([kept[0].assign(new[0]), kept[1].assign(new[1])])
    zero.extend([part.assign(tf.zeros_like(part)) for part in kept])
  tf.tuple(keep)
  tf.tuple(zero)
  _train(tf, tf.reduce_mean(outputs))


@snippet("initial state by tf.cond on the step")
def state_by_cond(tf):
  zero = tf.zeros(shape=[1, 6])
  c = tf.Variable(zero, trainable=False)
  h = tf.Variable(zero, trainable=False)
  step = tf.placeholder_with_default(tf.constant(-1, dtype=tf.int64),
                                     shape=[], name="step")
  state = tf.cond(tf.equal(step, 0),
                  true_fn=lambda: tf.nn.rnn_cell.LSTMStateTuple(zero, zero),
                  false_fn=lambda: tf.nn.rnn_cell.LSTMStateTuple(c, h))
  tf.nn.dynamic_rnn(tf.nn.rnn_cell.LSTMCell(6),
                    tf.placeholder(tf.float32, [1, 5, 4]),
                    initial_state=state)


def _characters(tf, batch, steps, cell_class, dropout=False):
  cell = tf.contrib.rnn.MultiRNNCell(
      [cell_class(8) for _ in range(2)], state_is_tuple=True)
  ids = tf.placeholder(tf.int32, [batch, steps])
  targets = tf.placeholder(tf.int32, [batch, steps])
  state = cell.zero_state(batch, tf.float32)
  with tf.variable_scope("rnnlm"):
    w = tf.get_variable("softmax_w", [8, 11])
    b = tf.get_variable("softmax_b", [11])
  embedding = tf.get_variable("embedding", [11, 8])
  inputs = tf.nn.embedding_lookup(embedding, ids)
  if dropout:
    inputs = tf.nn.dropout(inputs, 0.5)
  inputs = [tf.squeeze(part, [1]) for part in tf.split(inputs, steps, 1)]
  outputs, _ = tf.contrib.legacy_seq2seq.rnn_decoder(
      inputs, state, cell, scope="rnnlm")
  logits = tf.matmul(tf.reshape(tf.concat(outputs, 1), [-1, 8]), w) + b
  loss = tf.contrib.legacy_seq2seq.sequence_loss_by_example(
      [logits], [tf.reshape(targets, [-1])], [tf.ones([batch * steps])])
  return tf.reduce_sum(loss) / batch / steps


@snippet("a character model of legacy_seq2seq.rnn_decoder")
def character_model(tf):
  cost = _characters(tf, 2, 4, tf.contrib.rnn.BasicLSTMCell)
  rate = tf.Variable(0.0, trainable=False)
  variables = tf.trainable_variables()
  gradients, _ = tf.clip_by_global_norm(tf.gradients(cost, variables), 5.)
  tf.train.AdamOptimizer(rate).apply_gradients(zip(gradients, variables))


@snippet("a character model with dropout and GRUs")
def character_model_dropout(tf):
  _characters(tf, 2, 4, tf.contrib.rnn.GRUCell, dropout=True)


def _words(tf, training, steps):
  size, vocabulary, batch = 8, 20, 3

  def lstm():
    cell = tf.contrib.rnn.BasicLSTMCell(size, forget_bias=0.0,
                                        reuse=not training)
    if training:
      cell = tf.contrib.rnn.DropoutWrapper(cell, output_keep_prob=0.8)
    return cell
  cell = tf.contrib.rnn.MultiRNNCell([lstm() for _ in range(2)])
  state = cell.zero_state(batch, tf.float32)
  with tf.device("/cpu:0"):
    embedding = tf.get_variable("embedding", [vocabulary, size])
    inputs = tf.nn.embedding_lookup(
        embedding, tf.placeholder(tf.int32, [batch, steps]))
  if training:
    inputs = tf.nn.dropout(inputs, 0.8)
  outputs = []
  with tf.variable_scope("RNN"):
    for step in range(steps):
      if step > 0:
        tf.get_variable_scope().reuse_variables()
      output, state = cell(inputs[:, step, :], state)
      outputs.append(output)
  output = tf.reshape(tf.stack(axis=1, values=outputs), [-1, size])
  w = tf.get_variable("softmax_w", [size, vocabulary])
  b = tf.get_variable("softmax_b", [vocabulary])
  loss = tf.contrib.legacy_seq2seq.sequence_loss_by_example(
      [tf.matmul(output, w) + b], [tf.placeholder(tf.int32, [batch * steps])],
      [tf.ones([batch * steps], dtype=tf.float32)])
  cost = tf.reduce_sum(loss) / batch
  if not training:
    return
  rate = tf.Variable(0.0, trainable=False)
  variables = tf.trainable_variables()
  gradients, _ = tf.clip_by_global_norm(tf.gradients(cost, variables), 5)
  tf.train.GradientDescentOptimizer(rate).apply_gradients(
      zip(gradients, variables),
      global_step=tf.contrib.framework.get_or_create_global_step())
  tf.assign(rate, tf.placeholder(tf.float32, shape=[]))


@snippet("a word model for training and for test, one scope")
def word_model(tf):
  initializer = tf.random_uniform_initializer(-0.1, 0.1)
  with tf.name_scope("Train"):
    with tf.variable_scope("Model", reuse=None, initializer=initializer):
      _words(tf, True, 3)
  with tf.name_scope("Test"):
    with tf.variable_scope("Model", reuse=True, initializer=initializer):
      _words(tf, False, 1)


@snippet("word2vec with nce_loss")
def word2vec(tf):
  ids = tf.placeholder(tf.int32, shape=[8])
  labels = tf.placeholder(tf.int32, shape=[8, 1])
  table = tf.Variable(tf.random_uniform([30, 6], -1.0, 1.0))
  embed = tf.nn.embedding_lookup(table, ids)
  w = tf.Variable(tf.truncated_normal([30, 6], stddev=1.0 / 6 ** 0.5))
  b = tf.Variable(tf.zeros([30]))
  loss = tf.reduce_mean(tf.nn.nce_loss(w, b, labels, embed, 4, 30))
  _train(tf, loss)
  norm = tf.sqrt(tf.reduce_sum(tf.square(table), axis=1, keep_dims=True))
  normal = table / norm
  valid = tf.nn.embedding_lookup(normal, tf.constant([1, 2]))
  tf.matmul(valid, normal, transpose_b=True)
  tf.global_variables_initializer()


@snippet("an encoder and a decoder, sequence_loss, optimize_loss")
def encoder_decoder(tf):
  ids = [tf.placeholder(tf.int32, [None, None]) for _ in range(3)]
  lengths = tf.placeholder(tf.int32, [None])
  with tf.variable_scope("encoder"):
    table = tf.get_variable("embedding", [10, 4])
    _, state = tf.nn.dynamic_rnn(
        tf.contrib.rnn.LSTMCell(6), tf.nn.embedding_lookup(table, ids[0]),
        sequence_length=lengths, dtype=tf.float32)
  with tf.variable_scope("decoder"):
    table = tf.get_variable("embedding", [10, 4])
    outputs, _ = tf.nn.dynamic_rnn(
        tf.contrib.rnn.LSTMCell(6), tf.nn.embedding_lookup(table, ids[1]),
        initial_state=state)
    logits = tf.layers.dense(outputs, 10, name="projection")
  mask = tf.sequence_mask(lengths, 5, dtype=tf.float32)
  loss = tf.contrib.seq2seq.sequence_loss(logits, ids[2], mask)
  tf.contrib.layers.optimize_loss(
      loss, tf.contrib.framework.get_or_create_global_step(),
      learning_rate=0.01, optimizer="Adam", clip_gradients=5.0)


@snippet("a tagger: bidirectional_dynamic_rnn, xavier, masked loss")
def tagger(tf):
  ids = tf.placeholder(tf.int32, [None, None])
  lengths = tf.placeholder(tf.int32, [None])
  with tf.variable_scope("words"):
    table = tf.get_variable("embeddings", [10, 4])
    words = tf.nn.dropout(tf.nn.embedding_lookup(table, ids),
                          tf.placeholder_with_default(1.0, []))
  with tf.variable_scope("bi-lstm"):
    outputs, _ = tf.nn.bidirectional_dynamic_rnn(
        tf.contrib.rnn.LSTMCell(6), tf.contrib.rnn.LSTMCell(6), words,
        sequence_length=lengths, dtype=tf.float32)
    output = tf.nn.dropout(tf.concat(outputs, axis=-1), 0.5)
  with tf.variable_scope("proj"):
    w = tf.get_variable("W", [12, 3],
                        initializer=tf.contrib.layers.xavier_initializer())
    b = tf.get_variable("b", [3], initializer=tf.zeros_initializer())
    times = tf.shape(output)[1]
    logits = tf.reshape(
        tf.matmul(tf.reshape(output, [-1, 12]), w) + b, [-1, times, 3])
  losses = tf.nn.sparse_softmax_cross_entropy_with_logits(
      logits=logits, labels=tf.placeholder(tf.int32, [None, None]))
  mask = tf.sequence_mask(lengths)
  _train(tf, tf.reduce_mean(tf.boolean_mask(losses, mask)))


@snippet("a text classifier: convolutions of several widths")
def text_convolutions(tf):
  ids = tf.placeholder(tf.int32, [None, 12])
  keep = tf.placeholder(tf.float32)
  table = tf.Variable(tf.random_uniform([20, 4], -1.0, 1.0), name="W")
  words = tf.expand_dims(tf.nn.embedding_lookup(table, ids), -1)
  pooled = []
  for width in (3, 4):
    with tf.name_scope("conv-maxpool-%s" % width):
      w = tf.Variable(tf.truncated_normal([width, 4, 1, 5], stddev=0.1))
      b = tf.Variable(tf.constant(0.1, shape=[5]))
      conv = tf.nn.conv2d(words, w, strides=[1, 1, 1, 1], padding="VALID")
      h = tf.nn.relu(tf.nn.bias_add(conv, b))
      pooled.append(tf.nn.max_pool(
          h, ksize=[1, 13 - width, 1, 1], strides=[1, 1, 1, 1],
          padding="VALID"))
  flat = tf.nn.dropout(tf.reshape(tf.concat(pooled, 3), [-1, 10]), keep)
  w = tf.get_variable("out", shape=[10, 2],
                      initializer=tf.contrib.layers.xavier_initializer())
  b = tf.Variable(tf.constant(0.1, shape=[2]))
  scores = tf.nn.xw_plus_b(flat, w, b)
  losses = tf.nn.softmax_cross_entropy_with_logits(
      logits=scores, labels=tf.placeholder(tf.float32, [None, 2]))
  _train(tf, tf.reduce_mean(losses)
         + 0.1 * (tf.nn.l2_loss(w) + tf.nn.l2_loss(b)))


@snippet("a text classifier: bidirectional GRU, attention, dropout")
def text_attention(tf):
  ids = tf.placeholder(tf.int32, [None, 12])
  keep = tf.placeholder(tf.float32)
  table = tf.Variable(tf.random_uniform([20, 4], -1.0, 1.0))
  outputs, _ = tf.nn.bidirectional_dynamic_rnn(
      tf.nn.rnn_cell.GRUCell(5), tf.nn.rnn_cell.GRUCell(5),
      inputs=tf.nn.embedding_lookup(table, ids), dtype=tf.float32)
  outputs = tf.concat(outputs, 2)
  w = tf.Variable(tf.random_normal([10, 6], stddev=0.1))
  b = tf.Variable(tf.random_normal([6], stddev=0.1))
  u = tf.Variable(tf.random_normal([6], stddev=0.1))
  v = tf.tanh(tf.tensordot(outputs, w, axes=1) + b)
  alphas = tf.nn.softmax(tf.tensordot(v, u, axes=1))
  pooled = tf.reduce_sum(outputs * tf.expand_dims(alphas, -1), 1)
  dropped = tf.nn.dropout(pooled, keep)
  w = tf.Variable(tf.truncated_normal([10, 1], stddev=0.1))
  b = tf.Variable(tf.constant(0., shape=[1]))
  y = tf.squeeze(tf.nn.xw_plus_b(dropped, w, b))
  _train(tf, tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(
      logits=y, labels=tf.placeholder(tf.float32, [None]))))


@snippet("a forecaster: two LSTM layers, dropout, dense, Huber loss")
def forecaster(tf):
  x = tf.placeholder(tf.float32, [None, 10, 2])
  cell = tf.nn.rnn_cell.MultiRNNCell([
      tf.nn.rnn_cell.DropoutWrapper(tf.nn.rnn_cell.LSTMCell(6),
                                    output_keep_prob=0.8)
      for _ in range(2)])
  outputs, _ = tf.nn.dynamic_rnn(cell, x, dtype=tf.float32)
  last = tf.gather(tf.transpose(outputs, [1, 0, 2]), 9)
  y = tf.layers.dense(last, 1)
  loss = tf.losses.huber_loss(tf.placeholder(tf.float32, [None, 1]), y)
  tf.train.RMSPropOptimizer(0.01).minimize(loss)


@snippet("a word model for training, then a fresh second one")
def second_word_model(tf):
  for name in ("first", "second"):
    with tf.variable_scope(name):
      _words(tf, True, 2)


@snippet("a custom cell in MultiRNNCell, fully_connected, RMSProp")
def custom_cells(tf):
  class Minimal(tf.nn.rnn_cell.RNNCell):
    state_size = output_size = 5

    def __call__(self, inputs, state, scope=None):
      with tf.variable_scope(scope or type(self).__name__):
        depth = int(inputs.get_shape()[1]) + 5
        w = tf.get_variable("W_f", [depth, 5])
        b = tf.get_variable("b_f", [5],
                            initializer=tf.constant_initializer(1.0))
        f = tf.sigmoid(tf.matmul(tf.concat([inputs, state], 1), w) + b)
        return f * state, f * state
  x = tf.placeholder(tf.float32, [None, 6, 1])
  cell = tf.nn.rnn_cell.MultiRNNCell([Minimal(), Minimal()])
  outputs, _ = tf.nn.dynamic_rnn(
      cell, x, initial_state=cell.zero_state(tf.shape(x)[0], tf.float32))
  y = tf.contrib.layers.fully_connected(outputs, 1, activation_fn=None)
  tf.train.RMSPropOptimizer(0.001).minimize(tf.reduce_mean(tf.square(y - x)))


@snippet("input from a queue, shuffle_batch, static lengths")
def queue_input(tf):
  queue = tf.train.string_input_producer(["a.tfrecords"])
  _, record = tf.TFRecordReader().read(queue)
  parsed = tf.parse_single_example(record, {
      "x": tf.FixedLenFeature([6], tf.float32),
      "y": tf.FixedLenFeature([], tf.int64)})
  x, y = tf.train.shuffle_batch([parsed["x"], parsed["y"]], 4, 30, 10)
  outputs, _ = tf.nn.dynamic_rnn(tf.nn.rnn_cell.GRUCell(5),
                                 tf.expand_dims(x, 2), dtype=tf.float32)
  logits = tf.layers.dense(outputs[:, -1], 3)
  _train(tf, tf.losses.sparse_softmax_cross_entropy(y, logits))


@snippet("policy gradient: tf.layers, log, one_hot, multinomial")
def policy_gradient(tf):
  x = tf.placeholder(tf.float32, [None, 4])
  hidden = tf.layers.dense(
      x, 6, activation=tf.nn.tanh,
      kernel_initializer=tf.random_normal_initializer(mean=0, stddev=0.3),
      bias_initializer=tf.constant_initializer(0.1))
  logits = tf.layers.dense(hidden, 2)
  tf.multinomial(logits, 1)
  chosen = tf.one_hot(tf.placeholder(tf.int32, [None]), 2)
  log = tf.reduce_sum(-tf.log(tf.nn.softmax(logits)) * chosen, axis=1)
  _train(tf, tf.reduce_mean(log * tf.placeholder(tf.float32, [None])))


@snippet("an autoencoder with sampled noise")
def autoencoder(tf):
  x = tf.placeholder(tf.float32, [None, 8])
  hidden = tf.layers.dense(x, 6, tf.nn.relu)
  mean, deviation = tf.layers.dense(hidden, 2), tf.layers.dense(hidden, 2)
  noise = tf.random_normal(tf.shape(mean))
  code = mean + tf.exp(0.5 * deviation) * noise
  y = tf.layers.dense(tf.layers.dense(code, 6, tf.nn.relu), 8)
  fit = tf.reduce_sum(tf.nn.sigmoid_cross_entropy_with_logits(
      logits=y, labels=x), 1)
  gap = -0.5 * tf.reduce_sum(
      1 + deviation - tf.square(mean) - tf.exp(deviation), 1)
  _train(tf, tf.reduce_mean(fit + gap))
