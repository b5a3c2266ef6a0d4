"""State kept in reference variables in the run that computes gradients.

With the documented idiom, the assignment overwrites the buffer that the
backward pass still reads, and the gradients are wrong. Each round first
computes the gradients alone, which gives the correct values, and then again in
the same run as the op that keeps the state.
"""

import numpy as np

from tfcompat_rnn import _nest
from tfcompat_rnn import _snapshot
from tfcompat_rnn import loops
from tfcompat_rnn import state as state_lib
from tfcompat_rnn._tf import tf
from tfcompat_rnn.verify import comparison
from tfcompat_rnn.verify import setting as setting_lib

ROUNDS = 20
# This is a race; if it does not occur, more rounds are run.
MOST_ROUNDS = 200


def documented(s):
  """A variable for each leaf, read by the loop and assigned in the same run."""
  def build(s):
    kept = [tf.get_variable(f"kept_{number}", leaf.shape, leaf.dtype,
                            tf.zeros_initializer(), trainable=False,
                            use_resource=False)
            for number, leaf in enumerate(_nest.flatten_state(s.state))]
    before = _snapshot.set_enabled(False)  # 1.x had no snapshots
    try:
      outputs, final = loops.dynamic_rnn(
          s.cell, s.x, initial_state=_nest.pack_state(s.state, kept))
    finally:
      _snapshot.set_enabled(before)
    keep = tf.group(*[old.assign(new) for old, new in zip(
        kept, _nest.flatten_state(final))])
    return outputs, final, keep

  if not s.kind.race:
    *found, note = _worst(s, build)
    return *found, note + "; its step copies the state at once"
  return _worst(s, build, MOST_ROUNDS)


def ours(s, execution="loop"):
  """`stateful_rnn` with reference variables."""
  def build(s):
    rnn = state_lib.stateful_rnn(
        s.cell, s.x, batch_size=setting_lib.BATCH, dtype=s.dtype, scope="rnn",
        execution=execution)
    assert not any(hasattr(one, "handle") for one in rnn.state.variables)
    return rnn.outputs, rnn.final_state, rnn.keep_state_op

  return _worst(s, build)


def _worst(outer, build, most=ROUNDS):
  """The round with the largest error, and how many rounds were wrong.

  Runs `ROUNDS` rounds, or up to `most` until one is wrong.
  """
  with setting_lib.Setting(outer.kind, outer.dtype, optimized=True) as s:
    with s.scope():
      outputs, final, keep = build(s)
    fetches = setting_lib.Fetches(
        s, s.loss(outputs), outputs, final, s.x, {})
    draw = np.random.RandomState(5)
    worst, wrong, rounds = (-1., None), 0, 0
    while rounds < ROUNDS or not wrong and rounds < most:
      rounds += 1
      feeds = {s.x: s.drawn(draw)}
      right = fetches.run(feeds)
      beside = fetches.run(feeds, [keep])
      off = _off(right, beside)
      wrong += off > comparison.TOLERANCES[s.dtype.name][0]
      worst = max(worst, (off, (right, beside)), key=lambda pair: pair[0])
  return *worst[1], ("alone", "with keep"), (
      f"gradients wrong in {wrong} of {rounds} runs")


def _off(right, got):
  """The largest difference of a gradient, relative to that gradient."""
  sizes = [np.abs(value - other).max() / max(np.abs(value).max(), 1e-30)
           for part in comparison.GRADIENTS
           for value, other in zip(getattr(right, part).values(),
                                   getattr(got, part).values())]
  return max(float(size) if np.isfinite(size) else np.inf for size in sizes)
