"""Small graphs for the functions of `tf.contrib.layers` and `framework`."""

import numpy as np

from namespace import cases_layers

_data = cases_layers._data
_image = cases_layers._image
_rows = cases_layers._rows
_series = cases_layers._series
_volume = cases_layers._volume

CASES = {}


def case(function):
  CASES[function.__name__] = function
  return function


@case
def fully_connected(tf):
  layers = tf.contrib.layers
  x = _rows(tf)
  return [layers.fully_connected(x, 3),
          layers.fully_connected(x, 3, activation_fn=None, scope="named"),
          layers.fully_connected(_series(tf), 2),
          layers.linear(x, 3), layers.relu(x, 2), layers.relu6(x, 2),
          layers.elu(x, 2)]


@case
def fully_connected_options(tf):
  layers = tf.contrib.layers
  x = _rows(tf)
  out = [layers.fully_connected(
      x, 3, biases_initializer=None, weights_initializer=tf.ones_initializer(),
      variables_collections=["mine"], outputs_collections="out", scope="a")]
  out.append(layers.fully_connected(
      x, 3, normalizer_fn=layers.batch_norm,
      normalizer_params={"is_training": False}, scope="b"))
  out.append(layers.fully_connected(
      x, 3, weights_regularizer=layers.l2_regularizer(0.1),
      biases_regularizer=layers.l1_regularizer(0.2), scope="c"))
  out.append(layers.fully_connected(x, 3, scope="c", reuse=True))
  assert len(tf.get_collection("mine")) == 1
  assert len(tf.get_collection("out")) == 1
  return out


@case
def stack_repeat(tf):
  layers = tf.contrib.layers
  x = _rows(tf)
  return [layers.stack(x, layers.fully_connected, [4, 3]),
          layers.repeat(x, 2, layers.fully_connected, 3),
          layers.stack(x, layers.fully_connected, [3, 2], scope="s"),
          layers.repeat(_image(tf), 2, layers.conv2d, 2, [3, 3], scope="r")]


@case
def convolutions(tf):
  layers = tf.contrib.layers
  x = _image(tf)
  return [layers.conv2d(x, 4, 3), layers.conv2d(x, 2, [3, 2], stride=2,
                                                padding="VALID", scope="c"),
          layers.convolution2d(x, 2, 1, activation_fn=None),
          layers.convolution1d(_series(tf), 4, 3),
          layers.conv1d(_series(tf), 2, 2),
          layers.conv3d(_volume(tf), 2, 2), layers.convolution3d(
              _volume(tf), 2, 1), layers.convolution(x, 2, 3, conv_dims=2)]


@case
def convolutions_rate(tf):
  return [tf.contrib.layers.conv2d(_image(tf), 2, 3, rate=2)]


@case
def convolutions_other(tf):
  layers = tf.contrib.layers
  x = _image(tf)
  return [layers.conv2d_transpose(x, 4, 3, stride=2),
          layers.convolution2d_transpose(x, 2, 2),
          layers.conv3d_transpose(_volume(tf), 2, 2),
          layers.convolution3d_transpose(_volume(tf), 2, 1),
          layers.conv2d_in_plane(x, 3), layers.convolution2d_in_plane(x, 2),
          layers.separable_conv2d(x, 4, 3, 1),
          layers.separable_convolution2d(x, None, 3, 2)]


@case
def convolution_normalized(tf):
  layers = tf.contrib.layers
  return [layers.conv2d(_image(tf), 3, 3, normalizer_fn=layers.batch_norm)]


@case
def pools(tf):
  layers = tf.contrib.layers
  x = _image(tf)
  return [layers.max_pool2d(x, 2), layers.avg_pool2d(x, [2, 3], stride=1,
                                                     padding="SAME"),
          layers.max_pool3d(_volume(tf), 2), layers.avg_pool3d(
              _volume(tf), 2, stride=1)]


@case
def batch_norm_training(tf):
  norm = tf.contrib.layers.batch_norm
  return [norm(_image(tf)), norm(_rows(tf), scale=True, decay=0.9),
          norm(_image(tf), center=False, fused=False, epsilon=0.01),
          norm(_series(tf), scale=True, activation_fn=tf.nn.relu)]


@case
def batch_norm_inference(tf):
  norm = tf.contrib.layers.batch_norm
  return [norm(_image(tf), is_training=False), norm(
      _rows(tf), is_training=False, scale=True, trainable=False)]


@case
def batch_norm_tensor(tf):
  norm = tf.contrib.layers.batch_norm
  on = tf.placeholder_with_default(True, [])
  off = tf.placeholder_with_default(False, [])
  return [norm(_image(tf), is_training=on), norm(_rows(tf), is_training=off),
          norm(_image(tf), is_training=on, fused=False)]


