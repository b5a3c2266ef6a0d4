"""`dynamic_rnn` with a choice of how the loop is executed."""

from __future__ import annotations

import contextlib
import functools
import logging

from tfcompat_rnn import _errors
from tfcompat_rnn import _nest
from tfcompat_rnn import _opcount
from tfcompat_rnn import _snapshot
from tfcompat_rnn import _typing as types
from tfcompat_rnn._errors import problem
from tfcompat_rnn._tf import tf
from tfcompat_rnn._tf import tf2
from tfcompat_rnn.fused.recurrence import EXECUTIONS
from tfcompat_rnn.fused.recurrence import body as bodies
from tfcompat_rnn.fused.recurrence import constants
from tfcompat_rnn.fused.recurrence import draws
from tfcompat_rnn.fused.recurrence import loop
from tfcompat_rnn.fused.recurrence import plan as plans
from tfcompat_rnn.fused.recurrence import rows
from tfcompat_rnn.fused.recurrence import step as steps
from tfcompat_rnn.fused.recurrence import streams
from tfcompat_rnn.fused.recurrence import xla
from tfcompat_rnn.loops import _inner
from tfcompat_rnn.loops import dynamic

# Faster ways that are cells and layers of their own.
_ELSEWHERE = {
    "block": "use cells.LSTMBlockCell, fused.LSTMBlockFusedCell or "
             "cells.GRUBlockCellV2 for TensorFlow's block kernels",
    "cudnn": "use fused.CudnnLSTM or fused.CudnnGRU for cuDNN's kernels",
}
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
        _ELSEWHERE.get(
            execution, "leave it out for TensorFlow 1.15's own loop")))
  return execution


class Watched:
  """The cell of a plain loop; remembers where and with what it was called."""

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
    del lengths  # the plain loop draws in every step
    return draws.draw_all(nodes, self.made, count, constant)

  def of(self, cell):
    """`cell`, as if it had been called instead."""
    other = Watched(cell)
    other.scope, other.made = self.scope, self.made
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
      shape of the inputs); "auto" for "xla" if the number of steps is known in
      the graph, or else "graph". A cell for which this is impossible runs in
      the plain loop; one line in the log, at level INFO, says why. None for
      what `set_default_execution` says: "loop", if it was not called.
    recompute: whether the backward pass computes the products of a step again
      instead of keeping them: less memory, more time. For "graph" and "xla".

  Returns:
    `(outputs, state)`, as `tfcompat_rnn.loops.dynamic_rnn`.

  Raises:
    ArgumentError: for another `execution`; and the errors of
      `tfcompat_rnn.loops.dynamic_rnn`.

  "graph" and "xla" have no second derivatives.

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
        network = _Network(cell, inputs, lengths, initial, dtype, time_major,
                           reverse=place == 1, execution=execution,
                           recompute=recompute)
      except steps.CannotCompile as reason:
        tell_plain(cell, reason)
        return None
      found.append((network, outputs, state))
    return [network.run(outputs, state) for network, outputs, state in found]


def tell_plain(watched, reason):
  """Logs why a cell runs in the plain loop."""
  _logger.info("%s runs in the plain loop: %s", _name(watched.cell), reason)


def _name(cell):
  return getattr(cell, "name", None) or type(cell).__name__


