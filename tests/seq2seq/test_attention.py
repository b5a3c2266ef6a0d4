"""Attention, apart from what the golden cases measure."""

import inspect

import numpy as np
import pytest

from tfcompat_rnn import _errors
from tfcompat_rnn import _opcount
from tfcompat_rnn import cells
from tfcompat_rnn import gradients
from tfcompat_rnn.seq2seq import attention
from tfcompat_rnn.seq2seq import mechanisms
from tfcompat_rnn.seq2seq import monotonic
from tfcompat_rnn.seq2seq import scores

BATCH, TIME, DEPTH, UNITS = 2, 4, 6, 5
LENGTHS = [4, 2]
# What 1.15 took; subclasses pass these by position and by name.
_MONOTONIC = ("score_mask_value=None, sigmoid_noise=0.0, "
              "sigmoid_noise_seed=None, score_bias_init=0.0, "
              "mode='parallel', dtype=None, name='{}')")
SIGNATURES = {
    mechanisms._BaseAttentionMechanism: (
        "(query_layer, memory, probability_fn, memory_sequence_length=None, "
        "memory_layer=None, check_inner_dims_defined=True, "
        "score_mask_value=None, custom_key_value_fn=None, name=None)"),
    mechanisms.LuongAttention: (
        "(num_units, memory, memory_sequence_length=None, scale=False, "
        "probability_fn=None, score_mask_value=None, dtype=None, "
        "custom_key_value_fn=None, name='LuongAttention')"),
    mechanisms.BahdanauAttention: (
        "(num_units, memory, memory_sequence_length=None, normalize=False, "
        "probability_fn=None, score_mask_value=None, dtype=None, "
        "custom_key_value_fn=None, name='BahdanauAttention')"),
    monotonic.LuongMonotonicAttention: (
        "(num_units, memory, memory_sequence_length=None, scale=False, "
        + _MONOTONIC.format("LuongMonotonicAttention")),
    monotonic.BahdanauMonotonicAttention: (
        "(num_units, memory, memory_sequence_length=None, normalize=False, "
        + _MONOTONIC.format("BahdanauMonotonicAttention")),
    attention.AttentionWrapper: (
        "(cell, attention_mechanism, attention_layer_size=None, "
        "alignment_history=False, cell_input_fn=None, output_attention=True, "
        "initial_cell_state=None, name=None, attention_layer=None, "
        "attention_fn=None, dtype=None)"),
    scores.prepare_memory: (
        "(memory, memory_sequence_length=None, memory_mask=None, "
        "check_inner_dims_defined=True)"),
    scores.maybe_mask_score: (
        "(score, memory_sequence_length=None, memory_mask=None, "
        "score_mask_value=None)"),
    scores.bahdanau_score: (
        "(processed_query, keys, attention_v, attention_g=None, "
        "attention_b=None)"),
    scores.luong_score: "(query, keys, scale)",
    scores.hardmax: "(logits, name=None)",
    monotonic.monotonic_attention: "(p_choose_i, previous_attention, mode)",
    monotonic.monotonic_probability: (
        "(score, previous_alignments, sigmoid_noise, mode, seed=None)"),
    monotonic.safe_cumprod: "(x, *args, **kwargs)",
    attention.compute_attention: (
        "(attention_mechanism, cell_output, attention_state, "
        "attention_layer)"),
}


def numbers(*shape, seed=7, dtype=np.float32):
  return np.random.RandomState(seed).uniform(-1, 1, shape).astype(dtype)


def memory(tf, dtype=np.float32):
  return tf.constant(numbers(BATCH, TIME, DEPTH, dtype=dtype))


def luong(tf, **options):
  return mechanisms.LuongAttention(UNITS, memory(tf), **options)


def wrapper(tf, mechanism=None, **options):
  return attention.AttentionWrapper(
      cells.LSTMCell(UNITS), luong(tf) if mechanism is None else mechanism,
      **options)


@pytest.mark.parametrize("function", SIGNATURES,
                         ids=[f.__name__ for f in SIGNATURES])
def test_the_parameters_are_1_15s(function):
  assert str(inspect.signature(function)) == SIGNATURES[function]


