"""Gradients, optimizers, decays; a random variable follows each of them."""

from seeds.registry import snippet


def _x(tf, *shape):
  return tf.placeholder(tf.float32, list(shape) or [None, 4])


def _linear_loss(tf):
  """The mean squared error of a linear model with a bias."""
  w = tf.Variable(tf.random_normal([4, 2]), name="w")
  b = tf.Variable(tf.zeros([2]), name="b")
  return tf.reduce_mean(tf.square(tf.matmul(_x(tf), w) + b - _x(tf, None, 2)))


def _dense_loss(tf):
  """A softmax classifier with one hidden layer of tf.layers."""
  hidden = tf.layers.dense(_x(tf), 5, activation=tf.nn.relu)
  logits = tf.layers.dense(hidden, 3)
  return tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(
      labels=tf.placeholder(tf.int32, [None]), logits=logits))


def _rnn_loss(tf, cell=None, **options):
  cell = cell or tf.nn.rnn_cell.BasicLSTMCell(5)
  outputs, _ = tf.nn.dynamic_rnn(cell, _x(tf, None, 3, 4), dtype=tf.float32,
                                 **options)
  w = tf.Variable(tf.truncated_normal([5, 2]), name="w")
  logits = tf.matmul(outputs[:, -1, :], w)
  return tf.reduce_mean(tf.nn.softmax_cross_entropy_with_logits(
      logits=logits, labels=_x(tf, None, 2)))


def _embedding_loss(tf):
  table = tf.get_variable("table", [10, 4])
  words = tf.nn.embedding_lookup(table, tf.placeholder(tf.int32, [None, 3]))
  return tf.reduce_sum(tf.square(words))


@snippet("GradientDescentOptimizer.minimize, linear model")
def sgd_linear(tf):
  tf.train.GradientDescentOptimizer(0.1).minimize(_linear_loss(tf))


@snippet("GradientDescentOptimizer.minimize, tf.layers")
def sgd_dense(tf):
  tf.train.GradientDescentOptimizer(0.1).minimize(_dense_loss(tf))


@snippet("GradientDescentOptimizer.minimize, embedding")
def sgd_embedding(tf):
  tf.train.GradientDescentOptimizer(0.1).minimize(_embedding_loss(tf))


@snippet("AdamOptimizer.minimize, linear model")
def adam_linear(tf):
  tf.train.AdamOptimizer(0.1).minimize(_linear_loss(tf))


@snippet("AdamOptimizer.minimize, tf.layers")
def adam_dense(tf):
  tf.train.AdamOptimizer().minimize(_dense_loss(tf))


@snippet("AdamOptimizer.minimize, embedding")
def adam_embedding(tf):
  tf.train.AdamOptimizer().minimize(_embedding_loss(tf))


@snippet("AdamOptimizer.minimize, BasicLSTMCell in dynamic_rnn")
def adam_lstm(tf):
  tf.train.AdamOptimizer().minimize(_rnn_loss(tf))


@snippet("AdamOptimizer.minimize, LSTMCell with peepholes")
def adam_peepholes(tf):
  tf.train.AdamOptimizer().minimize(
      _rnn_loss(tf, tf.nn.rnn_cell.LSTMCell(5, use_peepholes=True)))


@snippet("AdamOptimizer.minimize, GRUCell")
def adam_gru(tf):
  tf.train.AdamOptimizer().minimize(
      _rnn_loss(tf, tf.nn.rnn_cell.GRUCell(5)))


@snippet("AdamOptimizer.minimize, BasicRNNCell")
def adam_basic_rnn(tf):
  tf.train.AdamOptimizer().minimize(
      _rnn_loss(tf, tf.nn.rnn_cell.BasicRNNCell(5)))


@snippet("AdamOptimizer.minimize, dynamic_rnn with lengths")
def adam_lengths(tf):
  tf.train.AdamOptimizer().minimize(_rnn_loss(
      tf, sequence_length=tf.placeholder(tf.int32, [None])))


@snippet("AdamOptimizer.minimize, DropoutWrapper and MultiRNNCell")
def adam_multi_dropout(tf):
  tf.train.AdamOptimizer().minimize(_rnn_loss(
      tf, tf.nn.rnn_cell.MultiRNNCell([
          tf.nn.rnn_cell.DropoutWrapper(
              tf.nn.rnn_cell.BasicLSTMCell(5), output_keep_prob=0.5)
          for _ in range(2)])))


