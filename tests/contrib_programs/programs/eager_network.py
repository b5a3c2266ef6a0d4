"""A language model of early 2018: layers tracked by `tfe.Network`.

First under eager execution, then in a graph. Prints variables, op names,
checkpoints and errors.
"""
from __future__ import print_function

import os
import tempfile

import numpy as np
import tensorflow as tf

tfe = tf.contrib.eager
tf.logging.set_verbosity(tf.logging.ERROR)


class RNN(tfe.Network):

  def __init__(self, hidden_dim, num_layers, keep_ratio):
    super(RNN, self).__init__()
    self.keep_ratio = keep_ratio
    for _ in range(num_layers):
      self.track_layer(tf.nn.rnn_cell.BasicLSTMCell(num_units=hidden_dim))

  def call(self, input_seq, training):
    batch_size = int(input_seq.shape[1])
    for c in self.layers:
      state = c.zero_state(batch_size, tf.float32)
      outputs = []
      for inp in tf.unstack(input_seq, axis=0):
        output, state = c(inp, state)
        outputs.append(output)
      input_seq = tf.stack(outputs, axis=0)
      if training:
        input_seq = tf.nn.dropout(input_seq, self.keep_ratio, seed=3)
    return input_seq, None


class Embedding(tf.layers.Layer):

  def __init__(self, vocab_size, embedding_dim, **kwargs):
    super(Embedding, self).__init__(**kwargs)
    self.vocab_size = vocab_size
    self.embedding_dim = embedding_dim

  def build(self, _):
    self.embedding = self.add_variable(
        "embedding_kernel",
        shape=[self.vocab_size, self.embedding_dim],
        dtype=tf.float32,
        initializer=tf.random_uniform_initializer(-0.1, 0.1, seed=1),
        trainable=True)

  def call(self, x):
    return tf.nn.embedding_lookup(self.embedding, x)


class PTBModel(tfe.Network):

  def __init__(self, vocab_size, embedding_dim, hidden_dim, num_layers,
               dropout_ratio):
    super(PTBModel, self).__init__()
    self.keep_ratio = 1 - dropout_ratio
    self.embedding = self.track_layer(Embedding(vocab_size, embedding_dim))
    self.rnn = self.track_layer(RNN(hidden_dim, num_layers, self.keep_ratio))
    self.linear = self.track_layer(tf.layers.Dense(
        vocab_size,
        kernel_initializer=tf.random_uniform_initializer(-0.1, 0.1, seed=2)))
    self._output_shape = [-1, hidden_dim]

  def call(self, input_seq, training):
    y = self.embedding(input_seq)
    y = self.rnn(y, training=training)[0]
    return self.linear(tf.reshape(y, self._output_shape))


class Normalized(tfe.Network):

  def __init__(self, name=None):
    super(Normalized, self).__init__(name=name)
    self.a = self.track_layer(tf.layers.Dense(
        2, name="first",
        kernel_regularizer=tf.contrib.layers.l2_regularizer(.1)))
    self.b = self.track_layer(tf.layers.Dense(2))
    self.bn = self.track_layer(tf.layers.BatchNormalization())

  def call(self, x, training=False):
    return self.bn(self.b(self.a(x)), training=training)


class Around(tfe.Network):

  def __init__(self, inner):
    super(Around, self).__init__()
    self.inner = self.track_layer(inner)
    self.out = self.track_layer(tf.layers.Dense(2, name="first"))

  def call(self, x):
    return self.out(self.inner(x))


def loss_fn(model, inputs, targets, training):
  labels = tf.reshape(targets, [-1])
  return tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(
      labels=labels, logits=model(inputs, training=training)))


def attempt(function):
  try:
    print(function())
  except Exception as e:
    kinds = (TypeError, ValueError, AttributeError, RuntimeError)
    print([kind.__name__ for kind in kinds if isinstance(e, kind)])


def names(variables):
  return [v.name for v in variables]


def stored(path):
  return [name for name, _ in tf.contrib.framework.list_variables(path)]


tf.enable_eager_execution()
tf.set_random_seed(5)
os.chdir(tempfile.mkdtemp())
data = np.arange(40).reshape(8, 5) % 10
xs, ys = tf.constant(data[:-1]), tf.constant(data[1:])
ones = tf.ones([2, 3])

print("eager")
model = PTBModel(10, 6, 7, 2, .0)
opt = tf.train.GradientDescentOptimizer(.5)
grads = tfe.implicit_gradients(loss_fn)
for _ in range(3):
  opt.apply_gradients(grads(model, xs, ys, True))
for v in model.variables:
  print(v.name, v.shape)
print([layer.name for layer in model.layers], model.name, model.scope_name,
      model.rnn.name, model.rnn.scope_name)