def _own_memory_layer(tf):
  return mechanisms._BaseAttentionMechanism(
      None, memory(tf), tf.nn.softmax, memory_layer=abs)


# What each message begins with, or says in the middle.
REFUSED = [
    ("`query_layer` must be a tf.layers.Layer or None, got function, which",
     lambda tf: mechanisms._BaseAttentionMechanism(
         lambda query: query, memory(tf), tf.nn.softmax)),
    ("`memory_layer` must be a tf.layers.Layer or None, got "
     "builtin_function_or_method, which is not a Layer; pass ",
     _own_memory_layer),
    ("`probability_fn` must be callable, got int; pass a function (score, ",
     lambda tf: mechanisms._BaseAttentionMechanism(None, memory(tf), 3)),
    ("`memory` must have fully defined inner dims, [batch, time, depth], got "
     f"({BATCH}, {TIME}, ?) (Placeholder:0)",
     lambda tf: mechanisms.LuongAttention(
         UNITS, tf.placeholder(tf.float32, [BATCH, TIME, None]))),
    (f"`query` must have as many units as the keys, {UNITS}, got {UNITS + 1} "
     "(",
     lambda tf: luong(tf)(tf.zeros([BATCH, UNITS + 1]), None)),
    ("`memory_mask` must be None together with memory_sequence_length, got "
     "both; pass one of the two",
     lambda tf: scores.prepare_memory(memory(tf), LENGTHS, LENGTHS)),
    ("`memory_mask` must be None together with memory_sequence_length, got "
     "both; pass one of the two",
     lambda tf: scores.maybe_mask_score(memory(tf), LENGTHS, LENGTHS, 0.)),
    ("`mode` must be \"recursive\", \"parallel\" or \"hard\", got 'soft'; ",
     lambda tf: monotonic.monotonic_attention([[.5]], [[1.]], "soft")),
    ("`attention_mechanism` must be an AttentionMechanism, or a list of them, "
     "got int; ", lambda tf: wrapper(tf, 3)),
    ("`attention_mechanism` must be an AttentionMechanism, or a list of them, "
     "got a list with an item of type int; ",
     lambda tf: wrapper(tf, [luong(tf), 3])),
    ("`cell_input_fn` must be callable, got int; pass a function (inputs, ",
     lambda tf: wrapper(tf, cell_input_fn=3)),
    ("`attention_layer_size` must be None where attention_layer is given, "
     "got 3; leave one of the two out",
     lambda tf: wrapper(tf, attention_layer_size=3, attention_layer=abs)),
    ("`attention_layer_size` must have one integer for each mechanism, that "
     "is 1, got 2; ",
     lambda tf: wrapper(tf, attention_layer_size=[3, 4])),
    ("`attention_layer` must have one layer for each mechanism, that is 1, "
     "got 0; ",
     lambda tf: wrapper(tf, attention_layer=[])),
    ("`state` must be an AttentionWrapperState, that of attention_wrapper_1, "
     "got tuple; pass cell.zero_state",
     lambda tf: wrapper(tf)(
         tf.zeros([BATCH, 3]), (tf.zeros([BATCH, UNITS]),) * 2)),
    ("is not an RNNCell",
     lambda tf: attention.AttentionWrapper(tf.nn.relu, luong(tf))),
    ("Invalid shape for tensor",
     lambda tf: wrapper(tf).zero_state(BATCH, tf.float32).clone(
         attention=tf.zeros([BATCH, DEPTH + 1]))),
]


@pytest.mark.parametrize("number", range(len(REFUSED)))
def test_wrong_arguments_are_refused_by_name(v1, number):
  words, build = REFUSED[number]
  with pytest.raises((ValueError, TypeError)) as caught:
    build(v1)
  assert isinstance(caught.value, _errors.TfcompatError)
  assert words in str(caught.value)
  assert " must " in str(caught.value) and ", got " in str(caught.value)


