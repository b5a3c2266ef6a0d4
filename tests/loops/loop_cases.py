"""Loops over tiny cells. Run under 1.15 and under ours, line for line.

A case takes a `Bench` and returns `(result, by)`: a nest to fetch, and the
tensors or variables to differentiate by (beside all trainable variables).
"""

from tiny_cells import AddCell
from tiny_cells import NestedCell
from tiny_cells import PairCell
from tiny_cells import PairState
from tiny_cells import fixed

CASES = {}


def case(function):
  CASES[function.__name__] = function
  return function


class Bench(object):
  """What a case builds with: `tf`, the loops, and placeholders."""

  def __init__(self, tf, loops):
    self.tf, self.loops, self.feed = tf, loops, {}

  def placeholder(self, value, shape=None, dtype=None):
    tensor = self.tf.placeholder(
        dtype or value.dtype, value.shape if shape is None else shape)
    self.feed[tensor] = value
    return tensor

  def block(self, batch=2, time=3, depth=4, known=True):
    value = fixed([batch, time, depth])
    return self.placeholder(value, None if known else [None, None, depth])

  def steps(self, batch=2, time=3, depth=4, known=True):
    shape = [batch if known else None, depth]
    return [self.placeholder(fixed([batch, depth], start=5 * t), shape)
            for t in range(time)]

  def pair_state(self, units=5, batch=2):
    return PairState(self.placeholder(fixed([batch, units], start=1)),
                     self.placeholder(fixed([batch, units], start=2)))


def lengths(b, values, dtype="int32"):
  import numpy as np
  return b.placeholder(np.array(values, dtype), [None])


@case
def dynamic(b):
  x = b.block()
  return b.loops.dynamic_rnn(PairCell(b.tf, 5), x, dtype=b.tf.float32), [x]


@case
def dynamic_open_shape(b):
  x = b.block(known=False)
  return b.loops.dynamic_rnn(PairCell(b.tf, 5), x, dtype=b.tf.float32), [x]


@case
def dynamic_lengths(b):
  x, start = b.block(known=False), b.pair_state()
  return b.loops.dynamic_rnn(
      PairCell(b.tf, 5), x, lengths(b, [3, 1]), start), [x] + list(start)


@case
def dynamic_lengths_int64_list_and_zero(b):
  x = b.block()
  return b.loops.dynamic_rnn(
      PairCell(b.tf, 5), x, [0, 2], dtype=b.tf.float32), [x]


@case
def dynamic_float_lengths(b):
  x = b.block()
  return b.loops.dynamic_rnn(
      PairCell(b.tf, 5), x, b.tf.constant([2.0, 1.0]),
      dtype=b.tf.float32), [x]


@case
def dynamic_time_major_scope(b):
  x = b.block()
  return b.loops.dynamic_rnn(
      PairCell(b.tf, 5), x, time_major=True, scope="mine",
      dtype=b.tf.float32, swap_memory=True, parallel_iterations=1), [x]


@case
def dynamic_float64(b):
  x = b.placeholder(fixed([2, 3, 4], "float64"))
  return b.loops.dynamic_rnn(PairCell(b.tf, 5), x, dtype=b.tf.float64), [x]


@case
def dynamic_twice_reused(b):
  cell, x, tf = PairCell(b.tf, 5), b.block(), b.tf
  first = b.loops.dynamic_rnn(cell, x, dtype=tf.float32)
  with tf.variable_scope(tf.get_variable_scope(), reuse=True):
    second = b.loops.dynamic_rnn(cell, x * 2.0, initial_state=first[1])
  return (first, second), [x]


@case
def dynamic_nested(b):
  x, y = (b.placeholder(fixed([2, 3, 2], start=s)) for s in (0, 3))
  return b.loops.dynamic_rnn(
      NestedCell(b.tf), (x, y), lengths(b, [2, 3]),
      dtype=b.tf.float32), [x, y]


