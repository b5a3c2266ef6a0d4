"""Golden cases of the loops.

This file runs unchanged on Python 3.7 with TensorFlow 1.15, and here.
"""

from golden.registry import SINGLE
from golden.registry import case
from golden.registry import contrib
from golden.registry import nn


@case("loops")
def dynamic_dtype(b):
  return b.tf.nn.dynamic_rnn(
      nn(b).BasicLSTMCell(b.units), b.sequence(), dtype=b.dtype)


@case("loops")
def dynamic_zero_state(b):
  cell = nn(b).LSTMCell(b.units, num_proj=3)
  return b.tf.nn.dynamic_rnn(
      cell, b.sequence(), initial_state=cell.zero_state(b.batch, b.dtype))


@case("loops")
def dynamic_open_shape(b):
  x = b.sequence(known=False)
  cell = nn(b).MultiRNNCell([nn(b).GRUCell(3), nn(b).BasicLSTMCell(b.units)])
  zeros = cell.zero_state(b.tf.shape(x)[0], b.dtype)
  return b.tf.nn.dynamic_rnn(cell, x, initial_state=zeros)


@case("loops")
def dynamic_open_shape_dtype(b):
  return b.tf.nn.dynamic_rnn(
      nn(b).GRUCell(b.units), b.sequence(known=False), dtype=b.dtype,
      sequence_length=b.integers("lengths", [3, 1], shape=[None]))


@case("loops")
def dynamic_lengths(b):
  cell = nn(b).BasicLSTMCell(b.units)
  return b.tf.nn.dynamic_rnn(
      cell, b.sequence(), b.integers("lengths", [3, 1]),
      b.state(cell.state_size))


@case("loops")
def dynamic_lengths_int64(b):
  return b.tf.nn.dynamic_rnn(
      nn(b).GRUCell(b.units), b.sequence(), dtype=b.dtype,
      sequence_length=b.integers("lengths", [0, 2], "int64"))


@case("loops")
def dynamic_lengths_constant(b):
  return b.tf.nn.dynamic_rnn(
      nn(b).LSTMCell(b.units, num_proj=3, use_peepholes=True), b.sequence(),
      sequence_length=[2, 1], dtype=b.dtype)


@case("loops")
def dynamic_time_major(b):
  cell = nn(b).BasicLSTMCell(b.units)
  return b.tf.nn.dynamic_rnn(
      cell, b.sequence(time_major=True), time_major=True,
      initial_state=b.state(cell.state_size))


@case("loops")
def dynamic_time_major_lengths(b):
  return b.tf.nn.dynamic_rnn(
      nn(b).GRUCell(b.units), b.sequence(time_major=True), time_major=True,
      sequence_length=b.integers("lengths", [1, 3]), dtype=b.dtype)


@case("loops")
def dynamic_options(b):
  with b.tf.variable_scope("outer"):
    return b.tf.nn.dynamic_rnn(
        nn(b).GRUCell(b.units), b.sequence(), dtype=b.dtype,
        parallel_iterations=2, swap_memory=True, scope="inner")


@case("loops")
def dynamic_encoder_decoder(b):
  """The second loop starts where the first one ended."""
  with b.tf.variable_scope("encoder"):
    _, state = b.tf.nn.dynamic_rnn(
        nn(b).BasicLSTMCell(b.units), b.sequence(), dtype=b.dtype,
        sequence_length=b.integers("lengths", [2, 3]))
  with b.tf.variable_scope("decoder"):
    return b.tf.nn.dynamic_rnn(
        nn(b).BasicLSTMCell(b.units), b.sequence(3, name="y"),
        initial_state=state)


@case("loops")
def dynamic_twice(b):
  """One cell object in two loops, which share its variables."""
  cell = nn(b).GRUCell(b.units)
  first, state = b.tf.nn.dynamic_rnn(cell, b.sequence(), dtype=b.dtype)
  second, last = b.tf.nn.dynamic_rnn(
      cell, b.sequence(name="y"), initial_state=state)
  return [first, second], [state, last]


@case("loops", SINGLE)
def dynamic_two_cells_one_scope(b):
  """Two cell objects with one name: 1.15 refuses the second."""
  b.tf.nn.dynamic_rnn(nn(b).GRUCell(b.units), b.sequence(), dtype=b.dtype)
  return b.tf.nn.dynamic_rnn(
      nn(b).GRUCell(b.units), b.sequence(name="y"), dtype=b.dtype)


