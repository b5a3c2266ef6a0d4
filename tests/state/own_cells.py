"""Cells a user might write, whose results are mental arithmetic."""

import collections

from tfcompat_rnn._tf import tf

Memory = collections.namedtuple("Memory", "total seen last")


class Sum:
  """state' = state + x; the output is the state. No base class, one tensor."""
  state_size = output_size = 1

  def zero_state(self, batch_size, dtype):
    return tf.zeros(tf.stack([batch_size, 1]), dtype)

  def __call__(self, inputs, state, scope=None):
    state = state + inputs
    return state, state


class Pair(Sum):
  """(a, b) with a' = a + x and b' = b + a'; the output is b'."""
  state_size = (1, 1)

  def zero_state(self, batch_size, dtype):
    return tuple(Sum.zero_state(self, batch_size, dtype) for _ in range(2))

  def __call__(self, inputs, state, scope=None):
    a = state[0] + inputs
    b = state[1] + a
    return b, (a, b)


class Nest(Sum):
  """A dict of an int32 counter, a bool and a list; the output is the sum.

  count' = count + 1, odd' = not odd, sums' = [s + x, t + 2 x].
  """
  state_size = {"count": 1, "odd": tf.TensorShape([1, 1]), "sums": [1, 1]}

  def zero_state(self, batch_size, dtype):
    return {"count": tf.zeros(tf.stack([batch_size, 1]), tf.int32),
            "odd": tf.zeros(tf.stack([batch_size, 1, 1]), tf.bool),
            "sums": [Sum.zero_state(self, batch_size, dtype)
                     for _ in range(2)]}

  def __call__(self, inputs, state, scope=None):
    one, two = state["sums"]
    one, two = one + inputs, two + 2. * inputs
    return one + two, {
        "count": state["count"] + 1, "odd": tf.logical_not(state["odd"]),
        "sums": [one, two]}


class FromSeven(Sum):
  """Like `Sum` with a zero state of sevens; only has `get_initial_state`."""
  zero_state = property()  # 1.x asks with hasattr; there is none

  def get_initial_state(self, inputs=None, batch_size=None, dtype=None):
    return tf.fill(tf.stack([batch_size, 1]), tf.constant(7, dtype))


class Remember(Sum):
  """A named tuple: the total, how many steps (int64), the last input."""
  state_size = Memory(1, 1, 1)

  def zero_state(self, batch_size, dtype):
    zeros = Sum.zero_state(self, batch_size, dtype)
    return Memory(zeros, tf.zeros(tf.stack([batch_size, 1]), tf.int64), zeros)

  def __call__(self, inputs, state, scope=None):
    total = state.total + inputs
    return total, Memory(total, state.seen + 1, inputs)
