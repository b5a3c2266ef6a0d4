"""Golden cases: the attention of `tf.contrib.seq2seq`.

This file runs unchanged on Python 3.7 with TensorFlow 1.15, and here.
"""

import numpy as np

from golden import attention_models as models
from golden.registry import SINGLE
from golden.registry import case
from golden.registry import nn

FAMILY = "attention_wrapper"
UNITS = 5  # of the cells, so that Luong's mechanisms fit too


def seq2seq(bench):
  return bench.tf.contrib.seq2seq


def memory(bench, known=True, name="memory"):
  """`[batch, 4, 6]` and its lengths; not as long as anything else here."""
  shape = [bench.batch, 4, 6]
  return (bench.input(name, shape if known else [None, None, 6], shape),
          bench.integers(name + "_lengths", [4, 2],
                         shape=[bench.batch] if known else [None]))


def number(bench, value):
  """A number of the bench's dtype, which 1.15 wanted for the first bias."""
  return np.array(value, bench.dtype.as_numpy_dtype)


def lstm(bench):
  return nn(bench).LSTMCell(UNITS)


def stepped(bench, cell, state, steps=3, depth=4):
  """The outputs of all steps, and the last state."""
  outputs = []
  for step in range(steps):
    output, state = cell(bench.input("x_%d" % step, [bench.batch, depth]),
                         state)
    outputs.append(output)
  return outputs, state


def unrolled(bench, *args, **kwargs):
  """The same; a history of alignments becomes one tensor."""
  outputs, state = stepped(bench, *args, **kwargs)
  return outputs, models.stacked(bench.tf, state)


@case(FAMILY, SINGLE)
def attention_bahdanau(bench):
  """Open batch and time, in `dynamic_rnn`; 1.15's gradient was for float32."""
  values, lengths = memory(bench, known=False)
  mechanism = seq2seq(bench).BahdanauAttention(
      3, values, lengths, name="OpenAttention", dtype=bench.dtype)
  cell = seq2seq(bench).AttentionWrapper(
      lstm(bench), mechanism, attention_layer_size=7)
  return bench.tf.nn.dynamic_rnn(
      cell, bench.sequence(known=False), dtype=bench.dtype,
      parallel_iterations=1)


@case(FAMILY)
def attention_bahdanau_normalized(bench):
  """The state of an encoder, the history of alignments."""
  values, lengths = memory(bench)
  mechanism = seq2seq(bench).BahdanauAttention(
      3, values, lengths, normalize=True, dtype=bench.dtype)
  cell = seq2seq(bench).AttentionWrapper(
      lstm(bench), mechanism, alignment_history=True)
  start = cell.zero_state(bench.batch, bench.dtype).clone(
      cell_state=bench.state(cell.state_size.cell_state))
  return unrolled(bench, cell, start)


@case(FAMILY)
def attention_clone_open(bench):
  """Shapes that are known only at run time are checked then."""
  values, lengths = memory(bench, known=False)
  mechanism = seq2seq(bench).LuongAttention(
      UNITS, values, lengths, name="OpenAttention", dtype=bench.dtype)
  cell = seq2seq(bench).AttentionWrapper(
      nn(bench).GRUCell(UNITS), mechanism, attention_layer_size=4,
      output_attention=False)
  encoder = bench.input("encoder", [None, UNITS], [bench.batch, UNITS])
  start = cell.zero_state(bench.tf.shape(values)[0], bench.dtype).clone(
      cell_state=encoder)
  output, state = cell(bench.input("x", [None, 4], [bench.batch, 4]), start)
  return output, state


@case(FAMILY)
def attention_luong_scaled(bench):
  values, lengths = memory(bench)
  mechanism = seq2seq(bench).LuongAttention(
      UNITS, values, lengths, scale=True, score_mask_value=-3.,
      dtype=bench.dtype)
  cell = seq2seq(bench).AttentionWrapper(
      lstm(bench), mechanism,
      attention_layer=bench.tf.layers.Dense(
          3, activation=bench.tf.tanh, name="mix", dtype=bench.dtype))
  return unrolled(bench, cell, cell.zero_state(bench.batch, bench.dtype))


@case(FAMILY)
def attention_luong_hard(bench):
  """`hardmax`, and inputs that are added to the attention."""
  values, lengths = memory(bench)
  mechanism = seq2seq(bench).LuongAttention(
      UNITS, values, lengths, probability_fn=seq2seq(bench).hardmax,
      custom_key_value_fn=lambda keys, values: (keys + 1., values * 2.),
      dtype=bench.dtype)
  cell = seq2seq(bench).AttentionWrapper(
      lstm(bench), mechanism, cell_input_fn=lambda x, a: x + a,
      name="attending")
  return unrolled(bench, cell, cell.zero_state(bench.batch, bench.dtype),
                  depth=6)


@case(FAMILY)
def attention_bahdanau_monotonic(bench):
  values, lengths = memory(bench)
  mechanism = seq2seq(bench).BahdanauMonotonicAttention(
      3, values, lengths, normalize=True, score_bias_init=number(bench, -0.5),
      dtype=bench.dtype)
  cell = seq2seq(bench).AttentionWrapper(
      lstm(bench), mechanism, attention_layer_size=4)
  return bench.tf.nn.dynamic_rnn(
      cell, bench.sequence(), dtype=bench.dtype, parallel_iterations=1)


