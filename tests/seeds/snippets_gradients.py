"""Gradients of single functions, with known and unknown shapes."""

from seeds.registry import snippet


def _x(tf, *shape):
  return tf.placeholder(tf.float32, list(shape) or [None, 4])


def _of(tf, y, *sources):
  return tf.gradients(y, list(sources))


@snippet("gradients of add, sub, mul, div: equal static shapes")
def gradients_equal_shapes(tf):
  a, b = tf.get_variable("a", [3, 2]), tf.get_variable("b", [3, 2])
  for y in (a + b, a - b, a * b, a / b, tf.maximum(a, b), a ** b,
            tf.minimum(a, b), tf.squared_difference(a, b)):
    _of(tf, y, a, b)


@snippet("gradients of add, sub, mul, div: a scalar")
def gradients_scalar(tf):
  a, c = tf.get_variable("a", [3, 2]), tf.get_variable("c", [])
  for y in (a + c, c - a, a * c, a / c, tf.maximum(a, c), a + 1., 2. * a,
            a / 3., 1. / a, a ** 2, a ** c):
    _of(tf, y, a)
  _of(tf, c * c + c, c)


@snippet("gradients of add, sub, mul, div: one source of two")
def gradients_one_source(tf):
  a, b = tf.get_variable("a", [3, 2]), _x(tf, None, 2)
  for y in (a + b, a - b, a * b, b / a, tf.maximum(b, a)):
    _of(tf, y, a)
  _of(tf, b * b, b)


@snippet("gradients of add, sub, mul, div: unknown ranks")
def gradients_unknown_rank(tf):
  a, b = tf.placeholder(tf.float32), tf.placeholder(tf.float32)
  for y in (a + b, a * b, a / b, a - b):
    _of(tf, y, a, b)
  _of(tf, tf.reduce_sum(a * 2.), a)
  _of(tf, tf.reduce_mean(a), a)


@snippet("gradients of a bias added by +")
def gradients_bias(tf):
  w, b = tf.get_variable("w", [4, 3]), tf.get_variable("b", [3])
  _of(tf, tf.matmul(_x(tf), w) + b, w, b)
  _of(tf, tf.nn.bias_add(tf.matmul(_x(tf), w), b), w, b)
  _of(tf, tf.nn.xw_plus_b(_x(tf), w, b), w, b)


@snippet("gradients of matmul")
def gradients_matmul(tf):
  a, b = tf.get_variable("a", [4, 3]), tf.get_variable("b", [4, 3])
  _of(tf, tf.matmul(a, b, transpose_a=True), a, b)
  _of(tf, tf.matmul(a, b, transpose_b=True), a)
  _of(tf, tf.matmul(_x(tf), a), a)
  c = tf.get_variable("c", [2, 4, 3])
  _of(tf, tf.matmul(_x(tf, 2, 5, 4), c), c)
  _of(tf, tf.matmul(_x(tf, None, 5, 4), c), c)


@snippet("gradients of reduce_sum, by axis")
def gradients_reduce_sum(tf):
  x, v = _x(tf), tf.get_variable("v", [3, 4])
  for y in (tf.reduce_sum(x), tf.reduce_sum(x, 1), tf.reduce_sum(x, [0, 1]),
            tf.reduce_sum(x, 0, keepdims=True)):
    _of(tf, y, x)
  for y in (tf.reduce_sum(v), tf.reduce_sum(v, 1), tf.reduce_sum(v, [0]),
            tf.reduce_sum(v, axis=-1, keepdims=True)):
    _of(tf, y, v)


@snippet("gradients of reduce_mean, by axis")
def gradients_reduce_mean(tf):
  x, v = _x(tf), tf.get_variable("v", [3, 4])
  for y in (tf.reduce_mean(x), tf.reduce_mean(x, 1), tf.reduce_mean(x, 0)):
    _of(tf, y, x)
  for y in (tf.reduce_mean(v), tf.reduce_mean(v, 1)):
    _of(tf, y, v)


