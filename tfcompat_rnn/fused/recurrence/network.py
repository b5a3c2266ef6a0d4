"""One call of a loop in another execution, from its step to its results."""

from __future__ import annotations

import contextlib
import functools

from tfcompat_rnn import _nest
from tfcompat_rnn import _snapshot
from tfcompat_rnn._tf import tf
from tfcompat_rnn._tf import tf2
from tfcompat_rnn.cells import layer_losses
from tfcompat_rnn.fused.recurrence import body as bodies
from tfcompat_rnn.fused.recurrence import constants
from tfcompat_rnn.fused.recurrence import loop
from tfcompat_rnn.fused.recurrence import plan as plans
from tfcompat_rnn.fused.recurrence import rows
from tfcompat_rnn.fused.recurrence import step as steps
from tfcompat_rnn.fused.recurrence import streams
from tfcompat_rnn.fused.recurrence import xla
from tfcompat_rnn.loops import _inner


class Network:
  """One call of a loop, after the plain loop has been built.

  `reason_against_xla` is why it runs with "graph" although "xla" was asked
  for, or None.
  """

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
    self._size = batch
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
    self.reason_against_xla = None
    if execution == "xla":
      self.reason_against_xla = xla.refusal(step)
      if self.reason_against_xla is not None:
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
          _snapshot.trusted_arguments(), layer_losses.unkept(), \
          self._around_step():
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
    loops = [self._loop(component) if component.loops else None
             for component in self._plan.components]
    if self._parts == 1:
      outputs, states = self._rows(
          loops, self._inputs, self._initial, self._draws, length)
    else:
      parts = [
          self._rows(loops, *self._part(chosen, length))
          for chosen in rows.ranges(self._size, self._parts)]
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

  def _around_step(self):
    """A context for the cell's step."""
    return contextlib.nullcontext()

  def _loop(self, component):
    """What computes the loop of `component`."""
    return loop.Loop(bodies.Body.of(self._plan, component), self._recompute,
                     self._compiler(), self._execution == "xla")

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