def test_another_batch_size_is_found_at_once_or_when_it_is_known(v1):
  values = memory(v1)
  with pytest.raises(v1.errors.InvalidArgumentError,
                     match="`batch_size of zero_state` must have as many rows "
                     "as the memory of AttentionWrapper attention_wrapper "
                     ".Non-matching batch sizes.; for a beam search, make"):
    wrapper(v1).zero_state(BATCH + 1, v1.float32)
  with pytest.raises(v1.errors.InvalidArgumentError,
                     match="`initial_cell_state` must have as many rows as "
                     "the memory of AttentionWrapper own .Non-matching batch "
                     "sizes.; for a beam search, tile the initial state"):
    wrapper(v1, name="own", initial_cell_state=v1.zeros([3, UNITS]))
  cell = wrapper(v1, mechanisms.LuongAttention(UNITS, values))
  x = v1.placeholder(v1.float32, [None, 3])
  state = cell.zero_state(BATCH, v1.float32)
  rows = v1.placeholder(v1.float32, [None, UNITS])
  open_state = state._replace(
      cell_state=cells.LSTMStateTuple(rows, rows),
      attention=v1.placeholder_with_default(
          numbers(3, DEPTH), [None, DEPTH]))
  output, _ = cell(x, open_state)
  cloned = state.clone(attention=open_state.attention)
  lengths = v1.placeholder(v1.int32, [BATCH])
  masked = scores.maybe_mask_score(
      v1.zeros([BATCH, TIME]), lengths, score_mask_value=0.)
  with v1.Session() as session:
    session.run(v1.global_variables_initializer())
    with pytest.raises(v1.errors.InvalidArgumentError,
                       match="`inputs` must have as many rows as the memory "
                       "of AttentionWrapper .* .Non-matching batch sizes.; "):
      session.run(output, {x: numbers(3, 3), rows: numbers(3, UNITS)})
    with pytest.raises(v1.errors.InvalidArgumentError, match="Wrong shape"):
      session.run(cloned.attention)
    with pytest.raises(v1.errors.InvalidArgumentError,
                       match="`memory_sequence_length` must be at least 1 in "
                       "each row; leave out the rows"):
      session.run(masked, {lengths: [1, 0]})


def test_lengths_that_do_not_fit_the_memory_are_refused(v1):
  for lengths, words in (
      (LENGTHS + [1], f"a length for each of the {BATCH} rows of the memory, "
       f"got {BATCH + 1}; for a beam search, .*Dimensions must be equal"),
      ([[one] for one in LENGTHS], "must be a vector .*"
       rf"got shape \({BATCH}, 1\)")):
    with pytest.raises(_errors.ArgumentError, match=words):
      mechanisms.LuongAttention(UNITS, memory(v1), lengths)
  # 1.15 broadcast one length to all rows.
  mechanisms.LuongAttention(UNITS, memory(v1), LENGTHS[:1])


def test_a_mechanism_without_a_memory_layer_attends_to_the_memory(v1):
  """1.15 failed with an AttributeError, although it documented None."""
  class Dot(mechanisms._BaseAttentionMechanism):
    def __call__(self, query, state):
      score = v1.reduce_sum(self.keys * v1.expand_dims(query, 1), 2)
      alignments = self._probability_fn(score, state)
      return alignments, alignments

  mechanism = Dot(None, memory(v1, np.float64),
                  lambda score, _: v1.nn.softmax(score), LENGTHS)
  assert mechanism.dtype == "float64"
  assert mechanism.keys is mechanism.values
  query = numbers(BATCH, DEPTH, seed=1, dtype=np.float64)
  alignments, _ = mechanism(v1.constant(query), None)
  with v1.Session() as session:
    got = session.run(alignments)
  values = numbers(BATCH, TIME, DEPTH, dtype=np.float64)
  for row, length in enumerate(LENGTHS):
    want = np.exp(values[row, :length] @ query[row])
    np.testing.assert_allclose(got[row, :length], want / want.sum(), 1e-12)
    assert not got[row, length:].any()


