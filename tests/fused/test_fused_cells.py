"""The fused LSTM compared with the plain cell; adaptors on tiny cells.

The exact graphs and numbers of 1.15 are in `golden`.
"""

import numpy as np
import pytest

from tfcompat_rnn import _errors
from tfcompat_rnn import cells
from tfcompat_rnn import fused
from tfcompat_rnn import gradients
from tfcompat_rnn import loops
from tfcompat_rnn.fused import block_functions

TIME, BATCH, DEPTH, UNITS = 6, 3, 4, 5
LENGTHS = [6, 0, 3]


def numbers(shape, seed=1):
  return np.random.RandomState(seed).uniform(-1, 1, shape)


def both(tf, lengths, plain, block):
  """Fetches of LSTMCell, LSTMBlockCell in a loop, and the fused cell."""
  x = tf.constant(numbers([TIME, BATCH, DEPTH]), "float32")
  start = [tf.constant(numbers([BATCH, UNITS], seed), "float32")
           for seed in (2, 3)]
  state = cells.LSTMStateTuple(*start)
  found = []
  init = tf.random_uniform_initializer(-1, 1, seed=4)
  for reuse, run in (
      (False, lambda: loops.dynamic_rnn(
          cells.LSTMCell(UNITS, **plain), x, lengths, state,
          time_major=True)),
      (True, lambda: loops.dynamic_rnn(
          cells.LSTMBlockCell(UNITS, **block), x, lengths, state,
          time_major=True)),
      (True, lambda: fused.LSTMBlockFusedCell(
          UNITS, name="rnn/lstm_cell", **block)(
              x, initial_state=state, sequence_length=lengths))):
    with tf.variable_scope("model", reuse=reuse, initializer=init):
      outputs, last = run()
    targets = [outputs, *last]
    found.append(targets + tf.gradients(
        [tf.reduce_sum(tf.sin(target)) for target in targets],
        [x, *start, *tf.trainable_variables()]))
  return found


OPTIONS = {
    "as it is": ({}, {}),
    "forget bias": ({"forget_bias": .25}, {"forget_bias": .25}),
    "peepholes": ({"use_peepholes": True}, {"use_peephole": True}),
}


@pytest.mark.spread(fast=3)
@pytest.mark.parametrize("lengths", [None, LENGTHS], ids=str)
@pytest.mark.parametrize("options", sorted(OPTIONS))
def test_three_ways_are_one_lstm(v1, options, lengths):
  """Outputs, states, gradients by inputs, states and variables."""
  found = both(v1, lengths, *OPTIONS[options])
  with v1.Session() as session:
    session.run(v1.global_variables_initializer())
    plain, block, whole = session.run(found)
  assert len(plain) == 8 + 3 * (options == "peepholes")
  for one, two, three in zip(plain, block, whole):
    scale = max(1, np.max(np.abs(one)))
    assert np.max(np.abs(one)) > .1
    np.testing.assert_allclose(two, one, rtol=0, atol=1e-5 * scale)
    np.testing.assert_allclose(three, one, rtol=0, atol=1e-5 * scale)


def test_clipped_it_is_the_block_cell(v1):
  """The gradient of both treats the clip as the identity."""
  _, block, whole = both(v1, None, {}, {"cell_clip": .2})
  with v1.Session() as session:
    session.run(v1.global_variables_initializer())
    block, whole = session.run([block, whole])
  assert np.max(np.abs(whole[1])) == np.float32(.2)
  for one, two in zip(block, whole):
    np.testing.assert_allclose(
        two, one, rtol=0, atol=1e-5 * max(1, np.max(np.abs(one))))


def test_gradients_against_finite_differences(v1):
  tf = v1
  x = tf.placeholder(tf.float32, [TIME, BATCH, DEPTH])
  c, h = (tf.placeholder(tf.float32, [BATCH, UNITS]) for _ in range(2))
  outputs, state = fused.LSTMBlockFusedCell(UNITS, use_peephole=True)(
      x, initial_state=(c, h), sequence_length=LENGTHS)
  loss = tf.reduce_sum(tf.square(outputs)) + tf.reduce_sum(
      state.c * tf.cos(state.h))
  feed = {x: numbers([TIME, BATCH, DEPTH]), c: numbers([BATCH, UNITS]),
          h: numbers([BATCH, UNITS], 2)}
  with tf.Session() as session:
    session.run(tf.global_variables_initializer())
    report = gradients.check_gradients(
        loss, feed_dict=feed, session=session, dtype="float32", inputs=x,
        states=(c, h), directions=2)
  assert report.passed, report