@case("loops")
def static_dtype(b):
  return b.tf.nn.static_rnn(
      nn(b).BasicLSTMCell(b.units), b.steps(), dtype=b.dtype)


@case("loops")
def static_lengths(b):
  cell = nn(b).BasicLSTMCell(b.units)
  return b.tf.nn.static_rnn(
      cell, b.steps(), b.state(cell.state_size), scope="mine",
      sequence_length=b.integers("lengths", [3, 1]))


@case("loops")
def static_lengths_dtype(b):
  return contrib(b).static_rnn(
      nn(b).GRUCell(b.units), b.steps(), dtype=b.dtype,
      sequence_length=b.integers("lengths", [1, 2]))


@case("loops")
def static_unstacked(b):
  steps = b.tf.unstack(b.sequence(), b.time, 1)
  return contrib(b).static_rnn(
      contrib(b).BasicLSTMCell(b.units, forget_bias=1.0), steps,
      dtype=b.dtype)


@case("loops")
def bidirectional_dynamic(b):
  return b.tf.nn.bidirectional_dynamic_rnn(
      nn(b).BasicLSTMCell(b.units), nn(b).GRUCell(3), b.sequence(),
      dtype=b.dtype)


@case("loops")
def bidirectional_dynamic_lengths(b):
  forward, backward = nn(b).GRUCell(b.units), nn(b).LSTMCell(b.units)
  return b.tf.nn.bidirectional_dynamic_rnn(
      forward, backward, b.sequence(), b.integers("lengths", [2, 3]),
      initial_state_fw=b.state(forward.state_size, "forward"),
      initial_state_bw=b.state(backward.state_size, "backward"))


@case("loops")
def bidirectional_dynamic_time_major(b):
  return b.tf.nn.bidirectional_dynamic_rnn(
      nn(b).GRUCell(b.units), nn(b).GRUCell(b.units),
      b.sequence(time_major=True), b.integers("lengths", [1, 3]),
      dtype=b.dtype, time_major=True, scope="both")


@case("loops")
def bidirectional_dynamic_stacks(b):
  def stack():
    return nn(b).MultiRNNCell([
        nn(b).BasicLSTMCell(3), nn(b).BasicLSTMCell(b.units)])
  return b.tf.nn.bidirectional_dynamic_rnn(
      stack(), stack(), b.sequence(known=False), dtype=b.dtype)


@case("loops")
def bidirectional_static(b):
  outputs, forward, backward = b.tf.nn.static_bidirectional_rnn(
      nn(b).BasicLSTMCell(b.units), nn(b).GRUCell(3), b.steps(),
      dtype=b.dtype)
  return outputs, [forward, backward]


@case("loops")
def bidirectional_static_lengths(b):
  forward, backward = nn(b).GRUCell(b.units), nn(b).LSTMCell(b.units)
  outputs, last_forward, last_backward = contrib(b).static_bidirectional_rnn(
      forward, backward, b.steps(),
      b.state(forward.state_size, "forward"),
      b.state(backward.state_size, "backward"),
      sequence_length=b.integers("lengths", [2, 3]), scope="both")
  return outputs, [last_forward, last_backward]


def _pair(b):
  return [nn(b).GRUCell(b.units), nn(b).BasicLSTMCell(3)]


@case("loops")
def stack_bidirectional(b):
  outputs, forward, backward = contrib(b).stack_bidirectional_rnn(
      _pair(b), _pair(b), b.steps(), dtype=b.dtype,
      sequence_length=b.integers("lengths", [2, 3]))
  return outputs, [forward, backward]


@case("loops")
def stack_bidirectional_states(b):
  forward, backward = _pair(b), _pair(b)
  outputs, last_forward, last_backward = contrib(b).stack_bidirectional_rnn(
      forward, backward, b.steps(), scope="tower",
      initial_states_fw=[b.state(cell.state_size, "forward%d" % place)
                         for place, cell in enumerate(forward)],
      initial_states_bw=[b.state(cell.state_size, "backward%d" % place)
                         for place, cell in enumerate(backward)])
  return outputs, [last_forward, last_backward]


