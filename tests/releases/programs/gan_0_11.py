"""A GAN of 2016 with helper functions, EMA, op_scope and variable_op_scope."""
import numpy as np
import tensorflow as tf

rng = np.random.RandomState(16)


def linear(input, output_dim, scope=None, stddev=1.0):
  norm = tf.random_normal_initializer(stddev=stddev)
  const = tf.constant_initializer(0.0)
  with tf.variable_scope(scope or 'linear'):
    w = tf.get_variable('w', [input.get_shape()[1], output_dim],
                        initializer=norm)
    b = tf.get_variable('b', [output_dim], initializer=const)
    return tf.matmul(input, w) + b


def minibatch(input, num_kernels=2, kernel_dim=3):
  x = linear(input, num_kernels * kernel_dim, scope='minibatch', stddev=0.02)
  activation = tf.reshape(x, (-1, num_kernels, kernel_dim))
  diffs = tf.sub(tf.expand_dims(activation, 3), tf.expand_dims(
      tf.transpose(activation, [1, 2, 0]), 0))
  abs_diffs = tf.reduce_sum(tf.abs(diffs), 2)
  features = tf.reduce_sum(tf.exp(tf.neg(abs_diffs)), 2)
  return tf.concat(1, [input, features])


def batch_norm(x, name):
  with tf.variable_op_scope([x], name, "bn"):
    mean, variance = tf.nn.moments(x, [0])
    gamma = tf.get_variable("gamma", [x.get_shape()[-1]],
                            initializer=tf.constant_initializer(1.0))
    return tf.nn.batch_normalization(x, mean, variance, None, gamma, 1e-3)


def discriminator(input):
  h0 = tf.nn.relu(linear(input, 4, 'd0'))
  h1 = minibatch(batch_norm(tf.tanh(linear(h0, 4, 'd1')), "norm"))
  return tf.sigmoid(linear(h1, 1, scope='d3'))


with tf.variable_scope('Gen'):
  z = tf.placeholder(tf.float32, shape=(5, 1))
  with tf.op_scope([z], "generate", "gen"):
    G = linear(tf.nn.softplus(linear(z, 3, 'g0')), 1, 'g1')
with tf.variable_scope('Disc') as scope:
  x = tf.placeholder(tf.float32, shape=(5, 1))
  D1 = discriminator(x)
  scope.reuse_variables()
  D2 = discriminator(G)
loss_d = tf.reduce_mean(-tf.log(D1) - tf.log(1 - D2))
loss_g = tf.reduce_mean(-tf.log(D2))
variables = tf.trainable_variables()
d_params = [v for v in variables if v.name.startswith('Disc/')]
g_params = [v for v in variables if v.name.startswith('Gen/')]
global_step = tf.Variable(0, trainable=False)
opt_d = tf.train.GradientDescentOptimizer(tf.train.exponential_decay(
    0.1, global_step, 2, 0.9, staircase=True)).minimize(
        loss_d, global_step=global_step, var_list=d_params)
opt_g = tf.train.GradientDescentOptimizer(0.1).minimize(
    loss_g, var_list=g_params)
ema = tf.train.ExponentialMovingAverage(0.9)
average = ema.apply(d_params)
with tf.Session() as session:
  tf.initialize_all_variables().run()
  for v in variables:
    session.run(v.assign(rng.uniform(-1, 1, v.get_shape().as_list())))
  for _ in range(3):
    feed = {x: rng.normal(size=[5, 1]), z: rng.uniform(size=[5, 1])}
    session.run([opt_d, average], feed)
    session.run(opt_g, feed)
    print("%.3f %.3f" % tuple(session.run([loss_d, loss_g], feed)))
  print(len(d_params), len(g_params), ema.average(d_params[0]).get_shape())
