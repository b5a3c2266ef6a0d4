"""The attention wrapper, compared with TensorFlow 1.15.5 (`wrapper_cases`) and
with its formulas in NumPy."""

import numpy as np
import pytest

from tfcompat_rnn import cells
from tfcompat_rnn._tf import tf

from .wrapper_cases import comparison
from .wrapper_cases.measure import wave


@pytest.mark.spread(fast=3)
@pytest.mark.parametrize("name", comparison.case_names("attention"))
def test_equals_1_15(name):
  comparison.check("attention", name)


class Tanh(cells.RNNCell):
  """Output and new state: tanh(x' + state)."""

  state_size = output_size = 4

  def call(self, inputs, state):
    output = tf.tanh(inputs + state)
    return output, output


def one_step(weights, x, state, attended, window):
  """The formulas of the docstring, for float64 arrays."""
  y = np.concatenate([x, attended], 1) @ weights["kernel"] + weights["bias"]
  out = np.tanh(y + state)
  mixed = window @ weights["attention/attn_w"][0, 0]
  asked = out @ weights["attention/kernel"] + weights["attention/bias"]
  scores = np.tanh(mixed + asked[:, None]) @ weights["attention/attn_v"]
  share = np.exp(scores) / np.exp(scores).sum(1, keepdims=True)
  attended = (share[:, :, None] * window).sum(1)
  output = (np.concatenate([out, attended], 1)
            @ weights["attn_output_projection/kernel"]
            + weights["attn_output_projection/bias"])
  window = np.concatenate([window[:, 1:], output[:, None]], 1)
  return output, out, attended, window


def test_three_steps_against_numpy(v1):
  length, size, hidden, batch = 3, 4, 5, 2
  xs = [wave(batch, 2, phase=i, dtype="float64") for i in range(3)]
  with v1.variable_scope("s", dtype=v1.float64):
    cell = cells.AttentionCellWrapper(
        Tanh(), length, size, hidden, input_size=4)
    state = cell.zero_state(batch, v1.float64)
    outputs = []
    for x in xs:
      output, state = cell(v1.constant(x), state)
      outputs.append(output)
  with v1.Session() as session:
    session.run(v1.global_variables_initializer())
    prefix = "s/attention_cell_wrapper/"
    weights = {v.op.name[len(prefix):]: session.run(v)
               for v in v1.global_variables()}
    outputs, state = session.run([outputs, state])
  assert sorted(weights) == [
      "attention/attn_v", "attention/attn_w", "attention/bias",
      "attention/kernel", "attn_output_projection/bias",
      "attn_output_projection/kernel", "bias", "kernel"]
  expected = (np.zeros([batch, 4]), np.zeros([batch, size]),
              np.zeros([batch, length, size]))
  for x, output in zip(xs, outputs):
    wanted, *expected = one_step(weights, x, *expected)
    np.testing.assert_allclose(output, wanted, rtol=1e-12, atol=1e-14)
  np.testing.assert_allclose(state[0], expected[0], rtol=1e-12, atol=1e-14)
  np.testing.assert_allclose(state[1], expected[1], rtol=1e-12, atol=1e-14)
  np.testing.assert_allclose(
      state[2].reshape(batch, length, size), expected[2],
      rtol=1e-12, atol=1e-14)


def test_side_by_side_state_is_the_triple_joined(v1):
  x = v1.constant(wave(2, 3))
  triple = cells.AttentionCellWrapper(cells.GRUCell(4), 2)
  joined = cells.AttentionCellWrapper(
      cells.GRUCell(4), 2, state_is_tuple=False)
  parts = tuple(v1.constant(wave(2, size)) for size in (4, 4, 8))
  one, state = triple(x, parts, scope="s")
  with v1.variable_scope(v1.get_variable_scope(), reuse=True):
    other, flat = joined(x, v1.concat(parts, 1), scope="s")
  with v1.Session() as session:
    session.run(v1.global_variables_initializer())
    one, state, other, flat = session.run([one, state, other, flat])
  np.testing.assert_array_equal(one, other)
  np.testing.assert_array_equal(np.concatenate(state, 1), flat)


@pytest.mark.parametrize("make, wanted", [
    (lambda: cells.AttentionCellWrapper(cells.GRUCell(2), 0),
     "`attn_length` must be greater than zero"),
    (lambda: cells.AttentionCellWrapper(
        cells.BasicLSTMCell(2), 2, state_is_tuple=False),
     "`state_is_tuple` must be True"),
])
def test_messages(v1, make, wanted):
  with pytest.raises(ValueError, match=wanted):
    make()


def test_a_state_of_two_parts_is_told_the_three(v1):
  cell = cells.AttentionCellWrapper(cells.GRUCell(2), 2)
  with pytest.raises(ValueError, match="triple.*got 2 parts; .*zero_state"):
    cell(v1.zeros([1, 3]), (v1.zeros([1, 2]), v1.zeros([1, 2])))