def block_loops(tf, make, dtype):
  """The block cell in both loops, as one loss, and its feeds."""
  x = tf.placeholder(dtype, [BATCH, TIME, DEPTH])
  cell = make()
  one, state = loops.dynamic_rnn(cell, x, [6, 2, 0], dtype=dtype, scope="a")
  two, _ = loops.static_rnn(
      cell, tf.unstack(x, axis=1), initial_state=state, scope="b")
  loss = tf.reduce_sum(tf.square(one)) + tf.reduce_sum(tf.sin(tf.stack(two)))
  return loss, x


BLOCKS = {
    "LSTMBlockCell": lambda: cells.LSTMBlockCell(UNITS, use_peephole=True),
    "GRUBlockCell": lambda: cells.GRUBlockCell(UNITS),
    "GRUBlockCellV2": lambda: cells.GRUBlockCellV2(UNITS),
    "CudnnCompatibleLSTMCell": lambda: cells.CudnnCompatibleLSTMCell(UNITS),
    "CudnnCompatibleGRUCell": lambda: cells.CudnnCompatibleGRUCell(UNITS),
}


@pytest.mark.parametrize("name", [
    pytest.param(name, marks=[] if name == "LSTMBlockCell"
                 else pytest.mark.slow) for name in sorted(BLOCKS)])
def test_block_cells_against_finite_differences_in_both_loops(v1, name):
  tf = v1
  loss, x = block_loops(tf, BLOCKS[name], tf.float32)
  with tf.Session() as session:
    session.run(tf.global_variables_initializer())
    report = gradients.check_gradients(
        loss, feed_dict={x: numbers([BATCH, TIME, DEPTH])}, session=session,
        dtype="float32", inputs=x)
  assert report.passed, report


def test_half_precision(v1):
  """Compared with float32 on the same numbers."""
  tf, found = v1, []
  for dtype in (tf.float16, tf.float32):
    init = tf.constant_initializer(.125)
    with tf.variable_scope(dtype.name, initializer=init):
      x = tf.constant(np.round(numbers([TIME, BATCH, DEPTH]), 2), dtype)
      outputs, state = fused.LSTMBlockFusedCell(UNITS)(x, dtype=dtype)
      assert outputs.dtype == state.c.dtype == dtype
      found.append([outputs, state.c, *tf.gradients(outputs, x)])
  with tf.Session() as session:
    session.run(tf.global_variables_initializer())
    half, single = session.run(found)
  for one, two in zip(half, single):
    assert one.dtype == np.float16
    np.testing.assert_allclose(one, two, rtol=0, atol=5e-3)


def test_state_in_reference_variables_is_copied(v1):
  tf = v1
  c, h = (tf.get_variable(name, [1, 2], use_resource=False) for name in "ch")
  fused.LSTMBlockFusedCell(2)(tf.ones([3, 1, 2]), initial_state=(c, h))
  fused.LSTMBlockFusedCell(2)(tf.ones([3, 1, 2]), (c, h))
  kinds = [op.type for op in tf.get_default_graph().get_operations()]
  assert kinds.count("DeepCopy") == 4


@pytest.mark.parametrize("use_resource", [False, True])
def test_names_in_a_graph_of_either_age(use_resource):
  """Reference and resource variables, control flow v1 and v2."""
  from tfcompat_rnn._tf import tf
  switch = (tf.enable_control_flow_v2 if use_resource
            else tf.disable_control_flow_v2)
  try:
    switch()
    with tf.Graph().as_default():
      with tf.variable_scope("m", use_resource=use_resource):
        x = tf.ones([TIME, BATCH, DEPTH])
        fused.LSTMBlockFusedCell(UNITS)(x, dtype=tf.float32)
        fused.CudnnGRU(1, UNITS)(x)
      names = {v.op.name for v in tf.global_variables()}
      with tf.Session() as session:
        session.run(tf.global_variables_initializer())
  finally:
    tf.disable_control_flow_v2()
  gru = "m/cudnn_gru/rnn/multi_rnn_cell/cell_0/cudnn_compatible_gru_cell/"
  assert names == {"m/lstm_fused_cell/kernel", "m/lstm_fused_cell/bias"} | {
      f"{gru}{part}/{leaf}" for leaf in ("kernel", "bias") for part in (
          "gates", "candidate/input_projection",
          "candidate/hidden_projection")}


class Counter:
  """A cell that adds its input to its state."""
  state_size = output_size = 1

  def zero_state(self, batch_size, dtype):
    from tfcompat_rnn._tf import tf
    return tf.zeros([batch_size, 1], dtype)

  def __call__(self, inputs, state, scope=None):
    return inputs + state, inputs + state


