"""The documented ways to keep state, and the race in them.

Each idiom builds a stack of LSTMs on state variables, and an `assign` of the
final state to run together with the gradients. The right gradients are those
of a run without the `assign`. Without our copies the two differ; with them
they never do.
"""

import collections
import contextlib

import numpy as np
import pytest

from tfcompat_rnn import _snapshot

# batch * hidden * 4 bytes must be a multiple of 64: else a slice of a packed
# variable is not aligned, TensorFlow copies it, and there is no race to see.
LAYERS, BATCH, HIDDEN, STEPS, DEPTH = 2, 4, 4, 6, 5

# What a run needs: gradients, the assigns, the state variables, more to feed.
Model = collections.namedtuple("Model", "slopes keep variables feed")


def _inputs(tf):
  draw = np.random.RandomState(5)
  return tf.constant(draw.randn(BATCH, STEPS, DEPTH).astype(np.float32))


def _stack(tf):
  from tfcompat_rnn import cells
  return cells.MultiRNNCell(
      [cells.BasicLSTMCell(HIDDEN) for _ in range(LAYERS)])


def _variable(tf, shape, name):
  # Reference variables are 1.x's default; the copies are for them alone.
  variable = tf.get_variable(
      name, shape, initializer=tf.zeros_initializer(), trainable=False)
  assert not hasattr(variable, "handle")
  return variable


def _model(tf, outputs, keep, variables, feed=None):
  loss = tf.reduce_mean(tf.square(outputs - 0.5))
  slopes = tf.gradients(loss, tf.trainable_variables())
  return Model(slopes, tf.tuple(keep), variables, feed or {})


def _pairs(tf):
  from tfcompat_rnn.cells import LSTMStateTuple
  return tuple(
      LSTMStateTuple(_variable(tf, [BATCH, HIDDEN], f"c{layer}"),
                     _variable(tf, [BATCH, HIDDEN], f"h{layer}"))
      for layer in range(LAYERS))


def _assigns(state, final):
  return [old.assign(new) for pair, new_pair in zip(state, final)
          for old, new in zip(pair, new_pair)]


def _flat(state):
  return [leaf for pair in state for leaf in pair]


def per_layer_variables(tf, loops):
  state = _pairs(tf)
  outputs, final = loops.dynamic_rnn(
      _stack(tf), _inputs(tf), initial_state=state)
  return _model(tf, outputs, _assigns(state, final), _flat(state))


def one_packed_variable(tf, loops):
  from tfcompat_rnn.cells import LSTMStateTuple
  packed = _variable(tf, [LAYERS, 2, BATCH, HIDDEN], "packed")
  layers = tf.unstack(packed, axis=0)
  state = tuple(LSTMStateTuple(layer[0], layer[1]) for layer in layers)
  outputs, final = loops.dynamic_rnn(
      _stack(tf), _inputs(tf), initial_state=state)
  keep = packed.assign(tf.stack([tf.stack(list(pair)) for pair in final]))
  return _model(tf, outputs, [keep], [packed])


def reset_at_step_zero(tf, loops):
  from tfcompat_rnn.cells import LSTMStateTuple
  step = tf.placeholder_with_default(tf.constant(-1, tf.int64), [])
  kept = _pairs(tf)
  zeros = tuple(LSTMStateTuple(*[tf.zeros([BATCH, HIDDEN])] * 2)
                for _ in range(LAYERS))
  state = tf.cond(tf.equal(step, 0), lambda: zeros, lambda: kept)
  outputs, final = loops.dynamic_rnn(
      _stack(tf), _inputs(tf), initial_state=state)
  return _model(tf, outputs, _assigns(kept, final), _flat(kept), {step: 7})


def static_loop(tf, loops):
  state = _pairs(tf)
  outputs, final = loops.static_rnn(
      _stack(tf), tf.unstack(_inputs(tf), axis=1), initial_state=state)
  return _model(
      tf, tf.stack(outputs), _assigns(state, final), _flat(state))


def cell_called_by_hand(tf, loops):
  del loops
  cell, kept, outputs = _stack(tf), _pairs(tf), []
  state = kept
  for step_input in tf.unstack(_inputs(tf), axis=1):
    output, state = cell(step_input, state)
    outputs.append(output)
  return _model(tf, tf.stack(outputs), _assigns(kept, state), _flat(kept))


def raw_loop(tf, loops):
  cell, kept = _stack(tf), _pairs(tf)
  rows = tf.TensorArray(tf.float32, STEPS).unstack(
      tf.transpose(_inputs(tf), [1, 0, 2]))

  def loop_fn(time, output, state, loop_state):
    finished = tf.fill([BATCH], time >= STEPS)
    following = tf.cond(
        time >= STEPS, lambda: tf.zeros([BATCH, DEPTH]),
        lambda: rows.read(time))
    return finished, following, kept if output is None else state, output, None

  emitted, final, _ = loops.raw_rnn(cell, loop_fn)
  return _model(tf, emitted.stack(), _assigns(kept, final), _flat(kept))