@case
def batch_norm_updates_in_place(tf):
  norm = tf.contrib.layers.batch_norm
  return [norm(_image(tf), updates_collections=None),
          norm(_rows(tf), updates_collections=None, fused=False)]


@case
def batch_norm_tensor_updates_in_place(tf):
  norm = tf.contrib.layers.batch_norm
  on = tf.placeholder_with_default(True, [])
  return [norm(_image(tf), is_training=on, updates_collections=None),
          norm(_rows(tf), is_training=on, updates_collections=None)]


@case
def batch_norm_zero_debias(tf):
  norm = tf.contrib.layers.batch_norm
  return [norm(_rows(tf), zero_debias_moving_mean=True, fused=False),
          norm(_image(tf), zero_debias_moving_mean=True,
               updates_collections="mine")]


@case
def batch_norm_weights(tf):
  norm = tf.contrib.layers.batch_norm
  weights = tf.constant([1., 0., 2., 1.])
  return [norm(_rows(tf), batch_weights=weights, fused=False)]


@case
def batch_norm_renorm(tf):
  norm = tf.contrib.layers.batch_norm
  return [norm(_rows(tf), renorm=True, renorm_decay=0.9,
               renorm_clipping={"rmax": 1.5})]


@case
def batch_norm_options(tf):
  norm = tf.contrib.layers.batch_norm
  out = norm(
      _rows(tf), scale=True, scope="bn",
      param_initializers={"beta": tf.constant_initializer(.1),
                          "moving_mean": tf.constant_initializer(.2)},
      param_regularizers={"gamma": tf.contrib.layers.l2_regularizer(.1)},
      variables_collections=["mine"], outputs_collections=["out"])
  again = norm(_rows(tf), scale=True, scope="bn", reuse=True,
               is_training=False)
  assert len(tf.get_collection("mine")) == 4, tf.get_collection("mine")
  return [out, again]


@case
def batch_norm_nchw_unfused(tf):
  return [tf.contrib.layers.batch_norm(
      _image(tf), data_format="NCHW", fused=False)]


@case
def norms(tf):
  layers = tf.contrib.layers
  x = _image(tf)
  return [layers.layer_norm(_rows(tf)), layers.layer_norm(
      _series(tf), begin_norm_axis=2, activation_fn=tf.nn.relu),
          layers.layer_norm(x, center=False, scope="ln"),
          layers.instance_norm(x), layers.group_norm(x, groups=3),
          layers.unit_norm(_rows(tf), 1)]


@case
def dropout_and_flatten(tf):
  layers = tf.contrib.layers
  return [layers.dropout(_rows(tf), 0.5, is_training=False),
          layers.dropout(_rows(tf), keep_prob=1.0),
          layers.flatten(_image(tf)), layers.flatten(_rows(tf)),
          layers.bias_add(_rows(tf)), layers.bias_add(
              _rows(tf), activation_fn=tf.nn.relu)]


@case
def rearrangers(tf):
  layers = tf.contrib.layers
  labels = tf.constant([0, 2, 1])
  return [layers.one_hot_encoding(labels, 4), layers.one_hot_encoding(
      labels, 3, on_value=2., off_value=-1.),
          layers.maxout(tf.constant(_data(4, 6)), 3),
          layers.softmax(_series(tf)), layers.spatial_softmax(_image(tf)),
          layers.images_to_sequence(_image(tf)),
          layers.sequence_to_images(tf.constant(_data(6, 4, 3)), 2),
          tf.sparse_tensor_to_dense(layers.dense_to_sparse(
              tf.constant([[1, 0], [2, 3]])))]


@case
def gdn(tf):
  return [tf.contrib.layers.gdn(_image(tf)),
          tf.contrib.layers.gdn(_image(tf), inverse=True, name="igdn"),
          tf.contrib.layers.GDN(name="object")(_image(tf))]


@case
def legacy(tf):
  layers = tf.contrib.layers
  return [layers.legacy_fully_connected(_rows(tf), 3),
          layers.legacy_relu(_rows(tf), 3), layers.legacy_linear(
              _rows(tf), 2, name="l")]


@case
def regularizers(tf):
  layers = tf.contrib.layers
  w = tf.get_variable("w", [3, 2])
  both = layers.sum_regularizer(
      [layers.l1_regularizer(0.1), layers.l2_regularizer(0.2)])
  return [layers.l1_regularizer(0.5)(w), layers.l2_regularizer(0.5)(w),
          layers.l1_l2_regularizer(0.1, 0.3)(w), both(w),
          layers.apply_regularization(layers.l2_regularizer(0.1), [w])]


@case
def embed(tf):
  layers = tf.contrib.layers
  ids = tf.constant([[1, 2, 1], [0, 4, 4]])
  return [layers.embed_sequence(ids, vocab_size=5, embed_dim=3),
          layers.embed_sequence(ids, 5, 3, unique=True, scope="u"),
          layers.embed_sequence(ids, scope="u", reuse=True),
          layers.embed_sequence(ids, 5, 3, scope="u", reuse=True)]


