"""Cells along frequencies: mental arithmetic and error messages."""

import numpy as np
import pytest

TANH_1, SIGMOID_1 = np.tanh(1.0), 1 / (1 + np.exp(-1.0))


@pytest.fixture
def tf():
  from tfcompat_rnn._tf import tf as v1
  with v1.Graph().as_default():
    yield v1


def run(tf, fetches, feeds=None):
  with tf.Session() as session:
    session.run(tf.global_variables_initializer())
    return session.run(fetches, feeds)


def test_every_gate_half_open(tf):
  """With all weights 0, gates are 1/2 (forget: sigmoid of its bias), j is 0."""
  from tfcompat_rnn import cells
  cell = cells.TimeFreqLSTMCell(1, feature_size=1)
  with tf.variable_scope("zeros", initializer=tf.zeros_initializer()):
    output, state = cell(tf.constant([[5.0, 7.0]]),
                         tf.constant([[1.0, 9.0, 2.0, 9.0]]))
  output, state = run(tf, [output, state])
  c = SIGMOID_1 * np.array([1.0, 2.0])
  h = np.tanh(c) / 2
  np.testing.assert_allclose(output, [h], rtol=1e-6)
  np.testing.assert_allclose(state, [[c[0], h[0], c[1], h[1]]], rtol=1e-6)


def test_a_window_hears_the_one_below(tf):
  from tfcompat_rnn import cells
  cell = cells.TimeFreqLSTMCell(1, feature_size=1, forget_bias=0.0)
  output, _ = cell(tf.constant([[1.0, 0.0]]), tf.zeros([1, 4]))
  kernel = tf.global_variables()[0]
  assert kernel.shape.as_list() == [3, 4]  # x, h, h below; i, j, f, o
  weights = np.zeros([3, 4])
  weights[0, 1] = weights[2, 1] = 1.0  # to j
  with tf.Session() as session:
    session.run(tf.global_variables_initializer())
    kernel.load(weights, session)
    first, second = session.run(output)[0]
  assert first == pytest.approx(np.tanh(TANH_1 / 2) / 2)
  assert second == pytest.approx(np.tanh(np.tanh(first) / 2) / 2)


def test_grid_output_is_time_then_frequency(tf):
  from tfcompat_rnn import cells
  cell = cells.GridLSTMCell(1, feature_size=1, frequency_skip=1,
                            num_frequency_blocks=[2])
  state = cell.state_tuple_type(*tf.constant([[[1.0]], [[0.0]], [[2.0]],
                                              [[0.0]]]).eval(
                                                  session=tf.Session()))
  with tf.variable_scope("zeros", initializer=tf.zeros_initializer()):
    output, new = cell(tf.constant([[5.0, 7.0]]), state)
  output, new = run(tf, [output, new])
  c = SIGMOID_1 * np.array([1.0, 2.0])
  h = np.tanh(c) / 2
  # The LSTM along the frequencies starts at zero and stays there.
  np.testing.assert_allclose(output, [[h[0], 0, h[1], 0]], rtol=1e-6)
  np.testing.assert_allclose(
      np.concatenate(new, 1), [[c[0], h[0], c[1], h[1]]], rtol=1e-6)
  assert new._fields == ("state_f00_b00_c", "state_f00_b00_m",
                         "state_f01_b00_c", "state_f01_b00_m")


def test_both_directions_hear_each_other_not(tf):
  """With no weights from x, the way down is the reverse of the way up."""
  from tfcompat_rnn import cells
  cell = cells.BidirectionalGridLSTMCell(
      2, feature_size=1, frequency_skip=1, num_frequency_blocks=[3],
      use_peepholes=True)
  x = np.random.RandomState(0).randn(4, 3).astype(np.float32)
  with tf.variable_scope("same", initializer=tf.constant_initializer(.3)):
    output, _ = cell(tf.constant(x), cell.zero_state(4, tf.float32))
    turned, _ = cell(tf.constant(x[:, ::-1].copy()),
                     cell.zero_state(4, tf.float32))
  output, turned = run(tf, [output, turned])
  assert output.shape == (4, cell.output_size) == (4, 24)
  np.testing.assert_allclose(output[:, :12], turned[:, 12:], rtol=1e-6)
  assert np.abs(output[:, :12] - output[:, 12:]).max() > 1e-3


@pytest.mark.parametrize("options, named", [
    (dict(feature_size=2, frequency_skip=2), "num_frequency_blocks"),
    (dict(frequency_skip=2, num_frequency_blocks=[2]), "feature_size"),
    (dict(feature_size=2, num_frequency_blocks=[2]), "frequency_skip"),
    (dict(feature_size=2, frequency_skip=2, num_frequency_blocks=[3]),
     "be 2 for the frequencies 0 to 4"),
])
def test_wrong_windows_are_named(tf, options, named):
  from tfcompat_rnn import cells
  from tfcompat_rnn._errors import TfcompatError
  with pytest.raises(TfcompatError, match=named):
    cell = cells.GridLSTMCell(3, **options)
    cell(tf.zeros([2, 4]), cell.zero_state(2, tf.float32))


def test_a_foreign_state_is_refused(tf):
  from tfcompat_rnn import cells
  cell = cells.GridLSTMCell(3, feature_size=4, frequency_skip=1,
                            num_frequency_blocks=[1])
  with pytest.raises(AttributeError, match="state_f00_b00_c"):
    cell(tf.zeros([2, 4]), cells.LSTMStateTuple(
        tf.zeros([2, 3]), tf.zeros([2, 3])))
