"""The sequence in several `session.run`s, with the state kept in between."""

import numpy as np

from tfcompat_rnn import _nest
from tfcompat_rnn import state as state_lib
from tfcompat_rnn._tf import tf
from tfcompat_rnn.verify import comparison
from tfcompat_rnn.verify import setting as setting_lib
from tfcompat_rnn.verify import ways


def in_variables(s, execution="loop"):
  """State in reference variables, kept in the run that computes gradients."""
  return _compared(s, "variables", execution)


def fed(s):
  """State fetched from one run and fed to the next."""
  return _compared(s, "feed", "loop")


def _compared(s, kind, execution):
  # The values are those of one pass, but gradients cannot flow between runs.
  right = comparison.merged(s.result(ways.complete_pass), s.result(ways.cut))
  return right, _run(s, kind, execution), ("one pass", "windows")


def _run(s, kind, execution):
  """The sum of the `Result`s of the windows, one `session.run` each."""
  shape = s.x.shape.as_list()
  window = tf.placeholder(s.x.dtype, [shape[0], ways.WINDOW] + shape[2:])
  with s.scope():
    rnn = state_lib.stateful_rnn(
        s.cell, window, batch_size=shape[0], dtype=s.dtype, state=kind,
        name=f"kept_by_{kind}_in_{execution}", scope="rnn",
        execution=execution)
  target = tf.placeholder(s.dtype, rnn.outputs.shape)
  fetches = setting_lib.Fetches(
      s, s.loss(rnn.outputs, target), rnn.outputs, rnn.final_state, window,
      {"initial state": rnn.initial_state})
  s.initialize()
  state = _nest.pack_state(
      s.state, [s.feeds[leaf] for leaf in _nest.flatten_state(s.state)])
  if kind == "variables":
    rnn.state.load(s.session, state)
  results = []
  for x, y in zip(np.split(s.feeds[s.x], ways.WINDOWS, axis=1),
                  np.split(s.target_of(rnn.outputs.shape.as_list()[2:]),
                           ways.WINDOWS, axis=1)):
    feeds = {window: x, target: y}
    if kind == "feed":
      feeds[rnn.initial_state] = state
    results.append(fetches.run(
        feeds, [rnn.keep_state_op] if kind == "variables" else []))
    state = _nest.pack_state(s.state, list(results[-1].states.values()))
  return _added_up(results)


def _added_up(results):
  """Combines the results of the windows into one `Result`."""
  def total(part):
    first = getattr(results[0], part)
    return {name: np.sum([getattr(result, part)[name] for result in results],
                         axis=0) for name in first}

  def in_a_row(part):
    first = getattr(results[0], part)
    return {name: np.concatenate(
        [getattr(result, part)[name] for result in results], axis=1)
            for name in first}

  return setting_lib.Result(
      total("loss"), in_a_row("outputs"), results[-1].states,
      total("variables"), in_a_row("inputs"), results[0].initial)
