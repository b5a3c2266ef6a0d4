"""Variables: kinds, initializers, scopes, savers."""

import numpy as np

from seeds.registry import snippet


def _make(tf, initializer, shape=(6, 4), name="weights", **options):
  return tf.get_variable(name, list(shape), initializer=initializer,
                         **options)


@snippet("tf.get_variable")
def get_variable_default(tf):
  tf.get_variable("weights", [4, 6])
  tf.get_variable("vector", [6])
  tf.get_variable("scalar", [])


@snippet("tf.get_variable of integers and booleans")
def get_variable_other_types(tf):
  tf.get_variable("steps", [2], dtype=tf.int32)
  tf.get_variable("flag", [], dtype=tf.bool)


@snippet("tf.get_variable(dtype=tf.float64)")
def get_variable_double(tf):
  tf.get_variable("weights", [4, 6], dtype=tf.float64)


@snippet("tf.zeros_initializer, tf.ones_initializer, tf.constant_initializer")
def constant_initializers(tf):
  _make(tf, tf.zeros_initializer(), name="zeros")
  _make(tf, tf.ones_initializer(), name="ones")
  _make(tf, tf.constant_initializer(0.5), name="half")
  _make(tf, tf.constant_initializer([1., 2., 3.]), [3], name="list")


@snippet("tf.random_uniform_initializer")
def random_uniform_initializer(tf):
  _make(tf, tf.random_uniform_initializer(-0.1, 0.1))
  _make(tf, tf.random_uniform_initializer(), name="default")


@snippet("tf.random_normal_initializer")
def random_normal_initializer(tf):
  _make(tf, tf.random_normal_initializer(stddev=0.05))


@snippet("tf.truncated_normal_initializer")
def truncated_normal_initializer(tf):
  _make(tf, tf.truncated_normal_initializer(stddev=0.05))


@snippet("tf.uniform_unit_scaling_initializer")
def uniform_unit_scaling_initializer(tf):
  _make(tf, tf.uniform_unit_scaling_initializer(1.1))


@snippet("tf.variance_scaling_initializer")
def variance_scaling_initializer(tf):
  _make(tf, tf.variance_scaling_initializer(2.0, "fan_avg", "uniform"))
  _make(tf, tf.variance_scaling_initializer(), name="default")
  _make(tf, tf.variance_scaling_initializer(
      distribution="untruncated_normal"), name="untruncated")


@snippet("tf.glorot_uniform_initializer, tf.glorot_normal_initializer")
def glorot_initializers(tf):
  _make(tf, tf.glorot_uniform_initializer(), name="uniform")
  _make(tf, tf.glorot_normal_initializer(), name="normal")


@snippet("tf.initializers.he_*, lecun_*")
def he_and_lecun_initializers(tf):
  _make(tf, tf.initializers.he_normal(), name="he_normal")
  _make(tf, tf.initializers.he_uniform(), name="he_uniform")
  _make(tf, tf.initializers.lecun_normal(), name="lecun_normal")
  _make(tf, tf.initializers.lecun_uniform(), name="lecun_uniform")


@snippet("tf.orthogonal_initializer, square", exact=False)
def orthogonal_square(tf):
  _make(tf, tf.orthogonal_initializer(), [4, 4])


@snippet("tf.orthogonal_initializer, not square", exact=False)
def orthogonal_wide(tf):
  _make(tf, tf.orthogonal_initializer(), [4, 16])


@snippet("tf.initializers.identity")
def identity_initializer(tf):
  _make(tf, tf.initializers.identity(), [5, 5])


@snippet("an initializer with its own seed")
def seeded_initializer(tf):
  _make(tf, tf.random_normal_initializer(seed=7))
  _make(tf, tf.glorot_uniform_initializer(seed=8), name="glorot")


@snippet("a tensor as initializer")
def tensor_as_initializer(tf):
  tf.get_variable("weights", initializer=tf.random_normal([3, 4]))
  tf.get_variable("table", initializer=np.arange(6.).astype(np.float32))


