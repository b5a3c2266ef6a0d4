"""A cell of one's own with _linear, and one recipe used in two scopes."""
import numpy as np
import tensorflow as tf
from tensorflow.python.ops import array_ops
from tensorflow.python.ops import math_ops
from tensorflow.python.ops import variable_scope as vs
from tensorflow.python.ops.math_ops import sigmoid
from tensorflow.python.ops.math_ops import tanh
from tensorflow.python.ops.rnn_cell import RNNCell
from tensorflow.python.ops.rnn_cell import _linear


class HighwayCell(RNNCell):
  """A cell as they were written: __call__ with a scope."""

  def __init__(self, num_units, input_size=None):
    self._num_units = num_units
    self._input_size = num_units if input_size is None else input_size

  @property
  def input_size(self):
    return self._input_size

  @property
  def output_size(self):
    return self._num_units

  @property
  def state_size(self):
    return self._num_units

  def __call__(self, inputs, state, scope=None):
    with vs.variable_scope(scope or type(self).__name__):
      with vs.variable_scope("Gates"):
        r, u = array_ops.split(
            1, 2, _linear([inputs, state], 2 * self._num_units, True, 1.0))
        r, u = sigmoid(r), sigmoid(u)
      with vs.variable_scope("Candidate"):
        c = tanh(_linear([inputs, math_ops.mul(r, state)], self._num_units,
                         True, scope="Own"))
      new_h = u * state + (1 - u) * c
    return new_h, new_h


rng = np.random.RandomState(12)
x = tf.placeholder(tf.float32, [2, 3, 4])
cell = HighwayCell(4)
steps = tf.unpack(x, axis=1)
with tf.variable_scope("forward"):
  outputs, state = tf.nn.rnn(cell, steps, dtype=tf.float32)
recipe = tf.nn.rnn_cell.GRUCell(4)
with tf.variable_scope("one"):
  first, state_1 = tf.nn.rnn(recipe, outputs, dtype=tf.float32)
with tf.variable_scope("two"):
  second, state_2 = tf.nn.dynamic_rnn(recipe, tf.pack(first, axis=1),
                                      dtype=tf.float32)
with tf.variable_scope("two", reuse=True):
  third, _ = tf.nn.dynamic_rnn(recipe, tf.reverse(
      x, [False, True, False]), dtype=tf.float32)
attention = tf.nn.rnn_cell.OutputProjectionWrapper(
    tf.nn.rnn_cell.InputProjectionWrapper(recipe, 4), 2)
with tf.variable_scope("three"):
  fourth, _ = tf.nn.rnn(attention, steps, dtype=tf.float32)
with tf.variable_scope("manual"):
  h = recipe.zero_state(2, tf.float32)
  for t in range(3):
    if t > 0:
      tf.get_variable_scope().reuse_variables()
    out, h = recipe(x[:, t, :], h)
names = [v.name for v in tf.trainable_variables()]
with tf.Session() as sess:
  sess.run(tf.initialize_all_variables())
  for v in tf.trainable_variables():
    sess.run(v.assign(rng.uniform(-.5, .5, v.get_shape().as_list())))
  feed = {x: rng.normal(size=[2, 3, 4])}
  for value in [state, state_1, state_2, second, third, fourth[-1], h]:
    found = sess.run(value, feed)
    print(found.shape, "%.5f %.5f" % (found.sum(), (found ** 2).sum()))
print(len(names), [name.split("/")[0] for name in names])
