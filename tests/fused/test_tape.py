"""The executions in a `tf.function`, differentiated with a tape."""

import numpy as np
import pytest

from tfcompat_rnn import _tf
from tfcompat_rnn import cells
from tfcompat_rnn import fused
from tfcompat_rnn._tf import tf2

DATA = np.random.RandomState(0).randn(3, 5, 4).astype("float32")


@pytest.mark.parametrize("execution", [
    "block", pytest.param("graph", marks=pytest.mark.slow),
    pytest.param("xla", marks=pytest.mark.slow)])
def test_gradients_of_a_tape(v1, execution):
  cell = cells.LSTMCell(6)

  def gradients(execution):
    @tf2.function(autograph=False)
    def step(x):
      with tf2.GradientTape() as tape:
        tape.watch(x)
        with v1.variable_scope("model", use_resource=True):
          outputs, state = fused.dynamic_rnn(
              cell, x, [5, 2, 0], dtype=v1.float32, execution=execution)
        loss = v1.reduce_sum(outputs * outputs) + v1.reduce_sum(state.c)
      return tape.gradient(loss, [x, *cell.trainable_variables])

    return step(v1.constant(DATA))

  with _tf.private("eager_mode")():
    plain, fast = gradients("loop"), gradients(execution)
    assert len(plain) == 3
    for one, two in zip(plain, fast, strict=True):
      np.testing.assert_allclose(two, one, atol=1e-5)
