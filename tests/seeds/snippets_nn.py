"""tf.nn."""

from seeds.registry import snippet


def _x(tf, *shape):
  return tf.placeholder(tf.float32, list(shape) or [None, 5])


def _labels(tf):
  return tf.placeholder(tf.int32, [None])


@snippet("tf.nn.softmax_cross_entropy_with_logits")
def softmax_cross_entropy(tf):
  tf.nn.softmax_cross_entropy_with_logits(logits=_x(tf), labels=_x(tf))
  tf.nn.softmax_cross_entropy_with_logits_v2(logits=_x(tf), labels=_x(tf))


@snippet("tf.nn.softmax_cross_entropy_with_logits on rank 3")
def softmax_cross_entropy_rank_3(tf):
  tf.nn.softmax_cross_entropy_with_logits(
      logits=_x(tf, None, 3, 5), labels=_x(tf, None, 3, 5))


@snippet("tf.nn.sparse_softmax_cross_entropy_with_logits")
def sparse_softmax_cross_entropy(tf):
  tf.nn.sparse_softmax_cross_entropy_with_logits(
      logits=_x(tf), labels=_labels(tf))
  tf.nn.sparse_softmax_cross_entropy_with_logits(
      logits=_x(tf, None, 3, 5), labels=tf.placeholder(tf.int32, [None, 3]))


@snippet("tf.nn.sigmoid_cross_entropy_with_logits")
def sigmoid_cross_entropy(tf):
  tf.nn.sigmoid_cross_entropy_with_logits(logits=_x(tf), labels=_x(tf))
  tf.nn.weighted_cross_entropy_with_logits(_x(tf), _x(tf), 2.0)


@snippet("tf.nn.softmax, tf.nn.log_softmax")
def softmax(tf):
  tf.nn.softmax(_x(tf))
  tf.nn.log_softmax(_x(tf))
  tf.nn.softmax(_x(tf, None, 3, 5), dim=1)


@snippet("tf.nn.relu, elu, softplus, leaky_relu, ...")
def activations(tf):
  x = _x(tf)
  for name in ("relu", "elu", "selu", "softplus", "softsign", "relu6",
               "leaky_relu", "crelu"):
    getattr(tf.nn, name)(x)


@snippet("tf.nn.xw_plus_b, tf.nn.bias_add, tf.nn.l2_loss")
def small_functions(tf):
  w = tf.get_variable("w", [5, 2])
  b = tf.get_variable("b", [2])
  tf.nn.xw_plus_b(_x(tf), w, b)
  tf.nn.bias_add(tf.matmul(_x(tf), w), b)
  tf.nn.l2_loss(w)
  tf.nn.relu_layer(_x(tf), w, b)


@snippet("tf.nn.embedding_lookup")
def embedding_lookup(tf):
  table = tf.Variable(tf.random_uniform([10, 4], -1.0, 1.0))
  tf.nn.embedding_lookup(table, tf.placeholder(tf.int32, [None, 3]))


@snippet("embedding_lookup of partitions and resources")
def embedding_lookup_parts(tf):
  parts = [tf.get_variable("part_%d" % n, [5, 4]) for n in range(2)]
  tf.nn.embedding_lookup(parts, [1, 3], partition_strategy="div")
  tf.nn.embedding_lookup(parts, [1, 3])
  tf.nn.embedding_lookup(
      tf.get_variable("whole", [5, 4], use_resource=True), [1, 3],
      max_norm=1.0)


@snippet("tf.nn.embedding_lookup_sparse")
def embedding_lookup_sparse(tf):
  table = tf.get_variable("table", [10, 4])
  tf.nn.embedding_lookup_sparse(
      table, tf.sparse_placeholder(tf.int64), None, combiner="mean")


@snippet("tf.nn.sampled_softmax_loss")
def sampled_softmax_loss(tf):
  w = tf.get_variable("w", [20, 5])
  b = tf.get_variable("b", [20])
  tf.nn.sampled_softmax_loss(w, b, tf.placeholder(tf.int64, [None, 1]),
                             _x(tf), 4, 20)