@pytest.mark.parametrize("dynamic", [False, True])
@pytest.mark.parametrize("listed", [False, True])
def test_adaptors_on_a_cell_that_counts(v1, dynamic, listed):
  """1, 2, 3, 4 summed up from the front, and from the end: 10, 9, 7, 4."""
  tf = v1
  x = tf.constant([[[1.]], [[2.]], [[3.]], [[4.]]])
  steps = tf.unstack(x) if listed else x
  forth = fused.FusedRNNCellAdaptor(Counter(), use_dynamic_rnn=dynamic)
  back = fused.TimeReversedFusedRNN(forth)
  found = [cell(steps, dtype=tf.float32) for cell in (forth, back)]
  assert all(isinstance(outputs, list) == listed for outputs, _ in found)
  with tf.Session() as session:
    (one, one_state), (two, two_state) = session.run(found)
  assert np.ravel(one).tolist() == [1, 3, 6, 10] and one_state == [[10]]
  assert np.ravel(two).tolist() == [10, 9, 7, 4] and two_state == [[10]]


def test_reversed_within_the_lengths(v1):
  tf = v1
  x = tf.constant([[[1.], [5.]], [[2.], [6.]], [[3.], [7.]]])
  cell = fused.TimeReversedFusedRNN(
      fused.FusedRNNCellAdaptor(Counter(), use_dynamic_rnn=True))
  outputs, state = cell(x, dtype=tf.float32, sequence_length=[2, 3])
  with tf.Session() as session:
    outputs, state = session.run([outputs, state])
  assert outputs[:, 0, 0].tolist() == [3, 2, 0]
  assert outputs[:, 1, 0].tolist() == [18, 13, 7]
  assert state.tolist() == [[3], [18]]


def test_a_wrapper_of_ones_own_gets_what_it_was_promised(v1):
  """`_call_cell` counts; the wrapper masks and picks the last state."""
  tf = v1

  class Steps(fused.LSTMBlockWrapper):
    num_units = 1

    def _call_cell(self, inputs, initial_cell_state, initial_output, dtype,
                   sequence_length):
      sums = tf.cumsum(inputs, 0)
      return sums + initial_cell_state, sums * 10 + initial_output

  x = tf.ones([3, 2, 1])
  start = (tf.constant([[100.], [200.]]), tf.constant([[5.], [6.]]))
  outputs, state = Steps()(x, initial_state=start, sequence_length=[2, 0])
  listed, _ = Steps()(tf.unstack(x), dtype=tf.float32)
  with tf.Session() as session:
    outputs, state, listed = session.run([outputs, state, listed])
  assert outputs[:, :, 0].tolist() == [[15, 0], [25, 0], [0, 0]]
  assert state.c.tolist() == [[102], [200]]
  assert state.h.tolist() == [[25], [6]]
  assert [step[0, 0] for step in listed] == [10, 20, 30]
  with pytest.raises(TypeError, match="abstract"):
    fused.LSTMBlockWrapper()
  with pytest.raises(TypeError, match="abstract"):
    fused.FusedRNNCell()


def test_lengths_do_not_end_the_process(v1):
  """The kernel does end it if the longest row is outside of the inputs."""
  tf = v1
  inputs = tf.placeholder(tf.float32, [3, None, DEPTH])
  lengths = tf.placeholder(tf.int32, [None])
  loops = {
      "fused": fused.LSTMBlockFusedCell(UNITS)(
          inputs, dtype=tf.float32, sequence_length=lengths),
      "block": fused.dynamic_rnn(
          cells.LSTMCell(UNITS), inputs, dtype=tf.float32, time_major=True,
          sequence_length=lengths, execution="block")}
  with tf.Session() as session:
    session.run(tf.global_variables_initializer())

    def run(fetches, *values):
      return session.run(fetches, {
          inputs: np.ones([3, len(values), DEPTH]), lengths: list(values)})

    for outputs, state in loops.values():
      got, last = run([outputs, state])  # no rows
      assert got.shape == (3, 0, UNITS)
      assert all(leaf.shape == (0, UNITS) for leaf in last)
      np.testing.assert_array_equal(run(outputs, 7, 3), run(outputs, 3, 3))
      assert not run(outputs, -2, -1).any()
    for values in ((7, 3), (-2, -1)):
      with pytest.raises(tf.errors.InvalidArgumentError):
        run(loops["fused"][1], *values)


