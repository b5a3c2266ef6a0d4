"""Loops that a kernel of TensorFlow computes: one operation for all steps.

A cell's step is traced with a mark where it calls a layer that has such a
kernel. A loop of nothing but one mark is then the kernel; what else the step
computes, such as dropout, projections or residuals, is computed for all steps
at once, as in every `Network`.
"""

from __future__ import annotations

import functools

from tfcompat_rnn import _nest
from tfcompat_rnn._tf import tf
from tfcompat_rnn.cells import base
from tfcompat_rnn.cells import substitutes
from tfcompat_rnn.fused.recurrence import body as bodies
from tfcompat_rnn.fused.recurrence import layers
from tfcompat_rnn.fused.recurrence import loop as loops
from tfcompat_rnn.fused.recurrence import network
from tfcompat_rnn.fused.recurrence import scope
from tfcompat_rnn.fused.recurrence import step as steps
from tfcompat_rnn.fused.recurrence import streams


class Network(network.Network):
  """A network whose loops are kernels; a subclass says which kernel.

  `title` is its name in the middle of a sentence, `dtypes` are those that it
  has, and `untold` maps kinds of layers to the leaves of their state that it
  does not tell of every step.
  """

  splits = False
  title = ""
  dtypes = ()
  untold = {}

  def __init__(self, cell, inputs, lengths, initial_state, dtype, time_major,
               reverse, execution, recompute, directions=1):
    del execution, recompute, directions
    self._layers = []
    super().__init__(cell, inputs, lengths, initial_state, dtype, time_major,
                     reverse, execution="graph", recompute=False)
    self._sequences = [body and self._sequence(body)
                       for body in bodies.of_plan(self._plan)]
    if sum(map(bool, self._sequences)) != len(self._layers):
      raise steps.CannotCompile("a layer in it is not a loop of its own")

  def check(self, layer):
    """Raises `CannotCompile` if the kernel computes something else."""
    raise NotImplementedError

  def compute(self, layer, inputs, states, parameters, lengths):
    """`(every, finals)`: the states of all steps and the last ones, by leaf.

    `inputs` is `[time, batch, depth]`, and `lengths` is `[batch]` or None.
    What `every` has after the end of a row does not matter; it is None for
    leaves of which the kernel does not tell it.
    """
    raise NotImplementedError

  def _around_step(self):
    return substitutes.substituted(self._mark_of)

  def _runner(self, few):
    return scope.Whole(self._plan, self._axis, self._sequences)

  def _mark_of(self, cell):
    """What builds a mark in place of the step of `cell`; None if not known."""
    read = layers.reader_of(cell)
    if read is None:
      return None

    def mark(inputs, state):
      leaves = [tf.convert_to_tensor(leaf)
                for leaf in _nest.flatten_state(state)]
      layer = read(cell, state)
      self.check(layer)
      if inputs.dtype not in self.dtypes:
        raise steps.CannotCompile(
            f"{self.title} has no form for {inputs.dtype.name}")
      if any(steps.root(leaf).op.type != "Placeholder" for leaf in leaves):
        raise steps.CannotCompile(
            f"the state of {cell.name} is changed between two steps")
      new = _build_mark(len(self._layers), [
          inputs, *leaves, *layer.parameters, *layer.peepholes])
      self._layers.append(layer)
      new = new[1:1 + len(leaves)]
      return new[-1], base.LSTMStateTuple(*new) if len(new) > 1 else new[0]

    return mark

  def _sequence(self, body):
    marks = [node for node in body.nodes if steps.layer_of(node) is not None]
    if len(marks) != 1:
      raise steps.CannotCompile(
          f"a part of its state is computed by another layer than {self.title} "
          "has")
    mark, = marks
    layer = self._layers[steps.layer_of(mark)]
    if len(body.olds) != layer.leaves:
      raise steps.CannotCompile("it keeps a part of a layer's state")
    sequence = Sequence(body, mark, functools.partial(self.compute, layer))
    untold = {mark.outputs[1 + leaf]
              for leaf in self.untold.get(layer.kind, ())}
    if untold & sequence.needed:
      raise steps.CannotCompile(
          f"{self.title} does not tell the c of every step, which is used")
    return sequence