class _Network:
  """One call of a loop, after the plain loop has been built."""

  def __init__(self, cell, inputs, lengths, initial_state, dtype, time_major,
               reverse, execution, recompute):
    self._recompute = recompute
    self._time_major, self._reverse = time_major, reverse
    self._structure = inputs
    self._inputs = [tf.convert_to_tensor(leaf)
                    for leaf in _nest.flatten_state(inputs)]
    for leaf in self._inputs:
      if leaf.shape.rank is None:
        raise steps.CannotCompile("the rank of its inputs is unknown")
      if leaf.shape.rank < 2:
        raise steps.CannotCompile("an input has no batch dimension")
      if 0 in leaf.shape.as_list()[:2]:
        raise steps.CannotCompile("there is nothing to compute")
    first, axis = self._inputs[0], 1 if time_major else 0
    size = tf.shape(first)
    self._batch = first.shape.as_list()[axis]
    batch = size[axis] if self._batch is None else self._batch
    if initial_state is None:
      initial_state = cell.zero_state(batch, dtype)
    self._initial = [
        tf.convert_to_tensor(leaf) for leaf in _nest.flatten_state(
            _snapshot.snapshot_state(initial_state))]
    self._lengths = [] if lengths is None else [
        tf.cast(tf.convert_to_tensor(lengths), tf.int32)]
    if execution == "auto":
      steps_known = first.shape.as_list()[1 - axis] is not None
      execution = "xla" if steps_known else "graph"
    self._parts = rows.parts(self._batch) if execution == "xla" else 1
    step = self._step(cell, initial_state)
    if execution == "xla":
      reason = xla.refusal(step)
      if reason is not None:
        _logger.info('%s runs with execution="graph": XLA may be unable to '
                     "compile it, because %s", _name(cell.cell), reason)
        execution = "graph"
        self._parts = 1
    self._execution = execution
    self._draws = cell.draw(
        step.random, size[1 - axis], *(self._lengths or [None]),
        constants.Constants(self._initial, batch))
    self._states = [value.shape for value in step.states]
    if self._lengths:
      step = self._masked(step)
    self._plan = plans.Plan(step)

  def _step(self, cell, initial_state):
    """The step of `cell`, and in how many parts its batch is computed."""
    if self._parts > 1:
      try:
        step = self._trace(cell, initial_state, None)
      except steps.CannotCompile:
        pass  # perhaps it can for the batch that it has
      else:
        if rows.independent(step):
          return step
    self._parts = 1
    return self._trace(cell, initial_state, self._batch)

  def _trace(self, cell, initial_state, batch):
    """The step for a batch of this size, None for any."""
    specs = [
        tf.TensorSpec([batch, *leaf.shape.as_list()[2:]], leaf.dtype)
        for leaf in self._inputs]
    states = [tf.TensorSpec(self._of_batch(leaf.shape, batch), leaf.dtype)
              for leaf in self._initial]

    safe = _inner.SafeCell(cell.cell)

    def call(inputs, states):
      with tf.variable_scope(cell.scope, reuse=True,
                             auxiliary_name_scope=False), \
          tf.variable_creator_scope(_refuse_variables), \
          _snapshot.trusted_arguments():
        return safe(inputs, states)

    try:
      return steps.trace(
          call, tf.nest.pack_sequence_as(self._structure, specs),
          tf.nest.pack_sequence_as(initial_state, states))
    except steps.CannotCompile:
      raise
    except Exception as error:
      # Whatever a program's own cell raises, it has run in the plain loop.
      raise steps.CannotCompile(
          "called a second time it raises "
          f"{type(error).__name__}: {error}") from error

  def _of_batch(self, shape, batch):
    """`shape`, with another size of the batch."""
    if batch == self._batch or not shape.rank or (
        shape.as_list()[0] != self._batch):
      return shape
    return tf.TensorShape([batch]).concatenate(shape[1:])

  def _masked(self, step):
    """`step` with what a finished row keeps."""
    masks = {}

    def mask(rank):
      if rank not in masks:
        shape = [step.inputs[0].shape.as_list()[0], *[1] * (rank - 1)]
        spec = tf.TensorSpec(shape, tf.bool)
        masks[rank] = steps.source(steps.INPUT, spec, ("mask", rank))
      return masks[rank]

    def chosen(new, old):
      if new is old:
        return new
      rank = new.shape.rank
      if not rank:
        raise steps.CannotCompile(
            "a part of its state or output has no batch dimension")
      return steps.derived("SelectV2", [mask(rank), new, old], new.shape,
                           dtype=new.dtype)

    zeros = [steps.derived("ZerosLike", [value], value.shape)
             for value in step.outputs]
    return steps.Step(
        step.inputs, step.states,
        [chosen(*pair) for pair in zip(step.outputs, zeros)],
        [chosen(*pair) for pair in zip(step.new_states, step.states)],
        step.random, step.output_structure)

  def run(self, plain_outputs, plain_state):
    """`(outputs, state)` in the form in which the plain loop gave them."""
    length = self._lengths[0] if self._lengths else None
    loops = [
        loop.Loop(bodies.Body.of(self._plan, component), self._recompute,
                  self._compiler(), self._execution == "xla")
        if component.loops else None for component in self._plan.components]
    if self._parts == 1:
      outputs, states = self._rows(
          loops, self._inputs, self._initial, self._draws, length)
    else:
      parts = [
          self._rows(loops, *self._part(chosen, length))
          for chosen in rows.ranges(self._batch, self._parts)]
      outputs, states = (
          [tf.concat(leaves, axis) for leaves in zip(*part)]
          for part, axis in zip(zip(*parts), (int(self._time_major), 0)))
    results = []
    for fast, plain in ((outputs, plain_outputs), (states, plain_state)):
      for leaf, like in zip(fast, _nest.flatten_state(plain)):
        leaf.set_shape(like.shape)
      results.append(_nest.pack_state(plain, fast))
    return tuple(results)

  def _part(self, chosen, length):
    """What `_rows` is given, for the rows `chosen` of the batch."""
    if self._time_major:
      inputs = [leaf[:, chosen] for leaf in self._inputs]
    else:
      inputs = [leaf[chosen] for leaf in self._inputs]
    initial = [leaf[chosen] if rows.batch_first(shape) else leaf
               for leaf, shape in zip(self._initial, self._states)]
    drawn = {node: tensor[:, chosen] for node, tensor in self._draws.items()}
    return inputs, initial, drawn, None if length is None else length[chosen]

  def _rows(self, loops, inputs, initial, drawn, length):
    """The leaves of the outputs and of the states."""
    if not self._time_major:
      inputs = [_time_first(leaf) for leaf in inputs]
    inputs = [self._turned(leaf, length) for leaf in inputs]
    scope = _Scope(self._plan, inputs, initial, drawn, length)
    for component, looped in zip(self._plan.components, loops):
      scope.run(component, looped)
    outputs = [self._turned(scope.stream(value), length)
               for value in self._plan.outputs]
    if not self._time_major:
      outputs = [_time_first(output) for output in outputs]
    return outputs, [scope.final(leaf) for leaf in range(len(initial))]

  def _compiler(self):
    return functools.partial(
        tf2.function, autograph=False,
        jit_compile=True if self._execution == "xla" else None)

  def _turned(self, leaf, length):
    """`leaf` `[time, batch, ...]` in the order in which the loop runs."""
    if not self._reverse:
      return leaf
    if length is None:
      return tf.reverse(leaf, [0])
    return tf.reverse_sequence(leaf, length, seq_axis=0, batch_axis=1)