@snippet("AdamOptimizer.minimize, static_rnn")
def adam_static_rnn(tf):
  steps = tf.unstack(_x(tf, None, 3, 4), 3, 1)
  outputs, _ = tf.nn.static_rnn(tf.nn.rnn_cell.BasicLSTMCell(5), steps,
                                dtype=tf.float32)
  loss = tf.reduce_mean(tf.square(tf.layers.dense(outputs[-1], 1)))
  tf.train.AdamOptimizer().minimize(loss)


@snippet("AdamOptimizer.minimize, bidirectional_dynamic_rnn")
def adam_bidirectional(tf):
  outputs, _ = tf.nn.bidirectional_dynamic_rnn(
      tf.nn.rnn_cell.GRUCell(5), tf.nn.rnn_cell.GRUCell(5),
      _x(tf, None, 3, 4), dtype=tf.float32)
  loss = tf.reduce_mean(tf.square(tf.concat(outputs, 2)))
  tf.train.AdamOptimizer().minimize(loss)


@snippet("MomentumOptimizer")
def momentum(tf):
  tf.train.MomentumOptimizer(0.1, 0.9).minimize(_linear_loss(tf))
  tf.train.MomentumOptimizer(0.1, 0.9, use_nesterov=True).minimize(
      _embedding_loss(tf))


@snippet("RMSPropOptimizer")
def rmsprop(tf):
  tf.train.RMSPropOptimizer(0.1).minimize(_linear_loss(tf))
  tf.train.RMSPropOptimizer(0.1, centered=True).minimize(
      _embedding_loss(tf))


@snippet("AdagradOptimizer, AdadeltaOptimizer")
def adagrad(tf):
  tf.train.AdagradOptimizer(0.1).minimize(_linear_loss(tf))
  tf.train.AdadeltaOptimizer(0.1).minimize(_embedding_loss(tf))


@snippet("FtrlOptimizer")
def ftrl(tf):
  tf.train.FtrlOptimizer(0.1).minimize(_linear_loss(tf))


@snippet("ProximalGradientDescentOptimizer, ProximalAdagradOptimizer")
def proximal(tf):
  tf.train.ProximalGradientDescentOptimizer(0.1).minimize(_linear_loss(tf))
  tf.train.ProximalAdagradOptimizer(0.1).minimize(_embedding_loss(tf))


@snippet("AdagradDAOptimizer")
def adagrad_da(tf):
  tf.train.AdagradDAOptimizer(
      0.1, tf.train.get_or_create_global_step()).minimize(_linear_loss(tf))


@snippet("an optimizer on resource variables")
def adam_resource(tf):
  with tf.variable_scope("model", use_resource=True):
    w = tf.get_variable("w", [4, 2])
    loss = tf.reduce_mean(tf.square(tf.matmul(_x(tf), w)))
    table = tf.get_variable("table", [10, 4])
    loss += tf.reduce_sum(tf.gather(table, [1, 2]))
    tf.train.AdamOptimizer().minimize(loss)


@snippet("an optimizer on partitioned variables")
def sgd_partitioned(tf):
  with tf.variable_scope("model", partitioner=tf.fixed_size_partitioner(2)):
    w = tf.get_variable("w", [4, 2])
    loss = tf.reduce_mean(tf.square(tf.matmul(_x(tf), w)))
    tf.train.GradientDescentOptimizer(0.1).minimize(loss)


@snippet("minimize(global_step), exponential_decay")
def decayed_rate(tf):
  step = tf.Variable(0, trainable=False)
  rate = tf.train.exponential_decay(0.1, step, 100, 0.96, staircase=True)
  tf.train.GradientDescentOptimizer(rate).minimize(
      _linear_loss(tf), global_step=step)


@snippet("tf.train.polynomial_decay")
def polynomial_decay(tf):
  step = tf.train.get_or_create_global_step()
  tf.train.polynomial_decay(0.1, step, 100)
  tf.train.polynomial_decay(0.1, step, 100, cycle=True)


@snippet("tf.train.*_decay, piecewise_constant")
def other_decays(tf):
  step = tf.train.get_or_create_global_step()
  tf.train.natural_exp_decay(0.1, step, 100, 0.9)
  tf.train.inverse_time_decay(0.1, step, 100, 0.9)
  tf.train.cosine_decay(0.1, step, 100)
  tf.train.piecewise_constant(step, [10, 20], [0.1, 0.05, 0.01])