@case(FAMILY, SINGLE)
def attention_monotonic_noise(bench):
  """The noise has a seed of its own; the recursive mode is for float32."""
  values, lengths = memory(bench)
  mechanism = seq2seq(bench).LuongMonotonicAttention(
      UNITS, values, lengths, scale=True, sigmoid_noise=0.7,
      sigmoid_noise_seed=11, mode="recursive")
  cell = seq2seq(bench).AttentionWrapper(
      nn(bench).GRUCell(UNITS), mechanism, alignment_history=True)
  return unrolled(bench, cell, cell.zero_state(bench.batch, bench.dtype),
                  steps=2)


@case(FAMILY)
def attention_monotonic_hard(bench):
  values, lengths = memory(bench, known=False)
  mechanism = seq2seq(bench).LuongMonotonicAttention(
      UNITS, values, lengths, mode="hard",
      score_bias_init=number(bench, 0.2),
      name="OpenAttention", dtype=bench.dtype)
  cell = seq2seq(bench).AttentionWrapper(lstm(bench), mechanism)
  return bench.tf.nn.static_rnn(
      cell, bench.steps(),
      initial_state=cell.zero_state(bench.batch, bench.dtype))


@case(FAMILY)
def attention_two_mechanisms(bench):
  """Two memories, a stack of cells whose first state is given."""
  first, lengths = memory(bench)
  second, _ = memory(bench, name="other")
  both = [
      seq2seq(bench).BahdanauAttention(
          3, first, lengths, dtype=bench.dtype),
      seq2seq(bench).LuongAttention(UNITS, second, dtype=bench.dtype)]
  stack = nn(bench).MultiRNNCell([lstm(bench), nn(bench).GRUCell(UNITS)])
  cell = seq2seq(bench).AttentionWrapper(
      stack, both, attention_layer_size=[3, 4], alignment_history=True,
      initial_cell_state=bench.state(stack.state_size))
  return unrolled(bench, cell, cell.zero_state(bench.batch, bench.dtype),
                  steps=2)


@case(FAMILY)
def attention_own_function(bench):
  """`attention_fn` and `probability_fn`, a list of one mechanism."""
  def attend(mechanism, query, state, layer):
    alignments, state = mechanism(query, state=state)
    context = bench.tf.reduce_sum(
        bench.tf.expand_dims(alignments, 2) * mechanism.values, 1)
    return layer(context), alignments, state

  values, _ = memory(bench)
  mechanism = seq2seq(bench).BahdanauAttention(
      3, values, probability_fn=bench.tf.sigmoid, dtype=bench.dtype)
  cell = seq2seq(bench).AttentionWrapper(
      lstm(bench), [mechanism], attention_layer_size=[4],
      attention_fn=attend)
  return unrolled(bench, cell, cell.zero_state(bench.batch, bench.dtype))


@case(FAMILY)
def attention_gnmt(bench):
  """The cell of Google's translation model, in training and inference."""
  values, lengths = memory(bench)
  tf = bench.tf

  def build(reuse):
    with tf.variable_scope("decoder", reuse=reuse, dtype=bench.dtype):
      cell = models.gnmt(tf, values, lengths, UNITS, bench.dtype)
      return cell, cell.zero_state(bench.batch, bench.dtype)

  # The variables of `memory_layer` are shared as well.
  cell, start = build(None)
  with tf.variable_scope("decoder", dtype=bench.dtype):
    outputs, state = tf.nn.dynamic_rnn(
        cell, bench.sequence(UNITS), initial_state=start, dtype=bench.dtype,
        parallel_iterations=1, scope="steps")
  cell, start = build(True)
  with tf.variable_scope("decoder/steps", reuse=True, dtype=bench.dtype):
    again, _ = cell(bench.input("x_again", [bench.batch, UNITS]), start)
  return [outputs, again], state


@case(FAMILY)
def attention_location(bench):
  """Location-sensitive attention as in Tacotron 2, in a cell of its own."""
  values, lengths = memory(bench)
  with bench.tf.variable_scope("model", dtype=bench.dtype):
    cell = models.speech_cell(bench.tf, values, lengths, UNITS, bench.dtype)
    outputs, state = stepped(
        bench, cell, cell.zero_state(bench.batch, bench.dtype))
  return outputs, models.stacked(bench.tf, state)


