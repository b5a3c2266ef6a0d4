"""tf.contrib.layers, tf.contrib.slim and related functions."""

from seeds.registry import snippet


def _x(tf, *shape):
  return tf.placeholder(tf.float32, list(shape) or [None, 4])


@snippet("tf.contrib.layers.fully_connected")
def fully_connected(tf):
  tf.contrib.layers.fully_connected(_x(tf), 5, activation_fn=None)
  tf.contrib.layers.fully_connected(_x(tf), 5)


@snippet("fully_connected on rank 3")
def fully_connected_rank_3(tf):
  tf.contrib.layers.fully_connected(_x(tf, None, 3, 4), 5,
                                    activation_fn=tf.tanh)


@snippet("fully_connected(normalizer_fn=batch_norm)")
def fully_connected_normalized(tf):
  tf.contrib.layers.fully_connected(
      _x(tf), 5, normalizer_fn=tf.contrib.layers.batch_norm)


@snippet("fully_connected(weights_regularizer)")
def fully_connected_regularized(tf):
  tf.contrib.layers.fully_connected(
      _x(tf), 5, weights_initializer=tf.truncated_normal_initializer(),
      weights_regularizer=tf.contrib.layers.l2_regularizer(0.01))


@snippet("tf.contrib.layers.linear, relu")
def contrib_linear(tf):
  tf.contrib.layers.linear(_x(tf), 3)
  tf.contrib.layers.relu(_x(tf), 3)
  tf.contrib.layers.linear(_x(tf, None, 3, 4), 2)


@snippet("tf.contrib.layers.stack, repeat")
def contrib_stack(tf):
  layers = tf.contrib.layers
  layers.stack(_x(tf), layers.fully_connected, [5, 6])
  layers.repeat(_x(tf), 2, layers.fully_connected, 4, scope="more")


@snippet("tf.contrib.layers.conv2d")
def contrib_conv2d(tf):
  tf.contrib.layers.conv2d(_x(tf, None, 8, 8, 2), 4, [3, 3])


@snippet("tf.contrib.layers.conv2d_transpose, separable_conv2d")
def contrib_other_convolutions(tf):
  tf.contrib.layers.conv2d_transpose(_x(tf, None, 4, 4, 2), 3, 2)
  tf.contrib.layers.separable_conv2d(_x(tf, None, 4, 4, 2), 3, 3, 1)


@snippet("tf.contrib.layers.max_pool2d, avg_pool2d, flatten")
def contrib_pooling(tf):
  image = _x(tf, None, 8, 8, 2)
  tf.contrib.layers.max_pool2d(image, 2)
  tf.contrib.layers.flatten(tf.contrib.layers.avg_pool2d(image, 2))


@snippet("tf.contrib.layers.batch_norm")
def contrib_batch_norm(tf):
  tf.contrib.layers.batch_norm(_x(tf), is_training=True, scale=True)


@snippet("batch_norm(is_training=tensor)")
def contrib_batch_norm_fed(tf):
  training = tf.placeholder(tf.bool, [])
  tf.contrib.layers.batch_norm(_x(tf), is_training=training,
                               updates_collections=None)


@snippet("batch_norm of images, fused")
def contrib_batch_norm_fused(tf):
  tf.contrib.layers.batch_norm(_x(tf, None, 4, 4, 2), fused=True)


@snippet("tf.contrib.layers.layer_norm")
def contrib_layer_norm(tf):
  tf.contrib.layers.layer_norm(_x(tf))
  tf.contrib.layers.layer_norm(_x(tf, 2, 3, 4))


@snippet("tf.contrib.layers.dropout")
def contrib_dropout(tf):
  tf.Variable(tf.contrib.layers.dropout(tf.ones([4, 5]), 0.6))
  tf.contrib.layers.dropout(_x(tf), is_training=False)


@snippet("tf.contrib.layers.embed_sequence")
def embed_sequence(tf):
  tf.contrib.layers.embed_sequence(
      tf.placeholder(tf.int32, [None, 5]), vocab_size=10, embed_dim=4)


@snippet("tf.contrib.layers.bow_encoder")
def bow_encoder(tf):
  tf.contrib.layers.bow_encoder(
      tf.placeholder(tf.int32, [None, 5]), 10, 4)


@snippet("tf.contrib.layers.embedding_lookup_unique")
def embedding_lookup_unique(tf):
  table = tf.get_variable("table", [10, 4])
  tf.contrib.layers.embedding_lookup_unique(
      table, tf.placeholder(tf.int32, [None, 5]))


@snippet("tf.contrib.layers.safe_embedding_lookup_sparse")
def safe_embedding_lookup_sparse(tf):
  table = tf.get_variable("table", [10, 4])
  tf.contrib.layers.safe_embedding_lookup_sparse(
      [table], tf.sparse_placeholder(tf.int64, [2, 3]))


@snippet("tf.contrib.layers.one_hot_encoding")
def one_hot_encoding(tf):
  tf.contrib.layers.one_hot_encoding(tf.placeholder(tf.int64, [None]), 6)