@snippet("a function as initializer")
def function_as_initializer(tf):
  def draw(shape, dtype, partition_info=None):
    return tf.truncated_normal(shape, dtype=dtype, stddev=0.3)
  _make(tf, draw)


@snippet("tf.contrib.layers.xavier_initializer")
def xavier_initializer(tf):
  _make(tf, tf.contrib.layers.xavier_initializer())
  _make(tf, tf.contrib.layers.xavier_initializer(uniform=False),
        name="normal")
  _make(tf, tf.contrib.layers.xavier_initializer_conv2d(), [3, 3, 2, 4],
        name="conv")


@snippet("tf.contrib.layers.variance_scaling_initializer")
def contrib_variance_scaling_initializer(tf):
  _make(tf, tf.contrib.layers.variance_scaling_initializer())


@snippet("tf.get_variable(partitioner=...)")
def partitioned_variable(tf):
  _make(tf, tf.random_normal_initializer(), [8, 4],
        partitioner=tf.fixed_size_partitioner(3))


@snippet("tf.variable_scope(partitioner=...)")
def partitioned_scope(tf):
  with tf.variable_scope(
      "part", partitioner=tf.variable_axis_size_partitioner(64)):
    table = tf.get_variable("table", [10, 6])
  tf.nn.embedding_lookup(table, [1, 5])


@snippet("tf.min_max_variable_partitioner")
def min_max_partitioner(tf):
  _make(tf, tf.random_uniform_initializer(), [64, 8],
        partitioner=tf.min_max_variable_partitioner(
            max_partitions=4, min_slice_size=512))


@snippet("tf.get_variable(regularizer=...)")
def regularized_variable(tf):
  _make(tf, None, regularizer=tf.contrib.layers.l2_regularizer(0.01))


@snippet("tf.variable_scope(regularizer=...)")
def regularized_scope(tf):
  with tf.variable_scope(
      "model", regularizer=tf.contrib.layers.l1_l2_regularizer(0.1, 0.2)):
    _make(tf, None)
    _make(tf, tf.zeros_initializer(), [4], name="bias")


@snippet("a function as regularizer")
def function_as_regularizer(tf):
  _make(tf, None, regularizer=lambda weights: 0.1 * tf.nn.l2_loss(weights))
  _make(tf, None, name="more",
        regularizer=lambda weights: tf.reduce_sum(tf.abs(weights)))


@snippet("tf.get_variable(regularizer=..., partitioner=...)")
def regularized_and_partitioned(tf):
  _make(tf, None, [6, 4],
        regularizer=tf.contrib.layers.l2_regularizer(0.01),
        partitioner=tf.fixed_size_partitioner(2))


@snippet("tf.get_variable(use_resource=True)")
def resource_variable(tf):
  weights = _make(tf, tf.random_normal_initializer(), use_resource=True)
  tf.matmul(weights, weights, transpose_b=True)


@snippet("tf.variable_scope(use_resource=True)")
def resource_scope(tf):
  with tf.variable_scope("model", use_resource=True):
    _make(tf, None)
    tf.assign_add(_make(tf, None, name="more"), tf.ones([6, 4]))


@snippet("tf.Variable")
def variable_of_random_normal(tf):
  tf.Variable(tf.random_normal([4, 3], stddev=0.1), name="weights")
  tf.Variable(tf.zeros([3]), name="bias")
  tf.Variable(tf.truncated_normal([3, 2]))


@snippet("tf.Variable of a function")
def variable_of_a_function(tf):
  tf.Variable(lambda: tf.random_uniform([4], -1., 1.), name="weights")


@snippet("tf.Variable(use_resource=True)")
def variable_as_resource(tf):
  weights = tf.Variable(tf.random_normal([4, 3]), use_resource=True)
  weights.assign_add(tf.ones([4, 3]))


@snippet("tf.Variable of plain numbers")
def variable_of_numbers(tf):
  tf.Variable(3.5, name="scalar")
  tf.Variable(np.ones([2, 2], np.float32), trainable=False)
  tf.Variable(0, dtype=tf.int64)
  tf.Variable("text")