def test_a_mechanism_of_ones_own_needs_no_base(v1):
  class First(mechanisms.AttentionMechanism):
    """Attends to position 0, and counts its steps."""
    alignments_size = TIME
    state_size = 1
    batch_size = BATCH
    values = v1.constant(numbers(BATCH, TIME, DEPTH))
    dtype = v1.float32

    def initial_alignments(self, batch_size, dtype):
      return v1.zeros([batch_size, TIME], dtype)

    def initial_state(self, batch_size, dtype):
      return v1.zeros([batch_size, 1], dtype)

    def __call__(self, query, state):
      del query
      return v1.one_hot([0] * BATCH, TIME), state + 1.

  cell = wrapper(v1, First(), alignment_history=True)
  state = cell.zero_state(BATCH, v1.float32)
  for _ in range(3):
    output, state = cell(v1.zeros([BATCH, 3]), state)
  with v1.Session() as session:
    session.run(v1.global_variables_initializer())
    got, count, steps, history = session.run(
        [output, state.attention_state, state.time,
         state.alignment_history.stack()])
  np.testing.assert_array_equal(got, numbers(BATCH, TIME, DEPTH)[:, 0])
  assert count.tolist() == [[3.], [3.]] and steps == 3
  assert history.tolist() == [[[1., 0., 0., 0.]] * BATCH] * 3


@pytest.mark.parametrize("kind", ["float64", "int32"])
def test_the_memory_must_have_the_dtype_of_the_mechanism(v1, kind):
  """1.15 failed where the memory met the layer."""
  values = memory(v1, kind)
  for make in (mechanisms.BahdanauAttention, mechanisms.LuongAttention,
               monotonic.BahdanauMonotonicAttention,
               monotonic.LuongMonotonicAttention):
    with pytest.raises(_errors.ArgumentTypeError,
                       match=f"`memory` must have the dtype .*float32, got "
                       f"{kind}; .* does not match type {kind}"):
      make(UNITS, values)


def test_the_noise_of_the_steps_of_a_loop_is_drawn_in_their_order(v1):
  """Without this, the last steps draw first, unlike in 1.15."""
  steps, rows = 12, 3
  weights = v1.constant(numbers(1, 1))

  def step(time, score, history):
    # One position, reached for certain: the alignment is sigmoid(score +
    # noise).
    stopped = monotonic.monotonic_probability(
        score, v1.ones([rows, 1]), 1., "parallel", seed=5)
    noise = v1.log(stopped) - v1.log(1. - stopped) - score
    return (time + 1, v1.tanh(v1.matmul(stopped, weights)),
            history.write(time, noise))

  v1.set_random_seed(3)
  _, _, history = v1.while_loop(
      lambda time, *_: time < steps, step,
      (0, v1.zeros([rows, 1]), v1.TensorArray(v1.float32, steps)))
  in_loop = history.stack()
  one_by_one = v1.random_normal([rows, 1], seed=5)
  one_thread = v1.ConfigProto(
      inter_op_parallelism_threads=1, intra_op_parallelism_threads=1,
      use_per_session_threads=True)
  with v1.Session(config=one_thread) as session:
    got = session.run(in_loop)
    want = [session.run(one_by_one) for _ in range(steps)]
  np.testing.assert_allclose(got, want, rtol=1e-4, atol=1e-4)


@pytest.mark.slow
def test_every_mechanism_takes_float16(v1):
  """The numbers are near those of float64."""
  values = {kind: numbers(BATCH, TIME, DEPTH).astype(kind)
            for kind in ("float16", "float64")}
  results = []
  for kind, numbers_ in values.items():
    with v1.variable_scope(kind):
      made = [
          mechanisms.BahdanauAttention(
              3, numbers_, LENGTHS, normalize=True, dtype=kind),
          mechanisms.LuongAttention(
              UNITS, numbers_, LENGTHS, scale=True, dtype=kind),
          monotonic.BahdanauMonotonicAttention(
              3, numbers_, LENGTHS, score_bias_init=0.25, dtype=kind),
          monotonic.LuongMonotonicAttention(
              UNITS, numbers_, LENGTHS, mode="recursive", dtype=kind)]
      query = v1.constant(numbers(BATCH, UNITS, seed=2), kind)
      alignments = []
      for mechanism in made:
        assert v1.as_dtype(mechanism.dtype) == v1.as_dtype(kind)
        first = mechanism.initial_alignments(BATCH, v1.as_dtype(kind))
        alignments.append(mechanism(query, first)[0])
      results.append(alignments)
  assert {result.dtype.name for result in results[0]} == {"float16"}
  with v1.Session() as session:
    for variable in v1.global_variables():
      variable.initializer.run({
          variable.initializer.inputs[1]: numbers(
              *variable.shape.as_list(), seed=4)}, session)
    got, want = session.run(results)
  for mine, theirs in zip(got, want):
    np.testing.assert_allclose(mine, theirs, atol=4e-3)