@snippet("gradients of reduce_max, min, prod, logsumexp, norm")
def gradients_reduce_others(tf):
  x, v = _x(tf), tf.get_variable("v", [3, 4])
  for z in (x, v):
    for y in (tf.reduce_max(z, 1), tf.reduce_min(z), tf.reduce_prod(z, 1),
              tf.reduce_logsumexp(z, 1), tf.norm(z), tf.norm(z, axis=1)):
      _of(tf, y, z)


@snippet("gradients of elementwise functions")
def gradients_elementwise(tf):
  x = _x(tf)
  for name in ("sin", "cos", "tan", "rsqrt", "reciprocal", "sign", "floor",
               "negative", "log1p", "expm1", "erf", "sinh", "cosh", "atan"):
    _of(tf, getattr(tf, name)(x), x)


@snippet("gradients of tf.nn activations")
def gradients_nn_elementwise(tf):
  x = _x(tf)
  for name in ("relu6", "selu", "softsign", "leaky_relu", "crelu"):
    _of(tf, getattr(tf.nn, name)(x), x)
  _of(tf, tf.nn.l2_loss(x), x)
  _of(tf, tf.nn.l2_normalize(x, 1), x)


@snippet("gradients of concat")
def gradients_concat(tf):
  x, y = _x(tf), _x(tf)
  v = tf.get_variable("v", [3, 4])
  _of(tf, tf.concat([x, y], 1), x, y)
  _of(tf, tf.concat([x, y], 0), x)
  _of(tf, tf.concat([v, v], 1), v)
  _of(tf, tf.concat([v, x], 0), v)


@snippet("gradients of split, stack, unstack")
def gradients_split(tf):
  x = _x(tf)
  _of(tf, tf.split(x, 2, 1)[0], x)
  _of(tf, tf.split(x, [1, 3], 1), x)
  _of(tf, tf.stack([x, x], 1), x)
  v = tf.get_variable("v", [3, 4])
  _of(tf, tf.unstack(v)[1:], v)
  _of(tf, tf.unstack(v, axis=1), v)


@snippet("gradients of slices")
def gradients_slices(tf):
  x, v = _x(tf), tf.get_variable("v", [3, 4])
  for z in (x, v):
    for y in (z[:, 1], z[0], z[:, :2], z[..., -1:],
              tf.slice(z, [0, 1], [-1, 2])):
      _of(tf, y, z)
  _of(tf, x[:, tf.constant(1)], x)


@snippet("gradients of reshape, transpose, expand_dims, squeeze, tile")
def gradients_reshape(tf):
  x, v = _x(tf), tf.get_variable("v", [3, 4])
  for z in (x, v):
    for y in (tf.reshape(z, [-1]), tf.transpose(z), tf.expand_dims(z, 1),
              tf.squeeze(tf.expand_dims(z, 0), [0]), tf.tile(z, [2, 1]),
              tf.transpose(z, [1, 0])):
      _of(tf, y, z)


@snippet("gradients of gather, embedding_lookup, gather_nd")
def gradients_gather(tf):
  v = tf.get_variable("v", [5, 4])
  x = _x(tf)
  ids = tf.placeholder(tf.int32, [None])
  _of(tf, tf.gather(v, ids), v)
  _of(tf, tf.gather(v, [0, 1], axis=1), v)
  _of(tf, tf.gather(x, ids), x)
  _of(tf, tf.nn.embedding_lookup(v, tf.placeholder(tf.int32, [None, 3])), v)
  _of(tf, tf.gather_nd(v, [[0, 1], [1, 2]]), v)


@snippet("two lookups of one embedding, and a dense use")
def gradients_two_lookups(tf):
  v = tf.get_variable("v", [5, 4])
  one = tf.nn.embedding_lookup(v, [1, 2])
  two = tf.nn.embedding_lookup(v, tf.placeholder(tf.int32, [None]))
  _of(tf, tf.reduce_sum(one) + tf.reduce_sum(two), v)
  _of(tf, tf.reduce_sum(one) + tf.reduce_sum(v), v)


@snippet("an optimizer on two lookups of one embedding")
def adam_two_lookups(tf):
  v = tf.get_variable("v", [5, 4])
  one = tf.nn.embedding_lookup(v, [1, 2])
  two = tf.nn.embedding_lookup(v, tf.placeholder(tf.int32, [None]))
  tf.train.AdamOptimizer().minimize(tf.reduce_sum(one) + tf.reduce_sum(two))


