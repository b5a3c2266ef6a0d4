"""Training code, and the random variable that comes after it.

Python 3.7 syntax: the generator runs this under TensorFlow 1.15. A case is a
function of `tf` that builds a small graph.
"""


def _loss(tf, static=False):
  """A linear model; its second half is embedded."""
  x = tf.placeholder(tf.float32, [5 if static else None, 4])
  w = tf.get_variable("w", [4, 3],
                      initializer=tf.truncated_normal_initializer())
  b = tf.get_variable("b", [3], initializer=tf.zeros_initializer())
  return tf.reduce_mean(tf.square(tf.matmul(x, w) + b))


def _rows_loss(tf, resource=False):
  table = tf.get_variable("table", [10, 4], use_resource=resource)
  words = tf.nn.embedding_lookup(table, tf.placeholder(tf.int32, [None, 3]))
  return tf.reduce_sum(tf.square(words)) + _loss(tf)


def _minimized(make, loss=_loss, **options):
  def case(tf):
    step = tf.train.get_or_create_global_step()
    make(tf).minimize(loss(tf, **options), step)
  return case


def _recurrent(tf, scope, cell):
  with tf.variable_scope(scope):
    x = tf.placeholder(tf.float32, [None, 3, 4])
    outputs, _ = tf.nn.dynamic_rnn(cell, x, dtype=tf.float32)
    last = tf.nn.dropout(outputs[:, -1], 0.5)
    loss = tf.losses.mean_squared_error(
        tf.zeros_like(last), tf.layers.dense(last, 4))
    variables = tf.trainable_variables(scope)
    slopes, _ = tf.clip_by_global_norm(tf.gradients(loss, variables), 5.0)
    tf.train.AdamOptimizer().apply_gradients(zip(slopes, variables))


def _two_models(tf):
  _recurrent(tf, "one", tf.nn.rnn_cell.LSTMCell(4))
  _recurrent(tf, "two", tf.nn.rnn_cell.GRUCell(4))


def _decays(tf):
  step = tf.train.get_or_create_global_step()
  train = tf.train
  train.exponential_decay(0.1, step, 10, 0.9, staircase=True)
  train.polynomial_decay(0.1, step, 10)
  train.polynomial_decay(0.1, step, 10, cycle=True)
  train.piecewise_constant(step, [10, 20], [0.1, 0.2, 0.3])
  train.natural_exp_decay(0.1, step, 10, 0.9)
  train.inverse_time_decay(0.1, step, 10, 0.9)
  train.cosine_decay(0.1, step, 10)


def _checks(tf):
  x = tf.placeholder(tf.float32, [None, 3])
  size = tf.shape(x)[0]
  tf.assert_equal(size, 3)
  tf.assert_less(size, 3, message="few", data=[size])
  tf.assert_positive(size)
  tf.assert_rank(x, 2)
  tf.assert_rank(tf.placeholder(tf.float32), 2)
  tf.Assert(tf.greater(size, 1), [x])
  tf.is_non_decreasing(x)
  tf.is_strictly_increasing(x)
  tf.report_uninitialized_variables()


def _metrics(tf):
  guess = tf.placeholder(tf.int64, [None])
  truth = tf.placeholder(tf.int64, [None])
  tf.metrics.accuracy(truth, guess)
  tf.metrics.mean_iou(truth, guess, 2)
  tf.metrics.precision(truth, guess)
  tf.confusion_matrix(truth, guess)
  tf.confusion_matrix(truth, guess, num_classes=3)
  tf.confusion_matrix(truth, guess, num_classes=tf.constant(3))


def _losses(tf):
  x = tf.placeholder(tf.float32, [None, 3])
  y = tf.placeholder(tf.float32, [None, 3])
  losses = tf.losses
  losses.mean_squared_error(y, x, weights=tf.reduce_sum(y, 1, keepdims=True))
  losses.absolute_difference(y, x)
  losses.softmax_cross_entropy(y, x, label_smoothing=0.1)
  losses.sparse_softmax_cross_entropy(tf.argmax(y, 1), x)
  losses.sigmoid_cross_entropy(y, x)
  losses.huber_loss(y, x)
  losses.log_loss(y, tf.sigmoid(x))
  losses.hinge_loss(y, x)
  losses.mean_pairwise_squared_error(y, x)
  tf.gradients(losses.get_total_loss(), [x])


