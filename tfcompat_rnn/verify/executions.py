"""Loops in the other executions of `fused`, compared with 1.15's loop.

A cell for which an execution is impossible runs in another one; the note of its
row then has the line that the log says.
"""

import contextlib
import functools
import logging

from tfcompat_rnn import cells
from tfcompat_rnn import fused
from tfcompat_rnn._tf import tf
from tfcompat_rnn.fused.recurrence import rnn as rnn_lib
from tfcompat_rnn.verify import keeping
from tfcompat_rnn.verify import setting as setting_lib
from tfcompat_rnn.verify import ways
from tfcompat_rnn.verify import windows


def _dynamic(s, execution):
  return fused.dynamic_rnn(
      s.cell, s.x, initial_state=s.state, execution=execution)


def _static(s, execution):
  outputs, final = fused.static_rnn(
      s.cell, tf.unstack(s.x, axis=1), s.state, execution=execution)
  return tf.stack(outputs, axis=1), final


def _model(s, execution):
  return fused.model_rnn(
      s.cell, s.x, s.state, recompute=True, execution=execution)


def _both(s, execution):
  """The cell forward, and another one of its kind backward."""
  backward = s.kind.make(cells, setting_lib.DEPTH, setting_lib.UNITS)
  outputs, finals = fused.bidirectional_dynamic_rnn(
      s.cell, backward, s.x, initial_state_fw=s.state,
      initial_state_bw=s.state, execution=execution)
  return tf.concat(outputs, axis=-1), finals


def both_in_the_loop(s):
  """Both directions in 1.15's loop."""
  return _both(s, "loop")


def graph(s):
  """`dynamic_rnn` of only what needs the old state."""
  return _compared(s, _dynamic, "graph")


def graph_static(s):
  """`static_rnn`: what the unrolled steps return, from one loop."""
  return _compared(s, _static, "graph")


def graph_both(s):
  """Both directions."""
  return _compared(s, _both, "graph", both_in_the_loop)


def graph_model(s):
  """`model_rnn` that keeps only the states."""
  return _compared(s, _model, "graph")


def graph_chunked(s):
  """`stateful_rnn` in three runs, with the state in variables."""
  with told() as lines:
    found = windows.in_variables(s, "graph")
  return *found, *lines


def graph_keep(s):
  """`stateful_rnn` that assigns its state in the run of the gradients."""
  with told() as lines:
    *found, note = keeping.ours(s, "graph")
  return *found, note, *lines


def xla(s):
  """`dynamic_rnn`, compiled."""
  return _compared(s, _dynamic, "xla")


def _compared(s, loop, execution, plain=ways.complete_pass):
  right = s.result(plain)
  with told() as lines:
    outputs, final = s.build(functools.partial(loop, execution=execution))
  return right, s.measure(outputs, final), ("loop", execution), *lines


@contextlib.contextmanager
def told():
  """A list to which what the log says of another execution is added."""
  lines = []
  logger = logging.getLogger(rnn_lib.__name__)
  handler = logging.Handler()
  handler.emit = lambda record: lines.append(record.getMessage())
  before = logger.level, logger.propagate
  logger.addHandler(handler)
  logger.setLevel(logging.INFO)
  logger.propagate = False  # the table says it
  try:
    yield lines
  finally:
    logger.removeHandler(handler)
    logger.setLevel(before[0])
    logger.propagate = before[1]
