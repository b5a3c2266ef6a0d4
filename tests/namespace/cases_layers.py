"""Small graphs for every function and class of `tf.layers`."""

import numpy as np


def _data(*shape):
  size = int(np.prod(shape))
  return (np.sin(np.arange(size) * 0.7) + 0.2).reshape(shape).astype("float32")


def _image(tf):
  return tf.constant(_data(4, 6, 6, 3), name="x")


def _rows(tf):
  return tf.constant(_data(4, 5), name="x")


def _series(tf):
  return tf.constant(_data(2, 8, 3), name="x")


def _volume(tf):
  return tf.constant(_data(1, 4, 4, 4, 2), name="x")


CASES = {}


def case(function):
  CASES[function.__name__] = function
  return function


@case
def dense(tf):
  return [tf.layers.dense(_rows(tf), 3, activation=tf.nn.tanh),
          tf.layers.dense(_rows(tf), 2, use_bias=False),
          tf.layers.dense(_rows(tf), 2, name="named")]


@case
def dense_rank3(tf):
  return [tf.layers.dense(_series(tf), 4, tf.nn.relu)]


@case
def dense_reuse(tf):
  x = _rows(tf)
  with tf.variable_scope("outer"):
    first = tf.layers.dense(x, 3, name="d")
    second = tf.layers.dense(x * 2., 3, name="d", reuse=True)
  with tf.variable_scope("outer", reuse=True):
    third = tf.layers.dense(x * 3., 3, name="d")
  with tf.variable_scope("auto", reuse=tf.AUTO_REUSE):
    fourth = tf.layers.dense(x, 3, name="d")
    fifth = tf.layers.dense(x, 3, name="d")
  return [first, second, third, fourth, fifth]


@case
def dense_regularized(tf):
  with tf.variable_scope("s", regularizer=lambda w: tf.reduce_sum(w * w),
                         initializer=tf.zeros_initializer()):
    return [tf.layers.dense(
        _rows(tf), 3, kernel_regularizer=lambda w: 0.1 * tf.reduce_sum(w),
        activity_regularizer=lambda y: 0.01 * tf.reduce_sum(y))]


@case
def dense_object(tf):
  layer = tf.layers.Dense(3, name="head")
  x = _rows(tf)
  return [layer(x), layer.apply(x + 1.), layer(x - 1.)]


@case
def dense_objects_unnamed(tf):
  x = _rows(tf)
  one, two = tf.layers.Dense(3), tf.layers.Dense(2)
  with tf.variable_scope("deep"):
    return [two(one(x)), tf.layers.dense(x, 2)]


@case
def dense_placeholder_batch(tf):
  x = tf.placeholder_with_default(_data(4, 5), [None, 5])
  return [tf.layers.dense(x, 3)]


@case
def dense_constraint_trainable(tf):
  return [tf.layers.dense(_rows(tf), 3, kernel_constraint=lambda w: w * .5),
          tf.layers.dense(_rows(tf), 3, trainable=False,
                          kernel_initializer=tf.ones_initializer())]


@case
def dropout_off(tf):
  return [tf.layers.dropout(_rows(tf), 0.4),
          tf.layers.dropout(_rows(tf), 0.4,
                            training=tf.placeholder_with_default(False, []))]


@case
def dropout_objects(tf):
  return [tf.layers.Dropout(0.3)(_rows(tf)),
          tf.layers.Dropout(0.3)(_rows(tf), training=False)]


@case
def flatten(tf):
  x = tf.placeholder_with_default(_data(4, 6, 6, 3), [None, 6, 6, 3])
  return [tf.layers.flatten(_image(tf)), tf.layers.flatten(x, name="flat"),
          tf.layers.Flatten()(_rows(tf)), tf.layers.flatten(tf.ones([3])),
          tf.layers.flatten(_image(tf), data_format="channels_first")]


@case
def conv1d(tf):
  return [tf.layers.conv1d(_series(tf), 4, 3, padding="same"),
          tf.layers.conv1d(_series(tf), 2, 2, strides=2, name="c"),
          tf.layers.Conv1D(3, 2, activation=tf.nn.relu)(_series(tf)),
          tf.layers.conv1d(_series(tf), 2, 2, dilation_rate=2)]


@case
def conv2d(tf):
  x = _image(tf)
  return [tf.layers.conv2d(x, 4, 3), tf.layers.conv2d(
      x, 2, [3, 2], strides=(2, 1), padding="SAME", activation=tf.nn.relu,
      name="c"), tf.layers.conv2d(x, 2, 2, dilation_rate=2),
          tf.layers.Conv2D(2, 1)(x)]