@pytest.mark.slow
@pytest.mark.parametrize("make", [
    lambda x: mechanisms.BahdanauAttention(
        3, x, LENGTHS, normalize=True, dtype="float64"),
    lambda x: mechanisms.LuongAttention(
        UNITS, x, scale=True, dtype="float64"),
    lambda x: monotonic.BahdanauMonotonicAttention(
        3, x, LENGTHS, dtype="float64"),
    lambda x: monotonic.LuongMonotonicAttention(
        UNITS, x, mode="recursive", dtype="float64"),
], ids=["bahdanau", "luong", "parallel", "recursive"])
def test_gradients_against_differences(v1, make):
  values = memory(v1, np.float64)
  cell = wrapper(v1, make(values), attention_layer_size=4)
  x = v1.constant(numbers(BATCH, 3, seed=1, dtype=np.float64))
  start = v1.constant(numbers(BATCH, UNITS, seed=3, dtype=np.float64))
  state = cell.zero_state(BATCH, v1.float64).clone(
      cell_state=cells.LSTMStateTuple(start, start))
  for _ in range(2):
    output, state = cell(x, state)
  loss = v1.reduce_sum(v1.tanh(output)) + v1.reduce_sum(
      v1.square(state.alignments))
  with v1.Session() as session:
    session.run(v1.global_variables_initializer())
    report = gradients.check_gradients(
        loss, session=session, inputs=[x, values], states=start)
  assert report.passed, report


def test_a_memory_read_from_a_reference_variable_is_copied(v1):
  """Without the copy, the assign overwrites what backpropagation reads."""
  kept = v1.get_variable("kept", [BATCH, TIME, DEPTH], trainable=False)
  before = _opcount.count()
  mechanisms.LuongAttention(UNITS, memory(v1))
  plain = _opcount.count() - before
  before = _opcount.count()
  mechanism = mechanisms.LuongAttention(UNITS, kept, name="second")
  # The constant is one operation; the copy does not count. The second layer
  # makes its variable under a name of its own.
  assert _opcount.count() - before == plain - 1
  copies = [op for op in v1.get_default_graph().get_operations()
            if op.type == "DeepCopy"]
  assert [op.inputs[0].op.name for op in copies] == ["kept/read"]
  cell = wrapper(v1, mechanism)
  state = cell.zero_state(BATCH, v1.float32)
  output, _ = cell(v1.ones([BATCH, 3]), state)
  slopes = v1.gradients(v1.reduce_sum(v1.square(output)),
                        v1.trainable_variables()[1:])
  keep = kept.assign(kept * 0.)
  with v1.Session() as session:
    session.run(v1.global_variables_initializer())
    start = numbers(BATCH, TIME, DEPTH, seed=3)
    kept.load(start, session)
    want = session.run(slopes)
    for _ in range(10):
      kept.load(start, session)
      got, _ = session.run([slopes, keep])
      for mine, theirs in zip(got, want):
        np.testing.assert_array_equal(mine, theirs)


def test_variables_are_passed_on_by_clone(v1):
  cell = wrapper(v1)
  c = v1.get_variable("c", [BATCH, UNITS])
  state = cell.zero_state(BATCH, v1.float32).clone(
      cell_state=cells.LSTMStateTuple(c, c))
  assert state.cell_state.c is c
  empty = attention.AttentionWrapperState(*[None] * 6)
  assert empty.clone(time=1) == empty._replace(time=1)


def test_a_cell_that_has_only_zero_state(v1):
  class Plain:
    state_size = output_size = UNITS

    def zero_state(self, batch_size, dtype):
      return v1.zeros([batch_size, UNITS], dtype)

    def __call__(self, inputs, state, scope=None):
      return state + v1.reduce_mean(inputs), state + 1.

  cell = attention.AttentionWrapper(Plain(), luong(v1))
  state = cell.zero_state(BATCH, v1.float32)
  _, state = cell(v1.zeros([BATCH, 3]), state)
  with v1.Session() as session:
    session.run(v1.global_variables_initializer())
    assert session.run(state.cell_state).tolist() == [[1.] * UNITS] * BATCH