@snippet("clip_by_global_norm(tf.gradients), apply_gradients")
def clipped_training(tf):
  variables_loss = _rnn_loss(tf)
  variables = tf.trainable_variables()
  gradients, _ = tf.clip_by_global_norm(
      tf.gradients(variables_loss, variables), 5.0)
  tf.train.AdamOptimizer(0.01).apply_gradients(zip(gradients, variables))


@snippet("compute_gradients, clip_by_value, apply_gradients")
def clipped_by_value(tf):
  optimizer = tf.train.AdamOptimizer(0.01)
  pairs = optimizer.compute_gradients(_dense_loss(tf))
  optimizer.apply_gradients([
      (tf.clip_by_value(gradient, -1., 1.), variable)
      for gradient, variable in pairs])


@snippet("clip_by_global_norm of an embedding's gradient")
def clipped_embedding(tf):
  loss = _embedding_loss(tf) + tf.reduce_sum(tf.get_variable("w", [3]))
  variables = tf.trainable_variables()
  gradients, _ = tf.clip_by_global_norm(tf.gradients(loss, variables), 1.0)
  tf.train.GradientDescentOptimizer(0.1).apply_gradients(
      zip(gradients, variables))


@snippet("clip_by_norm, clip_by_average_norm of gradients")
def clipped_by_norm(tf):
  loss = _linear_loss(tf)
  for gradient in tf.gradients(loss, tf.trainable_variables()):
    tf.clip_by_norm(gradient, 1.0)


@snippet("tf.gradients(colocate_gradients_with_ops, aggregation_method)")
def gradient_options(tf):
  loss = _dense_loss(tf)
  tf.gradients(loss, tf.trainable_variables(),
               colocate_gradients_with_ops=True,
               aggregation_method=(
                   tf.AggregationMethod.EXPERIMENTAL_ACCUMULATE_N))


@snippet("tf.gradients(grad_ys), with respect to inputs")
def gradients_of_inputs(tf):
  x = _x(tf)
  tf.gradients(tf.nn.softmax(x), x, grad_ys=tf.ones_like(x))
  tf.gradients([tf.exp(x), tf.log(x)], [x], stop_gradients=[x])


@snippet("gradients of + - * / with broadcasting")
def gradients_of_operators(tf):
  a, b = tf.get_variable("a", [3, 2]), tf.get_variable("b", [2])
  c = tf.get_variable("c", [])
  y = (a + b) * (a - c) / (b * b + 1.0) + a * a - c * b
  tf.gradients(tf.reduce_sum(y), [a, b, c])


@snippet("gradients of operators on unknown shapes")
def gradients_of_open_operators(tf):
  x, y = _x(tf), _x(tf)
  z = x * y + x / (y + 1.0) - tf.maximum(x, y) + tf.squared_difference(x, 2.)
  tf.gradients(tf.reduce_mean(z), [x, y])


@snippet("gradients of reduce_*")
def gradients_of_reductions(tf):
  x = _x(tf)
  w = tf.get_variable("w", [4, 3])
  y = (tf.reduce_max(x) + tf.reduce_mean(x, 1) + tf.reduce_sum(x)
       + tf.reduce_min(w) + tf.reduce_mean(w) + tf.reduce_prod(w))
  tf.gradients(y, [x, w])


@snippet("gradients of concat, split, stack, slices")
def gradients_of_arrays(tf):
  x = _x(tf)
  a, b = tf.split(x, 2, 1)
  y = tf.concat([b, a], 1) * tf.concat([a, a], 1)
  z = tf.stack([a, b])
  tf.gradients(tf.reduce_sum(y) + tf.reduce_sum(z) + tf.reduce_sum(x[:, 1]),
               [x])


@snippet("gradients of gather, tile, transpose, pad, where")
def gradients_of_more_arrays(tf):
  x = _x(tf, 3, 4)
  y = tf.where(x > 0., x, tf.tile(x[:, :1], [1, 4]))
  z = tf.pad(tf.transpose(x), [[0, 1], [1, 0]])
  g = tf.gather(x, [0, 2])
  tf.gradients(tf.reduce_sum(y) + tf.reduce_sum(z) + tf.reduce_sum(g), [x])