@case(FAMILY)
def attention_wrapped(bench):
  """Residual and dropout wrappers around and inside, in `raw_rnn`."""
  tf, rnn_cell = bench.tf, nn(bench)
  values, lengths = memory(bench)
  mechanism = seq2seq(bench).LuongAttention(
      UNITS, values, lengths, dtype=bench.dtype)
  inner = rnn_cell.DropoutWrapper(
      lstm(bench), output_keep_prob=0.5, seed=5)
  cell = rnn_cell.ResidualWrapper(seq2seq(bench).AttentionWrapper(
      inner, mechanism, attention_layer_size=4))
  x = bench.sequence()

  def loop(time, output, state, unused_loop_state):
    finished = time >= tf.constant([3, 3])
    if output is None:
      state = cell.zero_state(bench.batch, bench.dtype)
    inputs = x[:, tf.minimum(time, 2)]
    inputs.set_shape([bench.batch, bench.depth])
    return finished, inputs, state, output, None

  outputs, state, _ = tf.nn.raw_rnn(cell, loop, parallel_iterations=1)
  return outputs.stack(), models.stacked(tf, state)


@case(FAMILY)
def attention_functions(bench):
  """The functions that can be called alone."""
  tf, s2s = bench.tf, seq2seq(bench)
  p = bench.input("p", [None, None], [2, 5], low=0.1, high=0.9)
  previous = bench.input("previous", [None, None], [2, 5], low=0.0)
  hard = tf.cast(p > 0.5, bench.dtype)
  return [
      s2s.hardmax(p), s2s.hardmax(previous, name="largest"),
      s2s.safe_cumprod(p, axis=1),
      s2s.safe_cumprod(p, axis=0, exclusive=True, reverse=True),
      s2s.monotonic_attention(p, previous, "parallel"),
      s2s.monotonic_attention(hard, previous, "hard")], []


@case(FAMILY)
def attention_private_functions(bench):
  """The private functions that programs import."""
  wrapper = models.attention_wrapper(bench.tf)
  values, lengths = memory(bench, known=False)
  score = bench.input("score", [None, None], [2, 4])
  query = bench.input("query", [None, 6], [2, 6])
  kept = bench.tf.constant([[True, False, True, True], [True] * 4])
  pair = wrapper._prepare_memory([values, values * 2.], lengths)
  v = bench.input("v", [6])
  return [
      pair[0], pair[1], wrapper._prepare_memory(values, memory_mask=kept),
      wrapper._maybe_mask_score(score, lengths, score_mask_value=-2.),
      wrapper._maybe_mask_score(
          score, memory_mask=kept, score_mask_value=-3.),
      wrapper._bahdanau_score(query, values, v),
      wrapper._bahdanau_score(query, values, v, v[0], v + 1.),
      wrapper._luong_score(query, values, v[0])], wrapper._zero_state_tensors(
          [3, 4], bench.batch, bench.dtype)


def _refused(name, build):
  def raising(bench):
    values, lengths = memory(bench)
    return build(bench, values, lengths)
  raising.__name__ = "attention_refused_" + name
  case(FAMILY, SINGLE, gradients=False)(raising)


def _wrapper(bench, values, **options):
  mechanism = seq2seq(bench).LuongAttention(UNITS, values)
  return seq2seq(bench).AttentionWrapper(
      lstm(bench), options.pop("mechanism", mechanism), **options)


_refused("query_layer", lambda bench, values, lengths: models
         .attention_wrapper(bench.tf)._BaseAttentionMechanism(
             lambda x: x, values, bench.tf.nn.softmax))
_refused("probability", lambda bench, values, lengths: seq2seq(bench)
         .BahdanauAttention(3, bench.tf.placeholder(
             bench.dtype, [2, 3, None])))
_refused("depth", lambda bench, values, lengths: seq2seq(bench)
         .LuongAttention(UNITS + 1, values)(
             bench.tf.zeros([2, UNITS]), None))
_refused("mode", lambda bench, values, lengths: seq2seq(bench)
         .monotonic_attention(values[0], values[0], "soft"))
_refused("mechanism", lambda bench, values, lengths: _wrapper(
    bench, values, mechanism=values))
_refused("mechanisms", lambda bench, values, lengths: _wrapper(
    bench, values, mechanism=[values]))
_refused("input_fn", lambda bench, values, lengths: _wrapper(
    bench, values, cell_input_fn=3))
_refused("two_layers", lambda bench, values, lengths: _wrapper(
    bench, values, attention_layer_size=3,
    attention_layer=bench.tf.layers.Dense(3)))
_refused("sizes", lambda bench, values, lengths: _wrapper(
    bench, values, attention_layer_size=[3, 4]))
_refused("layers", lambda bench, values, lengths: _wrapper(
    bench, values, attention_layer=[]))
_refused("state", lambda bench, values, lengths: _wrapper(bench, values)(
    bench.tf.zeros([2, 3]), bench.tf.zeros([2, 3])))
_refused("cell", lambda bench, values, lengths: seq2seq(bench)
         .AttentionWrapper(values, values))
_refused("clone_shape", lambda bench, values, lengths: _wrapper(
    bench, values).zero_state(2, bench.dtype).clone(
        attention=bench.tf.zeros([3, 6])))
_refused("clone_structure", lambda bench, values, lengths: _wrapper(
    bench, values).zero_state(2, bench.dtype).clone(
        cell_state=bench.tf.zeros([2, UNITS])))
_refused("both_masks", lambda bench, values, lengths: models
         .attention_wrapper(bench.tf)._prepare_memory(
             values, lengths, lengths))
