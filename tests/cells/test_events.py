"""Cells whose inputs are not rows (events in time, images), and XLA.

`golden` and `test_expected` compare them with 1.15, operation by operation.
"""

import numpy as np
import pytest

from tfcompat_rnn import cells
from tfcompat_rnn import loops
from tfcompat_rnn.cells import LSTMStateTuple

UNITS = 4


def sigmoid(x):
  return 1.0 / (1.0 + np.exp(-x))


def load(tf, session, values=None):
  """Loads weights: those in `values` by name, the others random."""
  draw = np.random.RandomState(2)
  weights = {}
  for variable in tf.global_variables():
    name = variable.op.name.split("/", 1)[1]
    value = draw.uniform(-1, 1, variable.shape.as_list())
    weights[name] = np.asarray((values or {}).get(name, value), np.float64)
    variable.load(weights[name], session)
  return weights


# PhasedLSTMCell

RHYTHM = {"period": [10., 10., 10., 4.], "phase": [0., 2., 5., 1.],
          "ratio_on": [.4, .4, .4, .5]}


def phased_step(w, time, x, c, h, peepholes, leak):
  def gate(scope, *seen):
    return (np.hstack(seen) @ w[scope + "/kernel"] + w[scope + "/bias"])

  more = [c] if peepholes else []
  i, f = np.split(sigmoid(gate("mask_gates", x, h, *more)), 2, axis=1)
  new_c = c * f + i * np.tanh(gate("new_input", x, h))
  more = [new_c] if peepholes else []
  new_h = np.tanh(new_c) * sigmoid(gate("output_gate", x, h, *more))
  phi = np.mod(time - w["phase"], w["period"]) / w["period"]
  on = w["ratio_on"]
  k = np.where(phi < on / 2, 2 * phi / on,
               np.where(phi < on, 2 - 2 * phi / on, leak * phi))
  return k * new_c + (1 - k) * c, k * new_h + (1 - k) * h, k


@pytest.mark.parametrize("peepholes", [False, True])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_phased(v1, peepholes, dtype):
  tf = v1
  draw = np.random.RandomState(3)
  x, c, h = (draw.uniform(-1, 1, (2, size)) for size in (3, UNITS, UNITS))
  time = np.array([[21.], [33.5]])
  cell = cells.PhasedLSTMCell(UNITS, use_peepholes=peepholes, leak=.25)
  _, state = cell(
      (tf.constant(time, dtype), tf.constant(x, tf.float32)),
      LSTMStateTuple(tf.constant(c, tf.float32), tf.constant(h, tf.float32)))
  with tf.Session() as session:
    w = load(tf, session, RHYTHM)
    got = session.run(state)
  new_c, new_h, k = phased_step(w, time, x, c, h, peepholes, .25)
  # By hand: at .1 of the period it opens, at .9 (21 - 2) it is closed, ...
  np.testing.assert_allclose(
      k[0], [.5, .225, .15, 0.], rtol=0, atol=1e-12)
  np.testing.assert_allclose(got.c, new_c, rtol=0, atol=3e-6)
  np.testing.assert_allclose(got.h, new_h, rtol=0, atol=3e-6)


def test_phased_tells_late_times_apart_in_float64(v1):
  """At 1e9, float32 has steps of 64, which hide any period."""
  tf = v1
  times = 1e9 + np.arange(20.).reshape([1, 20, 1])

  def openness(dtype):
    with tf.Graph().as_default():
      cell = cells.PhasedLSTMCell(1, leak=0.)
      outputs, _ = loops.dynamic_rnn(
          cell, (tf.constant(times, dtype), tf.ones([1, 20, 1])),
          dtype=tf.float32)
      with tf.Session() as session:
        load(tf, session, {
            "phased_lstm_cell/period": [10.], "phased_lstm_cell/phase": [0.],
            "phased_lstm_cell/ratio_on": [1.]})
        return session.run(outputs)[0, :, 0]

  moved = np.diff(openness("float64")) != 0
  assert moved.sum() > 15
  assert not np.any(np.diff(openness("float32")))


def test_phased_starts_as_it_says(v1):
  """The logarithms of the periods are uniform; phases are within periods."""
  tf = v1
  cell = cells.PhasedLSTMCell(
      2000, ratio_on=.125, period_init_min=2., period_init_max=2000.,
      trainable_ratio_on=False)
  cell((tf.zeros([1, 1]), tf.zeros([1, 1])), cell.zero_state(1, tf.float32))
  with tf.Session() as session:
    session.run(tf.global_variables_initializer())
    period, phase, on = (
        session.run(f"phased_lstm_cell/{name}:0")
        for name in ("period", "phase", "ratio_on"))
  assert 2 <= period.min() < 2.1 and 1900 < period.max() < 2000.1
  thirds = np.histogram(np.log10(period / 2), 3, (0, 3))[0]
  assert thirds.min() > 580, thirds
  assert np.all((0 <= phase) & (phase < period))
  assert .45 < np.mean(phase / period) < .55
  assert np.all(on == .125)
  assert "ratio_on" not in " ".join(v.name for v in tf.trainable_variables())


def test_phased_gradient_of_mod_is_that_of_its_first_argument(v1):
  """d k / d time while opening is 2 / (period * ratio_on), also later on."""
  tf = v1
  cell = cells.PhasedLSTMCell(UNITS)
  time = tf.constant([[20.5]])
  cell((time, tf.zeros([1, 1])), cell.zero_state(1, tf.float32))
  with tf.variable_scope(cell.scope_name, reuse=True):
    k = cell._openness(time)
  slope, = tf.gradients(k[0, 0], time)
  with tf.Session() as session:
    load(tf, session, RHYTHM)
    assert session.run(k)[0, 0] == pytest.approx(.25)
    assert session.run(slope)[0, 0] == pytest.approx(.5)