@case
def dynamic_numpy_inputs(b):
  x = fixed([2, 3, 4])
  return b.loops.dynamic_rnn(AddCell(b.tf), x, dtype=b.tf.float32), []


@case
def dynamic_inside_a_while(b):
  tf, x = b.tf, b.block()
  cell = PairCell(tf, 5)

  def body(count, state):
    _, state = b.loops.dynamic_rnn(cell, x, initial_state=state)
    return count + 1, state

  _, state = tf.while_loop(
      lambda count, _: count < 2, body,
      [0, cell.zero_state(2, tf.float32)])
  return state, [x]


@case
def dynamic_inside_a_cond(b):
  tf, x = b.tf, b.block()
  cell = PairCell(tf, 5)
  on = tf.placeholder_with_default(True, [])
  with tf.variable_scope("v"):
    cell(x[:, 0], cell.zero_state(2, tf.float32), "rnn/pair")
  with tf.variable_scope("v", reuse=True):
    return tf.cond(
        on, lambda: b.loops.dynamic_rnn(cell, x, dtype=tf.float32)[0],
        lambda: tf.zeros([2, 3, 5])), [x]


@case
def bidirectional(b):
  x, tf = b.block(), b.tf
  return b.loops.bidirectional_dynamic_rnn(
      PairCell(tf, 5), PairCell(tf, 6), x, dtype=tf.float32), [x]


@case
def bidirectional_lengths(b):
  x, fw, bw = b.block(known=False), b.pair_state(), b.pair_state(6)
  return b.loops.bidirectional_dynamic_rnn(
      PairCell(b.tf, 5), PairCell(b.tf, 6), x, lengths(b, [1, 3], "int64"),
      fw, bw, scope="two"), [x] + list(fw) + list(bw)


@case
def bidirectional_time_major(b):
  x, tf = b.block(), b.tf
  return b.loops.bidirectional_dynamic_rnn(
      PairCell(tf, 5), PairCell(tf, 6), x, dtype=tf.float32,
      sequence_length=[2, 0, 1], time_major=True), [x]


@case
def static(b):
  xs = b.steps()
  return b.loops.static_rnn(PairCell(b.tf, 5), xs, dtype=b.tf.float32), xs


@case
def static_lengths(b):
  xs, start = b.steps(known=False), b.pair_state()
  return b.loops.static_rnn(
      PairCell(b.tf, 5), xs, start, sequence_length=lengths(b, [1, 3]),
      scope="mine"), xs + list(start)


@case
def static_plain_tuple_state(b):
  xs, start = b.steps(), tuple(b.pair_state())
  return b.loops.static_rnn(PairCell(b.tf, 5), xs, start), xs + list(start)


@case
def static_list_and_numpy_state(b):
  xs = b.steps()
  start = [[[0.5] * 5, [-0.5] * 5], fixed([2, 5])]
  return b.loops.static_rnn(PairCell(b.tf, 5), xs, start), xs


@case
def static_bidirectional(b):
  xs = b.steps()
  return b.loops.static_bidirectional_rnn(
      PairCell(b.tf, 5), PairCell(b.tf, 6), xs, dtype=b.tf.float32), xs


@case
def static_bidirectional_lengths(b):
  xs, fw, bw = b.steps(known=False), b.pair_state(), b.pair_state(6)
  return b.loops.static_bidirectional_rnn(
      PairCell(b.tf, 5), PairCell(b.tf, 6), xs, fw, bw,
      sequence_length=lengths(b, [3, 1], "int64"),
      scope="two"), xs + list(fw) + list(bw)


class Saver(object):
  """A state saver on resource variables."""

  def __init__(self, tf):
    self.tf, self.variables = tf, {}

  def state(self, name):
    self.variables[name] = self.tf.get_variable(
        name, initializer=fixed([2, 5], start=4), trainable=False,
        use_resource=True)
    return self.variables[name].read_value()

  def save_state(self, name, value):
    return self.variables[name].assign(value)


