"""`dynamic_rnn` with a choice of how the loop is executed."""

from __future__ import annotations

import contextlib
import importlib
import logging

from tfcompat_rnn import _errors
from tfcompat_rnn import _opcount
from tfcompat_rnn import _typing as types
from tfcompat_rnn._errors import problem
from tfcompat_rnn._tf import tf
from tfcompat_rnn.fused.recurrence import EXECUTIONS
from tfcompat_rnn.fused.recurrence import draws
from tfcompat_rnn.fused.recurrence import network as networks
from tfcompat_rnn.fused.recurrence import step as steps
from tfcompat_rnn.loops import dynamic

# Executions whose networks are in modules of their own.
_KERNELS = ("block", "cudnn")
_logger = logging.getLogger(__name__)
_default = ["loop"]


def set_default_execution(execution: str) -> str:
  """Sets what `execution=None` stands for; returns what it stood for.

    before = set_default_execution("auto")

  Raises ArgumentError for another `execution`.
  """
  before, _default[0] = _default[0], checked(execution)
  return before


def checked(execution):
  """`execution`, or the default for None; raises ArgumentError for another."""
  if execution is None:
    return _default[0]
  if execution not in EXECUTIONS:
    raise _errors.ArgumentError(problem(
        "execution", f"be one of {', '.join(EXECUTIONS)}", repr(execution),
        "leave it out for TensorFlow 1.15's own loop"))
  return execution


class Watched:
  """The cell of a plain loop; remembers where and with what it was called.

  `takes_a_step` is whether the loop takes one if there is none to take.
  """

  takes_a_step = False

  def __init__(self, cell):
    self.cell = cell
    self.scope = None
    self.made = []

  def __call__(self, inputs, state, *args, **kwargs):
    graph = tf.get_default_graph()
    before = graph.num_operations()
    self.scope = tf.get_variable_scope()
    results = self.cell(inputs, state, *args, **kwargs)
    self.made = graph.get_operations()[before:]
    return results

  def __getattr__(self, name):
    return getattr(self.cell, name)

  def draw(self, nodes, count, lengths, constant):
    """The random numbers of `nodes` in all steps (`draws`)."""
    return draws.draw_all(
        nodes, self.made, count, lengths, self.takes_a_step, constant)

  def of(self, cell):
    """`cell`, as if it had been called instead."""
    other = Watched(cell)
    other.scope, other.made = self.scope, self.made
    other.takes_a_step = self.takes_a_step
    return other


def dynamic_rnn(
    cell: types.Cell, inputs: types.Nested,
    sequence_length: types.TensorLike | None = None,
    initial_state: types.State | None = None, dtype: types.DType | None = None,
    parallel_iterations: int | None = None, swap_memory: bool = False,
    time_major: bool = False, scope: types.Scope | None = None,
    execution: str | None = None,
    recompute: bool = False) -> tuple[types.Nested, types.State]:
  """Runs `cell` over time, in TensorFlow 1.15's loop or in a faster one.

    outputs, state = dynamic_rnn(cell, x, dtype=tf.float32, execution="xla")

  The variables, their names and their initial values are the same in every
  execution, and outputs, states and gradients agree within rounding. The plain
  loop is always part of the graph, with its names, but only what a program
  fetches of it is computed.

  Args:
    cell, inputs, sequence_length, initial_state, dtype, parallel_iterations,
    swap_memory, time_major, scope: as for `tfcompat_rnn.loops.dynamic_rnn`.
      The faster executions have no use for `parallel_iterations` and
      `swap_memory`.
    execution: "loop" for TensorFlow 1.15's loop; "graph" for a loop of only
      those operations that need the old state, with everything else computed
      for all steps at once; "xla" for the same, compiled by XLA (once for each
      shape of the inputs); "block" for TensorFlow's kernel that computes all
      steps of an LSTM, and "cudnn" for cuDNN's kernels, on a GPU; "auto" for
      "graph" the first 32 times that a shape runs in a session, and "xla" from
      then on. A cell for which this is impossible runs in the plain loop; one
      line in the log, at level INFO, says why. None for what
      `set_default_execution` says: "loop", if it was not called.
    recompute: whether only the state before each segment of the steps is kept
      for the backward pass, which computes a segment again before it goes
      through it: less memory, more time. For "graph", "xla" and "auto".

  Returns:
    `(outputs, state)`, as `tfcompat_rnn.loops.dynamic_rnn`.

  Raises:
    ArgumentError: for another `execution`; and the errors of
      `tfcompat_rnn.loops.dynamic_rnn`.

  Only "loop" has second derivatives.

  TensorFlow 1.15: `tf.nn.dynamic_rnn`.
  """
  execution = checked(execution)
  plain = {"parallel_iterations": parallel_iterations,
           "swap_memory": swap_memory, "time_major": time_major,
           "scope": scope}
  if execution == "loop" or tf.executing_eagerly():
    return dynamic.dynamic_rnn(
        cell, inputs, sequence_length, initial_state, dtype, **plain)
  watched = Watched(cell)
  outputs, state = dynamic.dynamic_rnn(
      watched, inputs, sequence_length, initial_state, dtype, **plain)
  found = compiled(
      [(watched, initial_state, outputs, state)], inputs, sequence_length,
      dtype, time_major, execution, recompute)
  return found[0] if found else (outputs, state)