class Sequence:
  """The loop of a body that is one layer: what `loop.Loop` is otherwise.

  `mark` is the node that stands for the layer, and `compute` computes it.
  """

  def __init__(self, body, mark, compute):
    self.body = body
    self._mark, self._compute = mark, compute
    self._mask = None
    # By the old state: the place of its leaf in the layer's state.
    places = {value: place for place, value in enumerate(
        mark.inputs[1:1 + len(body.olds)])}
    self._made = [self._unmasked(new, old)
                  for new, old in zip(body.news, body.olds)]
    self._places = [places.get(old) for old in body.olds]
    alone = len(body.nodes) - 1 == (
        len(body.news) if self._mask is not None else 0)
    if not alone or None in self._places or any(
        made is not mark.outputs[1 + place]
        for made, place in zip(self._made, self._places)):
      others = {node.type for node in body.nodes if node is not mark}
      raise steps.CannotCompile(
          "its state is also computed by " + ", ".join(sorted(others)))
    if not mark.inputs[0].varies:
      raise steps.CannotCompile("its input is the same in every step")

  @property
  def needed(self):
    """What is used of every step, of the layer's results."""
    shown = [made for made, shows in zip(self._made, self.body.shown) if shows]
    return {*self.body.emitted, *shown}

  def __call__(self, span, constants, streamed, initial):
    """As that of `loop.Loop`."""
    body, mark = self.body, self._mark
    known = dict(zip([*body.constants, *body.streamed, *body.olds],
                     [*constants, *streamed, *initial]))
    bodies.add_numbers(known, mark.inputs)
    inputs, *rest = _once(*(known[value] for value in mark.inputs))
    states, parameters = bodies.parted(
        rest, (len(initial), len(rest) - len(initial)))
    mask = lengths = None
    if self._mask is not None:
      mask = known[self._mask]
      lengths = tf.reduce_sum(tf.cast(tf.squeeze(mask, -1), tf.int32), 0)
    every, finals = self._compute(inputs, states, parameters, lengths)
    known.update(zip(mark.outputs[1:], every))
    finals = [finals[place] for place in self._places]
    news = []
    for made, shown, final in zip(self._made, body.shown, finals):
      new = known[made] if shown else None
      if shown and mask is not None:
        new = tf.where_v2(mask, new, final)
      news.append(new)
    return news, [known[value] for value in body.emitted], finals

  def _unmasked(self, new, old):
    """The new state before a row that has ended keeps its old one."""
    node = new.node
    if node.type == "SelectV2" and node.inputs[2] is old:
      mask = node.inputs[0]
      # Only this mask is true up to a row's end and false from there on.
      if mask.type == steps.INPUT and isinstance(mask.node.origin, tuple):
        self._mask = mask
        return node.inputs[1]
    return new


def _build_mark(number, given):
  """The results of an operation that stands for a layer in a step.

  It has the layer's inputs, state and parameters, and a result for each, of
  which those in the place of the state stand for the new state.
  """
  given = [tf.convert_to_tensor(part) for part in given]
  types = [tensor.dtype.base_dtype for tensor in given]
  return streams.build(
      "IdentityN", given,
      {"T": tf.AttrValue(list=tf.AttrValue.ListValue(
          type=[dtype.as_datatype_enum for dtype in types])),
       steps.LAYER: tf.AttrValue(i=number)}, types)


def _once(*tensors):
  """The tensors, through which only first gradients can be taken."""

  @tf.custom_gradient
  def passed(*given):
    def gradient(*gradients, variables=None):
      del variables
      return loops.first_order(list(gradients))

    return [tf.identity(tensor) for tensor in given], gradient

  return passed(*tensors)
