"""Every cell's gradients over seven steps, checked by finite differences."""

import re

import numpy as np
import pytest

from tests.state import state_cells
from tfcompat_rnn import cells
from tfcompat_rnn import gradients
from tfcompat_rnn import loops
from tfcompat_rnn.cells import grid_rnn

ROWS, STEPS = 2, 7
# With a cell that some builders cannot take (state_cells.NO_CELLS). NTMCell,
# the other one, is in tests/cells/test_memory.py.
KINDS = {**state_cells.KINDS, "TimeFreqLSTMCell": state_cells.Kind(
    lambda cells, tf, dtype: cells.TimeFreqLSTMCell(
        4, use_peepholes=True, feature_size=state_cells.DEPTH))}
GRIDS = {name: state_cells.Kind(
    lambda cells, tf, dtype, make=getattr(grid_rnn, name): make(3),
    costly=True) for name in dir(grid_rnn)
         if re.fullmatch(r"Grid\d\w+Cell", name)}
KINDS.update(GRIDS)


# Of each family of cells one, with what is most likely to go wrong in it.
FAST = ("AttentionCellWrapper", "BasicLSTMCell packed", "Conv2DLSTMCell",
        "CoupledInputForgetGateLSTMCell", "CudnnCompatibleGRUCell",
        "EmbeddingWrapper", "GRUCell", "IndyLSTMCell",
        "LayerNormBasicLSTMCell", "LSTMCell projected", "NASCell",
        "TimeFreqLSTMCell", "a user's, rank 3")


@pytest.mark.spread(fast=3)
@pytest.mark.parametrize("name", state_cells.some_fast(KINDS, FAST))
def test_gradients(v1, name):
  tf = v1
  if name == "PhasedLSTMCell":
    # It draws its phases; near the ends of its open times, which some draws
    # meet, the slope jumps and no finite difference gives it.
    tf.set_random_seed(0)
  kind = KINDS[name]
  dtype = "float64" if kind.double else "float32"
  random = np.random.RandomState(4)
  data = state_cells.draw_inputs(
      name if name in state_cells.KINDS else "LSTMCell", ROWS, STEPS, dtype)
  x = tf.placeholder(tf.int32 if kind.ids else dtype, data.shape, "x")
  with tf.variable_scope("model", dtype=tf.as_dtype(dtype), initializer=(
      tf.random_uniform_initializer(-0.7, 0.7, seed=3))):
    cell = kind.make(cells, tf, tf.as_dtype(dtype))
    state = tf.nest.map_structure(
        lambda zero: tf.constant(
            0.3 * random.standard_normal(zero.shape), dtype),
        cell.zero_state(ROWS, tf.as_dtype(dtype)))
    outputs, final = loops.dynamic_rnn(cell, x, initial_state=state)
  # Separate weights for all outputs, so that nothing cancels.
  loss = tf.add_n([
      tf.reduce_sum(leaf * tf.constant(
          random.standard_normal(leaf.shape.as_list()), dtype))
      for leaf in tf.nest.flatten(outputs) + tf.nest.flatten(final)])
  report = gradients.check_gradients(
      loss, feed_dict={x: data}, inputs=x, states=state, dtype=dtype,
      title=name)
  assert report.passed, str(report)
  kinds = [row.kind for row in report.rows]
  assert "variable" in kinds and "state" in kinds
  assert ("input" in kinds) is not kind.ids
  idle = [row.name for row in report.rows[1:] if not row.norm_a > 0]
  if name in GRIDS:  # the input takes the place of the first one's state
    assert idle and all(path.startswith("0") for path in idle), str(report)
  else:
    assert not idle, str(report)