for v in model.variables:
  v.assign(tf.reshape(tf.lin_space(-1., 1., np.prod(v.shape.as_list())),
                      v.shape))
loss = lambda m: "%.5f" % float(loss_fn(m, xs, ys, False))
print(loss(model))
path = tfe.save_network_checkpoint(model, "./step", global_step=3)
print(path, tf.contrib.framework.list_variables(path))
other = PTBModel(10, 6, 7, 2, .0)
tfe.restore_network_checkpoint(other, path)
print(loss(other), other.name, names(other.trainable_variables))
os.mkdir("folder")
path = tfe.save_network_checkpoint(other, "folder")
print(path)
for v in model.variables:
  v.assign(tf.zeros_like(v))
tfe.restore_network_checkpoint(model, path)
print(loss(model))

net = tfe.Sequential([tf.layers.Dense(4), tf.nn.relu, tf.layers.Dropout(.5),
                      lambda x: x * 2, tf.layers.Dense(1)])
net.add(tf.layers.Flatten())
print(net(ones).shape, names(net.variables), net.name,
      net.get_layer("dense").units, net.get_layer(index=1).name)
print(net(ones, training=False).shape)

attempt(lambda: tfe.Sequential([3]))
attempt(lambda: model.track_layer(3))
attempt(lambda: model.get_layer("nope"))
attempt(lambda: model.get_layer(index=9))
attempt(model.get_layer)
attempt(lambda: model.get_layer("dense", 0))
attempt(lambda: tfe.save_network_checkpoint(Normalized(), "./x"))
attempt(lambda: model.add_variable("x", [1]))
attempt(lambda: model.add_loss(1))
attempt(lambda: tfe.Network("a/b"))
attempt(lambda: tfe.Network(name=tf.get_variable_scope()))
attempt(lambda: setattr(model, "trainable", False))
attempt(lambda: model(xs, training=False, scope="x") is None)
attempt(lambda: (model.trainable, model.losses, len(model.weights),
                 len(model.non_trainable_variables), model.built))
attempt(lambda: Normalized()(ones, scope="x"))

with tf.variable_scope("outer"):
  inner = Normalized()
  inner(ones)
print(names(inner.variables), inner.name, inner.scope_name,
      len(inner.losses), len(inner.trainable_variables))
inner = Normalized("mine")
inner(ones)
print(names(inner.variables), inner.name)
attempt(lambda: Normalized("mine")(ones))
shared = Around(inner)
shared(ones)
print(names(shared.variables), shared.name, shared.inner.name)
owner = Around(Normalized())
owner(ones)
print(names(owner.variables), owner.name, owner.inner.name)
attempt(lambda: stored(tfe.save_network_checkpoint(shared, "./shared")))
attempt(lambda: tfe.save_network_checkpoint(shared, "./x", map_func=len))
attempt(lambda: tfe.save_network_checkpoint(
    shared, "./x", map_func=lambda n: "a"))
attempt(lambda: owner.track_layer(tf.layers.Dense(2, name="first")))
attempt(lambda: stored(tfe.save_network_checkpoint(
    inner, "./named", map_func=lambda n: n.replace("mine", "yours"))))

print("graph")
with tf.Graph().as_default():
  tf.set_random_seed(5)
  model = PTBModel(10, 6, 7, 2, .2)
  x = tf.placeholder(tf.int32, [7, 5])
  y = tf.placeholder(tf.int32, [7, 5])
  loss = loss_fn(model, x, y, True)
  step = tf.train.GradientDescentOptimizer(.5).minimize(loss)
  with tf.variable_scope("scope"):
    inner = Normalized()
  inner(tf.ones([2, 3]), training=True)
  print(names(tf.global_variables()), inner.name, len(inner.losses),
        len(inner.updates), len(tf.get_collection(tf.GraphKeys.UPDATE_OPS)),
        tf.losses.get_regularization_losses())
  for op in tf.get_default_graph().get_operations():
    if not op.name.startswith("gradients"):
      print(op.name, op.type)
  feed = {x: data[:-1], y: data[1:]}
  with tf.Session() as session:
    session.run(tf.global_variables_initializer())
    print(["%.5f" % session.run([loss, step], feed)[0] for _ in range(4)])
    path = tfe.save_network_checkpoint(model, "./graph")
    print(path, stored(path))
    again = PTBModel(10, 6, 7, 2, .0)
    tfe.restore_network_checkpoint(again, path)
    loss = loss_fn(again, x, y, False)
    print("%.5f" % session.run(loss, feed), names(again.variables))
    session.run([v.initializer for v in model.variables])
    tfe.restore_network_checkpoint(again, path)
    print("%.5f" % session.run(loss, feed))