@case
def embed_initialized(tf):
  ids = tf.placeholder_with_default([[1, 2, 1]], [None, None])
  return [tf.contrib.layers.embed_sequence(
      ids, 5, 3, initializer=tf.random_uniform_initializer(-1., 1., seed=3),
      regularizer=tf.contrib.layers.l2_regularizer(.1), trainable=False)]


@case
def bags(tf):
  layers = tf.contrib.layers
  ids = tf.constant([[1, 2, 1], [0, 4, 0], [0, 0, 0]])
  sparse = tf.SparseTensor([[0, 0], [0, 1], [2, 0]], [1, 2, 3], [3, 2])
  return [layers.bow_encoder(ids, 5, 3),
          layers.bow_encoder(ids, 5, 3, sparse_lookup=False),
          layers.bow_encoder(sparse, 5, 3, scope="s")]


@case
def embedding_lookups(tf):
  layers = tf.contrib.layers
  table = tf.get_variable("t", [6, 3])
  ids = tf.SparseTensor([[0, 0], [0, 1], [2, 0], [2, 1]],
                        tf.constant([1, 2, -1, 5], tf.int64), [4, 2])
  weights = tf.SparseTensor([[0, 0], [0, 1], [2, 0], [2, 1]],
                            tf.constant([1., 2., 3., 0.]), [4, 2])
  lookup = layers.safe_embedding_lookup_sparse
  return [layers.embedding_lookup_unique(table, tf.constant([[1, 1], [3, 0]])),
          lookup([table], ids), lookup(table, ids, weights, combiner="sum"),
          lookup([table], ids, weights, combiner="sqrtn", default_id=3),
          lookup([table], ids, max_norm=.5, combiner="mean")]


@case
def summaries(tf):
  layers = tf.contrib.layers
  w = tf.get_variable("weights", [3, 2])
  y = tf.nn.relu(w, name="act")
  layers.summarize_activation(y)
  layers.summarize_tensor(tf.constant(1., name="scalar"))
  layers.summarize_tensors([w])
  tf.add_to_collection("activations", y)
  layers.summarize_collection("activations")
  layers.summarize_activations()
  return [tf.strings.length(part) > 0
          for part in tf.get_collection(tf.GraphKeys.SUMMARIES)] + [y]


def _optimized(tf, optimizer, **kwargs):
  with tf.variable_scope("o_%d" % len(tf.global_variables())):
    w = tf.get_variable("w", [3], initializer=tf.constant_initializer(.5))
    loss = tf.reduce_sum(w * w * tf.constant([1., 2., 3.]))
    step = tf.train.get_or_create_global_step()
    train = tf.contrib.layers.optimize_loss(
        loss, kwargs.pop("global_step", step),
        kwargs.pop("learning_rate", 0.1), optimizer, **kwargs)
  with tf.control_dependencies([train]):
    return [w.read_value(), step.read_value()]


@case
def optimize_by_name(tf):
  return _optimized(tf, "SGD")


@case
def optimize_adam(tf):
  return _optimized(tf, "Adam", clip_gradients=1.0)


@case
def optimize_class(tf):
  return _optimized(tf, tf.train.MomentumOptimizer(0.1, 0.9),
                    learning_rate=None, gradient_multipliers={})


@case
def optimize_function(tf):
  return _optimized(
      tf, lambda rate: tf.train.GradientDescentOptimizer(rate),
      learning_rate_decay_fn=lambda rate, step: tf.train.exponential_decay(
          rate, step, 1, 0.5), summaries=["learning_rate", "loss", "gradients",
                                          "gradient_norm"])


@case
def optimize_tensor_rate(tf):
  return _optimized(tf, "RMSProp", learning_rate=tf.constant(0.01),
                    name="train", increment_global_step=False)


@case
def optimize_noise_free_clip(tf):
  return _optimized(
      tf, "Adagrad", clip_gradients=tf.contrib.layers.optimizers
      .adaptive_clipping_fn() if hasattr(tf.contrib.layers, "optimizers")
      else 2.0)


@case
def framework_variables(tf):
  framework = tf.contrib.framework
  a = framework.model_variable("a", [2, 3],
                               regularizer=tf.contrib.layers.l2_regularizer(1.))
  b = framework.variable("b", [3], initializer=tf.ones_initializer())
  c = framework.local_variable(tf.constant([1., 2.]), name="c")
  d = framework.global_variable(tf.constant([3.]), name="d")
  step = framework.get_or_create_global_step()
  assert framework.get_global_step() is step
  assert framework.get_model_variables() == [a]
  assert framework.get_variables("b") == [b]
  assert framework.get_variables_by_name("a") == [a]
  assert framework.get_variables_by_suffix("a") == [a]
  assert framework.get_unique_variable("b") == b
  assert framework.get_local_variables() == [c]
  assert framework.get_trainable_variables() == [a, b]
  assert framework.get_variables_to_restore(exclude=["a", "b"]) == [d, step]
  assert framework.filter_variables([a, b], ["a"]) == [a]
  assert framework.get_variable_full_name(a) == "a"
  op, feed = framework.assign_from_values({"b": np.ones([3], "float32")})
  return [a, b, c, d, tf.reduce_sum(a)]