@snippet("tf.nn.nce_loss")
def nce_loss(tf):
  w = tf.Variable(tf.truncated_normal([20, 5], stddev=0.4))
  b = tf.Variable(tf.zeros([20]))
  tf.nn.nce_loss(weights=w, biases=b, inputs=_x(tf),
                 labels=tf.placeholder(tf.int32, [None, 1]),
                 num_sampled=4, num_classes=20)


@snippet("tf.nn.ctc_loss, greedy decoder, beam search decoder")
def ctc(tf):
  logits = _x(tf, 6, 2, 5)
  lengths = tf.placeholder(tf.int32, [2])
  tf.nn.ctc_loss(tf.sparse_placeholder(tf.int32), logits, lengths)
  tf.nn.ctc_greedy_decoder(logits, lengths)
  tf.nn.ctc_beam_search_decoder(logits, lengths, 4)


@snippet("tf.nn.conv2d, max_pool, conv1d")
def convolutions(tf):
  image = _x(tf, None, 8, 8, 2)
  tf.nn.conv2d(image, tf.get_variable("w", [3, 3, 2, 4]), [1, 1, 1, 1],
               "SAME")
  tf.nn.max_pool(image, [1, 2, 2, 1], [1, 2, 2, 1], "SAME")
  tf.nn.avg_pool(image, [1, 2, 2, 1], [1, 2, 2, 1], "VALID")
  tf.nn.conv1d(_x(tf, None, 8, 2), tf.get_variable("v", [3, 2, 4]), 1,
               "SAME")


@snippet("tf.nn.convolution, atrous_conv2d, depthwise, transpose")
def other_convolutions(tf):
  image = _x(tf, 2, 8, 8, 2)
  w = tf.get_variable("w", [3, 3, 2, 4])
  tf.nn.convolution(image, w, "SAME")
  tf.nn.convolution(image, w, "SAME", dilation_rate=[2, 2])
  tf.nn.atrous_conv2d(image, w, 2, "SAME")
  tf.nn.depthwise_conv2d(image, w, [1, 1, 1, 1], "SAME")
  tf.nn.conv2d_transpose(_x(tf, 2, 8, 8, 4), w, [2, 8, 8, 2],
                         [1, 1, 1, 1])


@snippet("tf.nn.moments, tf.nn.batch_normalization")
def normalization(tf):
  x = _x(tf)
  mean, variance = tf.nn.moments(x, [0])
  tf.nn.batch_normalization(x, mean, variance, None, None, 1e-3)
  tf.nn.moments(x, [0, 1], keep_dims=True)
  tf.nn.lrn(_x(tf, None, 4, 4, 3))


@snippet("tf.nn.fused_batch_norm")
def fused_batch_norm(tf):
  tf.nn.fused_batch_norm(_x(tf, None, 4, 4, 3), tf.ones([3]), tf.zeros([3]))


@snippet("attention, by hand")
def attention_by_hand(tf):
  outputs = _x(tf, None, 3, 5)
  w = tf.Variable(tf.random_normal([5, 4], stddev=0.1))
  u = tf.Variable(tf.random_normal([4], stddev=0.1))
  v = tf.tanh(tf.tensordot(outputs, w, axes=1))
  alphas = tf.nn.softmax(tf.tensordot(v, u, axes=1))
  tf.reduce_sum(outputs * tf.expand_dims(alphas, -1), 1)


@snippet("a softmax classifier, by hand")
def softmax_classifier(tf):
  x = _x(tf)
  w = tf.Variable(tf.truncated_normal([5, 3], stddev=0.1), name="w")
  b = tf.Variable(tf.constant(0.1, shape=[3]), name="b")
  logits = tf.matmul(x, w) + b
  right = tf.equal(tf.argmax(logits, 1), tf.placeholder(tf.int64, [None]))
  tf.reduce_mean(tf.cast(right, tf.float32))