@snippet("gradients of activations")
def gradients_of_activations(tf):
  x = _x(tf)
  for name in ("tanh", "sigmoid", "exp", "log", "square", "sqrt", "abs"):
    tf.gradients(getattr(tf, name)(x), [x])
  for name in ("relu", "elu", "softplus", "softmax", "log_softmax"):
    tf.gradients(getattr(tf.nn, name)(x), [x])


@snippet("gradients of cross entropies")
def gradients_of_cross_entropies(tf):
  x = _x(tf)
  w = tf.get_variable("w", [4, 4])
  logits = tf.matmul(x, w)
  ids = tf.placeholder(tf.int32, [None])
  tf.gradients(tf.nn.sparse_softmax_cross_entropy_with_logits(
      logits=logits, labels=ids), [w])
  tf.gradients(tf.nn.softmax_cross_entropy_with_logits(
      logits=logits, labels=x), [w])
  tf.gradients(tf.nn.sigmoid_cross_entropy_with_logits(
      logits=logits, labels=x), [w])


@snippet("gradients of matmul, tensordot, einsum")
def gradients_of_products(tf):
  x = _x(tf, 2, 3, 4)
  w = tf.get_variable("w", [4, 5])
  tf.gradients(tf.reduce_sum(tf.tensordot(x, w, 1)), [x, w])
  tf.gradients(tf.reduce_sum(tf.einsum("btd,dk->btk", x, w)), [x, w])
  tf.gradients(tf.matmul(x, x, transpose_b=True), [x])


@snippet("gradients of convolutions and pooling")
def gradients_of_convolutions(tf):
  image = _x(tf, None, 8, 8, 1)
  x = tf.layers.conv2d(image, 3, 3, activation=tf.nn.relu)
  x = tf.layers.max_pooling2d(x, 2, 2)
  x = tf.layers.dense(tf.layers.flatten(x), 2)
  tf.gradients(tf.reduce_mean(x), tf.trainable_variables())


@snippet("gradients of batch_normalization")
def gradients_of_batch_normalization(tf):
  x = tf.layers.batch_normalization(tf.layers.dense(_x(tf), 3),
                                    training=True)
  with tf.control_dependencies(tf.get_collection(tf.GraphKeys.UPDATE_OPS)):
    tf.train.AdamOptimizer().minimize(tf.reduce_mean(tf.square(x)))


@snippet("gradients of dropout")
def gradients_of_dropout(tf):
  x = tf.nn.dropout(tf.layers.dense(_x(tf), 3), 0.5)
  tf.train.GradientDescentOptimizer(0.1).minimize(tf.reduce_mean(x))


@snippet("gradients of cond")
def gradients_of_cond(tf):
  w = tf.get_variable("w", [3])
  y = tf.cond(tf.placeholder(tf.bool, []), lambda: w * 2.,
              lambda: tf.square(w))
  tf.gradients(y, [w])


@snippet("gradients of while_loop")
def gradients_of_while_loop(tf):
  w = tf.get_variable("w", [3])
  y = tf.while_loop(lambda i, _: i < 4, lambda i, x: (i + 1, x * w),
                    [0, tf.ones([3])])[1]
  tf.gradients(y, [w])


@snippet("gradients of scan and map_fn")
def gradients_of_scan(tf):
  w = tf.get_variable("w", [3])
  y = tf.scan(lambda h, x: h * w + x, _x(tf, 4, 3), tf.zeros([3]))
  tf.gradients(y, [w])
  tf.gradients(tf.map_fn(lambda row: row * w, _x(tf, 4, 3)), [w])


@snippet("tf.hessians")
def hessians(tf):
  w = tf.get_variable("w", [3])
  tf.hessians(tf.reduce_sum(w * w * w), [w])


@snippet("gradients of tf.losses")
def gradients_of_losses(tf):
  w = tf.get_variable("w", [4, 2])
  y = tf.matmul(_x(tf), w)
  tf.losses.mean_squared_error(_x(tf, None, 2), y)
  tf.losses.softmax_cross_entropy(_x(tf, None, 2), y)
  tf.train.AdamOptimizer().minimize(tf.losses.get_total_loss())