@case
def framework_scopes(tf):
  framework = tf.contrib.framework
  layers = tf.contrib.layers

  @framework.add_arg_scope
  def scaled(x, factor=1.):
    return x * factor

  x = _rows(tf)
  with framework.arg_scope([scaled], factor=3.):
    first = scaled(x)
  with framework.arg_scope(
      [layers.fully_connected], activation_fn=tf.nn.tanh,
      weights_regularizer=layers.l2_regularizer(.1)) as scope:
    second = layers.fully_connected(x, 3)
  with framework.arg_scope(scope):
    third = layers.fully_connected(x, 3, activation_fn=None)
  with framework.arg_scope([layers.batch_norm], is_training=False, scale=True):
    fourth = layers.batch_norm(x)
  assert framework.has_arg_scope(scaled)
  assert "factor" in framework.arg_scoped_arguments(scaled)
  return [first, scaled(x), second, third, fourth]


@case
def framework_helpers(tf):
  framework = tf.contrib.framework
  x = _rows(tf)
  with tf.name_scope("in"):
    assert framework.get_name_scope() == "in"
  p = tf.placeholder_with_default([[1.], [2.]], [None, 1])
  a, b = framework.remove_squeezable_dimensions(p, tf.constant([1., 2.]))
  y = framework.py_func(lambda u, v: (u + v, u), [x], {"v": x},
                        (tf.float32, tf.float32), ([4, 5], [4, 5]))
  return [framework.reduce_sum_n([x, x]), framework.with_shape([4, 5], x),
          framework.with_shape([2, 1], p),
          framework.with_same_shape(x, x), a, b,
          framework.assert_scalar_int(tf.constant(3)),
          framework.sort(x), framework.argsort(x), y[0], y[1],
          framework.smart_cond(True, lambda: x, lambda: -x)]


@case
def initializers(tf):
  layers = tf.contrib.layers
  shapes = []
  for name, maker in [
      ("xavier", layers.xavier_initializer(seed=1)),
      ("xavier_normal", layers.xavier_initializer(uniform=False, seed=2)),
      ("conv", layers.xavier_initializer_conv2d(seed=3)),
      ("scaling", layers.variance_scaling_initializer(seed=4)),
      ("fan_out", layers.variance_scaling_initializer(
          factor=1.0, mode="FAN_OUT", uniform=True, seed=5)),
      ("fan_avg", layers.variance_scaling_initializer(
          factor=1.0, mode="FAN_AVG", seed=6))]:
    shapes.append(tf.get_variable(name, [3, 4], initializer=maker,
                                  trainable=False).initialized_value())
  return shapes


@case
def dropout_seeded(tf):
  dropout = tf.contrib.layers.dropout
  return [tf.identity(part) for part in (
      dropout(_series(tf), 0.6, seed=7),
      dropout(_series(tf), 0.6, seed=8, noise_shape=[2, 1, 3],
              is_training=tf.placeholder_with_default(True, [])))]


def _halves(tf):
  def f(x):
    return tf.layers.dense(x, 2, name="f", activation=tf.tanh)

  def g(x):
    return tf.layers.dense(x, 2, name="g")
  return f, g


@case
def reversible(tf):
  layers = tf.contrib.layers
  f, g = _halves(tf)
  x1, x2 = tf.constant(_data(3, 2)), tf.constant(_data(3, 2)) + 1.
  with tf.variable_scope("v", use_resource=True):
    y1, y2 = layers.rev_block(x1, x2, f, g, num_layers=2)
  return [tf.identity(y1), tf.identity(y2)]


@case
def recomputed(tf):
  f = _halves(tf)[0]
  with tf.variable_scope("v", use_resource=True):
    y = tf.contrib.layers.recompute_grad(f)(tf.constant(_data(3, 2)))
  return [tf.identity(y, name="out")]


@case
def gradient_scaled(tf):
  w = tf.get_variable("w", [3])
  y = tf.contrib.layers.scale_gradient(w, tf.constant(0.25))
  assert sorted(tf.contrib.layers.OPTIMIZER_CLS_NAMES) == [
      "Adagrad", "Adam", "Ftrl", "Momentum", "RMSProp", "SGD"]
  return [tf.identity(y, name="out")]