@case("loops")
def stack_bidirectional_dynamic(b):
  outputs, forward, backward = contrib(b).stack_bidirectional_dynamic_rnn(
      _pair(b), _pair(b), b.sequence(), dtype=b.dtype,
      sequence_length=b.integers("lengths", [2, 3]))
  return outputs, [forward, backward]


@case("loops")
def stack_bidirectional_dynamic_states(b):
  forward, backward = _pair(b), _pair(b)
  outputs, last_forward, last_backward = (
      contrib(b).stack_bidirectional_dynamic_rnn(
          forward, backward, b.sequence(time_major=True), time_major=True,
          scope="tower", parallel_iterations=4,
          initial_states_fw=[b.state(cell.state_size, "forward%d" % place)
                             for place, cell in enumerate(forward)],
          initial_states_bw=[b.state(cell.state_size, "backward%d" % place)
                             for place, cell in enumerate(backward)]))
  return outputs, [last_forward, last_backward]


class _Memory(object):
  """A state saver in Python, which shows what was saved."""

  def __init__(self, states):
    self.states, self.saved = states, {}

  def state(self, name):
    return self.states[name]

  def save_state(self, name, value):
    self.saved[name] = value
    return value.op


@case("loops")
def state_saving(b):
  memory = _Memory({"h": b.input("h", [b.batch, b.units])})
  outputs, state = b.tf.nn.static_state_saving_rnn(
      nn(b).GRUCell(b.units), b.steps(), memory, "h")
  return outputs, [state, memory.saved]


@case("loops")
def state_saving_lengths(b):
  memory = _Memory({
      name: b.input(name, [b.batch, b.units]) for name in ("c", "h")})
  outputs, state = contrib(b).static_state_saving_rnn(
      nn(b).BasicLSTMCell(b.units), b.steps(), memory, ("c", "h"),
      sequence_length=b.integers("lengths", [3, 1]), scope="mine")
  return outputs, [state, memory.saved]


# raw_rnn: the caller determines the next input.

@case("loops")
def raw_reader(b):
  """Reads a sequence, like dynamic_rnn with lengths."""
  tf, cell = b.tf, nn(b).BasicLSTMCell(b.units)
  lengths = b.integers("lengths", [3, 2])
  column = tf.TensorArray(b.dtype, b.time).unstack(
      b.sequence(time_major=True))

  def step(time, output, state, _):
    state = (cell.zero_state(b.batch, b.dtype) if output is None else state)
    done = time >= lengths
    following = tf.cond(
        tf.reduce_all(done),
        lambda: tf.zeros([b.batch, b.depth], b.dtype),
        lambda: column.read(time))
    following.set_shape([b.batch, b.depth])
    return done, following, state, output, None

  written, state, _ = tf.nn.raw_rnn(cell, step)
  return written.stack(), state


@case("loops")
def raw_feedback(b):
  """Feeds its projected output back, and counts in the loop state."""
  tf, cell = b.tf, nn(b).GRUCell(b.units)
  start = b.state(cell.state_size)
  first = b.input("x", [b.batch, b.depth])
  weights = tf.get_variable("w", [b.units, b.depth], b.dtype)

  def step(time, output, state, total):
    if output is None:
      return (tf.zeros([b.batch], tf.bool), first, start,
              tf.zeros([b.depth], b.dtype), tf.zeros([], b.dtype))
    written = tf.tanh(tf.matmul(output, weights))
    return (tf.fill([b.batch], time >= b.time), written, state, written,
            total + tf.reduce_sum(output))

  written, state, total = tf.nn.raw_rnn(cell, step, scope="sampler")
  return [written.stack(), total], state


@case("loops")
def raw_ragged(b):
  """Rows end at different steps; two tensors are emitted per step."""
  tf, cell = b.tf, nn(b).BasicRNNCell(b.units)
  start = b.state(cell.state_size)
  first = b.input("x", [b.batch, b.units])

  def step(time, output, state, _):
    done = time >= [1, 3]
    if output is None:
      form = (tf.zeros([b.units], b.dtype), tf.zeros([2], b.dtype))
      return done, first, start, form, None
    return done, output + first, state, (output, output[:, :2]), None

  written, state, _ = tf.nn.raw_rnn(cell, step)
  return [array.stack() for array in written], state