def bidirectional_dynamic_rnn(
    cell_fw: types.Cell, cell_bw: types.Cell, inputs: types.Nested,
    sequence_length: types.TensorLike | None = None,
    initial_state_fw: types.State | None = None,
    initial_state_bw: types.State | None = None,
    dtype: types.DType | None = None, parallel_iterations: int | None = None,
    swap_memory: bool = False, time_major: bool = False,
    scope: types.Scope | None = None, execution: str | None = None,
    recompute: bool = False
) -> tuple[tuple[types.Nested, types.Nested], tuple[types.State, types.State]]:
  """Runs one cell forward and another one backward over the same inputs.

    (fw, bw), (state_fw, state_bw) = bidirectional_dynamic_rnn(
        cell_fw, cell_bw, x, dtype=tf.float32, execution="xla")

  The arguments are those of `tfcompat_rnn.loops.bidirectional_dynamic_rnn`,
  and `execution` and `recompute` as for `dynamic_rnn`. If one of the cells
  needs the plain loop, both run in it.

  Raises: as `dynamic_rnn`.

  TensorFlow 1.15: `tf.nn.bidirectional_dynamic_rnn`.
  """
  execution = checked(execution)
  plain = {"parallel_iterations": parallel_iterations,
           "swap_memory": swap_memory, "time_major": time_major,
           "scope": scope}
  states = initial_state_fw, initial_state_bw
  if execution == "loop" or tf.executing_eagerly():
    return dynamic.bidirectional_dynamic_rnn(
        cell_fw, cell_bw, inputs, sequence_length, *states, dtype, **plain)
  watched = Watched(cell_fw), Watched(cell_bw)
  outputs, finals = dynamic.bidirectional_dynamic_rnn(
      *watched, inputs, sequence_length, *states, dtype, **plain)
  found = compiled(
      list(zip(watched, states, outputs, finals)), inputs, sequence_length,
      dtype, time_major, execution, recompute)
  if not found:
    return outputs, finals
  forward, backward = found
  return (forward[0], backward[0]), (forward[1], backward[1])


@contextlib.contextmanager
def aside():
  """Operations built in this context do not count, and have names apart."""
  with _opcount.uncounted(), tf.name_scope("fast_rnn/"):
    yield


def compiled(directions, inputs, lengths, dtype, time_major, execution,
              recompute):
  """The results of each direction, or None where one needs the plain loop.

  A direction is `(cell, initial state, outputs, state)`, with the results of
  its plain loop; the second one runs backward.
  """
  found = []
  with aside():
    for place, (cell, initial, outputs, state) in enumerate(directions):
      try:
        network = _network_of(execution)(
            cell, inputs, lengths, initial, dtype, time_major,
            reverse=place == 1, execution=execution, recompute=recompute,
            directions=len(directions))
      except steps.CannotCompile as reason:
        tell_plain(cell, reason)
        return None
      if network.reason_against_xla is not None:
        _logger.info('%s runs with execution="graph": XLA may be unable to '
                     "compile it, because %s", _name(cell.cell),
                     network.reason_against_xla)
      found.append((network, outputs, state))
    return [network.run(outputs, state) for network, outputs, state in found]


def _network_of(execution):
  """The class of its networks; a kernel's is imported when it is asked for."""
  if execution not in _KERNELS:
    return networks.Network
  return importlib.import_module(
      f"tfcompat_rnn.fused.recurrence.{execution}").Network


def tell_plain(watched, reason):
  """Logs why a cell runs in the plain loop."""
  _logger.info("%s runs in the plain loop: %s", _name(watched.cell), reason)


def _name(cell):
  return getattr(cell, "name", None) or type(cell).__name__