def state_saver(tf, loops):
  kept, saved = _pairs(tf), []

  def variable(name):
    layer, part = map(int, name)
    return kept[layer][part]

  class Saver:
    def state(self, name):
      return variable(name)

    def save_state(self, name, value):
      saved.append(variable(name).assign(value))
      return tf.no_op()  # the assign itself is run beside the gradients

  names = tuple((f"{layer}0", f"{layer}1") for layer in range(LAYERS))
  outputs, _ = loops.static_state_saving_rnn(
      _stack(tf), tf.unstack(_inputs(tf), axis=1), Saver(), names)
  return _model(tf, tf.stack(outputs), saved, _flat(kept))


def cell_with_learned_state(tf, loops):
  from tfcompat_rnn import cells
  kept = {}

  class Kept(cells.BasicLSTMCell):
    def zero_state(self, batch_size, dtype):
      kept["state"] = cells.LSTMStateTuple(
          _variable(tf, [BATCH, HIDDEN], "c"),
          _variable(tf, [BATCH, HIDDEN], "h"))
      return kept["state"]

  outputs, final = loops.dynamic_rnn(
      Kept(HIDDEN), _inputs(tf), dtype=tf.float32)
  return _model(tf, outputs, _assigns([kept["state"]], [final]),
                list(kept["state"]))


def both_directions(tf, loops):
  state = _pairs(tf)
  from tfcompat_rnn import cells
  outputs, final = loops.bidirectional_dynamic_rnn(
      cells.BasicLSTMCell(HIDDEN), cells.BasicLSTMCell(HIDDEN), _inputs(tf),
      initial_state_fw=state[0], initial_state_bw=state[1])
  return _model(
      tf, tf.concat(outputs, 2), _assigns(state, final), _flat(state))


DOCUMENTED = [per_layer_variables, one_packed_variable, reset_at_step_zero]
IDIOMS = DOCUMENTED + [
    static_loop, cell_called_by_hand, raw_loop, state_saver,
    cell_with_learned_state, both_directions]


@contextlib.contextmanager
def snapshots(enabled):
  before = _snapshot.set_enabled(enabled)
  try:
    yield
  finally:
    _snapshot.set_enabled(before)


def count_wrong(tf, build, enabled, runs):
  """Runs with an `assign` beside the gradients; how many got them wrong."""
  import tfcompat_rnn.loops
  tf.set_random_seed(3)
  with snapshots(enabled):
    model = build(tf, tfcompat_rnn.loops)
  draw = np.random.RandomState(7)
  values = [draw.randn(*variable.shape.as_list()).astype(np.float32)
            for variable in model.variables]

  start = [variable.initializer for variable in model.variables]
  numbers = {op.inputs[1]: value for op, value in zip(start, values)}

  def load():
    session.run(start, numbers)

  wrong = 0
  with tf.Session() as session:
    session.run(tf.global_variables_initializer())
    load()
    right = session.run(model.slopes, model.feed)
    assert all(np.abs(slope).max() > 1e-4 for slope in right)
    for _ in range(runs):
      load()
      got, _ = session.run([model.slopes, model.keep], model.feed)
      wrong += not all(np.allclose(mine, theirs, rtol=1e-5, atol=1e-7)
                       for mine, theirs in zip(got, right))
    # The state must have moved, or there was nothing to race with.
    moved = session.run(model.variables)
  assert not any(np.allclose(new, old) for new, old in zip(moved, values))
  return wrong


@pytest.mark.spread(fast=3)
@pytest.mark.parametrize("build", DOCUMENTED)
def test_documented_idiom_is_never_wrong(v1, build):
  assert count_wrong(v1, build, enabled=True, runs=200) == 0


@pytest.mark.spread(fast=3)
@pytest.mark.parametrize("build", DOCUMENTED)
def test_documented_idiom_goes_wrong_without_copies(v1, build):
  assert count_wrong(v1, build, enabled=False, runs=20) > 0


@pytest.mark.spread(fast=3)
@pytest.mark.parametrize("build", [
    build for build in IDIOMS if build not in DOCUMENTED])
def test_other_idiom_is_never_wrong(v1, build):
  assert count_wrong(v1, build, enabled=True, runs=50) == 0


@pytest.mark.slow
@pytest.mark.parametrize("build", IDIOMS)
def test_every_idiom_goes_wrong_without_copies(v1, build):
  assert count_wrong(v1, build, enabled=False, runs=200) > 0


@pytest.mark.exhaustive
@pytest.mark.parametrize("build", IDIOMS)
def test_every_idiom_in_200_runs(v1, build):
  assert count_wrong(v1, build, enabled=True, runs=200) == 0


@pytest.mark.spread(fast=3)
@pytest.mark.parametrize("build", DOCUMENTED)
def test_control_flow_v2(v1, build):
  v1.enable_control_flow_v2()
  try:
    assert count_wrong(v1, build, enabled=True, runs=50) == 0
  finally:
    v1.disable_control_flow_v2()


def test_each_leaf_is_copied_once(v1):
  import tfcompat_rnn.loops
  per_layer_variables(v1, tfcompat_rnn.loops)
  kinds = [op.type for op in v1.get_default_graph().get_operations()]
  assert kinds.count("DeepCopy") == 2 * LAYERS