def _savers(tf):
  _loss(tf)
  tf.train.Saver()
  tf.train.Saver(sharded=True)
  tf.train.Saver(write_version=tf.train.SaverDef.V1)


def _queues(tf):
  data = tf.constant([[float(i), float(-i)] for i in range(20)])
  row = tf.train.slice_input_producer([data], shuffle=True)
  tf.train.batch(row, 4)
  tf.train.shuffle_batch(row, 4, 20, 5)
  tf.train.batch(row, 4, dynamic_pad=True, allow_smaller_final_batch=True)


def _summaries(tf):
  loss = _loss(tf)
  tf.summary.scalar("loss", loss)
  for variable in tf.trainable_variables():
    tf.summary.histogram(variable.op.name, variable)
  tf.summary.merge_all()


def _averages(tf):
  loss = _loss(tf)
  step = tf.train.get_or_create_global_step()
  train = tf.train.GradientDescentOptimizer(0.1).minimize(loss, step)
  averages = tf.train.ExponentialMovingAverage(0.9, step)
  with tf.control_dependencies([train]):
    averages.apply(tf.trainable_variables())


def _synchronous(tf):
  optimizer = tf.train.SyncReplicasOptimizer(
      tf.train.GradientDescentOptimizer(0.1), 2, total_num_replicas=2)
  optimizer.minimize(_loss(tf), tf.train.get_or_create_global_step())
  optimizer.get_init_tokens_op()


def _optimize_loss(tf):
  tf.contrib.layers.optimize_loss(
      _loss(tf), tf.train.get_or_create_global_step(), 0.1, "Adam",
      clip_gradients=2.0)


def _create_train_op(tf):
  tf.contrib.slim.learning.create_train_op(
      _loss(tf), tf.train.AdamOptimizer(), clip_gradient_norm=1.0)


def _gated(tf):
  loss = _loss(tf)
  optimizer = tf.train.GradientDescentOptimizer(0.1)
  for gate in (optimizer.GATE_NONE, optimizer.GATE_OP, optimizer.GATE_GRAPH):
    optimizer.compute_gradients(loss, gate_gradients=gate)


def _aggregated(tf):
  w = tf.get_variable("w", [3, 2])
  loss = tf.reduce_sum(w * w + w + tf.exp(w))
  method = tf.AggregationMethod
  for kind in (method.ADD_N, method.EXPERIMENTAL_TREE,
               method.EXPERIMENTAL_ACCUMULATE_N):
    tf.gradients(loss, w, aggregation_method=kind)


def _special_gradients(tf):
  loss = _loss(tf)
  w, b = tf.trainable_variables()
  other = tf.get_variable("other", [3])
  tf.gradients(loss, [w, other], unconnected_gradients="zero")
  tf.gradients(loss, [w, b], stop_gradients=[w], name="gradients_of")
  tf.gradients(loss * 2.0, [b], colocate_gradients_with_ops=True)
  tf.gradients([loss, b], [b], grad_ys=[None, tf.ones([3])])
  tf.hessians(tf.reduce_sum(b * b * b), b)


def _penalty(tf):
  x = tf.placeholder(tf.float32, [None, 4])
  out = tf.layers.dense(tf.nn.relu(tf.layers.dense(x, 3)), 1)
  slope = tf.gradients(out, x)[0]
  norm = tf.sqrt(tf.reduce_sum(tf.square(slope), axis=1))
  tf.train.AdamOptimizer().minimize(tf.reduce_mean((norm - 1.0) ** 2))


def _convolution(tf):
  x = tf.placeholder(tf.float32, [None, 8, 8, 1])
  hidden = tf.layers.conv2d(x, 2, 3, activation=tf.nn.relu)
  hidden = tf.layers.batch_normalization(hidden, training=True)
  hidden = tf.layers.max_pooling2d(hidden, 2, 2)
  out = tf.layers.dense(tf.layers.flatten(hidden), 3)
  loss = tf.losses.sparse_softmax_cross_entropy(
      tf.placeholder(tf.int32, [None]), out)
  tf.train.AdamOptimizer().minimize(loss)