@snippet("tf.contrib.layers.apply_regularization")
def apply_regularization(tf):
  tf.get_variable("weights", [4, 3])
  tf.contrib.layers.apply_regularization(
      tf.contrib.layers.l2_regularizer(0.1), tf.trainable_variables())


@snippet("tf.contrib.layers.summarize_*")
def summarize(tf):
  weights = tf.get_variable("weights", [4, 3])
  tf.contrib.layers.summarize_tensor(weights)
  tf.contrib.layers.summarize_activation(tf.nn.relu(weights))


@snippet("slim.arg_scope with conv2d and fully_connected")
def slim_net(tf):
  slim = tf.contrib.slim
  with slim.arg_scope([slim.conv2d, slim.fully_connected],
                      weights_initializer=tf.truncated_normal_initializer(
                          0.0, 0.01),
                      weights_regularizer=slim.l2_regularizer(0.0005)):
    net = slim.conv2d(_x(tf, None, 8, 8, 1), 4, [3, 3])
    net = slim.max_pool2d(net, [2, 2])
    net = slim.flatten(net)
    net = slim.dropout(slim.fully_connected(net, 8), 0.5)
    slim.fully_connected(net, 3, activation_fn=None)


@snippet("slim.separable_conv2d, slim.batch_norm")
def slim_separable(tf):
  slim = tf.contrib.slim
  net = slim.separable_conv2d(_x(tf, None, 8, 8, 2), 4, 3, 1,
                              normalizer_fn=slim.batch_norm)
  slim.avg_pool2d(net, 2)


@snippet("slim.bias_add, slim.unit_norm, slim.softmax")
def slim_small(tf):
  slim = tf.contrib.slim
  slim.bias_add(_x(tf))
  tf.contrib.layers.unit_norm(_x(tf), 1)
  slim.softmax(_x(tf))


@snippet("tf.contrib.layers.optimize_loss")
def optimize_loss(tf):
  loss = tf.reduce_sum(tf.square(tf.get_variable("weights", [4, 3])))
  tf.contrib.layers.optimize_loss(
      loss, tf.train.get_or_create_global_step(), 0.1, "Adam",
      clip_gradients=5.0)


@snippet("optimize_loss with a decay and noise")
def optimize_loss_decay(tf):
  loss = tf.reduce_sum(tf.square(tf.get_variable("weights", [4, 3])))
  tf.contrib.layers.optimize_loss(
      loss, tf.train.get_or_create_global_step(), 0.1, "SGD",
      gradient_noise_scale=0.1, summaries=[],
      learning_rate_decay_fn=lambda rate, step: (
          tf.train.exponential_decay(rate, step, 10, 0.9)))


@snippet("slim.learning.create_train_op")
def slim_train_op(tf):
  slim = tf.contrib.slim
  logits = slim.fully_connected(_x(tf), 2, activation_fn=None)
  loss = tf.losses.softmax_cross_entropy([[0, 1]] * 3, logits[:3])
  slim.learning.create_train_op(loss, tf.train.AdamOptimizer(0.1))


@snippet("tf.contrib.seq2seq.sequence_loss")
def sequence_loss(tf):
  logits = _x(tf, None, 3, 5)
  tf.contrib.seq2seq.sequence_loss(
      logits, tf.placeholder(tf.int32, [None, 3]),
      tf.placeholder(tf.float32, [None, 3]))


@snippet("sequence_loss, not averaged")
def sequence_loss_not_averaged(tf):
  tf.contrib.seq2seq.sequence_loss(
      tf.zeros([2, 3, 5]), tf.zeros([2, 3], tf.int32), tf.ones([2, 3]),
      average_across_timesteps=False, average_across_batch=True)


@snippet("sequence_loss(softmax_loss_function)")
def sequence_loss_function(tf):
  tf.contrib.seq2seq.sequence_loss(
      tf.zeros([2, 3, 5]), tf.zeros([2, 3], tf.int32), tf.ones([2, 3]),
      softmax_loss_function=lambda labels, logits: (
          tf.nn.sparse_softmax_cross_entropy_with_logits(
              labels=labels, logits=logits)))


@snippet("tf.contrib.legacy_seq2seq.sequence_loss_by_example")
def sequence_loss_by_example(tf):
  tf.contrib.legacy_seq2seq.sequence_loss_by_example(
      [_x(tf, None, 5)], [tf.placeholder(tf.int32, [None])],
      [tf.ones([6])])


@snippet("tf.contrib.legacy_seq2seq.sequence_loss")
def legacy_sequence_loss(tf):
  tf.contrib.legacy_seq2seq.sequence_loss(
      [_x(tf, 2, 5) for _ in range(2)],
      [tf.placeholder(tf.int32, [2]) for _ in range(2)],
      [tf.ones([2]) for _ in range(2)])


@snippet("tf.contrib.lookup")
def lookup_tables(tf):
  table = tf.contrib.lookup.index_table_from_tensor(
      tf.constant(["a", "b"]), num_oov_buckets=1)
  table.lookup(tf.constant(["b", "c"]))