@snippet("gradients of where, boolean_mask, clip_by_value, pad, reverse")
def gradients_where(tf):
  x, v = _x(tf), tf.get_variable("v", [3, 4])
  for z in (x, v):
    for y in (tf.where(z > 0., z, -z), tf.boolean_mask(z, [True, False, True]),
              tf.clip_by_value(z, -1., 1.), tf.pad(z, [[0, 1], [0, 0]]),
              tf.reverse(z, [1]), tf.cumsum(z, 1), tf.nn.top_k(z, 2)[0]):
      _of(tf, y, z)


@snippet("gradients of clip_by_norm, clip_by_global_norm")
def gradients_clipping(tf):
  x = _x(tf)
  _of(tf, tf.clip_by_norm(x, 1.), x)
  _of(tf, tf.clip_by_global_norm([x], 1.)[0], x)


@snippet("gradients of segment sums, scatter_nd, sparse products")
def gradients_segments(tf):
  v = tf.get_variable("v", [4, 2])
  _of(tf, tf.segment_sum(v, [0, 0, 1, 1]), v)
  _of(tf, tf.unsorted_segment_sum(v, [0, 1, 0, 1], 2), v)
  _of(tf, tf.scatter_nd([[0], [2]], v[:2], [4, 2]), v)
  sparse = tf.SparseTensor([[0, 1], [1, 2]], [1., 2.], [3, 4])
  _of(tf, tf.sparse_tensor_dense_matmul(sparse, v), v)


@snippet("gradients of add_n, identity, stop_gradient, cast")
def gradients_plain(tf):
  x = _x(tf)
  _of(tf, tf.add_n([x, x, tf.identity(x)]), x)
  _of(tf, x * tf.stop_gradient(x), x)
  _of(tf, tf.cast(tf.cast(x, tf.float64), tf.float32), x)
  _of(tf, tf.reverse_sequence(_x(tf, 2, 3), [1, 2], seq_axis=1), x)


@snippet("gradients of tensordot and einsum, unknown shapes")
def gradients_tensordot_open(tf):
  x, w = _x(tf, None, 5, 4), tf.get_variable("w", [4, 3])
  _of(tf, tf.tensordot(x, w, [[2], [0]]), x, w)
  _of(tf, tf.einsum("btd,dk->btk", x, w), x, w)
  u = tf.get_variable("u", [4])
  _of(tf, tf.tensordot(x, u, 1), u)


@snippet("gradients of einsum, two batches")
def gradients_einsum_batches(tf):
  a, b = _x(tf, 2, 3, 4), _x(tf, 2, 4, 5)
  _of(tf, tf.einsum("bij,bjk->bik", a, b), a, b)
  _of(tf, tf.einsum("bij,bj->bi", a, _x(tf, 2, 4)), a)


@snippet("gradients of softmax cross entropies, both kinds of labels")
def gradients_softmax(tf):
  w, labels = tf.get_variable("w", [4, 4]), _x(tf)
  logits = tf.matmul(_x(tf), w)
  _of(tf, tf.nn.softmax_cross_entropy_with_logits_v2(
      logits=logits, labels=tf.stop_gradient(labels)), w)
  _of(tf, tf.nn.softmax_cross_entropy_with_logits_v2(
      logits=logits, labels=labels), w, labels)
  _of(tf, tf.nn.sparse_softmax_cross_entropy_with_logits(
      logits=tf.reshape(logits, [2, 3, 4]),
      labels=tf.placeholder(tf.int32, [2, 3])), w)
  _of(tf, tf.nn.weighted_cross_entropy_with_logits(labels, logits, 2.), w)
  _of(tf, tf.nn.log_softmax(logits) * labels, w)


@snippet("gradients of a log likelihood by hand")
def gradients_log_likelihood(tf):
  w, labels = tf.get_variable("w", [4, 4]), _x(tf)
  p = tf.nn.softmax(tf.matmul(_x(tf), w))
  _of(tf, -tf.reduce_sum(labels * tf.log(tf.clip_by_value(p, 1e-10, 1.0))), w)
  _of(tf, tf.reduce_mean(-tf.reduce_sum(
      labels * tf.log(p) + (1. - labels) * tf.log(1. - p), axis=1)), w)


