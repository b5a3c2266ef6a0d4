"""Sequence labelling with dynamic_rnn, lengths and one repeated cell."""
import numpy as np
import tensorflow as tf


def lazy_property(function):
  attribute = '_' + function.__name__

  @property
  def wrapper(self):
    if not hasattr(self, attribute):
      setattr(self, attribute, function(self))
    return getattr(self, attribute)
  return wrapper


class VariableSequenceLabelling:

  def __init__(self, data, target, num_hidden=7, num_layers=2):
    self.data = data
    self.target = target
    self._num_hidden = num_hidden
    self._num_layers = num_layers
    self.prediction
    self.error
    self.optimize

  @lazy_property
  def length(self):
    used = tf.sign(tf.reduce_max(tf.abs(self.data), reduction_indices=2))
    length = tf.reduce_sum(used, reduction_indices=1)
    return tf.cast(length, tf.int32)

  @lazy_property
  def prediction(self):
    network = tf.nn.rnn_cell.GRUCell(self._num_hidden)
    network = tf.nn.rnn_cell.MultiRNNCell([network] * self._num_layers)
    output, _ = tf.nn.dynamic_rnn(
        network, self.data, dtype=tf.float32, sequence_length=self.length)
    max_length = int(self.target.get_shape()[1])
    num_classes = int(self.target.get_shape()[2])
    weight = tf.Variable(tf.zeros([self._num_hidden, num_classes]))
    bias = tf.Variable(tf.constant(0.1, shape=[num_classes]))
    output = tf.reshape(output, [-1, self._num_hidden])
    prediction = tf.nn.softmax(tf.matmul(output, weight) + bias)
    return tf.reshape(prediction, [-1, max_length, num_classes])

  @lazy_property
  def cost(self):
    cross_entropy = self.target * tf.log(self.prediction)
    cross_entropy = -tf.reduce_sum(cross_entropy, reduction_indices=2)
    mask = tf.sign(tf.reduce_max(tf.abs(self.target), reduction_indices=2))
    cross_entropy *= mask
    cross_entropy = tf.reduce_sum(cross_entropy, reduction_indices=1)
    cross_entropy /= tf.cast(self.length, tf.float32)
    return tf.reduce_mean(cross_entropy)

  @lazy_property
  def optimize(self):
    return tf.train.RMSPropOptimizer(0.01).minimize(self.cost)

  @lazy_property
  def error(self):
    mistakes = tf.not_equal(
        tf.argmax(self.target, 2), tf.argmax(self.prediction, 2))
    mistakes = tf.cast(mistakes, tf.float32)
    mask = tf.sign(tf.reduce_max(tf.abs(self.target), reduction_indices=2))
    mistakes *= mask
    return tf.reduce_mean(tf.reduce_sum(mistakes, reduction_indices=1))


rng = np.random.RandomState(4)
data = tf.placeholder(tf.float32, [None, 6, 3])
target = tf.placeholder(tf.float32, [None, 6, 4])
model = VariableSequenceLabelling(data, target)
sess = tf.Session()
sess.run(tf.initialize_all_variables())
for v in tf.trainable_variables():
  sess.run(v.assign(rng.uniform(-.4, .4, v.get_shape().as_list())))
x = rng.normal(size=[5, 6, 3])
y = np.eye(4)[rng.randint(0, 4, [5, 6])]
for row, end in enumerate([6, 2, 4, 1, 5]):
  x[row, end:] = 0
  y[row, end:] = 0
for step in range(4):
  sess.run(model.optimize, {data: x, target: y})
  print("%.5f %.4f" % tuple(sess.run([model.cost, model.error],
                                     {data: x, target: y})))
print(len(tf.trainable_variables()))
sess.close()
