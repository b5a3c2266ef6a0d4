"""Cases for `AttentionCellWrapper`."""

from .dropout import looped
from .dropout import step
from .dropout import unrolled
from .measure import attempt
from .measure import wave
from .measure import without_ops

CASES = {}


def case(function):
  CASES[function.__name__] = function
  return function


@case
def direct(k):
  return step(k, k.rnn.AttentionCellWrapper(k.rnn.BasicLSTMCell(4), 3))


@case
def every_size(k):
  return step(k, k.rnn.AttentionCellWrapper(
      k.rnn.GRUCell(4), attn_length=3, attn_size=5, attn_vec_size=2,
      input_size=6))


@case
def window_of_one(k):
  return step(k, k.rnn.AttentionCellWrapper(k.rnn.GRUCell(4), 1))


@case
def concatenated(k):
  return step(k, k.rnn.AttentionCellWrapper(
      k.rnn.BasicLSTMCell(4, state_is_tuple=False), 3, attn_size=2,
      state_is_tuple=False))


@case
def concatenated_gru_static(k):
  return unrolled(k, k.rnn.AttentionCellWrapper(
      k.rnn.GRUCell(4), 2, state_is_tuple=False))


@case
def static(k):
  return unrolled(k, k.rnn.AttentionCellWrapper(k.rnn.BasicLSTMCell(4), 2))


@case
def static_in_scope_with_initializer(k):
  with k.tf.variable_scope(
      "s", initializer=k.tf.constant_initializer(0.3)):
    return unrolled(k, k.rnn.AttentionCellWrapper(k.rnn.GRUCell(4), 2))


@case
def dynamic(k):
  return looped(k, k.rnn.AttentionCellWrapper(k.rnn.LSTMCell(4), 3))


@case
def dynamic_float64(k):
  with k.tf.variable_scope("s", dtype=k.tf.float64):
    return looped(k, k.rnn.AttentionCellWrapper(k.rnn.GRUCell(4), 3),
                  dtype="float64")


@case
def around_a_stack(k):
  stack = k.rnn.MultiRNNCell([k.rnn.BasicLSTMCell(4), k.rnn.GRUCell(3)])
  return step(k, k.rnn.AttentionCellWrapper(stack, 2))


@case
def in_a_stack_dynamic(k):
  return looped(k, k.rnn.MultiRNNCell([
      k.rnn.AttentionCellWrapper(k.rnn.GRUCell(4), 2) for _ in range(2)]))


@case
def partitioned(k):
  with k.tf.variable_scope("s", partitioner=k.tf.fixed_size_partitioner(2)):
    return step(k, k.rnn.AttentionCellWrapper(k.rnn.GRUCell(4), 2))


@case
def sizes(k):
  rnn = k.rnn
  return {"sizes": [
      [cell.state_size, cell.output_size] for cell in (
          rnn.AttentionCellWrapper(rnn.BasicLSTMCell(4), 3),
          rnn.AttentionCellWrapper(rnn.GRUCell(4), 3, attn_size=5),
          rnn.AttentionCellWrapper(rnn.GRUCell(4), 3, state_is_tuple=False),
          rnn.AttentionCellWrapper(
              rnn.MultiRNNCell([rnn.BasicLSTMCell(4), rnn.GRUCell(2)]), 3),
      )]}


@without_ops
@case
def errors(k):
  tf, rnn = k.tf, k.rnn
  wrap = rnn.AttentionCellWrapper
  gru, lstm = rnn.GRUCell(4), rnn.BasicLSTMCell(4)
  x = tf.constant(wave(2, 3))

  def called(cell, inputs, state):
    return attempt(lambda: cell(inputs, state))

  return {
      "length 0": attempt(lambda: wrap(gru, 0)),
      "length -1": attempt(lambda: wrap(gru, -1)),
      "no length": attempt(lambda: wrap(gru)),
      "tuple state, not tuple": attempt(
          lambda: wrap(lstm, 3, state_is_tuple=False)),
      "two parts": called(wrap(gru, 3), x, (tf.zeros([2, 4]),) * 2),
      "one tensor": called(wrap(gru, 3), x, tf.zeros([2, 20])),
      "batch": called(
          wrap(gru, 3), x, wrap(gru, 3).zero_state(3, tf.float32)),
      "window too short": called(wrap(gru, 3), x, (
          tf.zeros([2, 4]), tf.zeros([2, 4]), tf.zeros([2, 11]))),
      "no depth": called(
          wrap(gru, 3), tf.placeholder(tf.float32, [2, None]),
          wrap(gru, 3).zero_state(2, tf.float32)),
      "float64 in a float32 scope": called(
          wrap(rnn.GRUCell(4), 3), tf.cast(x, tf.float64),
          wrap(gru, 3).zero_state(2, tf.float64)),
  }
