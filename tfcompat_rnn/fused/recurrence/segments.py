"""A run of a whole plan in segments of time, which the backward pass repeats.

Forward, only the state before each segment is kept. The backward pass goes
through the segments from the last one to the first, and computes each again.
What is kept of steps is then kept of one segment at a time.
"""

from __future__ import annotations

from tfcompat_rnn._tf import tf
from tfcompat_rnn.fused.recurrence import body as bodies
from tfcompat_rnn.fused.recurrence import constants as constant_values
from tfcompat_rnn.fused.recurrence import functions
from tfcompat_rnn.fused.recurrence import loop as loops
from tfcompat_rnn.fused.recurrence import scope
from tfcompat_rnn.fused.recurrence import spans


class Segments:
  """Runs of `plan` in segments of `size` steps, as one function.

  `axis` is the dimension of time in inputs and outputs. `few` is as for
  `functions.chosen`.
  """

  def __init__(self, plan, size, axis, execution, few=None):
    self._plan, self._size, self._axis = plan, size, axis
    self._bodies = bodies.of_plan(plan)
    self._values = _constant_values(plan)
    self._nodes = plan.step.random
    self._few = few
    # The gradient is outside of them, as in `loop.Loop`.
    self._forth = functions.chosen(self._run, execution)
    self._back = functions.chosen(self._run_back, execution)

  def __call__(self, span, constant, inputs, initial, drawn, lengths):
    """The outputs and the last states; `span.size` is a multiple of `size`."""
    given = ([drawn[node] for node in self._nodes], lengths,
             [] if span.count is None else [span.count])
    constants = [constant(value) for value in self._values]
    learn = [[value.learns for value in self._values],
             [leaf.dtype.is_floating or leaf.dtype.is_complex
              for leaf in inputs],
             [value.learns for value in self._plan.step.states]]
    sizes = [len(part) for part in learn]

    @tf.custom_gradient
    def run(*arguments):
      constants, inputs, initial = bodies.parted(arguments, sizes)
      outputs, finals, befores = self._forth(
          self._few, constants, inputs, initial, *given)

      def gradient(*gradients, variables=None):
        del variables
        to_outputs, to_finals = bodies.parted(
            gradients, (len(outputs), len(finals)))
        return loops.first_order(bodies.spread(
            self._back(self._few, constants, inputs, befores, *given, learn,
                       to_outputs, to_finals), sum(learn, [])))

      return [*outputs, *finals], gradient

    results = run(*constants, *inputs, *initial)
    return bodies.parted(results, (len(self._plan.outputs), len(initial)))

  def _segment(self, xla, drawn, lengths, counted):
    return _Segment(
        self._plan, self._size, self._axis,
        [body and loops.Loop(body, "xla" if xla else "graph")
         for body in self._bodies],
        self._values, dict(zip(self._nodes, drawn)), lengths, counted)

  def _run(self, xla, constants, inputs, initial, drawn, lengths, counted):
    return _forward(self._segment(xla, drawn, lengths, counted), constants,
                    inputs, initial)

  def _run_back(self, xla, constants, inputs, befores, drawn, lengths, counted,
                learn, to_outputs, to_finals):
    return _backward(self._segment(xla, drawn, lengths, counted), constants,
                     inputs, befores, learn, to_outputs, to_finals)


class _Segment:
  """The plan over one segment, whichever it is."""

  def __init__(self, plan, size, axis, loops, values, drawn, lengths, counted):
    self.plan, self.size, self.axis = plan, size, axis
    self.values = values
    self._loops, self._drawn, self._lengths = loops, drawn, lengths
    self._counted = counted

  def number(self, inputs):
    """How many segments there are, and how many of them have steps."""
    places = tf.shape(inputs[0])[self.axis] // self.size
    if not self._counted:
      return places, places
    return places, spans.multiple(self._counted[0], self.size) // self.size

  def read(self, tensor, place, axis=None):
    """The segment at `place` of `tensor`, `[time, batch, ...]`."""
    axis = self.axis if axis is None else axis
    begin = [0] * tensor.shape.rank
    begin[axis] = place * self.size
    sizes = tf.unstack(tf.shape(tensor), tensor.shape.rank)
    sizes[axis] = self.size
    part = tf.slice(tensor, begin, sizes)
    shape = tensor.shape.as_list()
    shape[axis] = self.size
    part.set_shape(shape)
    return spans.exchanged(part) if axis else part

  def run(self, place, constants, inputs, states):
    """Outputs and states of the segment at `place`, from its inputs."""
    begin = place * self.size
    count = None
    if self._counted:
      count = tf.minimum(self._counted[0] - begin, self.size)
    known = constant_values.Constants(
        states, None, dict(zip(self.values, constants)))
    return scope.Scope(
        self.plan, spans.Span(self.size, count, begin), known, inputs, states,
        {node: self.read(tensor, place, 0)
         for node, tensor in self._drawn.items()},
        self._lengths).run(self._loops)

  def joined(self, array):
    """The whole, from the `[time, batch, ...]` of the segments."""
    parts = array.stack()
    shape = tf.shape(parts)
    whole = tf.reshape(parts, tf.concat(
        [[shape[0] * shape[1]], shape[2:]], 0))
    return spans.exchanged(whole) if self.axis else whole


