"""Feeding outputs back: in the graph, over session.run, and by hand."""

import numpy as np

from tfcompat_rnn import _nest
from tfcompat_rnn import feedback
from tfcompat_rnn import loops
from tfcompat_rnn._tf import tf
from tfcompat_rnn.verify import setting as setting_lib

STEPS, DEPTH = setting_lib.STEPS, setting_lib.DEPTH


def _projection(s):
  """Projects an output to the width of an input."""
  width = int(s.cell.output_size)
  kernel = tf.get_variable("project", [width, DEPTH], use_resource=False)
  return lambda output: tf.tensordot(output, kernel, 1)


def self_feeding(s):
  """`self_feeding_rnn`: one loop in the graph."""
  fed = feedback.self_feeding_rnn(
      s.cell, s.x[:, 0], s.state, processing=_projection(s), steps=STEPS)
  return fed.outputs, fed.final_state


def written_out(s):
  """Calls the cell once per step, in the graph."""
  project, outputs = _projection(s), []
  given, state = s.x[:, 0], s.state
  with tf.variable_scope("rnn"):
    for _ in range(STEPS):
      output, state = s.cell(given, state)
      given = project(output)
      outputs.append(given)
  return tf.stack(outputs, axis=1), state


def graph_or_session(s):
  """Compares `self_feeding_rnn` with `generate`.

  Separate runs have no gradient, so the gradient of the unrolled steps is used.
  """
  made, state = _generated(s)
  hand = s.result(written_out)
  loss = np.mean(np.square(made - s.target_of(made.shape[2:])))
  right = hand._replace(
      loss={"loss": loss.astype(s.dtype.as_numpy_dtype)},
      outputs={"outputs": made},
      states=dict(zip(hand.states, _nest.flatten_state(state))))
  return (right, s.result(self_feeding), ("session", "graph"),
          "gradients: from unrolled steps")


def _generated(s):
  with s.scope():
    fed = tf.placeholder(s.dtype, [setting_lib.BATCH, None, DEPTH])
    outputs, final = loops.dynamic_rnn(s.cell, fed, initial_state=s.state)
    outputs = _projection(s)(outputs)
  s.initialize()
  start = _nest.map_state(lambda leaf: s.feeds[leaf], s.state)
  return feedback.generate(
      s.session, fed, outputs, s.feeds[s.x][:, :1], STEPS,
      initial_state=s.state, final_state=final, state=start, progress=False)