@snippet("gradients of convolutions: conv1d, conv2d, transpose, depthwise")
def gradients_convolutions(tf):
  w = tf.get_variable("w", [3, 3, 2, 4])
  image = _x(tf, 2, 8, 8, 2)
  _of(tf, tf.nn.conv2d(image, w, [1, 1, 1, 1], "SAME"), image, w)
  _of(tf, tf.nn.depthwise_conv2d(image, w, [1, 1, 1, 1], "SAME"), image, w)
  _of(tf, tf.nn.conv2d_transpose(_x(tf, 2, 8, 8, 4), w, [2, 8, 8, 2],
                                 [1, 1, 1, 1]), w)
  v = tf.get_variable("v", [3, 2, 4])
  _of(tf, tf.nn.conv1d(_x(tf, None, 8, 2), v, 1, "SAME"), v)


@snippet("gradients of pooling, lrn, resize")
def gradients_pooling(tf):
  image = _x(tf, None, 8, 8, 2)
  for y in (tf.nn.max_pool(image, [1, 2, 2, 1], [1, 2, 2, 1], "SAME"),
            tf.nn.avg_pool(image, [1, 2, 2, 1], [1, 2, 2, 1], "SAME"),
            tf.nn.lrn(image),
            tf.image.resize_bilinear(image, [4, 4]),
            tf.image.resize_nearest_neighbor(image, [16, 16])):
    _of(tf, y, image)


@snippet("gradients of batch normalization, fused and by hand")
def gradients_normalization(tf):
  image = _x(tf, None, 4, 4, 3)
  y, _, _ = tf.nn.fused_batch_norm(image, tf.ones([3]), tf.zeros([3]))
  _of(tf, y, image)
  x = _x(tf)
  mean, variance = tf.nn.moments(x, [0])
  scale = tf.get_variable("scale", [4])
  _of(tf, tf.nn.batch_normalization(x, mean, variance, None, scale, 1e-3),
      x, scale)
  _of(tf, tf.contrib.layers.layer_norm(x), x)


@snippet("gradients of tf.cond with two sources")
def gradients_cond_two(tf):
  a, b = tf.get_variable("a", [3]), tf.get_variable("b", [3])
  y = tf.cond(tf.placeholder(tf.bool, []), lambda: a * b, lambda: a + 1.)
  _of(tf, tf.reduce_sum(y), a, b)


@snippet("gradients of while_loop over a TensorArray")
def gradients_loop_arrays(tf):
  w = tf.get_variable("w", [3])
  x = tf.TensorArray(tf.float32, 4).unstack(_x(tf, 4, 3))
  y = tf.TensorArray(tf.float32, 4)

  def step(i, h, y):
    h = tf.tanh(h * w + x.read(i))
    return i + 1, h, y.write(i, h)
  _, h, y = tf.while_loop(lambda i, *_: i < 4, step, [0, tf.zeros([3]), y])
  _of(tf, tf.reduce_sum(y.stack()) + tf.reduce_sum(h), w)


@snippet("gradients of nested while_loops")
def gradients_nested_loops(tf):
  w = tf.get_variable("w", [3])

  def outer(i, x):
    _, x = tf.while_loop(lambda j, _: j < 2, lambda j, x: (j + 1, x * w),
                         [0, x])
    return i + 1, x
  _of(tf, tf.while_loop(lambda i, _: i < 3, outer, [0, tf.ones([3])])[1], w)


@snippet("gradients of raw_rnn")
def gradients_raw_rnn(tf):
  x = _x(tf, 3, 2, 4)
  cell = tf.nn.rnn_cell.GRUCell(5)
  source = tf.TensorArray(tf.float32, 3).unstack(x)

  def loop_fn(time, output, state, loop_state):
    state = cell.zero_state(2, tf.float32) if output is None else state
    done = time >= [3, 3]
    following = tf.cond(tf.reduce_all(done), lambda: tf.zeros([2, 4]),
                        lambda: source.read(time))
    return done, following, state, output, None
  outputs, _, _ = tf.nn.raw_rnn(cell, loop_fn)
  tf.train.GradientDescentOptimizer(0.1).minimize(
      tf.reduce_sum(outputs.stack()))


