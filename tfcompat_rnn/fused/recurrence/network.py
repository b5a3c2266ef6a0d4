"""One call of a loop in another execution, from its step to its results."""

from __future__ import annotations

import contextlib

from tfcompat_rnn import _nest
from tfcompat_rnn import _snapshot
from tfcompat_rnn._tf import tf
from tfcompat_rnn.cells import layer_losses
from tfcompat_rnn.fused.recurrence import body as bodies
from tfcompat_rnn.fused.recurrence import constants
from tfcompat_rnn.fused.recurrence import functions
from tfcompat_rnn.fused.recurrence import loop
from tfcompat_rnn.fused.recurrence import plan as plans
from tfcompat_rnn.fused.recurrence import rows
from tfcompat_rnn.fused.recurrence import scope
from tfcompat_rnn.fused.recurrence import segments
from tfcompat_rnn.fused.recurrence import spans
from tfcompat_rnn.fused.recurrence import step as steps
from tfcompat_rnn.fused.recurrence import xla
from tfcompat_rnn.loops import _inner


class Network:
  """One call of a loop, after the plain loop has been built.

  `reason_against_xla` is why it runs with "graph" although "xla" was asked
  for, or None. `splits` is whether the rows of a batch may run in parts.
  """

  splits = True

  def __init__(self, cell, inputs, lengths, initial_state, dtype, time_major,
               reverse, execution, recompute, directions=1):
    self._recompute = recompute
    self._axis, self._reverse = 0 if time_major else 1, reverse
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
    first = self._inputs[0]
    size, dims = tf.shape(first), first.shape.as_list()
    self._steps, self._batch = dims[self._axis], dims[1 - self._axis]
    batch = size[1 - self._axis] if self._batch is None else self._batch
    self._size = batch
    if initial_state is None:
      initial_state = cell.zero_state(batch, dtype)
    self._initial = [
        tf.convert_to_tensor(leaf) for leaf in _nest.flatten_state(
            _snapshot.snapshot_state(initial_state))]
    self._lengths = [] if lengths is None else [
        tf.cast(tf.convert_to_tensor(lengths), tf.int32)]
    self._parts = self._most_parts(execution, directions)
    step = self._step(cell, initial_state)
    self.reason_against_xla = None
    if execution != "graph":
      self.reason_against_xla = xla.refusal(step)
      if self.reason_against_xla is not None:
        execution = "graph"
    self._execution = execution
    self._draws = cell.draw(
        step.random, size[self._axis], *(self._lengths or [None]),
        constants.Constants(self._initial, batch))
    self._states = [value.shape for value in step.states]
    if self._lengths:
      step = self._masked(step)
    self._plan = plans.Plan(step)

  def _most_parts(self, execution, directions):
    """In how many parts the batch is computed, if its rows allow it.

    Loops of several directions run at the same time already.
    """
    if not self.splits or (execution == "graph" and self._batch is None):
      return 1
    return max(1, rows.parts(self._batch) // directions)

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
    span = self._span()
    runner = self._runner(
        functions.few_runs([span.size, self._size])
        if self._execution == "auto" else None)
    if self._parts == 1:
      outputs, states = self._rows(
          runner, span, self._inputs, self._initial, self._draws,
          self._lengths)
    else:
      parts = [
          self._rows(runner, span, *self._part(chosen))
          for chosen in rows.ranges(self._size, self._parts)]
      outputs, states = (
          [tf.concat(leaves, axis) for leaves in zip(*part)]
          for part, axis in zip(zip(*parts), (1 - self._axis, 0)))
    results = []
    for fast, plain in ((outputs, plain_outputs), (states, plain_state)):
      for leaf, like in zip(fast, _nest.flatten_state(plain)):
        leaf.set_shape(like.shape)
      results.append(_nest.pack_state(plain, fast))
    return tuple(results)

  def _around_step(self):
    """A context for the cell's step."""
    return contextlib.nullcontext()

  def _runner(self, few):
    """What runs the plan; `few` as for `functions.chosen`."""
    if self._recompute:
      return segments.Segments(
          self._plan, spans.segment(self._steps), self._axis, self._execution,
          few)
    return scope.Whole(self._plan, self._axis, [
        body and loop.Loop(body, self._execution, few)
        for body in bodies.of_plan(self._plan)])

  def _span(self):
    """The number of places, and of steps if it is not the same."""
    count = size = self._steps
    if count is None:
      # A step is always taken; if there is none, its results are cut off.
      count = size = tf.maximum(tf.shape(self._inputs[0])[self._axis], 1)
      if self._execution != "graph":
        size = spans.rounded(count)
    if self._recompute:
      size = spans.multiple(size, spans.segment(self._steps))
    same = size is count or self._steps is not None and size == count
    return spans.Span(size, None if same else count)

  def _part(self, chosen):
    """What `_rows` is given, for the rows `chosen` of the batch."""
    if self._axis:
      inputs = [leaf[chosen] for leaf in self._inputs]
    else:
      inputs = [leaf[:, chosen] for leaf in self._inputs]
    initial = [leaf[chosen] if rows.batch_first(shape) else leaf
               for leaf, shape in zip(self._initial, self._states)]
    drawn = {node: tensor[:, chosen] for node, tensor in self._draws.items()}
    return inputs, initial, drawn, [leaf[chosen] for leaf in self._lengths]

  def _rows(self, runner, span, inputs, initial, drawn, lengths):
    """The leaves of the outputs and of the states."""
    real = tf.shape(inputs[0])[self._axis]
    inputs = [self._turned(leaf, lengths) for leaf in inputs]
    constant = constants.Constants(
        initial, tf.shape(inputs[0])[1 - self._axis])
    longer = self._steps is None or span.count is not None
    if longer:
      inputs = [spans.extended(leaf, span.size, self._axis) for leaf in inputs]
      drawn = {node: spans.extended(leaf, span.size, 0)
               for node, leaf in drawn.items()}
    outputs, states = runner(span, constant, inputs, initial, drawn, lengths)
    if longer:
      outputs = [leaf[:, :real] if self._axis else leaf[:real]
                 for leaf in outputs]
    if self._steps is None:
      states = [tf.where_v2(real > 0, *pair) for pair in zip(states, initial)]
    return [self._turned(leaf, lengths) for leaf in outputs], states

  def _turned(self, leaf, lengths):
    """`leaf` in the order in which the loop runs."""
    if not self._reverse:
      return leaf
    if not lengths:
      return tf.reverse(leaf, [self._axis])
    return tf.reverse_sequence(
        leaf, lengths[0], seq_axis=self._axis, batch_axis=1 - self._axis)


def _refuse_variables(next_creator, **kwargs):
  del next_creator, kwargs
  raise steps.CannotCompile("it creates variables whenever it is called")