def _sparse_lookup(combiner, weighted):
  def case(tf):
    ids = tf.SparseTensor([[0, 0], [1, 0], [1, 1]],
                          tf.constant([1, 3, 2], tf.int64), [2, 2])
    weights = tf.SparseTensor(ids.indices, [1.0, 2.0, 3.0], [2, 2])
    table = tf.get_variable("table", [5, 3])
    out = tf.nn.embedding_lookup_sparse(
        table, ids, weights if weighted else None, combiner=combiner)
    tf.train.AdagradOptimizer(0.1).minimize(tf.reduce_sum(tf.square(out)))
  return case


def _tower_means(tf):
  optimizer = tf.train.AdamOptimizer()
  slopes = []
  for tower in range(2):
    with tf.name_scope("tower_%d" % tower), tf.variable_scope(
        tf.get_variable_scope(), reuse=tower > 0):
      slopes.append(optimizer.compute_gradients(_loss(tf)))
  means = [(tf.reduce_mean(tf.stack([slope for slope, _ in pair]), 0),
            pair[0][1]) for pair in zip(*slopes)]
  optimizer.apply_gradients(means)


CASES = {
    "two_models": _two_models, "decays": _decays, "checks": _checks,
    "metrics": _metrics, "losses": _losses, "savers": _savers,
    "queues": _queues, "summaries": _summaries, "averages": _averages,
    "synchronous": _synchronous, "optimize_loss": _optimize_loss,
    "create_train_op": _create_train_op, "gated": _gated,
    "aggregated": _aggregated, "special_gradients": _special_gradients,
    "penalty": _penalty, "convolution": _convolution,
    "tower_means": _tower_means,
    "sparse_lookup_sum": _sparse_lookup("sum", False),
    "sparse_lookup_mean": _sparse_lookup("mean", True),
    "sparse_lookup_sqrtn": _sparse_lookup("sqrtn", True),
    "sparse_lookup_plain": _sparse_lookup("sqrtn", False),
}
OPTIMIZERS = {
    "gradient_descent": lambda tf: tf.train.GradientDescentOptimizer(0.1),
    "momentum": lambda tf: tf.train.MomentumOptimizer(0.1, 0.9),
    "nesterov": lambda tf: tf.train.MomentumOptimizer(
        0.1, 0.9, use_nesterov=True),
    "adam": lambda tf: tf.train.AdamOptimizer(),
    "rms_prop": lambda tf: tf.train.RMSPropOptimizer(0.1),
    "rms_prop_centered": lambda tf: tf.train.RMSPropOptimizer(
        0.1, 0.9, 0.1, centered=True),
    "adagrad": lambda tf: tf.train.AdagradOptimizer(0.1),
    "adadelta": lambda tf: tf.train.AdadeltaOptimizer(0.1),
    "ftrl": lambda tf: tf.train.FtrlOptimizer(0.1),
    "ftrl_shrunk": lambda tf: tf.train.FtrlOptimizer(
        0.1, l2_shrinkage_regularization_strength=0.1),
    "proximal_adagrad": lambda tf: tf.train.ProximalAdagradOptimizer(0.1),
    "proximal_descent": lambda tf: tf.train.ProximalGradientDescentOptimizer(
        0.1),
    "adagrad_da": lambda tf: tf.train.AdagradDAOptimizer(
        0.1, tf.train.get_or_create_global_step()),
}
for _name, _make in OPTIMIZERS.items():
  CASES[_name] = _minimized(_make, static=True)
  CASES[_name + "_rows"] = _minimized(_make, _rows_loss)
for _name in ("gradient_descent", "adam", "ftrl"):
  CASES[_name + "_resource_rows"] = _minimized(
      OPTIMIZERS[_name], _rows_loss, resource=True)


def measure(tf, name):
  """`{"after": op seed of a variable made afterwards, "variables": [...]}`."""
  graph = tf.Graph()
  with graph.as_default():
    tf.set_random_seed(42)
    CASES[name](tf)
    tf.get_variable("after", [2, 2])
    draw = graph.get_operation_by_name(
        "after/Initializer/random_uniform/RandomUniform")
  variables = graph.get_collection(tf.GraphKeys.GLOBAL_VARIABLES)
  return {"after": draw.get_attr("seed2"),
          "variables": [variable.op.name for variable in variables]}
