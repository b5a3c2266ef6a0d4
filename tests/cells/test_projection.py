"""Projections and embedding, compared with TensorFlow 1.15.5 (`wrapper_cases`)
and with mental arithmetic."""

import numpy as np
import pytest

from tfcompat_rnn import cells

from .wrapper_cases import comparison


@pytest.mark.spread(fast=3)
@pytest.mark.parametrize("name", comparison.case_names("projection"))
def test_equals_1_15(name):
  comparison.check("projection", name)


class Plus(cells.RNNCell):
  """Output x + state, new state x."""

  state_size = output_size = 2

  def call(self, inputs, state):
    return inputs + state, inputs


def run(v1, fetches):
  with v1.Session() as session:
    session.run(v1.global_variables_initializer())
    return session.run(fetches)


def test_output_projection(v1):
  with v1.variable_scope("s", initializer=v1.ones_initializer()):
    cell = cells.OutputProjectionWrapper(
        Plus(), 3, activation=lambda y: y * 10)
    output, state = cell(v1.constant([[1., 2.]]), v1.constant([[3., 4.]]))
  output, state = run(v1, [output, state])
  np.testing.assert_array_equal(output, [[100., 100., 100.]])  # 10 (4 + 6)
  np.testing.assert_array_equal(state, [[1., 2.]])
  assert cell.output_size == 3 and cell.state_size == 2


def test_input_projection(v1):
  with v1.variable_scope("s", initializer=v1.ones_initializer()):
    cell = cells.InputProjectionWrapper(Plus(), 2, activation=v1.nn.relu)
    output, state = cell(
        v1.constant([[1., 2., 3.], [-1., -2., 0.]]), v1.zeros([2, 2]) + 1.)
  output, state = run(v1, [output, state])
  np.testing.assert_array_equal(state, [[6., 6.], [0., 0.]])
  np.testing.assert_array_equal(output, [[7., 7.], [1., 1.]])


@pytest.mark.parametrize("dtype", ["int32", "int64"])
def test_embedding_takes_the_row(v1, dtype):
  table = np.arange(8, dtype="float32").reshape(4, 2)
  cell = cells.EmbeddingWrapper(
      Plus(), 4, 2, initializer=v1.constant_initializer(table))
  output, _ = cell(
      v1.constant([[3], [1]], dtype), v1.constant([[0., 0.], [10., 20.]]))
  np.testing.assert_array_equal(run(v1, output), [[6., 7.], [12., 23.]])


def test_default_embedding_has_variance_one(v1):
  cell = cells.EmbeddingWrapper(cells.GRUCell(2), 1000, 50)
  cell(v1.constant([[0]]), v1.zeros([1, 2]))
  v1.set_random_seed(1)
  table = run(v1, v1.global_variables()[0])
  assert table.shape == (1000, 50)
  assert np.abs(table).max() <= np.sqrt(3)
  # For the variance of 50000 uniform numbers, 5 standard deviations are 0.02.
  assert abs(table.var() - 1) < 0.02


@pytest.mark.parametrize("make, wanted", [
    (lambda c: cells.OutputProjectionWrapper(c, 0),
     "`output_size` must be > 0"),
    (lambda c: cells.EmbeddingWrapper(c, 0, 3), "must be > 0, got 0, 3"),
])
def test_messages(v1, make, wanted):
  with pytest.raises(ValueError, match=wanted):
    make(cells.GRUCell(2))