def test_no_rows_have_no_gradient(v1):
  """The kernel leaves that of the weights as it finds the memory."""
  tf = v1
  inputs = tf.placeholder(tf.float32, [None, None, DEPTH])
  cell = fused.LSTMBlockFusedCell(UNITS, use_peephole=True)
  outputs, state = cell(inputs, dtype=tf.float32)
  names, variables = zip(*((variable.name, variable)
                           for variable in cell.trainable_variables))
  found = tf.gradients([outputs, *state], [inputs, *variables])
  # These fill the memory that the session hands out next.
  others = [tf.fill(variable.shape, 7.) for variable in variables * 8]
  with tf.Session() as session:
    session.run(tf.global_variables_initializer())
    for shape in ((3, 0, DEPTH), (0, 2, DEPTH), (0, 0, DEPTH)):
      for _ in range(3):
        session.run(others)
        by_inputs, *gradients = session.run(found, {inputs: np.zeros(shape)})
        assert by_inputs.shape == shape
        for name, gradient in zip(names, gradients):
          assert not np.any(gradient), name


@pytest.mark.parametrize("kernel", ["block_lstm", "BlockLSTM", "BlockLSTMV2"])
def test_steps_are_within_the_inputs(v1, kernel):
  """Neither in 1.15 nor today does the process survive others."""
  import tfcompat_rnn.tf1 as tf
  steps = tf.placeholder_with_default(np.int64(2), [])
  state = dict(cs_prev=tf.zeros([1, UNITS]), h_prev=tf.zeros([1, UNITS]),
               w=tf.ones([DEPTH + UNITS, 4 * UNITS]), b=tf.zeros([4 * UNITS]))
  peephole = tf.zeros([UNITS])

  def build(steps):
    x = tf.ones([2, 1, DEPTH])
    if kernel == "block_lstm":
      return block_functions.block_lstm(steps, tf.unstack(x), **state)[-1][0]
    return getattr(tf.raw_ops, kernel)(
        seq_len_max=steps, x=x, wci=peephole, wcf=peephole, wco=peephole,
        **state).h[0]

  first = build(steps)
  gradient, = tf.gradients(first, state["w"])
  for wrong in (-1, 3, 2 ** 62):
    with pytest.raises(_errors.ArgumentError, match="from 0 to 2, got"):
      build(tf.constant(wrong, tf.int64))
  with tf.Session() as session:
    assert session.run(first).any() and session.run(gradient).any()
    for right, zeros in ((0, True), (1, False)):
      assert session.run(first, {steps: right}).any() != zeros
    for wrong in (-1, 3):
      with pytest.raises(tf.errors.InvalidArgumentError,
                         match="`seq_len_max` must be a number of steps"):
        session.run([first, gradient], {steps: wrong})


@pytest.mark.parametrize("time", [0, None])
@pytest.mark.parametrize("given", [False, True])
def test_no_steps_leave_the_state(v1, given, time):
  tf = v1
  start = (tf.ones([BATCH, UNITS]), tf.zeros([BATCH, UNITS]))
  outputs, state = fused.LSTMBlockFusedCell(UNITS)(
      tf.placeholder_with_default(
          tf.zeros([0, BATCH, DEPTH]), [time, BATCH, DEPTH]),
      initial_state=start,
      sequence_length=[0] * BATCH if given else None)
  with tf.Session() as session:
    session.run(tf.global_variables_initializer())
    got, last, wanted = session.run([outputs, state, start])
  assert got.shape == (0, BATCH, UNITS)
  np.testing.assert_array_equal(last, wanted)


def test_what_is_refused(v1):
  tf = v1
  x = tf.ones([TIME, BATCH, DEPTH])
  zeros = tf.zeros([BATCH, UNITS])
  with pytest.raises(_errors.ArgumentError, match="pass dtype=tf.float32"):
    fused.LSTMBlockFusedCell(UNITS)(x)
  with pytest.raises(_errors.ArgumentTypeError, match="LSTMCell in dynamic_"):
    fused.LSTMBlockFusedCell(UNITS)(tf.cast(x, tf.float64), dtype=tf.float64)
  with pytest.raises(_errors.ArgumentError, match="3 parts"):
    fused.LSTMBlockFusedCell(UNITS)(x, initial_state=(zeros,) * 3)
  with pytest.raises(_errors.ArgumentError, match="known last dimension"):
    fused.LSTMBlockFusedCell(UNITS)(
        tf.placeholder(tf.float32, [TIME, BATCH, None]), dtype=tf.float32)
  with pytest.raises(_errors.ArgumentTypeError, match="dtype of the inputs"):
    fused.LSTMBlockFusedCell(UNITS)(
        x, initial_state=(tf.cast(zeros, tf.float64),) * 2)
