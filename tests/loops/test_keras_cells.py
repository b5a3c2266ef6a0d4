"""Keras cells in our loops, as 1.15 took them."""

import importlib

import numpy as np
import pytest

import tfcompat_rnn
from tfcompat_rnn.loops import _keras

PACKAGES = ["keras", "tf_keras"]


@pytest.fixture(params=PACKAGES)
def layers(request, v1):
  pytest.importorskip(request.param)
  return importlib.import_module(request.param).layers


def inputs(tf):
  draw = np.random.RandomState(2)
  return tf.constant(draw.randn(2, 3, 4).astype(np.float32))


def test_a_state_of_one_tensor(v1, layers):
  cell, x = layers.SimpleRNNCell(5), inputs(v1)
  outputs, state = tfcompat_rnn.dynamic_rnn(cell, x, [3, 2], dtype=v1.float32)
  assert v1.is_tensor(state)
  with v1.Session() as session:
    session.run(v1.global_variables_initializer())
    weights = [getattr(weight, "value", weight) for weight in cell.weights]
    fetched = session.run([outputs, state, x] + [
        v1.convert_to_tensor(w() if callable(w) else w) for w in weights])
  outputs, state, x, kernel, recurrent, bias = fetched
  h = np.zeros([2, 5])
  for step in range(3):
    new = np.tanh(x[:, step] @ kernel + h @ recurrent + bias)
    on = np.array([[step < 3], [step < 2]])
    h = np.where(on, new, h)
    np.testing.assert_allclose(
        outputs[:, step], np.where(on, new, 0), rtol=1e-5, atol=1e-6)
  np.testing.assert_allclose(state, h, rtol=1e-5, atol=1e-6)


def test_static_and_dynamic_agree_on_a_list_of_two(v1, layers):
  from tfcompat_rnn import loops
  cell, x = layers.LSTMCell(5), inputs(v1)
  steps, static_state = loops.static_rnn(
      cell, v1.unstack(x, axis=1), dtype=v1.float32)
  block, state = loops.dynamic_rnn(cell, x, dtype=v1.float32)
  assert isinstance(state, list) and len(state) == 2
  with v1.Session() as session:
    session.run(v1.global_variables_initializer())
    mine, theirs = session.run([
        [v1.stack(steps, axis=1), static_state], [block, state]])
  np.testing.assert_allclose(mine[0], theirs[0], rtol=1e-5, atol=1e-6)
  np.testing.assert_allclose(mine[1], theirs[1], rtol=1e-5, atol=1e-6)


def test_a_state_that_is_kept_and_one_that_is_fed(v1, layers):
  x = inputs(v1)
  cell = layers.LSTMCell(5)
  rnn = tfcompat_rnn.stateful_rnn(
      cell, x, reset_mask=[[False] * 3, [True, False, False]])
  start = tfcompat_rnn.feedable_state(cell, 2)
  again, _ = tfcompat_rnn.dynamic_rnn(cell, x, initial_state=start)
  with v1.Session() as session:
    session.run(v1.global_variables_initializer())
    value, _ = session.run([rnn.final_state, rnn.keep_state_op])
    kept = session.run(rnn.outputs)
    fed = session.run(again, {start: value})
    new = session.run(again)
  np.testing.assert_allclose(kept[0], fed[0], rtol=1e-5, atol=1e-6)
  np.testing.assert_allclose(kept[1], new[1], rtol=1e-5, atol=1e-6)
  assert np.abs(fed[1] - new[1]).max() > 1e-3


def test_what_is_no_keras_cell(v1):
  from tfcompat_rnn import cells

  class Own:
    state_size = output_size = 1

  assert not _keras.is_keras_cell(cells.GRUCell(3))
  assert not _keras.is_keras_cell(Own())