@snippet("gradients of sampled_softmax_loss, nce_loss")
def gradients_of_sampled_losses(tf):
  w = tf.get_variable("w", [20, 4])
  b = tf.get_variable("b", [20])
  labels = tf.placeholder(tf.int64, [None, 1])
  for loss in (tf.nn.sampled_softmax_loss, tf.nn.nce_loss):
    tf.train.GradientDescentOptimizer(0.1).minimize(tf.reduce_mean(
        loss(w, b, labels, _x(tf), 3, 20)))


@snippet("gradients of sequence_loss")
def gradients_of_sequence_loss(tf):
  w = tf.get_variable("w", [4, 5])
  logits = tf.reshape(tf.matmul(_x(tf, 6, 4), w), [2, 3, 5])
  loss = tf.contrib.seq2seq.sequence_loss(
      logits, tf.zeros([2, 3], tf.int32), tf.ones([2, 3]))
  tf.train.AdamOptimizer().minimize(loss)


@snippet("gradients of ctc_loss")
def gradients_of_ctc(tf):
  logits = tf.layers.dense(_x(tf, 6, 2, 4), 5)
  loss = tf.nn.ctc_loss(tf.sparse_placeholder(tf.int32), logits, [6, 6])
  tf.train.MomentumOptimizer(0.01, 0.9).minimize(tf.reduce_mean(loss))


@snippet("a second random model after an optimizer")
def second_model(tf):
  tf.train.AdamOptimizer().minimize(_dense_loss(tf))
  with tf.variable_scope("second"):
    tf.train.AdamOptimizer().minimize(_dense_loss(tf))


@snippet("a second LSTM after an optimizer")
def second_lstm(tf):
  with tf.variable_scope("first"):
    tf.train.AdamOptimizer(0.01).minimize(_rnn_loss(tf))
  with tf.variable_scope("second"):
    tf.train.AdamOptimizer(0.01).minimize(_rnn_loss(tf))


@snippet("two optimizers with var_list (a GAN)")
def two_optimizers(tf):
  def net(x, name, units):
    with tf.variable_scope(name, reuse=tf.AUTO_REUSE):
      return tf.layers.dense(tf.layers.dense(x, 6, tf.nn.relu), units)
  fake = net(tf.random_uniform([8, 3], -1., 1.), "generator", 4)
  real, made = [net(x, "judge", 1) for x in (_x(tf), fake)]
  entropy = tf.nn.sigmoid_cross_entropy_with_logits
  judge_loss = (
      tf.reduce_mean(entropy(logits=real, labels=tf.ones_like(real)))
      + tf.reduce_mean(entropy(logits=made, labels=tf.zeros_like(made))))
  made_loss = tf.reduce_mean(entropy(logits=made, labels=tf.ones_like(made)))
  for loss, name in ((judge_loss, "judge"), (made_loss, "generator")):
    tf.train.AdamOptimizer(1e-3).minimize(
        loss, var_list=tf.trainable_variables(name))


@snippet("averages of variables after an optimizer")
def averages_after_training(tf):
  train = tf.train.GradientDescentOptimizer(0.1).minimize(_linear_loss(tf))
  average = tf.train.ExponentialMovingAverage(0.99)
  with tf.control_dependencies([train]):
    average.apply(tf.trainable_variables())
  tf.train.Saver(average.variables_to_restore())


@snippet("summaries of gradients")
def gradient_summaries(tf):
  optimizer = tf.train.GradientDescentOptimizer(0.1)
  pairs = optimizer.compute_gradients(_linear_loss(tf))
  for gradient, variable in pairs:
    tf.summary.histogram(variable.op.name + "/gradients", gradient)
  optimizer.apply_gradients(pairs)
  tf.summary.merge_all()


@snippet("L2 by hand, in the loss")
def l2_in_the_loss(tf):
  loss = _dense_loss(tf)
  loss += 0.01 * tf.add_n([tf.nn.l2_loss(v)
                           for v in tf.trainable_variables()])
  tf.train.AdamOptimizer().minimize(loss)


@snippet("gradients of regularized layers")
def gradients_of_regularizers(tf):
  tf.layers.dense(_x(tf), 3, kernel_regularizer=(
      tf.contrib.layers.l2_regularizer(0.1)))
  loss = tf.add_n(tf.get_collection(tf.GraphKeys.REGULARIZATION_LOSSES))
  tf.train.AdamOptimizer().minimize(loss)