@case
def static_state_saving(b):
  xs = b.steps()
  return b.loops.static_state_saving_rnn(
      PairCell(b.tf, 5), xs, Saver(b.tf), ("sc", "sh")), xs


@case
def static_state_saving_one_leaf(b):
  class OneLeaf(Saver):
    def state(self, name):
      self.variables[name] = self.tf.get_variable(
          name, initializer=fixed([2, 1]), trainable=False, use_resource=True)
      return self.variables[name].read_value()
  xs = b.steps()
  return b.loops.static_state_saving_rnn(
      AddCell(b.tf), xs, OneLeaf(b.tf), "s", [2, 3], "mine"), xs


@case
def raw(b):
  tf, x, units = b.tf, b.block(), 5
  cell, ends = PairCell(tf, units), tf.constant([2, 3])
  rows = tf.TensorArray(tf.float32, 3).unstack(tf.transpose(x, [1, 0, 2]))

  def loop_fn(time, output, state, loop_state):
    if output is None:
      state = cell.zero_state(2, tf.float32)
    finished = time >= ends
    following = tf.cond(
        tf.reduce_all(finished), lambda: tf.zeros([2, 4]),
        lambda: rows.read(time))
    return finished, following, state, output, None

  emitted, state, loop_state = b.loops.raw_rnn(cell, loop_fn)
  assert loop_state is None
  return (emitted.stack(), state), [x]


@case
def raw_feeding_back_with_loop_state(b):
  tf, x = b.tf, b.placeholder(fixed([2, 1]))
  cell = AddCell(tf)

  def loop_fn(time, output, state, loop_state):
    if output is None:
      unfinished = tf.constant([False, False])
      start = b.placeholder(fixed([2, 1], start=2))
      return unfinished, x, start, tf.zeros([2]), tf.constant(0.0)
    return (tf.fill([2], time >= 4), output / 5.0, state, output + 1.0,
            loop_state + tf.reduce_sum(output))

  def emit_in_one_shape(time, output, state, loop_state):
    told = list(loop_fn(time, output, state, loop_state))
    if output is None:
      told[3] = tf.zeros([1])
    return tuple(told)

  emitted, state, total = b.loops.raw_rnn(
      cell, emit_in_one_shape, parallel_iterations=2, scope="mine")
  return (emitted.stack(), state, total), [x]


@case
def stacked_static(b):
  xs, tf = b.steps(), b.tf
  return b.loops.stack_bidirectional_rnn(
      [PairCell(tf, 5), PairCell(tf, 3)], [PairCell(tf, 6), PairCell(tf, 2)],
      xs, dtype=tf.float32), xs


@case
def stacked_static_states(b):
  xs, tf = b.steps(), b.tf
  fw, bw = b.pair_state(), b.pair_state(6)
  return b.loops.stack_bidirectional_rnn(
      [PairCell(tf, 5)], [PairCell(tf, 6)], xs, [fw], [bw],
      sequence_length=lengths(b, [3, 2], "int64"), scope="mine"
  ), xs + list(fw) + list(bw)


@case
def stacked_dynamic(b):
  x, tf = b.block(), b.tf
  return b.loops.stack_bidirectional_dynamic_rnn(
      [PairCell(tf, 5), PairCell(tf, 3)], [PairCell(tf, 6), PairCell(tf, 2)],
      x, dtype=tf.float32), [x]


@case
def stacked_dynamic_states(b):
  x, tf = b.block(known=False), b.tf
  fw, bw = b.pair_state(), b.pair_state(6)
  return b.loops.stack_bidirectional_dynamic_rnn(
      [PairCell(tf, 5)], [PairCell(tf, 6)], x, [fw], [bw],
      sequence_length=lengths(b, [3, 2]), scope="mine"
  ), [x] + list(fw) + list(bw)
