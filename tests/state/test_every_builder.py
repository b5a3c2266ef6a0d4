"""Every builder with every cell: two windows give the results of one pass.

`test_truncated_bptt.py` checks this for `stateful_rnn` with variables,
including gradients; this file checks the other ways, in one graph per cell.
"""

import pathlib
import sys

import numpy as np
import pytest

import tfcompat_rnn
from tfcompat_rnn import cells
from tfcompat_rnn.state import ResettingCell

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import own_cells  # noqa: E402
import state_cells  # noqa: E402

ROWS, STEPS, CUT = 3, 5, 2
OWN = {name: state_cells.Kind(
    lambda cells, tf, dtype, make=getattr(own_cells, name): make())
    for name in ("FromSeven", "Nest", "Pair", "Remember", "Sum")}
KINDS = {**state_cells.KINDS, **OWN}
FAST = ("LSTMCell projected", "Nest")


def inputs_of(kind, dtype):
  if kind in OWN:
    return np.random.RandomState(0).randn(ROWS, STEPS, 1).astype(dtype)
  return state_cells.draw_inputs(kind, ROWS, STEPS, dtype)


def rows_swapped(value, order):
  from tfcompat_rnn._tf import tf
  return tf.nest.map_structure(lambda leaf: leaf[order], value)


@pytest.mark.spread(fast=2, slow=2)
@pytest.mark.parametrize("kind", state_cells.some_fast(
    KINDS, FAST, state_cells.DIVERSE | set(OWN)))
def test_two_windows_equal_one_pass(either, kind):
  tf = either
  row = KINDS[kind]
  dtype = "float64" if row.double else "float32"
  tolerance = 1e-12 if row.double else 1e-6
  values = inputs_of(kind, dtype)
  cell = row.make(cells, tf, dtype)
  # Neither the batch nor the time is known.
  window = tf.placeholder(values.dtype, [None, None, values.shape[-1]])
  few = tf.placeholder(values.dtype, [ROWS, None, values.shape[-1]])
  keys = tf.placeholder(tf.int64, [None])
  mask = tf.placeholder(tf.bool, [None, None])
  with tf.variable_scope("net", dtype=dtype, initializer=(
      tf.random_normal_initializer(stddev=.6, seed=4, dtype=dtype))):
    with tf.variable_scope("rnn") as scope:
      whole, last = tfcompat_rnn.dynamic_rnn(
          cell, window, dtype=dtype, scope=scope)
      weights = tf.trainable_variables()
      scope.reuse_variables()
      fed = tfcompat_rnn.stateful_rnn(
          cell, window, state="feed", dtype=dtype, scope=scope)
      always = tfcompat_rnn.stateful_rnn(
          cell, few, keep="always", dtype=dtype, scope=scope)
      saver = tfcompat_rnn.SequenceStateSaver(cell, keys, dtype)
      saved, saved_last = tfcompat_rnn.state_saving_rnn(
          cell, window, saver, dtype=dtype, scope=scope)
      # A separate loop on each side of the boundary.
      resetting = tfcompat_rnn.stateful_rnn(
          cell, window, state="feed", dtype=dtype, scope=scope,
          reset_mask=mask, reset_value="initial")
      some = always.reset_rows_op([True, False, False])
      anew, step = tfcompat_rnn.reset_at_step_zero(None, always.initial_state)
  assert tf.trainable_variables() == weights, "one set of weights"
  zeros = saver.initial_state
  initialize = tf.global_variables_initializer()
  tf.get_default_graph().finalize()

  def close(got, right):
    tf.nest.assert_same_structure(got, right)
    for one, other in zip(tf.nest.flatten(got), tf.nest.flatten(right)):
      assert one.dtype == other.dtype
      np.testing.assert_allclose(one, other, rtol=0, atol=tolerance)

  with tf.Session() as session:
    session.run(initialize)
    early, late = values[:, :CUT], values[:, CUT:]
    right, right_last = session.run([whole, last], {window: values})
    right_zero = session.run(zeros, {keys: range(ROWS)})

    _, carried = session.run([fed.outputs, fed.final_state], {window: early})
    out, final = session.run([fed.outputs, fed.final_state], {
        window: late, fed.initial_state: carried})
    close(out, right[:, CUT:])
    close(final, right_last)

    session.run(always.outputs, {few: early})
    close(session.run(always.initial_state), carried)
    close(session.run(anew), carried)
    for leaf in tf.nest.flatten(session.run(anew, {step: 0})):
      assert not leaf.any()
    close(session.run(always.outputs, {few: late}), right[:, CUT:])
    session.run(some)
    close(session.run(always.initial_state), tf.nest.map_structure(
        lambda kept, zero: np.concatenate([zero[:1], kept[1:]]),
        right_last, right_zero))
    session.run(always.zero_state_op)
    close(session.run(always.initial_state), right_zero)

    order = [2, 0, 1]
    session.run(saved, {window: early, keys: [5, 6, 7]})
    out, final = session.run([saved, saved_last], {
        window: late[order], keys: np.array([5, 6, 7])[order]})
    close(out, right[order, CUT:])
    close(final, rows_swapped(right_last, order))

    # Row 1 starts again at the cut, the others continue.
    marks = np.zeros([ROWS, STEPS], bool)
    marks[1, CUT] = True
    out, final = session.run([resetting.outputs, resetting.final_state], {
        window: values, mask: marks})
    out_late, final_late = session.run([whole, last], {window: late})
    close(out[[0, 2]], right[[0, 2]])
    close(out[1, CUT:], out_late[1])
    close(rows_swapped(final, [0, 1, 2]), tf.nest.map_structure(
        lambda kept, new: np.stack([kept[0], new[1], kept[2]]),
        right_last, final_late))


def test_a_resetting_cell_is_the_cell_it_holds(v1):
  cell = cells.LSTMCell(3, num_proj=2)
  holder = ResettingCell(cell)
  assert holder.state_size == cell.state_size
  assert holder.output_size == 2
  assert holder.zero_state(4, v1.float32).h.shape.as_list() == [4, 2]
  with pytest.raises(AttributeError, match="no_such"):
    holder.no_such
  with pytest.raises(TypeError, match="`cell` must be a cell"):
    ResettingCell(cells.LSTMCell)
