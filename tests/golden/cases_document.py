"""A sequence in one pass, in two, and in a loop written by hand.

Three steps, taken twice, make six. Outputs and loss are the same whichever way
they are computed; what differs is how far the gradient reaches:

  0  `dynamic_rnn` over all six steps: the control
  1  two passes of three; a variable passes the state from one to the other
  2  the same two passes in one loop; again a variable passes the state
  3  one loop over six steps, written with `while_loop` and `TensorArray`s
  4  two layers, each as in 0: the control
  5  the first layer as in 0, the second as in 3

Output 0 is the loss, and only it is differentiated: everything else that is
returned has passed through `stop_gradient`. So each gradient is that of the
loss times `numbers_for("weight_0", [])`.

This file runs unchanged on Python 3.7 with TensorFlow 1.15, and here.
"""

import numpy as np

from golden.registry import nn
from golden.registry import register
from oracle import graphs
from oracle import measure

CELLS = {
    "basic_rnn": lambda b: nn(b).BasicRNNCell(b.units),
    "gru": lambda b: nn(b).GRUCell(b.units),
    "lstm": lambda b: nn(b).LSTMCell(b.units),
    "lstm_peephole": lambda b: nn(b).LSTMCell(b.units, use_peepholes=True),
}


def name_of(number, cell):
  return "document_%d-%s" % (number, cell)


def sequence(b):
  """Three steps, then the same three again, `[batch, 6, depth]`."""
  half = measure.numbers_for("x", [b.batch, b.time, b.depth])
  x = b.input("x", [b.batch, 2 * b.time, b.depth])
  b.feeds[x] = np.concatenate([half, half], axis=1)
  return x


def _graded(b, outputs, *states):
  """What a case returns: the loss, then everything without a gradient."""
  target = b.tf.constant(
      measure.numbers_for("target", [b.batch, 2 * b.time, b.units]), b.dtype)
  loss = b.tf.reduce_mean(b.tf.square(outputs - target))
  return ([loss, b.tf.stop_gradient(outputs)],
          [b.tf.stop_gradient(leaf) for leaf in graphs.leaves(states)])


def _variables(b, state):
  """A variable for each leaf of `state`; its initial value is not used."""
  return graphs.map_nest(
      lambda path, leaf: b.tf.get_variable(
          "_".join(["kept"] + path.split("/")).rstrip("_"),
          leaf.shape.as_list(), b.dtype, trainable=False, use_resource=True),
      state)


def _handed_over(b, kept, state):
  """`state` passed through the variables `kept`, as in a stateful layer."""
  writes = [variable.assign(leaf).op for variable, leaf in zip(
      graphs.leaves(kept), graphs.leaves(state))]
  with b.tf.control_dependencies(writes):
    return graphs.map_nest(lambda path, leaf: leaf.read_value(), kept)


def complete_pass(b, cell):
  state = b.state(cell.state_size)
  outputs, final = b.tf.nn.dynamic_rnn(
      cell, sequence(b), initial_state=state, parallel_iterations=1)
  return _graded(b, outputs, final)


def two_passes(b, cell):
  x, state = sequence(b), b.state(cell.state_size)
  kept = _variables(b, state)
  first, middle = b.tf.nn.dynamic_rnn(
      cell, x[:, :b.time], initial_state=state, parallel_iterations=1)
  second, final = b.tf.nn.dynamic_rnn(
      cell, x[:, b.time:], initial_state=_handed_over(b, kept, middle),
      parallel_iterations=1)
  return _graded(b, b.tf.concat([first, second], axis=1), final)


def two_passes_in_a_loop(b, cell):
  tf = b.tf
  x, state = sequence(b), b.state(cell.state_size)
  kept = _variables(b, state)
  count = tf.constant(2)
  halves = tf.TensorArray(b.dtype, size=count).unstack(
      tf.stack([x[:, :b.time], x[:, b.time:]]))
  made = tf.TensorArray(b.dtype, size=count)
  leaves, kept_leaves = graphs.leaves(state), graphs.leaves(kept)

  def one_pass(number, made, *_):
    # The first pass starts from `state`, the second from the kept state.
    starts = tf.fill([b.batch], tf.equal(number, 0))
    initial = [tf.where(starts, leaf, variable.read_value())
               for leaf, variable in zip(leaves, kept_leaves)]
    outputs, final = tf.nn.dynamic_rnn(
        cell, halves.read(number), initial_state=_like(state, initial),
        parallel_iterations=1)
    writes = [variable.assign(leaf).op for variable, leaf in zip(
        kept_leaves, graphs.leaves(final))]
    with tf.control_dependencies(writes):
      following = tf.identity(number + 1)
    return (following, made.write(number, outputs)) + tuple(
        graphs.leaves(final))

  done = tf.while_loop(
      lambda number, *_: number < count, one_pass,
      (tf.constant(0), made) + tuple(leaves), parallel_iterations=1)
  with tf.name_scope("made"):
    outputs = tf.concat(tf.unstack(done[1].stack(), num=2), axis=1)
  return _graded(b, outputs, list(done[2:]))


def _like(nest, leaves):
  leaves = iter(leaves)
  return graphs.map_nest(lambda path, leaf: next(leaves), nest)


def _by_hand(b, cell, x, state, scope):
  """All steps in one `while_loop`; outputs `[batch, time, units]`."""
  tf = b.tf
  steps = tf.transpose(x, [1, 0, 2])
  count = tf.constant(2 * b.time)
  read = tf.TensorArray(b.dtype, size=count).unstack(steps)
  written = tf.TensorArray(b.dtype, size=count)

  def step(time, written, *leaves):
    output, new_state = cell(read.read(time), _like(state, leaves))
    return (time + 1, written.write(time, output)) + tuple(
        graphs.leaves(new_state))

  with tf.variable_scope(scope):
    done = tf.while_loop(
        lambda time, *_: time < count, step,
        (tf.constant(0), written) + tuple(graphs.leaves(state)),
        parallel_iterations=1)
  with tf.name_scope("made"):
    outputs = done[1].stack()
  outputs.set_shape([2 * b.time, b.batch, b.units])
  return tf.transpose(outputs, [1, 0, 2]), list(done[2:])


def single_loop(b, cell):
  state = b.state(cell.state_size)
  outputs, final = _by_hand(b, cell, sequence(b), state, "rnn")
  return _graded(b, outputs, final)


def stacked(b, cell, upper_cell, by_hand=False):
  x = sequence(b)
  lower, upper = (b.state(cell.state_size, name)
                  for name in ("lower", "upper"))
  middle, lower_final = b.tf.nn.dynamic_rnn(
      cell, x, initial_state=lower, parallel_iterations=1, scope="first")
  if by_hand:
    outputs, final = _by_hand(b, upper_cell, middle, upper, "second")
  else:
    outputs, final = b.tf.nn.dynamic_rnn(
        upper_cell, middle, initial_state=upper, parallel_iterations=1,
        scope="second")
  return _graded(b, outputs, lower_final, final)


WAYS = {
    0: lambda b, make: complete_pass(b, make(b)),
    1: lambda b, make: two_passes(b, make(b)),
    2: lambda b, make: two_passes_in_a_loop(b, make(b)),
    3: lambda b, make: single_loop(b, make(b)),
    4: lambda b, make: stacked(b, make(b), make(b)),
    5: lambda b, make: stacked(b, make(b), make(b), by_hand=True),
}


def _case(way, make):
  return lambda b: way(b, make)


for _number in sorted(WAYS):
  for _cell in sorted(CELLS):
    register(name_of(_number, _cell), "document",
             _case(WAYS[_number], CELLS[_cell]))