@snippet("gradients of a tf.custom_gradient")
def gradients_custom(tf):
  @tf.custom_gradient
  def double(x):
    return x * 2., lambda dy: dy * 3.
  x = _x(tf)
  _of(tf, double(x), x)


@snippet("gradients of gradients")
def gradients_twice(tf):
  w = tf.get_variable("w", [4, 1])
  x = _x(tf)
  y = tf.tanh(tf.matmul(x, w))
  inner, = tf.gradients(y, x)
  penalty = tf.reduce_mean(
      tf.square(tf.sqrt(tf.reduce_sum(tf.square(inner), 1)) - 1.0))
  _of(tf, penalty, w)


@snippet("gradients of matrix functions")
def gradients_matrices(tf):
  x = tf.get_variable("x", [3, 3])
  for y in (tf.matrix_inverse(x), tf.matrix_determinant(x), tf.trace(x),
            tf.matrix_band_part(x, -1, 0), tf.diag_part(x),
            tf.matrix_diag_part(x), tf.cholesky(x)):
    _of(tf, y, x)


@snippet("gradients of NASCell, LayerNormBasicLSTMCell")
def gradients_contrib_cells(tf):
  for name, cell in (("a", tf.contrib.rnn.NASCell(5)),
                     ("b", tf.contrib.rnn.LayerNormBasicLSTMCell(5))):
    with tf.variable_scope(name):
      y, _ = tf.nn.static_rnn(cell, [_x(tf) for _ in range(2)],
                              dtype=tf.float32)
      tf.train.GradientDescentOptimizer(0.1).minimize(tf.reduce_sum(y[-1]))


@snippet("gradients of LSTMBlockCell, GRUBlockCellV2")
def gradients_block_cells(tf):
  for name, cell in (("a", tf.contrib.rnn.LSTMBlockCell(5)),
                     ("b", tf.contrib.rnn.GRUBlockCellV2(5))):
    with tf.variable_scope(name):
      y, _ = tf.nn.dynamic_rnn(cell, _x(tf, 2, 3, 4), dtype=tf.float32)
      tf.train.GradientDescentOptimizer(0.1).minimize(tf.reduce_sum(y))


@snippet("gradients of an LSTM with projection, clip and shards")
def gradients_projected_lstm(tf):
  cell = tf.nn.rnn_cell.LSTMCell(6, num_proj=4, cell_clip=1., proj_clip=1.,
                                 use_peepholes=True)
  y, _ = tf.nn.dynamic_rnn(cell, _x(tf, None, 3, 4), dtype=tf.float32,
                           sequence_length=tf.placeholder(tf.int32, [None]))
  tf.train.MomentumOptimizer(0.1, 0.9).minimize(tf.reduce_mean(y))


@snippet("gradients of AttentionCellWrapper, HighwayWrapper, ResidualWrapper")
def gradients_wrapped_cells(tf):
  cell = tf.nn.rnn_cell.MultiRNNCell([
      tf.contrib.rnn.HighwayWrapper(tf.nn.rnn_cell.GRUCell(4)),
      tf.nn.rnn_cell.ResidualWrapper(tf.nn.rnn_cell.GRUCell(4)),
      tf.contrib.rnn.AttentionCellWrapper(tf.nn.rnn_cell.GRUCell(4), 2)])
  y, _ = tf.nn.dynamic_rnn(cell, _x(tf, 2, 3, 4), dtype=tf.float32)
  tf.train.AdamOptimizer(0.1).minimize(tf.reduce_mean(y))


@snippet("gradients with resource variables in dynamic_rnn")
def gradients_resource_rnn(tf):
  with tf.variable_scope("model", use_resource=True):
    y, _ = tf.nn.dynamic_rnn(tf.nn.rnn_cell.BasicLSTMCell(5),
                             _x(tf, None, 3, 4), dtype=tf.float32)
    y = tf.layers.dense(y, 2)
  tf.train.AdamOptimizer(0.1).minimize(tf.reduce_mean(tf.square(y)))


