"""A run of a whole plan over streams: one component after the other."""

from __future__ import annotations

from tfcompat_rnn._tf import tf
from tfcompat_rnn.fused.recurrence import spans
from tfcompat_rnn.fused.recurrence import step as steps
from tfcompat_rnn.fused.recurrence import streams


class Whole:
  """Runs of `plan` over all steps at once.

  `axis` is the dimension of time in inputs and outputs. `loops` are as for
  `Scope.run`.
  """

  def __init__(self, plan, axis, loops):
    self._plan, self._axis, self._loops = plan, axis, loops

  def __call__(self, span, constant, inputs, initial, drawn, lengths):
    """The outputs of the steps of `span`, and the last states."""
    if self._axis:
      inputs = [spans.exchanged(leaf) for leaf in inputs]
    outputs, finals = Scope(
        self._plan, span, constant, inputs, initial, drawn, lengths).run(
            self._loops)
    if self._axis:
      outputs = [spans.exchanged(leaf) for leaf in outputs]
    return outputs, finals


class Scope:
  """The values of one run that are known so far.

  `inputs`, `drawn` (random numbers, by node) and what is made of them are
  streams of `span`; `constant` gives the tensor of a constant value. `lengths`
  is a list: of the lengths of the rows, if they differ.
  """

  def __init__(self, plan, span, constant, inputs, initial, drawn, lengths):
    self._plan, self._span = plan, span
    self._constant = constant
    self._inputs, self._initial = inputs, initial
    self._lengths = lengths
    self._streams = {node.outputs[0]: tensor for node, tensor in drawn.items()}
    self._finals = {}

  def run(self, loops):
    """The streams of the outputs, and the last states.

    `loops` has what computes the loop of each component (`loop.Loop`), None for
    those without one.
    """
    for component, loop in zip(self._plan.components, loops):
      self._run(component, loop)
    return ([self._stream(value) for value in self._plan.outputs],
            [self._finals.get(leaf, first)
             for leaf, first in enumerate(self._initial)])

  def _run(self, component, loop):
    """Runs a component; afterwards its states are known for all steps."""
    plan = self._plan
    if loop is None:
      for leaf in component.leaves:
        new = self._stream(plan.new_states[leaf])
        self._keep(leaf, new, self._span.last(self._initial[leaf], new))
      return
    body = loop.body
    news, emitted, finals = loop(
        self._span, [self._constant(value) for value in body.constants],
        [self._stream(value) for value in body.streamed],
        [self._initial[leaf] for leaf in component.leaves])
    self._streams.update(zip(body.emitted, emitted))
    for leaf, new, final in zip(component.leaves, news, finals):
      self._keep(leaf, new, final)

  def _keep(self, leaf, new, final):
    if new is not None:
      self._streams[self._plan.new_states[leaf]] = new
    self._finals[leaf] = final

  def _stream(self, value):
    """A tensor `[time, ...]` of `value` in all steps."""
    if not value.varies:
      tensor = self._constant(value)
      return tf.broadcast_to(
          tensor, tf.concat([[self._span.size], tf.shape(tensor)], 0))
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
                else self._constant(above))
      operands.append(streams.Operand(
          tensor, above.varies, above.shape.rank, streams.constant_of(above)))
    self._streams.update(zip(node.outputs, streams.apply(node, operands)))

  def _mask(self, rank):
    """`[time, batch, 1, ...]`: whether a row has not ended yet."""
    inside = tf.expand_dims(self._span.places(), 1) < self._lengths[0]
    return tf.reshape(inside, [
        self._span.size, tf.shape(self._inputs[0])[1], *[1] * (rank - 1)])