def _refuse_variables(next_creator, **kwargs):
  del next_creator, kwargs
  raise steps.CannotCompile("it creates variables whenever it is called")


def _time_first(leaf):
  """`leaf` with its first two dimensions exchanged."""
  return tf.transpose(leaf, [1, 0, *range(2, leaf.shape.rank)])


class _Scope:
  """The values of one run that are known so far."""

  def __init__(self, plan, inputs, initial, drawn, lengths):
    self._plan = plan
    self._inputs, self._initial = inputs, initial
    self._lengths = lengths
    self._count = tf.shape(inputs[0])[0]
    self._batch = tf.shape(inputs[0])[1]
    self.constant = constants.Constants(initial, self._batch)
    self._streams = {node.outputs[0]: tensor for node, tensor in drawn.items()}
    self._finals = {}

  def run(self, component, looped):
    """Runs a component; afterwards its states are known for all steps.

    `looped` is its `loop.Loop`, None if it needs none.
    """
    plan = self._plan
    if looped is None:
      for leaf in component.leaves:
        new = self.stream(plan.new_states[leaf])
        self._keep(leaf, new, new[-1])
      return
    body = looped.body
    news, emitted, finals = looped(
        self._count, [self.constant(value) for value in body.constants],
        [self.stream(value) for value in body.streamed],
        [self._initial[leaf] for leaf in component.leaves])
    self._streams.update(zip(body.emitted, emitted))
    for leaf, new, final in zip(component.leaves, news, finals):
      self._keep(leaf, new, final)

  def _keep(self, leaf, new, final):
    if new is not None:
      self._streams[self._plan.new_states[leaf]] = new
    self._finals[leaf] = final

  def final(self, leaf):
    return self._finals.get(leaf, self._initial[leaf])

  def stream(self, value):
    """A tensor `[time, ...]` of `value` in all steps."""
    if not value.varies:
      tensor = self.constant(value)
      return tf.broadcast_to(
          tensor, tf.concat([[self._count], tf.shape(tensor)], 0))
    return steps.completed(
        value, self._streams, self._inputs_of, self._make_stream)

  def _inputs_of(self, value):
    if value.type in (steps.INPUT, steps.STATE):
      return []
    return [above for above in value.node.inputs if above.varies]

  def _make_stream(self, value):
    node = value.node
    if value.type == steps.INPUT:
      number = node.origin
      self._streams[value] = (
          self._mask(number[1]) if isinstance(number, tuple)
          else self._inputs[number])
      return
    if value.type == steps.STATE:
      leaf = node.origin
      new = self._streams[self._plan.new_states[leaf]]
      self._streams[value] = tf.concat(
          [tf.expand_dims(self._initial[leaf], 0), new[:-1]], 0)
      return
    operands = []
    for above in node.inputs:
      tensor = (self._streams[above] if above.varies
                else self.constant(above))
      operands.append(streams.Operand(
          tensor, above.varies, above.shape.rank, streams.constant_of(above)))
    self._streams.update(zip(node.outputs, streams.apply(node, operands)))

  def _mask(self, rank):
    """`[time, batch, 1, ...]`: whether a row has not ended yet."""
    places = tf.expand_dims(tf.range(self._count), 1)
    inside = places < self._lengths
    return tf.reshape(
        inside, [self._count, self._batch, *[1] * (rank - 1)])