def _forward(one, constants, inputs, initial):
  """`(outputs, last states, states before each segment)`."""
  size, count = one.number(inputs)
  arrays = [[bodies.array(value.dtype, size) for value in values]
            for values in (one.plan.outputs, initial)]

  def step(place, states, written, befores):
    outputs, finals = one.run(
        place, constants, [one.read(leaf, place) for leaf in inputs], states)
    for new, state in zip(finals, initial):
      new.set_shape(state.shape)
    return (place + 1, finals, _written(written, place, outputs),
            _written(befores, place, states))

  _, finals, written, befores = tf.while_loop(
      lambda place, *_: place < count, step,
      (tf.constant(0), list(initial), *arrays), parallel_iterations=1)
  return ([one.joined(array) for array in written], finals,
          [bodies.stack(state, array)
           for state, array in zip(initial, befores)])


def _backward(one, constants, inputs, befores, learn, to_outputs, to_finals):
  """The gradients of those constants, inputs and initial states that `learn`.
  """
  size, count = one.number(inputs)
  states = [bodies.array(
      stream.dtype, tf.shape(stream)[0], stream.shape[1:]).unstack(stream)
            for stream in befores]
  ends = [place for place, value in enumerate(one.plan.outputs)
          if value.learns and to_outputs[place] is not None]

  def step(left, to_states, totals, written):
    place = left - 1
    # The gradient is taken of tensors of the loop's own.
    given = [[tf.identity(tensor) for tensor in constants],
             [one.read(leaf, place) for leaf in inputs],
             [array.read(place) for array in states]]
    outputs, finals = one.run(place, *given)
    sources = [_those(*pair) for pair in zip(given, learn)]
    found = tf.gradients(
        [*(outputs[end] for end in ends), *_those(finals, learn[2])],
        [leaf for part in sources for leaf in part],
        [*(one.read(to_outputs[end], place) for end in ends), *to_states],
        unconnected_gradients="zero")
    to_constants, to_inputs, to_olds = bodies.parted(
        found, [len(part) for part in sources])
    for grad, state in zip(to_olds, to_states):
      grad.set_shape(state.shape)
    return (place, to_olds,
            [total + grad for total, grad in zip(totals, to_constants)],
            _written(written, place, to_inputs))

  _, to_initial, totals, written = tf.while_loop(
      lambda left, *_: left > 0, step,
      (count, _those(to_finals, learn[2]),
       [tf.zeros_like(tensor) for tensor in _those(constants, learn[0])],
       [bodies.array(leaf.dtype, size) for leaf in _those(inputs, learn[1])]),
      parallel_iterations=1)
  return [*totals, *(one.joined(array) for array in written), *to_initial]


def _written(arrays, place, tensors):
  return [array.write(place, tensor)
          for array, tensor in zip(arrays, tensors)]


def _those(items, chosen):
  return [item for item, choose in zip(items, chosen) if choose]


def _constant_values(plan):
  """The constant values that a run of `plan` asks for, but those of numbers."""
  found, seen = {}, set()
  pending = [*plan.outputs, *plan.new_states]
  while pending:
    value = pending.pop()
    if value in seen:
      continue
    seen.add(value)
    if value.varies:
      pending.extend(value.node.inputs)
    elif value.type != "Const":
      found[value] = None
  return list(found)
