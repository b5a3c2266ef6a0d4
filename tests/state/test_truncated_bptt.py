"""Windows with kept state compared with one long pass, for every cell.

The results of the windows, one `session.run` each, must be those of the long
pass, and the sum of the windows' gradients that of the long pass with
`stop_gradient` at the cuts.
"""

import pathlib
import sys

import numpy as np
import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parent))

import state_cells  # noqa: E402

ROWS, WINDOW, WINDOWS = 3, 4, 3
STEPS = WINDOW * WINDOWS
# A row that ends in the first window, one in the second, and a full row.
LENGTHS = np.array([STEPS, 2, 7], np.int32)
FAST = ("BasicLSTMCell packed", "a user's")
TOLERANCE = {"float32": 1e-6, "float64": 1e-12}


def ways():
  """kind, dtype, time-major?, lengths?, loop: each cell in a few of them, of
  which one, another for each kind, is not left to the exhaustive tests."""
  for place, (kind, row) in enumerate(state_cells.KINDS.items()):
    every = [("float32", False, True, "dynamic"),
             ("float32", True, False, "static")]
    if row.double:
      every += [("float64", True, True, "dynamic")]
    for number, way in enumerate(every):
      if kind in FAST:
        fast = number == FAST.index(kind) % len(every)
        marks = () if fast else pytest.mark.slow
      else:
        marks = (pytest.mark.slow if number == place % len(every)
                 else pytest.mark.exhaustive)
      yield pytest.param(
          kind, *way, marks=marks,
          id=f"{kind}-{way[0]}-{'time' if way[1] else 'batch'}-"
             f"{'lengths' if way[2] else 'whole'}-{way[3]}")


def _sum_of_squares(tf, outputs, target):
  return tf.reduce_sum(tf.square(outputs - target))


def _filled(slopes):
  """Dense gradients; those of an embedding are indices and values."""
  from tfcompat_rnn._tf import tf
  return [tf.convert_to_tensor(slope) for slope in slopes]


def _long_pass(tf, cell, inputs, lengths, dtype, time_major, scope):
  """Outputs and states of one pass, and gradients cut between windows."""
  from tfcompat_rnn import loops
  axis = 0 if time_major else 1
  whole, last = loops.dynamic_rnn(
      cell, inputs, lengths, dtype=dtype, time_major=time_major, scope=scope)
  state, outputs, states = None, [], []
  for number, window in enumerate(tf.split(inputs, WINDOWS, axis)):
    left = None if lengths is None else _left(lengths, number)
    with tf.variable_scope(scope, reuse=True) as within:
      out, state = loops.dynamic_rnn(
          cell, window, left, initial_state=state, dtype=dtype,
          time_major=time_major, scope=within)
    states.append(state)
    outputs.append(out)
    state = tf.nest.map_structure(tf.stop_gradient, state)
  return whole, last, tf.concat(outputs, axis), states


def _left(lengths, number):
  return np.clip(lengths - number * WINDOW, 0, WINDOW)


@pytest.mark.spread(slow=4)
@pytest.mark.parametrize("kind, dtype, time_major, with_lengths, loop",
                         list(ways()))
def test_windows_equal_long_pass(v1, kind, dtype, time_major, with_lengths,
                                 loop):
  tf = v1
  import tfcompat_rnn
  from tfcompat_rnn import cells
  tf.set_random_seed(2)
  lengths = LENGTHS if with_lengths else None
  axis = 0 if time_major else 1
  values = state_cells.draw_inputs(kind, ROWS, STEPS, dtype)
  if time_major:
    values = values.swapaxes(0, 1)
  cell = state_cells.KINDS[kind].make(cells, tf, dtype)
  shape = list(values.shape)
  long_inputs = tf.constant(values)
  with tf.variable_scope("net", dtype=dtype, initializer=(
      tf.random_normal_initializer(stddev=.6, seed=4, dtype=dtype))):
    with tf.variable_scope("rnn") as scope:
      pass
  whole, last, cut, states = _long_pass(
      tf, cell, long_inputs, lengths, dtype, time_major, scope)
  depth = whole.shape[-1]
  target = np.random.RandomState(1).randn(
      *shape[:2], int(depth)).astype(dtype)
  weights = tf.trainable_variables()
  assert weights
  right = {
      "outputs": whole, "cut": cut, "last": last, "states": states,
      "slopes": _filled(tf.gradients(
          _sum_of_squares(tf, cut, target), weights)),
      "uncut": _filled(tf.gradients(
          _sum_of_squares(tf, whole, target), weights))}

  shape[axis] = WINDOW
  window = tf.placeholder(values.dtype, shape)
  window_target = tf.placeholder(dtype, shape[:2] + [depth])
  left = tf.placeholder(tf.int32, [ROWS]) if with_lengths else None
  with tf.variable_scope(scope, reuse=tf.AUTO_REUSE) as within:
    rnn = tfcompat_rnn.stateful_rnn(
        cell, window, sequence_length=left, dtype=dtype, batch_size=ROWS,
        time_major=time_major, static=loop == "static", scope=within)
  assert tf.trainable_variables() == weights, "the windows share the weights"
  slopes = _filled(tf.gradients(
      _sum_of_squares(tf, rnn.outputs, window_target), weights))
  initialize = tf.global_variables_initializer()
  tf.get_default_graph().finalize()

  outputs, totals, kept = [], [np.zeros(()) for _ in weights], []
  with tf.Session() as session:
    session.run(initialize)
    right = session.run(right)
    for number in range(WINDOWS):
      feed = {window: np.split(values, WINDOWS, axis)[number],
              window_target: np.split(target, WINDOWS, axis)[number]}
      if with_lengths:
        feed[left] = _left(lengths, number)
      out, slope, final, _ = session.run(
          [rnn.outputs, slopes, rnn.final_state, rnn.keep_state_op], feed)
      outputs.append(out)
      kept.append(final)
      totals = [total + part for total, part in zip(totals, slope)]

  tolerance = TOLERANCE[dtype]
  got = np.concatenate(outputs, axis)
  for name in ("outputs", "cut"):
    np.testing.assert_allclose(got, right[name], rtol=0, atol=tolerance)
  for mine, theirs in zip(kept, right["states"]):
    _assert_close(tf, mine, theirs, tolerance)
  _assert_close(tf, kept[-1], right["last"], tolerance)
  for mine, theirs, uncut in zip(totals, right["slopes"], right["uncut"]):
    scale = max(1, np.abs(theirs).max())
    np.testing.assert_allclose(mine, theirs, rtol=0,
                               atol=10 * tolerance * scale)
  # Check that the cuts matter; otherwise this would not test truncation.
  assert any(np.abs(mine - uncut).max() > 1e-3 * np.abs(uncut).max()
             for mine, uncut in zip(totals, right["uncut"]))


def _assert_close(tf, mine, theirs, tolerance):
  tf.nest.assert_same_structure(mine, theirs)
  for one, other in zip(tf.nest.flatten(mine), tf.nest.flatten(theirs)):
    np.testing.assert_allclose(one, other, rtol=0, atol=tolerance)


def test_every_cell_is_tried():
  from tfcompat_rnn import cells
  tried = {kind.split()[0] for kind in state_cells.KINDS
           if not kind.startswith("a user")}
  assert tried == set(cells.CELLS) - state_cells.NO_CELLS
