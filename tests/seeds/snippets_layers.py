"""tf.layers."""

from seeds.registry import snippet


def _x(tf, *shape):
  return tf.placeholder(tf.float32, list(shape) or [None, 4])


@snippet("tf.layers.dense")
def dense(tf):
  tf.layers.dense(_x(tf), 5, activation=tf.nn.relu)


@snippet("tf.layers.dense on rank 3")
def dense_rank_3(tf):
  tf.layers.dense(_x(tf, None, 3, 4), 5)


@snippet("tf.layers.dense on rank 3, unknown number of steps")
def dense_open_time(tf):
  tf.layers.dense(_x(tf, None, None, 4), 5, activation=tf.tanh)


@snippet("tf.layers.dense on a static rank 3")
def dense_static_rank_3(tf):
  tf.layers.dense(tf.zeros([2, 3, 4]), 5)


@snippet("tf.layers.dense(kernel_regularizer)")
def dense_regularized(tf):
  tf.layers.dense(
      _x(tf), 5, kernel_initializer=tf.truncated_normal_initializer(),
      kernel_regularizer=tf.contrib.layers.l2_regularizer(0.1),
      bias_initializer=tf.random_normal_initializer())


@snippet("tf.layers.dense without bias, twice")
def dense_twice(tf):
  hidden = tf.layers.dense(_x(tf), 5, use_bias=False)
  tf.layers.dense(hidden, 2, name="out")


@snippet("tf.layers.Dense, shared")
def dense_object(tf):
  layer = tf.layers.Dense(3, name="shared")
  layer(_x(tf))
  layer(_x(tf))


@snippet("tf.layers.dense(reuse=True)")
def dense_reused(tf):
  tf.layers.dense(_x(tf), 5, name="one")
  tf.layers.dense(_x(tf), 5, name="one", reuse=True)


@snippet("tf.layers.dropout")
def layers_dropout(tf):
  training = tf.placeholder_with_default(True, [])
  tf.layers.dropout(_x(tf), 0.3, training=training)


@snippet("tf.layers.dropout(training=True)")
def layers_dropout_training(tf):
  tf.Variable(tf.layers.dropout(tf.ones([4, 5]), 0.4, training=True))
  tf.layers.dropout(_x(tf), 0.4)


@snippet("tf.layers.conv1d")
def conv1d(tf):
  tf.layers.conv1d(_x(tf, None, 8, 4), 5, 3, padding="same")


@snippet("tf.layers.conv2d")
def conv2d(tf):
  tf.layers.conv2d(_x(tf, None, 8, 8, 2), 4, [3, 3],
                   activation=tf.nn.relu)


@snippet("tf.layers.conv2d(dilation_rate)")
def conv2d_dilated(tf):
  tf.layers.conv2d(_x(tf, None, 8, 8, 2), 4, 3, dilation_rate=2)


@snippet("tf.layers.conv3d")
def conv3d(tf):
  tf.layers.conv3d(_x(tf, None, 4, 4, 4, 2), 3, 2)


@snippet("tf.layers.conv2d_transpose")
def conv2d_transpose(tf):
  tf.layers.conv2d_transpose(_x(tf, None, 4, 4, 2), 3, 2, strides=2)


@snippet("tf.layers.separable_conv2d")
def separable_conv2d(tf):
  tf.layers.separable_conv2d(_x(tf, None, 8, 8, 2), 4, 3)


@snippet("tf.layers.max_pooling*, average_pooling*")
def pooling(tf):
  image = _x(tf, None, 8, 8, 2)
  tf.layers.max_pooling2d(image, 2, 2)
  tf.layers.average_pooling2d(image, 2, 2)
  tf.layers.max_pooling1d(_x(tf, None, 8, 4), 2, 2)


@snippet("tf.layers.flatten")
def flatten(tf):
  tf.layers.flatten(_x(tf, None, 3, 4))
  tf.layers.flatten(_x(tf, 2, None, 4))


@snippet("tf.layers.batch_normalization(training=True)")
def batch_normalization(tf):
  tf.layers.batch_normalization(_x(tf), training=True)


@snippet("tf.layers.batch_normalization(training=placeholder)")
def batch_normalization_fed(tf):
  training = tf.placeholder(tf.bool, [])
  tf.layers.batch_normalization(_x(tf), training=training, momentum=0.9)


@snippet("tf.layers.batch_normalization of images")
def batch_normalization_fused(tf):
  tf.layers.batch_normalization(_x(tf, None, 4, 4, 2), training=True)
  tf.layers.batch_normalization(_x(tf, None, 4, 4, 2), fused=False)


@snippet("a small convolutional net of tf.layers")
def convolutional_net(tf):
  x = tf.reshape(_x(tf, None, 64), [-1, 8, 8, 1])
  x = tf.layers.conv2d(x, 4, 3, padding="same", activation=tf.nn.relu)
  x = tf.layers.max_pooling2d(x, 2, 2)
  x = tf.layers.dense(tf.layers.flatten(x), 10, activation=tf.nn.relu)
  tf.layers.dense(tf.layers.dropout(x, 0.4, training=True), 3)


@snippet("dense layers over the outputs of an LSTM")
def dense_over_lstm(tf):
  outputs, _ = tf.nn.dynamic_rnn(
      tf.nn.rnn_cell.LSTMCell(5), _x(tf, None, 3, 4), dtype=tf.float32)
  hidden = tf.layers.dense(outputs, 6, activation=tf.nn.relu)
  tf.layers.dense(hidden, 2)


@snippet("a subclass of tf.layers.Layer")
def layer_subclass(tf):
  class Scale(tf.layers.Layer):
    def build(self, shape):
      self.kernel = self.add_variable(
          "kernel", [int(shape[-1])],
          initializer=tf.random_normal_initializer())
      self.built = True

    def call(self, inputs):
      return inputs * self.kernel
  Scale(name="scale")(_x(tf))