@case
def conv2d_transpose(tf):
  x = _image(tf)
  return [tf.layers.conv2d_transpose(x, 4, 3),
          tf.layers.conv2d_transpose(x, 2, 3, strides=2, padding="same"),
          tf.layers.Conv2DTranspose(2, 2)(x)]


@case
def conv3d(tf):
  x = _volume(tf)
  return [tf.layers.conv3d(x, 3, 2), tf.layers.Conv3D(2, 1)(x),
          tf.layers.conv3d_transpose(x, 2, 2, strides=(2, 2, 2)),
          tf.layers.Conv3DTranspose(2, 2)(x)]


@case
def separable(tf):
  x, s = _image(tf), _series(tf)
  return [tf.layers.separable_conv2d(x, 4, 3, depth_multiplier=2),
          tf.layers.SeparableConv2D(2, 3, padding="same")(x),
          tf.layers.separable_conv1d(s, 4, 3, depth_multiplier=2),
          tf.layers.SeparableConv1D(2, 3)(s)]


@case
def pooling(tf):
  x, s, v = _image(tf), _series(tf), _volume(tf)
  return [
      tf.layers.max_pooling1d(s, 2, 2), tf.layers.average_pooling1d(s, 3, 1),
      tf.layers.max_pooling2d(x, 2, 2), tf.layers.average_pooling2d(
          x, [3, 2], [2, 1], padding="same", name="p"),
      tf.layers.max_pooling3d(v, 2, 2), tf.layers.average_pooling3d(v, 2, 1),
      tf.layers.MaxPooling1D(2, 1)(s), tf.layers.AveragePooling1D(2, 1)(s),
      tf.layers.MaxPooling2D(2, 1)(x), tf.layers.AveragePooling2D(2, 1)(x),
      tf.layers.MaxPooling3D(2, 1)(v), tf.layers.AveragePooling3D(2, 1)(v)]


@case
def subclass(tf):
  class Scaled(tf.layers.Layer):

    def __init__(self, units, **kwargs):
      super(Scaled, self).__init__(**kwargs)
      self.units = units
      self.input_spec = tf.layers.InputSpec(ndim=2)

    def build(self, shape):
      depth = int(tf.TensorShape(shape)[-1])
      self.kernel = self.add_variable("kernel", [depth, self.units])
      self.scale = self.add_weight(
          name="scale", shape=[], initializer=tf.ones_initializer(),
          trainable=False)
      self.built = True

    def call(self, inputs, factor=1.):
      return tf.matmul(inputs, self.kernel) * self.scale * factor

  x = _rows(tf)
  layer = Scaled(3)
  with tf.variable_scope("custom"):
    return [layer(x), layer(x, factor=2.), Scaled(2, name="other")(x)]


def _norms(tf, x, **kwargs):
  return [tf.layers.batch_normalization(x, **kwargs)]


@case
def norm_train_fused(tf):
  return _norms(tf, _image(tf), training=True, momentum=0.9)


@case
def norm_infer_fused(tf):
  return _norms(tf, _image(tf), training=False)


@case
def norm_tensor_training_fused(tf):
  flag = tf.placeholder_with_default(True, [])
  return _norms(tf, _image(tf), training=flag)


@case
def norm_tensor_inference_fused(tf):
  flag = tf.placeholder_with_default(False, [])
  return _norms(tf, _image(tf), training=flag)


@case
def norm_unfused(tf):
  return _norms(tf, _image(tf), training=True, fused=False, epsilon=1e-2)


@case
def norm_rows(tf):
  return (_norms(tf, _rows(tf), training=True) +
          _norms(tf, _rows(tf), training=False) +
          _norms(tf, _rows(tf), training=1, name="n"))


@case
def norm_rows_tensor(tf):
  on = tf.placeholder_with_default(True, [])
  off = tf.placeholder_with_default(False, [])
  return _norms(tf, _rows(tf), training=on) + _norms(
      tf, _rows(tf), training=off)


@case
def norm_no_center_scale(tf):
  return (_norms(tf, _image(tf), training=True, center=False) +
          _norms(tf, _image(tf), training=True, scale=False) +
          _norms(tf, _rows(tf), training=True, center=False, scale=False))