@snippet("gradients with partitioned variables in dynamic_rnn")
def gradients_partitioned_rnn(tf):
  with tf.variable_scope("model", partitioner=tf.fixed_size_partitioner(2)):
    table = tf.get_variable("table", [10, 4])
    words = tf.nn.embedding_lookup(table, tf.placeholder(tf.int32, [None, 3]))
    y, _ = tf.nn.dynamic_rnn(tf.nn.rnn_cell.BasicLSTMCell(6), words,
                             dtype=tf.float32)
  tf.train.AdamOptimizer(0.1).minimize(tf.reduce_mean(y))


@snippet("gradients in float64 through dynamic_rnn")
def gradients_double_rnn(tf):
  x = tf.placeholder(tf.float64, [None, 3, 4])
  y, _ = tf.nn.dynamic_rnn(tf.nn.rnn_cell.LSTMCell(5), x, dtype=tf.float64)
  tf.train.RMSPropOptimizer(0.1).minimize(tf.reduce_sum(y[:, -1]))


@snippet("gradients of the state alone, swap_memory, time_major")
def gradients_state_rnn(tf):
  _, state = tf.nn.dynamic_rnn(
      tf.nn.rnn_cell.BasicLSTMCell(5), _x(tf, 3, None, 4), dtype=tf.float32,
      swap_memory=True, time_major=True, parallel_iterations=1)
  tf.train.AdamOptimizer(0.1).minimize(tf.reduce_mean(state.h))


@snippet("gradients of stack_bidirectional_dynamic_rnn")
def gradients_stacked(tf):
  y, _, _ = tf.contrib.rnn.stack_bidirectional_dynamic_rnn(
      [tf.nn.rnn_cell.GRUCell(3)], [tf.nn.rnn_cell.GRUCell(3)],
      _x(tf, None, 3, 4), dtype=tf.float32,
      sequence_length=tf.placeholder(tf.int32, [None]))
  tf.train.AdagradOptimizer(0.1).minimize(tf.reduce_max(y))


@snippet("compute_gradients(gate_gradients, colocate, aggregation)")
def gradients_optimizer_options(tf):
  w = tf.get_variable("w", [4, 2])
  loss = tf.reduce_mean(tf.square(tf.matmul(_x(tf), w))) + tf.nn.l2_loss(w)
  optimizer = tf.train.AdamOptimizer(tf.placeholder(tf.float32, []))
  optimizer.compute_gradients(
      loss, gate_gradients=tf.train.Optimizer.GATE_GRAPH,
      colocate_gradients_with_ops=True, aggregation_method=2)
  optimizer.compute_gradients(loss, gate_gradients=0)


@snippet("gradients averaged over two towers")
def gradients_towers(tf):
  optimizer = tf.train.GradientDescentOptimizer(0.1)
  towers = []
  for tower in range(2):
    with tf.variable_scope("model", reuse=tower > 0):
      with tf.name_scope("tower_%d" % tower):
        y = tf.layers.dense(_x(tf), 2, name="out")
        towers.append(optimizer.compute_gradients(tf.reduce_mean(y)))
  mean = []
  for pairs in zip(*towers):
    stacked = tf.concat([tf.expand_dims(g, 0) for g, _ in pairs], 0)
    mean.append((tf.reduce_mean(stacked, 0), pairs[0][1]))
  optimizer.apply_gradients(mean)


@snippet("gradients accumulated in variables")
def gradients_accumulated(tf):
  w = tf.get_variable("w", [4, 2])
  optimizer = tf.train.AdamOptimizer(0.1)
  pairs = optimizer.compute_gradients(tf.reduce_sum(tf.matmul(_x(tf), w)))
  sums = [tf.Variable(tf.zeros_like(v.initialized_value()), trainable=False)
          for _, v in pairs]
  for total, (gradient, _) in zip(sums, pairs):
    total.assign_add(gradient)
    total.assign(tf.zeros_like(total))
  optimizer.apply_gradients([(s, v) for s, (_, v) in zip(sums, pairs)])