@snippet("Variable.initialized_value")
def initialized_value(tf):
  first = tf.Variable(tf.random_normal([3, 3]), name="first")
  tf.Variable(first.initialized_value() * 2., name="second")


@snippet("tf.local_variable")
def local_variables(tf):
  tf.get_local_variable("count", [], initializer=tf.zeros_initializer())
  tf.contrib.framework.local_variable(tf.random_normal([2]), name="drawn")


@snippet("tf.variable_scope(initializer=...)")
def scope_initializer(tf):
  with tf.variable_scope("a", initializer=tf.random_uniform_initializer(
      -0.08, 0.08)):
    _make(tf, None)
    with tf.variable_scope("b", dtype=tf.float64):
      _make(tf, None)


@snippet("tf.variable_scope(reuse=True), tf.AUTO_REUSE")
def scope_reuse(tf):
  for _ in range(2):
    with tf.variable_scope("shared", reuse=tf.AUTO_REUSE):
      tf.reduce_sum(_make(tf, None))
  with tf.variable_scope("shared", reuse=True):
    tf.nn.relu(_make(tf, None))


@snippet("tf.variable_scope(custom_getter=...)")
def custom_getter(tf):
  def scaled(getter, *args, **kwargs):
    return 0.5 * getter(*args, **kwargs)
  with tf.variable_scope("model", custom_getter=scaled):
    _make(tf, None)


@snippet("tf.make_template")
def template(tf):
  def layer(x):
    return tf.matmul(x, _make(tf, None, [3, 3]))
  shared = tf.make_template("layer", layer)
  shared(shared(tf.ones([2, 3])))


@snippet("tf.assign, tf.assign_add, tf.scatter_update")
def assignments(tf):
  weights = _make(tf, None)
  tf.assign(weights, tf.random_normal([6, 4]))
  tf.assign_add(weights, tf.ones([6, 4]))
  tf.scatter_update(weights, [0, 2], tf.ones([2, 4]))
  weights.assign_sub(tf.ones([6, 4]))


@snippet("tf.global_variables_initializer")
def variable_initializers(tf):
  _make(tf, None)
  tf.get_local_variable("count", [])
  tf.global_variables_initializer()
  tf.local_variables_initializer()
  tf.variables_initializer(tf.trainable_variables())
  tf.report_uninitialized_variables()


@snippet("tf.train.Saver")
def saver(tf):
  _make(tf, None)
  _make(tf, None, [8, 4], name="parts",
        partitioner=tf.fixed_size_partitioner(2))
  tf.train.Saver(max_to_keep=2)


@snippet("tf.train.Saver of resource variables")
def saver_of_resources(tf):
  _make(tf, None, use_resource=True)
  tf.train.Saver()
  tf.train.Saver(tf.global_variables())


@snippet("tf.train.ExponentialMovingAverage")
def moving_average(tf):
  _make(tf, None)
  average = tf.train.ExponentialMovingAverage(0.99)
  average.apply(tf.trainable_variables())


@snippet("ExponentialMovingAverage(num_updates), of a tensor")
def moving_average_of_a_tensor(tf):
  step = tf.train.get_or_create_global_step()
  weights = _make(tf, None)
  loss = tf.reduce_sum(weights)
  average = tf.train.ExponentialMovingAverage(0.9, num_updates=step,
                                              zero_debias=True)
  average.apply([loss])
  average.average(loss)


@snippet("tf.train.get_or_create_global_step")
def global_step(tf):
  step = tf.train.get_or_create_global_step()
  tf.assign_add(step, 1)


@snippet("tf.contrib.framework.model_variable, slim.variable")
def model_variables(tf):
  slim = tf.contrib.slim
  slim.model_variable("weights", [4, 3],
                      initializer=tf.truncated_normal_initializer(),
                      regularizer=slim.l2_regularizer(0.05))
  slim.variable("plain", [3], initializer=tf.random_normal_initializer())


@snippet("tf.device, tf.colocate_with")
def devices(tf):
  with tf.device("/cpu:0"):
    weights = _make(tf, None)
  with tf.colocate_with(weights):
    tf.reduce_sum(weights)