@case
def norm_axes(tf):
  return (_norms(tf, _image(tf), training=True, axis=2) +
          _norms(tf, _image(tf), training=True, axis=[1, 2]) +
          _norms(tf, _series(tf), training=True, axis=1) +
          _norms(tf, _volume(tf), training=True))


@case
def norm_channels_first_inference(tf):
  return _norms(tf, _image(tf), axis=1, fused=False)


@case
def norm_initializers(tf):
  return _norms(
      tf, _rows(tf), beta_initializer=tf.constant_initializer(.3),
      gamma_initializer=tf.constant_initializer(2.),
      moving_mean_initializer=tf.constant_initializer(.1),
      moving_variance_initializer=tf.constant_initializer(4.))


@case
def norm_regularizers(tf):
  return _norms(
      tf, _rows(tf), training=True,
      beta_regularizer=lambda w: .1 * tf.reduce_sum(w),
      gamma_regularizer=lambda w: .2 * tf.reduce_sum(w),
      beta_constraint=lambda w: w, gamma_constraint=lambda w: w)


@case
def norm_not_trainable(tf):
  return _norms(tf, _rows(tf), training=True, trainable=False)


@case
def norm_renorm(tf):
  return _norms(tf, _rows(tf), training=True, renorm=True,
                renorm_momentum=.8) + _norms(
                    tf, _rows(tf), renorm=True, training=False)


@case
def norm_renorm_clipping(tf):
  return _norms(
      tf, _image(tf), training=True, renorm=True,
      renorm_clipping={"rmax": 1.1, "rmin": .9, "dmax": .05})


@case
def norm_renorm_tensor(tf):
  on = tf.placeholder_with_default(True, [])
  off = tf.placeholder_with_default(False, [])
  return _norms(tf, _rows(tf), training=on, renorm=True) + _norms(
      tf, _rows(tf), training=off, renorm=True)


@case
def norm_virtual(tf):
  return _norms(tf, _image(tf), training=True, virtual_batch_size=2) + _norms(
      tf, _rows(tf), training=True, virtual_batch_size=2) + _norms(
          tf, _rows(tf), training=False, virtual_batch_size=2)


@case
def norm_adjustment(tf):
  def adjust(shape):
    return tf.fill(shape[-1:], 1.1), tf.fill(shape[-1:], .2)
  return _norms(tf, _rows(tf), training=True, adjustment=adjust)


@case
def norm_adjustment_tensor(tf):
  def adjust(shape):
    return tf.fill(shape[-1:], 1.1), tf.fill(shape[-1:], .2)
  return _norms(tf, _rows(tf), adjustment=adjust,
                training=tf.placeholder_with_default(False, []))


@case
def norm_half(tf):
  return _norms(tf, tf.cast(_image(tf), tf.float16), training=True)


@case
def norm_object_reused(tf):
  layer = tf.layers.BatchNormalization(momentum=.5, name="shared")
  x = _rows(tf)
  return [layer(x, training=True), layer(x * 2.),
          layer(x, training=False)]


@case
def norm_reuse(tf):
  x = _rows(tf)
  with tf.variable_scope("s"):
    one = tf.layers.batch_normalization(x, training=True, name="b")
  with tf.variable_scope("s", reuse=True):
    two = tf.layers.batch_normalization(x, training=False, name="b")
  return [one, two]


@case
def norm_partitioned_scope(tf):
  with tf.variable_scope("p", partitioner=tf.fixed_size_partitioner(1)):
    return _norms(tf, _rows(tf), training=True)


@case
def norm_double(tf):
  return _norms(tf, tf.cast(_rows(tf), tf.float64), training=True)


@case
def conv_norm_stack(tf):
  # Noise: with the smooth image the float32 kernels of 1.15 are off by 1e-5.
  noise = np.random.RandomState(3).randn(4, 6, 6, 3).astype("float32")
  x = tf.layers.conv2d(tf.constant(noise), 4, 3, name="c")
  x = tf.layers.batch_normalization(x, training=True)
  return [tf.layers.dense(tf.layers.flatten(tf.tanh(x)), 2)]


@case
def dropout_seeded(tf):
  x = _series(tf)
  return [tf.identity(part) for part in (
      tf.layers.dropout(x, 0.4, seed=7, training=True),
      tf.layers.dropout(x, 0.4, seed=8, training=True,
                        noise_shape=[2, 1, 3]),
      tf.layers.dropout(x, 0.4, seed=9,
                        training=tf.placeholder_with_default(True, [])))]
