"""Cells small enough to know by heart. Python 3.7 too: the oracle runs them."""

import collections

import numpy as np

PairState = collections.namedtuple("PairState", "c h")


def fixed(shape, dtype="float32", start=0):
  """Numbers that anyone can make again: -0.3, -0.2, ... in a saw tooth."""
  count = int(np.prod(shape, dtype=int))
  numbers = ((np.arange(count) + start) % 7 - 3) / 10.0
  return numbers.reshape(shape).astype(dtype)


class AddCell(object):
  """state' = state + sum of the inputs' depth; output = 10 * state'."""

  state_size = 1
  output_size = 1

  def __init__(self, tf):
    self.tf = tf

  def zero_state(self, batch_size, dtype):
    return self.tf.zeros(self.tf.stack([batch_size, 1]), dtype)

  def __call__(self, inputs, state, scope=None):
    state = state + self.tf.reduce_sum(inputs, axis=1, keepdims=True)
    return 10.0 * state, state


class PairCell(object):
  """c' = c + x w, h' = tanh(c') + h / 2; output h'. One variable, `w`."""

  def __init__(self, tf, units, name="pair"):
    self.tf, self.units, self.name = tf, units, name
    self.state_size = PairState(units, units)
    self.output_size = units

  def zero_state(self, batch_size, dtype):
    tf = self.tf
    with tf.name_scope("PairZeros"):
      return PairState(*[tf.zeros(tf.stack([batch_size, self.units]), dtype)
                         for _ in range(2)])

  def __call__(self, inputs, state, scope=None):
    tf = self.tf
    with tf.variable_scope(scope or self.name):
      shape = [int(inputs.shape[-1]), self.units]
      w = tf.get_variable("w", dtype=inputs.dtype, initializer=fixed(
          shape, inputs.dtype.base_dtype.name))
      c = state[0] + tf.matmul(inputs, w)
      h = tf.tanh(c) + state[1] / 2.0
    return h, PairState(c, h)


class NestedCell(object):
  """Takes (x, y) and gives {"sum", "both"}: nests in, out and as state."""

  def __init__(self, tf):
    self.tf = tf
    self.state_size = {"a": 2, "b": (2, [2])}
    self.output_size = {"sum": 2, "both": tf.TensorShape([2, 2])}

  def zero_state(self, batch_size, dtype):
    zeros = lambda: self.tf.zeros(self.tf.stack([batch_size, 2]), dtype)
    return {"a": zeros(), "b": (zeros(), [zeros()])}

  def __call__(self, inputs, state, scope=None):
    x, y = inputs
    a = state["a"] + x
    b = (state["b"][0] - y, [state["b"][1][0] * 2.0 + x])
    output = {"sum": x + y, "both": self.tf.stack([a, b[0]], axis=1)}
    return output, {"a": a, "b": b}