# ConvLSTMCell

def convolved(x, kernel):
  """Zero-padded convolution over the middle axes, by its definition."""
  sizes, window = x.shape[1:-1], kernel.shape[:-2]
  # TensorFlow puts the odd element of the padding at the end.
  before = [(width - 1) // 2 for width in window]
  padded = np.pad(x, [(0, 0)] + [
      (front, width - 1 - front)
      for front, width in zip(before, window)] + [(0, 0)])
  result = np.zeros(x.shape[:-1] + kernel.shape[-1:])
  for place in np.ndindex(*window):
    part = padded[(slice(None),) + tuple(
        slice(at, at + size) for at, size in zip(place, sizes))]
    result += part @ kernel[place]
  return result


@pytest.mark.parametrize("ndims,use_bias", [
    (1, True), (2, True), (2, False), (3, True)])
def test_convolutional(v1, ndims, use_bias):
  tf = v1
  sizes = [4, 3, 2][:ndims]
  draw = np.random.RandomState(4)
  x = draw.uniform(-1, 1, [2] + sizes + [2])
  c, h = (draw.uniform(-1, 1, [2] + sizes + [3]) for _ in range(2))
  cell = cells.ConvLSTMCell(
      ndims, sizes + [2], 3, [3, 2, 1][:ndims], use_bias=use_bias,
      forget_bias=.5)
  output, state = cell(
      tf.constant(x), LSTMStateTuple(tf.constant(c), tf.constant(h)))
  with tf.Session() as session:
    w = load(tf, session)
    output, state = session.run([output, state])
  assert sorted(w) == ["biases", "kernel"][not use_bias:]
  mixed = convolved(np.concatenate([x, h], -1), w["kernel"])
  i, j, f, o = np.split(mixed + w.get("biases", 0), 4, axis=-1)
  new_c = sigmoid(f + .5) * c + sigmoid(i) * np.tanh(j)
  np.testing.assert_allclose(state.c, new_c, rtol=0, atol=1e-11)
  np.testing.assert_allclose(
      state.h, np.tanh(new_c) * sigmoid(o), rtol=0, atol=1e-11)
  np.testing.assert_array_equal(output, state.h)


def test_convolutional_skip(v1):
  """The inputs are the last channels of the output, unchanged."""
  tf = v1
  draw = np.random.RandomState(5)
  x = draw.uniform(-1, 1, [2, 4, 2])
  outputs = []
  for skip in (False, True):
    cell = cells.Conv1DLSTMCell(
        input_shape=[4, 2], output_channels=3, kernel_shape=[3],
        skip_connection=skip)
    with tf.variable_scope("net", reuse=tf.AUTO_REUSE):
      outputs.append(cell(
          tf.constant(x), cell.zero_state(2, tf.float64))[0])
  with tf.Session() as session:
    load(tf, session)
    plain, skipping = session.run(outputs)
  np.testing.assert_array_equal(skipping[..., :3], plain)
  np.testing.assert_array_equal(skipping[..., 3:], x)


# CompiledWrapper

@pytest.mark.slow
def test_compiled_computes_the_same(v1):
  tf = v1
  draw = np.random.RandomState(6)
  x = tf.constant(draw.uniform(-1, 1, [2, 5, 3]))
  results = []
  for wrap in (lambda cell: cell, cells.CompiledWrapper):
    cell = wrap(cells.LSTMCell(UNITS, use_peepholes=True, num_proj=2))
    with tf.variable_scope("net", reuse=tf.AUTO_REUSE):
      outputs, state = loops.dynamic_rnn(cell, x, dtype=tf.float64)
    loss = tf.reduce_sum(tf.sin(outputs)) + tf.reduce_sum(state.c)
    results.append(
        [outputs, state, tf.gradients(loss, tf.trainable_variables())])
  with tf.Session() as session:
    load(tf, session)
    one, two = (tf.nest.flatten(session.run(result)) for result in results)
  assert len(one) == len(two) == 9
  for mine, theirs in zip(one, two):
    assert np.abs(mine).max() > 1e-3
    np.testing.assert_allclose(mine, theirs, rtol=0, atol=1e-12)


def test_compiled_runs_in_xla(v1):
  """The executor's graph contains a compiled cluster, or does not."""
  tf = v1
  ran = []
  for wrap in (lambda cell: cell, cells.CompiledWrapper):
    with tf.Graph().as_default():
      cell = wrap(cells.GRUCell(UNITS))
      output, _ = cell(tf.placeholder(tf.float32, [2, 3]),
                       tf.ones([2, UNITS]))
      run_info = tf.RunMetadata()
      with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        session.run(output, {"Placeholder:0": np.ones([2, 3])},
                    options=tf.RunOptions(output_partition_graphs=True),
                    run_metadata=run_info)
      ran.append({node.op for graph in run_info.partition_graphs
                  for node in graph.node})
  assert not any("Xla" in op for op in ran[0])
  assert "_XlaRun" in ran[1]


def test_compiled_variables_are_the_cells(v1):
  tf = v1
  inner = cells.GRUCell(UNITS)
  cell = cells.CompiledWrapper(inner)
  cell(tf.zeros([2, 3]), cell.zero_state(2, tf.float32))
  assert [v.name for v in cell.trainable_variables] == [
      f"gru_cell/{part}/{kind}:0" for part in ("gates", "candidate")
      for kind in ("kernel", "bias")]
  assert cell.non_trainable_variables == []
  assert (cell.state_size, cell.output_size) == (UNITS, UNITS)
